"""A folder or object store as a remote: bundles below each stream, added and never changed, and no server."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from modtui.domain.events import FIRST_PREV
from modtui.domain.streams import End, Row
from modtui.errors import ModtuiError
from modtui.remotes.bundles import Label, read_bundle, read_label, write_bundle
from modtui.remotes.packing import MOST_FILE_BYTES, BrokenBundle, NewerFormat, Sign
from modtui.remotes.places import Files
from modtui.remotes.protocol import PROTOCOL, Batch, Greeting, Receipt, Refused, RemoteFault
from modtui.remotes.publications import Publication, is_publication, read_publication

FACTS = "modtui-remote.json"
STREAMS = "streams"
PUBLISHED = "published"
_STREAM = re.compile(r"[0-9a-f]{8,64}(~[0-9a-f]{8,64})?")


class Facts(Struct, frozen=True):
    """What a folder says of itself."""

    modtui_remote: int
    team: str
    incarnation: str


def make_folder(files: Files, team: str) -> Facts:
    """Make a folder a team's remote, unless it is one; what it says of itself."""
    found = read_facts(files)
    if found is None:
        found = Facts(PROTOCOL, team, secrets.token_hex(16))
        files.write(FACTS, msgspec.json.encode(found) + b"\n")
    check_team(found, team)
    return found


def read_facts(files: Files) -> Facts | None:
    """What a folder says of itself; None when nobody has made it a remote. Raises ModtuiError for a too-new one."""
    content = files.read(FACTS, 10_000)
    if content is None:
        next(files.list(""), None)  # which says so when there is no such folder at all
        return None
    try:
        facts = msgspec.json.decode(content, type=Facts)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModtuiError(
            "Not a team's folder", f"{FACTS} in it cannot be read.", "Put it back from a copy, or name another folder."
        ) from error
    if facts.modtui_remote > PROTOCOL:
        raise ModtuiError(
            "Remote is too new",
            f"The folder speaks version {facts.modtui_remote} of the protocol; this program knows {PROTOCOL}.",
            "Update modtui. Nothing was sent, and nothing here is lost.",
        )
    return facts


def check_team(facts: Facts, team: str) -> None:
    if team and facts.team != team:
        raise ModtuiError(
            "Another team's remote",
            f"The folder belongs to the team {facts.team!r}, not to {team!r}.",
            "Name your own folder, or ask your lead for its address.",
        )


