"""`modtui policies diff`: what another version of the catalog means, and what of it is words only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from modtui.cli.common import put, put_json, say
from modtui.cli.policies_reading import workspace_if_any

if TYPE_CHECKING:
    from modtui.domain.catalog import Catalog
    from modtui.domain.catalog_diff import CatalogDiff, Change

DIFF_HELP = """\
Say what is different between two versions of the catalog, by what it means and not by lines: which rules came, went
or changed, for whom, and in which direction. OLD and NEW are files, folders, versions that this workspace used, or the
beginning of a hash.

A change is called tightened or loosened where the two catalogs tell that by themselves: nothing gets milder, or nothing
stricter, on any day, in any market and at any age that the rows speak of. All others are called changed. Changes of
titles, guidance, examples, replies, repairs, notes and sources are editorial: no decision depends on them. Other
members of a group are told by the rows they change.

\b
Examples:
  modtui policies diff 2026.11.1 policies.yaml
  modtui policies diff policies.yaml next/ --only meaning
  modtui policies diff 2026.10.2 2026.11.1 --policy gambling --json | jq '.changes[].words'
"""
SIGNS = {"tightened": "+ ", "loosened": "- ", "changed": "~ ", "": "  "}


@click.command(help=DIFF_HELP, short_help="Say what another version of the catalog changes.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--policy", "policies", multiple=True, metavar="ID", help="Only this policy, or those under it.")
@click.option("--only", type=click.Choice(("meaning", "editorial")), help="Leave out the changes of the other kind.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, policies: tuple[str, ...], only: str | None, as_json: bool) -> None:
    from modtui.domain.catalog_diff import diff as compare
    from modtui.services.policy_reading import version_named

    with workspace_if_any(ctx) as workspace:
        before, after = version_named(old, workspace), version_named(new, workspace)
    for aside in filter(None, (before.aside, after.aside)):
        say(aside)
    found = compare(before.catalog, after.catalog)
    told = [change for change in found.changes if _is_asked_for(change, policies, only)]
    if as_json:
        put_json(_as_json(found, told))
        return
    _print(found, told, after.catalog, before.catalog)


def _is_asked_for(change: Change, policies: Sequence[str], only: str | None) -> bool:
    from modtui.services.policy_reading import is_under

    if only is not None and change.is_editorial is not (only == "editorial"):
        return False
    return not policies or any(is_under(change.policy_id, each) for each in policies)


def _print(found: CatalogDiff, told: Sequence[Change], new: Catalog, old: Catalog) -> None:
    """The changes that mean something, policy by policy, then the editorial ones in the same order."""
    for title, is_editorial in (("", False), ("Words only", True)):
        chosen = [change for change in told if change.is_editorial is is_editorial]
        if title and chosen:
            _line(title, before="\n" if len(chosen) < len(told) else "")
        policy_id: str | None = None
        for change in chosen:
            if change.policy_id != policy_id:
                policy_id = change.policy_id
                _line(_heading(policy_id, new, old), before="" if change is told[0] or is_editorial else "\n")
            _line(f"  {SIGNS[change.direction.value]}{change}{_direction(change)}")
    say(_summary(found, told))


def _heading(policy_id: str, new: Catalog, old: Catalog) -> str:
    policy = new.policy_by_id.get(policy_id) or old.policy_by_id.get(policy_id)
    return f"{policy.title} ({policy.id})" if policy is not None else "The catalog"


def _direction(change: Change) -> str:
    return f"  [{change.direction.value}]" if change.direction.value not in ("", "changed") else ""


def _summary(found: CatalogDiff, told: Sequence[Change]) -> str:
    versions = f"{found.old_version} -> {found.new_version}"
    if found.old_effective != found.new_effective:
        versions += f" (from {found.old_effective or 'any day'} -> {found.new_effective or 'any day'})"
    if not found.changes:
        return f"{versions}: nothing is different."
    counts = _counts(told)
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    left_out = len(found.changes) - len(told)
    more = f"; {left_out} not asked for" if left_out else ""
    return f"{versions}: {', '.join(parts) or 'no change asked for'}{more}."


def _counts(changes: Sequence[Change]) -> dict[str, int]:
    counts = dict.fromkeys(("tightened", "loosened", "changed", "editorial"), 0)
    for change in changes:
        counts[change.direction.value or "editorial"] += 1
    return counts


def _as_json(found: CatalogDiff, told: Sequence[Change]) -> dict[str, object]:
    return {
        "old": {"version": found.old_version, "effective": found.old_effective},
        "new": {"version": found.new_version, "effective": found.new_effective},
        "is_editorial": found.is_editorial,
        "counts": _counts(told),
        "changes": [
            {
                "policy": change.policy_id or None,
                "check": change.check_id,
                "market": change.market,
                "kind": change.kind,
                "editorial": change.is_editorial,
                "direction": change.direction.value or None,
                "place": change.place,
                "words": change.words,
            }
            for change in told
        ],
    }


def _line(text: str, before: str = "") -> None:
    from modtui.domain.text import reveal

    put(before + reveal(text, "one"))
