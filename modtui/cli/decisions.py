"""`modtui decisions`: what was decided, on the screen or in a pipe."""

from __future__ import annotations

from itertools import islice

import click

from modtui.cli.common import put, say, settings_of, standard_output

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
            export_jsonl(workspace, standard_output(), since=since)
        elif form == "csv":
            export_csv(workspace, standard_output(), since=since)
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
