"""Active time: gaps between keys, each no longer than the longest pause."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modtui.services.active_time import LONGEST_PAUSE_MS, ActiveTime
from modtui.store.local_rows import active_ms
from tests.services.room import ad, room_at


def test_gaps_between_keys_count_and_pauses_are_cut() -> None:
    time = ActiveTime()
    time.begin(1_000)
    for at in (3_000, 4_500, 4_500 + 2 * LONGEST_PAUSE_MS):
        time.key(at)
    assert time.total_ms == 2_000 + 1_500 + LONGEST_PAUSE_MS


def test_time_away_on_another_ad_is_not_this_ads() -> None:
    time = ActiveTime()
    time.begin(0)
    time.key(1_000)
    time.begin(500_000)
    time.key(501_000)
    assert time.total_ms == 2_000


@given(st.lists(st.integers(-(10**6), 10**6), max_size=30))
def test_it_never_goes_back_nor_beyond_a_pause_a_key(times: list[int]) -> None:
    time = ActiveTime()
    time.begin(0)
    before = 0
    for at in times:
        time.key(at)
        assert before <= time.total_ms <= before + LONGEST_PAUSE_MS
        before = time.total_ms


async def test_it_is_a_row_of_this_workspace_and_no_part_of_the_event(tmp_path: Path) -> None:
    with room_at(tmp_path) as room:
        room.bring(ad("a0"), ad("a1"))
        session = await room.sit()
        import time

        start = time.monotonic()
        session.touch(start + 4.0)
        session.touch(start + 6.5)
        change = await session.decide()
        assert change.event_id is not None
        counted = active_ms(room.workspace.reader, change.event_id)
        assert counted is not None and 6_400 <= counted <= 6_500
        assert str(counted) not in str(room.events("a0")[0].body)
