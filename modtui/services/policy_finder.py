"""Finding policies and checks as one types: in titles, questions, guidance and examples, with slips of the hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.policies import Check, Policy

TITLE, QUESTION, GUIDANCE, EXAMPLE, AROUND = range(5)
"Where words stand, the best place first; AROUND is what a check is part of."
LIKE_ENOUGH = 0.55
"Share of pairs of letters that a slip must have in common with a word."
MOST_LIKE = 8
_WORD = re.compile(r"\w+")


class Entry(Struct, frozen=True):
    """A policy or a check, with the texts it is found by."""

    policy_id: str
    check_id: str
    texts: tuple[tuple[int, str], ...]
    "Place and folded text."


class PolicyFinder:
    """Built once a catalog; a search reads some hundreds of short texts."""

    def __init__(self, catalog: Catalog) -> None:
        self.entries = tuple(_entries(catalog))
        self._pairs: dict[str, frozenset[str]] = {}
        "Words of the catalog to their pairs of letters."
        for entry in self.entries:
            for place, text in entry.texts:
                if place != AROUND:
                    for word in _WORD.findall(text):
                        if word not in self._pairs:
                            self._pairs[word] = _pairs(word)
        self._whole = "\n".join(self._pairs)

    def find(self, text: str, most: int) -> list[tuple[str, str]]:
        """Ids of policy and check (empty for the policy) that hold every word, best first; a word that stands nowhere
        is taken for those most like it."""
        words = [self._meant(word) for word in text.casefold().split()]
        if not words:
            return []
        ranked = []
        for number, entry in enumerate(self.entries):
            ranks = [_rank(entry, meant) for meant in words]
            if None not in ranks and any(rank is not None and rank[0] != AROUND for rank in ranks):
                ranked.append((sum(rank[0] * 2 + rank[1] for rank in ranks if rank), number))
        return [(self.entries[number].policy_id, self.entries[number].check_id) for _, number in sorted(ranked)[:most]]

    def _meant(self, word: str) -> tuple[str, ...]:
        if len(word) < 3 or word in self._whole:
            return (word,)
        own = _pairs(word)
        scored = ((2 * len(own & pairs) / (len(own) + len(pairs)), known) for known, pairs in self._pairs.items())
        like = sorted((score for score in scored if score[0] >= LIKE_ENOUGH), reverse=True)[:MOST_LIKE]
        return tuple(known for _, known in like) or (word,)


def _rank(entry: Entry, meant: tuple[str, ...]) -> tuple[int, int] | None:
    """The best place that holds one of the words, and whether the word begins there rather than within another."""
    for place, text in entry.texts:
        for word in meant:
            at = text.find(word)
            if at >= 0:
                return place, int(at > 0 and text[at - 1].isalnum())
    return None


def _pairs(word: str) -> frozenset[str]:
    edged = f"^{word}$"
    return frozenset(edged[at : at + 2] for at in range(len(edged) - 1))


def _entries(catalog: Catalog) -> Iterator[Entry]:
    for policy in catalog.policies:
        yield Entry(policy.id, "", tuple(_folded(_policy_texts(policy))))
        for check in policy.checks:
            if check.need is None:
                yield Entry(policy.id, check.id, tuple(_folded(_check_texts(check, policy))))


def _folded(texts: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    return ((place, text.casefold()) for place, text in texts if text)


def _policy_texts(policy: Policy) -> Iterator[tuple[int, str]]:
    yield TITLE, f"{policy.title} {policy.id}"
    yield GUIDANCE, f"{policy.principle} {policy.guidance}"
    for example in policy.examples:
        yield EXAMPLE, f"{example.name} {example.why}"


def _check_texts(check: Check, policy: Policy) -> Iterator[tuple[int, str]]:
    yield TITLE, f"{check.key} {check.id.rpartition('/')[2]}"
    yield QUESTION, check.ask
    yield AROUND, f"{policy.title} {policy.id}"
