"""`modtui conflicts`: decisions that stand against each other, side by side, and settling them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put, put_json, say, settings_of
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.domain.events import Event
    from modtui.services.conflicts import Conflict

WIDTH = 38


@click.command(
    epilog="For example: modtui conflicts\n\nOr: modtui conflicts ad-1842 --follow 2 --note 'the page shows it'"
)
@click.argument("ad", required=False)
@click.option("--queue", help="The queue, where an ad is in conflict in several.")
@click.option("--follow", help="Settle it: the number or id of the decision that is right.")
@click.option("--note", default="", help="Why, for those who decided otherwise; settling needs it.")
@click.option("--json", "as_json", is_flag=True, help="Print the conflicts as a JSON list.")
@click.pass_context
def conflicts(
    ctx: click.Context, ad: str | None, queue: str | None, follow: str | None, note: str, as_json: bool
) -> None:
    """Show ads on which decisions stand against each other, and settle one.

    Both decisions are kept. Settling adds an adjudication, by somebody who made none of them unless the setting
    `adjudication` says that anyone may.
    """
    from modtui.cli.workplace import opened_workspace
    from modtui.services.conflicts import adjudicate, find_conflict, list_conflicts

    settings = settings_of(ctx)
    if follow and not ad:
        raise click.UsageError("Name the ad whose conflict is to be settled.")
    with opened_workspace(settings) as workspace:
        if follow and ad:
            conflict = find_conflict(workspace, ad, queue)
            event = adjudicate(
                workspace, conflict, follow, settings.reviewer, note, who=settings.adjudication
            )  # fmt: skip
            outcome = event.body.get("outcome")
            put_json({"ad": ad, "outcome": outcome, "event": event.id}) if as_json else say(
                f"{ad}: {outcome}, by {event.actor}. The next sync tells the others."
            )
            return
        found = [find_conflict(workspace, ad, queue)] if ad else list_conflicts(workspace)
    if as_json:
        put_json([_as_json(each) for each in found])
        return
    for each in found:
        _show(each)
    how = "; settle one with `modtui conflicts AD --follow NUMBER`" if found else ""
    say(number_of(len(found), "conflict") + how)


def _show(conflict: Conflict) -> None:
    put(f"{conflict.item.ad_id}  in {conflict.item.queue}")
    columns = [_lines(number, verdict) for number, verdict in enumerate(conflict.verdicts, start=1)]
    for first in range(0, len(columns), 2):
        pair = columns[first : first + 2]
        for line in range(max(map(len, pair))):
            put("  " + " ".join((each[line] if line < len(each) else "").ljust(WIDTH) for each in pair).rstrip())
        put("")


def _lines(number: int, verdict: Event) -> list[str]:
    """A decision as a column: what, by whom and when, on which checks, and the words added to it."""
    findings = verdict.body.get("findings", ())
    checks = [str(each.get("check", "")) for each in findings if isinstance(each, dict)]
    comment = verdict.body.get("comment") or verdict.body.get("note") or ""
    lines = [f"{number}  {verdict.body.get('outcome', '')}", f"   {verdict.actor}  {verdict.at[:16]}"]
    lines += [f"   ✗ {check}" for check in checks] or ["   no findings"]
    lines += [f"   {comment}"] if comment else []
    return [line[:WIDTH] for line in lines]


def _as_json(conflict: Conflict) -> dict[str, Any]:
    return {
        "ad": conflict.item.ad_id,
        "source": conflict.item.source,
        "queue": conflict.item.queue,
        "decisions": [
            {"id": each.id, "actor": each.actor, "at": each.at, "kind": each.kind, "outcome": each.body.get("outcome"),
             "findings": each.body.get("findings", [])}
            for each in conflict.verdicts
        ],
    }  # fmt: skip
