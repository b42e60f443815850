"""What stands of what was decided: the newest verdict to undo, what builds on it, and figures over a time."""

from __future__ import annotations

from collections.abc import Sequence

from modtui.domain.events import VERDICTS, Event, standing_verdicts
from modtui.store.event_log import EventLog, first_event_id
from modtui.store.sqlite import Connection


def standing_on_ad(connection: Connection, ad_no: int) -> tuple[Event, ...]:
    """The standing verdicts on an ad, on every version and in every queue, oldest first."""
    return tuple(event for event in standing_verdicts(EventLog().of_ad(connection, ad_no)) if isinstance(event, Event))


def free_replaced(connection: Connection, retracted: Sequence[str]) -> None:
    """Let stand again what events that are now retracted had taken the place of."""
    for event_id in retracted:
        event = EventLog().get(connection, event_id)
        if event is not None:
            event_no = EventLog().number(connection, event_id)
            connection.executemany(
                "DELETE FROM supersessions WHERE target = ? AND event_no = ?",
                [(target, event_no) for target in event.supersedes],
            )


def newest_standing(
    connection: Connection, reviewer: str, session: str | None = None, kinds: Sequence[str] = VERDICTS
) -> Event | None:
    """The newest event of these kinds by a reviewer that nothing has superseded; of one session only if it is named."""
    of_session = "" if session is None else "AND l.session = ?"
    row = connection.execute(
        f"""SELECT e.id FROM events e LEFT JOIN event_locals l USING (event_no)
            WHERE e.actor = ? AND e.kind IN ({", ".join("?" * len(kinds))}) {of_session}
            AND NOT EXISTS (SELECT 1 FROM supersessions s WHERE s.target = e.id) ORDER BY e.event_no DESC LIMIT 1""",
        (reviewer, *kinds, *(() if session is None else (session,))),
    ).fetchone()
    return EventLog().get(connection, row[0]) if row else None


def events_building_on(connection: Connection, event_id: str) -> list[Event]:
    """What would lose its ground if an event were taken back, oldest first.

    That is whatever supersedes it, and every later verdict or appeal on the same ad that still stands.
    """
    log = EventLog()
    event_no = log.number(connection, event_id)
    if event_no is None:
        return []
    rows = connection.execute(
        f"""SELECT id FROM events WHERE event_no IN (
              SELECT event_no FROM supersessions WHERE target = ?
              UNION SELECT e.event_no FROM events e
              WHERE e.ad_no = (SELECT ad_no FROM events WHERE event_no = ?) AND e.event_no > ?
              AND e.kind IN ({", ".join("?" * len(VERDICTS))}, 'appeal')
              AND NOT EXISTS (SELECT 1 FROM supersessions s WHERE s.target = e.id)) ORDER BY event_no""",
        (event_id, event_no, event_no, *VERDICTS),
    )
    return [event for (found,) in rows.fetchall() if (event := log.get(connection, found)) is not None]


def outcome_figures(connection: Connection, since_ms: int, reviewer: str | None = None) -> dict[str, int]:
    """Standing verdicts since a time by outcome, of one reviewer or of all."""
    by_whom = "" if reviewer is None else "AND e.actor = ?"
    rows = connection.execute(
        f"""SELECT e.document ->> '$.body.outcome', count(*) FROM events e INDEXED BY sqlite_autoindex_events_1
            WHERE e.id >= ? AND e.kind IN ({", ".join("?" * len(VERDICTS))}) {by_whom}
            AND NOT EXISTS (SELECT 1 FROM supersessions s WHERE s.target = e.id) GROUP BY 1""",
        (first_event_id(since_ms), *VERDICTS, *(() if reviewer is None else (reviewer,))),
    )
    return {outcome or "": count for outcome, count in rows}
