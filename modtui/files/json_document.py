"""Rows of one JSON document, an array or an object that holds one, taken one by one whatever its size."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from modtui.errors import ModtuiError
from modtui.files.byte_source import ByteSource, SourceBroken
from modtui.files.json_rows import TOO_LONG, json_row
from modtui.files.rows import MAX_ROW, RawRow
from modtui.files.strict_json import JsonProblem, parse_json

_TOKEN = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:\s*\Z', re.DOTALL)
_REACH = 1024
"Bytes before a bracket in which its key is looked for."


class JsonDocument:
    """Finds the rows by their brackets, so that one malformed row is one problem and the next is read all the same.

    `rows_at` is the dotted path of the array; without it the document's own array counts, or the first array of
    objects in a top-level object whose key is not among `own_keys`; an object without one is one row.
    """

    def __init__(self, source: ByteSource, rows_at: str | None = None, own_keys: Collection[str] = ()) -> None:
        self._source = source
        self._rows_at = rows_at
        self._own_keys = own_keys
        self._open: list[tuple[bytes, str]] = []
        "The brackets that are open, each with its key."
        self._row_depth = 0
        "How many brackets are open between two rows; 0 outside the array."
        self._candidate_depth = 0
        "The same of an array that counts if an object follows."
        self._is_in_row = False
        self.array: str | None = None
        "The key of the array found; empty for the document itself."
        self._others: list[str] = []
        self._held = bytearray()
        "The row, or what stands between two, as far as it stood in earlier chunks."
        self._is_cut = False
        self._whole: bytearray | None = bytearray()
        "The document as long as it may be one row."
        self._line = 1
        self._row_line = 1

    def rows(self) -> Iterator[RawRow]:
        """Raises `ModtuiError` when there is no array at `rows_at`."""
        reason: str | None = None
        is_in_string, is_done = False, False
        carried = tail = b""
        try:
            for fresh in self._source.chunks():
                chunk = carried + fresh
                carried = b""
                if is_done:
                    yield from self._after_the_end(chunk)
                    continue
                if _ends_in_escape(chunk):
                    chunk, carried = chunk[:-1], chunk[-1:]
                self._remember(chunk)
                start = counted = 0
                for found in _TOKEN.finditer(chunk):
                    token, place = found.group(), found.start()
                    if token == b'"':
                        is_in_string = not is_in_string
                    elif is_in_string or len(token) > 1 or (self._is_in_row and self._nest(token)):
                        pass
                    elif self._is_in_row:
                        self._hold(chunk[start : place + 1])
                        yield self._finished_row()
                        start = place + 1
                    elif token in b"[{":
                        before = (tail + chunk[max(0, place - _REACH) : place])[-_REACH:]
                        was_between = self._row_depth > 0
                        if self._starts_row(token, before):
                            if was_between:
                                self._hold(chunk[start:place])
                                yield from self._finished_gap()
                            self._line += chunk.count(b"\n", counted, place)
                            self._row_line, counted = self._line, place
                            self._is_in_row = True
                            start = place
                        elif self._row_depth:
                            start = place + 1
                    else:
                        if self._row_depth:
                            self._hold(chunk[start:place])
                            yield from self._finished_gap()
                        if not self._closes(token):
                            raise SourceBroken(f"the {token.decode()} here closes nothing that is open")
                        if not self._open:
                            is_done = True
                            yield from self._after_the_end(chunk[place + 1 :])
                            break
                self._line += chunk.count(b"\n", counted)
                if self._row_depth and not is_done:
                    self._hold(chunk[start:])
                tail = chunk[-_REACH:]
        except SourceBroken as broken:
            reason = str(broken)
        if not is_done or reason:
            yield from self._cut_off(reason)
        yield from self._what_else_it_held(is_done)

    def _nest(self, token: bytes) -> bool:
        """Takes a bracket inside a row; false when it closes the row."""
        if token in b"[{":
            self._open.append((token, ""))
            return True
        self._open.pop()
        return len(self._open) > self._row_depth

    def _starts_row(self, token: bytes, before: bytes) -> bool:
        """Takes an opening bracket outside a row, and says whether a row starts with it."""
        depth = len(self._open)
        is_row = bool(self._row_depth)
        if not is_row and self._candidate_depth:
            if token == b"{" and not before.rpartition(b"[")[2].strip():
                is_row = self.array is None
                if is_row:
                    self._found(self._open[-1][1])
                else:
                    self._others.append(self._open[-1][1])
            self._candidate_depth = 0
        if is_row:
            self._open.append((token, ""))
            return True
        key = _KEY.search(before)
        self._open.append((token, key[1].decode("utf-8", "replace") if key else ""))
        if token == b"[":
            self._consider(depth)
        return False

    def _consider(self, depth: int) -> None:
        """Looks at an array that was just opened: is it the one that holds the rows?"""
        key = self._open[-1][1]
        if self._rows_at is not None:
            if self.array is None and ".".join(name for _, name in self._open[1:]) == self._rows_at:
                self._found(key)
        elif depth == 0:
            self._found("")
        elif depth == 1 and key not in self._own_keys:
            self._candidate_depth = 2

    def _found(self, key: str) -> None:
        self.array = key
        self._row_depth = len(self._open)
        self._whole = None

    def _closes(self, token: bytes) -> bool:
        if not self._open or self._open.pop()[0] + token not in (b"[]", b"{}"):
            return False
        self._candidate_depth = 0
        if len(self._open) < self._row_depth:
            self._row_depth = 0
        return True

    def _hold(self, piece: bytes) -> None:
        self._held += piece
        if len(self._held) > MAX_ROW:
            del self._held[MAX_ROW:]
            self._is_cut = True

    def _remember(self, chunk: bytes) -> None:
        if self._whole is not None and len(self._whole) <= MAX_ROW:
            self._whole += chunk

    def _finished_row(self) -> RawRow:
        raw, is_cut = bytes(self._held), self._is_cut
        self._held.clear()
        self._is_cut = self._is_in_row = False
        return RawRow(self._row_line, None, raw, TOO_LONG) if is_cut else json_row(self._row_line, raw)

    def _finished_gap(self) -> Iterator[RawRow]:
        """What stood between two rows: nothing but a comma, or values that are no objects."""
        raw = bytes(self._held).strip(b" \t\r\n,")
        self._held.clear()
        self._is_cut = False
        if not raw:
            return
        try:
            values, _ = parse_json(b"[" + raw + b"]")
        except JsonProblem:
            yield RawRow(self._line, None, raw, "is not JSON")
            return
        for value in values:
            yield RawRow(self._line, value, str(value))

    def _after_the_end(self, rest: bytes) -> Iterator[RawRow]:
        if rest.strip():
            yield RawRow(self._line, None, rest[:MAX_ROW], "stands after the end of the JSON document")

    def _cut_off(self, reason: str | None) -> Iterator[RawRow]:
        raw = bytes(self._held if self._whole is None else self._whole[:MAX_ROW])
        self._whole = None
        if raw.strip() or self._open or reason:
            yield RawRow(self._line, None, raw, reason or "the file ends before the JSON document does")

    def _what_else_it_held(self, is_done: bool) -> Iterator[RawRow]:
        if self._rows_at is not None and self.array is None and is_done:
            raise ModtuiError(
                "No rows in the file",
                f"{self._source.name} holds no array at `{self._rows_at}`",
                "Put the path of the array under `file: rows:` in the mapping, or leave it out.",
            )
        if self._whole is not None:
            whole = bytes(self._whole).strip()
            yield RawRow(1, None, whole, TOO_LONG) if len(whole) > MAX_ROW else json_row(1, whole)
        if self._others:
            names = ", ".join(self._others[:5])
            yield RawRow(
                self._line, None, "", f"other arrays were not read: {names} (a mapping says which: `file: rows:`)"
            )


def _ends_in_escape(chunk: bytes) -> bool:
    return (len(chunk) - len(chunk.rstrip(b"\\"))) % 2 == 1
