"""The styles of the Line-API widgets, worked out once a theme, so that no key works out a colour."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from rich.style import Style
from textual.color import Color
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


LOOKS = {
    "text": ("foreground", ""),
    "strong": ("foreground", "bold"),
    "dim": ("text-muted", ""),
    "frame": ("border-blurred", ""),
    "frame_active": ("primary", ""),
    "title": ("primary", "bold"),
    "key": ("accent", "bold"),
    "hit": ("warning", "underline"),
    "mark": ("error", "reverse"),
    "lit": ("warning", "bold"),
    "yes": ("error", "bold"),
    "no": ("success", ""),
    "unsure": ("accent", "bold"),
    "allowed": ("success", ""),
    "labelled": ("success", ""),
    "limited": ("warning", ""),
    "held": ("accent", ""),
    "cut": ("error", "bold"),
    "plan": ("foreground", "bold reverse"),
    "refusal": ("warning", ""),
    "bar": ("text-muted", ""),
    "bar_strong": ("foreground", "bold"),
    "alarm": ("error", "bold reverse"),
    "link": ("secondary", ""),
}
"""Look to the variable of the theme that colours it, and its text style. They stand here and not in a stylesheet, where
every screen would work out each of them twice as it opens, ten milliseconds of a start."""

CURSOR = ("surface", "bold")
"The look laid over another: the colour is its background, and the one below keeps its own."


def palette_of(screen: Widget, reorders: bool = False) -> Palette:
    """The styles of the theme in force, each with its background, so that lines can be shown as they are made."""
    variables = screen.app.theme_variables
    ground = Color.parse(variables["background"])
    looks = {
        name: Style.parse(attributes) + Style.from_color(_on(ground, variables[colour]).rich_color, ground.rich_color)
        for name, (colour, attributes) in LOOKS.items()
    }
    lifted = Color.parse(variables[CURSOR[0]])
    cursor = Style.parse(CURSOR[1]) + Style.from_color(None, lifted.rich_color if lifted.a else None)
    return Palette(**looks, cursor=cursor, reorders=reorders)


def _on(ground: Color, value: str) -> Color:
    """The colour of text on a ground, from a theme's variable: a colour or `auto`, and how much of it in percent."""
    name, _, share = value.partition(" ")
    alpha = float(share.rstrip("%") or 100) / 100
    if name == "auto":
        return ground + ground.get_contrast_text(alpha)
    colour = Color.parse(name)
    return ground + colour.multiply_alpha(alpha)
