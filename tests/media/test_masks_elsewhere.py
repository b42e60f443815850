"""Masked text where ads are listed, held beside each other or read out: one choice, one key, everywhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.cli.plain import PlainReviewer
from modtui.domain.exposure import COARSE, LEVELS, Care, masked_text
from modtui.services.exposure import CareBook
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.masks import OtherTexts, masked_elsewhere
from tests.services.room import NO, Room, answer, room_at
from tests.services.shift import Shift, plain_ad, shift_at
from tests.services.test_precedents import SLIM, slim
from tests.tui.place_story import places_of
from tests.tui.test_twins import Desk


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        made.bring("eu", [plain_ad("ad-1", creative={"headline": "Casino night"})])
        yield made


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        flags = [{"source": "model", "label": "weight"}]
        made.bring(slim("s0", flags=flags), slim("s1", SLIM.replace("ten", "nine"), flags=flags))
        yield made


def masking(place: Shift | Room, care: Care | None = None) -> CareBook:
    book = CareBook(place.workspace, "amina")
    book.choose(care or Care({"health": COARSE}, ("health",)))
    return book


def shown_letters(text: str) -> int:
    return sum(sign.isalnum() for sign in text)


def test_each_step_shows_more_also_where_no_sensitive_words_are_known() -> None:
    steps = [shown_letters(masked_elsewhere("Lose ten kilos in nine days", level)) for level in LEVELS]
    assert steps == sorted(steps) and steps[0] == 0 and steps[-1] == shown_letters("Lose ten kilos in nine days")


async def test_titles_are_masked_in_lists_until_a_key_shows_them(shift: Shift) -> None:
    book = masking(shift)
    async with places_of(shift, care=lambda: book) as story:
        await story.press(actions.HOME_LIST)
        story.shows("ad-1", "······ ·····")
        story.hides("Casino")
        await story.press(actions.LIST_REVEAL)
        story.shows("C····· n····", "texts are shown blurred")
        await story.press(actions.LIST_REVEAL)
        story.shows("Casino night", "texts are shown sharp")
        await story.press(actions.LIST_REVEAL)
        story.shows("everything is shown as it is")


async def test_lists_are_as_they_are_where_nothing_is_masked(shift: Shift) -> None:
    book = masking(shift, Care({"health": COARSE}))
    async with places_of(shift, care=lambda: book) as story:
        await story.press(actions.HOME_LIST)
        story.shows("Casino night")


def test_another_choice_begins_anew(shift: Shift) -> None:
    book, texts = masking(shift), OtherTexts()
    texts.as_chosen_by(book)
    texts.reveal()
    texts.as_chosen_by(book)
    assert texts("Casino night") == "C····· n····", "what was revealed stays so"
    book.choose(Care({"*": COARSE}, ("adult", "health")))
    texts.as_chosen_by(book)
    assert texts("Casino night") == "C····· n····", "the same level again"
    book.choose(Care({}, ()))
    texts.as_chosen_by(book)
    assert texts("Casino night") == "Casino night"


async def test_twins_and_the_card_are_masked_and_revealed_by_the_same_key(room: Room) -> None:
    ben = await room.sit("ben")
    await ben.open_ad("q", "s1")
    answer(ben, wl=NO)
    await ben.decide()
    await ben.close()
    book = masking(room)
    app = ModtuiApp(room.session("amina"), care=lambda: book)
    async with app.run_test(size=(120, 40)) as pilot:
        desk = Desk(app, pilot)
        await desk.settled()
        assert desk.ad_id == "s0"
        await desk.press(actions.TWIN)
        desk.hides("belly", "Slim")
        await desk.press(actions.TWINS_REVEAL, actions.TWINS_REVEAL, actions.TWINS_REVEAL)
        desk.shows("belly")
        await desk.press(actions.TWINS_REVEAL)
        desk.shows("everything is shown as it is")
        await desk.press("escape", actions.CARD)
        desk.hides("Slim")
        await desk.press(actions.CARD_REVEAL, actions.CARD_REVEAL)
        desk.shows("Slim")
        await app.finish_up()


async def test_line_mode_reads_masked_text_and_a_line_with_z_more_of_it(room: Room) -> None:
    book, out = masking(room), io.StringIO()
    session = room.session("amina")
    await PlainReviewer(session, io.StringIO("z\nz\nz\nz\nq\n"), out, book).run()
    coarse, blurred, grey, sharp, rest = out.getvalue().split("> ")[:5]
    assert masked_text(SLIM, COARSE) in coarse and "belly" not in coarse and "Slim" not in coarse
    assert "L··· t·· b····" in blurred and "belly" not in blurred
    assert SLIM in grey and SLIM in sharp, "a flag points at no word"
    assert "Everything is read as it is." in rest


async def test_line_mode_counts_what_was_left(room: Room) -> None:
    book = masking(room)
    await PlainReviewer(room.session("amina"), io.StringIO("wln\n\nq\n"), io.StringIO(), book).run()
    assert book.today.ads == 1
