"""Leasing: what a reviewer has from the team is renewed, ended by decisions, given back on skip, and filled up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from modtui.domain.ad_normal import AdProblem, normal_payload
from modtui.domain.events import VERDICTS, Event, item_status, withdrawn
from modtui.files.ad_hash import content_hash
from modtui.files.ad_rows import ad_row
from modtui.files.strict_json import JsonProblem, parse_json
from modtui.remotes import postgres_leases as remote_leases
from modtui.remotes.postgres_leases import Closing, Lease, LeasedAd
from modtui.remotes.postgres_published import queue_settings
from modtui.services.clock import Clock, wall_clock
from modtui.services.importing import stored_row
from modtui.store import leases as store
from modtui.store.ad_rows import BATCH_ROWS, AdRow
from modtui.store.claims import claim_of
from modtui.store.event_log import EventLog
from modtui.store.leases import LocalLease
from modtui.store.sqlite import Connection as Reading
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace

if TYPE_CHECKING:
    from psycopg import Connection

LEASE_SECONDS = 30 * 60
"For somebody at the desk, whose app renews it; who goes offline says for how long."
UNREADABLE = "the ad cannot be read here"
SEEN = "what another said of it can be seen here"


class LeaseReport(Struct, frozen=True):
    """What became of the leases in one sync."""

    mine: int = 0
    "Leases this workspace has now."
    taken: int = 0
    closed: int = 0
    late: int = 0
    "Decisions that another had the ad by then: they are kept, and both stand."
    given_back: int = 0
    gone: int = 0
    "Lost to others, because they had lapsed."
    unreadable: int = 0
    open_left: int = 0
    "Pieces of work still open to somebody in the queues asked for: an empty hand is not an empty queue."


class _Seen(Struct):
    """What the events here say of each lease."""

    renewed: list[LocalLease]
    held: list[LocalLease]
    "Those of them that the reviewer holds."
    decided: list[tuple[LocalLease, Event]]
    skipped: list[tuple[LocalLease, str]]


def sync_leases(
    workspace: Workspace,
    connection: Connection,
    remote: str,
    reviewer: str,
    *,
    wanted: int,
    seconds: int = LEASE_SECONDS,
    queues: Collection[str] = (),
    labels: Collection[str] = (),
    clock: Clock = wall_clock,
) -> LeaseReport:
    """Bring the leases here and at the remote in line, then lease until `wanted` are at hand (0 takes none).

    To be called when what was decided is pushed: a lease ends with a decision that the remote has. Every step may be
    repeated, and one that was cut off is made good by the next call. Raises ModtuiError when the remote fails.
    """
    _reopen_undone(workspace, connection, remote, seconds, clock)
    with workspace.read() as reading:
        seen = _look(reading, store.leases_of(reading, remote))
    report = _end_decided(workspace, connection, seen.decided)
    given_back = _give_back(workspace, connection, seen.skipped)
    gone = _renew(workspace, connection, seen.renewed, seconds, clock)
    at_hand = len(seen.renewed) - gone
    taken, unreadable = 0, 0
    names = [name for name in queue_settings(connection) if not queues or name in queues]
    for name in names:
        if at_hand + taken >= wanted:
            break
        leased = remote_leases.take(connection, reviewer, name, wanted - at_hand - taken, seconds)
        stored, bad = _store(workspace, connection, remote, reviewer, leased, labels, clock)
        taken += stored
        unreadable += bad
    workspace.writer.call(lambda tx: store.lock_away_gone(tx.connection, remote))
    left = sum(each.open for each in remote_leases.queue_states(connection) if each.queue in names) if wanted else 0
    return LeaseReport(at_hand + taken, taken, report[0], report[1], given_back, gone, unreadable, left)


def return_all(workspace: Workspace, connection: Connection, remote: str) -> int:
    """Give back whatever is leased and not decided; how many. This reviewer may get them again."""
    with workspace.read() as reading:
        seen = _look(reading, store.leases_of(reading, remote))
    _end_decided(workspace, connection, seen.decided)
    for reviewer, leases in _by_reviewer(seen.renewed):
        remote_leases.give_back(connection, reviewer, [_remote(each) for each in leases])

    def lose(tx: Transaction) -> int:
        count = store.lose_leases(tx.connection, seen.renewed)
        store.lock_away_gone(tx.connection, remote)
        return count

    return workspace.writer.call(lose) + _give_back(workspace, connection, seen.skipped)


def return_undecided(workspace: Workspace, connection: Connection, remote: str, clock: Clock = wall_clock) -> int:
    """Give back what is leased for somebody at the desk and is not decided, as they leave it; how many.

    Kept are what they hold or skipped, what a session has on its desk, and what was taken for longer, to go offline
    with: that ends by its time. This reviewer may get the others again.
    """
    soon = utc_text(clock() + LEASE_SECONDS * 1000)
    with workspace.read() as reading:
        seen = _look(reading, store.leases_of(reading, remote))
        left = [
            lease
            for lease in seen.renewed
            if lease.until <= soon and lease not in seen.held and claim_of(reading, lease.ad_no) is None
        ]
    for reviewer, leases in _by_reviewer(left):
        remote_leases.give_back(connection, reviewer, [_remote(each) for each in leases])

    def lose(tx: Transaction) -> int:
        count = store.lose_leases(tx.connection, left)
        store.lock_away_gone(tx.connection, remote)
        return count

    return workspace.writer.call(lose)


def _look(reading: Reading, leases: Sequence[LocalLease]) -> _Seen:
    seen = _Seen([], [], [], [])
    for lease in leases:
        events = EventLog().of_ad(reading, lease.ad_no)
        gone = withdrawn(events)
        own = [
            event
            for event in events
            if event.actor == lease.reviewer
            and event.id not in gone
            and event.subject is not None
            and event.subject.content_hash == lease.content_hash
            and event.body.get("queue") == lease.queue
        ]
        verdict = next((event for event in reversed(own) if event.kind in VERDICTS), None)
        if verdict is None and not (own and own[-1].kind == "skip"):
            verdict = _settled_by(lease, events)
        if verdict is not None:
            seen.decided.append((lease, verdict))
        elif own and own[-1].kind == "skip":
            seen.skipped.append((lease, str(own[-1].body.get("reason", ""))))
        else:
            seen.renewed.append(lease)
            seen.held += [lease] if own and own[-1].kind == "hold" else []
    return seen


def _settled_by(lease: LocalLease, events: Sequence[Event]) -> Event | None:
    """The verdict of another that leaves nothing to review: an adjudication, or a decision that came late."""
    status = item_status(events, lease.queue, lease.content_hash)
    if status.state in ("new", "held", "second_review"):
        return None
    return next((event for event in events if event.id == status.verdict_id), None)


def _end_decided(
    workspace: Workspace, connection: Connection, decided: Sequence[tuple[LocalLease, Event]]
) -> tuple[int, int]:
    """End leases by their decisions; how many, and how many of them came late."""
    late = 0
    of_lease = {id(lease): event for lease, event in decided}
    for reviewer, leases in _by_reviewer([lease for lease, _ in decided]):
        closings = [_closing(lease, of_lease[id(lease)]) for lease in leases]
        late += len(remote_leases.close(connection, reviewer, closings))
    ended = [(lease, event.id) for lease, event in decided]
    if ended:
        workspace.writer.call(lambda tx: store.close_leases(tx.connection, ended))
    return len(decided), late


def _closing(lease: LocalLease, event: Event) -> Closing:
    # Of two who judge one ad alone each is the other's second pair of eyes.
    needs_another = event.body.get("state") == "second_review" and not lease.is_blind
    return Closing(_remote(lease), event.id, event.stream, event.seq, needs_another)


def _give_back(workspace: Workspace, connection: Connection, skipped: Sequence[tuple[LocalLease, str]]) -> int:
    for lease, reason in skipped:
        remote_leases.give_back(connection, lease.reviewer, [_remote(lease)], reason)
    return workspace.writer.call(lambda tx: store.lose_leases(tx.connection, [lease for lease, _ in skipped]))


def _renew(
    workspace: Workspace, connection: Connection, leases: Sequence[LocalLease], seconds: int, clock: Clock
) -> int:
    """Renew what is not decided yet; how many turn out to be others' now."""
    until = utc_text(clock() + seconds * 1000)
    kept: set[Lease] = set()
    for reviewer, own in _by_reviewer(leases):
        kept |= remote_leases.renew(connection, reviewer, [_remote(each) for each in own], seconds)
    lost = [lease for lease in leases if _remote(lease) not in kept]
    renewed = [lease for lease in leases if _remote(lease) in kept and lease.until < until]

    def note(tx: Transaction) -> int:
        store.renew_leases(tx.connection, renewed, until)
        return store.lose_leases(tx.connection, lost)

    return workspace.writer.call(note)


