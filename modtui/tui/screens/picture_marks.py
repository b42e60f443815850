"""Evidence in the viewer: a box drawn with the arrows, a range of time, a frame."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from modtui.domain.evidence import Evidence
from modtui.domain.plurals import number_of
from modtui.tui import actions
from modtui.tui.evidence_words import clock_words, time_words
from modtui.tui.keymap import sign
from modtui.tui.screens.picture_film import FilmActions
from modtui.tui.viewport import Box, BoxDrawing


class MarkActions(FilmActions):
    """What keys do to the evidence of one check."""

    def begin_medium(self) -> None:
        super().begin_medium()
        self.drawn_box: BoxDrawing | None = None
        self.from_ms: int | None = None
        "Where a range of time begins that is being marked."

    # What is marked ---

    @property
    def marked(self) -> Sequence[Evidence]:
        """The evidence of the check in this medium; without a check, that of all findings."""
        check, known = self.looking.check, self.looking.desk.evidence
        places = known.get(check.id, ()) if check is not None else [each for found in known.values() for each in found]
        return [each for each in places if each.component == self.component]

    def boxes(self) -> list[Box]:
        found = [each.box for each in self.marked if each.box is not None]
        if self.drawn_box is not None:
            left, top, right, bottom = self.drawn_box.box
            wide, high = (part // 60 for part in self.port.part)
            is_point = self.drawn_box.corner is None  # shown as a small square about it
            found.append((left - wide, top - high, right + wide, bottom + high) if is_point else self.drawn_box.box)
        return found

    def scene_mark(self, number: int) -> str:
        """A sign at the scenes that evidence reaches into."""
        starts = self.scenes[number].at_ms
        ends = self.scenes[number + 1].at_ms if number + 1 < len(self.scenes) else self.duration_ms + 1
        is_marked = any(
            each.start_ms is not None and each.start_ms < ends and (each.end_ms or each.start_ms) >= starts
            for each in self.marked
        )
        return " ●" if is_marked else ""

    def said(self) -> list[str]:
        times = [time_words(each) for each in self.marked if each.start_ms is not None]
        return [*super().said(), f"marked {' '.join(times)}" if times else ""]

    # Marking ---

    def do_picture_mark(self) -> None:
        if self.looking.check is None:
            self.say("answer a check yes first, with the cursor on it: evidence belongs to a finding", is_warning=True)
        elif self.seen is None:
            self.say("nothing is shown that could be marked", is_warning=True)
        elif self.seen.kind in ("video", "sound"):
            self._mark_time()
        else:
            self._mark_box()

    def _mark_time(self) -> None:
        self.plays_from = None
        key = sign(self.keymap.key(actions.PICTURE_MARK))
        if self.from_ms is None:
            self.from_ms = self.at_ms
            self.say(f"from {clock_words(self.at_ms)}: go to the end and press {key}; {key} here marks this frame")
            return
        start, end = sorted((self.from_ms, self.at_ms))
        self.from_ms = None
        self._add(Evidence(self.component, start_ms=start, end_ms=end))

    def _mark_box(self) -> None:
        key = sign(self.keymap.key(actions.PICTURE_MARK))
        if self.drawn_box is None:
            self.drawn_box = BoxDrawing(self.port.x, self.port.y)
            self.say(f"first corner: arrows move it, {key} sets it, esc leaves it")
        elif self.drawn_box.corner is None:
            self.drawn_box = replace(self.drawn_box, corner=(self.drawn_box.x, self.drawn_box.y))
            self.say(f"other corner: arrows draw the box, {key} takes it, esc leaves it")
        else:
            box, self.drawn_box = self.drawn_box.box, None
            if box[0] == box[2] or box[1] == box[3]:
                self.say("a box has a width and a height: nothing was marked", is_warning=True)
            else:
                self._add(Evidence(self.component, box=box))
        self.draw_soon()

    def _add(self, place: Evidence) -> None:
        """Add a place, which stands instead of the medium as a whole; one that is there already is taken out."""
        check, desk = self.looking.check, self.looking.desk
        assert check is not None
        now = desk.evidence.get(check.id, ())
        rest = [each for each in now if each not in (place, Evidence(self.component))]
        desk.set_evidence(check.id, rest if place in now else [*rest, place])
        self.looking.changed()
        count = len(desk.evidence[check.id])
        self.say(f"{number_of(count, 'place')} of evidence for {desk.letters(check.id)}")
        self.draw_soon()

    def leave_mark(self) -> bool:
        """Give up what is being marked; whether there was anything."""
        if self.drawn_box is None and self.from_ms is None:
            return False
        self.drawn_box = self.from_ms = None
        self.say("nothing was marked")
        self.draw_soon()
        return True
