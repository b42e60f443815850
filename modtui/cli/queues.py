"""`modtui queues` and `modtui ads`: what is waiting, and finding ads from the shell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from modtui.cli.common import put, put_json, say, settings_of
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.services.overview import QueueLine
    from modtui.services.slices_saved import Filter
    from modtui.store.ad_list import ListedAd

SHOWN = 50
MOST = 10_000
WIDEST = 40
"Cells of a column, however long its texts."
HEADINGS = ("queue", "waiting", "due < 1 h", "in review", "held", "escalated", "document", "second", "decided", "total")


@click.command(epilog="For example: modtui queues --json\n\nOr: modtui queues eu-weekly --must-see")
@click.argument("queue", required=False, metavar="[QUEUE]")
@click.option(
    "--must-see/--need-not-see", default=None, help="Whether QUEUE wants its main picture or video seen to approve."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def queues(ctx: click.Context, queue: str | None, must_see: bool | None, as_json: bool) -> None:
    """Show what is waiting: every queue with its ads by state, and how many are due within the hour.

    QUEUE is one whose setting is changed.
    """
    from modtui.cli.workplace import opened_workspace
    from modtui.services.overview import read_queues
    from modtui.store.queues import DUE_LIMIT

    if (queue is None) is not (must_see is None):
        raise click.UsageError("QUEUE and --must-see or --need-not-see go together.")
    with opened_workspace(settings_of(ctx)) as workspace:
        if queue is not None and must_see is not None:
            from modtui.services.must_see import set_must_see

            set_must_see(workspace, queue, must_see)
            say(f"{queue} {'wants' if must_see else 'does not want'} its main picture or video seen before an approval")
        found = read_queues(workspace)
    if as_json:
        put_json({"queues": [_queue_json(line) for line in found]})
        return
    if not found:
        say("There are no queues yet. `modtui import FILE` makes one, `modtui demo` shows one.")
        return
    rows = [
        (
            each.name,
            *(f"{value:,}" + ("+" if value == DUE_LIMIT and n == 1 else "") for n, value in enumerate(_row(each))),
        )
        for each in found
    ]
    for line in _aligned([HEADINGS, *rows]):
        put(line)


@click.command(epilog="For example: modtui ads whisky state:new --market FR --limit 20")
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option("--queue", help="Only this queue.")
@click.option("--slice", "slice_name", help="A slice kept in the list screen; QUERY and options narrow it.")
@click.option(
    "--state", "states", multiple=True, help="new, held, escalated, waiting_document, second_review, decided."
)
@click.option("--outcome", "outcomes", multiple=True, help="approve, approve_limited, reject, request_info, escalate.")
@click.option("--market", "markets", multiple=True, help="A market or a group of the catalog.")
@click.option("--advertiser", help="The advertiser's whole name.")
@click.option("--industry", help="`food` covers `food.alcohol`.")
@click.option("--limit", type=click.IntRange(1, MOST), default=SHOWN, show_default=True, help="Ads shown.")
@click.option("--after", metavar="PLACE", help="Go on after this place, as the last call named it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; `next` is the place to go on after.")
@click.pass_context
def ads(
    ctx: click.Context,
    query: Sequence[str],
    queue: str | None,
    slice_name: str | None,
    states: Sequence[str],
    outcomes: Sequence[str],
    markets: Sequence[str],
    advertiser: str | None,
    industry: str | None,
    limit: int,
    after: str | None,
    as_json: bool,
) -> None:
    """Find ads. QUERY is words that must all occur, and filters such as state:new or market:FR."""
    from modtui.cli.workplace import opened
    from modtui.services.listing import find_ads, index_state, place_words, read_place

    given = {"state": states, "outcome": outcomes, "market": markets}
    given |= {"advertiser": (advertiser,) if advertiser else (), "industry": (industry,) if industry else ()}
    place = read_place(after) if after else None
    if after and place is None:
        raise click.UsageError(f"'{after}' is no place. Take the one the last call named, such as 1.50.")
    with opened(settings_of(ctx), create=False) as (workspace, rulebook):
        wanted, queue = _wanted(workspace, " ".join(query), given, slice_name, queue)
        groups = rulebook.catalog.market_groups
        # One more than is shown tells whether there is a next page.
        found = find_ads(workspace, wanted, queue=queue, after=place, limit=limit + 1, market_groups=groups)
        index = index_state(workspace)
    shown, more = found[:limit], len(found) > limit
    following = place_words(shown[-1]) if more else None
    if as_json:
        put_json({"ads": [_ad_json(ad) for ad in shown], "next": following})
    else:
        for line in _aligned([_ad_row(ad) for ad in shown], last_is_free=True):
            put(line)
        say(f"{len(shown):,} ads" + (f"; more with --after {following}" if following else ""))
    if wanted.words and not index.is_complete:
        ads = number_of(index.ads, "ad")
        say(f"The search index holds {index.indexed:,} of {ads} so far; search again later for the rest.")


def _wanted(
    workspace: Any, query: str, given: Mapping[str, Sequence[str]], slice_name: str | None, queue: str | None
) -> tuple[Filter, str | None]:
    """The filter that QUERY, options and a kept slice make together, and the queue."""
    from modtui.services.slices_saved import find_slice, read_filter, saved_slices, term

    terms = [query, *(term(name, value) for name, values in given.items() for value in values)]
    if slice_name is not None:
        kept = find_slice(workspace, slice_name)
        if kept is None:
            names = ", ".join(each.name for each in saved_slices(workspace)[:20]) or "none"
            raise ModtuiError("No such slice", f"There is no slice '{slice_name}'.", f"Those kept here: {names}.")
        terms.insert(0, str(kept.filter))
        queue = queue or kept.queue
    return read_filter(" ".join(terms)), queue


def _row(line: QueueLine) -> tuple[int, ...]:
    counts = line.counts
    return (
        counts.new, line.due_soon, counts.in_review, counts.held, counts.escalated, counts.waiting_document,
        counts.second_review, counts.decided, counts.total,
    )  # fmt: skip


def _queue_json(line: QueueLine) -> dict[str, Any]:
    names = (
        "new",
        "due_soon",
        "in_review",
        "held",
        "escalated",
        "waiting_document",
        "second_review",
        "decided",
        "total",
    )
    values = dict(zip(names, _row(line), strict=True))
    return {"queue": line.name, **values, "escalated_by_route": dict(line.counts.escalated_by_route)}


def _ad_row(ad: ListedAd) -> tuple[str, ...]:
    state = "in review" if ad.claimed_by else "elsewhere" if ad.is_away else ad.state
    markets = " ".join(ad.markets[:4]) + (f" +{len(ad.markets) - 4}" if len(ad.markets) > 4 else "")
    return (ad.ad_id, ad.queue, state, ad.outcome or "", _due(ad) or "", markets, ad.advertiser or "", ad.title)


def _due(ad: ListedAd) -> str | None:
    from modtui.store.times import due_ms, utc_text

    at = due_ms(ad.order_key)
    return None if at is None else f"{datetime.fromisoformat(utc_text(at)):%Y-%m-%dT%H:%MZ}"


def _ad_json(ad: ListedAd) -> dict[str, Any]:
    return {
        "queue": ad.queue,
        "n": ad.n,
        "source": ad.source,
        "id": ad.ad_id,
        "version": ad.version,
        "title": ad.title,
        "advertiser": ad.advertiser,
        "markets": list(ad.markets),
        "industry": ad.industry,
        "state": ad.state,
        "mark": ad.mark,
        "outcome": ad.outcome,
        "route": ad.route,
        "in_review_by": ad.claimed_by,
        "elsewhere": ad.is_away,
        "due_at": _due(ad),
    }


def _aligned(rows: Iterable[Sequence[str]], last_is_free: bool = False) -> Iterable[str]:
    """Rows as lines with their columns below each other. What they hold is made safe first: each stays one line."""
    from rich.cells import cell_len, set_cell_size

    from modtui.domain.text import reveal

    table = [[reveal(value, "one") for value in row] for row in rows]
    if not table:
        return
    widths = [min(max(cell_len(row[place]) for row in table), WIDEST) for place in range(len(table[0]))]
    for row in table:
        cells = [set_cell_size(value, width) for value, width in zip(row, widths, strict=True)]
        if last_is_free:
            cells[-1] = row[-1]
        yield "  ".join(cells).rstrip()
