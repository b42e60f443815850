"""What a lead publishes to a folder reaches everybody who syncs with it, once and whole."""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.briefings import briefings_of
from modtui.errors import ModtuiError
from modtui.remotes.protocol import RemoteFault
from modtui.services.boards import opened_board
from modtui.services.carrying import read_file, write_file
from modtui.services.catalogs import load_team_rulebook
from modtui.services.importing import ImportOrder, run_import
from modtui.services.must_see import set_must_see
from modtui.store.queues import get_queue
from modtui.store.remotes import quarantined
from tests.remotes.publishing_team import Member, team_of
from tests.services.room import ad, at_hand


@pytest.fixture
def team(tmp_path: Path) -> Iterator[list[Member]]:
    """A lead and two reviewers who share a folder."""
    with team_of(tmp_path, "lena", "amina", "ben") as members:
        for n, member in enumerate(members):
            member.joins(tmp_path / "team", is_new=n == 0)
        yield members


def published(folder: Path) -> list[Path]:
    return sorted((folder / "published").iterdir())


def test_a_queue_and_a_catalog_reach_the_reviewers(team: list[Member]) -> None:
    lena, amina, _ = team
    lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 6)), markets=("FR",))
    assert lena.publishes_catalog(lena.edits_catalog("2027.1"))
    assert lena.publishes_queue().new == 5
    done = amina.sync()
    assert done.published is not None
    assert done.published.catalog == "2027.1"
    assert done.published.queues["q"].new == 5
    assert amina.catalog() == "2027.1"
    assert amina.ads() == lena.ads()
    again = amina.sync()
    assert again.published is not None
    assert (again.published.catalog, again.published.queues, again.published.sent) == (None, {}, 0)


def test_a_pulled_queue_counts_like_the_file_it_came_of(team: list[Member], tmp_path: Path) -> None:
    lena, amina, ben = team
    first = [ad(f"ad-{n}", markets=["EEA", "FR"]) for n in range(1, 8)]
    then = [ad("ad-1", "Stale bread."), first[1] | {"due_at": "2026-12-01T00:00:00Z"}, *first[2:], ad("ad-8")]
    for ads in (first, then):
        ben.room.bring(*ads, queue="other")  # another queue, so that what is pulled below meets nothing
        lena.room.bring(*ads)
        counts = lena.publishes_queue()
        pulled = amina.sync().published
        assert pulled is not None
        whole = run_import(
            ben.workspace, ben.room.rulebook.catalog, ImportOrder([ben.room.folder / "other.jsonl"], "whole")
        )
        assert pulled.queues["q"].rejected == whole.rejected == 0
        assert (pulled.queues["q"].new, pulled.queues["q"].new_versions) == (whole.new, whole.new_versions)
        assert (counts.new, counts.new_versions) == (whole.new, whole.new_versions)
        assert pulled.queues["q"].context_changed == whole.context_changed
        assert amina.ads() == lena.ads()


def test_publishing_again_sends_what_changed_and_nothing_twice(team: list[Member], tmp_path: Path) -> None:
    lena, amina, _ = team
    lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 5)))
    lena.publishes_queue()
    before = {path: path.read_bytes() for path in published(tmp_path / "team")}
    counts = lena.publishes_queue()
    assert (counts.new, counts.new_versions, counts.unchanged) == (0, 0, 4)
    assert {path: path.read_bytes() for path in published(tmp_path / "team")} == before
    lena.room.bring(ad("ad-2", "Stale bread."))
    assert lena.publishes_queue().new_versions == 1
    [added] = set(published(tmp_path / "team")) - set(before)
    assert all(path.read_bytes() == content for path, content in before.items()), "nothing is written over"
    assert added.stat().st_size < max(map(len, before.values()))
    amina.sync()
    assert amina.ads() == lena.ads()


def test_settings_of_a_queue_go_with_it(team: list[Member]) -> None:
    lena, amina, _ = team
    lena.room.bring(ad("ad-1", markets=[]), markets=("FR", "BE"))
    lena.publishes_queue()
    amina.sync()
    set_must_see(lena.workspace, "q", True)
    lena.publishes_queue()
    amina.sync()
    settings = get_queue(amina.workspace.reader, "q").settings
    assert (settings["markets"], settings["must_see"]) == (["FR", "BE"], True)
    assert "media_folders" not in settings, "the folder the parts lay in is gone"


