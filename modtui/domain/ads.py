"""An advertisement as it is reviewed: its shape, how it is read from JSON, and what makes a new version of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

JsonObject = Mapping[str, Any]


class Certificate(Struct, frozen=True):
    """A document the advertiser has on file. It is *on file*, never *valid*: a person judges the paper."""

    kind: str
    number: str | None = None
    issuer: str | None = None
    holder: str | None = None
    domain: str | None = None
    market: str | None = None
    expires: str | None = None
    "ISO 8601 date, the last day on which it counts."
    media: str | None = None


class Advertiser(Struct, frozen=True):
    """Who runs the account, who pays, and in whose name the ad speaks."""

    id: str | None = None
    name: str | None = None
    country: str | None = None
    payer: str | None = None
    behalf: str | None = None
    certificates: tuple[Certificate, ...] | None = None
    "None when the queue says nothing of certificates, which is not the same as having none."


class Share(Struct, frozen=True):
    """The part of the audience within an age range, in thousandths, as the seller states it."""

    ages: str
    "Such as `21+` or `13-17`."
    per_mille: int
    market: str | None = None


class Audience(Struct, frozen=True):
    """Whom the ad is aimed at. Ages are whole years, both ends included; None is not stated."""

    min_age: int | None = None
    max_age: int | None = None
    gender: str | None = None
    interests: tuple[str, ...] = ()
    placements: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()


class TimedText(Struct, frozen=True):
    """A line of speech or of text in the picture. Times are milliseconds from the start; None is not stated."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None


class Creative(Struct, frozen=True):
    """What a viewer sees and hears."""

    format: str | None = None
    display_name: str | None = None
    headline: str | None = None
    body: str | None = None
    call_to_action: str | None = None
    disclaimer: str | None = None
    transcript: tuple[TimedText, ...] = ()
    on_screen_text: tuple[TimedText, ...] = ()
    lead_form: tuple[str, ...] = ()
    ai_declared: bool | None = None


class Media(Struct, frozen=True):
    """A picture, video or sound of the ad, by its path beside the queue file."""

    path: str
    kind: str | None = None
    sha256: str | None = None


class LandingPage(Struct, frozen=True):
    """Where a tap leads, and what was captured there. Nothing here is ever fetched."""

    url: str | None = None
    title: str | None = None
    text: str | None = None
    captured_at: str | None = None
    chain: tuple[str, ...] = ()
    media: str | None = None


class Flag(Struct, frozen=True):
    """What a model or a rule elsewhere says of the ad. A pointer, never a verdict."""

    source: str
    label: str
    score: float | None = None


class Ad(Struct, frozen=True):
    """One ad as one reviewer sees it once: known by `(source, id)`, its content by `content_hash`."""

    source: str
    id: str
    submitted_at: str | None = None
    "Aware UTC time, ISO 8601 ending in Z, as are all times of an ad."
    due_at: str | None = None
    priority: int = 50
    "0 to 100; more is more urgent."
    submission: str | None = None
    delivery: str | None = None
    schedule_start: str | None = None
    "ISO 8601 dates, both included."
    schedule_end: str | None = None
    advertiser: Advertiser = field(default_factory=Advertiser)
    industry: str | None = None
    food_score: int | None = None
    "Nutrient profiling score of the product advertised."
    objective: str | None = None
    markets: tuple[str, ...] = ()
    "ISO 3166-1 alpha-2 codes, parts (`US-NY`) or group names, in the order given; empty when not stated."
    languages: tuple[str, ...] = ()
    audience: Audience = field(default_factory=Audience)
    creative: Creative = field(default_factory=Creative)
    media: tuple[Media, ...] = ()
    landing_page: LandingPage = field(default_factory=LandingPage)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    "Language to component to text."
    flags: tuple[Flag, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    "Everything the queue said that has no place above."

    @property
    def key(self) -> tuple[str, str]:
        return (self.source, self.id)

    @property
    def title(self) -> str:
        """The shortest text that names the ad for a person."""
        creative = self.creative
        return creative.display_name or creative.headline or self.advertiser.name or creative.body or self.id

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text of the ad as `(component, text)`, in reading order; timed lines are `transcript.0` and so on."""
        creative = self.creative
        for name in ("display_name", "headline", "body", "call_to_action", "disclaimer"):
            text = getattr(creative, name)
            if text:
                yield name, text
        for name in ("on_screen_text", "transcript"):
            for index, line in enumerate(getattr(creative, name)):
                if line.text:
                    yield f"{name}.{index}", line.text
        for index, question in enumerate(creative.lead_form):
            if question:
                yield f"lead_form.{index}", question
        page = self.landing_page
        for name, value in (("page.title", page.title), ("page.text", page.text), ("page.url", page.url)):
            if value:
                yield name, value

    @property
    def is_reviewable(self) -> bool:
        """Whether there is something to look at: any text, media or landing page."""
        return bool(self.media) or next(self.texts(), None) is not None


def reviewed_content(payload: JsonObject) -> dict[str, Any]:
    """The part of an ad's JSON that was reviewed (DESIGN 2, *ad version*): what is left out is context.

    Takes and returns plain JSON data in the layout of DESIGN 4.1, so that it can be hashed without building an `Ad`.
    """
    advertiser = payload.get("advertiser") or {}
    creative = payload.get("creative") or {}
    page = payload.get("landing_page") or {}
    content = {
        "advertiser": {name: advertiser.get(name) for name in ("name", "payer", "behalf")},
        "audience": payload.get("audience"),
        "creative": creative,
        "industry": payload.get("industry"),
        "languages": payload.get("languages"),
        "markets": payload.get("markets"),
        "media": payload.get("media"),
        "url": page.get("url"),
    }
    kept: dict[str, Any] = _without_empty(content)
    return kept


def _without_empty(value: Any) -> Any:
    """The value without nulls and empty containers, so that *absent*, `null` and `[]` are one version."""
    if isinstance(value, Mapping):
        pairs = ((key, _without_empty(inner)) for key, inner in value.items())
        return {key: inner for key, inner in pairs if inner not in (None, {}, [], "")}
    if isinstance(value, list | tuple):
        return [_without_empty(inner) for inner in value]
    return value


def content_hash(payload: JsonObject) -> str:
    """SHA-256, in hex, over the canonical JSON (sorted keys, UTF-8, no spaces) of the reviewed content."""
    text = json.dumps(reviewed_content(payload), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
