"""Where gold comes from inside the house: the decisions of a workspace, and the worked examples of the catalog."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import orjson
from msgspec import Struct
from msgspec.structs import replace

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.catalog import Catalog
from modtui.domain.evidence import Evidence
from modtui.domain.facts import is_under
from modtui.domain.gold import Gold
from modtui.domain.markets import country_of, expand
from modtui.domain.past_decisions import PastDecision, ad_then
from modtui.domain.replay import Replay, Verdict
from modtui.domain.touched import Touched
from modtui.services.catalogs import rulebook_with_hash
from modtui.services.exporting import moment_ms
from modtui.services.media_folders import folders_of
from modtui.services.replay_report import policy_id_of
from modtui.store.event_log import FIRST_OF_ALL
from modtui.store.past_decisions import PastRow, count_verdicts, decisions_in_force, payload_with
from modtui.store.sqlite import Connection
from modtui.store.standing import standing_on_ad
from modtui.store.workspace import Workspace

PAGE = 500
MOST_CATALOGS = 16


class Wanted(Struct, frozen=True):
    """Which decisions may be gold."""

    policies: tuple[str, ...] = ()
    "Ids, or the first words of dotted ones. Clean ads count where they were asked about one of them."
    markets: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    "ISO dates or times; the second not included."
    queue: str = ""
    agreed: int = 1
    "How many reviewers came to the same outcome and findings; an adjudication is always enough."
    only_adjudicated: bool = False


class _Finding(Struct, frozen=True):
    check: str
    evidence: tuple[Evidence, ...] = ()


class _Reading(Struct, frozen=True):
    """What of a decision's body gold needs beside what a replay does."""

    findings: tuple[_Finding, ...] = ()
    note: str = ""
    queue: str = ""
    lit: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    override: Any = None


class _Subject(Struct, frozen=True):
    content_hash: str


class _Document(Struct, frozen=True):
    """What of an event's document is read."""

    body: msgspec.Raw
    subject: _Subject
    catalog_hash: str
    kind: str
    actor: str


_READ = msgspec.json.Decoder(_Document)
_BODY = msgspec.json.Decoder(_Reading)
_PAST = msgspec.json.Decoder(PastDecision)


def gold_of_decisions(
    workspace: Workspace,
    catalog: Catalog,
    wanted: Wanted,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Gold]:
    """The decisions in force that are wanted, as gold. Those decided against the derivation are no gold.

    What a newer catalog would make of them is worked out as a replay does; gold it touches is marked stale.
    """
    since_ms = moment_ms(wanted.since) if wanted.since else None
    until = moment_ms(wanted.until) if wanted.until else None
    sources = _Decisions(workspace, catalog, wanted, until)
    with workspace.read() as connection:
        total, after, passed = count_verdicts(connection, since_ms), FIRST_OF_ALL, 0
        while rows := decisions_in_force(connection, after, PAGE, since_ms):
            for row in rows:
                gold = sources.gold(connection, row)
                if gold is not None:
                    yield gold
            after, passed = rows[-1].event_no, passed + len(rows)
            if on_progress is not None:
                on_progress(passed, total)


