"""The form of an EU statement of reasons (Regulation (EU) 2022/2065, Article 17): its values, lengths and conditions.

As the request rules of the DSA Transparency Database have them: digital-services-act/transparency-database, 69e80a0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modtui.domain.statement_values import CATEGORIES, EEA, KEYWORDS, LANGUAGES

Statement = Mapping[str, Any]

BATCH = 100
"Statements in one request, at most; one that is wrong has all of them refused."
FIRST_DAYS = {"content_date": "2000-01-01", "application_date": "2020-01-01"}
LAST_DAY = "2038-01-01"
ILLEGAL, INCOMPATIBLE = "DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"
OTHER_VISIBILITY, OTHER_CONTENT = "DECISION_VISIBILITY_OTHER", "CONTENT_TYPE_OTHER"
VOLUNTARY = "SOURCE_VOLUNTARY"
_DISABLED = "DECISION_VISIBILITY_CONTENT_"
_YES_NO = frozenset({"Yes", "No"})
VALUES: Mapping[str, frozenset[str]] = {
    "decision_visibility": frozenset(
        (*(_DISABLED + name for name in ("REMOVED", "DISABLED", "DEMOTED", "AGE_RESTRICTED", "LABELLED")),
         _DISABLED + "INTERACTION_RESTRICTED", OTHER_VISIBILITY)
    ),
    "decision_ground": frozenset((ILLEGAL, INCOMPATIBLE)),
    "incompatible_content_illegal": _YES_NO,
    "content_type": frozenset(
        f"CONTENT_TYPE_{name}"
        for name in ("APP", "AUDIO", "IMAGE", "PRODUCT", "SYNTHETIC_MEDIA", "TEXT", "VIDEO", "OTHER")
    ),
    "category": CATEGORIES,
    "category_addition": CATEGORIES,
    "category_specification": KEYWORDS,
    "territorial_scope": EEA,
    "content_language": LANGUAGES,
    "source_type": frozenset(
        ("SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", VOLUNTARY)
    ),
    "automated_detection": _YES_NO,
    "automated_decision": frozenset(f"AUTOMATED_DECISION_{name}" for name in ("FULLY", "PARTIALLY", "NOT_AUTOMATED")),
    "account_type": frozenset(("ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE")),
}  # fmt: skip
"What a field may hold. Accounts, money and services are not restricted by the review of an ad."
LISTS = frozenset(
    ("decision_visibility", "content_type", "category_addition", "category_specification", "territorial_scope")
)
LENGTHS: Mapping[str, int] = {
    "puid": 500,
    "decision_visibility_other": 500,
    "decision_ground_reference_url": 500,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2000,
    "content_type_other": 500,
    "category_specification_other": 500,
    "decision_facts": 5000,
    "source_identity": 500,
}
"Characters a text may have: code points, not bytes."
NEEDED = (
    "puid", "decision_visibility", "decision_ground", "content_type", "category", "territorial_scope", "content_date",
    "application_date", "decision_facts", "source_type", "automated_detection", "automated_decision",
)  # fmt: skip
NEEDED_WITH: Mapping[str, tuple[str, str]] = {
    "decision_visibility_other": ("decision_visibility", OTHER_VISIBILITY),
    "illegal_content_legal_ground": ("decision_ground", ILLEGAL),
    "illegal_content_explanation": ("decision_ground", ILLEGAL),
    "incompatible_content_ground": ("decision_ground", INCOMPATIBLE),
    "incompatible_content_explanation": ("decision_ground", INCOMPATIBLE),
    "content_type_other": ("content_type", OTHER_CONTENT),
}
"Fields that are there if, and only if, another has a value."
ALLOWED_WITH: Mapping[str, tuple[str, str]] = {
    "incompatible_content_illegal": ("decision_ground", INCOMPATIBLE),
    "category_specification_other": ("category_specification", "KEYWORD_OTHER"),
}
DATES = ("content_date", "application_date", "end_date_visibility_restriction")
TEXTS = tuple(name for name in LENGTHS if name not in ("puid", "decision_ground_reference_url"))
"The fields of free text."
_PUID = re.compile(r"[a-zA-Z0-9_-]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_KNOWN = frozenset((*VALUES, *LENGTHS, *DATES))


def faults(statement: Statement) -> list[str]:
    """What is wrong with a statement, in words, each with its field; empty when it would be taken."""
    return [
        *(f"{name}: is no field of a statement" for name in statement if name not in _KNOWN),
        *(f"{name}: has to be there" for name in NEEDED if not statement.get(name)),
        *_values(statement),
        *_conditions(statement),
        *_texts(statement),
        *_dates(statement),
    ]


def _values(statement: Statement) -> Iterator[str]:
    for name, allowed in VALUES.items():
        given = statement.get(name)
        if given is None:
            continue
        if name in LISTS and list(given) != sorted(set(given)):
            yield f"{name}: not sorted, or something stands in it twice"
        for value in given if name in LISTS else (given,):
            if value not in allowed:
                yield f"{name}: '{value}' is not one of its values"
    if statement.get("category") in statement.get("category_addition", ()):
        yield "category_addition: holds the category itself"


def _conditions(statement: Statement) -> Iterator[str]:
    for name, (other, value) in NEEDED_WITH.items():
        is_asked = _has(statement, other, value)
        if is_asked and not statement.get(name):
            yield f"{name}: has to be there with {value}"
        if not is_asked and name in statement:
            yield f"{name}: may only be there with {value}"
    for name, (other, value) in ALLOWED_WITH.items():
        if name in statement and not _has(statement, other, value):
            yield f"{name}: may only be there with {value}"
    if "source_identity" in statement and statement.get("source_type") == VOLUNTARY:
        yield "source_identity: may not be there where nobody gave notice"


def _has(statement: Statement, name: str, value: str) -> bool:
    given = statement.get(name)
    return given is not None and (value in given if name in LISTS else given == value)


def _texts(statement: Statement) -> Iterator[str]:
    for name, most in LENGTHS.items():
        text = statement.get(name)
        if text is not None and not isinstance(text, str):
            yield f"{name}: is no text"
        elif text and len(text) > most:
            yield f"{name}: {len(text)} characters, {most} at most"
    if not _PUID.fullmatch(str(statement.get("puid", ""))):
        yield "puid: letters, digits, hyphens and underscores only"
    url = statement.get("decision_ground_reference_url")
    if url is not None and not str(url).startswith(("https://", "http://")):
        yield "decision_ground_reference_url: is no address"


def _dates(statement: Statement) -> Iterator[str]:
    for name in DATES:
        day = statement.get(name)
        if day is None:
            continue
        first = FIRST_DAYS.get(name, str(statement.get("application_date", "")))
        if not isinstance(day, str) or not _DATE.fullmatch(day):
            yield f"{name}: '{day}' is no date"
        elif not first <= day <= LAST_DAY:
            yield f"{name}: {day} is not between {first} and {LAST_DAY}"
