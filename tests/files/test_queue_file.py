"""Queue files: every row becomes one ad or one problem, whatever the bytes are; nothing hangs and nothing grows."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modtui.domain.ads import content_hash
from modtui.errors import ModtuiError
from modtui.files import rows as rows_module
from modtui.files.mapping_file import parse_mapping
from modtui.files.queue_file import QueueReader, read_queue
from modtui.files.rows import AdRow, Problem


def mapping_of(text: str) -> Any:
    mapping, problems = parse_mapping("schema: modtui/mapping/1\n" + text, "m.yaml")
    assert mapping, [str(problem) for problem in problems]
    return mapping


def read(path: Path, data: bytes | str, mapping: Any = None) -> tuple[list[AdRow], list[Problem]]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    rows = list(read_queue(path, mapping=mapping, source="q"))
    return [row for row in rows if isinstance(row, AdRow)], [row for row in rows if isinstance(row, Problem)]


def ad(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"a{number}", "creative": {"body": f'body {number} é “x” \\ ":" : , [ {{'}, **more}


def ids(ads: list[AdRow]) -> list[str]:
    return [row.payload["id"] for row in ads]


ADS = [ad(number) for number in range(5)]
LINES = "\n".join(json.dumps(one) for one in ADS) + "\n"
TABLE = 'id,headline,markets\n1,Hello,FR|SA\n2,"a ""b""\nc",FR\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.jsonl", LINES),
        ("q.jsonl", LINES.replace("\n", "\r\n")),
        ("q.jsonl", "\n\n" + LINES.rstrip("\n")),
        ("q", LINES),
        ("q.json", json.dumps(ADS)),
        ("q.json", json.dumps(ADS, indent=2)),
        ("q.json", json.dumps({"total": 5, "ads": ADS, "note": "x"})),
        ("q.json", json.dumps({"filters": {"a": [1, {"b": []}]}, "tags": ["x"], "ads": ADS}, indent=1)),
        ("q.jsonl", json.dumps(ADS)),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_the_same_ads_come_out_of_every_form(tmp_path: Path, name: str, text: str, pack: Any, encoding: str) -> None:
    ads, problems = read(tmp_path / name, pack(text.encode(encoding)))
    assert problems == []
    assert ids(ads) == ["a0", "a1", "a2", "a3", "a4"]
    assert ads[3].payload["creative"] == ADS[3]["creative"]
    assert ads[0].content_hash == content_hash(ads[0].payload)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_table_in_our_layout(tmp_path: Path, separator: str, ending: str) -> None:
    text = TABLE.replace("FR|SA", "FR").replace(",", separator).replace("\n", ending)
    ads, problems = read(tmp_path / "q.csv", text)
    assert problems == []
    assert ids(ads) == ["1", "2"]
    assert ads[1].payload["creative"]["headline"].replace("\r\n", "\n") == 'a "b"\nc'
    assert [row.line for row in ads] == [2, 3]


def test_list_cells_of_our_layout(tmp_path: Path) -> None:
    ads, _ = read(tmp_path / "q.csv", 'id,markets,media,body\n1,"FR, SA",a.png|b.png,x\n2,"[""FR""]",,x\n')
    assert ads[0].payload["markets"] == ["FR", "SA"]
    assert [medium["path"] for medium in ads[0].payload["media"]] == ["a.png", "b.png"]
    assert ads[1].payload["markets"] == ["FR"]


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in"
    path.write_bytes(LINES.encode())
    with path.open("rb") as stream:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        reader = read_queue("-", mapping=None, source="q")
        assert len(list(reader)) == 5
    assert reader.file == "standard input"
    assert reader.bytes_total is None


def test_progress_counts_the_bytes_of_the_file_as_it_lies_there(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl.gz"
    path.write_bytes(gzip.compress(LINES.encode()))
    reader = read_queue(path, mapping=None, source="q")
    assert len(list(reader)) == 5
    assert reader.bytes_read == reader.bytes_total == path.stat().st_size


BAD_LINES = [
    (b'{"id": "x", "creative": {"body": "b"}', "is not JSON"),
    (b'{"id": "x", "id": "y", "creative": {"body": "b"}}', "'id' twice"),
    (b'{"id":"x","creative":{"body":"b","body":"c"}}', "'body' twice"),
    (b'{"id" : "x", "id" : "y", "creative": {"body": "\\": \\":"}}', "'id' twice"),
    (b'{"id":"x","a":1,"a":2,"creative":{"body":"\\u0022:"}}', "'a' twice"),
    (b'{"id": "x", "creative": {"body": "b"}, "n": NaN}', "NaN"),
    (b'{"id": "x", "creative": {"body": "b"}, "n": -Infinity}', "Infinity"),
    (b'{"id": "x", "creative": {"body": "b"}, "n": 1e999}', "too large"),
    (b'{"id": "x", "creative": {"body": "b\\ud800"}}', "surrogate"),
    (b'{"id": "x", "creative": {"body": "b\\u0000"}}', "NUL"),
    (b'{"id": "x", "creative": {"body": "caf\xe9"}}', "encoding: cp1252"),
    (b'{"id": "x", "creative": {"body": "tab\there"}}', "is not JSON"),
    (b'{"creative": {"body": "b"}}', "id: is missing"),
    (b'{"id": "x"}', "nothing to look at"),
    (b'["id"]', "not an object"),
    (b'"text"', "not an object"),
    (b"nonsense", "is not JSON"),
    (b'{"id": "x", "extra": ' + b"[" * 100_000, "is n"),
    (b'{"id": "x", "creative": {"body": "b"}, "extra": {"a":' + b"[" * 500 + b"]" * 500 + b"}}", "nested"),
    (b'{"id": "x", "creative": {"body": "b"}, "n": ' + b"9" * 5000 + b"}", "digits"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES)
def test_a_bad_line_is_one_problem_and_the_others_load(tmp_path: Path, line: bytes, reason: str) -> None:
    good = json.dumps(ADS[0]).encode()
    ads, problems = read(tmp_path / "q.jsonl", good + b"\n" + line + b"\n" + json.dumps(ADS[1]).encode() + b"\n")
    assert ids(ads) == ["a0", "a1"]
    assert len(problems) == 1
    assert reason in problems[0].reason
    assert problems[0].line == 2
    assert problems[0].raw == line


def test_numbers_of_any_size_stay_exact(tmp_path: Path) -> None:
    text = '{"id": 123456789012345678901234567890, "creative": {"body": "b"}, "n": 18446744073709551617, "f": 0.1}\n'
    ads, _ = read(tmp_path / "q.jsonl", text)
    assert ads[0].payload["id"] == "123456789012345678901234567890"
    assert ads[0].payload["extra"] == {"n": "18446744073709551617", "f": 0.1}


def checked_zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def test_a_truncated_last_line_is_a_problem(tmp_path: Path) -> None:
    ads, problems = read(tmp_path / "q.jsonl", LINES[:-20])
    assert (len(ads), len(problems)) == (4, 1)


@pytest.mark.parametrize(("name", "pack"), [("q.gz", gzip.compress), ("q.zst", checked_zstd)])
@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_what_stands_before_a_break_loads_and_the_break_is_told(
    tmp_path: Path, name: str, pack: Any, kind: str
) -> None:
    rng = random.Random(3)
    many = [{"id": str(number), "creative": {"body": rng.randbytes(300).hex()}} for number in range(3000)]
    if kind == "jsonl":
        text = "".join(json.dumps(one) + "\n" for one in many)
    elif kind == "json":
        text = json.dumps(many)
    else:
        text = "id,body\n" + "".join(f"{one['id']},{one['creative']['body']}\n" for one in many)  # type: ignore[index]
    packed = pack(text.encode())
    ads, problems = read(tmp_path / f"{kind}.{name}", packed[: len(packed) * 2 // 3])
    assert 500 < len(ads) < 3000
    assert any("cut off" in problem.reason for problem in problems)
    damaged = bytearray(packed)
    middle = len(damaged) // 2
    damaged[middle : middle + 40] = bytes(40)
    ads, problems = read(tmp_path / f"{kind}2.{name}", bytes(damaged))
    assert 0 < len(ads) <= 3000
    assert problems


def test_members_of_one_packed_file_follow_each_other(tmp_path: Path) -> None:
    first, second = LINES[: LINES.index("\n") + 1].encode(), LINES[LINES.index("\n") + 1 :].encode()
    for pack in (gzip.compress, zstandard.compress):
        ads, problems = read(tmp_path / "q", pack(first) + pack(second))
        assert (len(ads), problems) == (5, [])


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ('[{"id": 1, "creative": "b"}, {"id": 2,, "creative": "b"}, {"id": 3, "creative": "b"}]', 2, 1),
        ('[1, "x, y", {"id": 3, "creative": "b"}, null]', 1, 3),
        ('[[1], {"id": 3, "creative": "b"}]', 1, 1),
        ('[{"id": 3, "creative": "b"}', 1, 1),
        ('[{"id": 3, "creative": "b"}, {"id": 4', 1, 1),
        ('[{"id": 3, "creative": "b"}] trailing', 1, 1),
        ('[{"id": 3, "creative": "b ] } [ \\" \\\\"}, ]', 1, 0),
        ('{"ads": [{"id": 3, "creative": "b"}], "more": [{"id": 4}]}', 1, 1),
        ('{"id": 3, "creative": {"body": "b"}, "media": [{"path": "a.png"}], "flags": [{"label": "x"}]}', 1, 0),
        ('{"id": 3, "creative": ', 0, 1),
        ("[]", 0, 0),
        ("[" * 100_000, 0, 1),
        ("{}", 0, 1),
        ("]", 0, 1),
        ("[{]", 0, 2),
    ],
)
def test_one_malformed_element_is_one_problem(tmp_path: Path, text: str, good: int, bad: int) -> None:
    ads, problems = read(tmp_path / "q.json", text)
    assert (len(ads), len(problems)) == (good, bad), problems


def test_the_array_a_mapping_names(tmp_path: Path) -> None:
    text = json.dumps({"other": [{"id": 9}], "data": {"ads": [{"id": 1, "t": "x"}, {"id": 2, "t": "y"}]}})
    mapping = mapping_of("file: {rows: data.ads}\nid: id\nfields: {creative.body: t}")
    ads, problems = read(tmp_path / "q.json", text, mapping)
    assert (ids(ads), problems) == (["1", "2"], [])
    with pytest.raises(ModtuiError, match=r"data\.adverts"):
        read(tmp_path / "q.json", text, mapping_of("file: {rows: data.adverts}\nid: id\nfields: {creative.body: t}"))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_elements_are_found_wherever_the_chunks_end(tmp_path: Path, monkeypatch: Any, size: int) -> None:
    monkeypatch.setattr("modtui.files.byte_source.CHUNK", size)
    tricky = [*ADS, {"id": "z", "creative": {"body": '\\"]}', "headline": "\\\\"}}]
    for text in (json.dumps(tricky, indent=1), json.dumps({"x": {"y": [1]}, "ads": tricky})):
        ads, problems = read(tmp_path / "q.json", text)
        assert (ids(ads), problems) == (["a0", "a1", "a2", "a3", "a4", "z"], [])
        assert ads[5].payload["creative"] == tricky[5]["creative"]


def test_lines_of_elements_are_told(tmp_path: Path) -> None:
    ads, _ = read(tmp_path / "q.json", json.dumps(ADS[:2], indent=1))
    assert [row.line for row in ads] == [2, 8]


@pytest.mark.parametrize(
    ("body", "good", "reasons"),
    [
        ("1,a\n2\n3,c\n", ["1", "3"], ["has 1 cell, the header 2 cells"]),
        ("1,a,x\n2,b,,\n", ["2"], ["has 3 cells, the header 2 cells"]),
        ('1,"a\n2,b\n3,c\n', ["2", "3"], ["never closed"]),
        ('1,a\n2,"b\n3,c\n4,"d\n5,e\n', ["1", "3", "5"], ["is not CSV", "never closed"]),
        ('1,"a" b\n2,"b"\n', ["1", "2"], []),
        ("1,a\0b\n2,b\n", ["2"], ["NUL"]),
        ("1,a\nid,headline\n2,b\n", ["1", "2"], ["repeats the header"]),
        ("\n\n1,a\n\n", ["1"], []),
        (",a\n2,b\n", ["2"], ["id: is missing"]),
        ("1,\n2,b\n", ["2"], ["nothing to look at"]),
    ],
)
def test_a_bad_row_of_a_table_costs_itself_alone(
    tmp_path: Path, body: str, good: list[str], reasons: list[str]
) -> None:
    ads, problems = read(tmp_path / "q.csv", "id,headline\n" + body)
    assert ids(ads) == good
    assert len(problems) == len(reasons)
    for problem, reason in zip(problems, reasons, strict=True):
        assert reason in problem.reason


def test_stray_quotes_in_one_line_stay_in_the_text(tmp_path: Path) -> None:
    ads, problems = read(tmp_path / "q.csv", 'id,body,headline\n1,"a" b,c\n2,"x, y","a" b\n')
    assert problems == []
    assert ads[0].payload["creative"] == {"body": '"a" b', "headline": "c"}
    assert ads[1].payload["creative"]["body"] == "x, y"


def test_long_cells_are_read_and_longer_rows_refused(tmp_path: Path, monkeypatch: Any) -> None:
    for module in ("rows", "byte_lines", "table_rows", "json_document"):
        monkeypatch.setattr(f"modtui.files.{module}.MAX_ROW", 300_000)
    long, longer = "x" * 200_000, "y" * 700_000
    ads, problems = read(tmp_path / "q.csv", f"id,body\n1,{long}\n2,{longer}\n3,ok\n")
    assert ids(ads) == ["1", "3"]
    assert ["longer than" in problem.reason for problem in problems] == [True]
    records = [{"id": "1", "creative": long}, {"id": "2", "creative": longer}, {"id": "3", "creative": "ok"}]
    for name, text in (("q.jsonl", "\n".join(map(json.dumps, records))), ("q.json", json.dumps(records))):
        ads, problems = read(tmp_path / name, text)
        assert ids(ads) == ["1", "3"]
        assert ["longer than" in problem.reason for problem in problems] == [True]
        assert len(problems[0].raw) <= 300_000


def test_a_row_in_another_encoding_names_the_cure_and_the_cure_works(tmp_path: Path) -> None:
    data = "id,body\n1,plain\n2,café\n".encode("cp1252")
    ads, problems = read(tmp_path / "q.csv", data)
    assert ids(ads) == ["1"]
    assert problems[0].raw == "2,café".encode("cp1252")
    assert "encoding: cp1252" in problems[0].reason
    ads, problems = read(
        tmp_path / "q.csv", data, mapping_of("file: {encoding: cp1252}\nid: id\nfields: {creative.body: body}")
    )
    assert [row.payload["creative"]["body"] for row in ads] == ["plain", "café"]


@pytest.mark.parametrize("encoding", ["shift_jis", "latin-1", "euc-jp", "gb18030", "koi8-r"])
def test_encodings_by_name(tmp_path: Path, encoding: str) -> None:
    body = {"latin-1": "ünï", "koi8-r": "привет"}.get(encoding, "日本語の広告")
    mapping = mapping_of(f"file: {{encoding: {encoding}}}\nid: id\nfields: {{creative.body: body}}")
    for name, text in (
        ("q.csv", f"id,body\n1,{body}\n"),
        ("q.jsonl", json.dumps({"id": 1, "body": body}, ensure_ascii=False)),
    ):
        ads, problems = read(tmp_path / name, text.encode(encoding), mapping)
        assert problems == []
        assert ads[0].payload["creative"]["body"] == body


def test_a_header_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModtuiError) as error:
        read(tmp_path / "q.csv", "id,körper\n1,x\n".encode("cp1252"))
    assert "encoding" in error.value.hint


def test_files_that_are_no_queues(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    locked = tmp_path / "locked"
    locked.touch(mode=0)
    archive = tmp_path / "book.xlsx"
    archive.write_bytes(b"PK\x03\x04 and so on")
    places: list[Path | str] = [tmp_path / "missing", tmp_path, fifo, Path("/dev/null"), archive, "a\0b"]
    if os.getuid() != 0:
        places.append(locked)
    for place in places:
        with pytest.raises(ModtuiError) as error:
            read_queue(place, mapping=None, source="q")
        assert error.value.hint


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    for name in ("q.jsonl", "q.json", "q.csv", "q"):
        assert read(tmp_path / name, b"") == ([], [])


def test_a_foreign_table_without_a_mapping_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModtuiError) as error:
        read(tmp_path / "q.csv", "Ad_ID,Ad_Text\n1,x\n")
    assert "Ad_ID" in error.value.message
    assert "--guess" in error.value.hint


class _Zeros(io.RawIOBase):
    """A gigabyte of the same byte, made as it is read."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._left)
        buffer[:count] = b"0" * count
        self._left -= count
        return count


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_a_decompression_bomb_stays_small(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "bomb"
    size = 200 << 20
    with path.open("wb") as out:
        if packing == "gzip":
            with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as packer:
                for _ in range(size >> 20):
                    packer.write(bytes(1 << 20))
        else:
            zstandard.ZstdCompressor().copy_stream(_Zeros(size), out)  # type: ignore[arg-type]
    assert path.stat().st_size < 2 << 20
    tracemalloc.start()
    try:
        rows = list(read_queue(path, mapping=None, source="q")) if packing == "zstd" else _rows_of_jsonl(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [type(row) for row in rows] in ([Problem], [])
    assert peak < 100 << 20


def _rows_of_jsonl(path: Path) -> list[Any]:
    mapping = mapping_of("file: {kind: jsonl}\nid: id\nfields: {creative.body: b}")
    return list(read_queue(path, mapping=mapping, source="q"))


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str) -> None:
    def peak(count: int) -> int:
        path = tmp_path / f"{count}.{kind}"
        with path.open("w") as out:
            out.write({"jsonl": "", "json": "[", "csv": "id,body\n"}[kind])
            for number in range(count):
                if kind == "csv":
                    out.write(f"{number},{'x' * 500}\n")
                else:
                    out.write(json.dumps({"id": number, "creative": "x" * 500}) + ("," if kind == "json" else "\n"))
            out.write("{}]" if kind == "json" else "")
        tracemalloc.start()
        try:
            assert sum(1 for _ in read_queue(path, mapping=None, source="q")) == count + (kind == "json")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(10_000) < 1.5 * peak(2_000)


MARKS = [bytes([code]) for code in b'"\\{}[],:\n\r\t\0\xff 1']
WORDS = [
    b'{"id":1,"creative":"x"}',
    b"id,body\n1,x\n",
    b'"id"',
    b"id",
    b"null",
    b"\xef\xbb\xbf",
    b"\x1f\x8b",
    b"\xc3\xa9",
]
BYTES = st.lists(st.sampled_from([*MARKS, *WORDS]), max_size=40).map(b"".join)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES, name=st.sampled_from(["q.jsonl", "q.json", "q.csv", "q.tsv", "q"]), mapped=st.booleans())
def test_no_bytes_break_the_reader(tmp_path: Path, data: bytes, name: str, mapped: bool) -> None:
    mapping = mapping_of("id: content\nfields: {creative.body: {constant: x}}") if mapped else None
    try:
        ads, problems = read(tmp_path / name, data, mapping)
    except ModtuiError as error:
        assert error.title
        return
    for row in ads:
        assert row.content_hash == content_hash(row.payload)
    for problem in problems:
        assert problem.reason
        assert problem.line >= 1


def test_rows_of_a_table_are_never_lost_to_quotes(tmp_path: Path) -> None:
    rng = random.Random(7)
    for _ in range(60):
        lines = [
            rng.choice([f"{number},ok", f'{number},"q"', f'{number},"open', f'{number},a"b', f'{number},"x,y"'])
            for number in range(40)
        ]
        ads, problems = read(tmp_path / "q.csv", "id,body\n" + "\n".join(lines) + "\n")
        told = "\n".join(row.payload["creative"]["body"] for row in ads)
        told += "\n".join(problem.raw.decode() for problem in problems if isinstance(problem.raw, bytes))
        told += "".join(f"\n{row.payload['id']}," for row in ads)
        for number in range(40):
            assert f"{number}," in told


def test_a_reader_knows_its_kind_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "q.tsv.gz"
    path.write_bytes(gzip.compress(b"id\tbody\t\tbody\n1\tx\t\t\n"))
    reader = read_queue(path, mapping=None, source="q")
    assert isinstance(reader, QueueReader)
    assert (reader.kind, list(reader.header)) == ("tsv", ["id", "body", "column 3", "body (2)"])


def test_the_limit_of_a_row_is_stated() -> None:
    assert rows_module.MAX_ROW == 8 << 20
