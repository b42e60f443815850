"""What does not fit together in a file of answers: told beside the learner's name, for the trainer to judge."""

from __future__ import annotations

from itertools import pairwise

from modtui.domain.attempts import Answers
from modtui.domain.packs import Manifest
from modtui.store.times import utc_ms

GRACE_MS = 5_000
"Between the end of an ad and the clock of the exam, and between two ways of adding times up."


def doubts(
    answers: Answers, manifest: Manifest, code: str, told: str | None = None, start: str | None = None
) -> list[str]:
    """What does not fit in a file as a whole, in words.

    `told` is the code the learner gave when they finished, `start` the one they gave when they began.
    """
    found = []
    settings = manifest.settings
    if told is not None and letters_of(told) != letters_of(code):
        found.append(f"its short code is {code}, and another one was told: it is not the file of that moment")
    if start is not None and letters_of(start) != letters_of(answers.start_code):
        own = answers.start_code or "missing"
        found.append(f"its start code is {own}, and another one was told: it was begun again since")
    if not answers.is_finished:
        found.append("not finished")
    if answers.catalog and answers.catalog != manifest.catalog.snapshot:
        found.append("answered under another catalog than the pack's")
    firsts = answers.first_attempts
    if any(attempt.number != 1 or attempt.saw_feedback for attempt in firsts):
        found.append("a first answer came after its key was shown, or is missing")
    if not settings.retry and len(firsts) < len(answers.attempts):
        found.append("ads were answered again, which the pack does not allow")
    if settings.pauses is not None and len(answers.pauses) > settings.pauses:
        found.append(f"{len(answers.pauses)} pauses, and {settings.pauses} are allowed")
    return found + _untimely(answers)


def late_ads(answers: Answers, limit_s: int | None) -> frozenset[str]:
    """The ads answered behind a time limit, by the times in the file and whatever it says of them."""
    started = utc_ms(answers.started_at)
    if limit_s is None or started is None:
        return frozenset()
    pauses = [(utc_ms(pause.left_at) or 0, utc_ms(pause.came_back_at) or 0) for pause in answers.pauses]
    late = set()
    for attempt in answers.first_attempts:
        at = utc_ms(attempt.answered_at)
        away = sum(back - left for left, back in pauses if at is not None and left < back <= at)
        if at is not None and at - started - away > limit_s * 1000 + GRACE_MS:
            late.add(attempt.ad)
    return frozenset(late)


def second_file(answers: Answers, other: Answers, name: str) -> str:
    """What another file of the same learner tells, in words; nothing where it is an earlier state of this one."""
    if (answers.begun, answers.stream, answers.started_at) == (other.begun, other.stream, other.started_at):
        is_earlier = answers.attempts[: len(other.attempts)] == other.attempts
        return "" if is_earlier else f"a second file, {name}, tells of the same start with other answers"
    where = "the same workspace" if answers.stream == other.stream else "another workspace"
    begun = f"{other.started_at[:16].replace('T', ' ')} UTC in {where}"
    code = f", start code {other.start_code}" if other.start_code else ""
    return f"begun twice: a second file, {name}, was begun at {begun}{code}; only the one begun first counts"


def letters_of(code: str) -> str:
    """A short code as it is meant, however it was typed."""
    return "".join(letter for letter in code if letter.isalnum()).upper()


def _untimely(answers: Answers) -> list[str]:
    """Times that cannot be: before they were shown, out of order, or more work than there was time."""
    found = []
    shown = [(utc_ms(each.shown_at), utc_ms(each.answered_at)) for each in answers.attempts]
    pairs = [(begun, done) for begun, done in shown if begun is not None and done is not None]
    if any(done < begun for begun, done in pairs):
        found.append("an ad was answered before it was shown")
    if any(later < earlier for (_, earlier), (_, later) in pairwise(pairs)):
        found.append("answers are not in the order of their times")
    pauses = [(utc_ms(pause.left_at), utc_ms(pause.came_back_at)) for pause in answers.pauses]
    if any(left < done < back for left, back in pauses if left and back for _, done in pairs):
        found.append("an ad was answered during a pause")
    started, finished = utc_ms(answers.started_at), utc_ms(answers.finished_at) if answers.finished_at else None
    worked = sum(attempt.active_ms for attempt in answers.attempts)
    if started is not None and finished is not None and worked > finished - started + GRACE_MS:
        found.append("it tells of more time at work than there was from its beginning to its end")
    return found
