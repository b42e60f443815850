"""`modtui import`: bring ads in from queue files, and say what became of every row."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put, put_json, safe, say, settings_of
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.services.importing import ImportProgress, Report

SHOWN_PROBLEMS = 20


@click.command(
    epilog="For example: modtui import ads.jsonl --queue eu-weekly --markets FR,DE\n\n"
    "Or: modtui import export.csv --guess > map.yaml, then modtui import export.csv --mapping map.yaml"
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--queue", help="The queue to put the ads in; the first file's name when not given.")
@click.option("--source", help="The name the ads are known under, with their id; the queue's when not given.")
@click.option("--markets", help="The queue's markets where an ad states none, for instance FR,DE.")
@click.option("--mapping", help="How a foreign layout is read: a file, or the name of a shipped mapping.")
@click.option("--guess", is_flag=True, help="Write a first mapping from the columns and a sample, and import nothing.")
@click.option("--rejects", type=click.Path(), help="Where refused rows are kept.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@click.option(
    "--progress-json", is_flag=True, hidden=True, help="A JSON line a batch, for the review that waits for it."
)
@click.pass_context
def import_ads(
    ctx: click.Context,
    files: tuple[str, ...],
    queue: str | None,
    source: str | None,
    markets: str | None,
    mapping: str | None,
    guess: bool,
    rejects: str | None,
    as_json: bool,
    progress_json: bool,
) -> None:
    """Bring ads in from queue files: JSONL, JSON, CSV or TSV, plain, gzip or zstd; - is standard input.

    The same ad with the same content is stored once. A row that is no ad is reported with its line and reason, kept in
    the rejects file, and does not stop the rest.
    """
    from modtui.services.importing import ImportOrder, build_search_index, queue_name_of, run_import
    from modtui.services.twins_behind import sketch_after_import

    if guess:
        put(_guessed(files[0]))
        return
    settings = settings_of(ctx)
    order = ImportOrder(
        files,
        queue or queue_name_of(files[0]),
        source,
        _mapping(mapping),
        _markets(markets),
        Path(rejects) if rejects else None,
    )
    from modtui.cli.workplace import opened
    from modtui.services.syncing import place_arrived

    with opened(settings) as (workspace, rulebook), _progress(progress_json) as report:
        _check_groups(order.markets, rulebook.catalog.market_groups)
        shown = _Shown()
        counts = run_import(workspace, rulebook.catalog, order, on_progress=report, on_problem=shown)
        place_arrived(workspace)
        if progress_json:
            put_json({"done": counts.as_json(), "rejects": counts.rejects and str(counts.rejects)})
        sketching = sketch_after_import(workspace)
        build_search_index(workspace)
        if sketching is not None:
            sketching.wait()
    if as_json:
        put_json(counts.as_json())
    elif not progress_json:
        parts = (f"{name.replace('_', ' ')} {value:,}" for name, value in counts.as_json().items() if name != "rows")
        say(f"{number_of(counts.rows, 'row')} in {order.queue}: {', '.join(parts)}")
    if counts.rejected:
        say(f"The rejected rows are in {counts.rejects}, with line and reason.")
    if counts.rejected == counts.rows > 0 and not progress_json:
        ctx.exit(1)  # nothing came in: a script must not go on as if something had


class _Shown:
    """Says the first problems one by one and counts the rest."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, problem: object) -> None:
        self.count += 1
        if self.count <= SHOWN_PROBLEMS:
            say(str(problem)[:500])
        elif self.count == SHOWN_PROBLEMS + 1:
            say("... more in the rejects file")


@contextmanager
def _progress(as_json: bool) -> Iterator[Report | None]:
    """A bar on a terminal, JSON lines for a program, nothing in a pipe."""
    if as_json:

        def tell(progress: ImportProgress) -> None:
            told = {"rows": progress.rows, "stored": progress.stored}
            put_json(told | {"bytes": progress.bytes_read, "total": progress.bytes_total})

        yield tell
        return
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, markup=False, highlight=False)
    columns = (TextColumn("{task.fields[name]}", markup=False), BarColumn(), TextColumn("{task.fields[rows]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def draw(progress: ImportProgress) -> None:
            if progress.file not in tasks:
                name = safe(Path(progress.file).name)[:40]
                tasks[progress.file] = bar.add_task("", total=progress.bytes_total, name=name, rows="")
            bar.update(tasks[progress.file], completed=progress.bytes_read, rows=number_of(progress.rows, "row"))

        yield draw


def _mapping(name: str | None) -> Any:
    if name is None:
        return None
    from modtui.files.mapping_file import find_mapping
    from modtui.services.shipped import shipped

    return find_mapping(name, shipped("data/mappings"))


def _markets(text: str | None) -> tuple[str, ...]:
    from modtui.domain.markets import normal_market

    codes = [part for part in (text or "").replace(",", " ").split() if part]
    for code in codes:
        if normal_market(code) is None and not code.isupper():
            raise ModtuiError("Unknown market", f"'{code}' is no market.", "Use codes such as FR, US-NY, or a group.")
    return tuple(normal_market(code) or code for code in codes)


def _check_groups(markets: tuple[str, ...], groups: Collection[str]) -> None:
    """Refuse what is neither a market nor a group of the catalog: its ads would be ruled by no country's rows."""
    from modtui.domain.markets import normal_market
    from modtui.domain.suggestions import did_you_mean

    for name in markets:
        if normal_market(name) is None and name not in groups:
            hint = f"Use codes such as FR, US-NY, or a group.{did_you_mean(name, groups)}"
            raise ModtuiError("Unknown market", f"'{name}' is no market and no group of the catalog.", hint)


def _guessed(path: str) -> str:
    from modtui.files.mapping_guess import guess_for_file

    return guess_for_file(path)
