"""A file that carries everything by hand, from a machine without a network to one that has it."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from modtui.services.exchange import Progress, exchange
from modtui.services.replica import WorkspaceReplica
from modtui.services.syncing import SyncReport, exchange_what_is_published, only_sync, place_arrived, report_of, team_of
from modtui.store.remotes import RemoteRow
from modtui.store.workspace import Workspace


def write_file(workspace: Workspace, path: Path, progress: Progress | None = None) -> SyncReport:
    """Put everything that is known here into one file, to be carried to another workspace or remote."""
    from modtui.remotes.folder import FolderRemote, make_folder
    from modtui.remotes.places import OneFile
    from modtui.remotes.signing import signer

    file = OneFile(path, is_new=True)
    try:
        make_folder(file, team_of(workspace))
        remote = FolderRemote(file, signer())
        done = exchange(_apart(workspace, path), remote, progress)
        arrived = exchange_what_is_published(workspace, remote, None)
        file.finish()
    finally:
        file.drop()
    return replace(report_of(workspace, str(path), done, {}), published=arrived)


def read_file(
    workspace: Workspace, path: Path, progress: Progress | None = None, policies: Path | None = None
) -> SyncReport:
    """Take what a file brings that is not known here. Reading it twice, or an older one later, changes nothing."""
    from modtui.remotes.folder import FolderRemote
    from modtui.remotes.places import OneFile
    from modtui.remotes.signing import lead_keys, trusted_keys

    with only_sync(workspace.path):
        file = OneFile(path, is_new=False)
        try:
            remote = FolderRemote(file, None, trusted_keys(), lead_keys())
            done = exchange(_apart(workspace, path), remote, progress, is_pull_only=True)
            arrived = exchange_what_is_published(workspace, remote, None, is_pull_only=True, policies=policies)
            done.refused += arrived.refused
        finally:
            file.drop()
        place_arrived(workspace)
    return replace(report_of(workspace, str(path), done, {}), published=arrived)


def _apart(workspace: Workspace, path: Path) -> WorkspaceReplica:
    row = RemoteRow("", str(path), team_of(workspace), "", "", None)
    return WorkspaceReplica(workspace, row, remembers=False)
