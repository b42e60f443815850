"""`modtui policies matrix`: what a yes does, policy by market."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put, put_json, say
from modtui.cli.policies_reading import as_day, catalog_named
from modtui.domain.plurals import number_of

if TYPE_CHECKING:
    from rich.text import Text

    from modtui.domain.policy_matrix import Cell, Matrix, Yes

MATRIX_HELP = """\
Print policies by markets. A cell says the strongest that a yes does there to an ad for adults, and, where it differs,
to one for all ages: cut, held, limited, labelled or allowed, what decides that (law, a code of the trade, the
platform), and in brackets what would have to be there. Everything a row asks for is taken as missing. A question mark
says that a row warns there without binding: it is announced, or nobody has verified it.

A policy is told by its first check of which a yes may cost something; --checks tells every check. On a terminal only
as many markets are printed as fit; with up to four lines the markets stand below each other.

\b
Examples:
  modtui policies matrix --markets FR,DE,US,SA
  modtui policies matrix --policy gambling.real_money --checks
  modtui policies matrix --format html > matrix.html
"""
FEW_LINES = 4
STYLES = {"cut": "red", "held": "yellow", "limited": "yellow", "labelled": "cyan", "allowed": "green"}


@click.command(help=MATRIX_HELP, short_help="Print what a yes does, policy by market.")
@click.option("--policy", "policies", multiple=True, metavar="ID", help="Only this policy, or those under it.")
@click.option("--family", "families", multiple=True, metavar="NAME", help="Only policies of this family.")
@click.option("--markets", "markets", multiple=True, metavar="LIST", help="Markets and groups. [all with rows]")
@click.option("--checks", "with_checks", is_flag=True, help="A line for each check instead of each policy.")
@click.option("--as-of", metavar="DATE", help="The day by which rows bind. [today]")
@click.option("--catalog-version", "version", metavar="VERSION", help="A version used here, a hash, or a file.")
@click.option(
    "--format", "form", type=click.Choice(("table", "csv", "html", "json")), default="table", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_context
def matrix(
    ctx: click.Context,
    policies: tuple[str, ...],
    families: tuple[str, ...],
    markets: tuple[str, ...],
    with_checks: bool,
    as_of: str | None,
    version: str | None,
    form: str,
    as_json: bool,
) -> None:
    from modtui.domain.policy_matrix import matrix_of
    from modtui.services.policy_reading import markets_named, policies_named

    day = as_day(as_of)
    catalog = catalog_named(ctx, version)
    chosen, columns = policies_named(policies, families, catalog), markets_named(markets, catalog)
    found = matrix_of(catalog, chosen, columns, day, with_checks=with_checks)
    if as_json or form == "json":
        put_json(_as_json(found))
    elif form == "csv":
        _put_csv(found)
    elif form == "html":
        from modtui.files.matrix_page import html_page

        click.echo(html_page(found, catalog.title or catalog.id), nl=False)
    else:
        _put_table(found)


def _put_csv(found: Matrix) -> None:
    from io import StringIO

    from modtui.files.matrix_page import CSV_COLUMNS, csv_rows, market_name
    from modtui.files.safe_csv import write_csv

    out = StringIO(newline="")
    write_csv(out, (*CSV_COLUMNS, *map(market_name, found.markets)), csv_rows(found))
    text = out.getvalue()
    if sys.stdout.isatty():
        put(text.replace("\r\n", "\n").rstrip("\n"))
    else:
        click.echo(text.encode(), nl=False)


def _put_table(found: Matrix) -> None:
    """A table as wide as the terminal, or, in a pipe, as it needs to be."""
    from rich.console import Console
    from rich.table import Table

    from modtui.domain.text import reveal
    from modtui.files.matrix_page import market_name

    console = Console(markup=False, highlight=False, emoji=False)
    table = Table(show_lines=True)
    names = [reveal(_name(found, line.policy.title, line.check.key), "one") for line in found.lines]
    left_out = 0
    if len(found.lines) <= FEW_LINES:
        table.add_column("market")
        for name in names:
            table.add_column(name, overflow="fold")
        for place, market in enumerate(found.markets):
            table.add_row(market_name(market), *(_styled(line.cells[place]) for line in found.lines))
    else:
        count = len(found.markets)
        if sys.stdout.isatty():
            count = max(1, min(count, (console.width - 30) // 16))
            left_out = len(found.markets) - count
        table.add_column("policy", min_width=20, overflow="fold")
        for market in found.markets[:count]:
            table.add_column(market_name(market), overflow="fold")
        for name, line in zip(names, found.lines, strict=True):
            table.add_row(name, *map(_styled, line.cells[:count]))
    if not sys.stdout.isatty():
        console.width = max(80, console.measure(table, options=console.options.update(max_width=100_000)).maximum)
    console.print(table)
    if left_out:
        more = number_of(left_out, "more market does", "more markets do")
        say(f"{more} not fit: --markets names others, --format html and csv have all.")


def _name(found: Matrix, title: str, key: str) -> str:
    """The title of a policy, with the letters of the check where a policy has several lines."""
    is_one_each = len({line.policy.id for line in found.lines}) == len(found.lines)
    return title if is_one_each else f"{title} · {key}"


def _styled(cell: Cell) -> Text:
    """A cell in colour, law in bold. All its words are our own."""
    from rich.text import Text

    part = cell.adults.parts[0]
    is_law = part.basis is not None and part.basis.name == "LAW"
    return Text(str(cell), style=f"{'bold ' if is_law else ''}{STYLES[part.state.name.lower()]}")


def _as_json(found: Matrix) -> dict[str, Any]:
    return {
        "version": found.version,
        "as_of": found.as_of,
        "markets": list(found.markets),
        "lines": [
            {
                "family": line.policy.family,
                "policy": line.policy.id,
                "title": line.policy.title,
                "check": line.check.id,
                "key": line.check.key,
                "cells": {market: _cell_json(cell) for market, cell in zip(found.markets, line.cells, strict=True)},
            }
            for line in found.lines
        ],
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    told = {"adults": _yes_json(cell.adults), "all_ages": _yes_json(cell.everyone)}
    return {"words": str(cell), **told, "warns": list(cell.warns)}


def _yes_json(yes: Yes) -> dict[str, Any]:
    first = yes.parts[0]
    by_basis: Sequence[tuple[str, str]] = [(basis.name.lower(), state.name.lower()) for basis, state in yes.by_basis]
    return {
        "state": yes.state.name.lower(),
        "basis": None if first.basis is None else first.basis.name.lower(),
        "below": first.below,
        "by_basis": dict(by_basis),
        "needs": list(yes.needs),
    }
