"""The advertiser's card: the share of rejections with its base, notes, and what is shared with others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.events import Subject
from modtui.errors import ModtuiError
from modtui.services.advertisers import LONGEST_NOTE, Notes, read_card
from modtui.services.importing import build_search_index
from modtui.store.advertisers import host_of, hosts_of
from tests.services.room import MP, NO, WL, YES, Room, ad, room_at
from tests.services.test_precedents import decide_as


def led(ad_id: str, url: str, advertiser: str) -> dict[str, object]:
    return ad(ad_id, advertiser={"name": advertiser}, landing_page={"url": url})


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(*(ad(f"a{n}") for n in range(5)), ad("b0", advertiser={"name": "Rival"}))
        yield made


async def test_the_share_counts_what_stands_each_ad_once(room: Room) -> None:
    room.bring(ad("a0"), queue="again", source="q")
    ben = await room.sit("ben")
    for ad_id in ("a0", "a1", "a2"):
        await decide_as(ben, ad_id, wl=YES if ad_id != "a1" else NO)
    await decide_as(ben, "a3", wl=YES)
    await ben.undo()
    await ben.close()
    again = await room.sit("ben", "again")
    await again.decide()
    card = read_card(room.workspace, "Glow LLC", "amina")
    assert (card.rejected, len(card.decisions)) == (1, 3)
    assert [row.ad_id for row in card.decisions] == ["a0", "a2", "a1"] and card.outcomes == {"reject": 1, "approve": 2}
    assert card.found == ((WL, 1),) and not card.is_more


async def test_what_waits_for_a_second_review_is_not_on_the_card_of_others(room: Room) -> None:
    ben = await room.sit("ben")
    await decide_as(ben, "a0", mp=YES, wl=NO)
    assert room.item("a0").state == "second_review" and MP in room.events("a0")[0].body["answers"]
    assert read_card(room.workspace, "Glow LLC", "amina").decisions == ()
    assert len(read_card(room.workspace, "Glow LLC", "ben").decisions) == 1


async def test_notes_are_events_that_come_up_and_can_be_taken_back_by_their_author(room: Room) -> None:
    notes, others = Notes(room.workspace, "amina", room.clock), Notes(room.workspace, "ben", room.clock)
    item = room.item("a0")
    await notes.write("Glow LLC", "  Swaps pages after approval. ", Subject("q", "a0", item.content_hash))
    await others.write("Glow LLC", "Second note.", None)
    newest, first = read_card(room.workspace, "Glow LLC", "ben").notes
    assert (newest.text, newest.reviewer, newest.ad_id) == ("Second note.", "ben", "")
    assert (first.text, first.reviewer, first.ad_id) == ("Swaps pages after approval.", "amina", "a0")
    with pytest.raises(ModtuiError, match="Not yours"):
        await others.withdraw(first.event_id)
    await notes.withdraw(first.event_id)
    with pytest.raises(ModtuiError, match="Withdrawn already"):
        await notes.withdraw(first.event_id)
    assert [note.text for note in read_card(room.workspace, "Glow LLC", "ben").notes] == ["Second note."]
    assert read_card(room.workspace, "Rival", "ben").notes == () and room.is_whole()


@pytest.mark.parametrize(("text", "title"), [(" \n", "No note"), ("x" * (LONGEST_NOTE + 1), "Note is too long")])
async def test_a_note_says_something_and_not_too_much(room: Room, text: str, title: str) -> None:
    with pytest.raises(ModtuiError, match=title):
        await Notes(room.workspace, "amina", room.clock).write("Glow LLC", text, None)


async def test_undo_passes_notes_over(room: Room) -> None:
    amina = await room.sit()
    await decide_as(amina, "a0")
    assert amina.precedents is not None
    await amina.precedents.notes.write("Glow LLC", "A note.", None)
    assert (await amina.undo()).words.startswith("undone: a0")
    assert len(read_card(room.workspace, "Glow LLC", "amina").notes) == 1


def test_hosts_are_shared_by_whoever_led_there(room: Room) -> None:
    room.bring(
        led("h0", "https://www.Slim.example/a?x=1", "Glow LLC"), led("h1", "http://slim.example:8080/", "Rival"),
        led("h2", "https://own.example", "Glow LLC"), led("h3", "slim.example/other", "Third"),
        led("h4", "https://[broken", "Glow LLC"),
    )  # fmt: skip
    assert read_card(room.workspace, "Glow LLC", "amina").hosts == ()
    build_search_index(room.workspace)
    with room.workspace.read() as connection:
        found = hosts_of(connection, "Glow LLC", 10)
    assert [(each.host, set(each.others)) for each in found] == [
        ("slim.example", {"Rival", "Third"}), ("own.example", set()),
    ]  # fmt: skip
    room.bring(led("h2", "https://moved.example", "Glow LLC"))
    build_search_index(room.workspace)
    assert [each.host for each in read_card(room.workspace, "Glow LLC", "amina").hosts] == [
        "slim.example", "moved.example", "own.example",
    ]  # fmt: skip


def test_twins_of_other_advertisers_are_named(room: Room) -> None:
    card = read_card(
        room.workspace, "Glow LLC", "amina", [("Rival", "b0"), ("Glow LLC", "a1"), (None, "x"), ("Rival", "b1")]
    )
    assert [(each.advertiser, each.ads) for each in card.shared] == [("Rival", ("b0", "b1"))]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Shop.example./a", "shop.example"),
        ("shop.example/a", "shop.example"),
        ("//user:secret@shop.example:81/", "shop.example"),
        ("javascript:alert(1)", ""),
        ("https://[::1", ""),
        ("", ""),
        ("https://a\x1b.example/", ""),
    ],
)
def test_the_host_of_a_link(url: str, host: str) -> None:
    assert host_of(url) == host
