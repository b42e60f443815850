"""The catalog of a running program: another version on disk or from the team, or a day that has come, applies from the
next ad on."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError
from modtui.services.catalogs import TEAM_CATALOG, Rulebook, load_rulebook, load_team_rulebook, rulebook_with_hash
from modtui.services.clock import Clock, today, wall_clock
from modtui.services.reviewing import News
from modtui.store.catalogs import newest_in_force
from modtui.store.local_rows import get_setting
from modtui.store.sqlite import Connection
from modtui.store.workspace import Workspace

Stamp = tuple[tuple[str, int, int, int], ...]
"Name, time of change, size and inode of the file, or of every file of the folder."
MOST_CHANGES = 3
"Changes told one by one in the summary; `modtui policies diff` tells all."
MOST_LETTERS = 140
"Of one of them."


class Waiting(Struct, frozen=True):
    """A catalog that applies from the next ad on."""

    rulebook: Rulebook
    lines: tuple[str, ...]
    "What is different, in three lines."
    is_editorial: bool
    "Whether only words differ that nobody decides by: then it may be put off."


class CatalogWatch:
    """Looks at the file of the catalog between ads. `rulebook` is the one in use; sessions take another by `take`."""

    def __init__(
        self,
        path: Path,
        workspace: Workspace,
        rulebook: Rulebook,
        clock: Clock = wall_clock,
        *,
        follows_team: bool = False,
    ) -> None:
        """`rulebook` is what the file holds. While it is not in effect yet, the version used before it is.

        `follows_team` is for whoever named no file: the team's catalog takes its place, and another one when a sync
        has brought it.
        """
        self.path, self.workspace, self.clock = path, workspace, clock
        self._follows_team = follows_team
        self._team = self._team_seen = self._team_hash()
        self.waiting: Waiting | None = None
        self.news: list[News] = []
        self._stamp = stamp_of(path)
        self._on_disk = rulebook
        self._put_off = ""
        self._day = today(clock())
        self._reading: asyncio.Task[None] | None = None
        self.rulebook = self._in_force(rulebook)

    @property
    def has_changed(self) -> bool:
        """Whether there may be another catalog to take: cheap enough to ask at every ad."""
        self._team_seen = self._team_hash()
        return self._differs

    async def look(self) -> None:
        """Read what has changed, off the thread of the screens. Never raises: a broken file leaves all as it is."""
        self._team_seen = self._team_hash()
        await self.look_once_seen()

    def see_team(self, connection: Connection) -> None:
        """Take down which catalog the team works by, within a transaction that is at work anyway."""
        if self._follows_team:
            self._team_seen = _team_of(connection)

    async def look_once_seen(self) -> None:
        """Look, where the team's catalog was just taken down."""
        if self._reading is None or self._reading.done():
            if not self._differs:
                return
            self._reading = asyncio.create_task(asyncio.to_thread(self._read))
        await asyncio.shield(self._reading)

    def take(self) -> Rulebook | None:
        """The catalog to use from the ad on that comes to the desk now, if it is another one."""
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            return None
        self.rulebook = waiting.rulebook
        self.news.append(News(waiting.lines))
        return waiting.rulebook

    def take_news(self) -> tuple[News, ...]:
        """What has to be said since this was asked last."""
        taken = tuple(self.news)
        del self.news[: len(taken)]  # the reader's thread may add to it meanwhile
        return taken

    def put_off(self) -> str:
        """Leave a change of words for later, until this program ends or more than words change; what to say of it."""
        waiting = self.waiting
        if waiting is None:
            return "no change of the catalog is waiting"
        version = waiting.rulebook.catalog.version
        if not waiting.is_editorial:
            return f"catalog {version} changes what is decided: it applies from the next ad on"
        self._put_off, self.waiting = waiting.rulebook.catalog.hash, None
        return f"catalog {version} put off: it changes words only"

    # Within ---

    @property
    def _differs(self) -> bool:
        return stamp_of(self.path) != self._stamp or self._team_seen != self._team or self._comes_into_effect()

    def _read(self) -> None:
        self._day = today(self.clock())
        stamp, team = stamp_of(self.path), self._team_hash()
        if team != self._team:
            self._team = team
            self._on_disk = load_team_rulebook(self.workspace) or self._on_disk
        elif stamp != self._stamp:
            self._stamp = stamp
            try:
                self._on_disk = load_rulebook(self.path, self.workspace, self.clock())
            except ModtuiError as error:
                self.waiting = None
                said = error.message.split("\n")[:3]
                in_use = f"The catalog stays at version {self.rulebook.catalog.version}: {error.title.lower()}."
                self.news.append(News((in_use, *said), is_warning=True))
                return
        self._weigh(self._on_disk)

    def _team_hash(self) -> str | None:
        """Which catalog the team works by; None where it is not followed."""
        if not self._follows_team:
            return None
        with self.workspace.read() as connection:
            return _team_of(connection)

    def _weigh(self, found: Rulebook) -> None:
        """Whether what the file holds is another catalog than the one in use, and when it applies."""
        self.waiting = None
        catalog, in_use = found.catalog, self.rulebook.catalog
        if catalog.hash in (in_use.hash, self._put_off):
            return
        if catalog.effective is not None and catalog.effective > self._day:
            self.news.append(News((f"Catalog {catalog.version} is there and takes effect on {catalog.effective}.",)))
            return
        _ = found.index  # what the next ad needs of it is made here, off the thread of the screens
        self.waiting = waiting = Waiting(found, *told_apart(in_use, catalog))
        may_wait = "; only words differ, it may be put off" if waiting.is_editorial else ""
        self.news.append(News((f"Catalog {catalog.version} applies from the next ad on{may_wait}.",)))

    def _comes_into_effect(self) -> bool:
        """Whether a new day has come, and with it what the file holds."""
        effective = self._on_disk.catalog.effective
        if self._on_disk is self.rulebook or effective is None or effective <= self._day:
            return False
        return effective <= today(self.clock())

    def _in_force(self, rulebook: Rulebook) -> Rulebook:
        """The catalog to begin with: the file's, or while that is to come the version this workspace used before."""
        effective = rulebook.catalog.effective
        if effective is None or effective <= self._day:
            return rulebook
        with self.workspace.read() as connection:
            digest = newest_in_force(connection, rulebook.catalog.id, self._day)
        before = rulebook_with_hash(digest, self.workspace) if digest else None
        if before is None:
            return rulebook
        version = rulebook.catalog.version
        self.news.append(
            News((f"Catalog {version} takes effect on {effective}; until then {before.catalog.version} applies.",))
        )
        return before


