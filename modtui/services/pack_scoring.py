"""Scoring: the answers of one learner or a class held against the key of a pack, with everything that does not fit."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.agreement import Coefficient, fleiss_kappa, gwet_ac1, label_counts, percent_agreement, tabulate
from modtui.domain.alpha import bootstrapped, masi_distance, nominal
from modtui.domain.attempts import Answers, Attempt, Contest, first_attempts
from modtui.domain.cohorts import Compared, Standing, alike, compare, standings
from modtui.domain.intervals import Rate
from modtui.domain.item_statistics import Item, items
from modtui.domain.packs import Key, Kind
from modtui.domain.plurals import number_of
from modtui.domain.report_cards import ReportCard, report_card
from modtui.domain.resampling import raw_agreement, with_intervals
from modtui.domain.rulings import Outcome
from modtui.domain.scoring import Marked, mark, ruled
from modtui.domain.two_raters import cohen_kappa, table_of
from modtui.errors import ModtuiError
from modtui.files.answers_file import read_answers
from modtui.files.pack_file import Keys, Pack
from modtui.files.pack_keys import read_key_file
from modtui.services.answer_doubts import doubts, late_ads, second_file

OUTCOMES = tuple(outcome.value for outcome in Outcome)
SEED = 20_261_123
"Of the draws behind intervals: the same answers give the same page."


class Sheet(Struct, frozen=True):
    """One learner's answers, marked."""

    learner: str
    path: Path
    code: str
    "The short code of the file."
    answers: Answers
    marked: tuple[Marked, ...]
    card: ReportCard
    again: Rate
    "Ads answered again, and right in the end. They count for nothing else."


class Agreement(Struct, frozen=True):
    """How far the learners agree with each other, whatever the key says."""

    raw: Coefficient
    ac1: Coefficient
    kappa: Coefficient
    "Cohen's of two learners, Fleiss' of more."
    alpha: Coefficient
    "Of outcomes."
    alpha_sets: Coefficient
    "Of sets of findings, by MASI."
    set_sizes: Mapping[int, int]
    "How many findings people named, to how often."


class Scored(Struct, frozen=True):
    """A class, scored."""

    title: str
    pack: str
    kind: str
    ads: int
    sheets: tuple[Sheet, ...]
    standings: tuple[Standing, ...]
    items: tuple[Item, ...]
    contests: tuple[tuple[str, Contest], ...]
    "Learner and contest."
    alike: tuple[tuple[str, str, int, int], ...]
    agreement: Agreement | None
    "None for a class of one."
    refused: tuple[tuple[str, str], ...]
    "File and why its answers are not scored."
    titles: Mapping[str, str] = {}
    "Ad to what names it for a person."
    keys: Mapping[str, Key] = {}

    @property
    def cards(self) -> tuple[ReportCard, ...]:
        return tuple(sheet.card for sheet in self.sheets)


def keys_for(pack: Pack, key_file: Path | None) -> Keys:
    """The key to score by. Raises ModtuiError where it is closed, and with how to open it."""
    if pack.kind is Kind.EXAM:
        if key_file is None:
            hint = f"--key {pack.path.name}.key.json, which was written with it."
            raise ModtuiError("The key of an exam is with the trainer", f"{pack.path} has none in it.", hint)
        return read_key_file(key_file, pack).keys
    if pack.keys is None:
        raise ModtuiError("The key of the pack is closed", f"{pack.path} is sealed.", "Give its --class-code.")
    return pack.keys