def _reopen_undone(workspace: Workspace, connection: Connection, remote: str, seconds: int, clock: Clock) -> None:
    """Take leases back whose decisions were undone after they had been sent."""
    with workspace.read() as reading:
        undone = store.closed_and_undone(reading, remote)
        again = _look(reading, undone)
    if not undone:
        return
    for lease in again.renewed:
        closing = Closing(_remote(lease), lease.event_id or "", "", 0)
        remote_leases.reopen(connection, lease.reviewer, [closing], seconds)
    until = utc_text(clock() + seconds * 1000)
    # Those that another decided meanwhile are found gone by the renewal that follows.
    replaced = [(lease, event.id) for lease, event in again.decided]

    def note(tx: Transaction) -> None:
        store.renew_leases(tx.connection, again.renewed, until)
        store.close_leases(tx.connection, replaced)

    workspace.writer.call(note)


def _store(
    workspace: Workspace, connection: Connection, remote: str, reviewer: str, leased: Sequence[LeasedAd],
    labels: Collection[str], clock: Clock,
) -> tuple[int, int]:  # fmt: skip
    """Put leased ads into their queues here; how many, and how many are none that can be read.

    Those go back, not to be given here again; so do those to be judged alone of which more is known here already.
    """
    with workspace.read() as reading:
        told = [each for each in leased if each.is_blind and store.others_have_told(reading, each.source, each.ad_id)]
    remote_leases.give_back(connection, reviewer, [each.lease for each in told], SEEN)
    rows = [(each, _row(each, labels)) for each in leased if each not in told]
    readable = [(each, row) for each, row in rows if row is not None]
    bad = [each.lease for each, row in rows if row is None]
    remote_leases.give_back(connection, reviewer, bad, UNREADABLE)
    for start in range(0, len(readable), BATCH_ROWS):
        batch = readable[start : start + BATCH_ROWS]
        workspace.writer.call(lambda tx, batch=batch: _keep(tx, remote, reviewer, batch, clock))  # type: ignore[misc]
    return len(readable), len(bad)


