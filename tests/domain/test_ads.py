"""Ads: what makes a version, and which texts there are to read."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from modtui.domain.ads import Ad, Creative, LandingPage, Media, TimedText, content_hash

PAYLOAD: dict[str, Any] = {
    "id": "ad-1", "priority": 50, "schedule": {"start": "2026-12-01"}, "industry": "food", "markets": ["FR"],
    "languages": ["fr"], "audience": {"min_age": 16, "placements": ["feed"]},
    "advertiser": {"id": "adv", "name": "Glow", "payer": "Glow", "behalf": None, "certificates": []},
    "creative": {"headline": "Hi", "body": "Du vin", "transcript": [{"text": "a", "start_ms": 0}]},
    "media": [{"path": "a.png", "sha256": "00"}], "landing_page": {"url": "https://x.example", "text": "Old"},
    "flags": [], "extra": {},
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    payload = copy.deepcopy(PAYLOAD)
    *sections, last = path.split(".")
    target = payload
    for section in sections:
        target = target[section]
    target[last] = value
    return payload


@pytest.mark.parametrize(
    "path",
    [
        "creative.body", "creative.headline", "creative.ai_declared", "media", "landing_page.url", "markets",
        "languages", "audience.min_age", "audience.placements", "industry", "advertiser.name", "advertiser.payer",
        "advertiser.behalf",
    ],
)  # fmt: skip
def test_what_was_reviewed_makes_a_new_version(path: str) -> None:
    assert content_hash(changed(path, "other")) != content_hash(PAYLOAD)


@pytest.mark.parametrize(
    "path",
    [
        "schedule",
        "priority",
        "flags",
        "extra",
        "advertiser.id",
        "advertiser.certificates",
        "landing_page.text",
        "due_at",
    ],
)
def test_a_context_change_does_not(path: str) -> None:
    assert content_hash(changed(path, "other")) == content_hash(PAYLOAD)


def test_absent_null_and_empty_are_one_version() -> None:
    empty: tuple[Any, ...] = (None, "", [], {})
    assert len({content_hash(changed("creative.disclaimer", value)) for value in empty}) == 1
    assert content_hash(changed("creative.disclaimer", None)) == content_hash(PAYLOAD)


def test_texts_come_in_reading_order_with_their_component() -> None:
    ad = Ad(
        "t", "1",
        creative=Creative(
            headline="H", body="B", display_name="D", on_screen_text=(TimedText("S"),),
            transcript=(TimedText(""), TimedText("T")), lead_form=("Q",),
        ),
        landing_page=LandingPage(url="U", title="P"),
    )  # fmt: skip
    assert list(ad.texts()) == [
        ("display_name", "D"), ("headline", "H"), ("body", "B"), ("on_screen_text.0", "S"), ("transcript.1", "T"),
        ("lead_form.0", "Q"), ("page.title", "P"), ("page.url", "U"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ad", "reviewable"),
    [
        (Ad("t", "1"), False),
        (Ad("t", "1", media=(Media("a.png"),)), True),
        (Ad("t", "1", creative=Creative(body="x")), True),
        (Ad("t", "1", landing_page=LandingPage(url="https://x.example")), True),
        (Ad("t", "1", creative=Creative(body="")), False),
    ],
)
def test_an_ad_needs_something_to_look_at(ad: Ad, reviewable: bool) -> None:
    assert ad.is_reviewable is reviewable
