"""The JSON of an ad: its canonical form to an `Ad` and back. How any other JSON gets that form: `ad_normal`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modtui.domain.ad_fields import FIELD_PATHS, LIST_PATHS
from modtui.domain.ad_normal import MAX_ID, NOTES, AdProblem, normal_payload
from modtui.domain.ads import (
    Ad,
    Advertiser,
    Audience,
    Certificate,
    Creative,
    Flag,
    LandingPage,
    Media,
    Share,
    TimedText,
)

__all__ = [
    "FIELD_PATHS",
    "LIST_PATHS",
    "MAX_ID",
    "NOTES",
    "AdProblem",
    "ad_from_payload",
    "normal_payload",
    "payload_of",
]

_FLATTENED = frozenset(("food_score", "schedule_start", "schedule_end"))
"Fields of an `Ad` that stand in an object of their own in JSON."
_NOTHING: Mapping[str, Any] = {}


def ad_from_payload(payload: Mapping[str, Any]) -> Ad:
    """The ad of a canonical payload. Missing keys are not stated; a payload without a source has an empty one."""
    get = payload.get
    schedule = get("schedule") or _NOTHING
    return Ad(
        source=get("source") or "",
        id=get("id") or "",
        submitted_at=get("submitted_at"),
        due_at=get("due_at"),
        priority=get("priority", 50),
        submission=get("submission"),
        delivery=get("delivery"),
        schedule_start=schedule.get("start"),
        schedule_end=schedule.get("end"),
        advertiser=_advertiser(get("advertiser") or _NOTHING),
        industry=get("industry"),
        food_score=(get("product") or _NOTHING).get("food_score"),
        objective=get("objective"),
        markets=tuple(get("markets") or ()),
        languages=tuple(get("languages") or ()),
        audience=_audience(get("audience") or _NOTHING),
        creative=_creative(get("creative") or _NOTHING),
        media=tuple(Media(m["path"], m.get("kind"), m.get("sha256")) for m in get("media") or ()),
        landing_page=_landing_page(get("landing_page") or _NOTHING),
        translations=get("translations") or {},
        flags=tuple(Flag(f["source"], f["label"], f.get("score")) for f in get("flags") or ()),
        extra=get("extra") or {},
    )


def _advertiser(section: Mapping[str, Any]) -> Advertiser:
    papers = section.get("certificates")
    return Advertiser(
        section.get("id"),
        section.get("name"),
        section.get("country"),
        section.get("payer"),
        section.get("behalf"),
        None if papers is None else tuple(Certificate(**paper) for paper in papers),
    )


def _audience(section: Mapping[str, Any]) -> Audience:
    return Audience(
        section.get("min_age"),
        section.get("max_age"),
        section.get("gender"),
        tuple(section.get("interests") or ()),
        tuple(section.get("placements") or ()),
        tuple(Share(s["ages"], s["per_mille"], s.get("market")) for s in section.get("shares") or ()),
    )


def _lines(lines: Any) -> tuple[TimedText, ...]:
    return tuple(TimedText(line["text"], line.get("start_ms"), line.get("end_ms")) for line in lines or ())


def _creative(section: Mapping[str, Any]) -> Creative:
    get = section.get
    return Creative(
        get("format"),
        get("display_name"),
        get("headline"),
        get("body"),
        get("call_to_action"),
        get("disclaimer"),
        _lines(get("transcript")),
        _lines(get("on_screen_text")),
        tuple(get("lead_form") or ()),
        get("ai_declared"),
    )


def _landing_page(section: Mapping[str, Any]) -> LandingPage:
    get = section.get
    return LandingPage(
        get("url"), get("title"), get("text"), get("captured_at"), tuple(get("chain") or ()), get("media")
    )


def payload_of(ad: Ad) -> dict[str, Any]:
    """The canonical payload of an ad; `ad_from_payload` gives the ad back."""
    sections = {
        "advertiser": _set_keys(ad.advertiser),
        "audience": _set_keys(ad.audience),
        "creative": _set_keys(ad.creative),
        "landing_page": _set_keys(ad.landing_page),
        "product": {} if ad.food_score is None else {"food_score": ad.food_score},
        "schedule": {
            name: date for name, date in (("start", ad.schedule_start), ("end", ad.schedule_end)) if date is not None
        },
    }
    plain = _set_keys(ad)
    payload = {name: value for name, value in plain.items() if name not in sections and name not in _FLATTENED}
    payload.update({name: section for name, section in sections.items() if section})
    return payload


def _set_keys(value: Any) -> dict[str, Any]:
    """The slots of a value that are set, as plain JSON data."""
    result: dict[str, Any] = {}
    for name in value.__struct_fields__:
        inner = getattr(value, name)
        if inner is None or (inner in ("", (), {}) and name != "certificates"):
            continue
        if isinstance(inner, tuple):
            inner = [item if isinstance(item, str) else _set_keys(item) for item in inner]
        result[name] = inner
    return result
