"""Queue files: JSONL, JSON, CSV and TSV, plain or packed, read row by row into ads and problems."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePath

from modtui.domain.ad_json import FIELD_PATHS, AdProblem, normal_payload
from modtui.errors import ModtuiError
from modtui.files.ad_hash import content_hash
from modtui.files.ad_lines import AdLines
from modtui.files.ad_rows import ad_row
from modtui.files.byte_source import ByteSource
from modtui.files.json_document import JsonDocument
from modtui.files.json_rows import json_line_rows, json_lines, json_row
from modtui.files.mapped_row import RowReader
from modtui.files.mapping import QueueMapping
from modtui.files.own_layout import check_columns, own_table_mapping
from modtui.files.rows import AdRow, Problem, RawRow
from modtui.files.table_rows import REPEATED_HEADER, TableRows, guess_delimiter

_PACKING_SUFFIXES = (".gz", ".zst", ".zstd")
_KIND_BY_SUFFIX = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv", ".tab": "tsv"}
_OWN_KEYS = frozenset(path.partition(".")[0] for path in FIELD_PATHS) | {"extra"}
_FOREIGN_MAGIC = {
    b"PK\x03\x04": "a spreadsheet or a zip archive: save the sheet as CSV, or unpack it",
    b"%PDF": "a PDF",
    b"SQLite format 3\0": "a SQLite file: export its table as CSV",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet: save the sheet as CSV",
    b"BZh": "packed with bzip2: unpack it, or pack it with gzip or zstd",
    b"\xfd7zXZ\0": "packed with xz: unpack it, or pack it with gzip or zstd",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


class QueueReader:
    """One queue file being read. Every row that is not blank gives exactly one `AdRow` or one `Problem`."""

    def __init__(
        self, path: str | Path, mapping: QueueMapping | None, source: str, known_groups: Collection[str]
    ) -> None:
        self._mapping = mapping
        self._ad_source = source
        self._groups = frozenset(known_groups)
        self._bytes = ByteSource(path, mapping.encoding if mapping else None)
        self.file = self._bytes.name
        self.skipped = 0
        "Rows that the mapping says are none."
        head = self._bytes.head()
        _refuse_foreign(head, self.file)
        self.kind = (mapping and mapping.kind) or find_kind(PurePath(str(path)).name, head)
        "`jsonl`, `json`, `csv` or `tsv`."
        self._document: JsonDocument | None = None
        self._table = self._open_table(head) if self.kind in ("csv", "tsv") else None

    @property
    def header(self) -> Sequence[str]:
        """The columns of a table; empty for JSON."""
        return self._table.header if self._table else ()

    @property
    def rows_at(self) -> str | None:
        """The key of the array in a JSON object from which rows have come; None while there is none."""
        return (self._document and self._document.array) or None

    @property
    def bytes_read(self) -> int:
        """Of the file as it lies there, packed if it is."""
        return self._bytes.bytes_read

    @property
    def bytes_total(self) -> int | None:
        """None for standard input."""
        return self._bytes.bytes_total

    def close(self) -> None:
        self._bytes.close()

    def raw_rows(self) -> Iterator[RawRow]:
        """Rows before they are understood. Of these and `__iter__` only one can be used, once."""
        if self._table is not None:
            return self._table.rows()
        if self.kind == "jsonl":
            return json_line_rows(self._bytes)
        rows_at = self._mapping.rows_at if self._mapping else None
        self._document = JsonDocument(self._bytes, rows_at, () if self._mapping else _OWN_KEYS)
        return self._document.rows()

    def __iter__(self) -> Iterator[AdRow | Problem]:
        try:
            if self._mapping is None:
                yield from self._own_rows()
            else:
                yield from self._mapped_rows(self._mapping)
        finally:
            self.close()

    def _own_rows(self) -> Iterator[AdRow | Problem]:
        if self.kind != "jsonl":
            for row in self.raw_rows():
                yield self._own_row(row)
            return
        lines = AdLines(self._ad_source)
        for number, raw, problem in json_lines(self._bytes):
            if problem is None:
                yield lines.read(number, raw) or self._own_row(json_row(number, raw))
            else:
                yield Problem(self.file, number, problem, raw)

    def _own_row(self, row: RawRow) -> AdRow | Problem:
        line, value, raw, problem, is_checked = row
        if problem is None:
            try:
                payload = normal_payload(
                    value, source=self._ad_source, known_groups=self._groups, text_is_checked=is_checked
                )
                return ad_row(line, payload, content_hash(payload))
            except AdProblem as refused:
                problem = str(refused)
        return Problem(self.file, line, problem, raw)

    def _mapped_rows(self, mapping: QueueMapping) -> Iterator[AdRow | Problem]:
        reader = RowReader(mapping, self._ad_source, self._groups)
        for line, value, raw, problem, is_checked in self.raw_rows():
            if problem == REPEATED_HEADER and mapping.skip_repeated_header:
                self.skipped += 1
                continue
            if problem is None:
                if not isinstance(value, dict):
                    yield Problem(self.file, line, "is not an object", raw)
                    continue
                if mapping.skip_where and mapping.is_skipped(value):
                    self.skipped += 1
                    continue
                try:
                    payload, digest = reader.read(value, text_is_checked=is_checked)
                except AdProblem as refused:
                    problem = str(refused)
                else:
                    yield ad_row(line, payload, digest)
                    continue
            yield Problem(self.file, line, problem, raw)

    def _open_table(self, head: bytes) -> TableRows:
        mapping = self._mapping
        delimiter = (mapping and mapping.delimiter) or ("\t" if self.kind == "tsv" else guess_delimiter(head))
        table = TableRows(
            self._bytes, delimiter, mapping.quote if mapping else '"', mapping.header if mapping else None
        )
        if any("\udc80" <= mark <= "\udcff" for name in table.header for mark in name):
            raise ModtuiError(
                "The encoding is not known",
                f"the header of {self.file} is not UTF-8",
                "Name the encoding in a mapping, for example `file: {encoding: cp1252}`.",
            )
        if mapping is not None:
            check_columns(mapping, table.header, self.file) if table.header else None
        elif table.header:
            self._mapping = own_table_mapping(table.header, self.file)
        return table


def read_queue(
    path: str | Path, *, mapping: QueueMapping | None, source: str, known_groups: Collection[str] = ()
) -> QueueReader:
    """A reader of the queue file at `path`, or of standard input for `-`; iterate over it once.

    `source` names where the ads come from, `known_groups` the market groups of the catalog. Raises `ModtuiError` when
    the file cannot be read at all, or not by this mapping.
    """
    return QueueReader(path, mapping, source, known_groups)


def find_kind(name: str, head: bytes) -> str:
    """What a file is, by its first bytes and then by its name."""
    lowered = name.lower()
    for suffix in _PACKING_SUFFIXES:
        lowered = lowered.removesuffix(suffix)
    by_name = _KIND_BY_SUFFIX.get(PurePath(lowered).suffix)
    start = head.lstrip()
    if by_name in ("csv", "tsv"):
        return by_name
    if start.startswith(b"[") and not _looks_like_lines(start, b"[", b"]"):
        return "json"
    if by_name == "jsonl":
        return "jsonl"
    if start.startswith(b"{"):
        return "jsonl" if _looks_like_lines(start, b"{", b"}") else "json"
    if by_name == "json":
        return "json"
    first = start.split(b"\n", 1)[0]
    return "tsv" if first.count(b"\t") > first.count(b",") else "csv"


def _looks_like_lines(start: bytes, opening: bytes, closing: bytes) -> bool:
    """Whether the first two lines that say anything are a value each."""
    lines = [line.strip() for line in start.split(b"\n", 64)[:64] if line.strip()][:2]
    return len(lines) == 2 and lines[0].endswith(closing) and lines[1].startswith(opening)


def _refuse_foreign(head: bytes, file: str) -> None:
    for magic, what in _FOREIGN_MAGIC.items():
        if head.startswith(magic):
            raise ModtuiError("Not a queue file", f"{file} looks like {what}", "Queues are JSONL, JSON, CSV or TSV.")
