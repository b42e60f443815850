"""The looks: each theme's own, readable on its ground, and laid over one another without a loss."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style

from modtui.tui.app import ModtuiApp
from modtui.tui.palette import LOOKS, Palette, palette_of
from modtui.tui.screens.action_screen import ActionScreen
from modtui.tui.theme import ANSI, DARK, LIGHT

READABLE = 4.5
"The contrast of text of ordinary size: WCAG 2.2, success criterion 1.4.3."


class Page(ActionScreen[None]):
    """A screen to ask for its looks."""


def luminance(color: Color | None) -> float:
    """Relative luminance, from 0 to 1: WCAG 2.2, glossary."""
    assert color is not None and color.triplet is not None
    parts = [part / 255 for part in color.triplet]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style) -> float:
    light, dark = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


async def palette_in(theme: str) -> Palette:
    app = ModtuiApp(theme=theme, places={"page": Page})
    async with app.run_test() as pilot:
        await pilot.pause()
        return palette_of(app.screen)


@pytest.mark.parametrize("theme", [DARK, LIGHT])
async def test_text_is_readable_in_every_look(theme: str) -> None:
    palette = await palette_in(theme)
    poor = {name: contrast(getattr(palette, name)) for name in LOOKS if name != "frame"}
    assert {name: ratio for name, ratio in poor.items() if ratio < READABLE} == {}


async def test_the_terminals_own_colours_are_left_to_it() -> None:
    palette = await palette_in(ANSI)
    assert all(getattr(palette, name).bgcolor.is_default for name in LOOKS)
    assert palette.text.color is not None and palette.text.color.is_default
    assert palette.cursor.bgcolor is None


@pytest.mark.parametrize("theme", [DARK, LIGHT, ANSI])
async def test_the_cursor_keeps_the_colour_below_it(theme: str) -> None:
    palette = await palette_in(theme)
    under_cursor = palette.lit + palette.cursor
    assert under_cursor.color == palette.lit.color
    assert under_cursor.bold


async def test_another_theme_brings_its_looks_at_once() -> None:
    app = ModtuiApp(theme=DARK, places={"page": Page})
    async with app.run_test() as pilot:
        await pilot.pause()
        app.theme = LIGHT
        await pilot.pause()
        assert palette_of(app.screen) == await palette_in(LIGHT)
