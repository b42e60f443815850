"""The real program on a terminal, ended in every way: what the team leased to it and is not decided goes back."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.services.clock import wall_clock
from tests.remotes.test_leaving import at_the_team
from tests.remotes.test_team_sync import Desk, desks, publish  # noqa: F401
from tests.services.room import HOUSE
from tests.terminal.pty_session import PtySession

pytestmark = pytest.mark.terminal
ENDS: dict[str, tuple[Callable[[PtySession], object], int]] = {
    "q": (lambda session: session.send("q", after=0.3), 0),
    "terminated": (lambda session: session.signal(signal.SIGTERM), 143),
    "hung up": (lambda session: session.signal(signal.SIGHUP), 129),
    "terminal lost": (lambda session: session.hang_up(), 129),
}


def test_on_every_kind_of_end_leases_go_back(desks: dict[str, Desk], tmp_path: Path) -> None:  # noqa: F811
    publish(desks, 3)
    amina = desks["amina"]
    amina.room.now = wall_clock()
    (tmp_path / "config.toml").touch()
    env = {
        "MODTUI_CONFIG": str(tmp_path / "config.toml"),
        "MODTUI_WORKSPACE": str(amina.room.workspace.path),
        "MODTUI_POLICIES": str(HOUSE),
        "MODTUI_REVIEWER": "amina",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    amina.wishes(3)
    for kind, (end, status) in ENDS.items():
        _once_nobody_syncs(amina.sync)
        assert at_the_team(amina) == (0, 3, 0), kind
        with PtySession([sys.executable, "-m", "modtui", "review", "q"], env=env, cwd=tmp_path) as session:
            session.wait_for(r"ad-1\b")
            end(session)
            assert session.wait_exit(8) == status, kind
            waited = time.monotonic() + 10
            while at_the_team(amina) != (3, 0, 0):
                assert time.monotonic() < waited, f"{kind}: {at_the_team(amina)}"
                time.sleep(0.05)


def _once_nobody_syncs(sync: Callable[[], object]) -> None:
    """What gave the leases back may still be on its way out, with the right to sync."""
    deadline = time.monotonic() + 10
    while True:
        try:
            sync()
        except ModtuiError as error:
            if "Another sync" not in error.title or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
