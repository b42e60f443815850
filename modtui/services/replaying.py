"""Replaying: every decision in force held against another version of the catalog, page by page, in flat memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

import msgspec
import orjson
from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.facts import is_under
from modtui.domain.markets import country_of, expand
from modtui.domain.past_decisions import PastDecision
from modtui.domain.replay import Replay, Verdict
from modtui.domain.touched import Touched
from modtui.errors import ModtuiError
from modtui.services.catalogs import rulebook_with_hash
from modtui.services.clock import Clock, wall_clock
from modtui.services.exporting import moment_ms
from modtui.services.replay_report import ReplayReport, Sample, policies_of, policy_id_of, verdict_words
from modtui.store.event_log import FIRST_OF_ALL
from modtui.store.past_decisions import PastRow, count_verdicts, decisions_in_force, payload_with
from modtui.store.queues import Queue, find_queue
from modtui.store.sqlite import Connection
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.worklists import WorklistRow
from modtui.store.workspace import Workspace

PAGE = 500
"Decisions read, and ads put into a worklist, at once."
MOST_CATALOGS = 16
"Old versions of the catalog that are held at a time."
FLIPPED, LIT, STALE, SHOWN = "flipped", "lit", "stale", "shown"
PRIORITIES = {FLIPPED: 90, LIT: 80, STALE: 60, SHOWN: 40}
"What puts an ad into a worklist, and how soon it comes there."
UNREADABLE, NO_CATALOG, NO_AD = "not in a form we read", "its catalog is not here", "its ad is not here"


class ReplayOrder(Struct, frozen=True):
    """What to replay, and what to tell of."""

    since: str | None = None
    "A date or time; decisions from then on."
    as_of: str | None = None
    "ISO date by which all are ruled; None for each decision's own day."
    policies: tuple[str, ...] = ()
    "Ids, or the first words of dotted ones; only what they do is told."
    markets: tuple[str, ...] = ()
    "Codes or groups of the new catalog; the same."
    samples: int = 5
    "Ads shown of each kind."
    worklist: str | None = None
    "The queue to put the ads into."
    kinds: tuple[str, ...] = tuple(PRIORITIES)
    "What puts an ad into the worklist."


class ReplayProgress(Struct, frozen=True):
    """How far a replay got."""

    done: int
    total: int
    "Verdicts in the log, those among them that do not stand any more."
    flipped: int
    asked: int


class _Subject(Struct, frozen=True):
    content_hash: str


class _Document(Struct, frozen=True):
    """What of an event's document is read."""

    body: PastDecision
    subject: _Subject
    catalog_hash: str


class _NoAdError(Exception):
    """The content a decision speaks of is not in the workspace."""


_READ = msgspec.json.Decoder(_Document)


def replay_decisions(
    workspace: Workspace,
    new: Catalog,
    order: ReplayOrder,
    *,
    on_progress: Callable[[ReplayProgress], None] | None = None,
    clock: Clock = wall_clock,
) -> ReplayReport:
    """Replay the decisions in force under a new catalog. Raises ModtuiError for a time or worklist that cannot be."""
    run = _Run(workspace, new, order, clock)
    since_ms = None if order.since is None else moment_ms(order.since)
    started = time.perf_counter()
    with workspace.read() as connection:
        total = count_verdicts(connection, since_ms)
        after, passed = FIRST_OF_ALL, 0
        while rows := decisions_in_force(connection, after, PAGE, since_ms):
            for row in rows:
                run.take(connection, row)
            after, passed = rows[-1].event_no, passed + len(rows)
            run.put_away()
            if on_progress is not None:
                on_progress(ReplayProgress(passed, total, run.report.flipped, run.report.asked))
    run.report.seconds = time.perf_counter() - started
    run.look_ahead()
    return run.report


