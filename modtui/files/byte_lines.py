"""Lines of a byte source, none of them longer than a row may be."""

from __future__ import annotations

from collections.abc import Iterator

from modtui.files.byte_source import ByteSource, SourceBroken
from modtui.files.rows import MAX_ROW


class ByteLines:
    """Lines without their endings. `broken` says why the source ended before it should, None when it did not."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.broken: str | None = None
        head = source.head()
        self.ending = b"\r" if b"\r" in head and b"\n" not in head else b"\n"

    def batches(self) -> Iterator[tuple[list[bytes], bool]]:
        """Lists of lines, in order; what follows the last ending is a line if there is anything.

        The flag says that the list is one line, cut at `MAX_ROW`, and that the rest of it was read past.
        """
        held: list[bytes] = []
        held_size = 0
        is_skipping = False
        try:
            for chunk in self._source.chunks():
                first, *lines = chunk.split(self.ending)
                if not is_skipping:
                    held.append(first)
                    held_size += len(first)
                if held_size > MAX_ROW:
                    yield [b"".join(held)[:MAX_ROW]], True
                    held, held_size, is_skipping = [], 0, True
                if not lines:
                    continue
                rest = lines.pop()
                if not is_skipping:
                    lines.insert(0, b"".join(held))
                held, held_size, is_skipping = [rest], len(rest), False
                if lines:
                    yield lines, False
        except SourceBroken as broken:
            self.broken = str(broken)
        last = b"".join(held)
        if last:
            yield [last], False
