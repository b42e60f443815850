"""What leaves the workspace: every decision counted, each record whole, no times unless asked for."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.events import KINDS, event_from_document, event_hash, verify_chain
from modtui.errors import ModtuiError
from modtui.services.exporting import decision_events, export_csv, export_jsonl, moment_ms, output_file
from modtui.services.overview import read_overview
from modtui.store.event_log import EventLog
from tests.services.room import NOON, YES, Room, ad, answer, at_hand, room_at


@pytest.fixture
async def room(tmp_path: Path) -> Any:
    """Four ads: one approved, one rejected with a note, one decided twice, one taken back; and a hold."""
    with room_at(tmp_path) as made:
        made.bring(*(ad(f"=a{n}") for n in range(6)))
        amina = await made.sit()
        amina.touch(0)
        await amina.decide()
        answer(amina, wl=YES)
        at_hand(amina).desk.note = '=cmd|" /C calc"!A0,\n"\x1b[31m'
        await amina.decide()
        await amina.decide()
        await amina.open_ad("q", "=a2")
        answer(amina, wl=YES)
        await amina.decide()
        await amina.decide()
        await amina.undo()
        await amina.hold("break", 5)
        await amina.close()
        yield made


def records(room: Room, **options: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    count = export_jsonl(room.workspace, out, **options)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert count == len(found)
    return found


def test_the_counts_are_those_of_the_log(room: Room) -> None:
    logged = room.workspace.reader.execute(
        "SELECT count(*) FROM events WHERE kind IN ('decision', 'adjudication', 'retraction')"
    ).fetchone()[0]
    assert logged == 6 == len(records(room)) == len(list(decision_events(room.workspace)))
    out = io.StringIO()
    assert export_csv(room.workspace, out) == logged
    assert len(list(csv.reader(io.StringIO(out.getvalue())))) == logged + 1


async def test_a_hold_taken_back_is_no_decision_taken_back(room: Room) -> None:
    amina = await room.sit()
    await amina.hold("break", 5)
    await amina.undo()
    await amina.close()
    assert len(records(room)) == 6 == export_csv(room.workspace, io.StringIO())
    every = [event.kind for event, _ in decision_events(room.workspace, kinds=KINDS)]
    assert every.count("retraction") == 2, "with holds, what takes them back"
    assert read_overview(room.workspace, "amina", room.clock).undone == 1


def test_a_record_is_whole_and_says_what_stands(room: Room) -> None:
    found = records(room)
    assert [record["standing"] for record in found] == [True, True, False, True, False, True]
    assert [record["kind"] for record in found] == ["decision"] * 5 + ["retraction"]
    assert {record["body"]["catalog"]["hash"] for record in found[:5]} == {room.rulebook.catalog.hash}
    assert found[1]["body"]["note"].startswith("=cmd")
    for record in found:
        event = event_from_document(record, record["hash"])
        assert event_hash(event) == record["hash"]
        assert EventLog().get(room.workspace.reader, event.id) == event


def test_all_events_make_a_chain_that_verifies_and_breaks_when_changed(room: Room) -> None:
    exported = [event for event, _ in decision_events(room.workspace, kinds=KINDS)]
    plain = [json.loads(line) for line in _all_lines(room)]
    events = [event_from_document(record, record["hash"]) for record in plain]
    assert events == exported and verify_chain(events) == len(events) == EventLog().count(room.workspace.reader)
    plain[2]["body"]["outcome"] = "approve_limited"
    with pytest.raises(ValueError, match="content does not match"):
        verify_chain(event_from_document(record, record["hash"]) for record in plain)


def _all_lines(room: Room) -> list[str]:
    out = io.StringIO()
    export_jsonl(room.workspace, out, kinds=KINDS)
    return out.getvalue().splitlines()


def test_a_spreadsheet_runs_nothing(room: Room) -> None:
    out = io.StringIO()
    export_csv(room.workspace, out)
    for row in csv.DictReader(io.StringIO(out.getvalue())):
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert rows[1]["findings"] == "weight.loss/promise" and rows[2]["standing"] == "no"
    assert rows[1]["catalog_hash"] == room.rulebook.catalog.hash


def test_times_leave_only_when_asked_for(room: Room) -> None:
    assert not any("active_ms" in json.dumps(record) for record in records(room))
    assert all(isinstance(record["active_ms"], int) for record in records(room, with_times=True)[:5])
    plain, timed = io.StringIO(), io.StringIO()
    export_csv(room.workspace, plain)
    export_csv(room.workspace, timed, with_times=True)
    assert "active_ms" not in plain.getvalue()
    assert all(row["active_ms"].isdigit() for row in list(csv.DictReader(io.StringIO(timed.getvalue())))[:5])


def test_since_takes_what_was_decided_from_then_on(room: Room) -> None:
    assert len(records(room, since="2026-11-22")) == 6 and records(room, since="2026-11-23") == []
    assert moment_ms("2026-11-22T12:00:00Z") == NOON
    for text in ("yesterday", "", "1900-01-01"):
        with pytest.raises(ModtuiError, match="is no time"):
            moment_ms(text)


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("before")
    with pytest.raises(RuntimeError), output_file(str(path)) as out:
        out.write("half")
        raise RuntimeError
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
    with output_file(str(path)) as out:
        out.write("whole")
    assert path.read_text() == "whole" and path.stat().st_mode & 0o077 == 0
    with pytest.raises(ModtuiError, match=r".") as caught, output_file(str(tmp_path)):
        pass
    assert caught.value.title == "Cannot write the export" and list(tmp_path.iterdir()) == [path]
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModtuiError, match="pipe or a device"), output_file(str(tmp_path / "pipe")):
        pass
    assert (tmp_path / "pipe").is_fifo()