def test_the_catalog_published_last_holds_also_when_it_is_an_older_one(team: list[Member]) -> None:
    lena, amina, ben = team
    old, new = lena.edits_catalog("2027.1"), lena.edits_catalog("2027.2")
    for rulebook in (old, new):
        assert lena.publishes_catalog(rulebook)
        assert not lena.publishes_catalog(rulebook)
    amina.sync()
    assert amina.catalog() == "2027.2"
    assert lena.publishes_catalog(old), "the newer one was a mistake"
    for member in team:
        member.sync()
    assert {member.catalog() for member in team} == {"2027.1"}
    assert ben.publishes_catalog(ben.edits_catalog("2027.2")), "another lead goes on from what the first has published"
    amina.sync()
    assert amina.catalog() == "2027.2"


def test_briefings_go_out_before_the_catalog_around_them_is_ready(team: list[Member]) -> None:
    lena, amina, _ = team

    def brief(document: dict[str, Any]) -> None:
        document["briefings"] = [
            {"id": "b-1", "title": "Sales", "text": "Winter sales begin.", "effective": "2026-01-01"}
        ]
        document["catalog"]["title"] = "Not ready"

    unready = lena.edits_catalog("2027.9", brief)
    with pytest.raises(ModtuiError, match="No catalog there yet"):
        lena.publishes_briefings(unready)
    lena.publishes_catalog(lena.edits_catalog("2027.1"))
    assert lena.publishes_briefings(unready) == 1
    amina.sync()
    found = load_team_rulebook(amina.workspace)
    assert found is not None
    assert found.catalog.version == "2027.1"
    assert [each.title for each in briefings_of(found.catalog, "2026-11-23")] == ["Sales"]


async def test_decisions_that_came_before_the_ads_hold_as_soon_as_the_queue_is_pulled(team: list[Member]) -> None:
    lena, amina, ben = team
    lena.room.bring(ad("ad-1"), ad("ad-2"))
    lena.publishes_queue()
    amina.sync()
    session = await amina.room.sit("amina")
    assert at_hand(session).item.ad_id == "ad-1"
    await session.decide()
    await session.close()
    amina.sync()
    ben.sync()  # the decision and the ads come in one sync
    assert [ben.room.item(name).state for name in ("ad-1", "ad-2")] == ["decided", "new"]
    lena.sync()
    assert lena.publishes_queue().unchanged == 1, "what is decided is not handed out again"


def test_publications_in_any_order_and_twice_end_the_same(tmp_path: Path) -> None:
    with team_of(tmp_path, "lena", "amina", "ben", "carl") as (lena, *others):
        lena.joins(tmp_path / "team", is_new=True)
        for round_ in range(3):
            lena.room.bring(*(ad(f"ad-{n}", f"Bread {max(0, round_ - n % 3)}.") for n in range(1, 7 + round_)))
            lena.publishes_queue()
            lena.publishes_catalog(lena.edits_catalog(f"2027.{round_}"))
        lena.sync()
        files = published(tmp_path / "team")
        assert len(files) >= 6
        for seed, other in enumerate(others):
            folder = tmp_path / f"folder{seed}"
            folder.mkdir()
            shutil.copy(tmp_path / "team" / "modtui-remote.json", folder)
            other.joins(folder)
            (folder / "published").mkdir()
            shuffled = [*files, *files]
            random.Random(seed).shuffle(shuffled)
            for file in shuffled:
                shutil.copy(file, folder / "published")
                other.sync()
            assert other.ads() == lena.ads()
            assert other.catalog() == lena.catalog() == "2027.2"


def test_two_leads_who_publish_at_once_end_with_one_catalog(team: list[Member], tmp_path: Path) -> None:
    lena, amina, ben = team
    for lead, version in ((lena, "2027.1"), (ben, "2027.2")):
        with opened_board(lead.workspace, None, is_carried=True) as board:
            lead.publishes_catalog(lead.edits_catalog(version), is_carried=True)
            assert board.newest_hash() is not None
    for member in (*team, *team):
        member.sync()
    assert len({member.catalog() for member in team}) == 1
    assert amina.catalog() in ("2027.1", "2027.2")


def test_a_file_carries_what_was_published_without_any_remote(tmp_path: Path) -> None:
    with team_of(tmp_path, "lena", "amina") as (lena, amina):
        lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 4)))
        lena.publishes_catalog(lena.edits_catalog("2027.1"), is_carried=True)
        assert lena.publishes_queue(is_carried=True).new == 3
        old, new = tmp_path / "old.modtui", tmp_path / "new.modtui"
        assert write_file(lena.workspace, old).published.sent == 3  # type: ignore[union-attr]
        lena.room.bring(ad("ad-2", "Stale bread."))
        lena.publishes_queue(is_carried=True)
        lena.publishes_catalog(lena.edits_catalog("2027.2"), is_carried=True)
        write_file(lena.workspace, new)
        for file, queues in ((new, 3), (new, 0), (old, 0)):
            arrived = read_file(amina.workspace, file).published
            assert arrived is not None
            assert sum(counts.new for counts in arrived.queues.values()) == queues
            assert amina.ads() == lena.ads()
            assert amina.catalog() == "2027.2"
        passed_on = tmp_path / "passed-on.modtui"
        write_file(amina.workspace, passed_on)
        assert read_file(lena.workspace, passed_on).refused == ()


