"""What a learner answered: attempts at the ads of a pack, contests, and the whole that goes home to the trainer."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from modtui.domain.evidence import Evidence
from modtui.domain.policies import Answer

ANSWERS_SCHEMA = "modtui/answers/1"
SURE, UNSURE = "sure", "unsure"


class Attempt(Struct, frozen=True, omit_defaults=True):
    """One learner's answer to one ad of a pack."""

    ad: str
    "The ad's id in the pack."
    number: int
    "1 for the first answer, the only one that counts for a score; more for answers given again."
    outcome: str
    "As the learner confirmed or overrode it."
    derived: str
    "As it followed from the answers on the learner's machine. Whoever scores works it out again."
    answers: Mapping[str, Answer] = field(default_factory=dict)
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    "Checks answered yes, by the learner and by facts, as `counted_findings` tells them, in catalog order."
    first: str = ""
    "The check that decides (`deciding_check`); empty for none."
    override: Mapping[str, Any] | None = None
    "`reason`, `note` and `edits`, as a decision's body has them."
    escalation: str = ""
    "The route a question was put to; empty for none."
    documents: tuple[str, ...] = ()
    note: str = ""
    confidence: str = ""
    "`sure`, `unsure`, or empty where it was not asked."
    shown_at: str = ""
    "UTC, ISO 8601 with milliseconds and Z, by the learner's clock."
    answered_at: str = ""
    active_ms: int = 0
    "Time at work on the ad, pauses left out."
    is_late: bool = False
    "Given behind the time limit."
    saw_feedback: bool = False
    "Whether the key to this ad had been shown to the learner before."


class Contest(Struct, frozen=True, omit_defaults=True):
    """A learner who thinks that the key is wrong, and why."""

    ad: str
    reason: str
    at: str
    check: str = ""
    "The check it is about; empty for the whole answer."


class Pause(Struct, frozen=True):
    """A time in which the learner was away with the clock stopped."""

    left_at: str
    came_back_at: str


class Answers(Struct, frozen=True):
    """The answers of one learner to one pack, as they go home in one file (`files.answers_file`)."""

    pack: str
    "The hash of the pack file (`Pack.hash`)."
    manifest: str
    "The hash of its manifest."
    learner: str
    started_at: str
    finished_at: str = ""
    "Empty when the learner has not come to the end."
    catalog: str = ""
    "The hash of the catalog snapshot that was ruled by."
    app: str = ""
    stream: str = ""
    "The incarnation of the workspace the answers were given in."
    begun: str = ""
    "The id of the log's entry with which they were begun: another one for each start, in whatever workspace."
    pauses: tuple[Pause, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    "In the order in which they were given."
    contests: tuple[Contest, ...] = ()

    @property
    def is_finished(self) -> bool:
        return bool(self.finished_at)

    @property
    def start_code(self) -> str:
        """Tells this start from every other; empty for files that do not say."""
        return start_code(self.begun)

    @property
    def first_attempts(self) -> tuple[Attempt, ...]:
        return first_attempts(self.attempts)


def first_attempts(attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """The first answer to each ad, in the order in which they were given."""
    found: dict[str, Attempt] = {}
    for attempt in attempts:
        found.setdefault(attempt.ad, attempt)
    return tuple(found.values())


def short_code(head: str) -> str:
    """A hash (hex) as ten letters and digits to read out, such as `K7QF2-9WMPA`: 50 bits of it.

    Given to the trainer when an exam ends, it shows later that the file which comes home is the one of that moment.
    """
    letters = base64.b32encode(bytes.fromhex(head))[:10].decode()
    return f"{letters[:5]}-{letters[5:]}"


def start_code(begun: str) -> str:
    """The short code of a start, from the id of its entry. Told to the trainer at once, it shows a second start."""
    return short_code(hashlib.sha256(begun.encode()).hexdigest()) if begun else ""
