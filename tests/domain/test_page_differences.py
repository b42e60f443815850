# ruff: noqa: E501
"""What differs between an ad and its page, and what only looks different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.page_differences import captured_words, page_signals
from modtui.domain.prices import cents_of, may_be_one_currency, prices_in
from modtui.domain.text_language import language_of

FRENCH = "Une cure pour vous avec des plantes, sans régime et sans sport, dans votre cuisine."
ENGLISH = "This is a plan for you and your kitchen, with all the plants that you have not tried."


def differences(body: str, page: str, **payload: object) -> dict[str, str]:
    ad = ad_from_payload(
        {
            "source": "s",
            "id": "1",
            "creative": {"body": body},
            "landing_page": {"text": page, "title": "Shop"},
            **payload,
        }
    )
    found = list(page_signals(ad))
    assert all(signal.component.startswith("page.") for signal in found)
    return {signal.name: signal.plain for signal in found}


@pytest.mark.parametrize(
    ("text", "cents", "currency", "period"),
    [
        ("9,99 €", 999, "EUR", ""),
        ("59,90 €/mois", 5990, "EUR", "month"),
        ("$1,299.00", 129_900, "$", ""),
        ("1.299,50 €", 129_950, "EUR", ""),
        ("US$ 12", 1200, "USD", ""),
        ("12 zł/mies", 1200, "PLN", "month"),
        ("1980円", 198_000, "JPY", ""),
        ("R$ 49,90 por mês", 4990, "BRL", "month"),
        ("£9 a month", 900, "GBP", "month"),
        ("₹1,00,000", 10_000_000, "INR", ""),
        ("kr 99,-", 9900, "kr", ""),
    ],
)
def test_prices_as_people_write_them(text: str, cents: int, currency: str, period: str) -> None:
    (price,) = prices_in(f"Now {text} only")
    assert (price.text, price.cents, price.currency, price.period) == (text, cents, currency, period)


@pytest.mark.parametrize(
    "text", ["20 left", "6 ft tall", "try 5 now", "50 % off", "save $20", "up to 100 €", "24/7", ""]
)
def test_what_is_no_price(text: str) -> None:
    assert list(prices_in(text)) == []


@given(st.integers(0, 9_999_999), st.sampled_from([("", "."), (",", "."), (".", ","), (" ", ","), ("’", ".")]))
def test_an_amount_is_one_amount_in_every_country(cents: int, signs: tuple[str, str]) -> None:
    grouped = f"{cents // 100:,}".replace(",", signs[0])
    assert cents_of(f"{grouped}{signs[1]}{cents % 100:02}") == cents


@given(st.text(st.sampled_from("0123456789.,' €$£/mois zł\u00a0"), max_size=60))
def test_prices_stand_where_they_say(text: str) -> None:
    for price in prices_in(text):
        assert text[price.start : price.end] == price.text
        assert price.cents >= 0


def test_signs_that_several_currencies_share() -> None:
    assert may_be_one_currency("$", "CAD")
    assert may_be_one_currency("USD", "$")
    assert not may_be_one_currency("USD", "CAD")
    assert not may_be_one_currency("$", "EUR")


def test_another_price_or_the_same_by_the_month() -> None:
    assert differences("Cure 9,99 €", "La cure : 59,90 €/mois") == {"page_price": "9,99 € ≠ 59,90 €/mois"}
    assert differences("Cure 9,99 €", "La cure : 9,99 € par mois") == {"page_price": "9,99 € ≠ 9,99 € par mois"}
    assert differences("Cure 9,99 €", "Avant 19,99 €, maintenant 9.99 EUR") == {}
    assert differences("Cure", "59,90 €") == {}
    assert differences("Cure 9,99 €", "Sans prix") == {}


def test_another_currency() -> None:
    assert differences("Only $9", "Nur 9,00 €") == {"page_currency": "$9 ≠ 9,00 €"}
    assert differences("Only $9", "CAD 9") == {}


def test_another_language() -> None:
    assert differences(FRENCH, ENGLISH) == {"page_language": "fr ≠ en"}
    assert differences(FRENCH, FRENCH) == {}
    assert differences("Glow!", ENGLISH, languages=["de"]) == {"page_language": "de ≠ en"}
    assert differences("Glow!", ENGLISH, languages=["de", "en-GB"]) == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"), (FRENCH, "fr"), ("Das ist eine Kur für Sie und Ihre Küche, nicht ohne Sport.", "de"),
        ("全部肌に優しい成分です。今すぐお試しください。", "ja"), ("خسارة الوزن بدون رياضة", "ar"), ("הנחה על כל המוצרים", "he"),
        ("Η προσφορά είναι για όλους και δεν τελειώνει με το καλοκαίρι από την αγορά", "el"), ("50 % GlowFit", ""), ("", ""),
    ],
)  # fmt: skip
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_page_that_names_nobody_of_the_ad() -> None:
    page = "A long page about a thing and whom it comes from, with an address in a street of a town. " * 3
    advertiser = {"name": "Glow Labs LLC", "payer": "Glow Labs LLC"}
    assert "page_brand" in differences("Buy", page, advertiser=advertiser)
    assert "page_brand" not in differences("Buy", page + "Sold by GLOW", advertiser=advertiser)
    assert "page_brand" not in differences("Buy", page, advertiser={"name": "株式会社グロウ"})
    assert "page_brand" not in differences("Buy", "Short page", advertiser=advertiser)


def test_the_age_of_a_capture() -> None:
    assert captured_words("2026-11-25T04:00:00Z", "2026-11-28") == "captured 3 d ago"
    assert captured_words("2026-11-28T04:00:00Z", "2026-11-28") == "captured today"
    assert captured_words("2026-12-01", "2026-11-28") == "captured at a later date than today"
    assert captured_words(None, "2026-11-28") == captured_words("yesterday", "2026-11-28") == "capture not dated"
