"""`modtui remote init`, `people` and `status`: a team's database, who is in the team, and how far its work is."""

from __future__ import annotations

import re

import click

from modtui.cli.common import put, put_json, say, settings_of
from modtui.cli.remote_address import known_workspace, remote_option, team_at
from modtui.errors import ModtuiError

EVENT_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@click.command(epilog="For example: modtui remote init postgresql://db.example/ads --team eu_ads")
@click.argument("address")
@click.option("--team", required=True, help="The team's name: a-z, 0-9 and _.")
@click.option("--json", "as_json", is_flag=True, help="Print the roles as JSON.")
def init(address: str, team: str, as_json: bool) -> None:
    """Make the tables and roles of a team in a PostgreSQL database. Repeating it is harmless.

    The login needs to create a schema and roles; nobody works under it afterwards. The password comes from PGPASSWORD,
    ~/.pgpass or a service file, never from the address.
    """
    from modtui.remotes.postgres_connection import connect, transact
    from modtui.remotes.postgres_schema import create_tables

    with connect(address) as connection:
        roles = transact(connection, lambda within: create_tables(within, team))
    if as_json:
        put_json({"team": team, "roles": roles})
        return
    say(f"The database is ready for the team {team}. Let people in with their roles; for example, in psql:")
    put(f"CREATE ROLE amina LOGIN;\nGRANT {roles[0]} TO amina;\n\\password amina")
    say("The last line asks for the password that amina will log in with, twice, and keeps it out of the server's log.")
    say(f"There are {', '.join(roles)}.")


@click.command(
    epilog="For example: modtui remote people\n\nOr: modtui remote people amina --markets FR,BE --languages fr --cap 50"
)
@click.argument("name", required=False)
@remote_option
@click.option("--login", help="Their login in the database; the name when not given.")
@click.option("--markets", help="Ads for any of these markets only, such as FR,BE.")
@click.option("--languages", help="Ads all of whose languages are among these only, such as fr,en.")
@click.option("--families", help="Ads that any of these policy families is lit for only.")
@click.option("--skills", help="What they can do, such as video,legal: some queues ask for it.")
@click.option("--cap", type=click.IntRange(0, 10_000), default=200, show_default=True, help="Ads at a time.")
@click.option("--strike", is_flag=True, help="Forget what was said of them: they are given any ad again.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_context
def people(
    ctx: click.Context, name: str | None, remote: str | None, login: str | None, markets: str | None,
    languages: str | None, families: str | None, skills: str | None, cap: int, strike: bool, as_json: bool,
) -> None:  # fmt: skip
    """List the reviewers, and say who is given which ads.

    What is left out restricts nothing, but for skills: ads that ask for one go to those who have it.
    """
    from modtui.remotes import postgres_published as published

    if name is None and (strike or any((login, markets, languages, families, skills))):
        raise ModtuiError("Nobody named", "Whom this is about was not said.", "modtui remote people NAME --markets FR")
    with known_workspace(settings_of(ctx)) as workspace, team_at(remote, workspace) as (_, connection):
        if name is not None and strike:
            published.strike(connection, name)
        elif name is not None:
            markets_named = _names(markets, str.upper)
            person = published.Person(
                name, login or name, markets_named, _names(languages, str.lower), _names(families), _names(skills), cap
            )
            published.enlist(connection, person)
        listed = published.people(connection)
    if as_json:
        put_json([{field: getattr(each, field) for field in each.__struct_fields__} for each in listed])
        return
    for each in listed:
        put(f"{each.name:<16} {each.cap:>5} at a time  {_restrictions(each)}")
    if not listed:
        say("Nobody is listed: everybody is given any ad that asks for no skill.")


def _names(text: str | None, spell: type[str] | object = None) -> tuple[str, ...]:
    parts = tuple(part for part in (text or "").replace(",", " ").split() if part)
    return tuple(spell(part) for part in parts) if callable(spell) else parts


def _restrictions(person: object) -> str:
    found = (
        f"{field} {','.join(getattr(person, field))}"
        for field in ("markets", "languages", "families", "skills")
        if getattr(person, field)
    )
    return " · ".join(found) or "any ad"


@click.command(epilog="For example: modtui remote status")
@remote_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def status(ctx: click.Context, remote: str | None, as_json: bool) -> None:
    """Show what is open, leased and done, queue by queue, in pieces of work: an ad under double review is two.

    An ad that everybody who may have it has passed over is named, with their reasons: nobody is given it any more.
    """
    from modtui.remotes.postgres_leases import queue_states
    from modtui.remotes.postgres_passed import passed_by_everybody
    from modtui.remotes.postgres_published import newest_catalog

    with known_workspace(settings_of(ctx)) as workspace, team_at(remote, workspace) as (name, connection):
        states, catalog = queue_states(connection), newest_catalog(connection)
        passed = passed_by_everybody(connection)
    if as_json:
        queues = [{field: getattr(each, field) for field in each.__struct_fields__} for each in states]
        stuck = [
            {"queue": each.queue, "source": each.source, "ad": each.ad_id, "passes": dict(each.passes)}
            for each in passed
        ]
        version = catalog.version if catalog else None
        put_json({"remote": name, "catalog": version, "queues": queues, "passed_by_everybody": stuck})
        return
    say(f"Catalog {catalog.version}, published by {catalog.published_by}." if catalog else "No catalog is published.")
    for each in states:
        put(f"{each.queue:<24} {each.open:>8,} open  {each.leased:>6,} leased  {each.done:>8,} done")
    if not states:
        say("No queue is published: `modtui remote publish queue NAME` does it.")
    for each_ad in passed:
        whose = ", ".join(f"{reviewer} ({_pass_words(reason)})" for reviewer, reason in each_ad.passes)
        put(f"{each_ad.queue:<24} {each_ad.ad_id}: passed by everybody: {whose}")
    if passed:
        say("Nobody is given those again. `modtui remote lease` takes them yourself; `modtui remote people NAME` lists")
        say("one more reviewer, or says anew what one may be given.")


def _pass_words(reason: str) -> str:
    """Why somebody is not given an ad: their reason to skip it, or the decision by which they had their say."""
    return "decided first" if EVENT_ID.fullmatch(reason) else reason
