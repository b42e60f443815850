"""Which key starts which action: the defaults of the registry, changed by a user's keymap, with every mistake named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from msgspec import Struct, field

from modtui.errors import ModtuiError
from modtui.tui import actions
from modtui.tui.actions import Action

_NAMED = "enter space tab escape backspace delete insert home end pageup pagedown up down left right"
NAMED_KEYS = frozenset((*_NAMED.split(), *(f"f{number}" for number in range(1, 13))))
TAKEN = {
    "ctrl+i": "it is tab",
    "ctrl+m": "it is enter",
    "ctrl+h": "it is backspace on many terminals",
    "ctrl+p": "tmux, screen and editors take it",
    "ctrl+c": "the terminal takes it",
    "ctrl+z": "it suspends the program",
    "ctrl+s": "it stops the terminal",
}
SIGNS = {
    "enter": "⏎", "space": "space", "tab": "tab", "escape": "esc", "pagedown": "pgdn", "pageup": "pgup",
    "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip


def key_of(key: str, character: str | None) -> str:
    """A key event in the notation of keymaps: the character where it prints, else the key's name."""
    if character is not None and len(character) == 1 and character.isprintable() and character != " ":
        return character
    return key


def sign(key: str, is_ascii: bool = False) -> str:
    """The key as the footer and the help show it."""
    return key if is_ascii else SIGNS.get(key, key)


class Keymap(Struct, frozen=True):
    """The keys in force."""

    keys: Mapping[str, tuple[str, ...]]
    "Action id to its keys; the first is the one that is shown."
    _by_context: Mapping[str, Mapping[str, Action]] = field(default_factory=dict)

    def action(self, context: str, key: str) -> Action | None:
        """The action a key starts in a context."""
        return self._by_context.get(context, {}).get(key)

    def key(self, action: Action) -> str:
        """The key that is shown for an action; empty when it has none."""
        keys = self.keys.get(action.id, ())
        return keys[0] if keys else ""


def keymap(entries: Iterable[tuple[str, str, str]] = ()) -> Keymap:
    """The defaults with a user's entries `(action id, key, place)` in their stead; the place is `file:line:column`.

    An action named by an entry loses its default keys; an entry with an empty key leaves it without one.
    Raises ModtuiError with every mistake when there is one.
    """
    problems: list[str] = []
    own: dict[str, list[tuple[str, str]]] = {}
    for action_id, key, place in entries:
        if action_id not in actions.BY_ID:
            near = get_close_matches(action_id, actions.BY_ID, n=1)
            problems.append(f"{place}: unknown action '{action_id}'." + (f" Did you mean '{near[0]}'?" if near else ""))
        elif wrong := why_no_key(key):
            problems.append(f"{place}: {action_id}: {wrong}")
        else:
            own.setdefault(action_id, []).append((key, place))
    keys = {
        action.id: tuple(key for key, _ in own[action.id] if key) if action.id in own else action.keys
        for action in actions.ALL
    }
    by_context = {context: _table(context, keys, own, problems) for context in _contexts()}
    if problems:
        raise ModtuiError(
            "The keymap has mistakes",
            "\n".join(dict.fromkeys(problems)),
            "Mend the lines named, or start without the file. `modtui keys` lists actions and keys.",
        )
    return Keymap(keys, by_context)


def why_no_key(key: str) -> str:
    """What is wrong with a key as written; empty when nothing is. An empty key means none."""
    if key in TAKEN:
        return f"'{key}' cannot be used: {TAKEN[key]}."
    modifier, plus, rest = key.rpartition("+") if len(key) > 1 else ("", "", key)
    if plus and modifier == "ctrl" and len(rest) == 1 and rest.isascii() and rest.islower():
        return ""
    if plus and modifier in ("ctrl", "shift", "alt") and rest in NAMED_KEYS:
        return ""
    if not plus and (rest in NAMED_KEYS or rest == "" or (len(rest) == 1 and rest.isprintable() and rest != " ")):
        return ""
    near = get_close_matches(key, [*NAMED_KEYS, "ctrl+a"], n=1)
    return f"'{key}' is no key." + (
        f" Did you mean '{near[0]}'?" if near else " Write it as `a`, `/`, `enter`, `ctrl+x` or `f2`."
    )


def _contexts() -> list[str]:
    return list(dict.fromkeys([actions.ANYWHERE, *(action.context for action in actions.ALL)]))


def _table(
    context: str, keys: Mapping[str, tuple[str, ...]], own: Mapping[str, list[tuple[str, str]]], problems: list[str]
) -> dict[str, Action]:
    table: dict[str, Action] = {}
    for action in actions.in_context(context):
        for key in keys[action.id]:
            other = table.setdefault(key, action)
            if other is not action:
                places = [place for each in (action, other) for used, place in own.get(each.id, ()) if used == key]
                place = places[0] if places else "defaults"
                problems.append(f"{place}: key '{key}' starts both {other.id} and {action.id}.")
    return table


DEFAULT = keymap()
