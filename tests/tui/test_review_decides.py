"""Deciding, as a reviewer tells it."""

from __future__ import annotations

import asyncio

from modtui.errors import ModtuiError
from modtui.tui import actions
from tests.tui.desk_story import CLEAN, LIT, PLAIN, WINE, desk_with


async def test_a_clean_ad_is_one_key():
    async with desk_with(CLEAN, PLAIN[0]) as desk:
        desk.shows("nothing lit", "Fresh bread", "✓ APPROVE")
        await desk.press(actions.ACCEPT)
        assert desk.outcomes() == [("ad-1", "approve")]
        desk.shows("Plain offer number 0", "ad-1 approve", "1/2")


async def test_a_routine_reject_is_two_keys_and_the_answer_shows_before_the_second():
    async with desk_with(LIT, PLAIN[0]) as desk:
        desk.shows("2 lit", "! answer", "! lit", "1 required check is open: 1")
        await desk.press("1")
        desk.shows("✗ yes", "✗ REJECT wl", "all 3 markets", "cut wl")
        await desk.press(actions.ACCEPT)
        assert desk.outcomes() == [("ad-2", "reject")]
        body = desk.session.decided[0][1]
        assert body["findings"][0]["evidence"][0]["quote"] == "Perdez 10 kg"


async def test_a_digit_again_opens_the_check():
    async with desk_with(LIT) as desk:
        await desk.press("1", "1")
        desk.shows("✓ APPROVE", "1 required check is open: 1")
        assert desk.screen.desk is not None and not desk.screen.desk.answers


async def test_undo_is_one_key_and_brings_answers_back():
    async with desk_with(LIT, PLAIN[0]) as desk:
        await desk.press("1", actions.ACCEPT, actions.UNDO)
        assert desk.outcomes() == []
        assert desk.ad_id == "ad-2"
        desk.shows("undone: ad-2 back", "✗ yes", "REJECT wl")
        await desk.press(actions.REDO)
        assert desk.outcomes() == [("ad-2", "reject")]


async def test_an_approval_waits_for_lit_high_checks():
    async with desk_with(LIT, PLAIN[0]) as desk:
        await desk.press(actions.APPROVE)
        assert desk.outcomes() == []
        desk.shows("1 required check is open: 1", "! answer")
        await desk.press(actions.CLEAR_LIT)
        desk.shows("no to 2 lit checks")
        await desk.press(actions.ACCEPT)
        assert desk.outcomes() == [("ad-2", "approve")]


async def test_reject_without_a_tick_asks_which_check_and_then_decides():
    async with desk_with(PLAIN[0], PLAIN[1]) as desk:
        await desk.press(actions.REJECT)
        desk.shows("Reject: which check?")
        await desk.press("1")
        assert desk.outcomes() == [("ad-10", "reject")]


async def test_approving_over_the_derivation_asks_for_a_reason():
    async with desk_with(LIT, PLAIN[0]) as desk:
        await desk.press("1", "2", actions.NO, actions.APPROVE)
        desk.shows("although the answers say REJECT", "Context or satire")
        await desk.press("2")
        ((_, body, _),) = desk.session.decided
        assert body["outcome"] == "approve" and body["override"]["reason"] == "context"
        assert body["derived"] == "reject"


async def test_a_market_rule_limits_and_says_whose_rule_it_is():
    async with desk_with(WINE, size=(120, 40)) as desk:
        await desk.press("1")
        desk.shows("SA, 18+: cut al (law)", "FR, 18+: allowed", "2 required checks are open: 5 6")
        await desk.press("5", "j", actions.NO)
        desk.shows(
            "FR, 18+: held al·certificate (law) Send the alcohol certificate for FR.",
            "⧗ ASK FOR DOCUMENT al·certificate al",
        )
        desk.hides("required check")


async def test_escalating_is_two_keys():
    async with desk_with(CLEAN, PLAIN[0]) as desk:
        await desk.press(actions.ESCALATE, "2")
        ((_, body, _),) = desk.session.decided
        assert body["outcome"] == "escalate"
        assert body["escalation"][0]["route"] == "child-safety"


