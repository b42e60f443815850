"""A disk that fails at any moment of a decision: it says so, keeps the ad and its answers, and goes on when mended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from modtui.errors import ModtuiError
from modtui.services.review_session import ReviewSession
from tests.durability.evidence import faults_of
from tests.durability.reviewing import QUEUE, open_with_rules, prepare
from tests.durability.watched_disk import FULL, IOERR_FSYNC, IOERR_WRITE, OK, Op, WatchedDisk, watched_disk

MOST_CALLS = 60
"More operations on files than one decision makes."


@dataclass(slots=True)
class Fault:
    """Fails from the n-th operation of its kinds on, until mended."""

    code: int
    kinds: tuple[str, ...]
    nth: int
    seen: int = 0
    failed: int = 0

    def __call__(self, op: Op) -> int:
        if op.kind not in self.kinds:
            return OK
        self.seen += 1
        if self.seen < self.nth:
            return OK
        self.failed += 1
        return self.code


@pytest.mark.parametrize(
    ("code", "kinds"),
    [(FULL, ("write",)), (IOERR_WRITE, ("write", "truncate")), (IOERR_FSYNC, ("sync",))],
    ids=["full", "write fails", "sync fails"],
)
def test_a_decision_is_stored_once_whichever_call_failed(tmp_path: Path, code: int, kinds: tuple[str, ...]) -> None:
    prepare(tmp_path / "w.db", 100)
    with watched_disk() as disk:
        disk.is_logging = False
        asyncio.run(_fail_at_each_call(disk, tmp_path / "w.db", code, kinds))


async def _fail_at_each_call(disk: WatchedDisk, path: Path, code: int, kinds: tuple[str, ...]) -> None:
    workspace, rulebook = open_with_rules(path)
    told: list[str] = []
    failures = 0
    with workspace:
        session = ReviewSession(workspace, rulebook, QUEUE, "amina")
        await session.start()
        for nth in range(1, MOST_CALLS):
            at_hand = session.current
            assert at_hand is not None
            at_hand.desk.clear_lit()
            at_hand.desk.note = f"note {nth}"
            disk.fail = fault = Fault(code, kinds, nth)
            try:
                change = await session.decide()
            except ModtuiError as error:
                failures += 1
                assert error.message and error.hint
                assert session.current is at_hand
                assert at_hand.desk.note == f"note {nth}"
                disk.fail = lambda _: OK
                change = await session.decide()
            disk.fail = lambda _: OK
            told.append(change.event_id or "")
            if not fault.failed:
                break
        else:
            pytest.fail(f"a decision makes more than {MOST_CALLS} calls")
        await session.close()
    assert failures > 0
    assert faults_of(path, told) == []
