"""What a decision costs in keys, counted on the shipped queue through the services and through the screens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from modtui.domain.ad_json import ad_from_payload, normal_payload
from modtui.domain.cues import CueIndex
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.rulings import Case
from modtui.services.catalogs import load_rulebook
from modtui.services.desk import Desk
from modtui.services.importing import ImportOrder, run_import
from modtui.services.review_session import ReviewSession
from modtui.store.event_log import EventLog
from modtui.store.workspace import Workspace, open_workspace
from modtui.tui.app import ModtuiApp
from modtui.tui.screens.briefings import Briefings
from tests.stories.demo_desk import QUEUE, ROOT, Played, catalog, lines, play

AS_OF = "2026-11-28"
NOW_MS = 1_795_867_200_000
"28 November 2026, 12:00 UTC."
ANSWERS = {(each["id"], each["version"]): each for each in lines("answers.jsonl")}


@pytest.fixture(scope="module")
def played() -> list[tuple[Desk, dict[str, Any], Played]]:
    """Every ad of the queue on a desk of its own, decided by the cheapest keys."""
    index = CueIndex.of(catalog())
    found = []
    for row, answer in zip(lines("queue.jsonl"), lines("answers.jsonl"), strict=True):
        ad = ad_from_payload(normal_payload(row, source="demo", known_groups=catalog().market_groups))
        desk = Desk(Case(ad, catalog(), AS_OF), index, hidden_hits(index, ad))
        found.append((desk, answer, play(desk, answer["answers"])))
    return found


def test_the_keys_lead_to_the_outcomes_that_are_wanted(played: list[tuple[Desk, dict[str, Any], Played]]) -> None:
    for desk, answer, how in played:
        assert desk.outcome.value == answer["outcome"], (answer["id"], how)


def test_nothing_lit_is_one_key(played: list[tuple[Desk, dict[str, Any], Played]]) -> None:
    unlit = [how for desk, answer, how in played if not desk.sheet.lit and not answer["answers"]]
    assert len(unlit) > 40
    assert all(how.keys == ("enter",) for how in unlit)


@pytest.mark.parametrize(("checks", "most", "at_least"), [(0, 1, 40), (1, 3, 40), (2, 5, 10)])
def test_keys_by_the_number_of_checks(
    played: list[tuple[Desk, dict[str, Any], Played]], checks: int, most: int, at_least: int
) -> None:
    these = [how for _, _, how in played if len(how.said) == checks and how.all_have_digits]
    assert len(these) >= at_least
    assert max(len(how.keys) for how in these) <= most
    by_letters = [how for _, _, how in played if len(how.said) == checks and not how.all_have_digits]
    assert all(len(how.keys) <= most + 2 * sum(not each.has_digit for each in how.said) for how in by_letters)


def test_nearly_every_needed_check_carries_a_digit(
    played: list[tuple[Desk, dict[str, Any], Played]], capsys: pytest.CaptureFixture[str]
) -> None:
    said = [each for _, _, how in played for each in how.said]
    share = sum(each.has_digit for each in said) / len(said)
    counts = [sum(len(how.keys) == keys for _, _, how in played) for keys in range(1, 8)]
    with capsys.disabled():
        print(f"\n{len(said)} needed checks, {share:.1%} with a digit; ads by keys 1-7: {counts}")
    assert share >= 0.95


@contextmanager
def at_the_queue(folder: Path, wanted: Callable[[str], bool] = lambda ad_id: True) -> Iterator[Workspace]:
    """A workspace with those ads of the shipped queue."""
    path = folder / "queue.jsonl"
    rows = QUEUE.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if wanted(json.loads(row)["id"])), encoding="utf-8")
    with open_workspace(folder / "workspace.db", NOW_MS) as workspace:
        run_import(workspace, catalog(), ImportOrder([path], "demo"), clock=lambda: NOW_MS)
        yield workspace


def session_at(workspace: Workspace) -> ReviewSession:
    rulebook = load_rulebook(ROOT / "policies.yaml", workspace, NOW_MS)
    return ReviewSession(workspace, rulebook, "demo", "amina", second_review="off", clock=lambda: NOW_MS)


def answer_for(session: ReviewSession) -> dict[str, Any]:
    """The answers to the version on the desk: the queue's newest."""
    assert session.current is not None
    ad_id = session.current.item.ad_id
    return max((each for (known, _), each in ANSWERS.items() if known == ad_id), key=lambda each: each["entry"])


def outcomes(workspace: Workspace) -> list[tuple[str, str]]:
    """Ads and what was decided of them, oldest first; what was taken back left out."""
    events = [event for _, event in EventLog().read(workspace.reader)]
    back = {target for event in events if event.kind == "retraction" for target in event.supersedes}
    return [
        (event.subject.ad_id, event.body["outcome"])
        for event in events
        if event.kind == "decision" and event.id not in back and event.subject
    ]


async def test_the_whole_queue_through_a_session(tmp_path: Path) -> None:
    with at_the_queue(tmp_path) as workspace:
        session = session_at(workspace)
        await session.start()
        wanted = []
        while session.current is not None:
            answer = answer_for(session)
            desk = session.current.desk
            play(desk, answer["answers"])
            wanted.append((answer["id"], answer["outcome"]))
            await session.decide()
        await session.close()
        assert len(wanted) > 100
        assert outcomes(workspace) == wanted


SAMPLE = ("ad-2001", "ad-2004", "ad-2005", "ad-2007", "ad-2027", "ad-2053", "ad-2070", "ad-2083", "ad-2138")
"One of each kind: clean, one check, children, only facts, letters, unsure."


async def put_briefings_away(app: ModtuiApp, pilot: Pilot[None]) -> None:
    """What opens the shift takes one key a shift, not one an ad."""
    if catalog().briefings:
        await until(pilot.pause, lambda: isinstance(app.screen, Briefings))
        await pilot.press("escape")
        await until(pilot.pause, lambda: app.screen is app.review)


async def test_the_same_keys_on_the_screen(tmp_path: Path) -> None:
    with at_the_queue(tmp_path, lambda ad_id: ad_id in SAMPLE) as workspace:
        session = session_at(workspace)
        index = CueIndex.of(catalog())
        app = ModtuiApp(session)
        wanted = []
        async with app.run_test(size=(80, 24)) as pilot:
            await put_briefings_away(app, pilot)
            while session.current is not None:
                answer = answer_for(session)
                case = session.current.desk.case
                twin = Desk(case, index, hidden_hits(index, case.ad))
                keys = play(twin, answer["answers"]).keys
                wanted.append((answer["id"], answer["outcome"]))
                before = session.current
                for key in keys:
                    await pilot.press(key)
                await until(pilot.pause, lambda before=before: session.current is not before)
            await pilot.press("u")
            await until(pilot.pause, lambda: session.current is not None)
            assert outcomes(workspace) == wanted[:-1], "one key takes the last decision back"
            await pilot.press("U")
            await until(pilot.pause, lambda: session.current is None)
        assert len(wanted) == len(SAMPLE)
        assert outcomes(workspace) == wanted


async def test_an_escalation_is_two_keys(tmp_path: Path) -> None:
    with at_the_queue(tmp_path, lambda ad_id: ad_id == "ad-2004") as workspace:
        session = session_at(workspace)
        app = ModtuiApp(session)
        async with app.run_test(size=(80, 24)) as pilot:
            await put_briefings_away(app, pilot)
            await pilot.press("e", "1")
            await until(pilot.pause, lambda: session.current is None)
        assert outcomes(workspace) == [("ad-2004", "escalate")]


async def until(pause: Callable[[], Any], holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await pause()
