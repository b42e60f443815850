"""The writer: one thread, whole transactions, faults in words, and no acknowledged decision lost to a kill."""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from modtui.store import ad_rows, search, sqlite, writer
from modtui.store.checking import verify_workspace
from modtui.store.errors import CalledBack, StorageBusy, StorageFailed, WorkspaceDamaged
from modtui.store.event_log import EventLog
from modtui.store.lock import WriterTurn
from modtui.store.queues import list_queues, queue_counts
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace
from tests.store.desk import NOW, NOW_MS, ad_row, append, claim, entry, fill, open_desk, sit_down

WORKER = Path(__file__).with_name("worker.py")


def start(task: str, path: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), task, str(path), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


def test_a_transaction_is_whole_or_nothing(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    item = claim(workspace)
    assert item is not None

    def half(tx: object) -> None:
        tx.append_event(entry(item), session="s-amina")  # type: ignore[attr-defined]
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        workspace.writer.call(half)
    assert EventLog().count(workspace.reader) == 0
    assert queue_counts(workspace.reader, 1).in_review == 1
    append(workspace, entry(item))
    assert EventLog().count(workspace.reader) == 1


def test_transactions_run_in_turn_on_one_thread_and_background_work_waits(workspace: Workspace) -> None:
    gate, order, threads = threading.Event(), [], set()

    def job(name: str) -> Future[None]:
        def run(tx: object) -> None:
            threads.add(threading.current_thread().name)
            order.append(name)

        return workspace.writer.submit(run, background=name.startswith("import"))

    blocked = workspace.writer.submit(lambda tx: gate.wait(10))
    futures = [job(name) for name in ("import 1", "decide 1", "import 2", "decide 2")]
    gate.set()
    assert blocked.result(10)
    for future in futures:
        future.result(10)
    assert order == ["decide 1", "decide 2", "import 1", "import 2"]
    assert threads == {"modtui-writer"}


@pytest.mark.parametrize("are_known", [False, True])
def test_a_decision_gets_in_between_two_steps_of_a_batch_and_of_the_index(
    workspace: Workspace, are_known: bool
) -> None:
    """An import stops within a hundred rows when a decision waits, goes on after it, and counts every row once."""
    rows = [ad_row(f"a{i}") for i in range(ad_rows.BATCH_ROWS)]
    fill(workspace, *(rows if are_known else ()))
    left: list[Any] = [rows]
    counts = ad_rows.ImportCounts()
    order: list[str] = []

    def decide() -> None:
        if len(order) < 3:
            workspace.writer.submit(lambda tx: order.append("decision"))

    def store(tx: Transaction) -> bool:
        nonlocal counts
        decide()
        stored, left[0] = tx.store_some("q", left[0], NOW_MS)
        counts += stored
        order.append(f"{stored.new + stored.unchanged} rows")
        return bool(left[0])

    workspace.writer.submit_steps(store).result(60)
    assert order == ["100 rows", "decision", "100 rows", "decision", "300 rows"]
    assert (counts.new, counts.unchanged) == ((0, 500) if are_known else (500, 0))
    found = workspace.reader.execute("SELECT n, id FROM queue_items JOIN ads USING (ad_no) ORDER BY n").fetchall()
    assert found == [(i + 1, f"a{i}") for i in range(500)]
    order.clear()

    def index(tx: Transaction) -> bool:
        decide()
        done = tx.index_next()
        order.append(f"{done} indexed")
        return bool(done)

    workspace.writer.submit_steps(index).result(60)
    indexed = ["100 indexed", "decision", "100 indexed", "decision", "200 indexed", "100 indexed", "0 indexed"]
    assert order == indexed
    assert search.find_ads(workspace.reader, "a499") == [500]


def test_a_turn_is_known_to_be_wanted_while_another_waits_for_it(tmp_path: Path) -> None:
    first, second = WriterTurn(tmp_path / "w"), WriterTurn(tmp_path / "w")
    first.acquire()
    assert not first.is_wanted()
    with pytest.raises(StorageBusy):
        second.acquire(0.0)  # its place in the line is kept
    while not first.is_wanted():
        pass
    first.release()
    second.acquire()
    assert not second.is_wanted()
    second.release()
    first.close()
    second.close()


def test_what_was_submitted_is_written_before_closing(tmp_path: Path) -> None:
    workspace = open_desk(tmp_path)
    futures = [workspace.writer.submit(lambda tx, i=i: tx.create_queue(f"q{i}", NOW)) for i in range(20)]
    workspace.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(StorageFailed, match="closed"):
        workspace.writer.call(lambda tx: tx.set_setting("a", 1))
    with open_desk(tmp_path) as again:
        assert len(list_queues(again.reader)) == 20


def test_a_workspace_kept_by_another_process_is_named_and_works_afterwards(workspace: Workspace) -> None:
    other = WriterTurn(workspace.path)
    other.acquire()
    workspace.writer.turn_seconds = 0.02
    for _ in range(3):
        with pytest.raises(StorageBusy, match=str(os.getpid())):
            workspace.writer.call(lambda tx: tx.set_setting("a", 1))
    other.release()
    workspace.writer.turn_seconds = 5.0
    workspace.writer.call(lambda tx: tx.set_setting("a", 1))
    other.acquire(5.0)
    other.release()
    other.close()


def test_a_lock_of_sqlite_itself_is_an_error_with_words(workspace: Workspace) -> None:
    workspace.writer.call(lambda tx: tx.connection.execute("SELECT 1"))
    workspace.writer.call(lambda tx: None)
    foreign = sqlite.connect_writer(workspace.path)
    foreign.execute("BEGIN IMMEDIATE")
    workspace.writer._connection.execute("PRAGMA busy_timeout=10")  # a short wait instead of five seconds
    with pytest.raises(StorageBusy, match="Nothing was saved"):
        workspace.writer.call(lambda tx: tx.set_setting("a", 1))
    foreign.execute("ROLLBACK")
    foreign.close()
    workspace.writer.call(lambda tx: tx.set_setting("a", 1))


def test_what_waits_for_its_turn_is_called_back_at_once_and_never_stored(workspace: Workspace) -> None:
    writer, other = workspace.writer, WriterTurn(workspace.path)
    other.acquire()
    waiting = writer.submit(lambda tx: tx.set_setting("a", 1))
    behind = writer.submit(lambda tx: tx.set_setting("b", 1))
    kept = writer.submit(lambda tx: tx.set_setting("c", 1))
    assert writer.call_back(waiting) and writer.call_back(behind) and not writer.call_back(waiting)
    for future in (waiting, behind):
        with pytest.raises(CalledBack, match="Nothing was saved"):
            future.result(0)
    other.release()
    kept.result()
    assert not writer.call_back(kept)
    other.close()
    names = workspace.reader.execute("SELECT name FROM settings WHERE name IN ('a', 'b', 'c')").fetchall()
    assert [tuple(name) for name in names] == [("c",)]


def test_a_transaction_that_has_begun_is_not_called_back(workspace: Workspace) -> None:
    writer, begun, go_on = workspace.writer, threading.Event(), threading.Event()

    def run(tx: Transaction) -> int:
        begun.set()
        go_on.wait(60)
        return 1

    future = writer.submit(run)
    begun.wait(60)
    assert not writer.call_back(future)
    go_on.set()
    assert future.result() == 1


def test_no_room_is_said_nothing_is_lost_and_work_goes_on_afterwards(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        fill(workspace, ad_row("a"), ad_row("b"))
        path = workspace.path
    worker = start("run-out-of-room", path, "amina")
    lines = worker.communicate(timeout=60)[0].splitlines()
    assert worker.returncode == 0
    assert len(lines) == 4
    assert all(line.startswith(("StorageFailed absent", "StorageUncertain absent")) for line in lines[:3]), lines
    assert lines[3] == "recovered 2 True"


def test_a_full_disk_is_said_and_work_goes_on_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], capture_output=True).returncode
    ):
        pytest.skip("needs the right to mount a small disk")
    try:
        with open_desk(disk) as workspace:
            sit_down(workspace, "amina")
            fill(workspace, ad_row("a"))
            item = claim(workspace)
            assert item is not None
            decision = entry(item)
            with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
                while True:
                    filler.write(b"x" * 4096)
            with pytest.raises(StorageFailed) as full:
                append(workspace, decision)
                workspace.writer.call(lambda tx: tx.set_setting("a", "x" * 500_000))
            assert full.value.hint
            (disk / "filler").unlink()
            append(workspace, decision)
            assert EventLog().count(workspace.reader) == 1
            assert verify_workspace(workspace.reader).is_whole
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_vanished_file_is_an_error_and_no_new_file_takes_its_place(tmp_path: Path) -> None:
    workspace = open_desk(tmp_path)
    workspace.path.unlink()
    with pytest.raises(StorageFailed):
        workspace.writer.call(lambda tx: tx.set_setting("a", 1))
    assert not workspace.path.exists()
    workspace.close()


