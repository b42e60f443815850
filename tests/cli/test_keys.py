"""`modtui keys`: every key there is, with a user's own, and what a terminal really sends."""

from __future__ import annotations

import pytest

from modtui.cli.keys import key_line, key_name
from modtui.tui import actions
from modtui.tui.keymap import DEFAULT
from tests.cli.command import Command
from tests.terminal.pty_session import PtySession, python


def test_every_action_stands_under_its_context(modtui: Command) -> None:
    text = modtui.good("keys").stdout
    assert [line for line in text.splitlines() if line and line[0] != " "] == list(actions.CONTEXTS.values())
    for action in actions.ALL:
        assert f" {action.id} " in text and action.help in text


def test_a_script_gets_one_object(modtui: Command) -> None:
    found = {each["id"]: each for each in modtui.json("keys")["actions"]}
    assert set(found) == set(actions.BY_ID)
    assert found["undo"] == {"context": "review", "id": "undo", "keys": ["u"], "help": actions.UNDO.help}


def test_a_user_s_keymap_is_taken_in(modtui: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    keymap = modtui.folder / "keymap.yaml"
    keymap.write_text('undo: [ctrl+u, f4]\n"accept": ""\n')
    monkeypatch.setenv("MODTUI_KEYMAP", str(keymap))
    found = {each["id"]: each["keys"] for each in modtui.json("keys")["actions"]}
    assert (found["undo"], found["accept"], found["reject"]) == (["ctrl+u", "f4"], [], ["r"])


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("undu: u", "1:7", "Did you mean 'undo'?"),
        ("undo: ctrl+i", "1:7", "it is tab"),
        ("# mine\nundo: r", "2:7", "starts both"),
        ("undo: [[u]]", "1:8", "a key is written as"),
        ("- undo", "1:1", "write lines such as"),
        ("undo: u\nundo: x", "2:1", "undo"),
    ],
)
def test_a_mistake_in_it_has_file_line_and_column(
    modtui: Command, monkeypatch: pytest.MonkeyPatch, text: str, place: str, words: str
) -> None:
    keymap = modtui.folder / "keymap.yaml"
    keymap.write_text(text)
    monkeypatch.setenv("MODTUI_KEYMAP", str(keymap))
    result = modtui("keys")
    assert result.exit_code == 1 and result.stdout == ""
    assert f"keymap.yaml:{place}" in result.stderr and words in result.stderr


def test_a_keymap_that_is_not_there_is_said(modtui: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODTUI_KEYMAP", str(modtui.folder / "none.yaml"))
    result = modtui("keys")
    assert result.exit_code == 1 and "none.yaml" in result.stderr


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (b"a", "a"), (b"N", "N"), (b"\r", "enter"), (b"\t", "tab"), (b" ", "space"), (b"\x1b", "escape"),
        (b"\x7f", "backspace"), (b"\x11", "ctrl+q"), (b"\x1b[A", "up"), (b"\x1bOB", "down"), (b"\x1b[6~", "pagedown"),
        (b"\x1b[H", "home"), (b"\x1b[4~", "end"), (b"\x1bOP", "f1"), (b"\x1b[24~", "f12"), (b"\x1b[1;5C", "ctrl+right"),
        (b"\x1bx", "alt+x"), ("é".encode(), "é"), (b"ab", None), (b"\x1b[200~hi", None), (b"\xff", None),
        (b"\x00", None),
    ],
)  # fmt: skip
def test_bytes_are_named_as_keymaps_write_them(read: bytes, name: str | None) -> None:
    assert key_name(read) == name


def test_a_line_says_bytes_key_and_what_it_does() -> None:
    code, key, does = key_line(b"\r", DEFAULT).split(maxsplit=2)
    assert (code, key) == ("0d", "enter") and does.startswith("review: accept, ")
    assert {"home: open", "list: open", "policies: open", "twins: open"} <= set(does.split(", "))
    assert key_line(b"u", DEFAULT).endswith("review: undo, conflicts: undo")
    assert key_line(b"?", DEFAULT).endswith("anywhere: keys")
    assert key_line(b"\x18", DEFAULT).endswith("ctrl+x         starts nothing")
    assert "several at once" in key_line(b"1\r", DEFAULT)


def test_keys_are_tested_on_a_terminal_until_q_comes_twice(modtui: Command) -> None:
    with PtySession(python("-m", "modtui", "keys", "--test"), env=modtui.env) as session:
        session.wait_for("Press keys")
        session.send("\x1b[A")
        session.wait_for("1b 5b 41 +up +review: up")
        session.send("\x1b]52;c;AAAA\x07")
        session.wait_for("no single key")
        session.send("q")
        session.wait_for("71 +q ")
        session.send("q")
        assert session.wait_exit() == 0
        assert session.is_restored
        assert b"\x1b" not in bytes(session.raw) and b"\x07" not in bytes(session.raw)


def test_ctrl_c_ends_it_too(modtui: Command) -> None:
    with PtySession(python("-m", "modtui", "keys", "--test"), env=modtui.env) as session:
        session.wait_for("Press keys")
        session.send("x")
        session.wait_for("78 +x")
        session.send("\x03")
        assert session.wait_exit() == 0
        assert session.is_restored


def test_without_a_terminal_it_says_so(modtui: Command) -> None:
    result = modtui("keys", "--test")
    assert result.exit_code == 1 and "No terminal" in result.stderr
