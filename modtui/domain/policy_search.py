"""Searching the catalog as one types: titles, questions, guidance, examples, cues and rows, the best find first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.folded import fold, places_in, word_places, words_of
from modtui.domain.near_words import WHOLE, NearWords, cut_around
from modtui.domain.policies import Check, Cues, Policy

MOST_WORDS = 12
MOST_SNIPPET = 160
MOST_KEPT = 200
"Typed words whose matches are kept, so that typing on costs only the word that changed."

WEIGHTS: Final[dict[str, float]] = {
    "key": 10, "title": 6, "id": 5, "ask": 4, "family": 3, "principle": 2.5, "guidance": 2, "example": 2, "cue": 2,
    "fix": 1.5, "row": 1.5,
}  # fmt: skip
"What a word counts for by the field it stands in."
_STRONG = frozenset({"key", "title", "id", "ask", "family"})
"Fields that words of one or two letters are taken for the beginning of a word in."
_AROUND = frozenset({"title", "id", "family"})
"Fields of a policy that its checks are found by too, together with a word of their own."


class Hit(Struct, frozen=True):
    """A policy or a check that was found."""

    policy_id: str
    check_id: str | None
    "None for the policy itself."
    field: str
    "Where it matched best, one of `WEIGHTS`."
    snippet: str
    "The line of the field that matched, cut to `MOST_SNIPPET` code points; untrusted text."
    spans: tuple[tuple[int, int], ...]
    "What matched, in code points of the snippet, in order and without overlaps."
    score: float = 0.0


class _Line(Struct, frozen=True):
    """One line of a field."""

    entry: int
    field: str
    text: str
    folded: str


class _Found(Struct, frozen=True):
    """What one typed word finds."""

    meant: Mapping[str, float]
    lines: Mapping[int, float]
    "Line to what the word counts for there."
    best: Mapping[int, tuple[float, int]]
    "Entry to the most that it counts for, and the line."
    around: Mapping[int, float]
    "Entry of a policy to what the word counts for in what stands around its checks."


class PolicyIndex:
    """Built once a catalog, in some ten milliseconds; a search takes some hundred microseconds."""

    def __init__(self, catalog: Catalog) -> None:
        self._entries: list[tuple[str, str | None, int]] = []
        "Policy, check, and the entry of the policy."
        self._lines: list[_Line] = []
        self._lines_of: dict[str, list[int]] = {}
        "Word to the lines it stands in."
        self._strong_lines_of: dict[str, list[int]] = {}
        for policy in catalog.policies:
            around = self._add(policy.id, None, len(self._entries), _policy_lines(policy))
            for check in policy.checks:
                if check.need is None:
                    self._add(policy.id, check.id, around, _check_lines(check))
        self._words = NearWords(self._lines_of)
        self._found: dict[str, _Found] = {}

    def _add(self, policy_id: str, check_id: str | None, around: int, lines: Iterator[tuple[str, str]]) -> int:
        entry = len(self._entries)
        self._entries.append((policy_id, check_id, around))
        for field, text in dict.fromkeys(lines):
            folded = fold(text)
            for word in set(words_of(folded)):
                self._lines_of.setdefault(word, []).append(len(self._lines))
                if field in _STRONG:
                    self._strong_lines_of.setdefault(word, []).append(len(self._lines))
            self._lines.append(_Line(entry, field, text, folded))
        return entry

    def search(self, text: str, limit: int = 60) -> tuple[Hit, ...]:
        """The policies and checks that hold every word of a text, or what was meant by it, best first."""
        typed = words_of(fold(text))[:MOST_WORDS]
        if not typed:
            return ()
        found = [self._find(word) for word in dict.fromkeys(typed)]
        ranked = sorted(self._scored(found, " ".join(typed)))[:limit]
        meant = set().union(*(each.meant for each in found))
        return tuple(self._hit(entry, line, -score, meant) for score, entry, line in ranked)

    def _find(self, typed: str) -> _Found:
        known = self._found.get(typed)
        if known is not None:
            return known
        lines: dict[int, float] = {}
        best: dict[int, tuple[float, int]] = {}
        around: dict[int, float] = {}
        meant = self._words.meant(typed)
        is_short = len(typed) <= 2 and typed.isascii()
        for word, quality in meant.items():
            lines_of = self._strong_lines_of if is_short and quality < WHOLE else self._lines_of
            for number in lines_of.get(word, ()):
                line = self._lines[number]
                field, entry = line.field, line.entry
                if field == "key" and quality < WHOLE:
                    continue
                score = WEIGHTS[field] * quality
                if score <= lines.get(number, 0):
                    continue
                lines[number] = score
                if entry not in best or score > best[entry][0]:
                    best[entry] = (score, number)
                if field in _AROUND and score > around.get(entry, 0):
                    around[entry] = score
        if len(self._found) >= MOST_KEPT:
            self._found.clear()
        made = self._found[typed] = _Found(meant, lines, best, around)
        return made

    def _scored(self, found: list[_Found], phrase: str) -> Iterator[tuple[float, int, int]]:
        """Minus the score, the entry and the line to show, for each entry that holds every word."""
        if len(found) == 1:
            yield from ((-score, entry, number) for entry, (score, number) in found[0].best.items())
            return
        together: dict[int, tuple[float, int]] = {}
        for number, score in self._in_one_line(found).items():
            line = self._lines[number]
            if phrase in line.folded:
                score *= 1.5
            if line.entry not in together or score > together[line.entry][0]:
                together[line.entry] = (score, number)
        for entry, (score, number) in together.items():
            around = self._entries[entry][2]
            total = 0.0
            for word in found:
                own = word.best[entry][0] if entry in word.best else 0.5 * word.around.get(around, 0)
                if not own:
                    break
                total += own
            else:
                yield -(total + score), entry, number

    def _in_one_line(self, found: list[_Found]) -> dict[int, float]:
        """Line to what the words count for together that stand in it."""
        totals = dict(found[0].lines)
        for word in found[1:]:
            for number, score in word.lines.items():
                totals[number] = totals.get(number, 0) + score
        return totals

    def _hit(self, entry: int, number: int, score: float, meant: set[str]) -> Hit:
        line = self._lines[number]
        policy_id, check_id, _ = self._entries[entry]
        places = places_in(line.text)
        spans = [(places[start], places[end - 1] + 1) for word, start, end in word_places(line.folded) if word in meant]
        shown = cut_around(line.text, spans, MOST_SNIPPET)
        return Hit(policy_id, check_id, line.field, shown.text, shown.spans, round(score, 3))


def _policy_lines(policy: Policy) -> Iterator[tuple[str, str]]:
    yield "title", policy.title
    yield "id", policy.id
    yield "family", policy.family
    yield "principle", policy.principle
    for line in policy.guidance.splitlines():
        yield "guidance", line.strip()
    for example in policy.examples:
        yield "example", example.name
        yield "example", example.why
        creative = example.ad.get("creative") or {}
        yield from (("example", text) for text in creative.values() if isinstance(text, str))
    yield from _cue_lines(policy.cues)


def _check_lines(check: Check) -> Iterator[tuple[str, str]]:
    yield "key", check.key
    yield "ask", check.ask
    yield "id", check.id.rpartition("/")[2]
    yield "fix", check.fix
    yield from _cue_lines(check.cues)
    for rows in (check.clauses, *check.markets.values()):
        for row in rows:
            yield "row", row.ref
            yield "row", row.note
            for need in row.needs:
                yield from (("row", text) for text in (need.certificate or "", *need.text))


def _cue_lines(cues: Cues) -> Iterator[tuple[str, str]]:
    for text in (*cues.words, *cues.industries, *cues.flags, *cues.signals, *cues.patterns):
        yield "cue", text
