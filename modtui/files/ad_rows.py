"""Rows of ads from canonical payloads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from modtui.files.rows import AdRow


def ad_row(line: int, payload: Mapping[str, Any], content_hash: str) -> AdRow:
    """The row of a payload that `normal_payload` made."""
    advertiser = payload.get("advertiser")
    return AdRow(
        line,
        payload["source"],
        payload["id"],
        content_hash,
        orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode(),
        _title_of(payload),
        advertiser.get("name") if advertiser else None,
        tuple(payload.get("markets") or ()),
        payload.get("industry"),
        payload.get("priority", 50),
        payload.get("submitted_at"),
        payload.get("due_at"),
        tuple([flag["label"] for flag in payload["flags"]]) if "flags" in payload else (),
    )


def _title_of(payload: Mapping[str, Any]) -> str:
    creative = payload.get("creative") or {}
    title = (
        creative.get("display_name")
        or creative.get("headline")
        or (payload.get("advertiser") or {}).get("name")
        or creative.get("body")
        or payload["id"]
    )
    return str(title)[:200]
