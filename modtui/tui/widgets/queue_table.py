"""The table of the home screen: queues, what is held, asked and waits, as lines of which some can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from modtui.services.overview import Asked, Overview, QueueLine, from_now, local_time
from modtui.store.queues import DUE_LIMIT, HeldItem
from modtui.store.times import utc_ms
from modtui.tui.flow import Line, fit_cells, one_line, width_of
from modtui.tui.palette import Palette
from modtui.tui.widgets.virtual_list import VirtualList


class Conflicts(Struct, frozen=True):
    """The ads on which decisions stand against each other."""

    count: int


Target = QueueLine | HeldItem | Asked | Conflicts | str
"What a line opens; a text is the name of a route."
NAME_CELLS = 36
COLUMNS = (
    ("waiting", 9),
    ("due<1h", 8),
    ("in review", 11),
    ("held", 6),
    ("escal.", 8),
    ("docs", 6),
    ("2nd", 5),
    ("decided", 9),
)
NARROW = ("in review",)
"Columns left out under 90 cells."


class TableLine(Struct, frozen=True):
    """A line of the table and what it opens; None for a heading."""

    pieces: Line
    target: Target | None = None


class QueueTable(VirtualList):
    """Headings are passed over by the cursor."""

    lines: Sequence[TableLine] = ()

    def show_overview(self, overview: Overview, shown: Callable[[str], str] = str) -> None:
        """Show what is known now; the cursor stays on its line, or on the nearest that can be chosen. `shown` makes a
        title of an ad what it is shown as."""
        assert self.looks is not None
        before = _name(self.target)
        self.lines = list(table_lines(overview, self.looks, self.inner_width, shown))
        chosen = [row for row, line in enumerate(self.lines) if line.target is not None]
        same = next((row for row in chosen if _name(self.lines[row].target) == before), None)
        self.cursor = same if same is not None else min(chosen, key=lambda row: abs(row - self.cursor), default=0)
        self.has_cursor = bool(chosen)
        self.show_rows(len(self.lines), self._pieces, [(_day(overview.at_ms), self.looks.title)], [])

    def _pieces(self, row: int, is_cursor: bool) -> Line:
        pieces = self.lines[row].pieces
        return [(f"▸{pieces[0][0][1:]}", pieces[0][1]), *pieces[1:]] if is_cursor else pieces

    @property
    def target(self) -> Target | None:
        """What the line under the cursor opens."""
        return self.lines[self.cursor].target if self.cursor < len(self.lines) else None

    def step(self, by: int) -> bool:
        """Move to the next line that can be chosen, up or down."""
        row = self.cursor + by
        while 0 <= row < len(self.lines):
            if self.lines[row].target is not None:
                # The first choice brings its heading into view with it.
                self.bring_into_view(max(0, row - 2), row)
                return self.go_to(row)
            row += by
        return False

    def to_end(self, by: int) -> None:
        """Move to the last line that can be chosen in a direction."""
        while self.step(by):
            pass


def table_lines(
    overview: Overview, looks: Palette, width: int, shown: Callable[[str], str] = str
) -> Iterator[TableLine]:
    """All lines of the home screen."""
    if overview.is_empty:
        yield from _first_steps(looks)
        return
    columns = [column for column in COLUMNS if width >= 90 or column[0] not in NARROW]
    room = max(12, min(NAME_CELLS, width - 2 - sum(cells for _, cells in columns)))
    heads = "".join(name.rjust(cells) for name, cells in columns)
    yield TableLine([(f"  {'Queues':<{room}}", looks.title), (heads, looks.dim)])
    for queue in overview.queues:
        yield TableLine(_queue_line(queue, looks, room, columns), queue)
    if overview.conflicts:
        yield from _heading("Decisions that stand against each other", looks)
        line: Line = [(f"  {_fit('to be settled', room)}", looks.text), (f"{overview.conflicts:>9,}", looks.lit)]
        yield TableLine(line, Conflicts(overview.conflicts))
    if overview.routes:
        yield from _heading("Escalations waiting for an answer, by route", looks)
        for route, count in overview.routes.items():
            yield TableLine([(f"  {_fit(route, room)}", looks.text), (f"{count:>9,}", looks.lit)], route)
    if overview.asked:
        yield from _heading("My questions", looks)
        for asked in overview.asked:
            yield TableLine(_asked_line(asked, shown(asked.title), looks, width), asked)
    if overview.held:
        yield from _heading("Held by me", looks)
        for held in overview.held:
            yield TableLine(_held_line(held, shown(held.title), overview.at_ms, looks, width), held)


def today_line(overview: Overview, looks: Palette) -> Line:
    """The day's figures in one line."""
    parts = [f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in sorted(overview.figures.items())]
    line: Line = [(" Today  ", looks.title), (f"{overview.decided_today:,} decided", looks.strong)]
    if parts:
        line.append((": " + " · ".join(parts), looks.text))
    if overview.undone:
        line.append((f"   {overview.undone:,} undone", looks.dim))
    if overview.drills_due:
        line.append((f"   {overview.drills_due:,} due in practice", looks.lit))
    return line


