"""An import in a process of its own: its words, its errors, its end in the middle, and the same file again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.services.background_import import BackgroundImport
from modtui.services.importing import ImportOrder, run_import
from modtui.store.ads import count_ads
from tests.services.room import NOON, Room, ad, ids, room_at


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    for name in [name for name in os.environ if name.startswith("MODTUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with room_at(tmp_path) as made:
        yield made


def queue_file(folder: Path, count: int, *more: str) -> Path:
    path = folder / "big.jsonl"
    path.write_text("".join(json.dumps(ad(f"a{n}")) + "\n" for n in range(count)) + "".join(f"{row}\n" for row in more))
    return path


def ended(importing: BackgroundImport) -> None:
    importing._process.wait(60)
    for thread in importing._threads:
        thread.join(10)


async def test_the_first_ads_are_there_and_the_rest_comes_while_they_are_reviewed(room: Room) -> None:
    path = queue_file(room.folder, 3_000, "{broken")
    importing = BackgroundImport(str(path), "big", room.workspace.path)
    importing.wait_for_first_ads()
    session = await room.sit(queue="big")
    assert ids(session) == ("a0", "a1")
    for _ in range(20):
        await session.decide()
    ended(importing)
    assert importing.rows is None
    assert importing.report == {
        "rows": 3_001, "new": 3_000, "new_versions": 0, "context_changed": 0, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert importing.words == "imported 3,001 rows, 1 rejected, kept with the reasons in big.rejects.jsonl"
    assert count_ads(room.workspace.reader) == 3_000 and ids(session) == ("a20", "a21")
    importing.stop()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "Not a queue file"),
        (b"\x00\x01\x02\xff" * 50, r"UTF-8|encoding|column"),
        (None, r"is not there|No such|read"),
    ],
)
def test_an_import_that_fails_says_why_and_what_to_do(room: Room, content: bytes | None, words: str) -> None:
    path = room.folder / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    importing = BackgroundImport(str(path), "bad", room.workspace.path)
    with pytest.raises(ModtuiError, match=words) as caught:
        importing.wait_for_first_ads()
    assert "Traceback" not in str(caught.value.message) + caught.value.title
    ended(importing)
    assert importing.words.startswith("import failed: ")


def test_options_reach_the_import(room: Room) -> None:
    path = room.folder / "ads.csv"
    path.write_text("ref,copy\n1,Bread\n")
    mapping = room.folder / "map.yaml"
    importing = BackgroundImport(str(path), "csv", room.workspace.path, ["--mapping", str(mapping)])
    with pytest.raises(ModtuiError, match="map"):
        importing.wait_for_first_ads()


def test_ended_in_the_middle_and_imported_again_nothing_is_missing_or_doubled(room: Room) -> None:
    path = queue_file(room.folder, 20_000)
    importing = BackgroundImport(str(path), "big", room.workspace.path)
    importing.wait_for_first_ads()
    importing._process.send_signal(signal.SIGTERM)
    ended(importing)
    assert importing.rows is None
    stored = count_ads(room.workspace.reader)
    assert stored > 0
    order = ImportOrder([path], "big")
    report = run_import(room.workspace, room.rulebook.catalog, order, clock=lambda: NOON)
    assert (report.rows, report.new, report.unchanged) == (20_000, 20_000 - stored, stored)
    assert count_ads(room.workspace.reader) == 20_000


def test_stopping_ends_the_process_and_what_is_stored_stays(room: Room) -> None:
    path = queue_file(room.folder, 20_000)
    importing = BackgroundImport(str(path), "big", room.workspace.path)
    importing.wait_for_first_ads()
    importing.stop()
    importing.stop()
    assert importing._process.returncode is not None
    assert not any(thread.is_alive() for thread in importing._threads)
    assert count_ads(room.workspace.reader) > 0
