"""The `modtui` command as click sees it: its options, and subcommands that are imported only when they run."""

from __future__ import annotations

from importlib import import_module

import click

from modtui import __version__
from modtui.cli.main import COMMANDS


class LazyGroup(click.Group):
    """Lists commands from the table and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        known = {param.name for param in command.params}
        command.params += [option for option in shared_options() if option.name not in known]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"No such command '{args[0]}'." + (f" Did you mean '{near[0]}'?" if near else ""))
        return super().resolve_command(ctx, args)


def shared_options() -> list[click.Option]:
    """The options that may stand before or behind the name of a command."""

    def keep(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
        root = ctx.find_root()
        root.ensure_object(dict)
        if value is not None and param.name is not None:
            root.obj[param.name] = value

    names = (
        ("--workspace", "The workspace file. [MODTUI_WORKSPACE]"),
        ("--policies", "The policy catalog, a file or folder. [MODTUI_POLICIES]"),
        ("--reviewer", "The name decisions are made under. [MODTUI_REVIEWER]"),
    )
    return [click.Option([name], help=words, expose_value=False, callback=keep) for name, words in names]


@click.group(
    cls=LazyGroup,
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
