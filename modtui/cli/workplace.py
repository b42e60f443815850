"""Opening what most commands work on: the workspace and its catalog."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modtui.services.catalogs import Rulebook, load_rulebook, load_team_rulebook
from modtui.services.clock import wall_clock
from modtui.services.shipped import shipped
from modtui.store.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from modtui.services.settings import Settings


@contextmanager
def opened(settings: Settings, *, create: bool = True) -> Iterator[tuple[Workspace, Rulebook]]:
    """The workspace and the catalog of these settings, closed again at the end."""
    with open_workspace(settings.workspace, wall_clock(), create=create) as workspace:
        team = None if settings.policies else load_team_rulebook(workspace)
        yield (
            workspace,
            team or load_rulebook(settings.policies or shipped("policies.yaml"), workspace, wall_clock()),
        )


@contextmanager
def opened_workspace(settings: Settings) -> Iterator[Workspace]:
    """A workspace that is there already."""
    with open_workspace(settings.workspace, wall_clock(), create=False) as workspace:
        yield workspace
