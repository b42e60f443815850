"""The content hash of canonical payloads, several times faster than the definition in `domain.ads` and equal to it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from modtui.domain import ads

_WHOLE = ("audience", "creative", "industry", "languages", "markets", "media")
_OF_ADVERTISER = ("name", "payer", "behalf")


def content_hash(payload: Mapping[str, Any]) -> str:
    """`domain.ads.content_hash` of a payload that `normal_payload` made, which holds nothing empty to be left out."""
    content = {name: payload[name] for name in _WHOLE if name in payload}
    if advertiser := payload.get("advertiser"):
        named = {name: advertiser[name] for name in _OF_ADVERTISER if name in advertiser}
        if named:
            content["advertiser"] = named
    if (page := payload.get("landing_page")) and "url" in page:
        content["url"] = page["url"]
    try:
        return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except orjson.JSONEncodeError:  # half of a surrogate pair, or a number beyond 64 bits
        return ads.content_hash(payload)
