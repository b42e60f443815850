"""A layer between SQLite and the disk, in this process: it writes down what is written and synced, and can fail.

It stands in the very library that the product uses (pysqlite3's), so that no second SQLite touches the files: a
copy of the `unix` VFS whose files have their own write, truncate, sync and delete. WAL's shared memory is left
alone, as a power cut leaves nothing of it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pysqlite3._sqlite3

VOID, INT, WIDE, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_char_p
WRITE = ctypes.CFUNCTYPE(INT, VOID, VOID, INT, WIDE)
TRUNCATE = ctypes.CFUNCTYPE(INT, VOID, WIDE)
SYNC = ctypes.CFUNCTYPE(INT, VOID, INT)
# Paths are passed on as the pointers they came as: SQLite keeps them, and reads parameters that stand behind them.
OPEN = ctypes.CFUNCTYPE(INT, VOID, VOID, VOID, INT, VOID)
DELETE = ctypes.CFUNCTYPE(INT, VOID, VOID, INT)
_METHODS = """
    xClose xRead xWrite xTruncate xSync xFileSize xLock xUnlock xCheckReservedLock xFileControl xSectorSize
    xDeviceCharacteristics xShmMap xShmLock xShmBarrier xShmUnmap xFetch xUnfetch""".split()  # noqa: SIM905
_VFS_METHODS = """
    xOpen xDelete xAccess xFullPathname xDlOpen xDlError xDlSym xDlClose xRandomness xSleep xCurrentTime
    xGetLastError xCurrentTimeInt64 xSetSystemCall xGetSystemCall xNextSystemCall""".split()  # noqa: SIM905
OK, FULL, IOERR_WRITE, IOERR_FSYNC = 0, 13, 778, 1034


class _Methods(ctypes.Structure):
    _fields_ = [("iVersion", INT), *((name, VOID) for name in _METHODS)]


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("iVersion", INT), ("szOsFile", INT), ("mxPathname", INT), ("pNext", VOID), ("zName", TEXT), ("pAppData", VOID),
        *((name, VOID) for name in _VFS_METHODS),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that happened, in order: `write`, `truncate`, `sync` or `delete` of a file, or `told`."""

    kind: str
    name: str
    "The file's name without its folder; for `told`, what was acknowledged to the reviewer."
    offset: int = 0
    "Of a write; the length after a truncate; for a delete, 1 when its folder is synced with it."
    data: bytes = b""


@dataclass(slots=True)
class WatchedDisk:
    """What was done to the files so far, and what is to fail next."""

    log: list[Op] = field(default_factory=list)
    is_logging: bool = True
    fail: Callable[[Op], int] = lambda _: OK
    "Asked before each operation: an SQLite error code to fail with, or OK."

    def tell(self, what: str) -> None:
        """Note that something was acknowledged."""
        self.log.append(Op("told", what))

    def note(self, op: Op) -> int:
        """Whether the operation fails; if not it is logged."""
        code = self.fail(op)
        if code == OK and self.is_logging:
            self.log.append(op)
        return code


@contextmanager
def watched_disk() -> Iterator[WatchedDisk]:
    """While it lasts, every file that SQLite opens in this process is watched."""
    library = ctypes.CDLL(pysqlite3._sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = [TEXT]
    for function in (library.sqlite3_vfs_register, library.sqlite3_vfs_unregister):
        function.argtypes = [ctypes.POINTER(_Vfs), INT][: 2 if function is library.sqlite3_vfs_register else 1]
    real = library.sqlite3_vfs_find(b"unix")
    disk = WatchedDisk()
    layer = _Layer(real.contents, disk)
    library.sqlite3_vfs_register(ctypes.byref(layer.vfs), 1)
    try:
        yield disk
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(layer.vfs))
        library.sqlite3_vfs_register(real, 1)
        _KEPT.append(layer)  # a connection closed late still calls it


_KEPT: list[_Layer] = []


class _Layer:
    """The functions that SQLite calls, kept alive as long as it may call them."""

    def __init__(self, real: _Vfs, disk: WatchedDisk) -> None:
        self.disk = disk
        self.names: dict[int, str] = {}
        self.tables: dict[int, _Methods] = {}
        self.alive: list[Any] = []
        self.vfs = _Vfs.from_buffer_copy(real)
        self.vfs.zName = b"watched"
        open_file, delete_file = OPEN(real.xOpen), DELETE(real.xDelete)

        def opened(vfs: int, path: int | None, file: int, flags: int, out_flags: int | None) -> int:
            code = open_file(vfs, path, file, flags, out_flags)
            methods = VOID.from_address(file)
            if code == OK and path and methods.value:
                self.names[file] = _name_at(path)
                methods.value = ctypes.addressof(self._table(methods.value))
            return code

        def deleted(vfs: int, path: int, sync: int) -> int:
            return disk.note(Op("delete", _name_at(path), sync)) or delete_file(vfs, path, sync)

        self.vfs.xOpen = self._pointer(OPEN(opened))
        self.vfs.xDelete = self._pointer(DELETE(deleted))

    def _pointer(self, function: Any) -> int | None:
        self.alive.append(function)
        return ctypes.cast(function, VOID).value

    def _table(self, address: int) -> _Methods:
        """The methods of a file, watched, for those at this address."""
        known = self.tables.get(address)
        if known is not None:
            return known
        real = _Methods.from_address(address)
        table = _Methods.from_buffer_copy(real)
        write, truncate, sync = WRITE(real.xWrite), TRUNCATE(real.xTruncate), SYNC(real.xSync)
        names, disk = self.names, self.disk

        def written(file: int, data: int, size: int, offset: int) -> int:
            failure = disk.note(Op("write", names[file], offset, ctypes.string_at(data, size)))
            return failure or write(file, data, size, offset)

        def truncated(file: int, size: int) -> int:
            return disk.note(Op("truncate", names[file], size)) or truncate(file, size)

        def synced(file: int, flags: int) -> int:
            failure = disk.fail(Op("sync", names[file]))
            code = failure or sync(file, flags)
            if code == OK and disk.is_logging:
                disk.log.append(Op("sync", names[file]))  # after it returned: only then is it on the disk
            return code

        table.xWrite = self._pointer(WRITE(written))
        table.xTruncate = self._pointer(TRUNCATE(truncated))
        table.xSync = self._pointer(SYNC(synced))
        self.tables[address] = table
        return table


def _name_at(path: int) -> str:
    return Path(ctypes.string_at(path).decode()).name
