"""Ways in which an ad's text hides what it says: signals that point, and a plain reading for cues to be sought in.

Signals are pointers, never verdicts. Each detector is quiet on ordinary text of any script; what it asks for is said in
its docstring. `plain_reading` undoes all of them at once and knows its way back to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.lookalikes import LOOKALIKES, PLAIN_LETTERS, WEAK, plain_letter, script_of
from modtui.domain.text import HiddenCharacter, hidden_characters

SIGNALS: Final = ("invisible", "bidi", "mixed_script", "confusable", "leet", "spaced", "punycode", "fullwidth")
"Every name a signal can have."

_BIDI: Final = frozenset(("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "LRM", "RLM", "ALM"))
_OVERRIDES: Final = frozenset(("LRO", "RLO"))
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_STYLED: Final = re.compile(
    "(?:[\u24b6-\u24e9\ufe00-\uffef\U0001d400-\U0001d7ff\U0001f130-\U0001f189]|[ʜɪʟɴʀꜱᴀ-ᴢ]){3,}"
)
_LEET_LETTERS: Final = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
_LEET: Final = re.compile(r"(?<![\w@$./:#-])(?=[^\W\d_]*[0134578@$])[a-zA-Z@$0134578]{4,}(?![\w@$.:/#-]*\w)")
_LEET_WORD: Final = re.compile(r"[a-z]*(?:[a-z$@][0134578@$]{1,2}|\$)[a-z]+(?:[0134578@$]{1,2}[a-z]+)*", re.IGNORECASE)
_ORDINARY: Final = re.compile(r"(?:mp[34]|h26[45]|b[24][bcu]|[spw]2p|[gw]3[cp]|win\d|web3|es\d)[a-z]*", re.IGNORECASE)
_SPACED: Final = re.compile(r"(?<!\w)[^\W\d_]([ .\-_*·•|])[^\W\d_](?:\1[^\W\d_]){2,}(?!\w)")
_DRAWN_APART: Final = re.compile(r"[ .\-_*·•|]\w[ .\-_*·•|]\w[ .\-_*·•|]")
_SIGN_FOR_LETTER: Final = re.compile(r"[a-zA-Z][0134578@$]{1,2}[a-zA-Z]|\$[a-zA-Z]")
_OTHER_ALPHABET: Final = re.compile("[\u0370-\u052f]")
_OTHER_LETTERS: Final = re.compile(f"(?=[\u0370-\u052f])[^{''.join(LOOKALIKES)}]")
_BESIDE_LATIN: Final = re.compile("[a-zA-Z][\u0370-\u052f]|[\u0370-\u052f][a-zA-Z]")
"Cheap looks that tell an ordinary text from one worth a word-by-word reading."
_PUNYCODE: Final = re.compile(r"(?<![\w.-])(?:[\w-]+\.)*xn--[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)


class Signal(Struct, frozen=True):
    """A place where a text hides something."""

    name: str
    component: str
    start: int
    "Code points in the component's text."
    end: int
    why: str
    "For the reviewer, in a few words."
    plain: str
    "The same place as it is meant to be read."


class Reading(Struct, frozen=True):
    """A text as it is meant to be read, with the way back."""

    text: str
    offsets: tuple[int, ...] | range
    "For each character of `text`, and for its end, the place in the original."

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original."""
        return self.offsets[start], (self.offsets[end - 1] + 1 if end > start else self.offsets[start])


def ad_signals(ad: Ad) -> tuple[Signal, ...]:
    """The signals of every text of an ad, in reading order."""
    return tuple(signal for component, text in ad.texts() for signal in signals(text, component))


def signals(text: str, component: str = "") -> tuple[Signal, ...]:
    """The signals of one text, in the order of `SIGNALS`."""
    hidden = hidden_characters(text)
    found = [*_invisible(text, component, hidden), *_bidi(text, component, hidden)] if hidden else []
    if not text.isascii():
        found += [*_foreign_letters(text, component), *_styled(text, component)]
    return (*found, *_leet(text, component), *_spaced(text, component), *_punycode(text, component))


