"""`modtui policies`: the table of its commands, each in a module of its own, and the catalog they speak of."""

from __future__ import annotations

from pathlib import Path

import click

from modtui.cli.common import settings_of
from modtui.cli.lazy_group import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("modtui.cli.policies_check:check", "Report every mistake and run the examples."),
    "diff": ("modtui.cli.policies_diff:diff", "Say what another version of the catalog changes."),
    "matrix": ("modtui.cli.policies_matrix:matrix", "Print what a yes does, policy by market."),
    "new": ("modtui.cli.policies_new:new", "Begin a policy: an entry to fill in."),
    "replay": ("modtui.cli.policies_replay:replay", "Tell what another version would have done to past decisions."),
    "reports": ("modtui.cli.policies_reports:reports", "List the clauses that reviewers reported."),
    "search": ("modtui.cli.policies_reading:search", "Find policies and checks by words."),
    "show": ("modtui.cli.policies_reading:show", "Print a policy or a check, with its rows."),
}
"Name to where the command is and its line in the help."


@click.group(cls=LazyGroup, table=COMMANDS)
def policies() -> None:
    """Check, read and change the policy catalog."""


def catalog_in_use(ctx: click.Context) -> Path:
    """The file or folder of the catalog when the command names none: the settings', else the shipped one."""
    from modtui.services.shipped import shipped

    return settings_of(ctx).policies or shipped("policies.yaml")
