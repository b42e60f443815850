"""Builds the app for practice: as for review, with the workspace's own catalog read only when home is opened."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from modtui.cli.own_keymap import keymap_of
from modtui.services.practising import PracticeSession
from modtui.services.settings import Settings
from modtui.store.workspace import Workspace
from modtui.tui.app import ModtuiApp
from modtui.tui.terminal.latency import Link

if TYPE_CHECKING:
    from textual.screen import Screen

    from modtui.services.exposure import CareBook
    from modtui.services.media import MediaRoom
    from modtui.services.workbench import Workbench


def build_practice_app(
    workspace: Workspace, settings: Settings, session: PracticeSession | None, link: Link
) -> ModtuiApp:
    """The app on the review screen of a practice session."""

    @cache
    def bench() -> Workbench:
        from modtui.services.catalog_watch import CatalogWatch
        from modtui.services.catalogs import load_rulebook
        from modtui.services.clock import wall_clock
        from modtui.services.shipped import shipped
        from modtui.services.workbench import Workbench

        path = settings.policies or shipped("policies.yaml")
        rulebook = load_rulebook(path, workspace, wall_clock())
        catalogs = CatalogWatch(path, workspace, rulebook)
        return Workbench(workspace, rulebook, settings.reviewer, settings.second_review, catalogs=catalogs)

    def home() -> Screen[None]:
        from modtui.tui.screens.home import HomeScreen

        return HomeScreen(bench())

    def practice() -> Screen[None]:
        from modtui.services.drill_opening import DrillOpening
        from modtui.services.shipped import shipped
        from modtui.tui.screens.practice_list import PracticeList

        drills = DrillOpening(workspace, settings.policies or shipped("policies.yaml"), settings.reviewer)
        return PracticeList(bench(), drills)

    def media() -> MediaRoom:
        from modtui.services.media import media_room

        return media_room(workspace, cache_mb=settings.media_cache_mb)

    def care() -> CareBook:
        from modtui.services.exposure import CareBook

        return CareBook(workspace, settings.reviewer)

    shown = None if link.graphics.kind == "none" else media
    return ModtuiApp(
        session=session, keymap=keymap_of(settings), theme=settings.theme,
        places={"home": home, "practice": practice}, link=link, reorder=settings.reorder, media=shown, care=care,
    )  # fmt: skip
