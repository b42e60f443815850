"""Replaying a workspace: what flips, what must be asked, what is stale, which decisions count, and the worklist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from modtui.domain.catalog import Catalog
from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.services import replaying
from modtui.services.catalogs import catalog_at, load_rulebook
from modtui.services.replay_report import ReplayReport
from modtui.services.replaying import ReplayOrder, ReplayProgress, replay_decisions
from modtui.services.review_session import ReviewSession
from modtui.store.queues import get_queue, queue_counts
from tests.services.room import AL, HOUSE, MINUTE, NO, NOON, WB, YES, Room, ad, answer, at_hand, ids, room_at

STRICTER = ("min_age: 18\n        fix: Target", "min_age: 21\n        fix: Target")
REWORDED = ("Does it show a body before and after?", "Are two bodies compared?")
NEW_CHECK = (
    "  - id: threat.life\n",
    "  - id: bread.claims\n    title: Bread\n    family: food\n    axis: content\n    severity: medium\n"
    "    principle: Bread is bread.\n    cues: {words: [bread]}\n    checks:\n      - id: bread.claims/cure\n"
    "        key: bc\n        ask: Is bread said to heal?\n        effect: prohibited\n        fix: Leave it.\n"
    "  - id: threat.life\n",
)
NO_WINE = ("SA: {effect: prohibited, basis: law, mark: S}\n          FR: {needs", "FR: {needs")

BRIEFING = """
briefings:
  - id: b1
    title: Wine
    text: No wine for now.
    policies: [alcohol.product]
    markets: [BE]
    effective: 2026-11-01
    rows: {alcohol.product/sells: {BE: {effect: prohibited}}}
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        yield made


def edited(room: Room, *changes: tuple[str, str]) -> Catalog:
    text = HOUSE.read_text().replace("2026.11.1", "2026.12.1")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = room.folder / "next.yaml"
    path.write_text(text)
    return catalog_at(path)


def replay(room: Room, *changes: tuple[str, str], **order: Any) -> ReplayReport:
    return replay_decisions(room.workspace, edited(room, *changes), ReplayOrder(**order), clock=room.clock)


async def decide(session: ReviewSession, **answers: Answer) -> None:
    answer(session, **answers)
    await session.decide()


async def test_an_unchanged_catalog_changes_nothing_and_needs_no_ad(room: Room) -> None:
    room.bring(ad("a0", "wine"), ad("a1", "lose 10 kg"))
    amina = await room.sit()
    await decide(amina, al=YES)
    await decide(amina, wl=YES)
    same = replay_decisions(room.workspace, room.rulebook.catalog, ReplayOrder())
    assert (same.decisions, same.ruled, same.flipped, same.asked, same.stale) == (2, 0, 0, 0, 0)
    words = replay(room, ("fix: Take out the promise.", "fix: Leave the promise out."))
    assert (words.decisions, words.flipped, words.asked, words.stale) == (2, 0, 0, 0)


async def test_what_flips_is_told_by_outcome_policy_market_and_advertiser(room: Room) -> None:
    room.bring(
        ad("a0", "wine", markets=["BE"]),
        ad("a1", "wine", markets=["BE", "FR"], advertiser={"name": "Cellar"}),
        ad("a2", "wine", markets=["BE"], audience={"min_age": 21}),
        ad("a3", "bread"),
    )
    amina = await room.sit()
    for _ in range(3):
        await decide(amina, al=YES)
    await decide(amina)
    report = replay(room, STRICTER)
    assert (report.decisions, report.ruled, report.flipped, report.stale) == (4, 3, 2, 3)
    assert {name: kind.count for name, kind in report.flips.items()} == {"approve → approve_limited": 2}
    assert report.policies.counts == {"alcohol.product": 2} and report.markets.counts == {"BE": 2}
    assert report.advertisers.counts == {"Glow LLC": 1, "Cellar": 1}
    sample, _ = report.flips["approve → approve_limited"].samples
    assert (sample.ad_id, sample.advertiser) == ("a0", "Glow LLC")
    assert sample.words == (
        f"approve → approve_limited (BE 18-20 allowed → cut {AL}) · stale {AL} *"
    )  # fmt: skip
    # The row of its own is stale also where nothing flips.
    assert {name: kind.count for name, kind in report.clauses.items()} == {f"{AL} *": 3}


