"""Cues are found in disguised text too, and point at the disguised place."""

from __future__ import annotations

import pytest

from modtui.domain.ads import Ad, Creative
from modtui.domain.cues import CueIndex, CueTable, ad_hits
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.hidden_text import ad_signals

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


def test_what_is_known_already_is_not_sought_again() -> None:
    ad = Ad("s", "1", creative=Creative(body="log in at p\u0430ypal now"))
    assert hidden_hits(INDEX, ad, ()) == ()
    assert hidden_hits(INDEX, ad, ad_signals(ad)) == hidden_hits(INDEX, ad)


def test_a_signal_says_why_and_a_disguised_cue_how_it_reads() -> None:
    ad = Ad("s", "1", creative=Creative(body="p\u0430ypal is gu\u0430ranteed"))
    assert [(hit.kind, hit.text, hit.why) for hit in hidden_hits(INDEX, ad)] == [
        ("signal", "mixed scripts: paypal", "Cyrillic in a Latin word"),
        ("signal", "mixed scripts: guaranteed", "Cyrillic in a Latin word"),
        ("word", "gu\u0430ranteed", "reads “guaranteed”"),
    ]


def test_disguised_cues_are_found_where_no_check_names_a_signal() -> None:
    index = CueIndex(CueTable(phrases={"guaranteed": [(("guaranteed",), "scam/gain")]}))
    ad = Ad("s", "1", creative=Creative(headline="g u a r a n t e e d", body="gu\u0430ranteed bit.ly/abcd"))
    assert [hit.component for hit in hidden_hits(index, ad)] == ["headline", "body"]


def test_a_signal_where_a_cue_of_the_same_check_stands_says_no_more() -> None:
    table = CueTable(phrases={"guaranteed": [(("guaranteed", "returns"), "scam/gain")]})
    table.signals = {"guaranteed_return": ["scam/gain", "scam/other"]}
    index, ad = CueIndex(table), Ad("s", "1", creative=Creative(body="guaranteed returns"))
    hits = ad_hits(index, ad, hidden_hits(index, ad))
    assert [(hit.check_id, hit.kind) for hit in hits] == [("scam/gain", "word"), ("scam/other", "signal")]


@pytest.mark.parametrize("ordinary", ["A guaranteed gain", "Ελληνικά και English", "日本語の広告", "مرحبا بالعالم"])
def test_ordinary_text_gives_nothing(ordinary: str) -> None:
    assert hits(ordinary) == set()
