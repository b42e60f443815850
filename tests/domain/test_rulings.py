"""The five hard rules of DESIGN 4.2, and how cells, outcomes and escalations follow from answers."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ad_normal import normal_payload
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import State
from modtui.domain.grid import Band
from modtui.domain.policies import Answer
from modtui.domain.rulings import Outcome, Ruling, rule
from modtui.files.policy_file import read_catalog

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
AS_OF = "2026-11-20"
FOOD, BRAND = "food.less_healthy/identifiable", "food.less_healthy/brand-only"
MEDICINE, KKLIU = "health.otc_device/medicine", "health.otc_device/medicine/number@MY"
SHAPE, RETOUCH_LABEL = "body.retouched/shape", "body.retouched/shape/label@NO"
GAMBLING = "gambling.real_money/offers"
PAPER, LOOKS = f"{GAMBLING}/certificate@ES", f"{GAMBLING}/apparent_age@ES"
ALCOHOL, SHARE = "alcohol.product/sells", "alcohol.product/sells/audience_share@US"


@pytest.fixture(scope="module")
def five_rules() -> Catalog:
    catalog, problems = read_catalog(Path(__file__).parents[1] / "files" / "five_rules.yaml")
    assert catalog is not None, problems
    return catalog


def rule_on(catalog: Catalog, payload: dict[str, Any], answers: dict[str, Answer], as_of: str = AS_OF) -> Ruling:
    payload = {"id": "ad-1", "creative": {"body": "An ad"}, **payload}
    normal = normal_payload(payload, source="test", known_groups=catalog.market_groups)
    return rule(ad_from_payload(normal), catalog, answers, as_of)


def cells(ruling: Ruling) -> dict[str, str]:
    """`FR 18+` to the name of its state, neighbouring ages of one state together."""
    found: dict[str, str] = {}
    for _, run in groupby(ruling.cells, key=lambda cell: (cell.market, cell.state)):
        together = list(run)
        band = Band(together[0].band.min_age, together[-1].band.max_age)
        found[f"{together[0].market} {band}"] = together[0].state.name.lower()
    return found


def texts(ruling: Ruling, market: str, state: State) -> list[str]:
    found = (text for cell in ruling.cells if cell.market == market for text in cell.texts(state))
    return list(dict.fromkeys(found))


# Great Britain: less healthy food ---


def test_less_healthy_food_is_cut_in_great_britain_and_nowhere_else(five_rules: Catalog) -> None:
    ruling = rule_on(five_rules, {"markets": ["GB", "FR"], "product": {"food_score": 4}}, {})
    assert cells(ruling) == {"GB all ages": "cut", "FR all ages": "allowed"}
    assert ruling.outcome is Outcome.APPROVE_LIMITED
    assert ruling.findings == (FOOD,)


def test_a_brand_ad_without_a_product_is_only_kept_to_its_hours_on_television(five_rules: Catalog) -> None:
    payload = {"markets": ["GB"], "product": {"food_score": 4}}
    ruling = rule_on(five_rules, payload, {BRAND: YES})
    assert cells(ruling) == {"GB all ages": "limited"}
    assert texts(ruling, "GB", State.LIMITED) == ["not 05:30-21:00 Europe/London on tv"]


def test_the_hours_of_television_say_nothing_of_an_ad_that_runs_in_the_feed(five_rules: Catalog) -> None:
    payload = {"markets": ["GB"], "product": {"food_score": 9}, "audience": {"placements": ["feed"]}}
    assert rule_on(five_rules, payload, {BRAND: YES}).outcome is Outcome.APPROVE


def test_the_reviewer_may_overrule_the_score(five_rules: Catalog) -> None:
    ruling = rule_on(five_rules, {"markets": ["GB"], "product": {"food_score": 12}}, {FOOD: NO})
    assert ruling.outcome is Outcome.APPROVE and not ruling.findings


def test_a_score_nobody_stated_leaves_the_check_open(five_rules: Catalog) -> None:
    assert rule_on(five_rules, {"markets": ["GB"]}, {}).findings == ()


def test_the_ban_informs_before_its_day_and_the_hours_hold_already(five_rules: Catalog) -> None:
    ruling = rule_on(five_rules, {"markets": ["GB"]}, {FOOD: YES}, as_of="2026-01-04")
    assert cells(ruling) == {"GB all ages": "limited"}
    assert [(remark.clause.effective, remark.markets) for remark in ruling.remarks] == [("2026-01-05", ("GB",))]
    assert rule_on(five_rules, {"markets": ["GB"]}, {FOOD: YES}, as_of="2026-01-05").outcome is Outcome.REJECT


# Malaysia: a number in the ad ---


def test_medicine_without_its_number_is_cut_in_malaysia(five_rules: Catalog) -> None:
    ruling = rule_on(five_rules, {"markets": ["MY", "SG"]}, {MEDICINE: YES})
    assert cells(ruling) == {"MY all ages": "cut", "SG all ages": "allowed"}
    assert ruling.findings == (MEDICINE, KKLIU)


def test_medicine_with_its_number_is_approved(five_rules: Catalog) -> None:
    payload = {"markets": ["MY"], "creative": {"body": "Lega. kkliu 1234/2026"}}
    assert rule_on(five_rules, payload, {MEDICINE: YES}).outcome is Outcome.APPROVE


@pytest.mark.parametrize(
    "unseen",
    [
        {"media": [{"path": "media/1.mp4", "kind": "video"}]},
        {"creative": {"format": "video", "body": "Lega"}},
        {"landing_page": {"url": "https://lega.example/"}},
    ],
    ids=["a video", "a video that was not delivered", "a page that was not captured"],
)
def test_a_number_that_may_stand_where_nobody_read_is_asked_for(five_rules: Catalog, unseen: dict[str, Any]) -> None:
    ruling = rule_on(five_rules, {"markets": ["MY"], **unseen}, {MEDICINE: YES})
    assert ruling.findings == (MEDICINE,)
    assert rule_on(five_rules, {"markets": ["MY"], **unseen}, {MEDICINE: YES, KKLIU: YES}).outcome is Outcome.REJECT


# Norway: a label the advertiser adds ---


def test_a_retouched_body_needs_the_advertisers_label_in_norway(five_rules: Catalog) -> None:
    payload = {"markets": ["NO", "SE"]}
    assert rule_on(five_rules, payload, {SHAPE: YES}).outcome is Outcome.APPROVE
    assert rule_on(five_rules, payload, {SHAPE: YES, RETOUCH_LABEL: NO}).outcome is Outcome.APPROVE
    missing = rule_on(five_rules, payload, {SHAPE: YES, RETOUCH_LABEL: YES})
    assert cells(missing) == {"NO all ages": "cut", "SE all ages": "allowed"}
    assert texts(missing, "NO", State.CUT) == ["Add the label required for NO over at least 7% of the picture."]
    need = five_rules.check_by_id[RETOUCH_LABEL].need
    assert need is not None and need.min_area_per_mille == 70


def test_a_label_is_missing_only_where_a_body_was_retouched(five_rules: Catalog) -> None:
    assert rule_on(five_rules, {"markets": ["NO"]}, {RETOUCH_LABEL: YES}).outcome is Outcome.APPROVE


# Spain and Italy: gambling ---

LICENCE = {"kind": "gambling", "market": "ES", "expires": "2026-12-31"}


def gambling(five_rules: Catalog, certificates: list[dict[str, Any]] | None, **answers: Answer) -> Ruling:
    payload: dict[str, Any] = {
        "markets": ["ES", "IT"],
        "audience": {"min_age": 16},
        "schedule": {"start": "2026-12-01", "end": "2026-12-24"},
        "advertiser": {} if certificates is None else {"certificates": certificates},
    }
    return rule_on(five_rules, payload, {GAMBLING: YES, LOOKS: NO, **({PAPER: answers["paper"]} if answers else {})})


def test_gambling_with_a_certificate_on_file_reaches_adults_in_spain_and_nobody_in_italy(five_rules: Catalog) -> None:
    ruling = gambling(five_rules, [LICENCE])
    assert cells(ruling) == {"ES 16-17": "cut", "ES 18+": "allowed", "IT 16+": "cut"}
    assert ruling.outcome is Outcome.APPROVE_LIMITED


@pytest.mark.parametrize(
    "certificates",
    [
        [],
        [{**LICENCE, "expires": "2026-12-23"}],
        [{**LICENCE, "expires": "2026-11-19"}],
        [{**LICENCE, "kind": "finance"}],
        [{**LICENCE, "market": "IT"}],
    ],
    ids=["none", "expires in mid-schedule", "expired", "another kind", "another market"],
)
def test_gambling_without_a_certificate_that_counts_is_held_in_spain(
    five_rules: Catalog, certificates: list[dict[str, Any]]
) -> None:
    ruling = gambling(five_rules, certificates)
    assert cells(ruling)["ES 18+"] == "held"
    assert ruling.outcome is Outcome.REQUEST_INFO
    assert texts(ruling, "ES", State.HELD)[0] == "Send the gambling certificate for ES."


@pytest.mark.parametrize(
    "certificates",
    [None, [{"kind": "gambling", "market": "ES"}], [{"kind": "gambling", "expires": "2027-12-31"}]],
    ids=["nothing said", "no last day", "no market"],
)
def test_what_nobody_knows_of_a_certificate_is_asked_and_never_assumed(
    five_rules: Catalog, certificates: list[dict[str, Any]] | None
) -> None:
    assert PAPER not in gambling(five_rules, certificates).findings
    assert cells(gambling(five_rules, certificates))["ES 18+"] == "allowed"
    assert cells(gambling(five_rules, certificates, paper=YES))["ES 18+"] == "held"


def test_someone_who_looks_too_young_is_cut_in_spain(five_rules: Catalog) -> None:
    payload = {"markets": ["ES"], "audience": {"min_age": 18}, "advertiser": {"certificates": [LICENCE]}}
    assert rule_on(five_rules, payload, {GAMBLING: YES, LOOKS: YES}).outcome is Outcome.REJECT


# The United States, Saudi Arabia, France: alcohol ---


def test_alcohol_in_the_united_states_is_for_25_by_the_platform_and_needs_a_share_by_code(five_rules: Catalog) -> None:
    def ruling(per_cent: str | None) -> Ruling:
        shares = [] if per_cent is None else [{"ages": "21+", "percent": per_cent}]
        payload = {"markets": ["US"], "audience": {"min_age": 18, "shares": shares}}
        return rule_on(five_rules, payload, {ALCOHOL: YES})

    enough, too_few, unknown = ruling("73.8%"), ruling("73.7%"), ruling(None)
    assert cells(enough) == {"US 18-24": "cut", "US 25+": "allowed"}
    assert enough.outcome is Outcome.APPROVE_LIMITED
    assert cells(too_few)["US 25+"] == "held"
    assert too_few.outcome is Outcome.REQUEST_INFO
    assert SHARE in too_few.findings and SHARE not in unknown.findings
    youngest = enough.cells[0].deciding
    assert youngest is not None and youngest.clause.basis.name == "CODE", "a code outweighs the platform's terms"


def test_alcohol_for_adults_in_france_and_saudi_arabia_is_limited_to_france(five_rules: Catalog) -> None:
    payload = {"markets": ["FR", "SA"], "audience": {"min_age": 18}}
    ruling = rule_on(five_rules, payload, {ALCOHOL: YES})
    assert cells(ruling) == {"FR 18+": "allowed", "SA 18+": "cut"}
    assert ruling.outcome is Outcome.APPROVE_LIMITED


def test_a_market_row_inherits_nothing_from_the_default(five_rules: Catalog) -> None:
    ruling = rule_on(five_rules, {"markets": ["US"], "audience": {"min_age": 18, "max_age": 18}}, {ALCOHOL: YES})
    assert {cause.clause.market for cell in ruling.cells for cause in cell.causes} == {"US"}


# What a row may name, beyond the five ---


def catalog_of(*checks: str, policy: str = "", groups: str = "") -> Catalog:
    """A catalog of one policy `p` with the given checks, each in the flow style of YAML."""
    text = f"""
