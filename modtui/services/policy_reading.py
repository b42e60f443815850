"""Reading the catalog: a version by its name, an entry by its id or key, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from modtui.domain.catalog import Catalog
from modtui.domain.clause_values import DEFAULT_MARKET, Clause
from modtui.domain.clauses import binding, is_announced, is_gone
from modtui.domain.market_rows import rows_in
from modtui.domain.markets import expand, normal_market
from modtui.domain.policies import Check, Policy
from modtui.domain.suggestions import did_you_mean
from modtui.errors import ModtuiError
from modtui.services.catalogs import catalog_at, rulebook_with_hash
from modtui.store.catalogs import list_catalogs
from modtui.store.workspace import Workspace

SHORTEST_HASH = 6
"Letters of a hash from which it names a version."


class Version(Struct, frozen=True):
    """A catalog that was named, and what a person should know of how it was found."""

    catalog: Catalog
    aside: str = ""


def version_named(name: str, workspace: Workspace | None) -> Version:
    """A file or folder, a version this workspace used, or one by the beginning of its hash.

    Of several catalogs under one version the last used counts. Raises ModtuiError where there is none.
    """
    path = Path(name)
    if path.exists():
        return Version(catalog_at(path))
    stored: list[tuple[str, str, str, str]] = []
    if workspace is not None:
        with workspace.read() as connection:
            stored = list_catalogs(connection)
    found = [digest for digest, _, version, _ in stored if version == name]
    if not found and len(name) >= SHORTEST_HASH:
        found = [digest for digest, *_ in stored if digest.startswith(name.lower())]
    rulebook = rulebook_with_hash(found[-1], workspace) if found and workspace is not None else None
    if rulebook is None:
        raise _no_such_version(name, [version for _, _, version, _ in stored], workspace)
    others = ", ".join(digest[:12] for digest in found[:-1])
    aside = f"{len(found)} catalogs were used as {name}: this is the last, {found[-1][:12]}; before it {others}."
    return Version(rulebook.catalog, aside if others else "")


def _no_such_version(name: str, versions: Sequence[str], workspace: Workspace | None) -> ModtuiError:
    if workspace is None:
        known = "There is no workspace, whose versions could be meant."
    elif not versions:
        known = "This workspace has used no catalog yet."
    else:
        known = f"This workspace has used {', '.join(dict.fromkeys(versions))}."
    message = f"'{name}' is no file or folder, and no version.{did_you_mean(name, versions)}"
    return ModtuiError("No such catalog", message, known)


class Entry(Struct, frozen=True):
    """What a name stands for: a policy, or one check of it."""

    policy: Policy
    check: Check | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks to show, without those of needs."""
        return (self.check,) if self.check else tuple(each for each in self.policy.checks if each.need is None)


def entry_named(name: str, catalog: Catalog) -> Entry:
    """A policy by its id, a check by its id or key; a need's name stands for the check that has it.

    Raises ModtuiError where there is none, with the nearest name.
    """
    wanted = name.strip().lower()
    policies = {policy.id.lower(): policy for policy in catalog.policies}
    checks = {check.id.lower(): check for check in catalog.checks}
    check = checks.get(wanted) or catalog.check_by_key.get(wanted)
    while check is not None and check.need is not None:
        check = catalog.check_by_id[check.when[0][0]]
    if check is not None:
        return Entry(catalog.policy_of(check), check)
    if wanted in policies:
        return Entry(policies[wanted])
    raise ModtuiError(
        "No such policy or check",
        f"'{name}' is not in version {catalog.version}.{did_you_mean(wanted, (*policies, *checks))}",
        "`modtui policies search WORDS` finds one.",
    )


def policies_named(names: Sequence[str], families: Sequence[str], catalog: Catalog) -> tuple[Policy, ...]:
    """The policies of these ids, under them, or of these checks, that are of these families; all where none is named.

    Raises ModtuiError for a name that stands for none.
    """
    known = {policy.family for policy in catalog.policies}
    for family in families:
        if family not in known:
            message = f"'{family}' is no family of version {catalog.version}.{did_you_mean(family, known)}"
            raise ModtuiError("No such family", message, f"Families: {', '.join(sorted(known))}.")
    names = [
        name if any(is_under(policy.id, name) for policy in catalog.policies) else entry_named(name, catalog).policy.id
        for name in names
    ]
    return tuple(
        policy
        for policy in catalog.policies
        if (not families or policy.family in families)
        and (not names or any(is_under(policy.id, name) for name in names))
    )


def is_under(policy_id: str, name: str) -> bool:
    """Whether an id is this name, or begins with it as dotted words: `alcohol` covers `alcohol.product`."""
    return f"{policy_id}.".startswith(f"{name.rstrip('.')}.")


def markets_named(names: Iterable[str], catalog: Catalog) -> tuple[str, ...]:
    """Markets and groups as people write them, groups as their members. Raises ModtuiError for what is neither."""
    found: list[str] = []
    groups = {group.upper(): group for group in catalog.market_groups}
    for name in (part for each in names for part in each.replace(",", " ").split()):
        market = groups.get(name.upper()) or normal_market(name)
        if market is None:
            known = did_you_mean(name.upper(), groups)
            raise ModtuiError(
                "No such market", f"'{name}' is no market and no group.{known}", "Write FR, US-NY or EEA."
            )
        found.append(market)
    return expand(found, catalog.market_groups)


class Row(Struct, frozen=True):
    """Rows of a check as they are shown: where, what, and whether it binds there today."""

    markets: tuple[str, ...]
    "`*` for everywhere else."
    clause: Clause
    is_binding: bool

    @property
    def place(self) -> str:
        return ", ".join("everywhere else" if market == DEFAULT_MARKET else market for market in self.markets)


def rows_to_show(check: Check, markets: Sequence[str], catalog: Catalog, as_of: str) -> tuple[Row, ...]:
    """The rows that speak of the markets; all of the check's, its own first, where no market is named."""
    if markets:
        return tuple(Row(*found) for found in rows_in(check, markets, catalog, as_of))
    policy = catalog.policy_of(check)
    is_out = is_gone(policy, as_of) or is_announced(policy, as_of)
    keyed = ((DEFAULT_MARKET, check.clauses), *sorted(check.markets.items()))
    return tuple(Row((key,), row, bool(not is_out and binding((row,), as_of))) for key, rows in keyed for row in rows)