def _team_of(connection: Connection) -> str | None:
    found = get_setting(connection, TEAM_CATALOG)
    return found if isinstance(found, str) else None


def stamp_of(path: Path) -> Stamp:
    """What tells one state of a file, or of a folder's .yaml files, from another without reading it; empty if gone."""
    try:
        if not path.is_dir():
            return (_stamp(path.name, path.stat()),)
        with os.scandir(path) as entries:
            named = [entry for entry in entries if entry.name.endswith((".yaml", ".yml"))]
            return tuple(sorted(_stamp(entry.name, entry.stat()) for entry in named))
    except OSError:
        return ()


def _stamp(name: str, found: os.stat_result) -> tuple[str, int, int, int]:
    return name, found.st_mtime_ns, found.st_size, found.st_ino


def told_apart(old: Catalog, new: Catalog) -> tuple[tuple[str, ...], bool]:
    """What another version changes, in three lines, and whether only words do."""
    from modtui.domain.catalog_diff import Direction, diff  # only where there is another version

    found = diff(old, new)
    head = f"Catalog {new.version} applies from this ad on (before: {old.version})."
    meant = [change for change in found.changes if not change.is_editorial]
    if not meant:
        places = number_of(len(found.changes), "place")
        return (head, f"Only words differ, in {places}.", "Nothing is decided otherwise."), True
    kinds = {
        "tightened": found.count(Direction.TIGHTENED),
        "loosened": found.count(Direction.LOOSENED),
        "changed otherwise": found.count(Direction.CHANGED),
        "of words only": len(found.changes) - len(meant),
    }
    counts = ", ".join(f"{count} {words}" for words, count in kinds.items() if count)
    more = f"; and {len(meant) - MOST_CHANGES} more" if len(meant) > MOST_CHANGES else ""
    return (
        head,
        f"Changes: {counts}.",
        f"{'; '.join(_short(str(change)) for change in meant[:MOST_CHANGES])}{more}.",
    ), False


def _short(words: str) -> str:
    return words if len(words) <= MOST_LETTERS else words[: MOST_LETTERS - 1].rstrip() + "…"
