"""A user's keymap: what it may say, and that every mistake is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.files.keymap_file import read_keymap
from modtui.tui import actions
from modtui.tui.keymap import DEFAULT, key_of, keymap, why_no_key


def test_defaults_have_no_clash_and_lead_to_their_actions():
    assert DEFAULT.action(actions.REVIEW, "enter") is actions.ACCEPT
    assert DEFAULT.action(actions.REVIEW, "?") is actions.HELP
    assert DEFAULT.action(actions.HOME, "?") is actions.HELP or actions.HOME not in {a.context for a in actions.ALL}


def test_an_entry_takes_the_place_of_the_defaults():
    own = keymap([("reject", "x", "k:1:1"), ("reject", "f2", "k:1:5"), ("hold", "", "k:2:1")])
    assert own.action(actions.REVIEW, "x") is actions.REJECT
    assert own.action(actions.REVIEW, "f2") is actions.REJECT
    assert own.action(actions.REVIEW, "r") is None
    assert own.key(actions.HOLD) == ""


def test_all_mistakes_come_at_once_with_their_places():
    with pytest.raises(ModtuiError) as caught:
        keymap(
            [("rejct", "x", "k:1:1"), ("undo", "ctrl+h", "k:2:7"), ("skip", "a", "k:3:7"), ("hold", "entre", "k:4:7")]
        )
    lines = caught.value.message.splitlines()
    assert lines[0].startswith("k:1:1: unknown action 'rejct'. Did you mean 'reject'?")
    assert any(line.startswith("k:2:7: undo: 'ctrl+h' cannot be used") for line in lines)
    assert any(line == "k:3:7: key 'a' starts both approve and skip." for line in lines)
    assert any("k:4:7: hold: 'entre' is no key. Did you mean 'enter'?" in line for line in lines)


def test_two_user_keys_that_clash_are_refused():
    with pytest.raises(ModtuiError, match="starts both"):
        keymap([("undo", "x", "k:1:7"), ("skip", "x", "k:2:7")])


def test_two_actions_may_change_places():
    own = keymap([("approve", "r", "k:1:1"), ("reject", "a", "k:2:1")])
    assert own.action(actions.REVIEW, "r") is actions.APPROVE
    assert own.action(actions.REVIEW, "a") is actions.REJECT


@pytest.mark.parametrize("key", ["a", "/", "N", "enter", "ctrl+x", "f2", "shift+tab", "é", ""])
def test_keys_that_can_be_used(key: str):
    assert why_no_key(key) == ""


@pytest.mark.parametrize("key", ["ctrl+i", "ctrl+m", "ctrl+p", "ctrl+", "abc", "hyper+x", " ", "ctrl+X", "f99", "\x1b"])
def test_keys_that_cannot(key: str):
    assert why_no_key(key)


def test_events_are_read_in_the_notation_of_keymaps():
    assert key_of("slash", "/") == "/"
    assert key_of("enter", "\r") == "enter"
    assert key_of("space", " ") == "space"
    assert key_of("ctrl+x", "\x18") == "ctrl+x"
    assert key_of("f2", None) == "f2"


def test_a_file_gives_entries_with_places(tmp_path: Path):
    path = tmp_path / "keymap.yaml"
    path.write_text("reject: x\nundo: [u, ctrl+u]\nhold:\n", encoding="utf-8")
    entries = read_keymap(path)
    assert entries[0] == ("reject", "x", "keymap.yaml:1:9")
    own = keymap(entries)
    assert own.keys["undo"] == ("u", "ctrl+u") and own.keys["hold"] == ()


@pytest.mark.parametrize("text", ["reject: {a: b}\n", "- reject\n", "reject: x\nreject: y\n", "reject: [[x]]\n", "{{{"])
def test_a_file_that_makes_no_sense_is_refused_with_a_place(tmp_path: Path, text: str):
    path = tmp_path / "keymap.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModtuiError, match=r"keymap\.yaml:\d+:\d+"):
        read_keymap(path)


def test_a_missing_file_is_an_error_a_person_can_fix(tmp_path: Path):
    with pytest.raises(ModtuiError) as caught:
        read_keymap(tmp_path / "nowhere.yaml")
    assert caught.value.hint