def _keep(tx: Transaction, remote: str, reviewer: str, batch: Sequence[tuple[LeasedAd, AdRow]], clock: Clock) -> None:
    now_ms = clock()
    for queue in {each.queue for each, _ in batch}:
        tx.create_queue(queue, utc_text(now_ms))
        tx.store_ads(queue, [row for each, row in batch if each.queue == queue], now_ms)
    for each, row in batch:
        until = utc_text(now_ms + each.seconds_left * 1000)
        lease = each.lease
        store.keep_lease(
            tx.connection, remote, reviewer, (lease.item, lease.slot, lease.token), each.queue, (row.source, row.id),
            row.content_hash, until, is_blind=each.is_blind,
        )  # fmt: skip


def _row(leased: LeasedAd, labels: Collection[str]) -> AdRow | None:
    """The ad of a row of the remote, read like one of a file: it is as untrusted."""
    try:
        value, is_checked = parse_json(leased.payload.encode("utf-8", "surrogatepass"))
        groups = frozenset(str(each) for each in value.get("markets") or ())
        payload = normal_payload(value, source=leased.source, known_groups=groups, text_is_checked=is_checked)
    except (JsonProblem, AdProblem, AttributeError, TypeError):
        return None
    digest = content_hash(payload)
    if payload["id"] != leased.ad_id or digest != leased.content_hash:
        return None
    return stored_row(ad_row(0, payload, digest), labels)


def _by_reviewer(leases: Sequence[LocalLease]) -> Iterator[tuple[str, list[LocalLease]]]:
    for reviewer in dict.fromkeys(lease.reviewer for lease in leases):
        yield reviewer, [lease for lease in leases if lease.reviewer == reviewer]


def _remote(lease: LocalLease) -> Lease:
    return Lease(lease.item, lease.slot, lease.token)
