"""`modtui policies check`: every mistake of a catalog, and its examples run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modtui.cli.common import put, put_json, say
from modtui.cli.policies import catalog_in_use

if TYPE_CHECKING:
    from modtui.files.strict_yaml import Problem
    from modtui.services.policy_checking import CheckReport

CHECK_HELP = """\
Read the policy catalog, report every mistake at once, and run its worked examples.

PATH is a policy file or a folder of them; without it the catalog in use is checked. Each mistake is one line on
standard output, `file:line:column: path: what is wrong`. Ends with 0 when the catalog is good, with 1 when it is not.

\b
Examples:
  modtui policies check
  modtui policies check policies/ --json | jq '.problems[0]'
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
PLURAL = {singular: plural for plural, singular in SINGULAR.items()} | {"mistake": "mistakes"}


@click.command(help=CHECK_HELP, short_help="Report every mistake and run the examples.")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check(ctx: click.Context, path: Path | None, as_json: bool) -> None:
    from modtui.services.policy_checking import check_catalog

    path = path or catalog_in_use(ctx)
    report = check_catalog(path, datetime.now(UTC).date().isoformat())
    if as_json:
        put_json(_as_json(report))
    else:
        _print(report)
    ctx.exit(0 if report.is_good else 1)


def _print(report: CheckReport) -> None:
    from modtui.domain.text import reveal

    for problem in (*report.problems, *report.example_failures):
        put(reveal(str(problem), "one"))
    if report.problems:
        say(_count(len(report.problems), "mistake") + ". The examples run once there is none.")
        return
    say(", ".join(_count(number, SINGULAR[noun]) for noun, number in report.counts.items()))
    failed = len({(each.file, each.line, each.column) for each in report.example_failures})
    if failed:
        say(f"{_count(failed, 'example')} of {report.counts['examples']} did not come out as they say.")
    else:
        say(f"Version {report.version} is good: every example comes out as it says.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else PLURAL[noun]}"


def _as_json(report: CheckReport) -> dict[str, object]:
    return {
        "good": report.is_good,
        "version": report.version,
        "counts": dict(report.counts),
        "problems": [_problem_json(problem) for problem in report.problems],
        "example_failures": [_problem_json(problem) for problem in report.example_failures],
    }


def _problem_json(problem: Problem) -> dict[str, object]:
    return problem._asdict()
