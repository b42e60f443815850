"""Writing the table of sketches: contents put in by hundreds, chains linked anew when a writer was cut short.

Imports numpy, so only the process that keeps the table does. A file that is full is copied into one twice as large,
which then takes its name; whoever reads the old one sees that it has been replaced.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from modtui.files.sketch_table import HEADER, HEADER_SPACE, MARKS_A_BAND, Head, Unfit, read_head, read_head_of

FEWEST = 1024
"Nodes and members a new file has room for."
LINKED_AT_ONCE = 50_000
MEMBER = np.dtype([("version", "<u8"), ("node", "<u4"), ("before", "<u4")])


class SketchWriter:
    """The table, to be written by one process at a time; whose turn it is, is for the caller to see to."""

    def __init__(self, path: Path, bands: int, stream: bytes) -> None:
        """Open the file, or begin a new one where it is not fit. `is_new` says which. Raises OSError."""
        self.path = path
        self.is_new = False
        self._boot = boot_id()
        try:
            head = self._fit(path, bands, stream)
        except Unfit:
            self.is_new = True
            head = Head(bands, FEWEST, FEWEST, stream=stream, boot=self._boot)
            _make(path, head)
        was_clean = head.is_clean
        self._open(path)
        self.head = replace(head, is_clean=False, boot=self._boot)
        self._write_head()
        self._map.flush(0, HEADER_SPACE)
        if not was_clean:
            self._link_anew()

    def add(
        self,
        keys: NDArray[np.uint32],
        marks: NDArray[np.uint8],
        digests: NDArray[np.uint64],
        versions: NDArray[np.uint64],
    ) -> None:
        """Add versions by the content each has, a row each."""
        if len(versions):
            firsts, group = _distinct(digests)
            known = self._nodes_of(digests[firsts])
            fresh = np.flatnonzero(known < 0)
            self._make_room(len(fresh), len(versions))
            first_node = self.head.nodes
            known[fresh] = np.arange(first_node, first_node + len(fresh))
            until = first_node + len(fresh)
            self._digests[first_node:until] = digests[firsts[fresh]]
            self._keys[first_node:until] = keys[firsts[fresh]]
            self._marks[first_node:until] = marks[firsts[fresh]]
            self._newest[first_node:until] = 0
            self._counts[first_node:until] = 0
            self._link(first_node, until)
            self._add_members(versions, known[group])
            self.head = replace(self.head, nodes=until, members=self.head.members + len(versions))
            self._write_head()

    def note(self, *, mark: int | None = None, later: int | None = None) -> None:
        """Note how far the workspace has been looked at."""
        self.head = replace(
            self.head,
            mark=self.head.mark if mark is None else mark,
            later=self.head.later if later is None else later,
        )
        self._write_head()

    def close(self) -> None:
        """Write everything to disk and say so."""
        self._map.flush()
        self.head = replace(self.head, is_clean=True)
        self._write_head()
        self._map.flush(0, HEADER_SPACE)
        self._let_go()

    def _fit(self, path: Path, bands: int, stream: bytes) -> Head:
        head = read_head_of(path, bands, stream)
        if not head.is_clean and (head.boot != self._boot or not any(self._boot)):
            raise Unfit("the machine stopped while it was written")
        return head

    def _open(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
            head = read_head(self._map[: HEADER.size], len(self._map), _bands_of(self._map))
        places, count = head.places, head.capacity
        self._digests = np.frombuffer(self._map, "<u8", 2 * count, places.digests).reshape(count, 2)
        self._newest = np.frombuffer(self._map, "<u4", count, places.newest)
        self._counts = np.frombuffer(self._map, "<u4", count, places.counts)
        self._keys = np.frombuffer(self._map, "<u4", head.bands * count, places.keys).reshape(count, head.bands)
        wide = head.bands * MARKS_A_BAND
        self._marks = np.frombuffer(self._map, np.uint8, wide * count, places.marks).reshape(count, wide)
        links = np.frombuffer(self._map, "<u4", (head.bands + 1) * count, places.links)
        self._links = links.reshape(count, head.bands + 1)
        self._chains = np.frombuffer(self._map, "<u4", (head.bands + 1) * count, places.chains)
        self._members = np.frombuffer(self._map, MEMBER, head.member_capacity, places.members)

    def _let_go(self) -> None:
        del self._digests, self._newest, self._counts, self._keys, self._marks, self._links, self._chains, self._members
        self._map.close()

    def _write_head(self) -> None:
        self._map[: HEADER.size] = self.head.pack()

    def _nodes_of(self, digests: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The node of each content, or -1."""
        found = np.full(len(digests), -1, np.int64)
        identity = self.head.bands
        slots = (digests[:, 0] & np.uint64(self.head.capacity - 1)).astype(np.int64)
        at = self._chains[identity * self.head.capacity + slots].astype(np.int64) - 1
        looking = np.flatnonzero(at >= 0)
        while len(looking):
            is_it = (self._digests[at[looking]] == digests[looking]).all(axis=1)
            found[looking[is_it]] = at[looking[is_it]]
            looking = looking[~is_it]
            following = self._links[at[looking], identity].astype(np.int64) - 1
            is_older = (following >= 0) & (following < at[looking])
            looking = looking[is_older]
            at[looking] = following[is_older]
        return found

    def _link(self, first: int, until: int) -> None:
        """Hang the nodes from `first` up to `until` into the chains of their keys."""
        count, bands, capacity = until - first, self.head.bands, self.head.capacity
        if not count:
            return
        keys = np.empty((count, bands + 1), np.int64)
        keys[:, :bands] = self._keys[first:until]
        keys[:, bands] = (self._digests[first:until, 0] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        slots = ((keys & (capacity - 1)) + np.arange(bands + 1) * capacity).ravel()
        nodes = np.repeat(np.arange(first, until), bands + 1)
        before, last = _chained(slots, nodes, self._chains)
        self._links[first:until] = before.reshape(count, bands + 1)
        self._chains[slots[last]] = nodes[last] + 1

    def _add_members(self, versions: NDArray[np.uint64], nodes: NDArray[np.int64]) -> None:
        first = self.head.members
        places = np.arange(first, first + len(versions))
        before, last = _chained(nodes, places, self._newest)
        rows = self._members[first : first + len(versions)]
        rows["version"], rows["node"], rows["before"] = versions, nodes, before
        self._newest[nodes[last]] = places[last] + 1
        np.add.at(self._counts, nodes, np.uint32(1))

    def _link_anew(self) -> None:
        """Make chains from what they are made of, after a writer was cut short between the two."""
        self._chains[:] = 0
        for first in range(0, self.head.nodes, LINKED_AT_ONCE):
            self._link(first, min(self.head.nodes, first + LINKED_AT_ONCE))
        nodes = self._members["node"][: self.head.members]
        self._newest[:] = 0
        self._newest[nodes] = np.arange(1, self.head.members + 1)
        self._counts[:] = np.bincount(nodes, minlength=self.head.capacity)

    def _make_room(self, nodes: int, members: int) -> None:
        """Copy the table into a larger file when it would be too small."""
        capacity = _room(self.head.capacity, self.head.nodes + nodes)
        member_capacity = _room(self.head.member_capacity, self.head.members + members)
        if (capacity, member_capacity) == (self.head.capacity, self.head.member_capacity):
            return
        larger = self.path.with_name(self.path.name + "-new")
        _make(larger, replace(self.head, capacity=capacity, member_capacity=member_capacity))
        old = (self._digests, self._keys, self._marks, self._newest, self._counts)
        old_members = self._members
        count, in_use = self.head.nodes, self.head.members
        old_map = self._map
        self.head = replace(self.head, capacity=capacity, member_capacity=member_capacity)
        self._open(larger)
        new = (self._digests, self._keys, self._marks, self._newest, self._counts)
        for column, filled in zip(new, old, strict=True):
            column[:count] = filled[:count]
        self._members[:in_use] = old_members[:in_use]
        del old, old_members, filled
        old_map.close()
        for first in range(0, count, LINKED_AT_ONCE):
            self._link(first, min(count, first + LINKED_AT_ONCE))
        larger.replace(self.path)


def boot_id() -> bytes:
    """Which run of the machine this is; zeros where nothing says."""
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        return bytes.fromhex(text.strip().replace("-", ""))[:16].ljust(16, b"\0")
    except (OSError, ValueError):
        return bytes(16)


def _bands_of(data: mmap.mmap) -> int:
    return int(HEADER.unpack_from(data)[2])


def _make(path: Path, head: Head) -> None:
    """Make an empty file, private to its owner, in place of whatever was there."""
    making = path.with_name(path.name + "-making")
    making.unlink(missing_ok=True)
    descriptor = os.open(making, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        # Room is taken now: writing to a mapped file on a full disk would end the process.
        os.posix_fallocate(descriptor, 0, head.places.end)
        os.pwrite(descriptor, head.pack(), 0)
    finally:
        os.close(descriptor)
    making.replace(path)


def _room(capacity: int, wanted: int) -> int:
    while capacity < wanted:
        capacity *= 2
    return capacity


def _distinct(digests: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The row in which each content stands first, and for each row which of those it is; in the order of the rows."""
    order = np.lexsort((digests[:, 1], digests[:, 0]))
    ordered = digests[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    firsts = order[is_first]
    ranks = np.empty(len(firsts), np.int64)
    ranks[np.argsort(firsts)] = np.arange(len(firsts))
    group = np.empty(len(order), np.int64)
    group[order] = ranks[np.cumsum(is_first) - 1]
    return np.sort(firsts), group


def _chained(
    slots: NDArray[np.int64], numbers: NDArray[np.int64], heads: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """What each of the ascending numbers is linked to in its slot, and the rows that come to be the heads."""
    order = np.argsort(slots, kind="stable")
    ordered = slots[order]
    goes_on = ordered[1:] == ordered[:-1]
    before = np.empty(len(order), np.uint32)
    linked = heads[ordered]
    linked[1:][goes_on] = (numbers[order][:-1][goes_on] + 1).astype(np.uint32)
    before[order] = linked
    return before, order[np.append(~goes_on, True)]
