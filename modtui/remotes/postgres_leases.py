"""Leases: who has which piece of the team's work and until when, by the server's clock alone.

A piece of work is one review of one ad. Each time it is leased its token rises by one; who comes with an older token
comes late, and neither renews nor closes what another has now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from modtui.remotes.postgres_connection import transact

if TYPE_CHECKING:
    from psycopg import Connection

USUAL_CAP = 200
"Ads a reviewer may have at a time when the lead has said nothing of them."
LAPSED_AT_ONCE = 1_000


class Lease(Struct, frozen=True):
    """A piece of work that is a reviewer's for now."""

    item: str
    slot: int
    token: int


class LeasedAd(Struct, frozen=True):
    """What was taken: the lease, and the ad to be stored in the workspace."""

    lease: Lease
    queue: str
    source: str
    ad_id: str
    content_hash: str
    payload: str
    is_blind: bool
    "Another reviews the same ad, and neither may see what the other said until both are in."
    seconds_left: int
    "By the server's clock when it was taken."


class Closing(Struct, frozen=True):
    """A decision that ends a lease, with its place among the events, where the server must have it already.

    A stream that had to be sent under a name of its own (`domain.streams`) counts as well.
    """

    lease: Lease
    event_id: str
    stream: str
    seq: int
    needs_another: bool = False
    "It waits for a second reviewer: the work is open again, to others."


class QueueState(Struct, frozen=True):
    """How much of a published queue is open, leased and done, in pieces of work."""

    queue: str
    open: int
    leased: int
    done: int


def take(
    connection: Connection, reviewer: str, queue: str, wanted: int, seconds: int, *, cap: int = USUAL_CAP
) -> list[LeasedAd]:
    """Lease up to so many ads of a queue, the most urgent first, that this reviewer may have and nobody else has."""

    def run(within: Connection) -> list[LeasedAd]:
        room = _room(within, reviewer, cap)
        least = min(wanted, room.free)
        if least <= 0:
            return []
        routing, values = room.routing()
        rows = within.execute(
            f"""WITH pick AS (
                SELECT w.item, w.slot FROM modtui.work w
                WHERE w.queue = %(queue)s AND w.state = 'open'
                AND NOT EXISTS (SELECT 1 FROM modtui.passes p WHERE p.item = w.item AND p.reviewer = %(reviewer)s)
                AND NOT EXISTS (SELECT 1 FROM modtui.work o WHERE o.item = w.item AND o.slot <> w.slot AND
                    (o.state <> 'open' AND o.holder = %(reviewer)s OR o.state = 'open' AND o.slot < w.slot)){routing}
                ORDER BY w.order_key, w.place, w.item, w.slot LIMIT %(least)s FOR UPDATE OF w SKIP LOCKED)
            UPDATE modtui.work AS w SET state = 'leased', holder = %(reviewer)s, token = w.token + 1,
                leased_until = clock_timestamp() + %(seconds)s * interval '1 second'
            FROM pick, modtui.ads a WHERE w.item = pick.item AND w.slot = pick.slot AND a.item = w.item
            RETURNING w.item, w.slot, w.token, w.queue, a.source, a.ad_id, a.content_hash, a.payload, w.is_blind,
                w.order_key, w.place""",  # noqa: S608 - the routing is our own words
            {"queue": queue, "reviewer": reviewer, "least": least, "seconds": seconds} | values,
        ).fetchall()
        rows.sort(key=lambda row: (row[9], row[10], row[0]))
        return [_leased_ad(row, seconds) for row in rows]

    return transact(connection, run)


def _leased_ad(row: Sequence[Any], seconds: int) -> LeasedAd:
    item, slot, token, queue, source, ad_id, content_hash, payload, is_blind, *_ = row
    return LeasedAd(Lease(item, slot, token), queue, source, ad_id, content_hash, payload, is_blind, seconds)


class _Room(Struct, frozen=True):
    """What a reviewer may take: how many more, and which."""

    free: int
    profile: tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]
    "Markets, languages, families, skills."

    def routing(self) -> tuple[str, dict[str, Any]]:
        """Conditions on `work w`: a market and a policy family in common, and every language and skill the ad asks for.

        What the lead left empty of a reviewer restricts nothing, but for skills: who has none is given nothing that
        asks for one. What an ad does not say matches everybody.
        """
        names = ("markets", "languages", "families", "skills")
        values = {name: list(value) for name, value in zip(names, self.profile, strict=True) if value}
        words = [
            f" AND w.{name} <@ %({name})s"
            if name in ("languages", "skills")
            else f" AND (w.{name} = '{{}}' OR w.{name} && %({name})s)"
            for name in values
        ]
        if "skills" not in values:
            words.append(" AND w.skills = '{}'")
        return "".join(words), values


