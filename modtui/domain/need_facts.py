"""What an ad's data says of the things markets ask for: certificates on file, numbers, wordings, shares of audience."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from modtui.domain.ads import Ad, Certificate
from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Need
from modtui.domain.facts import fact_answer
from modtui.domain.markets import NOT_STATED, country_of
from modtui.domain.patterns import Compile
from modtui.domain.policies import Answer, Check
from modtui.domain.text_search import Known, found_in_texts

Groups = Mapping[str, tuple[str, ...]]
"Market to the groups it is a member of."

_NO_GROUPS: Groups = {}


def check_fact(check: Check, ad: Ad, catalog: Catalog, markets: Iterable[str], as_of: str) -> Answer | None:
    """What the ad's data answers to a check, or None. A need is answered for the targeted markets its row reaches.

    Where the data is missing for one of those markets the need stays open, whatever is known of the others.
    """
    if check.need is None:
        groups = catalog.market_groups
        return fact_answer(check.facts, ad, catalog.compile_pattern, groups) if check.facts else None
    missing = [
        need_is_missing(check.need, market, ad, catalog.compile_pattern, as_of, catalog.groups_of) for market in markets
    ]
    if None in missing or not missing:
        return None
    return Answer.YES if True in missing else Answer.NO


def need_is_missing(
    need: Need, market: str, ad: Ad, compile_pattern: Compile, as_of: str, groups_of: Groups = _NO_GROUPS
) -> Known:
    """Whether the ad lacks what one market asks for, as far as its data can tell."""
    if need.kind == "certificate":
        return _not(_has_certificate(need, market, ad, compile_pattern, as_of, groups_of))
    if need.kind == "number" and need.number:
        return _not(found_in_texts(compile_pattern(need.number), ad, need.where))
    if need.kind == "text" and need.text:
        wordings = (found_in_texts(compile_pattern(re.escape(words)), ad, need.where) for words in need.text)
        return _not(_any(wordings))
    if need.kind == "audience_share":
        return _lacks_share(need, market, ad, groups_of)
    return None


def _has_certificate(need: Need, market: str, ad: Ad, compile_pattern: Compile, as_of: str, groups_of: Groups) -> Known:
    """On file: kind, market and, where named, number, holder and domain match, and it outlasts the schedule.

    A paper that leaves one of these unsaid may be the one or not, which nobody can know from the data.
    """
    certificates = ad.advertiser.certificates
    if certificates is None:
        return None
    last_day = max(as_of, ad.schedule_end or as_of)[:10]
    return _any(_counts(need, paper, market, ad, compile_pattern, last_day, groups_of) for paper in certificates)


def _counts(
    need: Need, paper: Certificate, market: str, ad: Ad, compile_pattern: Compile, last_day: str, groups_of: Groups
) -> Known:
    return _all(
        (
            need.certificate is None or paper.kind.casefold() == need.certificate.casefold(),
            _is_for_market(paper, market, groups_of),
            None if paper.expires is None else paper.expires[:10] >= last_day,
            _has_number(need, paper, compile_pattern),
            not need.holder or _is_held_by(paper.holder, ad),
            not need.domain or _same_site(paper.domain, ad.landing_page.url),
        )
    )


def _is_for_market(paper: Certificate, market: str, groups_of: Groups) -> Known:
    if paper.market is None or market == NOT_STATED:
        return None
    return paper.market in _names_of(market, groups_of)


def _names_of(market: str, groups_of: Groups) -> tuple[str, ...]:
    """The keys under which something may speak of a market, the narrowest first."""
    country = country_of(market)
    return (market, country, *groups_of.get(market, ()), *groups_of.get(country, ()))


def _has_number(need: Need, paper: Certificate, compile_pattern: Compile) -> Known:
    if need.number is None:
        return True
    return None if not paper.number else compile_pattern(need.number).search(paper.number) is not None


def _is_held_by(holder: str | None, ad: Ad) -> Known:
    names = {_plain(name) for name in (ad.advertiser.name, ad.advertiser.payer) if name}
    return None if not holder or not names else _plain(holder) in names


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _same_site(domain: str | None, url: str | None) -> Known:
    """Whether the address is on the domain or a part of it."""
    if not domain or not url:
        return None
    try:
        host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").casefold()
    except ValueError:
        return None
    wanted = domain.casefold().strip(".")
    return host == wanted or host.endswith("." + wanted)


def _lacks_share(need: Need, market: str, ad: Ad, groups_of: Groups) -> Known:
    """Whether the share stated for the market, or else for the whole audience, is too small."""
    stated = {share.market: share.per_mille for share in ad.audience.shares if share.ages == need.ages}
    for name in (*_names_of(market, groups_of), None):
        if name in stated:
            return stated[name] < (need.at_least_per_mille or 0)
    return None


def _any(values: Iterable[Known]) -> Known:
    """Kleene's *or*."""
    unknown = False
    for value in values:
        if value:
            return True
        unknown = unknown or value is None
    return None if unknown else False


def _all(values: tuple[Known, ...]) -> Known:
    """Kleene's *and*."""
    return False if False in values else None if None in values else True


def _not(known: Known) -> Known:
    return None if known is None else not known
