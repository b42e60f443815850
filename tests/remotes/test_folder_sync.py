"""Real workspaces over a real folder: what one decides all get, once, whatever happens between."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from modtui.domain.events import FIRST_PREV
from modtui.domain.streams import read_row
from modtui.errors import ModtuiError
from modtui.remotes.bundles import write_bundle
from modtui.remotes.folder import FACTS, FolderRemote, make_folder
from modtui.remotes.places import Directory
from modtui.services.carrying import read_file, write_file
from modtui.services.conflicts import adjudicate, find_conflict, list_conflicts
from modtui.services.syncing import add_remote, missing_at, only_sync, sync
from modtui.store.checking import rebuild_state, verify_workspace
from modtui.store.event_log import EventLog
from modtui.store.remotes import count_unsynced, quarantined
from tests.remotes.team_story import Laptop, team_folder, unknown_event
from tests.store.desk import NOW_MS, ad_row, fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return team_folder(tmp_path)


def laptop(tmp_path: Path, name: str, folder: Path | None, **more: object) -> Laptop:
    return Laptop(tmp_path / f"{name}.db", name, folder, **more)  # type: ignore[arg-type]


def agree(*laptops: Laptop) -> None:
    for _ in range(2):
        for each in laptops:
            each.sync()
    first = laptops[0]
    for each in laptops[1:]:
        assert each.events() == first.events()
        assert each.state() == first.state()
    for each in laptops:
        assert verify_workspace(each.workspace.reader).is_whole
        before = each.state()
        each.workspace.writer.call(lambda tx: rebuild_state(tx.connection))
        assert [row[:4] for row in each.state()] == [row[:4] for row in before], "the state is the fold of the events"


def test_a_decision_reaches_the_others_once(tmp_path: Path, folder: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", folder), laptop(tmp_path, "bela", folder)
    amina.decide("a1", "reject")
    assert count_unsynced(amina.workspace.reader) == 1
    assert amina.sync().pushed == 1
    assert count_unsynced(amina.workspace.reader) == 0
    assert bela.sync().pulled == 1
    assert bela.item("a1").outcome == "reject"
    again = amina.sync(), bela.sync()
    assert [(done.pulled, done.pushed) for done in again] == [(0, 0), (0, 0)]
    agree(amina, bela)


def test_two_decisions_on_one_ad_are_a_conflict_that_somebody_else_settles(tmp_path: Path, folder: Path) -> None:
    amina, bela, carl = (laptop(tmp_path, name, folder) for name in ("amina", "bela", "carl"))
    amina.decide("a1", "reject")
    bela.decide("a1", "approve")
    agree(amina, bela, carl)
    assert carl.item("a1").mark == "conflict"
    conflict = find_conflict(carl.workspace, "a1")
    assert [(verdict.actor, verdict.body["outcome"]) for verdict in conflict.verdicts] == [
        ("amina", "reject"), ("bela", "approve"),
    ]  # fmt: skip
    with pytest.raises(ModtuiError, match="somebody else"):
        adjudicate(amina.workspace, find_conflict(amina.workspace, "a1"), "1", "amina")
    adjudicate(carl.workspace, conflict, "1", "carl", "the page says so", clock=lambda: NOW_MS)
    agree(amina, bela, carl)
    assert list_conflicts(amina.workspace) == []
    assert bela.item("a1").outcome == "reject"


def test_an_adjudication_by_a_clock_years_behind_counts_all_the_same(tmp_path: Path, folder: Path) -> None:
    amina, bela, carl = (laptop(tmp_path, name, folder) for name in ("amina", "bela", "carl"))
    amina.decide("a1", "reject")
    bela.decide("a1", "approve")
    agree(amina, bela, carl)
    adjudicate(
        carl.workspace, find_conflict(carl.workspace, "a1"), "2", "carl", "the page says so", clock=lambda: 1_000_000
    )
    agree(amina, bela, carl)
    assert {each.item("a1").outcome for each in (amina, bela, carl)} == {"approve"}
    assert list_conflicts(amina.workspace) == []


def test_a_retraction_after_sending_is_listed_and_reaches_the_others(tmp_path: Path, folder: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", folder), laptop(tmp_path, "bela", folder)
    sent = amina.decide("a1", "reject")
    unsent = amina.decide("a2")
    amina.retract(unsent, "a2")
    assert sync(amina.workspace).withdrawn == ()
    amina.retract(sent, "a1")
    report = sync(amina.workspace)
    assert [event.supersedes for event in report.withdrawn] == [(sent,)]
    agree(amina, bela)
    assert bela.item("a1").state == "new"


def test_a_backup_put_back_starts_a_new_stream_and_gets_back_what_it_lost(tmp_path: Path, folder: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", folder), laptop(tmp_path, "bela", folder)
    amina.decide("a1")
    amina.sync()
    backup = amina.save(tmp_path / "backup.db")
    amina.decide("a2", "reject")
    amina.sync()
    held = amina.events()
    amina.path.unlink()
    backup.replace(amina.path)
    amina = laptop(tmp_path, "amina", None, ads=())
    amina.decide("a3")
    agree(amina, bela)
    assert held < amina.events()
    assert len(amina.events()) == 3


def test_a_backup_written_over_the_file_forks_the_stream_and_loses_nothing(tmp_path: Path, folder: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", folder), laptop(tmp_path, "bela", folder)
    amina.decide("a1")
    amina.sync()
    backup = amina.save(tmp_path / "backup.db")
    amina.decide("a2", "reject")
    amina.sync()
    held = amina.events()
    amina.put_back(backup)
    amina.decide("a3", "reject")
    done = amina.sync()
    assert done.forked == [amina.workspace.stream.stream]
    agree(amina, bela)
    assert held < amina.events()
    assert len(amina.events()) == 3
    amina.decide("a1", "reject")
    bela.decide("a2")
    agree(amina, bela)
    assert len(bela.events()) == 5


def test_a_copied_workspace_is_a_stream_of_its_own(tmp_path: Path, folder: Path) -> None:
    amina = laptop(tmp_path, "amina", folder)
    amina.decide("a1")
    bela = amina.copy(tmp_path / "copy.db", "bela")
    assert bela.workspace.stream.stream != amina.workspace.stream.stream
    bela.decide("a2", "reject")
    amina.decide("a3")
    agree(amina, bela)
    assert len(amina.events()) == 3


def test_a_folder_that_was_set_back_or_lost_is_filled_again(tmp_path: Path, folder: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", folder), laptop(tmp_path, "bela", folder)
    for ad in ("a1", "a2", "a3"):
        amina.decide(ad)
        amina.sync()
    bela.sync()
    bundles = sorted(folder.rglob("*.zst"))
    bundles[-1].unlink()
    amina.decide("a1", "reject")
    agree(amina, bela)
    for bundle in folder.rglob("*.zst"):
        bundle.unlink()
    (folder / FACTS).unlink()
    make_folder(Directory(folder), "eu_ads")
    carl = laptop(tmp_path, "carl", folder)
    bela.sync()
    carl.sync()
    assert carl.events() == amina.events(), "bela had all of amina's events, and sent them"


def test_a_broken_bundle_is_named_and_stops_no_other_stream(tmp_path: Path, folder: Path) -> None:
    amina, bela, carl = (laptop(tmp_path, name, folder) for name in ("amina", "bela", "carl"))
    amina.decide("a1")
    amina.sync()
    broken = next(folder.rglob("*.zst"))
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-3])
    bela.decide("a2")
    bela.sync()
    report = sync(carl.workspace)
    assert report.pulled == 1
    assert [("cut off" in each.why) for each in report.refused] == [True]
    assert [each.name.rpartition("/")[2] for each in quarantined(carl.workspace.reader)] == [broken.name]
    sync(amina.workspace, from_the_start=True)
    assert broken.read_bytes() == whole, "whoever has the events sends them again"
    agree(amina, bela, carl)
    assert quarantined(carl.workspace.reader) != []
    sync(carl.workspace)
    assert quarantined(carl.workspace.reader) == []


def test_foreign_files_are_named_and_left_alone(tmp_path: Path, folder: Path) -> None:
    (folder / "notes.txt").write_text("lunch")
    (folder / "streams").mkdir(exist_ok=True)
    (folder / "streams" / "photo.jpg").write_bytes(b"\xff")
    amina = laptop(tmp_path, "amina", folder)
    amina.decide("a1")
    amina.sync()
    stream = next((folder / "streams").glob("*/"))
    os.mkfifo(stream / "0000000009-0000000009-aaaaaaaaaaaa-bbbbbbbbbbbb-cccccccccccccccccccccccc.jsonl.zst")
    done = laptop(tmp_path, "bela", folder).sync()
    assert done.pulled == 1
    assert sorted(each.name for each in done.refused if each.is_foreign) == ["notes.txt", "streams/photo.jpg"]
    assert len(done.refused) == 3
    assert (folder / "notes.txt").read_text() == "lunch"


def test_what_a_later_modtui_wrote_is_carried_along_byte_for_byte(tmp_path: Path, folder: Path) -> None:
    stream = "ab" * 16
    document = unknown_event(stream)
    row, _ = read_row(document)
    files = Directory(folder)
    FolderRemote(files).push(stream, [row])
    amina = laptop(tmp_path, "amina", folder)
    assert amina.sync().pulled == 1
    other = tmp_path / "other"
    other.mkdir()
    make_folder(Directory(other), "eu_ads")
    add_remote(amina.workspace, "second", str(other))
    sync(amina.workspace, "second")
    bela = laptop(tmp_path, "bela", other)
    bela.sync()
    stored = bela.workspace.reader.execute("SELECT document FROM events WHERE kind = 'sonnet'").fetchone()
    assert stored == (document,)


def test_events_wait_for_their_ads(tmp_path: Path, folder: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", folder), laptop(tmp_path, "bela", folder, ads=())
    amina.decide("a2", "reject")
    amina.sync()
    bela.sync()
    fill(bela.workspace, ad_row("a2"))
    bela.sync()
    assert bela.item("a2").outcome == "reject"


def test_another_teams_folder_and_a_newer_one_are_refused_with_words(tmp_path: Path, folder: Path) -> None:
    amina = laptop(tmp_path, "amina", folder)
    amina.decide("a1")
    (folder / FACTS).write_text('{"modtui_remote":1,"team":"us_ads","incarnation":"x"}')
    with pytest.raises(ModtuiError, match="us_ads"):
        amina.sync()
    (folder / FACTS).write_text('{"modtui_remote":2,"team":"eu_ads","incarnation":"x"}')
    with pytest.raises(ModtuiError, match="too new"):
        amina.sync()
    assert not list(folder.rglob("*.zst")), "nothing was sent"
    with pytest.raises(ModtuiError, match="password"):
        add_remote(amina.workspace, "s3", "sftp://me:secret@host/ads")


def test_one_sync_at_a_time_and_an_unreachable_folder_is_tried_again(tmp_path: Path, folder: Path) -> None:
    amina = laptop(tmp_path, "amina", folder)
    amina.decide("a1")
    with only_sync(amina.path), pytest.raises(ModtuiError, match="Another sync"):
        sync(amina.workspace)
    away = folder.rename(tmp_path / "away")
    pauses: list[float] = []

    def mount_at_the_third(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            away.rename(folder)

    assert sync(amina.workspace, pause=mount_at_the_third).pushed == 1
    assert len(pauses) == 3


def test_a_dry_run_sends_nothing(tmp_path: Path, folder: Path) -> None:
    amina = laptop(tmp_path, "amina", folder)
    amina.decide("a1")
    _, missing = missing_at(amina.workspace)
    assert [(each.stream, each.events) for each in missing] == [(amina.workspace.stream.stream, 1)]
    assert not list(folder.rglob("*.zst"))


def test_a_file_carried_by_hand(tmp_path: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", None), laptop(tmp_path, "bela", None)
    amina.decide("a1", "reject")
    carried = tmp_path / "hand-over.modtui"
    assert write_file(amina.workspace, carried).pushed == 1
    assert read_file(bela.workspace, carried).pulled == 1
    assert read_file(bela.workspace, carried).pulled == 0
    assert bela.item("a1").outcome == "reject"
    carried.write_bytes(carried.read_bytes()[:-40])
    with pytest.raises(ModtuiError, match="Cannot open"):
        read_file(bela.workspace, carried)


def test_events_that_reuse_an_id_are_refused_and_the_rest_goes_on(tmp_path: Path, folder: Path) -> None:
    amina, bela = laptop(tmp_path, "amina", folder), laptop(tmp_path, "bela", folder)
    amina.decide("a1")
    own = next(event for _, event in EventLog().read(amina.workspace.reader))
    stream = "cd" * 16
    document = unknown_event(stream).replace(read_row(unknown_event(stream))[0].id, own.id)
    taken = document.replace(read_row(document)[0].id, own.id)
    row, _ = read_row(taken)
    name, content = write_bundle(stream, [row])
    assert row.prev == FIRST_PREV
    Directory(folder).write(f"streams/{stream}/{name}", content)
    bela.decide("a2")
    bela.sync()
    done = amina.sync()
    assert done.pulled == 1
    assert [own.id in each.why for each in done.refused] == [True]


def test_a_full_disk_there_is_said_and_the_next_sync_mends_it(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina = laptop(tmp_path, "amina", folder)
    amina.decide("a1")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("modtui.remotes.places.os.fsync", full)
        with pytest.raises(ModtuiError, match="Disk full at the remote"):
            amina.sync(FolderRemote(Directory(folder)))
    assert not [path for path in folder.rglob("*") if path.name.endswith((".zst", ".tmp"))]
    assert count_unsynced(amina.workspace.reader) == 1
    assert amina.sync().pushed == 1
