"""What may be done inside one writing transaction. A decision is a handful of these, committed together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from modtui.domain.events import VERDICTS, Entry, Event
from modtui.store import ad_import, catalogs, claims, items, local_rows, queues, ready, search, standing, worklists
from modtui.store.ad_rows import BATCH_ROWS, AdRow, ImportCounts, never
from modtui.store.errors import EventRefused
from modtui.store.event_log import EventLog, event_number
from modtui.store.slices import Slice
from modtui.store.sqlite import Connection
from modtui.store.times import utc_ms, utc_text

_ENDS_CLAIM = (*VERDICTS, "hold", "skip")


class Transaction:
    """Handed to a function by the writer; good until that function returns. `connection` is for reads within it."""

    def __init__(
        self, connection: Connection, stream_no: int, runs: ready.Runs, is_wanted: Callable[[], bool] = never
    ) -> None:
        self.connection = connection
        self.is_wanted = is_wanted
        "Whether a decision or another process waits for this transaction to end."
        self._runs = runs
        self.stream_no = stream_no
        self.event_ids: list[str] = []
        "Of the events appended, by which a commit of unknown outcome is settled."

    def append_event(self, entry: Entry, *, session: str | None = None, active_ms: int | None = None) -> Event:
        """Append an event, and with it change the state of the item it speaks of (`domain.events.item_status`).

        A verdict, hold or skip frees the session's claim on the ad; a verdict deletes its author's draft. The same
        entry again changes nothing. Raises EventRefused for an unknown ad or an id that stands for other content.
        """
        connection = self.connection
        ad_no = None
        if entry.subject is not None:
            ad_no = items.ad_number(connection, entry.subject.source, entry.subject.ad_id)
            if ad_no is None:
                raise EventRefused(
                    "Event refused", f"The workspace has no ad {entry.subject.ad_id!r}.", "Import it first."
                )
        event, is_new = EventLog().append(connection, self.stream_no, entry, ad_no)
        self.event_ids.append(event.id)
        if not is_new:
            return event
        event_no = event_number(self.stream_no, event.seq)
        if session is not None or active_ms is not None:
            local_rows.add_event_locals(connection, event_no, session, active_ms)
        connection.executemany(
            "INSERT INTO supersessions (target, event_no) VALUES (?, ?)",
            [(target, event_no) for target in event.supersedes],
        )
        if event.kind == "retraction":
            standing.free_replaced(connection, event.supersedes)
        if ad_no is not None:
            if session is not None and event.kind in _ENDS_CLAIM:
                claims.free_claim(connection, session, ad_no)
            if event.kind in VERDICTS:
                local_rows.delete_draft(connection, ad_no, event.actor)
            if event.supersedes or event.kind in (*_ENDS_CLAIM, "release"):
                events = EventLog().of_ad(connection, ad_no)
                items.refresh(connection, ad_no, events, keep_mark=event.kind not in VERDICTS)
        return event

    def open_session(self, session: str, reviewer: str, now: str) -> None:
        claims.open_session(self.connection, session, reviewer, now)

    def close_session(self, session: str) -> None:
        claims.close_session(self.connection, session)

    def claim_next(
        self,
        queue: str | None,
        *,
        reviewer: str,
        session: str,
        now: str,
        slice_: Slice | None = None,
        route: str | None = None,
        exclude: Collection[int] = (),
        include_skipped: bool = False,
        after: int | None = None,
    ) -> items.Item | None:
        """Claim the next ad of a queue for 30 minutes; with `route` the next one escalated there, in any queue if None.

        None when nothing is left for this reviewer. See `claims.claim_next` for the rest.
        """
        connection = self.connection
        route_no = None if route is None else queues.route_number(connection, route)
        names = [queue] if queue is not None else [found.name for found in queues.list_queues(connection)]
        for name in names:
            item = claims.claim_next(
                connection,
                queue_no=queues.get_queue(connection, name).queue_no,
                reviewer=reviewer,
                session=session,
                now=now,
                until=_later(now, claims.CLAIM_MS),
                slice_=slice_,
                route_no=route_no,
                exclude=exclude,
                include_skipped=include_skipped,
                after=after,
                abandoned=_later(now, -claims.ABANDONED_HOLD_MS),
            )
            if item is not None:
                return item
        return None

    def claim_item(self, queue: str, n: int, *, reviewer: str, session: str, now: str) -> items.Item | None:
        """Claim the ad at a place of a queue, in whatever state it is. None when another session has it."""
        return claims.claim_item(
            self.connection,
            queue_no=queues.get_queue(self.connection, queue).queue_no,
            n=n,
            reviewer=reviewer,
            session=session,
            now=now,
            until=_later(now, claims.CLAIM_MS),
        )

    def renew_claims(self, session: str, now: str) -> int:
        """Thirty minutes from now for all claims of a session; how many it still has."""
        return claims.renew_claims(self.connection, session, _later(now, claims.CLAIM_MS))

    def claimed_by(self, session: str) -> set[int]:
        """The numbers of the ads a session has."""
        return claims.claimed_by(self.connection, session)

    def free_claim(self, session: str, ad_no: int) -> bool:
        return claims.free_claim(self.connection, session, ad_no)

    def free_claims(self, session: str) -> int:
        return claims.free_claims(self.connection, session)

    def free_dead_claims(self) -> int:
        return claims.free_dead(self.connection)

    def create_queue(self, name: str, now: str, settings: Mapping[str, Any] | None = None) -> queues.Queue:
        return queues.create_queue(self.connection, name, now, settings)

    def store_ads(self, queue: str, rows: Sequence[AdRow], now_ms: int) -> ImportCounts:
        """Store at most 500 ads; the caller makes a transaction of each batch, so that no decision waits long."""
        return self._store(queue, rows, now_ms, never)[0]

    def store_some(self, queue: str, rows: Sequence[AdRow], now_ms: int) -> tuple[ImportCounts, Sequence[AdRow]]:
        """Store at most 500 ads, but break off when somebody waits; the rest is for the next transaction."""
        return self._store(queue, rows, now_ms, self.is_wanted)

    def _store(
        self, queue: str, rows: Sequence[AdRow], now_ms: int, is_wanted: Callable[[], bool]
    ) -> tuple[ImportCounts, Sequence[AdRow]]:
        if len(rows) > BATCH_ROWS:
            raise ValueError(f"a batch holds at most {BATCH_ROWS} ads")
        found = queues.get_queue(self.connection, queue)
        counts, rest = ad_import.store_ads(self.connection, found, rows, now_ms, is_wanted)
        if not rest:
            ready.sort_some(self.connection, found.queue_no, self._runs, is_last=False)
        return counts, rest

    def add_to_worklist(self, queue: queues.Queue, rows: Sequence[worklists.WorklistRow], now_ms: int) -> int:
        """Put ads of the workspace into a queue to be looked at again; how many are new there."""
        return worklists.add_to_worklist(self.connection, queue, rows, now_ms)

    def sort_some(self) -> bool:
        """Put some imported items where claims look for them; whether more wait. The writer does it when it is idle."""
        waiting = ready.unsorted_queues(self.connection)
        for queue_no in waiting:
            ready.sort_some(self.connection, queue_no, self._runs, is_last=True)
        return bool(waiting)

    def index_next(self, extract: Callable[[str], str] = search.ad_text, batch: int = search.BATCH_ADS) -> int:
        return search.index_next(self.connection, extract, batch, self.is_wanted)

    def store_catalog(self, digest: str, catalog_id: str, version: str, document: str, now: str) -> bool:
        return catalogs.store_catalog(self.connection, digest, catalog_id, version, document, now)

    def keep_ready_catalog(self, digest: str, shape: int, text: str) -> None:
        catalogs.keep_ready(self.connection, digest, shape, text)

    def save_draft(self, ad_no: int, reviewer: str, content_hash: str, body: Mapping[str, Any], now: str) -> None:
        local_rows.save_draft(self.connection, ad_no, reviewer, content_hash, body, now)

    def delete_draft(self, ad_no: int, reviewer: str) -> None:
        local_rows.delete_draft(self.connection, ad_no, reviewer)

    def set_setting(self, name: str, value: Any) -> None:
        local_rows.set_setting(self.connection, name, value)

    def set_mark(self, name: str, value: int) -> None:
        local_rows.set_mark(self.connection, name, value)


def _later(now: str, by_ms: int) -> str:
    moment = utc_ms(now)
    if moment is None:
        raise ValueError(f"no time: {now!r}")
    return utc_text(moment + by_ms)
