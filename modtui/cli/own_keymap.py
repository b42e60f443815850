"""The keys of the user, for the commands that open screens."""

from __future__ import annotations

from modtui.services.settings import Settings
from modtui.tui import keymap as keymaps
from modtui.tui.keymap import Keymap


def keymap_of(settings: Settings) -> Keymap:
    """The user's keys, or the default ones. Raises ModtuiError with every mistake in the file."""
    if settings.keymap is None:
        return keymaps.DEFAULT
    from modtui.files.keymap_file import read_keymap

    return keymaps.keymap(read_keymap(settings.keymap))
