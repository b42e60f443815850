"""The help of the whole command is there at once, and is the one click would print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from modtui.cli.main import help_text
from modtui.cli.root import cli


def test_the_ready_help_is_what_click_prints() -> None:
    printed = CliRunner().invoke(cli, ["--help"], prog_name="modtui", terminal_width=80)
    assert help_text() == printed.output


def test_help_needs_neither_click_nor_a_workspace() -> None:
    code = (
        "import sys; from modtui.cli.main import main; sys.argv = ['modtui', '--help']; main();"
        "print('click' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == help_text() + "False\n"


def test_output_that_does_not_fit_on_the_disk_is_said_in_words() -> None:
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("no /dev/full here")
    with full.open("w") as out:
        run = subprocess.run([sys.executable, "-m", "modtui", "keys"], stdout=out, stderr=subprocess.PIPE, timeout=60)
    assert run.returncode == 1 and run.stderr.startswith(b"Cannot write: No space left on device.\n")


def test_output_that_nobody_wants_stops_nothing() -> None:
    run = subprocess.run(
        ["sh", "-c", 'exec "$0" -m modtui keys >&-', sys.executable], stderr=subprocess.PIPE, timeout=60, check=False
    )
    assert (run.returncode, run.stderr) == (0, b"")