def _first_steps(looks: Palette) -> Iterator[TableLine]:
    yield TableLine([])
    yield TableLine([("  There are no ads here yet.", looks.strong)])
    yield TableLine([])
    for command, words in (
        ("modtui import FILE", "brings ads in: JSONL, JSON, CSV or TSV"),
        ("modtui demo", "reviews a queue that came along, and keeps nothing"),
        ("modtui import FILE --guess", "writes a first mapping for foreign columns"),
    ):
        yield TableLine([(f"  {command:<28}", looks.key), (words, looks.text)])
    yield TableLine([])
    yield TableLine([("  What is imported while this screen is open appears here by itself.", looks.dim)])


def _heading(words: str, looks: Palette) -> Iterator[TableLine]:
    yield TableLine([])
    yield TableLine([(f"  {words}", looks.title)])


def _queue_line(queue: QueueLine, looks: Palette, room: int, columns: Sequence[tuple[str, int]]) -> Line:
    counts = queue.counts
    values = {
        "waiting": (counts.new, looks.strong),
        "due<1h": (queue.due_soon, looks.lit),
        "in review": (counts.in_review, looks.text),
        "held": (counts.held, looks.text),
        "escal.": (counts.escalated, looks.text),
        "docs": (counts.waiting_document, looks.text),
        "2nd": (counts.second_review, looks.text),
        "decided": (counts.decided, looks.text),
    }
    line: Line = [(f"  {_fit(queue.name, room)}", looks.text)]
    for name, cells in columns:
        count, look = values[name]
        words = "1,000+" if name == "due<1h" and count >= DUE_LIMIT else f"{count:,}"
        line.append((words.rjust(cells) if count else "–".rjust(cells), look if count else looks.dim))
    return line


def _held_line(held: HeldItem, title: str, now_ms: int, looks: Palette, width: int) -> Line:
    wake_ms = utc_ms(held.wake_at) or 0
    is_back = wake_ms <= now_ms
    when = "back now" if is_back else f"back in {from_now(wake_ms - now_ms)}, {local_time(held.wake_at)[-5:]}"
    line: Line = [
        (f"  {_fit(held.ad_id, 18)} ", looks.text),
        (f"{when:<26}", looks.lit if is_back else looks.text),
        (f"{_fit(held.queue, 14)} ", looks.dim),
    ]
    return _with_rest(line, title, looks, width)


def _asked_line(asked: Asked, title: str, looks: Palette, width: int) -> Line:
    answer = asked.answer
    if answer is None:
        words, look = f"waits at {one_line(asked.route)}", looks.dim
    else:
        words, look = f"{answer.body.get('outcome', '')} by {one_line(answer.actor)}", looks.text
    line: Line = [
        (f"  {_fit(asked.ad_id, 18)} ", looks.strong if asked.is_news else looks.text),
        (f"{_fit(f'NEW {words}' if asked.is_news else words, 26)} ", looks.lit if asked.is_news else look),
    ]
    return _with_rest(line, asked.question or title, looks, width)


def _with_rest(line: Line, text: str, looks: Palette, width: int) -> Line:
    """A text of an ad at the end of a line: one written from right to left then moves nothing beside it."""
    room = width - sum(width_of(piece) for piece, _ in line)
    return [*line, (fit_cells(one_line(text), max(0, room)), looks.text)]


def _fit(text: str, cells: int) -> str:
    """An untrusted text in exactly so many cells."""
    shown = fit_cells(one_line(text), cells)
    return shown + " " * (cells - width_of(shown))


def _day(now_ms: int) -> str:
    return f"{datetime.fromtimestamp(now_ms / 1000).astimezone():%a %-d %b %Y, %H:%M}"


def _name(target: Target | None) -> str:
    if isinstance(target, QueueLine):
        return f"queue {target.name}"
    if isinstance(target, HeldItem):
        return f"held {target.queue} {target.source} {target.ad_id}"
    if isinstance(target, Conflicts):
        return "conflicts"
    return f"asked {target.event_id}" if isinstance(target, Asked) else f"route {target}"