def test_a_folder_that_was_emptied_or_damaged_is_filled_again_by_whoever_has_it(
    team: list[Member], tmp_path: Path
) -> None:
    lena, amina, ben = team
    lena.room.bring(ad("ad-1"))
    lena.publishes_queue()
    lena.publishes_catalog(lena.edits_catalog("2027.1"))
    amina.sync()
    files = published(tmp_path / "team")
    whole = {path: path.read_bytes() for path in files}
    files[0].unlink()
    files[-1].write_bytes(whole[files[-1]][:-9])
    done = ben.sync()
    assert [(each.name, each.is_foreign) for each in done.refused] == [(f"published/{files[-1].name}", False)]
    assert "cut off" in done.refused[0].why
    assert ben.catalog() is None
    amina.sync(from_the_start=True)
    assert {path: path.read_bytes() for path in published(tmp_path / "team")} == whole
    assert ben.sync().refused == ()
    assert ben.catalog() == "2027.1"
    assert quarantined(ben.workspace.reader) == []


def test_a_folder_cannot_hand_out(team: list[Member]) -> None:
    lena = team[0]
    lena.room.bring(ad("ad-1"))
    for handing in ({"double_share": 0.1}, {"skills": ("video",)}):
        with pytest.raises(ModtuiError, match="everybody"):
            lena.publishes_queue(**handing)
    assert lena.sync().published is not None


def test_publishing_that_was_cut_off_is_finished_by_the_next_sync(
    team: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    lena, amina, _ = team
    lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 601)))
    left = [2]

    def cut(self: object, path: str, content: bytes) -> None:
        if not left[0]:
            raise RemoteFault("Remote not reachable", "gone.", "Later.")
        left[0] -= 1
        original(self, path, content)

    from modtui.remotes.places import Directory

    original = Directory.write
    with monkeypatch.context() as patch:
        patch.setattr(Directory, "write", cut)
        with pytest.raises(RemoteFault, match="kept here") as fault:
            lena.publishes_queue()
    assert "modtui sync" in fault.value.hint
    part = amina.sync().published
    assert part is not None
    assert part.queues["q"].new < 600
    sent = lena.sync().published
    assert sent is not None
    assert sent.sent > 0
    amina.sync()
    assert amina.ads() == lena.ads()
    assert lena.publishes_queue().unchanged == 600


def test_an_import_cut_off_before_it_is_noted_is_done_again_and_counts_nothing_twice(
    team: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    lena, amina, _ = team
    lena.room.bring(*(ad(f"ad-{n}") for n in range(1, 4)))
    lena.publishes_queue()

    def killed(*_: object) -> None:
        if amina.ads():
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("modtui.store.published.note_applied", killed)
        with pytest.raises(KeyboardInterrupt):
            amina.sync()
    left_by_a_kill = amina.workspace.path.with_name(amina.workspace.path.name + "-arriving")
    left_by_a_kill.mkdir()
    (left_by_a_kill / "1.jsonl").write_text("half an ad")
    arrived = amina.sync().published
    assert arrived is not None
    assert not left_by_a_kill.exists()
    assert (arrived.queues["q"].new, arrived.queues["q"].unchanged) == (0, 3)
    assert amina.ads() == lena.ads()
    assert amina.sync().published.queues == {}  # type: ignore[union-attr]


def test_a_disk_that_is_full_here_is_said_and_the_next_sync_does_it(
    team: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    lena, amina, _ = team
    lena.room.bring(ad("ad-1"))
    lena.publishes_queue()
    lena.publishes_catalog(lena.edits_catalog("2027.1"))

    def full(self: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        done = amina.sync()
    assert [(each.name, each.why) for each in done.refused] == [("queue q", "No space left on device")]
    assert amina.catalog() == "2027.1"
    assert amina.sync().refused == ()
    assert amina.ads() == lena.ads()


def test_foreign_files_among_what_is_published_are_named_and_left(team: list[Member], tmp_path: Path) -> None:
    lena, amina, _ = team
    lena.room.bring(ad("ad-1"))
    lena.publishes_queue()
    for name in ("notes.txt", "0000000001-ads-zz.jsonl.zst", "old/0000000001-ads-" + "0" * 24 + ".jsonl.zst"):
        path = tmp_path / "team" / "published" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("dear colleagues")
    done = amina.sync()
    assert len(done.refused) == 3
    assert all(each.is_foreign for each in done.refused)
    assert amina.ads() == lena.ads()
