"""What a ruling says of itself: what each answer does, and the grid in few patches."""

from __future__ import annotations

import pytest

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Basis, Clause, Effect, State
from modtui.domain.explanation import explain, name_groups, patches
from modtui.domain.grid import Band
from modtui.domain.policies import Answer, Check, Facts, FactTest, Policy, Severity
from modtui.domain.rulings import Case, Outcome, rule_case

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
GROUPS = {"EEA": ("DE", "FR", "NO"), "PAIR": ("SA", "AE"), "BIG": ("DE", "FR", "NO", "SA")}


def catalog(*checks: Check) -> Catalog:
    policy = Policy("p", "P", "f", "content", Severity.MEDIUM, "-", checks=checks)
    return Catalog("t", "1", "T", None, {"EEA": GROUPS["EEA"]}, {}, (policy,))


ADULTS = Check("p/a", "p", "aa", "A?", Severity.LOW, 0, (Clause("*", 0, min_age=18, hash="a"),))
BANNED = Check(
    "p/b", "p", "bb", "B?", Severity.LOW, 1, (),
    {"SA": (Clause("SA", 2, Effect.PROHIBITED, basis=Basis.LAW, unless=("p/x",), hash="b"),)},
)  # fmt: skip
EXEMPT = Check("p/x", "p", "xx", "X?", Severity.LOW, 2, is_exemption=True)
BY_FACT = Check(
    "p/f", "p", "ff", "F?", Severity.LOW, 3, (Clause("*", 0, Effect.PROHIBITED, hash="f"),),
    facts=Facts((FactTest("product.food_score", ">=", "4"),)),
)  # fmt: skip
ALL = catalog(ADULTS, BANNED, EXEMPT, BY_FACT)


def told(answers: dict[str, Answer], **ad: int) -> dict[str, tuple[Outcome, list[str]]]:
    case = Case(Ad("t", "1", markets=("FR", "SA"), **ad), ALL, "2026-01-01")  # type: ignore[arg-type]
    return {
        without.check_id: (without.outcome, [f"{market} {band}" for market, band in without.freed])
        for without in explain(case, answers)
    }


def test_each_finding_says_what_it_holds_up() -> None:
    assert told({"p/a": YES, "p/b": YES}) == {
        "p/a": (Outcome.APPROVE_LIMITED, ["FR 0-17"]),
        "p/b": (Outcome.APPROVE_LIMITED, ["SA 18+"]),
    }


def test_an_unsure_says_what_a_no_would_give() -> None:
    assert told({"p/a": UNSURE}) == {"p/a": (Outcome.APPROVE, [])}


def test_an_exemption_says_what_would_be_cut_without_it() -> None:
    assert told({"p/b": YES, "p/x": YES})["p/x"] == (Outcome.APPROVE_LIMITED, ["SA 0-17", "SA 18+"])


def test_a_fact_and_a_no_that_overrules_one_are_told_too() -> None:
    assert told({}, food_score=9) == {"p/f": (Outcome.APPROVE, ["FR 0-17", "FR 18+", "SA 0-17", "SA 18+"])}
    assert told({"p/f": NO}, food_score=9)["p/f"][0] is Outcome.REJECT
    assert told({"p/f": NO}) == {}


def patched(markets: tuple[str, ...], *checks: Check) -> list[tuple[str, str, str]]:
    case = Case(Ad("t", "1", markets=markets), catalog(*checks), "2026-01-01")
    ruling = rule_case(case, {check.id: YES for check in checks if not check.is_exemption})
    return [
        (" ".join(patch.markets), " ".join(map(str, patch.bands)), patch.state.name.lower())
        for patch in patches(ruling, case.catalog.market_groups)
    ]


def test_cells_that_fare_alike_are_merged_and_exceptions_come_first() -> None:
    assert patched(("EEA", "SA"), ADULTS, BANNED, EXEMPT) == [
        ("SA", "0-17", "cut"),
        ("SA", "18+", "cut"),
        ("EEA", "0-17", "cut"),
        ("EEA", "18+", "allowed"),
    ]


def test_bands_with_and_without_an_end_stand_in_one_list() -> None:
    labelled = Check("p/l", "p", "ll", "L?", Severity.LOW, 4, (), {"DE": (Clause("DE", 2, min_age=18, hash="l"),)})
    other = Check("p/m", "p", "mm", "M?", Severity.LOW, 5, (), {"FR": (Clause("FR", 2, Effect.PROHIBITED, hash="m"),)})
    assert patched(("DE", "FR"), labelled, other) == [
        ("DE", "0-17", "cut"), ("FR", "all ages", "cut"), ("DE", "18+", "allowed"),
    ]  # fmt: skip


def test_law_and_platform_are_told_apart() -> None:
    rows = {
        market: (Clause(market, 2, Effect.PROHIBITED, basis=basis, hash=market),)
        for market, basis in (("FR", Basis.LAW), ("SA", Basis.PLATFORM))
    }
    case = Case(
        Ad("t", "1", markets=("FR", "SA")),
        catalog(Check("p/c", "p", "cc", "C?", Severity.LOW, 0, (), rows)),
        "2026-01-01",
    )
    found = patches(rule_case(case, {"p/c": YES}), {})
    assert [(patch.markets, patch.basis) for patch in found] == [(("FR",), Basis.LAW), (("SA",), Basis.PLATFORM)]
    assert {patch.state for patch in found} == {State.CUT}
    assert {patch.bands for patch in found} == {(Band(0),)}


@pytest.mark.parametrize(
    ("markets", "named"),
    [
        (("FR", "DE", "NO"), ("EEA",)),
        (("FR", "DE", "NO", "SA", "US"), ("BIG", "US")),
        (("FR", "DE"), ("FR", "DE")),
        (("SA", "AE"), ("SA", "AE")),
        ((), ()),
    ],
)
def test_whole_groups_of_three_or_more_go_by_their_name(markets: tuple[str, ...], named: tuple[str, ...]) -> None:
    assert name_groups(markets, GROUPS) == named
