"""Twins of an ad: those whose creative is nearly the same, by text or by picture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.compared import compared, creative_text
from modtui.domain.minhash import BANDS, digest, sketch
from modtui.domain.picture_hash import CHUNK_BITS, CHUNKS, chunks, distance
from modtui.domain.shingles import likeness, shingles
from modtui.files.sketch_table import SketchTable, Unfit
from modtui.store.items import VERSION_BITS
from modtui.store.version_feed import later_versions, names_of, versions_after, versions_with
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from modtui.services.twin_pictures import Hashes, PictureHashes
    from modtui.services.twin_sketching import TwinSketching

LIKE = 0.4
"From this likeness of text on, ads are twins: of twenty words, two that stand apart may be others."
ALIKE_BITS = 12
"Up to this distance of 128 bits, pictures are the same but for size, quality, colour, or a twentieth at the edges."
MOST_COMPARED = 512
"Contents held against the ad, those that look likest first."
LIKELY_MARKS = 8
"Of the 40 marks so many agree where texts are alike: on real ads without exception, and mostly not where they are not."
FEW, SURE_MARKS = 64, 12
"Behind the likeliest few, so many: where a phrase is everybody's, hundreds agree in eight; 99 of 100 twins do in 12."
MOST_GLANCED_AT = 1024
COMPARED_AT_ONCE = 16
"Between them other threads get their turn."
NOT_YET_SKETCHED = 200
"Of so many versions behind the end of the table, each is looked at by itself: an import of a few ads is known at once."
KEPT = 2048
"Texts whose shingles are remembered."


class Twin(Struct, frozen=True):
    """Another ad whose creative is nearly the same, at the version that is likest."""

    source: str
    ad_id: str
    ad_no: int
    version_no: int
    text_likeness: float | None
    "Jaccard over shingles, exact, from `LIKE` to 1; None when it is a twin by picture only."
    picture_distance: int | None
    "Bits that differ, of 128, at most `ALIKE_BITS`; None when it is a twin by text only."


class TwinProgress(Struct, frozen=True):
    """How far the tables of sketches are."""

    done: int
    "Ads whose text is in."
    total: int
    "Ads of the workspace."
    pictures: int = 0
    "Ads whose pictures are in, or were found not to be there."
    is_complete: bool = False
    "Whether there is no more to do now."
    is_elsewhere: bool = False
    "Whether another process is at it, so that nothing was done here."


class _Found(Struct):
    """What is known of one version on the way to a `Twin`."""

    likeness: float | None = None
    distance: int | None = None


class TwinIndex:
    """Finds twins. One thread at a time; blocks for some milliseconds, so never on the thread of the screens."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._stream = stream_of(workspace)
        self._texts: SketchTable | None = None
        self._pictures: SketchTable | None = None
        self._hashes: PictureHashes | None = None
        self._sketching: TwinSketching | None = None
        self._shingles: OrderedDict[int, frozenset[int]] = OrderedDict()

    @classmethod
    def open(cls, workspace: Workspace) -> TwinIndex:
        """The index of a workspace. It reads what is sketched; `catch_up`, or another process, does the rest."""
        return cls(workspace)

    def of(self, ad: Ad, ad_no: int, most: int = 200) -> tuple[Twin, ...]:
        """The twins of an ad, itself left out: the likest first, then the newest, one version of each ad."""
        self._texts = self._current(self._texts, texts_path(self.workspace), BANDS)
        self._pictures = self._current(self._pictures, pictures_path(self.workspace), CHUNKS)
        found: dict[int, _Found] = {}
        for version_no, like in self._by_text(creative_text(ad), most):
            found.setdefault(version_no, _Found()).likeness = like
        for version_no, bits in self._by_picture(ad, ad_no, most):
            known = found.setdefault(version_no, _Found())
            known.distance = bits if known.distance is None else min(known.distance, bits)
        self._let_go()
        return self._named(_likest(found, ad_no)[:most])

    def catch_up(self, limit: int = 1000, *, with_pictures: bool = True) -> TwinProgress:
        """Sketch the next ads that are not yet; at most `limit`. Brings numpy in: not for the process of the screens.

        Pictures take some hundred times as long as texts, and wait until all texts are in. Raises ModtuiError when the
        tables cannot be written.
        """
        if self._sketching is None:
            from modtui.services.twin_sketching import TwinSketching

            self._sketching = TwinSketching(self.workspace)
        return self._sketching.catch_up(limit, with_pictures=with_pictures)

    def close(self) -> None:
        """Let go of the files."""
        for table in (self._texts, self._pictures):
            if table is not None:
                table.close()
        self._texts = self._pictures = None
        if self._hashes is not None:
            self._hashes.close()
            self._hashes = None
        if self._sketching is not None:
            self._sketching.close()
            self._sketching = None

    def _let_go(self) -> None:
        """What a lookup reads of the tables would stay mapped, up to all of them."""
        for table in (self._texts, self._pictures):
            if table is not None:
                table.let_go()

    def _current(self, table: SketchTable | None, path: Path, bands: int) -> SketchTable | None:
        """The table as it is on disk by now, or None where there is none that is fit."""
        if table is not None:
            if table.is_current():
                return table
            table.close()
        try:
            return SketchTable(path, bands, self._stream)
        except Unfit:
            return None

    def _by_text(self, text: str, most: int) -> Iterator[tuple[int, float]]:
        """Versions of nearly the same text, with how like they are."""
        ordered = shingles(text)
        if not ordered:
            return
        own, table, mark, later = frozenset(ordered), self._texts, 0, 0
        if table is not None:
            head = table.head()
            mark, later = head.mark, head.later
            near = _worth_comparing(table, ordered)
            newest = [(versions[0], node) for node in near if (versions := table.versions(node, 1))]
            alike = self._compared(own, [version_no for version_no, _ in newest])
            for version_no, node in newest:
                if version_no in alike:
                    yield from ((each, alike[version_no]) for each in table.versions(node, most + 1))
        with self.workspace.read() as connection:
            waiting = versions_after(connection, mark, NOT_YET_SKETCHED)
            waiting += later_versions(connection, later, NOT_YET_SKETCHED)[0]
        for row in waiting:
            like = likeness(own, self._shingles_of(row.version_no, row.payload))
            if like >= LIKE:
                yield row.version_no, like

    def _compared(self, own: frozenset[int], version_nos: Sequence[int]) -> dict[int, float]:
        """Those of the versions that are like a text, by what the workspace says of them."""
        found: dict[int, float] = {}
        for start in range(0, len(version_nos), COMPARED_AT_ONCE):
            some = version_nos[start : start + COMPARED_AT_ONCE]
            unknown = [each for each in some if each not in self._shingles]
            with self.workspace.read() as connection:
                payloads = versions_with(connection, unknown) if unknown else {}
            for version_no in some:
                if version_no in self._shingles or version_no in payloads:
                    like = likeness(own, self._shingles_of(version_no, payloads.get(version_no, "")))
                    if like >= LIKE:
                        found[version_no] = like
        return found

    def _shingles_of(self, version_no: int, payload: str) -> frozenset[int]:
        """A version's creative never changes, so what was worked out holds."""
        known = self._shingles.get(version_no)
        if known is None:
            known = self._shingles[version_no] = frozenset(shingles(compared(payload).text))
            if len(self._shingles) > KEPT:
                self._shingles.popitem(last=False)
        else:
            self._shingles.move_to_end(version_no)
        return known

    def _by_picture(self, ad: Ad, ad_no: int, most: int) -> Iterator[tuple[int, int]]:
        """Versions with a picture that looks the same, with the bits that differ."""
        table = self._pictures
        if table is None or not ad.media:
            return
        if self._hashes is None:
            from modtui.services.twin_pictures import PictureHashes

            self._hashes = PictureHashes(self.workspace, with_cuts=True)
        for picture in self._hashes.of(ad_no, ad.media):
            for own, nodes in _looked_up(table, picture):
                for node in nodes:
                    first, second = table.digest(node)
                    bits = distance(own, first << 64 | second)
                    if bits <= ALIKE_BITS:
                        yield from ((version_no, bits) for version_no in table.versions(node, most + 1))

    def _named(self, chosen: Sequence[tuple[int, _Found]]) -> tuple[Twin, ...]:
        with self.workspace.read() as connection:
            names = names_of(connection, [version_no >> VERSION_BITS for version_no, _ in chosen])
        return tuple(
            Twin(*names[ad_no], ad_no, version_no, found.likeness, found.distance)
            for version_no, found in chosen
            if (ad_no := version_no >> VERSION_BITS) in names
        )


