"""Probes of a check: ads, answers and days under which an altered rule of it would show in some cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from modtui.domain.ad_json import ad_from_payload, normal_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import DEFAULT_MARKET, Clause
from modtui.domain.markets import ISO_3166, country_of
from modtui.domain.policies import Answer, Check
from modtui.domain.rulings import Ruling, rule

Ranges = Mapping[str, tuple[tuple[int, int], ...]]
"Market to the ages at which its state changes, youngest first, each with the state from there on."


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to the catalog."""

    ad: Ad
    answers: Mapping[str, Answer]
    as_of: str


def ranges_of(ruling: Ruling) -> Ranges:
    """The states of a ruling, however its ages are divided."""
    found: dict[str, list[tuple[int, int]]] = {}
    for cell in ruling.cells:
        steps = found.setdefault(cell.market, [])
        if not steps or steps[-1][1] != cell.state:
            steps.append((cell.band.min_age, int(cell.state)))
    return {market: tuple(steps) for market, steps in found.items()}


def differ(one: Ranges, other: Ranges) -> bool:
    """Whether any market has another state at some age; a part that one of them does not divide is its country's."""
    names = [*one.keys(), *(name for name in other if name not in one)]
    return any(_at(one, name) != _at(other, name) for name in names)


def _at(ranges: Ranges, market: str) -> tuple[tuple[int, int], ...] | None:
    return ranges.get(market, ranges.get(country_of(market)))


def ranges_under(catalog: Catalog, probe: Probe) -> Ranges:
    return ranges_of(rule(probe.ad, catalog, probe.answers, probe.as_of))


def probes_of(check: Check, catalog: Catalog, today: str, also: Iterable[str] = ()) -> Iterator[Probe]:
    """The probes of a check: every market it has a row for, all ages, and each condition of its rows met and not met.

    `today` is the first day ruled on: no day before it can matter. `also` names markets to be among the targeted.
    """
    markets = tuple(dict.fromkeys((*_markets(check, catalog), *also)))
    rows = (*check.clauses, *(row for rows in check.markets.values() for row in rows))
    asked = _asked(check, catalog)
    plain = _ad(markets)
    yes = {**asked, check.id: Answer.YES}
    days = _days(rows, today)
    for day in days:
        yield Probe(plain, yes, day)
    for row in rows:
        for need in row.needs:
            yield Probe(plain, {**yes, need.id: Answer.YES}, days[-1] if row.effective in days else today)
        for exemption in row.unless:
            if exemption in catalog.check_by_id:
                met = {**_asked(catalog.check_by_id[exemption], catalog), exemption: Answer.YES}
                yield Probe(plain, {**yes, **met}, today)
                yield from (Probe(plain, {**yes, **met, need.id: Answer.YES}, today) for need in row.needs)
    placements = sorted({placement for row in rows for placement in row.placements})
    for placement in (*placements, "elsewhere") if placements else ():
        yield Probe(_ad(markets, placement), yes, today)
        for row in rows:
            yield from (Probe(_ad(markets, placement), {**yes, need.id: Answer.YES}, today) for need in row.needs)
    needs_met = {need.id: Answer.YES for row in rows for need in row.needs}
    for parent, wanted in check.when:
        unmet = {name: answer for name, answer in yes.items() if name != parent}
        other = Answer.NO if wanted is Answer.YES else Answer.YES
        yield Probe(plain, {**unmet, parent: other}, today)
        yield Probe(plain, unmet, today)
        yield Probe(plain, {**unmet, parent: other, **needs_met}, today)
    yield from _leading_on(check, catalog, plain, today)


def _leading_on(check: Check, catalog: Catalog, plain: Ad, today: str) -> Iterator[Probe]:
    """A yes to what this check leads to: a check is asked only when those before it are."""
    for child in catalog.children_of.get(check.id, ()):
        if child.need is None:
            yield Probe(plain, {**_asked(child, catalog), child.id: Answer.YES}, today)
            for parent, wanted in check.when:
                other = Answer.NO if wanted is Answer.YES else Answer.YES
                yield Probe(plain, {**_asked(child, catalog), child.id: Answer.YES, parent: other}, today)


def _markets(check: Check, catalog: Catalog) -> Iterator[str]:
    """A country for each way in which its keys and those of the checks before it meet, and one that none reaches."""
    before = (catalog.check_by_id[name] for name in _asked(check, catalog))
    named = {key for each in (check, *before) for key in each.markets}
    keys = {key for key in named if key not in catalog.market_groups}
    yield from sorted(keys)
    yield from sorted({country_of(key) for key in keys} - keys)
    met: set[frozenset[str]] = set()
    members = {member for key in named for member in catalog.market_groups.get(key, ())}
    for member in sorted(members - keys):
        groups = frozenset(named & set(catalog.groups_of.get(member, ())))
        if groups not in met:
            met.add(groups)
            yield member
    reached = {country_of(key) for key in keys} | members
    yield next(market for market in ("ZW", "BI", "FJ", *sorted(ISO_3166)) if market not in reached)


def _asked(check: Check, catalog: Catalog) -> dict[str, Answer]:
    """The answers that make the check asked."""
    found: dict[str, Answer] = {}
    for parent, answer in check.when:
        if parent in catalog.check_by_id:
            found |= _asked(catalog.check_by_id[parent], catalog)
            found[parent] = answer
    return found


def _days(rows: Iterable[Clause], today: str) -> list[str]:
    """Today, and every later day on which one of the rows begins or is gone."""
    begins = {row.effective for row in rows if row.effective}
    gone = {(date.fromisoformat(row.sunset) + timedelta(days=1)).isoformat() for row in rows if row.sunset}
    return [today, *sorted(day for day in begins | gone if day > today)]


def _ad(markets: tuple[str, ...], placement: str | None = None) -> Ad:
    """An ad of which the data says nothing but where it runs: its picture may hold anything."""
    audience = {"placements": [placement]} if placement else {}
    named = [market for market in markets if market != DEFAULT_MARKET]
    raw = {"id": "probe", "media": [{"path": "a.png", "kind": "image"}], "markets": named, "audience": audience}
    return ad_from_payload(normal_payload(raw, source="probes", known_groups=()))
