"""Looking closer, moving, and what is said when a key is off."""

from __future__ import annotations

import pytest

from modtui.domain.ads import Ad
from modtui.domain.policies import Answer
from modtui.services.reviewing import Previous
from modtui.tui import actions
from modtui.tui.keymap import keymap
from tests.tui.desk_story import CLEAN, HOSTILE, LIT, PLAIN, WINE, ad, desk_with


async def test_letters_reach_any_check():
    async with desk_with(CLEAN) as desk:
        await desk.press(actions.LETTERS)
        desk.shows("check: _ _")
        await desk.press("t")
        desk.shows("check: t _ tl")
        await desk.press("l")
        desk.shows("✗ yes", "REJECT tl + legal")
        await desk.press(actions.LETTERS, "q", "q")
        desk.shows("no check has the letters qq")
        await desk.press(actions.LETTERS, "a", "m")
        desk.shows("am is asked once al is yes")


async def test_a_title_too_long_leaves_its_frame_whole():
    async with desk_with(ad("x" * 90, creative={"body": "Fresh bread."}), size=(160, 48)) as desk:
        top = next(line for line in desk.text().splitlines() if "xxx" in line)
        assert top.count("╭") == top.count("╮"), top


async def test_letters_never_decide():
    async with desk_with(CLEAN, PLAIN[0]) as desk:
        await desk.press(actions.LETTERS, "a", "r")
        assert desk.outcomes() == [] and desk.ad_id == "ad-1"


async def test_moving_and_answering_under_the_cursor():
    async with desk_with(LIT) as desk:
        await desk.press("j", actions.NO, "k", actions.YES)
        assert desk.screen.desk is not None
        assert desk.screen.desk.answers == {"weight.loss/promise": Answer.YES, "alcohol.product/sells": Answer.NO}
        await desk.press(actions.YES)
        assert "weight.loss/promise" not in desk.screen.desk.answers


async def test_find_brings_a_check_in_view():
    async with desk_with(CLEAN) as desk:
        await desk.press(actions.FIND, *"drink", "enter")
        desk.shows("al is in view", "▸4 al · open Does the ad sell or show")
        await desk.press(actions.YES)
        desk.shows("✗ yes", "am")


async def test_why_explains_the_ruling():
    async with desk_with(LIT) as desk:
        await desk.press("1", actions.WHY)
        desk.shows("REJECT by the answers so far", "without wl: APPROVE", "House rule")
        desk.shows("Why wl is here", "cue “Perdez 10 kg” in headline 0-12")
        await desk.press("escape")
        desk.hides("without wl")


async def test_the_cursor_brings_its_clause():
    async with desk_with(WINE) as desk:
        desk.shows("alcohol.product/sells", "SA: prohibited (law, second hand (S), Ban on alcohol)")
        await desk.press("j")
        while "weight.loss/promise" not in desk.text():
            await desk.pilot.pause(0.02)
        desk.shows("Take out the promise")


async def test_help_lists_every_key_and_the_palette_starts_actions():
    async with desk_with(LIT, size=(120, 70)) as desk:
        await desk.press(actions.HELP)
        desk.shows("Decide", "1-9", "Take back my newest standing decision.")
        await desk.press("escape", actions.PALETTE, *"every lit", "enter")
        assert desk.screen.desk is not None and len(desk.screen.desk.answers) == 2


async def test_disabled_actions_say_why():
    async with desk_with(CLEAN) as desk:
        for action, words in (
            (actions.PRECEDENT, "judged alone"),
            (actions.BRIEFINGS, "no briefings"),
            (actions.TRANSLATION, "no translation"),
            (actions.PICTURE, "no picture"),
            (actions.PAGE, "no text of the page"),
            (actions.PREVIOUS, "no earlier version"),
            (actions.EVIDENCE, "answer the check yes first"),
        ):
            await desk.press(action)
            desk.shows(words)


async def test_evidence_is_chosen_by_digit():
    async with desk_with(LIT) as desk:
        await desk.press("1", actions.EVIDENCE)
        desk.shows("Evidence for wl", "● headline 0-12")
        await desk.press("2")
        assert desk.screen.desk is not None
        assert len(desk.screen.desk.evidence["weight.loss/promise"]) == 2


async def test_the_page_is_unseen_until_it_was_opened():
    async with desk_with(LIT, size=(80, 24)) as desk:
        desk.shows("unseen: video page")
        await desk.press(actions.PAGE)
        desk.hides("unseen: video page")
        desk.shows("unseen: video")


async def test_the_translation_comes_and_goes():
    async with desk_with(LIT) as desk:
        desk.hides("No diet, no sport")
        await desk.press(actions.TRANSLATION)
        desk.shows("No diet, no sport")
        await desk.press(actions.TRANSLATION)
        desk.hides("No diet, no sport")


