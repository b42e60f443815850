"""A class on an exam: honest learners get what they earned, and each way of cheating is seen or leads nowhere."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.attempts import Answers, Attempt, Contest, Pause
from modtui.domain.packs import Kind, Settings
from modtui.domain.policies import Answer
from modtui.domain.scoring import ruled
from modtui.errors import ModtuiError
from modtui.files.answers_file import write_answers
from modtui.files.pack_file import Keys, Pack, open_pack
from modtui.files.pack_keys import read_key_file
from modtui.services.class_report import (
    ANSWER_COLUMNS,
    CLASS_COLUMNS,
    ITEM_COLUMNS,
    answer_rows,
    as_json,
    card_page,
    class_page,
    class_rows,
    item_rows,
)
from modtui.services.pack_building import Plan, build_pack, plain_document
from modtui.services.pack_scoring import Scored, compare_classes, keys_for, score
from modtui.store.times import utc_text
from tests.services.exam_house import house_choice

START = 1_795_348_800_000
"22 November 2026, 12:00 UTC."


class Class:
    """An exam, its key, and the files that came home."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        kind = settings.pop("kind", Kind.EXAM)
        plan = Plan("House exam", Settings(kind, pass_at=9, **settings))
        choice, document = house_choice()
        built = build_pack(folder / "exam.pack", choice, plain_document(document), plan)
        self.pack: Pack = open_pack(built.path, built.class_code)
        self.key_file = built.key_file
        self.keys: Keys = keys_for(self.pack, built.key_file)

    def answers(self, learner: str, wrong: int = 0, seed: int = 1) -> Answers:
        """Answers with so many wrong ones, given at a steady pace."""
        rng = random.Random(f"{learner}{seed}")
        slips = set(rng.sample([ad.id for ad in self.pack.ads], wrong))
        at, attempts = START, []
        for ad in self.pack.ads:
            given = dict(self.keys[ad.id].answers)
            if ad.id in slips:
                is_yes = Answer.YES in given.values()
                given = {} if is_yes else {"weight.loss/promise": Answer.YES}
            attempts.append(self.attempt(ad.id, given, at))
            at += 20_000
        return Answers(
            self.pack.hash, self.pack.manifest_hash, learner, utc_text(START), utc_text(at),
            catalog=self.pack.manifest.catalog.snapshot, stream=f"stream-{learner}", attempts=tuple(attempts),
        )  # fmt: skip

    def attempt(self, ad_id: str, given: dict[str, Answer], at: int, number: int = 1) -> Attempt:
        ad = self.pack.ad_by_id[ad_id]
        found = ruled(ad_from_payload(ad.ad), self.pack.catalog, given, ad.as_of)
        return Attempt(
            ad_id, number, found.derived, found.derived, given, findings=found.checks, first=found.first,
            active_ms=15_000, shown_at=utc_text(at), answered_at=utc_text(at + 15_000),
        )  # fmt: skip

    def home(self, answers: Answers, name: str = "") -> Path:
        path = self.folder / f"{name or answers.learner}.answers"
        write_answers(path, answers)
        return path

    def score(self, *answers: Answers | Path, **more: Any) -> Scored:
        files = [each if isinstance(each, Path) else self.home(each) for each in answers]
        return score(self.pack, self.keys, files, **more)


@pytest.fixture
def house(tmp_path: Path) -> Class:
    return Class(tmp_path)


def doubts(scored: Scored) -> str:
    return " | ".join(doubt for card in scored.cards for doubt in card.doubts)


def test_an_honest_class_gets_what_it_earned(house: Class) -> None:
    contest = Contest("001", "It is satire. <b>", utc_text(START))
    amina = replace(house.answers("amina"), contests=(contest,))
    told: list[tuple[str, int, int]] = []
    scored = house.score(
        amina, house.answers("bo", 1), house.answers("chloé", 4), on_progress=lambda *at: told.append(at)
    )
    assert [sheet.learner for sheet in scored.sheets] == ["amina", "bo", "chloé"]
    assert [card.right.hits for card in scored.cards] == [10, 9, 6]
    assert [card.passed for card in scored.cards] == [True, True, False]
    assert doubts(scored) == ""
    assert scored.contests == (("amina", contest),)
    assert scored.agreement is not None
    assert scored.agreement.raw.value is not None
    assert scored.agreement.ac1.value is not None
    assert scored.agreement.alpha_sets.low is not None
    assert [standing.rank for standing in scored.standings] == [None, None, None]  # ten answers rank nobody
    assert ("intervals", 1000, 1000) in told


