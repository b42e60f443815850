"""What `policies check` says of rules that can do nothing, of what is missing, and of ids that meant something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.catalog_history import reused
from modtui.files.patterns import compile_pattern
from modtui.files.policy_file import read_catalog_document
from modtui.services.policy_checking import CheckReport, check_catalog

TODAY = "2026-11-20"
HEAD = """\
schema: modtui/policies/1
catalog: {id: t, version: '1', effective: 2026-11-01, title: T}
market_groups: {EEA: [FR, ES]}
policies:
  - {id: a, title: A, family: f, axis: content, severity: low, principle: P, reply: {en: No.}, checks: [
"""
OTHER = """\
  ]}
  - {id: b, title: B, family: f, axis: content, severity: low, principle: P, reply: {en: No.}, sunset: 2026-06-30,
     checks: [{id: b/old, key: bo, ask: Old?}]}
"""


def report_on(tmp_path: Path, *checks: str, today: str = TODAY) -> CheckReport:
    """A catalog with these checks `a/c0`, `a/c1` ... of one policy, one a line from line 6 on."""
    lines = (f"{{id: a/c{n}, key: c{chr(97 + n)}, ask: Q{n}?, {check}}},\n" for n, check in enumerate(checks))
    path = tmp_path / "p.yaml"
    path.write_text(HEAD + "".join(lines).replace(", }", "}") + OTHER, encoding="utf-8")
    return check_catalog(path, today)


def mistakes(tmp_path: Path, *checks: str) -> list[str]:
    return [f"{each.line}: {each.message}" for each in report_on(tmp_path, *checks).problems]


def test_a_check_whose_parents_cannot_all_be_met_is_never_asked(tmp_path: Path) -> None:
    first, second = "when: {a/c0: yes}", "when: {a/c0: no, a/c1: yes}"
    report = report_on(tmp_path, "", first, second)
    assert [(each.line, each.column, each.path) for each in report.problems] == [(8, 31, "policies[0].checks[2].when")]
    assert "'a/c0' would have to be answered both yes and no" in report.problems[0].message
    assert mistakes(tmp_path, "", first, "when: {a/c0: yes, a/c1: no}") == []


def test_a_check_that_waits_for_a_policy_that_is_gone_is_never_asked(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "when: {b/old: yes}") == [
        "6: can no longer be asked: policy 'b' is gone after 2026-06-30"
    ]


def test_so_is_one_that_waits_for_a_need_that_only_informs(tmp_path: Path) -> None:
    asks = "markets: {FR: {needs: {certificate: {kind: k}}, mark: V}}"
    waits = "when: {a/c0/certificate@FR: yes}"
    assert mistakes(tmp_path, asks, waits) == []
    told = "7: can never be asked: the row of 'a/c0/certificate@FR' is unverified or gone"
    assert mistakes(tmp_path, asks.replace("mark: V", "mark: U"), waits) == [told]
    assert mistakes(tmp_path, asks.replace("mark: V", "sunset: 2026-01-01"), waits) == [told]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("effect: prohibited, min_age: 18", "a ban has no conditions: 'min_age' does nothing here"),
        ("effect: prohibited, apparent_age: 25", "a ban has no conditions: 'apparent_age' does nothing here"),
        ("effect: info, labels: [ad]", "effect 'info' touches no cell: 'labels' does nothing here"),
    ],
)
def test_what_an_effect_leaves_without_meaning_is_a_mistake(tmp_path: Path, row: str, message: str) -> None:
    assert mistakes(tmp_path, row) == [f"6: {message}"]
    assert mistakes(tmp_path, f"markets: {{FR: [{{min_age: 16}}, {{{row}}}]}}") == [f"6: {message}"]


def test_a_ban_on_some_placements_is_none(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "effect: prohibited, placements: [tv]") == []


def test_an_exemption_that_cannot_be_answered_otherwise_is_a_mistake(tmp_path: Path) -> None:
    row = "min_age: 18, unless: [a/c0]"
    assert mistakes(tmp_path, "", f"when: {{a/c0: yes}}, {row}") == [
        "7: never holds: the check is asked only when 'a/c0' is yes"
    ]
    assert mistakes(tmp_path, "", f"when: {{a/c0: no}}, {row}") == [
        "7: 'a/c0' exempts from nothing: the check is asked only when it is no"
    ]
    assert mistakes(tmp_path, "", row) == []


CERTIFICATE = "needs: {certificate: {kind: k}}"


def test_a_certificate_on_a_banned_market_is_a_contradiction(tmp_path: Path) -> None:
    asked = "6: asks for a certificate where another row bans the ad: FR"
    assert mistakes(tmp_path, f"markets: {{FR: [{{{CERTIFICATE}}}, {{effect: prohibited}}]}}") == [asked]
    assert mistakes(tmp_path, f"markets: {{FR: [{{{CERTIFICATE}}}, {{effect: prohibited, unless: [b/old]}}]}}") == []
    assert mistakes(tmp_path, f"markets: {{FR: [{{{CERTIFICATE}}}, {{effect: prohibited, mark: U}}]}}") == []


def test_so_is_one_where_the_check_before_it_bans_and_a_group_only_when_all_of_it_is_banned(tmp_path: Path) -> None:
    child = f"when: {{a/c0: yes}}, markets: {{EEA: {{{CERTIFICATE}}}}}"
    assert mistakes(tmp_path, "markets: {FR: {effect: prohibited}}", child) == []
    assert mistakes(tmp_path, "markets: {FR: {effect: prohibited}, ES: {effect: prohibited}}", child) == [
        "7: asks for a certificate where 'a/c0' bans the ad: EEA"
    ]


def test_a_platform_s_ban_beside_a_licence_by_law_is_only_told(tmp_path: Path) -> None:
    rows = f"{{{CERTIFICATE}, basis: law}}, {{effect: prohibited, basis: platform}}"
    report = report_on(tmp_path, f"markets: {{FR: [{rows}]}}")
    assert report.problems == ()
    assert any("asks for a certificate" in each.message for each in report.warnings)


def test_a_row_that_a_briefing_adds_is_told_where_the_briefing_stands(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    briefing = (
        "briefings: [{id: b1, title: T, text: t, rows: {a/c0: {FR: [{min_age: 18}, {effect: info, min_age: 9}]}}}]\n"
    )
    path.write_text(HEAD + "{id: a/c0, key: ca, ask: Q?, markets: {FR: {min_age: 16}}}\n" + OTHER + briefing)
    assert [(each.line, each.path, each.message) for each in check_catalog(path, TODAY).problems] == [
        (10, "briefings[0].rows.a/c0.FR[1].effect", "effect 'info' touches no cell: 'min_age' does nothing here")
    ]


GAPS = """\
schema: modtui/policies/1
catalog: {id: t, version: '1', effective: 2026-11-01, title: T}
policies:
  - {id: a, title: A, family: f, axis: content, severity: low, principle: P, reply: {en: No., fr: Non.},
     owner: money, review_by: 2026-11-19,
     checks: [{id: a/x, key: ax, ask: X?, effect: prohibited, markets: {FR: {min_age: 18, review_by: 2026-11-20},
                                                                        DE: {min_age: 18, review_by: 2026-10-01}}},
              {id: a/y, key: ay, ask: Y?, facts: {any: [audience.min_age < 13]}}, {id: a/z, key: az, ask: Z?}],
     examples: [{name: e, ad: {creative: {body: b}, audience: {min_age: 10}}, answers: {a/x: yes},
                 expect: {outcome: reject}}]}
  - {id: b, title: B, family: f, axis: content, severity: low, principle: P, reply: {en: No., fr: Non.},
     checks: [{id: b/x, key: bx, ask: X?}]}
  - {id: c, title: C, family: f, axis: content, severity: low, principle: P, reply: {en: No.},
     checks: [{id: c/x, key: cx, ask: X?}], examples: []}
  - {id: d, title: D, family: f, axis: content, severity: low, principle: P,
     checks: [{id: d/x, key: dx, ask: X?}], examples: []}
