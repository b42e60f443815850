"""Does a mistake in the catalog make an example fail? Counts how many of all single alterations do.

    python -m benchmarks.catalog_mutations FILE_OR_FOLDER [--policy ID] [--list]

Every effect, age, need, market row, `when`, `unless`, hour, placement, label and date of every check is deleted or
altered in turn, and the examples of its policy (and those of others that answer the check) are run. An alteration that
changes no cell of any probe or example is equivalent and not counted. Each one that no example catches is a line.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.catalog_mutants import Mutant, mutants_of
from benchmarks.catalog_probes import Probe, Ranges, differ, probes_of, ranges_of
from benchmarks.measure import MET, MISSED, ROOT, Row, Setting
from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.catalog_notes import Spot
from modtui.domain.policies import Check, Example, Policy
from modtui.domain.rulings import rule
from modtui.errors import ModtuiError
from modtui.files.patterns import compile_pattern
from modtui.files.policy_file import read_catalog_document
from modtui.files.policy_places import Places
from modtui.services.policy_checking import example_failures

GOAL = 0.95
NO_CELL = "there is no cell"
"How a failure begins that may come from ages divided elsewhere, with the same state on both sides."


@dataclass(slots=True)
class Score:
    """What became of the mutants of one policy."""

    caught: list[Mutant] = field(default_factory=list)
    uncaught: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)

    @property
    def counted(self) -> int:
        return len(self.caught) + len(self.uncaught)


class Bench:
    """A catalog that is good as it stands, and what its examples and probes say of its mutants."""

    def __init__(self, document: Mapping[str, Any], today: str) -> None:
        self.document = document
        self.catalog = catalog_from_document(document, compile_pattern, "")
        self.today = self.catalog.effective or today
        self._examples: dict[str, list[Example]] = {}
        for policy in self.catalog.policies:
            for example in policy.examples:
                if not any(example_failures(example, self.catalog, self.today)):
                    names = {name.partition("/")[0] for name in example.answers}
                    for policy_id in dict.fromkeys((policy.id, *sorted(names))):
                        self._examples.setdefault(policy_id, []).append(example)
        self._probes: dict[str, list[tuple[Probe, Ranges]]] = {}

    def score(self, policy: Mapping[str, Any]) -> Score:
        score = Score()
        for mutant in mutants_of(policy, self.catalog.market_groups):
            altered = self._altered(mutant)
            failures = list(self._failures(mutant, altered))
            if any(not message.startswith(NO_CELL) for message in failures):
                score.caught.append(mutant)
            elif not self._shows(mutant, altered):
                score.equivalent.append(mutant)
            else:
                (score.caught if failures else score.uncaught).append(mutant)
        return score

    def _altered(self, mutant: Mutant) -> Catalog:
        base, groups = self.catalog, {**self.catalog.market_groups, **mutant.groups}
        head = {key: self.document[key] for key in ("catalog", "briefings")} | {"market_groups": groups}
        (policy,) = catalog_from_document({**head, "policies": [mutant.policy]}, compile_pattern, "").policies
        policies: tuple[Policy, ...] = tuple(policy if each.id == policy.id else each for each in base.policies)
        return Catalog(
            id=base.id,
            version=base.version,
            title=base.title,
            effective=base.effective,
            market_groups=groups,
            routes=base.routes,
            policies=policies,
            briefings=base.briefings,
            compile_pattern=compile_pattern,
        )

    def _failures(self, mutant: Mutant, altered: Catalog) -> Iterator[str]:
        """How the examples fail, up to the first failure that shows another state."""
        for example in self._examples.get(mutant.policy_id, ()):
            for message in example_failures(example, altered, self.today):
                yield message
                if not message.startswith(NO_CELL):
                    return

    def _shows(self, mutant: Mutant, altered: Catalog) -> bool:
        """Whether some cell of a probe or of an example has another state under the mutant."""
        check = self.catalog.check_by_id[mutant.check_id]
        probes = [*self._probes_of(check), *self._of_members(check, mutant)]
        return any(differ(ranges, _ranges(altered, probe)) for probe, ranges in probes)

    def _probes_of(self, check: Check) -> list[tuple[Probe, Ranges]]:
        found = self._probes.get(check.id)
        if found is None:
            probes = [*probes_of(check, self.catalog, self.today)]
            for example in self._examples.get(check.policy_id, ()):
                day = example.as_of or self.today
                probes.append(Probe(ad_from_payload(example.ad), example.answers, day))
            found = self._probes[check.id] = [(probe, _ranges(self.catalog, probe)) for probe in probes]
        return found

    def _of_members(self, check: Check, mutant: Mutant) -> list[tuple[Probe, Ranges]]:
        """Probes with the market that the mutant drops from a group."""
        dropped = [
            member
            for members in mutant.groups.values()
            for member in self.catalog.market_groups[mutant.market]
            if member not in members
        ]
        probes = probes_of(check, self.catalog, self.today, dropped) if dropped else ()
        return [(probe, _ranges(self.catalog, probe)) for probe in probes]


def _ranges(catalog: Catalog, probe: Probe) -> Ranges:
    return ranges_of(rule(probe.ad, catalog, probe.answers, probe.as_of))


def scores_of(path: Path, policies: Sequence[str] = (), today: str = "2026-11-01") -> dict[str, Score]:
    """Policy id to its score. Raises `ModtuiError` for a catalog with mistakes."""
    reading = read_catalog_document(path)
    if reading.document is None:
        first = "\n".join(str(problem) for problem in reading.problems[:10])
        raise ModtuiError("The catalog has mistakes", first, "Run `modtui policies check` and mend them first.")
    bench = Bench(reading.document, today)
    chosen = [policy for policy in reading.document["policies"] if not policies or policy["id"] in policies]
    return {policy["id"]: bench.score(policy) for policy in chosen}


def _place(places: Places, mutant: Mutant) -> str:
    spot = Spot(mutant.policy_id, mutant.check_id, mutant.market, mutant.row, mutant.key)
    place = places.of(spot)
    return f"{place.file}:{place.line}"


def mutations(setting: Setting) -> list[Row]:
    """The shipped catalog."""
    scores = scores_of(ROOT / "policies.yaml")
    caught = sum(len(score.caught) for score in scores.values())
    counted = sum(score.counted for score in scores.values())
    equivalent = sum(len(score.equivalent) for score in scores.values())
    share = caught / counted if counted else 0.0
    figures = {"caught": caught, "counted": counted, "equivalent": equivalent}
    measured = f"{share:.1%}, {caught} of {counted} ({equivalent} change no cell)"
    verdict = MET if share >= GOAL else MISSED
    return [Row("mutants of the shipped catalog that an example catches", f">= {GOAL:.0%}", measured, verdict, figures)]


BENCHMARKS = {"mutations": mutations}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when enough are caught, 1 when not or when the catalog has mistakes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalog_mutations", description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=ROOT / "policies.yaml", metavar="FILE_OR_FOLDER")
    parser.add_argument("--policy", action="append", default=[], metavar="ID", help="only this policy (repeatable)")
    parser.add_argument("--list", action="store_true", help="also the mutants that are caught or change no cell")
    chosen = parser.parse_args(arguments)
    started = time.perf_counter()
    try:
        scores = scores_of(chosen.path, chosen.policy)
        places = Places(read_catalog_document(chosen.path).trees)
    except ModtuiError as error:
        print(f"{error.title}: {error.message}\n{error.hint}", file=sys.stderr)
        return 1
    for policy_id, score in scores.items():
        share = len(score.caught) / score.counted if score.counted else 1.0
        print(f"{policy_id}: {len(score.caught)} of {score.counted} caught ({share:.0%})")
        kinds = [("NOT CAUGHT", score.uncaught)]
        kinds += [("caught", score.caught), ("no cell", score.equivalent)] if chosen.list else []
        for verdict, mutants in kinds:
            for mutant in mutants:
                where = f" [{mutant.market}]" if mutant.market else ""
                print(f"  {verdict}  {_place(places, mutant)}: {mutant.check_id}{where}: {mutant.words}")
    caught = sum(len(score.caught) for score in scores.values())
    counted = sum(score.counted for score in scores.values())
    share = caught / counted if counted else 1.0
    seconds = time.perf_counter() - started
    print(f"{caught} of {counted} mutants that change a cell are caught: {share:.1%}, in {seconds:.0f} s")
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
