"""`modtui remote lease`: take ads to review from the team, and say how many to have at hand from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modtui.cli.common import put_json, say, settings_of
from modtui.cli.remote_address import remote_option, team_at
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from modtui.services.leasing import LeaseReport


@click.command(epilog="For example: modtui remote lease --take 200 --hours 8")
@remote_option
@click.option("--take", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Ads to have at hand.")
@click.option("--hours", type=click.FloatRange(0.05, 24 * 14), default=0.5, show_default=True, help="For how long.")
@click.option("--queue", "queues", multiple=True, help="From this queue only; may be given again.")
@click.option("--return", "give_back", is_flag=True, help="Give back what is not decided, and take no more.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_context
def lease(
    ctx: click.Context, remote: str | None, take: int, hours: float, queues: tuple[str, ...], give_back: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Take ads from the team to review them here, also where there is no network.

    From then on each sync ends the leases of what you decided, hands what you skipped to others, renews the rest, and
    takes ads until so many are at hand again. When a lease runs out the ad goes to somebody else; what you decide all
    the same is kept, beside theirs. --hours says for how long you go without a sync.
    """
    from modtui.cli.workplace import opened
    from modtui.services.leasing import return_all
    from modtui.services.syncing import only_sync
    from modtui.services.team_work import Wish, keep_wish, settle_alone, wishing

    settings = settings_of(ctx)
    with (
        opened(settings) as (workspace, _),
        team_at(remote, workspace) as (name, connection),
        only_sync(workspace.path),
    ):
        if give_back:
            keep_wish(workspace, None)
            count = return_all(workspace, connection, name)
            put_json({"given_back": count}) if as_json else say(f"{number_of(count, 'ad')} given back.")
            return
        wish = Wish(settings.reviewer, take, round(hours * 3600), queues)
        with wishing(workspace, wish):
            report = settle_alone(workspace, connection)
    if as_json:
        put_json({field: getattr(report, field) for field in report.__struct_fields__})
        return
    tell_work(report)


def tell_work(report: LeaseReport) -> None:
    """What became of the leases, in lines; nothing where no work was ever taken."""
    if not any(getattr(report, field) for field in report.__struct_fields__):
        return
    say(
        f"{number_of(report.mine, 'ad')} at hand, {report.taken:,} of them new; "
        f"{number_of(report.open_left, 'review is', 'reviews are')} open to somebody."
    )
    if not report.mine and report.open_left:
        say("None of those is for you: you had your say on them, passed them over, or they ask for others.")
    lines = (
        (report.closed, "ended by decisions."),
        (report.late, "of them came late: the ad was another's by then, or decided already. All decisions stand."),
        (report.given_back, "skipped, and given to others."),
        (report.gone, "not at hand any more: run out, or ended elsewhere."),
        (report.unreadable, "could not be read here and went back: an altered row, or a newer modtui."),
    )
    for count, words in lines:
        if count:
            say(f"{count:,} {words}")
