"""RELIABILITY 5 on the real program: whatever befalls a session, nothing is lost and the terminal is given back."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modtui.services.clock import wall_clock
from modtui.store.workspace import open_workspace
from tests.terminal.pty_session import PtySession
from tests.terminal.real_app import MODTUI, House, clean, lit

pytestmark = pytest.mark.terminal
SEEN = 0.25
"Seconds a person takes to react to what is on the screen."
ANSWERED = r"▸1 wl ✗ yes"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.bring([lit(1), *(clean(n) for n in range(2, 9))])
    return house


def on_screen(session: PtySession, number: int) -> None:
    session.wait_for(rf"\bad-{number} ·|\bad-{number}\b ")


def until(holds: Callable[[], object], timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def drafts(house: House) -> int:
    with open_workspace(house.workspace, wall_clock()) as workspace:
        return int(workspace.reader.execute("SELECT count(*) FROM drafts").fetchone()[0])


def test_told_to_end_it_keeps_what_was_begun(house: House) -> None:
    ends: list[tuple[Callable[[PtySession], Any], int]] = [
        (lambda session: session.signal(signal.SIGTERM), 143),
        (lambda session: session.signal(signal.SIGQUIT), 131),
        (lambda session: session.signal(signal.SIGHUP), 129),
        (lambda session: session.hang_up(), 129),
    ]
    for number, (end, status) in enumerate(ends):
        with house.run("review", "q") as session:
            session.wait_for(ANSWERED if number else r"▸1 wl")
            if not number:
                session.send("1", after=SEEN)
                session.wait_for(ANSWERED)
            end(session)
            assert session.wait_exit(5) == status
            assert session._master < 0 or session.is_restored
    assert house.events() == []


def test_killed_it_comes_back_to_the_answers_the_note_and_the_place(house: House) -> None:
    with house.run("review", "q") as session:
        on_screen(session, 1)
        session.send("]", after=SEEN)
        on_screen(session, 2)
        session.send("1", after=SEEN)
        session.send("c", after=SEEN + 0.1)
        session.wait_for("Comment on this ad")
        session.send("half a thought\r")
        until(lambda: drafts(house) == 1)
        session.wait_quiet(1.2)
        session.process.kill()
        session.process.wait()
    with house.run("review", "q") as session:
        on_screen(session, 1)
        session.send("]", after=SEEN)
        on_screen(session, 2)
        session.wait_for(ANSWERED)
        session.send("c", after=SEEN)
        session.wait_for("Comment on this ad")
        session.send("\r", after=SEEN)
        session.wait_for("note: half a thought")
        session.wait_for(lambda screen: "Comment on this ad" not in screen)
        session.send("\r", after=SEEN)
        on_screen(session, 3)
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
        assert session.is_restored
    assert house.outcomes() == [("ad-2", "reject")]


def test_stops_resizes_and_bytes_that_are_no_text(house: House) -> None:
    with house.run("review", "q") as session:
        on_screen(session, 1)
        session.send("\x1a", after=SEEN)
        until(lambda: state(session) == "T")
        until(lambda: session.is_restored)
        before = len(session.raw)
        session.signal(signal.SIGCONT)
        until(lambda: b"Lose" in session.raw[before:])
        session.send("1", after=SEEN)
        session.wait_for(ANSWERED)
        for number in range(60):
            session.resize(1 + number * 7 % 120, 1 + number * 3 % 40)
        session.resize(1, 1)
        session.send("\r", after=SEEN)
        session.resize(30, 8)
        session.wait_for("too small")
        session.send("\r", after=SEEN)
        session.wait_quiet(0.5)
        assert house.events() == []
        session.resize(100, 30)
        session.wait_for(ANSWERED)
        session.send(b"\xff\xfe\xc3(\x80", after=SEEN)
        session.send("\r", after=SEEN * 3)
        on_screen(session, 2)
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
        assert session.is_restored
    assert house.outcomes() == [("ad-1", "reject")]


def test_poor_terminals(house: House) -> None:
    with house.run("review", "q", env={"TERM": "dumb"}, columns=160) as session:
        assert session.wait_exit() == 2
        assert "--plain" in session.text
    command = [sys.executable, *MODTUI, "review", "q"]
    env = {**os.environ, **house.env}
    none = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    assert (none.returncode, none.stdout) == (2, "")
    assert "needs a terminal" in none.stderr and "--plain" in none.stderr
    plain = subprocess.run([*command, "--plain"], env=env, input="1 r\nq\n", capture_output=True, text=True, timeout=20)
    assert plain.returncode == 0, plain.stderr
    assert house.outcomes() == [("ad-1", "reject")]
    with house.run("review", "q", env={"LC_ALL": "C", "NO_COLOR": "1", "PYTHONIOENCODING": "ascii"}) as session:
        on_screen(session, 2)
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
        assert bytes(session.raw).isascii()
        assert b"38;2;" not in session.raw and b"48;2;" not in session.raw


def limit_files(session: PtySession, size: int) -> None:
    """No file of the program may grow beyond this: a full disk that can be emptied again."""
    resource.prlimit(session.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_disk_that_is_full_says_so_and_the_same_key_recovers(house: House) -> None:
    with house.run("review", "q", columns=120, rows=30) as session:
        on_screen(session, 1)
        session.send("1", after=SEEN)
        session.send("c", after=SEEN + 0.1)
        session.wait_for("Comment on this ad")
        session.send("as agreed\r")
        session.wait_for("1 wl ✗ yes")
        until(lambda: drafts(house) == 1)
        session.wait_quiet(1.2)
        limit_files(session, 4096)
        session.send("\r", after=SEEN)
        session.wait_for("NOT SAVED")
        on_screen(session, 1)
        session.wait_for(ANSWERED)
        session.send("\r", after=SEEN)
        session.wait_quiet(0.5)
        session.wait_for("NOT SAVED")
        assert house.events() == []
        limit_files(session, resource.RLIM_INFINITY)
        session.send("\r", after=SEEN)
        on_screen(session, 2)
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
    assert house.outcomes() == [("ad-1", "reject")]
    with open_workspace(house.workspace, wall_clock()) as workspace:
        notes = workspace.reader.execute("SELECT document FROM events").fetchall()
    assert "as agreed" in str(notes)


LOCKER = """
import sys
import pysqlite3
connection = pysqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


