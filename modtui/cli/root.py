"""The `modtui` command as click sees it: its options, and subcommands that are imported only when they run."""

from __future__ import annotations

import click

from modtui import __version__
from modtui.cli.lazy_group import LazyGroup, shared_options
from modtui.cli.main import COMMANDS


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    params=shared_options(),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None},
    epilog="For example: modtui demo",
)
@click.version_option(__version__, message="modtui %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Review advertisements in a terminal.

    Without a command: the home screen, with queues, what is due and what is unsynced.
    """
    if ctx.invoked_subcommand is None:
        from modtui.cli.review import home

        ctx.invoke(home)