async def test_what_has_to_be_asked_comes_with_the_lit_ads_first(room: Room) -> None:
    room.bring(ad("a0", "cake"), ad("a1", "fresh bread"), ad("a2", "cake", markets=["FR"]), ad("a3", "lose 10 kg"))
    amina = await room.sit()
    for _ in range(3):
        await decide(amina)
    await decide(amina, wl=YES)
    report = replay(room, NEW_CHECK)
    # The rejection stands whatever is answered.
    assert (report.decisions, report.asked, report.asked_lit, report.flipped) == (4, 3, 1, 0)
    kind = report.checks["bread.claims/cure"]
    assert (kind.count, kind.lit) == (3, 1)
    assert [sample.ad_id for sample in kind.samples] == ["a1", "a0", "a2"]


async def test_a_reworded_question_is_asked_anew(room: Room) -> None:
    room.bring(ad("a0", "lose 10 kg"), ad("a1", "lose 10 kg"))
    amina = await room.sit()
    await decide(amina, wb=NO, wl=NO)
    await decide(amina, wb=YES)
    report = replay(room, REWORDED)
    assert (report.flipped, report.asked) == (0, 2) and list(report.checks) == [WB]


async def test_only_the_decision_in_force_counts(room: Room) -> None:
    room.bring(ad("a0", "wine"), ad("a1", "wine"))
    amina = await room.sit(second_review="all")
    await decide(amina, al=YES)
    await amina.undo()
    await decide(amina, al=NO)
    await decide(amina, al=NO)
    await amina.close()
    ben = await room.sit("ben", second_review="all")
    await decide(ben, al=YES)
    report = replay(room, STRICTER)
    # Of a0 the second reviewer's stands last; what was undone and the first pair of eyes do not count.
    assert (report.decisions, report.flipped) == (2, 1)
    assert [s.ad_id for kind in report.flips.values() for s in kind.samples] == ["a0"]


async def test_since_policy_and_market_narrow_what_is_told(room: Room) -> None:
    room.bring(*(ad(f"a{n}", "wine", markets=["BE", "SA"]) for n in range(2)))
    amina = await room.sit()
    await decide(amina, al=YES)
    room.now += 60 * MINUTE
    await decide(amina, al=YES)
    assert replay(room, STRICTER, since="2026-11-22T12:30").decisions == 1
    assert replay(room, STRICTER, policies=("weight",)).flipped == 0
    assert replay(room, STRICTER, policies=("alcohol",)).flipped == 2
    assert replay(room, STRICTER, NO_WINE, markets=("SA",)).markets.counts == {"SA": 2}
    assert replay(room, STRICTER, markets=("NORDIC",)).flipped == 0
    with pytest.raises(ModtuiError, match="no time"):
        replay(room, STRICTER, since="yesterday")


async def test_a_row_that_takes_effect_later_is_seen_by_a_day_to_come(room: Room) -> None:
    room.bring(ad("a0", "wine", markets=["BE"]))
    await decide(await room.sit(), al=YES)
    later = (
        "SA: {effect: prohibited, basis: law",
        "BE: {effect: prohibited, effective: 2027-01-01}\n          SA: {effect: prohibited, basis: law",
    )
    report = replay(room, later)
    assert (report.flipped, report.announced, report.announced_from) == (0, 1, "2027-01-01")
    report = replay(room, later, as_of="2027-01-01")
    assert list(report.flips) == ["approve → reject"] and not report.announced


async def test_briefings_that_tighten_are_seen(room: Room) -> None:
    room.bring(ad("a0", "wine", markets=["BE"]))
    await decide(await room.sit(), al=YES)
    path = room.folder / "next.yaml"
    path.write_text(HOUSE.read_text() + BRIEFING)
    briefed = catalog_at(path)
    report = replay_decisions(room.workspace, briefed, ReplayOrder())
    assert report.flipped == 1 and report.markets.counts == {"BE": 1}


async def test_what_was_decided_keeps_its_context(room: Room) -> None:
    """Papers that came later say nothing of what was decided before."""
    room.bring(ad("a0", "wine", markets=["FR"], advertiser={"name": "Glow LLC", "certificates": []}))
    await decide(await room.sit(), al=YES)
    papers = [{"kind": "alcohol", "market": "FR", "expires": "2028-01-01"}]
    room.bring(ad("a0", "wine", markets=["FR"], advertiser={"name": "Glow LLC", "certificates": papers}))
    report = replay(room, ("missing: held}", "missing: cut}"))
    assert (report.decisions, list(report.flips)) == (1, ["request_info → reject"])


