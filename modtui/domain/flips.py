"""The cells of a past decision held against those of a new ruling, which may divide markets and ages otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.clause_values import State
from modtui.domain.grid import Band
from modtui.domain.markets import country_of
from modtui.domain.past_decisions import PastCell

CellNow = tuple[str, Band, State, str]
"Market, ages, state, and the check that decides; empty where none does."

_Span = tuple[int, int | None, State, str]
"First and last age, state, deciding check."


class Flip(Struct, frozen=True):
    """Ages of one market whose state would be another one. None where the ad would not, or did not, reach them."""

    market: str
    band: Band
    was: State | None
    becomes: State | None
    check_id: str
    "The check that decides it now, or decided it where nothing does any more; empty where no check did."


def flips(then: Iterable[PastCell], now: Iterable[CellNow]) -> Iterator[Flip]:
    """Where the states differ: by market, a part held against its country where only one side divides it, and age."""
    before: dict[str, list[_Span]] = {}
    after: dict[str, list[_Span]] = {}
    for cell in then:
        state = State[cell.derived.upper()]
        before.setdefault(cell.market, []).append((cell.min_age, cell.max_age, state, cell.deciding or ""))
    for market, band, state, check_id in now:
        after.setdefault(market, []).append((band.min_age, band.max_age, state, check_id))
    for market in dict.fromkeys((*after, *before)):
        was = before.get(market) or before.get(country_of(market)) or []
        becomes = after.get(market) or after.get(country_of(market)) or []
        if was != becomes:
            yield from _differences(market, was, becomes)


def _differences(market: str, was: list[_Span], becomes: list[_Span]) -> Iterator[Flip]:
    starts = sorted(
        {span[0] for span in (*was, *becomes)} | {span[1] + 1 for span in (*was, *becomes) if span[1] is not None}
    )
    last: Flip | None = None
    for place, start in enumerate(starts):
        one, other = _at(was, start), _at(becomes, start)
        end = starts[place + 1] - 1 if place + 1 < len(starts) else None
        if (one and one[2]) == (other and other[2]):
            continue
        decides = other if other is not None and (one is None or other[2] > one[2]) else one
        flip = Flip(market, Band(start, end), one and one[2], other and other[2], decides[3] if decides else "")
        if last is not None and last.band.max_age == start - 1 and _is_alike(last, flip):
            flip = replace(flip, band=Band(last.band.min_age, end))
        elif last is not None:
            yield last
        last = flip
    if last is not None:
        yield last


def _is_alike(one: Flip, other: Flip) -> bool:
    return (one.was, one.becomes, one.check_id) == (other.was, other.becomes, other.check_id)


def _at(spans: list[_Span], age: int) -> _Span | None:
    return next((span for span in spans if span[0] <= age and (span[1] is None or age <= span[1])), None)
