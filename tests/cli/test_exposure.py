"""`modtui exposure` and `modtui queues --must-see`."""

from __future__ import annotations

from pathlib import Path

import pytest

from modtui.domain.exposure import START
from modtui.files.media_views import Cells, Seen, View
from modtui.services.media import default_cache, media_cache
from tests.cli.command import Command
from tests.services.shift import plain_ad


def test_the_choices_are_shown_and_changed(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [plain_ad("ad-1")]))
    found = modtui.json("exposure")
    assert found["reviewer"] == "amina" and found["start"] == START and found["masked"] == []
    assert found["today"]["ads"] == 0 and found["hints"] is True
    modtui.good("exposure", "--start", "adult=coarse", "--start", "*=grey", "--mask", "adult", "--no-hints")
    found = modtui.json("exposure")
    assert found["start"] == START | {"adult": "coarse", "*": "grey"}
    assert found["masked"] == ["adult"] and found["hints"] is False
    assert "adult coarse" in modtui.good("exposure", "--show-text", "adult").stdout
    assert modtui.json("exposure", "--reviewer", "bo")["start"] == START


def test_it_is_deleted_on_request(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [plain_ad("ad-1")]))
    modtui.good("exposure", "--start", "adult=coarse")
    assert "deleted" in modtui.good("exposure", "--forget").stderr
    assert modtui.json("exposure")["start"] == START


def test_what_is_no_family_or_level_is_said(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [plain_ad("ad-1")]))
    wrong = modtui("exposure", "--start", "adlut=grey")
    assert wrong.exit_code == 1 and "Did you mean 'adult'?" in wrong.stderr
    wrong = modtui("exposure", "--start", "adult=loud")
    assert wrong.exit_code == 1 and "coarse, blurred, grey, sharp" in wrong.stderr


def test_nothing_of_it_is_exported(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [plain_ad("ad-1")]))
    modtui.good("exposure", "--start", "adult=coarse", "--mask", "adult")
    modtui.good("review", "q", "--plain", stdin="\nq\n")
    for format_ in ("jsonl", "csv"):
        written = modtui.good("export", format_).stdout
        assert "ad-1" in written and "coarse" not in written and "care" not in written


def test_a_queue_may_want_its_main_picture_seen(modtui: Command) -> None:
    ads = [plain_ad("ad-1", media=[{"path": "1.png", "kind": "image"}]), plain_ad("ad-2")]
    modtui.good("import", modtui.file("q.jsonl", ads))
    assert "wants its main picture" in modtui.good("queues", "q", "--must-see").stderr
    said = modtui.good("review", "q", "--plain", stdin="a\nq\n")
    assert "seen first" in said.stdout + said.stderr
    assert modtui.json("queues")["queues"][0]["decided"] == 0
    modtui.good("queues", "q", "--need-not-see")
    modtui.good("review", "q", "--plain", stdin="a\na\nq\n")
    assert modtui.json("queues")["queues"][0]["decided"] == 2


def test_the_queue_and_its_setting_go_together(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [plain_ad("ad-1")]))
    assert modtui("queues", "q").exit_code == 2
    assert modtui("queues", "--must-see").exit_code == 2
    missing = modtui("queues", "none", "--must-see")
    assert missing.exit_code == 1 and "No such queue" in missing.stderr


def test_drawn_pictures_are_counted_and_removed(
    modtui: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = modtui.json("media")
    assert found == {"folder": str(default_cache()), "bytes": 0, "files": 0, "limit": 128 << 20}
    media_cache().keep("0" * 64, View(2, 1), Seen("picture", "PNG", (2, 2), (Cells(2, 1, bytes(12)),)))
    assert modtui.json("media")["files"] == 1
    cleared = modtui.good("media", "--clear")
    assert "0.0 MB removed" in cleared.stderr and "0 views" in cleared.stdout
    monkeypatch.setenv("MODTUI_MEDIA_CACHE_MB", "some")
    assert "whole megabytes" in modtui("media").stderr
