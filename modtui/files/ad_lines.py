"""Lines that hold an ad in canonical JSON, or so nearly that nothing is in doubt: decoded by the types of its fields.

This takes half the time of the long way, `parse_json` and `normal_payload`, and comes to the same. Every other line is
left to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from modtui.domain import ad_values, target_values
from modtui.domain.ad_fields import FIELDS, SECTIONS, ObjectsReader, Read
from modtui.domain.ad_normal import MAX_ID, TEXT_KEYS
from modtui.domain.ad_values import MAX_INTEGER, Context
from modtui.domain.markets import ISO_3166
from modtui.files.rows import AdRow

_Text = Annotated[str, Meta(min_length=1)]
_MARKET: Any = Literal[tuple(sorted(ISO_3166))]
_TYPES: dict[Read, Any] = {
    ad_values.text: _Text,
    ad_values.texts: Annotated[list[_Text], Meta(min_length=1)],
    ad_values.age: Annotated[int, Meta(ge=0, le=150)],
    ad_values.priority: Annotated[int, Meta(ge=0, le=100)],
    ad_values.milliseconds: Annotated[int, Meta(ge=0, le=2**53)],
    ad_values.integer: Annotated[int, Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)],
    ad_values.number: Annotated[float, Meta(ge=0, lt=1e15)],  # beyond it the encoders write numbers differently
    ad_values.boolean: bool,
    target_values.market: _MARKET,
    target_values.markets: list[_MARKET],
    ad_values.identifier: _Text,
    target_values.languages: list[_Text],
    ad_values.time: _Text,
    ad_values.date: _Text,
}
_ASK_FOR_MORE = frozenset(
    (ad_values.identifier, target_values.languages, target_values.markets, ad_values.time, ad_values.date)
)
"Readers that are not content with a value of the right type."
_LONG_WAY = ("certificates", "shares")
"Lists of objects whose values need readers of their own."
_CONTENT = ("advertiser", "audience", "creative", "industry", "languages", "markets", "media", "url")
"What is hashed (`domain.ads.reviewed_content`), in alphabetical order."
_NOT_CANONICAL = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ad_values.BadValue)


class AdLines:
    """Reads such lines of one source; made once for a file."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._context = Context(source, frozenset())
        sections = {name: _struct(name, fields) for name, (fields, _) in SECTIONS.items()}
        types = _types("Ad", FIELDS)
        self._may_be_empty = [(name, section()) for name, section in sections.items()]
        self._may_be_empty += [(name, []) for name, read in FIELDS.items() if name in types and _is_list(read)]
        self._encode = msgspec.json.Encoder().encode
        self._source_quotes = self._encode({"source": source}).count(b'"')
        self._decode = msgspec.json.Decoder(
            _defined("Ad", types | sections | {"id": _Text, "source": _Text}, ("id",))
        ).decode
        self._to_be_read = list(_to_be_read())
        self._named: Any = _defined("Named", dict.fromkeys(("behalf", "name", "payer"), Any))
        self._content: Any = _defined("Content", dict.fromkeys(_CONTENT, Any))

    def read(self, line: int, raw: bytes) -> AdRow | None:
        """The ad of a line, or None when only the long way can tell."""
        if b"\\" in raw and b"\\u00" in raw:
            return None
        try:
            ad = self._decode(raw)
            if not self._is_as_read(ad):
                return None
        except _NOT_CANONICAL:
            return None
        quotes = raw.count(b'"') + self._source_quotes
        for name, empty in self._may_be_empty:
            if getattr(ad, name) == empty:
                setattr(ad, name, UNSET)
                quotes -= 2
        ad.source = self._source
        text = self._encode(ad)
        # With as many quotes as came in, no key stood there twice, and no source.
        if text.count(b'"') != quotes:
            return None
        return self._row(line, ad, text.decode())

    def _is_as_read(self, ad: Any) -> bool:
        """Whether the values that ask for more than a type stand in their canonical form, and there is one to see."""
        if len(ad.id) > MAX_ID or ad.id.strip() != ad.id:
            return False
        for section, name, read in self._to_be_read:
            holder = getattr(ad, section) if section else ad
            if holder and (value := getattr(holder, name)) and read(value, self._context) != value:
                return False
        if ad.media:
            return True
        creative, page = ad.creative, ad.landing_page
        if creative and any(getattr(creative, name) for name in TEXT_KEYS):
            return True
        return bool(page and (page.url or page.title or page.text))

    def _row(self, line: int, ad: Any, text: str) -> AdRow:
        creative, advertiser = ad.creative, ad.advertiser
        named = reviewed = UNSET
        if advertiser:
            named = advertiser.name
            if named or advertiser.payer or advertiser.behalf:
                reviewed = self._named(advertiser.behalf, named, advertiser.payer)
        url = ad.landing_page.url if ad.landing_page else UNSET
        content = self._content(reviewed, ad.audience, creative, ad.industry, ad.languages, ad.markets, ad.media, url)
        shown = creative and (creative.display_name or creative.headline)
        title = shown or named or (creative and creative.body) or ad.id
        return AdRow(
            line,
            self._source,
            ad.id,
            sha256(self._encode(content)).hexdigest(),
            text,
            title[:200],
            named or None,
            tuple(ad.markets or ()),
            ad.industry or None,
            50 if ad.priority is UNSET else ad.priority,
            ad.submitted_at or None,
            ad.due_at or None,
            tuple([flag.label for flag in ad.flags]) if ad.flags else (),
        )


def _types(name: str, fields: Mapping[str, Read]) -> dict[str, Any]:
    """The types of the fields that have one."""
    found: dict[str, Any] = {}
    for field, read in fields.items():
        if isinstance(read, ObjectsReader):
            if field not in _LONG_WAY:
                inner: Any = _struct(f"{name}_{field}", read.fields, read.required)
                found[field] = list[inner] if name == "Ad" else Annotated[list[inner], Meta(min_length=1)]
        elif read in _TYPES:
            found[field] = _TYPES[read]
    return found


def _struct(name: str, fields: Mapping[str, Read], required: tuple[str, ...] = ()) -> Any:
    return _defined(name, _types(name, fields), required)


def _defined(name: str, types: Mapping[str, Any], required: tuple[str, ...] = ()) -> Any:
    """A class whose instances are written with their fields in alphabetical order, and only those that are set."""
    fields: list[Any] = [
        (field, types[field]) if field in required else (field, types[field] | UnsetType, UNSET)
        for field in sorted(types)
    ]
    return msgspec.defstruct(name, fields, kw_only=bool(required), forbid_unknown_fields=True, gc=False)


def _is_list(read: Read) -> bool:
    return isinstance(read, ObjectsReader) or read in (target_values.markets, target_values.languages)


def _to_be_read() -> Iterator[tuple[str, str, Read]]:
    """Section, name and reader; fields of the ad itself have no section."""
    for name, read in FIELDS.items():
        if read in _ASK_FOR_MORE:
            yield "", name, read
    for section, (fields, _) in SECTIONS.items():
        for name, read in fields.items():
            if read in _ASK_FOR_MORE:
                yield section, name, read
