"""Why a check stands beside an ad: the cue, flag, fact, industry or hidden text that lit or brought it."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.domain.cues import Hit, is_of_industry
from modtui.domain.plurals import number_of
from modtui.domain.policies import Check
from modtui.services.desk import Desk
from modtui.tui.ad_words import component_words, span_words
from modtui.tui.masks import masked_hit, masked_quote

MOST_HITS = 4


def reasons_here(desk: Desk, check: Check) -> tuple[str, ...]:
    """Every reason, the one that put it where it stands first. Words of the ad are quoted as they are: not yet safe."""
    return tuple(_reasons(desk, check))


def _reasons(desk: Desk, check: Check) -> Iterator[str]:
    row = desk.row(check.id)
    hits = row.hits if row is not None else desk.sheet.hits_on(check.id)
    if check.need is not None:
        yield from _need_reason(desk, check)
    elif check.when:
        asked = " and ".join(f"{desk.letters(parent)} is {answer.value}" for parent, answer in check.when)
        yield f"asked because {asked}" if not desk.is_asleep(check) else f"asked once {asked}"
    for hit in hits[:MOST_HITS]:
        yield hit_words(desk, hit) + (f", for {desk.letters(hit.check_id)}" if hit.check_id != check.id else "")
    if len(hits) > MOST_HITS:
        yield number_of(len(hits) - MOST_HITS, "more cue")
    if row is None:
        yield "not beside this ad: nothing on it points here"
        return
    policy = desk.case.catalog.policy_of(check)
    industry = desk.case.ad.industry
    if is_of_industry(check.cues, industry) or is_of_industry(policy.cues, industry):
        yield f"industry {industry}"
    elif row.place == "universal":
        yield "asked of ads of every industry"
    if row.place == "called":
        yield "brought in by letters, by search, or with answers that were filled in"


def _need_reason(desk: Desk, check: Check) -> Iterator[str]:
    case = desk.case
    parent = case.catalog.check_by_id[check.when[0][0]]
    markets = [
        market
        for market in case.grid.markets
        if any(need.id == check.id for row in case.rows(parent, market) for need in row.needs)
    ]
    yield f"asked because {parent.key} is yes, for {' '.join(markets) or 'no market of this ad'}"


def hit_words(desk: Desk, hit: Hit) -> str:
    """What on the ad points at a check, and where: `cue “wine” in text 58-62`."""
    where = f" in {component_words(hit.component)}{span_words(hit.start, hit.end)}" if hit.component else ""
    text = masked_hit(desk, hit)
    why = f", {masked_quote(desk, hit.why) if hit.kind != 'signal' else hit.why}" if hit.why else ""
    if hit.kind in ("word", "pattern"):
        return f"cue “{text}”{where}{why}"
    return f"{hit.kind} {text}{where}{why}"