def _room(connection: Connection, reviewer: str, cap: int) -> _Room:
    """Free what has lapsed, and count what the reviewer may still take.

    The reviewer's seat is locked first: two devices of one person take turns, and a cap is a cap.
    """
    connection.execute(
        """INSERT INTO modtui.seats (reviewer) VALUES (%s)
           ON CONFLICT (reviewer) DO UPDATE SET seen_at = clock_timestamp()""",
        (reviewer,),
    )
    connection.execute(
        """WITH lapsed AS (SELECT item, slot FROM modtui.work
               WHERE state = 'leased' AND leased_until < clock_timestamp() LIMIT %s FOR UPDATE SKIP LOCKED)
           UPDATE modtui.work AS w SET state = 'open' FROM lapsed
           WHERE w.item = lapsed.item AND w.slot = lapsed.slot""",
        (LAPSED_AT_ONCE,),
    )
    row = connection.execute(
        """SELECT (SELECT count(*) FROM modtui.work WHERE holder = %(reviewer)s AND state = 'leased'),
           p.cap, p.markets, p.languages, p.families, p.skills
           FROM (SELECT 1) AS one LEFT JOIN modtui.people p ON p.name = %(reviewer)s""",
        {"reviewer": reviewer},
    ).fetchone()
    assert row is not None
    held, stated = row[0], row[1]
    markets, languages, families, skills = (each or () for each in row[2:])
    return _Room((cap if stated is None else stated) - held, (markets, languages, families, skills))


_GIVEN = "unnest(%(items)s::text[], %(slots)s::int[], %(tokens)s::bigint[]) AS g (item, slot, token)"


def _given(leases: Sequence[Lease], **others: Any) -> dict[str, Any]:
    return {
        "items": [lease.item for lease in leases],
        "slots": [lease.slot for lease in leases],
        "tokens": [lease.token for lease in leases],
    } | others


def renew(connection: Connection, reviewer: str, leases: Sequence[Lease], seconds: int) -> set[Lease]:
    """Put off the end of leases; those still the reviewer's. One that lapsed and nobody took is theirs again.

    One that was taken for longer, to go offline with, is not made shorter; by the server's clock, as all else.
    """
    if not leases:
        return set()

    def run(within: Connection) -> set[Lease]:
        rows = within.execute(
            f"""UPDATE modtui.work AS w SET state = 'leased',
                    leased_until = greatest(w.leased_until, clock_timestamp() + %(seconds)s * interval '1 second')
                FROM {_GIVEN} WHERE w.item = g.item AND w.slot = g.slot AND w.token = g.token
                AND w.holder = %(reviewer)s AND w.state IN ('leased', 'open')
                RETURNING w.item, w.slot, w.token""",  # noqa: S608
            _given(leases, reviewer=reviewer, seconds=seconds),
        ).fetchall()
        return {Lease(*row) for row in rows}

    return transact(connection, run)


def give_back(connection: Connection, reviewer: str, leases: Sequence[Lease], reason: str | None = None) -> int:
    """Open work to others again; how much. With a reason it is a skip: this reviewer does not get the ads again."""
    if not leases:
        return 0

    def run(within: Connection) -> int:
        given = _given(leases, reviewer=reviewer, reason=reason)
        if reason is not None:
            within.execute(
                f"""INSERT INTO modtui.passes (item, reviewer, reason)
                    SELECT DISTINCT g.item, %(reviewer)s::text, %(reason)s::text FROM {_GIVEN}
                    ON CONFLICT (item, reviewer) DO NOTHING""",  # noqa: S608
                given,
            )
        # The token rises, so that a decision that was on its way when the ad was given back comes late.
        return within.execute(
            f"""UPDATE modtui.work AS w SET state = 'open', holder = NULL, token = w.token + 1
                FROM {_GIVEN} WHERE w.item = g.item AND w.slot = g.slot AND w.token = g.token
                AND w.holder = %(reviewer)s AND w.state IN ('leased', 'open')""",  # noqa: S608
            given,
        ).rowcount

    return transact(connection, run)


