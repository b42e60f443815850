"""`modtui policies new`: begin a policy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from modtui.cli.common import say, settings_of
from modtui.cli.policies import catalog_in_use

NEW_HELP = """\
Print a policy to fill in: an entry with free keys, two checks and three worked examples, which passes the check as it
stands. ID is a new one like dating.sites: ids and keys of the catalog, and of every version this workspace used, are
never given again.

Without --into the entry is printed as a file that can lie in a folder of policy files. With it, it is added behind the
last policy of a file, put into a folder as a file of its own, or begins a new catalog.

\b
Examples:
  modtui policies new dating.sites
  modtui policies new dating.sites --into policies.yaml --owner "money desk"
"""


@click.command(help=NEW_HELP, short_help="Begin a policy: an entry to fill in.")
@click.argument("policy_id", metavar="ID")
@click.option("--into", type=click.Path(path_type=Path), metavar="PATH", help="A policy file or a folder of them.")
@click.option("--title", help="What reviewers see; made of the ID when not given.")
@click.option("--family", help="What it is grouped with; the ID's first part when not given.")
@click.option("--owner", help="Who looks after it.")
@click.pass_context
def new(
    ctx: click.Context, policy_id: str, into: Path | None, title: str | None, family: str | None, owner: str | None
) -> None:
    from modtui.cli.workplace import opened_workspace
    from modtui.services.policy_scaffold import add_entry, as_part, new_entry, used_in

    settings = settings_of(ctx)
    today = datetime.now(UTC).date().isoformat()
    ids, keys = used_in(catalog_in_use(ctx), None)
    if into is not None and into.exists() and (into.is_file() or any(into.glob("*.yaml"))):
        more_ids, more_keys = used_in(into, None)
        ids, keys = ids | more_ids, keys | more_keys
    if settings.workspace.exists():
        with opened_workspace(settings) as workspace:
            more_ids, more_keys = used_in(None, workspace)
            ids, keys = ids | more_ids, keys | more_keys
    named = {"title": title, "family": family, "owner": owner}
    entry = new_entry(policy_id, ids, keys, today, **{key: value for key, value in named.items() if value})
    if into is None:
        click.echo(as_part(entry), nl=False)
        return
    written = add_entry(entry, policy_id, into, today)
    say(f"Added {policy_id} to {written}. Fill it in, then `modtui policies check {into}`.")