"""


def test_what_is_missing_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(GAPS)
    report = check_catalog(path, TODAY)
    assert report.is_good
    assert [str(each).removeprefix(f"{path}:") for each in report.warnings] == [
        "5:31: policies[0].review_by: overdue: was to be looked at by 2026-11-19 (money)",
        "7:102: policies[0].checks[0].markets.DE.review_by: overdue: was to be looked at by 2026-10-01 (money)",
        "8:88: policies[0].checks[2].id: untested: in no example does it come out yes",
        "11:10: policies[1].id: holds no example",
        "13:10: policies[2].id: holds no example",
        "13:78: policies[2].reply: no reply in fr",
        "15:10: policies[3].id: holds no reply to the advertiser",
        "15:10: policies[3].id: holds no example",
    ]
    later = check_catalog(path, "2026-11-21").warnings
    assert sum("overdue" in each.message for each in later) == 3


def document(*checks: str, version: str) -> dict[str, Any]:
    text = HEAD.replace("'1'", version) + "".join(f"{{{check}}},\n" for check in checks) + "]}\n"
    found = read_catalog_document(text).document
    assert found is not None
    return dict(found)


def told(now: tuple[str, ...], *earlier: tuple[str, ...]) -> list[tuple[str, bool]]:
    catalog = catalog_from_document(document(*now, version="now"), compile_pattern)
    documents = [document(*checks, version=f"v{n}") for n, checks in enumerate(earlier, start=1)]
    return [(note.message, note.is_mistake) for note in reused(catalog, documents)]


DRINK = "id: a/drink, key: dr, ask: Does the ad sell or show an alcoholic drink?"
REWORDED = "id: a/drink, key: dr, ask: Does the ad sell or show any alcoholic drink or a bar?"
OTHER_ASK = "id: a/drink, key: dr, ask: Is somebody named without having agreed?"
KNIFE = "id: a/knife, key: kn, ask: Is it a knife?"


def test_a_catalog_that_keeps_its_ids_and_keys_is_told_nothing() -> None:
    assert told((DRINK, KNIFE), (DRINK, KNIFE)) == []
    assert told((REWORDED,), (DRINK,)) == []
    assert told((DRINK,), (DRINK, KNIFE), (KNIFE,)) == []  # given up, and back with the same meaning


def test_a_key_given_to_another_check_or_taken_from_its_own_is_a_mistake() -> None:
    assert told((KNIFE.replace("key: kn", "key: dr"),), (DRINK,)) == [
        ("key 'dr' meant 'a/drink' in version v1: a key is never given to another check", True)
    ]
    assert told((DRINK.replace("key: dr", "key: zz"),), (DRINK,)) == [
        ("had the key 'dr' in version v1: a check keeps its key", True)
    ]


def test_an_id_that_asks_something_else_is_told_and_a_mistake_once_it_was_given_up() -> None:
    was = "asked “Does the ad sell or show an alcoholic drink?” in version v1"
    assert told((OTHER_ASK,), (DRINK,)) == [(f"{was}: is it still the same check?", False)]
    assert told((OTHER_ASK,), (DRINK,), (KNIFE,)) == [(f"{was}, and was given up since: ids are never reused", True)]
