"""docs/keys.md, made from the action registry."""

from __future__ import annotations

from modtui.tui import actions, keymap
from modtui.tui.actions import Action

HEAD = """# Keys

Made by `make docs` from the action registry (`modtui/tui/actions.py`). Do not edit.

Every key can be changed: a keymap file holds lines of `action: key` or `action: [key, key]`; an action without a key
after the colon has none. `modtui keys` checks it and shows what your terminal sends. Keys are written as typed (`a`,
`/`, `N`) or named (`enter`, `space`, `tab`, `escape`, `pagedown`, `f2`, `ctrl+x`).

Keys marked * write a decision. They are ignored in pasted or held-down input, before the ad has been painted, and for
a settle time after.
"""


def keys_page() -> str:
    """The whole page, in Markdown."""
    parts = [HEAD]
    for context, title in actions.CONTEXTS.items():
        known = [action for action in actions.ALL if action.context == context]
        if known:
            parts.append(
                f"## {title}\n\n| key | action | what it does |\n| --- | --- | --- |\n"
                + "\n".join(map(_row, known))
                + "\n"
            )
    return "\n".join(parts)


def _row(action: Action) -> str:
    keys = " ".join(f"`{key}`" for key in keymap.DEFAULT.keys[action.id]) or "none"
    return f"| {keys}{' *' if action.decides else ''} | {action.id} | {action.help} |".replace("|`|", "|")