class FolderRemote:
    """Implements `protocol.Remote` and `protocol.Carrier`. A mark is the path of a file that was taken."""

    batch_events = 5_000
    batch_bytes = 8 << 20

    def __init__(
        self, files: Files, sign: Sign | None = None, trusted: Collection[str] = (), leads: Collection[str] = ()
    ) -> None:
        """`trusted` are the keys that bundles must be signed with, `leads` those for what is published."""
        self._files = files
        self.sign, self._trusted, self._leads = sign, trusted, leads or trusted
        self.team = ""
        "As `hello` has found it."
        self._published: list[str] = []
        self._bundles: dict[str, list[tuple[Label, str]]] = {}
        "By stream what its files' names say, in the order of their places."
        self._foreign: list[str] = []
        self._ends: dict[str, End] = {}
        "The last events of bundles that were read or written in this sync."
        self._broken: set[str] = set()
        "What was found broken in this sync: it counts as not there, so that whoever has its events sends them again."

    def hello(self) -> Greeting:
        facts = read_facts(self._files)
        if facts is None:
            raise ModtuiError(
                "Not a team's folder",
                f"There is no {FACTS} in it.",
                "`modtui remote add NAME ADDRESS --team NAME --new` makes it one; if it was one, check the mount.",
            )
        self.team = facts.team
        self._list()
        return Greeting(facts.team, facts.incarnation, {stream: self._end(stream) for stream in self._bundles})

    def _list(self) -> None:
        self._bundles.clear()
        self._foreign.clear()
        self._published.clear()
        for path in self._files.list(""):
            folder, stream, name = (*path.split("/"), "", "")[:3]
            label = read_label(name)
            if path == FACTS:
                continue
            if path in self._broken:
                continue
            if folder == PUBLISHED and path.count("/") == 1 and is_publication(stream):
                self._published.append(path)
                continue
            if folder != STREAMS or path.count("/") != 2 or label is None or not _STREAM.fullmatch(stream):
                self._foreign.append(path)
                continue
            self._bundles.setdefault(stream, []).append((label, path))
        for bundles in self._bundles.values():
            bundles.sort(key=lambda each: (each[0].first, each[0].last, each[1]))

    def _end(self, stream: str) -> End:
        """How far a stream is there: the longest way from its first event along bundles that are whole.

        Only the last bundle is read, because its whole hash is needed. One that is broken does not count, so that
        whoever has its events sends them again.
        """
        for path in _Links(self._bundles[stream]).from_the_farthest():
            if path not in self._ends and isinstance(rows := self._read(stream, path), tuple):
                self._ends[path] = End(rows[-1].seq, rows[-1].hash)
            if path in self._ends:
                return self._ends[path]
        return End()

    def _read(self, stream: str, path: str) -> tuple[Row, ...] | str:
        """The events of a bundle, or why they are not taken."""
        content = self._content(path)
        if isinstance(content, str):
            return content
        try:
            return read_bundle(path.rpartition("/")[2], stream, content, self._trusted)
        except BrokenBundle as error:
            return str(error)

    def _content(self, path: str) -> bytes | str:
        try:
            content = self._files.read(path, MOST_FILE_BYTES + 1)
        except RemoteFault:
            raise
        except ModtuiError as error:
            return str(error)
        return "it is listed, but not there yet" if content is None else content

    def hash_at(self, stream: str, seq: int) -> str | None:
        if seq == 0:
            return FIRST_PREV
        for label, path in self._bundles.get(stream, ()):
            if label.first <= seq <= label.last and isinstance(rows := self._read(stream, path), tuple):
                return rows[seq - label.first].hash
        return None

    def push(self, stream: str, rows: Sequence[Row]) -> Receipt:
        name, content = write_bundle(stream, rows, self.sign)
        path = f"{STREAMS}/{stream}/{name}"
        self._files.write(path, content)
        self._ends[path] = end = End(rows[-1].seq, rows[-1].hash)
        return Receipt(end, (path, ""))

    def pull(self, marks: Mapping[str, str]) -> Iterator[Batch | Refused]:
        for stream, bundles in self._bundles.items():
            for _, path in bundles:
                if path in marks:
                    continue
                rows = self._read(stream, path)
                if isinstance(rows, str):
                    self._broken.add(path)
                    yield Refused(path, rows)
                else:
                    self._ends[path] = End(rows[-1].seq, rows[-1].hash)
                    yield Batch(stream, rows, (path, ""))
        for path in self._foreign:
            yield Refused(path, "not a file of modtui's", is_foreign=True)

    def publications(self, marks: Mapping[str, str]) -> Iterator[Publication | Refused]:
        for path in sorted(self._published):
            if path in marks:
                continue
            content = self._content(path)
            if isinstance(content, str):
                yield Refused(path, content)
                continue
            try:
                yield read_publication(path.rpartition("/")[2], content, self.team, self._leads)
            except BrokenBundle as error:
                self._broken.add(path)
                yield Refused(path, str(error), is_newer=isinstance(error, NewerFormat))

    def lacks(self, name: str) -> bool:
        path = self.mark_of(name)
        return path in self._broken or path not in self._published

    def publish(self, publication: Publication) -> None:
        path = self.mark_of(publication.name)
        self._files.write(path, publication.content)
        self._published.append(path)
        self._broken.discard(path)

    @staticmethod
    def mark_of(name: str) -> str:
        return f"{PUBLISHED}/{name}"

    def close(self) -> None: ...


class _Links:
    """How bundles follow each other, from the first event of a stream on."""

    def __init__(self, bundles: Sequence[tuple[Label, str]]) -> None:
        after: dict[_Spot, list[tuple[Label, str]]] = {}
        for label, path in bundles:
            after.setdefault((label.first - 1, label.prev), []).append((label, path))
        self._before: dict[_Spot, tuple[_Spot, str]] = {}
        waiting: list[_Spot] = [(0, FIRST_PREV[:12])]
        while waiting:
            spot = waiting.pop()
            for label, path in after.get(spot, ()):
                end = (label.last, label.head)
                if end not in self._before and label.last >= label.first:
                    self._before[end] = (spot, path)
                    waiting.append(end)

    def from_the_farthest(self) -> Iterator[str]:
        """The last bundles of all ways, the longest first, and before each shorter way those that come before them."""
        for _, path in sorted(
            ((end, path) for end, (_, path) in self._before.items()), key=lambda each: (-each[0][0], each[1])
        ):
            yield path


_Spot = tuple[int, str]
"A number in a stream, and twelve digits of the hash there."
