"""Agreement on 20,000 ads judged by two, against the nominal alpha of the `krippendorff` library on the same size.

The library is GPL and stands outside the package: name a Python that has it.

    python -m benchmarks.agreement --with /path/to/venv/bin/python
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Callable

from modtui.domain.agreement import gwet_ac1, tabulate
from modtui.domain.alpha import alpha, bootstrapped, masi_distance

OUTCOMES = ("approve", "approve_limited", "reject", "request_info", "escalate")
THEIRS = """
import random, sys, time
import krippendorff, numpy
rng = random.Random(1)
first = [rng.randrange({values}) for _ in range({ads})]
second = [each if rng.random() < 0.8 else rng.randrange({values}) for each in first]
data = numpy.array([first, second])
best = min(
    (lambda began: (krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"),
                    time.perf_counter() - began)[1])(time.perf_counter())
    for _ in range(5)
)
print(best * 1000)
"""


def made_sets(ads: int, people: int, rng: random.Random) -> list[tuple[frozenset[str], ...]]:
    """Sets of findings as reviewers make them: four in ten empty, few of three, about fifty different ones."""
    labels = [f"policy-{number}/check" for number in range(12)]
    weights = [1 / (number + 1) for number in range(12)]

    def one() -> frozenset[str]:
        count = rng.choices((0, 1, 2), (4, 5, 1))[0]
        return frozenset(rng.choices(labels, weights, k=count))

    units = []
    for _ in range(ads):
        said = one()
        units.append(tuple(said if rng.random() < 0.8 else one() for _ in range(people)))
    return units


def best_ms(work: Callable[[], object], times: int = 5) -> float:
    """The shortest of some runs, in milliseconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found) * 1000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--with", dest="python", help="A Python that has the `krippendorff` library.")
    arguments.add_argument("--ads", type=int, default=20_000)
    given = arguments.parse_args()
    rng = random.Random(1)
    sets = made_sets(given.ads, 2, rng)
    outcomes = [tuple(rng.choice(OUTCOMES) if rng.random() > 0.8 else OUTCOMES[0] for _ in range(2)) for _ in sets]
    different = len({each for row in sets for each in row})
    ours_alpha = best_ms(lambda: alpha(sets, masi_distance))
    ours_ac1 = best_ms(lambda: gwet_ac1(tabulate(outcomes, OUTCOMES)))
    print(f"alpha (MASI) of {given.ads:,} x 2, {different} different sets: {ours_alpha:.1f} ms")
    print(f"AC1 of {given.ads:,} x 2: {ours_ac1:.1f} ms; both {ours_alpha + ours_ac1:.1f} ms")
    if given.python:
        for values in (5, different):
            code = THEIRS.format(values=values, ads=given.ads)
            run = subprocess.run([given.python, "-c", code], capture_output=True, text=True, check=False)
            if run.returncode:
                print(f"krippendorff, {values} values: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                continue
            theirs = float(run.stdout)
            ratio = (ours_alpha + ours_ac1) / theirs
            print(f"krippendorff's nominal alpha, {values} values: {theirs:.1f} ms; ours takes {ratio:.2f} times that")
    small = made_sets(1_000, 3, rng)
    took = best_ms(
        lambda: bootstrapped(small, masi_distance, lambda n: rng.choices(range(n), k=n), times=1_000), times=1
    )
    print(f"1,000 bootstraps of 1,000 x 3: {took / 1000:.2f} s")


if __name__ == "__main__":
    main()
