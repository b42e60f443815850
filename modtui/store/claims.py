"""Claims: which session has which ad. An ad is never in two sessions at once, whatever queues it stands in."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection
from functools import cache
from pathlib import Path

from msgspec import Struct

from modtui.store import ready
from modtui.store.items import NO_LANE, Item, get_item, lane_of
from modtui.store.slices import Slice
from modtui.store.sqlite import Connection
from modtui.store.waiting import find_skipped, find_waiting

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
    place = find_waiting(connection, queue_no, reviewer, now, slice_, route_no, exclude, after, abandoned)
    while place is None and ready.sort_run(connection, queue_no):
        place = find_waiting(connection, queue_no, reviewer, now, slice_, route_no, exclude, after, abandoned)
    if place is None and free_dead(connection):
        place = find_waiting(connection, queue_no, reviewer, now, slice_, route_no, exclude, after, abandoned)
    if place is None and include_skipped:
        place = find_skipped(connection, queue_no, reviewer, slice_, exclude)
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
