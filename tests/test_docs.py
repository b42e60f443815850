"""The docs name every command, setting and action, and what they show exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from msgspec.structs import fields

from modtui.cli.main import COMMANDS
from modtui.cli.root import cli
from modtui.services.settings import PREFIX, Settings
from modtui.tui import actions
from modtui.tui.key_docs import keys_page

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
TEXT = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
EVERYTHING = "\n".join(TEXT.values())


def shown_commands() -> Iterator[tuple[str, str]]:
    """Page name and each line of a fenced block that calls modtui, without its comment."""
    for name, text in TEXT.items():
        for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S):
            for line in block.splitlines():
                found = re.match(r"^\$? ?(?:\.venv/bin/)?modtui( .*)?$", line.partition("  #")[0].rstrip())
                if found:
                    yield name, (found[1] or "").strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"modtui {command}" in EVERYTHING


@pytest.mark.parametrize("field", [field.name for field in fields(Settings)])
def test_every_setting_is_documented_with_its_variable(field: str) -> None:
    assert f"| `{field}` | `{PREFIX}{field.upper()}` |" in TEXT["settings.md"]


def test_the_page_of_keys_is_the_registry_s() -> None:
    assert TEXT["keys.md"] == keys_page(), "stale: run `make docs`"
    for action in actions.ALL:
        assert action.help in TEXT["keys.md"]


@pytest.mark.parametrize(("page", "line"), sorted(set(shown_commands())))
def test_a_command_that_is_shown_exists_with_its_options(page: str, line: str) -> None:
    words = shlex.split(line.partition(" > ")[0].partition(" | ")[0])
    command: click.Command = cli
    with click.Context(cli) as context:
        while isinstance(command, click.Group) and words:
            names = [word for word in words if not word.startswith("-")]
            inner = command.get_command(context, names[0]) if names else None
            if inner is None:
                assert command is not cli or not names, f"{page}: no command {names[:1]}"
                break
            words.remove(names[0])
            command = inner
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)} | {"--help", "-h"}
    known |= {option for param in cli.params for option in param.opts}
    stated = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert stated <= known, f"{page}: modtui {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    with click.Context(cli) as context:
        command = cli.get_command(context, name)
        assert command is not None
        text = command.get_help(click.Context(command, info_name=name))
    if not isinstance(command, click.Group):
        assert "For example" in text


def test_the_workstation_is_described_as_its_makefile_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", TEXT["README.md"], re.M):
        assert f"\n{target}:" in makefile
