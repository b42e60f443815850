"""What is different in a check that two catalogs have, but for its rows: what it asks, when, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modtui.domain.catalog import Catalog
from modtui.domain.changes import Change, Direction, changed
from modtui.domain.policies import Check, Cues, Escalation, Facts
from modtui.domain.row_diff import every_row, from_to, quoted, row_changes, same_words
from modtui.domain.row_strength import demands

MOST_CUES = 12


def check_changes(old: Check, new: Check, before: Catalog, after: Catalog) -> Iterator[Change]:
    """Every difference, what it asks first and its rows last. A severity that its policy gives is the policy's."""

    def told(kind: str, words: str, direction: Direction = Direction.CHANGED) -> Change:
        return changed(new.policy_id, kind, words, check_id=new.id, direction=direction)

    if old.ask != new.ask:
        kind = "wording" if same_words(old.ask, new.ask) else "question"
        yield told(kind, f"asks {from_to(quoted(old.ask), quoted(new.ask))}")
    if old.key != new.key:
        yield told("key", f"key {from_to(old.key or 'none', new.key or 'none')}")
    was, now = before.policy_of(old).severity, after.policy_of(new).severity
    if old.severity != new.severity and (old.severity, new.severity) != (was, now):
        words = f"severity {from_to(old.severity.name.lower(), new.severity.name.lower())}"
        yield told("severity", words, more_is_stricter(old.severity, new.severity))
    if dict(old.when) != dict(new.when):
        yield told("when", from_to(_when_words(old), _when_words(new)), _when_direction(old, new))
    if old.required != new.required:
        words = from_to(
            *("must be answered before an approval" if each.required else "may be left open" for each in (old, new))
        )
        yield told("required", words, _stricter(new.required))
    if _facts_of(old.facts) != _facts_of(new.facts):
        yield told("facts", from_to(_facts_words(old.facts), _facts_words(new.facts)))
    if old.escalation != new.escalation:
        words = from_to(_escalation_words(old.escalation), _escalation_words(new.escalation))
        yield told("escalation", words, _escalation_direction(old.escalation, new.escalation))
    yield from (told("cues", words) for words in cue_words(old.cues, new.cues))
    if old.fix != new.fix:
        yield told("fix", f"fix {from_to(quoted(old.fix), quoted(new.fix))}")
    yield from row_changes(old, new, before, after)


def weight_of(check: Check) -> Direction:
    """What it does to ads that there is such a check at all."""
    if check.is_exemption:
        return Direction.LOOSENED
    asks_something = bool(demands(every_row(check)) or check.escalation)
    return Direction.TIGHTENED if asks_something else Direction.CHANGED


def more_is_stricter(old: int, new: int) -> Direction:
    return Direction.CHANGED if old == new else _stricter(new > old)


def cue_words(old: Cues, new: Cues) -> Iterator[str]:
    """For each kind of cue that differs, what came and what went."""
    for kind in Cues.__struct_fields__:
        was, now = dict.fromkeys(getattr(old, kind)), dict.fromkeys(getattr(new, kind))
        come = [each for each in now if each not in was]
        gone = [each for each in was if each not in now]
        parts = [f"{word} {_listed(each)}" for word, each in (("new", come), ("gone", gone)) if each]
        if parts:
            yield f"cues, {kind}: {'; '.join(parts)}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_CUES} more" if len(names) > MOST_CUES else ""
    return ", ".join(quoted(name) for name in names[:MOST_CUES]) + more


def _stricter(is_stricter: bool) -> Direction:
    return Direction.TIGHTENED if is_stricter else Direction.LOOSENED


def _when_words(check: Check) -> str:
    conditions = " and ".join(f"{parent} is {answer.value}" for parent, answer in check.when)
    return f"asked when {conditions}" if conditions else "always asked"


def _when_direction(old: Check, new: Check) -> Direction:
    """Fewer conditions have it asked more often; what that does is known of a check that frees nobody."""
    was, now = set(old.when), set(new.when)
    if old.is_exemption or new.is_exemption or not (was < now or now < was):
        return Direction.CHANGED
    return _stricter(now < was)


def _facts_of(facts: Facts | None) -> object:
    return facts and (facts.every if len(facts.tests) > 1 else False, frozenset(facts.tests))


def _facts_words(facts: Facts | None) -> str:
    if facts is None:
        return "not answered by the ad's data"
    joint = " and " if facts.every else " or "
    tests = joint.join(f"{test.field} {test.operator} {test.value}".strip() for test in facts.tests)
    return f"answered by {tests}"


def _escalation_words(escalation: Escalation | None) -> str:
    if escalation is None:
        return "no escalation"
    how = "may escalate" if escalation.offered else "escalates"
    return f"{how} to {escalation.route} ({escalation.escalation_class})"


def _escalation_direction(old: Escalation | None, new: Escalation | None) -> Direction:
    if old is None or new is None:
        return _stricter(old is None)
    is_moved = (old.escalation_class, old.route) != (new.escalation_class, new.route)
    return Direction.CHANGED if is_moved else _stricter(old.offered)


def by_id(checks: tuple[Check, ...]) -> Mapping[str, Check]:
    """The checks that people are asked, without those of needs, which their rows bring."""
    return {check.id: check for check in checks if check.need is None}
