"""Reviewing a queue: which ad is on the desk, which is loaded behind it, and what happens to a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from modtui.domain.rulings import Outcome
from modtui.services.desk import Desk

if TYPE_CHECKING:
    from modtui.services.group_verbs import Group, Told
    from modtui.services.library import Library
    from modtui.services.precedents import Precedents, TwinAd


class Progress(Struct, frozen=True):
    """Where the reviewer stands in the queue."""

    queue: str
    decided: int
    total: int
    due_soon: int
    "Waiting ads due within the hour."
    unsynced: int
    "Events no remote has acknowledged."
    reviewer: str
    importing: int | None = None
    "Rows read so far while an import goes on behind; None when none does."


class Previous(Struct, frozen=True):
    """What was decided of the ad before, and what changed since: nothing when it was of the content it has now."""

    outcome: str
    decided_at: str
    reviewer: str
    words: str
    answers: Mapping[str, str]
    changes: tuple[tuple[str, str, str], ...]
    "Component, text then, text now."
    unchanged: tuple[str, ...]
    "Components whose answers may be offered again."
    fixes: tuple[tuple[str, bool | None], ...]
    "The fix asked for, and whether it was made, as far as changes tell; None when nobody can tell."
    catalog_hash: str = ""
    "The catalog it was decided under."
    evidence: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    "Check id to the places its yes was seen at, as plain JSON."


class OnDesk(Struct, frozen=True):
    """The ad under review with what surrounds it."""

    desk: Desk
    item: Any
    "The queue item of the store."
    previous: Previous | None = None
    history: tuple[str, ...] = ()
    "A line each about what stands on this ad, an unfinished draft about other content, the advertiser's record."
    mark: str = ""
    "Why it is here: `back from hold`, `document arrived`, `second review` ...; empty for an ordinary ad."
    question: str = ""
    "The question an escalation asks, when this ad is here to have it answered."
    is_alone: bool = False
    "Whether the ad is to be judged alone, as in second review and practice: nothing that others said is shown."
    parties: tuple[str, ...] = ()
    "Who decided it, where their decisions stand against each other: deciding it settles that, and needs a comment."


class Change(Struct, frozen=True):
    """What a verb did, for the screens to redraw by and say."""

    words: str
    "One line for the person: `ad-1842 rejected wl`, `undone: ad-1842 back`."
    event_id: str | None = None
    moved: bool = True
    "Whether another ad is on the desk now."


class News(Struct, frozen=True):
    """Something to be said to the reviewer once, in a few lines."""

    lines: tuple[str, ...]
    is_warning: bool = False


class Session(Protocol):
    """What the review screen calls. A verb returns once it is on disk, or raises ModtuiError and changes nothing."""

    @property
    def current(self) -> OnDesk | None: ...
    @property
    def following(self) -> OnDesk | None:
        """The ad loaded behind the current one, so that it can be laid out before it is shown."""

    @property
    def progress(self) -> Progress: ...
    @property
    def routes(self) -> Mapping[str, str]: ...
    @property
    def library(self) -> Library:
        """The catalog to look things up in, to report clauses of, and its briefings."""

    @property
    def precedents(self) -> Precedents | None:
        """What reads twins, and notes on advertisers; None where nothing others said is shown, as in practice."""

    @property
    def waits_for(self) -> str:
        """The process that keeps a verb from being written, by number and host; empty when none does."""

    def call_back(self) -> bool:
        """Call the verb that is being saved back while it waits for its turn to be written: it raises CalledBack, and
        nothing of it is ever stored. False when it is too late for that, or only part of it could be."""

    importing: int | None
    "Rows an import behind has read so far; None when none goes on."

    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def look_again(self) -> bool:
        """Fill the empty places of the desk: an import may have brought ads. Whether one is on the desk now."""

    async def fill(self) -> None:
        """Have an ad ready behind the one on the desk, where none is and the queue has one."""

    async def decide(self) -> Change:
        """Commit the outcome of the desk (`desk.outcome`, with its override and escalation) and move on."""

    async def plan_group(self, twins: Sequence[TwinAd], told: Told) -> Group:
        """What the answers on the desk would make of each twin that nobody has decided; nothing is written."""

    async def decide_group(self, group: Group, told: Told) -> Change:
        """Commit the twins of a planned group one by one, then the ad on the desk, and move on."""

    async def undo(self) -> Change: ...
    async def redo(self) -> Change: ...
    async def hold(self, reason: str, minutes: int, note: str = "") -> Change: ...
    async def skip(self, reason: str) -> Change: ...
    async def open_ad(self, source: str, ad_id: str) -> Change: ...
    async def next_ad(self) -> Change:
        """Look at the next ad without deciding this one; its draft is kept."""

    async def previous_ad(self) -> Change: ...
    async def save_draft(self) -> None: ...
    @property
    def catalog_may_change(self) -> bool:
        """Whether the catalog's file is not as it was when it was looked at last: quick to ask."""

    async def look_at_catalog(self) -> None:
        """Read the catalog anew if it has changed. Another one applies from the next ad on; `take_news` says so."""

    def put_off(self) -> str:
        """Leave a catalog that only words differ in for later; what to say of it."""

    def take_news(self) -> tuple[News, ...]:
        """What has to be said since this was asked last: another catalog, answers that it made void."""

    def repeat_last(self) -> int:
        """Fill in the answers of the last decided ad; returns how many."""

    def offer_previous(self) -> int:
        """Fill in the answers of the earlier version whose components did not change; returns how many."""

    def touch(self, key_at: float) -> None:
        """Count active time by a key at a monotonic time, and renew the claim when it is due."""


HOLD_MINUTES: Mapping[str, int] = {
    "asked a colleague": 60,
    "waiting for advertiser": 24 * 60,
    "need more time": 30,
    "break": 15,
    "other": 60,
}
"Why an ad is held, to the minutes until it comes back."
HOLD_REASONS: Sequence[str] = tuple(HOLD_MINUTES)
SKIP_REASONS: Sequence[str] = ("language I do not read", "conflict of interest", "disturbing", "broken ad", "other")
OUTCOMES_BY_KEY: Mapping[str, Outcome] = {"a": Outcome.APPROVE, "r": Outcome.REJECT}
