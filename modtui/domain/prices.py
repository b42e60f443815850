# ruff: noqa: E501
"""Prices in a text: amount, currency and what time they are for, as people write them in many countries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from msgspec import Struct

_SIGNS: Final = {
    "us$": "USD", "usd": "USD", "u$s": "USD", "$": "$", "ca$": "CAD", "c$": "CAD", "cad": "CAD", "a$": "AUD", "au$": "AUD",
    "aud": "AUD", "nz$": "NZD", "nzd": "NZD", "s$": "SGD", "sgd": "SGD", "hk$": "HKD", "hkd": "HKD", "nt$": "TWD",
    "twd": "TWD", "mx$": "MXN", "mxn": "MXN", "r$": "BRL", "brl": "BRL", "clp": "CLP", "cop": "COP", "ars": "ARS",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "ευρώ": "EUR", "евро": "EUR", "يورو": "EUR",
    "£": "GBP", "gbp": "GBP", "chf": "CHF", "sfr.": "CHF", "fr.": "CHF", "¥": "¥", "￥": "¥", "円": "JPY", "jpy": "JPY",
    "元": "CNY", "cny": "CNY", "rmb": "CNY", "₩": "KRW", "원": "KRW", "krw": "KRW", "₹": "INR", "inr": "INR", "rs.": "INR",
    "₽": "RUB", "руб.": "RUB", "руб": "RUB", "rub": "RUB", "₴": "UAH", "грн": "UAH", "uah": "UAH", "₺": "TRY", "tl": "TRY",
    "try": "TRY", "zł": "PLN", "pln": "PLN", "kč": "CZK", "czk": "CZK", "ft": "HUF", "huf": "HUF", "lei": "RON", "ron": "RON",
    "лв": "BGN", "лв.": "BGN", "bgn": "BGN", "kr": "kr", "kr.": "kr", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "₪": "ILS",
    "ils": "ILS", "ש\"ח": "ILS", "aed": "AED", "درهم": "AED", "د.إ": "AED", "sar": "SAR", "ريال": "SAR", "ر.س": "SAR",
    "egp": "EGP", "جنيه": "EGP", "kwd": "KWD", "qar": "QAR", "฿": "THB", "บาท": "THB", "thb": "THB", "₫": "VND", "đ": "VND",
    "vnd": "VND", "rm": "MYR", "myr": "MYR", "rp": "IDR", "idr": "IDR", "₱": "PHP", "₦": "NGN", "ngn": "NGN",
    "zar": "ZAR", "ksh": "KES", "kes": "KES",
}  # fmt: skip
_COVERS: Final = {
    "$": frozenset("USD CAD AUD NZD SGD HKD TWD MXN CLP COP ARS".split()),  # noqa: SIM905
    "¥": frozenset(("JPY", "CNY")),
    "kr": frozenset(("SEK", "NOK", "DKK")),
}
"Signs that several currencies share."
_AS_WRITTEN: Final = {
    "try": "TRY",
    "cop": "COP",
    "ron": "RON",
    "ars": "ARS",
    "rm": "RM",
    "tl": "TL",
    "ft": "Ft",
    "rp": "Rp",
    "fr.": "Fr.",
}
"Units that mean something else in other letters: `6 ft`, `try 5`."
_PERIODS: Final = {
    "day": "day daily jour tag día dia giorno dzień день 日", "week": "week weekly wk semaine woche semana settimana tydzień неделю 週",
    "month": "month monthly mo mth mois monat mes mês mese miesiąc mies mc месяц мес ay maand שהר חודש شهر شهريا 月 月額",
    "year": "year yearly yr annum an année jahr año ano anno rok год yıl jaar שנה سنة 年",
}  # fmt: skip
_NOT_A_PRICE: Final = (
    r"(?:save|saving|worth|win|over|above|economi\w*|économi\w*|gagne\w*|spar\w*|gewinn\w*|ahorr\w*|gana\w*|ganh\w*|"
    r"risparmi\w*|bonus|cashback|more than|mehr als|plus de|más de|mais de|below|under|unter|moins de|bis zu|up to|"
    r"jusqu\S*|hasta|até|fino a|off|rabatt|shipping|versand\w*|livraison|envío)\s*(?:of|de|von|a|d['’])?\s*[-:]?\s*\Z"
)
_NUMBER: Final = re.compile(r"[0-9][0-9.,]*")
UNIT: Final = 8
"Characters in which a currency beside a number is sought."
_SIGN_CHARACTERS: Final = frozenset("€$£¥￥円元₩원₹₽₴₺₪฿₫đ₱₦")


class Price(Struct, frozen=True):
    """One price as it stands in a text."""

    text: str
    start: int
    "Code points in the text."
    end: int
    cents: int
    "The amount in hundredths."
    currency: str
    "ISO 4217, or a sign that several currencies share."
    period: str = ""
    "`day`, `week`, `month`, `year`; empty for once."


@cache
def _no_price_after() -> re.Pattern[str]:
    return re.compile(_NOT_A_PRICE, re.IGNORECASE)


def may_hold_price(text: str) -> bool:
    """A cheap look: whether anything beside a number may be a currency."""
    for match in _NUMBER.finditer(text):
        before = text[max(0, match.start() - UNIT) : match.start()].split()[-1:]
        after = text[match.end() : match.end() + UNIT].split(maxsplit=1)[:1]
        if any(map(_is_unit, (*before, *after))):
            return True
    return False


def _is_unit(word: str) -> bool:
    unit = word.casefold().strip("()[]:;!?*.,-\"'")
    return not _SIGN_CHARACTERS.isdisjoint(unit) or unit in _SIGNS or unit.partition("/")[0] in _SIGNS


@cache
def _pattern() -> re.Pattern[str]:
    signs = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
    # A word for a currency ends where the word ends; a sign does not care.
    unit = rf"(?P<{{}}>(?:{signs}))"
    number = r"(?P<{}>[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}|[0-9]{{1,3}}(?:[.,'’\u00a0\u202f ][0-9]{{3}})+(?:[.,][0-9]{{1,2}})?|[0-9]{{1,7}}(?:[.,][0-9]{{1,2}})?)"
    names = "|".join(sorted(" ".join(_PERIODS.values()).split(), key=len, reverse=True))
    period = rf"(?:\s?(?:/|per|a|an|al|par|pro|im|por|ao|в|за|na)\s?(?P<period>{names})(?!\w))?"
    before = rf"(?<!\w){unit.format('u1')}\s?{number.format('n1')}"
    after = rf"(?<![\w.,]){number.format('n2')}(?:,-|,–|\.-)?\s?{unit.format('u2')}(?![^\W\d_])"
    return re.compile(rf"(?:{before}|{after})(?![0-9%])(?:,-|\.-)?{period}", re.IGNORECASE)


def prices_in(text: str) -> Iterator[Price]:
    """The prices of a text, in order; not savings, bonuses, and amounts from or up to which something holds."""
    if not may_hold_price(text):
        return
    for match in _pattern().finditer(text):
        if _no_price_after().search(text[max(0, match.start() - 24) : match.start()]):
            continue
        unit = match["u1"] or match["u2"]
        number = match["n1"] or match["n2"]
        if unit != _AS_WRITTEN.get(unit.casefold(), unit):
            continue
        yield Price(match[0], *match.span(), cents_of(number), _SIGNS[unit.casefold()], _period(match["period"]))


def _period(word: str | None) -> str:
    folded = (word or "").casefold()
    return next((period for period, names in _PERIODS.items() if folded and folded in names.split()), "")


def cents_of(number: str) -> int:
    """`1.299,50`, `1 299.5` and `1299,50` are one amount: the last sign is the decimal one where one or two digits
    follow it."""
    match = re.fullmatch(r"(.*?)(?:[.,]([0-9]{1,2}))?", number)
    assert match is not None
    whole = re.sub("[^0-9]", "", match[1])
    return int(whole or 0) * 100 + int(((match[2] or "") + "00")[:2])


def may_be_one_currency(one: str, other: str) -> bool:
    """Whether two currencies may be the same: a sign may stand for several."""
    return one == other or other in _COVERS.get(one, ()) or one in _COVERS.get(other, ())