def test_the_report_holds_what_was_scored_and_runs_nothing(house: Class) -> None:
    hostile = replace(
        house.answers("<script>alert(1)</script>", 2),
        contests=(Contest("001", "=cmd|' /C calc'!A0 \x1b[2J<img src=x onerror=1>", utc_text(START)),),
    )
    scored = house.score(house.home(hostile, "h"), house.answers("amina"))
    page = class_page(scored, with_ranks=True)
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page
    charts = re.findall(r"<svg.*?</svg>", page, re.S)
    assert len(charts) == 3, "the class, and a card for each; of ten answers there is no trend"
    for chart in charts:
        assert ElementTree.fromstring(chart).get("role") == "img"
    assert "fewer than 20 answers" in page
    assert "http" not in page.replace("http-equiv", "")
    own = card_page(scored, next(sheet for sheet in scored.sheets if sheet.learner == "amina"))
    assert "amina" in own
    assert "script&gt;" not in own
    assert all(len(row) == len(CLASS_COLUMNS) for row in class_rows(scored))
    assert all(len(row) == len(ITEM_COLUMNS) for row in item_rows(scored))
    assert len(list(answer_rows(scored))) == 20
    assert all(len(row) == len(ANSWER_COLUMNS) for row in answer_rows(scored))
    found = as_json(scored)
    assert {learner["learner"] for learner in found["learners"]} == {"amina", hostile.learner}
    assert found["items"][0]["share"] in (0.5, 1.0)


# Cheating ---


def test_an_edited_file_is_refused_and_the_others_are_scored(house: Class) -> None:
    honest, edited = house.home(house.answers("amina", 1)), house.home(house.answers("bo", 4))
    edited.write_bytes(edited.read_bytes().replace(b'"outcome":"approve"', b'"outcome":"reject"', 1))
    scored = house.score(honest, edited)
    assert [sheet.learner for sheet in scored.sheets] == ["amina"]
    assert "line " in scored.refused[0][1]


def test_a_file_written_anew_has_another_code_than_was_told(house: Class) -> None:
    told = write_answers(house.folder / "then", house.answers("bo", 4))
    mended = house.answers("bo")
    assert "another one was told" in doubts(house.score(mended, codes={"Bo": told.lower()}))
    assert doubts(house.score(house.answers("bo", 4), codes={"bo": told})) == ""


