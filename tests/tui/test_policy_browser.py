"""The policy browser: from a check to its policy and back, searched as one types, read through a market."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events

from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document
from modtui.domain.patterns import compile_with_re
from modtui.services.catalogs import Rulebook, load_rulebook
from modtui.services.clause_reports import list_reports
from modtui.tui import actions
from modtui.tui.screens.policy_browser import PolicyBrowser
from tests.services.shift import CATALOG, NOON, Shift, plain_ad, shift_at
from tests.tui.desk_story import GOLDEN
from tests.tui.place_story import Places, places_of

WINE = plain_ad(
    "wine-1",
    markets=["FR", "SA"],
    industry="food.alcohol",
    creative={"headline": "Red wine", "body": "A whisky, too."},
    audience={"min_age": 18},
)


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with shift_at(tmp_path) as made:
        made.bring("eu-weekly", [WINE, plain_ad("b")])
        yield made


async def read(story: Places) -> None:
    """Wait until the text has followed the cursor."""
    browser = story.app.screen
    assert isinstance(browser, PolicyBrowser)
    while browser.article.is_due:
        await asyncio.sleep(0)
    await story.settled()


async def test_one_key_goes_from_a_check_to_its_policy_and_back(shift: Shift) -> None:
    async with places_of(shift, size=(120, 40)) as story:
        await story.press(actions.HOME_OPEN, "j", actions.BROWSE)
        assert story.place == "PolicyBrowser"
        checks = story.app.review.laid.checks
        story.shows("the ad's markets: FR SA", checks.current.check.id, checks.current.check.ask[:30])
        await story.press(actions.BROWSE)
        assert story.place == "ReviewScreen" and story.ad_id == "wine-1"
        assert checks.cursor == 1


async def test_in_review_only_the_rows_of_the_ads_markets_stand_there_and_lit_checks_carry_a_sign(shift: Shift) -> None:
    async with places_of(shift, size=(120, 40)) as story:
        await story.press(actions.HOME_OPEN, actions.LETTERS, "a", "l", actions.BROWSE)
        story.shows("SA: prohibited", "alcohol.product/sells")
        story.hides("US: 25+")
        assert story.line("al Does the ad sell").startswith("│!")


async def test_a_market_is_chosen_as_a_lens_and_taken_off_again(shift: Shift) -> None:
    async with places_of(shift, size=(120, 40)) as story:
        await story.press(actions.BROWSE, actions.POLICIES_SEARCH, *"alcoholic drink", "enter")
        await read(story)
        story.shows("SA: prohibited", "US: 25+")
        await story.press(actions.POLICIES_LENS, *"US", "enter")
        story.shows("market: US", "US: 25+")
        story.hides("SA: prohibited")
        await story.press(actions.POLICIES_LENS, "enter")
        story.shows("SA: prohibited")
        story.hides("market: US")


async def test_the_list_follows_what_is_typed_and_enter_goes_to_the_place_in_the_tree(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.BROWSE, actions.POLICIES_SEARCH, *"drnk")
        await story.press("backspace", "backspace", "backspace", "backspace", *"cartoon")
        story.shows("find: cartoon")
        story.hides("Gambling")
        await story.press("enter", "enter")
        story.hides("find:")
        await read(story)
        story.shows("alcohol.product/minor-appeal")
        assert story.line("cartoon").startswith(" ") and "am" in story.line("cartoon")


async def test_letters_that_are_keys_elsewhere_are_only_text_while_typing(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_OPEN, actions.BROWSE, actions.POLICIES_SEARCH, *"qaruB:?")
        story.shows("find: qaruB:?", "Nothing is found.")
        await story.press("escape", "escape")
        assert story.place == "ReviewScreen" and story.ad_id == "wine-1"


async def test_families_and_policies_fold(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.BROWSE, actions.POLICIES_FIRST)
        before = len(story.app.screen.rows.listed)
        await story.press(actions.POLICIES_OPEN)
        assert len(story.app.screen.rows.listed) < before
        await story.press(actions.POLICIES_UNFOLD, actions.POLICIES_DOWN, actions.POLICIES_UNFOLD)
        assert len(story.app.screen.rows.listed) > before
        await story.press(actions.POLICIES_DOWN, actions.POLICIES_FOLD, actions.POLICIES_FOLD)
        assert len(story.app.screen.rows.listed) == before
        await story.press(actions.POLICIES_LAST, actions.POLICIES_PAGE_DOWN, actions.POLICIES_PANE)
        assert story.place == "PolicyBrowser"


async def test_the_clause_is_shown_alone_for_the_terminal_to_copy(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.HOME_OPEN, actions.LETTERS, "a", "l", actions.BROWSE, actions.POLICIES_COPY)
        story.shows("alcohol.product/sells", "SA: prohibited (law", "Shift + mouse selects")
        assert "│" not in story.text() and "──" not in story.text()
        await story.press("escape")
        assert story.place == "PolicyBrowser"


async def test_a_clause_is_reported_from_review_with_the_ad(shift: Shift) -> None:
    async with places_of(shift, size=(120, 40)) as story:
        await story.press(actions.HOME_OPEN, actions.LETTERS, "a", "l", actions.REPORT)
        story.shows("Report alcohol.product/sells, with wine-1", "The clause is unclear")
        await story.press("1")
        await story.write("Is cooking wine a drink?")
        story.shows("reported as unclear: alcohol.product/sells")
        assert story.ad_id == "wine-1"
    (found,) = list_reports(shift.workspace)
    assert (found.report.kind, found.report.check_id) == ("unclear", "alcohol.product/sells")
    assert found.report.note == "Is cooking wine a drink?"
    assert found.ad is not None and found.ad.ad_id == "wine-1"


async def test_what_is_missing_is_reported_from_the_browser_and_needs_words(shift: Shift) -> None:
    async with places_of(shift, size=(120, 40)) as story:
        await story.press(
            actions.BROWSE, actions.POLICIES_SEARCH, *"cartoon", "enter", actions.POLICIES_REPORT, "4", "enter"
        )
        story.shows("not reported: a report of no policy needs a note")
        await story.press(actions.POLICIES_REPORT, "4")
        await story.write("Nothing on vapes.")
        story.shows("reported as missing: no policy")
        await story.press(actions.POLICIES_REPORT, "escape", actions.POLICIES_REPORT, "1", "escape")
    (found,) = list_reports(shift.workspace)
    assert (found.report.policy_id, found.report.note, found.ad) == ("", "Nothing on vapes.", None)


async def test_what_changed_since_i_last_worked_is_marked_and_listed_alone(shift: Shift, tmp_path: Path) -> None:
    shift.decide(shift.bench().session("eu-weekly"))
    newer = tmp_path / "newer.yaml"
    text = CATALOG.read_text(encoding="utf-8").replace("version: 2026.11.1", "version: 2026.12.1")
    newer.write_text(text.replace("drawn to it", "led to it"), encoding="utf-8")
    shift.rulebook = load_rulebook(newer, shift.workspace, NOON)
    async with places_of(shift, size=(120, 40)) as story:
        await story.press(actions.BROWSE)
        story.shows("△ changed since 2026.11.1")
        await story.press(actions.POLICIES_CHANGES)
        story.shows("1 policy or check changed since 2026.11.1, under which you last decided on 2026-11-22")
        story.hides("Gambling")
        await story.press(actions.POLICIES_LAST)
        await read(story)
        story.shows("△ asks “Would a child or teenager be drawn to it")
        await story.press(actions.POLICIES_CHANGES)
        story.shows("all policies", "Gambling")


async def test_without_another_version_there_is_nothing_to_list(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.BROWSE, actions.POLICIES_CHANGES)
        story.shows("you have not worked under another version of the catalog here")


async def test_the_browser_opens_from_home_and_the_palette(shift: Shift) -> None:
    async with places_of(shift) as story:
        await story.press(actions.BROWSE)
        story.shows("gambling", "/ searches titles")
        await story.press("escape", actions.PALETTE, *"open the policies", "enter")
        assert story.place == "PolicyBrowser"
        await story.press(actions.BROWSE)
        assert story.place == "HomeScreen"


async def test_without_colour_every_sign_still_reads(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with places_of(shift) as story:
        await story.press(actions.HOME_OPEN, actions.LETTERS, "a", "l", actions.BROWSE)
        strips = story.app.screen._compositor.render_strips()
        assert not any(
            part.style and part.style.color and not part.style.color.is_default and part.style.color.triplet
            for strip in strips
            for part in strip
        )
        assert story.line("Does the ad sell").startswith("!")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", ["check", "search"])
async def test_the_browser_reads_as_its_golden(shift: Shift, name: str, size: tuple[int, int]) -> None:
    keys: dict[str, tuple[actions.Action | str, ...]] = {
        "check": (actions.HOME_OPEN, actions.LETTERS, "a", "l", actions.BROWSE),
        "search": (actions.BROWSE, actions.POLICIES_SEARCH, *"cartoon"),
    }
    async with places_of(shift, size=size) as story:
        await story.press(*keys[name])
        await read(story)
        shown = story.text()
    golden = GOLDEN / f"policies_{name}_{size[0]}x{size[1]}.txt"
    if os.environ.get("MODTUI_WRITE_GOLDENS"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


HOSTILE = "\x1b]0;gotcha\x07[bold red]x[/]\u202e\u200b\x9b2J [@click=app.quit]go[/]"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_hostile_text_stays_text_in_browser_dialogs_and_copy(tmp_path: Path, size: tuple[int, int]) -> None:
    rulebook = Rulebook(hostile_catalog())
    ad = plain_ad(f"ad{HOSTILE}", markets=["FR"], languages=["en"], creative={"body": f"wine {HOSTILE}"})
    with shift_at(tmp_path) as shift:
        shift.bring("eu-weekly", [ad])
        shift.rulebook = rulebook
        async with places_of(shift, size=size) as story:
            await story.press(actions.HOME_OPEN, actions.WHY)
            _is_safe(story)
            await story.press("escape", actions.REPORT)
            _is_safe(story)
            await story.press("1", "escape", actions.BROWSE)
            await read(story)
            _is_safe(story)
            story.shows("⟦ESC⟧]0;gotcha")
            search = (actions.POLICIES_SEARCH, *"gotcha", "enter")
            ways = (search, ("escape", actions.POLICIES_LENS), ("escape", actions.POLICIES_COPY))
            for keys in ways:
                await story.press(*keys)
                _is_safe(story)
            await story.press("escape", actions.POLICIES_SEARCH)
            story.app.screen.post_message(events.Paste(HOSTILE))
            await story.settled()
            _is_safe(story)


def _is_safe(story: Places) -> None:
    """Nothing on screen is a control character, and no markup became a style."""
    text = story.text()
    assert all(character.isprintable() or character == "\n" for character in text), text
    strips = story.app.screen._compositor.render_strips()
    assert not any(part.style and part.style.meta.get("@click") for strip in strips for part in strip)


def hostile_catalog() -> Catalog:
    """A catalog whose every text is hostile, as one that did not come through our reader would be."""
    document = {
        "catalog": {"id": "x", "version": HOSTILE, "title": HOSTILE},
        "market_groups": {},
        "policies": [
            {
                "id": "a.b", "title": HOSTILE, "family": HOSTILE, "axis": "content", "severity": "high",
                "principle": HOSTILE, "guidance": HOSTILE, "reply": {"en": HOSTILE}, "cues": {"words": ["wine"]},
                "sources": [{"name": HOSTILE, "url": HOSTILE}],
                "checks": [
                    {
                        "id": "a.b/c", "key": "ab", "ask": HOSTILE, "fix": HOSTILE,
                        "rows": [{"effect": "prohibited", "ref": HOSTILE, "note": HOSTILE, "hash": "0"}],
                    }
                ],
                "examples": [{"name": HOSTILE, "ad": {}, "answers": {}, "expect": {}, "why": HOSTILE}],
            }
        ],
    }  # fmt: skip
    return catalog_from_document(document, compile_with_re)
