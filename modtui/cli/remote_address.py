"""The option that names the team's database, and opening it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from psycopg import Connection

    from modtui.services.settings import Settings
    from modtui.store.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


def remote_option(function: F) -> F:
    """`--remote`: the name of a remote of the workspace, or an address."""
    return click.option(
        "--remote",
        envvar="MODTUI_REMOTE",
        help="The name of a remote of the team, or its address; else the first there is. [MODTUI_REMOTE]",
    )(function)


@contextmanager
def known_workspace(settings: Settings) -> Iterator[Workspace | None]:
    """The workspace, if there is one: it knows remotes by name."""
    from modtui.cli.workplace import opened_workspace

    if not settings.workspace.exists():
        yield None
        return
    with opened_workspace(settings) as workspace:
        yield workspace


@contextmanager
def team_at(remote: str | None, workspace: Workspace | None = None) -> Iterator[tuple[str, Connection]]:
    """The team's name and a connection to its database."""
    from modtui.services.syncing import POSTGRES
    from modtui.services.team import opened_team

    with opened_team(_address(remote, workspace, POSTGRES), workspace) as found:
        yield found


def _address(remote: str | None, workspace: Workspace | None, schemes: tuple[str, ...]) -> str:
    """The address that is given, or that of a remote the workspace knows."""
    from modtui.services.syncing import find_remote

    if remote and remote.startswith(schemes):
        return remote
    if workspace is None:
        raise ModtuiError(
            "No remote named", "Which database is meant was not said.", "Give --remote postgresql://HOST/DATABASE."
        )
    address = find_remote(workspace, remote or None).address
    if not address.startswith(schemes):
        raise ModtuiError(
            "Hands out no work", f"{address} is a folder: it leases nothing to anybody.", "Name a PostgreSQL remote."
        )
    return address
