"""The search line of the policy browser: what is typed so far, and the lines it finds."""

from __future__ import annotations

from modtui.services.library import Library
from modtui.tui.flow import Line, one_line
from modtui.tui.palette import Palette
from modtui.tui.policy_tree import Node, PolicyTree
from modtui.tui.screens.dialog import printable

MOST_FOUND = 60
MOST_TYPED = 80


class Finding:
    """Takes keys while `is_typing`; what was found stays listed until it ends."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.text = ""
        self.is_typing = False

    @property
    def is_on(self) -> bool:
        """Whether the browser lists what was found rather than the tree."""
        return bool(self.text.strip())

    def begin(self) -> None:
        self.is_typing = True

    def end(self) -> None:
        self.is_typing = False
        self.text = ""

    def take(self, key: str, character: str | None) -> bool:
        """One key while typing; whether the list or the line looks otherwise now."""
        if key == "escape":
            self.end()
        elif key == "enter":
            self.is_typing = False
        elif key == "backspace":
            self.text = self.text[:-1]
        elif key == "ctrl+u":
            self.text = ""
        elif character is not None and character.isprintable():
            return self.add(character)
        else:
            return False
        return True

    def add(self, text: str) -> bool:
        """Typed or pasted text at the end; whether any of it prints."""
        fresh = printable(text)[: MOST_TYPED - len(self.text)]
        self.text += fresh
        return bool(fresh)

    def nodes(self, tree: PolicyTree) -> list[Node]:
        """The policies and checks the text finds, best first."""
        known = tree.catalog.policy_by_id
        found = self.library.search(self.text, MOST_FOUND)
        return [Node(known[policy_id].family, policy_id, check_id) for policy_id, check_id in found]

    def line(self, looks: Palette, key: str) -> Line:
        """What stands in the search line; `key` is the one that begins a search."""
        if not (self.is_typing or self.text):
            return [(f" {key}", looks.key), (" searches titles, questions, guidance and examples", looks.dim)]
        cursor = "▏" if self.is_typing else ""
        ending: Line = [("   ⏎ done · esc all", looks.dim)] if self.is_typing else []
        return [(" find: ", looks.key), (one_line(self.text) + cursor, looks.strong), *ending]
