"""A lead and reviewers who share a folder, an object store or a file: what one publishes the others get."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from modtui.remotes.board import PublishedCounts
from modtui.services.boards import opened_board
from modtui.services.catalogs import Rulebook, load_rulebook, load_team_rulebook
from modtui.services.publishing import Handing, send_briefings, send_catalog, send_queue
from modtui.services.syncing import SyncReport, add_remote, sync
from modtui.store.items import get_item
from modtui.store.queues import find_queue
from modtui.store.workspace import open_workspace
from tests.services.room import HOUSE, NOON, Room, room_at


class Member:
    """Somebody of the team at their workspace."""

    def __init__(self, name: str, room: Room) -> None:
        self.name, self.room, self.workspace = name, room, room.workspace

    def joins(self, address: str | Path, *, is_new: bool = False) -> Member:
        add_remote(self.workspace, "team", str(address), "eu", is_new=is_new)
        return self

    def reopens(self) -> None:
        """The workspace, after something else had it."""
        self.workspace = self.room.workspace = open_workspace(self.workspace.path, NOON)

    def sync(self, **options: Any) -> SyncReport:
        return sync(self.workspace, clock=self.room.clock, pause=lambda _: None, **options)

    # What a lead does ---

    def publishes_queue(self, queue: str = "q", *, is_carried: bool = False, **handing: Any) -> PublishedCounts:
        with opened_board(self.workspace, None, is_carried=is_carried) as board:
            return send_queue(self.workspace, board, self.room.rulebook, queue, self.name, Handing(**handing))

    def publishes_catalog(self, rulebook: Rulebook | None = None, *, is_carried: bool = False) -> bool:
        with opened_board(self.workspace, None, is_carried=is_carried) as board:
            return send_catalog(self.workspace, board, rulebook or self.room.rulebook, self.name)

    def publishes_briefings(self, rulebook: Rulebook) -> int:
        with opened_board(self.workspace, None) as board:
            return send_briefings(board, rulebook, self.name)

    def edits_catalog(self, version: str, edit: Callable[[dict[str, Any]], None] = lambda _: None) -> Rulebook:
        """The house rules in another version."""
        document = yaml.load(HOUSE.read_text(encoding="utf-8"), yaml.BaseLoader)
        document["catalog"]["version"] = version
        edit(document)
        path = self.room.folder / f"{version}.yaml"
        path.write_text(json.dumps(document), encoding="utf-8")
        return load_rulebook(path, self.workspace, NOON)

    # What there is ---

    def catalog(self) -> str | None:
        found = load_team_rulebook(self.workspace)
        return None if found is None else found.catalog.version

    def ads(self, queue: str = "q") -> Mapping[str, str]:
        """Id to the whole payload that stands, of a queue."""
        found = find_queue(self.workspace.reader, queue)
        if found is None:
            return {}
        items = [get_item(self.workspace.reader, found.queue_no, n) for n in range(1, found.size + 1)]
        return {item.ad_id: item.payload for item in items if item is not None}


@contextmanager
def team_of(parent: Path, *names: str) -> Iterator[list[Member]]:
    with ExitStack() as stack:
        members = []
        for name in names:
            (parent / name).mkdir()
            members.append(Member(name, stack.enter_context(room_at(parent / name))))
        for member in members:
            stack.callback(lambda member=member: member.workspace.close())
        yield members