class _Decisions:
    """The decisions of one workspace on their way into a pack."""

    def __init__(self, workspace: Workspace, catalog: Catalog, wanted: Wanted, until_ms: int | None) -> None:
        self.workspace, self.catalog, self.wanted, self.until_ms = workspace, catalog, wanted, until_ms
        self._markets = frozenset(expand(wanted.markets, catalog.market_groups))
        self._replays: OrderedDict[str, Replay | None] = OrderedDict()
        self._folders: dict[str, tuple[str, ...]] = {}

    def gold(self, connection: Connection, row: PastRow) -> Gold | None:
        try:
            document = _READ.decode(row.document)
            body, past = _BODY.decode(document.body), _PAST.decode(document.body)
        except msgspec.DecodeError:
            return None
        if not self._is_wanted(body, past, row) or past.override is not None:
            return None
        content_hash = document.subject.content_hash
        payload = payload_with(connection, row.ad_no, row.versions, content_hash)
        if payload is None:
            return None
        ad = ad_then(ad_from_payload(orjson.loads(payload)), past)
        if self._markets and not self._markets & {*ad.markets, *(country_of(market) for market in ad.markets)}:
            return None
        agreed = self._agreed(connection, row, document, past)
        is_adjudicated = document.kind == "adjudication"
        if not is_adjudicated and (self.wanted.only_adjudicated or agreed < self.wanted.agreed):
            return None
        return Gold(
            origin=f"decision {row.event_id}",
            name=row.ad_id,
            ad=ad,
            as_of=past.as_of,
            answers=past.answers,
            outcome=past.outcome,
            why=body.note,
            evidence={finding.check: finding.evidence for finding in body.findings if finding.evidence},
            is_settled=bool(past.escalation or body.documents),
            stale=self._stale(document, past, ad),
            agreed=agreed,
            is_adjudicated=is_adjudicated,
            folders=self._folders_of(body.queue),
        )

    # Within ---

    def _is_wanted(self, body: _Reading, past: PastDecision, row: PastRow) -> bool:
        wanted = self.wanted
        if wanted.outcomes and past.outcome not in wanted.outcomes:
            return False
        if wanted.queue and body.queue != wanted.queue:
            return False
        if self.until_ms is not None and _made_ms(row.event_id) >= self.until_ms:
            return False
        asked = [*(finding.check for finding in body.findings), *past.answers] or list(body.lit)
        return not wanted.policies or any(
            is_under(policy_id_of(check_id), policy) for check_id in asked for policy in wanted.policies
        )

    def _agreed(self, connection: Connection, row: PastRow, document: _Document, past: PastDecision) -> int:
        """How many people said the same of this content, this one among them."""
        if self.wanted.agreed <= 1:
            return 1
        checks = sorted(finding.check for finding in past.findings)
        people = {document.actor}
        for event in standing_on_ad(connection, row.ad_no):
            subject = event.subject
            if subject is None or subject.content_hash != document.subject.content_hash:
                continue
            found = sorted(finding["check"] for finding in event.body.get("findings", ()))
            if event.body.get("outcome") == past.outcome and found == checks:
                people.add(event.actor)
        return len(people)

    def _stale(self, document: _Document, past: PastDecision, ad: Ad) -> str:
        """What has changed since, in words; a decision under a catalog nobody has any more cannot be told."""
        digest = document.catalog_hash
        if digest == self.catalog.hash:
            return ""
        if digest not in self._replays:
            old = rulebook_with_hash(digest, self.workspace)
            self._replays[digest] = Replay(Touched(old.catalog, self.catalog)) if old else None
            if len(self._replays) > MOST_CATALOGS:
                self._replays.popitem(last=False)
        replay = self._replays[digest]
        if replay is None:
            return "the catalog it was decided under is not here"
        return _stale_words(replay.verdict(past, lambda: ad))

    def _folders_of(self, queue: str) -> tuple[str, ...]:
        if queue not in self._folders:
            self._folders[queue] = tuple(str(folder) for folder in folders_of(self.workspace, queue)) if queue else ()
        return self._folders[queue]


def _stale_words(verdict: Verdict) -> str:
    if verdict.stale:
        return f"a row of {verdict.stale[0][0]} has changed"
    if verdict.is_flipped:
        return f"it would come to {verdict.becomes} now"
    lit = [asked.check_id for asked in verdict.asks if asked.is_lit]
    return f"{lit[0]} is asked now, and the ad lights it" if lit else ""


def _made_ms(event_id: str) -> int:
    """When an event's id was made: the first 48 bits of a UUIDv7 (RFC 9562)."""
    return int(event_id.replace("-", "")[:12], 16)


def gold_of_examples(catalog: Catalog, today: str, policies: tuple[str, ...] = ()) -> Iterator[Gold]:
    """The worked examples of a catalog, as gold; those of the policies named, or of all."""
    for policy in catalog.policies:
        if policies and not any(is_under(policy.id, name) for name in policies):
            continue
        for example in policy.examples:
            ad = replace(ad_from_payload(example.ad), source="examples", id=f"{policy.id}: {example.name}", media=())
            if not ad.is_reviewable:
                continue  # its picture is a name in the policy file, and no file
            yield Gold(
                origin=f"example {policy.id}: {example.name}",
                name=f"{policy.id}: {example.name}",
                ad=ad,
                as_of=example.as_of or catalog.effective or today,
                answers=example.answers,
                outcome=example.expect.get("outcome", ""),
                why=example.why,
                policy=policy.id,
                is_adjudicated=True,
            )
