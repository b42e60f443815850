"""Cues: what on an ad points at which check. A cue lights a check and never answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.facts import is_under
from modtui.domain.needles import needles
from modtui.domain.patterns import Compile, Pattern, compile_with_re
from modtui.domain.policies import Check, Cues
from modtui.domain.scripts import unspaced_letter

_TOKEN = re.compile(r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff]+")
"A word with its combining marks: Latin and Hebrew ones, Arabic vowels, and the vowel signs of Indian scripts."
_ANCHOR = re.compile(r"[\^$]|\\[AzZ]|\(\?[a-z-]*[ms]")

MOST_LOOKED_FOR = 300
"Words up to which looking for each in a text is quicker than taking the text apart."


class Hit(Struct, frozen=True):
    """One pointer from the ad to a check, with its place where it has one."""

    check_id: str
    kind: str
    "`word`, `pattern`, `flag`, `fact` or `signal`."
    text: str
    "The words found, or the name of the flag, fact or signal."
    component: str = ""
    start: int = 0
    "Code points in the component's text."
    end: int = 0
    why: str = ""
    "More for the reviewer, where the words do not say it: of a signal, or of a cue that was disguised."


class CueTable(Struct):
    """The cues of a catalog, arranged so that an ad's text is read once: plain data, which a workspace can keep."""

    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    "First token of a phrase to all its tokens and the check they light."
    unspaced: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    "Words of scripts without spaces: first letter, in both cases, to the words and the check they light."
    patterns: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    "Patterns that may be tried on all texts of an ad at once before each is tried on its own; check; needles."
    anchored: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    "Patterns that ask where a text begins or ends; check; needles."
    flags: dict[str, list[str]] = field(default_factory=dict)
    signals: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, catalog: Catalog) -> CueTable:
        table = cls()
        for policy in catalog.policies:
            asked = [check for check in policy.checks if check.need is None]
            for check in asked:
                table._add(check.cues, check.id)
            if asked:
                table._add(policy.cues, asked[0].id)
        return table

    def _add(self, cues: Cues, check_id: str) -> None:
        for words in cues.words:
            if not words.isascii() and unspaced_letter().search(words):
                folded = words.casefold()
                for first in {folded[0], folded[0].upper()}:
                    self.unspaced.setdefault(first, []).append((folded, check_id))
            elif tokens := tuple(token.casefold() for token in _TOKEN.findall(words)):
                self.phrases.setdefault(tokens[0], []).append((tokens, check_id))
        for source in cues.patterns:
            found_in = self.anchored if _ANCHOR.search(source) else self.patterns
            found_in.append((source, check_id, needles(source)))
        for label in cues.flags:
            self.flags.setdefault(label.casefold(), []).append(check_id)
        for name in cues.signals:
            self.signals.setdefault(name, []).append(check_id)


class CueIndex:
    """The cues of a catalog, ready to search. Built once a session."""

    def __init__(self, table: CueTable, compile_pattern: Compile = compile_with_re) -> None:
        self.phrases = table.phrases
        self.unspaced = table.unspaced
        self.flags = table.flags
        self.signals = table.signals
        self.patterns = table.patterns
        self.anchored = table.anchored
        self._compile = compile_pattern

    @classmethod
    def of(cls, catalog: Catalog) -> CueIndex:
        return cls(CueTable.of(catalog), catalog.compile_pattern)

    def patterns_for(self, text: str) -> list[tuple[Pattern, str]]:
        """The patterns that are found in a text, or may be in some line of it, each with the check it lights."""
        folded = text.casefold()
        found = []
        for sources, is_whole in ((self.patterns, True), (self.anchored, False)):
            for source, check_id, words in sources:
                if words and not any(word in folded for word in words):
                    continue
                pattern = self._compile(source)
                if not is_whole or pattern.search(text):
                    found.append((pattern, check_id))
        return found


def text_hits(
    index: CueIndex, component: str, text: str, patterns: Iterable[tuple[Pattern, str]] | None = None
) -> Iterator[Hit]:
    """The words and patterns of the catalog found in one text; of the patterns, all or the ones given."""
    tokens = [(match.group().casefold(), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    for place, (token, start, end) in enumerate(tokens):
        for phrase, check_id in index.phrases.get(token, ()):
            last = place + len(phrase) - 1
            if last < len(tokens) and all(tokens[place + step][0] == word for step, word in enumerate(phrase)):
                end_of_phrase = tokens[last][2] if len(phrase) > 1 else end
                yield Hit(check_id, "word", text[start:end_of_phrase], component, start, end_of_phrase)
    if not text.isascii():
        yield from _unspaced_hits(index, component, text)
    for pattern, check_id in index.patterns_for(text) if patterns is None else patterns:
        for found in pattern.finditer(text):
            if found.end() > found.start():
                yield Hit(check_id, "pattern", found.group(), component, found.start(), found.end())


def _unspaced_hits(index: CueIndex, component: str, text: str) -> Iterator[Hit]:
    """The words of scripts without spaces, wherever in the text they begin, one in another too."""
    for start, letter in enumerate(text):
        for words, check_id in index.unspaced.get(letter, ()):
            end = start + len(words)
            if text[start:end].casefold() == words:
                yield Hit(check_id, "word", text[start:end], component, start, end)


def ad_hits(index: CueIndex, ad: Ad, signals: Iterable[Hit] = ()) -> tuple[Hit, ...]:
    """Every pointer from the ad's texts, flags and hidden-text signals, in reading order."""
    texts = tuple(ad.texts())
    # Most patterns are nowhere in the ad: one look at all its texts together spares looking at each.
    patterns = index.patterns_for("\n".join(text for _, text in texts))
    hits = [hit for component, text in texts for hit in text_hits(index, component, text, patterns)]
    for flag in ad.flags:
        hits += [
            Hit(check_id, "flag", f"{flag.source}: {flag.label}")
            for check_id in index.flags.get(flag.label.casefold(), ())
        ]
    places = {(hit.check_id, hit.component, place) for hit in hits for place in (hit.start, hit.end) if hit.component}
    hits += (hit for hit in signals if not _is_in_sight(hit, places))
    return tuple(hits)


def _is_in_sight(hit: Hit, places: set[tuple[str, str, int]]) -> bool:
    """Whether a cue of the same check begins or ends where a signal does: it says no more."""
    ends = (hit.start, hit.end) if hit.end > hit.start else ()
    return hit.kind == "signal" and any((hit.check_id, hit.component, place) in places for place in ends)


def may_hit(index: CueIndex, ad: Ad) -> bool:
    """Whether some cue may point at the ad: a look that is quick while the cues are few, and then says no for most."""
    if index.anchored or len(index.phrases) + len(index.unspaced) > MOST_LOOKED_FOR:
        return True
    together = "\n".join(text for _, text in ad.texts())
    folded = together.casefold()
    return (
        any(flag.label.casefold() in index.flags for flag in ad.flags)
        or any(token in folded for token in index.phrases)
        or any(letter in together for letter in index.unspaced)
        or bool(index.patterns_for(together))
    )


def is_of_industry(cues: Cues, industry: str | None) -> bool:
    return industry is not None and any(is_under(industry, named) for named in cues.industries)


def lit_root(check: Check, catalog: Catalog) -> Check:
    """The check to light for a child that is not asked yet: its outermost parent."""
    while check.when:
        check = catalog.check_by_id[check.when[0][0]]
    return check
