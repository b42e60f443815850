"""The chain of events: what it takes, what it refuses, and that no change to it goes unseen."""

from __future__ import annotations

import random
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from modtui.domain import events
from modtui.domain.events import Entry, Subject, seal, verify_chain
from modtui.store import sqlite
from modtui.store.checking import salvage, verify_workspace
from modtui.store.errors import EventRefused
from modtui.store.event_log import EventLog, first_event_id, new_event_id
from modtui.store.workspace import Workspace
from tests.store.desk import NOW_MS, ad_row, append, claim, entry, fill, open_desk, sit_down

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=3)
    ),
    max_leaves=8,
)
entries = st.builds(
    Entry,
    id=st.uuids().map(str),
    kind=st.sampled_from(events.KINDS),
    actor=st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    at=st.just("2026-11-22T10:00:00.000Z"),
    body=st.dictionaries(st.text("abc", max_size=3), json_values, max_size=4),
    subject=st.none() | st.builds(Subject, st.text("ab"), st.text("cd"), st.text("ef")),
    supersedes=st.lists(st.uuids().map(str), max_size=2).map(tuple),
)


def chain(parts: list[Entry], stream: str = "s") -> list[events.Event]:
    sealed: list[events.Event] = []
    for part in parts:
        prev = sealed[-1].hash if sealed else events.FIRST_PREV
        sealed.append(seal(part, stream, len(sealed) + 1, prev)[0])
    return sealed


@given(st.lists(entries, min_size=2, max_size=6), st.data())
@settings(max_examples=100, deadline=None)
def test_a_chain_holds_and_no_change_to_it_does(parts: list[Entry], data: st.DataObject) -> None:
    sealed = chain(parts)
    assert verify_chain(sealed) == len(sealed)
    assert verify_chain(sealed[1:]) == len(sealed) - 1
    place = data.draw(st.integers(0, len(sealed) - 1))
    event = sealed[place]
    change = data.draw(
        st.sampled_from(
            [{"actor": event.actor + "x"}, {"body": {**event.body, "zz": 1}}, {"seq": event.seq + 1}, {"at": "now"},
             {"prev": "1" * 64}, {"supersedes": (*event.supersedes, "x")}, {"tz": "UTC"}, {"catalog_hash": "0"}]
        )
    )  # fmt: skip
    changed: Any = replace(event, **change)
    with pytest.raises(events.BrokenChainError) as broken:
        verify_chain([*sealed[:place], changed, *sealed[place + 1 :]])
    assert broken.value.position == place
    if place > 0:
        with pytest.raises(events.BrokenChainError):
            verify_chain([*sealed[: place - 1], *sealed[place:], sealed[place - 1]])


@pytest.mark.parametrize("body", [{"a": 0.5}, {"a": [1, {"b": float("nan")}]}, {"a": "\ud800"}, {1: "a"}])
def test_what_is_not_the_same_everywhere_is_refused(workspace: Workspace, body: Any) -> None:
    fill(workspace, ad_row("a"))
    item = claim(workspace)
    assert item is not None
    with pytest.raises(ValueError, match=r"event|surrogates"):
        append(workspace, replace(entry(item), body=body))
    assert EventLog().count(workspace.reader) == 0
    assert workspace.reader.execute("SELECT state FROM queue_items").fetchone()[0] == "new"


