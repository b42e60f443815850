"""The demo queue: what it covers, that it is safe to print and invents its names, and where its answers lead."""

from __future__ import annotations

import json
import re
import struct
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from modtui.domain.ad_json import NOTES, ad_from_payload, normal_payload
from modtui.domain.ads import Ad, content_hash
from modtui.domain.catalog import Catalog
from modtui.domain.cues import CueIndex
from modtui.domain.facts import is_under
from modtui.domain.policies import Answer
from modtui.domain.relevance import unanswered_before_approval, worksheet
from modtui.domain.rulings import Case, rule_case
from modtui.files.policy_file import read_catalog

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo"
AS_OF = "2026-11-28"

FAMILIES = {
    "alcohol.product",
    "alcohol.conduct",
    "gambling.real_money",
    "finance.licensed",
    "finance.scam",
    "crypto.any",
    "health.otc_device",
    "health.claims",
    "weight.management",
    "food.less_healthy",
    "politics.any",
    "hate.discrimination",
    "deception.impersonation",
    "deception.phishing",
    "misleading.claim",
    "misleading.price",
    "misleading.lp_mismatch",
    "body.retouched",
    "tobacco.vape",
    "ai.undisclosed",
    "minors.abuse",
    "technical.landing_page",
    "technical.format",
    "data.collection",
    "dating.any",
    "violence.danger",
    "selfharm.any",
    "cosmetic.procedures",
    "disclosure.paid",
    "finance.high_risk",
    "gambling.social_casino",
}
OUTCOMES = {"approve", "approve_limited", "reject", "request_info", "escalate"}
HOSTILE = {
    "csi": r"\x1b\[[\d;]*m",
    "osc-title": r"\x1b\][02];",
    "osc-52": r"\x1b\]52;",
    "osc-8": r"\x1b\]8;;",
    "dcs": r"\x1bP",
    "apc": r"\x1b_",
    "c1": r"[\x80-\x9f]",
    "device-query": r"\x1b\[6n",
    "overprint": r"\x08[^\r]*\r",
    "markup": r"\[b\].+\[/b\]",
    "closing-tag": r"\[/\]",
    "click-action": r"\[@click=app\.quit\]x\[/\]",
    "huge-line": r".{20000}",
    "newlines": r"\n{500}",
    "zalgo": r"[\u0300-\u036f\u0489]{8}",
    "emoji": r"\u200d[^\n]*\u20e3",
    "rtl-marks": r"\u200f",
    "tabs": r"\t{5}",
    "fake-screen": "⏎ APPROVE",
    "template": r"\{fix\}",
    "control-soup": r"\x7f",
}
EVASIONS = {
    "zero-width": r"\w\u200b\w",
    "homoglyph": r"[a-z][\u0430-\u0456][a-z]",
    "bidi": "\u202e.*\u202c",
    "leet": r"c4s1n0",
    "spaced": r"(?:\w ){6}",
    "fullwidth": r"[\uff21-\uff5a]{3}",
    "punycode": r"//xn--",
    "messenger": r"\+44 7700 900",
    "math-letters": r"[\U0001d400-\U0001d7ff]{3}",
    "soft-hyphen": r"\w\u00ad\w",
}

HOST = re.compile(r"https?://([^\s/\"'\\<>;\]\x00-\x1f]+)", re.IGNORECASE)
BARE_HOST = re.compile(r"\b[a-z0-9-]+\.(?:com|net|org|io|co|me|app|shop|info|biz|ly)\b", re.IGNORECASE)
PHONE = re.compile(r"\+\d[\d ()-]{7,}\d|\b0\d{3} \d{3} \d{3}\b|\b555-\d{4}\b")
FICTIONAL_PHONES = re.compile(r"\+44 7700 900\d{3}|0491 57\d \d{3}|555-01\d\d")


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DEMO / name).read_text(encoding="utf-8").splitlines()]


QUEUE = lines("queue.jsonl")
ANSWERS = lines("answers.jsonl")
BY_ENTRY = {(answer["id"], answer["entry"]): ad for ad, answer in zip(QUEUE, ANSWERS, strict=True)}


def texts_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_of(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_of(inner)]
    return [value] if isinstance(value, str) else []


def ad_of(kind: str) -> dict[str, Any]:
    return next(ad for ad, answer in zip(QUEUE, ANSWERS, strict=True) if kind in answer.get("kinds", ()))


def read(ad: dict[str, Any], groups: Any = ()) -> tuple[Ad, dict[str, Any]]:
    payload = normal_payload(ad, source="demo", known_groups=groups)
    return ad_from_payload(payload), payload


