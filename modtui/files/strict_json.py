"""JSON as RFC 8259 has it, one value at a time: no duplicate keys, no NaN, whole numbers exact, no bombs."""

from __future__ import annotations

import json
from typing import Any

import orjson


class JsonProblem(ValueError):  # noqa: N818  a finding about a row
    """What is wrong with a piece of JSON, in words."""


_DIGITS = bytes(ord("0") if chr(code) in "0123456789" else code for code in range(256))
_LONG_NUMBER = b"0" * 19


def parse_json(raw: bytes) -> tuple[Any, bool]:
    """The value, and whether its texts are known to hold no NUL and no half of a surrogate pair.

    Raises `JsonProblem`.
    """
    try:
        value = orjson.loads(raw)
        dumped = orjson.dumps(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _parse_strictly(raw), False
    if (
        raw.count(b'":') != dumped.count(b'":')
        or _may_have_hidden_keys(raw)
        or _LONG_NUMBER in raw.translate(_DIGITS)  # beyond 64 bits the fast parser gives the nearest float
    ):
        return _parse_strictly(raw), False
    return value, b"\\u0000" not in raw


def _may_have_hidden_keys(raw: bytes) -> bool:
    """Whether counting `":` may miss a key: one with space before its colon, or texts in which those marks are escaped.

    Where it cannot, as many of them in the text as in the value means that the fast parser dropped no duplicate key.
    """
    if b"\\u0022" in raw or b"\\u003" in raw:
        return True
    is_spaced = b'" ' in raw or b'"\t' in raw or b'"\r' in raw or b'"\n' in raw
    return is_spaced and (b" :" in raw or b"\t:" in raw or b"\r:" in raw or b"\n:" in raw)


def _parse_strictly(raw: bytes) -> Any:
    try:
        return _DECODER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise JsonProblem(not_utf8(raw, error)) from None
    except json.JSONDecodeError as error:
        raise JsonProblem(f"is not JSON: {error.msg} at character {error.pos + 1}") from None
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