def _invisible(text: str, component: str, found: tuple[HiddenCharacter, ...]) -> Iterator[Signal]:
    """Characters without a shape inside a word of Latin, Cyrillic or Greek letters or digits; tags; control functions.

    Not: ZWSP between words of Thai or Khmer, soft hyphens that leave syllables, byte order marks, bidi controls.
    """
    done = 0  # one signal a word
    for hidden in found:
        if hidden.start < done:
            continue
        if hidden.name in _BIDI or hidden.name == "combining":
            continue
        end = hidden.start + hidden.count
        is_function = hidden.name in ("ESC", "BEL", "BS", "DEL") or "U+0080" <= hidden.name <= "U+009F"
        is_smuggled = hidden.name.startswith("U+E00") or (hidden.name[:2] == "VS" and hidden.count > 3)
        if is_function or is_smuggled or _splits_word(text, hidden.start, end, hidden.name):
            word_start, word_end = _word_around(text, hidden.start, end)
            done = word_end
            plain = _without_hidden(text[word_start:word_end])
            count = f" ×{hidden.count}" if hidden.count > 1 else ""
            yield Signal("invisible", component, word_start, word_end, f"hidden {hidden.name}{count}", plain)


def _splits_word(text: str, start: int, end: int, name: str) -> bool:
    if not start or end >= len(text):
        return False
    sides = (text[start - 1], text[end])
    if any(not (side.isdigit() or script_of(side) in ("latin", "cyrillic", "greek")) for side in sides):
        return False
    if name != "SHY":
        return True
    before = re.search(r"\w*\Z", text[:start])
    after = re.match(r"\w*", text[end:])
    return min(len(before[0]) if before else 0, len(after[0]) if after else 0) < 2


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _without_hidden(text: str) -> str:
    return "".join(character for _, character in _visible(text))