def test_a_file_that_becomes_unreadable_is_damage_in_words(tmp_path: Path) -> None:
    with open_desk(tmp_path) as workspace:
        fill(workspace, *(ad_row(f"a{i}") for i in range(300)))
    path = tmp_path / "w.modtui"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(WorkspaceDamaged) as damage:
        open_desk(tmp_path).close()
    assert "restore" in damage.value.hint


def test_kill_9_at_random_moments_loses_no_acknowledged_event(tmp_path: Path) -> None:
    dice = random.Random(9)
    open_desk(tmp_path).close()
    path = tmp_path / "w.modtui"
    with open_desk(tmp_path) as workspace:
        workspace.writer.call(lambda tx: tx.create_queue("q", NOW))
    acknowledged: list[str] = []
    for round_ in range(20):
        workers = [start("decide-for-ever", path, f"r{round_}-{i}") for i in range(1 + round_ % 2)]
        if round_ % 5:
            for worker in workers:
                assert worker.stdout is not None
                acknowledged += worker.stdout.readline().split()[1:]
        pause = dice.uniform(0.0, 0.15)
        select.select([], [], [], pause)
        for worker in workers:
            worker.kill()
            acknowledged += [
                line.split()[1]
                for line in worker.communicate()[0].splitlines()
                if line.endswith(tuple("0123456789abcdef"))
            ]
    with open_desk(tmp_path) as workspace:
        assert workspace.damage is None
        stored = [event.id for _, event in EventLog().read(workspace.reader)]
        whole_ids = [event_id for event_id in acknowledged if len(event_id) == 36]
        assert len(whole_ids) > 20
        assert set(whole_ids) <= set(stored) and len(stored) == len(set(stored))
        report = verify_workspace(workspace.reader)
        assert report.is_whole and report.chain.checked == len(stored)
        sit_down(workspace, "after")
        assert claim(workspace, "after") is not None or queue_counts(workspace.reader, 1).new == 0


