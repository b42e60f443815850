"""Ids in the policy file: each given once, each name that is used also given, no question waiting for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from modtui.files.tree_reader import Place, TreeReader


class Names(Struct):
    """What one reading of the policy file defines and uses."""

    defined: dict[tuple[str, str], Place] = field(default_factory=dict)
    "Kind (`policy`, `check`, `need`, `key`, `briefing`) and name to the place where it is given."
    used: list[tuple[str, str, Place]] = field(default_factory=list)
    "What for (`when`, `unless`, `answers`, `briefing`, `tightens`), name, place."
    parents: dict[str, list[str]] = field(default_factory=dict)
    "Check to the checks its `when` names."
    with_rows: set[str] = field(default_factory=set)
    "Checks with a row that does something."

    def define(self, reader: TreeReader, kind: str, name: str, place: Place) -> None:
        first = self.defined.setdefault((kind, name), place)
        if first is not place:
            where = f"line {first.line}" if first.file == place.file else f"{first.file}:{first.line}"
            reader.problem_at(place, f"{kind} '{name}' stands here twice, first in {where}")

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        return tuple(name for kind, name in self.defined if kind in kinds)

    def settle(self, reader: TreeReader) -> None:
        """Note every name that nothing bears, and every circle of `when`."""
        policies, checks = self.of_kind("policy"), self.of_kind("check")
        asked = (*checks, *self.of_kind("need"))
        known = {"when": asked, "unless": checks, "answers": asked, "briefing": policies, "tightens": checks}
        members = {purpose: frozenset(names) for purpose, names in known.items()}
        for purpose, name, place in self.used:
            if name not in members[purpose]:
                kind = "policy" if purpose == "briefing" else "check"
                reader.problem_at(place, f"unknown {kind} '{name}'.{reader.suggestion(name, known[purpose])}")
            elif purpose == "unless" and name in self.with_rows:
                reader.problem_at(place, f"'{name}' has rows of its own, and an exemption has none")
        for circle in circles(self.parents):
            start = self.defined.get(("check", circle[0]))
            if start is not None:
                reader.problem_at(start, f"'when' goes round in a circle: {' -> '.join((*circle, circle[0]))}")


def circles(parents: Mapping[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle of names that wait for each other, once."""
    finished: set[str] = set()
    for start in parents:
        trail: list[str] = []
        steps: list[Iterator[str]] = []
        here: str | None = start
        while here is not None or steps:
            if here is not None and here not in finished and here not in trail:
                trail.append(here)
                steps.append(iter(parents.get(here, ())))
            elif here is not None and here in trail:
                yield tuple(trail[trail.index(here) :])
            here = next(steps[-1], None) if steps else None
            if here is None and steps:
                steps.pop()
                finished.add(trail.pop())