def tampered(change: Callable[[Attempt], Attempt]) -> Callable[[Answers], Answers]:
    """The answers with the first wrong attempt changed."""

    def tamper(answers: Answers) -> Answers:
        return replace(answers, attempts=(change(answers.attempts[0]), *answers.attempts[1:]))

    return tamper


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (tampered(lambda a: replace(a, outcome="escalate", derived="escalate")), "they lead to"),
        (tampered(lambda a: replace(a, outcome="escalate")), "without a reason"),
        (tampered(lambda a: replace(a, saw_feedback=True)), "after its key was shown"),
        (tampered(lambda a: replace(a, number=2)), "after its key was shown, or is missing"),
        (tampered(lambda a: replace(a, answered_at=utc_text(START - 9))), "before it was shown"),
        (tampered(lambda a: replace(a, active_ms=10_000_000)), "more time at work"),
        (tampered(lambda a: replace(a, ad="999")), "does not have"),
        (lambda a: replace(a, attempts=(a.attempts[1], a.attempts[0], *a.attempts[2:])), "order of their times"),
        (lambda a: replace(a, attempts=(*a.attempts, replace(a.attempts[-1], number=2))), "does not allow"),
        (lambda a: replace(a, finished_at=""), "not finished"),
        (lambda a: replace(a, catalog="0" * 64), "another catalog"),
        (lambda a: replace(a, pauses=(Pause(a.started_at, a.finished_at),) * 3), "3 pauses, and 1 are allowed"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_beside_the_name(
    tmp_path: Path, tamper: Callable[[Answers], Answers], words: str
) -> None:
    house = Class(tmp_path, pauses=1, retry=False)
    scored = house.score(tamper(house.answers("bo", 2)))
    assert words in doubts(scored)


def test_an_outcome_that_was_written_in_counts_for_nothing(house: Class) -> None:
    answers = house.answers("bo", 10)
    right = tuple(replace(each, outcome=house.keys[each.ad].outcome, derived=house.keys[each.ad].outcome)
                  for each in answers.attempts)  # fmt: skip
    assert house.score(replace(answers, attempts=right)).cards[0].right.hits == 0


def test_answers_behind_the_time_limit_are_late_whatever_the_file_says(tmp_path: Path) -> None:
    house = Class(tmp_path, time_limit_s=100)
    answers = house.answers("bo")
    card = house.score(answers).cards[0]
    assert (card.late, card.right.hits) == (5, 5)
    away = Pause(answers.attempts[2].answered_at, utc_text(START + 5 * 20_000))
    scored = house.score(replace(answers, pauses=(away,)))
    assert scored.cards[0].late == 3
    assert "during a pause" in doubts(scored)


def test_a_second_go_does_not_count_and_one_workspace_for_two_is_told(house: Class) -> None:
    first = house.home(house.answers("bo", 5), "first")
    second_go = replace(house.answers("bo", 0), started_at=utc_text(START + 1), stream="another")
    scored = house.score(house.home(second_go, "second"), first)
    assert scored.cards[0].right.hits == 5
    assert "only the one begun first counts" in doubts(scored)
    shared = [replace(house.answers(name), stream="one") for name in ("amina", "bo")]
    assert "same workspace" in doubts(house.score(*shared))


def test_answers_to_another_pack_or_another_build_of_the_exam_are_refused(house: Class, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    other = Class(tmp_path / "again")
    assert other.pack.manifest_hash == house.pack.manifest_hash
    scored = house.score(house.answers("amina"), other.home(other.answers("bo")))
    assert [sheet.learner for sheet in scored.sheets] == ["amina"]
    assert "answers another pack" in scored.refused[0][1]
    with pytest.raises(ModtuiError, match="another pack"):
        read_key_file(other.key_file, house.pack) if other.key_file else None


def test_the_same_errors_are_told_and_two_classes_compared(house: Class) -> None:
    amina = house.answers("amina", 7)
    scored = house.score(amina, replace(amina, learner="bo", stream="b"), house.answers("chloé", 1))
    assert scored.alike == (("amina", "bo", 7, 7),)
    good = house.score(house.answers("x"), house.answers("y", 1))
    assert compare_classes(good, scored).apart == pytest.approx(0.95 - 0.5)


def test_answers_given_again_are_told_apart(tmp_path: Path) -> None:
    house = Class(tmp_path, kind=Kind.OPEN)
    answers = house.answers("bo", 10)
    at = START + 1_000_000
    again = tuple(house.attempt(each.ad, dict(house.keys[each.ad].answers), at, 2) for each in answers.attempts[:4])
    late = replace(answers, attempts=(*answers.attempts, *again), finished_at=utc_text(at + 99_000))
    (sheet,) = house.score(late).sheets
    assert (sheet.card.right.hits, sheet.again.hits, sheet.again.of) == (0, 4, 4)


def test_a_closed_key_says_how_it_opens(tmp_path: Path) -> None:
    house = Class(tmp_path)
    with pytest.raises(ModtuiError, match=r"exam\.pack has none"):
        keys_for(house.pack, None)
    (tmp_path / "s").mkdir()
    sealed = Class(tmp_path / "s", kind=Kind.SEALED)
    with pytest.raises(ModtuiError, match="sealed"):
        keys_for(open_pack(sealed.pack.path), None)
