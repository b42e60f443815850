"""The fields of an ad in JSON: where each stands, and what reads its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modtui.domain import ad_values, target_values
from modtui.domain.ad_values import BadValue, Context

Read = Callable[[Any, Context], Any]
"Takes a value that is neither null nor empty, gives its canonical form (None drops it), raises `BadValue`."

_text = ad_values.text
_CERTIFICATE: dict[str, Read] = {
    "kind": _text,
    "number": _text,
    "issuer": _text,
    "holder": _text,
    "domain": _text,
    "market": target_values.market,
    "expires": ad_values.date,
    "media": _text,
}
_SHARE: dict[str, Read] = {
    "ages": _text,
    "per_mille": ad_values.per_mille,
    "percent": ad_values.percent,
    "share": ad_values.share,
    "market": target_values.market,
}
_TIMED: dict[str, Read] = {"text": _text, "start_ms": ad_values.milliseconds, "end_ms": ad_values.milliseconds}
_MEDIA: dict[str, Read] = {"path": _text, "kind": _text, "sha256": _text}
_FLAG: dict[str, Read] = {"source": _text, "label": _text, "score": ad_values.number}


class ObjectsReader:
    """Reads a list of objects with these fields; with `from_text`, a text stands for an object with that key."""

    __slots__ = ("fields", "from_text", "required")

    def __init__(self, fields: dict[str, Read], required: tuple[str, ...], from_text: str | None = None) -> None:
        self.fields, self.required, self.from_text = fields, required, from_text

    def __call__(self, value: Any, context: Context) -> list[dict[str, Any]]:
        from_text = self.from_text
        if type(value) is not list:
            if isinstance(value, dict) or (from_text and isinstance(value, str)):
                value = [value]
            if not isinstance(value, list | tuple):
                raise BadValue("is not a list")
        kept: list[dict[str, Any]] = []
        refused: list[Any] = []
        for element in value:
            item = {from_text: element} if type(element) is str and from_text else element
            try:
                kept.append(_object(item, self.fields, self.required, context))
            except BadValue as bad:
                refused.append(element)
                context.note(context.path, f"entry {len(kept) + len(refused)} {bad}")
        if refused:
            context.keep(context.path, refused)
        return kept


def _object(item: Any, fields: dict[str, Read], required: tuple[str, ...], context: Context) -> dict[str, Any]:
    if type(item) is not dict and not isinstance(item, Mapping):
        raise BadValue("is not an object")
    result: dict[str, Any] = {}
    for name, inner in item.items():
        if inner is None or inner == "":
            continue
        read = fields.get(name)
        if read is _text and type(inner) is str:
            result[name] = inner
            continue
        if read is None:
            raise BadValue(f"has the unknown key {name!r}")
        try:
            result[name] = read(inner, context)
        except BadValue as bad:
            raise BadValue(f"{name} {bad}") from None
    if fields is _FLAG:
        result.setdefault("source", context.source)
    elif fields is _SHARE:
        for other in ("percent", "share"):
            if other in result:
                result["per_mille"] = result.pop(other)
    for name in required:
        if name not in result:
            raise BadValue(f"has no {name}")
    return result


_timed_lines = ObjectsReader(_TIMED, ("text",), "text")
_ADVERTISER: dict[str, Read] = {
    "id": ad_values.identifier,
    "name": _text,
    "country": target_values.market,
    "payer": _text,
    "behalf": _text,
    "certificates": ObjectsReader(_CERTIFICATE, ("kind",)),
}
_AUDIENCE: dict[str, Read] = {
    "min_age": ad_values.age,
    "max_age": ad_values.age,
    "gender": _text,
    "interests": ad_values.texts,
    "placements": ad_values.texts,
    "shares": ObjectsReader(_SHARE, ("ages", "per_mille")),
}
_CREATIVE: dict[str, Read] = {
    "format": _text,
    "display_name": _text,
    "headline": _text,
    "body": _text,
    "call_to_action": _text,
    "disclaimer": _text,
    "transcript": _timed_lines,
    "on_screen_text": _timed_lines,
    "lead_form": ad_values.texts,
    "ai_declared": ad_values.boolean,
}
_PAGE: dict[str, Read] = {
    "url": _text,
    "title": _text,
    "text": _text,
    "captured_at": ad_values.time,
    "chain": ad_values.texts,
    "media": _text,
}
SECTIONS: dict[str, tuple[dict[str, Read], str | None]] = {
    "advertiser": (_ADVERTISER, "name"),
    "audience": (_AUDIENCE, None),
    "creative": (_CREATIVE, "body"),
    "landing_page": (_PAGE, "url"),
    "product": ({"food_score": ad_values.integer}, None),
    "schedule": ({"start": ad_values.date, "end": ad_values.date}, None),
}
"The objects of an ad: their fields, and the one that a plain text in the object's place stands for."
FIELDS: dict[str, Read] = {
    "submitted_at": ad_values.time,
    "due_at": ad_values.time,
    "priority": ad_values.priority,
    "submission": _text,
    "delivery": _text,
    "industry": _text,
    "objective": _text,
    "markets": target_values.markets,
    "languages": target_values.languages,
    "media": ObjectsReader(_MEDIA, ("path",), "path"),
    "translations": ad_values.translations,
    "flags": ObjectsReader(_FLAG, ("label", "source"), "label"),
}
"The fields of an ad itself."

FIELD_PATHS: frozenset[str] = frozenset(
    [*FIELDS, *(f"{section}.{name}" for section, (fields, _) in SECTIONS.items() for name in fields), "id"]
)
"Every field of an ad by its dotted path."

LIST_PATHS: frozenset[str] = frozenset(
    path
    for path in FIELD_PATHS
    if path.rpartition(".")[2]
    in {"markets", "languages", "flags", "certificates", "interests", "placements", "shares", "lead_form", "chain"}
    or path in {"media", "creative.transcript", "creative.on_screen_text"}
)
"Those that hold a list."
