"""Active time: gaps between keys, each no longer than the longest pause."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modtui.services.active_time import LONGEST_PAUSE_MS, ActiveTime
from modtui.store.local_rows import active_ms
from tests.services.room import ad, room_at


def test_gaps_between_keys_count_and_pauses_are_cut() -> None:
    active = ActiveTime()
    active.begin(1_000)
    for at in (3_000, 4_500, 4_500 + 2 * LONGEST_PAUSE_MS):
        active.key(at)
    assert active.total_ms == 2_000 + 1_500 + LONGEST_PAUSE_MS


def test_time_away_on_another_ad_is_not_this_ads() -> None:
    active = ActiveTime()
    active.begin(0)
    active.key(1_000)
    active.begin(500_000)
    active.key(501_000)
    assert active.total_ms == 2_000


@given(st.lists(st.integers(-(10**6), 10**6), max_size=30))
def test_it_never_goes_back_nor_beyond_a_pause_a_key(times: list[int]) -> None:
    active = ActiveTime()
    active.begin(0)
    before = 0
    for at in times:
        active.key(at)
        assert before <= active.total_ms <= before + LONGEST_PAUSE_MS
        before = active.total_ms


async def test_it_is_a_row_of_this_workspace_and_no_part_of_the_event(tmp_path: Path) -> None:
    with room_at(tmp_path) as room:
        room.bring(ad("a0"), ad("a1"))
        before = time.monotonic()
        session = await room.sit()
        start = time.monotonic()
        session.touch(start + 4.0)
        session.touch(start + 6.5)
        change = await session.decide()
        assert change.event_id is not None
        counted = active_ms(room.workspace.reader, change.event_id)
        sitting_down_ms = (start - before) * 1_000
        assert counted is not None and 6_499 <= counted <= 6_501 + sitting_down_ms
        assert str(counted) not in str(room.events("a0")[0].body)