def test_every_ad_is_read_whole() -> None:
    for ad in QUEUE:
        read_ad, payload = read(ad)
        assert NOTES not in payload.get("extra", {}), ad["id"]
        assert read_ad.is_reviewable
        assert set(payload.get("extra", {})) <= set(ad.get("extra", {})), ad["id"]


def test_it_is_large_and_much_of_it_is_clean() -> None:
    clean = sum(answer["clean"] for answer in ANSWERS)
    assert len(QUEUE) >= 100
    assert 0.37 <= clean / len(QUEUE) <= 0.45


def test_every_family_is_broken_once_and_resembled_once() -> None:
    broken = {answer["family"] for answer in ANSWERS if not answer["clean"]}
    resembled = {answer["family"] for answer in ANSWERS if answer["clean"]}
    assert broken >= FAMILIES
    assert resembled >= FAMILIES


def test_every_policy_of_the_catalog_is_met(catalog: Catalog) -> None:
    said = {check_id for answer in ANSWERS for check_id, given in answer["answers"].items() if given == "yes"}
    assert {catalog.check_by_id[check_id].policy_id for check_id in said} == set(catalog.policy_by_id)
    assert {answer["family"] for answer in ANSWERS} == set(catalog.policy_by_id)


def test_many_languages_markets_and_fields_are_spoken() -> None:
    languages = {language for ad in QUEUE for language in ad["languages"]}
    markets = {market for ad in QUEUE for market in ad["markets"]}
    assert languages >= {"en", "fr", "de", "es", "pt", "ja", "ar", "he", "th", "ko", "el", "tr"}
    assert len(languages) >= 20
    assert len(markets) >= 45
    keys = {key for ad in QUEUE for key in ad}
    assert keys >= {"industry", "audience", "media", "landing_page", "translations", "flags", "schedule", "priority"}
    assert any(ad["landing_page"].get("chain") for ad in QUEUE if "landing_page" in ad)
    assert any(ad["creative"].get("transcript") for ad in QUEUE)
    assert any(ad["creative"].get("lead_form") for ad in QUEUE)


def test_every_outcome_is_wanted() -> None:
    wanted = Counter(answer["outcome"] for answer in ANSWERS)
    assert set(wanted) == OUTCOMES
    assert min(wanted[name] for name in ("approve", "approve_limited", "reject", "request_info")) >= 5


def test_times_are_fixed_and_a_resubmission_is_later() -> None:
    for ad in QUEUE:
        assert "2026-11-20" <= ad["submitted_at"] < ad["due_at"] <= "2026-11-29"
    assert len({ad["submitted_at"][:10] for ad in QUEUE}) >= 6
    for (ad_id, entry), ad in BY_ENTRY.items():
        if entry > 1:
            assert BY_ENTRY[ad_id, entry - 1]["submitted_at"] < ad["submitted_at"], ad_id


def test_answers_stand_beside_their_ads() -> None:
    seen: Counter[str] = Counter()
    hashes: dict[str, list[str]] = {}
    for ad, answer in zip(QUEUE, ANSWERS, strict=True):
        assert ad["id"] == answer["id"]
        seen[ad["id"]] += 1
        known = hashes.setdefault(ad["id"], [])
        digest = content_hash(read(ad)[1])
        if digest not in known:
            known.append(digest)
        assert answer["entry"] == seen[ad["id"]]
        assert answer["version"] == known.index(digest) + 1
        assert answer["why"]
        assert not (answer["clean"] and answer["outcome"] != "approve")


def test_resubmissions_change_the_content_or_only_the_context() -> None:
    again = [answer for answer in ANSWERS if answer["entry"] > 1]
    assert len(again) >= 8
    context = [answer for answer in again if "context" in answer.get("kinds", ())]
    assert context
    for answer in context:
        before, after = BY_ENTRY[answer["id"], answer["entry"] - 1], BY_ENTRY[answer["id"], answer["entry"]]
        assert before != after
        assert content_hash(before) == content_hash(after)
    assert {answer["outcome"] for answer in again} >= {"approve", "reject"}
    versions = [(answer["id"], answer["version"]) for answer in again if answer["id"] == "ad-2059"]
    assert versions == [("ad-2059", 2), ("ad-2059", 1)]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_kinds_are_there(name: str) -> None:
    text = "\n".join(texts_of(ad_of(f"hostile:{name}")))
    assert re.search(HOSTILE[name], text)