def test_a_workspace_that_another_process_holds(house: House) -> None:
    with house.run("review", "q", columns=120, rows=30) as session:
        on_screen(session, 1)
        session.send("1", after=SEEN)
        session.wait_for(ANSWERED)
        session.wait_quiet(1.3)
        command = [sys.executable, "-c", LOCKER, str(house.workspace)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as locker:
            assert locker.stdout and locker.stdout.readline() == "locked\n"
            session.send("\r", after=SEEN)
            session.wait_for("saving|waiting")
            session.send("?", after=SEEN)
            session.wait_for("Accept the outcome shown")
            session.send("\x1b", after=SEEN)
            session.wait_for(lambda screen: "Accept the outcome shown" not in screen)
            locker.communicate("")
        if "NOT SAVED" in session.wait_for(r"NOT SAVED|\bad-2\b"):  # it gave up waiting; the same key tries again
            session.send("\r", after=SEEN)
        on_screen(session, 2)
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
    assert house.outcomes() == [("ad-1", "reject")]


WRITER = """
import sys
from pathlib import Path
from modtui.store.lock import WriterTurn
turn = WriterTurn(Path(sys.argv[1]))
turn.acquire()
print("mine", flush=True)
sys.stdin.read()
turn.release()
"""


def test_another_modtui_that_writes_is_named(house: House) -> None:
    with house.run("review", "q", columns=120, rows=30) as session:
        on_screen(session, 1)
        session.send("1", after=SEEN)
        session.wait_for(ANSWERED)
        session.wait_quiet(1.3)
        command = [sys.executable, "-c", WRITER, str(house.workspace)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout and writer.stdout.readline() == "mine\n"
            session.send("\r", after=SEEN)
            session.wait_for(rf"waiting for another modtui \({writer.pid} ")
            writer.communicate("")
        if "NOT SAVED" in session.wait_for(r"NOT SAVED|\bad-2\b"):
            session.send("\r", after=SEEN)
        on_screen(session, 2)
        session.send("q", after=SEEN)
        assert session.wait_exit() == 0
    assert house.outcomes() == [("ad-1", "reject")]


def spoil(path: Path, kind: str) -> None:
    if kind == "newer":
        with open_workspace(path, wall_clock()) as workspace:
            workspace.writer.call(lambda tx: tx.connection.execute("PRAGMA user_version = 9999"))
    elif kind == "garbage":
        path.write_bytes(b"this is no database, only words " * 400)
    elif kind == "truncated":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("kind", ["newer", "garbage", "truncated", "directory"])
def test_a_workspace_that_cannot_be_used_is_said_in_words(house: House, kind: str) -> None:
    spoil(house.workspace, kind)
    before = house.workspace.read_bytes() if house.workspace.is_file() else b""
    for words in (("review", "q"), ("queues",)):
        with house.run(*words, columns=160) as session:
            assert session.wait_exit() == 1, session.text
            assert session.is_restored
            assert "Traceback" not in session.text, session.text
            assert str(house.workspace.name) in session.text.replace("\n", ""), session.text
    assert (house.workspace.read_bytes() if house.workspace.is_file() else b"") == before


@pytest.fixture
def read_only_house(house: House) -> Iterator[House]:
    """The house on a disk that cannot be written, by rights or, for root, by a mount."""
    if os.geteuid():
        for path in (house.workspace, house.folder):
            path.chmod(path.stat().st_mode & ~0o222)
        yield house
        house.folder.chmod(0o700)
        return
    mounts = [["mount", "--bind", house.folder, house.folder], ["mount", "-o", "remount,ro,bind", house.folder]]
    try:
        if any(subprocess.run(mount, capture_output=True).returncode for mount in mounts):
            pytest.skip("root may write everywhere, and cannot mount here")
        yield house
    finally:
        subprocess.run(["umount", house.folder], capture_output=True)


def test_a_workspace_that_cannot_be_written_is_said_in_words(read_only_house: House) -> None:
    with read_only_house.run("review", "q", columns=160) as session:
        assert session.wait_exit() == 1
        assert session.is_restored
        assert "cannot be written" in session.text and "read-only" in session.text, session.text
    with read_only_house.run("queues", columns=160) as session:
        assert session.wait_exit() == 0
        assert "q" in session.text


def state(session: PtySession) -> str:
    return Path(f"/proc/{session.process.pid}/stat").read_text().rpartition(")")[2].split()[0]
