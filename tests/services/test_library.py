"""What a reviewer looks up: what a search finds, and what changed since they last worked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.files.policy_file import read_catalog_document
from modtui.services.catalog_changes import changes_since_last_worked
from modtui.services.catalogs import Rulebook, load_rulebook
from tests.hostile.corpus import hostile_texts
from tests.services.shift import CATALOG, NOON, Shift, plain_ad, shift_at

APPEAL = "alcohol.product/minor-appeal"


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


def test_search_gives_ids_of_policies_and_checks_and_never_fails(shift: Shift) -> None:
    library = shift.bench().library()
    assert library.search("cartoon", 9) == [("alcohol.product", APPEAL)]
    assert ("alcohol.product", "") in library.search("alcoholic drinks", 9)
    assert library.search("", 9) == library.search("qzxqzx", 9) == []
    for _, _, text in hostile_texts():
        assert len(library.search(text, 3)) <= 3


def test_what_changed_is_told_since_the_catalog_last_decided_under(shift: Shift) -> None:
    shift.bring("eu", [plain_ad("a"), plain_ad("b")])
    shift.decide(shift.bench().session("eu"))
    new = changed_catalog(shift, {"drawn to it": "led to it"})
    changes = changes_since_last_worked(shift.workspace, new.catalog, "amina")
    assert changes.version == "2026.11.1" and "2026-11-22" in changes.words
    assert changes.ids == {APPEAL}
    assert changes.lines[0][0] == APPEAL and "drawn to it" in changes.lines[0][1] and "led to it" in changes.lines[0][1]
    assert changes_since_last_worked(shift.workspace, new.catalog, "noor").ids == frozenset()


def test_the_same_catalog_and_a_new_reviewer_have_no_changes(shift: Shift) -> None:
    shift.bring("eu", [plain_ad("a")])
    shift.decide(shift.bench().session("eu"))
    changes = changes_since_last_worked(shift.workspace, shift.rulebook.catalog, "amina")
    assert not changes.ids and "not worked under another version" in changes.words


def test_what_differs_is_named_at_its_check(shift: Shift) -> None:
    shift.bring("eu", [plain_ad("a"), plain_ad("b")])
    shift.decide(shift.bench().session("eu"))
    new = changed_catalog(shift, {"Target adults only": "Target grown-ups only"}).catalog
    changes = changes_since_last_worked(shift.workspace, new, "amina")
    assert [id_ for id_, _ in changes.lines] == ["alcohol.product/sells"] and "grown-ups" in changes.lines[0][1]
