"""A choice of ads on the command line: listed, as a sheet, and what was left out with its reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modtui.cli.common import put, put_json, say
from modtui.cli.packs import DIFFICULTIES
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from modtui.domain.gold import Weighed
    from modtui.domain.pack_choice import Choice


def show_choice(choice: Choice, *, as_json: bool) -> None:
    if as_json:
        put_json({
            "ads": [_as_json(each) for each in choice.chosen],
            "left_out": {
                why: [{"ad": each.gold.name, "origin": each.gold.origin} for each in found]
                for why, found in choice.left_out.items()
            },
            "spare": len(choice.spare),
            "remarks": list(choice.remarks),
        })  # fmt: skip
        return
    from modtui.domain.text import reveal

    for number, each in enumerate(choice.chosen, 1):
        mark = " stale" if each.gold.stale else ""
        what = each.key.first or (f"like {each.policy}" if each.looks_alike else "")
        name, why = reveal(each.gold.name, "one"), reveal(each.key.rationale.why, "one")
        put(f"{number:3}  {each.key.outcome:15}  {_word(each):5}  {name}  {what}{mark}")
        put(f"     {why[:110]}")
    say_left_out(choice)
    say(
        f"{number_of(len(choice.chosen), 'ad')}, {choice.clean} of them clean; {len(choice.spare)} more could be in it."
    )


def _as_json(each: Weighed) -> dict[str, Any]:
    return {
        "ad": each.gold.name, "origin": each.gold.origin, "policy": each.policy, "outcome": each.key.outcome,
        "checks": list(each.key.checks), "clean": each.is_clean, "looks_alike": each.looks_alike,
        "difficulty": _word(each), "stale": each.gold.stale or None, "why": each.key.rationale.why,
    }  # fmt: skip


def say_left_out(choice: Choice) -> None:
    from modtui.domain.pack_choice import UNWANTED

    for why, found in choice.left_out.items():
        if why == UNWANTED:
            continue  # whoever left them out knows
        say(f"{len(found):,} left out: {why} ({', '.join(each.gold.name for each in found[:3])}).")
    for remark in choice.remarks:
        say(remark)


def write_choice(path: Path, choice: Choice) -> None:
    from modtui.domain.gold import NO_REASON
    from modtui.files.pack_sheet import SheetRow, write_sheet
    from modtui.services.exporting import output_file

    def row(each: Weighed, is_in: str) -> SheetRow:
        accepted = " | ".join(f"{other.outcome}: {' '.join(other.checks)}" for other in each.key.accepted)
        return SheetRow(
            is_in, each.gold.origin, each.gold.name, each.policy, each.key.outcome, each.key.checks, _word(each),
            each.gold.stale, each.key.rationale.why, accepted,
        )  # fmt: skip

    unexplained = choice.left_out.get(NO_REASON, ())
    rows = [row(each, "yes") for each in choice.chosen] + [row(each, "") for each in (*choice.spare, *unexplained)]
    with output_file(str(path)) as out:
        count = write_sheet(out, rows)
    say(f"{number_of(count, 'row')} in {path}. Edit it, and build with --edits {path}.")


def _word(each: Weighed) -> str:
    return next(word for word, number in DIFFICULTIES.items() if number == each.key.difficulty)


@contextmanager
def progress(words: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, from the first thing there is to tell: two at a time would draw over each other. Nothing in
    a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(words), BarColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True, markup=False), transient=True)
    task = bar.add_task("", total=None)

    def tell(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        bar.stop()
