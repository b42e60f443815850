"""The program on a terminal, killed at random moments: what its screen said is decided is in the workspace."""

from __future__ import annotations

import random
import re
import sys
import threading
from pathlib import Path

from modtui.services.clock import wall_clock
from modtui.store.event_log import EventLog
from modtui.store.workspace import open_workspace
from tests.durability.evidence import faults_of
from tests.durability.reviewing import QUEUE
from tests.terminal.pty_session import PtySession

READY = r"APPROVE|REJECT|ESCALATE"
SETTLED = 0.15
"Seconds without a byte after which keys may decide."


def events_told(screen: str) -> int:
    """How many events the status line says wait to be synced."""
    found = re.search(r"↑([\d,]+)", screen.split("\n")[0])
    return int(found[1].replace(",", "")) if found else 0


def kill_on_screen(path: Path, rng: random.Random) -> int:
    """Decide some ads, kill the program around the next decision; how many events its last screen told of."""
    command = [sys.executable, "-m", "modtui", "review", QUEUE]
    config = path.with_name("config.toml")
    config.touch()
    env = {"MODTUI_WORKSPACE": str(path), "MODTUI_REVIEWER": "amina", "MODTUI_CONFIG": str(config)}
    with PtySession(command, columns=100, rows=30, env=env) as session:
        session.wait_for("Briefing 1 of")  # of the shipped catalog; it stays unread, and takes no part in the count
        session.send("\x1b")
        session.wait_for(lambda screen: "Briefing 1 of" not in screen and re.search(READY, screen))
        for _ in range(rng.randrange(4)):
            before = events_told(session.text)
            _decide(session)
            session.wait_for(lambda screen, before=before: events_told(screen) > before)
        _decide(session)
        threading.Event().wait(rng.random() * 0.03)
        session.process.kill()
        session.process.wait()
        session.wait_quiet(0.05)
        return events_told(session.text)


def _decide(session: PtySession) -> None:
    session.wait_quiet(SETTLED)
    session.send("N")
    session.wait_quiet(SETTLED)
    session.send("\r")


def faults_after_kills_on_screen(path: Path, kills: int, seed: int) -> list[str]:
    """Kill so many sessions on one workspace, looking at it after each."""
    rng = random.Random(seed)
    for _ in range(kills):
        told = kill_on_screen(path, rng)
        faults = faults_of(path, [])
        with open_workspace(path, wall_clock()) as workspace:
            stored = EventLog().count(workspace.reader)
        if stored < told:
            faults.append(f"lost: the screen told of {told} events, {stored} are stored")
        if stored > told + 1:
            faults.append(f"more than one event beyond what was told: {stored} after {told}")
        if faults:
            return faults
    return []
