"""The rows of a check as values: what a yes means in a market, the needs a row names, and what it rests on."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from msgspec import Struct


class Basis(IntEnum):
    """What a clause rests on, the weightiest first: law, a code of the trade, or the platform's own terms."""

    LAW = 0
    CODE = 1
    PLATFORM = 2


class Mark(StrEnum):
    """How well a clause is known: read in the source, second-hand, or unverified, which warns and never cuts."""

    VERIFIED = "V"
    SECOND_HAND = "S"
    UNVERIFIED = "U"


class Effect(StrEnum):
    """What a clause does (FACTS 3.2). Without one, the state follows from what the clause names."""

    PROHIBITED = "prohibited"
    CERTIFICATE = "certificate"
    RESTRICTED = "restricted"
    LABEL = "label"
    QUALITY = "quality"
    INFO = "info"


class State(IntEnum):
    """What may happen to the ad in one cell, weakest first; a cell takes the strongest of its findings."""

    ALLOWED = 0
    LABELLED = 1
    LIMITED = 2
    HELD = 3
    CUT = 4


NeedKind = str

NEED_KINDS: tuple[NeedKind, ...] = ("certificate", "number", "text", "label", "audience_share", "apparent_age")

DEFAULT_MARKET = "*"
"The key of a clause that stands on the check itself and holds where no market row does."


class Hours(Struct, frozen=True, omit_defaults=True):
    """Hours of the day in which something may not run: local clock times `HH:MM`, from included, until excluded."""

    not_from: str
    not_until: str
    tz: str

    def __str__(self) -> str:
        return f"not {self.not_from}-{self.not_until} {self.tz}"


class Need(Struct, frozen=True, omit_defaults=True):
    """A thing a market asks for. It is a check of its own, worded "is it missing?", with `id` in the answers."""

    id: str
    "`<check id>/<kind>@<market key>`, or the name the file gives it after the second slash."
    kind: NeedKind
    ask: str
    missing: State
    "The state of the cells when the answer is yes."
    fix: str = ""
    "What to change in the ad, or, when `missing` is held, which document to send."
    required: bool = True
    certificate: str | None = None
    "The kind of certificate that counts."
    number: str | None = None
    "Where named, what a certificate's number must match; for kind `number`, the pattern the text must hold."
    where: tuple[str, ...] = ()
    "Components searched for `number` and `text`; empty for all."
    text: tuple[str, ...] = ()
    "Any one of these wordings, matched without case."
    language: str | None = None
    holder: bool = False
    "Whether the certificate's holder must be the advertiser or payer."
    domain: bool = False
    "Whether the certificate's domain must be the landing page's."
    ages: str | None = None
    at_least_per_mille: int | None = None
    age: int | None = None
    by: str | None = None
    "Who adds a label: `advertiser` or `platform`."
    min_area_per_mille: int | None = None


class Clause(Struct, frozen=True, omit_defaults=True):
    """One row of a check: what a yes means in one market, group, or (`*`) everywhere else."""

    market: str
    rank: int
    "0 the check's own keys, 1 a group, 2 a country or a part of it. Higher ranks replace lower ones."
    effect: Effect | None = None
    min_age: int | None = None
    needs: tuple[Need, ...] = ()
    labels: tuple[str, ...] = ()
    "Marks the platform adds."
    placements: tuple[str, ...] = ()
    "The placements this row speaks of; empty for all."
    hours: Hours | None = None
    unless: tuple[str, ...] = ()
    "Exemption checks: a yes to one of them and this row does not apply."
    basis: Basis = Basis.PLATFORM
    mark: Mark = Mark.VERIFIED
    ref: str = ""
    "The law, code or page the row rests on."
    note: str = ""
    effective: str | None = None
    "ISO date; before it the row only informs."
    sunset: str | None = None
    "ISO date; from the day after it the row is gone."
    fix: str = ""
    hash: str = ""
    "First 16 hex digits of the SHA-256 of the row's meaning; decisions quote it."
    owner: str = ""
    "Who looks after the row, where it names one of its own (see `Policy.owner_of`)."
    review_by: str | None = None
    "ISO date by which somebody looks at it again, where it names one of its own."
    briefing: str = ""
    "The briefing that adds the row: it joins whatever holds, and replaces nothing."

    def __hash__(self) -> int:
        return hash((self.market, self.hash, self.effect, self.min_age))

    def is_in_force(self, as_of: str) -> bool:
        return (self.effective is None or self.effective <= as_of) and (self.sunset is None or as_of <= self.sunset)

    def is_announced(self, as_of: str) -> bool:
        is_early = self.effective is not None and as_of < self.effective
        return is_early and (self.sunset is None or as_of <= self.sunset)