def test_turns_are_shared(tmp_path: Path) -> None:
    """Three holders that always want the turn again each get it."""
    taken = dict.fromkeys(range(3), 0)
    stop = threading.Event()

    def work(name: int) -> None:
        turn = WriterTurn(tmp_path / "w")
        while not stop.is_set():
            turn.acquire()
            taken[name] += 1
            turn.release()
            if min(taken.values()) >= 20 or sum(taken.values()) > 500_000:
                stop.set()
        turn.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert min(taken.values()) >= 20


@pytest.mark.parametrize("is_shared", [True, False])
def test_while_another_process_writes_its_log_and_its_sorting_are_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_shared: bool
) -> None:
    """A decision would wait for the pages of an import that the session before it brings into the file."""
    monkeypatch.setattr(writer, "SHARED_SECONDS", 3600.0 if is_shared else 0.0)
    workspace = open_desk(tmp_path)
    workspace.writer.call(lambda tx: tx.create_queue("q", NOW))
    other = sqlite.connect_writer(workspace.path)
    pages = 4096 * (writer.CHECKPOINT_PAGES + writer.BACKGROUND_CHECKPOINT_PAGES) // 2
    other.execute("INSERT INTO settings (name, value) VALUES ('of another', ?)", ("x" * pages,))
    fill(workspace, ad_row("a"), ad_row("b"))
    workspace.close()
    _, log, done = other.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    waiting = other.execute("SELECT size - sorted FROM queues WHERE name = 'q'").fetchone()[0]
    other.close()
    assert (log - done >= writer.CHECKPOINT_PAGES, waiting) == ((True, 2) if is_shared else (False, 0))


def test_a_slow_transaction_does_not_hold_up_readers(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    writing, go_on = threading.Event(), threading.Event()

    def slow(tx: object) -> None:
        tx.set_setting("a", 1)  # type: ignore[attr-defined]
        writing.set()
        go_on.wait(10)

    future = workspace.writer.submit(slow)
    assert writing.wait(10)
    begun = time.monotonic()
    assert workspace.reader.execute("SELECT count(*) FROM ads").fetchone()[0] == 1
    assert time.monotonic() - begun < 5
    go_on.set()
    future.result(10)
    assert NOW_MS


@pytest.mark.parametrize(("count", "is_in"), [(1, False), (writer.PAUSELESS, True)])
def test_the_log_goes_into_the_file_in_a_pause_or_after_many_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, is_in: bool
) -> None:
    """Not behind each decision: the thread that shows its answer would share the processor."""
    monkeypatch.setattr(writer, "IDLE_SECONDS", 3600.0)
    workspace = open_desk(tmp_path)
    size = 4096 * (writer.CHECKPOINT_PAGES + 100)
    workspace.writer.call(lambda tx: tx.set_setting("much", "x" * size))
    for number in range(1, count):
        workspace.writer.call(lambda tx, number=number: tx.set_setting(f"a little {number}", 1))
    # The transaction after it begins when the log has been looked at.
    workspace.writer.call(lambda _: None)
    other = sqlite.connect_writer(workspace.path)
    _, log, done = other.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    other.close()
    assert (log - done < writer.CHECKPOINT_PAGES) is is_in
    workspace.close()
