"""Claims: which session has which ad. An ad is never in two sessions at once, whatever queues it stands in."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from modtui.store import ready
from modtui.store.items import FIRST_ROUTE_LANE, NEW_LANE, NO_LANE, SECOND_LANE, Item, get_item, lane_of
from modtui.store.slices import Slice
from modtui.store.sqlite import Connection

CLAIM_MS = 30 * 60_000
ABANDONED_HOLD_MS = 24 * 3_600_000
"A held item that its holder has not taken for so long after it came back goes to anybody."


class Claim(Struct, frozen=True):
    """Who has an ad, and until when."""

    session: str
    reviewer: str
    claimed_at: str
    until: str


def open_session(connection: Connection, session: str, reviewer: str, now: str) -> None:
    """Make a session known, so that its claims can be freed when its process is gone."""
    pid = os.getpid()
    connection.execute(
        """INSERT INTO sessions (session, reviewer, host, boot, pid, pid_started, opened_at)
           VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session) DO NOTHING""",
        (session, reviewer, socket.gethostname(), _boot(), pid, _started(pid), now),
    )


def close_session(connection: Connection, session: str) -> None:
    """Free all claims of a session and forget it."""
    free_claims(connection, session)
    connection.execute("DELETE FROM sessions WHERE session = ?", (session,))


def claim_next(
    connection: Connection,
    *,
    queue_no: int,
    reviewer: str,
    session: str,
    now: str,
    until: str,
    slice_: Slice | None = None,
    route_no: int | None = None,
    exclude: Collection[int] = (),
    include_skipped: bool = False,
    after: int | None = None,
    abandoned: str = "",
) -> Item | None:
    """Claim the next ad of a queue for a session: what it holds that has come back, then what waits in order.

    With `route_no`, the escalated ads of that route instead. `exclude` are ad numbers passed over; `after` an order key
    to begin at, so that a slice that matches little is not searched from its start each time. Ads the reviewer skipped
    or judged already are given only with `include_skipped`, and those awaiting a second pair of eyes never.
    """
    free_lapsed(connection, now)
    ready.sort_small(connection, queue_no)
    place = _find(connection, queue_no, reviewer, now, slice_, route_no, exclude, after, abandoned)
    while place is None and ready.sort_run(connection, queue_no):
        place = _find(connection, queue_no, reviewer, now, slice_, route_no, exclude, after, abandoned)
    if place is None and free_dead(connection):
        place = _find(connection, queue_no, reviewer, now, slice_, route_no, exclude, after, abandoned)
    if place is None and include_skipped:
        place = _first(_skipped(connection, queue_no, reviewer, slice_), exclude)
    if place is None:
        return None
    n, ad_no = place
    _take(connection, ad_no, queue_no, n, session, reviewer, now, until)
    return get_item(connection, queue_no, n)


def claim_item(
    connection: Connection, *, queue_no: int, n: int, reviewer: str, session: str, now: str, until: str
) -> Item | None:
    """Claim one ad, whatever its state, or renew the claim on it. None when another session has it."""
    free_lapsed(connection, now)
    row = connection.execute("SELECT ad_no FROM queue_items WHERE queue_no = ? AND n = ?", (queue_no, n)).fetchone()
    if row is None:
        return None
    ad_no = row[0]
    claim = claim_of(connection, ad_no)
    if claim is not None and claim.session != session and free_dead(connection):
        claim = claim_of(connection, ad_no)
    if claim is not None and claim.session != session:
        return None
    if claim is not None:
        free_claim(connection, session, ad_no)
    _take(connection, ad_no, queue_no, n, session, reviewer, now, until)
    return get_item(connection, queue_no, n)


def claim_of(connection: Connection, ad_no: int) -> Claim | None:
    row = connection.execute(
        "SELECT session, reviewer, claimed_at, until FROM claims WHERE ad_no = ?", (ad_no,)
    ).fetchone()
    return Claim(*row) if row else None


def claimed_by(connection: Connection, session: str) -> set[int]:
    """The numbers of the ads a session has."""
    return {row[0] for row in connection.execute("SELECT ad_no FROM claims WHERE session = ?", (session,))}


def renew_claims(connection: Connection, session: str, until: str) -> int:
    """Put off the end of all claims of a session; how many it still has."""
    return int(connection.execute("UPDATE claims SET until = ? WHERE session = ?", (until, session)).rowcount)


def free_claim(connection: Connection, session: str, ad_no: int) -> bool:
    """Give an ad back, if it is this session's."""
    return _free(connection, "ad_no = ? AND session = ?", (ad_no, session)) > 0


