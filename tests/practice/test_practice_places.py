"""The place for practice, the report card, and what home tells of both."""

from __future__ import annotations

from pathlib import Path

from modtui.domain.intervals import Rate
from modtui.domain.packs import Feedback, Kind
from modtui.services.catalogs import load_rulebook
from modtui.services.drill_opening import DrillOpening
from modtui.services.workbench import Workbench
from modtui.store.workspace import Workspace
from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.report_lines import BAR, bar
from modtui.tui.screens.home import HomeScreen
from modtui.tui.screens.practice_list import PracticeList
from tests.practice.classroom import CODE, Class, Desk, answer_all, at_desk
from tests.services.room import HOUSE

MOST_PAUSES = 1_000


def places(workspace: Workspace, room: Class, learner: str = "amina") -> ModtuiApp:
    rulebook = load_rulebook(HOUSE, workspace, room.now)
    bench = Workbench(workspace, rulebook, learner, clock=room.clock)
    drills = DrillOpening(workspace, HOUSE, learner, clock=room.clock)
    return ModtuiApp(places={"home": lambda: HomeScreen(bench), "practice": lambda: PracticeList(bench, drills)})


async def test_the_report_card_is_there_at_the_end_and_can_be_read_without_colour(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        async with at_desk(room.session(workspace, room.pack(25)), size=(80, 24)) as desk:
            await answer_all(desk.session, [True, True, True, False])
            desk.screen.show_all()
            await desk.pilot.pause()
            desk.shows("You have answered all 25 ads", "report card")
            await desk.press(actions.FEEDBACK_CARD)
            while "PRACTICE report card" not in desk.text():
                await desk.pilot.pause()
            desk.shows("amina: 25 of 25 ads", "right", "%", "●", "Policies", "weight.loss", "trend")
            await desk.press("escape")
            desk.shows("You have answered all 25 ads")


def test_a_bar_shows_the_share_and_its_bounds() -> None:
    from types import SimpleNamespace

    looks = SimpleNamespace(allowed="a", dim="d")
    drawn = "".join(text for text, _ in bar(Rate(45, 50), looks))  # type: ignore[arg-type]
    assert len(drawn) == BAR
    low, at, high = drawn.index("│"), drawn.index("●"), drawn.rindex("│")
    assert low < at < high
    assert "".join(text for text, _ in bar(Rate(0, 0), looks)) == "─" * BAR  # type: ignore[arg-type]


async def test_home_counts_what_is_due_and_practice_is_one_key_away(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        session = room.session(workspace, room.pack())
        await session.start()
        await answer_all(session, [False])
        room.take(workspace, room.pack(10, Kind.SEALED, "sealed.pack"), CODE)
        app = places(workspace, room)
        async with app.run_test(size=(100, 30)) as pilot:
            desk = Desk(app, pilot, session)
            await _until(desk, "2 due in practice")
            app.go("practice")
            await _until(desk, "2 due for a drill")
            desk.shows("Weight class", "finished", "sealed", "not begun")
            await pilot.press("j", "C")
            await _until(desk, "PRACTICE report card")
            await pilot.press("escape", "D")
            await _until(desk, "PRACTICE · drill")
            assert app.session is not None and app.session.progress.total > 0


async def test_a_sealed_pack_is_opened_from_the_list_with_its_code(tmp_path: Path) -> None:
    room = Class(tmp_path)
    with room.workspace("amina") as workspace:
        taken = room.take(workspace, room.pack(5, Kind.SEALED, feedback=Feedback.NONE), CODE)
        taken.pack.close()
        app = places(workspace, room)
        async with app.run_test(size=(100, 30)) as pilot:
            desk = Desk(app, pilot, room.session(workspace, tmp_path / "class.pack", code=CODE))
            app.go("practice")
            await _until(desk, "not begun")
            await pilot.press("enter", *"nonsense", "enter")
            await _until(desk, "The pack does not open")
            await pilot.press("enter", *CODE.replace("-", ""), "enter")
            await _until(desk, "PRACTICE · Weight class 0/5")
            await pilot.press("N", "a")
            await _until(desk, "PRACTICE · Weight class 1/5")
            desk.hides("RIGHT", "NOT YET")


async def _until(desk: Desk, words: str) -> None:
    """Wait for work behind the screen."""
    for _ in range(MOST_PAUSES):
        if words in " ".join(desk.text().split()):
            return
        await desk.pilot.pause(0.01)
    desk.shows(words)
