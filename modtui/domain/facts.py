"""Facts: tests on an ad's data that answer a check yes or no, or say nothing when the data is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from modtui.domain.ads import Ad
from modtui.domain.markets import country_of, expand
from modtui.domain.patterns import Compile
from modtui.domain.policies import Answer, Facts, FactTest
from modtui.domain.text_search import Known, found_in_texts, has_component

Groups = Mapping[str, tuple[str, ...]]
"Group name to its members."

_NO_GROUPS: Groups = {}

NUMBERS: dict[str, Callable[[Ad], int | None]] = {
    "product.food_score": lambda ad: ad.food_score,
    "audience.min_age": lambda ad: ad.audience.min_age,
    "audience.max_age": lambda ad: ad.audience.max_age,
}
WORDS: dict[str, Callable[[Ad], str | None]] = {
    "audience.gender": lambda ad: ad.audience.gender,
    "industry": lambda ad: ad.industry,
    "objective": lambda ad: ad.objective,
    "creative.format": lambda ad: ad.creative.format,
    "creative.ai_declared": lambda ad: None if ad.creative.ai_declared is None else _yes_no(ad.creative.ai_declared),
    "advertiser.country": lambda ad: ad.advertiser.country,
    "advertiser.name": lambda ad: ad.advertiser.name,
    "advertiser.payer": lambda ad: ad.advertiser.payer,
    "advertiser.behalf": lambda ad: ad.advertiser.behalf,
    "landing_page.url": lambda ad: ad.landing_page.url,
    "landing_page.text": lambda ad: ad.landing_page.text,
}
LISTS: dict[str, Callable[[Ad], tuple[str, ...]]] = {
    "audience.interests": lambda ad: ad.audience.interests,
    "audience.placements": lambda ad: ad.audience.placements,
    "markets": lambda ad: ad.markets,
    "languages": lambda ad: ad.languages,
    "creative.lead_form": lambda ad: ad.creative.lead_form,
}
TEXTS = (
    "text", "display_name", "headline", "body", "call_to_action", "disclaimer",
    "transcript", "on_screen_text", "lead_form", "page.title", "page.text", "page.url",
)  # fmt: skip
FIELDS = (*NUMBERS, *WORDS, *LISTS, *TEXTS)

COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}
_TEST = re.compile(
    r"\s*(?P<field>[\w.]+)"
    r"(?P<op>\s*(?:<=|>=|!=|<|>|=)|\s+(?:is\s+not|is|has\s+not|has|under|matches|missing)\b)(?P<value>.*)",
    re.S,
)
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")


def parse_test(text: str) -> FactTest:
    """Read one `field operator value`. Raises ValueError with what is wrong, in words."""
    found = _TEST.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a test: it should read 'field operator value'")
    test = FactTest(found["field"], " ".join(found["op"].split()), found["value"].strip())
    _refuse_misfit(test)
    return test


def _refuse_misfit(test: FactTest) -> None:
    if test.field not in FIELDS:
        raise ValueError(f"unknown field '{test.field}'")
    if test.operator == "missing":
        if test.value:
            raise ValueError("'missing' takes no value")
        return
    if not test.value:
        raise ValueError(f"'{test.operator}' needs a value")
    if test.operator in COMPARE:
        if test.field not in NUMBERS:
            raise ValueError(f"'{test.field}' is no number: use 'is', 'has' or 'matches'")
        if not _WHOLE_NUMBER.fullmatch(test.value):
            raise ValueError(f"'{test.value}' is not a whole number")
    fitting: dict[str, Iterable[str]] = {
        "is": WORDS,
        "is not": WORDS,
        "has": LISTS,
        "has not": LISTS,
        "under": ("industry",),
        "matches": TEXTS,
    }
    if test.operator in fitting and test.field not in tuple(fitting[test.operator]):
        raise ValueError(f"'{test.operator}' does not go with '{test.field}'")


def holds(test: FactTest, ad: Ad, compile_pattern: Compile, groups: Groups = _NO_GROUPS) -> Known:
    """Whether the test is true of the ad, or unknown because the data is missing."""
    if test.operator == "missing":
        return _is_missing(test.field, ad)
    if test.operator == "matches":
        return found_in_texts(compile_pattern(test.value), ad, (test.field,))
    if test.field in NUMBERS:
        number = NUMBERS[test.field](ad)
        return None if number is None else COMPARE[test.operator](number, int(test.value))
    if test.field in LISTS:
        values = LISTS[test.field](ad)
        if not values:
            return None
        has = _targets(test.value, values, groups) if test.field == "markets" else _has(test.value, values)
        return has == (test.operator == "has")
    word = WORDS[test.field](ad)
    if word is None:
        return None
    if test.operator == "under":
        return is_under(word, test.value)
    return (word.casefold() == test.value.casefold()) == (test.operator == "is")


def _has(wanted: str, values: tuple[str, ...]) -> bool:
    return wanted.casefold() in {value.casefold() for value in values}


def _targets(wanted: str, markets: tuple[str, ...], groups: Groups) -> bool:
    """Whether a market, or any member of a group, is targeted; a part of a country targets the country."""
    targeted = {name for market in expand(markets, groups) for name in (market, country_of(market))}
    return not targeted.isdisjoint(expand((wanted if wanted in groups else wanted.upper(),), groups))


def is_under(industry: str, ancestor: str) -> bool:
    """Whether a dotted industry is the other one or lies beneath it: `food.alcohol` is under `food`."""
    return industry == ancestor or industry.startswith(ancestor + ".")


def fact_answer(facts: Facts, ad: Ad, compile_pattern: Compile, groups: Groups = _NO_GROUPS) -> Answer | None:
    """What the tests answer together: any of them, or all of them, in Kleene's logic; None leaves the check open."""
    values = [holds(test, ad, compile_pattern, groups) for test in facts.tests]
    decisive = not facts.every
    if decisive in values:
        known: Known = decisive
    else:
        known = None if None in values or not values else not decisive
    return None if known is None else _as_answer(known)


def _is_missing(field: str, ad: Ad) -> bool:
    if field in NUMBERS:
        return NUMBERS[field](ad) is None
    if field in LISTS:
        return not LISTS[field](ad)
    if field in WORDS:
        return WORDS[field](ad) is None
    return not has_component(field, ad)


def _as_answer(known: bool) -> Answer:
    return Answer.YES if known else Answer.NO


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
