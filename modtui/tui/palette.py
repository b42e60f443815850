"""The styles of the Line-API widgets, taken from the stylesheet once a theme, so that no key works out a colour."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from rich.style import Style
from textual.widget import Widget

STYLES = Path(__file__).parent / "styles"
"Where the stylesheets are."


class Palette(Struct, frozen=True):
    """Every look the review screen knows. Each state also has a word or a sign: nothing is said by colour alone."""

    text: Style
    strong: Style
    dim: Style
    frame: Style
    frame_active: Style
    title: Style
    key: Style
    hit: Style
    mark: Style
    cursor: Style
    lit: Style
    yes: Style
    no: Style
    unsure: Style
    allowed: Style
    labelled: Style
    limited: Style
    held: Style
    cut: Style
    plan: Style
    refusal: Style
    bar: Style
    bar_strong: Style
    alarm: Style
    link: Style
    reorders: bool = False
    "Whether the app puts right-to-left text in the order it is drawn, because the terminal does not."


NAMES = tuple(name for name in Palette.__struct_fields__ if name != "reorders")
CLASSES = {f"look--{name.replace('_', '-')}" for name in NAMES}
"Component classes a screen that shows Line-API widgets carries; `styles/looks.tcss` gives them their rules."


OVERLAYS = ("cursor",)
"Looks laid over another: they leave alone what they do not name."


def palette_of(screen: Widget, reorders: bool = False) -> Palette:
    """The styles of the theme in force, each with its background, so that lines can be shown as they are made."""
    looks = {
        name: screen.get_component_rich_style(f"look--{name.replace('_', '-')}", partial=name in OVERLAYS)
        for name in NAMES
    }
    return Palette(**looks, reorders=reorders)
