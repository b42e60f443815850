"""Rows of CSV and TSV, by the names in the header. One bad quote costs one line, never the rest of the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from modtui.domain.plurals import number_of
from modtui.files.byte_lines import ByteLines
from modtui.files.byte_source import ByteSource
from modtui.files.json_rows import TOO_LONG
from modtui.files.rows import MAX_ROW, RawRow
from modtui.files.strict_json import not_utf8

REREAD_BUDGET = 8 * MAX_ROW
"Bytes of lines read a second time after a quote that was never closed. Past it, such lines are problems as they are."

REPEATED_HEADER = "repeats the header"


class _TooLongError(Exception):
    pass


class _Feed:
    """Hands lines to the CSV parser, and remembers those of the row it is reading."""

    def __init__(self, lines: ByteLines) -> None:
        self._lines = lines
        self._batches = lines.batches()
        self._batch: Iterator[bytes] = iter(())
        self._is_cut = False
        self._again: deque[bytes] = deque()
        self.ending = lines.ending
        self.row: list[bytes] = []
        self.row_size = 0
        self.is_utf8 = True
        self.has_nul = False
        self.is_at_end = False
        self.line = 0
        "Lines handed out so far."

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._next_line()
        self.row.append(line)
        self.row_size += len(line)
        if b"\0" in line:
            self.has_nul = True
        self.line += 1
        if self._is_cut or self.row_size > MAX_ROW:
            raise _TooLongError
        try:
            return line.decode() + "\n"
        except UnicodeDecodeError:
            self.is_utf8 = False
            return line.decode("utf-8", "surrogateescape") + "\n"

    def _next_line(self) -> bytes:
        if self._again:
            return self._again.popleft()
        while True:
            for line in self._batch:
                return line
            try:
                batch, self._is_cut = next(self._batches)
            except StopIteration:
                self.is_at_end = True
                raise
            self._batch = iter(batch)

    def begin_row(self) -> None:
        self.row, self.row_size = [], 0
        self.is_utf8 = True
        self.has_nul = False
        self._is_cut = False

    def raw(self) -> bytes:
        return self.ending.join(self.row)

    def give_back(self) -> list[bytes]:
        """All lines of the row but the first are read again; returns them."""
        lines = self.row[1:]
        self._again.extendleft(reversed(lines))
        self.line -= len(lines)
        del self.row[1:]
        return lines


class TableRows:
    """The rows of a table. `header` is known after the first was asked for, or before when it is given."""

    def __init__(
        self, source: ByteSource, delimiter: str, quote: str | None = '"', header: Sequence[str] | None = None
    ) -> None:
        csv.field_size_limit(2 * MAX_ROW)
        self._source = source
        self._lines = ByteLines(source)
        self._feed = _Feed(self._lines)
        self._delimiter, self._quote = delimiter, quote or None
        self._reader = self._parser(self._feed, strict=True)
        self._first_cells = list(header) if header is not None else self._header_cells()
        self.header = column_names(self._first_cells)
        self._is_header_given = header is not None
        self._reread = 0

    def _parser(self, lines: Iterable[str], strict: bool, with_quotes: bool = True) -> Iterator[list[str]]:
        if self._quote is None or not with_quotes:
            return csv.reader(lines, delimiter=self._delimiter, quoting=csv.QUOTE_NONE, strict=strict)
        return csv.reader(lines, delimiter=self._delimiter, quotechar=self._quote, strict=strict)

    def _leniently(self) -> list[str] | None:
        """The cells of a row whose quotes are not by the book, if it stands on one line; None if they do not fit.

        Over several lines they would fit all too often: a stray quote swallows whole rows until it meets the next.
        """
        if len(self._feed.row) != 1 or self._feed.is_at_end:
            return None
        line = self._feed.raw().decode("utf-8", "surrogateescape")
        for with_quotes in (False, True):
            try:
                cells = next(self._parser([line], False, with_quotes), [])
            except csv.Error:
                continue
            if len(cells) == len(self.header):
                return cells
        return None

    def _header_cells(self) -> list[str]:
        while True:
            self._feed.begin_row()
            try:
                cells = next(self._reader)
            except (StopIteration, csv.Error, _TooLongError):
                return []
            if cells:
                return cells

    def rows(self) -> Iterator[RawRow]:
        """A row for every line, or lines where a cell holds line breaks, that is not blank."""
        feed, header, width = self._feed, self.header, len(self.header)
        header_has_nul = any("\0" in name for name in header)
        while True:
            feed.begin_row()
            line = feed.line + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                break
            except _TooLongError:
                yield from self._resynchronised(line, TOO_LONG)
                continue
            except csv.Error as error:
                lenient = self._leniently()
                if lenient is None:
                    reason = "opens a quote that is never closed" if feed.is_at_end else f"is not CSV: {error}"
                    yield from self._resynchronised(line, reason)
                    continue
                cells = lenient
            if not cells:
                continue
            if not feed.is_utf8:
                yield RawRow(line, None, feed.raw(), _why_not_utf8(feed.raw()))
            elif len(cells) != width and not self._fits(cells):
                reason = f"has {number_of(len(cells), 'cell')}, the header {number_of(width, 'cell')}"
                yield from self._resynchronised(line, reason)
            elif cells == self._first_cells and not self._is_header_given:
                yield RawRow(line, None, feed.raw(), REPEATED_HEADER)
            else:
                is_checked = not (feed.has_nul or header_has_nul)
                yield RawRow(line, dict(zip(header, cells, strict=False)), feed.raw(), None, is_checked)
        if self._lines.broken:
            yield RawRow(feed.line + 1, None, b"", self._lines.broken)

    def _fits(self, cells: list[str]) -> bool:
        """Whether the cells beyond the header are empty, as spreadsheets leave them."""
        return len(cells) > len(self.header) and not any(cells[len(self.header) :])

    def _resynchronised(self, line: int, reason: str) -> Iterator[RawRow]:
        """A problem for the first line of the row, the others being read again: a stray quote had swallowed them."""
        feed = self._feed
        if len(feed.row) > 1 and self._reread + feed.row_size <= REREAD_BUDGET:
            self._reread += feed.row_size
            feed.give_back()
            feed.is_at_end = False
        yield RawRow(line, None, feed.raw()[:MAX_ROW], reason)


def column_names(cells: Sequence[str]) -> list[str]:
    """The header with a name for every column: `column 3` where there is none, `text (2)` where it stands twice."""
    names: list[str] = []
    taken = set(cells)
    for index, cell in enumerate(cells):
        name = cell.strip() or f"column {index + 1}"
        base, count = name, 1
        while name in names or (count > 1 and name in taken):
            count += 1
            name = f"{base} ({count})"
        names.append(name)
    return names


def guess_delimiter(head: bytes) -> str:
    """The separator that stands most often in the first line, outside quotes; a comma when none does."""
    line = head.lstrip(b"\r\n").split(b"\n", 1)[0].split(b"\r", 1)[0].decode("utf-8", "replace")
    unquoted = "".join(part for index, part in enumerate(line.split('"')) if index % 2 == 0)
    return max(",;\t|", key=unquoted.count)


def _why_not_utf8(raw: bytes) -> str:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return not_utf8(raw, error)
    return "is not UTF-8"
