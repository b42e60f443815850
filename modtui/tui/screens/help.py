"""Every key, grouped as the hands find them; made from the registry."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from modtui.tui import actions
from modtui.tui.keymap import Keymap, sign
from modtui.tui.screens.dialog import Option


def help_words(keymap: Keymap, context: str) -> Content:
    """All keys of a context as text to read."""
    return Content("\n").join(_lines(keymap, context))


def _lines(keymap: Keymap, context: str) -> Iterator[Content]:
    group = ""
    known = sorted(actions.in_context(context), key=lambda action: actions.GROUPS.index(action.group))
    for action in known:
        keys = keymap.keys.get(action.id, ())
        if not keys or (action in actions.DIGITS and action is not actions.DIGITS[0]):
            continue
        if action.group != group:
            if group:
                yield Content("")
            group = action.group
            yield Content.styled(group, "bold $primary")
        shown = "1-9" if action is actions.DIGITS[0] else " ".join(sign(key) for key in keys)
        words = "Answer yes to the check with that digit; again: open." if action is actions.DIGITS[0] else action.help
        yield Content.assemble((f"  {shown:<9}", "bold $accent"), words)


def palette_options(keymap: Keymap, context: str, why_off: dict[str, str]) -> tuple[list[actions.Action], list[Option]]:
    """The actions of a context for the palette, those that are off with the reason."""
    known = [
        action
        for action in actions.in_context(context)
        if action not in actions.DIGITS and action is not actions.PALETTE
    ]
    options = [
        Option(
            sign(keymap.key(action)),
            action.help,
            f"off: {why_off[action.id]}" if why_off.get(action.id) else action.words,
            is_own=True,
        )
        for action in known
    ]
    return known, options
