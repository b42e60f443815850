"""What the browser says of a family, a policy or a check: with all market rows, or those of a few markets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import Clause, Mark
from modtui.domain.market_rows import rows_in
from modtui.domain.near_examples import near_examples
from modtui.domain.policies import Check, Cues, Policy
from modtui.tui.clause_words import date_words, example_words, row_words, source_words
from modtui.tui.flow import Line, flow
from modtui.tui.market_words import market_words
from modtui.tui.palette import Palette

CUES_SHOWN = 12


class Article(Struct, frozen=True):
    """How something of the catalog is laid out."""

    catalog: Catalog
    looks: Palette
    width: int
    as_of: str
    markets: tuple[str, ...] = ()
    "Only the rows that hold in these; all rows where there are none."
    changed: tuple[tuple[str, str], ...] = ()
    "Id of a policy or check, and in words what changed there since the reviewer last worked."

    def of_family(self, policies: Sequence[Policy]) -> list[Line]:
        lines: list[Line] = []
        for policy in policies:
            lines += self._text(policy.title, self.looks.strong)
            lines += self._text(policy.principle, self.looks.text)
            lines.append([])
        return lines

    def of_policy(self, policy: Policy) -> list[Line]:
        looks = self.looks
        lines = self._text(policy.title, looks.strong)
        lines += self._head(policy)
        lines += self._changes(policy.id)
        lines += self._text(policy.principle, looks.text)
        if policy.guidance:
            lines += [[], *self._text(policy.guidance.strip(), looks.text)]
        for check in policy.checks:
            if check.need is None:
                lines += [[], *self._check(check)]
        return [*lines, *self._rest(policy, None)]

    def of_check(self, check: Check) -> list[Line]:
        policy = self.catalog.policy_of(check)
        lines = self._check(check)
        lines += self._cues(check.cues)
        if check.escalation is not None:
            offered = "offered" if check.escalation.offered else "always"
            words = f"escalates to {check.escalation.route} ({check.escalation.escalation_class}, {offered})"
            lines += self._text(words, self.looks.text)
        lines += [[], *self._text(f"{policy.title}: {policy.principle}", self.looks.dim)]
        if policy.guidance:
            lines += [[], *self._text(policy.guidance.strip(), self.looks.text)]
        return [*lines, *self._rest(policy, check)]

    # Parts ---

    def _text(self, text: str, style: object, indent: int = 0, most: int = 2_000) -> list[Line]:
        from rich.style import Style

        assert isinstance(style, Style)
        lines = flow(text, self.width - indent, style, self.looks.mark, most=most)
        return [[(" " * indent, style), *line] for line in lines] if indent else lines

    def _head(self, policy: Policy) -> list[Line]:
        parts = [
            policy.id,
            policy.family,
            policy.axis,
            policy.severity.name.lower(),
            policy.basis.name.lower(),
            f"from {policy.effective}" if policy.effective else "",
            f"until {policy.sunset}" if policy.sunset else "",
            f"owner {policy.owner}" if policy.owner else "",
            f"look again by {policy.review_by}" if policy.review_by else "",
            "fixable ads go back whole" if policy.on_partial == "return" else "",
        ]
        return self._text(" · ".join(part for part in parts if part), self.looks.dim)

    def _changes(self, id_: str) -> list[Line]:
        return [
            line for where, words in self.changed if where == id_ for line in self._text(f"△ {words}", self.looks.key)
        ]

    def _check(self, check: Check) -> list[Line]:
        looks = self.looks
        lines = self._text(f"{check.key}  {check.ask}", looks.strong)
        known = self.catalog.check_by_id
        asked = " and ".join(f"{known[parent].key or parent} is {answer.value}" for parent, answer in check.when)
        tests = (" and " if check.facts.every else " or ").join(
            f"{test.field} {test.operator} {test.value}".strip() for test in check.facts.tests
        ) if check.facts else ""  # fmt: skip
        notes = [
            check.id,
            check.severity.name.lower(),
            f"asked once {asked}" if asked else "",
            f"the data say yes: {tests}" if tests else "",
        ]
        lines += self._text(" · ".join(part for part in notes if part), looks.dim)
        lines += self._changes(check.id)
        for markets, row, is_binding in self._rows(check):
            lines += self._row(markets, row, is_binding)
        if check.fix:
            lines += self._text(f"fix: {check.fix}", looks.text)
        return lines

    def _rows(self, check: Check) -> Iterator[tuple[str, Clause, bool]]:
        if self.markets:
            yield from rows_for(check, self.markets, self.catalog, self.as_of)
            return
        for row in check.clauses:
            yield ("everywhere else" if check.markets else "everywhere"), row, self._binds(row)
        for key, rows in check.markets.items():
            members = self.catalog.market_groups.get(key)
            name = f"{key} ({' '.join(members[:8])}{' …' if len(members) > 8 else ''})" if members else key
            for row in rows:
                yield name, row, self._binds(row)

    def _binds(self, row: Clause) -> bool:
        return row.is_in_force(self.as_of) and row.mark is not Mark.UNVERIFIED

    def _row(self, markets: str, row: Clause, is_binding: bool) -> list[Line]:
        looks = self.looks
        dates = date_words(row, self.as_of)
        owner = f", owner {row.owner}" if row.owner else ""
        again = f", look again by {row.review_by}" if row.review_by else ""
        head = f"{markets}: {row_words(row)}" + (f"  {dates}" if dates else "")
        lines = self._text(f"{head}  ({source_words(row)}{owner}{again})", looks.text if is_binding else looks.dim, 2)
        for words in (row.note, row.fix and f"fix: {row.fix}", *(f"asks: {need.ask}" for need in row.needs)):
            lines += self._text(words, looks.dim, 4) if words else []
        return lines

    def _cues(self, cues: Cues) -> list[Line]:
        kinds = (("words", cues.words), ("patterns", cues.patterns), ("flags", cues.flags), ("signals", cues.signals))
        lines: list[Line] = []
        for kind, found in kinds:
            if found:
                more = f" … {len(found) - CUES_SHOWN} more" if len(found) > CUES_SHOWN else ""
                lines += self._text(f"{kind}: {', '.join(found[:CUES_SHOWN])}{more}", self.looks.dim)
        return lines

    def _rest(self, policy: Policy, check: Check | None) -> Iterator[Line]:
        looks = self.looks
        examples = near_examples(policy, check)
        if examples:
            yield []
        for example in examples:
            yield from self._text(example_words(example), looks.text)
        if policy.reply:
            yield []
        for language, text in policy.reply.items():
            doubt = " (nobody could check it)" if language in policy.reply_unreviewed else ""
            yield from self._text(f"reply {language}{doubt}: {text}", looks.dim)
        for name, url in policy.sources:
            yield from self._text(f"source: {name} {url}".rstrip(), looks.dim)
        if policy.dsa_category:
            yield from self._text(f"DSA: {policy.dsa_category} {' '.join(policy.dsa_keywords)}".rstrip(), looks.dim)


def rows_for(check: Check, markets: Sequence[str], catalog: Catalog, as_of: str) -> Iterator[tuple[str, Clause, bool]]:
    """The rows that speak of the markets, alike ones together, with whether they bind or only inform."""
    for names, row, is_binding in rows_in(check, markets, catalog, as_of):
        yield market_words(names, markets, 8), row, is_binding


def clause_text(catalog: Catalog, check: Check, markets: Sequence[str], as_of: str, languages: Sequence[str]) -> str:
    """The clause of a check as plain text for a reply: what it is, its rows, the repair, and the advertiser's text."""
    policy = catalog.policy_of(check)
    lines = [f"{policy.title} ({check.id}, catalog {catalog.version})", check.ask]
    rows = rows_for(check, markets, catalog, as_of) if markets else ((row.market, row, True) for row in check.clauses)
    for names, row, is_binding in rows:
        dates = date_words(row, as_of)
        source = ", ".join(part for part in (row.basis.name.lower(), row.ref, dates) if part)
        lines.append(f"{'everywhere' if names == '*' else names}: {row_words(row)} ({source})")
        if not is_binding:
            lines[-1] += " - informs only"
    language = next((each for each in (*languages, "en", *policy.reply) if each in policy.reply), None)
    if language is not None:
        lines += ["", policy.reply[language].replace("{fix}", check.fix)]
    elif check.fix:
        lines += ["", check.fix]
    return "\n".join(lines)
