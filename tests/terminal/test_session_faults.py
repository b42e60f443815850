"""RELIABILITY 5: what befalls a terminal session, and how the program takes it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from tests.terminal.pty_session import ROOT, PtySession, python

pytestmark = pytest.mark.terminal
SEEN = 0.2
"Seconds a person takes to react to what is on the screen."


def demo(log: Path, *words: str) -> list[str]:
    return python("tests/terminal/demo_app.py", str(log), *words)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_session_in_order(log: Path, number: int) -> None:
    with PtySession(demo(log)) as session:
        session.wait_for("AD 1")
        session.signal(number)
        assert session.wait_exit(5) == 128 + number
        assert session.is_restored
    assert log.read_text() == "finished up\n"


def test_a_stuck_program_still_ends_in_time(log: Path) -> None:
    with PtySession(demo(log)) as session:
        session.wait_for("AD 1")
        session.send("s", after=SEEN)
        _until(lambda: log.exists())
        session.signal(signal.SIGTERM)
        assert session.wait_exit(5) == 143
        assert session.is_restored


@pytest.mark.parametrize("ignores_hangups", [False, True])
def test_a_lost_terminal_ends_it(log: Path, ignores_hangups: bool) -> None:
    command = demo(log)
    if ignores_hangups:
        command = ["/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command]
    with PtySession(command) as session:
        session.wait_for("AD 1")
        session.hang_up()
        assert session.wait_exit(3.5) == 129
    assert log.read_text().endswith("finished up\n")


def test_invalid_bytes_are_no_keys(log: Path) -> None:
    with PtySession(demo(log)) as session:
        session.wait_for("AD 1")
        session.send(b"\xff\xfe\xc3(\x80", after=SEEN)
        session.send(b"a", after=SEEN * 2)
        session.wait_for("AD 2")
        session.send(b"q", after=SEEN)
        assert session.wait_exit() == 0
    assert log.read_text() == "ad-1 approve\n"


def test_stop_and_continue(log: Path) -> None:
    with PtySession(demo(log)) as session:
        session.wait_for("AD 1")
        session.send(b"\x1a", after=SEEN)
        _until(lambda: _state(session) == "T")
        _until(lambda: session.is_restored)
        before = len(session.raw)
        session.signal(signal.SIGCONT)
        _until(lambda: b"AD 1" in session.raw[before:])
        session.send("a", after=SEEN * 2)
        session.wait_for("AD 2")
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
        assert session.is_restored
    assert log.read_text() == "resumed\nad-1 approve\n"


def test_a_stop_that_cannot_be_seen_coming(log: Path) -> None:
    with PtySession(demo(log)) as session:
        session.wait_for("AD 1")
        session.wait_quiet()
        session.signal(signal.SIGSTOP)
        _until(lambda: _state(session) == "T")
        before = len(session.raw)
        session.signal(signal.SIGCONT)
        _until(lambda: b"AD 1" in session.raw[before:])
        session.send("a", after=SEEN * 2)
        session.wait_for("AD 2")
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
    assert log.read_text() == "resumed\nad-1 approve\n"


@pytest.mark.parametrize("key", ["x", "w"])
def test_a_fault_shows_no_data(log: Path, state: dict[str, str], key: str) -> None:
    with PtySession(demo(log, "wombat"), 120, 30, env=state) as session:
        session.wait_for("AD 1")
        session.send(key, after=SEEN)
        assert session.wait_exit() == 1
        assert session.is_restored
        shown = bytes(session.raw).rpartition(b"\x1b[?1049l")[2]
        assert b"modtui stopped: a fault of its own" in shown
        assert b"wombat" not in shown
    (fault,) = Path(state["XDG_STATE_HOME"]).rglob("fault-*.log")
    assert stat.S_IMODE(fault.stat().st_mode) == 0o600
    assert stat.S_IMODE(fault.parent.stat().st_mode) == 0o700
    assert "demo_app.py" in fault.read_text()
    assert "wombat" not in fault.read_text()


def test_a_small_window_decides_nothing(log: Path) -> None:
    with PtySession(demo(log)) as session:
        session.wait_for("AD 1")
        session.resize(40, 10)
        session.wait_for("too small")
        session.send("a", after=SEEN)
        session.send("1", after=SEEN * 2)
        session.wait_quiet()
        session.resize(100, 30)
        session.wait_for("AD 1\nanswer open")
        session.send("a", after=SEEN * 2)
        session.wait_for("AD 2")
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
    assert log.read_text() == "ad-1 approve\n"


def test_a_window_small_from_the_start(log: Path) -> None:
    with PtySession(demo(log), 30, 8) as session:
        session.wait_for("too small")
        session.resize(80, 24)
        session.wait_for("AD 1")
        session.send("a", after=SEEN * 2)
        session.wait_for("AD 2")


def test_a_storm_of_resizes(log: Path) -> None:
    with PtySession(demo(log)) as session:
        session.wait_for("AD 1")
        for number in range(150):
            session.resize(1 + number % 120, 1 + number % 40)
        session.resize(80, 24)
        session.wait_for("AD 1\nanswer open")
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0


REQUIRE = (
    "import sys\nfrom modtui.errors import ModtuiError\n"
    "from modtui.tui.terminal.requirements import require_terminal\n"
    "try:\n require_terminal()\nexcept ModtuiError as error:\n print(error, error.hint)\n sys.exit(error.exit_status)\n"
)


@pytest.mark.parametrize("how", ["null", "closed", "pipe"])
def test_no_terminal_is_said_in_one_line(how: str) -> None:
    kwargs = {"null": {"stdin": subprocess.DEVNULL}, "closed": {"preexec_fn": lambda: os.close(0)}, "pipe": {}}[how]
    run = subprocess.run(python("-c", REQUIRE), cwd=ROOT, capture_output=True, text=True, timeout=20, **kwargs)
    assert run.returncode == 2
    assert run.stdout.startswith("modtui needs a terminal")
    assert run.stdout.count("\n") == 1


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_is_sent_to_line_mode(term: str) -> None:
    with PtySession(python("-c", REQUIRE), 120, 24, env={"TERM": term}) as session:
        assert session.wait_exit() == 2
        assert "--plain" in session.text


def test_a_locale_without_unicode_gets_ascii(log: Path) -> None:
    with PtySession(
        demo(log, "garan\u200btis caf\u00e9 漢"), env={"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
    ) as session:
        session.wait_for("AD 1")
        session.wait_for("garan<ZWSP>tis")
        assert b"\xe2" not in session.raw
        assert b"caf\xe9 ??" in session.raw


def _state(session: PtySession) -> str:
    return Path(f"/proc/{session.process.pid}/stat").read_text().rpartition(")")[2].split()[0]


def _until(condition: object, timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
