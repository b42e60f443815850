"""The JSON Schema of the policy file, made of the tables its reader works by: for editors that complete and check it.

It says what one value may be and which keys go where. What hangs on the rest of the file (names that must stand
somewhere, ids given once, circles) only the reader tells. Values are taken as an editor reads YAML, `18` as a number,
and as text, which is how our reader takes all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from modtui.domain.ad_json import FIELD_PATHS
from modtui.domain.catalog_document import SCHEMA
from modtui.files import policy_values as values
from modtui.files.policy_briefings import BRIEFING, BRIEFING_REQUIRED
from modtui.files.policy_checks import CHECK, CHECK_REQUIRED, FACTS, WHEN, check, facts, when
from modtui.files.policy_examples import EXAMPLE, EXAMPLE_REQUIRED, OUTCOMES, STATES, ad, expect
from modtui.files.policy_rows import NEED_READERS, ROW, needs, row, rows
from modtui.files.policy_schema import HEAD, POLICY, POLICY_REQUIRED
from modtui.files.tree_reader import Fields, Read, form_of, line, text, yes_no

Schema = Mapping[str, Any]
Words = Mapping[tuple[str, str], str]
"Section (`top`, `policy`, `check`, `row`) and key to what the page about the file says of it."

_TEXT_TYPES = ["string", "number", "boolean"]
_NAME: Schema = {"type": "string", "minLength": 1}
_LINE: Schema = {"type": _TEXT_TYPES, "pattern": r"^\s*\S[^\n]*\s*$"}
_WHOLE_AGE: Schema = {"type": ["integer", "string"], "minimum": 0, "maximum": 99, "pattern": r"^\s*[0-9]{1,2}\s*$"}
_CELL = r"^(not stated|[A-Z]{2}(-[A-Z0-9]+)?)( [0-9]{1,2}(-[0-9]{1,2}|\+)?)?$"

SECTIONS = {"Top level": "top", "A policy": "policy", "A check": "check", "A row": "row"}
"Headings of the page to sections."


def words_of(page: str) -> Words:
    """What the tables of docs/policy-file.md say of each key."""
    found: dict[tuple[str, str], str] = {}
    section = ""
    for each in page.splitlines():
        if each.startswith("## "):
            section = SECTIONS.get(each.removeprefix("## "), "")
        cells = [cell.strip() for cell in each.strip("|").split(" | ")]
        if section and each.startswith("| `") and len(cells) > 1:
            for key in re.findall(r"`([a-z_]+)", cells[0]):
                said = re.sub(r"`|\*", "", cells[1])
                found.setdefault((section, key), said if section != "row" else f"{cells[0]}: {said}".replace("`", ""))
    return found


def schema_text(page: str) -> str:
    """The schema as it is shipped, with what docs/policy-file.md (`page`) says of the keys."""
    return json.dumps(json_schema(words_of(page)), indent=1, ensure_ascii=False) + "\n"


def json_schema(words: Words) -> dict[str, Any]:
    """The whole schema. Raises KeyError for a reader of which it does not know what it takes."""
    definitions = {
        "policy": _object(POLICY, POLICY_REQUIRED, words, "policy"),
        "check": _object(CHECK, CHECK_REQUIRED, words, "check"),
        "row": _object(ROW, (), words, "row"),
        "needs": _object(NEED_READERS, (), words),
        "example": _object(EXAMPLE, EXAMPLE_REQUIRED, words),
        "briefing": _object(BRIEFING, BRIEFING_REQUIRED, words),
        "ad": _ad(),
    }
    top = _object(HEAD, (), words, "top")
    top["properties"] |= {
        "policies": {"type": "array", "items": {"$ref": "#/definitions/policy"}},
        "briefings": {"type": "array", "items": {"$ref": "#/definitions/briefing"}},
    }
    for key in ("policies", "briefings"):
        top["properties"][key] |= _said(words, "top", key)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Policy catalog ({SCHEMA})",
        **top,
        "dependencies": {"catalog": ["schema"]},
        "definitions": definitions,
    }


def _object(fields: Fields, required: Collection[str], words: Words, section: str = "") -> dict[str, Any]:
    properties = {key: _described(_schema_of(read), _said(words, section, key)) for key, read in fields.items()}
    closed: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**closed, "required": list(required)} if required else closed


def _said(words: Words, section: str, key: str) -> dict[str, str]:
    said = words.get((section, key)) or (words.get(("row", key)) if section == "check" else None)
    return {"description": said} if said else {}


def _described(schema: Schema, said: Schema) -> Schema:
    """The schema with a description; draft 7, which editors know best, reads nothing beside a `$ref`."""
    return {**({"allOf": [schema]} if said and "$ref" in schema else schema), **said}


def _schema_of(read: Read) -> Schema:
    """What a reader takes."""
    form = form_of(read)
    if form is None:
        return _OWN[read]
    return _MADE[form.kind](*form.of)


def _like(pattern: str) -> Schema:
    numbers = any(re.fullmatch(pattern, number) for number in ("7", "12", "1002"))
    types: str | list[str] = ["string", "number"] if numbers else "string"
    return {"type": types, "pattern": rf"^\s*(?:{pattern})\s*$"}


def _map(key: Read, value: Read) -> Schema:
    return {"type": "object", "propertyNames": _schema_of(key), "additionalProperties": _schema_of(value)}


def _ad() -> Schema:
    """An ad as a queue file holds it: its fields, with whatever a queue may hold in them."""
    paths = sorted(FIELD_PATHS)
    properties: dict[str, Any] = {"extra": {}}
    for path in paths:
        section, dot, name = path.partition(".")
        if not dot:
            properties.setdefault(section, {})
            continue
        inside = properties.setdefault(
            section, {"type": ["object", "string"], "additionalProperties": False, "properties": {}}
        )
        inside["properties"][name] = {}
    return {"type": "object", "additionalProperties": False, "properties": properties}


_MADE: Mapping[str, Callable[..., Schema]] = {
    "like": _like,
    "one_of": lambda names: {"enum": list(names)},
    "list_of": lambda read: {"type": "array", "items": _schema_of(read)},
    "map_of": _map,
    "object_of": lambda fields, required: _object(fields, required, {}),
}
_OWN: dict[Read, Schema] = {
    line: _LINE,
    text: {"type": _TEXT_TYPES, "pattern": r"\S"},
    yes_no: {"enum": ["yes", "no"]},
    values.iso_date: {"type": "string", "format": "date", "pattern": r"^\s*\d{4}-\d\d-\d\d\s*$"},
    values.age: _WHOLE_AGE,
    values.age_range: _like(r"[0-9]{1,2}(\+|-[0-9]{1,2})"),
    values.per_mille: _like(r"[0-9]{1,3}(\.[0-9])? ?%"),
    values.pattern: {"type": _TEXT_TYPES, "pattern": r"\S", "maxLength": values.MAX_PATTERN},
    values.fact_test: _LINE,
    values.country: _like("[A-Z]{2}"),
    values.market: _NAME,
    values.row_market: _NAME,
    values.group_name: _like(r"[A-Za-z][A-Za-z0-9_-]*"),
    values.route: _NAME,
    values.reply_text: {"type": _TEXT_TYPES, "pattern": r"\S"},
    values.clock_range: _like(r"[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]"),
    values.time_zone: _NAME,
    ad: {"$ref": "#/definitions/ad"},
    expect: {
        "type": "object",
        "properties": {"outcome": {"enum": list(OUTCOMES)}},
        "patternProperties": {_CELL: {"enum": list(STATES)}},
        "additionalProperties": False,
    },
    row: {"$ref": "#/definitions/row"},
    rows: {
        "anyOf": [
            {"$ref": "#/definitions/row"},
            {"type": "array", "items": {"$ref": "#/definitions/row"}, "minItems": 1},
        ]
    },
    needs: {"$ref": "#/definitions/needs"},
    check: {"$ref": "#/definitions/check"},
}
_OWN |= {
    facts: {**_object(FACTS, (), {}), "minProperties": 1, "maxProperties": 1},
    when: _schema_of(WHEN),
    values.hours: _object(values.HOURS, tuple(values.HOURS), {}),
}
