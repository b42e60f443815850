"""Laws of comparing catalogs: none differs from itself, no meaning is called editorial, stricter rows are stricter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain.ads import Ad, Audience
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_diff import CatalogDiff, Change, Direction, diff
from modtui.domain.changes import ARROW, EDITORIAL_KINDS, MEANING_KINDS
from modtui.domain.clause_values import DEFAULT_MARKET, Basis, Clause, Effect, Hours, Mark, State
from modtui.domain.policies import Answer, Check, Cues, Escalation, Facts, FactTest, Policy, Severity
from modtui.domain.row_diff import TwoChecks
from modtui.domain.rulings import rule
from modtui.files.policy_file import read_catalog
from tests.domain.strategies import AS_OF, GROUPS, LAW, PLACEMENTS, catalogs, clauses, need_checks

FIVE_RULES = Path(__file__).parents[1] / "files" / "five_rules.yaml"
OLDEST = 110


def read(text: str) -> Catalog:
    catalog, problems = read_catalog(text)
    assert catalog is not None, problems
    return catalog


@given(catalogs())
@LAW
def test_nothing_differs_from_itself(catalog: Catalog) -> None:
    assert diff(catalog, catalog).changes == ()
    assert diff(catalog, replace(catalog, policies=tuple(map(replace, catalog.policies)))).changes == ()


@given(catalogs(), st.randoms(use_true_random=False))
@LAW
def test_the_order_of_policies_rows_and_members_is_no_change(catalog: Catalog, random: Any) -> None:
    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(values, len(values)))

    def turned(check: Check) -> Check:
        markets = {market: shuffled(check.markets[market]) for market in shuffled(tuple(check.markets))}
        return replace(check, clauses=shuffled(check.clauses), markets=markets, when=shuffled(check.when))

    policies = tuple(replace(policy, checks=tuple(map(turned, policy.checks))) for policy in catalog.policies)
    groups = {name: shuffled(catalog.market_groups[name]) for name in shuffled(tuple(catalog.market_groups))}
    assert diff(catalog, replace(catalog, policies=shuffled(policies), market_groups=groups)).changes == ()


OTHER_ROW: dict[str, Any] = {
    "effect": None, "min_age": 77, "labels": ("another",), "placements": ("radio",),
    "hours": Hours("01:00", "02:00", "UTC"), "unless": ("p0/other",), "briefing": "note-1",
    "effective": "2031-01-01", "sunset": "2032-01-01", "needs": (),
}  # fmt: skip
OTHER_CHECK: dict[str, Any] = {
    "ask": "Something quite different?", "key": "zz", "when": (("p0/other", Answer.NO),),
    "facts": Facts((FactTest("industry", "under", "toys"),)), "escalation": Escalation("other", "legal"),
    "cues": Cues(flags=("other",)),
}  # fmt: skip
OTHER_POLICY: dict[str, Any] = {
    "effective": "2031-01-01", "sunset": "2032-01-01", "cues": Cues(flags=("other",)), "dsa_category": "OTHER",
}  # fmt: skip


@st.composite
def mutants(draw: st.DrawFn) -> tuple[Catalog, Catalog, str]:
    """A catalog, the same with one key that means something altered, and which."""
    catalog = draw(catalogs())
    policy = draw(st.sampled_from(catalog.policies))
    check = draw(st.sampled_from([check for check in policy.checks if check.need is None]))
    places = [(DEFAULT_MARKET, n) for n in range(len(check.clauses))]
    places += [(market, n) for market, rows in check.markets.items() for n in range(len(rows))]
    kind = draw(st.sampled_from(("row", "row", "row", "check", "policy"))) if places else "check"
    if kind == "row":
        market, number = draw(st.sampled_from(places))
        rows = check.clauses if market == DEFAULT_MARKET else check.markets[market]
        row = rows[number]
        fields = [*OTHER_ROW, "basis", "mark", "gone", "needs"] if row.needs else [*OTHER_ROW, "basis", "mark", "gone"]
        name = draw(st.sampled_from([each for each in fields if each != "needs" or row.needs]))
        altered = _altered_row(row, name)
        new_rows = (*rows[:number], *((altered,) if altered else ()), *rows[number + 1 :])
        if market == DEFAULT_MARKET:
            check_now = replace(check, clauses=new_rows)
        else:
            markets = {key: rows for key, rows in {**check.markets, market: new_rows}.items() if rows}
            check_now = replace(check, markets=markets)
        return catalog, _with(catalog, policy, check_now), f"{name} of {market}"
    if kind == "check":
        name = draw(st.sampled_from((*OTHER_CHECK, "severity", "required")))
        others = {"severity": Severity((check.severity + 1) % 5), "required": not check.required}
        return catalog, _with(catalog, policy, replace(check, **{name: {**OTHER_CHECK, **others}[name]})), name
    name = draw(st.sampled_from((*OTHER_POLICY, "severity", "basis", "on_partial")))
    partial = "limit" if policy.on_partial == "return" else "return"
    others_of_policy = {"severity": Severity.CRITICAL, "basis": Basis.LAW, "on_partial": partial}
    changed = replace(policy, **{name: {**OTHER_POLICY, **others_of_policy}[name]})
    policies = tuple(changed if each is policy else each for each in catalog.policies)
    return catalog, replace(catalog, policies=policies), name


def _altered_row(row: Clause, name: str) -> Clause | None:
    if name == "gone":
        return None
    if name == "basis":
        return replace(row, basis=Basis((row.basis + 1) % 3))
    if name == "mark":
        return replace(row, mark=Mark.SECOND_HAND if row.mark is Mark.VERIFIED else Mark.VERIFIED)
    if name == "needs":
        need = row.needs[0]
        return replace(row, needs=(replace(need, missing=State.LIMITED),))
    if name == "effect":
        return replace(row, effect=Effect.RESTRICTED if row.effect is Effect.LABEL else Effect.LABEL)
    return replace(row, **{name: OTHER_ROW[name]})


def _with(catalog: Catalog, policy: Policy, check: Check) -> Catalog:
    members = tuple(check if each.id == check.id else each for each in policy.checks)
    policies = tuple(replace(policy, checks=members) if each is policy else each for each in catalog.policies)
    return replace(catalog, policies=policies)


@given(mutants())
@LAW
def test_what_alters_a_meaning_is_told_and_never_called_editorial(drawn: tuple[Catalog, Catalog, str]) -> None:
    old, new, name = drawn
    found = diff(old, new)
    assert found.changes and not found.is_editorial, name
    for change in found.changes:
        assert not change.is_editorial and change.direction, change
        before, arrow, after = change.words.partition(f" {ARROW} ")
        assert not arrow or before.removesuffix(after) != after, change


@given(mutants())
@LAW
def test_the_way_back_is_the_other_direction(drawn: tuple[Catalog, Catalog, str]) -> None:
    old, new, _ = drawn
    there, back = diff(old, new), diff(new, old)
    turned = sorted((change.place, change.direction.turned()) for change in there.changes)
    assert turned == sorted((change.place, change.direction) for change in back.changes)


@st.composite
def two_versions(draw: st.DrawFn) -> tuple[Catalog, Catalog, str]:
    """One check in two versions whose rows for a market differ, and the market."""
    market = draw(st.sampled_from(("FR", "NO", "SE", "US-NY", "JP")))
    exempt = Check("p/exempt", "p", "px", "Exempt?", Severity.LOW, 0, is_exemption=True)
    versions = []
    for _ in range(2):
        rows: dict[str, tuple[Clause, ...]] = {}
        for key in draw(
            st.lists(st.sampled_from((DEFAULT_MARKET, "EEA", market)), min_size=1, max_size=2, unique=True)
        ):
            count = draw(st.integers(1, 2))
            rows[key] = tuple(draw(clauses("p/c", key, number, (exempt.id,))) for number in range(count))
        check = Check("p/c", "p", "pc", "?", Severity.LOW, 1, rows.pop(DEFAULT_MARKET, ()), rows)
        members = (exempt, check, *need_checks(check, 2))
        policy = Policy("p", "P", "test", "content", Severity.LOW, "P.", checks=members)
        versions.append(Catalog("test", "1", "Test", None, GROUPS, {}, (policy,)))
    return versions[0], versions[1], market


@given(two_versions(), st.sampled_from((None, 0, 13, 18, 30)), st.lists(st.sampled_from(PLACEMENTS), unique=True))
@LAW
def test_what_is_called_tightened_puts_no_cell_in_a_milder_state(
    drawn: tuple[Catalog, Catalog, str], min_age: int | None, placements: list[str]
) -> None:
    old, new, market = drawn
    both = TwoChecks(old.check_by_id["p/c"], new.check_by_id["p/c"], old, new)
    direction = both.direction((market,))
    ad = Ad("test", "a", markets=(market,), audience=Audience(min_age=min_age, placements=tuple(placements)))
    for day in (AS_OF, "2025-01-01", "2030-01-01"):
        for exempt in (Answer.YES, Answer.NO):
            before, after = (states(ad, catalog, day, exempt) for catalog in (old, new))
            if direction is Direction.TIGHTENED:
                assert all(after[cell] >= state for cell, state in before.items())
            elif direction is Direction.LOOSENED:
                assert all(after[cell] <= state for cell, state in before.items())


def states(ad: Ad, catalog: Catalog, day: str, exempt: Answer) -> dict[tuple[str, int], State]:
    """The state of each market at each age when everything is a yes."""
    answers = {check.id: Answer.YES for check in catalog.checks} | {"p/exempt": exempt}
    found: dict[tuple[str, int], State] = {}
    for cell in rule(ad, catalog, answers, day).cells:
        country = cell.market if cell.market in ad.markets else "rest"
        for age in range(cell.band.min_age, (OLDEST if cell.band.max_age is None else cell.band.max_age) + 1):
            found[country, age] = cell.state
    return found


EDITORIAL: dict[str, tuple[str, str]] = {
    "title": ("title: Alcoholic drinks", "title: Drinks with alcohol"),
    "family": ("family: regulated-goods", "family: goods"),
    "principle": ("Alcohol is for adults,", "Alcohol is for grown people,"),
    "examples": ("name: wine shop, adults, FR + SA", "name: wine shop"),
    "reply": ("Please change your ad:", "Please alter your ad:"),
    "ref": ("ref: Alcohol may not be advertised", "ref: Decree 5"),
    "fix": ("fix: Target adults only", "fix: Aim at adults only"),
    "wording": ("Does the ad sell or show an alcoholic drink,", "Does the ad sell, or show, an alcoholic drink,"),
    "product ids": ('product_ids: ["1002"]', 'product_ids: ["1003"]'),
}


def test_words_nobody_decides_by_are_editorial_and_have_no_direction() -> None:
    text = FIVE_RULES.read_text("utf-8")
    old = read(text)
    for kind, (before, after) in EDITORIAL.items():
        assert before in text
        new = read(text.replace(before, after))
        found = diff(old, new)
        assert [change.kind for change in found.changes] == [kind]
        assert found.is_editorial and found.changes[0].direction is Direction.NONE


def test_kinds_are_either_editorial_or_not() -> None:
    assert not set(EDITORIAL_KINDS) & set(MEANING_KINDS)


def test_changes_are_grouped_by_policy_and_counted() -> None:
    tight, loose = Direction.TIGHTENED, Direction.LOOSENED
    changes = (
        Change("", None, None, "group", False, Direction.CHANGED, "group EEA loses NO"),
        Change("b", "b/x", "IT", "effect", False, tight, "allowed -> prohibited (law)"),
        Change("a", None, None, "title", True, Direction.NONE, "renamed"),
        Change("b", "b/y", "*", "age", False, loose, "allowed from age 21 -> allowed from age 18 (code)"),
    )
    found = CatalogDiff("1", "2", changes)
    assert list(found.by_policy) == ["", "b", "a"]
    assert (found.count(tight), found.count(loose), found.is_editorial) == (1, 1, False)
    assert str(changes[0]) == "catalog: group EEA loses NO"
    assert str(changes[1]) == "b/x, IT: allowed -> prohibited (law)"
    assert str(changes[3]).startswith("b/y, everywhere else: ")
