"""The folders the media of a queue lie in: those its files were imported from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from modtui.store.queues import find_queue
from modtui.store.workspace import Workspace

PACK = "\0pack "
"Before the first letters of a pack's hash: what stands for the queue of its ads."
FOLDERS = "media_folders"
"The queue's setting: each folder that files of it were imported from, with the time it was last."


def folder_setting(paths: Iterable[str | Path], now: str) -> dict[str, Any]:
    """What a queue remembers of the folders its files came from; nothing of standard input."""
    folders = (str(Path(path).resolve().parent) for path in paths if str(path) != "-")
    named = {folder: now for folder in folders if _is_text(folder)}
    return {FOLDERS: named} if named else {}


def folders_of(workspace: Workspace, queue: str) -> tuple[Path, ...]:
    """The folders the media of a queue may lie in, the one imported from last first; of a pack its own."""
    if queue.startswith(PACK):
        return (packs_folder(workspace.path) / queue.removeprefix(PACK),)
    with workspace.read() as connection:
        found = find_queue(connection, queue)
    stated = found.settings.get(FOLDERS) if found is not None else None
    by_time = sorted((stated or {}).items(), key=lambda pair: pair[1], reverse=True)
    return tuple(Path(folder) for folder, _ in by_time)


def packs_folder(workspace: Path) -> Path:
    """Where the packs of a workspace and their media are kept: beside it."""
    return workspace.with_name(workspace.name + "-packs")


def _is_text(name: str) -> bool:
    """Whether a workspace can keep the name: a file system takes bytes that are no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
