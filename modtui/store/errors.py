"""What can go wrong with a workspace, each with words and a next step for the person at the screen."""

from __future__ import annotations

from modtui.errors import ModtuiError


class StorageError(ModtuiError):
    """Any failure of the workspace file or of the disk below it."""


class StorageFailed(StorageError):
    """A write did not reach the disk. Nothing of the transaction is stored; the same call may be made again."""


class StorageUncertain(StorageFailed):
    """A write may or may not be on disk. Making the same call again, with the same event ids, is harmless."""


class CalledBack(StorageFailed):
    """The person called a write back before its transaction began: nothing of it is stored, now or later."""


class StorageBusy(StorageFailed):
    """Another process kept the workspace for longer than the time allowed."""


class WorkspaceReadOnly(StorageFailed):
    """The workspace may be read and not written: file rights, a read-only disk, or damage found at opening."""


class WorkspaceDamaged(StorageError):
    """The file is no SQLite database, or its content contradicts itself."""


class WorkspaceTooNew(StorageError):
    """A newer modtui wrote the workspace."""


class WorkspaceMissing(StorageError):
    """There is no workspace at the path, or the path cannot be one."""


class EventRefused(StorageError):
    """An event that must not be stored: its id is already used for other content, or its ad is unknown."""