def score(
    pack: Pack,
    keys: Keys,
    files: Sequence[Path],
    *,
    codes: Mapping[str, str] | None = None,
    starts: Mapping[str, str] | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Scored:
    """Score the files of a class. One that is damaged or of another pack is refused, and the others are scored.

    `codes` are the short codes learners told the trainer when they finished, by name; `starts` those of their
    beginning.
    """
    scoring = _Scoring(pack, keys, codes or {}, starts or {})
    tell = on_progress or (lambda *_: None)
    for number, path in enumerate(files, 1):
        scoring.read(path)
        tell("answers", number, len(files))
    sheets = scoring.sheets()
    by_learner = {sheet.learner: sheet.marked for sheet in sheets}
    contests = tuple((sheet.learner, contest) for sheet in sheets for contest in sheet.answers.contests)
    contested = Counter(ad for _, ad in {(learner, each.ad) for learner, each in contests})
    order = [ad.id for ad in pack.ads]
    return Scored(
        pack.manifest.title,
        pack.hash,
        pack.kind.value,
        len(order),
        sheets,
        standings([sheet.card for sheet in sheets]),
        items(order, by_learner, contested),
        contests,
        alike(by_learner),
        _agreement(order, by_learner, partial(tell, "intervals")) if len(sheets) > 1 else None,
        tuple(scoring.refused),
        {ad.id: ad_from_payload(ad.ad).title for ad in pack.ads},
        dict(keys),
    )


def compare_classes(one: Scored, other: Scored) -> Compared:
    """Two classes on the same pack. Raises ModtuiError for two packs."""
    if one.pack != other.pack:
        raise ModtuiError("Two packs cannot be compared", "The classes answered different ads.", "Score them apart.")
    return compare(one.cards, other.cards)


class _Scoring:
    """Files on their way to being marked."""

    def __init__(self, pack: Pack, keys: Keys, codes: Mapping[str, str], starts: Mapping[str, str]) -> None:
        self.pack, self.keys = pack, keys
        self.codes, self.starts = (
            {learner.casefold(): code for learner, code in told.items()} for told in (codes, starts)
        )
        self.refused: list[tuple[str, str]] = []
        self._found: dict[str, list[tuple[Path, Answers, str]]] = {}
        self._ads = {ad.id: ad_from_payload(ad.ad) for ad in pack.ads}

    def read(self, path: Path) -> None:
        try:
            answers, code = read_answers(path)
        except ModtuiError as error:
            self.refused.append((str(path), error.message))
            return
        same = answers.pack == self.pack.hash or (
            self.pack.kind is not Kind.EXAM and answers.manifest == self.pack.manifest_hash
        )
        if same:
            self._found.setdefault(answers.learner, []).append((path, answers, code))
        else:
            why = f"answers another pack ({answers.pack[:12]}), and this is {self.pack.hash[:12]}"
            self.refused.append((str(path), f"{path} {why}"))

    def sheets(self) -> tuple[Sheet, ...]:
        """One sheet a learner, by name; of several files the one that was begun first counts."""
        sheets = []
        starts = Counter(found[0][1].begun for found in self._found.values())
        streams = Counter(found[0][1].stream for found in self._found.values() if found[0][1].stream)
        for learner, found in sorted(self._found.items(), key=lambda pair: pair[0].casefold()):
            found.sort(key=lambda each: (each[1].started_at, -len(each[1].attempts), str(each[0])))
            path, answers, code = found[0]
            told = self.codes.get(learner.casefold())
            found_odd = doubts(answers, self.pack.manifest, code, told, self.starts.get(learner.casefold()))
            found_odd += [odd for other, later, _ in found[1:] if (odd := second_file(answers, later, other.name))]
            if answers.begun and starts[answers.begun] > 1:
                found_odd.append("another learner's file has the same start code: one was made of the other")
            elif streams[answers.stream] > 1:
                found_odd.append("others answered in the same workspace")
            sheets.append(self._sheet(learner, path, answers, code, found_odd))
        return tuple(sheets)

    def _sheet(self, learner: str, path: Path, answers: Answers, code: str, found_odd: list[str]) -> Sheet:
        known = [attempt for attempt in answers.attempts if attempt.ad in self.keys]
        if len(known) < len(answers.attempts):
            odd = number_of(len(answers.attempts) - len(known), "answer is to an ad", "answers are to ads")
            found_odd.append(f"{odd} that the pack does not have")
        late = late_ads(answers, self.pack.manifest.settings.time_limit_s)
        marked = tuple(
            self._marked(replace(each, is_late=each.is_late or each.ad in late)) for each in first_attempts(known)
        )
        card = report_card(learner, marked, self.keys, pass_at=self.pack.manifest.settings.pass_at, doubts=found_odd)
        last = {attempt.ad: attempt for attempt in known if attempt.number > 1}
        again = Rate(sum(self._marked(attempt).is_right for attempt in last.values()), len(last))
        return Sheet(learner, path, code, answers, marked, card, again)

    def _marked(self, attempt: Attempt) -> Marked:
        ad = self.pack.ad_by_id[attempt.ad]
        found = ruled(self._ads[attempt.ad], self.pack.catalog, attempt.answers, ad.as_of)
        return mark(attempt, self.keys[attempt.ad], found)


def _agreement(
    order: Sequence[str], by_learner: Mapping[str, Sequence[Marked]], tell: Callable[[int, int], None]
) -> Agreement:
    said = [{each.ad: each for each in marked} for marked in by_learner.values()]
    outcomes = [[each[ad].said if ad in each else None for each in said] for ad in order]
    sets = [[frozenset(each[ad].checks) if ad in each else None for each in said] for ad in order]
    table = tabulate(outcomes, OUTCOMES)

    def draws() -> Callable[[int], Sequence[int]]:
        rng = random.Random(SEED)  # noqa: S311  draws, not secrets
        return lambda n: rng.choices(range(n), k=n)

    raw, ac1, fleiss = with_intervals(table, [percent_agreement, gwet_ac1, fleiss_kappa], draws())
    return Agreement(
        raw_agreement(table) or raw,
        ac1,
        cohen_kappa(table_of(outcomes, OUTCOMES)) if len(said) == 2 else fleiss,
        bootstrapped(outcomes, nominal, draws(), on_progress=tell),
        bootstrapped(sets, masi_distance, draws(), on_progress=tell),
        label_counts(each for row in sets for each in row),
    )