async def test_unsure_escalates_with_its_question():
    async with desk_with(LIT, PLAIN[0]) as desk:
        await desk.press(actions.UNSURE)
        desk.shows("? unsure", "↗ ESCALATE wl")
        await desk.press(actions.ESCALATE)
        desk.shows("Question: Does the ad promise weight loss")
        await desk.press("1")
        assert "promise weight loss" in desk.session.decided[0][1]["escalation"][0]["question"]


async def test_asking_for_a_document():
    async with desk_with(CLEAN, PLAIN[0]) as desk:
        await desk.press(actions.DOCUMENT, "2")
        ((_, body, _),) = desk.session.decided
        assert body["outcome"] == "request_info" and body["documents"] == ["Proof of the claim made in the ad"]


async def test_hold_and_skip_take_a_digit_for_the_reason():
    async with desk_with(CLEAN, *PLAIN) as desk:
        await desk.press(actions.HOLD)
        desk.shows("Hold: why?", "back in 1 h")
        await desk.press("1", actions.SKIP, "2")
        assert desk.session.left == [("ad-1", "held: asked a colleague"), ("ad-10", "skipped: conflict of interest")]
        desk.shows("Plain offer number 1")


async def test_escape_leaves_a_dialog_and_decides_nothing():
    async with desk_with(CLEAN) as desk:
        for action in (actions.REJECT, actions.ESCALATE, actions.HOLD, actions.SKIP, actions.DOCUMENT, actions.CELLS):
            await desk.press(action, "escape")
        assert desk.outcomes() == [] and desk.session.left == []
        desk.shows("Fresh bread", "✓ APPROVE")


async def test_editing_cells_changes_the_outcome_and_takes_a_reason():
    async with desk_with(WINE, PLAIN[0]) as desk:
        await desk.press(actions.CELLS)
        desk.shows("FR 18+ allowed", "SA 18+ allowed")
        await desk.press("4", "enter")
        desk.shows("Against the derivation: why?")
        await desk.press("4")
        desk.shows("1 cell edited (market-rule)", "APPROVE LIMITED")
        await desk.press(actions.ACCEPT)
        ((_, body, _),) = desk.session.decided
        assert body["outcome"] == "approve_limited" and body["override"]["edits"][0]["market"] == "FR"


async def test_a_failed_save_says_so_in_words_and_loses_nothing():
    async with desk_with(LIT, PLAIN[0]) as desk:
        desk.session.fault = ModtuiError("The disk is full", "workspace.db could not grow.", "Free some space.")
        await desk.press("1", actions.ACCEPT)
        desk.shows("NOT SAVED: The disk is full", "⏎ tries again", "Free some space.", "Perdez 10 kg", "✗ yes")
        assert desk.outcomes() == [] and desk.ad_id == "ad-2"
        desk.session.fault = None
        await desk.press(actions.ACCEPT)
        assert desk.outcomes() == [("ad-2", "reject")]
        desk.hides("NOT SAVED")


async def test_while_one_decision_is_saved_there_is_no_second():
    async with desk_with(CLEAN, *PLAIN) as desk:
        desk.session.gate = asyncio.Event()
        await desk.press(actions.ACCEPT, actions.ACCEPT, "1", actions.REJECT)
        assert desk.outcomes() == []
        desk.shows("saving the last decision", "Fresh bread")
        desk.session.gate.set()
        await desk.settled()
        assert desk.outcomes() == [("ad-1", "approve")]
        assert desk.screen.desk is not None and not desk.screen.desk.answers


async def test_a_slow_save_is_named():
    async with desk_with(CLEAN, PLAIN[0]) as desk:
        desk.session.gate = asyncio.Event()
        await desk.press(actions.ACCEPT)
        while "saving …" not in desk.text():
            await desk.pilot.pause(0.02)
        desk.session.gate.set()
        await desk.settled()
        desk.hides("saving …")


async def test_the_end_of_a_queue_says_so_and_undo_still_works():
    async with desk_with(CLEAN) as desk:
        await desk.press(actions.ACCEPT)
        desk.shows("Nothing is waiting here", "1 of 1 decided")
        await desk.press(actions.APPROVE)
        desk.shows("no ad is on the desk")
        await desk.press(actions.UNDO)
        desk.shows("Fresh bread")
