"""`modtui twins`: bring the tables of near-identical ads up to date."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from modtui.cli.common import put_json, say, settings_of
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.services.twins import TwinProgress

AT_ONCE = 2000
NICE = 10
"Behind the screens, and behind the process that draws their pictures."


@click.command(epilog="For example: modtui twins\n\nOr: modtui twins --json")
@click.option("--json", "as_json", is_flag=True, help="Print how far it is as one JSON object.")
@click.option("--texts", is_flag=True, help="Leave pictures for another time.")
@click.option("--behind", is_flag=True, hidden=True, help="Quietly, with what the processor has to spare.")
@click.pass_context
def twins(ctx: click.Context, as_json: bool, texts: bool, behind: bool) -> None:
    """Bring the tables of near-identical ads up to date: texts, then pictures.

    Reviews do it behind the screens, so this is for a queue that is to be ready before the shift.
    """
    from modtui.cli.workplace import opened_workspace
    from modtui.services.twins import TwinIndex
    from modtui.store.workspace import open_to_read

    settings = settings_of(ctx)
    if behind:
        os.nice(NICE)
    # Behind a session no turn is taken: a decision never waits for it.
    opening = open_to_read(settings.workspace) if behind else opened_workspace(settings)
    with opening as workspace, _progress(is_quiet=as_json or behind) as show:
        index = TwinIndex.open(workspace)
        try:
            before = None
            while (
                not (found := index.catch_up(AT_ONCE, with_pictures=not texts)).is_complete
                and not found.is_elsewhere
                and found != before
            ):
                before = found
                show(found)
        finally:
            index.close()
    if as_json:
        put_json({"ads": found.total, "texts": found.done, "pictures": found.pictures, "complete": found.is_complete})
    elif found.is_elsewhere:
        say("Another modtui is at it.")
    elif not behind:
        say(f"{found.done:,} of {number_of(found.total, 'ad')} sketched, the pictures of {found.pictures:,} looked at")


@contextmanager
def _progress(*, is_quiet: bool) -> Iterator[Callable[[TwinProgress], None]]:
    """A bar on a terminal, nothing in a pipe."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, markup=False, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[ads]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        texts, pictures = (bar.add_task(name, total=None, ads="") for name in ("texts", "pictures"))

        def draw(found: TwinProgress) -> None:
            for task, done in ((texts, found.done), (pictures, found.pictures)):
                bar.update(task, total=found.total, completed=done, ads=number_of(done, "ad"))

        yield draw