def texts_path(workspace: Workspace) -> Path:
    """The file beside the workspace that holds the sketches of texts."""
    return workspace.path.with_name(workspace.path.name + "-twins")


def pictures_path(workspace: Workspace) -> Path:
    """The file beside the workspace that holds the hashes of pictures."""
    return workspace.path.with_name(workspace.path.name + "-pictures")


def stream_of(workspace: Workspace) -> bytes:
    """What a table says it is of: the incarnation of the workspace."""
    return bytes.fromhex(workspace.stream.stream)[:16].ljust(16, b"\0")


def _likest(found: dict[int, _Found], ad_no: int) -> list[tuple[int, _Found]]:
    """The versions by how like they are, then the newest; the first of each ad."""
    order = sorted(found.items(), key=lambda each: (-_closeness(each[1]), -each[0]))
    chosen: dict[int, tuple[int, _Found]] = {}
    for version_no, known in order:
        number = version_no >> VERSION_BITS
        if number != ad_no:
            chosen.setdefault(number, (version_no, known))
    return list(chosen.values())


def _closeness(found: _Found) -> float:
    """How like a twin is, from 0 to 1, by text if it is one by text."""
    if found.likeness is not None:
        return found.likeness
    return LIKE * (1 - (found.distance or 0) / (ALIKE_BITS + 1))


def _worth_comparing(table: SketchTable, ordered: Sequence[int]) -> list[int]:
    """The contents that may be like a text of these shingles: the one that is the same, then the likest at a glance."""
    own = sketch(ordered)
    if own is None:
        return []
    glanced = [(table.agreeing(node, own.marks), node) for node, _ in table.near(own.keys)[:MOST_GLANCED_AT]]
    glanced.sort(reverse=True)
    likely = [node for marks, node in glanced[:FEW] if marks >= LIKELY_MARKS]
    likely += [node for marks, node in glanced[FEW:MOST_COMPARED] if marks >= SURE_MARKS]
    same = table.node_of(digest(ordered))
    return likely if same is None else [same, *(node for node in likely if node != same)]


def _looked_up(table: SketchTable, picture: Hashes) -> Iterator[tuple[int, set[int]]]:
    """Each hash of a picture with the pictures that may be near it. Only here is a picture looked up as it may be cut
    elsewhere, the table holds each as it is; and those by whole parts, which on real ads misses next to none."""
    yield picture.whole, _nodes_near(table, picture.whole)
    for cut in picture.cuts:
        yield cut, {node for node, _ in table.near(chunks(cut))}


def _nodes_near(table: SketchTable, number: int) -> set[int]:
    """Pictures that have a part of the hash in common, give or take a bit: all within 15 bits of it."""
    parts = chunks(number)
    found = {node for node, _ in table.near(parts)}
    for place in range(CHUNK_BITS):
        found.update(node for node, _ in table.near(tuple(part ^ 1 << place for part in parts)))
    return found
