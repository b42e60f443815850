"""The advertiser card: earlier decisions with their base, notes that come up again, what is shared with others."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from modtui import __version__
from modtui.domain.catalog import Catalog
from modtui.domain.events import Entry, Event, Subject
from modtui.errors import ModtuiError
from modtui.services.clock import Clock, wall_clock
from modtui.store.advertisers import DecidedAd, SharedHost, decided_ads, hosts_of, notes_on
from modtui.store.event_log import EventLog, new_event_id
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.undone import is_superseded
from modtui.store.workspace import Workspace

MOST_ADS = 500
"The advertiser's newest decided ads that are summed up."
MOST_HOSTS = 50
LONGEST_NOTE = 2_000


class Note(Struct, frozen=True):
    """Something a reviewer wrote about an advertiser, for whoever gets its next ad."""

    event_id: str
    at: str
    reviewer: str
    text: str
    ad_id: str = ""
    "The ad at which it was written."


class Shared(Struct, frozen=True):
    """Another advertiser with copies of the same creative."""

    advertiser: str
    ads: tuple[str, ...]


class Card(Struct, frozen=True):
    """What this workspace knows of an advertiser."""

    advertiser: str
    decisions: tuple[DecidedAd, ...] = ()
    "The newest first."
    outcomes: Mapping[str, int] = {}
    is_more: bool = False
    "Whether more ads were decided than are summed up."
    found: tuple[tuple[str, int], ...] = ()
    "Check id and in how many of the decisions it was found, the most first."
    notes: tuple[Note, ...] = ()
    hosts: tuple[SharedHost, ...] = ()
    shared: tuple[Shared, ...] = ()

    @property
    def rejected(self) -> int:
        return self.outcomes.get("reject", 0)


def read_card(
    workspace: Workspace, advertiser: str, reviewer: str, twins: Iterable[tuple[str | None, str]] = ()
) -> Card:
    """The card of an advertiser. `twins` are the advertisers and ids of near-identical ads of the one on the desk."""
    with workspace.read() as connection:
        rows = decided_ads(connection, advertiser, MOST_ADS)
        notes = read_notes(connection, advertiser)
        hosts = tuple(hosts_of(connection, advertiser, MOST_HOSTS))
    # What waits for a second pair of eyes may be this reviewer's to judge, unseen. An ad in several queues counts once.
    seen = sorted((row for row in rows if row.state != "second_review" or row.reviewer == reviewer), key=_when)
    known = list({row.ad_no: row for row in seen}.values())
    checks = Counter(check_id for row in known for check_id in checks_of(row))
    shared: dict[str, list[str]] = {}
    for other, ad_id in twins:
        if other and other != advertiser:
            shared.setdefault(other, []).append(ad_id)
    return Card(
        advertiser,
        tuple(sorted(known, key=_when, reverse=True)),
        Counter(row.outcome for row in known),
        len({row.ad_no for row in rows}) >= MOST_ADS,
        tuple(sorted(checks.items(), key=lambda each: (-each[1], each[0]))),
        notes,
        hosts,
        tuple(Shared(other, tuple(ads)) for other, ads in sorted(shared.items())),
    )


def _when(row: DecidedAd) -> str:
    return row.event_id


def checks_of(row: DecidedAd) -> tuple[str, ...]:
    """The checks a decision found."""
    return tuple(dict.fromkeys(json.loads(row.checks)))


def letters_of(check_ids: Sequence[str], catalog: Catalog) -> str:
    """The two letters of each check, or its id where the catalog knows it no more."""
    known = catalog.check_by_id
    return " ".join(dict.fromkeys(known[each].key if each in known and known[each].key else each for each in check_ids))


# Notes ---


def read_notes(connection: Connection, advertiser: str) -> tuple[Note, ...]:
    """The notes on an advertiser, the newest first."""
    return tuple(_note(event) for event in notes_on(connection, advertiser))


def _note(event: Event) -> Note:
    ad_id = event.subject.ad_id if event.subject else ""
    return Note(event.id, event.at, event.actor, str(event.body.get("text", "")), ad_id)


class Notes:
    """Writing and taking back notes on advertisers."""

    def __init__(self, workspace: Workspace, reviewer: str, clock: Clock = wall_clock) -> None:
        self.workspace = workspace
        self.reviewer = reviewer
        self.clock = clock
        self._tried: Entry | None = None
        "A note that was tried and is not known to be on disk: trying again stores it once."

    async def write(self, advertiser: str, text: str, ad: Subject | None, catalog_hash: str = "") -> None:
        """Keep a note. Raises ModtuiError and keeps nothing."""
        text = text.strip()
        if not text:
            raise ModtuiError("No note", "It says nothing.", "Write what the next reviewer should know.")
        if len(text) > LONGEST_NOTE:
            words = f"A note has at most {LONGEST_NOTE:,} characters, this one {len(text):,}."
            raise ModtuiError("Note is too long", words, "Shorten it.")
        body = {"about": "advertiser", "advertiser": advertiser, "text": text}
        tried = self._tried
        if tried is None or (tried.body, tried.subject) != (body, ad):
            now = self.clock()
            tried = Entry(
                new_event_id(now), "note", self.reviewer, utc_text(now), body, ad, (), catalog_hash, "", __version__
            )
        self._tried = entry = tried
        await asyncio.wrap_future(self.workspace.writer.submit(lambda tx: tx.append_event(entry)))
        self._tried = None

    async def withdraw(self, event_id: str) -> None:
        """Take back a note of one's own. Raises ModtuiError when it is another's, or is taken back already."""

        def run(tx: Transaction) -> None:
            event = EventLog().get(tx.connection, event_id)
            if event is None or event.kind != "note":
                raise ModtuiError("No such note", f"{event_id} is no note.", "Open the card again.")
            if event.actor != self.reviewer:
                raise ModtuiError("Not yours", f"{event.actor} wrote this note.", "Only who wrote it can take it back.")
            if is_superseded(tx.connection, event.id):
                raise ModtuiError("Withdrawn already", "The note was taken back before.", "Open the card again.")
            now = self.clock()
            tx.append_event(
                Entry(
                    new_event_id(now), "retraction", self.reviewer, utc_text(now), {}, event.subject, (event.id,),
                    event.catalog_hash, "", __version__,
                )
            )  # fmt: skip

        await asyncio.wrap_future(self.workspace.writer.submit(run))
