"""What is different between two versions of a catalog, as values: one change at a time, each in words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

ARROW = "->"


class Direction(StrEnum):
    """What a change does to ads: it asks more of them, or less, or it cannot be told from the catalog alone."""

    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    CHANGED = "changed"
    NONE = ""
    "Of an editorial change."

    def turned(self) -> Direction:
        return _TURNED.get(self, self)


_TURNED = {Direction.TIGHTENED: Direction.LOOSENED, Direction.LOOSENED: Direction.TIGHTENED}

EDITORIAL_KINDS = (
    "title", "family", "axis", "principle", "guidance", "examples", "reply", "sources", "owner", "product ids",
    "wording", "fix", "note", "ref",
)  # fmt: skip
"Kinds of change that nobody's decision depends on. `wording`: another case or punctuation of a question."
MEANING_KINDS = (
    "new policy", "policy gone", "new check", "check gone", "market", "row", "effect", "age", "need", "label", "hours",
    "placement", "exemption", "basis", "mark", "dates", "group", "question", "key", "severity", "when", "facts",
    "required", "escalation", "cues", "on partial", "DSA", "route", "briefing",
)  # fmt: skip
"""All other kinds. `market`: the rows for a market or group come or go; `row`: one row among others does, or differs in
several ways; `group`: the members of a group."""


class Change(Struct, frozen=True):
    """One difference. `words` say it without the place; `str` with it."""

    policy_id: str
    "Empty for what belongs to no policy: groups, routes, briefings, the catalog itself."
    check_id: str | None
    "A check that a person is asked; of a need, the check whose row names it."
    market: str | None
    "The key of a row (`*` for the check's own), or the country that a group gained or lost."
    kind: str
    "One of `EDITORIAL_KINDS` and `MEANING_KINDS`."
    is_editorial: bool
    direction: Direction
    words: str
    "Untrusted text, one line."

    @property
    def place(self) -> str:
        """Where it is, as a policy owner names it: `gambling.real_money/offers, IT`."""
        where = "everywhere else" if self.market == "*" else self.market
        return ", ".join(part for part in (self.check_id or self.policy_id or "catalog", where) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


class CatalogDiff(Struct, frozen=True, dict=True):
    """All that is different, in the order of the new catalog; what is gone from it stands at the end."""

    old_version: str
    new_version: str
    changes: tuple[Change, ...] = ()
    old_effective: str | None = None
    new_effective: str | None = None

    @property
    def is_editorial(self) -> bool:
        """Whether nothing is different that a decision depends on."""
        return all(change.is_editorial for change in self.changes)

    @cached_property
    def by_policy(self) -> Mapping[str, tuple[Change, ...]]:
        """Policy to its changes, `""` for those of the catalog; only where there are any."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.policy_id, []).append(change)
        return {policy_id: tuple(changes) for policy_id, changes in found.items()}

    def count(self, direction: Direction) -> int:
        return sum(change.direction is direction for change in self.changes)


def changed(
    policy_id: str,
    kind: str,
    words: str,
    *,
    check_id: str | None = None,
    market: str | None = None,
    direction: Direction = Direction.CHANGED,
) -> Change:
    """A change of a kind; that says whether it is editorial, and so has no direction."""
    is_editorial = kind in EDITORIAL_KINDS
    direction = Direction.NONE if is_editorial else direction
    return Change(policy_id, check_id, market, kind, is_editorial, direction, words)
