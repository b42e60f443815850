"""Stray input never decides (DESIGN 7): judges each deciding key by the read it came in and by what was on screen then.

The rule:

1. A read is what one `os.read` gave. A deciding key passes only if it is the last input of its read, if that read holds
   at most `MOST_KEYS` keys and no terminal reply, mouse, focus or half-finished sequence, and if it came a settle time
   or more after the ad was painted: 100 ms plus the round trip, from the moment its bytes were written to the terminal.
2. A deciding key that is not last refuses its whole read, with the count of its keys; so do too many keys and replies.
3. Reads less than `JOIN` apart count as one, however the link cut them: when keys follow within `JOIN` of a deciding
   key that passed, or the same key next within `HELD` (a key held down), they are refused, the decision is retracted.
4. A refused read makes the guard wary: no deciding key passes until `WARY` has gone by without another refusal, so
   neither the tail of a paste nor a key that stays down ever gets through.
5. Keys that do not decide pass unless their read is refused: typed ahead, they show on the ad and decide nothing.

All times are of one monotonic clock in seconds, taken by the thread that reads (`read_at`) and the one that writes
(`painted`). The guard itself has no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

SETTLE: Final = 0.100
"Nobody reacts to an ad sooner than this after seeing it."
JOIN: Final = 0.030
"A link may deliver what was sent together this far apart; two fingers are slower."
HELD: Final = 0.100
"The same key again sooner than this is a key held down or bouncing."
WARY: Final = 0.150
"Held keys repeat sooner than this, people who press again on purpose do not."
MOST_KEYS: Final = 8
"Two checks by letters and a deciding key are seven."


class InputRead(Struct, frozen=True):
    """What one read of the terminal brought."""

    id: int
    read_at: float
    keys: tuple[str, ...]
    "Names of the keys, in order, those of bracketed pastes left out."
    replies: int = 0
    "Answers of the terminal to queries: status, attributes, colours."
    others: int = 0
    "Mouse, focus and paste events."
    is_open: bool = False
    "Whether it ends in the middle of a sequence or character."


class Verdict(Struct, frozen=True):
    """Whether a key may act; if not, why, and how much input was refused with it."""

    passes: bool
    reason: str = ""
    ignored: int = 0
    "Keys refused, to be told to the person; 0 for the second and later keys of one refused read."
    retract: bool = False
    "Whether the decision before has to be taken back: it came from the same burst."


PASS: Final = Verdict(True)
MORE_INPUT: Final = "more input came with it"


class InputGuard:
    """Judges keys one by one, in the order in which they were read."""

    def __init__(self, round_trip: float = 0.0) -> None:
        self.settle: float = SETTLE + max(0.0, round_trip)
        "Seconds from paint to the first read that may decide."
        self._painted_at: float | None = None
        self._read: InputRead | None = None
        self._refusal: str = ""
        self._refused_at: float | None = None
        self._decided: tuple[str, float] | None = None

    @property
    def is_open(self) -> bool:
        """Whether an ad is on the screen at all."""
        return self._painted_at is not None

    def painted(self, at: float) -> None:
        """The ad that deciding keys now speak of was written to the terminal at `at`."""
        self._painted_at = at

    def covered(self) -> None:
        """The ad is on its way out, or something hides it: nothing decides until the next `painted`."""
        self._painted_at = None

    def begin_read(self, read: InputRead, is_deciding: Callable[[str], bool]) -> Verdict:
        """Look at a whole read before its first key is handled; a refusal holds for all its keys.

        `is_deciding` speaks of the state before the first key; `judge` asks again key by key.
        """
        self._read = read
        slipped = self._slipped(read)
        self._decided = None  # only the read that follows tells
        self._refusal = "more input followed at once" if slipped else self._refusal_of(read, is_deciding)
        if not self._refusal:
            return PASS
        self._refused_at = read.read_at
        return Verdict(False, self._refusal, len(read.keys), slipped)

    def judge(self, key: str, is_deciding: bool, is_last: bool) -> Verdict:
        """One key of the read begun last. `is_last` says that no other key follows in that read."""
        read = self._read
        if self._refusal:
            return Verdict(False, self._refusal)
        if read is None or not is_deciding:
            return PASS
        refusal = self._refusal_of_key(read, is_last)
        if refusal:
            self._refusal = refusal
            self._refused_at = read.read_at
            return Verdict(False, refusal, 1)
        self._decided = (key, read.read_at)
        return PASS

    def _refusal_of(self, read: InputRead, is_deciding: Callable[[str], bool]) -> str:
        deciding = [is_deciding(key) for key in read.keys]
        if any(deciding) and len(read.keys) > MOST_KEYS:
            return "looks like a paste"
        return MORE_INPUT if any(deciding if _has_more(read) else deciding[:-1]) else ""

    def _refusal_of_key(self, read: InputRead, is_last: bool) -> str:
        if not is_last or _has_more(read) or len(read.keys) > MOST_KEYS:
            return MORE_INPUT
        if self._painted_at is None or read.read_at < self._painted_at:
            return "typed before the ad was on screen"
        if read.read_at < self._painted_at + self.settle:
            return "typed before the ad could be seen"
        if self._refused_at is not None and read.read_at < self._refused_at + WARY:
            return "part of a burst of input"
        return ""

    def _slipped(self, read: InputRead) -> bool:
        """Whether this read shows that the decision before it belonged to a burst or a held key."""
        if self._decided is None or not read.keys:
            return False
        key, decided_at = self._decided
        gap = read.read_at - decided_at
        return gap < JOIN or (gap < HELD and read.keys[0] == key)


def _has_more(read: InputRead) -> bool:
    return bool(read.others or read.replies or read.is_open)