class _Run:
    """One replay on its way."""

    def __init__(self, workspace: Workspace, new: Catalog, order: ReplayOrder, clock: Clock) -> None:
        self.workspace, self.new, self.order, self.clock = workspace, new, order, clock
        self.report = ReplayReport(new.version, order.as_of)
        self._replays: OrderedDict[str, Replay | None] = OrderedDict()
        self._markets = frozenset(expand(order.markets, new.market_groups))
        self._worklist = self._open_worklist(order.worklist) if order.worklist else None
        self._again: list[WorklistRow] = []

    def take(self, connection: Connection, row: PastRow) -> None:
        """Replay one decision, and count what is to be said of it."""
        try:
            document = _READ.decode(row.document)
        except msgspec.DecodeError:
            self._not_told(UNREADABLE)
            return
        replay = self._replay_from(document.catalog_hash)
        if replay is None:
            self._not_told(NO_CATALOG)
            return
        content_hash, past = document.subject.content_hash, document.body

        def load() -> Ad:
            payload = payload_with(connection, row.ad_no, row.versions, content_hash)
            if payload is None:
                raise _NoAdError
            return ad_from_payload(orjson.loads(payload))

        try:
            verdict = replay.verdict(past, load)
        except _NoAdError:
            self._not_told(NO_AD)
            return
        report = self.report
        report.decisions += 1
        report.ruled += verdict.is_ruled
        report.last_day = max(report.last_day, self.order.as_of or past.as_of)
        if not verdict.is_concerned:
            return
        verdict = self._narrowed(verdict, past)
        if not verdict.is_concerned:
            return
        sample = Sample(row.source, row.ad_id, row.advertiser or "", row.event_id, verdict_words(verdict))
        report.add(verdict, sample, self.order.samples, is_overridden=past.override is not None)
        if self._worklist is not None:
            self._queue(verdict, row, is_current=row.current.hex() == content_hash, words=sample.words)

    def put_away(self) -> None:
        """Store what has come together for the worklist."""
        worklist, rows = self._worklist, tuple(self._again)
        if worklist is not None and rows:
            self._again.clear()
            now = self.clock()

            def put(tx: Transaction) -> int:
                return tx.add_to_worklist(worklist, rows, now)

            self.report.queued += self.workspace.writer.call(put, background=True)

    def look_ahead(self) -> None:
        """Say of which rows no decision could tell anything, because they take effect later."""
        report = self.report
        dates = [row.effective for row in self.new.clauses if row.effective and row.effective > report.last_day]
        report.announced, report.announced_from = len(dates), min(dates, default="")

    # Within ---

    def _replay_from(self, digest: str) -> Replay | None:
        """The replay of decisions made under a catalog; None when the workspace does not have it."""
        if digest in self._replays:
            return self._replays[digest]
        if digest == self.new.hash:
            old: Catalog | None = self.new
        else:
            found = rulebook_with_hash(digest, self.workspace)
            old = found.catalog if found else None
        replay = self._replays[digest] = Replay(Touched(old, self.new, self.order.as_of)) if old else None
        if len(self._replays) > MOST_CATALOGS:
            self._replays.popitem(last=False)
        return replay

    def _not_told(self, why: str) -> None:
        self.report.not_told[why] = self.report.not_told.get(why, 0) + 1

    def _narrowed(self, verdict: Verdict, past: PastDecision) -> Verdict:
        """What of a verdict concerns the policies and markets asked for."""
        if not (self.order.policies or self._markets):
            return verdict
        flips = tuple(f for f in verdict.flips if self._is_wanted(f.check_id) and self._is_wanted_market(f.market))
        is_there = not self._markets or any(self._is_wanted_market(cell.market) for cell in past.cells)
        concerned = bool(flips) or (not verdict.flips and is_there and any(map(self._is_wanted, policies_of(verdict))))
        return replace(
            verdict,
            becomes=verdict.becomes if concerned else verdict.was,
            flips=flips,
            escalates=tuple(each for each in verdict.escalates if is_there and self._is_wanted(each)),
            escalates_no_more=tuple(each for each in verdict.escalates_no_more if is_there and self._is_wanted(each)),
            asks=tuple(each for each in verdict.asks if is_there and self._is_wanted(each.check_id)),
            stale=tuple(
                (check_id, market) for check_id, market in verdict.stale if is_there and self._is_wanted(check_id)
            ),
        )

    def _is_wanted(self, check_id: str) -> bool:
        wanted = self.order.policies
        return not wanted or any(is_under(policy_id_of(check_id), each) for each in wanted)

    def _is_wanted_market(self, market: str) -> bool:
        return not self._markets or market in self._markets or country_of(market) in self._markets

    # The worklist ---

    def _open_worklist(self, name: str) -> Queue:
        """The queue, made when it is not there. One that ads were imported into is refused."""
        with self.workspace.read() as connection:
            there = find_queue(connection, name)
        if there is not None and "worklist" not in there.settings:
            raise ModtuiError(
                "That is a queue of its own", f"Ads were imported into '{name}'.", "Give the worklist another name."
            )
        settings = {"worklist": {"catalog": self.new.version, "hash": self.new.hash}}
        return self.workspace.writer.call(lambda tx: tx.create_queue(name, utc_text(self.clock()), settings))

    def _queue(self, verdict: Verdict, row: PastRow, *, is_current: bool, words: str) -> None:
        kind = next((each for each in kinds_of(verdict) if each in self.order.kinds), None)
        if kind is None:
            return
        if is_current:
            self._again.append(WorklistRow(row.ad_no, words, PRIORITIES[kind]))
        else:
            self.report.moved_on += 1


def kinds_of(verdict: Verdict) -> Iterable[str]:
    """What puts a decision into a worklist, the weightiest first."""
    if verdict.is_flipped:
        yield FLIPPED
    if any(asked.is_lit for asked in verdict.asks):
        yield LIT
    if verdict.stale:
        yield STALE
    if verdict.asks:
        yield SHOWN