def free_claims(connection: Connection, session: str) -> int:
    """Give back all ads of a session; how many they were."""
    return _free(connection, "session = ?", (session,))


def forget_all(connection: Connection) -> None:
    """Free all claims and forget all sessions: they are those of the file this one is a copy of."""
    _free(connection, "1", ())
    connection.execute("DELETE FROM sessions")


def free_lapsed(connection: Connection, now: str) -> int:
    """Give back the ads whose claims have run out."""
    return _free(connection, "until <= ?", (now,))


def free_dead(connection: Connection) -> int:
    """Give back the ads of processes of this machine that are gone, and forget their sessions."""
    freed = 0
    host, boot = socket.gethostname(), _boot()
    rows = connection.execute("SELECT session, boot, pid, pid_started FROM sessions WHERE host = ?", (host,)).fetchall()
    for session, session_boot, pid, started in rows:
        if session_boot != boot or _started(pid) != started:
            freed += free_claims(connection, session)
            connection.execute("DELETE FROM sessions WHERE session = ?", (session,))
    return freed


def _find(
    connection: Connection,
    queue_no: int,
    reviewer: str,
    now: str,
    slice_: Slice | None,
    route_no: int | None,
    exclude: Collection[int],
    after: int | None,
    abandoned: str,
) -> tuple[int, int] | None:
    held = _first(_held(connection, queue_no, reviewer, now, slice_, route_no, abandoned), exclude)
    if held is not None:
        return held
    lanes = (NEW_LANE, SECOND_LANE) if route_no is None else (FIRST_ROUTE_LANE + route_no,)
    best: tuple[int, int, int] | None = None
    for lane in lanes:
        for barred in _barred_names(connection, queue_no, lane):
            if barred == reviewer and barred:
                continue
            rows = _waiting(connection, queue_no, lane, barred, reviewer, slice_, after)
            found = next((row for row in rows if row[2] not in exclude), None)
            if found is not None and (best is None or found < best):
                best = found
    return (best[1], best[2]) if best else None


_BARRED = "SELECT barred FROM ready WHERE queue_no = ? AND lane = ?"


def _barred_names(connection: Connection, queue_no: int, lane: int) -> list[str]:
    """Who is kept from ads of a lane, the empty name (nobody) among them: one step in the index for each."""
    names: list[str] = []
    row = connection.execute(f"{_BARRED} ORDER BY barred LIMIT 1", (queue_no, lane)).fetchone()
    while row is not None:
        names.append(row[0])
        row = connection.execute(
            f"{_BARRED} AND barred > ? ORDER BY barred LIMIT 1", (queue_no, lane, row[0])
        ).fetchone()
    return names


def waiting_query(slice_: Slice | None, after: int | None) -> tuple[str, list[Any]]:
    """The query for the next items of a lane. Its parameters: queue, lane, barred name, those given here, reviewer."""
    where, values = slice_.conditions() if slice_ else ([], [])
    joins = "CROSS JOIN ads a ON a.ad_no = i.ad_no" if slice_ else ""
    if after is not None:
        where.insert(0, "r.order_key >= ?")
        values.insert(0, after)
    conditions = "".join(f" AND {condition}" for condition in where)
    sql = f"""SELECT r.order_key, r.n, i.ad_no
        FROM ready r CROSS JOIN queue_items i ON i.queue_no = r.queue_no AND i.n = r.n {joins}
        WHERE r.queue_no = ? AND r.lane = ? AND r.barred = ?{conditions}
        AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ad_no = i.ad_no)
        AND NOT EXISTS (SELECT 1 FROM exclusions e WHERE e.queue_no = i.queue_no AND e.n = i.n AND e.reviewer = ?)
        ORDER BY r.order_key, r.n"""
    return sql, values


