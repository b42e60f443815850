"""The single values of the policy file: dates, ages, shares, hours, markets, patterns, facts, names of checks."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from modtui.domain.clause_values import DEFAULT_MARKET
from modtui.domain.facts import FIELDS, parse_test
from modtui.domain.markets import WRONG_CODES, country_of, normal_market
from modtui.files.patterns import BadPatternError, compile_pattern
from modtui.files.policy_names import Names
from modtui.files.strict_yaml import MappingNode, Node, brief
from modtui.files.tree_reader import INVALID, Read, TreeReader, formed, like, line, one_of, read_object, text

MAX_PATTERN = 1000
"Characters in one pattern."

NAME = r"[a-z][a-z0-9_-]*"
DOTTED = rf"{NAME}(\.{NAME})*"
CHECK_ID = rf"{DOTTED}/.+"
"Of a check, or of the check of a need."

language = like(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag like fr or pt-BR")


class PolicyReader(TreeReader):
    """A reading of the policy file: what is known before the policies are read, and what they name."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, list[str]] = {}
        self.routes: dict[str, str] = {}
        self.names = Names()
        self.policy_id = ""
        "Of the policy being read, as are the next."
        self.policy_basis = ""


def name_of(purpose: str) -> Read:
    """A reader of the id of a check or policy that must stand somewhere in the catalog."""

    def read(reader: TreeReader, node: Node, path: str) -> Any:
        value = line(reader, node, path)
        if isinstance(value, str) and isinstance(reader, PolicyReader):
            reader.names.used.append((purpose, value, reader.place(node, path)))
        return value

    return formed(read, "like", DOTTED if purpose == "briefing" else CHECK_ID)


def iso_date(reader: TreeReader, node: Node, path: str) -> Any:
    value = line(reader, node, path)
    if not isinstance(value, str):
        return value
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        return reader.problem(node, path, f"there is no {value} in the calendar")
    return reader.problem(node, path, f"'{brief(value)}' is not a date like 2026-11-01")


def check_dates(reader: TreeReader, node: Node, path: str, values: dict[str, Any]) -> None:
    """Refuse what would end before it begins."""
    effective, sunset = values.get("effective"), values.get("sunset")
    if effective and sunset and sunset < effective and isinstance(node, MappingNode):
        message = f"ends on {sunset}, before it begins on {effective}"
        reader.problem(node.entries["sunset"][1], f"{path}.sunset", message)


def age(reader: TreeReader, node: Node, path: str) -> Any:
    """Whole years."""
    value = line(reader, node, path)
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{1,2}", value):
            return reader.problem(node, path, f"'{brief(value)}' is not an age in whole years, 0 to 99")
        return int(value)
    return value


def age_range(reader: TreeReader, node: Node, path: str) -> Any:
    value = line(reader, node, path)
    if isinstance(value, str):
        found = re.fullmatch(r"([0-9]{1,2})(?:\+|-([0-9]{1,2}))", value)
        if not found or (found[2] and int(found[2]) < int(found[1])):
            return reader.problem(node, path, f"'{brief(value)}' is not a range of ages like 21+ or 13-17")
    return value


def per_mille(reader: TreeReader, node: Node, path: str) -> Any:
    """A percentage with at most one decimal, as thousandths."""
    value = line(reader, node, path)
    if isinstance(value, str):
        found = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]))? ?%", value)
        thousandths = int(found[1]) * 10 + int(found[2] or 0) if found else 0
        if not 0 < thousandths <= 1000:
            return reader.problem(node, path, f"'{brief(value)}' is not a percentage like 7% or 73.8%")
        return thousandths
    return value


def clock_range(reader: TreeReader, node: Node, path: str) -> Any:
    value = line(reader, node, path)
    one = r"([01][0-9]|2[0-3]):[0-5][0-9]"
    if isinstance(value, str) and not re.fullmatch(f"{one}-({one}|24:00)", value):
        return reader.problem(node, path, f"'{brief(value)}' is not a range of times like \"05:30-21:00\"")
    return value


def time_zone(reader: TreeReader, node: Node, path: str) -> Any:
    value = line(reader, node, path)
    if isinstance(value, str) and not _is_time_zone(value):
        return reader.problem(node, path, f"unknown time zone '{brief(value)}': it reads like Europe/London")
    return value


