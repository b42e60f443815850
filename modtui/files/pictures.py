"""Pictures drawn in cells: decoded no larger than they are shown, within limits, upright, on a white ground.

Runs in the decoding process (`media_worker`): only there is Pillow imported.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from msgspec.structs import replace

from modtui.domain.exposure import BLURRED, COARSE, GREY, SHARP
from modtui.files.media_files import PICTURE, Refused
from modtui.files.media_views import WHOLE, Cells, Seen, View

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = {"JPEG": 100_000_000, "PNG": 40_000_000, "WEBP": 40_000_000, "GIF": 20_000_000, "AVIF": 40_000_000}
"A JPEG is decoded at a fraction of its size; the others whole."
MOST_FRAMES = 200
"Of an animated picture; those behind are not looked at."
GROUND = (255, 255, 255)
"What shows through a transparent picture."
_TURNED = (5, 6, 7, 8)
"EXIF orientations that lay a picture on its side."
_EXIF_ORIENTATION = 0x0112


@contextmanager
def opened_picture(file: IO[bytes], format_: str) -> Iterator[Image]:
    """The picture, its header read and its size within the limit; nothing of it is decoded yet. Raises Refused."""
    from PIL import Image, ImageFile, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS[format_]
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=[format_]) as image:
                if image.width * image.height > MOST_PIXELS[format_]:
                    raise Image.DecompressionBombError
                yield image
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Refused(f"says it is larger than {MOST_PIXELS[format_] // 1_000_000} million pixels") from error
        except UnidentifiedImageError as error:
            raise Refused(f"begins like {format_} and is damaged from the start") from error
        except MemoryError as error:
            raise Refused("needs more memory than a picture may take") from error
        except (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError, OverflowError) as error:
            raise Refused(f"is damaged: {_plain(error)}") from error


def draw_picture(file: IO[bytes], format_: str, view: View) -> Seen:
    """One view of a picture. Raises Refused."""
    with opened_picture(file, format_) as image:
        frames = min(int(getattr(image, "n_frames", 1) or 1), MOST_FRAMES) if format_ != "JPEG" else 1
        if view.what == "scenes" and frames > 1:
            return _scenes(image, format_, view, frames)
        at_ms = _seek(image, view, frames) if view.what == "frame" and frames > 1 else 0
        turn = _orientation(image)
        size = _upright(image.size, turn)
        columns, rows = fitted(size, view)
        _draft(image, turn, view, columns, rows)
        cells = to_cells(_turned(image, turn), view, columns, rows, at_ms)
        return Seen(PICTURE, format_, size, (cells,), frames)


def fitted(size: tuple[int, int], view: View) -> tuple[int, int]:
    """Cells that hold the part of a picture in view: as large as there is room, in its own proportions."""
    left, top, right, bottom = view.crop
    width = max(1.0, size[0] * (right - left) / 10_000)
    height = max(1.0, size[1] * (bottom - top) / 10_000)
    scale = min(view.columns / width, view.rows * 2 / height)
    return max(1, min(view.columns, round(width * scale))), max(1, min(view.rows, round(height * scale / 2)))


def to_cells(image: Image, view: View, columns: int, rows: int, at_ms: int = 0) -> Cells:
    """The part in view, as two pixels a cell, with the care that is asked for."""
    from PIL import Image

    if image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        image = image.convert("RGBA" if _has_alpha(image) else "RGB")
    left, top, right, bottom = view.crop
    box = (
        left * image.width / 10_000, top * image.height / 10_000,
        max(right * image.width / 10_000, left * image.width / 10_000 + 1e-3),
        max(bottom * image.height / 10_000, top * image.height / 10_000 + 1e-3),
    )  # fmt: skip
    small = image.resize((columns, rows * 2), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
    if small.mode == "RGBA":
        ground = Image.new("RGBA", small.size, (*GROUND, 255))
        small = Image.alpha_composite(ground, small)
    return careful(Cells(columns, rows, small.convert("RGB").tobytes(), at_ms), view)


def careful(cells: Cells, view: View) -> Cells:
    """Drawn cells as clearly as is asked for."""
    if view.care == SHARP:
        return cells
    from PIL import Image

    image = Image.frombytes("RGB", (cells.columns, cells.rows * 2), cells.pixels)
    share = (view.crop[2] - view.crop[0]) / 10_000
    return Cells(cells.columns, cells.rows, with_care(image, view.care, share).tobytes(), cells.at_ms)


def with_care(image: Image, care: str, share: float = 1.0) -> Image:
    """The drawn picture less clearly: in few squares, blurred, or without colour.

    `share` is how much of the picture's width is in view: what is coarse stays so when it is looked at closely.
    """
    from PIL import Image

    width, height = image.size
    if care == GREY:
        return image.convert("L").convert("RGB")
    if care in (COARSE, BLURRED):
        parts = (6 if care == COARSE else 12) * share
        few = (max(1, min(width, round(parts))), max(1, min(height, round(parts * height / max(1, width)))))
        how = Image.Resampling.NEAREST if care == COARSE else Image.Resampling.BICUBIC
        return image.resize(few, Image.Resampling.BOX).convert("L").convert("RGB").resize((width, height), how)
    return image


def _scenes(image: Image, format_: str, view: View, frames: int) -> Seen:
    """Frames of an animated picture that differ, with their times."""
    from modtui.files.scenes import choose_scenes

    size = image.size
    columns, rows = fitted(size, view)
    found: list[Cells] = []
    sharply = replace(view, care=SHARP)  # which frames differ does not depend on how clearly they are shown
    at_ms, note = 0, ""
    for number in range(frames):
        try:
            image.seek(number)
            found.append(to_cells(image, sharply, columns, rows, at_ms))
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            if not found:
                raise
            note = f"frame {number + 1} is damaged: {_plain(error)}"
            break
        at_ms += _duration_ms(image)
    scenes = tuple(careful(each, view) for each in choose_scenes(found, view.most))
    return Seen(PICTURE, format_, size, scenes, frames, at_ms, note)


def _seek(image: Image, view: View, frames: int) -> int:
    """Go to the frame of a moment, or to the one beside it; when it begins."""
    starts = [0]
    for number in range(frames):
        image.seek(number)
        starts.append(starts[-1] + _duration_ms(image))
    shown = max(number for number in range(frames) if starts[number] <= view.at_ms or number == 0)
    wanted = max(0, min(frames - 1, shown + view.step))
    image.seek(wanted)
    return starts[wanted]


def _duration_ms(image: Image) -> int:
    """How long the frame is shown; browsers show one without a duration for a tenth of a second."""
    stated = image.info.get("duration") or 0
    return int(stated) if isinstance(stated, int | float) and 10 < stated < 3_600_000 else 100


def _orientation(image: Image) -> int:
    try:
        found: Any = image.getexif().get(_EXIF_ORIENTATION, 1)
        return found if isinstance(found, int) and 1 <= found <= 8 else 1
    except Exception:  # an EXIF block is data of its own, broken in its own ways; the picture is none the worse
        return 1


def _upright(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn in _TURNED else size


def _turned(image: Image, turn: int) -> Image:
    from PIL.Image import Transpose

    how = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }.get(turn)  # fmt: skip
    return image if how is None else image.transpose(how)


def _draft(image: Image, turn: int, view: View, columns: int, rows: int) -> None:
    """Have a JPEG decoded at the smallest of its own fractions that is still as large as what is drawn."""
    left, top, right, bottom = view.crop if view.crop else WHOLE
    wanted = (
        int(columns * 10_000 / max(1, right - left)) + 1,
        int(rows * 2 * 10_000 / max(1, bottom - top)) + 1,
    )
    image.draft(None, _upright(wanted, turn))


def _has_alpha(image: Image) -> bool:
    return image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info


def _plain(error: BaseException) -> str:
    """A library's own words for a fault, short."""
    words = str(error) or type(error).__name__
    return words.splitlines()[0][:120]
