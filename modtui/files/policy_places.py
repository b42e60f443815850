"""Where an entry of the catalog stands in its files: found in the trees, for what is only known of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modtui.domain.catalog_notes import Note, Spot
from modtui.domain.clause_values import DEFAULT_MARKET
from modtui.files.policy_checks import OWN_ROW
from modtui.files.strict_yaml import MappingNode, Node, Problem, ScalarNode, SequenceNode, brief
from modtui.files.tree_reader import Place

Trees = Iterable[tuple[str, Node]]
"Each file of the catalog with its tree."


class Places:
    """The policies and checks of the files by their ids."""

    def __init__(self, trees: Trees) -> None:
        self._policies: dict[str, tuple[Place, MappingNode]] = {}
        self._checks: dict[str, tuple[Place, MappingNode]] = {}
        self._briefings: dict[str, tuple[Place, MappingNode]] = {}
        for file, tree in trees:
            for place, briefing in _items(tree, "briefings", Place(file, 1, 1, "")):
                self._briefings.setdefault(_id(briefing), (place, briefing))
            for place, policy in _items(tree, "policies", Place(file, 1, 1, "")):
                self._policies.setdefault(_id(policy), (place, policy))
                for inner, check in _items(policy, "checks", place):
                    self._checks.setdefault(_id(check), (inner, check))

    def of(self, spot: Spot) -> Place:
        """The key where it stands, or else what it would stand in. Raises KeyError for ids the files do not hold."""
        if spot.briefing:
            place, node = _row_of_briefing(*self._briefings[spot.briefing], spot)
        elif spot.check_id:
            place, node = self._checks[spot.check_id]
            if spot.market:
                place, node = _row(place, node, spot.market, spot.row)
        else:
            place, node = self._policies[spot.policy_id]
        for step in spot.key.split("."):
            if step in node.entries:
                key, value = node.entries[step]
                path = f"{place.path}.{step}"
                shown = value if isinstance(value, ScalarNode) else key
                place = Place(place.file, shown.line, shown.column, path)
                if not isinstance(value, MappingNode):
                    break
                node = value
        return place

    def problem(self, note: Note) -> Problem:
        """A note as it is told, with its place."""
        return Problem(*self.of(note.spot), note.message)


def _items(node: Node | None, key: str, place: Place) -> Iterator[tuple[Place, MappingNode]]:
    found = node.get(key) if isinstance(node, MappingNode) else None
    if isinstance(found, SequenceNode):
        before = f"{place.path}.{key}" if place.path else key
        for index, item in enumerate(found.items):
            if isinstance(item, MappingNode):
                yield Place(place.file, item.line, item.column, f"{before}[{index}]"), item


def _id(node: MappingNode) -> str:
    name = node.get("id")
    return name.text or "" if isinstance(name, ScalarNode) else ""


def _row(place: Place, check: MappingNode, market: str, index: int) -> tuple[Place, MappingNode]:
    """A row of a check: the check itself, a market's only one, or one of a market's list."""
    markets = check.get("markets")
    found = markets.entries.get(market) if isinstance(markets, MappingNode) else None
    if market == DEFAULT_MARKET and any(key in check.entries for key in OWN_ROW):
        index -= 1  # the first of its rows is made of the check's own keys
    if found is None or index < 0:
        return place, check
    return _one_of(found[1], index, place.file, f"{place.path}.markets.{brief(market)}")


def _row_of_briefing(place: Place, briefing: MappingNode, spot: Spot) -> tuple[Place, MappingNode]:
    """A row that a briefing adds to a check."""
    node: Node | None = briefing
    for step in ("rows", spot.check_id, spot.market):
        node = node.get(step) if isinstance(node, MappingNode) else None
    assert node is not None
    return _one_of(node, spot.row, place.file, f"{place.path}.rows.{brief(spot.check_id)}.{brief(spot.market)}")


def _one_of(value: Node, index: int, file: str, path: str) -> tuple[Place, MappingNode]:
    """A market's only row, or one of its list."""
    if isinstance(value, SequenceNode):
        value, path = value.items[index], f"{path}[{index}]"
    assert isinstance(value, MappingNode)  # the reader takes nothing else
    return Place(file, value.line, value.column, path), value
