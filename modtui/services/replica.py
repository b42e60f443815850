"""The workspace as one side of a sync: what it has, and transactions for what arrives."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from modtui.domain.streams import Row
from modtui.errors import ModtuiError
from modtui.remotes.protocol import Greeting
from modtui.store import remotes, team_events
from modtui.store.remotes import RemoteRow
from modtui.store.team_events import StreamShelf
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

REST, LONGEST_REST_SECONDS = 15, 1.0
"A decision meets what a gentle sync writes one time in sixteen, and waits a few milliseconds for it."


class WorkspaceReplica:
    """Implements `exchange.Replica`. Nothing is kept here that a commit has not kept first.

    Of a file that is carried by hand nothing is remembered (`remembers`): it may be another one tomorrow.
    """

    def __init__(
        self, workspace: Workspace, remote: RemoteRow, *, remembers: bool = True, gently: bool = False
    ) -> None:
        """`gently` leaves the workspace to others for REST times as long as it took it: a review goes on beside."""
        self._workspace, self._remembers, self._is_gentle = workspace, remembers, gently
        self._name, self._team, self._incarnation = remote.name, remote.team, remote.incarnation
        self._begun = time.monotonic()

    @property
    def shelf(self) -> StreamShelf:
        return StreamShelf(self._workspace.reader)

    def all_ways(self) -> Sequence[str]:
        return self.shelf.all_ways()

    def rows(self, way: str, after: int, limit: int) -> Sequence[Row]:
        with self._workspace.read() as connection:
            return StreamShelf(connection).rows(way, after, limit)

    def greet(self, greeting: Greeting) -> None:
        if self._team and greeting.team and greeting.team != self._team:
            raise ModtuiError(
                "Another team's remote",
                f"The remote belongs to the team {greeting.team!r}, not to {self._team!r}. Nothing was sent.",
                "Check the address, or add it under a name of its own.",
            )
        if self._remembers and greeting.incarnation != self._incarnation:
            self._write(lambda connection: self._begin_anew(connection, greeting.incarnation))
            self._incarnation = greeting.incarnation

    def _begin_anew(self, connection: Any, incarnation: str) -> None:
        remotes.forget_marks(connection, self._name)
        remotes.set_incarnation(connection, self._name, incarnation)

    def marks(self) -> Mapping[str, str]:
        if not self._remembers:
            return {}
        with self._workspace.read() as connection:
            return remotes.marks(connection, self._name)

    def take(self, stream: str, rows: Sequence[Row], mark: tuple[str, str] | None) -> tuple[int, bool]:
        def store(connection: Any) -> tuple[int, bool]:
            taken = team_events.take(connection, stream, rows)
            if mark is not None and not taken.is_gap and self._remembers:
                remotes.set_mark(connection, self._name, mark)
            return taken.new, taken.is_gap

        self._begun = time.monotonic()
        new, is_gap = self._write(store)
        self._rest()
        return int(new), bool(is_gap)

    def note_sent(self, way: str, seq: int, mark: tuple[str, str] | None) -> None:
        if not self._remembers:
            return
        with self._workspace.read() as connection:
            if mark is None and remotes.end_of(connection, self._name, way) == seq:
                return

        def note(connection: Any) -> None:
            remotes.set_end(connection, self._name, way, seq)
            if mark is not None:
                remotes.set_mark(connection, self._name, mark)

        self._write(note)
        self._rest()

    def _rest(self) -> None:
        """Leave disk and workspace to others; what was read and sent since the last rest counts as work, too."""
        if self._is_gentle:
            time.sleep(min(LONGEST_REST_SECONDS, REST * (time.monotonic() - self._begun)))
        self._begun = time.monotonic()

    def _write(self, run: Any) -> Any:
        # In the background: a reviewer's decision goes first.
        return self._workspace.writer.call(lambda tx: run(_connection(tx)), background=True)


def _connection(tx: Transaction) -> Any:
    return tx.connection