async def test_a_component_in_hand_is_the_evidence():
    async with desk_with(CLEAN) as desk:
        await desk.press(actions.PANE, "j")
        assert desk.screen.desk is not None and desk.screen.desk.focused == "body"
        desk.shows("▌Fresh bread")
        await desk.press(actions.BACK_PANE, "1")
        assert [place.component for place in desk.screen.desk.evidence["weight.loss/promise"]] == ["body"]


async def test_the_pane_in_hand_gets_the_room_where_panes_are_stacked():
    async with desk_with(LIT, size=(80, 24)) as desk:
        before = desk.screen.card.size.height
        await desk.press(actions.PANE)
        assert desk.screen.card.size.height > before
        await desk.press(actions.PANE)
        assert desk.screen.card.size.height < before
        await desk.press(actions.BACK_PANE, actions.BACK_PANE)


async def test_an_earlier_version_is_shown_and_its_answers_are_offered():
    previous = Previous(
        "reject", "2026-11-19T10:00:00Z", "ben", "REJECT wl", {"alcohol.product/sells": "no"},
        (("body", "old words", "new words"),), ("headline",), (("Take out the promise.", False),),
    )  # fmt: skip
    async with desk_with(LIT, previous={"ad-2": previous}) as desk:
        desk.shows("new version, text changed", "last version: REJECT wl · ben · 2026-11-19")
        desk.shows("asked: Take out the promise.", "✗ not changed", "- text: old words", "+ text: new words")
        assert desk.screen.desk is not None and not desk.screen.desk.answers
        await desk.press(actions.PREVIOUS)
        desk.shows("1 answer of the last version filled in")
        assert desk.screen.desk.answers == {"alcohol.product/sells": Answer.NO}


async def test_repeat_fills_in_the_last_answers():
    async with desk_with(LIT, PLAIN[0]) as desk:
        await desk.press("1", actions.ACCEPT, actions.REPEAT)
        desk.shows("1 answer of the last ad filled in", "✗ yes", "REJECT wl")


async def test_next_and_previous_ad_keep_the_answers():
    async with desk_with(LIT, PLAIN[0]) as desk:
        await desk.press("1", actions.NEXT_AD)
        desk.shows("Plain offer number 0")
        await desk.press(actions.PREVIOUS_AD)
        desk.shows("Perdez 10 kg", "✗ yes")
        await desk.press(actions.PREVIOUS_AD)
        desk.shows("This is the first ad", "Perdez 10 kg")


async def test_a_note_is_typed_kept_and_decided_with():
    async with desk_with(CLEAN, PLAIN[0]) as desk:
        await desk.press(actions.NOTE, *"ask ben", "enter")
        desk.shows("note: ask ben")
        await desk.press(actions.ACCEPT)
        assert desk.session.decided[0][1]["note"] == "ask ben"


async def test_unfinished_work_is_kept_as_a_draft():
    async with desk_with(LIT) as desk:
        await desk.press("1")
        while not desk.session.drafts:
            await desk.pilot.pause(0.05)


async def test_digits_and_order_never_move():
    async with desk_with(WINE) as desk:
        assert desk.screen.desk is not None
        dealt = {row.check.id: row.digit for row in desk.screen.desk.rows if row.digit}
        await desk.press("1", "3", "2", "1")
        after = {row.check.id: row.digit for row in desk.screen.desk.rows if row.digit}
        assert dealt.items() <= after.items()


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_hostile_text_stays_text(size: tuple[int, int]):
    async with desk_with(HOSTILE, WINE, size=size) as desk:
        for key in ("1", actions.WHY, "escape", actions.EVIDENCE, "escape", actions.CELLS, "escape", actions.PANE, "j"):
            await desk.press(key)
            assert not any(ord(character) < 32 and character != "\n" for character in desk.text())
            assert not any(hidden in desk.text() for hidden in ("\u202e", "\u2066", "\u200b", "\x9b"))
        assert desk.app.is_running


async def test_another_theme_is_taken_at_once():
    async with desk_with(LIT) as desk:
        before = desk.screen.looks.text.color
        await desk.press(actions.PALETTE, *"colours", "enter")
        assert desk.screen.looks.text.color != before
        desk.shows("Perdez 10 kg", "2 lit")


async def test_a_remapped_key_works_and_shows():
    own = keymap([("reject", "x", "keymap.yaml:1:9"), ("undo", "ctrl+u", "keymap.yaml:2:7")])
    async with desk_with(LIT, PLAIN[0], keymap=own) as desk:
        desk.shows("x reject")
        await desk.press("1", "x")
        assert desk.outcomes() == [("ad-2", "reject")]
        await desk.press("ctrl+u")
        assert desk.outcomes() == []


