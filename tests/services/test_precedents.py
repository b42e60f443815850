"""What is known around an ad: its twins, how they were decided, which of their answers hold, and what stays hidden."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.precedents import goes_against
from modtui.domain.rulings import Outcome
from modtui.services.catalogs import Rulebook, load_rulebook
from modtui.services.precedents import Around, disagreeing, give_back, take_over
from modtui.services.review_session import ReviewSession
from tests.services.room import AL, HOUSE, NO, WB, WL, YES, Room, ad, answer, at_hand, room_at

SLIM = "Lose the belly with our tea, no diet and no sport, in ten days or your money back. Order today."


def slim(ad_id: str, body: str = SLIM, **payload: object) -> dict[str, object]:
    """An ad of a family of near-identical ones."""
    return ad(ad_id, creative={"headline": "Slim tea", "body": body}, **payload)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(*(slim(f"s{n}") for n in range(3)), ad("bread"), slim("s3", SLIM.replace("ten", "nine")))
        yield made


async def around(session: ReviewSession) -> Around:
    return await session.precedents.around(at_hand(session))


async def decide_as(session: ReviewSession, ad_id: str, outcome: str = "", **answers: object) -> str:
    """Open an ad, answer and decide; the id of the decision."""
    await session.open_ad("q", ad_id)
    answer(session, **answers)  # type: ignore[arg-type]
    if outcome:
        desk = at_hand(session).desk
        desk.edit_cells(desk.override_for(Outcome(outcome), "context"))
    change = await session.decide()
    assert change.event_id is not None
    return change.event_id


async def test_twins_are_counted_and_those_decided_come_first_the_newest_on_top(room: Room) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "s0", wl=YES)
    await decide_as(ben, "s3", wl=NO)
    await ben.close()
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    found = await around(amina)
    assert [twin.item.ad_id for twin in found.twins] == ["s3", "s0", "s2"]
    assert [twin.verdict and (twin.verdict.outcome, twin.verdict.checks) for twin in found.twins] == [
        ("approve", ()), ("reject", (WL,)), None,
    ]  # fmt: skip
    assert [twin.likeness for twin in found.twins][1:] == ["copy", "copy"] and found.twins[0].likeness.endswith(" %")
    assert found.count_words == "3 twins" and [twin.is_open for twin in found.twins] == [False, False, True]
    assert [(part.outcome, part.count, part.checks) for part in found.split] == [
        ("approve", 1, ()), ("reject", 1, ((WL, 1),)),
    ]  # fmt: skip
    await amina.open_ad("q", "bread")
    assert (await around(amina)).twins == ()


async def test_the_precedent_fills_in_its_answers_and_the_ruling_is_this_ads_own(room: Room) -> None:
    room.bring(slim("sa", markets=["SA"]), slim("be", markets=["BE"]))
    ben = await room.sit("ben")
    event_id = await decide_as(ben, "be", al=YES, wl=NO)
    await ben.close()
    assert room.standing("be") == [("ben", "approve")]
    amina = await room.sit()
    await amina.open_ad("q", "sa")
    desk = at_hand(amina).desk
    desk.offer = (await around(amina)).offer
    assert desk.offer is not None and desk.offer.expected is Outcome.REJECT
    assert take_over(desk) == 2 and desk.answers == {AL: YES, WL: NO}
    assert desk.outcome is Outcome.REJECT
    await amina.decide()
    (event,) = room.events("sa")
    assert event.body["precedent"] == {"event": event_id, "answers": [AL, WL]}
    assert "against_precedent" not in event.body


async def test_own_answers_stay_and_what_was_filled_in_is_given_back(room: Room) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "s0", wl=YES, wb=NO, al=NO)
    await ben.close()
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    answer(amina, wl=NO)
    desk = at_hand(amina).desk
    desk.offer = (await around(amina)).offer
    assert take_over(desk) == 2 and desk.answers == {WL: NO, WB: NO, AL: NO}
    assert disagreeing(desk) == (WL,)
    answer(amina, wb=YES)
    assert give_back(desk) == 1 and desk.answers == {WL: NO, WB: YES} and desk.taken is None


async def test_what_was_taken_over_survives_a_draft_and_an_undo(room: Room) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "s0", wl=YES)
    await ben.close()
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    at_hand(amina).desk.offer = (await around(amina)).offer
    take_over(at_hand(amina).desk)
    taken = at_hand(amina).desk.taken
    await amina.close()
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    assert at_hand(amina).desk.taken == taken and at_hand(amina).desk.answers == {WL: YES}
    await amina.decide()
    await amina.undo()
    assert at_hand(amina).desk.taken == taken and at_hand(amina).desk.answers == {WL: YES}


async def test_an_outcome_that_goes_against_the_precedent_is_known_and_recorded(room: Room) -> None:
    ben = await room.sit("ben")
    event_id = await decide_as(ben, "s0", wl=YES)
    await ben.close()
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    desk = at_hand(amina).desk
    desk.offer = (await around(amina)).offer
    answer(amina, wl=NO)
    assert goes_against(desk.offer, desk.outcome) and not goes_against(desk.offer, Outcome.ESCALATE)
    desk.objected_to = desk.outcome
    await amina.decide()
    (event,) = room.events("s1")
    assert event.body["against_precedent"] == event_id and "precedent" not in event.body


async def test_a_decision_against_its_derivation_is_expected_only_where_the_derivation_agrees(room: Room) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "s0", "approve", wl=YES)
    await ben.close()
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    offer = (await around(amina)).offer
    assert offer is not None and offer.expected is Outcome.APPROVE


async def test_a_second_reviewer_sees_nothing_and_what_waits_for_one_shows_nothing(room: Room) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "s0", wl=YES)
    await decide_as(ben, "s1", mp=YES, wl=NO)
    assert room.item("s1").state == "second_review"
    await ben.close()
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    assert at_hand(amina).mark == "second review"
    assert await around(amina) == Around()
    await amina.open_ad("q", "s2")
    found = await around(amina)
    verdicts = {twin.item.ad_id: twin.verdict for twin in found.twins}
    assert verdicts["s0"] is not None and verdicts["s1"] is None


async def test_an_earlier_content_of_another_ad_is_a_precedent_of_its_own(room: Room) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "s0", wl=YES)
    await ben.close()
    room.bring(slim("s0", "A hotel by the sea with breakfast and a view over the old harbour, two nights for one."))
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    twin = (await around(amina)).twins[0]
    assert twin.item.ad_id == "s0" and not twin.is_current and not twin.is_open
    assert twin.verdict is not None and twin.verdict.outcome == "reject"
    assert (await amina.precedents.ad_of(twin)).creative.body == SLIM


HOUSE_TEXT = HOUSE.read_text(encoding="utf-8")


def catalog_where(room: Room, before: str, after: str) -> Rulebook:
    assert before in HOUSE_TEXT
    path = room.folder / "policies.yaml"
    path.write_text(HOUSE_TEXT.replace(before, after), encoding="utf-8")
    return load_rulebook(path, room.workspace, room.now)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("Nobody is promised a body.", "Nobody is sold a body.", {WL: YES, AL: NO}),
        ("Does the ad promise weight loss without diet or effort?", "Does it promise a belly?", {AL: NO}),
        ("fix: Take out the promise.", "fix: Promise nothing.", {WL: YES, AL: NO}),
        ("effect: prohibited\n        fix: Take out the promise.", "min_age: 18\n        fix: Adults.", {AL: NO}),
        ("min_age: 18\n        fix: Target adults only.", "min_age: 21\n        fix: Adults.", {WL: YES, AL: NO}),
    ],
)
async def test_only_answers_that_mean_the_same_in_the_catalog_in_use_are_filled_in(
    room: Room, before: str, after: str, kept: dict[str, object]
) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "s0", wl=YES, al=NO)
    await ben.close()
    room.rulebook = catalog_where(room, before, after)
    amina = await room.sit()
    await amina.open_ad("q", "s1")
    offer = (await around(amina)).offer
    assert offer is not None and dict(offer.answers) == kept
    assert set(offer.left) == {WL, AL} - set(kept)
    assert (offer.expected is None) is (WL not in kept)
