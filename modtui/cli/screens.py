"""Builds the app: its session, its keymap, and the places it can go to. Imported only when screens are drawn."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from modtui.cli.own_keymap import keymap_of
from modtui.services.catalog_watch import CatalogWatch
from modtui.services.review_session import ReviewSession
from modtui.services.settings import Settings
from modtui.store.workspace import Workspace
from modtui.tui.app import ModtuiApp
from modtui.tui.terminal.latency import Link

if TYPE_CHECKING:
    from textual.screen import Screen

    from modtui.services.background_import import BackgroundImport
    from modtui.services.exposure import CareBook
    from modtui.services.media import MediaRoom
    from modtui.services.workbench import Workbench


def build_app(
    workspace: Workspace,
    catalogs: CatalogWatch,
    settings: Settings,
    session: ReviewSession | None,
    importing: BackgroundImport | None,
    link: Link,
) -> ModtuiApp:
    """The app for these settings, on the review screen of the session or on the home screen."""

    # What only home and lists need is imported when one of them opens: it is no part of the way to the first ad.
    @cache
    def bench() -> Workbench:
        from modtui.services.workbench import Workbench

        return Workbench(
            workspace, catalogs.rulebook, settings.reviewer, settings.second_review, settings.adjudication,
            catalogs=catalogs,
        )  # fmt: skip

    def home() -> Screen[None]:
        from modtui.tui.screens.home import HomeScreen

        return HomeScreen(bench())

    def ads() -> Screen[None]:
        from modtui.tui.screens.ad_list import AdListScreen

        # Of the queue that is under review when the list is asked for.
        return AdListScreen(bench(), getattr(app.session, "queue", None))

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

    app = ModtuiApp(
        session=session,
        keymap=keymap_of(settings),
        theme=settings.theme,
        places={"home": home, "list": ads, "practice": practice},
        link=link,
        importing=importing,
        reorder=settings.reorder,
        media=None if link.graphics.kind == "none" else media,
        care=care,
    )
    return app
