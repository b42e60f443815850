"""Settings: the command line outweighs the environment, that the file, that the defaults; mistakes are words."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.services.settings import Settings, load_settings
from modtui.tui.theme import NAMES


def config(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_command_line_then_the_environment_then_the_file_then_the_default(tmp_path: Path) -> None:
    file = config(tmp_path, 'reviewer = "file"\ntheme = "modtui-dark"\nlatency_ms = 30\nsecond_review = "off"')
    environ = {"MODTUI_REVIEWER": "environment", "MODTUI_THEME": "modtui-light"}
    found = load_settings(environ, file, reviewer="line", latency_ms=None)
    assert (found.reviewer, found.theme, found.latency_ms) == ("line", "modtui-light", 30)
    assert (found.second_review, found.reorder) == ("off", "terminal")


def test_without_anything_there_are_defaults(tmp_path: Path) -> None:
    found = load_settings({}, config(tmp_path, ""))
    assert found == Settings(workspace=found.workspace, reviewer=getpass.getuser())
    assert found.workspace.name == "workspace.db"


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    file = config(tmp_path, 'reviewer = "amina"')
    assert load_settings({"MODTUI_REVIEWER": ""}, file).reviewer == "amina"


def test_every_setting_can_be_said_in_the_environment(tmp_path: Path) -> None:
    environ = {
        "MODTUI_WORKSPACE": "~/w.db", "MODTUI_POLICIES": "~/p.yaml", "MODTUI_KEYMAP": "~/k.yaml",
        "MODTUI_REVIEWER": "amina", "MODTUI_THEME": "ansi-dark", "MODTUI_LATENCY_MS": "0",
        "MODTUI_SECOND_REVIEW": "all", "MODTUI_REORDER": "app",
    }  # fmt: skip
    home = Path.home()
    assert load_settings(environ, config(tmp_path, "")) == Settings(
        home / "w.db", home / "p.yaml", "amina", home / "k.yaml", "ansi-dark", 0, "all", "app"
    )


def test_the_config_may_be_named_in_the_environment_and_must_then_be_there(tmp_path: Path) -> None:
    file = config(tmp_path, 'workspace = "~/there.db"')
    assert load_settings({"MODTUI_CONFIG": str(file)}).workspace == Path.home() / "there.db"
    with pytest.raises(ModtuiError, match="is not there"):
        load_settings({"MODTUI_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reviewer = ", "config.toml"),
        ('reviwer = "x"', "'reviwer' is not a setting"),
        ('second_review = "sometimes"', "second_review is 'sometimes'"),
        ('reorder = "none"', "reorder is 'none'"),
        ('latency_ms = "fast"', "latency_ms is 'fast'"),
        ("latency_ms = -5", "latency_ms is '-5'"),
        ("latency_ms = true", "latency_ms is 'True'"),
        ("reviewer = 5", "reviewer is '5'"),
        ("workspace = [1]", "workspace is "),
        ("theme = {a = 1}", "theme is "),
        ('theme = "modtui-drak"', "theme is 'modtui-drak'"),
        ('reviewer = "  "', "reviewer is '  '"),
    ],
)
def test_a_mistake_is_named_with_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ModtuiError) as caught:
        load_settings({}, config(tmp_path, text))
    assert words in caught.value.message and caught.value.hint


def test_every_theme_may_be_set(tmp_path: Path) -> None:
    for name in NAMES:
        assert load_settings({}, config(tmp_path, f'theme = "{name}"')).theme == name


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModtuiError, match=str(tmp_path)):
        load_settings({}, tmp_path)
    file = tmp_path / "config.toml"
    file.write_bytes(b'reviewer = "\xff"')
    with pytest.raises(ModtuiError, match=r"config\.toml"):
        load_settings({}, file)
