"""Videos in the viewer: scenes with their times, frame after frame, and playing with what is said and written."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec.structs import replace
from textual.strip import Strip

from modtui.files.media_views import Cells, Seen, View
from modtui.services.media import Look
from modtui.tui.evidence_words import clock_words
from modtui.tui.flow import Line
from modtui.tui.half_blocks import GAP, picture_lines
from modtui.tui.screens.picture_ground import Looking, PictureGround
from modtui.tui.timed_lines import lines_at, timed_lines
from modtui.tui.widgets.lines_view import strip_of

MOST_SCENES = 12
SCENES_ACROSS = 6
MOST_STEPS = 10
"Frames that are stepped through when the key is held; more are not waited for."
TICK = 0.2
"Seconds between two looks at the clock while a video plays."


class FilmActions(PictureGround):
    """What keys do to a video, or to another picture that moves."""

    def __init__(self, looking: Looking, at: int = 0) -> None:
        super().__init__(looking, at)
        self._timed = timed_lines(looking.desk.case.ad)
        self.clock: Callable[[], float] = time.monotonic
        "Seconds that go on by themselves."

    def begin_medium(self) -> None:
        super().begin_medium()
        self.scenes: tuple[Cells, ...] = ()
        self.at_ms = 0
        "Where the clock of a video stands."
        self.shown_ms = 0
        "The moment of the frame that is drawn."
        self.plays_from: tuple[float, int] | None = None
        "When it began to play, by the clock, and where."
        self._steps = 0
        "Frames to go on by, or back."
        self._stepped = False
        self._scenes_wanted = True
        self._scene_strips: tuple[object, list[Strip]] = (None, [])
        "The pictures of the scenes in view, and what they were made for."

    def on_mount(self) -> None:
        self.set_interval(TICK, self.tick)

    @property
    def is_moving(self) -> bool:
        return self.seen is not None and (self.seen.kind in ("video", "sound") or self.seen.frames > 1)

    @property
    def scene(self) -> int:
        """The scene the clock stands in."""
        return max((number for number, each in enumerate(self.scenes) if each.at_ms <= self.at_ms), default=0)

    # Drawing ---

    def view_wanted(self) -> View:
        step = max(-1, min(self._steps, 1))
        self._steps -= step
        self._stepped = bool(step)
        self._is_wanted = self._is_wanted or bool(self._steps)
        return replace(super().view_wanted(), what="frame", at_ms=self.shown_ms, step=step)

    def take(self, look: Look) -> None:
        super().take(look)
        if isinstance(look, Seen):
            self.shown_ms = look.first.at_ms
            if self._stepped:
                self.at_ms = self.shown_ms
        self.set_class(self.is_moving, "-moving")

    async def drawn(self) -> None:
        if self.is_moving and self._scenes_wanted:
            self._scenes_wanted = False
            await self._fetch_scenes(self.at)
        await super().drawn()

    async def _fetch_scenes(self, at: int) -> None:
        looking = self.looking
        width = max(8, (self.size.width - 2) // SCENES_ACROSS - 2)
        view = View(
            width, max(3, (self.scenes_view.size.height or 8) - 1), care=self.care, what="scenes", most=MOST_SCENES
        )
        look = await looking.room.look(looking.queue, self.media, view)
        if at != self.at or not isinstance(look, Seen) or not self.is_mounted:
            return
        self.scenes = look.cells
        if self.seen is not None and look.note and not self.seen.note:
            self.look = replace(self.seen, note=look.note)
        self._scene_strips = (None, [])
        self.show_words()

    def draw_anew(self) -> None:
        """Draw everything again: it is shown more clearly, or in another size."""
        self._scenes_wanted = True
        self.draw_soon()

    # What is said, written, and when ---

    def said(self) -> list[str]:
        playing = " playing" if self.plays_from is not None else ""
        return [*super().said(), f"at {clock_words(self.at_ms)}{playing}" if self.is_moving else ""]

    def show_words(self) -> None:
        super().show_words()
        if self.is_moving:
            self._show_timed()
            self._show_scenes()

    def _show_timed(self) -> None:
        """Beside the picture all lines, those of this moment strong; where there is no room, these below it."""
        looks, masked, width = self.ready_looks, self.looking.masked, self.lines.inner_width
        drawn, now = lines_at(self._timed, self.at_ms, width, looks, masked)
        drawn = drawn or [[("nothing said or written was given", looks.dim)]]
        strips = [strip_of(line, width, looks.text) for line in drawn]
        top = max(0, now - self.lines.inner_height // 3)
        self.lines.show_lines(strips, [("said and written", looks.title)], top=top)
        there = [line for line in self._timed if line.is_there(self.at_ms)]
        if width := self.caption.size.width:
            short, _ = lines_at(there, self.at_ms, width - 2, looks, masked)
            self.caption.show_lines([strip_of(line, width, looks.text) for line in short[:2]], top=0)

    def _show_scenes(self) -> None:
        """The storyboard: as many scenes as there is room for, the one the clock stands in marked."""
        size, looks = self.scenes_view.size, self.ready_looks
        if not size.height or not self.scenes:
            return
        wide = self.scenes[0].columns + GAP
        fits = max(1, (size.width + GAP) // wide)
        first = max(0, min(self.scene - fits // 2, len(self.scenes) - fits))
        shown = self.scenes[first : first + fits]
        times: Line = []
        for number, cells in enumerate(shown, start=first):
            is_here = number == self.scene
            words = ("▸" if is_here else " ") + clock_words(cells.at_ms) + self.scene_mark(number)
            times.append((f"{words:<{wide}}"[:wide], looks.key if is_here else looks.dim))
        made_for = (first, fits, size)
        if self._scene_strips[0] != made_for:
            strips = list(picture_lines(shown, size.width, size.height - 1, looks.text))
            self._scene_strips = (made_for, strips)
        self.scenes_view.show_lines([strip_of(times, size.width, looks.text), *self._scene_strips[1]], top=0)

    def scene_mark(self, number: int) -> str:  # noqa: ARG002
        """What stands behind the time of a scene."""
        return ""

    # Scenes and frames ---

    def do_picture_scene(self) -> None:
        self._go_to_scene(1)

    def do_picture_scene_before(self) -> None:
        self._go_to_scene(-1)

    def _go_to_scene(self, step: int) -> None:
        if not self.is_moving:
            self.open_medium(self.at + step)
        elif not self.scenes:
            self.say("the scenes are being looked for")
        else:
            wanted = max(0, min(self.scene + step, len(self.scenes) - 1))
            self.go_to(self.scenes[wanted].at_ms)

    def go_to(self, at_ms: int) -> None:
        """Stop at a moment."""
        self.plays_from = None
        self.at_ms = self.shown_ms = at_ms
        self.clear_said()
        self.show_words()
        self.draw_soon()

    def do_picture_frame(self) -> None:
        self._step_frames(1)

    def do_picture_frame_before(self) -> None:
        self._step_frames(-1)

    def _step_frames(self, step: int) -> None:
        if self._is_still():
            return
        self.plays_from = None
        self._steps = max(-MOST_STEPS, min(self._steps + step, MOST_STEPS))
        self.clear_said()
        self.draw_soon()

    def _is_still(self) -> bool:
        if not self.is_moving:
            self.say("this is a still picture", is_warning=True)
        return not self.is_moving

    # Playing ---

    def do_picture_play(self) -> None:
        if self._is_still():
            return
        self.clear_said()
        if self.plays_from is None:
            is_over = self.at_ms >= self.duration_ms - 100
            self.plays_from = (self.clock(), 0 if is_over else self.at_ms)
        else:
            self.plays_from = None
        self.show_words()

    @property
    def duration_ms(self) -> int:
        """How long it is; of a file that does not say, as long as is known of it."""
        stated = self.seen.duration_ms if self.seen is not None else 0
        ends = (line.end_ms or line.start_ms or 0 for line in self._timed)
        return stated or max(max(ends, default=0), max((each.at_ms for each in self.scenes), default=0) + 1000)

    def tick(self) -> None:
        """Look at the clock, if it plays."""
        if self.plays_from is not None:
            began, from_ms = self.plays_from
            self._play_to(from_ms + round((self.clock() - began) * 1000))

    def _play_to(self, at_ms: int) -> None:
        """The clock of a video that plays moves on: its scene and its lines follow. No sound is played."""
        if at_ms >= self.duration_ms:
            at_ms, self.plays_from = self.duration_ms, None
        before = self.scene
        self.at_ms = at_ms
        if self.scenes and self.scene != before:
            self.shown_ms = self.scenes[self.scene].at_ms
            self.draw_soon()
        self.show_words()
