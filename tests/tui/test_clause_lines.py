"""What stands beside a check: the rows of the ad's markets with mark, basis and dates, near examples, and why."""

from __future__ import annotations

from functools import cache
from typing import Any

from rich.style import Style

from modtui.domain.catalog import Catalog
from modtui.domain.cues import CueIndex
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.policies import Answer
from modtui.domain.rulings import Case
from modtui.files.policy_file import read_catalog
from modtui.services.desk import Desk
from modtui.tui.clause_lines import clause_lines
from modtui.tui.palette import Palette
from modtui.tui.why_here import reasons_here
from tests.hostile.corpus import hostile_texts
from tests.tui.desk_story import ad

CATALOG = """
schema: modtui/policies/1
catalog: {id: story, version: 1, effective: 2026-01-01, title: Story}
market_groups: {NORDIC: [DK, NO, SE]}
routes: {legal: Counsel.}
policies:
  - id: bets
    title: Bets
    family: gambling
    axis: industry
    severity: high
    principle: Nobody is led to bet.
    guidance: Is there a stake? Answer yes.
    cues: {industries: [gambling], words: [casino], flags: [gambling], signals: [mixed_script]}
    checks:
      - id: bets/offers
        key: be
        ask: Does it offer a bet?
        min_age: 18
        fix: Leave it.
        facts: {any: [objective is bets]}
        markets:
          NORDIC: {effect: prohibited, basis: law, mark: S, ref: Act 5, effective: 2027-03-01,
                   note: "The last word is open."}
          DE: {min_age: 21, basis: code, mark: U, ref: Blog post}
          FR: {min_age: 18, needs: {certificate: {kind: gambling}}, basis: law, ref: Act 7,
               effective: 2020-01-01, sunset: 2028-01-01}
          IT: {effect: prohibited, basis: law, ref: Act 9}
      - id: bets/bonus
        key: bo
        ask: Does it promise a bonus?
        when: {bets/offers: yes}
        cues: {words: [free spins]}
        effect: prohibited
    examples:
      - name: a cinema
        ad: {creative: {body: "Films tonight"}, markets: [FR]}
        answers: {}
        expect: {outcome: approve}
        why: No stake.
      - name: a bonus
        ad: {creative: {body: "Casino with free spins"}, markets: [FR]}
        answers: {bets/offers: yes, bets/bonus: yes}
        expect: {outcome: reject}
        why: A bonus.
      - name: a lottery
        ad: {creative: {body: "Draw on Saturday"}, markets: [IT]}
        answers: {bets/offers: yes}
        expect: {outcome: reject}
        why: Forbidden there.
"""
LOOKS = Palette(**{name: Style() for name in Palette.__struct_fields__ if name != "reorders"})


@cache
def catalog() -> Catalog:
    found, problems = read_catalog(CATALOG.encode(), "story.yaml")
    assert found is not None and not problems, [str(problem) for problem in problems]
    return found


def desk_for(**payload: Any) -> Desk:
    index = CueIndex.of(catalog())
    shown = ad("ad-1", **payload)
    return Desk(Case(shown, catalog(), "2026-11-22"), index, hidden_hits(index, shown))


def words_of(desk: Desk, check_id: str, width: int = 100) -> list[str]:
    lines = clause_lines(desk, desk.case.catalog.check_by_id[check_id], LOOKS, width)
    return ["".join(text for text, _ in line) for line in lines]


def test_only_the_rows_of_the_targeted_markets_stand_there_with_mark_basis_and_dates() -> None:
    shown = "\n".join(words_of(desk_for(markets=["NO", "FR", "DE"], creative={"body": "Hello"}), "bets/offers"))
    assert "FR: 18+ · needs certificate  since 2020-01-01 until 2028-01-01  (law, verified (V), Act 7)" in shown
    assert "NO: prohibited  from 2027-03-01, until then it informs  (law, second hand (S), Act 5)" in shown
    assert "The last word is open." in shown
    assert "DE: 21+  (code, not verified (U): warns, never cuts, Blog post)" in shown
    assert "Act 9" not in shown


def test_examples_that_answer_the_check_and_share_markets_and_words_come_first() -> None:
    shown = words_of(desk_for(markets=["FR"], creative={"body": "A casino in Rome"}), "bets/offers")
    examples = [line for line in shown if line.startswith(("✓", "✗"))]
    assert examples == [
        "✗ rejected: a bonus. A bonus.",
        "✗ rejected: a lottery. Forbidden there.",
        "✓ approved: a cinema. No stake.",
    ]
    assert shown.index(examples[1]) < shown.index("Is there a stake? Answer yes.") < shown.index(examples[2])


def test_a_check_says_which_cue_flag_fact_industry_or_child_brought_it() -> None:
    desk = desk_for(
        creative={"body": "Casino! Free spins!"},
        industry="gambling.online",
        objective="bets",
        flags=[{"source": "model", "label": "gambling"}],
    )
    check = desk.case.catalog.check_by_id["bets/offers"]
    assert reasons_here(desk, check) == (
        "cue “Casino” in text 0-6",
        "cue “Free spins” in text 8-18, for bo",
        "flag model: gambling",
        "fact objective is bets",
        "industry gambling.online",
    )


def test_a_disguised_letter_is_named_as_hidden_text() -> None:
    desk = desk_for(creative={"body": "Best c\u0430sino in town"})
    reasons = reasons_here(desk, desk.case.catalog.check_by_id["bets/offers"])
    assert any(reason == "signal mixed scripts: casino in text 5-11, Cyrillic in a Latin word" for reason in reasons)


def test_a_child_and_a_need_name_the_answer_that_asks_them() -> None:
    desk = desk_for(markets=["FR"], creative={"body": "Casino"})
    known = desk.case.catalog.check_by_id
    need = next(check for check in desk.case.catalog.checks if check.need)
    assert reasons_here(desk, known["bets/bonus"])[0] == "asked once be is yes"
    desk.answer("bets/offers", Answer.YES)
    assert reasons_here(desk, known["bets/bonus"]) == ("asked because be is yes",)
    assert reasons_here(desk, need) == ("asked because be is yes, for FR",)


def test_hostile_words_of_an_ad_stay_text() -> None:
    for _, _, text in hostile_texts():
        desk = desk_for(creative={"headline": "casino", "body": f"casino {text}"}, industry=text[:40] or "x")
        for line in words_of(desk, "bets/offers", 40):
            assert line.isprintable()
