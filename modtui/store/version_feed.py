"""Contents of ads in an order that only grows, for what is kept beside the workspace and made from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from modtui.store.items import VERSION_BITS
from modtui.store.sqlite import Connection


class FedVersion(NamedTuple):
    """One content of an ad."""

    version_no: int
    payload: str


def versions_after(connection: Connection, version_no: int, limit: int) -> list[FedVersion]:
    """The next contents behind that one, by number of the ad."""
    rows = connection.execute(
        "SELECT version_no, payload FROM ad_versions WHERE version_no > ? ORDER BY version_no LIMIT ?",
        (version_no, limit),
    )
    return [FedVersion(*row) for row in rows.fetchall()]


def later_versions(connection: Connection, after: int, limit: int) -> tuple[list[FedVersion], int]:
    """Contents that came to known ads behind that place, and the place of the last of them."""
    rows = connection.execute(
        """SELECT l.n, v.version_no, v.payload FROM later_versions l CROSS JOIN ad_versions v
           ON v.version_no = l.version_no WHERE l.n > ? ORDER BY l.n LIMIT ?""",
        (after, limit),
    ).fetchall()
    return [FedVersion(*row[1:]) for row in rows], rows[-1][0] if rows else after


def versions_with(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The JSON of these contents, as far as they are there."""
    rows = connection.execute(
        """SELECT v.version_no, v.payload FROM json_each(?) wanted CROSS JOIN ad_versions v
           ON v.version_no = wanted.value""",
        (json.dumps(list(numbers)),),
    )
    return dict(rows.fetchall())


def names_of(connection: Connection, ad_nos: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Source and id of these ads, as far as they are there."""
    rows = connection.execute(
        """SELECT a.ad_no, s.name, a.id FROM json_each(?) wanted CROSS JOIN ads a ON a.ad_no = wanted.value
           JOIN sources s ON s.source_no = a.source_no""",
        (json.dumps(list(ad_nos)),),
    )
    return {ad_no: (source, ad_id) for ad_no, source, ad_id in rows}


def last_later(connection: Connection) -> int:
    """The place of the newest content that came to a known ad."""
    return int(connection.execute("SELECT coalesce(max(n), 0) FROM later_versions").fetchone()[0])


def how_far(connection: Connection) -> tuple[int, int]:
    """The number of the newest content of the newest ad, and the place of the newest that came later."""
    row = connection.execute("SELECT max(version_no) FROM ad_versions").fetchone()
    return int(row[0] or 0), last_later(connection)


def is_behind(connection: Connection, version_no: int, later: int, least: int = 1) -> bool:
    """Whether there are at least so many contents more than what was looked at up to these two."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM ad_versions WHERE version_no > ? LIMIT ?)", (version_no, least)
    ).fetchone()
    return int(row[0]) + max(0, last_later(connection) - later) >= least


def queues_of(connection: Connection, version_nos: Sequence[int]) -> dict[int, list[str]]:
    """The queues that the ads of these contents are in, by the number of the content."""
    rows = connection.execute(
        f"""SELECT wanted.value, q.name FROM json_each(?) wanted CROSS JOIN queue_items i
            ON i.ad_no = wanted.value >> {VERSION_BITS} JOIN queues q ON q.queue_no = i.queue_no""",
        (json.dumps(list(version_nos)),),
    )
    found: dict[int, list[str]] = {}
    for version_no, queue in rows:
        found.setdefault(version_no, []).append(queue)
    return found
