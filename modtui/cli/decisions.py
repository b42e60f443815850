"""`modtui decisions`: what was decided, on the screen or in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modtui.cli.common import put, say, settings_of, standard_output
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.services.exporting import Some
    from modtui.store.workspace import Workspace

SHOWN = 50


@click.command(
    epilog="For example: modtui decisions --since 2026-11-20 --format csv\n\nOr: modtui decisions --newest --limit 20"
)
@click.option("--since", help="A date or time, UTC; decisions from then on.")
@click.option("--newest", is_flag=True, help="The newest first.")
@click.option("--after", default="", metavar="ID", help="Go on after the event of this id.")
@click.option("--limit", type=click.IntRange(0), help=f"At most so many; 0 gives all. A table shows {SHOWN}.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format jsonl.")
@click.pass_context
def decisions(
    ctx: click.Context, since: str | None, newest: bool, after: str, limit: int | None, form: str, as_json: bool
) -> None:
    """List decisions, one's own and others', in order of time, with those that were taken back marked.

    A table that leaves something out names the --after with which the next page begins. It costs the same for the last
    page as for the first.
    """
    from modtui.cli.workplace import opened_workspace
    from modtui.services.exporting import Some, export_csv, export_jsonl

    with opened_workspace(settings_of(ctx)) as workspace:
        if as_json or form == "jsonl":
            export_jsonl(workspace, standard_output(), since=since, some=Some(after, limit or None, newest))
        elif form == "csv":
            export_csv(workspace, standard_output(), since=since, some=Some(after, limit or None, newest))
        else:
            _table(workspace, since, Some(after, SHOWN if limit is None else limit or None, newest))


def _table(workspace: Workspace, since: str | None, some: Some) -> None:
    from msgspec.structs import replace

    from modtui.domain.side_by_side import dicts

    shown, last = 0, ""
    one_more = replace(some, limit=some.limit + 1 if some.limit else None)
    for event, standing in one_more.of(workspace, since):
        if shown == some.limit:
            say(f"{shown:,} shown; more with --after {last}, all with --limit 0")
            return
        subject = event.subject
        checks = " ".join(str(each.get("check", "")) for each in dicts(event.body.get("findings")))
        gone = "" if standing or event.kind == "retraction" else "  (taken back)"
        outcome = event.body.get("outcome", event.kind)
        put(f"{event.at[:19]}  {event.actor}  {subject.ad_id if subject else ''}  {outcome}  {checks}{gone}")
        shown, last = shown + 1, event.id
    say(number_of(shown, "decision or retraction", "decisions and retractions"))
