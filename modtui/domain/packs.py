"""A pack as values: its settings, its ads, the key to each with the reason for it, and what commits a trainer to it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct, field

from modtui.domain.events import canonical_json
from modtui.domain.evidence import Evidence
from modtui.domain.policies import Answer

PACK_SCHEMA = "modtui/pack/1"
KEY_SCHEMA = "modtui/pack-key/1"
SECRET_BYTES = 32
EXAM_ITEMS, EXAM_PASS = 50, 45
"The default exam: so many ads, passed at so many right (docs/packs.md has the table of chances)."
CLEAN_SHARE = 40
"Percent of a pack that is clean, unless the trainer says otherwise."


class Kind(StrEnum):
    """Where the key is: in the pack, in the pack under a class code, or with the trainer alone."""

    OPEN = "open"
    SEALED = "sealed"
    EXAM = "exam"


class Feedback(StrEnum):
    """When a learner sees the key: behind each answer, behind the last one, or not at all."""

    EACH = "each"
    END = "end"
    NONE = "none"


class Assist(StrEnum):
    """What the review screen does for a learner.

    `live`: as in review. `no-cues`: the catalog in its own order, nothing lit, the ruling as in review. `browse`: the
    catalog without ranking and without the outcome that follows from the answers.
    """

    LIVE = "live"
    NO_CUES = "no-cues"
    BROWSE = "browse"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """How a pack is practised."""

    kind: Kind = Kind.OPEN
    feedback: Feedback = Feedback.EACH
    assist: Assist = Assist.LIVE
    time_limit_s: int | None = None
    "Seconds from the first ad to the last answer, pauses left out; None for as long as it takes."
    pauses: int | None = None
    "How often a learner may leave and come back with the clock stopped; None for as often as they like."
    pass_at: int | None = None
    "Right answers that pass; None where nothing is to be passed."
    retry: bool = True
    "Whether an ad may be answered again; only first answers count."


class PackAd(Struct, frozen=True):
    """One ad of a pack, under a name that says nothing of it."""

    id: str
    "Its number in the pack, such as `007`."
    as_of: str
    "ISO date by which it is ruled."
    ad: Mapping[str, Any]
    "The canonical payload (`domain.ad_json`); media are named as members of the pack."


class Rationale(Struct, frozen=True, omit_defaults=True):
    """Why the key is what it is, for a learner who answered otherwise."""

    why: str
    "One or more full sentences."
    clause: str = ""
    "The check, in whose policy the rule stands."
    triggers: tuple[str, ...] = ()
    "What in the ad triggers it, as it stands there."


class Accepted(Struct, frozen=True, omit_defaults=True):
    """Another answer that counts as right."""

    outcome: str
    checks: tuple[str, ...] = ()
    why: str = ""


class Key(Struct, frozen=True, omit_defaults=True):
    """The right answer to one ad of a pack."""

    outcome: str
    answers: Mapping[str, Answer]
    "The answers that lead to it, by check; ruled with the pack's catalog they give the cells."
    rationale: Rationale
    checks: tuple[str, ...] = ()
    "The findings, by the reviewer and by facts, in catalog order. A clean ad may have some that stop nothing."
    first: str = ""
    "The check that decides; empty where nothing was found."
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    accepted: tuple[Accepted, ...] = ()
    lookalike: str = ""
    "Id of the ad of this pack that looks like it and goes the other way; empty where there is none."
    basis: Mapping[str, str] = field(default_factory=dict)
    "Check to what it meant when the key was made (`domain.gold.meaning`)."
    origin: str = ""
    "Where the answer comes from: a decision, an example, a line of a file."
    difficulty: int = 2
    "1: the cues point to the answer; 2: in between; 3: they point elsewhere."
    stale: bool = False
    "Built in although a clause had changed since."

    @property
    def is_clean(self) -> bool:
        """Whether the ad runs as it is."""
        return self.outcome == "approve"


class CatalogMark(Struct, frozen=True):
    """Which catalog a pack goes by."""

    id: str
    version: str
    hash: str
    "Of the catalog as the trainer has it."
    snapshot: str
    "Of the document in the pack, which leaves out examples where they would give answers away."


class Member(Struct, frozen=True):
    """A file within a pack whose content the manifest vouches for."""

    name: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """The first member of a pack: the same input gives the same manifest, whatever is random in the rest."""

    schema: str
    title: str
    count: int
    "Ads."
    catalog: CatalogMark
    settings: Settings
    members: tuple[Member, ...]
    stale: int = 0
    "Ads whose key was known to be stale when the pack was built."
    note: str = ""
    "What the trainer says to the class."


def key_document(ad_id: str, key: Key) -> str:
    """The one way to write the answer to an ad: canonical JSON. Raises ValueError for half a surrogate pair."""
    return canonical_json({"ad": ad_id, "key": msgspec.to_builtins(key)})


def commitment(secret: bytes, ad_id: str, key: Key) -> str:
    """What binds a trainer to an answer without telling it: HMAC-SHA256, in hex, under a secret of 32 random bytes.

    Who has the pack alone cannot try answers against it, because the secret is not in the pack; who is given the secret
    can see that the answer was not changed.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a secret has {SECRET_BYTES} bytes")
    return hmac.new(secret, key_document(ad_id, key).encode("utf-8"), hashlib.sha256).hexdigest()


def broken_commitments(
    keys: Mapping[str, Key], secrets: Mapping[str, bytes], commitments: Mapping[str, str]
) -> tuple[str, ...]:
    """The ads whose key is not the one a pack committed to, or that one of the three does not name."""
    every = sorted(keys.keys() | secrets.keys() | commitments.keys())
    return tuple(
        ad_id
        for ad_id in every
        if ad_id not in keys
        or len(secrets.get(ad_id, b"")) != SECRET_BYTES
        or not hmac.compare_digest(commitment(secrets[ad_id], ad_id, keys[ad_id]), commitments.get(ad_id, ""))
    )
