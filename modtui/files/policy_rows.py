"""The rows of the policy file, the needs they name, and the cues: their closed keys and what reads each."""

from __future__ import annotations

from typing import Any

from modtui.domain.clause_values import Basis, Effect, Mark
from modtui.domain.facts import TEXTS
from modtui.domain.policies import Severity
from modtui.domain.signals import SIGNALS
from modtui.files.policy_values import (
    DOTTED,
    NAME,
    age,
    age_range,
    check_dates,
    hours,
    iso_date,
    language,
    name_of,
    pattern,
    per_mille,
)
from modtui.files.strict_yaml import MappingNode, Node, SequenceNode
from modtui.files.tree_reader import (
    INVALID,
    Fields,
    Read,
    TreeReader,
    formed,
    like,
    line,
    list_of,
    one_of,
    read_object,
    text,
    yes_no,
)

SEVERITIES = tuple(severity.name.lower() for severity in Severity)
BASES = tuple(basis.name.lower() for basis in Basis)
MISSING = ("cut", "held", "limited", "labelled")

plain_name = like(NAME, "a name of lower-case letters, digits, '-' and '_'")
words = list_of(line)

CUES: Fields = {
    "industries": list_of(like(DOTTED, "an industry like food.alcohol")),
    "words": words,
    "patterns": list_of(pattern),
    "flags": words,
    "signals": list_of(one_of(SIGNALS)),
}

_ANY_NEED: Fields = {
    "ask": line,
    "fix": line,
    "required": yes_no,
    "id": plain_name,
    "missing": one_of(MISSING),
}
_IN: Fields = {"in": list_of(one_of(TEXTS))}
NEEDS: dict[str, tuple[Fields, tuple[str, ...]]] = {
    "certificate": ({"kind": line, "number": pattern, "holder": yes_no, "domain": yes_no}, ("kind",)),
    "number": ({"pattern": pattern, **_IN}, ("pattern",)),
    "text": ({"any": words, "language": language, **_IN}, ("any",)),
    "label": ({"by": one_of(("advertiser", "platform")), "min_area": per_mille, "text": line}, ("by",)),
    "audience_share": ({"ages": age_range, "at_least": per_mille}, ("ages", "at_least")),
    "apparent_age": ({"age": age}, ("age",)),
}
"Kind of need to its own keys and those it must have."

NAMES_IN_DOCUMENT = {
    ("certificate", "kind"): "certificate",
    ("number", "pattern"): "number",
    ("text", "any"): "text",
    ("label", "min_area"): "min_area_per_mille",
    ("audience_share", "at_least"): "at_least_per_mille",
}
"Keys of needs that a document calls by the name of what they mean."


def _need_reader(kind: str) -> Read:
    own, required = NEEDS[kind]
    fields = {**_ANY_NEED, **own}

    def read(reader: TreeReader, node: Node, path: str) -> Any:
        values = read_object(reader, node, path, fields, required)
        if not isinstance(values, dict) or any(key not in values for key in required):
            return INVALID
        need = {NAMES_IN_DOCUMENT.get((kind, key), key): value for key, value in values.items()}
        if kind == "label" and "text" in need:
            need["text"] = [need["text"]]
        return {"kind": kind, **need}

    return formed(read, "object_of", fields, required)


NEED_READERS: Fields = {kind: _need_reader(kind) for kind in NEEDS}


def needs(reader: TreeReader, node: Node, path: str) -> Any:
    """A map of need kind to its keys, as a list of needs that name their kind."""
    values = read_object(reader, node, path, NEED_READERS)
    return list(values.values()) if isinstance(values, dict) else values


ROW: Fields = {
    "effect": one_of([effect.value for effect in Effect]),
    "min_age": age,
    "apparent_age": age,
    "needs": needs,
    "labels": words,
    "placements": words,
    "hours": hours,
    "unless": list_of(name_of("unless")),
    "basis": one_of(BASES),
    "mark": one_of([mark.value for mark in Mark]),
    "ref": line,
    "note": text,
    "effective": iso_date,
    "sunset": iso_date,
    "fix": line,
    "owner": line,
    "review_by": iso_date,
}


def row(reader: TreeReader, node: Node, path: str) -> Any:
    values = read_object(reader, node, path, ROW)
    if isinstance(values, dict):
        check_row(reader, node, path, values)
    return values


def check_row(reader: TreeReader, node: Node, path: str, values: dict[str, Any]) -> None:
    """Refuse a row that contradicts itself."""
    check_dates(reader, node, path, values)
    kinds = {need["kind"] for need in values.get("needs", ())}
    wrong = ""
    if values.get("effect") == "certificate" and "certificate" not in kinds:
        wrong = "effect 'certificate' names no certificate: add needs.certificate"
    elif values.get("effect") == "label" and "label" not in kinds and not values.get("labels"):
        wrong = "effect 'label' names no mark: add labels or needs.label"
    elif "apparent_age" in values and "apparent_age" in kinds:
        wrong = "'apparent_age' stands here twice: once by itself and once in needs"
    if wrong and isinstance(node, MappingNode):
        key = "apparent_age" if "apparent_age" in wrong else "effect"
        reader.problem(node.entries[key][1], path, wrong)


def rows(reader: TreeReader, node: Node, path: str) -> Any:
    """One row, or a list of them."""
    if not isinstance(node, SequenceNode):
        one = row(reader, node, path)
        return [one] if one is not INVALID else INVALID
    if not node.items:
        return reader.problem(node, path, "names no row: write {} for a row that says nothing")
    return list_of(row)(reader, node, path)
