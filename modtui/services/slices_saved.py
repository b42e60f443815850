"""Filters of a list as a person writes them, `market:FR state:new words`, and slices: filters kept under a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from msgspec import Struct

from modtui.domain.events import STATES
from modtui.domain.markets import normal_market
from modtui.domain.rulings import Outcome
from modtui.errors import ModtuiError
from modtui.store.local_rows import get_setting, settings_named
from modtui.store.slices import Slice
from modtui.store.workspace import Workspace

MARKS = ("new_version", "returned", "woken", "conflict")
OUTCOMES = tuple(outcome.value for outcome in Outcome)
CHOICES: Mapping[str, Collection[str]] = {"state": STATES, "outcome": OUTCOMES, "mark": MARKS}
"The names of a filter that take one of a few values."
NAMES = ("state", "outcome", "market", "advertiser", "industry", "mark")
MOST_SLICES = 200
_TERM = re.compile(r'(?P<name>[A-Za-z]+):(?P<value>"(?:[^"]|"")*"|[^\s"]+)|(?P<words>"[^"]*"|\S+)')
_PREFIX = "slice."


class Filter(Struct, frozen=True):
    """What a list is narrowed to. `str()` is the way a person writes it, and `read_filter` reads it back."""

    words: str = ""
    "Words that must all occur in the ad; those in quotes beside each other."
    states: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    "Codes, or names of market groups."
    advertiser: str = ""
    industry: str = ""
    marks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(str(self))

    def __str__(self) -> str:
        terms = [("state", ",".join(self.states)), ("outcome", ",".join(self.outcomes))]
        terms += [("market", ",".join(self.markets)), ("advertiser", self.advertiser)]
        terms += [("industry", self.industry), ("mark", ",".join(self.marks))]
        return " ".join([*(f"{name}:{_quoted(value)}" for name, value in terms if value), *self.words.split()])

    def slice_(self, market_groups: Mapping[str, Collection[str]]) -> Slice:
        """The filter as the store takes it, with groups of markets spelled out."""
        markets = [market for name in self.markets for market in (name, *sorted(market_groups.get(name, ())))]
        return Slice(
            states=self.states,
            outcomes=self.outcomes,
            markets=tuple(dict.fromkeys(markets)),
            advertiser=self.advertiser or None,
            industry=self.industry or None,
            text=self.words or None,
            marks=self.marks,
        )


class SavedSlice(Struct, frozen=True):
    """A filter under a name, of one queue or of all."""

    name: str
    queue: str | None
    filter: Filter


def read_filter(text: str) -> Filter:
    """A filter as a person writes it. Raises ModtuiError for a value that cannot be, with the nearest that can."""
    words: list[str] = []
    values: dict[str, list[str]] = {name: [] for name in NAMES}
    for term in _TERM.finditer(text):
        name = (term["name"] or "").lower()
        if name in values:
            values[name].append(term["value"])
        else:
            words.append(term[0])
    return Filter(
        " ".join(words),
        states=_chosen("state", values["state"]),
        outcomes=_chosen("outcome", values["outcome"]),
        markets=_markets(values["market"]),
        advertiser=" ".join(map(_unquoted, values["advertiser"])),
        industry=" ".join(map(_unquoted, values["industry"])),
        marks=_chosen("mark", values["mark"]),
    )


def saved_slices(workspace: Workspace) -> list[SavedSlice]:
    """The slices kept in this workspace, by name."""
    with workspace.read() as connection:
        kept = settings_named(connection, _PREFIX)
    return [_slice_of(name.removeprefix(_PREFIX), value) for name, value in kept.items()]


def find_slice(workspace: Workspace, name: str) -> SavedSlice | None:
    with workspace.read() as connection:
        value = get_setting(connection, _PREFIX + name)
    return None if value is None else _slice_of(name, value)


def save_slice(workspace: Workspace, name: str, queue: str | None, kept: Filter) -> SavedSlice:
    """Keep a filter under a name, in the place of one that had it. It stays in this workspace."""
    name = " ".join(name.split())
    if not name or len(name) > 80 or not name.isprintable():
        raise ModtuiError("No name for a slice", "A name is 1 to 80 characters that print.", "Type another one.")
    if len(saved_slices(workspace)) >= MOST_SLICES and find_slice(workspace, name) is None:
        raise ModtuiError("Too many slices", f"{MOST_SLICES} are kept already.", "Forget one that is not used.")
    value = {"queue": queue, "filter": str(kept)}
    workspace.writer.call(lambda tx: tx.set_setting(_PREFIX + name, value))
    return SavedSlice(name, queue, kept)


def forget_slice(workspace: Workspace, name: str) -> None:
    workspace.writer.call(lambda tx: tx.set_setting(_PREFIX + name, None))


def _slice_of(name: str, value: Mapping[str, str | None]) -> SavedSlice:
    return SavedSlice(name, value.get("queue"), read_filter(value.get("filter") or ""))


def _chosen(name: str, given: Collection[str]) -> tuple[str, ...]:
    known = CHOICES[name]
    values = [part.lower().replace("-", "_") for value in given for part in _unquoted(value).split(",") if part]
    for value in values:
        if value not in known:
            near = get_close_matches(value, known, n=1)
            hint = f"Did you mean {name}:{near[0]}? " if near else ""
            raise ModtuiError(f"No such {name}", f"'{value}' is none.", f"{hint}There are {', '.join(known)}.")
    return tuple(dict.fromkeys(values))


def _markets(given: Collection[str]) -> tuple[str, ...]:
    names = [part for value in given for part in _unquoted(value).split(",") if part]
    return tuple(dict.fromkeys(normal_market(name) or name.upper() for name in names))


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if '"' in value or " " in value or not value.isprintable() else value


def _unquoted(value: str) -> str:
    return value[1:-1].replace('""', '"') if value[:1] == '"' and len(value) > 1 else value


def term(name: str, value: str) -> str:
    """One part of a filter as a person writes it."""
    return f"{name}:{_quoted(value)}"
