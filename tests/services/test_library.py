"""What a reviewer looks up: found with slips of the hand, and what changed since they last worked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from modtui.files.policy_file import read_catalog_document
from modtui.services.catalog_changes import changes_since_last_worked, differences
from modtui.services.catalogs import Rulebook, load_rulebook
from modtui.services.policy_finder import PolicyFinder
from tests.hostile.corpus import hostile_texts
from tests.services.shift import CATALOG, NOON, Shift, plain_ad, shift_at

SELLS, APPEAL = "alcohol.product/sells", "alcohol.product/minor-appeal"


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        yield made


def changed_catalog(shift: Shift, words: dict[str, str]) -> Rulebook:
    """The catalog of the shift with some words replaced, kept in its workspace."""
    text = CATALOG.read_text(encoding="utf-8").replace("version: 2026.11.1", "version: 2026.12.1")
    for old, new in words.items():
        assert old in text
        text = text.replace(old, new, 1)
    path = shift.folder / "new.yaml"
    path.write_text(text, encoding="utf-8")
    assert not read_catalog_document(path).problems
    return load_rulebook(path, shift.workspace, NOON)


def test_words_are_found_in_titles_questions_guidance_and_examples(shift: Shift) -> None:
    finder = PolicyFinder(shift.rulebook.catalog)
    assert finder.find("alcoholic drinks", 1) == [("alcohol.product", "")]
    assert finder.find("cartoon", 9) == [("alcohol.product", APPEAL)]
    assert ("alcohol.product", "") in finder.find("wine shop adults", 9)  # an example
    assert ("food.less_healthy", "") in finder.find("makes them ill", 9)  # what it protects
    assert finder.find("am", 1) == [("alcohol.product", APPEAL)]


def test_a_check_is_found_by_its_words_and_those_of_its_policy(shift: Shift) -> None:
    found = PolicyFinder(shift.rulebook.catalog).find("alcoholic cartoon", 9)
    assert found == [("alcohol.product", APPEAL)]


def test_slips_of_the_hand_find_what_was_meant_and_nonsense_finds_nothing(shift: Shift) -> None:
    finder = PolicyFinder(shift.rulebook.catalog)
    for slip in ("carton", "catroon", "cartooon"):
        assert ("alcohol.product", APPEAL) in finder.find(slip, 9)
    for nonsense in ("", "   ", "qzxqzx", "\x1b[2J"):
        assert finder.find(nonsense, 9) == []
    for _, _, text in hostile_texts():
        assert isinstance(finder.find(text, 9), list)


def test_each_letter_more_finds_no_more_until_a_word_stands_nowhere(shift: Shift) -> None:
    finder = PolicyFinder(shift.rulebook.catalog)
    found = [set(finder.find("cartoon"[:length], 99)) for length in range(1, 8)]
    assert all(fewer <= more for more, fewer in pairwise(found))


def test_what_changed_is_told_since_the_catalog_last_decided_under(shift: Shift) -> None:
    shift.bring("eu", [plain_ad("a"), plain_ad("b")])
    shift.decide(shift.bench().session("eu"))
    new = changed_catalog(shift, {"drawn to it": "led to it"})
    changes = changes_since_last_worked(shift.workspace, new.catalog, "amina")
    assert changes.version == "2026.11.1" and "2026-11-22" in changes.words
    assert changes.ids == {APPEAL}
    assert changes.lines[0][1].startswith("asked before: Would a child")
    assert changes_since_last_worked(shift.workspace, new.catalog, "noor").ids == frozenset()


def test_the_same_catalog_and_a_new_reviewer_have_no_changes(shift: Shift) -> None:
    shift.bring("eu", [plain_ad("a")])
    shift.decide(shift.bench().session("eu"))
    changes = changes_since_last_worked(shift.workspace, shift.rulebook.catalog, "amina")
    assert not changes.ids and "not worked under another version" in changes.words


def test_what_differs_is_named_and_a_catalog_does_not_differ_from_itself(shift: Shift) -> None:
    old = shift.rulebook.catalog
    new = changed_catalog(shift, {"Target adults only": "Target grown-ups only"}).catalog
    assert ("alcohol.product/sells", "changed: fix") in list(differences(old, new))
    assert list(differences(old, old)) == []
