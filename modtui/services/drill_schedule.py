"""When a clause comes back: FSRS (`fsrs`, imported with the first review of a card) orders drills, not mastery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from modtui.domain.drills import Grade

RETENTION, LONGEST_DAYS = 0.9, 60


def review(card: str, rating: Grade, now_ms: int) -> tuple[str, int]:
    """A card after a review, and when it is due: day-sized steps without chance, so that a schedule can be told."""
    from fsrs import Card, Rating, Scheduler

    scheduler = Scheduler(
        desired_retention=RETENTION, learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS,
        enable_fuzzing=False,
    )  # fmt: skip
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    # A card without a number of its own would take one from the clock, and sleep for it.
    known = Card.from_json(card) if card else Card(card_id=1, due=now)
    reviewed, _ = scheduler.review_card(known, Rating(int(rating)), now)
    return reviewed.to_json(), int(reviewed.due.timestamp() * 1000)


def scheduler_words() -> dict[str, object]:
    """What a drill's entry in the log says of how its card was scheduled."""
    from importlib.metadata import version

    return {
        "library": "fsrs", "retention": str(RETENTION), "longest_days": LONGEST_DAYS, "version": version("fsrs"),
    }  # fmt: skip


def day_words(delta_ms: int) -> str:
    """How far away a day is: `tomorrow`, `in 3 days`."""
    days = max(0, round(timedelta(milliseconds=delta_ms) / timedelta(days=1)))
    return "today" if not days else "tomorrow" if days == 1 else f"in {days} days"
