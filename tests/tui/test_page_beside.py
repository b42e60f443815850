"""The ad beside its page, the plain reading below a disguise, and the list of signals, as stories."""

from __future__ import annotations

import pytest

from modtui.tui import actions
from tests.tui.desk_story import HOSTILE, ad, desk_with

CURE = ad(
    "ad-cure",
    markets=["FR"],
    languages=["fr"],
    creative={
        "display_name": "GlowFit",
        "headline": "La cure à 9,99 €",
        "body": "Pour vous, sans régime et sans sport, avec p\u0430yp\u0430l.",
        "transcript": [{"start_ms": 3000, "end_ms": 5000, "text": "Sans aucun effort."}],
    },
    landing_page={
        "url": "https://xn--pypal-4ve.example/fr",
        "title": "Cure minceur GlowFit",
        "text": "Une cure pour vous et pour votre corps. 59,90 €/mois. " + "Sans engagement dans la durée. " * 200,
        "captured_at": "2026-11-19T04:00:00Z",
        "chain": ["https://bit.ly/x", "https://b.example/\x1b[2J"],
    },
)
NO_PAGE = ad("ad-plain", creative={"body": "Fresh bread."})


async def test_a_disguise_stands_beside_its_plain_reading() -> None:
    async with desk_with(CURE) as desk:
        desk.shows("p\u0430yp\u0430l → paypal", "9,99 € ≠ 59,90 €/mois", "captured")


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
async def test_the_ad_stands_beside_its_page(size: tuple[int, int]) -> None:
    async with desk_with(CURE, size=size) as desk:
        await desk.press(actions.PAGE_BESIDE)
        desk.shows(
            "The ad", "Its page", "9,99 € ≠ 59,90 €/mois", "La cure à 9,99 €", "via https://bit.ly/x", "⟦ESC⟧[2J"
        )
        assert "page" not in desk.screen.desk.opened, "its last line was not in view"
        await desk.press(*[actions.PAGE_FURTHER] * 30)
        assert "page" in desk.screen.desk.opened
        await desk.press(actions.PAGE_PANE, *[actions.PAGE_DOWN] * 12)
        desk.shows("Sans aucun effort.")
        await desk.press(actions.PAGE_BACK)
        desk.shows("ad-cure")
        assert desk.outcomes() == []


async def test_the_links_are_shown_to_be_copied() -> None:
    async with desk_with(CURE) as desk:
        await desk.press(actions.PAGE_BESIDE, actions.PAGE_COPY)
        desk.shows("https://xn--pypal-4ve.example/fr", "https://bit.ly/x", "is shown as p\u0430ypal.example")
        desk.hides("Its page")
        await desk.press("escape")
        desk.shows("Its page")


async def test_every_signal_is_listed_with_where_why_and_the_check() -> None:
    async with desk_with(CURE, size=(120, 60)) as desk:
        await desk.press(actions.SIGNALS)
        desk.shows(
            "text 43-49 · mixed scripts",
            "Cyrillic in a Latin word · no check beside this ad names it",
            "page 40-52 · price differs from page",
            "redirect 0-16 · shortened link",
            "encoded host",
        )


async def test_without_a_page_the_key_says_so() -> None:
    async with desk_with(NO_PAGE) as desk:
        await desk.press(actions.PAGE_BESIDE)
        desk.shows("this ad has no landing page")
        await desk.press(actions.SIGNALS)
        desk.shows("No signal")


async def test_hostile_text_stays_text_beside_the_page_and_in_the_list() -> None:
    async with desk_with(HOSTILE, size=(80, 24)) as desk:
        await desk.press(actions.PAGE_BESIDE)
        desk.shows("The ad", "javascript:alert(1)⟦ESC⟧[31m")
        assert "\x1b" not in desk.text() and "\u202e" not in desk.text()
        await desk.press(actions.PAGE_COPY)
        desk.shows("⟦ESC⟧[31m")
        await desk.press("escape", actions.PAGE_BACK, actions.SIGNALS)
        desk.shows("turned text", "RLO changes the order of reading")
        assert "\x1b" not in desk.text() and "\u202e" not in desk.text()
