"""Cues are found in disguised text too, and point at the disguised place."""

from __future__ import annotations

import pytest

from modtui.domain.ads import Ad, Creative
from modtui.domain.cues import CueIndex, CueTable
from modtui.domain.hidden_cues import hidden_hits

INDEX = CueIndex(
    CueTable(phrases={"guaranteed": [(("guaranteed",), "scam/gain")]}, signals={"mixed_script": ["brand/leans"]})
)


def hits(body: str) -> set[tuple[str, str]]:
    found = hidden_hits(INDEX, Ad("s", "1", creative=Creative(body=body)))
    assert all(body[hit.start : hit.end] for hit in found)
    return {(hit.check_id, body[hit.start : hit.end]) for hit in found}


@pytest.mark.parametrize(
    "disguised", ["guar\u200banteed", "gu\u0430ranteed", "ｇｕａｒａｎｔｅｅｄ", "gu4r4nteed", "g u a r a n t e e d"]
)
def test_a_disguised_word_lights_its_check_at_its_place(disguised: str) -> None:
    assert ("scam/gain", disguised) in hits(f"The {disguised} gain for you")


def test_a_signal_lights_the_checks_that_name_it() -> None:
    assert ("brand/leans", "p\u0430ypal") in hits("log in at p\u0430ypal now")


@pytest.mark.parametrize("ordinary", ["A guaranteed gain", "Ελληνικά και English", "日本語の広告", "مرحبا بالعالم"])
def test_ordinary_text_gives_nothing(ordinary: str) -> None:
    assert hits(ordinary) == set()
