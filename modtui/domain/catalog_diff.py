"""Two versions of a catalog held against each other by what they mean, whatever the order and layout of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modtui.domain.catalog import Catalog
from modtui.domain.changes import CatalogDiff, Change, Direction, changed
from modtui.domain.policy_diff import DATES, new_policy, policy_changes, policy_gone
from modtui.domain.row_diff import from_to, quoted

__all__ = ["CatalogDiff", "Change", "Direction", "diff"]


def diff(old: Catalog, new: Catalog) -> CatalogDiff:
    """Everything that is different. Ids tell what is the same entry; the order of policies says nothing."""
    changes: list[Change] = list(_catalog_changes(old, new))
    is_regrouped = old.market_groups != new.market_groups
    for policy in new.policies:
        before = old.policy_by_id.get(policy.id)
        if before is None:
            changes.append(new_policy(policy))
        elif is_regrouped or before != policy:
            changes += policy_changes(before, policy, old, new)
    changes += [policy_gone(policy) for policy in old.policies if policy.id not in new.policy_by_id]
    return CatalogDiff(old.version, new.version, tuple(changes), old.effective, new.effective)


# The catalog itself ---


def _catalog_changes(old: Catalog, new: Catalog) -> Iterator[Change]:
    if old.id != new.id:
        yield changed("", "title", f"another catalog: {from_to(old.id, new.id)}")
    if old.title != new.title:
        yield changed("", "title", f"title {from_to(quoted(old.title), quoted(new.title))}")
    for group in _names(old.market_groups, new.market_groups):
        yield from _group_changes(group, old.market_groups.get(group), new.market_groups.get(group))
    for route in _names(old.routes, new.routes):
        before, after = old.routes.get(route), new.routes.get(route)
        if before is None or after is None:
            yield changed("", "route", f"{'route gone' if after is None else 'new route'}: {route}")
        elif before != after:
            yield changed("", "route", f"route {route} {from_to(quoted(before), quoted(after))}")
    was, now = _briefings(old), _briefings(new)
    for briefing in _names(was, now):
        yield from _briefing_changes(briefing, was.get(briefing), now.get(briefing))


def _names(old: Mapping[str, object], new: Mapping[str, object]) -> Sequence[str]:
    return tuple(dict.fromkeys((*new, *old)))


def _group_changes(group: str, old: Sequence[str] | None, new: Sequence[str] | None) -> Iterator[Change]:
    if old is None or new is None:
        word = "new group" if old is None else "group gone"
        yield changed("", "group", f"{word}: {group} ({', '.join(sorted(old or new or ()))})")
        return
    come, gone = sorted(set(new) - set(old)), sorted(set(old) - set(new))
    parts = [f"{word} {', '.join(each)}" for word, each in (("gains", come), ("loses", gone)) if each]
    if parts:
        yield changed("", "group", f"group {group} {' and '.join(parts)}")


def _briefings(catalog: Catalog) -> dict[str, Mapping[str, Any]]:
    return {briefing["id"]: briefing for briefing in catalog.briefings}


def _briefing_changes(name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Change]:
    """A briefing but for its rows, which are told with the checks they tighten."""
    if old is None or new is None:
        word, briefing = ("new briefing", new) if old is None else ("briefing gone", old)
        assert briefing is not None
        dates = "".join(f", {word} {briefing[key]}" for key, word in DATES if briefing.get(key))
        yield changed("", "briefing", f"{word}: {name} {quoted(briefing['title'])}{dates}")
        return
    for key in ("title", "text"):
        if old.get(key) != new.get(key):
            kind = "title" if key == "title" else "note"
            yield changed("", kind, f"briefing {name}, {key} {from_to(quoted(old[key]), quoted(new[key]))}")
    for key in ("policies", "markets", "effective", "sunset", "must_read"):
        if _plain(old.get(key)) != _plain(new.get(key)):
            words = from_to(_plain(old.get(key)), _plain(new.get(key)))
            yield changed("", "briefing", f"briefing {name}, {key.replace('_', ' ')} {words}")


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(sorted(map(str, value))) or "none"
    return (
        {None: "none", True: "yes", False: "no"}.get(value, str(value)) if value in (None, True, False) else str(value)
    )
