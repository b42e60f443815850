"""The registry is the one list: what derives from it holds together."""

from __future__ import annotations

import re
from pathlib import Path

from modtui.tui import actions
from modtui.tui.app import ModtuiApp
from modtui.tui.key_docs import keys_page
from modtui.tui.keymap import DEFAULT, TAKEN
from modtui.tui.screens.help import help_words, palette_options
from modtui.tui.screens.review import ReviewScreen
from modtui.tui.widgets.footer import hints


def test_ids_are_unique_and_every_action_is_listed():
    assert len(actions.BY_ID) == len(actions.ALL)
    named = {value for value in vars(actions).values() if isinstance(value, actions.Action)}
    assert named <= set(actions.ALL)


def test_every_action_of_the_review_screen_can_be_done():
    for action in actions.in_context(actions.REVIEW):
        done = action in actions.DIGITS or hasattr(ReviewScreen, action.method) or hasattr(ModtuiApp, action.method)
        assert done, f"{action.id}: no {action.method}"


def test_the_footer_has_at_most_six_hints_and_fits_80_columns():
    for context in {action.context for action in actions.ALL}:
        shown = hints(DEFAULT, context)
        assert len(shown) <= 6
        assert sum(len(key) + len(words) + 4 for key, words in shown) <= 80


def test_every_key_is_in_the_help_and_every_action_in_the_palette():
    words = help_words(DEFAULT, actions.REVIEW).plain
    for action in actions.in_context(actions.REVIEW):
        if DEFAULT.key(action) and action not in actions.DIGITS:
            assert action.help in words
    known, options = palette_options(DEFAULT, actions.REVIEW, {"undo": "nothing to undo"})
    assert len(known) == len(options)
    assert any(option.aside == "off: nothing to undo" for option in options)


def test_no_default_key_is_one_that_terminals_take():
    for action in actions.ALL:
        assert not set(action.keys) & set(TAKEN)


def test_the_page_of_keys_is_up_to_date():
    page = Path(__file__).parents[2] / "docs" / "keys.md"
    assert page.read_text(encoding="utf-8") == keys_page(), (
        "write it anew: python -m modtui.cli.docs keys > docs/keys.md"
    )


def test_help_is_a_sentence():
    for action in actions.ALL:
        assert re.fullmatch(r"[A-Z].*\.", action.help), action.id
