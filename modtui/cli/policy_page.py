"""A policy, and what a search found, as lines for a terminal or a pipe: all text made safe, wrapped on a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import click

from modtui.domain.catalog import Catalog
from modtui.domain.near_examples import near_examples
from modtui.domain.policies import Check, Cues, Policy
from modtui.domain.policy_search import Hit
from modtui.domain.row_speech import said
from modtui.domain.text import reveal, reveal_places
from modtui.services.policy_reading import Entry, Row, rows_to_show

MARKS = {"V": "verified", "S": "second hand", "U": "not verified: warns, never cuts"}
ENDINGS = {"approve": "accepted", "approve_limited": "limited", "reject": "refused", "request_info": "asked"}
CUES_SHOWN = 24
NAMES = ("key", "id", "family")
"Fields that do not say what the policy or check is about."

Line = tuple[int, str]
"How far a line stands in, and its text, which may be untrusted."
Piece = tuple[str, bool]
"Safe text, and whether it stands out."


def put_lines(lines: Iterable[Line]) -> None:
    """Print lines, each one made safe; on a terminal they are wrapped under their own beginning."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for indent, text in lines:
        lead, words = " " * indent, reveal(text, "one")
        fits = not width or len(words) + indent <= width
        click.echo(lead + words if fits else textwrap.fill(words, width, initial_indent=lead, subsequent_indent=lead))


def put_styled(pieces: Iterable[Piece]) -> None:
    """Print one line of safe text; what stands out does on a terminal only."""
    click.echo("".join(click.style(text, bold=True) if is_bold else text for text, is_bold in pieces))


def entry_lines(entry: Entry, catalog: Catalog, markets: Sequence[str], as_of: str) -> Iterator[Line]:
    """Everything there is to say of a policy, or of one check of it."""
    policy = entry.policy
    yield 0, f"{policy.title}  ({policy.id})"
    yield 0, " · ".join(filter(None, _head(policy, catalog)))
    if markets:
        yield 0, f"as of {as_of} in {' '.join(markets)}"
    yield 0, policy.principle
    if policy.guidance:
        yield 0, ""
    for line in policy.guidance.strip().splitlines():
        yield 0, line
    yield from _cue_lines(policy.cues, 0)
    for check in entry.checks:
        yield 0, ""
        yield from _check_lines(check, catalog, markets, as_of)
    yield from _rest(policy, entry.check)


def _head(policy: Policy, catalog: Catalog) -> Iterator[str]:
    yield policy.family
    yield policy.axis
    yield policy.severity.name.lower()
    yield policy.basis.name.lower()
    yield f"from {policy.effective}" if policy.effective else ""
    yield f"until {policy.sunset}" if policy.sunset else ""
    yield f"owner {policy.owner}" if policy.owner else ""
    yield f"review by {policy.review_by}" if policy.review_by else ""
    yield "a fixable ad goes back whole" if policy.on_partial == "return" else ""
    yield f"catalog {catalog.id} {catalog.version}"


def _check_lines(check: Check, catalog: Catalog, markets: Sequence[str], as_of: str) -> Iterator[Line]:
    yield 0, f"{check.key}  {check.ask}  ({check.severity.name.lower()}, {check.id})"
    for words in _conditions(check, catalog):
        yield 4, words
    yield from _cue_lines(check.cues, 4)
    policy = catalog.policy_of(check)
    rows = rows_to_show(check, markets, catalog, as_of)
    for row in rows:
        yield from _row_lines(row, policy)
    if not rows:
        yield 4, "no rule there" if markets else "no rule of its own"
    if check.fix:
        yield 4, f"fix: {check.fix}"


