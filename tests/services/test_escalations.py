"""Escalations: the outcome stands and delivery waits; a queue by route; an answer that the asker sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.decisions import EscalationRequest
from modtui.domain.rulings import Outcome
from modtui.store.questions import questions_asked
from tests.services.room import MINUTE, TL, UNSURE, WL, YES, Room, ad, answer, at_hand, ids, room_at


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(*(ad(f"a{n}") for n in range(4)))
        yield made


def asked(room: Room, reviewer: str = "amina") -> list[tuple[str, str | None]]:
    """The questions of a reviewer, with who answered them by which outcome."""
    return [
        (each.asked.subject.ad_id, each.answer and f"{each.answer.actor} {each.answer.body['outcome']}")  # type: ignore[union-attr]
        for each in questions_asked(room.workspace.reader, reviewer)
    ]


async def test_a_question_goes_to_its_route_and_its_answer_back(room: Room) -> None:
    amina = await room.sit("amina")
    answer(amina, wb=UNSURE)
    at_hand(amina).desk.escalate(EscalationRequest("legal", "Is this a comparison?"))
    await amina.decide()
    assert (room.item("a0").state, room.item("a0").route) == ("escalated", "legal")
    assert asked(room) == [("a0", None)]
    assert ids(await room.sit("ben")) == ("a3", None)
    assert ids(await room.sit("cho", queue=None, route="child-safety")) == (None, None)
    lea = await room.sit("lea", queue=None, route="legal")
    on_desk = at_hand(lea)
    assert on_desk.question == "Is this a comparison?"
    assert on_desk.previous is not None and on_desk.previous.reviewer == "amina"
    assert on_desk.previous.answers == {"weight.loss/before-after": "unsure"}
    assert not on_desk.desk.is_touched
    answer(lea, wb=YES)
    at_hand(lea).desk.note = "Yes: it shows both."
    await lea.decide()
    assert ids(lea) == (None, None)
    first, second = room.events("a0")
    assert second.body["answers_question"] == first.id and second.supersedes == (first.id,)
    assert room.item("a0").state == "decided" and room.standing("a0") == [("lea", "reject")]
    assert asked(room) == [("a0", "lea reject")]


async def test_escalate_alone_carries_the_unsure_checks_in_words(room: Room) -> None:
    amina = await room.sit()
    answer(amina, wl=UNSURE)
    assert at_hand(amina).desk.outcome is Outcome.ESCALATE
    await amina.decide()
    (event,) = room.events("a0")
    assert event.body["outcome"] == "escalate" and event.body["state"] == "escalated"
    assert event.body["escalation"] == [
        {
            "class": "", "route": "legal", "check": WL,
            "question": "Does the ad promise weight loss without diet or effort?",
        }
    ]  # fmt: skip
    lea = await room.sit("lea", queue=None, route="legal")
    assert at_hand(lea).question == "Does the ad promise weight loss without diet or effort?"


async def test_a_class_of_case_escalates_whatever_the_outcome_and_once(room: Room) -> None:
    amina = await room.sit()
    answer(amina, tl=YES)
    assert at_hand(amina).desk.outcome is Outcome.REJECT
    await amina.decide()
    item = room.item("a0")
    assert (item.state, item.outcome, item.route) == ("escalated", "reject", "child-safety")
    cho = await room.sit("cho", queue=None, route="child-safety")
    assert at_hand(cho).question == "threat-to-life"
    answer(cho, tl=YES)
    await cho.decide()
    item = room.item("a0")
    assert (item.state, item.outcome) == ("decided", "reject")
    assert room.standing("a0") == [("cho", "reject")]


async def test_two_routes_are_asked_one_after_the_other(room: Room) -> None:
    amina = await room.sit()
    answer(amina, tl=YES)
    at_hand(amina).desk.escalate(EscalationRequest("legal", "A court order?"))
    await amina.decide()
    assert room.item("a0").route == "legal"
    lea = await room.sit("lea", queue=None, route="legal")
    assert lea.offer_previous() == 1
    await lea.decide()
    assert (room.item("a0").state, room.item("a0").route) == ("escalated", "child-safety")
    cho = await room.sit("cho", queue=None, route="child-safety")
    answer(cho, tl=YES)
    await cho.decide()
    assert room.item("a0").state == "decided" and room.standing("a0") == [("cho", "reject")]


async def test_an_offered_class_escalates_only_when_it_is_taken(room: Room) -> None:
    amina = await room.sit()
    answer(amina, im=YES)
    assert [kind.route for _, kind in at_hand(amina).desk.ruling.offered] == ["brands"]
    await amina.decide()
    assert room.item("a0").state == "decided"


async def test_the_asker_who_thinks_again_answers_nothing(room: Room) -> None:
    amina = await room.sit()
    answer(amina, tl=YES)
    await amina.decide()
    await amina.open_ad("q", "a0")
    assert at_hand(amina).desk.answers == {TL: YES}
    await amina.decide()
    assert room.item("a0").state == "escalated"
    assert "answers_question" not in room.events("a0")[-1].body
    assert room.standing("a0") == [("amina", "reject")] and asked(room) == [("a0", None)]
    at_hand(amina).desk.note = ""
    await amina.open_ad("q", "a0")
    at_hand(amina).desk.answer(TL, None)
    await amina.decide()
    assert room.item("a0").state == "decided" and asked(room) == []


async def test_a_small_team_answers_its_own_questions_in_the_routes_queue(room: Room) -> None:
    amina = await room.sit()
    answer(amina, tl=YES)
    await amina.decide()
    await amina.close()
    again = await room.sit("amina", queue=None, route="child-safety")
    assert ids(again)[0] == "a0"
    await again.decide()
    assert room.item("a0").state == "decided" and asked(room) == [("a0", "amina reject")]


async def test_a_held_question_is_still_a_question(room: Room) -> None:
    amina = await room.sit()
    at_hand(amina).desk.escalate(EscalationRequest("legal", "May they?"))
    await amina.decide()
    lea = await room.sit("lea", queue=None, route="legal")
    await lea.hold("asked a colleague", 10)
    room.now += 11 * MINUTE
    assert await lea.look_again()
    assert at_hand(lea).question == "May they?" and at_hand(lea).mark == "back from hold"
    await lea.decide()
    assert room.item("a0").state == "decided" and asked(room) == [("a0", "lea approve")]


async def test_an_answer_that_asks_on_is_seen_by_the_asker(room: Room) -> None:
    amina = await room.sit()
    at_hand(amina).desk.escalate(EscalationRequest("legal", "May they?"))
    await amina.decide()
    lea = await room.sit("lea", queue=None, route="legal")
    at_hand(lea).desk.escalate(EscalationRequest("brands", "Whose name is it?"))
    await lea.decide()
    assert room.item("a0").route == "brands"
    assert asked(room) == [("a0", "lea escalate")] and asked(room, "lea") == [("a0", None)]


async def test_the_answer_after_a_second_review_settles_both(room: Room) -> None:
    amina = await room.sit("amina", second_review="all")
    await amina.decide()
    ben = await room.sit("ben", second_review="all")
    await ben.open_ad("q", "a0")
    at_hand(ben).desk.escalate(EscalationRequest("legal", "May they?"))
    await ben.decide()
    lea = await room.sit("lea", queue=None, route="legal", second_review="all")
    answer(lea, wl=YES)
    await lea.decide()
    assert room.standing("a0") == [("lea", "reject")]


async def test_progress_of_a_route_counts_its_questions(room: Room) -> None:
    amina = await room.sit()
    for _ in range(3):
        at_hand(amina).desk.escalate(EscalationRequest("legal", "?"))
        await amina.decide()
    assert (amina.progress.queue, amina.progress.decided, amina.progress.total) == ("q", 3, 4)
    lea = await room.sit("lea", queue=None, route="legal")
    assert (lea.progress.queue, lea.progress.decided, lea.progress.total) == ("legal", 0, 3)
    await lea.decide()
    assert (lea.progress.decided, lea.progress.total) == (1, 3)
    await lea.undo()
    assert (lea.progress.decided, lea.progress.total) == (0, 3)
