"""The policy file: all mistakes at once with their places, and the catalog when there is none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document, document_hash
from modtui.domain.clause_values import Basis, Effect, Hours, Mark, State
from modtui.domain.policies import Answer, Check, Severity
from modtui.errors import ModtuiError
from modtui.files.patterns import compile_pattern
from modtui.files.policy_file import read_catalog, read_catalog_document

HERE = Path(__file__).parent
FIVE_RULES = HERE / "five_rules.yaml"
REALDATA = Path(os.environ.get("MODTUI_REALDATA", Path(__file__).parents[2] / ".." / "shared" / "realdata"))

HEAD = """\
schema: modtui/policies/1
catalog: {id: t, version: '1', effective: 2026-11-01, title: T}
market_groups: {EEA: [FR, ES], GCC: [SA]}
routes: {legal: Law}
policies:
  - {id: a, title: A, family: f, axis: content, severity: high, basis: law, principle: P, checks: [
"""


def catalog_of(*checks: str, rest: str = "") -> Catalog:
    catalog, problems = read_catalog(source_of(*checks, rest=rest))
    assert problems == []
    assert catalog is not None
    return catalog


def source_of(*checks: str, rest: str = "") -> str:
    lines = (f"{{id: a/c{n}, key: c{chr(97 + n)}, ask: Q?, {check}}},\n" for n, check in enumerate(checks))
    return HEAD + "".join(lines).replace(", }", "}") + "]}\n" + rest


def problems_of(*checks: str, rest: str = "") -> list[str]:
    return [problem.message for problem in read_catalog(source_of(*checks, rest=rest))[1]]


@pytest.fixture(scope="module")
def five_rules() -> Catalog:
    catalog, problems = read_catalog(FIVE_RULES)
    assert problems == []
    assert catalog is not None
    return catalog


def test_a_catalog_with_thirty_mistakes_tells_them_all() -> None:
    catalog, problems = read_catalog((HERE / "thirty_mistakes.yaml").read_bytes(), "thirty_mistakes.yaml")
    assert catalog is None
    assert [str(problem) for problem in problems] == (HERE / "thirty_mistakes.txt").read_text().splitlines()
    assert len(problems) >= 30


CARED_FOR = """\
schema: modtui/policies/1
catalog: {id: t, version: '1', title: T}
policies:
  - {id: a, title: A, family: f, axis: content, severity: high, principle: P,
     owner: money desk, review_by: 2027-03-01,
     reply: {en: "No.", fr: "Non.", de: "{oops}"}, reply_unreviewed: [fr, de, fra],
     checks: [{id: a/c, key: ca, ask: Q?, effect: prohibited,
               markets: {FR: {min_age: 18}, DE: {min_age: 16, owner: Berlin, review_by: 2027-01-31}}}]}
"""


def test_rows_are_looked_after_as_their_policy_says_unless_they_name_their_own() -> None:
    catalog, problems = read_catalog(CARED_FOR.replace("{oops}", "Nein.").replace(", fra]", "]"))
    assert problems == []
    assert catalog is not None
    (policy,) = catalog.policies
    assert policy.reply_unreviewed == ("fr", "de")
    cared_for = {row.market: (policy.owner_of(row), policy.review_by_of(row)) for row in catalog.clauses}
    ours = ("money desk", "2027-03-01")
    assert cared_for == {"*": ours, "FR": ours, "DE": ("Berlin", "2027-01-31")}


def test_only_languages_of_the_reply_can_be_unreviewed() -> None:
    problems = read_catalog(CARED_FOR, "p.yaml")[1]
    assert [str(problem) for problem in problems] == [
        "p.yaml:6:41: policies[0].reply.de: unknown placeholder '{oops}': there is only {fix}",
        "p.yaml:6:79: policies[0].reply_unreviewed[2]: 'reply' has no language 'fra'. Did you mean 'fr'?",
    ]


def test_the_five_rules_say_what_they_mean(five_rules: Catalog) -> None:
    checks = five_rules.check_by_id
    on_sight, on_tv = checks["food.less_healthy/identifiable"].markets["GB"]
    assert (on_sight.effect, on_sight.effective, on_sight.basis) == (Effect.PROHIBITED, "2026-01-05", Basis.LAW)
    assert on_sight.unless == ("food.less_healthy/brand-only",)
    assert (on_tv.placements, on_tv.hours) == (("tv",), Hours("05:30", "21:00", "Europe/London"))
    assert checks["food.less_healthy/brand-only"].is_exemption
    number = need(checks["health.otc_device/medicine/number@MY"])
    assert (number.number, number.where, number.missing) == (
        r"KKLIU\s?\d{4}/\d{4}", ("text", "on_screen_text"), State.CUT,
    )  # fmt: skip
    label = need(checks["body.retouched/shape/label@NO"])
    assert (label.by, label.min_area_per_mille, label.missing) == ("advertiser", 70, State.CUT)
    licence = need(checks["gambling.real_money/offers/certificate@ES"])
    assert (licence.certificate, licence.missing, licence.fix) == (
        "gambling", State.HELD, "Send the gambling certificate for ES.",
    )  # fmt: skip
    looks = checks["gambling.real_money/offers/apparent_age@ES"]
    assert (need(looks).age, looks.ask) == (25, "Does anyone shown look younger than 25?")
    platform, code = checks["alcohol.product/sells"].markets["US"]
    assert (platform.min_age, platform.basis, platform.mark) == (25, Basis.PLATFORM, Mark.VERIFIED)
    assert (code.min_age, code.basis, code.mark) == (21, Basis.CODE, Mark.SECOND_HAND)
    assert (code.needs[0].ages, code.needs[0].at_least_per_mille) == ("21+", 738)
    assert checks["alcohol.product/minor-appeal"].when == (("alcohol.product/sells", Answer.YES),)


def need(check: Check) -> Any:
    assert check.need is not None
    assert check.need.id == check.id
    return check.need


def test_the_check_of_a_need_stands_after_its_parent_and_takes_its_severity(five_rules: Catalog) -> None:
    ids = [check.id for check in five_rules.checks]
    assert [check.order for check in five_rules.checks] == list(range(len(ids)))
    for check in five_rules.checks:
        if check.need is not None:
            parent = five_rules.check_by_id[check.when[0][0]]
            assert check.when == ((parent.id, Answer.YES),)
            assert ids.index(parent.id) < ids.index(check.id) <= ids.index(parent.id) + 2
            assert (check.severity, check.key, check.policy_id) == (parent.severity, "", parent.policy_id)


def test_own_rows_take_the_basis_of_the_policy_and_market_rows_take_nothing() -> None:
    check = catalog_of(
        "min_age: 18, severity: low, markets: {FR: {}, EEA: {min_age: 16}, US-NY: {min_age: 21}}"
    ).checks[0]
    (own,) = check.clauses
    assert (own.market, own.rank, own.basis, own.min_age) == ("*", 0, Basis.LAW, 18)
    assert check.severity is Severity.LOW
    rows = {market: (rows[0].rank, rows[0].basis, rows[0].min_age) for market, rows in check.markets.items()}
    assert rows == {
        "FR": (2, Basis.PLATFORM, None), "EEA": (1, Basis.PLATFORM, 16), "US-NY": (2, Basis.PLATFORM, 21),
    }  # fmt: skip


def test_a_star_among_the_markets_adds_rows_of_the_check_itself() -> None:
    check = catalog_of("min_age: 18, markets: {'*': {hours: {not: '05:00-21:00', tz: UTC}}}").checks[0]
    assert [(row.market, row.min_age, row.hours is not None) for row in check.clauses] == [
        ("*", 18, False),
        ("*", None, True),
    ]
    assert dict(check.markets) == {}


def test_needs_may_be_worded_and_named() -> None:
    catalog = catalog_of(
        "markets: {FR: [{needs: {text: {any: [18+], id: eighteen, ask: Where is it, fix: Put it, required: no, "
        "missing: limited, language: fr}}}, {needs: {text: {any: [Abus dangereux, Avec modération]}}}]}"
    )
    named, worded = (check for check in catalog.checks if check.need)
    assert (named.id, named.ask, named.fix, named.required) == ("a/c0/eighteen", "Where is it", "Put it", False)
    assert need(named).missing is State.LIMITED
    assert worded.id == "a/c0/text@FR"
    assert worded.ask == "Is the wording required for FR missing: “Abus dangereux” or “Avec modération”?"
    assert worded.required


def test_traps_of_yaml_stay_text() -> None:
    catalog = catalog_of(
        "markets: {NO: {labels: [014, NO], ref: 1.10, note: on}}",
        rest="briefings: [{id: b, title: 08:30, text: 2026-01-05}]",
    )
    (row,) = catalog.checks[0].markets["NO"]
    assert (row.labels, row.ref, row.note) == (("014", "NO"), "1.10", "on")
    assert catalog.briefings[0]["title"] == "08:30"


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("unless: [a/c0]", "'a/c0' has rows of its own, and an exemption has none"),
        ("when: {a/c0: yes}", "'when' goes round in a circle: a/c0 -> a/c0"),
        ("facts: {}", "should name either 'any' or 'all'"),
        ("facts: {any: ['text matches a(?!b)']}", "pattern 'a(?!b)': lookahead '(?!' is not possible"),
        ("cues: {patterns: ['x*']}", "pattern 'x*': matches the empty text, and so everything"),
        ("markets: {FR: []}", "names no row: write {} for a row that says nothing"),
        ("markets: {gb: {}}", "unknown market 'gb'. Did you mean 'GB'?"),
        ("effect: label", "effect 'label' names no mark: add labels or needs.label"),
        ("apparent_age: 25, needs: {apparent_age: {age: 18}}",
         "'apparent_age' stands here twice: once by itself and once in needs"),
        ("markets: {FR: [{needs: {certificate: {kind: x}}}, {needs: {certificate: {kind: y}}}]}",
         "need 'a/c0/certificate@FR' stands here twice, first in line 7"),
        ("needs: {certificate: {holder: yes}}", "'kind' is missing"),
        ("needs: {number: {pattern: '(', in: [headlin]}}", "pattern '(': a bracket '(' is not closed"),
        ("fix: ''", "has no value: fill it in, or leave the key out"),
        ("markets: [FR]", "should be a mapping of names to values"),
        ("escalation: {class: x, route: market}", "unknown value 'market'. It is one of legal."),
    ],
)  # fmt: skip
def test_what_cannot_hold_is_refused(check: str, message: str) -> None:
    assert message in problems_of(check)


def test_a_reply_knows_one_placeholder() -> None:
    source = FIVE_RULES.read_text().replace("ad: {fix}", "ad: {fxi}")
    assert [str(problem) for problem in read_catalog(source, "f.yaml")[1]] == [
        "f.yaml:144:17: policies[4].reply.en: unknown placeholder '{fxi}': there is only {fix}"
    ]


def test_a_circle_is_told_once() -> None:
    assert problems_of("when: {a/c1: yes}", "when: {a/c2: no}", "when: {a/c0: yes}") == [
        "'when' goes round in a circle: a/c0 -> a/c1 -> a/c2 -> a/c0"
    ]


def test_a_check_may_wait_for_a_need() -> None:
    catalog = catalog_of("needs: {certificate: {kind: x}}", "when: {a/c0/certificate@*: no}")
    assert catalog.checks[2].when == (("a/c0/certificate@*", Answer.NO),)


def test_a_folder_is_read_as_one_catalog(tmp_path: Path) -> None:
    whole = FIVE_RULES.read_text()
    head, policies = whole.split("policies:\n")
    first, second = policies.split("  - id: health.otc_device", 1)
    (tmp_path / "a-head.yaml").write_text(head + "policies:\n" + first)
    (tmp_path / "b-rest.yaml").write_text("policies:\n  - id: health.otc_device" + second)
    (tmp_path / "notes.txt").write_text("not: [read")
    catalog, problems = read_catalog(tmp_path)
    assert problems == []
    assert catalog == read_catalog(FIVE_RULES)[0]


def test_mistakes_in_a_folder_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(source_of("min_age: 18"))
    (tmp_path / "b.yaml").write_text(source_of("min_age: x", rest="oops: 1\n"))
    _, problems = read_catalog(tmp_path)
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in problems] == [
        "b.yaml:2:1: 'catalog' stands in two files: it belongs in one of them",
        f"b.yaml:3:17: market_groups.EEA: market group 'EEA' stands here twice, first in {tmp_path}/a.yaml:3",
        f"b.yaml:3:32: market_groups.GCC: market group 'GCC' stands here twice, first in {tmp_path}/a.yaml:3",
        f"b.yaml:4:10: routes.legal: route 'legal' stands here twice, first in {tmp_path}/a.yaml:4",
        f"b.yaml:6:10: policies[0].id: policy 'a' stands here twice, first in {tmp_path}/a.yaml:6",
        f"b.yaml:7:6: policies[0].checks[0].id: check 'a/c0' stands here twice, first in {tmp_path}/a.yaml:7",
        f"b.yaml:7:17: policies[0].checks[0].key: key 'ca' stands here twice, first in {tmp_path}/a.yaml:7",
        "b.yaml:7:39: policies[0].checks[0].min_age: 'x' is not an age in whole years, 0 to 99",
        "b.yaml:9:1: unknown key 'oops'.",
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("[1, 2]", "should be a mapping with 'schema', 'catalog', 'policies' and so on"),
        ("schema: modtui/policies/1", "'catalog' is missing: id, version and title of the whole"),
        ("catalog: {id: a, version: v, title: t}", "'schema: modtui/policies/1' is missing"),
        ("", "the file is empty"),
        ("policies: {a: b}", "should be a list"),
    ],
)
def test_what_is_no_catalog_is_told(source: str, message: str) -> None:
    assert message in [problem.message for problem in read_catalog(source)[1]]


def test_what_cannot_be_opened_is_an_error_for_people(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "empty").mkdir()
    for path, title in (
        ("absent.yaml", "No such file"),
        ("pipe.yaml", "Not an ordinary file"),
        ("empty", "No policies here"),
    ):
        with pytest.raises(ModtuiError) as caught:
            read_catalog(tmp_path / path)
        assert caught.value.title == title
        assert caught.value.hint


def test_a_hash_changes_with_the_meaning_of_a_row_only() -> None:
    def row_hash(row: str) -> str:
        return catalog_of(f"markets: {{FR: {{{row}}}}}").checks[0].markets["FR"][0].hash

    plain = row_hash("min_age: 18")
    assert len(plain) == 16
    assert row_hash("min_age: 18, note: Seen in May., owner: amina, review_by: 2027-01-01, fix: Older.") == plain
    assert (
        len({plain, row_hash("min_age: 19"), row_hash("min_age: 18, basis: law"), row_hash("min_age: 18, ref: X")}) == 4
    )


def test_the_hash_of_a_document_does_not_hang_on_the_order_or_the_comments() -> None:
    document = read_catalog_document(FIVE_RULES).document
    assert document is not None
    commented = read_catalog_document("# more\n\n" + FIVE_RULES.read_text()).document
    shuffled = json.loads(json.dumps(document, sort_keys=True))
    assert commented is not None
    assert document_hash(document) == document_hash(commented) == document_hash(shuffled)
    assert document_hash(document) != document_hash({**document, "briefings": [{"id": "x"}]})


def stored(document: object) -> Any:
    """What comes back from a workspace that keeps documents as canonical JSON."""
    return json.loads(json.dumps(document, sort_keys=True, ensure_ascii=False))


NAMES = st.sampled_from(["tv", "radio", "abc", "NO", "on"])
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "effect": st.sampled_from(["prohibited", "restricted", "quality", "info"]),
        "min_age": st.integers(0, 99),
        "apparent_age": st.integers(0, 99),
        "labels": st.lists(NAMES, max_size=3),
        "placements": st.lists(NAMES, max_size=3),
        "hours": st.just({"not": "05:30-24:00", "tz": "UTC"}),
        "basis": st.sampled_from(["law", "code", "platform"]),
        "mark": st.sampled_from(["V", "S", "U"]),
        "ref": NAMES,
        "note": NAMES,
        "fix": NAMES,
        "owner": NAMES,
        "effective": st.just("2026-01-05"),
        "sunset": st.just("2027-01-05"),
        "needs": st.fixed_dictionaries(
            {},
            optional={
                "certificate": st.just({"kind": "gambling", "number": r"\d+", "holder": "yes", "domain": "no"}),
                "number": st.just({"pattern": r"KKLIU\s?\d{4}", "in": ["text"], "missing": "cut"}),
                "text": st.just({"any": ["18+"], "language": "fr", "required": "no"}),
                "label": st.just({"by": "platform", "min_area": "7%", "text": "AI", "missing": "labelled"}),
                "audience_share": st.just({"ages": "21+", "at_least": "73.8%"}),
            },
        ),
    },
)
MARKETS = st.dictionaries(st.sampled_from(["FR", "SA", "NO", "US-NY", "EEA", "*"]), ROWS, max_size=4)


def as_text(value: object) -> Any:
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    return [as_text(inner) for inner in value] if isinstance(value, list) else str(value)


@given(st.lists(st.tuples(ROWS, MARKETS), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_stored_document_gives_the_identical_catalog(checks: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    data = yaml.safe_load(source_of())
    for number, (own, markets) in enumerate(checks):
        if "*" in markets:  # two rows of the check itself would name their needs alike
            own = {key: value for key, value in own.items() if key not in ("needs", "apparent_age")}
        check = {"id": f"a/c{number}", "key": f"c{chr(97 + number)}", "ask": "Q?", **own, "markets": markets}
        data["policies"][0]["checks"].append(check)
    reading = read_catalog_document(json.dumps(as_text(data)))
    assert reading.problems == ()
    assert reading.document is not None
    catalog = catalog_from_document(reading.document, compile_pattern)
    again = catalog_from_document(stored(reading.document), compile_pattern, document_hash(reading.document))
    assert again == catalog
    assert [check.id for check in again.checks] == [check.id for check in catalog.checks]
    assert len({check.id for check in again.checks}) == len(again.checks)


def paths_of(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for step, each in steps for inner in paths_of(each, (*path, step)))]


BASE = yaml.load(FIVE_RULES.read_text(), Loader=yaml.BaseLoader)
ODD = st.recursive(
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(["yes", "FR", "a/b", "18", "\\", "(", "2026-13-01", "*", "EEA 1-"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(paths_of(BASE)[1:]), ODD), min_size=1, max_size=4))
@settings(max_examples=250, deadline=None)
def test_a_damaged_catalog_gives_problems_or_a_catalog_and_never_an_exception(
    damage: list[tuple[tuple[Any, ...], object]],
) -> None:
    data = json.loads(json.dumps(BASE))
    for path, value in damage:
        place = data
        for step in path[:-1]:
            place = place[step] if has(place, step) else None
        if has(place, path[-1]):
            place[path[-1]] = value
    reading = read_catalog_document(json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    assert (reading.document is None) == bool(reading.problems)
    if reading.document is not None:
        assert catalog_from_document(stored(reading.document), compile_pattern).policies


def has(place: Any, step: Any) -> bool:
    return (isinstance(place, dict) and step in place) or (isinstance(place, list) and step in range(len(place)))


@pytest.mark.skipif(not (REALDATA / "policy").exists(), reason="the real data is not here")
def test_a_large_file_that_is_no_catalog_ends_soon() -> None:
    _, problems = read_catalog(REALDATA / "policy/crypto-scam-list/urls.yaml")
    assert [problem.message for problem in problems] == [
        "should be a mapping with 'schema', 'catalog', 'policies' and so on"
    ]


def test_many_mistakes_stop_somewhere() -> None:
    _, problems = read_catalog(source_of(*(["min_age: x, sevrity: y, unles: z"] * 20)) + "x: 1\n")
    assert len(problems) > 60
    thousands = HEAD + "".join(f"{{id: b/{n}, kex: zz, axk: Q, minage: x}},\n" for n in range(5000)) + "]}\n"
    assert len(read_catalog(thousands)[1]) == 1000


def test_a_signal_that_nobody_finds_is_a_mistake_with_the_nearest_name() -> None:
    (problem,) = problems_of("cues: {signals: [mixed_script, shortner]}, effect: quality")
    assert problem.endswith("unknown value 'shortner'. Did you mean 'shortener'?")
