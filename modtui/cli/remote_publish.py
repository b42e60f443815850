"""`modtui remote publish`: what the lead puts before the team."""

from __future__ import annotations

import click

from modtui.cli.common import put_json, say, settings_of
from modtui.cli.remote_address import remote_option
from modtui.errors import ModtuiError

carried_option = click.option(
    "--carried", is_flag=True, help="Send it nowhere: keep it here for `modtui sync --to-file` to take along."
)


@click.group()
def publish() -> None:
    """Put queues, the catalog and briefings before the team."""


@publish.command(epilog="For example: modtui remote publish queue eu-weekly --double 10%")
@click.argument("name")
@remote_option
@carried_option
@click.option("--double", default="0", help="The share of ads that two review blind, such as 10%.")
@click.option("--skill", "skills", multiple=True, help="Only reviewers with this skill are given them.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_context
def queue(
    ctx: click.Context,
    name: str,
    remote: str | None,
    carried: bool,
    double: str,
    skills: tuple[str, ...],
    as_json: bool,
) -> None:
    """Hand out the ads of a queue that nobody has decided. Repeating it adds what is new or has changed.

    The team's database gives each ad to one reviewer (`modtui remote lease`); a folder gives all of them to everybody.
    """
    from modtui.cli.progress_bar import counting
    from modtui.cli.workplace import opened
    from modtui.services.boards import opened_board
    from modtui.services.publishing import Handing, send_queue

    settings = settings_of(ctx)
    handing = Handing(_share(double), skills)
    with (
        opened(settings, create=False) as (workspace, rulebook),
        opened_board(workspace, remote, is_carried=carried) as board,
        counting("publishing") as on_progress,
    ):
        counts = send_queue(workspace, board, rulebook, name, settings.reviewer, handing, on_progress)
    if as_json:
        put_json({field: getattr(counts, field) for field in counts.__struct_fields__})
        return
    say(f"{counts.new:,} new, {counts.new_versions:,} with other content, {counts.unchanged:,} as they were.")


@publish.command(epilog="For example: modtui remote publish catalog --policies policies.yaml")
@remote_option
@carried_option
@click.option("--json", "as_json", is_flag=True, help="Print the version and whether it is new there.")
@click.pass_context
def catalog(ctx: click.Context, remote: str | None, carried: bool, as_json: bool) -> None:
    """Make a catalog the team's: it arrives with each reviewer's next sync."""
    from modtui.cli.workplace import opened
    from modtui.services.boards import opened_board
    from modtui.services.publishing import send_catalog

    settings = settings_of(ctx)
    with opened(settings) as (workspace, rulebook), opened_board(workspace, remote, is_carried=carried) as board:
        is_new = send_catalog(workspace, board, rulebook, settings.reviewer)
    version = rulebook.catalog.version
    if as_json:
        put_json({"version": version, "hash": rulebook.catalog.hash, "is_new": is_new})
        return
    say(f"Catalog {version} is the team's now." if is_new else f"Catalog {version} was there already.")


@publish.command(epilog="For example: modtui remote publish briefings --policies policies.yaml")
@remote_option
@carried_option
@click.option("--json", "as_json", is_flag=True, help="Print how many there are now.")
@click.pass_context
def briefings(ctx: click.Context, remote: str | None, carried: bool, as_json: bool) -> None:
    """Put the briefings of your catalog into the team's, in place of those in it. Its rules stay as they are."""
    from modtui.cli.workplace import opened
    from modtui.services.boards import opened_board
    from modtui.services.publishing import send_briefings

    settings = settings_of(ctx)
    with opened(settings) as (workspace, rulebook), opened_board(workspace, remote, is_carried=carried) as board:
        count = send_briefings(board, rulebook, settings.reviewer)
    if as_json:
        put_json({"briefings": count})
        return
    say(f"The team's catalog has {count:,} briefings now.")


def _share(text: str) -> float:
    """`10%` or `0.1`, between nothing and all."""
    number, percent, _ = text.strip().partition("%")
    try:
        share = float(number) / (100 if percent else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ModtuiError("Not a share", f"'{text}' is none.", "Such as --double 10% or --double 0.1.")
    return share
