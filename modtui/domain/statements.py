"""From a decision to its EU statements of reasons: one for each scope, ground and category (FACTS 6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from modtui.domain.ads import Ad
from modtui.domain.clause_values import Basis, State
from modtui.domain.clauses import Cause
from modtui.domain.decided import Verdict, reasons_for
from modtui.domain.evidence_words import places_words
from modtui.domain.markets import NOT_STATED, country_of
from modtui.domain.rulings import Cell
from modtui.domain.statement_form import (
    ILLEGAL,
    INCOMPATIBLE,
    LENGTHS,
    OTHER_CONTENT,
    OTHER_VISIBILITY,
    TEXTS,
    VOLUNTARY,
    Statement,
    faults,
)
from modtui.domain.statement_values import EEA, LANGUAGES

NOTICES = {"notice": "SOURCE_ARTICLE_16", "trusted-flagger": "SOURCE_TRUSTED_FLAGGER"}
"Who an ad's flags come from, when somebody told the platform."
KINDS = {"image": "IMAGE", "video": "VIDEO", "audio": "AUDIO"}
_CONTENT = "DECISION_VISIBILITY_CONTENT_"
CUT_MARK = " […]"
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\+?\d[\d ()/-]{7,}\d")
"Addresses of mail and numbers of telephones, in a text that should have neither."
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")


class Statements(Struct, frozen=True):
    """What a decision comes to: statements, or the reason for none."""

    statements: tuple[Statement, ...] = ()
    not_needed: str = ""
    "Why there is nothing to state."
    refusals: tuple[str, ...] = ()
    "What would have to be stated and cannot be, each with what to do."


class _Restriction(Struct, frozen=True, order=True):
    """What is done to an ad in one country, and by which row. Equal ones of several countries are one statement."""

    visibility: str
    other: str
    check_id: str
    ground: str
    reference: str
    explanation: str


def statements_of(verdict: Verdict, *, before_delivery: bool, policy_url: str = "") -> Statements:
    """The statements of a decision. `before_delivery` says whether refusals of ads that never ran are stated.

    `policy_url` is an address with `{policy}` and `{version}`, where the texts relied on can be read.
    """
    if verdict.state in ("escalated", "second_review", "conflict"):
        return Statements(not_needed=f"not final: {verdict.state.replace('_', ' ')}")
    if not verdict.has_run and not before_delivery:
        return Statements(not_needed="refused before delivery, which is set not to be stated")
    found: dict[_Restriction, set[str]] = {}
    refusals: list[str] = []
    for market, cells in _by_market(verdict.cells).items():
        if market == NOT_STATED and any(cell.state > State.LABELLED for cell in cells):
            refusals.append("the ad names no markets: set the queue's with --markets and decide again")
        if country_of(market) in EEA:
            for restriction in _restrictions(verdict, cells, refusals):
                found.setdefault(restriction, set()).add(country_of(market))
    made: list[Statement] = []
    for number, restriction in enumerate(sorted(found), start=1):
        statement = _statement(verdict, restriction, sorted(found[restriction]), number, policy_url)
        wrong = [*faults(statement), *personal(statement, verdict)]
        refusals += [f"{statement['puid']}: {each}" for each in wrong]
        made += [] if wrong else [statement]
    none = "" if made or refusals else "nothing is restricted in the European Economic Area"
    return Statements(tuple(made), none, tuple(dict.fromkeys(refusals)))


def personal(statement: Statement, verdict: Verdict) -> Iterator[str]:
    """What in the free texts of a statement is about a person, or names the advertiser."""
    advertiser = verdict.ad.advertiser
    names = {name.casefold() for name in (advertiser.name, advertiser.payer, advertiser.behalf) if name}
    for field in TEXTS:
        text = str(statement.get(field, ""))
        if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.casefold()) for name in names if len(name) > 2):
            yield f"{field}: names the advertiser"
        if _CONTACT.search(_DATE.sub("", text)):
            yield f"{field}: holds what looks like an address or a telephone number"


# Restrictions ---


def _by_market(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    markets: dict[str, list[Cell]] = {}
    for cell in cells:
        markets.setdefault(cell.market, []).append(cell)
    return markets


def _restrictions(verdict: Verdict, cells: Sequence[Cell], refusals: list[str]) -> Iterator[_Restriction]:
    """What is done to the ad in one market, youngest ages first."""
    for cell in cells:
        if cell.state is State.ALLOWED or (cell.state is State.HELD and not verdict.has_run):
            continue  # what only waits for a document was not restricted yet
        reasons = reasons_for(cell)
        if not reasons and cell.state is not State.LABELLED:
            where = f"{cell.market}, {cell.band}"
            refusals.append(f"{where}: set by hand, no clause stands for it: state it by hand, or add the clause")
        for cause in reasons[:1] if cell.state in (State.CUT, State.HELD) else reasons:
            visibility, other = _visibility(verdict, cells, cell, cause)
            yield _restriction(verdict, visibility, other, cause, refusals)


def _visibility(verdict: Verdict, cells: Sequence[Cell], cell: Cell, cause: Cause) -> tuple[str, str]:
    """The value for what happens in a cell, and the words that go with *other*."""
    if cell.state is State.LABELLED:
        return _CONTENT + "LABELLED", ""
    if cell.state is State.LIMITED:
        return OTHER_VISIBILITY, cause.text or "Shown with limits of place or time only."
    gone = [each.state in (State.CUT, State.HELD) for each in cells]
    if all(gone):
        return _CONTENT + ("REMOVED" if verdict.has_run else "DISABLED"), ""
    if not any(gone[gone.index(False) :]):
        return _CONTENT + "AGE_RESTRICTED", ""
    return OTHER_VISIBILITY, f"Not shown to people aged {cell.band}."


def _restriction(verdict: Verdict, visibility: str, other: str, cause: Cause, refusals: list[str]) -> _Restriction:
    policy, clause = verdict.policy_of(cause), cause.clause
    check = verdict.catalog.check_by_id[cause.check_id]
    ask = check.need.ask if check.need else check.ask
    explanation = f"The review answered yes to: “{ask}”"
    if cause.text and visibility != OTHER_VISIBILITY:
        lead = "Mark added" if cause.state is State.LABELLED else "What would cure it"
        explanation += f" {lead}: {cause.text}"
    if clause.basis is Basis.LAW:
        if not clause.ref:
            where = "the check's own row" if clause.market == "*" else f"the row {clause.market}"
            refusals.append(f"{cause.check_id}: {where} is law and names none: add its ref to the catalog")
        return _Restriction(visibility, other, cause.check_id, ILLEGAL, clause.ref or "-", explanation)
    terms = f"{policy.title} ({policy.id}), {verdict.catalog.title or verdict.catalog.id} {verdict.catalog.version}"
    return _Restriction(visibility, other, cause.check_id, INCOMPATIBLE, terms, explanation)


# The statement ---


def _statement(
    verdict: Verdict, made_of: _Restriction, scope: Sequence[str], number: int, policy_url: str
) -> Statement:
    check = verdict.catalog.check_by_id[made_of.check_id]
    policy = verdict.catalog.policy_of(check)
    is_law = made_of.ground == ILLEGAL
    kind = "illegal_content" if is_law else "incompatible_content"
    ground = f"{kind}_legal_ground" if is_law else f"{kind}_ground"
    types = _content_types(verdict.ad)
    sources = sorted({NOTICES[flag.source] for flag in verdict.ad.flags if flag.source in NOTICES})
    by_data = made_of.check_id not in verdict.decision.answers
    statement = {
        "puid": f"{verdict.event_id}-{number}",
        "decision_visibility": [made_of.visibility],
        "decision_visibility_other": made_of.other,
        "decision_ground": made_of.ground,
        "decision_ground_reference_url": policy_url.format(policy=policy.id, version=verdict.catalog.version),
        ground: made_of.reference,
        f"{kind}_explanation": made_of.explanation,
        "content_type": types,
        "content_type_other": "The page the ad leads to" if OTHER_CONTENT in types else "",
        "category": policy.dsa_category,
        "category_specification": sorted(set(policy.dsa_keywords)),
        "territorial_scope": list(scope),
        "content_language": _language(verdict.languages),
        "content_date": min(verdict.hosted_at[:10] or verdict.day, verdict.day),
        "application_date": verdict.day,
        "decision_facts": _facts(verdict, made_of),
        "source_type": sources[0] if sources else VOLUNTARY,
        "automated_detection": "Yes" if verdict.ad.flags or by_data else "No",
        "automated_decision": "AUTOMATED_DECISION_PARTIALLY" if by_data else "AUTOMATED_DECISION_NOT_AUTOMATED",
    }
    return {name: _fitted(name, value) for name, value in statement.items() if value not in ("", [])}


def _facts(verdict: Verdict, made_of: _Restriction) -> str:
    check = verdict.catalog.check_by_id[made_of.check_id]
    ask = check.need.ask if check.need else check.ask
    seen = places_words(verdict.evidence.get(check.id, ()))
    where = f" It was seen in: {seen}." if seen else ""
    by = "a person" if check.id in verdict.decision.answers else "the data submitted with it, confirmed by a person"
    rules = f"{verdict.catalog.title or verdict.catalog.id}, version {verdict.catalog.version}"
    return (
        f"A paid advertisement was reviewed on {verdict.day} (UTC) under {rules}. "
        f"“{ask}” was answered yes by {by}.{where}"
    )


def _content_types(ad: Ad) -> list[str]:
    found = {f"CONTENT_TYPE_{KINDS[each.kind]}" for each in ad.media if each.kind in KINDS}
    if any(not component.startswith("page.") for component, _ in ad.texts()):
        found.add("CONTENT_TYPE_TEXT")
    if ad.creative.ai_declared:
        found.add("CONTENT_TYPE_SYNTHETIC_MEDIA")
    return sorted(found or {OTHER_CONTENT})


def _language(languages: Sequence[str]) -> str:
    """The language of the ad, where there is one."""
    codes = {language.partition("-")[0].upper() for language in languages}
    return next(iter(codes)) if len(codes) == 1 and codes <= LANGUAGES else ""


def _fitted(name: str, value: object) -> object:
    """A text cut, visibly, where it is longer than its field."""
    most = LENGTHS.get(name)
    if isinstance(value, str) and most is not None and len(value) > most:
        return value[: most - len(CUT_MARK)] + CUT_MARK
    return value
