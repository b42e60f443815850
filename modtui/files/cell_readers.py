"""What foreign cells say: ages, number ranges, dates, lists written as Python, HTML, several fields in one cell."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from itertools import zip_longest
from typing import Any

from modtui.domain.ad_values import is_utc_text, utc_text

MAX_LITERAL = 1 << 20
"Characters of a cell that is read as a Python literal or as HTML."
MAX_NESTING = 40


class CellProblem(ValueError):  # noqa: N818  a finding about a cell
    """Why a cell cannot be read that way, as the end of a sentence whose subject is the cell."""


_DASH = r"\s*(?:-|–|—|to|bis)\s*"
_AGES = (
    (re.compile(rf"(\d{{1,3}}){_DASH}(\d{{1,3}})\s*(\+*)"), lambda m: (int(m[1]), None if m[3] else int(m[2]))),
    (re.compile(r"(\d{1,3})\s+(?:\d{1,3})\+"), lambda m: (int(m[1]), None)),
    (re.compile(r"(\d{1,3})\s*(?:-\s*)?(?:\+{1,2}|and (?:older|over|up|above)|or older)"), lambda m: (int(m[1]), None)),
    (re.compile(r"(?:≥|>=|from)\s*(\d{1,3})"), lambda m: (int(m[1]), None)),
    (re.compile(r">\s*(\d{1,3})"), lambda m: (int(m[1]) + 1, None)),
    (re.compile(r"(?:≤|<=|up to|-)\s*(\d{1,3})"), lambda m: (None, int(m[1]))),
    (re.compile(r"<\s*(\d{1,3})"), lambda m: (None, int(m[1]) - 1)),
    (re.compile(r"(\d{1,3})\s*(?:-|and (?:younger|under))"), lambda m: (None, int(m[1]))),
    (re.compile(r"(\d{1,3})"), lambda m: (int(m[1]), int(m[1]))),
)


def read_ages(text: str) -> tuple[int | None, int | None]:
    """The youngest and oldest age of `18 - 65+`, `13+`, `18-24, 25-34, ≥65`; None where there is no such limit.

    Parts of unknown age are passed over. Raises `CellProblem`.
    """
    spans = [_age_span(part) for part in re.split(r"[,;/]", text.lower()) if part.strip() and "unknown" not in part]
    if not spans:
        raise CellProblem("names no ages")
    youngest = [span[0] for span in spans]
    oldest = [span[1] for span in spans]
    low = None if None in youngest else min(age for age in youngest if age is not None)
    high = None if None in oldest else max(age for age in oldest if age is not None)
    if low is not None and high is not None and low > high:
        raise CellProblem("names an upper age below the lower")
    return low, high


def _age_span(part: str) -> tuple[int | None, int | None]:
    part = re.sub(r"^(?:ages?|people ages?)\s+", "", part.strip())
    for pattern, span in _AGES:
        if found := pattern.fullmatch(part):
            return span(found)
    raise CellProblem("is no age range")


_SCALE = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_NUMBER = r"(\d+(?:\.\d+)?)\s*([kmb]?)"


def read_range(text: str) -> tuple[int | None, int | None]:
    """Both ends of `≤ 10k`, `10k-100k`, `> 1M`, `500`; None where it is open. Raises `CellProblem`."""
    plain = text.strip().lower().replace(",", "")
    if found := re.fullmatch(rf"{_NUMBER}{_DASH}{_NUMBER}", plain):
        return _scaled(found[1], found[2]), _scaled(found[3], found[4])
    if found := re.fullmatch(rf"(≤|<=|<|≥|>=|>)?\s*{_NUMBER}\s*(\+?)", plain):
        value = _scaled(found[2], found[3])
        if found[1] in ("≤", "<=", "<"):
            return None, value
        return value, None if found[1] or found[4] else value
    raise CellProblem("is no range of numbers")


def _scaled(digits: str, unit: str) -> int:
    return round(float(digits) * _SCALE[unit])


def read_moment(text: str, formats: Sequence[str], zone: tzinfo | None) -> str:
    """A moment as `2026-11-20T08:14:00Z`, read by the first format that fits (`iso` for ISO 8601).

    Without a zone of its own it is in `zone`, or UTC. Raises `CellProblem`.
    """
    moment = _moment(text, formats)
    if moment.tzinfo is UTC and is_utc_text(text.strip()):
        return text.strip()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    try:
        return utc_text(moment)
    except OverflowError:
        raise CellProblem("is outside the calendar") from None


def read_day(text: str, formats: Sequence[str]) -> str:
    """A day as `2026-11-20`, as it is written there. Raises `CellProblem`."""
    return _moment(text, formats).date().isoformat()


def _moment(text: str, formats: Sequence[str]) -> datetime:
    for layout in formats:
        try:
            if layout == "iso":
                return datetime.fromisoformat(text.strip())
            return datetime.strptime(text.strip(), layout)  # noqa: DTZ007  the caller knows the zone
        except ValueError:
            continue
    raise CellProblem(f"is no date like {' or '.join(formats)}")


def read_literal(text: str) -> Any:
    """The value of a Python literal such as `['a', 'b']`. Raises `CellProblem`."""
    plain = text.strip()
    if len(plain) > MAX_LITERAL:
        raise CellProblem("is too long for a Python literal")
    if max(plain.count(mark) for mark in "[({") > MAX_NESTING and _depth(plain) > MAX_NESTING:
        raise CellProblem("is nested too deep")
    try:
        return ast.literal_eval(plain)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise CellProblem("is no Python literal") from None


def _depth(text: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[\[({})\]]", text):
        depth += 1 if mark in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


_BLOCK = frozenset(
    ("p", "div", "br", "hr", "li", "ul", "ol", "tr", "td", "th", "table", "section", "article", "header", "footer")
) | {f"h{level}" for level in range(1, 7)}
_UNSEEN = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style")}
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")


def text_of_html(source: str) -> str:
    """What a reader sees of a piece of HTML: no tags, scripts or styles; blocks on lines of their own.

    One pass from left to right, so that no input takes longer than its length.
    """
    source = source[:MAX_LITERAL]
    pieces: list[str] = []
    place = 0
    while (opening := source.find("<", place)) >= 0:
        pieces.append(source[place:opening])
        is_comment = source.startswith("<!--", opening)
        closing = source.find("-->" if is_comment else ">", opening)
        name = _TAG_NAME.match(source, opening)
        if closing < 0 or not (is_comment or name or source.startswith(("<!", "<?"), opening)):
            pieces.append("<")
            place = opening + 1
            if closing < 0:
                break
            continue
        place = closing + (3 if is_comment else 1)
        tag = name[1].lower() if name else ""
        if tag in _UNSEEN and source[opening + 1] != "/":
            end = _UNSEEN[tag].search(source, place)
            place = end.start() if end else len(source)
        elif tag in _BLOCK:
            pieces.append("\n")
    pieces.append(source[place:])
    lines = (" ".join(line.split()) for line in html.unescape("".join(pieces)).split("\n"))
    return "\n".join(line for line in lines if line)


def unpack_cell(text: str, labels: Sequence[str]) -> tuple[dict[str, str], str]:
    """The fields of a cell such as `Text: ..., Headline: ...` by label, and what stands before the first of them.

    A label counts at the start or after a comma, semicolon or line break, with a colon; its first place wins.
    """
    names = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    places = list(re.finditer(rf"(?:^|(?<=[,;\n]))\s*({names})\s*:\s*", text))
    fields: dict[str, str] = {}
    for place, following in zip_longest(places, places[1:]):
        value = text[place.end() : following.start()].rstrip()[:-1] if following else text[place.end() :]
        fields.setdefault(place[1], value.strip())
    return fields, (text[: places[0].start()] if places else text).strip(" ,;\n")
