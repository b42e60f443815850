"""Evidence: a component and a place in it that can be quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.ads import Ad, Creative, LandingPage, TimedText
from modtui.domain.cues import Hit
from modtui.domain.evidence import FULL_BOX, Evidence, evidence_of, is_within

AD = Ad(
    "t",
    "1",
    creative=Creative(body="Perdez 10 kg", transcript=(TimedText("one"), TimedText("two", 900, 2400))),
    landing_page=LandingPage(title="Cure minceur"),
)
places = st.builds(
    Evidence,
    component=st.sampled_from(("body", "transcript.1", "media.0", "page.title")),
    start=st.none() | st.integers(0, 20),
    end=st.none() | st.integers(0, 20),
    quote=st.text(max_size=5),
    start_ms=st.none() | st.integers(0, 9999),
    end_ms=st.none() | st.integers(0, 9999),
    box=st.none() | st.tuples(*[st.integers(0, FULL_BOX)] * 4),
    page=st.none() | st.integers(0, 9),
)


def test_a_match_becomes_a_quoted_span_and_speech_carries_its_time() -> None:
    assert evidence_of(Hit("p/a", "word", "Perdez", "body", 0, 6), AD) == Evidence("body", 0, 6, "Perdez")
    assert evidence_of(Hit("p/a", "word", "two", "transcript.1", 0, 3), AD) == Evidence(
        "transcript.1", 0, 3, "two", start_ms=900, end_ms=2400
    )
    assert evidence_of(Hit("p/a", "word", "one", "transcript.0", 0, 3), AD) == Evidence("transcript.0", 0, 3, "one")


@pytest.mark.parametrize("kind", ["flag", "fact"])
def test_flags_and_facts_have_no_place(kind: str) -> None:
    assert evidence_of(Hit("p/a", kind, "model-7: weight"), AD) is None


def test_a_hidden_signal_is_placed_and_not_quoted() -> None:
    assert evidence_of(Hit("p/a", "signal", "zero-width: a⟦ZWSP⟧", "body", 2, 3), AD) == Evidence("body", 2, 3)


@given(places)
def test_evidence_goes_through_json_and_back(place: Evidence) -> None:
    data = place.as_json()
    assert Evidence.from_json(data) == place
    assert not any(isinstance(value, float) for value in data.values())


@pytest.mark.parametrize(
    "place",
    [
        Evidence("body"), Evidence("body", 0, 6, "Perdez"), Evidence("body", 12, 12),
        Evidence("page.title", 0, 4, "Cure"),
        Evidence("media.0", box=(0, 0, FULL_BOX, FULL_BOX)), Evidence("media.0", start_ms=0, end_ms=0),
    ],
)  # fmt: skip
def test_a_place_that_can_be_there_is_within(place: Evidence) -> None:
    assert is_within(place, AD)


@pytest.mark.parametrize(
    "place",
    [
        Evidence("body", 0, 13), Evidence("body", 3, 2), Evidence("body", -1, 2), Evidence("headline", 0, 0),
        Evidence("body", 0, 6, "Gagnez"), Evidence("media.0", start_ms=5, end_ms=4),
        Evidence("media.0", box=(0, 0, FULL_BOX + 1, 5)), Evidence("media.0", box=(9, 0, 3, 5)),
    ],
)  # fmt: skip
def test_a_place_outside_its_component_is_not(place: Evidence) -> None:
    assert not is_within(place, AD)
