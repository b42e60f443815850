"""`modtui keys`: every key by context, and what this terminal really sends for one."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put, put_json, settings_of
from modtui.errors import ModtuiError
from modtui.tui.actions import CONTEXTS

if TYPE_CHECKING:
    from modtui.tui.keymap import Keymap

_FINAL = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end", "Z": "shift+tab"}
_TILDE = {
    "1": "home",
    "2": "insert",
    "3": "delete",
    "4": "end",
    "5": "pageup",
    "6": "pagedown",
    "7": "home",
    "8": "end",
}
_FUNCTION = {"P": "f1", "Q": "f2", "R": "f3", "S": "f4"}
_FUNCTION_TILDE = dict(
    zip(["11", "12", "13", "14", "15", "17", "18", "19", "20", "21", "23", "24"], range(1, 13), strict=True)
)
_BYTES = {
    b"\r": "enter",
    b"\n": "ctrl+j",
    b"\t": "tab",
    b" ": "space",
    b"\x7f": "backspace",
    b"\x08": "ctrl+h",
    b"\x1b": "escape",
}
_SEQUENCE = re.compile(r"\x1b[\[O](?P<numbers>[0-9;]*)(?P<final>[A-Za-z~])")
_MODIFIERS = {"2": "shift+", "3": "alt+", "5": "ctrl+", "6": "ctrl+shift+"}


@click.command(epilog="For example: modtui keys, or modtui keys --test")
@click.option("--test", "is_test", is_flag=True, help="Show what this terminal sends for each key; q twice ends it.")
@click.option("--json", "as_json", is_flag=True, help="Print the actions and their keys as one JSON object.")
@click.pass_context
def keys(ctx: click.Context, is_test: bool, as_json: bool) -> None:
    """Show every key by context, with your own keymap taken in, and what this terminal sends."""
    keymap = keymap_of(settings_of(ctx).keymap)
    if is_test:
        test_keys(keymap)
    elif as_json:
        put_json({"actions": [_action_json(keymap, context, action) for context, action in _actions()]})
    else:
        for line in key_lines(keymap):
            put(line)


def keymap_of(path: Path | None) -> Keymap:
    """The keys in force: the defaults, or those with a user's file over them. Raises ModtuiError with every mistake."""
    from modtui.tui import keymap

    if path is None:
        return keymap.DEFAULT
    from modtui.files.keymap_file import read_keymap

    return keymap.keymap(read_keymap(path))


def key_lines(keymap: Keymap) -> Iterator[str]:
    """A line an action, under the name of the context it belongs to."""
    from modtui.tui.keymap import sign

    before = ""
    for context, action in _actions():
        if context != before:
            if before:
                yield ""
            yield CONTEXTS[context]
            before = context
        shown = " ".join(sign(key) for key in keymap.keys.get(action.id, ())) or "none"
        yield f"  {shown:<12}  {action.id:<18}  {action.help}"


def _actions() -> Iterator[tuple[str, Any]]:
    from modtui.tui import actions

    for context in CONTEXTS:
        for action in actions.ALL:
            if action.context == context:
                yield context, action


def _action_json(keymap: Keymap, context: str, action: Any) -> dict[str, Any]:
    return {"context": context, "id": action.id, "keys": list(keymap.keys.get(action.id, ())), "help": action.help}


def test_keys(keymap: Keymap) -> None:
    """Show each key as it arrives, until q comes twice, Ctrl+C, or the end of the input."""
    import termios
    import tty

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ModtuiError("No terminal", "Keys can only be tested on a terminal.", "Run it without a pipe.")
    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    last = b""
    try:
        tty.setraw(source)
        os.write(sys.stdout.fileno(), b"Press keys: each line is what arrives. q twice or Ctrl+C ends.\r\n")
        while True:
            read = os.read(source, 1024)
            if not read or b"\x03" in read or (read == b"q" and last == b"q") or read.endswith(b"qq"):
                break
            last = read
            # Raw mode moves no cursor to the first column by itself.
            os.write(sys.stdout.fileno(), (key_line(read, keymap) + "\r\n").encode(errors="replace"))
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


def key_line(read: bytes, keymap: Keymap) -> str:
    """One read from the terminal in words: the bytes, the key, and what it does on each screen."""
    name = key_name(read)
    shown = read[:12].hex(" ") + (f" … {len(read)} bytes" if len(read) > 12 else "")
    if name is None:
        return f"{shown:<24} no single key: several at once, a paste, or a sequence modtui does not know"
    does = []
    for context, title in CONTEXTS.items():
        action = keymap.action(context, name)
        if action is not None and (context == "anywhere" or action.context != "anywhere"):
            does.append(f"{title.lower()}: {action.words}")
    return f"{shown:<24} {name:<14} {', '.join(does) or 'starts nothing'}"


def key_name(read: bytes) -> str | None:
    """The key that these bytes are, as keymaps write it; None when they are no single key."""
    if read in _BYTES:
        return _BYTES[read]
    if len(read) == 1 and 1 <= read[0] <= 26:
        return f"ctrl+{chr(read[0] + 96)}"
    if len(read) == 2 and read[0] == 27 and (inner := key_name(read[1:])) is not None:
        return f"alt+{inner}"
    try:
        text = read.decode()
    except UnicodeDecodeError:
        return None
    match = _SEQUENCE.fullmatch(text)
    if match is not None:
        return _sequence_name(match["numbers"].split(";"), match["final"])
    return text if len(text) == 1 and text.isprintable() else None


def _sequence_name(numbers: list[str], final: str) -> str | None:
    modifier = _MODIFIERS.get(numbers[1], "") if len(numbers) > 1 else ""
    if final == "~":
        function = _FUNCTION_TILDE.get(numbers[0])
        name = f"f{function}" if function else _TILDE.get(numbers[0])
    else:
        name = _FINAL.get(final) or _FUNCTION.get(final)
    return modifier + name if name else None
