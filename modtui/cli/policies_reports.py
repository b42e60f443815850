"""`modtui policies reports`: the clauses that reviewers marked as unclear, missing or wrong."""

from __future__ import annotations

import click

from modtui.cli.common import put, put_json, say, settings_of
from modtui.domain.plurals import number_of


@click.command(epilog="For example: modtui policies reports --since 2026-11-01 --policy alcohol.product")
@click.option("--since", help="A date or time, UTC; reports from then on.")
@click.option("--policy", "policy_id", default="", help="Only reports of this policy.")
@click.option("--all", "with_withdrawn", is_flag=True, help="Those that were taken back, too.")
@click.option("--withdraw", metavar="ID", help="Take back a report of your own instead of listing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a report.")
@click.pass_context
def reports(
    ctx: click.Context, since: str | None, policy_id: str, with_withdrawn: bool, withdraw: str | None, as_json: bool
) -> None:
    """List the clauses that reviewers reported, oldest first, with the ad each was seen at."""
    from modtui.cli.workplace import opened_workspace
    from modtui.services.clause_reports import list_reports, withdraw_report
    from modtui.services.exporting import moment_ms

    settings = settings_of(ctx)
    with opened_workspace(settings) as workspace:
        if withdraw is not None:
            taken_back = withdraw_report(workspace, settings.reviewer, withdraw)
            say(f"Taken back: {taken_back.report.kind}, {taken_back.report.check_id or taken_back.report.policy_id}")
            return
        shown = 0
        for found in list_reports(workspace, None if since is None else moment_ms(since), policy_id):
            if found.withdrawn and not with_withdrawn:
                continue
            shown += 1
            if as_json:
                put_json(found.as_json())
                continue
            report, ad = found.report, found.ad
            clause = report.check_id or report.policy_id or "no policy"
            place = f"  at {ad.source}/{ad.ad_id} {ad.content_hash[:12]}" if ad else ""
            gone = "  (taken back)" if found.withdrawn else ""
            put(f"{found.at[:16]}  {found.reviewer}  {report.kind}  {clause}  ({found.catalog_version}){place}{gone}")
            put(f"    {report.note or 'without a note'}   {found.event_id}")
    if not as_json:
        say(number_of(shown, "report"))
