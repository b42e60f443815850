"""A trainer goes through a pack on the screen before it is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.gold import NO_REASON
from modtui.domain.pack_choice import Choice
from modtui.files.patterns import compile_pattern
from modtui.services.pack_building import plan_choice
from modtui.services.pack_editing import PackDraft
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.pack_editor import PackEditor
from tests.services.exam_house import house_choice
from tests.tui.place_story import Places


def choice() -> Choice:
    """Eight ads in, one more that could be, and one that nobody gave a reason for."""
    whole, _ = house_choice()
    mute = replace(
        whole.chosen[9], key=replace(whole.chosen[9].key, rationale=replace(whole.chosen[9].key.rationale, why=""))
    )
    return Choice(whole.chosen[:8], {NO_REASON: (mute,)}, (), whole.chosen[8:9])


@asynccontextmanager
async def editor(draft: PackDraft, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Places]:
    app = ModtuiApp(places={"pack": lambda: PackEditor(draft, "Weight, [b]part 1[/b]")})
    async with app.run_test(size=size) as pilot:
        places = Places(app, pilot)
        await places.settled()
        yield places


async def test_ads_are_put_in_and_left_out_and_the_share_of_clean_ones_is_watched() -> None:
    draft = PackDraft(choice(), 40)
    async with editor(draft) as desk:
        assert "8 in, 2 more could be" in desk.text()
        assert "pack Weight, [b]part 1[/b]" in desk.text()
        await desk.press(actions.PACK_TOGGLE)
        assert "7 in, 3 more could be" in desk.text()
        clean = [number for number, each in enumerate(draft.ads) if each.weighed.is_clean and each.is_in]
        for number in clean:
            while desk.app.screen.cursor != number:  # type: ignore[attr-defined]
                await desk.press(actions.PACK_DOWN)
            await desk.press(actions.PACK_TOGGLE)
        assert "0 % are clean, less than 40 %" in desk.text()
        await desk.press(actions.PACK_BUILD)
    assert draft.is_done


async def test_an_answer_is_explained_and_widened() -> None:
    draft = PackDraft(choice(), 40)
    async with editor(draft) as desk:
        await desk.press(*[actions.PACK_DOWN] * 9)
        assert "nobody said: write it" in desk.text()
        await desk.press(actions.PACK_TOGGLE)
        assert "write it first" in desk.text()
        await desk.press(actions.PACK_WHY)
        await desk.write("A story")
        await desk.press(actions.PACK_ACCEPT)
        await desk.write("refuse")
        assert "'refuse' is no outcome" in desk.text()
        await desk.press(actions.PACK_ACCEPT)
        await desk.write("escalate")
        await desk.press(actions.PACK_TOGGLE)
        assert "9 in" in desk.text()
        assert "also right" in desk.text()
    assert not draft.is_done
    last = draft.ads[9]
    assert (last.why, last.accepted, last.is_in) == ("A story", (("escalate", ()),), True)


async def test_it_is_readable_on_a_small_and_a_large_terminal() -> None:
    for size in ((80, 24), (160, 48)):
        async with editor(PackDraft(choice(), 40), size) as desk:
            text = desk.text()
            assert "why" in text
            assert "A tea does not do that." in text or "It tells a story" in text
            assert "⏎ build" in text


def test_the_draft_builds_exactly_what_is_in() -> None:
    whole, document = house_choice()
    catalog = catalog_from_document(document, compile_pattern)
    draft = PackDraft(whole, 40)
    draft.toggle(0)
    draft.explain(1, "Another reason.")
    gold = [each.gold for each in whole.chosen]
    built = plan_choice(gold, catalog, draft.order("1"), edits=draft.edits)
    assert len(built.chosen) == 9
    assert draft.ads[0].weighed.gold.origin not in {each.gold.origin for each in built.chosen}
    why = {each.gold.origin: each.key.rationale.why for each in built.chosen}
    assert why[draft.ads[1].weighed.gold.origin] == "Another reason."


@pytest.mark.parametrize("words", ["", "reject", "reject: a/b, c/d | approve_limited"])
def test_other_answers_are_read_as_they_are_written(words: str) -> None:
    draft = PackDraft(choice(), 40)
    assert draft.accept(0, words) == ""
    assert draft.ads[0].accepted_words == words.replace(",", "")


def test_a_pack_keeps_a_reason_and_is_not_empty() -> None:
    draft = PackDraft(choice(), 40)
    assert "needs a reason" in draft.explain(0, "  ")
    for number in range(8):
        draft.toggle(number)
    assert draft.finish() == draft.warning == "no ad is in the pack"
    assert not draft.is_done
