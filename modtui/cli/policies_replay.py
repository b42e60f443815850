"""`modtui policies replay`: what another version of the catalog would have done to past decisions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import day_of, put, put_json, say, settings_of
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.services.replay_report import Kind, ReplayReport, Tally
    from modtui.services.replaying import ReplayProgress

REPLAY_HELP = """\
Hold every decision in force against another version of the catalog, NEW (a file or folder), by the answers it holds.

Three things are told. Decisions that would *flip*: another outcome, or another state of some market and age. Decisions
that *cannot be told*, because NEW asks what nobody answered for the ad: a check that is new or reworded; first those
whose ad lights it. Decisions that are *stale*: they rest on a row that has changed or is gone. The answers to reworded
questions are taken as they were given where a flip is worked out.

Each decision is ruled by its own day unless --as-of names another: a row that takes effect in future is seen only then.
--worklist makes a queue of these ads, flipped ones first, to be reviewed again under NEW. Nothing else is changed.

\b
Examples:
  modtui policies replay next/policies.yaml --since 2026-11-01
  modtui policies replay next/ --policy alcohol --market FR --json
  modtui policies replay next/ --as-of 2027-01-01 --worklist again-january
"""
KINDS = ("flipped", "lit", "stale", "shown")
MOST_ROWS = 12


@click.command(help=REPLAY_HELP, short_help="Tell what another version would have done to past decisions.")
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@click.option("--since", metavar="DATE", help="A date or time, UTC; decisions from then on.")
@click.option("--as-of", metavar="DATE", help="Rule all by this day instead of each by its own.")
@click.option(
    "--policy", "policies", multiple=True, metavar="ID", help="Only what this policy does, or those under it."
)
@click.option("--market", "markets", multiple=True, metavar="CODE", help="Only what happens in this market or group.")
@click.option("--samples", type=click.IntRange(0, 100), default=3, show_default=True, help="Ads shown of each kind.")
@click.option("--worklist", metavar="QUEUE", help="Make a queue of the ads to be reviewed again.")
@click.option("--only", "kinds", multiple=True, type=click.Choice(KINDS), help="What comes into the worklist. [all]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def replay(
    ctx: click.Context,
    new: Path,
    since: str | None,
    as_of: str | None,
    policies: tuple[str, ...],
    markets: tuple[str, ...],
    samples: int,
    worklist: str | None,
    kinds: tuple[str, ...],
    as_json: bool,
) -> None:
    from modtui.cli.workplace import opened_workspace
    from modtui.services.catalogs import catalog_at
    from modtui.services.replaying import ReplayOrder, replay_decisions

    order = ReplayOrder(
        since, day_of(as_of) if as_of else None, policies, tuple(code.upper() for code in markets), samples, worklist,
        kinds or KINDS,
    )  # fmt: skip
    catalog = catalog_at(new)
    with opened_workspace(settings_of(ctx)) as workspace, _progress() as tell:
        report = replay_decisions(workspace, catalog, order, on_progress=tell)
    if as_json:
        put_json(report.as_json())
        return
    _print(report)
    if worklist:
        left_out = number_of(report.moved_on, "has other content now and is", "have other content now and are")
        moved = f"; {left_out} left out" if report.moved_on else ""
        say(f"{number_of(report.queued, 'ad')} put into {worklist}{moved}.")
        say(f"Review them under the new version: modtui review {worklist} --policies {new}")


@contextmanager
def _progress() -> Iterator[Callable[[ReplayProgress], None] | None]:
    """A bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, markup=False, highlight=False)
    columns = (TextColumn("replaying"), BarColumn(), TextColumn("{task.fields[words]}", markup=False))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=None, words="")

        def draw(progress: ReplayProgress) -> None:
            words = f"{number_of(progress.done, 'decision')}, {progress.flipped:,} flip, {progress.asked:,} ask"
            bar.update(task, total=progress.total, completed=progress.done, words=words)

        yield draw


def _print(report: ReplayReport) -> None:
    _line(f"{number_of(report.decisions, 'decision')} in force under version {report.version}: {_headline(report)}.")
    _print_flips(report)
    _print_asks(report)
    if report.stale:
        _line(f"\nStale: {number_of(report.stale, 'decision')} on a row that has changed or is gone")
        _print_kinds(report.most_stale(), lambda kind: f"{kind.count:,}")
    for why, count in report.not_told.items():
        say(f"{number_of(count, 'decision was', 'decisions were')} left out: {why}.")
    if report.announced:
        rows = number_of(report.announced, "row takes", "rows take")
        say(f"{rows} effect later: --as-of {report.announced_from} shows what the first would do.")
    say(f"{report.ruled:,} ruled anew; {report.rate:,.0f} decisions a second.")


def _headline(report: ReplayReport) -> str:
    if not (report.flipped or report.asked or report.stale):
        return "nothing would change"
    return f"{report.flipped:,} would flip, {report.asked:,} cannot be told, {report.stale:,} stale"


def _print_flips(report: ReplayReport) -> None:
    if not report.flipped:
        return
    by_hand = f", {report.overridden:,} of them decided against the derivation" if report.overridden else ""
    _line(f"\nWould flip: {number_of(report.flipped, 'decision')} by the answers they have{by_hand}")
    _print_kinds(report.most_flipped(), lambda kind: f"{kind.count:,}")
    for name, tally in (
        ("policy", report.policies),
        ("market", report.markets),
        ("advertiser", report.advertisers),
    ):
        _print_tally(name, tally)


def _print_tally(name: str, tally: Tally) -> None:
    shown = [f"{each or 'not stated'} {count:,}" for each, count in tally.most(MOST_ROWS)]
    if shown:
        more = len(tally.counts) - len(shown)
        rest = f", and {more:,} more" if more > 0 else ""
        about = " (about: too many names to count each)" if tally.is_partial else ""
        _line(f"  by {name}: {', '.join(shown)}{rest}{about}")


def _print_asks(report: ReplayReport) -> None:
    if not report.asked:
        return
    already = f"; {report.flipped_and_asked:,} of them flip already" if report.flipped_and_asked else ""
    asked = number_of(report.asked, "decision")
    _line(f"\nCannot be told: {asked}, on {report.asked_lit:,} of them the ad lights the check{already}")
    _print_kinds(report.most_asked(), lambda kind: f"lit {kind.lit:,} of {kind.count:,}")


def _print_kinds(kinds: list[tuple[str, Kind]], figures: Callable[[Any], str]) -> None:
    for name, kind in kinds[:MOST_ROWS]:
        _line(f"  {name}: {figures(kind)}")
        for sample in kind.samples:
            _line(
                f"    {sample.source} {sample.ad_id} ({sample.advertiser or 'advertiser not stated'}): {sample.words}"
            )
    if len(kinds) > MOST_ROWS:
        _line(f"  and {len(kinds) - MOST_ROWS:,} more: --json has all")


def _line(text: str) -> None:
    from modtui.domain.text import reveal

    first, rest = ("\n", text[1:]) if text.startswith("\n") else ("", text)
    put(first + reveal(rest, "one"))
