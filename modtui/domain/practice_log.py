"""What one learner's practice of one pack adds up to: a fold over the entries of the `attempts` log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, field

from modtui.domain.attempts import Attempt, Contest, Pause
from modtui.domain.events import Entry

BEGUN, ATTEMPT, CONTEST, PAUSE, FINISHED, DRILL = "begun", "attempt", "contest", "pause", "finished", "drill"
KINDS = (BEGUN, ATTEMPT, CONTEST, PAUSE, FINISHED, DRILL)
"The closed list of what the log of attempts holds. Nothing of it is an event, and none of it is ever synced."


class Run(Struct):
    """One learner at one pack, as far as they have come."""

    started_at: str = ""
    begun: str = ""
    "The id of the entry it was begun with."
    finished_at: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    contests: list[Contest] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)

    @property
    def answered(self) -> dict[str, Attempt]:
        """The first answer to each ad, by the ad's id in the pack."""
        found: dict[str, Attempt] = {}
        for attempt in self.attempts:
            found.setdefault(attempt.ad, attempt)
        return found

    def tries(self, ad: str) -> int:
        """How often an ad was answered."""
        return sum(attempt.ad == ad for attempt in self.attempts)

    def take(self, entry: Entry) -> None:
        """Add one entry of the log, in order. What is unknown or not of this shape changes nothing."""
        body = entry.body
        if entry.kind == BEGUN:
            self.started_at, self.begun = self.started_at or entry.at, self.begun or entry.id
        elif entry.kind == FINISHED:
            self.finished_at = self.finished_at or entry.at
        elif entry.kind == ATTEMPT:
            self.attempts.append(msgspec.convert(body["attempt"], Attempt))
        elif entry.kind == CONTEST:
            self.contests.append(msgspec.convert(body["contest"], Contest))
        elif entry.kind == PAUSE:
            self.pauses.append(msgspec.convert(body["pause"], Pause))

    def elapsed_ms(self, now: str) -> int:
        """Time since the first ad, pauses left out, up to the last answer of a run that has ended."""
        if not self.started_at:
            return 0
        paused = sum(_between(pause.left_at, pause.came_back_at) for pause in self.pauses)
        return max(0, _between(self.started_at, self.finished_at or now) - paused)

    def is_late(self, now: str, limit_s: int | None) -> bool:
        """Whether an answer given now is behind the time limit."""
        return limit_s is not None and self.elapsed_ms(now) > limit_s * 1000

    def may_pause(self, allowed: int | None) -> bool:
        """Whether the clock stands still for one more time away."""
        return allowed is None or len(self.pauses) < allowed


def run_of(entries: Iterable[Entry]) -> Run:
    """The run that entries of one pack and learner, oldest first, add up to."""
    run = Run()
    for entry in entries:
        run.take(entry)
    return run


def body_of(pack: str, **content: Any) -> Mapping[str, Any]:
    """The body of an entry about a pack, by its hash: plain JSON."""
    return {"pack": pack, **{name: msgspec.to_builtins(value) for name, value in content.items()}}


def _between(start: str, end: str) -> int:
    """Milliseconds from one UTC time to another; never less than none, for clocks that were set back."""
    span = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    return max(0, int(span.total_seconds() * 1000))
