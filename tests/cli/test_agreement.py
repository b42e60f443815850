"""`modtui agreement`: over decisions of several people, told with what is undefined and without ranks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modtui.domain.events import Entry, Subject
from modtui.services.team_agreement import Asked, team_agreement
from modtui.store.event_log import new_event_id
from modtui.store.items import items_of_ad
from modtui.store.times import utc_text
from tests.cli.command import Command
from tests.services.room import NOON, Room, ad, room_at

DAY = 24 * 3_600_000


def decide(room: Room, ad_id: str, who: str, outcome: str, *checks: str, days: int = 0, **more: Any) -> str:
    """Append what one person decided, as a sync would."""
    item = items_of_ad(room.workspace.reader, more.get("queue", "q"), ad_id)[0]
    supersedes = tuple(more.pop("supersedes", ()))
    kind = more.pop("kind", "decision")
    now = NOON + days * DAY
    body = {"outcome": outcome, "state": "decided", "queue": "q", "findings": [{"check": each} for each in checks]}
    entry = Entry(
        new_event_id(now), kind, who, utc_text(now), body | more,
        Subject(item.source, item.ad_id, item.content_hash), supersedes, "0" * 64, "UTC", "1",
    )  # fmt: skip
    room.workspace.writer.call(lambda tx: tx.append_event(entry))
    return entry.id


WL, WB, AL = "weight.loss/promise", "weight.loss/before-after", "alcohol.product/sells"


def test_two_people_are_held_against_each_other(tmp_path: Path) -> None:
    """The table 80/7/8/5 of TRAINING_QA_RISK b.3: raw .85, kappa .31, AC1 .81."""
    counts = [("approve", "approve", 80), ("approve", "reject", 7), ("reject", "approve", 8), ("reject", "reject", 5)]
    with room_at(tmp_path) as room:
        room.bring(*(ad(f"a{n}") for n in range(100)))
        n = 0
        for one, other, times in counts:
            for _ in range(times):
                for who, outcome in (("amina", one), ("ben", other)):
                    decide(room, f"a{n}", who, outcome, *([WL] if outcome == "reject" else []))
                n += 1
        found = team_agreement(room.workspace, Asked())
    assert found.ads == 100
    assert found.raw.value == pytest.approx(0.85)
    assert found.raw.low == pytest.approx(0.767, abs=0.001)
    assert found.cohen is not None and found.cohen.value == pytest.approx(0.316, abs=0.005)
    # Five outcomes are possible, whether or not they were used: AC1 of two would be .81.
    assert found.ac1.value is not None and 0.81 < found.ac1.value < 0.85
    assert found.ac1.low is not None and found.ac1.low < found.ac1.value < (found.ac1.high or 0)
    assert [(each.check, each.both, each.one) for each in found.checks] == [(WL, 5, 15)]
    assert [(each.name, each.agreed and each.agreed.share) for each in found.persons] == [
        ("amina", 0.85),
        ("ben", 0.85),
    ]


def test_what_counts_is_what_people_thought_on_their_own(tmp_path: Path) -> None:
    with room_at(tmp_path) as room:
        room.bring(*(ad(f"a{n}") for n in range(6)))
        lost = decide(room, "a0", "amina", "approve"), decide(room, "a0", "ben", "reject", WL)
        decide(room, "a0", "cleo", "reject", WL, kind="adjudication", supersedes=lost)
        gone = decide(room, "a1", "amina", "approve")
        decide(room, "a1", "amina", "", kind="retraction", supersedes=[gone])
        decide(room, "a1", "ben", "reject", WL)
        asked = decide(room, "a2", "amina", "escalate")
        decide(room, "a2", "ben", "reject", WL, supersedes=[asked])
        first = decide(room, "a3", "amina", "approve")
        decide(room, "a3", "amina", "reject", AL, supersedes=[first])
        decide(room, "a3", "ben", "reject", AL, days=2)
        decide(room, "a4", "amina", "reject", WL)
        found = team_agreement(room.workspace, Asked())
        assert found.ads == 2, "a0, where a conflict was settled, and a3"
        assert found.raw.value == 0.5
        assert team_agreement(room.workspace, Asked(policies=("alcohol",))).ads == 1
        assert team_agreement(room.workspace, Asked(since="2026-11-24")).ads == 1
        assert team_agreement(room.workspace, Asked(queue="other")).ads == 0


def test_undefined_is_shown_and_few_answers_are_no_figure(modtui: Command) -> None:
    with room_at(modtui.folder) as room:
        room.bring(*(ad(f"a{n}") for n in range(19)))
        for n in range(19):
            decide(room, f"a{n}", "amina\x1b[2J", "approve")
            decide(room, f"a{n}", "ben", "approve")
    shown = modtui.good("agreement").stdout
    assert "19 ads judged by two or more of 2 reviewers" in shown
    assert "outcomes, raw                  100 % (83 to 100)" in shown
    assert "undefined: no variation, everybody always said the same" in shown
    assert shown.count("fewer than 20 ads (19)") == 2
    assert "\x1b" not in shown
    plain = modtui.json("agreement")
    assert plain["alpha"]["value"] is None and plain["alpha"]["why"].startswith("undefined")
    assert [each["agreed"] for each in plain["persons"]] == [None, None]
    assert "rank" not in json.dumps(plain)


def test_nobody_judged_twice(modtui: Command) -> None:
    modtui.good("import", modtui.file("q.jsonl", [ad("a0")]))
    assert "No ad was judged by two people" in modtui.good("agreement").stderr
    assert modtui.json("agreement")["raw"]["value"] is None
    assert modtui("agreement", "--since", "soon").exit_code == 1


def test_ads_with_one_event_are_never_read(tmp_path: Path) -> None:
    with room_at(tmp_path) as room:
        plan = room.workspace.reader.execute(
            """EXPLAIN QUERY PLAN SELECT ad_no FROM events INDEXED BY events_by_ad WHERE ad_no > 0
               GROUP BY ad_no HAVING count(*) > 1 ORDER BY ad_no LIMIT 400"""
        ).fetchall()
    assert "COVERING INDEX events_by_ad" in str(plan)
