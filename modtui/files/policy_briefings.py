"""Briefings in the policy file: dated notes, and the rows by which one tightens checks for as long as it holds."""

from __future__ import annotations

from typing import Any

from modtui.domain.catalog_document import clause_hash
from modtui.domain.clause_values import DEFAULT_MARKET
from modtui.domain.need_checks import need_id
from modtui.files.policy_checks import DOES_SOMETHING
from modtui.files.policy_rows import plain_name, rows
from modtui.files.policy_values import PolicyReader, check_dates, iso_date, market, name_of, row_market
from modtui.files.strict_yaml import MappingNode, Node, SequenceNode
from modtui.files.tree_reader import Fields, line, list_of, map_of, read_object, text, yes_no

BRIEFING: Fields = {
    "id": plain_name,
    "title": line,
    "text": text,
    "policies": list_of(name_of("briefing")),
    "markets": list_of(market),
    "effective": iso_date,
    "sunset": iso_date,
    "must_read": yes_no,
    "rows": map_of(name_of("tightens"), map_of(row_market, rows)),
}
BRIEFING_REQUIRED = ("id", "title", "text")


def read_briefing(reader: PolicyReader, node: Node, path: str) -> dict[str, Any] | None:
    """A briefing as it stands in a document, its rows bounded by its dates; None when nothing of it could be read."""
    values = read_object(reader, node, path, BRIEFING, BRIEFING_REQUIRED)
    if not isinstance(values, dict) or not isinstance(node, MappingNode):
        return None
    check_dates(reader, node, path, values)
    by_check = node.get("rows")
    for check_id, by_market in values.get("rows", {}).items():
        markets_node = by_check.get(check_id) if isinstance(by_check, MappingNode) else None
        for key, found in by_market.items():
            rows_node = markets_node.get(key) if isinstance(markets_node, MappingNode) else None
            for index, row in enumerate(found):
                row_node = rows_node.items[index] if isinstance(rows_node, SequenceNode) else rows_node
                where = f"{path}.rows.{check_id}.{key}"
                _settle_row(reader, row_node or node, where, values, check_id, key, row)
    return values


def _settle_row(
    reader: PolicyReader, node: Node, path: str, briefing: dict[str, Any], check_id: str, key: str, row: dict[str, Any]
) -> None:
    """A row of a briefing: as long as the briefing at most, joined to what holds and named as its own."""
    if "unless" in row and isinstance(node, MappingNode):
        reader.problem(
            node.entries["unless"][0], f"{path}.unless", "a briefing may tighten, never loosen: it exempts nothing"
        )
    if any(name in row for name in DOES_SOMETHING):
        reader.names.with_rows.add(check_id)
    name = briefing.get("id", "")
    if starts := [each["effective"] for each in (row, briefing) if each.get("effective")]:
        row["effective"] = max(starts)
    if ends := [each["sunset"] for each in (row, briefing) if each.get("sunset")]:
        row["sunset"] = min(ends)
    if starts and ends and max(starts) > min(ends):
        reader.problem(node, path, f"never holds: it would begin on {max(starts)} and end on {min(ends)}")
    row["briefing"] = name
    if "apparent_age" in row:
        row["needs"] = [*row.get("needs", ()), {"kind": "apparent_age", "age": row.pop("apparent_age")}]
    place = reader.place(node, path)
    for need in row.get("needs", ()):
        need.setdefault("id", f"{name}-{need['kind']}-{'all' if key == DEFAULT_MARKET else key.lower()}")
        reader.names.define(reader, "need", need_id(check_id, need["kind"], key, need["id"]), place)
    row["hash"] = clause_hash(check_id, key, row)