def close(connection: Connection, reviewer: str, closings: Sequence[Closing]) -> set[Lease]:
    """End leases with the decisions that were made on them; those that came late, because another has the work now.

    A late decision is kept like any other and noted as late. One whose event the server does not have closes nothing
    and is not noted: it goes again with the next sync. Repeating changes nothing.
    """
    if not closings:
        return set()

    def run(within: Connection) -> set[Lease]:
        given = _given([each.lease for each in closings], reviewer=reviewer)
        given["events"] = [each.event_id for each in closings]
        given["streams"] = [each.stream for each in closings]
        given["seqs"] = [each.seq for each in closings]
        there = """unnest(%(items)s::text[], %(slots)s::int[], %(tokens)s::bigint[], %(events)s::text[],
            %(streams)s::text[], %(seqs)s::bigint[]) AS g (item, slot, token, event_id, stream, seq)
            JOIN modtui.streams s ON s.stream = g.stream OR s.stream LIKE g.stream || '~%%'
            JOIN modtui.events e ON e.stream = s.stream AND e.seq = g.seq AND e.id = g.event_id"""
        within.execute(
            f"""UPDATE modtui.work AS w SET state = 'done', closed_by = g.event_id, closed_at = clock_timestamp()
                FROM {there} WHERE w.item = g.item AND w.slot = g.slot AND w.token = g.token
                AND w.holder = %(reviewer)s AND w.state IN ('leased', 'open')""",  # noqa: S608
            given,
        )
        _open_to_others(within, reviewer, [each for each in closings if each.needs_another])
        late = f"{there} JOIN modtui.work w ON w.item = g.item AND w.slot = g.slot"
        missed = """w.closed_by IS DISTINCT FROM g.event_id AND NOT EXISTS (SELECT 1 FROM modtui.passes p
            WHERE p.item = g.item AND p.reviewer = %(reviewer)s AND p.reason = g.event_id)"""
        within.execute(
            f"""INSERT INTO modtui.late (item, slot, event_id, token, reviewer)
                SELECT g.item, g.slot, g.event_id, g.token, %(reviewer)s::text FROM {late} WHERE {missed}
                ON CONFLICT (event_id, item, slot) DO NOTHING""",  # noqa: S608
            given,
        )
        rows = within.execute(
            f"SELECT g.item, g.slot, g.token FROM {late} WHERE {missed}",  # noqa: S608
            given,
        ).fetchall()
        return {Lease(*row) for row in rows}

    return transact(connection, run)


def _open_to_others(connection: Connection, reviewer: str, closings: Sequence[Closing]) -> None:
    """Of what was just ended, open again what waits for a second reviewer; the first is passed over from then on."""
    if not closings:
        return
    given = {"items": [each.lease.item for each in closings], "events": [each.event_id for each in closings]}
    rows = connection.execute(
        """UPDATE modtui.work SET state = 'open', holder = NULL, closed_by = NULL, closed_at = NULL, token = token + 1
           WHERE item = ANY(%(items)s) AND closed_by = ANY(%(events)s) RETURNING item""",
        given,
    ).fetchall()
    opened = {item for (item,) in rows}
    for each in closings:
        if each.lease.item in opened:
            connection.execute(
                """INSERT INTO modtui.passes (item, reviewer, reason) VALUES (%s, %s, %s)
                   ON CONFLICT (item, reviewer) DO NOTHING""",
                (each.lease.item, reviewer, each.event_id),
            )


def reopen(connection: Connection, reviewer: str, closings: Sequence[Closing], seconds: int) -> int:
    """Take back the end of leases whose decisions were undone: the work is the reviewer's again; how much of it."""
    if not closings:
        return 0

    def run(within: Connection) -> int:
        return within.execute(
            f"""UPDATE modtui.work AS w SET state = 'leased', closed_by = NULL, closed_at = NULL,
                    leased_until = clock_timestamp() + %(seconds)s * interval '1 second'
                FROM {_GIVEN} WHERE w.item = g.item AND w.slot = g.slot AND w.token = g.token
                AND w.holder = %(reviewer)s AND w.state = 'done' AND w.closed_by = ANY(%(events)s)""",  # noqa: S608
            _given(
                [each.lease for each in closings],
                reviewer=reviewer,
                seconds=seconds,
                events=[each.event_id for each in closings],
            ),
        ).rowcount

    return transact(connection, run)


def queue_states(connection: Connection) -> list[QueueState]:
    """All published queues by name. What has lapsed counts as open."""
    rows = connection.execute(
        """SELECT q.name,
             count(*) FILTER (WHERE w.state = 'open' OR w.state = 'leased' AND w.leased_until < clock_timestamp()),
             count(*) FILTER (WHERE w.state = 'leased' AND w.leased_until >= clock_timestamp()),
             count(*) FILTER (WHERE w.state = 'done')
           FROM modtui.queues q LEFT JOIN modtui.work w ON w.queue = q.name GROUP BY q.name ORDER BY q.name"""
    ).fetchall()
    return [QueueState(*row) for row in rows]
