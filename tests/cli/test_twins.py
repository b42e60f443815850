"""`modtui twins`, and the sketching that imports and sessions start behind themselves."""

from __future__ import annotations

from pathlib import Path

from modtui.files.sketch_table import SketchTable, Unfit
from modtui.services.twins import BANDS, NOT_YET_SKETCHED, stream_of, texts_path
from modtui.services.twins_behind import TwinsBehind, start_sketching
from modtui.store.workspace import Workspace, open_workspace
from tests.cli.command import Command
from tests.services.room import NOON, ad


def sketched(workspace: Workspace) -> int:
    table = SketchTable(texts_path(workspace), BANDS, stream_of(workspace))
    try:
        return table.head().members
    finally:
        table.close()


def test_a_command_sketches_what_there_is_and_says_so(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [ad("a"), ad("b")]))
    said = modtui.good("twins")
    assert (said.stdout, said.stderr) == ("", "2 of 2 ads sketched, the pictures of 2 looked at\n")
    assert modtui.json("twins") == {"ads": 2, "texts": 2, "pictures": 2, "complete": True}


def test_a_large_import_is_sketched_behind_it_and_a_small_one_left_to_the_session(modtui: Command) -> None:
    modtui.good("import", modtui.file("few.jsonl", [ad(f"a{n}") for n in range(9)]))
    assert not Path(f"{modtui.workspace}-twins").exists()
    modtui.good("import", modtui.file("many.jsonl", [ad(f"b{n}") for n in range(NOT_YET_SKETCHED)]))
    with open_workspace(modtui.workspace, NOON) as workspace:
        assert sketched(workspace) == NOT_YET_SKETCHED + 9


def test_a_session_starts_a_process_when_there_is_something_to_do_and_else_none(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [ad("a"), ad("b")]))
    with open_workspace(modtui.workspace, NOON) as workspace:
        behind = TwinsBehind(workspace)
        assert behind.look()
        assert behind._process is not None
        assert behind._process.wait(60) == 0
        assert sketched(workspace) == 2
        assert not behind.look()
        modtui.good("import", modtui.file("more.jsonl", [ad("c")]))
        assert behind.look()
        assert behind._process.wait(60) == 0
        assert sketched(workspace) == 3


def test_no_process_is_started_while_ads_still_come_in(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [ad("a"), ad("b")]))
    with open_workspace(modtui.workspace, NOON) as workspace:
        behind = TwinsBehind(workspace)
        assert not behind.look_when_quiet()
        modtui.good("import", modtui.file("more.jsonl", [ad("c")]))
        assert not behind.look_when_quiet()
        assert behind.look_when_quiet()
        assert behind._process is not None
        assert behind._process.wait(60) == 0
        assert sketched(workspace) == 3


def test_where_the_table_cannot_stand_the_reason_is_said_with_what_to_do(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [ad("a")]))
    Path(f"{modtui.workspace}-twins").mkdir()
    failed = modtui("twins")
    assert failed.exit_code == 1
    assert failed.stderr.startswith("Twins cannot be kept: ")
    assert "Check the rights of the folder" in failed.stderr


def test_what_was_sketched_before_a_kill_is_kept_and_the_rest_follows(modtui: Command) -> None:
    ads = [ad(f"a{n}", f"Fresh {n} bread {n * 7} and rolls") for n in range(800)]
    queue = modtui.file("q.jsonl", ads)
    with open_workspace(modtui.workspace, NOON) as workspace:
        modtui.good("import", queue)
        texts_path(workspace).unlink()
        last = 0
        for _ in range(3):
            process = start_sketching(workspace.path, "--texts")
            while process.poll() is None and members(workspace) <= last:
                pass
            process.kill()
            process.wait()
            assert members(workspace) >= last
            last = members(workspace)
        assert start_sketching(workspace.path, "--texts").wait(60) == 0
        assert members(workspace) == 800


def members(workspace: Workspace) -> int:
    try:
        return sketched(workspace)
    except Unfit:
        return 0
