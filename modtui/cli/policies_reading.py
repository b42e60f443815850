"""`modtui policies show`, `search` and `matrix`: reading the catalog from the shell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from modtui.cli.common import day_of, put_json, say, settings_of
from modtui.cli.policies import catalog_in_use
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.domain.catalog import Catalog
    from modtui.store.workspace import Workspace

SHOW_HELP = """\
Print a policy or a check with everything there is to say of it: principle, guidance, questions, the rows of its
markets with what they rest on, examples, and the replies to the advertiser.

ID is the id of a policy or a check, or the two letters of a check. With --market only the rows that hold or inform
there are printed, alike ones together. --catalog-version takes a version that this workspace used, the beginning of
its hash, or a file or folder: so the clause of an old decision can be read again.

\b
Examples:
  modtui policies show alcohol.product
  modtui policies show al --market FR --market US
  modtui policies show gambling.real_money/offers --catalog-version 2026.10.2 --json | jq '.checks[0].rows'
"""
SEARCH_HELP = """\
Find policies and checks that hold every word, the best find first: in titles, questions, guidance, examples, cues,
repairs and the sources of rows. Beginnings of words are enough, and slips of the hand are forgiven.

\b
Examples:
  modtui policies search before after
  modtui policies search JMStV --limit 5 --json
"""


@click.command(help=SHOW_HELP, short_help="Print a policy or a check, with its rows.")
@click.argument("name", metavar="ID")
@click.option("--market", "markets", multiple=True, metavar="CODE", help="Only rows of this market or group.")
@click.option("--catalog-version", "version", metavar="VERSION", help="A version used here, a hash, or a file.")
@click.option("--as-of", metavar="DATE", help="The day by which rows bind. [today]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def show(
    ctx: click.Context, name: str, markets: tuple[str, ...], version: str | None, as_of: str | None, as_json: bool
) -> None:
    from modtui.services.policy_reading import entry_named, markets_named

    day = as_day(as_of)
    catalog = catalog_named(ctx, version)
    entry, named = entry_named(name, catalog), markets_named(markets, catalog)
    if as_json:
        from modtui.services.policy_data import entry_json

        put_json(entry_json(entry, catalog, named, day))
        return
    from modtui.cli.policy_page import entry_lines, put_lines

    put_lines(entry_lines(entry, catalog, named, day))


@click.command(help=SEARCH_HELP, short_help="Find policies and checks by words.")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Finds printed.")
@click.option("--catalog-version", "version", metavar="VERSION", help="A version used here, a hash, or a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def search(ctx: click.Context, words: tuple[str, ...], limit: int, version: str | None, as_json: bool) -> None:
    from msgspec.structs import asdict

    from modtui.domain.policy_search import PolicyIndex

    catalog = catalog_named(ctx, version)
    hits = PolicyIndex(catalog).search(" ".join(words), limit)
    if as_json:
        put_json({"version": catalog.version, "hits": [asdict(hit) for hit in hits]})
        return
    from modtui.cli.policy_page import hit_lines, put_styled

    for line in hit_lines(hits, catalog):
        put_styled(line)
    found = number_of(len(hits), "find") + (" and maybe more" if len(hits) == limit else "")
    say(f"{found}." if hits else f"Nothing in version {catalog.version} is found.")


# Shared with the other commands that read a catalog ---


def as_day(text: str | None) -> str:
    """A date as given, or today. Raises BadParameter for what is none."""
    return datetime.now(UTC).date().isoformat() if text is None else day_of(text)


def catalog_named(ctx: click.Context, version: str | None) -> Catalog:
    """The catalog in use, or the one that is named; how it was found is narrated where that could surprise."""
    from modtui.services.catalogs import catalog_at
    from modtui.services.policy_reading import version_named

    if version is None:
        return catalog_at(catalog_in_use(ctx))
    with workspace_if_any(ctx) as workspace:
        found = version_named(version, workspace)
    if found.aside:
        say(found.aside)
    return found.catalog


@contextmanager
def workspace_if_any(ctx: click.Context) -> Iterator[Workspace | None]:
    """The workspace where there is one; the catalog can be read without."""
    from modtui.cli.workplace import opened_workspace

    settings = settings_of(ctx)
    with ExitStack() as stack:
        workspace = None
        if settings.workspace.exists():
            try:
                workspace = stack.enter_context(opened_workspace(settings))
            except ModtuiError as error:
                say(f"Versions that were used here cannot be read: {error}")
        yield workspace
