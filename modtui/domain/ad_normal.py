"""The canonical JSON of an ad (DESIGN 4.1): what any object that claims to be one is brought to, or refused for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from modtui.domain import ad_values
from modtui.domain.ad_fields import FIELDS, SECTIONS, Read
from modtui.domain.ad_values import BadValue, Context, TooDeep

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


_COPIED = frozenset({"id", "source", "extra"})
_text = ad_values.text


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
        if (read := FIELDS.get(name)) is not None:
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
        elif (section := SECTIONS.get(name)) is not None:
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


TEXT_KEYS = (
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
        for name in TEXT_KEYS:
            if name in creative:
                return True
    page = payload.get("landing_page")
    return page is not None and any(name in page for name in ("url", "title", "text"))
