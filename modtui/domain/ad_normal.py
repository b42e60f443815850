"""The canonical JSON of an ad (DESIGN 4.1): what any object that claims to be one is brought to, or refused for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from modtui.domain import ad_values
from modtui.domain.ad_values import BadValue, Context, TooDeep

Read = Callable[[Any, Context], Any]
"Takes a value that is neither null nor empty, gives its canonical form (None drops it), raises `BadValue`."

MAX_ID = 1024
"Characters in an id. Longer ones are no ids."

NOTES = "import_notes"
"The key of `extra` that lists what could not be read where it stood."


class AdProblem(ValueError):  # noqa: N818  not an error of the program, a finding about a row
    """Why a row is no ad: `path` names the place in the object (empty for the whole), `reason` says what is wrong."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


_text = ad_values.text
_CERTIFICATE: dict[str, Read] = {
    "kind": _text,
    "number": _text,
    "issuer": _text,
    "holder": _text,
    "domain": _text,
    "market": ad_values.market,
    "expires": ad_values.date,
    "media": _text,
}
_SHARE: dict[str, Read] = {
    "ages": _text,
    "per_mille": ad_values.per_mille,
    "percent": ad_values.percent,
    "share": ad_values.share,
    "market": ad_values.market,
}
_TIMED: dict[str, Read] = {"text": _text, "start_ms": ad_values.milliseconds, "end_ms": ad_values.milliseconds}
_MEDIA: dict[str, Read] = {"path": _text, "kind": _text, "sha256": _text}
_FLAG: dict[str, Read] = {"source": _text, "label": _text, "score": ad_values.number}


def _objects(fields: dict[str, Read], required: tuple[str, ...], from_text: str | None = None) -> Read:
    """A reader of lists of objects with these fields; with `from_text`, a text stands for an object with that key."""

    def read(value: Any, context: Context) -> list[dict[str, Any]] | None:
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
                kept.append(_object(item, fields, required, context))
            except BadValue as bad:
                refused.append(element)
                context.note(context.path, f"entry {len(kept) + len(refused)} {bad}")
        if refused:
            context.keep(context.path, refused)
        return kept

    return read


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


