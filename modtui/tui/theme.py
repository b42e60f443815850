"""The colours: a dark theme, a light one, and one that uses the terminal's own sixteen."""

from __future__ import annotations

from textual.theme import Theme

DARK, LIGHT, ANSI = "modtui-dark", "modtui-light", "ansi-dark"
NAMES = (DARK, LIGHT, ANSI)

THEMES = (
    Theme(
        name=DARK, primary="#7aa2f7", secondary="#8fb8de", accent="#c099ff", warning="#e8b45a", error="#f0717a",
        success="#8fc98b", foreground="#d5d9e4", background="#14161c", surface="#242936", panel="#2a3040", dark=True,
        variables={"border-blurred": "#3d4456", "border": "#7aa2f7"},
    ),
    Theme(
        name=LIGHT, primary="#24549c", secondary="#1f6f8b", accent="#6a3fa0", warning="#8a5a00", error="#b3202c",
        success="#24702b", foreground="#1d2129", background="#fafaf7", surface="#e6e8ee", panel="#dcdfe8", dark=False,
        variables={"border-blurred": "#a9afbd", "border": "#24549c"},
    ),
)  # fmt: skip


def theme_name(chosen: str | None, no_color: bool) -> str:
    """The theme to start with: what was chosen, `NO_COLOR` over it."""
    if no_color:
        return ANSI
    return chosen if chosen in NAMES else DARK
