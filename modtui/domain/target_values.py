"""The values of an ad's JSON that say where it runs and in which languages: the codes they are kept as."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from modtui.domain.ad_values import BadValue, Context, texts
from modtui.domain.markets import ISO_3166, normal_market


def market(value: Any, _context: Context) -> str:
    """The code of one market."""
    if type(value) is str and value in ISO_3166:
        return value
    code = normal_market(value) if isinstance(value, str) else None
    if code is None:
        raise BadValue("is no market (ISO 3166-1 code)")
    return code


def markets(value: Any, context: Context) -> list[str]:
    """Codes and group names, each once; what is neither goes to `extra` with a note."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        raise BadValue("is not a list of markets")
    known: dict[str, None] = {}
    unknown: list[Any] = []
    for name in value:
        if type(name) is str and (name in ISO_3166 or name in context.groups):
            known[name] = None
            continue
        if name is None or name == "":
            continue
        code = _market_or_group(name, context.groups)
        if code is None:
            unknown.append(name)
        else:
            known[code] = None
    if unknown:
        context.keep(context.path, unknown)
        names = ", ".join(str(name)[:40] for name in unknown[:5])
        context.note(context.path, f"names no known market or group: {names}")
    return list(known)


def _market_or_group(name: Any, groups: Collection[str]) -> str | None:
    if not isinstance(name, str):
        return None
    if name in groups:
        return name
    code = normal_market(name)
    if code is None and name.strip().upper() in groups:
        return name.strip().upper()
    return code


_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z0-9_-]+))?", re.ASCII)


def languages(value: Any, context: Context) -> list[str]:
    """Language tags, the language in lower case, a country in upper case; a name of a language stays as written."""
    if type(value) is list and len(value) == 1 and type(tag := value[0]) is str and len(tag) == 2 and tag.islower():
        return value
    tags = texts(value, context)
    return list(dict.fromkeys([tag if len(tag) == 2 and tag.islower() else _language(tag) for tag in tags]))


def _language(tag: str) -> str:
    found = _LANGUAGE.fullmatch(tag.strip())
    if not found:
        return tag
    language, rest = found[1].lower(), (found[2] or "").replace("_", "-")
    if not rest:
        return language
    return f"{language}-{rest.upper() if len(rest) == 2 else rest}"
