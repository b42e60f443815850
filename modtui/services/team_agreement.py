"""Agreement of reviewers from the decisions of a workspace, its own and those that came by sync."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct

from modtui.domain.facts import is_under
from modtui.domain.team_agreement import Judgement, TeamAgreement, TeamTally
from modtui.services.exporting import moment_ms
from modtui.services.replay_report import policy_id_of
from modtui.store.event_log import first_event_id
from modtui.store.judgements import (
    JudgementRow,
    actors_of,
    ads_with_several_events,
    judgements_of,
    last_ad_with_events,
)
from modtui.store.sqlite import Connection
from modtui.store.workspace import Workspace

PAGE = 400
SEED = 20_261_123
"Of the draws behind intervals: the same decisions give the same figures."


class Asked(Struct, frozen=True):
    """Which ads count."""

    queue: str = ""
    policies: tuple[str, ...] = ()
    "Ids, or the first words of dotted ones: ads asked about one of them, and of the findings only theirs."
    since: str | None = None
    "An ISO date or time: ads that somebody judged from then on."


class _Finding(Struct, frozen=True):
    check: str


class _Subject(Struct, frozen=True):
    content_hash: str


class _Body(Struct, frozen=True):
    outcome: str
    queue: str = ""
    findings: tuple[_Finding, ...] = ()
    answers: dict[str, Any] = {}
    lit: tuple[str, ...] = ()


class _Document(Struct, frozen=True):
    body: _Body
    subject: _Subject
    supersedes: tuple[str, ...] = ()


_READ = msgspec.json.Decoder(_Document)


def team_agreement(
    workspace: Workspace, asked: Asked, *, on_progress: Callable[[str, int, int], None] | None = None
) -> TeamAgreement:
    """How far people agree who judged the same version of an ad without knowing of each other.

    Of each person the newest decision that stands counts, also where it was overruled since. One that took the place
    of somebody else's (the answer to an escalation, a change of papers) was made in the knowledge of it and is left
    out, as adjudications are. Raises ModtuiError for a time that is none.
    """
    tell = on_progress or (lambda *_: None)
    tally, rng = TeamTally(), random.Random(SEED)  # noqa: S311  draws, not secrets
    reading = _Reading(asked)
    with workspace.read() as connection:
        last, after = last_ad_with_events(connection), 0
        while ads := ads_with_several_events(connection, after, PAGE):
            for said in reading.judged(connection, ads):
                tally.take(said)
            after = ads[-1]
            tell("decisions", after, last)
    return tally.figures(lambda n: rng.choices(range(n), k=n), lambda done, total: tell("intervals", done, total))


class _Reading:
    """Rows of the log on their way to judgements."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._since = first_event_id(moment_ms(asked.since)) if asked.since else ""
        self._sets: dict[frozenset[str], frozenset[str]] = {}

    def judged(self, connection: Connection, ads: list[int]) -> Iterator[list[Judgement]]:
        """The judgements of each version of these ads."""
        read = [(row, document) for row in judgements_of(connection, ads) if (document := _read(row)) is not None]
        known = actors_of(connection, tuple({each for _, document in read for each in document.supersedes}))
        own = [
            (row, document)
            for row, document in read
            if all(known.get(each, row.actor) == row.actor for each in document.supersedes)
            and (not self.asked.queue or document.body.queue == self.asked.queue)
        ]
        versions = sorted(own, key=lambda pair: (pair[0].ad_no, pair[1].subject.content_hash, pair[0].event_id))
        for _, found in groupby(versions, key=lambda pair: (pair[0].ad_no, pair[1].subject.content_hash)):
            newest = {row.actor: (row, document) for row, document in found}
            if len(newest) > 1 and self._is_asked_for(list(newest.values())):
                yield [self._judgement(row, document.body) for row, document in newest.values()]

    def _is_asked_for(self, newest: list[tuple[JudgementRow, _Document]]) -> bool:
        if all(row.event_id < self._since for row, _ in newest):
            return False
        return not self.asked.policies or any(
            self._is_of_policy(check) for _, document in newest for check in _checks_asked(document.body)
        )

    def _is_of_policy(self, check: str) -> bool:
        return any(is_under(policy_id_of(check), policy) for policy in self.asked.policies)

    def _judgement(self, row: JudgementRow, body: _Body) -> Judgement:
        checks = frozenset(
            each.check for each in body.findings if not self.asked.policies or self._is_of_policy(each.check)
        )
        return Judgement(row.actor, body.outcome, self._sets.setdefault(checks, checks))


def _checks_asked(body: _Body) -> list[str]:
    """What an ad was asked about, as gold is chosen by: findings and answers, or, of a clean ad, what was lit."""
    return [*(finding.check for finding in body.findings), *body.answers] or list(body.lit)


def _read(row: JudgementRow) -> _Document | None:
    """None for what is no decision on an ad, whatever a remote called it."""
    try:
        return _READ.decode(row.document)
    except msgspec.DecodeError:
        return None
