"""What several people decided of the same ads, read page by page: no ad is looked at that has one event only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modtui.store.sqlite import Connection

MOST_AT_ONCE = 500


class JudgementRow(NamedTuple):
    """A decision somebody made of an ad and did not take back."""

    ad_no: int
    event_id: str
    actor: str
    document: str


def last_ad_with_events(connection: Connection) -> int:
    return int(connection.execute("SELECT max(ad_no) FROM events WHERE ad_no IS NOT NULL").fetchone()[0] or 0)


def ads_with_several_events(connection: Connection, after: int, limit: int) -> list[int]:
    """Numbers of ads behind one, in order. Answered by the index of ads alone."""
    rows = connection.execute(
        """SELECT ad_no FROM events INDEXED BY events_by_ad WHERE ad_no > ?
           GROUP BY ad_no HAVING count(*) > 1 ORDER BY ad_no LIMIT ?""",
        (after, limit),
    )
    return [ad_no for (ad_no,) in rows]


def judgements_of(connection: Connection, ads: list[int]) -> list[JudgementRow]:
    """The decisions on these ads, by ad and in the order of the log, that their makers let stand.

    One that was overruled is still what its maker thought: only a retraction, or a later decision of the same person,
    takes it away.
    """
    rows = connection.execute(
        f"""SELECT e.ad_no, e.id, e.actor, e.document FROM events e
            WHERE e.ad_no IN ({", ".join("?" * len(ads))}) AND e.kind = 'decision' AND NOT EXISTS (
                SELECT 1 FROM supersessions s JOIN events l ON l.event_no = s.event_no
                WHERE s.target = e.id AND (l.kind = 'retraction' OR (l.kind = 'decision' AND l.actor = e.actor)))
            ORDER BY e.ad_no, e.event_no""",
        ads,
    )
    return [JudgementRow(*row) for row in rows]


def actors_of(connection: Connection, event_ids: Sequence[str]) -> dict[str, str]:
    """Who made these events, as far as they are here, by id."""
    found: dict[str, str] = {}
    for first in range(0, len(event_ids), MOST_AT_ONCE):
        part = event_ids[first : first + MOST_AT_ONCE]
        places = ", ".join("?" * len(part))
        found.update(connection.execute(f"SELECT id, actor FROM events WHERE id IN ({places})", part).fetchall())
    return found
