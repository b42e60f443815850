"""`modtui pack`: the table of its commands, each in a module of its own, and how a pack is described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modtui.cli.lazy_group import LazyGroup

if TYPE_CHECKING:
    from modtui.domain.packs import Key
    from modtui.files.pack_file import Pack

COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("modtui.cli.packs_build:build", "Make a pack of decisions, examples, or gold answers."),
    "inspect": ("modtui.cli.packs_inspect:inspect", "Say what is in a pack, and whether it is as it was made."),
    "publish": ("modtui.cli.packs_inspect:publish", "Show the key of an exam, with the proof that it was not changed."),
    "score": ("modtui.cli.packs_score:score", "Score the answers that came home."),
}
"Name to where the command is and its line in the help."

PROTECTS = {
    "open": "the key is in it, for everybody to read; changes by accident show",
    "sealed": "the key opens with the class code; who has the code can read it",
    "exam": "the key is not in it; what it committed to can be proved later",
}


@click.group(cls=LazyGroup, table=COMMANDS)
def pack() -> None:
    """Build practice packs and exams, and score what comes home."""


def described(pack: Pack) -> dict[str, Any]:
    """What a pack says of itself, as plain JSON."""
    manifest, settings = pack.manifest, pack.manifest.settings
    found: dict[str, Any] = {
        "title": manifest.title,
        "kind": settings.kind.value,
        "protects": PROTECTS[settings.kind.value],
        "ads": manifest.count,
        "media": len(pack.media),
        "catalog": {"id": manifest.catalog.id, "version": manifest.catalog.version, "hash": manifest.catalog.hash},
        "feedback": settings.feedback.value,
        "assist": settings.assist.value,
        "time_limit_s": settings.time_limit_s,
        "pauses": settings.pauses,
        "pass_at": settings.pass_at,
        "retry": settings.retry,
        "note": manifest.note,
        "stale": manifest.stale,
        "hash": pack.hash,
        "manifest_hash": pack.manifest_hash,
        "bytes": pack.path.stat().st_size,
        "key": "open" if pack.keys is not None else "closed",
    }
    if settings.pass_at is not None:
        found["chances"] = chances(manifest.count, settings.pass_at)
    if pack.keys is not None:
        found["gold"] = gold_figures(list(pack.keys.values()))
    return found


def chances(items: int, pass_at: int) -> dict[str, float]:
    """The chance of passing by true accuracy."""
    from modtui.domain.exams import chance_of_passing

    return {
        f"{accuracy:.2f}": round(chance_of_passing(items, pass_at, accuracy), 4)
        for accuracy in (0.95, 0.90, 0.85, 0.80, 0.70)
    }


def gold_figures(keys: list[Key]) -> dict[str, Any]:
    """How a pack is made up: outcomes, clean ads, policies that decide, difficulty."""
    from collections import Counter

    policies = Counter(key.first.partition("/")[0] for key in keys if key.first and not key.is_clean)
    return {
        "clean": sum(key.is_clean for key in keys),
        "outcomes": dict(sorted(Counter(key.outcome for key in keys).items())),
        "policies": dict(policies.most_common()),
        "difficulty": {word: sum(key.difficulty == number for key in keys) for word, number in DIFFICULTIES.items()},
        "stale": sum(key.stale for key in keys),
    }


DIFFICULTIES = {"easy": 1, "mixed": 2, "hard": 3}
"Words for how far the cues lead to the answer."
