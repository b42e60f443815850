"""A reviewer without a screen: a workspace of a few ads, and every storing verb of a session in turn.

Run as `python -m tests.durability.reviewing WORKSPACE REVIEWER COUNT`, it prints a line for each acknowledged verb.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.generate import queue_file
from modtui.services.catalogs import Rulebook, load_rulebook
from modtui.services.clock import wall_clock
from modtui.services.group_verbs import Group, Member
from modtui.services.importing import ImportOrder, build_search_index, run_import
from modtui.services.review_session import ReviewSession
from modtui.services.shipped import shipped
from modtui.store.workspace import Workspace, open_workspace

QUEUE = "q"
Tell = Callable[[str], None]


def open_with_rules(path: Path) -> tuple[Workspace, Rulebook]:
    """The workspace, made if it is not there, with the shipped catalog."""
    workspace = open_workspace(path, wall_clock())
    try:
        return workspace, load_rulebook(shipped("policies.yaml"), workspace, wall_clock())
    except BaseException:
        workspace.close()
        raise


def prepare(path: Path, ads: int) -> None:
    """Make a workspace with that many ads in one queue."""
    workspace, rulebook = open_with_rules(path)
    with workspace:
        run_import(workspace, rulebook.catalog, ImportOrder((queue_file(path.parent, ads),), QUEUE))
        build_search_index(workspace)


async def review(workspace: Workspace, rulebook: Rulebook, reviewer: str, count: int, tell: Tell) -> None:
    """Decide so many ads, holding, skipping, undoing, redoing and noting on the way; say what each await gave."""
    session = ReviewSession(workspace, rulebook, QUEUE, reviewer)
    await session.start()
    for number in range(1, count + 1):
        if session.current is None:
            break
        session.current.desk.clear_lit()
        session.current.desk.note = f"note {number}"
        await session.save_draft()
        tell(f"event {(await session.decide()).event_id}")
        if number % 5 == 0:
            tell(f"event {(await session.undo()).event_id}")
            tell(f"event {(await session.redo()).event_id}")
        if number % 7 == 0 and session.current is not None:
            await session.hold("need more time", 600)
        if number % 11 == 0 and session.current is not None:
            await session.skip("other")
    await session.close()


async def decide_only(workspace: Workspace, rulebook: Rulebook, reviewer: str, count: int, tell: Tell) -> None:
    """Decide so many ads, nothing else."""
    session = ReviewSession(workspace, rulebook, QUEUE, reviewer)
    await session.start()
    for _ in range(count):
        if session.current is None:
            break
        session.current.desk.clear_lit()
        tell(f"event {(await session.decide()).event_id}")
    await session.close()


def prepare_families(path: Path, families: int, size: int) -> None:
    """Make a workspace with families of that many near-identical ads."""
    body = "Offer {}: a tea for the evening, three boxes for the price of two, order it by {} from our shop."
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    queue = path.with_name("families.jsonl")
    with queue.open("w", encoding="utf-8") as file:
        for number in range(families):
            name = " ".join(f"{number * 31 + place:x}" for place in range(12))
            for member in range(size):
                creative = {"body": f"{body.format(name, days[member % len(days)])} {name}"}
                file.write(json.dumps({"id": f"f{number}-{member}", "markets": ["FR"], "creative": creative}) + "\n")
    workspace, rulebook = open_with_rules(path)
    with workspace:
        run_import(workspace, rulebook.catalog, ImportOrder((queue,), QUEUE))


async def decide_groups(workspace: Workspace, rulebook: Rulebook, reviewer: str, count: int, tell: Tell) -> None:
    """Decide so many families, each as a group; take every third back and do every other of those again."""
    session = ReviewSession(workspace, rulebook, QUEUE, reviewer)
    await session.start()
    for number in range(1, count + 1):
        if session.current is None:
            break
        session.current.desk.clear_lit()
        twins = (await session.precedents.around(session.current)).twins if session.precedents else ()
        group = await session.plan_group(twins)
        told: list[Member] = []

        def say_members(done: int, _: int, group: Group = group, told: list[Member] = told) -> None:
            for member in group.members[len(told) : done]:
                told.append(member)
                tell(f"event {member.entry.id if member.entry else None}")

        tell(f"event {(await session.decide_group(group, say_members)).event_id}")
        if number % 3 == 0:
            tell(f"event {(await session.undo()).event_id}")
        if number % 6 == 0:
            tell(f"event {(await session.redo()).event_id}")
    await session.close()


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    path, reviewer, count, way = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    workspace, rulebook = open_with_rules(path)
    say("open")
    with workspace:
        if way == "early":  # the planted fault: told before it is stored, and killed in between
            say("event told-before-it-was-stored")
            sys.stdin.read()
        verbs = {"all": review, "decide": decide_only, "groups": decide_groups}[way]
        asyncio.run(verbs(workspace, rulebook, reviewer, count, say))
    say("done")


if __name__ == "__main__":
    main()
