"""Later versions, documents that arrive, contents that come back, and what a decision keeps for a replay."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.decisions import EscalationRequest
from modtui.domain.policies import Answer
from modtui.domain.rulings import rule
from modtui.errors import ModtuiError
from modtui.services.catalogs import load_rulebook, rulebook_with_hash
from modtui.services.importing import ImportOrder, run_import
from modtui.services.review_session import ReviewSession
from modtui.services.shipped import shipped
from modtui.services.versions import changes_between
from modtui.store.ads import version_with
from modtui.store.event_log import EventLog
from modtui.store.workspace import open_workspace
from tests.services.room import (
    AL,
    HOUSE,
    LICENCE,
    MINUTE,
    NO,
    NOON,
    UNSURE,
    WB,
    WL,
    YES,
    Room,
    ad,
    answer,
    at_hand,
    ids,
    room_at,
)  # fmt: skip

WINE = "A red wine."
UNLICENSED = {"name": "Glow LLC", "certificates": [{"kind": "gambling", "number": "9", "market": "FR"}]}
LICENSED = {"name": "Glow LLC", "certificates": [LICENCE]}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        yield made


# A new version ---


async def test_a_new_version_shows_what_was_decided_what_changed_and_whether_the_fix_was_made(room: Room) -> None:
    room.bring(ad("a0", "lose 10 kg", landing_page={"url": "https://old.example"}, media=[{"path": "a.png"}]))
    amina = await room.sit()
    answer(amina, wl=YES, wb=NO)
    await amina.decide()
    room.bring(ad("a0", "Fresh bread.", landing_page={"url": "https://new.example"}, media=[{"path": "a.png"}]))
    await amina.look_again()
    on_desk = at_hand(amina)
    previous = on_desk.previous
    assert on_desk.mark == "new version" and previous is not None
    assert previous.words == f"reject {WL}" and previous.reviewer == "amina"
    assert previous.changes == (
        ("body", "lose 10 kg", "Fresh bread."),
        ("page.url", "https://old.example", "https://new.example"),
    )
    assert "media.0" in previous.unchanged and "markets" in previous.unchanged
    assert previous.fixes == (("Take out the promise.", True),)
    # Nothing is taken silently, and nothing is offered: both answers spoke of what has changed.
    assert not on_desk.desk.is_touched
    assert amina.offer_previous() == 0 and not on_desk.desk.answers


async def test_a_fix_that_was_not_made_is_told(room: Room) -> None:
    room.bring(ad("a0", "lose 10 kg"))
    amina = await room.sit()
    answer(amina, wl=YES)
    await amina.decide()
    room.bring(ad("a0", "lose 10 kg", creative={"headline": "New!", "body": "lose 10 kg"}))
    await amina.look_again()
    previous = at_hand(amina).previous
    assert previous is not None and previous.fixes == (("Take out the promise.", False),)
    assert amina.offer_previous() == 1
    assert at_hand(amina).desk.answers == {WL: YES}
    assert at_hand(amina).desk.evidence[WL][0].quote == "lose 10 kg"


async def test_a_fix_by_targeting_is_told(room: Room) -> None:
    room.bring(ad("a0", WINE, markets=["SA"]))
    amina = await room.sit()
    answer(amina, al=YES, wl=NO)
    await amina.decide()
    room.bring(ad("a0", WINE, markets=["BE"]))
    await amina.look_again()
    previous = at_hand(amina).previous
    assert previous is not None and previous.changes == (("markets", "SA", "BE"),)
    assert [made for _, made in previous.fixes] == [True]
    # The creative is the same, so all that was said of it may be offered.
    assert amina.offer_previous() == 2
    assert at_hand(amina).desk.answers == {AL: YES, WL: NO}


async def test_only_answers_seen_on_unchanged_parts_are_offered(room: Room) -> None:
    room.bring(ad("a0", creative={"headline": "lose 10 kg", "body": WINE}))
    amina = await room.sit()
    answer(amina, wl=YES, al=YES, wb=NO)
    await amina.decide()
    room.bring(ad("a0", creative={"headline": "lose 10 kg", "body": "Bread."}))
    await amina.look_again()
    assert amina.offer_previous() == 1
    assert at_hand(amina).desk.answers == {WL: YES}


def test_every_part_of_a_version_shows_when_it_changes() -> None:
    before = {"source": "q", **ad("a0", media=[{"path": "a.mp4", "kind": "video"}])}
    changes = {
        "markets": {"markets": ["DE"]},
        "languages": {"languages": ["de"]},
        "ages": {"audience": {"min_age": 21}},
        "gender": {"audience": {"min_age": 18, "gender": "female"}},
        "interests": {"audience": {"min_age": 18, "interests": ["cars"]}},
        "placements": {"audience": {"min_age": 18, "placements": ["tv"]}},
        "industry": {"industry": "food.alcohol"},
        "advertiser": {"advertiser": {"name": "Glow LLC", "payer": "Somebody"}},
        "media.0": {"media": [{"path": "b.mp4", "kind": "video"}]},
        "page.url": {"landing_page": {"url": "https://a.example"}},
        "body": {"creative": {"headline": "Offer a0", "body": "Rye bread."}},
        "format": {"creative": {"headline": "Offer a0", "body": "Fresh bread.", "format": "video"}},
        "ai declared": {"creative": {"headline": "Offer a0", "body": "Fresh bread.", "ai_declared": True}},
        "transcript.0": {
            "creative": {
                "headline": "Offer a0", "body": "Fresh bread.",
                "transcript": [{"start_ms": 0, "end_ms": 1, "text": "x"}],
            }
        },
    }  # fmt: skip
    for name, change in changes.items():
        found = changes_between(ad_from_payload(before), ad_from_payload(before | change))
        assert [component for component, _, _ in found] == [name]


async def test_default_markets_are_no_change(room: Room) -> None:
    room.bring(ad("a0", "old", markets=[]), markets=("FR",))
    amina = await room.sit()
    assert at_hand(amina).desk.case.ad.markets == ("FR",)
    await amina.decide()
    assert room.events("a0")[0].body["default_markets"] == ["FR"]
    room.bring(ad("a0", "new", markets=[]))
    await amina.look_again()
    previous = at_hand(amina).previous
    assert previous is not None and [name for name, _, _ in previous.changes] == ["body"]


async def test_the_old_content_back_has_its_decision_in_force_and_marked(room: Room) -> None:
    room.bring(ad("a0", "lose 10 kg"))
    amina = await room.sit()
    answer(amina, wl=YES)
    await amina.decide()
    room.bring(ad("a0", "bread"))
    await amina.look_again()
    await amina.decide()
    room.bring(ad("a0", "lose 10 kg"))
    item = room.item("a0")
    assert (item.state, item.mark, item.outcome, item.version) == ("decided", "returned", "reject", 1)
    assert not await amina.look_again()
    await amina.open_ad("q", "a0")
    assert at_hand(amina).mark == "earlier content is back · decided: reject by amina"


# Documents ---


async def test_held_cells_wait_for_their_document_and_its_arrival_wakes_the_ad(room: Room) -> None:
    room.bring(ad("a0", WINE, advertiser=UNLICENSED))
    amina = await room.sit()
    answer(amina, al=YES)
    desk = at_hand(amina).desk
    assert desk.outcome.value == "approve_limited"
    await amina.decide()
    (event,) = room.events("a0")
    assert room.item("a0").state == "waiting_document"
    assert event.body["documents"] and "alcohol" in event.body["documents"][0]
    assert not await amina.look_again()
    room.bring(ad("a0", WINE, advertiser=LICENSED))
    assert await amina.look_again()
    on_desk = at_hand(amina)
    assert on_desk.mark == "document arrived"
    assert on_desk.previous is not None and on_desk.previous.outcome == "approve_limited"
    assert not on_desk.desk.is_touched
    assert amina.offer_previous() == 1 and on_desk.desk.answers == {AL: YES}
    assert on_desk.desk.outcome.value == "approve"
    await amina.decide()
    assert room.item("a0").state == "second_review"  # an approval over a document


async def test_all_cells_held_ask_for_the_document(room: Room) -> None:
    room.bring(ad("a0", WINE, markets=["FR"], advertiser=UNLICENSED))
    amina = await room.sit()
    answer(amina, al=YES)
    await amina.decide()
    assert room.standing("a0") == [("amina", "request_info")] and room.item("a0").state == "waiting_document"


async def test_a_document_asked_for_by_hand(room: Room) -> None:
    room.bring(ad("a0"))
    amina = await room.sit()
    at_hand(amina).desk.documents = ("Proof of the claim",)
    await amina.decide()
    (event,) = room.events("a0")
    assert event.body["outcome"] == "request_info" and event.body["documents"] == ["Proof of the claim"]
    assert room.item("a0").state == "waiting_document"


async def test_an_answer_that_the_document_is_missing_is_not_offered_once_it_came(room: Room) -> None:
    room.bring(ad("a0", WINE))
    amina = await room.sit()
    answer(amina, al=YES)
    need = next(row.check for row in at_hand(amina).desk.rows if row.check.need)
    at_hand(amina).desk.answer(need.id, YES)
    await amina.decide()
    room.bring(ad("a0", WINE, advertiser=LICENSED))
    await amina.look_again()
    assert amina.offer_previous() == 1 and need.id not in at_hand(amina).desk.answers


async def test_a_woken_ad_can_be_held(room: Room) -> None:
    room.bring(ad("a0", WINE, advertiser=UNLICENSED), ad("a1"))
    amina = await room.sit()
    answer(amina, al=YES)
    await amina.decide()
    room.bring(ad("a0", WINE, advertiser=LICENSED))
    await amina.look_again()
    await amina.open_ad("q", "a0")
    await amina.hold("break", 10)
    assert room.item("a0").state == "held" and ids(amina) == ("a1", None)
    room.now += 11 * MINUTE
    await amina.look_again()
    await amina.decide()
    assert at_hand(amina).mark == "back from hold · document arrived"
    answer(amina, al=YES)
    await amina.decide()
    assert room.standing("a0") == [("amina", "approve")]


async def test_a_decision_names_the_papers_it_rests_on_for_they_may_be_replaced(room: Room) -> None:
    room.bring(ad("a0", WINE, advertiser=LICENSED, schedule={"start": "2026-12-01", "end": "2026-12-24"}))
    amina = await room.sit()
    answer(amina, al=YES)
    await amina.decide()
    room.bring(ad("a0", WINE, advertiser=UNLICENSED))
    body = room.events("a0")[0].body
    assert body["on_file"] == [LICENCE]
    assert body["schedule"] == {"start": "2026-12-01", "end": "2026-12-24"}


async def test_a_change_of_context_of_what_was_decided_wakes_nobody(room: Room) -> None:
    room.bring(ad("a0"))
    amina = await room.sit()
    await amina.decide()
    room.bring(ad("a0", priority=90))
    assert not await amina.look_again() and room.item("a0").state == "decided"


# The record ---


async def test_a_decision_holds_what_cannot_be_derived_later(room: Room) -> None:
    room.bring(
        ad(
            "a0", "lose 10 kg with wine",
            media=[{"path": "a.mp4", "kind": "video"}],
            landing_page={"url": "https://a.example", "text": "Buy.", "captured_at": "2026-11-20T04:00:00Z"},
            flags=[{"source": "model-7", "label": "weight", "score": 0.83}],
        )
    )  # fmt: skip
    amina = await room.sit()
    answer(amina, wl=YES, wb=UNSURE)
    at_hand(amina).desk.note = "said twice"
    at_hand(amina).desk.opened.add("page")
    await amina.decide()
    (event,) = room.events("a0")
    body = event.body
    assert body["answers"] == {WL: "yes", WB: "unsure"}
    assert AL in body["passed_over"] and WL not in body["passed_over"]
    assert set(body["lit"]) == {WL, AL}
    assert body["not_shown"] == 1
    assert body["unopened"] == ["media.0"]
    (finding,) = body["findings"]
    assert finding["evidence"][0] == {"component": "body", "start": 0, "end": 10, "quote": "lose 10 kg"}
    assert len(finding["clauses"][0]["hash"]) >= 16 and finding["clauses"][0]["basis"] == "platform"
    assert {cell["market"] for cell in body["cells"]} == {"FR", "BE"}
    assert body["limits"][0]["texts"] == ["Take out the promise."]
    assert body["page"] == {"url": "https://a.example", "captured_at": "2026-11-20T04:00:00Z"}
    assert body["flags"] == [{"source": "model-7", "label": "weight"}]
    assert (body["as_of"], body["queue"], body["state"]) == ("2026-11-22", "q", "decided")
    assert body["catalog"]["version"] == "2026.11.1" and event.catalog_hash == room.rulebook.catalog.hash
    assert body["note"] == "said twice" and event.tz and event.app
    assert (event.subject and event.subject.content_hash) == room.item("a0").content_hash


async def test_a_changed_catalog_applies_from_the_next_ad_and_old_decisions_keep_theirs(room: Room) -> None:
    room.bring(ad("a0", WINE), ad("a1", WINE), ad("a2", WINE), ad("a3", WINE))
    amina = await room.sit()
    before = room.rulebook.catalog.hash
    assert amina.current is not None and amina.following is not None
    changed = room.folder / "changed.yaml"
    changed.write_text(
        HOUSE.read_text().replace("min_age: 18\n        fix: Target", "min_age: 21\n        fix: Target")
    )
    amina.use_rulebook(load_rulebook(changed, room.workspace, NOON))
    answer(amina, al=YES)
    await amina.decide()
    answer(amina, al=YES)
    await amina.decide()
    hashes = [room.events(each)[0].catalog_hash for each in ("a0", "a1")]
    assert hashes == [before, amina.rulebook.catalog.hash] and hashes[0] != hashes[1]
    for digest, age in zip(hashes, (18, 21), strict=True):
        kept = rulebook_with_hash(digest, room.workspace)
        assert kept is not None and kept.catalog.check_by_id[AL].clauses[0].min_age == age
    assert rulebook_with_hash("0" * 64, room.workspace) is None


def test_replaying_the_stored_answers_gives_the_stored_outcome(tmp_path: Path) -> None:
    """Over the demo queue with answers at random: the record holds all that a ruling needs."""
    chance = random.Random(2)
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        rulebook = load_rulebook(shipped("policies.yaml"), workspace, NOON)
        order = ImportOrder([shipped("data/demo/queue.jsonl")], "demo")
        count = run_import(workspace, rulebook.catalog, order, clock=lambda: NOON).new
        asyncio.run(_review_at_random(ReviewSession(workspace, rulebook, "demo", "amina", clock=lambda: NOON), chance))
        seen = set()
        # Each catalog is read back once: compiling the shipped one anew for every decision took most of the time.
        catalogs = cache(lambda digest: rulebook_with_hash(digest, workspace))
        for _, event in EventLog().read(workspace.reader, kinds=("decision",)):
            body, subject = event.body, event.subject
            assert subject is not None
            json.dumps(body, allow_nan=False)
            kept = catalogs(event.catalog_hash)
            assert kept is not None
            (ad_no,) = workspace.reader.execute("SELECT ad_no FROM ads WHERE id = ?", (subject.ad_id,)).fetchone()
            version = version_with(workspace.reader, ad_no, subject.content_hash)
            assert version is not None
            payload = json.loads(version.payload) | (
                {"markets": body["default_markets"]} if "default_markets" in body else {}
            )
            answers = {each: Answer(given) for each, given in body["answers"].items()}
            ruling = rule(ad_from_payload(payload), kept.catalog, answers, body["as_of"])
            assert ruling.outcome.value == body["derived"], subject.ad_id
            assert [finding["check"] for finding in body["findings"]] == list(ruling.findings)
            seen.add(body["derived"])
        assert EventLog().count(workspace.reader) == count
        assert {"approve", "reject", "approve_limited", "escalate"} <= seen


async def _review_at_random(session: ReviewSession, chance: random.Random) -> None:
    await session.start()
    while (on_desk := session.current) is not None:
        desk = on_desk.desk
        for _ in range(chance.randrange(4)):
            row = chance.choice(desk.rows[:12])
            desk.answer(row.check.id, chance.choice((YES, YES, NO, UNSURE)))
        desk.note = chance.choice(
            ("", "a note \u202e with é and \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"))
        )
        if chance.random() < 0.1:
            desk.escalate(EscalationRequest("legal", "Why?"))
        try:
            await session.decide()
        except ModtuiError:
            await session.skip("other")
    await session.close()
