"""The input guard end to end: people, pastes, held keys and terminals at the far end of a link with a delay."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession, python

pytestmark = pytest.mark.terminal
REACTION = 0.15
"Seconds from seeing an ad to a key: quicker than any reviewer."
DELAYS = [0.0, 0.15, 0.3]


def start(log: Path, delay: float = 0.0, answers: bool = True) -> PtySession:
    return PtySession(python("tests/terminal/demo_app.py", str(log)), delay=delay, answers=answers)


def leave(session: PtySession, log: Path) -> list[str]:
    session.send("q", after=0.3)
    assert session.wait_exit() == 0
    return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("joined", [True, False])
def test_no_honest_decision_is_refused(log: Path, delay: float, joined: bool) -> None:
    with start(log, delay) as session:
        for number in range(1, 6):
            session.wait_for(rf"^AD {number}\b")
            if joined:
                session.send("1\r", after=REACTION)
            else:
                session.send("1", after=REACTION)
                session.send("\r", after=REACTION + 0.05)
        session.wait_for("^AD 6")
        assert b"ignored" not in session.raw
        assert leave(session, log) == [f"ad-{number} reject" for number in range(1, 6)]


@pytest.mark.parametrize("delay", DELAYS)
def test_an_escalation_typed_in_one_go(log: Path, delay: float) -> None:
    with start(log, delay) as session:
        session.wait_for("^AD 1")
        session.send("e1", after=REACTION)
        session.wait_for("^AD 2")
        assert leave(session, log) == ["ad-1 escalate-1"]


@pytest.mark.parametrize("delay", DELAYS)
def test_200_pasted_keys_decide_nothing(log: Path, delay: float) -> None:
    with start(log, delay) as session:
        session.wait_for("^AD 1")
        session.send("a" * 200, after=REACTION)
        session.wait_for("200 keys ignored")
        assert leave(session, log) == []


def test_a_paste_in_pieces_decides_nothing_that_stands(log: Path) -> None:
    with start(log) as session:
        session.wait_for("^AD 1")
        for number in range(40):
            session.send("a" if number % 3 else "aaaa", after=REACTION + number * 0.002)
        session.wait_for("ignored")
        lines = leave(session, log)
        assert lines.count("take-back") == len(lines) - lines.count("take-back")


def test_a_bracketed_paste_is_no_keys(log: Path) -> None:
    with start(log) as session:
        session.wait_for("^AD 1")
        session.send("\x1b[200~" + "a\r" * 50 + "\x1b[201~", after=REACTION)
        session.send("\x1b[200~a\x1b[201~\r", after=REACTION * 2)
        session.wait_for("ignored")
        assert leave(session, log) == []


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_a_held_key_decides_once(log: Path, delay: float) -> None:
    with start(log, delay) as session:
        session.wait_for("^AD 1")
        session.send("a", after=REACTION)
        for number in range(60):
            session.send("a", after=REACTION + 0.5 + number * 0.033)
        session.wait_for("^AD 2")
        session.wait_for("ignored")
        session.wait_quiet()
        lines = leave(session, log)
        assert lines[0] == "ad-1 approve"
        assert lines[1:] in ([], ["ad-2 approve", "take-back"])


@pytest.mark.parametrize("delay", DELAYS)
def test_keys_typed_before_the_ad_is_there(log: Path, delay: float) -> None:
    with start(log, delay) as session:
        for number in range(60):
            session.send("\r", after=number * 0.02)
        session.wait_for("^AD 1")
        session.wait_quiet()
        assert leave(session, log) == []


@pytest.mark.parametrize("delay", DELAYS)
def test_typing_ahead_decides_one_ad_at_most(log: Path, delay: float) -> None:
    """The keys for the next ads are sent before those ads can have been seen."""
    with start(log, delay) as session:
        session.wait_for("^AD 1")
        for number in range(8):
            session.send("1" if number % 2 == 0 else "\r", after=REACTION + number * 0.04)
        session.wait_for("ignored")
        assert leave(session, log) in (["ad-1 reject"], [])


REPLIES = [
    b"\x1b[?62;1;2c", b"\x1b[>41;354;0c", b"\x1b[0n", b"\x1b[12;1R", b"\x1b]11;rgb:aaaa/rrrr/aaaa\x07",
    b"\x1b]10;rgb:aaaa/aaaa/aaaa\x1b\\", b"\x1bP>|xterm(379)a\x1b\\", b"\x1bP1+r616263=61\x1b\\", b"\x1b[?2026;2$y",
    b"\x1b_Gi=1;OK\x1b\\", b"\x1b[8;24;80t", b"\x1b[I", b"\x1b[O",
]  # fmt: skip


def test_terminal_replies_decide_nothing(log: Path) -> None:
    with start(log) as session:
        session.wait_for("^AD 1")
        for number, reply in enumerate(REPLIES):
            session.send(reply, after=REACTION + number * 0.1)
            session.send(reply[:3], after=REACTION + number * 0.1 + 0.03)
            session.send(reply[3:], after=REACTION + number * 0.1 + 0.05)
        session.send(REPLIES[0] + b"\r", after=REACTION + len(REPLIES) * 0.1 + 0.5)
        session.wait_for("ignored")
        assert leave(session, log) == []


def test_a_terminal_that_answers_nothing(log: Path) -> None:
    with start(log, answers=False) as session:
        session.wait_for("^AD 1")
        session.send("a", after=0.45)
        session.wait_for("^AD 2")
        assert leave(session, log) == ["ad-1 approve"]


def test_nothing_asks_the_terminal_once_the_app_runs(log: Path) -> None:
    with start(log) as session:
        session.wait_for("^AD 1")
        session.send("1\r", after=REACTION)
        session.wait_for("^AD 2")
        leave(session, log)
        running = bytes(session.raw).partition(b"\x1b[?1049h")[2]
        for query in (b"\x1b[6n", b"\x1b[5n", b"$p", b"\x1b[c", b"\x1b[?u", b"\x1b]11;?"):
            assert query not in running
        assert b"\x1b[?2026h" in running, "the answer about synchronized frames was not used"
