"""Worked examples in the policy file: the ad as a queue would hold it, the answers, and what is expected."""

from __future__ import annotations

import re
from typing import Any

from modtui.domain.ad_json import FIELD_PATHS, NOTES, AdProblem, normal_payload
from modtui.domain.clause_values import State
from modtui.domain.markets import NOT_STATED, normal_market
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome
from modtui.files.policy_values import PolicyReader, iso_date, name_of
from modtui.files.strict_yaml import MappingNode, Node, brief, plain
from modtui.files.tree_reader import INVALID, Fields, TreeReader, line, map_of, one_of, text

SOURCE = "examples"
"The source of ads that stand in the catalog."

OUTCOMES = tuple(outcome.value for outcome in Outcome)
STATES = tuple(state.name.lower() for state in State)
_CELL = re.compile(r"(?P<market>.+?)(?: (?P<low>[0-9]{1,2})(?:-(?P<high>[0-9]{1,2})|\+))?")


def ad(reader: TreeReader, node: Node, path: str) -> Any:
    """The canonical form of the ad (`domain.ad_json`); what a queue would set aside is a mistake here."""
    raw = plain(node)
    if not isinstance(raw, dict):
        return reader.problem(node, path, "should be an ad, as in a queue file")
    groups = reader.groups if isinstance(reader, PolicyReader) else {}
    try:
        payload = normal_payload({"id": "example", **raw}, source=SOURCE, known_groups=groups)
    except AdProblem as problem:
        return reader.problem(_node_at(node, problem.path), _joined(path, problem.path), problem.reason)
    given = raw.get("extra")
    extra = payload.get("extra", {})
    for note in extra.get(NOTES, ()):
        where, _, reason = note.partition(" ")
        reader.problem(_node_at(node, where), _joined(path, where), reason)
    noted = {note.partition(" ")[0] for note in extra.get(NOTES, ())}
    for name in extra:
        if name != NOTES and name not in noted and not (isinstance(given, dict) and name in given):
            hint = reader.suggestion(name, FIELD_PATHS)
            reader.problem(_node_at(node, name), path, f"unknown field '{brief(name)}'.{hint}")
    return payload


def _node_at(node: Node, path: str) -> Node:
    """The node at a dotted path, or as near to it as the tree goes."""
    for step in re.split(r"[.\[]", path):
        inner = node.get(step) if isinstance(node, MappingNode) else None
        if inner is None:
            break
        node = inner
    return node


def _joined(path: str, inner: str) -> str:
    return f"{path}.{inner}" if inner else path


def expect(reader: TreeReader, node: Node, path: str) -> Any:
    """`outcome` to an outcome, and cells to states."""
    if not isinstance(node, MappingNode):
        return reader.problem(node, path, "should be a mapping of 'outcome' and markets to what is expected")
    values: dict[str, str] = {}
    for key, (key_node, value_node) in node.entries.items():
        inner = f"{path}.{brief(key)}"
        if key == "outcome":
            value = one_of(OUTCOMES)(reader, value_node, inner)
        else:
            value = one_of(STATES)(reader, value_node, inner)
            if not _is_cell(key):
                message = f"'{brief(key)}' is no cell: it is 'outcome', a market, or a market and ages (FR 16-17)"
                value = reader.problem(key_node, path, message)
        if value is not INVALID:
            values[key] = value
    return values


def _is_cell(key: str) -> bool:
    found = _CELL.fullmatch(key)
    return found is not None and (found["market"] == NOT_STATED or normal_market(found["market"]) == found["market"])


EXAMPLE: Fields = {
    "name": line,
    "ad": ad,
    "answers": map_of(name_of("answers"), one_of([answer.value for answer in Answer])),
    "expect": expect,
    "as_of": iso_date,
    "why": text,
}
EXAMPLE_REQUIRED = ("name", "ad", "expect")
