"""A process that syncs a workspace in small steps, until it is done or killed."""

from __future__ import annotations

import sys
from pathlib import Path

from modtui.remotes.folder import FolderRemote
from modtui.remotes.places import Directory
from modtui.services import exchange as syncing
from modtui.services.clock import wall_clock
from modtui.services.replica import WorkspaceReplica
from modtui.store.remotes import list_remotes
from modtui.store.workspace import open_workspace


def main(path: Path) -> None:
    syncing.ROWS_AT_ONCE = 3
    with open_workspace(path, wall_clock(), create=False) as workspace:
        row = list_remotes(workspace.reader)[0]
        remote = FolderRemote(Directory(Path(row.address)))
        remote.batch_events = 4
        print("begun", flush=True)
        syncing.exchange(WorkspaceReplica(workspace, row), remote, lambda _: print("step", flush=True))
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
