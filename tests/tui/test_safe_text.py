"""Untrusted text on its way to the screen: revealed, literal, and exactly as wide as it says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style

from modtui.domain.text import reveal
from modtui.tui.safe_text import MARK_STYLE, cell, fit, segments, show, wrap, wrap_spans

WORDS = st.text(st.one_of(st.characters(), st.sampled_from("a b \n ⟦ 漢 👩\u200d🚀 กำ é ")), max_size=120)


def test_markup_is_literal() -> None:
    text = "[b]bold[/b] [/] [@click=app.quit]x[/] :smile: $var"
    assert show(text).plain == text
    assert cell(text).plain == text
    console = Console(width=200, file=None, force_terminal=False)
    with console.capture() as capture:
        console.print(cell(text))
    assert capture.get().startswith(text)


def test_marks_stand_out_and_fakes_do_not() -> None:
    content = show("a\u200bb ⟦ZWSP⟧\t")
    assert content.plain == "a⟦ZWSP⟧b ⟦U+27E6⟧ZWSP⟦U+27E7⟧⇥"
    marked = [content.plain[span.start : span.end] for span in content.spans if span.style == MARK_STYLE]
    assert marked == ["⟦ZWSP⟧", "⟦U+27E6⟧", "⟦U+27E7⟧"]


def test_a_cell_is_one_line() -> None:
    assert cell("a\r\nb\tc").plain == "a␍⏎b⇥c"


def test_no_control_character_survives() -> None:
    every = "".join(map(chr, range(0xA0)))
    for plain in (show(every).plain.replace("\n", ""), cell(every).plain, segments(every, Style())[0].text):
        assert plain.isprintable() or set(plain) & {"\xa0"}


@given(WORDS, st.integers(1, 40))
def test_fit_is_exact(text: str, cells: int) -> None:
    for more in ("", "…"):
        assert cell_len(fit(reveal(text, "one"), cells, more)) == cells


@given(WORDS, st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, cells: int) -> None:
    shown = reveal(text)
    lines = wrap(shown, cells)
    assert all(cell_len(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(shown.split())
    spans = wrap_spans(shown, cells)
    assert all(start <= end for start, end in spans)
    assert [span[0] for span in spans] == sorted(span[0] for span in spans)


def test_words_stay_whole_where_they_can() -> None:
    assert wrap("the quick brown fox", 9) == ["the quick", "brown fox"]
    assert wrap("a verylongwordindeed b", 6) == ["a", "verylo", "ngword", "indeed", "b"]
    assert wrap("", 10) == [""]
    assert wrap("a\n\nb", 10) == ["a", "", "b"]


def test_a_huge_text_is_cut_with_a_count() -> None:
    lines = wrap("x" * 200_000, 80, most=10)
    assert len(lines) == 10
    assert lines[-1] == "… 199,200 characters more"
    assert len(wrap("\n" * 5_000, 80, most=100)) == 100
