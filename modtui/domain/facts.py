"""Facts: tests on an ad's data that answer a check yes or no, or say nothing when the data is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from urllib.parse import urlsplit

from modtui.domain.ads import Ad
from modtui.domain.markets import country_of
from modtui.domain.policies import Answer, Catalog, Check, Compile, Facts, FactTest, Need, Pattern

Known = bool | None
"True, False, or None for *unknown* (Kleene's third value)."

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
    r"\s*(?P<field>[\w.]+)\s*(?P<op><=|>=|!=|<|>|=|(?:is not|is|has not|has|under|matches|missing)\b)(?P<value>.*)",
    re.S,
)


def parse_test(text: str) -> FactTest:
    """Read one `field operator value`. Raises ValueError with what is wrong, in words."""
    found = _TEST.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' is not a test: it should read 'field operator value'")
    test = FactTest(found["field"], found["op"], found["value"].strip())
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
        if not test.value.lstrip("-").isdigit():
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


def holds(test: FactTest, ad: Ad, compile_pattern: Compile) -> Known:
    """Whether the test is true of the ad, or unknown because the data is missing."""
    if test.operator == "missing":
        return _is_missing(test.field, ad)
    if test.operator == "matches":
        return found_in_texts(compile_pattern(test.value), ad, (test.field,))
    if test.field in NUMBERS:
        number = NUMBERS[test.field](ad)
        return None if number is None else COMPARE[test.operator](number, int(test.value))
    if test.field in LISTS:
        values = {value.casefold() for value in LISTS[test.field](ad)}
        return None if not values else (test.value.casefold() in values) == (test.operator == "has")
    word = WORDS[test.field](ad)
    if word is None:
        return None
    if test.operator == "under":
        return is_under(word, test.value)
    return (word.casefold() == test.value.casefold()) == (test.operator == "is")


def is_under(industry: str, ancestor: str) -> bool:
    """Whether a dotted industry is the other one or lies beneath it: `food.alcohol` is under `food`."""
    return industry == ancestor or industry.startswith(ancestor + ".")


def fact_answer(facts: Facts, ad: Ad, compile_pattern: Compile) -> Answer | None:
    """What the tests answer together: any of them, or all of them, in Kleene's logic; None leaves the check open."""
    values = [holds(test, ad, compile_pattern) for test in facts.tests]
    decisive = not facts.every
    if decisive in values:
        known: Known = decisive
    else:
        known = None if None in values else not decisive
    return None if known is None else _as_answer(known)


def check_fact(check: Check, ad: Ad, catalog: Catalog, markets: Iterable[str], as_of: str) -> Answer | None:
    """What the ad's data answers to a check, or None. A need is answered for the targeted markets its row reaches."""
    if check.need is not None:
        missing = [need_is_missing(check.need, market, ad, catalog.compile_pattern, as_of) for market in markets]
        if True in missing:
            return Answer.YES
        return None if None in missing or not missing else Answer.NO
    return fact_answer(check.facts, ad, catalog.compile_pattern) if check.facts else None


def need_is_missing(need: Need, market: str, ad: Ad, compile_pattern: Compile, as_of: str) -> Known:
    """Whether the ad lacks what one market asks for, as far as its data can tell."""
    if need.kind == "certificate":
        return _not(_has_certificate(need, market, ad, compile_pattern, as_of))
    if need.kind == "number" and need.number:
        return _not(found_in_texts(compile_pattern(need.number), ad, need.where))
    if need.kind == "text" and need.text:
        wordings = [found_in_texts(compile_pattern(re.escape(words)), ad, need.where) for words in need.text]
        return _not(True if True in wordings else None if None in wordings else False)
    if need.kind == "audience_share":
        return _lacks_share(need, market, ad)
    return None


def _has_certificate(need: Need, market: str, ad: Ad, compile_pattern: Compile, as_of: str) -> Known:
    """On file: kind, market and, where named, number, holder and domain match, and it outlasts the schedule."""
    certificates = ad.advertiser.certificates
    if certificates is None:
        return None
    last_day = max(as_of, ad.schedule_end or as_of)
    for paper in certificates:
        if (
            (need.certificate is None or paper.kind == need.certificate)
            and (paper.market is None or paper.market in (market, country_of(market)))
            and (paper.expires is None or paper.expires >= last_day)
            and (
                need.number is None or (paper.number is not None and compile_pattern(need.number).search(paper.number))
            )
            and (not need.holder or paper.holder in (ad.advertiser.name, ad.advertiser.payer))
            and (not need.domain or _same_site(paper.domain, ad.landing_page.url))
        ):
            return True
    return False


def _same_site(domain: str | None, url: str | None) -> bool:
    if not domain or not url:
        return False
    try:
        host = (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return False
    wanted = domain.casefold()
    return host == wanted or host.endswith("." + wanted)


def _lacks_share(need: Need, market: str, ad: Ad) -> Known:
    for share in ad.audience.shares:
        if share.ages == need.ages and share.market in (None, market, country_of(market)):
            return share.per_mille < (need.at_least_per_mille or 0)
    return None


def found_in_texts(pattern: Pattern, ad: Ad, where: tuple[str, ...] = ()) -> Known:
    """Whether a pattern stands in the named components. *Absent* is never said of an ad with media."""
    everywhere = not where or "text" in where
    for component, text in ad.texts():
        name = component.partition(".")[0]
        if (everywhere or component in where or name in where) and pattern.search(text):
            return True
    return None if ad.media else False


def _is_missing(field: str, ad: Ad) -> bool:
    if field in NUMBERS:
        return NUMBERS[field](ad) is None
    if field in LISTS:
        return not LISTS[field](ad)
    if field in WORDS:
        return WORDS[field](ad) is None
    return not any(field in ("text", component, component.partition(".")[0]) for component, _ in ad.texts())


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _not(known: Known) -> Known:
    return None if known is None else not known


def _as_answer(known: bool) -> Answer:
    return Answer.YES if known else Answer.NO


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
