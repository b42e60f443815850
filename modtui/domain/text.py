"""Untrusted text made safe to show: what cannot be seen becomes a visible mark, and no text can fake a mark.

`reveal` keeps every readable character as it is and writes the rest as `⟦ZWSP⟧` or `⟦U+009B⟧`; runs of one character
are counted (`⟦ZWSP×12⟧`). Marked are controls, bidi controls, zero-width and other format characters, tags, fillers,
stray variation selectors, lone surrogates, private-use and unassigned code points, and the marks' own brackets.
Left alone, because readers need them: emoji sequences (ZWJ, VS16, keycaps, the three subdivision flags), one
variation selector after a symbol or an ideograph, ZWNJ between Arabic-script letters, joiners beside a virama, spaces
of any width.
More than four combining marks on one character become a count, `⟦+17⟧`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import groupby
from typing import Final, Literal

from msgspec import Struct

from modtui.domain.character_kinds import OWN_SIGNS, PLAIN_KINDS, kinds_of

Lines = Literal["many", "one"]

MARKS_PER_CHARACTER: Final = 4
"Combining marks left on one character: Vietnamese and Thai need two, pointed Hebrew and Arabic three or four."

_C0: Final = """NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI
    DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"""
NAMES: Final[dict[int, str]] = {
    **dict(enumerate(_C0.split())),
    0x7F: "DEL", 0xAD: "SHY", 0x34F: "CGJ", 0x61C: "ALM", 0x180E: "MVS", 0x200B: "ZWSP", 0x200C: "ZWNJ", 0x200D: "ZWJ",
    0x200E: "LRM", 0x200F: "RLM", 0x2028: "LSEP", 0x2029: "PSEP", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF",
    0x202D: "LRO", 0x202E: "RLO", 0x2060: "WJ", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
    0x3164: "HF", 0xFE0E: "VS15", 0xFE0F: "VS16", 0xFEFF: "ZWNBSP",
}  # fmt: skip
"Short names of the hidden characters that ads carry most; all others are named by code point."
_BY_NAME: Final = {name: chr(code_point) for code_point, name in NAMES.items()}

_FLAGS: Final = tuple(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_SPECIAL: Final[dict[Lines, re.Pattern[str]]] = {"many": re.compile("[hbJNVWMTrt]"), "one": re.compile("[hbJNVWMTrtn]")}
_PILED: Final = re.compile(rf"(?P<loose>(?:\A|(?<=n))[mv]+)|(?P<excess>(?<=[mv]{{{MARKS_PER_CHARACTER}}})[mv]+)")
_LEGITIMATE: Final = re.compile(
    "[eFyks]V."  # a selector after a symbol; keycaps
    "|[eFVs]J[eF]"  # emoji joined to emoji
    "|[amv]Na|v[JN][pa]|p[JN]v"  # joiners that shape Arabic-script and Indic words
    "|cW.|gM.",  # the variant form of one ideograph, of one Mongolian letter
)
"Kinds of a special character and its two neighbours, where readers need the character."
_PLAIN: Final[dict[Lines, set[str]]] = {"many": {"\n"}, "one": set()}
"Characters met so far that are readable by themselves; only a memory of `kind_of`, so that most texts cost one look."
_MET: Final[set[str]] = set()
"Characters that have been sorted into `_PLAIN` or not."
_SIGNS: Final = {"\n": "⏎", "\t": "⇥", "\r": "␍"}
_BY_SIGN: Final = {sign: character for character, sign in _SIGNS.items()}
_LAYOUT: Final = frozenset("\n\r\t" + OWN_SIGNS)
"Marked or signed for layout or for honesty, but nothing anyone hides."


class HiddenCharacter(Struct, frozen=True):
    """A run of one character that a reader would not see."""

    start: int
    "Code points from the start of the text."
    name: str
    "`ZWSP`, `U+E0061`, or `combining` for marks piled on one character."
    count: int


class Edit(Struct, frozen=True):
    """One place where what is shown differs from the text: `text[start:end]` is shown as `shown`."""

    start: int
    end: int
    shown: str


class Revealed(Struct, frozen=True):
    """A text as shown, with the way from places in the text to places in what is shown."""

    text: str
    shown: str
    edits: tuple[Edit, ...]

    def place(self, offset: int) -> int:
        """Where the character at `offset` of the text begins in what is shown; inside a mark, where the mark begins."""
        shift = 0
        for edit in self.edits:
            if offset < edit.end:
                return min(offset, edit.start) + shift if offset >= edit.start else offset + shift
            shift += len(edit.shown) - (edit.end - edit.start)
        return offset + shift

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in what is shown; a mark that the span touches is taken whole."""
        index = bisect_right([edit.start for edit in self.edits], max(start, end - 1)) - 1
        last = self.place(end)
        if index >= 0 and self.edits[index].start < end < self.edits[index].end:
            last = self.place(self.edits[index].start) + len(self.edits[index].shown)
        return self.place(start), last


def reveal(text: str, lines: Lines = "many", *, ascii_marks: bool = False, lossless: bool = False) -> str:
    """The text with everything hidden made visible.

    With `lines="many"` line feeds stay (CRLF reads as one); with `"one"` they show as `⏎` and the result is one line.
    Tabs show as `⇥`. `ascii_marks` writes `<ZWSP>` for terminals without Unicode; `lossless` lists piled combining
    marks instead of counting them. One-line and lossless, two different texts never look the same, and `unreveal`
    undoes it.
    """
    if ascii_marks:
        return _reveal_ascii(text, lines)
    if _is_plain(text, lines):
        return text
    edits = _edits(text, lines, lossless)
    return _joined(text, edits) if edits else text


