"""Cues: what on an ad points at which check. A cue lights a check and never answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from modtui.domain.ads import Ad
from modtui.domain.facts import is_under
from modtui.domain.policies import Catalog, Check, Cues, Pattern

_TOKEN = re.compile(r"\w+")
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿豈-﫿฀-๿຀-໿က-႟ក-៿]")
"Scripts written without spaces between words: kana, Han, Thai, Lao, Burmese, Khmer."


@dataclass(frozen=True, slots=True)
class Hit:
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


@dataclass(slots=True)
class CueIndex:
    """The cues of a catalog, arranged so that an ad's text is read once. Built once a catalog."""

    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    "First token of a phrase to all its tokens and the check they light."
    unspaced: dict[str, list[str]] = field(default_factory=dict)
    unspaced_pattern: re.Pattern[str] | None = None
    patterns: list[tuple[Pattern, str]] = field(default_factory=list)
    flags: dict[str, list[str]] = field(default_factory=dict)
    signals: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, catalog: Catalog) -> CueIndex:
        index = cls()
        for policy in catalog.policies:
            asked = [check for check in policy.checks if check.need is None]
            for check in asked:
                index._add(check.cues, check.id, catalog)
            if asked:
                index._add(policy.cues, asked[0].id, catalog)
        if index.unspaced:
            longest_first = sorted(index.unspaced, key=len, reverse=True)
            index.unspaced_pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
        return index

    def _add(self, cues: Cues, check_id: str, catalog: Catalog) -> None:
        for words in cues.words:
            if _UNSPACED.search(words):
                self.unspaced.setdefault(words.casefold(), []).append(check_id)
            elif tokens := tuple(token.casefold() for token in _TOKEN.findall(words)):
                self.phrases.setdefault(tokens[0], []).append((tokens, check_id))
        self.patterns.extend((catalog.compile_pattern(source), check_id) for source in cues.patterns)
        for label in cues.flags:
            self.flags.setdefault(label.casefold(), []).append(check_id)
        for name in cues.signals:
            self.signals.setdefault(name, []).append(check_id)


def text_hits(index: CueIndex, component: str, text: str) -> Iterator[Hit]:
    """The words and patterns of the catalog found in one text."""
    tokens = [(match.group().casefold(), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    for place, (token, start, end) in enumerate(tokens):
        for phrase, check_id in index.phrases.get(token, ()):
            last = place + len(phrase) - 1
            if last < len(tokens) and all(tokens[place + step][0] == word for step, word in enumerate(phrase)):
                end_of_phrase = tokens[last][2] if len(phrase) > 1 else end
                yield Hit(check_id, "word", text[start:end_of_phrase], component, start, end_of_phrase)
    if index.unspaced_pattern is not None and not text.isascii():
        for match in index.unspaced_pattern.finditer(text):
            for check_id in index.unspaced.get(match.group().casefold(), ()):
                yield Hit(check_id, "word", match.group(), component, match.start(), match.end())
    for pattern, check_id in index.patterns:
        for found in pattern.finditer(text):
            if found.end() > found.start():
                yield Hit(check_id, "pattern", found.group(), component, found.start(), found.end())


def ad_hits(index: CueIndex, ad: Ad, signals: Iterable[Hit] = ()) -> tuple[Hit, ...]:
    """Every pointer from the ad's texts, flags and hidden-text signals, in reading order."""
    hits = [hit for component, text in ad.texts() for hit in text_hits(index, component, text)]
    for flag in ad.flags:
        hits += [
            Hit(check_id, "flag", f"{flag.source}: {flag.label}")
            for check_id in index.flags.get(flag.label.casefold(), ())
        ]
    hits += signals
    return tuple(hits)


def signal_hits(index: CueIndex, names: Mapping[str, tuple[str, int, int, str]]) -> Iterator[Hit]:
    """Hits for hidden-text signals, given as name to component, start, end and the text that carries them."""
    for name, (component, start, end, text) in names.items():
        for check_id in index.signals.get(name, ()):
            yield Hit(check_id, "signal", f"{name}: {text}", component, start, end)


def is_of_industry(cues: Cues, industry: str | None) -> bool:
    return industry is not None and any(is_under(industry, named) for named in cues.industries)


def lit_root(check: Check, catalog: Catalog) -> Check:
    """The check to light for a child that is not asked yet: its outermost parent."""
    while check.when:
        check = catalog.check_by_id[check.when[0][0]]
    return check
