"""The review screen as text, at the sizes people use.

A difference is a change of the product: look at it, then write the goldens anew with
`MODTUI_WRITE_GOLDENS=1 pytest tests/tui/test_review_goldens.py`.
"""

from __future__ import annotations

import os
from difflib import unified_diff

import pytest

from modtui.domain.ads import Ad
from tests.tui.desk_story import CLEAN, GOLDEN, HOSTILE, LIT, WINE, desk_with

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}
ADS: dict[str, tuple[Ad, tuple[str, ...]]] = {
    "clean": (CLEAN, ()),
    "lit": (LIT, ()),
    "hostile": (HOSTILE, ()),
    "answered": (WINE, ("1", "5", "j", "n")),
}


@pytest.mark.parametrize("name", ADS)
@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_reads_as_its_golden(name: str, size: str):
    ad, keys = ADS[name]
    async with desk_with(ad, size=SIZES[size]) as desk:
        await desk.press(*keys)
        shown = desk.text()
    golden = GOLDEN / f"review_{name}_{size}.txt"
    if os.environ.get("MODTUI_WRITE_GOLDENS"):
        golden.write_text(shown, encoding="utf-8")
    expected = golden.read_text(encoding="utf-8") if golden.exists() else ""
    difference = unified_diff(expected.splitlines(), shown.splitlines(), golden.name, "on screen", lineterm="", n=1)
    assert shown == expected, "\n" + "\n".join(difference)


@pytest.mark.parametrize("size", SIZES)
async def test_at_least_four_checks_and_the_ruling_are_in_view(size: str):
    async with desk_with(LIT, size=SIZES[size]) as desk:
        lines = desk.text().splitlines()
        assert len(lines) == SIZES[size][1]
        for digit, letters in enumerate(("wl", "al", "wb", "tl"), start=1):
            assert any(f"{digit} {letters} " in line for line in lines)
        assert "APPROVE" in lines[-2] and "all 3 markets" in lines[-3]
