"""The log of attempts: chained as events are, apart from them, and not to be changed unseen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import modtui
from modtui.domain.events import Entry
from modtui.domain.practice_log import ATTEMPT, BEGUN, CONTEST, body_of
from modtui.store import attempts, drill_cards, sqlite
from modtui.store.attempts import LOG, PackRow, RunRow
from modtui.store.drill_cards import DrillCard
from modtui.store.errors import EventRefused
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.workspace import Workspace
from tests.store.desk import NOW, NOW_MS, open_desk

PACK = PackRow(0, "a" * 64, "Weight", "open", 3, NOW, "/nowhere/a.pack", "1")


def an_entry(kind: str = ATTEMPT, learner: str = "amina", ad: str = "001") -> Entry:
    return Entry(new_event_id(NOW_MS), kind, learner, NOW, body_of(PACK.hash, ad=ad))


def with_a_pack(folder: Path) -> tuple[Workspace, int]:
    workspace = open_desk(folder)
    workspace.writer.call(lambda tx: attempts.keep_pack(tx, PACK))
    found = attempts.find_pack(workspace.reader, PACK.hash)
    assert found is not None
    return workspace, found.pack_no


def test_attempts_are_chained_apart_from_events(tmp_path: Path) -> None:
    workspace, pack_no = with_a_pack(tmp_path)
    with workspace:
        first, second = an_entry(BEGUN), an_entry()
        workspace.writer.call(lambda tx: attempts.append(tx, first, pack_no))
        workspace.writer.call(lambda tx: attempts.append_attempt(tx, second, pack_no, 1, 1))
        again = workspace.writer.call(lambda tx: attempts.append_attempt(tx, second, pack_no, 1, 1))
        assert again.seq == 2
        assert [each.id for each in attempts.entries_of(workspace.reader, pack_no, "amina")] == [first.id, second.id]
        assert attempts.entries_of(workspace.reader, pack_no, "bela") == []
        assert LOG.verify(workspace.reader).checked == 2
        assert EventLog().count(workspace.reader) == 0


def test_the_two_logs_take_only_their_own_kinds(tmp_path: Path) -> None:
    workspace, pack_no = with_a_pack(tmp_path)
    with workspace:
        with pytest.raises(ValueError, match="unknown kind"):
            workspace.writer.call(lambda tx: tx.append_event(an_entry()))
        with pytest.raises(ValueError, match="unknown kind"):
            workspace.writer.call(lambda tx: attempts.append(tx, an_entry("decision"), pack_no))


def test_an_ad_is_answered_first_only_once(tmp_path: Path) -> None:
    workspace, pack_no = with_a_pack(tmp_path)
    with workspace:
        workspace.writer.call(lambda tx: attempts.append_attempt(tx, an_entry(), pack_no, 1, 1))
        with pytest.raises(EventRefused, match="Another modtui"):
            workspace.writer.call(lambda tx: attempts.append_attempt(tx, an_entry(), pack_no, 1, 1))
        workspace.writer.call(lambda tx: attempts.append_attempt(tx, an_entry(learner="bela"), pack_no, 1, 1))
        workspace.writer.call(lambda tx: attempts.append_attempt(tx, an_entry(), pack_no, 1, 2))


def test_attempts_can_be_neither_changed_nor_deleted(tmp_path: Path) -> None:
    workspace, pack_no = with_a_pack(tmp_path)
    with workspace:
        workspace.writer.call(lambda tx: attempts.append(tx, an_entry(CONTEST), pack_no, 2))
        for statement in ("DELETE FROM attempts", "UPDATE attempts SET actor = 'bela'"):
            with pytest.raises(Exception, match="attempts are never"):
                workspace.writer.call(lambda tx, sql=statement: tx.connection.execute(sql))


@pytest.mark.parametrize("what", ["document", "hash", "actor"])
def test_a_changed_letter_in_the_log_is_named(tmp_path: Path, what: str) -> None:
    workspace, pack_no = with_a_pack(tmp_path)
    entries = [an_entry(BEGUN), an_entry(), an_entry(CONTEST)]
    with workspace:
        for each in entries:
            workspace.writer.call(lambda tx, entry=each: attempts.append(tx, entry, pack_no))
    by_hand = sqlite.connect_writer(workspace.path)
    by_hand.execute("DROP TRIGGER attempts_are_not_changed")
    (stored,) = by_hand.execute(f"SELECT {what} FROM attempts WHERE id = ?", (entries[1].id,)).fetchone()
    letter = "a" if "a" in stored else stored[0]  # a hash may be without
    changed = stored.replace(letter, "c" if letter == "b" else "b")
    by_hand.execute(f"UPDATE attempts SET {what} = ? WHERE id = ?", (changed, entries[1].id))
    found = LOG.verify(by_hand)
    by_hand.close()
    assert found.broken is not None
    assert (found.checked, found.broken.event_id) == (1, entries[1].id)


def test_runs_drafts_and_cards_are_kept(tmp_path: Path) -> None:
    workspace, pack_no = with_a_pack(tmp_path)
    number = attempts.ad_number(pack_no, 2)
    run = RunRow(pack_no, "amina", 1, 2, NOW)
    late = DrillCard("weight.loss/promise", NOW_MS + 10, NOW_MS, "{}")
    with workspace:
        workspace.writer.call(lambda tx: attempts.save_run(tx, run))
        workspace.writer.call(lambda tx: attempts.save_draft(tx, number, "amina", {"note": "é"}, NOW))
        workspace.writer.call(lambda tx: drill_cards.add_card(tx, "amina", late))
        workspace.writer.call(lambda tx: drill_cards.add_card(tx, "amina", DrillCard(late.clause, 0, 0, "{}")))
        reader = workspace.reader
        assert attempts.find_run(reader, pack_no, "amina") == run
        assert attempts.find_draft(reader, number, "amina") == {"note": "é"}
        assert attempts.find_draft(reader, number, "bela") is None
        assert drill_cards.count_due(reader, "amina", NOW_MS + 9) == 0
        assert drill_cards.due_cards(reader, "amina", NOW_MS + 10) == [late]
        workspace.writer.call(lambda tx: attempts.delete_draft(tx, number, "amina"))
        assert attempts.find_draft(reader, number, "amina") is None


def test_nothing_that_syncs_or_exports_reads_attempts() -> None:
    root = Path(modtui.__file__).parent
    leaving = [*(root / "remotes").rglob("*.py"), root / "services" / "exporting.py"]
    leaving += sorted((root / "services").glob("sync*.py"))
    for path in leaving:
        assert not re.search(r"\battempts\b", path.read_text(encoding="utf-8")), path.name
