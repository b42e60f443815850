"""Reading one ad: its versions, and what was decided about its advertiser."""

from __future__ import annotations

from msgspec import Struct

from modtui.store.items import MAX_VERSIONS, VERSION_BITS
from modtui.store.sqlite import Connection


class AdVersion(Struct, frozen=True):
    """One content an ad has had."""

    version: int
    imported_at_ms: int
    content_hash: str
    payload: str
    is_current: bool


class AdvertiserHistory(Struct, frozen=True):
    """What this workspace has decided about an advertiser, over its newest decided ads."""

    decided: int
    outcomes: dict[str, int]
    last_verdict: str | None
    "Id of the newest standing verdict on one of them."


def versions_of(connection: Connection, ad_no: int) -> list[AdVersion]:
    """All versions of an ad, the first that came first."""
    rows = connection.execute(
        f"""SELECT v.version_no & {MAX_VERSIONS}, v.imported_ms, lower(hex(v.content_hash)), v.payload,
            (v.version_no & {MAX_VERSIONS}) = a.version
            FROM ads a JOIN ad_versions v ON v.version_no BETWEEN (a.ad_no << {VERSION_BITS}) AND
            ((a.ad_no << {VERSION_BITS}) | {MAX_VERSIONS}) WHERE a.ad_no = ? ORDER BY v.version_no""",
        (ad_no,),
    )
    return [AdVersion(version, ms, digest, payload, bool(current)) for version, ms, digest, payload, current in rows]


def version_with(connection: Connection, ad_no: int, content_hash: str) -> AdVersion | None:
    """The version of an ad that has this content."""
    return next((version for version in versions_of(connection, ad_no) if version.content_hash == content_hash), None)


def count_ads(connection: Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0])


def advertiser_history(connection: Connection, advertiser: str, limit: int = 500) -> AdvertiserHistory:
    """Outcomes over the newest `limit` ads of an advertiser that were ever decided."""
    rows = connection.execute(
        """SELECT i.outcome, i.verdict FROM
           (SELECT ad_no FROM advertiser_verdicts WHERE advertiser = ? ORDER BY ad_no DESC LIMIT ?) a
           CROSS JOIN queue_items i ON i.ad_no = a.ad_no WHERE i.verdict IS NOT NULL""",
        (advertiser, limit),
    ).fetchall()
    outcomes: dict[str, int] = {}
    for outcome, _ in rows:
        outcomes[outcome or ""] = outcomes.get(outcome or "", 0) + 1
    return AdvertiserHistory(len(rows), outcomes, max((verdict for _, verdict in rows), default=None))