def test_unknown_kinds_and_ads_are_refused(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    item = claim(workspace)
    assert item is not None
    with pytest.raises(ValueError, match="unknown kind"):
        append(workspace, replace(entry(item), kind="guess"))
    with pytest.raises(EventRefused):
        append(workspace, replace(entry(item), subject=Subject("desk", "nobody", "0")))


def test_the_same_entry_again_is_harmless_and_other_content_is_loud(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"), ad_row("b"))
    item = claim(workspace)
    assert item is not None
    decision = entry(item)
    first = append(workspace, decision)
    assert append(workspace, decision) == first
    with pytest.raises(EventRefused, match="other content"):
        append(workspace, replace(decision, actor="ben"))
    assert EventLog().count(workspace.reader) == 1
    assert EventLog().get(workspace.reader, decision.id) == first


def test_events_are_neither_changed_nor_deleted(workspace: Workspace) -> None:
    fill(workspace, ad_row("a"))
    append(workspace, entry(claim(workspace)))
    for statement in ("UPDATE events SET actor = 'x'", "DELETE FROM events", "UPDATE events SET hash = hash"):
        with pytest.raises(sqlite.Error, match="never"):
            workspace.writer.call(lambda tx, sql=statement: tx.connection.execute(sql))
    assert EventLog().verify(workspace.reader).checked == 1


def test_ids_sort_by_time_and_never_repeat() -> None:
    made = [new_event_id(NOW_MS) for _ in range(2_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert {uuid.UUID(text).version for text in made} == {7}
    later = new_event_id(NOW_MS + 5)
    assert made[-1] < first_event_id(NOW_MS + 5) < later
    assert new_event_id(NOW_MS - 10_000) > later


def decided(folder: Path, count: int) -> Path:
    with open_desk(folder) as workspace:
        sit_down(workspace, "amina")
        fill(workspace, *(ad_row(f"a{i}") for i in range(count)))
        for i in range(count):
            append(workspace, entry(claim(workspace), note=f"note {i} on this ad, long enough to be hit"))
    return folder / "w.modtui"


def test_flipped_bits_in_events_are_found_and_the_events_before_are_saved(tmp_path: Path) -> None:
    path = decided(tmp_path, 40)
    whole = path.read_bytes()
    dice = random.Random(20261122)
    for number in range(40):
        text = b"note %d on this ad" % number
        hit = bytearray(text)
        hit[dice.randrange(len(text))] ^= 1 << dice.randrange(7)
        path.write_bytes(whole.replace(text, hit))  # pages split earlier keep stale copies: all are hit
        connection = sqlite.connect_read_only(path)
        report = EventLog().verify(connection)
        assert report.broken is not None and (report.checked, report.broken.seq) == (number, number + 1)
        assert len(list(salvage(connection))) == number
        connection.close()


def test_random_damage_never_crashes_and_damage_to_events_is_always_found(tmp_path: Path) -> None:
    path = decided(tmp_path, 60)
    whole = path.read_bytes()
    connection = sqlite.connect_read_only(path)
    good = connection.execute("SELECT * FROM events ORDER BY event_no").fetchall()
    connection.close()
    dice = random.Random(7)
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[dice.randrange(100, len(whole))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        connection = sqlite.connect_read_only(path)
        try:
            report = verify_workspace(connection)
            if report.is_whole:
                assert connection.execute("SELECT * FROM events ORDER BY event_no").fetchall() == good
        except sqlite.Error:
            pass  # the table of tables itself is hit: nothing opens, nothing is trusted
        finally:
            connection.close()


def test_a_missing_or_moved_event_is_found(tmp_path: Path) -> None:
    path = decided(tmp_path, 5)
    for change in (
        "DELETE FROM events WHERE event_no & 255 = 3",
        "UPDATE events SET event_no = event_no + 1 WHERE event_no & 255 = 5",
    ):
        connection = sqlite.connect_writer(path)
        connection.execute("BEGIN")
        connection.execute("DROP TRIGGER events_are_not_changed")
        connection.execute("DROP TRIGGER events_are_not_deleted")
        connection.execute(change)
        assert EventLog().verify(connection).broken is not None
        assert EventLog().verify(connection, last=2).broken is not None or "DELETE" in change
        connection.execute("ROLLBACK")
        connection.close()


def test_reading_by_kind_time_and_place(workspace: Workspace) -> None:
    fill(workspace, *(ad_row(f"a{i}") for i in range(4)))
    items = [claim(workspace) for _ in range(4)]
    for item, kind in zip(items, ("decision", "skip", "decision", "note"), strict=True):
        assert item is not None
        append(workspace, entry(item, kind))
    log, reader = EventLog(), workspace.reader
    assert [event.kind for _, event in log.read(reader)] == ["decision", "skip", "decision", "note"]
    found = list(log.read(reader, kinds=("decision",)))
    assert [event.subject.ad_id for _, event in found if event.subject] == ["a0", "a2"]
    assert [event.kind for _, event in log.read(reader, after=found[1][0])] == ["note"]
    assert list(log.read(reader, since_ms=NOW_MS + 10**10)) == []
    assert len(list(log.read(reader, since_ms=NOW_MS - 1, limit=3))) == 3
    assert len(list(log.read(reader, stream=workspace.stream.stream))) == 4
    assert list(log.read(reader, stream="another")) == []
