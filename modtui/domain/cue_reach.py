"""How many ads of a queue each cue of the catalog points at: one that meets all or none of them tells no ad apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_notes import Note, Spot
from modtui.domain.cues import CueIndex, ad_hits, is_of_industry
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.plurals import number_of
from modtui.domain.policies import Check, Cues, Policy, Severity

KINDS = ("industries", "words", "patterns", "flags", "signals")
MOST_NAMED = 8
"Cues named in one line."


class Cue(Struct, frozen=True):
    """One cue of a policy or check."""

    spot: Spot
    "Of the list it stands in."
    kind: str
    text: str


def cues_of(catalog: Catalog) -> tuple[Cue, ...]:
    """Every cue, in catalog order."""
    return tuple(
        Cue(Spot(policy.id, check_id, key=f"cues.{kind}"), kind, text)
        for policy in catalog.policies
        for check_id, cues in (("", policy.cues), *((check.id, check.cues) for check in policy.checks))
        for kind in KINDS
        for text in getattr(cues, kind)
    )


class CueReach:
    """Counts, ad by ad, how many ads each cue points at."""

    def __init__(self, catalog: Catalog) -> None:
        self.cues = cues_of(catalog)
        self.ads = 0
        self._found: Counter[int] = Counter()
        self._industries = [
            (number, Cues(industries=(cue.text,))) for number, cue in enumerate(self.cues) if cue.kind == "industries"
        ]
        self._index = CueIndex.of(_one_check_a_cue(catalog, self.cues))

    def add(self, ad: Ad) -> None:
        self.ads += 1
        hits = ad_hits(self._index, ad, hidden_hits(self._index, ad))
        self._found.update({int(hit.check_id) for hit in hits})
        self._found.update(number for number, cues in self._industries if is_of_industry(cues, ad.industry))

    def notes(self) -> Iterator[Note]:
        """The cues that point at every ad, and those that point at none, a line for each list of them."""
        if not self.ads:
            return
        by_list: dict[Spot, list[tuple[str, int]]] = {}
        for number, cue in enumerate(self.cues):
            by_list.setdefault(cue.spot, []).append((cue.text, self._found[number]))
        for spot, counted in by_list.items():
            every = [text for text, number in counted if number == self.ads]
            none = [text for text, number in counted if not number]
            if every:
                yield Note(spot, f"matches every one of {number_of(self.ads, 'ad')}: {_named(every)}")
            if len(none) == len(counted):
                yield Note(spot, f"matches none of {number_of(self.ads, 'ad')}: all {len(none)}")
            elif none:
                yield Note(
                    spot, f"matches none of {number_of(self.ads, 'ad')}: {len(none)} of {len(counted)}: {_named(none)}"
                )


def _named(texts: Iterable[str]) -> str:
    each = tuple(texts)
    more = f" and {len(each) - MOST_NAMED} more" if len(each) > MOST_NAMED else ""
    return ", ".join(f"'{text}'" for text in each[:MOST_NAMED]) + more


def _one_check_a_cue(catalog: Catalog, cues: tuple[Cue, ...]) -> Catalog:
    """A catalog that lights, for each cue, a check named by the cue's number."""
    checks = tuple(
        Check(str(number), "", "", "", Severity.INFO, number, cues=Cues(**{cue.kind: (cue.text,)}))
        for number, cue in enumerate(cues)
        if cue.kind != "industries"
    )
    policy = Policy("", "", "", "content", Severity.INFO, "", checks=checks)
    return Catalog("", "", "", None, {}, {}, (policy,), compile_pattern=catalog.compile_pattern)
