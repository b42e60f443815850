"""The table of sketches, as it lies in a file beside the workspace and is read from there, mapped.

A *node* is one content (all ads with the same words, or one picture) with its keys, one a band. Nodes that have a key
of a band in common hang in one chain, the newest first; the versions with a content hang on its node likewise. Numbers
in links are one more than what they point to, and 0 is the end. All of it can be made again from the workspace, and
what is found by it is held against the workspace before it is shown: damage costs twins, and never invents one.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections import Counter
from operator import eq
from pathlib import Path

from msgspec import Struct

MAGIC = b"modtwin\0"
SHAPE = 2
"Of the file and of what the sketches in it are made of: one of another is made anew."
HEADER = struct.Struct("<8s7IQQ16s16sI")
HEADER_SPACE = 4096
MEMBER_BYTES = 16
MARKS_A_BAND = 2
"Bytes by which two contents are compared at a glance."
STEPS_MAPPED = 64
"Steps after which what they read is let go of: each may map 128 KiB, as the system maps what lies around a page too."
MOST_STEPS = 512
"Links followed in a chain: what very many contents have in common tells little, and the newest come first."


class Unfit(Exception):  # noqa: N818  named for what happened
    """The file is missing, damaged, of another shape, or of another workspace: it is to be made anew."""


class Head(Struct, frozen=True):
    """What the file says of itself."""

    bands: int
    capacity: int
    "Nodes there is room for; a power of two, as many as there are chains in a band."
    member_capacity: int
    nodes: int = 0
    members: int = 0
    is_clean: bool = True
    "Whether whoever wrote last came to an end; else chains are to be linked anew."
    mark: int = 0
    "Number of the last version that was looked at in the order of ads."
    later: int = 0
    "Place of the last version that came to an ad after it had been looked at."
    stream: bytes = bytes(16)
    "The incarnation of the workspace it is of."
    boot: bytes = bytes(16)
    "Since when the machine runs: what was written and not synced is there as long as it does."

    @property
    def places(self) -> Places:
        return Places(self.bands, self.capacity, self.member_capacity)

    def pack(self) -> bytes:
        fields = (
            MAGIC, SHAPE, self.bands, self.capacity, self.member_capacity, self.nodes, self.members, self.is_clean,
            self.mark, self.later, self.stream, self.boot,
        )  # fmt: skip
        return HEADER.pack(*fields, zlib.crc32(HEADER.pack(*fields, 0)))


class Places(Struct, frozen=True):
    """Where each part of the file begins, in bytes."""

    bands: int
    capacity: int
    member_capacity: int

    @property
    def digests(self) -> int:
        return HEADER_SPACE

    @property
    def newest(self) -> int:
        return self.digests + self.capacity * 16

    @property
    def counts(self) -> int:
        return self.newest + self.capacity * 4

    @property
    def keys(self) -> int:
        return self.counts + self.capacity * 4

    @property
    def marks(self) -> int:
        return self.keys + self.capacity * self.bands * 4

    @property
    def links(self) -> int:
        return self.marks + self.capacity * self.bands * MARKS_A_BAND

    @property
    def chains(self) -> int:
        return self.links + self.capacity * (self.bands + 1) * 4

    @property
    def members(self) -> int:
        return self.chains + self.capacity * (self.bands + 1) * 4

    @property
    def end(self) -> int:
        return self.members + self.member_capacity * MEMBER_BYTES


def read_head(data: bytes, size: int, bands: int) -> Head:
    """The head of a file of that size. Raises Unfit."""
    try:
        magic, shape, own_bands, capacity, member_capacity, nodes, members, is_clean, *fields = HEADER.unpack_from(data)
        mark, later, own_stream, boot, _ = fields
    except struct.error as error:
        raise Unfit("too short") from error
    if magic != MAGIC or shape != SHAPE:
        raise Unfit("of another shape")
    head = Head(own_bands, capacity, member_capacity, nodes, members, bool(is_clean), mark, later, own_stream, boot)
    if head.pack() != data[: HEADER.size]:
        raise Unfit("its head is damaged")
    capacities = (capacity, member_capacity)
    if own_bands != bands or any(each < 1 or each & (each - 1) for each in capacities) or head.places.end != size:
        raise Unfit("not as large as it says")
    if head.nodes > head.capacity or head.members > head.member_capacity:
        raise Unfit("holds more than it has room for")
    return head


def read_head_of(path: Path, bands: int, stream: bytes) -> Head:
    """The head of the file of a workspace. Raises Unfit."""
    try:
        with path.open("rb") as file:
            head = read_head(file.read(HEADER.size), os.fstat(file.fileno()).st_size, bands)
    except OSError as error:
        raise Unfit("cannot be read") from error
    if head.stream != stream:
        raise Unfit("of another workspace")
    return head


class SketchTable:
    """The table, to be read; another process may be writing it. One thread at a time."""

    def __init__(self, path: Path, bands: int, stream: bytes) -> None:
        """Map the file. Raises Unfit."""
        try:
            with path.open("rb") as file:
                stat = os.fstat(file.fileno())
                head = read_head(os.pread(file.fileno(), HEADER.size, 0), stat.st_size, bands)
                self._map = mmap.mmap(file.fileno(), stat.st_size, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise Unfit("cannot be read") from error
        if head.stream != stream:
            self._map.close()
            raise Unfit("of another workspace")
        self.path = path
        self._inode = stat.st_ino
        self._head = head
        places = head.places
        with memoryview(self._map) as whole:
            self._digests = whole[places.digests : places.newest].cast("Q")
            self._newest = whole[places.newest : places.counts].cast("I")
            self._counts = whole[places.counts : places.keys].cast("I")
            self._keys = whole[places.keys : places.marks].cast("I")
            self._links = whole[places.links : places.chains].cast("I")
            self._chains = whole[places.chains : places.members].cast("I")
            self._members = whole[places.members : places.end].cast("Q")

    def is_current(self) -> bool:
        """Whether the file is still the one under its name: a table that grows takes its place."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    def head(self) -> Head:
        """How far the table is by now."""
        try:
            return read_head(self._map[: HEADER.size], len(self._map), self._head.bands)
        except Unfit:  # just being written
            return self._head

    def near(self, keys: tuple[int, ...]) -> list[tuple[int, int]]:
        """The nodes that share a key in a band, with how many: those that share most first, then the newest."""
        bands, capacity = self._head.bands, self._head.capacity
        known, links, chains = self._keys, self._links, self._chains
        hits: Counter[int] = Counter()
        steps = 0
        for band, key in enumerate(keys):
            node = chains[band * capacity + (key & (capacity - 1))] - 1
            if steps >= STEPS_MAPPED:
                self.let_go()
                steps = 0
            for _ in range(MOST_STEPS):
                steps += 1
                if not 0 <= node < capacity:
                    break
                if known[node * bands + band] == key:
                    hits[node] += 1
                following = links[node * (bands + 1) + band] - 1
                if following >= node:  # links lead to older nodes; anything else is damage
                    break
                node = following
        return sorted(hits.items(), key=lambda hit: (-hit[1], -hit[0]))

    def agreeing(self, node: int, marks: bytes) -> int:
        """How many of the marks of a content are these."""
        at = self._head.places.marks + node * len(marks)
        return sum(map(eq, marks, self._map[at : at + len(marks)]))

    def node_of(self, digest: tuple[int, int]) -> int | None:
        """The node of a content, however many others share its keys."""
        bands, capacity = self._head.bands, self._head.capacity
        node = self._chains[bands * capacity + (digest[0] & (capacity - 1))] - 1
        while 0 <= node < capacity:
            if self.digest(node) == digest:
                return node
            following = self._links[node * (bands + 1) + bands] - 1
            if following >= node:
                break
            node = following
        return None

    def digest(self, node: int) -> tuple[int, int]:
        return self._digests[2 * node], self._digests[2 * node + 1]

    def count(self, node: int) -> int:
        """How many versions have this content."""
        return self._counts[node]

    def versions(self, node: int, most: int) -> list[int]:
        """The newest versions with this content."""
        found: list[int] = []
        at = self._newest[node] - 1
        while 0 <= at < self._head.member_capacity and len(found) < most:
            found.append(self._members[2 * at])
            before = (self._members[2 * at + 1] >> 32) - 1
            if before >= at:
                break
            at = before
        return found

    def let_go(self) -> None:
        """Have what was read so far count as the system's, not as this program's: it is read from there once more."""
        self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        for view in (
            self._digests, self._newest, self._counts, self._keys, self._links, self._chains, self._members,
        ):  # fmt: skip
            view.release()
        self._map.close()
