"""`modtui remote`: the table of its commands, each in a module of its own."""

from __future__ import annotations

import click

from modtui.cli.lazy_group import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "add": ("modtui.cli.sync:add", "Name a place to sync with: a folder, an object store, a database."),
    "list": ("modtui.cli.sync:list_", "List the remotes, and what is unsynced."),
    "remove": ("modtui.cli.sync:remove", "Forget a remote."),
    "init": ("modtui.cli.remote_team:init", "Make the tables and roles of a team in a PostgreSQL database."),
    "publish": ("modtui.cli.remote_publish:publish", "Put queues, the catalog and briefings before the team."),
    "people": ("modtui.cli.remote_team:people", "List the reviewers, and say who is given which ads."),
    "lease": ("modtui.cli.remote_lease:lease", "Take ads to review, and settle those you have."),
    "status": ("modtui.cli.remote_team:status", "Show what is open, leased and done."),
}
"Name to where the command is and its line in the help."


@click.group(cls=LazyGroup, table=COMMANDS)
def remote() -> None:
    """Share work with a team: where to sync to, what is handed out, and to whom."""
