# ruff: noqa: E501
"""Links, brands, contacts and claims: each signal where it should be, and quiet on what only resembles it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.brands import looks_like_brand, own_domains, skeleton
from modtui.domain.hidden_text import ad_signals, signals
from modtui.domain.links import domain_of, links_in, parsed
from modtui.domain.signals import CLAIMS, CONTACTS, LINKS, SIGNALS

ODD = LINKS.keys() | CONTACTS.keys() | CLAIMS.keys() | {"brand_look"}


def found(text: str, component: str = "body") -> dict[str, str]:
    each = [signal for signal in signals(text, component) if signal.name in ODD]
    assert all(signal.name in SIGNALS and signal.why and text[signal.start : signal.end] for signal in each)
    return {signal.name: text[signal.start : signal.end] for signal in each}


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("see javascript:alert(1) now", "odd_url", "javascript:alert(1"),
        ("https://bank.com@evil.example/x", "odd_url", "https://bank.com@evil.example/x"),
        ("https://192.168.7.1/login", "odd_url", "https://192.168.7.1/login"),
        ("https://0x7f.1/", "odd_url", "https://0x7f.1/"),
        ("https://[::1]/", "odd_url", "https://[::1]/"),
        ("https://shop.example:8443/", "odd_url", "https://shop.example:8443/"),
        ("https://shop.example/%2541", "odd_url", "https://shop.example/%2541"),
        ("https://example.com⁄login.evil.example", "odd_url", "https://example.com⁄login.evil.example"),
        ("http://shop.example", "no_https", "http://shop.example"),
        ("more at bit.ly/2NJjkkt.", "shortener", "bit.ly/2NJjkkt"),
        (
            "https://a.example/go?u=https%3A%2F%2Fb.example",
            "redirects",
            "https://a.example/go?u=https%3A%2F%2Fb.example",
        ),
        ("https://paypal.com.evil.ru/login", "brand_place", "https://paypal.com.evil.ru/login"),
        ("https://paypal-verify.example", "brand_place", "https://paypal-verify.example"),
        ("https://evil.ru/www.paypal.com/login", "brand_place", "https://evil.ru/www.paypal.com/login"),
        ("https://netflix.github.io/x", "brand_place", "https://netflix.github.io/x"),
        ("https://www.rnicrosoft.com", "brand_look", "https://www.rnicrosoft.com"),
        ("Your PayPaI account", "brand_look", "PayPaI"),
        ("Your paypa1 account", "brand_look", "paypa1"),
        ("Join t.me/fastgains", "messenger", "t.me/fastgains"),
        ("message me on WhatsApp", "messenger", "message me on WhatsApp"),
        ("Telegram: @bossman", "messenger", "Telegram: @bossman"),
        ("加微信：abc12345", "messenger", "微信：abc12345"),
        ("LINEで無料相談", "messenger", "LINEで無料相談"),
        ("Call +44 7700 900123 today", "phone", "Call +44 7700 900123"),
        ("(415) 555-2671", "phone", "(415) 555-2671"),
        ("اتصل: 0551234567", "phone", "اتصل: 0551234567"),
        ("Guaranteed monthly returns", "guaranteed_return", "Guaranteed monthly returns"),
        ("Earn 5% per day", "guaranteed_return", "5% per day"),
        ("Double your bitcoin", "guaranteed_return", "Double your bitcoin"),
        ("Rendement garanti", "guaranteed_return", "Rendement garanti"),
        ("Garantierte Rendite", "guaranteed_return", "Garantierte Rendite"),
        ("Ganancias garantizadas", "guaranteed_return", "Ganancias garantizadas"),
        ("гарантированный доход", "guaranteed_return", "гарантированный доход"),
        ("أرباح مضمونة", "guaranteed_return", "أرباح مضمونة"),
        ("必ず儲かる方法", "guaranteed_return", "必ず儲か"),
        ("Only 3 left!", "urgency", "Only 3 left"),
        ("Nur noch heute", "urgency", "Nur noch heute"),
        ("Plus que 5 pièces", "urgency", "Plus que 5"),
        ("только сегодня", "urgency", "только сегодня"),
        ("残りわずか", "urgency", "残りわずか"),
        ("Reverses type 2 diabetes", "cure_claim", "Reverses type 2 diabetes"),
        ("Heilt jede Arthrose", "cure_claim", "Heilt jede Arthrose"),
        ("がんが完治", "cure_claim", "がんが完治"),
        ("Lose 10 kg in 10 days", "body_claim", "Lose 10 kg"),
        ("Before & after", "body_claim", "Before & after"),
        ("マイナス10kg減", "body_claim", "マイナス10kg減"),
    ],
)
def test_each_signal_stands_where_it_is(text: str, name: str, place: str) -> None:
    assert found(text).get(name) == place


@pytest.mark.parametrize(
    "text",
    [
        "https://www.paypal.com/de/login", "https://shop.amazon.co.uk/x", "https://steam-cleaning.example", "https://facebook.adjust.example/x",
        "info@paypal.example writes", "end of one.Next one", "v1.2.3 at 10:30", "Mon.Tue", "24/7 on 01.12.2026", "1,000,000 users since 2020-01-01",
        "order 4155552671123456", "Save 20% daily deals", "5% off a day pass", "satisfaction guaranteed", "money-back guarantee", "Download WhatsApp for iPhone",
        "the LINE between", "learn to turn corners", "We treat your skin well", "A cure for boredom", "before and after school", "lose your keys",
        "last year's winners", "the only 3 things", "Paypal and PayPals", "GREAT NEWS", "Illinois", "modern barn",
    ],
)  # fmt: skip
def test_what_only_resembles_is_quiet(text: str) -> None:
    assert found(text) == {}


def test_a_page_may_name_its_phone() -> None:
    assert "phone" not in found("Call +44 7700 900123", "page.text")


def test_a_chain_of_many_hops_and_what_its_hops_are() -> None:
    chain = ["https://bit.ly/a", "https://b.example", "https://c.example"]
    ad = ad_from_payload({"source": "s", "id": "1", "landing_page": {"url": "https://d.example", "chain": chain}})
    assert [(signal.name, signal.component) for signal in ad_signals(ad)] == [
        ("shortener", "page.chain.0"),
        ("redirects", "page.chain"),
    ]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.example.co.uk", "example.co.uk"), ("a.b.example.com", "example.com"), ("x.github.io", "x.github.io"),
        ("a.x.github.io", "x.github.io"), ("github.io", "github.io"), ("localhost", "localhost"), ("example.com.br", "example.com.br"), ("", ""),
    ],
)  # fmt: skip
def test_registrable_domains(host: str, domain: str) -> None:
    assert domain_of(host) == domain


def test_a_link_taken_apart() -> None:
    link = parsed("HTTPS://me:pw@Shop。Example.com:8080/a?b#c")
    assert (link.scheme, link.user, link.host, link.port, link.path) == (
        "https",
        "me:pw@",
        "shop.example.com",
        "8080",
        "/a?b#c",
    )
    assert (link.domain, link.subdomain) == ("example.com", "shop")


def test_no_brand_looks_like_another_of_the_list() -> None:
    names = [name for name in own_domains() if len(name) >= 5]
    assert len({skeleton(name) for name in names}) == len(names)
    assert not any(looks_like_brand(name) for name in names)


@given(st.text(st.sampled_from("htps:/.@%25wxn--bitly.paypalgoogle com-\u3002\u202e+0123456789 t.me\n"), max_size=60))
def test_any_text_keeps_its_places(text: str) -> None:
    for link in links_in(text):
        assert text[link.start : link.end] == link.text
    for signal in signals(text, "body"):
        assert 0 <= signal.start < signal.end <= len(text)


@given(st.text(max_size=40))
def test_any_address_can_be_looked_at(url: str) -> None:
    ad = ad_from_payload({"source": "s", "id": "1", "landing_page": {"url": url, "chain": [url] * 3}})
    assert all(signal.start <= signal.end for signal in ad_signals(ad))
