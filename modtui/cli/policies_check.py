"""`modtui policies check`: every mistake of a catalog, and its examples run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modtui.cli.common import day_of, put, put_json, say, settings_of
from modtui.cli.policies import catalog_in_use
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.files.strict_yaml import Problem
    from modtui.services.policy_checking import CheckReport
    from modtui.store.workspace import Workspace

CHECK_HELP = """\
Read the policy catalog, report every mistake at once, and run its worked examples.

PATH is a policy file or a folder of them; without it the catalog in use is checked. Each mistake is one line on
standard output, `file:line:column: path: what is wrong`: what the reader refuses, checks that can never be asked, rows
that contradict themselves or one another, ids and keys that meant something else in a version this workspace used,
examples that come out otherwise than they say. Patterns that could run away are refused with them (RE2).

Warnings have the same form behind `warning:`: missing replies, checks no example tries, rows whose `review_by` has
passed, and, with --against, cues that match every ad or none. Ends with 0 when there is no mistake, or, with --strict,
nothing to tell at all, and else with 1.

\b
Examples:
  modtui policies check
  modtui policies check policies/ --strict --against eu-weekly
  modtui policies check policies.yaml --json | jq '.problems[0]'
"""

SINGULAR = {
    "files": "file",
    "policies": "policy",
    "checks": "check",
    "needs": "need",
    "rows": "row",
    "markets": "market",
    "examples": "example",
}


@click.command(help=CHECK_HELP, short_help="Report every mistake and run the examples.")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--against", metavar="QUEUE", help="Try the cues on the ads of this queue, or queue file.")
@click.option("--as-of", metavar="DATE", help="The day by which rows are due. [today]")
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check(
    ctx: click.Context, path: Path | None, against: str | None, as_of: str | None, strict: bool, as_json: bool
) -> None:
    from modtui.services.policy_checking import check_catalog

    path = path or catalog_in_use(ctx)
    today = day_of(as_of) if as_of else datetime.now(UTC).date().isoformat()
    with _workspace(ctx, is_needed=bool(against) and not Path(str(against)).exists()) as workspace:
        report = check_catalog(path, today, workspace=workspace, against=against)
    if as_json:
        put_json(_as_json(report))
    else:
        _print(report)
    ctx.exit(0 if report.is_good and not (strict and report.warnings) else 1)


@contextmanager
def _workspace(ctx: click.Context, *, is_needed: bool) -> Iterator[Workspace | None]:
    """The workspace, whose earlier catalogs are looked at, when there is one; a check works without."""
    from modtui.cli.workplace import opened_workspace

    settings = settings_of(ctx)
    if not is_needed and not settings.workspace.exists():
        yield None
        return
    with ExitStack() as stack:
        workspace = None
        try:
            workspace = stack.enter_context(opened_workspace(settings))
        except ModtuiError as error:
            if is_needed:
                raise
            say(f"Ids are not held against earlier versions: {error}")
        yield workspace


def _print(report: CheckReport) -> None:
    from modtui.domain.text import reveal

    for problem in (*report.problems, *report.example_failures):
        put(reveal(str(problem), "one"))
    for problem in report.warnings:
        put(reveal(str(problem._replace(message=f"warning: {problem.message}")), "one"))
    if not report.version:
        say(number_of(len(report.problems), "mistake") + ". The examples run once there is none.")
        return
    say(", ".join(number_of(number, SINGULAR[noun], noun) for noun, number in report.counts.items()))
    _sum_up(report)


def _sum_up(report: CheckReport) -> None:
    warned = f" {number_of(len(report.warnings), 'warning')}." if report.warnings else ""
    failed = _examples_in(report.example_failures)
    if failed:
        say(f"{number_of(failed, 'example')} of {report.counts['examples']} did not come out as they say.")
    if report.problems:
        say(f"{number_of(len(report.problems), 'mistake')}.{warned}")
    elif failed:
        say(warned.strip()) if warned else None
    else:
        say(f"Version {report.version} is good: every example comes out as it says.{warned}")


def _examples_in(failures: Sequence[Problem]) -> int:
    return len({(each.file, each.line, each.column) for each in failures})


def _as_json(report: CheckReport) -> dict[str, object]:
    return {
        "good": report.is_good,
        "version": report.version,
        "counts": dict(report.counts),
        "problems": [_problem_json(problem) for problem in report.problems],
        "example_failures": [_problem_json(problem) for problem in report.example_failures],
        "warnings": [_problem_json(problem) for problem in report.warnings],
    }


def _problem_json(problem: Problem) -> dict[str, object]:
    return problem._asdict()