def _waiting(
    connection: Connection,
    queue_no: int,
    lane: int,
    barred: str,
    reviewer: str,
    slice_: Slice | None,
    after: int | None,
) -> Iterator[tuple[int, int, int]]:
    sql, values = waiting_query(slice_, after)
    yield from connection.execute(sql, (queue_no, lane, barred, *values, reviewer))


def _held(
    connection: Connection,
    queue_no: int,
    reviewer: str,
    now: str,
    slice_: Slice | None,
    route_no: int | None,
    abandoned: str,
) -> Iterator[tuple[int, int]]:
    """Items whose time to come back is here: the reviewer's own, then those their holder has left lying.

    With a route, only the questions put to it; without one all of them.
    """
    where, values = slice_.conditions() if slice_ else ([], [])
    if route_no is not None:
        where, values = [*where, "i.route_no = ?"], [*values, route_no]
    conditions = "".join(f" AND {condition}" for condition in where)
    mine = ("h.reviewer = ? AND h.queue_no = ? AND h.wake_at <= ?", (reviewer, queue_no, now))
    # What another held may be kept from this reviewer: a second review of their own decision, or what they skipped.
    left = (
        """h.queue_no = ? AND h.wake_at <= ? AND i.barred <> ? AND NOT EXISTS
           (SELECT 1 FROM exclusions e WHERE e.queue_no = i.queue_no AND e.n = i.n AND e.reviewer = ?)""",
        (queue_no, abandoned, reviewer, reviewer),
    )
    for whose, parameters in (mine, left):
        # CROSS JOIN keeps the few held items in front; the planner has no statistics and would walk the queue.
        yield from connection.execute(
            f"""SELECT i.n, i.ad_no FROM holds h CROSS JOIN queue_items i ON i.queue_no = h.queue_no AND i.n = h.n
                CROSS JOIN ads a ON a.ad_no = i.ad_no WHERE {whose}{conditions}
                AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ad_no = i.ad_no) ORDER BY h.wake_at""",
            (*parameters, *values),
        )


def _skipped(connection: Connection, queue_no: int, reviewer: str, slice_: Slice | None) -> Iterator[tuple[int, int]]:
    """What the reviewer skipped and nobody has decided since, in order."""
    where, values = slice_.conditions() if slice_ else ([], [])
    conditions = "".join(f" AND {condition}" for condition in where)
    yield from connection.execute(
        f"""SELECT i.n, i.ad_no FROM ready r CROSS JOIN queue_items i ON i.queue_no = r.queue_no AND i.n = r.n
            CROSS JOIN ads a ON a.ad_no = i.ad_no
            WHERE r.queue_no = ? AND r.lane = {NEW_LANE}{conditions} AND (r.barred = ? OR EXISTS
            (SELECT 1 FROM exclusions e WHERE e.queue_no = i.queue_no AND e.n = i.n AND e.reviewer = ?))
            AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.ad_no = i.ad_no) ORDER BY r.order_key, r.n""",
        (queue_no, *values, reviewer, reviewer),
    )


def _first(rows: Iterator[tuple[int, int]], exclude: Collection[int]) -> tuple[int, int] | None:
    return next((row for row in rows if row[1] not in exclude), None)


def _take(
    connection: Connection, ad_no: int, queue_no: int, n: int, session: str, reviewer: str, now: str, until: str
) -> None:
    connection.execute(
        "INSERT INTO claims (ad_no, queue_no, n, session, reviewer, claimed_at, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (ad_no, queue_no, n, session, reviewer, now, until),
    )
    ready.move(connection, queue_no, n, NO_LANE)


def _free(connection: Connection, condition: str, parameters: tuple[object, ...]) -> int:
    rows = connection.execute(
        f"DELETE FROM claims WHERE {condition} RETURNING queue_no, n",
        parameters,
    ).fetchall()
    for queue_no, n in rows:
        state, route_no = connection.execute(
            "SELECT state, route_no FROM queue_items WHERE queue_no = ? AND n = ?", (queue_no, n)
        ).fetchone()
        ready.move(connection, queue_no, n, lane_of(state, route_no))
    return len(rows)


@cache
def _boot() -> str:
    """What tells one start of the machine from another; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process began, in ticks, so that a number used again is no mistake; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except OSError:
        pass
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"
