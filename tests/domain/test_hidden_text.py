# ruff: noqa: E501
"""Signals point where a text hides something and stay quiet where it does not."""

from __future__ import annotations

import csv
import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modtui.domain.ads import Ad, Creative
from modtui.domain.hidden_text import ad_signals, signals
from modtui.domain.link_signals import decoded_host
from modtui.domain.plain_reading import plain_reading
from modtui.domain.signals import SIGNALS

REALDATA = Path(os.environ.get("MODTUI_REALDATA") or Path(__file__).parents[2] / "../shared/realdata")
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("аеорсx 10$@a.b-c\u200b\u202eＡ𝗕ᴀǉﬁ\u0301")), max_size=80)


@pytest.mark.parametrize(
    ("text", "name", "plain"),
    [
        ("garan\u200btis now", "invisible", "garantis"),
        ("fr\u00adee money", "", ""),
        ("f\u00adree", "invisible", "free"),
        ("hi\U000e0069\U000e0067", "invisible", "hi"),
        ("invoice\u202egpj.exe", "bidi", "invoicegpj.exe"),
        ("log in at раyраl", "mixed_script", "paypal"),
        ("buy your сосо here today", "confusable", "coco"),
        ("𝗙𝗥𝗘𝗘 money", "styled", "FREE"),
        ("ＦＲＥＥ money", "fullwidth", "FREE"),
        ("sʜᴏᴘ today", "styled", "hop"),
        ("V1agra here", "leet", "Viagra"),
        ("big $ale", "leet", "sale"),
        ("F R E E money", "spaced", "FREE"),
        ("v.i.a.g.r.a", "spaced", "viagra"),
        ("see xn--pypal-4ve.example", "punycode", "p\u0430ypal.example"),
    ],
)
def test_each_signal(text: str, name: str, plain: str) -> None:
    found = signals(text, "body")
    assert [(signal.name, signal.plain) for signal in found] == ([(name, plain)] if name else [])
    assert all(signal.name in SIGNALS and 0 <= signal.start < signal.end <= len(text) for signal in found)


@pytest.mark.parametrize(
    "text",
    [
        "Sonderangebot – Donau\u00addampf\u00adschiff", "فقدان الوزن بدون رياضة", "می‌خواهم \u200fسلام\u200e 50%", "הנחה 50% \u2068Glow\u2069 היום",
        "１０日間で１０キロ ＳＡＬＥ ＬＩＮＥ友だち", "Έκπτωση 50% στο eshop μας", "Купи iPhone16 VIPклуб SMS-ка сейчас", "กำลัง\u200bลดน้ำหนัก",
        "👨‍👩‍👧 ❤️ 1️⃣ 🏴‍☠️ Sale 🔥", "MP3s B2B p2p H264 COVID19 area51 24h 1st 3D N.A.T.O. U.S.A. iPhone15 w3c", "info@shop.com $100",
        "https://a.example/x0x0b4u?id=a1b2c3", "Việt Nam giảm giá", "क्‍ष", "10 kg 5 cm 100 % b/w S M", "a b c", "πr² and 5 μg of αβγ",
        "İstanbul'da ılık kış",
    ],
)  # fmt: skip
def test_ordinary_text_is_quiet(text: str) -> None:
    assert signals(text) == ()


def test_the_plain_reading_undoes_everything_and_knows_the_way_back() -> None:
    text = "Get V1agra, fr\u200bee раyраl, F R E E 𝗯𝗼𝗹𝗱"
    reading = plain_reading(text)
    assert reading.text == "Get Viagra, free paypal, FREE bold"
    for word, source in (
        ("Viagra", "V1agra"),
        ("free", "fr\u200bee"),
        ("paypal", "раyраl"),
        ("FREE", "F R E E"),
        ("bold", "𝗯𝗼𝗹𝗱"),
    ):
        start = reading.text.index(word)
        begin, end = reading.span(start, start + len(word))
        assert text[begin:end] == source


@given(TEXTS)
def test_readings_keep_their_places_in_order(text: str) -> None:
    reading = plain_reading(text)
    assert len(reading.offsets) == len(reading.text) + 1
    assert list(reading.offsets) == sorted(reading.offsets)
    assert reading.offsets[-1] == len(text)
    for signal in signals(text):
        assert 0 <= signal.start < signal.end <= len(text)


def test_hosts() -> None:
    assert decoded_host("www.xn--mnchen-3ya.example") == "www.münchen.example"
    assert decoded_host("xn--\u00e9.xn--99999999") == "xn--\u00e9.xn--99999999"


def test_an_ad_names_the_component() -> None:
    ad = Ad("q", "1", creative=Creative(headline="ok", body="V1agra now"))
    assert [(signal.component, signal.name) for signal in ad_signals(ad)] == [("body", "leet")]


@pytest.mark.skipif(not REALDATA.is_dir(), reason="the real data is not here")
def test_real_texts_raise_few_signals() -> None:
    lines: list[str] = []
    for path in sorted(REALDATA.rglob("*.csv")) + sorted(REALDATA.rglob("*.tsv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            rows = csv.reader(itertools.islice(file, 400), delimiter="\t" if path.suffix == ".tsv" else ",")
            lines += [cell for row in rows for cell in row if " " in cell and len(cell) < 2_000]
    assert len(lines) > 1_000
    assert sum(1 for line in lines if signals(line)) < len(lines) * 0.02