@cache
def _is_time_zone(name: str) -> bool:
    """Whether the machine knows the zone; one without any zones lets every name of the right form pass."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if not re.fullmatch(r"UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2}", name):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        try:
            ZoneInfo("Europe/London")
        except (ZoneInfoNotFoundError, OSError):
            return True
        return False
    return True


def pattern(reader: TreeReader, node: Node, path: str) -> Any:
    """An RE2 pattern."""
    value = text(reader, node, path)
    if isinstance(value, str):
        value = value.strip()
        wrong = what_is_wrong_with_pattern(value)
        if wrong:
            return reader.problem(node, path, f"pattern '{brief(value)}': {wrong}")
    return value


def what_is_wrong_with_pattern(source: str) -> str:
    if len(source) > MAX_PATTERN:
        return f"is longer than {MAX_PATTERN} characters"
    try:
        found = compile_pattern(source).search("")
    except BadPatternError as error:
        return str(error)
    return "matches the empty text, and so everything" if found is not None else ""


def fact_test(reader: TreeReader, node: Node, path: str) -> Any:
    """`field operator value`, as text."""
    value = line(reader, node, path)
    if not isinstance(value, str):
        return value
    try:
        test = parse_test(value)
    except ValueError as error:
        hint = reader.suggestion(value.split()[0], FIELDS) if str(error).startswith("unknown field") else ""
        return reader.problem(node, path, f"{brief(str(error))}{'.' if hint else ''}{hint}")
    wrong = what_is_wrong_with_pattern(test.value) if test.operator == "matches" else ""
    return reader.problem(node, path, f"pattern '{brief(test.value)}': {wrong}") if wrong else value


def country(reader: TreeReader, node: Node, path: str) -> Any:
    """A country, for the list of a group."""
    value = line(reader, node, path)
    if isinstance(value, str) and (normal_market(value) != value or country_of(value) != value):
        return reader.problem(node, path, _unknown_market(reader, value, ()))
    return value


def market(reader: TreeReader, node: Node, path: str) -> Any:
    """A country, a part of one, or a group of the catalog."""
    value = line(reader, node, path)
    groups = reader.groups if isinstance(reader, PolicyReader) else {}
    if isinstance(value, str) and value not in groups and normal_market(value) != value:
        return reader.problem(node, path, _unknown_market(reader, value, groups))
    return value


def row_market(reader: TreeReader, node: Node, path: str) -> Any:
    """A market with rows of its own, or `*` for the check's own."""
    value = line(reader, node, path)
    return value if value == DEFAULT_MARKET else market(reader, node, path)


def _unknown_market(reader: TreeReader, value: str, groups: Any) -> str:
    right = normal_market(value)
    if value in WRONG_CODES or (right and right != value):
        return f"unknown market '{brief(value)}'. Did you mean '{right}'?"
    hint = reader.suggestion(value, groups) or " It is a country (ISO 3166-1), a part of one (US-NY) or a market group."
    return f"unknown market '{brief(value)}'.{hint}"


def group_name(reader: TreeReader, node: Node, path: str) -> Any:
    value = line(reader, node, path)
    if not isinstance(value, str):
        return value
    if normal_market(value) is not None:
        return reader.problem(node, path, f"'{value}' is a country code: a group needs a name of its own")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", value):
        return reader.problem(node, path, f"'{brief(value)}' is not a name of letters, digits, '-' and '_'")
    return value


def route(reader: TreeReader, node: Node, path: str) -> Any:
    return one_of(tuple(reader.routes) if isinstance(reader, PolicyReader) else ())(reader, node, path)


HOURS = {"not": clock_range, "tz": time_zone}


def hours(reader: TreeReader, node: Node, path: str) -> Any:
    values = read_object(reader, node, path, HOURS, ("not", "tz"))
    return values if isinstance(values, dict) and len(values) == len(HOURS) else INVALID


def reply_text(reader: TreeReader, node: Node, path: str) -> Any:
    """A text to the advertiser, in which `{fix}` stands for the repair."""
    value = text(reader, node, path)
    unknown = set(re.findall(r"\{(\w+)\}", value)) - {"fix"} if isinstance(value, str) else set()
    if unknown:
        return reader.problem(node, path, f"unknown placeholder '{{{brief(min(unknown))}}}': there is only {{fix}}")
    return value
