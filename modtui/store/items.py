"""One ad's place in a queue: its state as the fold of its events, and the lane from which it may be claimed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from modtui.domain.events import Entry, ItemStatus, item_status
from modtui.store import ready
from modtui.store.queues import add_to_count, route_number
from modtui.store.sqlite import Connection

NO_LANE = 0
"Decided, held, waiting or claimed: nobody is given it."
NEW_LANE = 1
SECOND_LANE = 2
FIRST_ROUTE_LANE = 10
VERSION_BITS = 20
MAX_VERSIONS = (1 << VERSION_BITS) - 1


class Item(Struct, frozen=True):
    """An ad in a queue, with all that a screen needs to show it."""

    queue: str
    queue_no: int
    n: int
    "Its place in the queue by import, from 1, without gaps."
    ad_no: int
    source: str
    ad_id: str
    version: int
    "Which content it has now: the first that came is 1."
    versions: int
    content_hash: str
    payload: str
    state: str
    mark: str | None
    "`new_version`, `returned` (the old content is back, its verdict in force), `woken`, `conflict`, or nothing."
    route: str | None
    verdict: str | None
    "Id of the standing verdict on this content."
    outcome: str | None
    order_key: int
    claimed_by: str | None
    "The reviewer in whose session it is."
    claim_session: str | None


def context_hash(payload: str) -> str:
    """What a verdict names as `context`: the whole payload, of which the content is a part. 32 hex digits."""
    return hashlib.sha256(payload.encode("utf-8")).hexdigest()[:32]


def version_number(ad_no: int, version: int) -> int:
    return (ad_no << VERSION_BITS) | version


def lane_of(state: str, route_no: int | None) -> int:
    """From where an unclaimed item in this state is given out."""
    if state == "new":
        return NEW_LANE
    if state == "second_review":
        return SECOND_LANE
    if state == "escalated":
        return FIRST_ROUTE_LANE + (route_no or 0)
    return NO_LANE


_ITEM = f"""
    SELECT q.name, i.queue_no, i.n, i.ad_no, s.name, a.id, a.version, a.versions, hex(v.content_hash), v.payload,
           i.state, i.mark, r.name, i.verdict, i.outcome, i.order_key, c.reviewer, c.session
    FROM queue_items i
    JOIN queues q ON q.queue_no = i.queue_no
    JOIN ads a ON a.ad_no = i.ad_no
    JOIN sources s ON s.source_no = a.source_no
    JOIN ad_versions v ON v.version_no = (i.ad_no << {VERSION_BITS}) | a.version
    LEFT JOIN routes r ON r.route_no = i.route_no
    LEFT JOIN claims c ON c.ad_no = i.ad_no
"""


def get_item(connection: Connection, queue_no: int, n: int) -> Item | None:
    """The item at a place of a queue."""
    row = connection.execute(f"{_ITEM} WHERE i.queue_no = ? AND i.n = ?", (queue_no, n)).fetchone()
    return _item(row) if row else None


def items_of_ad(connection: Connection, source: str, ad_id: str) -> list[Item]:
    """The ad in every queue that holds it."""
    ad_no = ad_number(connection, source, ad_id)
    return [_item(row) for row in connection.execute(f"{_ITEM} WHERE i.ad_no = ? ORDER BY i.queue_no", (ad_no,))]


def ad_number(connection: Connection, source: str, ad_id: str) -> int | None:
    row = connection.execute(
        "SELECT ad_no FROM ads WHERE source_no = (SELECT source_no FROM sources WHERE name = ?) AND id = ?",
        (source, ad_id),
    ).fetchone()
    return row[0] if row else None


def refresh(
    connection: Connection, ad_no: int, events: Sequence[Entry], mark: str | None = None, *, keep_mark: bool = False
) -> None:
    """Bring the items of an ad, in every queue, in line with its events and the content it has now.

    The mark is replaced by the one given, unless it is to be kept.
    """
    row = connection.execute(
        f"""SELECT hex(v.content_hash), v.payload, a.advertiser FROM ads a
            JOIN ad_versions v ON v.version_no = (a.ad_no << {VERSION_BITS}) | a.version WHERE a.ad_no = ?""",
        (ad_no,),
    ).fetchone()
    digest, payload = row[0].lower(), row[1]
    is_waiting = any(event.body.get("state") == "waiting_document" for event in events)
    context = context_hash(payload) if is_waiting else ""
    if row[2] is not None and events:
        connection.execute(
            "INSERT OR IGNORE INTO advertiser_verdicts (advertiser, ad_no) VALUES (?, ?)", (row[2], ad_no)
        )
    claim = connection.execute("SELECT queue_no FROM claims WHERE ad_no = ?", (ad_no,)).fetchone()
    items = connection.execute(
        """SELECT i.queue_no, i.n, q.name, i.state, i.route_no, i.mark FROM queue_items i JOIN queues q USING (queue_no)
           WHERE i.ad_no = ?""",
        (ad_no,),
    ).fetchall()
    for queue_no, n, queue, state, route_no, old_mark in items:
        status = item_status(events, queue, digest, context)
        is_claimed = claim is not None and claim[0] == queue_no
        _write(
            connection,
            queue_no,
            n,
            (state, route_no),
            status,
            is_claimed=is_claimed,
            mark=old_mark if keep_mark else mark,
        )


def _write(
    connection: Connection,
    queue_no: int,
    n: int,
    before: tuple[str, int | None],
    status: ItemStatus,
    *,
    is_claimed: bool,
    mark: str | None,
) -> None:
    route_no = route_number(connection, status.route) if status.route else None
    after = (status.state, route_no)
    connection.execute(
        """UPDATE queue_items SET state = ?, route_no = ?, verdict = ?, outcome = ?, mark = ?
           WHERE queue_no = ? AND n = ?""",
        (
            status.state,
            route_no,
            status.verdict_id,
            status.outcome,
            "conflict" if status.is_conflict else None if mark == "conflict" else mark,
            queue_no,
            n,
        ),
    )
    lane = NO_LANE if is_claimed else lane_of(*after)
    ready.move(connection, queue_no, n, lane, status.barred[-1] if status.barred else "")
    if before != after:
        add_to_count(connection, queue_no, before[0], before[1], -1)
        add_to_count(connection, queue_no, status.state, route_no, 1)
    if before[0] == "held" or status.state == "held":
        connection.execute("DELETE FROM holds WHERE queue_no = ? AND n = ?", (queue_no, n))
    if status.state == "held":
        connection.execute(
            "INSERT INTO holds (queue_no, n, reviewer, wake_at) VALUES (?, ?, ?, ?)",
            (queue_no, n, status.holder, status.wake_at or ""),
        )
    connection.execute("DELETE FROM exclusions WHERE queue_no = ? AND n = ?", (queue_no, n))
    connection.executemany(
        "INSERT INTO exclusions (queue_no, n, reviewer) VALUES (?, ?, ?)",
        [(queue_no, n, reviewer) for reviewer in status.barred[:-1]],
    )


def _item(row: Sequence[object]) -> Item:
    values = list(row)
    values[8] = str(values[8]).lower()
    return Item(*values)  # type: ignore[arg-type]
