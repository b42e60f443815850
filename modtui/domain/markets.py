"""Markets, groups of markets, and how the targeting of an ad becomes the rows of a grid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

NOT_STATED = "not stated"
"The one row of an ad that names no market and whose queue has no default."

WRONG_CODES = {"UK": "GB", "EL": "GR"}
"Codes people write and ISO 3166-1 does not have as such."

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
ISO_3166 = frozenset(_CODES.split())
"Officially assigned alpha-2 codes, and XK, which everybody uses."


def normal_market(code: str) -> str | None:
    """The code as the catalog writes it, or None when it is no market: upper case, `UK` and `EL` put right."""
    upper = code.strip().upper()
    country, dash, part = upper.partition("-")
    country = WRONG_CODES.get(country, country)
    if country not in ISO_3166 or (dash and not part.isalnum()):
        return None
    return country + dash + part


def country_of(market: str) -> str:
    return market.partition("-")[0]


def expand(markets: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Each market once, groups as their members, in the order first named."""
    rows: dict[str, None] = {}
    for market in markets:
        rows.update(dict.fromkeys(groups.get(market, (market,))))
    return tuple(rows)


def divide(markets: Iterable[str], ruled_parts: Collection[str]) -> tuple[str, ...]:
    """Countries with the parts that some rule has a row for: the parts first, then the country for the rest."""
    rows: dict[str, None] = {}
    for market in markets:
        if "-" not in market:
            rows.update(dict.fromkeys(sorted(part for part in ruled_parts if country_of(part) == market)))
        rows[market] = None
    return tuple(rows)
