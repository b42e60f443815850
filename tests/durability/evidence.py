"""What must hold of a workspace after anything that may happen to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from modtui.errors import ModtuiError
from modtui.services.clock import wall_clock
from modtui.store import sqlite
from modtui.store.checking import verify_workspace
from modtui.store.event_log import EventLog
from modtui.store.workspace import open_workspace


def faults_of(path: Path, told: Iterable[str]) -> list[str]:
    """Why a workspace does not hold what was acknowledged, whole and once; empty when it does."""
    try:
        with open_workspace(path, wall_clock()) as workspace:
            if workspace.damage is not None:
                return [f"the chain breaks: {workspace.damage.why}"]
            connection = workspace.reader
            report = verify_workspace(connection)
            faults = [f"integrity: {problem}" for problem in report.problems]
            if report.chain.broken is not None:
                faults.append(f"the chain breaks: {report.chain.broken.why}")
            events = [event for _, event in EventLog().read(connection)]
            stored = Counter(event.id for event in events)
            faults += [f"lost: {event_id}" for event_id in told if stored[event_id] == 0]
            faults += [f"doubled: {event_id}" for event_id, count in stored.items() if count > 1]
            faults += _decided_twice(connection)
            return faults
    except (ModtuiError, sqlite.Error) as error:
        return [f"cannot be opened: {error}"]


def _decided_twice(connection: sqlite.Connection) -> list[str]:
    """Ads on which more than one decision stands: no event takes back the other."""
    rows = connection.execute(
        """SELECT ad_no, count(*) FROM events e WHERE kind = 'decision'
           AND NOT EXISTS (SELECT 1 FROM supersessions s WHERE s.target = e.id) GROUP BY ad_no HAVING count(*) > 1"""
    )
    return [f"ad {ad_no} stands decided {count} times" for ad_no, count in rows]


def event_ids(lines: Iterable[str]) -> list[str]:
    """The ids among the lines a reviewer process printed."""
    return [line.split()[1] for line in lines if line.startswith("event ") and line.split()[1] != "None"]
