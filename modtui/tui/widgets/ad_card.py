"""The ad, wrapped once and scrolled by itself; knows which component stands on which line."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from textual.geometry import Region
from textual.strip import Strip

from modtui.services.reviewing import OnDesk
from modtui.tui.ad_lines import AdLines, Block
from modtui.tui.ad_words import title_words
from modtui.tui.flow import Line, visual
from modtui.tui.media_look import NO_MEDIA, MediaLook
from modtui.tui.palette import Palette
from modtui.tui.screens.action_screen import app_of
from modtui.tui.visual_order import has_right_to_left
from modtui.tui.widgets.lines_view import LinesView, strip_of

MARGIN = 4
"Cells at the left of the ad: the letters of the check a cue on the line points to, and the bar of what is in hand."


class LaidAd(Struct, frozen=True):
    """An ad laid out for a width, ready to be shown."""

    strips: tuple[Strip, ...]
    title: Line
    starts: tuple[tuple[str, int, int, bool], ...]
    "Component, its first and last line, and whether all of it is in them."
    free: tuple[int, int] = (0, 0)
    "The first line that is kept free for pictures, and how many there are."


def lay_out_ad(lines: AdLines, focused: str = "") -> LaidAd:
    """The strips of an ad; the focused component carries a bar at its left."""
    looks, width = lines.looks, lines.width
    strips: list[Strip] = []
    starts: list[tuple[str, int, int, bool]] = []
    free = (0, 0)
    for block in lines.blocks():
        first = len(strips)
        strips += block_strips(block, looks, width, bool(focused) and block.component == focused)
        if block.component:
            starts.append((block.component, first, len(strips) - 1, block.is_whole))
        if block.free:
            free = (len(strips) - block.free, block.free)
    title, mark = title_words(lines.on_desk)
    return LaidAd(tuple(strips), [(title, looks.title), (mark, looks.lit)], tuple(starts), free)


def block_strips(block: Block, looks: Palette, width: int, is_focused: bool) -> list[Strip]:
    """The margin carries the letters of the check that a cue points to, and a bar where the component is in hand."""
    strips: list[Strip] = []
    for number, line in enumerate(block.lines):
        letters = block.pointing[number] if number < len(block.pointing) else ""
        if letters and not looks.reorders and has_right_to_left("".join(text for text, _ in line)):
            letters = "!"  # letters in front would tell the terminal that the line begins at the left
        margin = [(f"{letters:<{MARGIN}}"[:MARGIN], looks.lit)]
        if is_focused:
            margin = [(margin[0][0][: MARGIN - 1], looks.lit), ("▌", looks.key)]
        shown = visual(line, block.direction) if looks.reorders else line
        strips.append(strip_of([*margin, *shown], width + MARGIN, looks.text))
    return strips


def with_pictures(laid: LaidAd, pictures: Sequence[Strip]) -> LaidAd:
    """The ad with drawn media in the lines that were kept free for them."""
    first, count = laid.free
    strips = (*laid.strips[:first], *pictures[:count], *laid.strips[first + count :])
    return replace(laid, strips=strips) if count and len(strips) == len(laid.strips) else laid


class AdCard(LinesView):
    """The ad pane."""

    laid: LaidAd | None = None
    aside: Line | None = None
    "What stands at the right of the title."

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, and let the app know that the ad is on its way to the screen."""
        if self.laid is not None:
            app_of(self.screen).ad_rendered()
        return super().render_lines(crop)

    def draw_title(self) -> None:
        """Draw at least one line again, also where the next ad looks the same."""
        self.refresh(Region(0, 0, self.cells.width, 1))

    def show_ad(self, laid: LaidAd, top: int | None = None) -> None:
        self.laid = laid
        self.show_lines(laid.strips, laid.title, self.aside, top=top)

    @property
    def text_width(self) -> int:
        return max(8, self.inner_width - MARGIN)

    def components_seen(self, ahead: LaidAd | None = None) -> set[str]:
        """The components that are in view, whole, to their last line: of an ad laid out ahead, once it is shown."""
        laid, top = (ahead, 0) if ahead else (self.laid, self.top)
        last = top + self.inner_height - 1
        return {name for name, _, end, is_whole in laid.starts if is_whole and end <= last} if laid else set()

    def component_after(self, current: str, step: int) -> str:
        """The next component of the ad, for the cursor of the ad pane."""
        names = list(dict.fromkeys(name for name, *_ in self.laid.starts)) if self.laid else []
        if not names:
            return ""
        place = names.index(current) + step if current in names else (0 if step > 0 else len(names) - 1)
        return names[max(0, min(place, len(names) - 1))]

    def lines_of(self, component: str) -> tuple[int, int]:
        for name, first, last, _ in self.laid.starts if self.laid else ():
            if name == component:
                return first, last
        return 0, 0


def ad_lines_for(
    on_desk: OnDesk,
    looks: Palette,
    card: AdCard,
    shows_translation: bool,
    shows_context: bool,
    media: MediaLook = NO_MEDIA,
    around: tuple[str, ...] = (),
) -> AdLines:
    """How an ad is laid out on this card."""
    opened = frozenset(on_desk.desk.opened)
    return AdLines(
        on_desk, looks, card.text_width, opened, shows_translation, card.inner_height, shows_context, media, around
    )
