"""What part of a picture is in view: zoomed about a point, moved by parts of the view, never beyond the edges."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

Box = tuple[int, int, int, int]
FULL = 10_000
ZOOM_STEP = 1.5
LARGEST_PIXEL = 4
"Pixels of the screen that one pixel of the picture may take, at most."


class Viewport(Struct, frozen=True):
    """A window on a picture. Places are in 1/10,000 of the picture."""

    columns: int
    rows: int
    size: tuple[int, int] = (0, 0)
    "Of the picture in pixels; unknown until it was looked at."
    zoom: float = 1.0
    "1 shows all of it."
    x: int = FULL // 2
    y: int = FULL // 2
    "The middle of the view."

    @property
    def _fit(self) -> float:
        """Pixels of the screen a pixel of the picture takes when all of it is in view."""
        return min(self.columns / max(1, self.size[0]), self.rows * 2 / max(1, self.size[1]))

    @property
    def most_zoom(self) -> float:
        return max(1.0, LARGEST_PIXEL / self._fit) if self.size[0] else 1.0

    @property
    def part(self) -> tuple[int, int]:
        """How much of the picture's width and height is in view."""
        if not self.size[0]:
            return FULL, FULL
        scale = self._fit * self.zoom
        across = min(1.0, self.columns / (scale * self.size[0]))
        down = min(1.0, self.rows * 2 / (scale * self.size[1]))
        return max(1, round(across * FULL)), max(1, round(down * FULL))

    @property
    def crop(self) -> Box:
        across, down = self.part
        left = max(0, min(self.x - across // 2, FULL - across))
        top = max(0, min(self.y - down // 2, FULL - down))
        return left, top, left + across, top + down

    def zoomed(self, steps: int) -> Viewport:
        zoom = max(1.0, min(self.zoom * ZOOM_STEP**steps, self.most_zoom))
        return replace(self, zoom=zoom)._settled()

    def moved(self, across: int, down: int) -> Viewport:
        """Move by quarters of what is in view."""
        wide, high = self.part
        return replace(self, x=self.x + across * wide // 4, y=self.y + down * high // 4)._settled()

    def around(self, x: int, y: int) -> Viewport:
        """With a point in view."""
        left, top, right, bottom = self.crop
        if left <= x <= right and top <= y <= bottom:
            return self
        return replace(self, x=x, y=y)._settled()

    def _settled(self) -> Viewport:
        """The middle where the edges let it be."""
        left, top, right, bottom = self.crop
        return replace(self, x=(left + right) // 2, y=(top + bottom) // 2)

    def pixels_of(self, box: Box, columns: int, rows: int) -> Box:
        """A box of the picture in pixels of what was drawn in so many cells."""
        left, top, right, bottom = self.crop
        across, down = max(1, right - left), max(1, bottom - top)
        return (
            round((box[0] - left) * columns / across), round((box[1] - top) * rows * 2 / down),
            round((box[2] - left) * columns / across) - 1, round((box[3] - top) * rows * 2 / down) - 1,
        )  # fmt: skip


class BoxDrawing(Struct, frozen=True):
    """A box that is being drawn: first one corner is moved, then, once it is set, the other."""

    x: int
    y: int
    corner: tuple[int, int] | None = None
    "The corner that is set."

    def moved(self, across: int, down: int) -> BoxDrawing:
        x, y = max(0, min(self.x + across, FULL)), max(0, min(self.y + down, FULL))
        return replace(self, x=x, y=y)

    @property
    def box(self) -> Box:
        x, y = self.corner or (self.x, self.y)
        return min(x, self.x), min(y, self.y), max(x, self.x), max(y, self.y)