def _conditions(check: Check, catalog: Catalog) -> Iterator[str]:
    if check.when:
        known = catalog.check_by_id
        parents = " and ".join(f"{known[parent].key or parent} is {answer.value}" for parent, answer in check.when)
        yield f"asked when {parents}"
    if check.facts is not None:
        joint = " and " if check.facts.every else " or "
        tests = joint.join(f"{test.field} {test.operator} {test.value}".strip() for test in check.facts.tests)
        yield f"answered by the ad's data: {tests}"
    if check.required:
        yield "must be answered before an approval"
    if check.escalation is not None:
        how = "may escalate" if check.escalation.offered else "escalates"
        yield f"{how} to {check.escalation.route} ({check.escalation.escalation_class})"
    if check.is_exemption:
        yield "a yes frees from rows of other checks"


def _row_lines(row: Row, policy: Policy) -> Iterator[Line]:
    clause = row.clause
    briefing = f"briefing {clause.briefing}" if clause.briefing else ""
    source = ", ".join(filter(None, (clause.basis.name.lower(), MARKS[clause.mark.value], clause.ref, briefing)))
    informs = "" if row.is_binding else "  informs only"
    yield 4, f"{row.place}: {said(clause)}  [{source}]{informs}"
    owner, review_by = policy.owner_of(clause), policy.review_by_of(clause)
    if (owner, review_by) != (policy.owner, policy.review_by):
        yield 8, ", ".join(filter(None, (owner and f"owner {owner}", review_by and f"review by {review_by}")))
    for words in (clause.note, clause.fix and f"fix: {clause.fix}"):
        if words:
            yield 8, words
    for need in clause.needs:
        yield 8, f"asks: {need.ask}"


def _cue_lines(cues: Cues, indent: int) -> Iterator[Line]:
    for kind in Cues.__struct_fields__:
        found = getattr(cues, kind)
        if found:
            more = f" and {len(found) - CUES_SHOWN} more" if len(found) > CUES_SHOWN else ""
            yield indent, f"cues, {kind}: {', '.join(found[:CUES_SHOWN])}{more}"


def _rest(policy: Policy, check: Check | None) -> Iterator[Line]:
    examples = near_examples(policy, check)
    if examples:
        yield 0, ""
    for example in examples:
        outcome = str(example.expect.get("outcome", ""))
        why = f". {example.why}" if example.why else ""
        yield 0, f"example, {ENDINGS.get(outcome, outcome or 'no outcome named')}: {example.name}{why}"
    if policy.reply:
        yield 0, ""
    for language, text in policy.reply.items():
        yield 0, f"reply {language}{' (unreviewed)' if language in policy.reply_unreviewed else ''}: {text}"
    if policy.sources or policy.dsa_category or policy.product_ids:
        yield 0, ""
    for name, url in policy.sources:
        yield 0, f"source: {name} {url}".rstrip()
    if policy.dsa_category:
        yield 0, f"DSA: {' '.join((policy.dsa_category, *policy.dsa_keywords))}"
    if policy.product_ids:
        yield 0, f"product ids: {', '.join(policy.product_ids)}"


def hit_lines(hits: Sequence[Hit], catalog: Catalog) -> Iterator[list[Piece]]:
    """A line for each find: its key, its id, the field that matched, and the words with what matched standing out."""
    width = max((len(hit.check_id or hit.policy_id) for hit in hits), default=0)
    for hit in hits:
        check = catalog.check_by_id[hit.check_id] if hit.check_id else None
        name = reveal(hit.check_id or hit.policy_id, "one")
        pieces = [
            (f"{reveal(check.key if check else '', 'one'):2}  {name:{width}}  {hit.field}: ", False),
            *_marked(hit),
        ]
        if hit.field in NAMES:
            words = check.ask if check else catalog.policy_by_id[hit.policy_id].title
            pieces.append((f"  {reveal(words, 'one')}", False))
        yield pieces


def _marked(hit: Hit) -> Iterator[Piece]:
    shown = reveal_places(hit.snippet, "one")
    at = 0
    for start, end in (shown.span(*span) for span in hit.spans):
        yield shown.shown[at:start], False
        yield shown.shown[max(at, start) : end], True
        at = max(at, end)
    yield shown.shown[at:], False
