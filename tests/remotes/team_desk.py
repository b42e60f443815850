"""A person of the team with a workspace that syncs with its database."""

from __future__ import annotations

import shutil
from pathlib import Path

from modtui.domain.events import standing_verdicts
from modtui.remotes.postgres_published import PostgresBoard
from modtui.services.publishing import Handing, send_catalog, send_queue
from modtui.services.syncing import SyncReport, add_remote, sync
from modtui.services.team import opened_team
from modtui.services.team_work import Wish, keep_wish
from modtui.store.event_log import EventLog
from modtui.store.workspace import open_workspace
from tests.remotes.team_database import TeamDatabase
from tests.services.room import WL, YES, Room, ad, at_hand


class Desk:
    """A reviewer with a workspace that syncs with the team."""

    def __init__(self, name: str, room: Room, team: TeamDatabase) -> None:
        self.name, self.room, self.team = name, room, team
        add_remote(room.workspace, "team", team.address(name), "eu")

    def wishes(self, wanted: int) -> None:
        keep_wish(self.room.workspace, Wish(self.name, wanted))

    def sync(self) -> SyncReport:
        return sync(self.room.workspace, "team", clock=self.room.clock, pause=lambda _: None)

    async def decide_all(
        self, most: int = 1_000, *, reject: bool = False, second_review: str = "approvals"
    ) -> list[str]:
        session = await self.room.sit(self.name, second_review=second_review)
        done: list[str] = []
        while session.current is not None and len(done) < most:
            done.append(at_hand(session).item.ad_id)
            if reject:
                at_hand(session).desk.answer(WL, YES)
            await session.decide()
        await session.close()
        return done

    def seen_on(self, ad_id: str) -> list[str]:
        """Who stands by which verdict on an ad, as far as it can be seen here."""
        return [event.actor for event in standing_verdicts(self.room.events(ad_id))]

    def events(self) -> list[str]:
        """The ids of all events here, own and others'."""
        return [event.id for _, event in EventLog().read(self.room.workspace.reader)]

    def copy_to(self, path: Path) -> Path:
        """The file as it is now, at another place."""
        self.room.workspace.close()
        shutil.copy(self.room.workspace.path, path)
        self._open()
        return path

    def put_back(self, backup: Path) -> None:
        """Write an older copy over the workspace."""
        self.room.workspace.close()
        self.room.workspace.path.write_bytes(backup.read_bytes())
        self._open()

    def close(self) -> None:
        self.room.workspace.close()

    def _open(self) -> None:
        self.room.workspace = open_workspace(self.room.workspace.path, self.room.now)


def publish(desks: dict[str, Desk], count: int, **handing: object) -> None:
    """The lead hands out so many ads, with the catalog."""
    lead = desks["lena"]
    lead.room.bring(*(ad(f"ad-{n}") for n in range(1, count + 1)))
    publish_again(lead, with_catalog=True, **handing)


def publish_again(lead: Desk, *, with_catalog: bool = False, **handing: object) -> None:
    with opened_team(lead.team.address("lena"), lead.room.workspace) as (_, connection):
        board = PostgresBoard(connection)
        if with_catalog:
            send_catalog(lead.room.workspace, board, lead.room.rulebook, "lena")
        send_queue(lead.room.workspace, board, lead.room.rulebook, "q", "lena", Handing(**handing))  # type: ignore[arg-type]
