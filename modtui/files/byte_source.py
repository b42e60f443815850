"""The bytes of a queue file: opened without hanging, unpacked as they are read, always UTF-8 at the end."""

from __future__ import annotations

import codecs
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from modtui.errors import ModtuiError

CHUNK = 1 << 18
"Bytes read, and at most about as many handed on, at a time."
HEAD = 1 << 16
"Unpacked bytes that are looked at before reading begins."
MAX_ZSTD_WINDOW = 1 << 27
ZSTD_INPUT = 512
"Compressed bytes unpacked at a time: a hostile frame makes at most 128 KiB of every 4 of them."


class SourceBroken(Exception):  # noqa: N818  a state of the file that its rows are told of
    """The bytes end before they should: the message says why. What was read before stands."""


class ByteSource:
    """A queue file as a stream of UTF-8 bytes, with how much of the file was read."""

    def __init__(self, path: str | Path, encoding: str | None = None) -> None:
        """Opens `path`, or standard input for `-`. Raises `ModtuiError` for what is no readable file."""
        self.name = "standard input" if str(path) == "-" else str(path)
        self.bytes_read = 0
        self.bytes_total: int | None = None
        self._stream = self._open(path)
        self._broken: SourceBroken | None = None
        self._peeked = b""
        try:
            self._peeked = self._read_raw()
            self.packing = _packing_of(self._peeked)
            self._chunks = self._unpacked(self._peeked)
            if self.packing:
                self._peeked = b""
                for piece in self._chunks:
                    self._peeked += piece
                    if len(self._peeked) >= HEAD:
                        break
        except SourceBroken as broken:
            self._broken = broken
        self._encoding = encoding or _declared_encoding(self._peeked)
        if self._encoding is None:
            self._peeked = self._peeked.removeprefix(codecs.BOM_UTF8)

    def _open(self, path: str | Path) -> BinaryIO:
        if str(path) == "-":
            return sys.stdin.buffer
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise ModtuiError("No such file", f"{path} is not there", "Check the path.") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ModtuiError(
                "Cannot read the file", f"{path}: {reason}", "Check the path and its permissions."
            ) from None
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise ModtuiError("That is a folder", f"{path} is a folder, not a queue file", "Name a file in it.")
            raise ModtuiError(
                "Not an ordinary file", f"{path} is a pipe or a device", "Pipe it in: name `-` and use standard input."
            )
        self.bytes_total = status.st_size
        return os.fdopen(descriptor, "rb", buffering=0)

    def close(self) -> None:
        if self._stream is not sys.stdin.buffer:
            self._stream.close()

    def head(self) -> bytes:
        """The first bytes as UTF-8 (up to about 256 KiB), which `chunks` gives again."""
        if self._encoding is None:
            return self._peeked
        decoder = codecs.getincrementaldecoder(self._encoding)(_errors_for(self._encoding))
        try:
            return (
                decoder.decode(self._peeked).encode("utf-8", _errors_for(self._encoding)).removeprefix(codecs.BOM_UTF8)
            )
        except UnicodeError:
            return self._peeked

    def chunks(self) -> Iterator[bytes]:
        """All bytes, in order, once. Raises `SourceBroken` where they end before they should."""
        plain = self._plain_chunks()
        return plain if self._encoding is None else self._transcoded(plain, self._encoding)

    def _plain_chunks(self) -> Iterator[bytes]:
        if self._peeked:
            yield self._peeked
            self._peeked = b""
        if self._broken:
            raise self._broken
        if self.packing:
            yield from self._chunks
            return
        while chunk := self._read_raw():
            yield chunk

    def _transcoded(self, chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
        """Bytes that are no text in the encoding come through as bytes that are no UTF-8, and fail with their row."""
        errors = _errors_for(encoding)
        decoder = codecs.getincrementaldecoder(encoding)(errors)
        is_first = True
        try:
            for chunk in chunks:
                text = decoder.decode(chunk)
                if is_first and text:
                    text, is_first = text.removeprefix("\ufeff"), False
                yield text.encode("utf-8", errors)
            yield decoder.decode(b"", final=True).encode("utf-8", errors)
        except UnicodeError as error:
            raise SourceBroken(f"the text is not {encoding}: {error}") from None

    def _read_raw(self) -> bytes:
        try:
            chunk = self._stream.read(CHUNK) or b""
        except OSError as error:
            raise SourceBroken(f"reading failed: {error.strerror}") from None
        self.bytes_read += len(chunk)
        return chunk

    def _unpacked(self, head: bytes) -> Iterator[bytes]:
        if self.packing == "gzip":
            return self._gunzipped(head)
        if self.packing == "zstd":
            return self._unzstd(head)
        return iter(())

    def _gunzipped(self, chunk: bytes) -> Iterator[bytes]:
        unpack = zlib.decompressobj(wbits=31)
        while True:
            try:
                if piece := unpack.decompress(chunk, CHUNK):
                    yield piece
            except zlib.error as error:
                raise SourceBroken(f"the gzip data is damaged: {error}") from None
            chunk = unpack.unconsumed_tail
            if unpack.eof:
                chunk = unpack.unused_data.lstrip(b"\0") or self._read_raw().lstrip(b"\0")
                if not chunk:
                    return
                unpack = zlib.decompressobj(wbits=31)
            elif not chunk:
                chunk = self._read_raw()
                if not chunk:
                    raise SourceBroken("the gzip data is cut off")

    def _unzstd(self, chunk: bytes) -> Iterator[bytes]:
        import zstandard  # 5 ms, and most queues are not packed with it

        decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW)
        unpack = decompressor.decompressobj()
        pending = bytearray()
        try:
            while chunk:
                for start in range(0, len(chunk), ZSTD_INPUT):
                    data = chunk[start : start + ZSTD_INPUT]
                    while data:
                        if unpack.eof:
                            unpack = decompressor.decompressobj()
                        pending += unpack.decompress(data)
                        data = unpack.unused_data if unpack.eof else b""
                        if len(pending) >= CHUNK:
                            yield from _slices(bytes(pending))
                            pending.clear()
                chunk = self._read_raw()
        except zstandard.ZstdError as error:
            if pending:
                yield bytes(pending)
            raise SourceBroken(f"the zstd data is damaged: {error}") from None
        if pending:
            yield bytes(pending)
        if not unpack.eof:
            raise SourceBroken("the zstd data is cut off")


def _slices(data: bytes) -> Iterator[bytes]:
    return (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))


def _packing_of(head: bytes) -> str | None:
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if head.startswith(b"\x28\xb5\x2f\xfd") else None


def _declared_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by mark or by its zero bytes; None for UTF-8 and for what nobody declared."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:4096]
    if len(sample) >= 4 and b"\0" in sample[:4]:
        zeros_at_even, zeros_at_odd = sample[::2].count(0), sample[1::2].count(0)
        if max(zeros_at_even, zeros_at_odd) > len(sample) // 5:
            return "utf-16-be" if zeros_at_even > zeros_at_odd else "utf-16-le"
    return None


def _errors_for(encoding: str) -> str:
    return "surrogatepass" if encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")) else "surrogateescape"
