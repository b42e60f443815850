"""The laws of DESIGN 3, as properties over small catalogs, ads and answers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Mark, State
from modtui.domain.explanation import Patch, explain, patches
from modtui.domain.grid import Band, grid_of
from modtui.domain.markets import NOT_STATED
from modtui.domain.overrides import Override, edited_states, edits_for, final_outcome
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case, Cell, Outcome, Ruling, outcome_of, rule, rule_case
from tests.domain.strategies import AS_OF, EARLIER, EXAMPLES, LATER, LAW, TARGETS, ads, answered, catalogs, keep_rows

Answered = tuple[Ad, Catalog, dict[str, Answer]]
OLDEST = 70
KEPT = (State.LABELLED, State.LIMITED, State.HELD)


def exempting(case: Case, answers: Mapping[str, Answer]) -> set[str]:
    """The exemptions that count as answered."""
    return {
        check.id
        for check in case.catalog.checks
        if check.is_exemption and case.answer(check, answers) is Answer.YES and case.is_asked(check, answers)
    }


def holds_today(row: Clause) -> bool:
    return (row.effective or EARLIER) <= AS_OF <= (row.sunset or LATER)


def years(band: Band) -> range:
    """The years of age in a band, as far as the tests look."""
    return range(band.min_age, (OLDEST if band.max_age is None else band.max_age) + 1)


def at_age(ruling: Ruling, market: str, age: int) -> Cell:
    return next(
        cell
        for cell in ruling.cells
        if cell.market == market
        and cell.band.min_age <= age
        and (cell.band.max_age is None or age <= cell.band.max_age)
    )


def by_age(ruling: Ruling) -> dict[tuple[str, int], object]:
    """What holds for each market and year of age, whatever the columns."""
    return {
        (market, age): (cell.state, *(frozenset(cell.texts(state)) for state in State))
        for market in ruling.grid.markets
        for band in ruling.grid.bands
        for age in years(band)
        for cell in (at_age(ruling, market, age),)
    }


@LAW
@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(drawn: Answered, random: object) -> None:
    ad, catalog, answers = drawn
    items = list(answers.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    again = [*items, *items[::2]]
    assert rule(ad, catalog, dict(again), AS_OF) == rule(ad, catalog, answers, AS_OF)


@LAW
@given(answered())
def test_a_case_forgets_the_answers_it_has_ruled_on(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    case = Case(ad, catalog, AS_OF)
    for check in catalog.checks:
        rule_case(case, {check.id: Answer.YES})
    assert rule_case(case, answers) == rule(ad, catalog, answers, AS_OF)


@settings(LAW, max_examples=EXAMPLES * 3)
@given(answered(), st.data())
def test_one_more_finding_never_frees_a_cell(drawn: Answered, data: st.DataObject) -> None:
    ad, catalog, answers = drawn
    case = Case(ad, catalog, AS_OF)
    chosen = data.draw(st.sampled_from([check for check in catalog.checks if not check.is_exemption]))
    answers = {check_id: answer for check_id, answer in answers.items() if check_id != chosen.id}
    assume(case.answer(chosen, answers) is None)
    more = {**answers, chosen.id: Answer.YES}
    assume(exempting(case, more) <= exempting(case, answers))
    for before, after in zip(rule_case(case, answers).cells, rule_case(case, more).cells, strict=True):
        assert after.state >= before.state
        for state in KEPT:
            assert set(before.texts(state)) <= set(after.texts(state))


@LAW
@given(answered(), st.data())
def test_an_exemption_never_adds_to_a_cell(drawn: Answered, data: st.DataObject) -> None:
    ad, catalog, answers = drawn
    case = Case(ad, catalog, AS_OF)
    exemptions = [check for check in catalog.checks if check.is_exemption and not catalog.children_of.get(check.id)]
    assume(exemptions)
    exempt = {**answers, data.draw(st.sampled_from(exemptions)).id: Answer.YES}
    for before, after in zip(rule_case(case, answers).cells, rule_case(case, exempt).cells, strict=True):
        assert after.state <= before.state


@LAW
@given(answered())
def test_the_grid_is_never_empty_and_knows_no_answers(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    ruling = rule(ad, catalog, answers, AS_OF)
    assert ruling.grid == grid_of(ad, catalog)
    assert ruling.grid.markets and ruling.grid.bands
    assert [(cell.market, cell.band) for cell in ruling.cells] == [
        (market, band) for market in ruling.grid.markets for band in ruling.grid.bands
    ]


@LAW
@given(ads(), catalogs())
def test_the_bands_cover_the_targeting_and_no_rule_divides_one(ad: Ad, catalog: Catalog) -> None:
    case = Case(ad, catalog, AS_OF)
    bands = case.grid.bands
    low, high = ad.audience.min_age or 0, ad.audience.max_age
    youngest = low if high is None else min(low, high)
    oldest = None if high is None else max(low, high)
    assert (bands[0].min_age, bands[-1].max_age) == (youngest, oldest)
    assert all(left.max_age == right.min_age - 1 for left, right in pairwise(bands))
    for check in catalog.checks:
        for market in case.grid.markets:
            for row in case.rows(check, market):
                for band in bands:
                    edge = row.min_age or 0
                    assert not (band.min_age < edge and (band.max_age is None or band.max_age >= edge))


@LAW
@given(ads(), catalogs())
def test_the_rows_are_the_targeted_markets_with_groups_as_members_and_countries_as_parts(
    ad: Ad, catalog: Catalog
) -> None:
    rows = grid_of(ad, catalog).markets
    if not ad.markets:
        assert rows == (NOT_STATED,)
        return
    assert len(set(rows)) == len(rows)
    assert not set(rows) & set(catalog.market_groups)
    for market in ad.markets:
        assert set(catalog.market_groups.get(market, (market,))) <= set(rows)
    ruled = {part for part in catalog.ruled_parts if part.partition("-")[0] in rows}
    assert ruled <= set(rows)


@LAW
@given(answered())
def test_the_outcome_follows_from_the_cells(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    ruling = rule(ad, catalog, answers, AS_OF)
    follows = outcome_of(ruling.states)
    if ruling.unsure:
        assert ruling.outcome is Outcome.ESCALATE
    elif follows is Outcome.APPROVE_LIMITED and ruling.outcome is Outcome.REJECT:
        cutting = {cause.check_id for cell in ruling.cells for cause in cell.causes if cause.state is State.CUT}
        policies = [catalog.policy_of(catalog.check_by_id[check_id]) for check_id in cutting]
        assert any(policy.on_partial == "return" for policy in policies)
    else:
        assert ruling.outcome is follows


@given(st.lists(st.sampled_from(State), min_size=1))
def test_the_outcome_of_states_is_as_written(states: list[State]) -> None:
    outcome = outcome_of(states)
    usable = [state for state in states if state < State.HELD]
    assert (outcome is Outcome.REJECT) == all(state is State.CUT for state in states)
    assert (outcome is Outcome.REQUEST_INFO) == (not usable and State.HELD in states)
    assert (outcome is Outcome.APPROVE) == all(state <= State.LABELLED for state in states)
    assert (outcome is Outcome.APPROVE_LIMITED) == (
        outcome not in (Outcome.REJECT, Outcome.REQUEST_INFO, Outcome.APPROVE)
    )


@LAW
@given(answered())
def test_a_cell_takes_its_strongest_cause_and_names_that_first(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    for cell in rule(ad, catalog, answers, AS_OF).cells:
        assert cell.state == max((cause.state for cause in cell.causes), default=State.ALLOWED)
        weights = [
            (
                -cause.state,
                -catalog.check_by_id[cause.check_id].severity,
                cause.clause.basis,
                catalog.check_by_id[cause.check_id].order,
            )
            for cause in cell.causes
        ]
        assert weights == sorted(weights)


@LAW
@given(answered(unsure=False), st.data())
def test_unsure_lies_between_no_and_yes(drawn: Answered, data: st.DataObject) -> None:
    ad, catalog, answers = drawn
    case = Case(ad, catalog, AS_OF)
    asked_by_no = {parent for check in catalog.checks for parent, wanted in check.when if wanted is Answer.NO}
    plain = [check for check in catalog.checks if not check.is_exemption and check.id not in asked_by_no]
    assume(plain)
    check_id = data.draw(st.sampled_from(plain)).id
    no, unsure, yes = ({**answers, check_id: answer} for answer in (Answer.NO, Answer.UNSURE, Answer.YES))
    assume(exempting(case, yes) <= exempting(case, no))
    rulings = [rule_case(case, each).states for each in (no, unsure, yes)]
    for low, middle, high in zip(*rulings, strict=True):
        assert low <= middle <= high


def looks(ruling: Ruling) -> object:
    """A ruling by what reaches anybody: what else is said of a cell that is cut is moot."""
    cells = [
        (cell.state, *(set(cell.texts(state)) for state in KEPT)) if cell.state is not State.CUT else cell.state
        for cell in ruling.cells
    ]
    return (cells, ruling.outcome, ruling.escalations)


@LAW
@given(answered(unsure=False), st.data())
def test_an_unsure_escalates_when_the_ways_it_may_turn_out_differ_and_else_changes_nothing(
    drawn: Answered, data: st.DataObject
) -> None:
    ad, catalog, answers = drawn
    case = Case(ad, catalog, AS_OF)
    doubted = data.draw(st.lists(st.sampled_from([check.id for check in catalog.checks]), min_size=1, max_size=3))
    ways = [dict(answers)]
    for check_id in doubted:
        ways = [{**way, check_id: answer} for way in ways for answer in (Answer.NO, Answer.YES)]
    outcomes = [looks(rule_case(case, way)) for way in ways]
    ruling = rule_case(case, {**answers, **dict.fromkeys(doubted, Answer.UNSURE)})
    assert bool(ruling.unsure) == any(each != outcomes[0] for each in outcomes)
    assert set(ruling.unsure) <= set(doubted)
    if ruling.unsure:
        assert ruling.outcome is Outcome.ESCALATE
    else:
        assert looks(ruling) == outcomes[0]


@LAW
@given(answered())
def test_the_explanation_agrees_with_recomputing(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    case = Case(ad, catalog, AS_OF)
    ruling = rule_case(case, answers)
    explained = {without.check_id: without for without in explain(case, answers)}
    assert {*ruling.findings, *ruling.unsure} <= explained.keys()
    for check_id, without in explained.items():
        rest = {other: answer for other, answer in answers.items() if other != check_id}
        overrules = answers.get(check_id) is Answer.NO
        other = rule(ad, catalog, rest if overrules else {**rest, check_id: Answer.NO}, AS_OF)
        assert without.outcome is other.outcome
        assert set(without.freed) == {
            (mine.market, mine.band)
            for mine, theirs in zip(ruling.cells, other.cells, strict=True)
            if mine.state != theirs.state
        }


def width(patch: Patch, catalog: Catalog) -> int:
    return sum(len(catalog.market_groups.get(name, (name,))) for name in patch.markets)


@LAW
@given(answered())
def test_the_patches_cover_every_cell_once(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    ruling = rule(ad, catalog, answers, AS_OF)
    found = patches(ruling, catalog.market_groups)
    covered = {
        (market, age): (patch.state, patch.check_ids, patch.texts, patch.basis)
        for patch in found
        for name in patch.markets
        for market in catalog.market_groups.get(name, (name,))
        for band in patch.bands
        for age in years(band)
    }
    assert covered.keys() == by_age(ruling).keys()
    assert sum(len(years(band)) * width(patch, catalog) for patch in found for band in patch.bands) == len(covered)
    for (market, age), look in covered.items():
        cell = at_age(ruling, market, age)
        deciding = [cause for cause in cell.causes if cause.state is cell.state]
        checks = tuple(dict.fromkeys(cause.check_id for cause in deciding))
        assert look == (cell.state, checks, cell.texts(cell.state), deciding[0].clause.basis if deciding else None)
    assert [patch.state for patch in found] == sorted((patch.state for patch in found), reverse=True)


@LAW
@given(answered(), st.data())
def test_an_override_gives_exactly_the_outcome_of_the_edited_cells(drawn: Answered, data: st.DataObject) -> None:
    ad, catalog, answers = drawn
    ruling = rule(ad, catalog, answers, AS_OF)
    edited = data.draw(st.lists(st.sampled_from(ruling.cells), min_size=1, unique=True))
    edits = tuple((cell.market, cell.band, data.draw(st.sampled_from(State))) for cell in edited)
    override = Override(edits, "context")
    states = edited_states(ruling, override)
    wanted = {(market, band): state for market, band, state in edits}
    assert list(states) == [wanted.get((cell.market, cell.band), cell.state) for cell in ruling.cells]
    assert final_outcome(ruling, override) is outcome_of(states)
    assert final_outcome(ruling, None) is ruling.outcome


@LAW
@given(answered(), st.sampled_from((Outcome.APPROVE, Outcome.REJECT)))
def test_a_forced_outcome_is_had_whatever_the_ruling_says(drawn: Answered, wanted: Outcome) -> None:
    ad, catalog, answers = drawn
    ruling = rule(ad, catalog, answers, AS_OF)
    edits = edits_for(ruling, wanted)
    assert final_outcome(ruling, Override(edits, "context")) is wanted
    assert bool(edits) == (ruling.outcome is not wanted or outcome_of(ruling.states) is not wanted)


@LAW
@given(answered(), st.data())
def test_a_child_keeps_its_answer_asleep_while_its_parent_says_otherwise(drawn: Answered, data: st.DataObject) -> None:
    ad, catalog, answers = drawn
    case = Case(ad, catalog, AS_OF)
    children = [check for check in catalog.checks if check.when]
    assume(children)
    child = data.draw(st.sampled_from(children))
    parent_id, wanted = child.when[0]
    ancestors = dict(child.when)
    for each in reversed(catalog.checks):
        ancestors.update(each.when if each.id in ancestors else ())
    answers = {**answers, **ancestors, child.id: data.draw(st.sampled_from(Answer))}
    assume(case.is_asked(child, answers))
    for other in (None, *(answer for answer in Answer if answer is not wanted)):
        changed = {**answers, parent_id: other} if other else {key: answers[key] for key in answers if key != parent_id}
        parent = catalog.check_by_id[parent_id]
        if case.answer(parent, changed) is wanted:
            continue
        assert not case.is_asked(child, changed)
        asleep = rule_case(case, changed)
        assert child.id not in asleep.findings
        awake = {key: answer for key, answer in changed.items() if key != child.id}
        assert rule_case(case, awake).cells == asleep.cells
    assert rule_case(case, {**changed, parent_id: wanted}) == rule_case(case, {**answers, parent_id: wanted})


@LAW
@given(answered())
def test_rows_nobody_has_verified_never_change_a_cell(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    verified = keep_rows(catalog, lambda row: row.mark is not Mark.UNVERIFIED)
    ruling, other = rule(ad, catalog, answers, AS_OF), rule(ad, verified, answers, AS_OF)
    shared = set(ruling.grid.markets) & set(other.grid.markets)
    theirs = by_age(other)
    assert {place: look for place, look in by_age(ruling).items() if place[0] in shared} == {
        place: look for place, look in theirs.items() if place[0] in shared
    }


@LAW
@given(answered())
def test_announced_rows_inform_and_rows_past_their_sunset_are_gone(drawn: Answered) -> None:
    ad, catalog, answers = drawn
    now = keep_rows(catalog, holds_today)
    ruling, other = rule(ad, catalog, answers, AS_OF), rule(ad, now, answers, AS_OF)
    shared = set(ruling.grid.markets) & set(other.grid.markets)
    theirs = by_age(other)
    assert all(look == theirs[place] for place, look in by_age(ruling).items() if place[0] in shared)
    for remark in ruling.remarks:
        assert remark.clause.sunset is None or remark.clause.sunset >= AS_OF
    announced = {remark.clause.hash for remark in ruling.remarks if remark.clause.effective == LATER}
    causes = {cause.clause.hash for cell in ruling.cells for cause in cell.causes}
    assert not announced & causes


@LAW
@given(answered(), st.data())
def test_a_policy_before_its_day_informs_and_after_its_sunset_is_gone(drawn: Answered, data: st.DataObject) -> None:
    ad, catalog, answers = drawn
    chosen = data.draw(st.sampled_from(catalog.policies))

    def on_days(effective: str | None, sunset: str | None) -> Catalog:
        policies = tuple(
            replace(policy, effective=effective, sunset=sunset) if policy is chosen else policy
            for policy in catalog.policies
        )
        return replace(catalog, policies=policies)

    its_own = {check.id for check in chosen.checks}
    for dates in ((LATER, None), (None, EARLIER)):
        ruling = rule(ad, on_days(*dates), answers, AS_OF)
        assert not its_own & {cause.check_id for cell in ruling.cells for cause in cell.causes}
        assert not its_own & {check_id for check_id, _ in (*ruling.escalations, *ruling.offered)}
        if dates[1]:
            assert not its_own & set(ruling.findings)


@settings(LAW, max_examples=EXAMPLES * 3)
@given(catalogs())
def test_country_rows_replace_group_rows_replace_own_rows_and_one_rank_joins(catalog: Catalog) -> None:
    case = Case(Ad("test", "ad-1", markets=TARGETS), catalog, AS_OF)

    def binding(check_id: str, keys: tuple[str, ...]) -> list[str]:
        check = catalog.check_by_id[check_id]
        rows = [row for key in keys for row in (check.clauses if key == "*" else check.markets.get(key, ()))]
        return [row.hash for row in rows if holds_today(row) and row.mark is not Mark.UNVERIFIED]

    for check in catalog.checks:
        policy = catalog.policy_of(check)
        if policy.effective == LATER or policy.sunset == EARLIER:
            assert all(not case.rows(check, market) for market in case.grid.markets)
            continue
        for market in case.grid.markets:
            country = market.partition("-")[0]
            groups = tuple(name for name, members in catalog.market_groups.items() if country in members)
            own = binding(check.id, (country,)) or binding(check.id, groups) or binding(check.id, ("*",))
            part = binding(check.id, (market,)) if market != country else []
            assert [row.hash for row in case.rows(check, market)] == [*part, *own]
