"""Builds the app: its session, its keymap, and the places it can go to. Imported only when screens are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modtui.cli.keys import keymap_of
from modtui.services.catalogs import Rulebook
from modtui.services.review_session import ReviewSession
from modtui.services.settings import Settings
from modtui.services.workbench import Workbench
from modtui.store.workspace import Workspace
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.ad_list import AdListScreen
from modtui.tui.screens.home import HomeScreen
from modtui.tui.terminal.latency import Link

if TYPE_CHECKING:
    from modtui.services.background_import import BackgroundImport


def build_app(
    workspace: Workspace,
    rulebook: Rulebook,
    settings: Settings,
    session: ReviewSession | None,
    importing: BackgroundImport | None,
    link: Link,
) -> ModtuiApp:
    """The app for these settings, on the review screen of the session or on the home screen."""
    bench = Workbench(workspace, rulebook, settings.reviewer, settings.second_review)
    app = ModtuiApp(session=session, keymap=keymap_of(settings.keymap), theme=settings.theme, link=link)
    # The list is that of the queue under review.
    app.places |= {
        "home": lambda: HomeScreen(bench),
        "list": lambda: AdListScreen(bench, getattr(app.session, "queue", None)),
    }
    return app