async def test_the_worklist_gives_the_ads_out_again_with_reason_and_last_decision(room: Room) -> None:
    room.bring(ad("a0", "cake"), ad("a1", "bread"), ad("a2", "wine", markets=["BE"]), ad("a3", "wine"))
    amina = await room.sit()
    await decide(amina)
    await decide(amina)
    at_hand(amina).desk.note = "a bar"
    await decide(amina, al=YES)
    await decide(amina, al=YES)
    await amina.close()
    room.bring(ad("a3", "whole other content"))
    report = replay(room, STRICTER, NEW_CHECK, worklist="again")
    assert (report.queued, report.moved_on) == (3, 1)
    with room.workspace.read() as connection:
        assert queue_counts(connection, get_queue(connection, "again").queue_no).new == 3
        assert queue_counts(connection, get_queue(connection, "q").queue_no).new == 1
    room.rulebook = load_rulebook(room.folder / "next.yaml", room.workspace, NOON)
    ben = await room.sit("ben", "again")
    # What flips first, then what the ad lights, then the rest.
    on_desk = at_hand(ben)
    assert on_desk.item.ad_id == "a2" and on_desk.mark.startswith("again: approve → approve_limited (BE 18-20")
    assert on_desk.previous is not None and on_desk.previous.outcome == "approve"
    assert on_desk.history[0] == "this ad: approve al by amina: a bar"
    assert ben.offer_previous() == 1 and on_desk.desk.answers == {AL: YES}
    assert on_desk.desk.outcome == "approve_limited"
    await ben.decide()
    assert ids(ben)[0] == "a1" and "asks bread.claims/cure, lit" in at_hand(ben).mark
    await decide(ben, bc=YES)
    assert ids(ben)[0] == "a0"
    await decide(ben, bc=NO)
    # Now it is decided under the new catalog, and the last word counts.
    again = replay_decisions(room.workspace, room.rulebook.catalog, ReplayOrder())
    assert (again.decisions, again.flipped, again.asked, again.stale) == (4, 1, 1, 1)
    kinds = (*again.checks.values(), *again.flips.values(), *again.clauses.values())
    assert {sample.ad_id for kind in kinds for sample in kind.samples} == {"a3"}


async def test_a_worklist_can_be_made_again_and_is_no_queue_of_its_own(room: Room) -> None:
    room.bring(ad("a0", "wine", markets=["BE"]))
    await decide(await room.sit(), al=YES)
    with pytest.raises(ModtuiError, match="imported"):
        replay(room, STRICTER, worklist="q")
    assert replay(room, STRICTER, worklist="again", kinds=("stale",)).queued == 1
    assert replay(room, STRICTER, worklist="again").queued == 0
    assert replay(room, NEW_CHECK, worklist="lit", kinds=("lit",)).queued == 0


async def test_pages_and_progress(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.bring(*(ad(f"a{n}", "wine", markets=["BE"]) for n in range(7)))
    amina = await room.sit()
    for _ in range(7):
        await decide(amina, al=YES)
    monkeypatch.setattr(replaying, "PAGE", 3)
    told: list[ReplayProgress] = []
    catalog = edited(room, STRICTER)
    report = replay_decisions(
        room.workspace, catalog, ReplayOrder(worklist="again", samples=2), on_progress=told.append
    )  # fmt: skip
    assert [(each.done, each.total, each.flipped) for each in told] == [(3, 7, 3), (6, 7, 6), (7, 7, 7)]
    assert report.queued == 7 and len(report.flips["approve → approve_limited"].samples) == 2


async def test_what_cannot_be_replayed_is_counted(room: Room) -> None:
    room.bring(ad("a0", "wine", markets=["BE"]))
    amina = await room.sit()
    elsewhere = replace(room.rulebook.catalog, hash="0" * 64)
    amina.rulebook = type(amina.rulebook)(elsewhere)
    assert amina.current is not None
    amina.current.desk.case.catalog = elsewhere
    await decide(amina, al=YES)
    report = replay(room, STRICTER)
    assert report.not_told == {replaying.NO_CATALOG: 1} and report.decisions == 0
