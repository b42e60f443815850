"""The option that names the team's database, and opening it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from psycopg import Connection

    from modtui.store.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


def remote_option(function: F) -> F:
    """`--remote`: the address of the team's database."""
    return click.option(
        "--remote",
        envvar="MODTUI_REMOTE",
        help="The team's database, postgresql://HOST/DATABASE. [MODTUI_REMOTE]",
    )(function)


@contextmanager
def team_at(remote: str | None, workspace: Workspace | None = None) -> Iterator[tuple[str, Connection]]:
    """The team's name and a connection to its database."""
    from modtui.services.team import opened_team

    if not remote:
        raise ModtuiError(
            "No remote named", "Which database is meant was not said.", "Give --remote postgresql://HOST/DATABASE."
        )
    with opened_team(remote, workspace) as found:
        yield found