schema: modtui/policies/1
catalog: {{id: t, version: '1', effective: 2026-01-01, title: Test}}
market_groups: {{EEA: [DE, FR, GR, NO], NORTH: ["NO", SE]{groups}}}
routes: {{first: The first, other: The other}}
policies:
  - id: p
    title: P
    family: test
    axis: content
    severity: medium
    principle: One.
    {policy}
    checks:
"""
    lines = "\n".join(f"      - {check}" for check in checks)
    catalog, problems = read_catalog((text + lines + "\n").encode(), "test.yaml")
    assert catalog is not None and not problems, problems
    return catalog


A = "id: p/a, key: aa, ask: A?"


def test_a_row_for_placements_limits_and_cuts_an_ad_that_runs_nowhere_else() -> None:
    catalog = catalog_of(f"{{{A}, markets: {{KR: {{placements: [tv]}}}}}}")
    states = {
        placements: rule_on(catalog, {"markets": ["KR"], "audience": {"placements": list(placements)}}, {"p/a": YES})
        for placements in ((), ("feed",), ("feed", "tv"), ("tv",))
    }
    assert [ruling.states[0].name for ruling in states.values()] == ["LIMITED", "ALLOWED", "LIMITED", "CUT"]
    assert texts(states[()], "KR", State.LIMITED) == ["not on tv"]


def test_a_need_of_a_row_for_placements_reaches_no_further_than_they_do() -> None:
    need = "needs: {label: {by: advertiser, missing: cut, fix: Add it.}}"
    catalog = catalog_of(f"{{{A}, markets: {{KR: {{placements: [tv], {need}}}}}}}")

    def ruling(*placements: str) -> Ruling:
        payload = {"markets": ["KR"], "audience": {"placements": list(placements)}}
        return rule_on(catalog, payload, {"p/a": YES, "p/a/label@KR": YES})

    assert [ruling(*each).states[0].name for each in ((), ("feed",), ("feed", "tv"), ("tv",))] == [
        "LIMITED", "ALLOWED", "LIMITED", "CUT",
    ]  # fmt: skip
    assert texts(ruling(), "KR", State.LIMITED) == ["not on tv: Add it."]
    assert ruling("feed").findings == ("p/a",), "the need is not asked where its row does not speak of the ad"


def test_a_need_is_not_asked_where_an_exemption_holds() -> None:
    catalog = catalog_of(
        f"{{{A}, markets: {{GB: {{unless: [p/b], needs: {{number: {{pattern: 'X\\d', missing: cut}}}}}}}}}}",
        "{id: p/b, key: bb, ask: Exempt?}",
    )
    assert rule_on(catalog, {"markets": ["GB"]}, {"p/a": YES}).outcome is Outcome.REJECT
    exempt = rule_on(catalog, {"markets": ["GB"]}, {"p/a": YES, "p/b": YES})
    assert (exempt.outcome, exempt.findings) == (Outcome.APPROVE, ("p/a",))


@pytest.mark.parametrize(
    ("label", "state", "words"),
    [
        ("{by: platform, text: Ad}", "LABELLED", "Label “Ad” required for FR"),
        ("{by: advertiser, text: Ad}", "CUT", "Add the label “Ad” required for FR."),
        ("{by: platform, missing: cut}", "CUT", "Add the label required for FR."),
        ("{by: platform, fix: Made by a machine}", "LABELLED", "Made by a machine"),
    ],
)
def test_a_label_the_platform_adds_labels_and_one_the_advertiser_owes_cuts(label: str, state: str, words: str) -> None:
    catalog = catalog_of(f"{{{A}, markets: {{FR: {{needs: {{label: {label}}}}}}}}}")
    ruling = rule_on(catalog, {"markets": ["FR"]}, {"p/a": YES, "p/a/label@FR": YES})
    assert ruling.states[0].name == state and texts(ruling, "FR", State[state]) == [words]
    assert ruling.outcome is (Outcome.APPROVE if state == "LABELLED" else Outcome.REJECT)


def test_quality_and_info_mark_the_ad_and_touch_no_cell() -> None:
    catalog = catalog_of(f"{{{A}, effect: quality, note: Ugly, needs: {{label: {{by: advertiser, missing: cut}}}}}}")
    ruling = rule_on(catalog, {"markets": ["FR"]}, {"p/a": YES, "p/a/label@*": YES})
    assert ruling.outcome is Outcome.APPROVE
    assert [remark.clause.note for remark in ruling.remarks] == ["Ugly"]


def test_an_unverified_row_warns_and_never_cuts_nor_replaces() -> None:
    catalog = catalog_of(f"{{{A}, min_age: 18, markets: {{FR: {{effect: prohibited, mark: U}}}}}}")
    ruling = rule_on(catalog, {"markets": ["FR"]}, {"p/a": YES})
    assert cells(ruling) == {"FR 0-17": "cut", "FR 18+": "allowed"}
    assert [remark.clause.market for remark in ruling.remarks] == ["FR"]


def test_a_row_that_is_replaced_somewhere_says_nothing_there() -> None:
    catalog = catalog_of(f"{{{A}, effect: prohibited, mark: U, markets: {{FR: {{min_age: 18}}}}}}")
    ruling = rule_on(catalog, {"markets": ["FR", "DE"]}, {"p/a": YES})
    assert [remark.markets for remark in ruling.remarks] == [("DE",)]


def test_rows_of_two_groups_join_and_a_country_row_replaces_both() -> None:
    rows = "EEA: {min_age: 18}, NORTH: {labels: [mark]}"
    ruling = rule_on(catalog_of(f"{{{A}, markets: {{{rows}}}}}"), {"markets": ["NO"]}, {"p/a": YES})
    assert cells(ruling) == {"NO 0-17": "cut", "NO 18+": "labelled"}
    alone = catalog_of(f"{{{A}, markets: {{{rows}, NO: {{hours: {{not: '07:00-22:00', tz: Europe/Oslo}}}}}}}}")
    assert set(cells(rule_on(alone, {"markets": ["NO"]}, {"p/a": YES})).values()) == {"limited"}


def test_a_part_joins_its_country_and_the_rest_stands_beside_it() -> None:
    catalog = catalog_of(f"{{{A}, markets: {{US: {{min_age: 21}}, US-NY: {{labels: [synthetic]}}}}}}")
    ruling = rule_on(catalog, {"markets": ["US"]}, {"p/a": YES})
    assert cells(ruling) == {
        "US-NY 0-20": "cut", "US-NY 21+": "labelled", "US 0-20": "cut", "US 21+": "allowed",
    }  # fmt: skip


def test_a_part_without_rows_of_its_country_joins_what_holds_there() -> None:
    catalog = catalog_of(f"{{{A}, min_age: 18, markets: {{US-NY: {{labels: [synthetic]}}}}}}")
    ruling = rule_on(catalog, {"markets": ["US-NY"]}, {"p/a": YES})
    assert cells(ruling) == {"US-NY 0-17": "cut", "US-NY 18+": "labelled"}


def test_an_ad_without_markets_is_ruled_by_the_default_rows() -> None:
    catalog = catalog_of(f"{{{A}, min_age: 18, markets: {{FR: {{effect: prohibited}}}}}}")
    ruling = rule_on(catalog, {"audience": {"min_age": 18}}, {"p/a": YES})
    assert cells(ruling) == {"not stated 18+": "allowed"}


def test_a_cell_keeps_the_labels_limits_and_documents_of_all_its_findings() -> None:
    catalog = catalog_of(
        f"{{{A}, markets: {{FR: {{labels: [ad mark], hours: {{not: '05:00-21:00', tz: Europe/Paris}}}}}}}}",
        "{id: p/b, key: bb, ask: B?, needs: {certificate: {kind: permit, fix: Send the permit., missing: held}}}",
    )
    answers = {"p/a": YES, "p/b": YES, "p/b/certificate@*": YES}
    cell = rule_on(catalog, {"markets": ["FR"]}, answers).cells[0]
    assert cell.state is State.HELD
    assert cell.texts(State.LABELLED) == ("ad mark",)
    assert cell.texts(State.LIMITED) == ("not 05:00-21:00 Europe/Paris",)
    assert cell.texts(State.HELD) == ("Send the permit.",)


def test_a_policy_that_returns_sends_a_fixable_ad_back_whole() -> None:
    row = "markets: {FR: {effect: prohibited}, DE: {}}"
    fixable = catalog_of(f"{{{A}, fix: Change it., {row}}}", policy="on_partial: return")
    hopeless = catalog_of(f"{{{A}, {row}}}", policy="on_partial: return")
    payload = {"markets": ["FR", "DE"]}
    assert rule_on(fixable, payload, {"p/a": YES}).outcome is Outcome.REJECT
    assert rule_on(hopeless, payload, {"p/a": YES}).outcome is Outcome.APPROVE_LIMITED


def test_an_escalation_class_leaves_the_outcome_as_it_is() -> None:
    always = "escalation: {class: child-safety, route: other}"
    offered = "escalation: {class: scam-wave, route: first, offered: yes}"
    catalog = catalog_of(f"{{{A}, effect: prohibited, {always}}}", f"{{id: p/b, key: bb, ask: B?, {offered}}}")
    ruling = rule_on(catalog, {"markets": ["FR"]}, {"p/a": YES, "p/b": YES})
    assert ruling.outcome is Outcome.REJECT
    assert [(check_id, kind.route) for check_id, kind in ruling.escalations] == [("p/a", "other")]
    assert [(check_id, kind.route) for check_id, kind in ruling.offered] == [("p/b", "first")]


def test_an_announced_policy_is_asked_and_binds_nothing() -> None:
    always = "escalation: {class: child-safety, route: other}"
    catalog = catalog_of(f"{{{A}, effect: prohibited, {always}}}", policy="effective: 2027-01-01")
    ruling = rule_on(catalog, {"markets": ["FR"]}, {"p/a": YES})
    assert ruling.outcome is Outcome.APPROVE and not ruling.escalations
    assert [remark.markets for remark in ruling.remarks] == [("FR",)]
    assert rule_on(catalog, {"markets": ["FR"]}, {"p/a": YES}, as_of="2027-01-01").outcome is Outcome.REJECT


def test_every_need_of_a_row_counts() -> None:
    permit, label = "{kind: permit, missing: held, fix: Send it.}", "{by: advertiser, missing: held, fix: Add it.}"
    catalog = catalog_of(f"{{{A}, needs: {{certificate: {permit}, label: {label}}}}}")
    answers = {"p/a": YES, "p/a/certificate@*": YES, "p/a/label@*": YES}
    assert texts(rule_on(catalog, {"markets": ["FR"]}, answers), "FR", State.HELD) == ["Send it.", "Add it."]


def test_a_need_known_in_one_market_of_a_group_stays_open_for_the_others() -> None:
    need = "needs: {audience_share: {ages: 21+, at_least: 70%, missing: held}}"
    catalog = catalog_of(f"{{{A}, markets: {{EEA: {{{need}}}}}}}")

    def findings(*shares: tuple[str, str]) -> tuple[str, ...]:
        stated = [{"ages": "21+", "market": market, "percent": share} for market, share in shares]
        payload = {"markets": ["FR", "DE"], "audience": {"shares": stated}}
        return rule_on(catalog, payload, {"p/a": YES}).findings

    assert findings(("FR", "60%")) == ("p/a",), "nobody knows of Germany, and it must not go free unasked"
    assert findings(("FR", "60%"), ("DE", "80%")) == ("p/a", "p/a/audience_share@EEA")


def test_a_fact_tells_markets_apart_and_a_reviewers_yes_means_all_of_them() -> None:
    need = "needs: {certificate: {kind: permit, missing: held}}"
    catalog = catalog_of(f"{{{A}, markets: {{EEA: {{{need}}}}}}}")
    papers = [{"kind": "permit", "market": "FR", "expires": "2027-12-31"}]
    payload = {"markets": ["FR", "DE"], "advertiser": {"certificates": papers}}
    by_fact = rule_on(catalog, payload, {"p/a": YES})
    assert cells(by_fact) == {"FR all ages": "allowed", "DE all ages": "held"}
    assert cells(rule_on(catalog, payload, {"p/a": YES, "p/a/certificate@EEA": YES})) == {
        "FR all ages": "held", "DE all ages": "held",
    }  # fmt: skip


# What decides, and what is asked ---


def test_the_deciding_check_is_first_by_state_severity_basis_and_then_catalog_order() -> None:
    catalog = catalog_of(
        "{id: p/limit, key: aa, ask: 1?, severity: critical, effect: restricted, note: Facts only., basis: law}",
        "{id: p/low, key: bb, ask: 2?, severity: low, effect: prohibited, basis: law}",
        "{id: p/first, key: cc, ask: 3?, severity: high, effect: prohibited}",
        "{id: p/code, key: dd, ask: 4?, severity: high, effect: prohibited, basis: code}",
        "{id: p/law, key: ee, ask: 5?, severity: high, effect: prohibited, basis: law}",
        "{id: p/last, key: ff, ask: 6?, severity: high, effect: prohibited, basis: law}",
    )
    answers = dict.fromkeys((check.id for check in reversed(catalog.checks)), YES)
    causes = rule_on(catalog, {"markets": ["FR"]}, answers).cells[0].causes
    assert [cause.check_id for cause in causes] == ["p/law", "p/last", "p/code", "p/first", "p/low", "p/limit"]


def test_the_children_of_a_check_that_sleeps_sleep_too() -> None:
    catalog = catalog_of(
        f"{{{A}}}",
        "{id: p/b, key: bb, ask: B?, when: {p/a: yes}}",
        "{id: p/c, key: cc, ask: C?, when: {p/b: yes}, effect: prohibited}",
    )
    below = {"p/b": YES, "p/c": YES}
    assert rule_on(catalog, {}, {"p/a": YES, **below}).outcome is Outcome.REJECT
    assert rule_on(catalog, {}, {"p/a": NO, **below}).findings == ()


def test_a_fact_that_was_overruled_asks_no_children() -> None:
    catalog = catalog_of(
        f"{{{A}, facts: {{any: [product.food_score >= 4]}}}}",
        "{id: p/b, key: bb, ask: B?, when: {p/a: yes}, effect: prohibited}",
        "{id: p/c, key: cc, ask: C?, when: {p/a: no}, labels: [mark]}",
    )
    payload = {"product": {"food_score": 9}}
    below = {"p/b": YES, "p/c": YES}
    assert rule_on(catalog, payload, below).findings == ("p/a", "p/b")
    assert rule_on(catalog, payload, {"p/a": NO, **below}).findings == ("p/c",)


def test_a_fact_that_means_nothing_in_any_targeted_market_is_no_finding() -> None:
    """An English ad for Germany is not "found" to be not in Spanish."""
    catalog = catalog_of(
        f"{{{A}, facts: {{all: [languages has not es]}}, markets: {{ES: {{effect: prohibited}}}}}}",
        "{id: p/b, key: bb, ask: B?, facts: {all: [languages has not fr]}, markets: {FR: {effect: quality}}}",
    )
    assert rule_on(catalog, {"markets": ["DE"], "languages": ["en"]}, {}).findings == ()
    assert rule_on(catalog, {"markets": ["DE", "ES"], "languages": ["en"]}, {}).findings == ("p/a",)
    assert rule_on(catalog, {"markets": ["FR"], "languages": ["en"]}, {}).findings == ("p/b",)
    assert rule_on(catalog, {"markets": ["DE"]}, {"p/a": YES}).findings == ("p/a",), "said by a person, it is kept"


# Unsure ---


def test_an_unsure_that_some_cell_hangs_on_escalates() -> None:
    catalog = catalog_of(f"{{{A}, markets: {{FR: {{effect: prohibited}}}}}}")
    assert rule_on(catalog, {"markets": ["FR"]}, {"p/a": UNSURE}).unsure == ("p/a",)
    assert rule_on(catalog, {"markets": ["FR"]}, {"p/a": UNSURE}).outcome is Outcome.ESCALATE
    assert rule_on(catalog, {"markets": ["DE"]}, {"p/a": UNSURE}).outcome is Outcome.APPROVE


def test_an_unsure_beside_a_cut_everywhere_changes_nothing() -> None:
    catalog = catalog_of(f"{{{A}, effect: prohibited}}", "{id: p/b, key: bb, ask: B?, labels: [mark]}")
    assert rule_on(catalog, {"markets": ["FR"]}, {"p/a": YES, "p/b": UNSURE}).outcome is Outcome.REJECT


def test_three_unsure_answers_that_matter_only_together_escalate() -> None:
    catalog = catalog_of(
        f"{{{A}}}",
        "{id: p/b, key: bb, ask: Exempt?}",
        "{id: p/c, key: cc, ask: C?, when: {p/a: yes}, effect: prohibited, unless: [p/b]}",
    )
    ruling = rule_on(catalog, {"markets": ["FR"]}, dict.fromkeys(("p/a", "p/b", "p/c"), UNSURE))
    assert ruling.unsure == ("p/a", "p/b", "p/c")


def test_unsure_answers_that_matter_in_one_mixture_only_escalate() -> None:
    catalog = catalog_of(
        f"{{{A}}}",
        "{id: p/b, key: bb, ask: B?}",
        "{id: p/c, key: cc, ask: C?, when: {p/a: no, p/b: yes}, effect: prohibited}",
    )
    ruling = rule_on(catalog, {"markets": ["FR"]}, dict.fromkeys(("p/a", "p/b", "p/c"), UNSURE))
    assert ruling.unsure == ("p/a", "p/b", "p/c")


def test_an_unsure_parent_asks_neither_child() -> None:
    catalog = catalog_of(
        f"{{{A}}}",
        "{id: p/b, key: bb, ask: B?, when: {p/a: yes}, labels: [one]}",
        "{id: p/c, key: cc, ask: C?, when: {p/a: no}, labels: [two]}",
    )
    children = {"p/b": YES, "p/c": YES}
    findings = {answer: rule_on(catalog, {}, {"p/a": answer, **children}).findings for answer in Answer}
    assert findings == {YES: ("p/a", "p/b"), NO: ("p/c",), UNSURE: ()}
    assert rule_on(catalog, {}, children).findings == ()
