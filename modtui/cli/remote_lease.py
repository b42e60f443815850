"""`modtui remote lease`: take ads to review from the team, and settle those at hand."""

from __future__ import annotations

import click

from modtui.cli.common import put_json, say, settings_of
from modtui.cli.remote_address import remote_option, team_at


@click.command(epilog="For example: modtui remote lease --take 200 --hours 8 --remote postgresql://db.example/ads")
@remote_option
@click.option("--take", type=click.IntRange(0, 10_000), default=20, show_default=True, help="Ads to have at hand.")
@click.option("--hours", type=click.FloatRange(0.05, 24 * 14), default=0.5, show_default=True, help="For how long.")
@click.option("--queue", "queues", multiple=True, help="From this queue only; may be given again.")
@click.option("--return", "give_back", is_flag=True, help="Give back what is not decided, and take nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_context
def lease(
    ctx: click.Context, remote: str | None, take: int, hours: float, queues: tuple[str, ...], give_back: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Take ads to review, also where there is no network, and settle those you have.

    What you decided ends its lease once it is synced, what you skipped goes to others, the rest is renewed, and then
    ads are taken until so many are at hand. When a lease runs out the ad goes to somebody else; what you decide all the
    same is kept, beside theirs.
    """
    from modtui.cli.workplace import opened
    from modtui.services.importing import escalation_labels
    from modtui.services.leasing import return_all, sync_leases
    from modtui.services.team_catalog import take_catalog

    settings = settings_of(ctx)
    with opened(settings) as (workspace, rulebook), team_at(remote, workspace) as (name, connection):
        if give_back:
            count = return_all(workspace, connection, name)
            put_json({"given_back": count}) if as_json else say(f"{count:,} ads given back.")
            return
        version = take_catalog(workspace, connection)
        labels = escalation_labels(rulebook.catalog)
        report = sync_leases(
            workspace, connection, name, settings.reviewer, wanted=take, seconds=round(hours * 3600), queues=queues,
            labels=labels,
        )  # fmt: skip
    if as_json:
        put_json({field: getattr(report, field) for field in report.__struct_fields__} | {"catalog": version})
        return
    if version:
        say(f"The team's catalog is {version} now.")
    say(
        f"{report.mine:,} ads at hand, {report.taken:,} of them new; {report.open_left:,} reviews are open to somebody."
    )
    if report.closed:
        say(f"{report.closed:,} ended by your decisions.")
    if report.late:
        say(f"{report.late:,} of them came late: another had the ad by then, and both decisions stand.")
    if report.gone:
        say(f"{report.gone:,} had run out and went to others.")
    if report.unreadable:
        say(f"{report.unreadable:,} could not be read here and went back: an altered row, or a newer modtui.")
