"""Practice in the workspace: its own log, the packs that were taken in, how far each learner is, and their drafts.

The log has the append and chain code of events and stands in a table of its own, which nothing that syncs reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from modtui.domain.events import Entry, Event
from modtui.domain.practice_log import ATTEMPT, DRILL, KINDS
from modtui.store.errors import EventRefused
from modtui.store.event_log import EventLog
from modtui.store.sqlite import Connection
from modtui.store.transaction import Transaction

LOG = EventLog("attempts", KINDS)
PLACE_BITS = 20
"The number of an ad is its pack's number times 2**20 plus its place there, from 1; place 0 is the pack itself."


class PackRow(Struct, frozen=True):
    """A pack that was taken in."""

    pack_no: int
    hash: str
    "Of the file."
    title: str
    kind: str
    ads: int
    added_at: str
    path: str
    "The workspace's own copy."
    stamp: str
    "Size and time of that copy: while they stand it need not be read to its last byte again."


class RunRow(Struct, frozen=True):
    """How far a learner is: what a list shows without reading the log, and where to go on."""

    pack_no: int
    learner: str
    done: int
    "Ads with a first answer."
    place: int
    "The ad on the desk, from 1."
    seen_at: str
    "The last sign of life, from which time away is counted."
    finished_at: str = ""


def ad_number(pack_no: int, place: int) -> int:
    return (pack_no << PLACE_BITS) | place


# The log ---


def append(tx: Transaction, entry: Entry, pack_no: int, place: int = 0) -> Event:
    """Add an entry about a pack, or about one of its ads; the same entry again changes nothing."""
    event, _ = LOG.append(tx.connection, tx.stream_no, entry, ad_number(pack_no, place))
    tx.event_ids.append(event.id)
    return event


def append_attempt(tx: Transaction, entry: Entry, pack_no: int, place: int, number: int) -> Event:
    """Add an answer that is this learner's `number`-th to the ad. Raises EventRefused when it is not."""
    given = tx.connection.execute(
        f"SELECT count(*) FROM {LOG.table} WHERE ad_no = ? AND actor = ? AND kind = ? AND id <> ?",
        (ad_number(pack_no, place), entry.actor, ATTEMPT, entry.id),
    ).fetchone()[0]
    if given != number - 1:
        raise EventRefused(
            "Answered elsewhere",
            "Another modtui practises this pack under your name, and has answered this ad.",
            "Close one of the two; this one goes on from what is stored when it is opened again.",
        )
    return append(tx, entry, pack_no, place)


def entries_of(connection: Connection, pack_no: int, learner: str) -> list[Event]:
    """All a learner did with a pack, oldest first."""
    rows = connection.execute(
        f"SELECT id FROM {LOG.table} WHERE ad_no BETWEEN ? AND ? AND actor = ? ORDER BY event_no",
        (ad_number(pack_no, 0), ad_number(pack_no + 1, 0) - 1, learner),
    )
    found = (LOG.get(connection, event_id) for (event_id,) in rows.fetchall())
    return [event for event in found if event is not None]


def seen_places(connection: Connection, pack_no: int, learner: str, *kinds: str) -> dict[int, int]:
    """The places of a pack that a learner met by entries of these kinds, each with the number of the last one."""
    rows = connection.execute(
        f"""SELECT ad_no, max(event_no) FROM {LOG.table} WHERE ad_no BETWEEN ? AND ? AND actor = ?
            AND kind IN ({", ".join("?" * len(kinds))}) GROUP BY ad_no""",
        (ad_number(pack_no, 1), ad_number(pack_no + 1, 0) - 1, learner, *kinds),
    )
    return {ad_no - ad_number(pack_no, 0): last for ad_no, last in rows}


def times_at_work(connection: Connection, learner: str, most: int) -> list[int]:
    """Milliseconds at work on the ads answered last, the newest first."""
    rows = connection.execute(
        f"""SELECT document ->> '$.body.attempt.active_ms' FROM {LOG.table} WHERE actor = ? AND kind IN (?, ?)
            ORDER BY event_no DESC LIMIT ?""",
        (learner, ATTEMPT, DRILL, most),
    )
    return [int(row[0]) for row in rows if row[0]]


# Packs ---


def keep_pack(tx: Transaction, pack: PackRow) -> None:
    """Take a pack in, or a new copy of one that is known."""
    tx.connection.execute(
        """INSERT INTO packs (hash, title, kind, ads, added_at, path, stamp) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (hash) DO UPDATE SET path = excluded.path, stamp = excluded.stamp""",
        (pack.hash, pack.title, pack.kind, pack.ads, pack.added_at, pack.path, pack.stamp),
    )


_PACK = "SELECT pack_no, hash, title, kind, ads, added_at, path, stamp FROM packs"


def find_pack(connection: Connection, digest: str) -> PackRow | None:
    row = connection.execute(f"{_PACK} WHERE hash = ?", (digest,)).fetchone()
    return PackRow(*row) if row else None


def list_packs(connection: Connection) -> list[PackRow]:
    """The packs in the order they were taken in."""
    return [PackRow(*row) for row in connection.execute(f"{_PACK} ORDER BY pack_no")]


# Runs ---


def save_run(tx: Transaction, run: RunRow) -> None:
    tx.connection.execute(
        """INSERT INTO practice_runs (pack_no, learner, done, place, seen_at, finished_at) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (pack_no, learner) DO UPDATE SET done = excluded.done, place = excluded.place,
           seen_at = excluded.seen_at, finished_at = excluded.finished_at""",
        (run.pack_no, run.learner, run.done, run.place, run.seen_at, run.finished_at),
    )


def find_run(connection: Connection, pack_no: int, learner: str) -> RunRow | None:
    row = connection.execute(
        """SELECT pack_no, learner, done, place, seen_at, finished_at FROM practice_runs
           WHERE pack_no = ? AND learner = ?""",
        (pack_no, learner),
    ).fetchone()
    return RunRow(*row) if row else None


# Drafts ---


def save_draft(tx: Transaction, number: int, learner: str, body: Mapping[str, Any], now: str) -> None:
    """Keep unfinished work on the ad with that number (`ad_number`)."""
    tx.connection.execute(
        """INSERT INTO practice_drafts (ad_no, learner, saved_at, body) VALUES (?, ?, ?, ?)
           ON CONFLICT (ad_no, learner) DO UPDATE SET saved_at = excluded.saved_at, body = excluded.body""",
        (number, learner, now, json.dumps(body, ensure_ascii=False)),
    )


def find_draft(connection: Connection, number: int, learner: str) -> dict[str, Any] | None:
    row = connection.execute(
        "SELECT body FROM practice_drafts WHERE ad_no = ? AND learner = ?", (number, learner)
    ).fetchone()
    return json.loads(row[0]) if row else None


def delete_draft(tx: Transaction, number: int, learner: str) -> None:
    tx.connection.execute("DELETE FROM practice_drafts WHERE ad_no = ? AND learner = ?", (number, learner))