def reveal_places(text: str, lines: Lines = "many") -> Revealed:
    """As `reveal`, with the edits, for spans of the text that must be marked in what is shown."""
    edits = () if _is_plain(text, lines) else tuple(_edits(text, lines, False))
    return Revealed(text, _joined(text, edits) if edits else text, edits)


def hidden_characters(text: str) -> tuple[HiddenCharacter, ...]:
    """Every hidden character of the text, in order; nothing for emoji, joiners that shape words, tabs and line ends."""
    if _is_plain(text, "many"):
        return ()
    found: list[HiddenCharacter] = []
    for group, start, end in _suspects(text, "many"):
        if group in ("excess", "loose"):
            found.append(HiddenCharacter(start, "combining", end - start))
        elif group == "hidden":
            found += _hidden_runs(text, start, end)
    return tuple(found)


def unreveal(shown: str) -> str:
    """The text behind `reveal(text, "one", lossless=True)`."""
    text = re.sub("[⏎⇥␍]", lambda match: _BY_SIGN[match[0]], shown)
    return re.sub("⟦([^⟧×]+)(?:×([0-9]+))?⟧", lambda match: _named(match[1]) * int(match[2] or 1), text)


def _named(name: str) -> str:
    return chr(int(name[2:], 16)) if name.startswith("U+") else _BY_NAME[name]


def name_of(character: str) -> str:
    """`ZWSP`, or `U+009B` when there is no short name."""
    return NAMES.get(ord(character)) or f"U+{ord(character):04X}"


def _is_plain(text: str, lines: Lines) -> bool:
    return (text.isascii() and text.isprintable()) or _PLAIN[lines].issuperset(text)


def _suspects(text: str, lines: Lines) -> Iterator[tuple[str, int, int]]:
    """Places that need a mark, as `(group, start, end)` in order; what is legitimate is left out."""
    if not _MET.issuperset(text):
        _sort(text)
    kinds = kinds_of(text)
    places = list(_special_places(text, kinds, lines))
    if "m" in kinds or "v" in kinds:
        piled = [(match.lastgroup or "", match.start(), match.end()) for match in _PILED.finditer(kinds)]
        if piled:
            places = sorted(places + piled, key=lambda place: place[1])
    yield from places


def _sort(text: str) -> None:
    for character in set(text) - _MET:
        if kinds_of(character) in PLAIN_KINDS:
            for plain in _PLAIN.values():
                plain.add(character)
        _MET.add(character)


def _special_places(text: str, kinds: str, lines: Lines) -> Iterator[tuple[str, int, int]]:
    """Runs of hidden characters and of line ends."""
    edged = f"n{kinds}n"
    start, end = -1, -1
    flag_end = 0
    for match in _SPECIAL[lines].finditer(kinds):
        place = match.start()
        kind = match[0]
        if place < flag_end or (kind in "JNVWM" and _LEGITIMATE.match(edged, place)):
            continue
        if kind == "T" and place and text.startswith(_FLAGS, place - 1):
            flag_end = place + 6
            continue
        if kind == "r" and lines == "many" and text.startswith("\n", place + 1):
            if end > start:
                yield "hidden", start, end
                start = end
            yield "newline", place, place + 2
            continue
        if place == end:
            end += 1
            continue
        if end > start:
            yield "hidden", start, end
        start, end = place, place + 1
    if end > start:
        yield "hidden", start, end


def _edits(text: str, lines: Lines, lossless: bool) -> list[Edit]:
    edits: list[Edit] = []
    for group, start, end in _suspects(text, lines):
        if group == "newline":
            edits.append(Edit(start, end, "\n"))
        elif group == "excess" and not lossless:
            edits.append(Edit(start, end, f"⟦+{end - start}⟧"))
        else:
            edits += _marks(text, start, end)
    return edits


def _marks(text: str, start: int, end: int) -> Iterator[Edit]:
    place = start
    for character, run in groupby(text[start:end]):
        count = len(list(run))
        sign = _SIGNS.get(character)
        shown = sign * count if sign else _mark(name_of(character), count)
        yield Edit(place, place + count, shown)
        place += count


def _mark(name: str, count: int) -> str:
    return f"⟦{name}×{count}⟧" if count > 1 else f"⟦{name}⟧"


def _hidden_runs(text: str, start: int, end: int) -> Iterator[HiddenCharacter]:
    place = start
    for character, run in groupby(text[start:end]):
        count = len(list(run))
        if character not in _LAYOUT:
            yield HiddenCharacter(place, name_of(character), count)
        place += count


def _joined(text: str, edits: list[Edit] | tuple[Edit, ...]) -> str:
    parts: list[str] = []
    place = 0
    for edit in edits:
        parts += (text[place : edit.start], edit.shown)
        place = edit.end
    parts.append(text[place:])
    return "".join(parts)


def _reveal_ascii(text: str, lines: Lines) -> str:
    """Marks as `<ZWSP>`; a `<` of the text that could begin one is a mark itself."""
    edits: list[Edit] = []
    for group, start, end in _suspects(text, lines):
        if group == "newline":
            edits.append(Edit(start, end, "\n"))
            continue
        for edit in _marks(text, start, end):
            character = text[edit.start]
            if character not in OWN_SIGNS:
                count = edit.end - edit.start
                edits.append(Edit(edit.start, edit.end, f"<{name_of(character)}{f'x{count}' if count > 1 else ''}>"))
    edits += [Edit(match.start(), match.end(), "<U+003C>") for match in re.finditer("<(?=[A-Z])", text)]
    return _joined(text, sorted(edits, key=lambda edit: edit.start))
