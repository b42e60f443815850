"""Pictures and videos made for tests."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest

pillow = pytest.importorskip("PIL.Image", reason="the extra `images` is not installed")


def picture(
    format_: str = "PNG", size: tuple[int, int] = (64, 48), colour: object = (200, 30, 30), **save: object
) -> bytes:
    """A picture in one colour, with a blue left upper quarter."""
    image = pillow.new("RGB", size, colour)
    image.paste((0, 0, 255), (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, format_)
    return out.getvalue()


def animation(colours: tuple[tuple[int, int, int], ...], duration_ms: int = 200, format_: str = "GIF") -> bytes:
    frames = [pillow.new("RGB", (32, 32), colour) for colour in colours]
    out = io.BytesIO()
    frames[0].save(out, format_, save_all=True, append_images=frames[1:], duration=duration_ms, loop=0)
    return out.getvalue()


def video(path: Path, seconds: int = 3, fps: int = 10, size: tuple[int, int] = (160, 96), gop: int = 10) -> Path:
    """A video whose colour changes every second: red, green, blue, and again."""
    av = pytest.importorskip("av", reason="the extra `video` is not installed")
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuv420p", gop
        for number in range(seconds * fps):
            colour = ((220, 20, 20), (20, 220, 20), (20, 20, 220))[number // fps % 3]
            frame = av.VideoFrame(*size, "rgb24")
            row = bytes(colour) * size[0]
            plane = frame.planes[0]
            plane.update(row.ljust(plane.line_size, b"\0") * size[1])
            for packet in stream.encode(frame.reformat(format="yuv420p")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is this large, and is all one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    packed = zlib.compressobj(9)
    line = b"\0" * (1 + width)
    data = b"".join(packed.compress(line) for _ in range(height)) + packed.flush()
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
