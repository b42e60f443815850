"""The script that counts what the examples catch tells the caught, the uncaught and what changes no cell apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.catalog_mutations import Score, main, scores_of

HEAD = """\
schema: modtui/policies/1
catalog: {id: t, version: '1', effective: 2026-11-01, title: T}
market_groups: {DRY: [KW, LY]}
policies:
"""
POLICY = """\
  - {id: a, title: A, family: f, axis: content, severity: low, principle: P, checks: [
     {id: a/sells, key: as, ask: Q?, min_age: 18, markets: {DRY: {effect: prohibited}, US: {min_age: 21, mark: U},
                                                            ES: {min_age: 18, needs: {certificate: {kind: k}}}}},
     {id: a/child, key: ac, ask: Q?, when: {a/sells: yes}, effect: prohibited},
     {id: a/mark, key: am, ask: Q?, effect: quality}]
"""
ALL_CAUGHT = """\
     , examples: [
       {name: own, ad: {creative: {body: b}, markets: [FR, DRY], audience: {min_age: 13}}, answers: {a/sells: yes},
        expect: {FR 13-17: cut, FR 18+: allowed, KW: cut, LY: cut}},
       {name: paper, ad: {media: [{path: a.png}], markets: [ES], audience: {min_age: 13}},
        answers: {a/sells: yes, a/sells/certificate@ES: yes}, expect: {ES 13-17: cut, ES 18+: held}},
       {name: child, ad: {creative: {body: b}, markets: [FR], audience: {min_age: 18}},
        answers: {a/sells: yes, a/child: yes}, expect: {outcome: reject}},
       {name: none, ad: {creative: {body: b}, markets: [FR]}, answers: {a/sells: no, a/child: yes},
        expect: {outcome: approve}},
       {name: mark, ad: {creative: {body: b}, markets: [FR]}, answers: {a/mark: yes}, expect: {outcome: approve}}]}
"""


def score(tmp_path: Path, examples: str) -> Score:
    path = tmp_path / "p.yaml"
    path.write_text(HEAD + POLICY + examples)
    return scores_of(path)["a"]


def words(mutants: list[object]) -> set[str]:
    return {f"{mutant.check_id}: {mutant.words}" for mutant in mutants}  # type: ignore[attr-defined]


def test_examples_that_pin_every_rule_catch_every_mutant(tmp_path: Path) -> None:
    found = score(tmp_path, ALL_CAUGHT)
    assert words(found.uncaught) == set()
    caught = words(found.caught)
    assert {
        "a/sells: min_age 18 altered to 17",
        "a/sells: row of DRY deleted",
        "a/child: effect prohibited deleted",
    } <= caught
    assert {"a/child: when a/sells: yes deleted", "a/sells: needs.certificate deleted"} <= caught
    assert any("dropped from DRY" in each for each in caught)


def test_what_changes_no_cell_is_not_counted(tmp_path: Path) -> None:
    same = words(score(tmp_path, ALL_CAUGHT).equivalent)
    assert {"a/sells: row of US deleted", "a/sells: min_age 21 deleted", "a/mark: effect quality deleted"} <= same
    assert not any("DRY" in each or "child" in each for each in same)


def test_without_examples_nothing_is_caught_and_each_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = score(tmp_path, "}\n")
    assert found.caught == []
    assert words(found.uncaught) == words(score(tmp_path, ALL_CAUGHT).caught)
    (tmp_path / "p.yaml").write_text(HEAD + POLICY + "}\n")
    assert main([str(tmp_path / "p.yaml")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert f"  NOT CAUGHT  {tmp_path}/p.yaml:8: a/child: when a/sells: yes deleted" in lines
    assert sum("NOT CAUGHT" in line for line in lines) == len(found.uncaught)
    assert main(["/nowhere/p.yaml"]) == 1