def _visible(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    for hidden in hidden_characters(text):
        yield from enumerate(text[place : hidden.start], place)
        place = hidden.start + hidden.count
    yield from enumerate(text[place:], place)


def _bidi(text: str, component: str, found: tuple[HiddenCharacter, ...]) -> Iterator[Signal]:
    """Overrides anywhere; embeddings, isolates and marks only where no right-to-left letter needs them."""
    needs_them = _RIGHT_TO_LEFT.search(text) is not None
    for hidden in found:
        if hidden.name in _BIDI and (hidden.name in _OVERRIDES or not needs_them):
            start, end = _word_around(text, hidden.start, hidden.start + hidden.count)
            why = f"{hidden.name} changes the order of reading"
            yield Signal("bidi", component, start, end, why, _without_hidden(text[start:end]))


def _foreign_letters(text: str, component: str) -> Iterator[Signal]:
    """Words of Latin letters and look-alikes of another script, and words of look-alikes alone in a Latin text.

    Not: words that also have letters no one takes for Latin, and compounds such as a Latin brand with a native ending.
    """
    if not _OTHER_ALPHABET.search(text):
        return
    is_latin = not _OTHER_LETTERS.search(text) and _is_latin_text(text)
    if not is_latin and not _BESIDE_LATIN.search(text):
        return
    for match in _WORD.finditer(text):
        word = match[0]
        if not _OTHER_ALPHABET.search(word):
            continue
        foreign = [character for character in word if script_of(character) in ("cyrillic", "greek")]
        if not foreign or any(character not in LOOKALIKES for character in foreign):
            continue
        plain = _as_latin(word)
        if len(foreign) < len(word):
            if len(word) > 2 and not _is_compound(word):
                yield Signal("mixed_script", component, match.start(), match.end(), _scripts(word), plain)
        elif len(word) > 2 and not WEAK.intersection(word) and is_latin:
            why = f"{script_of(word[0])} letters that look Latin"
            yield Signal("confusable", component, match.start(), match.end(), why, plain)


def _as_latin(word: str) -> str:
    return "".join(LOOKALIKES.get(character, character) for character in word)


def _scripts(word: str) -> str:
    return " and ".join(sorted({script_of(character) for character in word})) + " letters in one word"


def _is_compound(word: str) -> bool:
    """Whether one script begins the word and another ends it, each with two letters or more: a brand and its ending."""
    kinds = [script_of(character) == "latin" for character in word]
    changes = [place for place in range(1, len(kinds)) if kinds[place] is not kinds[place - 1]]
    return len(changes) == 1 and 2 <= changes[0] <= len(word) - 2


def _is_latin_text(text: str) -> bool:
    """Whether most letters are Latin."""
    scripts = list(map(script_of, text))
    return scripts.count("latin") * 2 > sum(map(bool, scripts))


def _styled(text: str, component: str) -> Iterator[Signal]:
    """Three or more letters in a row in mathematical, circled, squared or small-capital forms; fullwidth ones only in
    texts without East Asian letters, where they are ordinary."""
    for match in _STYLED.finditer(text):
        plain = "".join(map(plain_letter, match[0]))
        if not plain.isascii() or not any(map(str.isalpha, plain)):
            continue
        is_fullwidth = all("\uff00" <= character <= "\uff5e" for character in match[0])
        if is_fullwidth and any(script_of(character) == "east_asian" for character in text):
            continue
        name = "fullwidth" if is_fullwidth else "confusable"
        yield Signal(name, component, match.start(), match.end(), "letters in another style", plain)


def _leet_words(text: str) -> Iterator[tuple[int, int, str]]:
    if not _SIGN_FOR_LETTER.search(text):
        return
    for match in _LEET.finditer(text):
        word = match[0]
        letters = sum(character.isascii() and character.isalpha() for character in word)
        if letters < 3 or letters * 2 < len(word) or not _LEET_WORD.fullmatch(word) or _ORDINARY.fullmatch(word):
            continue
        if not (word.islower() or word.isupper() or (word[1:].islower() and word[0].isupper())):
            continue  # an id
        if letters == 3 and len(word) < 5 and "$" not in word and "@" not in word:
            continue
        yield match.start(), match.end(), "".join(_LEET_LETTERS.get(character, character) for character in word)


def _leet(text: str, component: str) -> Iterator[Signal]:
    """Digits or signs for letters inside one word; not codes, sizes, formats or addresses."""
    for start, end, plain in _leet_words(text):
        yield Signal("leet", component, start, end, "digits or signs for letters", plain)


def _spaced_words(text: str) -> Iterator[tuple[int, int, str]]:
    if not _DRAWN_APART.search(text):
        return
    for match in _SPACED.finditer(text):
        plain = match[0][::2]
        if match[1] == "." and plain.isupper():
            continue  # initials
        if len(set(plain.casefold())) > 2:
            yield match.start(), match.end(), plain


def _spaced(text: str, component: str) -> Iterator[Signal]:
    """Four or more single letters with one separator between them; not initials such as N.A.T.O."""
    for start, end, plain in _spaced_words(text):
        yield Signal("spaced", component, start, end, "letters drawn apart", plain)


def _punycode(text: str, component: str) -> Iterator[Signal]:
    """Host names in their ASCII form, which hides the letters they are shown with."""
    if "xn--" not in text and "XN--" not in text:
        return
    for match in _PUNYCODE.finditer(text):
        yield Signal("punycode", component, match.start(), match.end(), "encoded host name", decoded_host(match[0]))


def decoded_host(host: str) -> str:
    """A host name with its `xn--` labels decoded, those that cannot be as they are."""
    return ".".join(map(_decoded_label, host.split(".")))


def _decoded_label(label: str) -> str:
    if label[:4].casefold() != "xn--":
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def plain_reading(text: str) -> Reading:
    """The text without hidden characters, look-alikes, styled letters, digits for letters, spaces between letters."""
    plain, offsets = text, _places(text)
    if not text.isascii() or not text.isprintable():
        plain, offsets = _undisguised(text)
    edits = sorted([*_leet_words(plain), *_spaced_words(plain)])
    if not edits:
        return Reading(plain, offsets)
    parts: list[str] = []
    kept: list[int] = []
    place = 0
    for start, end, word in edits:
        if start >= place:
            step = 2 if len(word) < end - start else 1
            parts += (plain[place:start], word)
            kept += (*offsets[place:start], *offsets[start:end:step])
            place = end
    parts.append(plain[place:])
    return Reading("".join(parts), (*kept, *offsets[place:]))


def _places(text: str) -> tuple[int, ...] | range:
    return range(len(text) + 1)


def _undisguised(text: str) -> tuple[str, tuple[int, ...] | range]:
    """Every letter as the plain one it stands for, one for one where that is possible."""
    offsets: tuple[int, ...] | range = _places(text)
    plain = text.translate(PLAIN_LETTERS)
    if len(plain) != len(text) or hidden_characters(text):
        pairs = [(place, letter) for place, shown in _visible(text) for letter in plain_letter(shown)]
        plain = "".join(letter for _, letter in pairs)
        offsets = (*(place for place, _ in pairs), len(text))
    for signal in _foreign_letters(plain, ""):
        plain = plain[: signal.start] + signal.plain + plain[signal.end :]
    return plain, offsets
