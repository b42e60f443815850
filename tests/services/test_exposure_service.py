"""A reviewer's care: kept for them alone, counted for today alone, gone when they say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.exposure import BLURRED, GREY, HINT_ADS, Care
from modtui.services.exposure import CareBook
from modtui.store.workspace import Workspace, open_workspace
from tests.services.room import MINUTE, NOON

ADULT = frozenset({"adult"})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path / "w.db", NOON) as opened:
        yield opened


class Book:
    """A book whose clock is set."""

    def __init__(self, workspace: Workspace, reviewer: str = "amina") -> None:
        self.now, self.workspace, self.reviewer = NOON, workspace, reviewer
        self.book = CareBook(workspace, reviewer, lambda: self.now)

    def again(self) -> CareBook:
        """As the next session finds it."""
        self.workspace.writer.call(lambda tx: None)
        self.workspace.writer.call(lambda tx: None, background=True)
        return CareBook(self.workspace, self.reviewer, lambda: self.now)


def test_choices_and_count_are_there_the_next_time(workspace: Workspace) -> None:
    mine = Book(workspace)
    mine.book.choose(mine.book.care.with_start("food", GREY))
    mine.book.left(ADULT, 90_000)
    found = mine.again()
    assert found.care.start["food"] == GREY
    assert (found.today.ads, found.today.active_ms) == (1, 90_000)


def test_nobody_else_s_book_is_touched(workspace: Workspace) -> None:
    Book(workspace).book.left(ADULT, 1000)
    other = Book(workspace, "bo").again()
    assert other.today.ads == 0 and other.care == Care()


def test_yesterday_is_not_kept(workspace: Workspace) -> None:
    mine = Book(workspace)
    mine.book.left(ADULT, 1000)
    mine.now += 24 * 60 * MINUTE
    assert mine.again().today.ads == 0
    mine.book.left(ADULT, 1000)
    assert mine.again().today.ads == 1


def test_a_break_is_hinted_at_unless_that_is_off(workspace: Workspace) -> None:
    mine = Book(workspace)
    hints = [mine.book.left(ADULT, 1000) for _ in range(HINT_ADS + 1)]
    assert [number for number, hint in enumerate(hints) if hint] == [HINT_ADS - 1]
    assert hints[HINT_ADS - 1] == f"{HINT_ADS} sensitive ads, 0 min today: time for a break?"
    other = Book(workspace, "bo")
    other.book.choose(Care({"adult": BLURRED}, has_hints=False))
    assert not any(other.book.left(ADULT, 1000) for _ in range(HINT_ADS + 1))


def test_it_can_be_deleted_and_leaves_nothing(workspace: Workspace) -> None:
    mine = Book(workspace)
    mine.book.choose(mine.book.care.with_start("food", GREY))
    mine.book.left(ADULT, 1000)
    mine.again().forget()
    with workspace.read() as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM settings WHERE name LIKE 'care%'")]
    assert names == []
    assert mine.again().care == Care()