@pytest.mark.parametrize("name", EVASIONS)
def test_evasions_are_there(name: str) -> None:
    text = "\n".join(texts_of(ad_of(f"evasion:{name}")))
    assert re.search(EVASIONS[name], text)


@pytest.mark.parametrize("name", ["queue.jsonl", "answers.jsonl"])
def test_the_files_are_safe_to_print(name: str) -> None:
    raw = (DEMO / name).read_text(encoding="utf-8")
    unsafe = {char for char in raw if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")}
    assert unsafe == {"\n"}


def test_hosts_are_reserved_ones() -> None:
    for ad in QUEUE:
        for text in texts_of(ad):
            for found in HOST.findall(text):
                host = (urlsplit(f"//{found}").hostname or "").rstrip(".")
                assert host.rpartition(".")[2] in ("example", "test", "invalid"), (ad["id"], found)
            assert not BARE_HOST.search(text), (ad["id"], BARE_HOST.search(text))
    papers = [paper for ad in QUEUE for paper in ad.get("advertiser", {}).get("certificates", ())]
    assert all(paper["domain"].endswith(".example") for paper in papers if "domain" in paper)


def test_telephone_numbers_are_fictional() -> None:
    found = [number for ad in QUEUE for text in texts_of(ad) for number in PHONE.findall(text)]
    assert found
    assert all(FICTIONAL_PHONES.search(number) for number in found), found


def test_pictures_are_small_pngs_and_others_are_missing() -> None:
    named = {media["path"] for ad in QUEUE for media in ad.get("media", ())}
    there = {path for path in named if (DEMO / path).exists()}
    assert there == {"media/seeds.png", "media/teacup.png"}
    assert named - there
    for path in there:
        data = (DEMO / path).read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert len(data) < 20_000
        assert struct.unpack(">II", data[16:24]) == (320, 240)
    assert not any(path.startswith("/") or ".." in path for path in named)


def test_child_safety_is_a_marker_and_nothing_else() -> None:
    broken = [ad for ad, answer in zip(QUEUE, ANSWERS, strict=True) if "minors.abuse" in str(answer["answers"])]
    assert len(broken) == 1
    assert set(broken[0]["creative"]) == {"format", "display_name", "headline", "body"}
    assert broken[0]["creative"]["headline"] == "Training marker"
    assert "media" not in broken[0]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    read_it, problems = read_catalog(ROOT / "policies.yaml")
    assert read_it is not None, problems
    return read_it


@pytest.fixture(scope="module")
def cues(catalog: Catalog) -> CueIndex:
    return CueIndex.of(catalog)


def case_of(ad: dict[str, Any], catalog: Catalog) -> Case:
    return Case(read(ad, catalog.market_groups)[0], catalog, AS_OF)


def answers_of(answer: dict[str, Any]) -> dict[str, Answer]:
    return {check_id: Answer(given) for check_id, given in answer["answers"].items()}


@pytest.mark.parametrize("place", range(len(QUEUE)))
def test_answers_lead_to_the_outcome(place: int, catalog: Catalog, cues: CueIndex) -> None:
    case, answers = case_of(QUEUE[place], catalog), answers_of(ANSWERS[place])
    assert set(answers) <= set(catalog.check_by_id)
    for check_id in answers:
        assert case.is_asked(catalog.check_by_id[check_id], answers), check_id
    ruling = rule_case(case, answers)
    assert ruling.outcome.value == ANSWERS[place]["outcome"], ruling.cells
    if ruling.outcome.is_approving:
        sheet = worksheet(case, cues)
        assert [check.id for check in unanswered_before_approval(case, sheet, answers)] == []


def test_nothing_lights_on_clean_ads(catalog: Catalog, cues: CueIndex) -> None:
    clean = [ad for ad, answer in zip(QUEUE, ANSWERS, strict=True) if answer["clean"]]
    lit = {ad["id"]: [line.check.id for line in worksheet(case_of(ad, catalog), cues).lit] for ad in clean}
    assert {ad_id: checks for ad_id, checks in lit.items() if checks} == {}


def test_industries_are_those_of_the_catalog(catalog: Catalog) -> None:
    named = {industry for policy in catalog.policies for industry in policy.cues.industries}
    for ad, answer in zip(QUEUE, ANSWERS, strict=True):
        if answer["clean"] or not is_regulated(answer["family"], catalog):
            continue
        assert any(is_under(ad["industry"], each) for each in named) or "evasion" in str(answer), ad["id"]


def is_regulated(family: str, catalog: Catalog) -> bool:
    return catalog.policy_by_id[family].axis == "industry"
