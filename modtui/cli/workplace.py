"""Opening what most commands work on: the workspace and its catalog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from modtui.cli.common import say as say_aside
from modtui.services.catalogs import Rulebook, load_rulebook, load_team_rulebook
from modtui.services.clock import wall_clock
from modtui.services.shipped import shipped
from modtui.store.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from modtui.services.settings import Settings


def opened_place(path: Path, *, create: bool = True) -> Workspace:
    """The workspace at a path, to be closed by a `with`; it is said when an older one is copied first."""

    def say(size: int) -> None:
        megabytes = f"{size / (1 << 20):,.1f} MB"
        say_aside(
            f"{path.name} is of an older modtui: keeping a copy of it ({megabytes}), then bringing it up to date ..."
        )

    return open_workspace(path, wall_clock(), create=create, on_copy=say)


@contextmanager
def opened(settings: Settings, *, create: bool = True) -> Iterator[tuple[Workspace, Rulebook]]:
    """The workspace and the catalog of these settings, closed again at the end."""
    with opened_place(settings.workspace, create=create) as workspace:
        team = None if settings.policies else load_team_rulebook(workspace)
        yield (
            workspace,
            team or load_rulebook(settings.policies or shipped("policies.yaml"), workspace, wall_clock()),
        )


@contextmanager
def opened_workspace(settings: Settings) -> Iterator[Workspace]:
    """A workspace that is there already."""
    with opened_place(settings.workspace, create=False) as workspace:
        yield workspace