_timed_lines = _objects(_TIMED, ("text",), "text")
_ADVERTISER: dict[str, Read] = {
    "id": ad_values.identifier,
    "name": _text,
    "country": ad_values.market,
    "payer": _text,
    "behalf": _text,
    "certificates": _objects(_CERTIFICATE, ("kind",)),
}
_AUDIENCE: dict[str, Read] = {
    "min_age": ad_values.age,
    "max_age": ad_values.age,
    "gender": _text,
    "interests": ad_values.texts,
    "placements": ad_values.texts,
    "shares": _objects(_SHARE, ("ages", "per_mille")),
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
_SECTIONS: dict[str, tuple[dict[str, Read], str | None]] = {
    "advertiser": (_ADVERTISER, "name"),
    "audience": (_AUDIENCE, None),
    "creative": (_CREATIVE, "body"),
    "landing_page": (_PAGE, "url"),
    "product": ({"food_score": ad_values.integer}, None),
    "schedule": ({"start": ad_values.date, "end": ad_values.date}, None),
}
"The objects of an ad: their fields, and the one that a plain text in the object's place stands for."
_FIELDS: dict[str, Read] = {
    "submitted_at": ad_values.time,
    "due_at": ad_values.time,
    "priority": ad_values.priority,
    "submission": _text,
    "delivery": _text,
    "industry": _text,
    "objective": _text,
    "markets": ad_values.markets,
    "languages": ad_values.languages,
    "media": _objects(_MEDIA, ("path",), "path"),
    "translations": ad_values.translations,
    "flags": _objects(_FLAG, ("label", "source"), "label"),
}
_COPIED = frozenset({"id", "source", "extra"})

FIELD_PATHS: frozenset[str] = frozenset(
    [*_FIELDS, *(f"{section}.{name}" for section, (fields, _) in _SECTIONS.items() for name in fields), "id"]
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


def normal_payload(
    raw: Mapping[str, Any], *, source: str, known_groups: Collection[str], text_is_checked: bool = False
) -> dict[str, Any]:
    """The canonical form of one ad: only keys that are set, ids as text, markets as codes, times in UTC.

    What cannot be read where it stands goes to `extra` under its dotted path, with a line in `extra["import_notes"]`;
    unknown keys go to `extra` as they are. `text_is_checked` says that no text holds a NUL or half of a surrogate pair.
    Raises `AdProblem` when there is no id, nothing to look at, no object, or text that cannot be stored.
    """
    if type(raw) is not dict and not isinstance(raw, Mapping):
        raise AdProblem("", "is not an object")
    try:
        payload = _normalised(raw, source, known_groups)
    except TooDeep:
        raise AdProblem("", f"is nested deeper than {ad_values.MAX_DEPTH}") from None
    if not (payload.get("media") or _has_text(payload)):
        raise AdProblem("", "holds nothing to look at: no text, no media, no landing page")
    if not text_is_checked:
        ad_values.check_text(payload, AdProblem)
    return payload


def _normalised(raw: Mapping[str, Any], source: str, known_groups: Collection[str]) -> dict[str, Any]:
    context = Context(source, known_groups)
    payload: dict[str, Any] = {"source": source, "id": _id(raw.get("id"), context)}
    for name, value in raw.items():
        if value is None:
            continue
        if (read := _FIELDS.get(name)) is not None:
            if not (value or _says_something(value)):
                continue
            if read is _text and type(value) is str:
                payload[name] = value
                continue
            context.path = name
            try:
                value = read(value, context)
            except BadValue as bad:
                _set_aside(name, value, bad, context)
                continue
            if value or _says_something(value):
                payload[name] = value
        elif (section := _SECTIONS.get(name)) is not None:
            if inner := _section(name, value, section, context):
                payload[name] = inner
        elif name not in _COPIED:
            context.keep(name, value)
    _keep_extra(payload, raw, context)
    return payload


def _id(value: Any, context: Context) -> str:
    if type(value) is str and 0 < len(value) <= MAX_ID and not (value[0].isspace() or value[-1].isspace()):
        return value
    if value is None or (isinstance(value, str) and not value.strip()):
        raise AdProblem("id", "is missing")
    try:
        text: str = ad_values.identifier(value, context)
    except BadValue as bad:
        raise AdProblem("id", str(bad)) from None
    if len(text) > MAX_ID:
        raise AdProblem("id", f"is longer than {MAX_ID} characters")
    return text


def _section(
    name: str, value: Any, section: tuple[dict[str, Read], str | None], context: Context
) -> dict[str, Any] | None:
    fields, text_field = section
    if type(value) is not dict:
        if isinstance(value, str) and text_field:
            value = {text_field: value}
        elif not isinstance(value, Mapping):
            if value != "" and value != []:
                context.keep(name, value)
                context.note(name, "is not an object")
            return None
    result: dict[str, Any] = {}
    for inner, inner_value in value.items():
        if inner_value is None:
            continue
        read = fields.get(inner)
        if read is _text and type(inner_value) is str:
            if inner_value:
                result[inner] = inner_value
        elif read is None:
            context.keep(f"{name}.{inner}", inner_value)
        elif inner_value or _says_something(inner_value) or inner == "certificates":  # none on file is not unknown
            context.path = path = f"{name}.{inner}"
            try:
                inner_value = read(inner_value, context)
            except BadValue as bad:
                _set_aside(path, inner_value, bad, context)
                continue
            if inner_value or _says_something(inner_value) or inner == "certificates":
                result[inner] = inner_value
    return result


def _says_something(value: Any) -> bool:
    """Whether a false value is one all the same: `0` and `false` are, no text, no list and no object are not."""
    return isinstance(value, int | float)


def _set_aside(path: str, value: Any, bad: BadValue, context: Context) -> None:
    context.keep(path, value)
    context.note(path, str(bad))


def _keep_extra(payload: dict[str, Any], raw: Mapping[str, Any], context: Context) -> None:
    given = raw.get("extra")
    named = raw.get("source")
    if named and named != payload["source"]:
        context.keep("source", named)
    if not (given or context.kept or context.notes):
        return
    if isinstance(given, Mapping):
        extra = {str(name): ad_values.plain(value) for name, value in given.items()}
    else:
        extra = {} if given in (None, "", []) else {"extra": ad_values.plain(given)}
    for name, value in context.kept:
        while name in extra and extra[name] != value:
            name += "_"
        extra[name] = value
    if context.notes:
        before = extra.get(NOTES)
        notes = list(before) if isinstance(before, list) else []
        extra[NOTES] = [*notes, *(note for note in context.notes if note not in notes)]
    if extra:
        payload["extra"] = extra


_TEXT_KEYS = (
    "body",
    "headline",
    "display_name",
    "call_to_action",
    "disclaimer",
    "on_screen_text",
    "transcript",
    "lead_form",
)


def _has_text(payload: Mapping[str, Any]) -> bool:
    creative = payload.get("creative")
    if creative:
        for name in _TEXT_KEYS:
            if name in creative:
                return True
    page = payload.get("landing_page")
    return page is not None and any(name in page for name in ("url", "title", "text"))
