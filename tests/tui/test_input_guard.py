"""The rule of the input guard, read by read."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.tui.terminal.input_guard import HELD, JOIN, MOST_KEYS, SETTLE, WARY, InputGuard, InputRead, Verdict

DECIDING = frozenset({"a", "r", "enter"})


@dataclass
class Desk:
    """A guard with a queue of ads: a decision covers the ad, and the next one is painted `paint` seconds later."""

    guard: InputGuard
    paint: float = 0.005
    decisions: list[tuple[str, float]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: int = 0
    retracted: int = 0
    reads: int = 0
    painted_at: float = 0.0
    paint_due: float | None = 0.0

    def read(self, at: float, *keys: str, replies: int = 0, others: int = 0, is_open: bool = False) -> None:
        if self.paint_due is not None and self.paint_due <= at:
            self.guard.painted(self.paint_due)
            self.painted_at, self.paint_due = self.paint_due, None
        self.reads += 1
        read = InputRead(self.reads, at, keys, replies, others, is_open)
        for index, key in enumerate(keys):
            verdict = self.guard.begin_read(read, DECIDING.__contains__) if index == 0 else Verdict(True)
            if verdict.passes:
                verdict = self.guard.judge(key, key in DECIDING, index == len(keys) - 1)
            self._act(key, at, verdict)

    def _act(self, key: str, at: float, verdict: Verdict) -> None:
        self.refused += verdict.ignored
        if verdict.retract:
            self.retracted += 1
            self.decisions.pop()
        if not verdict.passes:
            return
        if key in DECIDING:
            assert self.paint_due is None, "decided an ad that was not on the screen"
            assert at >= self.painted_at + self.guard.settle
            self.decisions.append((key, at))
            self.guard.covered()
            self.paint_due = at + self.paint
        else:
            self.answers.append(key)


@pytest.fixture
def desk() -> Desk:
    return Desk(InputGuard())


def test_an_answer_and_a_decision_pass_joined_or_apart(desk: Desk) -> None:
    desk.read(1.0, "1", "enter")
    desk.read(2.0, "1")
    desk.read(2.01, "enter")
    desk.read(3.0, "a")
    assert [key for key, _ in desk.decisions] == ["enter", "enter", "a"]
    assert (desk.answers, desk.refused) == (["1", "1"], 0)


def test_nothing_is_decided_before_the_ad_was_seen(desk: Desk) -> None:
    desk.paint_due = 1.0
    for at in (0.5, 0.999, 1.0, 1.05, 1.0 + SETTLE - 0.001):
        desk.read(at, "enter")
    assert desk.decisions == []
    assert desk.refused == 5
    desk.read(1.0 + SETTLE + WARY, "enter")
    assert len(desk.decisions) == 1


def test_the_settle_time_grows_with_the_round_trip() -> None:
    desk = Desk(InputGuard(round_trip=0.3))
    desk.read(0.35, "enter")
    assert desk.decisions == []
    desk.read(0.35 + WARY, "enter")
    assert len(desk.decisions) == 1


def test_a_deciding_key_followed_by_more_refuses_the_whole_read(desk: Desk) -> None:
    desk.read(1.0, "1", "enter", "1")
    assert (desk.decisions, desk.answers, desk.refused) == ([], [], 3)


def test_a_paste_is_refused_with_its_count(desk: Desk) -> None:
    desk.read(1.0, *"1" * MOST_KEYS, "enter")
    desk.read(1.001, *"a" * 200)
    desk.read(1.002, "a")
    assert (desk.decisions, desk.refused) == ([], MOST_KEYS + 1 + 200 + 1)


def test_a_paste_cut_after_its_first_key_is_taken_back(desk: Desk) -> None:
    desk.read(1.0, "a")
    desk.read(1.0 + JOIN / 2, *"a" * 199)
    assert (desk.decisions, desk.retracted, desk.refused) == ([], 1, 199)


@pytest.mark.parametrize("repeat", [0.025, 0.033, 0.05, 0.09])
def test_a_key_held_down_decides_once(desk: Desk, repeat: float) -> None:
    desk.read(1.0, "a")
    for number in range(200):
        desk.read(1.5 + number * repeat, "a")
    assert [at for _, at in desk.decisions] == [1.0]
    assert desk.retracted == 1


@pytest.mark.parametrize("extra", [{"replies": 1}, {"others": 1}, {"is_open": True}])
def test_terminal_reports_in_a_read_count_as_input(desk: Desk, extra: dict[str, int]) -> None:
    desk.read(1.0, "enter", **extra)
    assert desk.decisions == []
    desk.read(2.0, "1", **extra)
    assert desk.answers == ["1"]


def test_pressing_again_after_a_refusal_works(desk: Desk) -> None:
    desk.read(0.05, "enter")
    desk.read(0.05 + WARY, "enter")
    assert len(desk.decisions) == 1


def test_a_key_that_decides_only_after_the_one_before_is_judged_by_then(desk: Desk) -> None:
    guard = desk.guard
    guard.painted(0.0)
    read = InputRead(1, 0.01, ("e", "1"))
    assert guard.begin_read(read, DECIDING.__contains__).passes
    assert guard.judge("e", False, False).passes
    assert not guard.judge("1", True, True).passes


def test_nothing_decides_while_the_ad_is_covered(desk: Desk) -> None:
    desk.guard.painted(0.0)
    desk.guard.covered()
    desk.paint_due = 9.0
    desk.read(1.0, "enter")
    assert desk.decisions == []


KEYS = st.sampled_from(["a", "r", "enter", "1", "2", "j"])


@given(
    st.lists(st.tuples(st.floats(0, 0.6), st.lists(KEYS, min_size=1, max_size=12), st.booleans()), max_size=40),
    st.sampled_from([0.0, 0.15, 0.3]),
    st.sampled_from([0.0, 0.005, 0.4]),
)
def test_whatever_is_read_nothing_unseen_is_decided(
    reads: list[tuple[float, list[str], bool]], round_trip: float, paint: float
) -> None:
    desk = Desk(InputGuard(round_trip), paint)
    now = 0.0
    for gap, keys, has_reply in reads:
        now += gap
        desk.read(now, *keys, replies=int(has_reply))
    times = [at for _, at in desk.decisions]
    assert all(later - earlier >= min(HELD, SETTLE) for earlier, later in pairwise(times))


@given(st.lists(st.floats(0.2, 2.0), max_size=30), st.sampled_from([0.0, 0.15, 0.3]), st.booleans())
def test_no_honest_answer_and_enter_is_refused(thinking: list[float], round_trip: float, joined: bool) -> None:
    desk = Desk(InputGuard(round_trip))
    now = 0.0
    for seconds in thinking:
        now += desk.paint + round_trip + seconds
        if joined:
            desk.read(now, "1", "enter")
        else:
            desk.read(now, "1")
            now += 0.001
            desk.read(now, "enter")
    assert (len(desk.decisions), desk.refused, desk.retracted) == (len(thinking), 0, 0)
