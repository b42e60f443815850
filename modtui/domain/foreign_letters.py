"""Words that borrow letters: look-alikes of another script, rare and styled letters. Each with what it is read as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from modtui.domain.lookalikes import SHAPES, looks_like, plain_letter, script_words

_WORD = re.compile("[AeoxwufgcmsFtz]+")
_SUSPECT = re.compile("[Ae]m*[xwuozsF]|[xwuozsF]m*[Ae]|[stF]{3}|[xw]m*[xw]m*[xw]|f[xwfm]*A|A[xwfm]*f")
"A cheap look at the shapes of a text: without any of these no word needs a closer one."
_RUN = re.compile("[stF]{3,}")
_STYLED_AMONG_LATIN = re.compile("(?<![stF])[sF]{1,2}(?=A{2})|(?<=A)[sF]{1,2}(?=A)")
_BETWEEN_LATIN = re.compile("(?<![Aeum])u|(?<![Ae])z|u(?![Aeum])|z(?![Ae])")
"A look-alike that is ordinary in its own script, or a symbol, and does not stand inside a Latin word."
_COMPOUND = re.compile("[Ae]m?[Aem]+[xwf]m?[xwfm]+|[xwf]m?[xwfm]+[Ae]m?[Aem]+")
"One script begins the word and another ends it, each with two letters or more: a brand and its ending."
_PREFIXED = re.compile("[ei][A-Z\u0400-\u042f]")
_AS_CYRILLIC = str.maketrans("ABCEHIJKMOPSTXYaceijopsxyk", "АВСЕНІЈКМОРЅТХУасеіјорѕхук")
_AS_GREEK = str.maketrans("ABEHIKMNOPTXYZavo", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖανο")


class Borrowed(Struct, frozen=True):
    """A word that is not written with the letters it is read with."""

    name: str
    "Of the signal."
    start: int
    end: int
    why: str
    letters: tuple[str, ...]
    "For each character of the word, what it is read as."


def borrowed_words(text: str) -> Iterator[Borrowed]:
    """The words of a text that borrow letters, in order. Quiet on ordinary text of every script."""
    shapes = text.translate(SHAPES)
    if not _SUSPECT.search(shapes):
        return
    is_latin = _is_latin_text(shapes)
    for match in _WORD.finditer(shapes):
        shape = match[0]
        if shape.strip("Aem"):
            yield from _of_word(text, shapes, match.start(), match.end(), is_latin)


def _is_latin_text(shapes: str) -> bool:
    """Whether the text is Latin but for look-alikes: most letters are, and every other one has a look."""
    letters = len(shapes) - sum(map(shapes.count, ".dm"))
    latin = shapes.count("A") + shapes.count("e")
    return latin * 2 > letters and not any(other in shapes for other in "fgc")


def _of_word(text: str, shapes: str, start: int, end: int, is_latin: bool) -> Iterator[Borrowed]:
    word, shape = text[start:end], shapes[start:end]
    has_latin = "A" in shape or "e" in shape
    if "f" in shape and "A" in shape:
        yield from _latin_in_another(word, shape, start)
    elif not any(other in shape for other in "fgc"):
        foreign = set(shape) & set("xwuoz")
        if foreign and has_latin:
            yield from _among_latin(word, shape, start, foreign)
        elif foreign and len(shape) > 2 and is_latin and not shape.strip("xm"):
            why = f"{script_words(word[0])} letters that look Latin"
            yield Borrowed("confusable", start, end, why, tuple(map(_read, word)))
    if any(kind in shape for kind in "stF"):
        yield from _styled(word, shape, start, "c" in shapes)


def _among_latin(word: str, shape: str, start: int, foreign: set[str]) -> Iterator[Borrowed]:
    """Latin letters and look-alikes of another script in one word.

    Not: words that also have letters no one takes for Latin, and compounds such as a Latin brand with a native ending.
    """
    if len(word) <= 2 or _BETWEEN_LATIN.search(shape) or _COMPOUND.fullmatch(shape):
        return
    letters = tuple(map(_read, word))
    if foreign & set("xwu"):
        scripts = sorted({script_words(each) for each, kind in zip(word, shape, strict=True) if kind in "xwu"})
        why = f"{' and '.join(scripts)} in a Latin word"
        yield Borrowed("mixed_script", start, start + len(word), why, letters)
    else:
        why = "rare letters or symbols that look ordinary"
        yield Borrowed("confusable", start, start + len(word), why, letters)


def _latin_in_another(word: str, shape: str, start: int) -> Iterator[Borrowed]:
    """Latin letters inside a Cyrillic or Greek word, all of them look-alikes of its own: `кaзинo`."""
    if set(shape) - set("fxwAm") or len(word) < 4 or _COMPOUND.fullmatch(shape) or _PREFIXED.match(word):
        return
    table = _AS_GREEK if any(script_words(each) == "Greek" for each in word) else _AS_CYRILLIC
    latin = [each for each in word if each.isascii()]
    if len(latin) * 2 > len(word) or any(ord(each) not in table for each in latin):
        return
    if len(latin) > 2 and word.startswith("".join(latin)):
        return  # an abbreviation with an ending
    script = "Greek" if table is _AS_GREEK else "Cyrillic"
    letters = tuple(each.translate(table) for each in word)
    yield Borrowed("mixed_script", start, start + len(word), f"Latin in a {script} word", letters)


def _styled(word: str, shape: str, start: int, is_east_asian: bool) -> Iterator[Borrowed]:
    """Three or more styled letters in a row, or one or two inside a Latin word; fullwidth ones only in texts without
    East Asian letters, where they are ordinary."""
    places = [*_RUN.finditer(shape), *_STYLED_AMONG_LATIN.finditer(shape)]
    for match in places:
        is_fullwidth = not match[0].strip("F")
        if is_fullwidth and is_east_asian:
            continue
        first, last = match.span()
        if len(match[0]) < 3:
            first, last = _latin_around(shape, first, last)
        letters = tuple(map(plain_letter, word[first:last]))
        if not any(letter.isalpha() for letter in letters) or not all(letter.isascii() for letter in letters):
            continue
        name = "fullwidth" if is_fullwidth else "styled"
        yield Borrowed(name, start + first, start + last, "letters in another style", letters)
        if len(match[0]) < 3:
            return


def _latin_around(shape: str, first: int, last: int) -> tuple[int, int]:
    while first and shape[first - 1] in "AsF":
        first -= 1
    while last < len(shape) and shape[last] in "AsF":
        last += 1
    return first, last


@cache
def _read(character: str) -> str:
    shape = SHAPES[ord(character)]
    if shape in "Ae":
        return character
    return looks_like(character) if shape != "m" else character
