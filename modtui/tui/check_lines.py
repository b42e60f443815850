"""What the checklist shows: lit checks in full, answered and numbered ones on a line, the rest a dim line a policy."""

from __future__ import annotations

from msgspec import Struct

from modtui.domain.cues import Hit
from modtui.domain.policies import Answer, Check
from modtui.services.check_rows import Row
from modtui.services.desk import Desk
from modtui.tui.ad_words import component_words, span_words
from modtui.tui.flow import Line, Piece, fit_cells, flow, one_line, pieces_width, width_of
from modtui.tui.masks import masked_hit
from modtui.tui.palette import Palette

LEAD = 17
"Cells before the question: cursor, digit, letters, sign and word of the answer."

ROOMY, FULL, SHORT, TIGHT = 4, 3, 2, 1
"How much is shown: all questions wrapped; only lit ones; each on one line, with quotes; without quotes."


class RowLook(Struct, frozen=True):
    """Everything a row's lines depend on, so that lines are made again only when it changed."""

    check_id: str
    digit: int | None
    answer: Answer | None
    by_fact: bool
    is_asleep: bool
    is_at_cursor: bool
    is_required: bool


class CheckLines(Struct, frozen=True):
    """Lays rows of the checklist out for a width."""

    desk: Desk
    looks: Palette
    width: int
    level: int = FULL

    def look(self, row: Row, is_at_cursor: bool, required: frozenset[str]) -> RowLook:
        check = row.check
        return RowLook(
            check.id, row.digit, self.desk.answer_of(check), self.desk.is_by_fact(check), self.desk.is_asleep(check),
            is_at_cursor, check.id in required,
        )  # fmt: skip

    def row_lines(self, row: Row, look: RowLook) -> list[Line]:
        """The lines of one row: always as many, whatever the answer, so that nothing below moves."""
        check, looks = row.check, self.looks
        over = looks.cursor if look.is_at_cursor else None
        base = looks.dim if look.is_asleep else (looks.text if row.place in ("lit", "child", "called") else looks.dim)
        severity = check.severity.name.lower()
        indent = 2 * row.depth
        ask_width = self.width - LEAD - indent - len(severity) - 3
        asked = flow(check.ask, ask_width, base, looks.mark, most=asks_most(self.level, row)) or [[]]
        first: Line = [
            ("▸" if look.is_at_cursor else " ", looks.key),
            (str(look.digit) if look.digit else " ", looks.key),
            (" ", base),
            *([("  " * (row.depth - 1) + "└ ", looks.dim)] if row.depth else []),
            (f"{self._letters(check):<3}"[:12], looks.strong if row.place == "lit" else base),
            self._answer(look, row),
        ]
        used = pieces_width(first)
        first.append((" " * max(1, LEAD + indent - used), base))
        first += asked[0]
        first.append((" " * max(1, self.width - pieces_width(first) - len(severity) - 1), base))
        first.append(
            (severity + " ", looks.lit if severity in ("high", "critical") and row.place == "lit" else looks.dim)
        )
        lines = [first]
        lines += [[(" " * (LEAD + indent), base), *line] for line in asked[1:]]
        if self.level >= SHORT and row.hits:
            lines.append([(" " * (LEAD + indent), base), *self._quotes(row.hits, self.width - LEAD - indent)])
        if over is not None:
            lines = [[(text, style + over) for text, style in self._filled(line)] for line in lines]
        return lines

    def _filled(self, line: Line) -> Line:
        missing = self.width - pieces_width(line)
        return [*line, (" " * missing, self.looks.text)] if missing > 0 else line

    def _letters(self, check: Check) -> str:
        """The two letters; a need has its parent's and a dot."""
        if check.need is None or not check.when:
            return one_line(check.key)
        return one_line(self.desk.case.catalog.check_by_id[check.when[0][0]].key + "·")

    def _answer(self, look: RowLook, row: Row) -> Piece:
        looks = self.looks
        fact = "fact" if look.by_fact else ""
        if look.is_asleep:
            return ("z asleep  ", looks.dim)
        if look.answer is Answer.YES:
            return (f"✗ yes {fact:<4}", looks.yes)
        if look.answer is Answer.NO:
            return (f"✓ no {fact:<5}", looks.no)
        if look.answer is Answer.UNSURE:
            return (f"? unsure{fact[:1]:<2}", looks.unsure)
        if look.is_required:
            return ("! answer  ", looks.lit)
        return ("! lit     ", looks.lit) if row.place == "lit" else ("· open    ", looks.dim)

    def _quotes(self, hits: tuple[Hit, ...], width: int) -> Line:
        """What on the ad points here: the first words found, their place, and how many more there are."""
        looks = self.looks
        first = hits[0]
        where = f"  {component_words(first.component)}{span_words(first.start, first.end)}" if first.component else ""
        more = f"  +{len(hits) - 1}" if len(hits) > 1 else ""
        text = one_line(masked_hit(self.desk, first))
        quoted = f"“{text}”" if first.kind in ("word", "pattern") else f"{first.kind}: {text}"
        tail = one_line(where) + more
        quoted = fit_cells(quoted, max(8, width - width_of(tail) - 1))
        return [(quoted, looks.hit), (fit_cells(tail, max(0, width - width_of(quoted))), looks.dim)]

    def rest_lines(self, rows: list[Row], elsewhere: int, find_key: str) -> list[Line]:
        """The checks without a row of their own: one dim line a policy, and how many more there are."""
        looks, catalog = self.looks, self.desk.case.catalog
        policies: dict[str, list[Check]] = {}
        for row in rows:
            policies.setdefault(row.check.policy_id, []).append(row.check)
        lines: list[Line] = []
        for policy_id, checks in policies.items():
            title = one_line(catalog.policy_by_id[policy_id].title)
            line: Line = [(" ", looks.dim), (fit_cells(title, self.width * 2 // 5), looks.dim)]
            for number, check in enumerate(checks):
                name = f" {'·' if number else ' '} "
                words = one_line(f"{check.key} {check_words(check)}")
                if pieces_width(line) + width_of(name + words) > self.width - 2:
                    line.append((" …", looks.dim))
                    break
                line += [(name, looks.dim), (words[:2], looks.text), (words[2:], looks.dim)]
            lines.append(line)
        lines.append([(f" {elsewhere} more in the catalog  ", looks.dim), (find_key, looks.key)])
        return lines


def check_words(check: Check) -> str:
    """A short name: the last part of the id, with spaces."""
    return check.id.rpartition("/")[2].replace("-", " ").replace("_", " ")


def asks_most(level: int, row: Row) -> int:
    """The lines a question may take."""
    is_full = row.place in ("lit", "child", "called")
    if level == ROOMY:
        return 4 if is_full else 2
    return 2 if level == FULL and is_full else 1


def level_for(desk: Desk, height: int, width: int) -> int:
    """The fullest level at which every numbered row fits the height, with room for children and the rest."""
    shown = [row for row in desk.rows if row.is_prominent]
    ask_width = max(10, width - LEAD - 10)
    for level, spare in ((ROOMY, 8), (FULL, 1), (SHORT, 0)):
        needed = spare
        for row in shown:
            wrapped = 1 + width_of(row.check.ask) // ask_width
            needed += min(wrapped, asks_most(level, row)) + (1 if row.hits else 0)
        if needed <= height:
            return level
    return TIGHT
