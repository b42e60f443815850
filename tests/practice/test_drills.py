"""Drills: what was got wrong comes back when it is due, with other ads, and moves further away when it is known."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.drills import Grade, Offer, Wanted, compose, speed_of
from modtui.domain.packs import Kind
from modtui.domain.practice_log import DRILL
from modtui.services.drill_cards import unpacked
from modtui.services.drill_planning import DAY_MS, drill_packs, plan_drill
from modtui.services.drill_schedule import review
from modtui.services.drilling import DrillSession
from modtui.store import attempts, drill_cards
from modtui.store.workspace import Workspace
from tests.practice.classroom import Class, answer_all, at_desk
from tests.services.room import NOON, WB, WL

offers = st.builds(
    Offer,
    pack=st.sampled_from("ab"),
    place=st.integers(1, 6),
    breaks=st.sets(st.sampled_from("xyz")).map(frozenset),
    resembles=st.sets(st.sampled_from("xyz")).map(frozenset),
    seen=st.integers(0, 3),
)
wanted = st.lists(st.builds(Wanted, st.sampled_from("xyz"), st.sampled_from(["", "x", "y"])), max_size=3)


def due(workspace: Workspace, room: Class, learner: str = "amina") -> int:
    return drill_cards.count_due(workspace.reader, learner, room.now)


@given(
    wanted, st.lists(offers, max_size=12, unique_by=lambda o: (o.pack, o.place)), st.text(max_size=3), st.integers(1, 9)
)
def test_a_drill_gives_no_ad_twice_and_only_what_teaches(
    asked: list[Wanted], there: list[Offer], seed: str, most: int
) -> None:
    given_ads = compose(asked, there, seed, most)
    assert len({(each.pack, each.place) for each in given_ads}) == len(given_ads) <= most
    assert given_ads == compose(asked, list(reversed(there)), seed, most), "whatever order the ads were found in"
    by_place = {(each.pack, each.place): each for each in there}
    for each in given_ads:
        offer = by_place[each.pack, each.place]
        partners = {one.partner for one in asked if one.clause in each.clauses}
        assert set(each.clauses) & (offer.breaks | offer.resembles) or partners & offer.breaks


def test_ads_never_met_come_before_those_met_long_ago() -> None:
    there = [Offer("p", n, frozenset("x"), frozenset(), seen) for n, seen in ((1, 7), (2, 0), (3, 4))]
    assert [each.place for each in compose([Wanted("x")], there, "s")] == [2]
    assert [each.place for each in compose([Wanted("x")], there[::2], "s")] == [3]


def test_clauses_that_are_mixed_up_come_together() -> None:
    there = [
        Offer("p", 1, frozenset("x"), frozenset()),
        Offer("p", 2, frozenset("y"), frozenset()),
        Offer("p", 3, frozenset(), frozenset("x")),
    ]
    assert {each.place for each in compose([Wanted("x", "y")], there, "s")} == {1, 2, 3}


def test_cards_move_by_days_and_come_back_sooner_after_a_mistake() -> None:
    card, now, gaps = "", NOON, []
    for rating in (Grade.GOOD, Grade.GOOD, Grade.AGAIN, Grade.GOOD):
        card, when = review(card, rating, now)
        gaps.append(round((when - now) / DAY_MS))
        now = when
    assert gaps[0] == 2 and gaps[1] > gaps[0]
    assert gaps[2] < gaps[1], "a mistake brings it back sooner"
    assert all(gap <= 60 for gap in gaps)


def test_time_is_compared_to_one_s_own() -> None:
    own = list(range(1_000, 21_000, 1_000))
    assert speed_of(20_000, own) == "slow"
    assert speed_of(2_000, own) == "fast"
    assert speed_of(15_000, own) == speed_of(1, own[:9]) == ""


async def test_what_was_got_wrong_is_due_and_leaves_when_it_is_known(tmp_path: Path) -> None:
    room = Class(tmp_path)
    first, fresh = room.pack(), room.pack(10, name="fresh.pack")
    with room.workspace("amina") as workspace:
        session = room.session(workspace, first)
        await session.start()
        await answer_all(session, [False])
        assert due(workspace, room) == 2, "one card a clause: promise, and before and after"
        assert due(workspace, room, "bela") == 0
        room.take(workspace, fresh)
        packs, refused = drill_packs(workspace)
        exercises, missing = plan_drill(workspace, packs, "amina", room.now)
        assert not refused and not missing
        assert {each.pack for each in exercises} == {room.built and room.built.hash}, "ads never met come first"
        drill = DrillSession(workspace, packs, exercises, "amina", clock=room.clock)
        async with at_desk(drill) as desk:
            desk.shows("PRACTICE · drill 0/4")
            await answer_all(drill)
            await desk.press("enter") if drill.current is not None else None
        assert due(workspace, room) == 0
        assert set(drill.reviewed) == {WL, WB} and min(drill.reviewed.values()) > room.now
        room.now += 3 * DAY_MS
        assert due(workspace, room) == 2
        again, _ = plan_drill(workspace, packs, "amina", room.now)
        met = {(each.pack, each.place) for each in exercises}
        assert not met & {(each.pack, each.place) for each in again}, "fresh ads for each repetition"


async def test_a_mistake_in_a_drill_comes_back_tomorrow_and_counts_for_no_score(tmp_path: Path) -> None:
    room = Class(tmp_path)
    path = room.pack()
    with room.workspace("amina") as workspace:
        session = room.session(workspace, path)
        await session.start()
        await answer_all(session, [False])
        before = session.answers()
        packs, _ = drill_packs(workspace)
        exercises, _ = plan_drill(workspace, packs, "amina", room.now)
        drill = DrillSession(workspace, packs, exercises, "amina", clock=room.clock)
        await drill.start()
        await answer_all(drill, [False])
        assert max(drill.reviewed.values()) <= room.now + DAY_MS
        with workspace.read() as connection:
            kinds = [each.kind for each in attempts.entries_of(connection, session.taken.row.pack_no, "amina")]
        assert kinds.count(DRILL) == len(exercises)
        session = room.session(workspace, path)
        await session.start()
        assert session.answers() == before


async def test_what_is_taken_for_another_is_remembered(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        async with at_desk(room.session(workspace, room.pack())) as desk:
            await desk.press("n", "2", "enter")
            desk.shows("missed wl", "too much wb")
        card = drill_cards.find_card(workspace.reader, "amina", WL)
        assert card is not None and unpacked(card.card).mixed == {WB: 1}


async def test_a_drill_takes_no_ad_of_an_exam_nor_one_that_is_still_to_be_answered(tmp_path: Path) -> None:
    room = Class(tmp_path)
    path, exam = room.pack(), room.pack(kind=Kind.EXAM, name="exam.pack")
    with room.workspace("amina") as workspace:
        room.take(workspace, exam)
        session = room.session(workspace, path)
        await session.start()
        await session.decide()
        packs, _ = drill_packs(workspace)
        assert [each.row.kind for each in packs] == ["open"]
        exercises, _ = plan_drill(workspace, packs, "amina", room.now)
        assert {each.place for each in exercises} <= {1}
        exercises, _ = plan_drill(workspace, packs, "amina", room.now, banks={packs[0].row.hash})
        assert 1 not in {each.place for each in exercises} and exercises, "of a bank, what was never met"
