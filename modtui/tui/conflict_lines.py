"""Decisions that stand against each other as columns of lines: who and when, what differs first, then what is alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.events import Event
from modtui.domain.evidence import Evidence
from modtui.domain.plurals import number_of
from modtui.domain.side_by_side import Row, answer_rows, cell_rows, dicts, findings_of, texts
from modtui.services.desk import Desk
from modtui.services.overview import local_time
from modtui.tui.evidence_words import place_words
from modtui.tui.flow import Line, flow
from modtui.tui.masks import masked_quote
from modtui.tui.palette import Palette

DIFFERS, ALIKE = "≠", "="
MOST_EVIDENCE, MOST_CLAUSES = 4, 4
MOST_NOTE_LINES = 40

Columns = list[list[Line]]
"The lines of each decision, in their order; each block of them as high in every column."


class Decisions(Struct, frozen=True):
    """The decisions of one conflict, and the desk of their ad, which says how its words may be shown."""

    verdicts: tuple[Event, ...]
    desk: Desk

    @property
    def bodies(self) -> list[Mapping[str, Any]]:
        return [verdict.body for verdict in self.verdicts]

    @property
    def catalog(self) -> Catalog:
        return self.desk.case.catalog


def outcome_words(verdict: Event) -> str:
    return str(verdict.body.get("outcome") or verdict.kind).replace("_", " ")


def decision_columns(decisions: Decisions, width: int, looks: Palette) -> Columns:
    """A column a decision, from top to bottom."""
    columns: Columns = [[] for _ in decisions.verdicts]
    for block in _blocks(decisions, width, looks):
        height = max(map(len, block))
        for column, lines in zip(columns, block, strict=True):
            column += [*lines, *([] for _ in range(height - len(lines)))]
    return columns


def _blocks(decisions: Decisions, width: int, looks: Palette) -> Iterator[Columns]:
    yield [list(_head(verdict, width, looks)) for verdict in decisions.verdicts]
    yield [list(_reasons(verdict, width, looks)) for verdict in decisions.verdicts]
    bodies, count = decisions.bodies, len(decisions.verdicts)
    answers, cells = answer_rows(bodies), cell_rows(bodies)
    named = [*((row, _check_words(row, decisions.catalog), True) for row in answers)]
    named += [(row, " ".join(row.names), False) for row in cells]
    for is_other, words in ((True, "where they differ"), (False, "the same in all")):
        rows = [each for each in named if each[0].differs is is_other]
        if rows:
            yield [[[], [(words, looks.title)]] for _ in range(count)]
        for row, name, is_check in rows:
            yield [list(_said(row, name, place, width, looks)) for place in range(count)]
            if is_check:
                yield [list(_finding(decisions, row.names[0], place, width, looks)) for place in range(count)]


def _check_words(row: Row, catalog: Catalog) -> str:
    check = catalog.check_by_id.get(row.names[0])
    return f"{check.key} {check.ask}" if check is not None else row.names[0]


def _head(verdict: Event, width: int, looks: Palette) -> Iterator[Line]:
    """What was decided, by whom and when."""
    body = verdict.body
    yield from flow(outcome_words(verdict).upper(), width, looks.strong, looks.mark, most=1)
    yield from flow(f"{verdict.actor} · {local_time(verdict.at)}", width, looks.text, looks.mark, most=2)
    marks = [
        "settled an earlier conflict" if verdict.kind == "adjudication" else "",
        "second review" if body.get("second_of") else "",
        "late: on a claim that had lapsed" if body.get("late") else "",
    ]
    if words := " · ".join(mark for mark in marks if mark):
        yield from flow(words, width, looks.dim, looks.mark)


def _reasons(verdict: Event, width: int, looks: Palette) -> Iterator[Line]:
    """The words that were added: the comment, an override, what was asked."""
    body = verdict.body
    for lead, text in _added(body):
        yield from flow(f"{lead}{text}", width, looks.text, looks.mark, most=MOST_NOTE_LINES)


def _added(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if body.get("note"):
        yield "“", f"{body['note']}”"
    override = body.get("override")
    if isinstance(override, Mapping):
        yield "against the derivation: ", f"{override.get('reason', '')} {override.get('note') or ''}".strip()
    yield from (("document: ", each) for each in texts(body.get("documents")))
    for asked in dicts(body.get("escalation")):
        yield f"asks {asked.get('route', '')}: ", str(asked.get("question") or asked.get("class") or "")


def _said(row: Row, name: str, place: int, width: int, looks: Palette) -> Iterator[Line]:
    """What one decision says of a check or of markets, under its name; in one line where all say the same."""
    said = row.said[place]
    if not row.differs:
        yield from flow(f"{ALIKE} {said}: {name}", width, looks.dim, looks.mark, most=2)
        return
    yield from flow(f"{DIFFERS} {name}", width, looks.dim, looks.mark, most=3)
    look = {"yes": looks.yes, "no": looks.no, "unsure": looks.unsure}.get(said, looks.strong)
    yield from _indented(flow(said, width - 2, look, looks.mark, most=3), looks)


def _finding(decisions: Decisions, check: str, place: int, width: int, looks: Palette) -> Iterator[Line]:
    """The clauses that one decision found broken by a check, and where it saw that."""
    found = findings_of(decisions.bodies[place]).get(check)
    if found is None:
        return
    for words in _clauses(found):
        yield from _indented(flow(words, width - 2, looks.text, looks.mark, most=3), looks)
    for words in _evidence(found, lambda quote: masked_quote(decisions.desk, quote)):
        yield from _indented(flow(words, width - 2, looks.text, looks.mark, most=3), looks)


def _clauses(found: Mapping[str, Any]) -> list[str]:
    """Each clause once, with the markets it holds in."""
    markets: dict[tuple[str, str], list[str]] = {}
    for clause in dicts(found.get("clauses")):
        words = " ".join(str(clause.get(name) or "") for name in ("text", "ref")).strip()
        markets.setdefault((str(clause.get("basis", "")), words), []).append(str(clause.get("market", "")))
    lines = [f"§ {basis} {' '.join(places)}: {words}".rstrip(": ") for (basis, words), places in markets.items()]
    rest = len(lines) - MOST_CLAUSES
    return [*lines[:MOST_CLAUSES], *([f"§ {rest} more"] if rest > 0 else [])]


def _evidence(found: Mapping[str, Any], shown: Callable[[str], str]) -> list[str]:
    lines = []
    for each in dicts(found.get("evidence")):
        try:
            evidence = Evidence.from_json(dict(each))
            quote = f"“{shown(evidence.quote)}” " if evidence.quote else ""
            lines.append(f"{quote}{place_words(evidence)}")
        except (TypeError, ValueError, AttributeError):  # another program's
            lines.append("evidence that cannot be read here")
    rest = len(lines) - MOST_EVIDENCE
    return [*lines[:MOST_EVIDENCE], *([number_of(rest, "more place")] if rest > 0 else [])]


def _indented(lines: Sequence[Line], looks: Palette) -> Iterator[Line]:
    yield from ([("  ", looks.text), *line] for line in lines)
