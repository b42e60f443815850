"""Work that everybody who may have it has passed over, so that nobody is given it any more: the lead has to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from modtui.remotes.postgres_published import LONGEST_LEASE_DAYS

if TYPE_CHECKING:
    from psycopg import Connection

MOST_NAMED = 200


class PassedAd(Struct, frozen=True):
    """An ad with a review that is open and that nobody is left for."""

    queue: str
    source: str
    ad_id: str
    passes: tuple[tuple[str, str], ...]
    "Reviewer and reason, by name; of one who had a first say the reason is the id of that decision."


def passed_by_everybody(connection: Connection, most: int = MOST_NAMED) -> list[PassedAd]:
    """The first such ads, the most urgent of each queue first.

    Everybody is whom the lead has listed, and who has asked for work within the time of the longest lease. Only ads
    that somebody has passed over are looked at: what nobody has seen yet waits, and is not passed.
    """
    rows = connection.execute(_PASSED, {"days": LONGEST_LEASE_DAYS, "most": most}).fetchall()
    return [
        PassedAd(queue, source, ad_id, tuple(sorted(zip(reviewers, reasons, strict=True))))
        for queue, source, ad_id, reviewers, reasons in rows
    ]


_PASSED = """WITH known AS (
        SELECT name, markets, languages, families, skills FROM modtui.people WHERE cap > 0
        UNION ALL
        SELECT s.reviewer, '{}', '{}', '{}', '{}' FROM modtui.seats s
        WHERE s.seen_at > clock_timestamp() - %(days)s * interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM modtui.people p WHERE p.name = s.reviewer))
    SELECT a.queue, a.source, a.ad_id, array_agg(p.reviewer), array_agg(p.reason)
    FROM modtui.work w JOIN modtui.ads a ON a.item = w.item JOIN modtui.passes p ON p.item = w.item
    WHERE (w.state = 'open' OR w.state = 'leased' AND w.leased_until < clock_timestamp())
    AND NOT EXISTS (SELECT 1 FROM modtui.work o WHERE o.item = w.item AND o.slot < w.slot
        AND (o.state = 'open' OR o.state = 'leased' AND o.leased_until < clock_timestamp()))
    AND NOT EXISTS (SELECT 1 FROM known k
        WHERE (k.markets = '{}' OR w.markets = '{}' OR w.markets && k.markets)
        AND (k.families = '{}' OR w.families = '{}' OR w.families && k.families)
        AND (k.languages = '{}' OR w.languages <@ k.languages) AND w.skills <@ k.skills
        AND NOT EXISTS (SELECT 1 FROM modtui.passes x WHERE x.item = w.item AND x.reviewer = k.name)
        AND NOT EXISTS (SELECT 1 FROM modtui.work h WHERE h.item = w.item AND h.slot <> w.slot
            AND h.state <> 'open' AND h.holder = k.name))
    GROUP BY a.queue, a.source, a.ad_id, w.order_key, w.place, w.slot
    ORDER BY a.queue, w.order_key, w.place, a.source, a.ad_id LIMIT %(most)s"""
"The conditions are those of `postgres_leases.take`, for all reviewers at once."
