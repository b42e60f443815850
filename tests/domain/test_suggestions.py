"""The name somebody may have meant."""

from __future__ import annotations

import pytest

from modtui.domain.suggestions import LONGEST_NAME, did_you_mean, nearest

KNOWN = ["google-political", "google-political-texts", "snap-political-2020", "severity", "id"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("severty", "severity"),
        ("Severity", "severity"),
        ("snap-political", "snap-political-2020"),
        ("google", "google-political"),
        ("sn", None),
        ("zebra", None),
        ("x" * (LONGEST_NAME + 1), None),
    ],
)
def test_the_nearest_name(typed: str, meant: str | None) -> None:
    assert nearest(typed, iter(KNOWN)) == meant


def test_in_a_message_it_stands_after_the_mistake() -> None:
    assert did_you_mean("severty", KNOWN) == " Did you mean 'severity'?"
    assert did_you_mean("zebra", KNOWN) == ""
