"""The review screen: an ad, the checks that apply to it, what the answers mean, and one key for what to do about it."""

from __future__ import annotations

from modtui.tui.screens.review_conflicts import ConflictActions


class ReviewScreen(ConflictActions):
    """The main screen. It translates keys to calls of the session, and what comes back to lines."""
