"""Laptops of one team: real workspaces that sync with a real folder, or a remote that a test hands in."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modtui.domain.events import Entry
from modtui.remotes.folder import FolderRemote, make_folder
from modtui.remotes.places import Directory
from modtui.services.exchange import Exchanged, exchange
from modtui.services.replica import WorkspaceReplica
from modtui.services.syncing import add_remote, place_arrived
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.items import Item, get_item
from modtui.store.remotes import list_remotes
from modtui.store.workspace import open_workspace
from tests.store.desk import NOW, NOW_MS, ad_row, append, entry, fill, sit_down

ADS = ("a1", "a2", "a3")


def team_folder(parent: Path, team: str = "eu_ads") -> Path:
    folder = parent / "team"
    folder.mkdir(exist_ok=True)
    make_folder(Directory(folder), team)
    return folder


class Laptop:
    """One workspace with the team's ads, and the one who sits at it."""

    def __init__(self, path: Path, reviewer: str, remote: Path | None = None, ads: Sequence[str] = ADS) -> None:
        self.path, self.reviewer = path, reviewer
        self.workspace = open_workspace(path, NOW_MS)
        if ads:
            fill(self.workspace, *(ad_row(ad) for ad in ads))
        sit_down(self.workspace, reviewer)
        if remote is not None:
            add_remote(self.workspace, "team", str(remote))

    def item(self, ad: str) -> Item:
        number = next(n for n in range(1, 1_000) if self._item(n).ad_id == ad)
        return self._item(number)

    def _item(self, number: int) -> Item:
        found = get_item(self.workspace.reader, 1, number)
        assert found is not None
        return found

    def decide(self, ad: str, outcome: str = "approve", **body: Any) -> str:
        event = entry(self.item(ad), actor=self.reviewer, outcome=outcome, **body)
        append(self.workspace, event)
        return event.id

    def retract(self, event_id: str, ad: str) -> str:
        event = entry(self.item(ad), "retraction", self.reviewer, supersedes=(event_id,))
        append(self.workspace, event)
        return event.id

    def write(self, count: int) -> None:
        """Many small events at once, on no ad."""

        def store(tx: Any) -> None:
            for _ in range(count):
                tx.append_event(Entry(new_event_id(NOW_MS), "note", self.reviewer, NOW, {"text": "x" * 40}))

        self.workspace.writer.call(store)

    def sync(self, remote: Any = None) -> Exchanged:
        row = list_remotes(self.workspace.reader)[0]
        if remote is None:
            remote = FolderRemote(Directory(Path(row.address)))
        done = exchange(WorkspaceReplica(self.workspace, row), remote)
        place_arrived(self.workspace)
        return done

    def events(self) -> set[str]:
        return {event.hash for _, event in EventLog().read(self.workspace.reader)}

    def state(self) -> list[tuple[Any, ...]]:
        """What everybody must agree on: each ad's state, verdict and mark."""
        return self.workspace.reader.execute(
            """SELECT a.id, i.state, i.outcome, i.verdict, i.mark FROM queue_items i JOIN ads a USING (ad_no)
               ORDER BY a.id"""
        ).fetchall()

    def copy(self, path: Path, reviewer: str | None = None) -> Laptop:
        """The file as it is now, taken to another place."""
        self.workspace.close()
        shutil.copy(self.path, path)
        self.workspace = open_workspace(self.path, NOW_MS)
        return Laptop(path, reviewer or self.reviewer, ads=())

    def put_back(self, backup: Path) -> None:
        """Write an older copy over the file, which keeps its inode: nothing tells that it was set back."""
        self.workspace.close()
        for beside in self.path.parent.glob(self.path.name + "-*"):
            if beside.suffix in ("",) and beside.is_file() and beside.name.endswith(("-wal", "-shm")):
                beside.unlink()
        with self.path.open("r+b") as file:
            file.write(backup.read_bytes())
            file.truncate()
        self.workspace = open_workspace(self.path, NOW_MS)

    def save(self, path: Path) -> Path:
        self.workspace.close()
        shutil.copy(self.path, path)
        self.workspace = open_workspace(self.path, NOW_MS)
        return path


def unknown_event(stream: str, seq: int = 1, prev: str = "0" * 64) -> str:
    """What a later modtui may write."""
    return json.dumps(
        {"v": 1, "stream": stream, "seq": seq, "prev": prev, "id": secrets.token_hex(16), "kind": "sonnet",
         "actor": "zoe", "at": "2099-01-01T00:00:00.000Z", "tz": "", "app": "99.0", "catalog_hash": "",
         "subject": None, "supersedes": [], "body": {"lines": 14}, "mood": {"a": "b"}},
        separators=(",", ":"),
    )  # fmt: skip
