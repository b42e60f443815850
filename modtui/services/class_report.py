"""The report of a class as HTML, CSV and plain JSON; what each learner may take home holds that learner alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from modtui.domain.intervals import Rate
from modtui.domain.item_statistics import ENOUGH_PEOPLE, Item
from modtui.domain.plurals import number_of
from modtui.files.report_page import bars, card_section, page, table, text
from modtui.services.agreement_words import raw_words
from modtui.services.pack_scoring import Scored, Sheet

CLASS_COLUMNS = (
    "learner", "answered", "right", "right_low", "right_high", "outcome", "set", "first", "false_alarms", "misses",
    "wrong_selections", "d_prime", "bias", "leaning", "median_ms", "late", "passed", "rank", "begun", "start", "code",
    "doubts",
)  # fmt: skip
ITEM_COLUMNS = ("ad", "title", "gold", "gold_first", "people", "right", "item_rest", "wrong", "contests", "advice")
ANSWER_COLUMNS = (
    "learner", "ad", "gold", "said", "gold_checks", "checks", "outcome_right", "set_right", "first_right", "right",
    "error", "active_ms", "confidence", "late", "doubt",
)  # fmt: skip


def class_page(scored: Scored, *, with_ranks: bool = False) -> str:
    """The whole class: table, agreement, ads, contests, and each report card."""
    learners = number_of(len(scored.sheets), "learner")
    sections = [
        f"<p>{number_of(scored.ads, 'ad')}, {learners}; pack <small>{text(scored.pack)}</small></p>",
        _refused(scored),
        "<section><h2>Class</h2>" + _class_table(scored, with_ranks) + _alike(scored) + "</section>",
        _agreement(scored),
        "<section><h2>Ads</h2>" + _items(scored) + "</section>",
        _contests(scored),
        *(card_section(sheet.card, sheet.again) for sheet in scored.sheets),
    ]
    return page(f"{scored.title}: results", [section for section in sections if section])


def card_page(scored: Scored, sheet: Sheet) -> str:
    """What one learner may take home."""
    return page(f"{scored.title}: {sheet.learner}", [card_section(sheet.card, sheet.again)])


def class_rows(scored: Scored) -> Iterator[Sequence[object]]:
    """A row a learner, by `CLASS_COLUMNS`; shares are percent with one digit."""
    ranks = {standing.learner: standing.rank for standing in scored.standings}
    for sheet in scored.sheets:
        card = sheet.card
        low, high = card.right.bounds
        lean = card.leaning
        yield (
            sheet.learner, card.answered, _percent(card.right.share), _percent(low), _percent(high),
            _percent(card.outcome.share), _percent(card.answer_set.share), _percent(card.first_clause.share),
            *card.errors.values(), _figure(lean.d_prime), _figure(lean.bias), lean.words, card.times.median, card.late,
            "" if card.passed is None else "yes" if card.passed else "no", ranks[sheet.learner],
            sheet.answers.started_at, sheet.answers.start_code, sheet.code, "; ".join(card.doubts),
        )  # fmt: skip


def item_rows(scored: Scored) -> Iterator[Sequence[object]]:
    """A row an ad, by `ITEM_COLUMNS`."""
    for item in scored.items:
        key = scored.keys[item.ad]
        yield (
            item.ad, scored.titles.get(item.ad, ""), key.outcome, key.first, item.people, item.right,
            _figure(item.item_rest), _wrong_words(item), item.contests, item.advice,
        )  # fmt: skip


def answer_rows(scored: Scored) -> Iterator[Sequence[object]]:
    """A row a first answer, by `ANSWER_COLUMNS`."""
    for sheet in scored.sheets:
        for each in sheet.marked:
            yield (
                sheet.learner, each.ad, each.gold, each.said, " ".join(each.gold_checks), " ".join(each.checks),
                _yes(each.outcome_right), _yes(each.set_right), _yes(each.first_right), _yes(each.is_right),
                each.error, each.active_ms, each.confidence, _yes(each.is_late), each.doubt,
            )  # fmt: skip


def as_json(scored: Scored) -> dict[str, Any]:
    """All of it but the answers, as plain JSON."""
    ranks = {standing.learner: standing.rank for standing in scored.standings}
    agreement = scored.agreement
    return {
        "title": scored.title,
        "pack": scored.pack,
        "kind": scored.kind,
        "ads": scored.ads,
        "learners": [
            {**msgspec.to_builtins(sheet.card), "code": sheet.code, "begun": sheet.answers.started_at,
             "start": sheet.answers.start_code, "rank": ranks[sheet.learner],
             "mastery": {each.policy: each.mastery for each in sheet.card.policies},
             "again": msgspec.to_builtins(sheet.again)}
            for sheet in scored.sheets
        ],
        "items": [
            {**msgspec.to_builtins(item), "share": item.share, "advice": item.advice} for item in scored.items
        ],
        "contests": [{"learner": learner, **msgspec.to_builtins(each)} for learner, each in scored.contests],
        "alike": [list(pair) for pair in scored.alike],
        "agreement": None if agreement is None else msgspec.to_builtins(agreement),
        "refused": [{"file": file, "why": why} for file, why in scored.refused],
    }  # fmt: skip


def agreement_lines(scored: Scored) -> list[tuple[str, str]]:
    """How far the learners agree with each other: name and value, or why it is undefined."""
    found = scored.agreement
    if found is None:
        return []
    sizes = ", ".join(f"{size}: {count}" for size, count in found.set_sizes.items())
    return [
        ("outcomes, raw", raw_words(found.raw)),
        ("outcomes, AC1", found.ac1.words),
        ("outcomes, Cohen's kappa" if len(scored.sheets) == 2 else "outcomes, Fleiss' kappa", found.kappa.words),
        ("outcomes, alpha", found.alpha.words),
        ("findings, alpha (MASI)", found.alpha_sets.words),
        ("findings named, and how often", sizes),
    ]


# Within ---


def _class_table(scored: Scored, with_ranks: bool) -> str:
    """A bar of what was right for each learner by name, and the other figures below."""
    ranks = {standing.learner: standing.rank for standing in scored.standings}
    is_exam = any(card.passed is not None for card in scored.cards)
    header = (
        "learner", "answered", "outcome", "set", "leaning", *(("passed",) if is_exam else ()),
        "begun, UTC", "start code", *(("rank",) if with_ranks else ()),
    )  # fmt: skip
    note = "<p><small>Nobody is ranked on fewer than 20 answers.</small></p>" if with_ranks else ""
    rows = []
    for sheet in scored.sheets:
        card = sheet.card
        passed = (("yes" if card.passed else "no") if card.passed is not None else "",) if is_exam else ()
        rank = (ranks[sheet.learner] or "too few",) if with_ranks else ()
        rows.append((
            sheet.learner, card.answered, _share(card.outcome), _share(card.answer_set),
            card.leaning.words, *passed, sheet.answers.started_at[:16].replace("T", " "), sheet.answers.start_code,
            *rank,
        ))  # fmt: skip
    return bars([(sheet.learner[:18], sheet.card.right) for sheet in scored.sheets]) + table(header, rows) + note


def _share(rate: Rate) -> str:
    """Without the number of answers, which stands beside it."""
    return rate.words.partition(" of ")[0]


def _items(scored: Scored) -> str:
    order = sorted(scored.items, key=lambda item: (not item.advice, item.share if item.share is not None else 1.0))
    return table(
        ("ad", "title", "right answer", "right", "item-rest", "wrong answers", "contests", "advice"),
        [
            (
                item.ad, _title(scored, item), _right_words(scored, item), f"{item.right} of {item.people}",
                _figure(item.item_rest if item.people >= ENOUGH_PEOPLE else None), _wrong_words(item),
                item.contests, item.advice,
            )
            for item in order
        ],
    )  # fmt: skip


def _title(scored: Scored, item: Item) -> str:
    """What names the ad for a person; nothing where that is its number in the pack."""
    title = scored.titles.get(item.ad, "")
    return "" if title == item.ad else title


def _right_words(scored: Scored, item: Item) -> str:
    key = scored.keys[item.ad]
    return f"{key.outcome} {key.first}".strip() if not key.is_clean else key.outcome


def _wrong_words(item: Item) -> str:
    return "; ".join(f"{wrong.outcome} {wrong.first} {wrong.people}".replace("  ", " ") for wrong in item.wrong)


def _agreement(scored: Scored) -> str:
    lines = agreement_lines(scored)
    if not lines:
        return ""
    return "<section><h2>Agreement of the learners</h2>" + table(("of", "value"), lines) + "</section>"


def _alike(scored: Scored) -> str:
    return "".join(
        f'<p class="doubt">{text(one)} and {text(other)} made the same {same} of {either} errors. Hard ads bring that '
        "about too: look at them.</p>"
        for one, other, same, either in scored.alike
    )


def _contests(scored: Scored) -> str:
    if not scored.contests:
        return ""
    rows = [(each.ad, learner, each.check, each.reason) for learner, each in scored.contests]
    return "<section><h2>Contests</h2>" + table(("ad", "learner", "check", "reason"), sorted(rows)) + "</section>"


def _refused(scored: Scored) -> str:
    return "".join(f'<p class="doubt">Not scored: {text(why)}</p>' for _, why in scored.refused)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
