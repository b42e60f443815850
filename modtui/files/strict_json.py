"""JSON as RFC 8259 has it, one value at a time: no duplicate keys, no NaN, whole numbers exact, no bombs."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import orjson


class JsonProblem(ValueError):  # noqa: N818  a finding about a row
    """What is wrong with a piece of JSON, in words."""


_decode = msgspec.json.Decoder().decode
_NOT_READ = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, orjson.JSONEncodeError)


def parse_json(raw: bytes) -> tuple[Any, bool]:
    """The value, and whether its texts are known to hold no NUL and no half of a surrogate pair.

    The fast parser keeps the last of duplicate keys. A text that comes out of it as it went in had none; one with as
    many quotes as went in has lost no key, every text having two and those inside being written the same. Everything
    else goes to the strict parser. Raises `JsonProblem`.
    """
    try:
        value = _decode(raw)
        dumped = orjson.dumps(value)
    except _NOT_READ:
        return _parse_strictly(raw), False
    has_escapes = b"\\" in raw
    if dumped != raw and (raw.count(b'"') != dumped.count(b'"') or (has_escapes and b"\\u0022" in raw)):
        return _parse_strictly(raw), False
    return value, not (has_escapes and b"\\u0000" in raw)


def _parse_strictly(raw: bytes) -> Any:
    try:
        return _DECODER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise JsonProblem(not_utf8(raw, error)) from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" starting at")  # the parser's own words end so for a text that is cut off
        raise JsonProblem(f"is not JSON: {what} at character {error.pos + 1}") from None
    except RecursionError:
        raise JsonProblem("is nested too deep") from None
    except ValueError as error:
        raise JsonProblem(str(error)) from None


def not_utf8(raw: bytes, error: UnicodeDecodeError) -> str:
    byte = raw[error.start]
    return (
        f"is not UTF-8 (byte 0x{byte:02x} at {error.start + 1}): "
        "name the encoding of the file in a mapping, for example `encoding: cp1252`"
    )


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise JsonProblem(f"has the key {name!r} twice")
            seen.add(name)
    return result


def _no_constant(name: str) -> Any:
    raise JsonProblem(f"holds {name}, which is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise JsonProblem(f"holds {text[:40]}, which is too large a number")
    return number


def _whole(text: str) -> int:
    if len(text) > 1000:
        raise JsonProblem(f"holds a number of {len(text)} digits")
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
)
