"""Groups of commands whose commands are imported only when they run, and the options every command takes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

Table = Mapping[str, tuple[str, str]]
"Name to where the command is (`module:name`) and its line in the help."


class LazyGroup(click.Group):
    """Lists commands from the table and imports the one that is called."""

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.table:
            return None
        module, _, name = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        known = {param.name for param in command.params}
        command.params += [option for option in shared_options() if option.name not in known]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.table:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.table, n=1)
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
