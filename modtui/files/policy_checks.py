"""The checks of the policy file: their keys, their own row, and the ids they and their needs define."""

from __future__ import annotations

from typing import Any

from modtui.domain.catalog_document import clause_hash
from modtui.domain.clause_values import DEFAULT_MARKET
from modtui.domain.need_checks import need_id
from modtui.files.policy_rows import BASES, CUES, ROW, SEVERITIES, check_row, rows
from modtui.files.policy_values import DOTTED, PolicyReader, fact_test, name_of, route, row_market
from modtui.files.strict_yaml import MappingNode, Node, SequenceNode, brief
from modtui.files.tree_reader import (
    INVALID,
    Fields,
    TreeReader,
    like,
    line,
    list_of,
    map_of,
    object_of,
    one_of,
    read_object,
    yes_no,
)

FACTS: Fields = {"any": list_of(fact_test), "all": list_of(fact_test)}


def facts(reader: TreeReader, node: Node, path: str) -> Any:
    values = read_object(reader, node, path, FACTS)
    if not isinstance(values, dict) or not isinstance(node, MappingNode):
        return INVALID
    if len(values) != 1:
        return reader.problem(node, path, "should name either 'any' or 'all'") if len(node.entries) != 1 else INVALID
    ((quantity, tests),) = values.items()
    return {"every": quantity == "all", "tests": tests} if tests else INVALID


WHEN = map_of(name_of("when"), one_of(("yes", "no")))


def when(reader: TreeReader, node: Node, path: str) -> Any:
    """Check ids with their wanted answers, in file order."""
    values = WHEN(reader, node, path)
    return [list(pair) for pair in values.items()] if isinstance(values, dict) else values


CHECK: Fields = {
    **ROW,
    "id": like(rf"{DOTTED}/[a-z][a-z0-9_-]*", "an id like 'alcohol.product/sells': the policy's id, '/' and a name"),
    "key": like(r"[a-z]{2}", "a key: it is two lower-case letters"),
    "ask": line,
    "severity": one_of(SEVERITIES),
    "cues": object_of(CUES),
    "when": when,
    "required": yes_no,
    "facts": facts,
    "escalation": object_of({"class": line, "route": route, "offered": yes_no}, ("class", "route")),
    "markets": map_of(row_market, rows),
}
CHECK_REQUIRED = ("id", "key", "ask")

OWN_ROW = tuple(key for key in ROW if key != "fix")
"Keys of a check that make up its own row; its `fix` is the check's."
DOES_SOMETHING = ("effect", "min_age", "apparent_age", "needs", "labels", "placements", "hours", "unless")
"Keys of a row that follow from a yes; the others say where it comes from and when it holds."


def check(reader: TreeReader, node: Node, path: str) -> Any:
    """A check as it stands in a document: its own row among `rows`, the other rows under `markets`."""
    values = read_object(reader, node, path, CHECK, CHECK_REQUIRED)
    if not isinstance(values, dict) or not isinstance(node, MappingNode) or not isinstance(reader, PolicyReader):
        return INVALID
    check_row(reader, node, path, values)
    own = {key: values.pop(key) for key in OWN_ROW if key in values}
    if own and "basis" not in own and reader.policy_basis in BASES:
        own["basis"] = reader.policy_basis
    markets = values.get("markets", {})
    own_rows = ([own] if own else []) + markets.pop(DEFAULT_MARKET, [])
    if own_rows:
        values["rows"] = own_rows
    if "id" in values:
        _define(reader, node, path, values)
    if "key" in values:
        reader.names.define(reader, "key", values["key"], reader.place(node.entries["key"][1], f"{path}.key"))
    return values


def _define(reader: PolicyReader, node: MappingNode, path: str, values: dict[str, Any]) -> None:
    names, check_id = reader.names, values["id"]
    id_node = node.entries["id"][1]
    if reader.policy_id and check_id.partition("/")[0] != reader.policy_id:
        message = f"'{brief(check_id)}' should begin with the policy's id: '{brief(reader.policy_id)}/'"
        reader.problem(id_node, f"{path}.id", message)
    names.define(reader, "check", check_id, reader.place(id_node, f"{path}.id"))
    names.parents.setdefault(check_id, []).extend(parent for parent, _ in values.get("when", ()))
    by_market = {DEFAULT_MARKET: values.get("rows", []), **values.get("markets", {})}
    if any(key in row for rows_there in by_market.values() for row in rows_there for key in DOES_SOMETHING):
        names.with_rows.add(check_id)
    for market, rows_there in by_market.items():
        for index, row in enumerate(rows_there):
            row["hash"] = clause_hash(check_id, market, row)
            for need in _needs_of(row):
                name = need_id(check_id, need["kind"], market, need.get("id"))
                row_node, row_path = _row_at(node, path, market, index)
                need_node, need_path = _need_at(row_node, row_path, need["kind"])
                names.define(reader, "need", name, reader.place(need_node, need_path))


def _needs_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    age = [{"kind": "apparent_age"}] if "apparent_age" in row else []
    return [*row.get("needs", ()), *age]


def _row_at(node: MappingNode, path: str, market: str, index: int) -> tuple[Node, str]:
    """The node of a row: of the check itself, of a market, or in a market's list."""
    markets = node.get("markets")
    found = markets.get(market) if isinstance(markets, MappingNode) else None
    if found is None:
        return node, path
    path = f"{path}.markets.{market}"
    if isinstance(found, SequenceNode):
        return found.items[min(index, len(found.items) - 1)], f"{path}[{index}]"
    return found, path


def _need_at(row: Node, path: str, kind: str) -> tuple[Node, str]:
    needs = row.get("needs") if isinstance(row, MappingNode) else None
    if isinstance(needs, MappingNode) and kind in needs.entries:
        return needs.entries[kind][0], f"{path}.needs.{kind}"
    if isinstance(row, MappingNode) and kind in row.entries:
        return row.entries[kind][0], f"{path}.{kind}"
    return row, path
