"""`modtui`, `modtui review` and `modtui demo`: the commands that open the screens, or the line-mode reviewer."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import say, settings_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.services.background_import import BackgroundImport
    from modtui.services.catalog_watch import CatalogWatch
    from modtui.services.review_session import ReviewSession
    from modtui.services.settings import Settings
    from modtui.store.workspace import Workspace

SLICE_HELP = "Only these ads: a slice kept in the list screen, or a filter such as `market:FR whisky`."


@click.command()
@click.pass_context
def home(ctx: click.Context) -> None:
    """The home screen: queues, what is due, what is held and asked."""
    _open(settings_of(ctx), None)


@click.command(epilog="For example: modtui review eu-weekly\n\nOr: modtui review ads.csv --mapping map.yaml")
@click.argument("what", required=False, metavar="[QUEUE|FILE]")
@click.option("--route", help="Review the ads that were escalated to this route, instead of a queue.")
@click.option("--slice", "slice_text", help=SLICE_HELP)
@click.option("--mapping", help="How a foreign file is read: a mapping file, or the name of a shipped one.")
@click.option("--plain", is_flag=True, help="Line by line, for screen readers and poor terminals.")
@click.option("--latency", type=int, metavar="MS", help="Round trip to the terminal; measured when not given.")
@click.option("--theme", help="The theme of the screens.")
@click.option("--graphics", metavar="auto|blocks|kitty|sixel|none", help="How pictures are drawn; auto finds out.")
@click.pass_context
def review(
    ctx: click.Context,
    what: str | None,
    route: str | None,
    slice_text: str | None,
    mapping: str | None,
    plain: bool,
    latency: int | None,
    theme: str | None,
    graphics: str | None,
) -> None:
    """Review a queue, or a file, ad by ad. A file is imported behind while its first ads are reviewed."""
    settings = settings_of(ctx, latency_ms=latency, theme=theme, graphics=graphics)
    options = ["--mapping", mapping] if mapping else []
    _open(settings, what, route=route, slice_text=slice_text, plain=plain, options=options)


@click.command(epilog="For example: modtui demo")
@click.option("--plain", is_flag=True, help="Line by line, for screen readers and poor terminals.")
@click.option("--latency", type=int, metavar="MS", help="Round trip to the terminal; measured when not given.")
@click.option("--theme", help="The theme of the screens.")
@click.option("--graphics", metavar="auto|blocks|kitty|sixel|none", help="How pictures are drawn; auto finds out.")
@click.pass_context
def demo(ctx: click.Context, plain: bool, latency: int | None, theme: str | None, graphics: str | None) -> None:
    """Review the shipped queue in a throw-away workspace: nothing of yours is touched."""
    import tempfile  # 14 ms that a review of one's own queue need not pay

    from msgspec.structs import replace

    from modtui.services.shipped import shipped

    settings = settings_of(ctx, latency_ms=latency, theme=theme, graphics=graphics)
    with tempfile.TemporaryDirectory(prefix="modtui-demo-") as folder:
        throw_away = replace(settings, workspace=Path(folder) / "demo.db", policies=None)
        _open(throw_away, str(shipped("data/demo/queue.jsonl")), queue="demo", plain=plain)


def _open(
    settings: Settings,
    what: str | None,
    *,
    queue: str | None = None,
    route: str | None = None,
    slice_text: str | None = None,
    plain: bool = False,
    options: list[str] | None = None,
) -> None:
    """Open the workspace, start an import when a file is named, and hand the session to a reviewer's screen."""
    gc.disable()  # Start-up makes much and drops little; the app, or the line mode, turns it on again.
    from modtui.cli.workplace import opened
    from modtui.services.catalog_watch import CatalogWatch
    from modtui.services.shipped import shipped

    if not plain:
        from modtui.tui.terminal.requirements import require_terminal

        require_terminal()
    # An empty workspace is made here, so that the import beside us finds it ready.
    with opened(settings) as (workspace, rulebook):
        rules = settings.policies or shipped("policies.yaml")
        catalogs = CatalogWatch(rules, workspace, rulebook, follows_team=settings.policies is None)
        name, path = _queue_or_file(workspace, what, queue)
        importing = _start_import(path, name, settings, options or []) if path and name else None
        try:
            session = None
            if name is not None or route is not None:
                session = _session(workspace, catalogs, name, settings, route, slice_text, plain)
            if plain:
                _review_plainly(session, importing, settings)
                _give_back(workspace, settings.sync_minutes)
            else:
                with _twins_behind(workspace), _sync_behind(workspace, settings.sync_minutes):
                    _run_screens(workspace, catalogs, settings, session, importing)
        except SystemExit as end:
            if not end.code:  # an orderly quit has the time; a signal has not
                from modtui.services.care import back_up_when_due

                back_up_when_due(workspace)
            raise
        finally:
            if importing is not None:
                importing.stop()


