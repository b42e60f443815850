"""The input guard on the real program: whatever arrives, no ad is decided that was not on screen. The log is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession
from tests.terminal.real_app import RULES, House, clean, lit

pytestmark = pytest.mark.terminal
REACTION = 0.15
"Seconds from seeing an ad to a key: quicker than any reviewer."
HONEST = 6
REPLIES = [
    b"\x1b[?62;1;2c", b"\x1b[>41;354;0c", b"\x1b[0n", b"\x1b[12;1R", b"\x1b]11;rgb:aaaa/rrrr/aaaa\x07",
    b"\x1b]10;rgb:aaaa/aaaa/aaaa\x1b\\", b"\x1bP>|xterm(379)a\x1b\\", b"\x1bP1+r616263=61\x1b\\", b"\x1b[?2026;2$y",
    b"\x1b_Gi=1;OK\x1b\\", b"\x1b[8;24;80t", b"\x1b[I", b"\x1b[O", b"\x1b[<0;10;10M", b"\x1b[<0;10;10m",
]  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A queue whose first ads are rejected by `1 Enter`; the others take one key."""
    house = House(tmp_path)
    house.bring([*(lit(n) for n in range(1, HONEST + 1)), *(clean(n) for n in range(HONEST + 1, 40))])
    return house


def on_screen(session: PtySession, number: int) -> None:
    session.wait_for(rf"\bad-{number} ·|\bad-{number}\b ")


def leave(session: PtySession) -> None:
    session.send("q", after=0.3)
    assert session.wait_exit() == 0


REJECTED = [(f"ad-{number}", "reject") for number in range(1, HONEST + 1)]


@pytest.mark.parametrize("delay", [0.0, 0.15, 0.3])
def test_honest_keys_pass_and_stray_ones_do_not(house: House, delay: float) -> None:
    with house.run("review", "q", delay=delay) as session:
        for number in range(1, HONEST + 1):
            on_screen(session, number)
            if number % 2:
                session.send("1\r", after=REACTION)
            else:
                session.send("1", after=REACTION)
                session.send("\r", after=REACTION + 0.05)
        on_screen(session, HONEST + 1)
        assert b"ignored" not in session.raw
        assert house.outcomes() == REJECTED

        session.send("a" * 200, after=REACTION)
        session.wait_for("200 keys ignored")
        session.send("\x1b[200~" + "a\r" * 100 + "\x1b[201~", after=0.3)
        session.send("\x1b[200~a\x1b[201~\r", after=0.6)
        session.wait_for("1 key ignored")
        assert house.outcomes() == REJECTED

        session.send("a", after=0.3)
        on_screen(session, HONEST + 2)
        leave(session)
    assert house.outcomes() == [*REJECTED, (f"ad-{HONEST + 1}", "approve")]


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_keys_before_the_first_ad_and_a_key_held_down(tmp_path: Path, delay: float) -> None:
    house = House(tmp_path)
    house.bring(clean(n) for n in range(1, 30))
    with house.run("review", "q", delay=delay) as session:
        for number in range(40):
            session.send("\r", after=number * 0.03)
        on_screen(session, 1)
        session.wait_quiet(0.5)
        early = house.outcomes()
        assert early in ([], [("ad-1", "approve")]), "keys of before the ad decide nothing, one after it may"
        first = 1 + len(early)
        on_screen(session, first)

        session.send("\r", after=REACTION)
        for number in range(40):
            session.send("\r", after=REACTION + 0.5 + number * 0.033)
        session.wait_for("keys? ignored")
        session.wait_quiet(0.5)
        # A key that repeats as slowly as a person presses it, as on a busy machine, may decide an ad that is in sight.
        held = house.outcomes()
        assert held == [(f"ad-{number}", "approve") for number in range(1, len(held) + 1)]
        assert first <= len(held) <= first + 2
        first = len(held)
        on_screen(session, first + 1)

        for number in range(10):
            session.send("\r", after=REACTION + number * 0.04)
        session.wait_quiet(0.6)
        stands = house.outcomes()
        assert stands in [
            [(f"ad-{number}", "approve") for number in range(1, last + 1)] for last in range(first, first + 3)
        ]
        leave(session)
    assert house.outcomes() == stands


def test_what_a_terminal_types_by_itself_decides_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.bring(clean(n) for n in range(1, 30))
    with house.run("review", "q") as session:
        on_screen(session, 1)
        for number, reply in enumerate(REPLIES):
            at = REACTION + number * 0.1
            session.send(reply, after=at)
            session.send(reply[:3], after=at + 0.03)
            session.send(reply[3:], after=at + 0.05)
        # On a slow machine the second half of a reply may have come too late to be told from keys.
        for number in range(3):
            session.send("\x1b", after=REACTION + len(REPLIES) * 0.1 + 0.2 * (number + 1))
        session.send(REPLIES[0] + b"\r", after=REACTION + len(REPLIES) * 0.1 + 1.0)
        session.wait_for("1 key ignored")
        for number, stray in enumerate((b"\x1b[<0;10;10M\r", b"\x1b[I\r", b"\r\x1b[", b"\xff\r", b"\xc3\r", b":\r\r")):
            session.send(stray, after=0.3 * (number + 1))
        session.wait_quiet(0.5)
        session.send("\x1b", after=0.2)
        session.send("\x1b", after=0.5)
        session.wait_quiet(0.5)
        stands = house.outcomes()
        leave(session)
    assert stands == []


def test_a_verb_that_changes_nothing_leaves_the_keys_alive(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.bring([clean(1), clean(2)])
    with house.run("review", "q") as session:
        on_screen(session, 1)
        for key, words in (("[", "no ad was left behind"), ("u", "nothing to undo"), ("U", "nothing to redo")):
            session.send(key, after=REACTION)
            session.wait_for(words)
        session.send("a", after=REACTION)
        on_screen(session, 2)
        assert b"ignored" not in session.raw
        leave(session)
    assert house.outcomes() == [("ad-1", "approve")]


def test_every_way_of_deciding_is_guarded(tmp_path: Path) -> None:
    """Keys that decide through a dialog, pasted: palette, document, route, reason, check."""
    house = House(tmp_path)
    house.bring(clean(n) for n in range(1, 30))
    with house.run("review", "q") as session:
        on_screen(session, 1)
        for number, burst in enumerate(("d1x", "e1x", "h1x", "s1x", "r1x", "a1x", ":accept\rx", "d5paper\rx")):
            session.send(burst, after=0.4 * number + REACTION)
            session.send("\x1b", after=0.4 * number + REACTION + 0.2)
        session.wait_quiet(0.7)
        assert house.outcomes() == []
        assert house.events() == []
        leave(session)


def test_a_briefing_on_home_is_read_by_a_key_that_was_meant(tmp_path: Path) -> None:
    house = House(tmp_path, RULES + "briefings:\n  - {id: fairs, title: The fairs begin, text: Ask for the licence.}\n")
    house.bring([clean(1)])
    with house.run() as session:
        session.wait_for("I have read it")
        session.send("\r", after=REACTION)
        session.wait_for(lambda seen: "home" in seen and "I have read it" not in seen)
        assert b"ignored" not in session.raw
        leave(session)
    assert house.events() == ["briefing_read"]
