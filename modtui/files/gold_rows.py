"""Gold answers from a table or lines of JSON: rows of raters' labels, joined by ad and read by a label map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from modtui.domain.policies import Answer
from modtui.errors import ModtuiError
from modtui.files.label_map import Label, LabelMap
from modtui.files.mapping import IdRule, QueueMapping
from modtui.files.queue_file import QueueReader

MOST_ROWS = 1_000_000
_AS_IT_STANDS = QueueMapping(id=IdRule(otherwise_content=True), fields={})
_NOTHING = object()


class GoldRow(Struct, frozen=True):
    """What a file says of one ad."""

    ad: str
    place: str
    "File and line of its first row."
    answers: Mapping[str, Answer]
    why: str
    outcome: str = ""
    raters: int = 1
    says_otherwise: str = ""
    "What of the outcome could not be understood, in words."


class Labelled(Struct, frozen=True):
    """One rater's findings on one ad: what agreement is worked out of."""

    ad: str
    rater: str
    checks: frozenset[str]


def read_gold(path: Path, labels: LabelMap) -> Iterator[GoldRow]:
    """The gold in a file, in order of the ads' first rows. Raises ModtuiError for a column that is not there."""
    for ad, rows in _by_ad(path, labels).items():
        yield _gold(ad, rows, labels, path)


def read_raters(path: Path, labels: LabelMap) -> Iterator[Labelled]:
    """What each rater found on each ad, by the labels alone."""
    if not labels.raters:
        message = "It does not say which column names the rater."
        raise ModtuiError("The label map has no raters", message, "Add `raters: COLUMN`.")
    for ad, rows in _by_ad(path, labels).items():
        for _, row in rows:
            found = frozenset(each.check for each in labels.labels if each.answer == "yes" and _says(each, row))
            yield Labelled(ad, _text(_value(row, labels.raters)), found)


Rows = Sequence[tuple[int, Mapping[str, Any]]]


def _by_ad(path: Path, labels: LabelMap) -> dict[str, list[tuple[int, Mapping[str, Any]]]]:
    if not path.is_file():
        raise ModtuiError("Cannot read the gold", f"{path} is no file.", "Check the path.")
    reader = QueueReader(path, _AS_IT_STANDS, "gold", ())
    rows: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    columns = (*labels.ad, *(label.column for label in labels.labels), *filter(None, (labels.outcome, labels.raters)))
    try:
        for count, raw in enumerate(reader.raw_rows()):
            if raw.problem is not None or not isinstance(raw.value, dict):
                reason = raw.problem or "is not an object"
                raise ModtuiError("The gold cannot be read", f"{path}:{raw.line}: {reason}.", "Mend the row.")
            if count == 0:
                _check_columns(path, raw.value, columns)
            if count >= MOST_ROWS:
                raise ModtuiError("The gold is too large", f"{path} has more than {MOST_ROWS:,} rows.")
            ad = labels.join.join(_text(_value(raw.value, column)) for column in labels.ad)
            rows.setdefault(ad, []).append((raw.line, raw.value))
    finally:
        reader.close()
    return rows


def _check_columns(path: Path, row: Mapping[str, Any], columns: Sequence[str]) -> None:
    from modtui.domain.suggestions import did_you_mean

    for column in columns:
        if _value(row, column) is _NOTHING:
            known = did_you_mean(column, tuple(row))
            message = f"{path} has no column '{column}'.{known}"
            raise ModtuiError("The label map does not fit", message, f"Its columns: {', '.join(list(row)[:30])}.")


def _gold(ad: str, rows: Rows, labels: LabelMap, path: Path) -> GoldRow:
    answers: dict[str, Answer] = {}
    reasons: list[str] = []
    for label in labels.labels:
        if sum(_says(label, row) for _, row in rows) < label.share * len(rows) or not rows:
            continue
        # A yes outweighs a no: labels may say both of one check.
        if answers.get(label.check) is not Answer.YES:
            answers[label.check] = Answer(label.answer)
        if label.why:
            reasons.append(_filled(label, rows))
    has_finding = Answer.YES in answers.values()
    why = " ".join(dict.fromkeys(reasons)) or ("" if has_finding else labels.why_clean)
    outcome, unknown = _outcome(rows, labels)
    return GoldRow(ad, f"{path.name} line {rows[0][0]}", answers, why, outcome, len(rows), unknown)


def _outcome(rows: Rows, labels: LabelMap) -> tuple[str, str]:
    if not labels.outcome:
        return "", ""
    words = {_text(_value(row, labels.outcome)).strip() for _, row in rows}
    found = {labels.outcomes.get(word, "") for word in words}
    if len(found) == 1 and (outcome := next(iter(found))):
        return outcome, ""
    return "", f"'{labels.outcome}' says {' and '.join(sorted(words)) or 'nothing'}"


def _says(label: Label, row: Mapping[str, Any]) -> bool:
    value = _value(row, label.column)
    if label.at_least is not None:
        try:
            return float(value) >= label.at_least
        except (TypeError, ValueError):
            return False
    texts = {_text(each) for each in value} if isinstance(value, list) else {_text(value)}
    if label.is_one_of:
        return bool(texts & set(label.is_one_of))
    return bool(texts - {"", "0", "0.0", "no", "No", "N", "false", "False", "None"})


def _filled(label: Label, rows: Rows) -> str:
    """The sentence of a label, with what its column says: the share of raters where there are several."""
    said = sum(_says(label, row) for _, row in rows)
    shown = _text(_value(rows[0][1], label.column)) if len(rows) == 1 else f"{said} of {len(rows)} raters"
    return label.why.replace("{column}", shown).strip()


def _value(row: Mapping[str, Any], column: str) -> Any:
    if column in row:
        return row[column]
    value: Any = row
    for step in column.split("."):
        value = value.get(step, _NOTHING) if isinstance(value, Mapping) else _NOTHING
        if value is _NOTHING:
            return _NOTHING
    return value


def _text(value: Any) -> str:
    return "" if value is None or value is _NOTHING else str(value)
