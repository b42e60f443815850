"""`modtui decisions` and `modtui export`: what was decided, on the screen and in files."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TextIO, cast

import click

from modtui.cli.common import put, put_json, say, settings_of

SHOWN = 50


@click.command(epilog="For example: modtui decisions --since 2026-11-20 --format csv")
@click.option("--since", help="A date or time, UTC; decisions from then on.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
@click.option("--limit", type=int, default=SHOWN, show_default=True, help="Rows of the table; 0 shows all.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format jsonl.")
@click.pass_context
def decisions(ctx: click.Context, since: str | None, form: str, limit: int, as_json: bool) -> None:
    """List decisions, oldest first, with those that were taken back marked."""
    from modtui.cli.workplace import opened_workspace
    from modtui.services.exporting import decision_events, export_csv, export_jsonl

    with opened_workspace(settings_of(ctx)) as workspace:
        if as_json or form == "jsonl":
            export_jsonl(workspace, _standard_output(), since=since)
        elif form == "csv":
            export_csv(workspace, _standard_output(), since=since)
        else:
            found = decision_events(workspace, since=since)
            shown = 0
            for event, standing in islice(found, limit or None):
                subject = event.subject
                checks = " ".join(each["check"] for each in event.body.get("findings", ()))
                gone = "" if standing or event.kind == "retraction" else "  (taken back)"
                outcome = event.body.get("outcome", event.kind)
                put(f"{event.at[:19]}  {event.actor}  {subject.ad_id if subject else ''}  {outcome}  {checks}{gone}")
                shown += 1
            rest = sum(1 for _ in found)
            say(f"{shown} shown, {rest} more with --limit 0" if rest else f"{shown} decisions and retractions")


@click.command(epilog="For example: modtui export csv -o decisions.csv --since 2026-11-01")
@click.argument("form", type=click.Choice(["jsonl", "csv"]), metavar="jsonl|csv")
@click.option("-o", "--output", default="-", show_default=True, help="The file to write; - is standard output.")
@click.option("--since", help="A date or time, UTC; decisions from then on.")
@click.option("--with-times", is_flag=True, help="Add the active time of each decision, which otherwise stays here.")
@click.option("--json", "as_json", is_flag=True, help="Print the count and the file as one JSON object.")
@click.pass_context
def export(ctx: click.Context, form: str, output: str, since: str | None, with_times: bool, as_json: bool) -> None:
    """Write decisions to a file: jsonl holds each record whole, csv a row that no spreadsheet runs."""
    from modtui.cli.workplace import opened_workspace
    from modtui.services.exporting import export_csv, export_jsonl, output_file

    write = export_csv if form == "csv" else export_jsonl
    with opened_workspace(settings_of(ctx)) as workspace:
        if output == "-" and sys.stdout.isatty():
            count = write(workspace, _standard_output(), since=since, with_times=with_times)
        else:
            with output_file(output) as out:
                count = write(workspace, out, since=since, with_times=with_times)
    if as_json and output != "-":
        put_json({"events": count, "file": output})
    else:
        say(f"{count} events written" + ("" if output == "-" else f" to {output}"))


def _standard_output() -> TextIO:
    return cast("TextIO", _SafeOut()) if sys.stdout.isatty() else sys.stdout


class _SafeOut:
    """Standard output on a terminal: what an export holds came from ads."""

    def write(self, text: str) -> int:
        put(text.rstrip("\r\n"))
        return len(text)
