"""The examples of a policy, those most like an ad first: a reviewer compares with what was decided on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from modtui.domain.ads import Ad
from modtui.domain.policies import Check, Example, Policy

_WORD = re.compile(r"\w{3,}")


def near_examples(policy: Policy, check: Check | None = None, ad: Ad | None = None) -> tuple[Example, ...]:
    """All examples of the policy: those that answer the check first, then those that share markets and words with
    the ad; alike ones keep their order in the file."""
    words = _words(text for _, text in ad.texts()) if ad else frozenset()
    markets = frozenset(ad.markets) if ad else frozenset()

    def distance(example: Example) -> tuple[bool, bool, int]:
        answers_it = check is not None and check.id in example.answers
        shares_market = bool(markets & frozenset(_listed(example.ad.get("markets"))))
        return (not answers_it, not shares_market, -len(words & _words(_texts(example.ad))))

    return tuple(sorted(policy.examples, key=distance))


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold()))


def _listed(value: Any) -> Iterable[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else ()


def _texts(value: Any) -> Iterable[str]:
    """Every text in the JSON of an ad."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
