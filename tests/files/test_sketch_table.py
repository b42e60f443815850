"""The table of sketches: what is put in is found, whoever dies while writing it and whatever happens to the file."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from modtui.files import sketch_writer
from modtui.files.sketch_table import HEADER, MOST_STEPS, SketchTable, Unfit
from modtui.files.sketch_writer import SketchWriter

BANDS = 4
STREAM = b"s" * 16
MANY = 3000


def rows(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Contents of which every third comes twice, with keys from so few that chains are long."""
    rng = random.Random(seed)
    contents = [number - (number % 3 == 2) for number in range(count)]
    made = [(rng.randrange(1 << 64), rng.randrange(1 << 64)) for _ in range(count)]
    keys = [[hash((content, band)) % 200 for band in range(BANDS)] for content in contents]
    digests = [made[content] for content in contents]
    marks = [[(content + place) % 256 for place in range(2 * BANDS)] for content in contents]
    return (
        np.array(keys, np.uint32),
        np.array(marks, np.uint8),
        np.array(digests, np.uint64),
        np.arange(1, count + 1, dtype=np.uint64),
    )


def fill(writer: SketchWriter, count: int = MANY, seed: int = 1) -> None:
    keys, marks, digests, versions = rows(count, seed)
    for start in range(0, count, 250):
        some = slice(start, start + 250)
        writer.add(keys[some], marks[some], digests[some], versions[some])
        writer.note(mark=int(versions[some][-1]))


def check(path: Path, count: int = MANY) -> None:
    """Every content is found by its keys, the newest first, with its versions."""
    keys, marks, digests, _ = rows(count)
    table = SketchTable(path, BANDS, STREAM)
    assert (table.head().nodes, table.head().members) == (len({tuple(row) for row in digests.tolist()}), count)
    for row in range(count - 60, count):
        near = table.near(tuple(keys[row].tolist()))
        node = next(node for node, shared in near if shared == BANDS and table.digest(node) == tuple(digests[row]))
        assert table.node_of(tuple(digests[row].tolist())) == node
        assert table.agreeing(node, marks[row].tobytes()) == 2 * BANDS
        assert table.agreeing(node, bytes(2 * BANDS)) <= 1
        same = [other + 1 for other in range(count) if tuple(digests[other]) == tuple(digests[row])]
        assert table.versions(node, 10) == same[::-1]
        assert table.count(node) == len(same)
        assert len(near) <= BANDS * MOST_STEPS
    table.close()


def test_what_is_put_in_is_found_through_every_growth(tmp_path: Path) -> None:
    writer = SketchWriter(tmp_path / "t", BANDS, STREAM)
    assert writer.is_new
    fill(writer)
    assert writer.head.capacity > sketch_writer.FEWEST
    writer.close()
    check(tmp_path / "t")
    again = SketchWriter(tmp_path / "t", BANDS, STREAM)
    assert not again.is_new
    assert again.head.mark == MANY
    again.close()
    assert [each.name for each in tmp_path.iterdir()] == ["t"]


def test_a_reader_sees_that_the_table_has_grown(tmp_path: Path) -> None:
    writer = SketchWriter(tmp_path / "t", BANDS, STREAM)
    reader = SketchTable(tmp_path / "t", BANDS, STREAM)
    assert reader.is_current()
    fill(writer)
    assert not reader.is_current()
    check(tmp_path / "t")
    writer.close()


def test_what_was_read_is_not_kept_resident_and_reads_the_same(tmp_path: Path) -> None:
    with_rows, keys = SketchWriter(tmp_path / "t", BANDS, STREAM), rows(MANY)[0]
    fill(with_rows)
    with_rows.close()
    table = SketchTable(tmp_path / "t", BANDS, STREAM)
    before = [table.near(tuple(each.tolist())) for each in keys[::50]]
    assert resident(tmp_path / "t") > 0
    table.let_go()
    assert resident(tmp_path / "t") == 0
    assert [table.near(tuple(each.tolist())) for each in keys[::50]] == before
    table.close()


def resident(path: Path) -> int:
    """KiB of a mapped file that count as this process's."""
    is_of_file, found = False, 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        first, *rest = line.split()
        if not first.endswith(":"):
            is_of_file = bool(rest) and rest[-1] == str(path)
        elif first == "Rss:" and is_of_file:
            found += int(rest[0])
    return found


def test_a_writer_cut_short_between_any_two_steps_loses_nothing_that_was_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step, name in enumerate(("_link", "_add_members", "_write_head")):
        path = tmp_path / str(step)
        writer = SketchWriter(path, BANDS, STREAM)
        fill(writer, 1000)
        keys, marks, digests, versions = rows(MANY)

        def die(*_: object) -> None:
            raise InterruptedError

        with monkeypatch.context() as patch, pytest.raises(InterruptedError):
            patch.setattr(SketchWriter, name, die)
            writer.add(keys[1000:1200], marks[1000:1200], digests[1000:1200], versions[1000:1200])
        del writer  # without close, as after kill -9
        again = SketchWriter(path, BANDS, STREAM)
        assert (again.is_new, again.head.mark, again.head.members) == (False, 1000, 1000)
        again.add(keys[1000:], marks[1000:], digests[1000:], versions[1000:])
        again.close()
        check(path)


def test_what_the_machine_did_not_finish_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SketchWriter(tmp_path / "t", BANDS, STREAM)
    fill(writer, 500)
    monkeypatch.setattr(sketch_writer, "boot_id", lambda: b"another run of the"[:16])
    assert SketchWriter(tmp_path / "t", BANDS, STREAM).is_new


@pytest.mark.parametrize("harm", ["gone", "empty", "short", "other shape", "head", "stream", "bands", "folder"])
def test_what_is_not_fit_is_refused_and_made_anew(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "t"
    writer = SketchWriter(path, BANDS, STREAM)
    fill(writer, 500)
    writer.close()
    data = path.read_bytes()
    harmed = {
        "empty": b"", "short": data[:-1], "other shape": data[:8] + b"\xff" + data[9:],
        "head": data[:20] + bytes([data[20] ^ 1]) + data[21:],
    }  # fmt: skip
    path.unlink()
    if harm in harmed:
        path.write_bytes(harmed[harm])
    elif harm != "gone":
        path.write_bytes(data)
    stream = b"t" * 16 if harm == "stream" else STREAM
    bands = BANDS + 1 if harm == "bands" else BANDS
    if harm == "folder":
        path.unlink()
        path.mkdir()
        with pytest.raises(Unfit):
            SketchTable(path, BANDS, STREAM)
        with pytest.raises(OSError):
            SketchWriter(path, BANDS, STREAM)
        return
    with pytest.raises(Unfit):
        SketchTable(path, bands, stream)
    anew = SketchWriter(path, bands, stream)
    assert (anew.is_new, anew.head.members) == (True, 0)
    anew.close()


def test_a_table_of_noise_answers_and_ends(tmp_path: Path) -> None:
    path = tmp_path / "t"
    writer = SketchWriter(path, BANDS, STREAM)
    fill(writer, 800)
    writer.close()
    data = bytearray(path.read_bytes())
    noise = random.Random(3)
    data[HEADER.size :] = noise.randbytes(len(data) - HEADER.size)
    path.write_bytes(data)
    table = SketchTable(path, BANDS, STREAM)
    for _ in range(200):
        for node, _ in table.near(tuple(noise.randrange(200) for _ in range(BANDS))):
            assert len(table.versions(node, 50)) <= 50
    table.close()
