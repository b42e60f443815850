"""Another version of the catalog while a session runs: from the next ad on, said in three lines, and never before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modtui.services.catalog_watch import CatalogWatch
from modtui.services.catalogs import TEAM_CATALOG, load_rulebook, rulebook_with_hash
from modtui.services.review_session import ReviewSession
from modtui.store.catalogs import list_catalogs
from modtui.store.workspace import open_workspace
from tests.services.room import AL, HOUSE, NO, NOON, WB, WL, YES, ad, answer, at_hand, ids
from tests.services.watched import DAY, NOTED, REWORDED, STRICTER, Watched, watched_at


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Watched]:
    with watched_at(tmp_path) as made:
        made.bring(*(ad(f"a{n}", "wine, lose 10 kg") for n in range(6)))
        yield made


def said(session: ReviewSession) -> list[str]:
    return [line for news in session.take_news() for line in news.lines]


def version_of(session: ReviewSession) -> str:
    return at_hand(session).desk.case.catalog.version


async def test_an_edited_file_applies_from_the_next_ad_on_with_three_lines(room: Watched) -> None:
    amina = await room.sit()
    assert not amina.catalog_may_change and said(amina) == []
    room.edit(STRICTER, REWORDED)
    assert amina.catalog_may_change
    answer(amina, al=YES, wl=NO)
    assert version_of(amina) == "2026.11.1"
    await amina.decide()
    assert (ids(amina)[0], version_of(amina)) == ("a1", "2026.11.2")
    assert said(amina) == [
        "Catalog 2026.11.2 applies from the next ad on.",
        "Catalog 2026.11.2 applies from this ad on (before: 2026.11.1).",
        "Changes: 1 tightened, 1 changed otherwise.",
        "weight.loss/before-after: asks “Does it show a body before and after?” -> “Are two bodies compared?”; "
        "alcohol.product/sells, everywhere else: allowed from age 18 -> allowed from age 21 (platform).",
    ]
    assert not amina.catalog_may_change and said(amina) == []
    # What was decided keeps its version, whose text can still be shown.
    event = room.events("a0")[0]
    kept = rulebook_with_hash(event.catalog_hash, room.workspace)
    assert event.body["catalog"]["version"] == "2026.11.1" and kept is not None
    assert kept.catalog.check_by_id[AL].clauses[0].min_age == 18
    assert at_hand(amina).desk.case.catalog.check_by_id[AL].clauses[0].min_age == 21
    assert [row[2] for row in list_catalogs(room.workspace.reader)] == ["2026.11.1", "2026.11.2"]


async def test_never_in_the_middle_of_an_ad(room: Watched) -> None:
    amina = await room.sit()
    on_desk = at_hand(amina)
    answer(amina, al=YES)
    room.edit(STRICTER)
    await amina.look_at_catalog()
    await amina.save_draft()
    await amina.look_again()
    assert at_hand(amina) is on_desk and version_of(amina) == "2026.11.1"
    assert said(amina) == ["Catalog 2026.11.2 applies from the next ad on."]
    # The ad loaded behind it was laid under the old one and is laid anew.
    assert amina.following is not None and amina.following.desk.case.catalog.version == "2026.11.1"
    await amina.next_ad()
    assert version_of(amina) == "2026.11.2" and len(said(amina)) == 3


async def test_a_broken_file_keeps_the_old_catalog_and_says_where(room: Watched) -> None:
    amina = await room.sit()
    room.edit(("severity: high", "severty: high"))
    await amina.decide()
    news = amina.take_news()
    assert [each.is_warning for each in news] == [True]
    assert news[0].lines[0] == "The catalog stays at version 2026.11.1: the policy catalog has mistakes."
    assert "rules.yaml:6:5: policies[0]: 'severity' is missing" in news[0].lines[1]
    assert version_of(amina) == "2026.11.1"
    await amina.decide()
    assert amina.take_news() == ()  # said once
    room.edit(STRICTER)
    await amina.decide()
    assert version_of(amina) == "2026.11.2" and len(said(amina)) == 4


async def test_a_catalog_for_a_later_day_applies_when_that_day_comes(room: Watched) -> None:
    amina = await room.sit()
    room.edit(STRICTER, effective="2026-11-23")
    await amina.decide()
    assert said(amina) == ["Catalog 2026.11.2 is there and takes effect on 2026-11-23."]
    assert version_of(amina) == "2026.11.1"
    await amina.decide()
    assert version_of(amina) == "2026.11.1" and said(amina) == []
    room.now += DAY
    assert amina.catalog_may_change
    await amina.decide()
    assert version_of(amina) == "2026.11.2" and len(said(amina)) == 4


async def test_a_shift_begins_under_the_catalog_in_effect(room: Watched) -> None:
    room.edit(STRICTER, effective="2026-11-23")
    later = load_rulebook(room.path, room.workspace, NOON)
    room.watch = CatalogWatch(room.path, room.workspace, later, room.clock)
    assert room.watch.rulebook.catalog.version == "2026.11.1"
    amina = await room.sit()
    assert said(amina) == ["Catalog 2026.11.2 takes effect on 2026-11-23; until then 2026.11.1 applies."]
    room.now += DAY
    await amina.decide()
    assert version_of(amina) == "2026.11.2"


async def test_only_a_change_of_words_can_be_put_off(room: Watched) -> None:
    amina = await room.sit()
    assert amina.put_off() == "no change of the catalog is waiting"
    room.edit(NOTED)
    await amina.look_at_catalog()
    assert said(amina) == ["Catalog 2026.11.2 applies from the next ad on; only words differ, it may be put off."]
    assert amina.put_off() == "catalog 2026.11.2 put off: it changes words only"
    await amina.decide()
    assert version_of(amina) == "2026.11.1"
    # More than words: it applies, and the words with it.
    room.edit(NOTED, STRICTER, version="2026.11.3")
    await amina.look_at_catalog()
    assert amina.put_off() == "catalog 2026.11.3 changes what is decided: it applies from the next ad on"
    await amina.decide()
    assert version_of(amina) == "2026.11.3"
    assert at_hand(amina).desk.case.catalog.check_by_id[WB].fix == "Leave the pictures out."


async def test_a_file_put_back_changes_nothing(room: Watched) -> None:
    amina = await room.sit()
    room.edit(STRICTER)
    await amina.look_at_catalog()
    room.path.write_text(HOUSE.read_text())
    await amina.decide()
    assert version_of(amina) == "2026.11.1"


async def test_undo_across_a_change_rules_anew_and_says_so(room: Watched) -> None:
    amina = await room.sit()
    answer(amina, al=YES, wb=YES, wl=NO)
    await amina.decide()
    room.edit(STRICTER, REWORDED)
    await amina.decide()
    said(amina)
    assert (await amina.undo()).words == "undone: a1, approve; decided under 2026.11.1, by 2026.11.2 now: APPROVE"
    change = await amina.undo()
    assert change.words == (
        "undone: a0, reject; decided under 2026.11.1, by 2026.11.2 now: APPROVE LIMITED al, asked anew: wb"
    )
    desk = at_hand(amina).desk
    assert desk.answers == {AL: YES, WL: NO} and version_of(amina) == "2026.11.2"
    assert at_hand(amina).history[0] == "the catalog has changed: asked anew wb"
    # It is not decided again as it was: redo says why, and the reviewer decides.
    assert (await amina.redo()).words == "not redone: a0 was decided under catalog 2026.11.1; decide it anew"
    answer(amina, wb=NO)
    await amina.decide()
    assert room.standing("a0") == [("amina", "approve_limited")]
    assert room.is_whole()


async def test_the_last_answers_across_a_change_are_ruled_anew_and_said_so(room: Watched) -> None:
    amina = await room.sit()
    answer(amina, al=YES, wb=YES)
    await amina.decide()
    assert amina.repeat_last() == 2 and said(amina) == []
    room.edit(STRICTER, REWORDED)
    await amina.decide()
    said(amina)
    assert amina.repeat_last() == 1 and at_hand(amina).desk.answers == {AL: YES}
    lines = said(amina)
    assert lines[0] == "The last ad's answers are of 2026.11.1."
    assert lines[1].startswith("Ruled by catalog 2026.11.2: ")
    assert lines[2] == "Asked anew, so left open: wb."


async def test_a_draft_from_before_a_change_leaves_what_is_asked_anew_open(room: Watched) -> None:
    amina = await room.sit()
    answer(amina, al=YES, wb=YES)
    await amina.close()
    room.edit(REWORDED)
    room.watch = CatalogWatch(room.path, room.workspace, load_rulebook(room.path, room.workspace, NOON), room.clock)
    amina = await room.sit()
    assert ids(amina)[0] == "a0" and at_hand(amina).desk.answers == {AL: YES}
    assert "the catalog has changed: asked anew wb" in at_hand(amina).history


async def test_a_folder_is_watched_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "house.yaml").write_text(HOUSE.read_text())
    with open_workspace(tmp_path / "w.db", NOON) as workspace:
        watch = CatalogWatch(folder, workspace, load_rulebook(folder, workspace, NOON), lambda: NOON)
        assert not watch.has_changed
        (folder / "notes.txt").write_text("not part of it")
        assert not watch.has_changed
        (folder / "more.yaml").write_text("routes: {other: Somebody else.}\n")
        assert watch.has_changed
        await watch.look()
        assert watch.waiting is not None and not watch.waiting.is_editorial
        taken = watch.take()
        assert taken is not None and "other" in taken.catalog.routes and watch.take() is None


async def test_a_catalog_a_sync_has_brought_applies_from_the_next_ad_on(room: Watched, tmp_path: Path) -> None:
    room.watch = CatalogWatch(room.path, room.workspace, room.rulebook, room.clock, follows_team=True)
    amina = await room.sit()
    assert not amina.catalog_may_change
    other = tmp_path / "teams.yaml"
    other.write_text(HOUSE.read_text(encoding="utf-8").replace("2026.11.1", "2027.1"), encoding="utf-8")
    teams = load_rulebook(other, room.workspace, NOON)
    room.workspace.writer.call(lambda tx: tx.set_setting(TEAM_CATALOG, teams.catalog.hash))
    assert amina.catalog_may_change
    assert version_of(amina) == "2026.11.1"
    await amina.decide()
    assert version_of(amina) == "2027.1"
    assert not amina.catalog_may_change