async def test_the_mouse_points_at_checks():
    async with desk_with(LIT) as desk:
        region = desk.screen.checks.region
        await desk.pilot.click(offset=(region.x + 5, region.y + 4))
        await desk.settled()
        assert desk.screen.laid is not None and desk.screen.laid.checks.cursor == 1


ARABIC = ad("ad-9", creative={"display_name": "Chai", "body": "عرض 123 اليوم (wine)"}, languages=["ar"])


async def test_an_ad_that_the_terminal_turns_around_has_its_lines_to_itself():
    async with desk_with(ARABIC, PLAIN[0], size=(120, 40)) as desk:
        (line,) = [line for line in desk.text().splitlines() if "عرض" in line]
        assert "│" not in line
        await desk.press("n", actions.ACCEPT)
        assert any(line.startswith("│    Plain offer number 0") for line in desk.text().splitlines())


async def test_the_app_reorders_where_the_terminal_does_not():
    async with desk_with(ARABIC, size=(120, 40), reorder="app") as desk:
        (line,) = [line for line in desk.text().splitlines() if "ضرع" in line]
        assert line.startswith("│al  (wine) مويلا 123 ضرع") and line.count("│") >= 3


async def test_a_cue_in_the_ad_is_underlined_and_names_the_check_it_points_to():
    both = ad("ad-8", creative={"display_name": "Chai", "body": "Lose 10 kg with whisky.\n\nNothing else."})
    async with desk_with(both, size=(120, 40)) as desk:
        desk.shows("wl+ Lose 10 kg with whisky.")
        (strip,) = [strip for strip in desk.screen.card.laid.strips if "whisky" in strip.text]
        assert [part.text for part in strip if part.style and part.style.underline] == ["Lose 10 kg", "whisky"]
        desk.hides("wl Nothing", "al Nothing")


async def test_no_letters_stand_before_a_line_that_the_terminal_turns_around():
    async with desk_with(ARABIC, size=(120, 40)) as desk:
        (line,) = [line for line in desk.text().splitlines() if "عرض" in line]
        assert line.startswith("!   عرض")


async def test_what_stands_beside_doubtful_text_is_placed_anew():
    async with desk_with(HOSTILE, size=(120, 40), reorder="app") as desk:
        strips = desk.screen._compositor.render_strips()
        ((row, strip),) = [(row, strip) for row, strip in enumerate(strips, start=1) if "👩" in strip.text]
        right_edge = desk.screen.card.region.right
        assert f"\x1b[{row};{right_edge}H" in [part.text for part in strip if part.control]


@pytest.mark.parametrize("shown", [LIT, HOSTILE])
async def test_without_colour_every_state_still_reads(monkeypatch: pytest.MonkeyPatch, shown: Ad):
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk_with(shown, PLAIN[0], size=(120, 40), reorder="app") as desk:
        await desk.press("1")
        desk.shows("✗ yes", "!")
        for strip in desk.screen._compositor.render_strips():
            for part in strip:
                colours = (part.style.color, part.style.bgcolor) if part.style else ()
                assert all(colour is None or colour.is_default for colour in colours), part


async def test_letters_in_one_read_with_the_deciding_key_spell_a_check():
    async with desk_with(CLEAN) as desk:
        asked = desk.screen.deciding_in_turn()
        assert [asked(key) for key in ("space", "a", "r", "1", "r")] == [False, False, False, False, True]
        asked = desk.screen.deciding_in_turn()
        assert [asked(key) for key in ("1", "enter", "a")] == [False, True, True]


async def test_what_the_terminal_is_sent_for_the_next_ad_is_worked_out_before_it_comes():
    async with desk_with(CLEAN, WINE) as desk:
        views = (desk.screen.card, desk.screen.checks)
        desk.screen.lay_out_ahead()
        ready = {id(boxed): boxed for view in views for _, _, boxed in view._boxed.values()}
        before = desk.ad_id
        await desk.press(actions.ACCEPT)
        assert desk.ad_id != before
        for view in views:
            lines = [line for line in view._shown[1:-1] if "".join(part.text for part in line).strip("│ ")]
            assert lines and all(id(line) in ready for line in lines)


async def test_the_frame_shows_which_pane_is_in_hand_on_every_line():
    async with desk_with(LIT) as desk:
        card, looks = desk.screen.card, desk.screen.looks
        for is_active, edge in ((True, looks.frame_active), (False, looks.frame), (True, looks.frame_active)):
            card.activate(is_active)
            sides = [side for line in card._shown[1:-1] for side in (line._segments[0], line._segments[-1])]
            assert {side.style for side in sides} == {edge}
