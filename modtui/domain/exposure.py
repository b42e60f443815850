"""What a reviewer is exposed to: how clearly media and text of sensitive policies are shown, and how much there was.

The evidence for blurring is mixed (docs/media.md names it): it is the reviewer's choice and nobody else's. Counts are
of one day, and nothing here is part of a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from modtui.domain.plurals import number_of

COARSE, BLURRED, GREY, SHARP = "coarse", "blurred", "grey", "sharp"
LEVELS = (COARSE, BLURRED, GREY, SHARP)
"How clearly something is shown, each level more than the one before."
EVERYTHING = "*"
"Stands for every family, also of ads that nothing is lit on."
START = {"adult": BLURRED, "child-safety": BLURRED, "people-at-risk": BLURRED}
"Families and how their media start, until a reviewer chooses."

MINUTE_MS = 60_000
BREAK_MS = 10 * MINUTE_MS
"A pause this long between two ads is a break."
HINT_ADS, HINT_MS = 25, 50 * MINUTE_MS
"Sensitive ads, or time on them, since the last break, after which a break is hinted at."
MOST_HINTS = 2
"Said twice; whoever goes on then has decided to."
MASK = "·"


class Care(Struct, frozen=True):
    """How one reviewer wants to be shown things."""

    start: Mapping[str, str] = field(default_factory=lambda: dict(START))
    "Family, or `*`, to the level its media start with."
    masked: tuple[str, ...] = ()
    "Families, or `*`, whose text is masked in the same steps."
    has_hints: bool = True
    "Whether a break is hinted at."

    def level_for(self, families: Collection[str]) -> str:
        """The level that media of an ad start with: the least clear one of its families."""
        return _least(level for family, level in self.start.items() if family == EVERYTHING or family in families)

    def text_level_for(self, families: Collection[str]) -> str:
        """The level that text of an ad starts with."""
        is_masked = any(family == EVERYTHING or family in families for family in self.masked)
        return min(self.level_for(families), BLURRED, key=LEVELS.index) if is_masked else SHARP

    @property
    def other_text_level(self) -> str:
        """The level of texts of ads that are not on the desk: which families they touch, nobody has looked up.

        As long as any family is masked they are shown as the least clear of those families is.
        """
        return self.text_level_for(self.masked) if self.masked else SHARP

    def is_sensitive(self, families: Collection[str]) -> bool:
        """Whether an ad counts: one of its families is named, other than by `*`."""
        return any(family in families for family in (*self.start, *self.masked))

    def with_start(self, family: str, level: str) -> Care:
        """With a level for a family; `sharp` takes it out."""
        start = {name: each for name, each in self.start.items() if name != family}
        return replace(self, start=start if level == SHARP else {**start, family: level})

    def with_mask(self, family: str, is_masked: bool) -> Care:
        rest = [each for each in self.masked if each != family]
        return replace(self, masked=tuple(sorted([*rest, family] if is_masked else rest)))

    def as_json(self) -> dict[str, Any]:
        return {"start": dict(self.start), "masked": list(self.masked), "hints": self.has_hints}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Care:
        """The reverse; what is not understood is left out."""
        start = {str(family): level for family, level in dict(data.get("start", START)).items() if level in LEVELS[:-1]}
        return cls(start, tuple(map(str, data.get("masked", ()))), bool(data.get("hints", True)))


def _least(levels: Iterable[str]) -> str:
    return min(levels, key=LEVELS.index, default=SHARP)


def clearer(level: str, steps: int = 1) -> str:
    """So many steps more clearly."""
    return LEVELS[min(LEVELS.index(level) + steps, len(LEVELS) - 1)]


def clearer_elsewhere(level: str) -> str:
    """One step more clearly for a text of which nobody knows the sensitive words: it has no step without only these."""
    return SHARP if level in (BLURRED, GREY) else clearer(level)


def masked_text(text: str, level: str, spans: Iterable[tuple[int, int]] = ()) -> str:
    """A text as it is shown at a level, as many code points long as it is.

    Coarse: no letter is shown; blurred: the first of each word; grey: all but the spans, which are the places that
    made the ad sensitive; sharp: all. Spaces, signs and hidden characters stay, and stay evidence.
    """
    if level == SHARP:
        return text
    if level == GREY:
        hidden = {place for start, end in spans for place in range(start, end)}
        return "".join(MASK if place in hidden and sign.isalnum() else sign for place, sign in enumerate(text))
    shown = [MASK if sign.isalnum() else sign for sign in text]
    if level == BLURRED:
        for place, sign in enumerate(text):
            if sign.isalnum() and (place == 0 or not text[place - 1].isalnum()):
                shown[place] = sign
    return "".join(shown)


class Exposure(Struct, frozen=True):
    """Sensitive ads of one day, and of the run since the last break. Times are milliseconds since 1970."""

    day: str = ""
    ads: int = 0
    active_ms: int = 0
    run_ads: int = 0
    run_ms: int = 0
    last_ms: int = 0
    "When an ad was left last."
    hints: int = 0
    "How often a break was hinted at in this run."

    def after(self, day: str, now_ms: int, active_ms: int, is_sensitive: bool) -> Exposure:
        """After one more ad was left. Another day, or a break, begins anew."""
        now = self if self.day == day else replace(Exposure(day), last_ms=self.last_ms)
        if now_ms - active_ms - now.last_ms >= BREAK_MS:
            now = replace(now, run_ads=0, run_ms=0, hints=0)
        if is_sensitive:
            now = replace(
                now, ads=now.ads + 1, active_ms=now.active_ms + active_ms,
                run_ads=now.run_ads + 1, run_ms=now.run_ms + active_ms,
            )  # fmt: skip
        return replace(now, last_ms=now_ms)

    @property
    def is_break_due(self) -> bool:
        times = self.hints + 1
        return self.hints < MOST_HINTS and (self.run_ads >= HINT_ADS * times or self.run_ms >= HINT_MS * times)

    def hinted(self) -> Exposure:
        return replace(self, hints=self.hints + 1)

    @property
    def words(self) -> str:
        """Such as `12 sensitive ads, 8 min today`."""
        return f"{number_of(self.ads, 'sensitive ad')}, {self.active_ms // MINUTE_MS} min today"

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__struct_fields__}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Exposure:
        """What of it is there and of its kind; the rest begins anew."""
        known = {name: data[name] for name in cls.__struct_fields__ if name in data}
        kept: dict[str, Any] = {
            name: value for name, value in known.items() if isinstance(value, str if name == "day" else int)
        }
        return cls(**kept)
