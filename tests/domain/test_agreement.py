"""Agreement: every published vector within its tolerance, the laws a coefficient keeps, and what is undefined."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain import agreement, alpha, intervals, two_raters
from modtui.domain.agreement import NO_VARIATION, NOBODY, Coefficient, Table, table_of_counts, tabulate

SHARED = Path(__file__).parents[3] / "shared"
VECTORS = Path(os.environ.get("MODTUI_REALDATA", SHARED / "realdata")).parent / "domain" / "agreement_vectors.json"
OURS = ("units", "counts", "table", "sets", "set_distance", "proportion")
"Kinds of vectors that are about agreement; the others are about charts, ratings and sampling plans."
WEIGHTS: dict[str, agreement.Weights] = {
    "linear": agreement.linear,
    "quadratic": agreement.quadratic,
    "ordinal": agreement.ordinal,
}
SETS: dict[str, Callable[[Any, Any], float]] = {
    "masi": alpha.masi_distance,
    "jaccard": alpha.jaccard_distance,
    "nominal_sets": alpha.nominal,
}


def vectors() -> Iterator[Any]:
    if not VECTORS.is_file():
        return
    for vector in json.loads(VECTORS.read_text("utf-8"))["vectors"]:
        if vector["kind"] in OURS:
            for number, expected in enumerate(vector["expected"]):
                yield pytest.param(vector, expected, id=f"{vector['id']}-{number}-{expected['metric']}")


def table_in(vector: dict[str, Any]) -> Table:
    if "counts" in vector:
        return table_of_counts(vector["counts"])
    if "table" in vector:
        return tabulate(two_raters.units_of(vector["table"]), range(len(vector["table"])))
    return tabulate(vector["units"], vector["categories"])


def units_in(vector: dict[str, Any]) -> list[Any]:
    if "table" in vector:
        return two_raters.units_of(vector["table"])
    if "sets" in vector:
        return [[frozenset(labels) for labels in row] for row in vector["sets"]]
    return list(vector["units"])


def alpha_of(vector: dict[str, Any], expected: dict[str, Any]) -> Coefficient:
    units = units_in(vector)
    if "distance_matrix" in expected:
        matrix = expected["distance_matrix"]
        return alpha.alpha(units, lambda one, other: matrix[one][other])
    if "weights" in expected:
        weigh, categories = WEIGHTS[expected["weights"]], vector["categories"]
        place = {category: number for number, category in enumerate(categories)}
        return alpha.alpha(units, lambda one, other: 1 - weigh(place[one], place[other], len(categories)))
    name = expected["distance"]
    known: dict[str, Any] = {
        "nominal": alpha.nominal, "interval": alpha.interval, "ratio": alpha.ratio, "ordinal": "ordinal", **SETS,
    }  # fmt: skip
    return alpha.alpha(units, known[name])


def worked_out(vector: dict[str, Any], expected: dict[str, Any]) -> Any:
    metric = expected["metric"]
    weights = WEIGHTS.get(expected.get("weights", ""), agreement.identity)
    if metric.startswith("krippendorff_alpha"):
        return alpha_of(vector, expected).value
    if metric == "wilson_ci95":
        return list(intervals.wilson(expected["x"], expected["n"]))
    if metric in ("masi_distance", "jaccard_distance"):
        pairs = [(frozenset(one), frozenset(other)) for one, other in vector["pairs"]]
        return [SETS[metric.partition("_")[0]](one, other) for one, other in pairs]
    if metric == "item_agreement":
        return [agreement.item_agreement(row) for row in vector["counts"]]
    if metric == "cohen_kappa" and "disagreement_weights" in expected:
        apart = expected["disagreement_weights"]
        return two_raters.kappa_by(vector["table"], [[1 - weight for weight in row] for row in apart])
    if metric == "cohen_kappa":
        return two_raters.cohen_kappa(vector["table"], weights).value
    if metric == "cohen_kappa_ci95":
        found = two_raters.cohen_kappa(vector["table"])
        if "irrCAC" in expected.get("note", ""):
            # irrCAC takes Student's t with n - 1 = 99 degrees of freedom.
            spread = 1.984216951506 * two_raters.kappa_ase(vector["table"])
            return [found.value - spread, found.value + spread] if found.value else None
        return [found.low, found.high]
    tables: dict[str, Callable[[Any], Any]] = {
        "cohen_kappa_ase": two_raters.kappa_ase,
        "cohen_kappa_ase0": two_raters.kappa_ase_of_none,
        "cohen_kappa_se": two_raters.kappa_ase,
        "expected_agreement_cohen": two_raters.expected_by_chance,
    }
    if metric in tables:
        return tables[metric](vector["table"])
    if metric == "conger_kappa":
        return agreement.conger_kappa(vector["units"]).value
    coefficients: dict[str, Callable[..., Coefficient]] = {
        "percent_agreement": agreement.percent_agreement,
        "gwet_ac2": agreement.gwet_ac2,
        "fleiss_kappa": agreement.fleiss_kappa,
        "scott_pi": agreement.fleiss_kappa,
        "brennan_prediger": agreement.brennan_prediger,
        "bennett_s": agreement.brennan_prediger,
        "randolph_kappa": agreement.brennan_prediger,
    }
    if metric == "gwet_ac1":
        return agreement.gwet_ac1(table_in(vector)).value
    return coefficients[metric](table_in(vector), weights).value


@pytest.mark.skipif(not VECTORS.is_file(), reason="the shared vectors are not here")
@pytest.mark.parametrize(("vector", "expected"), list(vectors()))
def test_a_published_value(vector: dict[str, Any], expected: dict[str, Any]) -> None:
    found = worked_out(vector, expected)
    if expected["value"] is None:
        assert found is None
        return
    assert found == pytest.approx(expected["value"], abs=expected["tolerance"] + 1e-12)
    if "recomputed" in expected:
        assert found == pytest.approx(expected["recomputed"], abs=1e-6)


# The laws ---

LABELS = st.frozensets(st.sampled_from("abcd"), max_size=3)
RATINGS = st.sampled_from("xyz") | st.none()
MATRIX = st.integers(2, 4).flatmap(
    lambda people: st.lists(st.lists(RATINGS, min_size=people, max_size=people), min_size=1, max_size=30)
)
ALL: tuple[Callable[[list[Any]], Coefficient], ...] = (
    lambda units: agreement.gwet_ac1(tabulate(units, "xyz")),
    lambda units: agreement.gwet_ac2(tabulate(units, "xyz")),
    lambda units: agreement.fleiss_kappa(tabulate(units, "xyz")),
    lambda units: agreement.brennan_prediger(tabulate(units, "xyz")),
    lambda units: agreement.conger_kappa(units),
    lambda units: alpha.alpha(units),
)


@given(MATRIX)
def test_no_coefficient_is_above_one_or_no_number(units: list[Any]) -> None:
    for coefficient in ALL:
        found = coefficient(units)
        if found.value is None:
            assert found.why
            assert found.words == found.why
        else:
            assert found.value == found.value  # no NaN
            assert -1e9 < found.value <= 1.0 + 1e-9


@given(MATRIX, st.randoms(use_true_random=False))
def test_the_order_of_ads_and_people_does_not_matter(units: list[Any], rng: random.Random) -> None:
    people = list(range(len(units[0])))
    rng.shuffle(people)
    mixed = [[row[person] for person in people] for row in units]
    rng.shuffle(mixed)
    for coefficient in ALL:
        one, other = coefficient(units), coefficient(mixed)
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert other.value == pytest.approx(one.value, abs=1e-9)


@given(st.lists(RATINGS.filter(bool), min_size=2, max_size=30), st.integers(2, 4))
def test_people_who_agree_always_agree_fully_or_not_at_all(said: list[Any], people: int) -> None:
    units = [[word] * people for word in said]
    for coefficient in ALL:
        found = coefficient(units)
        if found.value is None:
            assert found.why == NO_VARIATION
        else:
            assert found.value == pytest.approx(1.0)


@given(LABELS, LABELS)
def test_distances_of_sets(one: frozenset[str], other: frozenset[str]) -> None:
    for distance in (alpha.masi_distance, alpha.jaccard_distance):
        assert distance(one, one) == 0.0
        assert distance(one, other) == distance(other, one)
        assert 0.0 <= distance(one, other) <= 1.0
    assert alpha.masi_distance(one, other) >= alpha.jaccard_distance(one, other)


def test_two_empty_sets_agree_and_an_empty_one_is_far_from_any_other() -> None:
    nothing: frozenset[str] = frozenset()
    assert alpha.masi_distance(nothing, nothing) == alpha.jaccard_distance(nothing, nothing) == 0.0
    assert alpha.masi_distance(nothing, frozenset("a")) == 1.0


@given(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("xy")), min_size=2, max_size=40))
def test_of_two_people_and_two_categories_ac2_by_identity_is_ac1(units: list[Any]) -> None:
    table = tabulate(units, "xy")
    assert agreement.gwet_ac2(table, agreement.identity) == agreement.gwet_ac1(table)


def test_undefined_is_a_value_with_its_reason() -> None:
    nobody = [["x", None], [None, "y"]]
    assert alpha.alpha(nobody) == Coefficient(None, 0, NOBODY)
    assert agreement.gwet_ac1(tabulate(nobody)).words == NOBODY
    same = [["x", "x"]] * 5
    assert alpha.alpha(same).words == NO_VARIATION
    assert agreement.percent_agreement(tabulate(same)).value == 1.0
    assert agreement.specific_agreement([(False, False)] * 3) == (None, 1.0)


def test_an_interval_by_drawing_again_holds_the_value_and_tells_how_far_it_is() -> None:
    rng = random.Random(7)
    units = []
    for _ in range(200):
        said = rng.choice("xyz")
        units.append([said if rng.random() < 0.8 else rng.choice("xyz") for _ in range(3)])
    told: list[tuple[int, int]] = []
    found = alpha.bootstrapped(
        units, alpha.nominal, lambda n: rng.choices(range(n), k=n), times=200, on_progress=lambda *at: told.append(at)
    )
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.25
    assert told[-1] == (200, 200)
    assert " to " in found.words


def test_a_difference_of_shares_as_published() -> None:
    """Newcombe 1998, table II (a), method 10: 56/70 and 48/80."""
    found = intervals.difference(intervals.Rate(56, 70), intervals.Rate(48, 80))
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert intervals.difference(intervals.Rate(0, 0), intervals.Rate(1, 2)) is None


def test_bias_tells_who_stops_too_much() -> None:
    _, strict = intervals.sensitivity(25, 25, 15, 25)
    _, lenient = intervals.sensitivity(10, 25, 0, 25)
    sharp, none = intervals.sensitivity(23, 25, 2, 25)
    assert strict < -0.3 < none < 0.3 < lenient
    assert sharp > 2.5
