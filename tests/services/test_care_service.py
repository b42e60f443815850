"""Looking after a workspace in use: verify, copies, going back, and what a doctor says."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.domain.events import event_from_document, verify_chain
from modtui.services import care
from modtui.store.errors import WorkspaceDamaged
from modtui.store.event_log import EventLog
from modtui.store.workspace import open_workspace
from tests.services.room import HOUSE, NOON, YES, Room, ad, answer, ids, room_at

DAY = 86_400_000


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with room_at(tmp_path) as made:
        made.bring(*(ad(f"a{n}") for n in range(5)))
        yield made


async def test_a_copy_made_while_reviewing_is_whole_and_another_stream(room: Room) -> None:
    amina = await room.sit()
    await amina.decide()
    answer(amina, wl=YES)
    copy = care.back_up(room.workspace, room.folder / "copy.db", room.clock)
    await amina.decide()
    assert ids(amina) == ("a2", "a3")
    with open_workspace(copy, NOON) as other:
        assert care.verify(other).is_whole and EventLog().count(other.reader) == 1
        assert other.stream.stream != room.workspace.stream.stream


async def test_after_going_back_the_queue_is_as_it_was_then(room: Room) -> None:
    amina = await room.sit()
    await amina.decide()
    copy = care.back_up(room.workspace, clock=room.clock)
    await amina.decide()
    await amina.close()
    room.workspace.close()
    kept = care.restore(room.workspace.path, copy, room.clock)
    assert kept is not None and kept.exists()
    with room_at(room.folder) as again:
        # The session that was open when the copy was made is gone, and so is its hold on the ads.
        later = await again.sit()
        assert ids(later) == ("a1", "a2")
        await later.decide()
        assert care.verify(again.workspace).is_whole
        assert (await later.undo()).words == "undone: a1, approve"
        assert (await later.undo()).words == "undone: a0, approve"


async def test_what_holds_of_a_damaged_log_is_saved(room: Room) -> None:
    amina = await room.sit()
    for _ in range(4):
        await amina.decide()
    await amina.close()

    def damage(tx: object) -> None:
        tx.connection.execute("DROP TRIGGER events_are_not_changed")  # type: ignore[attr-defined]
        tx.connection.execute(  # type: ignore[attr-defined]
            "UPDATE events SET document = replace(document, 'approve', 'reject') WHERE event_no = "
            "(SELECT event_no FROM events ORDER BY event_no LIMIT 1 OFFSET 2)"
        )

    room.workspace.writer.call(damage)
    found = care.verify(room.workspace)
    assert not found.is_whole and found.chain.broken is not None and found.chain.checked == 2
    out = io.StringIO()
    assert care.salvage(room.workspace, out) == 2
    saved = [json.loads(line) for line in out.getvalue().splitlines()]
    assert verify_chain(event_from_document(each["event"], each["hash"]) for each in saved) == 2


def test_a_copy_is_made_once_a_day(room: Room) -> None:
    import time

    clock = lambda: int(time.time() * 1000)  # noqa: E731
    first = care.back_up_when_due(room.workspace, clock)
    assert first is not None and care.back_up_when_due(room.workspace, clock) is None
    assert care.back_up_when_due(room.workspace, lambda: clock() + DAY + 1_000) is not None
    assert len(care.backups_of(room.workspace.path)) == 2


def test_a_doctor_looks_and_changes_nothing(room: Room) -> None:
    before = sorted(path.name for path in room.folder.iterdir())
    found = list(care.examine(room.workspace.path, HOUSE))
    assert {finding.what for finding in found} >= {"database", "disk", "backups", "terminal", "catalog"}
    assert not any(finding.state == care.BAD and finding.what in ("database", "catalog", "rights") for finding in found)
    assert all(finding.hint for finding in found if finding.state == care.BAD)
    assert sorted(path.name for path in room.folder.iterdir()) == before
    broken = room.folder / "rules.yaml"
    broken.write_text("policies: 5")
    (bad,) = [finding for finding in care.examine(room.workspace.path, broken) if finding.what == "catalog"]
    assert bad.state == care.BAD and "policies check" in bad.hint


def test_a_doctor_says_that_a_large_workspace_is_not_copied_by_itself(room: Room) -> None:
    care.back_up(room.workspace, clock=room.clock)
    os.truncate(room.workspace.path, care.LARGEST_IN_PASSING + 4096)  # a hole that SQLite never looks into
    assert care.back_up_when_due(room.workspace, lambda: room.clock() + 400 * DAY) is None
    (found,) = [finding for finding in care.examine(room.workspace.path) if finding.what == "backups"]
    assert found.state == care.CARE and "modtui backup" in found.hint
    assert found.words.startswith("1 kept, newest ") and found.words.endswith("over 256 MiB, none is made by itself")


def test_a_file_that_was_cut_is_not_sent_round_in_a_circle(room: Room) -> None:
    room.workspace.close()
    os.truncate(room.workspace.path, room.workspace.path.stat().st_size // 2)
    with pytest.raises(WorkspaceDamaged) as caught, open_workspace(room.workspace.path, NOON) as cut:
        care.verify(cut)
    assert "restore" in caught.value.hint and "verify" not in caught.value.hint
