"""Which decisions have left the workspace in which form, so that each is written once and one taken back is named."""

from __future__ import annotations

from collections.abc import Collection

from modtui.store.sqlite import Connection

_TAKEN_BACK = "EXISTS (SELECT 1 FROM supersessions t WHERE t.target = exported.event_id)"


def begin_export(connection: Connection, form: str) -> None:
    """Forget what an export that was cut short had put aside."""
    connection.execute("DELETE FROM exported WHERE form = ? AND at IS NULL", (form,))


def put_aside(connection: Connection, form: str, event_ids: Collection[str]) -> None:
    """Note decisions that are being written; they count once `end_export` says that the file is whole."""
    connection.executemany(
        "INSERT INTO exported (form, event_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(form, event_id) for event_id in event_ids],
    )


def end_export(connection: Connection, form: str, at: str) -> None:
    """The file is whole: its decisions have been exported, and those named as withdrawn are not named again."""
    connection.execute("UPDATE exported SET at = ? WHERE form = ? AND at IS NULL", (at, form))
    connection.execute(
        f"UPDATE exported SET withdrawn_at = ? WHERE form = ? AND withdrawn_at IS NULL AND {_TAKEN_BACK}", (at, form)
    )


def already_exported(connection: Connection, form: str, event_ids: Collection[str]) -> set[str]:
    marks = ", ".join("?" * len(event_ids))
    rows = connection.execute(
        f"SELECT event_id FROM exported WHERE form = ? AND at IS NOT NULL AND event_id IN ({marks})",
        (form, *event_ids),
    )
    return {row[0] for row in rows}


def newly_withdrawn(connection: Connection, form: str) -> list[tuple[str, str, str]]:
    """Event, source and ad of decisions that were exported and taken back since, those not named before."""
    return connection.execute(  # type: ignore[no-any-return]
        f"""SELECT exported.event_id, s.name, a.id FROM exported
            JOIN events e ON e.id = exported.event_id JOIN ads a ON a.ad_no = e.ad_no JOIN sources s USING (source_no)
            WHERE form = ? AND at IS NOT NULL AND withdrawn_at IS NULL AND {_TAKEN_BACK} ORDER BY e.event_no""",
        (form,),
    ).fetchall()
