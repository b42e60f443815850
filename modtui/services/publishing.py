"""What the lead of a team publishes from a workspace: a queue to be leased, the catalog, briefings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from msgspec import Struct

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog_document import catalog_from_document, document_hash
from modtui.domain.cues import ad_hits, is_of_industry
from modtui.errors import ModtuiError
from modtui.files.patterns import compile_pattern
from modtui.remotes.board import BATCH_ADS, Board, PublishedCounts, WorkAd, item_key
from modtui.services.catalogs import Rulebook
from modtui.services.media_folders import FOLDERS
from modtui.store.catalogs import find_catalog
from modtui.store.items import Item, get_item
from modtui.store.queues import get_queue
from modtui.store.workspace import Workspace

WAITING = ("new",)
"What is handed out: ads that nobody has decided yet."


class Handing(Struct, frozen=True):
    """How the ads of a queue are handed out."""

    double_share: float = 0.0
    "The share of ads, 0 to 1, that two review blind. The same ads each time it is published."
    skills: tuple[str, ...] = ()
    "What a reviewer must be able to do to be given these ads."


def send_queue(
    workspace: Workspace,
    board: Board,
    rulebook: Rulebook,
    queue: str,
    by: str,
    handing: Handing | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> PublishedCounts:
    """Put the waiting ads of a queue before the team. Repeating it adds what is new and reopens what has changed."""
    handing = handing or Handing()
    if not 0 <= handing.double_share <= 1:
        raise ModtuiError("Not a share", f"{handing.double_share} is not between 0 and 1.", "Such as --double 10%.")
    if not board.hands_out and handing != Handing():
        raise ModtuiError(
            "Nothing is handed out there",
            "A folder gives every ad to everybody: shares to be reviewed twice and skills mean nothing there.",
            "Leave --double and --skill out, or publish to the team's PostgreSQL (docs/postgres.md).",
        )
    with workspace.read() as reading:
        found = get_queue(reading, queue)
    settings = {name: value for name, value in found.settings.items() if name != FOLDERS}
    board.publish_queue(queue, settings, by)
    counts, batch = PublishedCounts(), []
    for n, item in _waiting(workspace, found.queue_no, found.size):
        batch.append(_work_ad(item, rulebook, handing, settings) if board.hands_out else _ad_for_all(item))
        if len(batch) == BATCH_ADS:
            counts += board.publish_ads(queue, batch)
            batch = []
            if on_progress:
                on_progress(n, found.size)
    if batch:
        counts += board.publish_ads(queue, batch)
    return counts


def _waiting(workspace: Workspace, queue_no: int, size: int) -> Iterator[tuple[int, Item]]:
    for n in range(1, size + 1):
        with workspace.read() as reading:
            item = get_item(reading, queue_no, n)
        if item is not None and item.state in WAITING:
            yield n, item


def _ad_for_all(item: Item) -> WorkAd:
    """An ad where nobody is chosen for it, so that what would decide to whom it goes is not worked out."""
    markets = tuple(str(each) for each in orjson.loads(item.payload).get("markets") or ())
    return WorkAd(item.source, item.ad_id, item.content_hash, item.payload, item.order_key, item.n, markets)


def _work_ad(item: Item, rulebook: Rulebook, handing: Handing, settings: Mapping[str, Any]) -> WorkAd:
    ad, catalog = ad_from_payload(orjson.loads(item.payload)), rulebook.catalog
    markets: dict[str, None] = {}
    for market in ad.markets or settings.get("markets") or ():
        markets[market] = None
        markets.update(dict.fromkeys(catalog.market_groups.get(market, ())))
    lit = {catalog.policy_of(catalog.check_by_id[hit.check_id]).family for hit in ad_hits(rulebook.index, ad)}
    lit |= {policy.family for policy in catalog.policies if is_of_industry(policy.cues, ad.industry)}
    languages = dict.fromkeys(each.partition("-")[0].lower() for each in ad.languages)
    chance = int(item_key(item.queue, item.source, item.ad_id)[:8], 16) / 2**32
    return WorkAd(
        item.source, item.ad_id, item.content_hash, item.payload, item.order_key, item.n, tuple(markets),
        tuple(languages), tuple(sorted(lit)), handing.skills, chance < handing.double_share,
    )  # fmt: skip


def send_catalog(workspace: Workspace, board: Board, rulebook: Rulebook, by: str) -> bool:
    """Make a catalog the team's; whether it is new there."""
    catalog = rulebook.catalog
    with workspace.read() as reading:
        stored = find_catalog(reading, catalog.hash)
    if stored is None:
        raise ModtuiError("Catalog not kept", "The workspace cannot be written, so it keeps no catalog.", "Check it.")
    return board.publish_catalog(catalog.hash, catalog.id, catalog.version, stored.document, by)


def send_briefings(board: Board, rulebook: Rulebook, by: str) -> int:
    """Put the briefings of a policy file into the team's catalog, in place of those in it; how many there are now.

    The rules stay those the team works by: a briefing can go out before the catalog around it is ready.
    """
    newest = board.newest_catalog()
    if newest is None:
        raise ModtuiError(
            "No catalog there yet",
            "Briefings go out with the team's catalog.",
            "`modtui remote publish catalog` first.",
        )
    briefings = [dict(each) for each in rulebook.catalog.briefings]
    document = json.loads(newest.document) | {"briefings": briefings}
    try:
        catalog = catalog_from_document(document, compile_pattern)
    except (KeyError, TypeError, ValueError) as error:
        raise ModtuiError(
            "Briefings do not fit", f"They speak of what the team's catalog does not have: {error}.",
            "Publish the catalog with them.",
        ) from error  # fmt: skip
    text = orjson.dumps(document).decode()
    board.publish_catalog(document_hash(document), catalog.id, catalog.version, text, by)
    return len(briefings)
