"""Events of several streams have one order, whoever asks and whatever their clocks said."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.events import FIRST_PREV, Entry, Event, seal
from modtui.domain.streams import End, find_place, in_order, plan_sending, read_row


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Three streams whose clocks are wrong, and whose events build on any that were there before."""
    rng = draw(st.randoms(use_true_random=False))
    ends = {name * 32: (0, FIRST_PREV) for name in "abc"}
    made: list[Event] = []
    for number in range(draw(st.integers(0, 14))):
        stream = rng.choice(sorted(ends))
        builds_on = tuple(event.id for event in made if rng.random() < 0.2)
        clock = rng.randrange(1000)
        entry = Entry(f"{clock:04}-{number}", "decision", stream[0], "", {}, None, builds_on)
        seq, prev = ends[stream]
        event, _ = seal(entry, stream, seq + 1, prev)
        ends[stream] = (event.seq, event.hash)
        made.append(event)
    return made


@given(histories(), st.integers(0, 1_000_000))
def test_the_order_is_the_same_from_any_order(events: list[Event], seed: int) -> None:
    shuffled = list(events)
    random.Random(seed).shuffle(shuffled)
    ordered = in_order(shuffled)
    assert ordered == in_order(sorted(events, key=lambda event: event.id))
    places = {event.id: place for place, event in enumerate(ordered)}
    assert len(places) == len(events)
    for event in events:
        assert all(places[target] < places[event.id] for target in event.supersedes)
    for stream in {event.stream for event in events}:
        numbers = [event.seq for event in ordered if event.stream == stream]
        assert numbers == sorted(numbers)


class _Shelf:
    """One way, of so many events."""

    def __init__(self, hashes: list[str]) -> None:
        self.hashes = [FIRST_PREV, *hashes]

    def ways(self, stream: str) -> list[str]:
        return [stream]

    def end(self, way: str) -> End:
        return End(len(self.hashes) - 1, self.hashes[-1])

    def hash_at(self, way: str, seq: int) -> str | None:
        return self.hashes[seq] if seq < len(self.hashes) else None


def hashes(*letters: str) -> list[str]:
    return [letter * 64 for letter in letters]


def test_what_a_remote_lacks_is_told_by_its_own_word() -> None:
    shelf = _Shelf(hashes("a", "b", "c"))
    asked = {("s", 3): "c" * 64}

    def plan(**ends: End) -> tuple[str, int] | None:
        found = plan_sending(shelf, "s", ends, lambda name, seq: asked.get((name, seq)))
        return (found.name, found.after) if found else None

    assert plan() == ("s", 0)
    assert plan(s=End(2, "b" * 64)) == ("s", 2)
    assert plan(s=End(1, "a" * 64)) == ("s", 1), "its end went down: it is obeyed"
    assert plan(s=End(3, "c" * 64)) is None
    assert plan(s=End(5, "e" * 64)) is None, "it has gone on from where we are"
    assert plan(s=End(2, "x" * 64)) == ("s~" + "c" * 16, 0), "it has another second event"


def test_a_name_that_is_taken_is_not_used_again() -> None:
    shelf = _Shelf([*hashes("a"), "cd" * 32])
    ends = {"s": End(2, "x" * 64), "s~" + "cd" * 8: End(2, "y" * 64)}
    found = plan_sending(shelf, "s", ends, lambda name, seq: None)
    assert found is not None
    assert found.name not in ends
    assert found.name.startswith("s~")


def test_an_event_is_known_follows_forks_or_waits() -> None:
    shelf = _Shelf(hashes("a", "b"))
    assert find_place(shelf, "s", 2, "a" * 64, "b" * 64).is_known
    assert find_place(shelf, "s", 3, "b" * 64, "c" * 64).way == "s"
    assert find_place(shelf, "s", 2, "a" * 64, "x" * 64).branches_from == "s"
    assert find_place(shelf, "s", 4, "c" * 64, "d" * 64).is_gap


def test_what_is_no_event_says_why() -> None:
    for text in ("", "[]", '{"v":1}', '{"v": "x"}', "\ud800"):
        try:
            read_row(text)
        except ValueError as error:
            assert "event" in str(error)
        else:
            raise AssertionError(text)