@contextmanager
def _twins_behind(workspace: Workspace) -> Iterator[None]:
    """Have the tables of near-identical ads kept up to date meanwhile."""
    from modtui.services.twins_behind import TwinsBehind

    if workspace.is_read_only:
        yield
        return
    behind = TwinsBehind(workspace)
    behind.start()
    try:
        yield
    finally:
        behind.stop()


@contextmanager
def _sync_behind(workspace: Workspace, minutes: int) -> Iterator[None]:
    """Have what is decided sent to the team meanwhile, and at the end what is not decided given back to it."""
    from modtui.services.sync_behind import LEAVE_SECONDS, SyncBehind

    behind = SyncBehind(workspace, 0 if workspace.is_read_only else minutes)
    behind.start()
    wait = LEAVE_SECONDS
    try:
        yield
    except SystemExit as end:
        wait = 0 if end.code else wait  # a signal has not the time
        raise
    finally:
        behind.stop()
        if problem := behind.problem:
            say(f"The last sync with the team failed. {problem}")
        behind.leave(wait)


def _give_back(workspace: Workspace, minutes: int) -> None:
    """Have what the team leased and is not decided given back."""
    from modtui.services.sync_behind import SyncBehind

    SyncBehind(workspace, minutes).leave()


def _queue_or_file(workspace: Any, what: str | None, queue: str | None) -> tuple[str | None, str | None]:
    """The queue to review, and the file to import into it first."""
    if what is None:
        return None, None
    from modtui.store.queues import find_queue, list_queues

    with workspace.read() as connection:
        if queue is None and find_queue(connection, what) is not None:
            return what, None
        names = [each.name for each in list_queues(connection)]
    if Path(what).exists():
        from modtui.services.importing import queue_name_of

        return queue or queue_name_of(what), what
    there = f"The queues are {', '.join(names)}." if names else "There are no queues yet."
    raise ModtuiError("No such queue or file", f"'{what}' is neither.", f"{there} `modtui import FILE` makes one.")


def _start_import(path: str, queue: str, settings: Settings, options: list[str]) -> BackgroundImport:
    from modtui.services.background_import import BackgroundImport

    return BackgroundImport(path, queue, settings.workspace, options)


def _session(
    workspace: Any,
    catalogs: CatalogWatch,
    queue: str | None,
    settings: Settings,
    route: str | None,
    slice_text: str | None,
    plain: bool,
) -> ReviewSession:
    from modtui.services.review_session import ReviewSession

    if route is not None:
        _check_route(workspace, route, catalogs.rulebook.catalog.routes)
    slice_ = None
    if slice_text:
        from modtui.services.slices_saved import find_slice, read_filter

        kept = find_slice(workspace, slice_text)
        filter_ = kept.filter if kept else read_filter(slice_text)
        slice_ = filter_.slice_(catalogs.rulebook.catalog.market_groups)
    return ReviewSession(
        workspace,
        catalogs.rulebook,
        queue,
        settings.reviewer,
        slice_=slice_,
        route=route,
        second_review=settings.second_review,
        adjudication=settings.adjudication,
        catalogs=catalogs,
        fills_later=not plain,
    )


def _check_route(workspace: Any, route: str, named: Iterable[str]) -> None:
    """Refuse a route that the catalog does not name and no ad waits at: an empty queue would hide the slip."""
    if route in named:
        return
    from modtui.store.queues import escalated_routes

    with workspace.read() as connection:
        waiting = escalated_routes(connection)
    if route not in waiting:
        known = ", ".join(dict.fromkeys((*named, *waiting))) or "none"
        raise ModtuiError("No such route", f"No ad is escalated to '{route}'.", f"The routes are {known}.")


def _review_plainly(session: ReviewSession | None, importing: BackgroundImport | None, settings: Settings) -> None:
    import asyncio

    from modtui.cli.plain import PlainReviewer
    from modtui.services.exposure import CareBook

    gc.enable()
    if session is None:
        raise ModtuiError("Name a queue", "The line mode reviews one queue.", "`modtui queues` lists them.")
    if importing is not None:
        importing.wait_for_first_ads()
        if is_told := bool(importing.report and importing.report["rejected"]):
            say(importing.words)
    care = CareBook(session.workspace, settings.reviewer)
    asyncio.run(PlainReviewer(session, care=care).run())
    if importing is not None and not is_told and importing.report and importing.report["rejected"]:
        say(importing.words)


def _run_screens(
    workspace: Any,
    catalogs: CatalogWatch,
    settings: Settings,
    session: ReviewSession | None,
    importing: BackgroundImport | None,
) -> None:
    from modtui.tui.terminal.latency import LatencyProbe, given_link

    # Textual believes these over the terminal; exported by a shell they would freeze the size.
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    probe = LatencyProbe(graphics=settings.graphics) if settings.latency_ms is None else None
    if probe is not None:
        probe.start()
    # Textual takes 200 ms to import; the terminal answers and the first ads are stored meanwhile.
    from modtui.cli.screens import build_app

    link = probe.finish() if probe is not None else given_link(settings.latency_ms, settings.graphics)
    if importing is not None:
        importing.wait_for_first_ads()
    build_app(workspace, catalogs, settings, session, importing, link).run_and_exit()
