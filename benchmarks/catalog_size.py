"""What a large catalog costs: a warm start, and a decision with the next ad painted, under all policies and five."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.commits import copy_of
from benchmarks.keys import READY, take_decision, times
from benchmarks.measure import ROOT, Row, Setting, environment, in_turn, median, modtui, verdict
from benchmarks.startup import shown_and_listening
from benchmarks.terminal import Terminal

FIVE = ("misleading.claim", "finance.scam", "alcohol.product", "health.claims", "technical.format")
ROUNDS = 40
READY_WITHIN = 0.3
"Seconds in which a program has done what it does behind the keys."


def small_and_full(setting: Setting) -> dict[str, Path]:
    """The shipped catalog with five of its policies, and with all of them, neither with a briefing to read first."""
    text = (ROOT / "policies.yaml").read_text("utf-8").partition("\nbriefings:")[0]
    plain = re.sub(r"^  # -+ .*\n", "", text, flags=re.MULTILINE)
    head, *policies = re.split(r"^(?=  - id: )", plain, flags=re.MULTILINE)
    few = [each for each in policies if each.partition("\n")[0].removeprefix("  - id: ") in FIVE]
    found = {"five": setting.folder / "policies-five.yaml", "all": setting.folder / "policies-all.yaml"}
    found["five"].write_text(head + "".join(few), "utf-8")
    found["all"].write_text(text + "\n", "utf-8")
    return found


def catalog_size(setting: Setting) -> list[Row]:
    """Both programs in turn."""
    catalogs = small_and_full(setting)
    workspaces = {name: copy_of(setting, 1_000, f"catalog-{name}.db") for name in catalogs}
    envs = {
        name: environment(setting.folder, workspaces[name]) | {"MODTUI_POLICIES": str(path)}
        for name, path in catalogs.items()
    }

    def start(name: str) -> Callable[[], float]:
        return lambda: shown_and_listening(modtui("review", "bench"), envs[name], READY, " ")

    for name in catalogs:
        start(name)()  # the first time the file is read; what is measured is warm
    starts = in_turn(setting.rounds(ROUNDS), five=start("five"), all=start("all"))
    taken = times()
    with ExitStack() as stack:
        desks = {name: stack.enter_context(Terminal(modtui("review", "bench"), env=env)) for name, env in envs.items()}
        for desk in desks.values():
            desk.wait_for(READY)
            desk.settle()
        for number in range(setting.rounds(ROUNDS)):
            # In turns, and each once the other has made its next ad ready: that work belongs to no key.
            for name, desk in sorted(desks.items(), reverse=bool(number % 2)):
                take_decision(taken, name, desk)
                time.sleep(READY_WITHIN)
    warm = median(starts["all"]) / median(starts["five"])
    decided = taken.p50("all") / taken.p50("five")
    return [
        Row(
            "a warm start, all policies / five of them",
            "<= 1.1x",
            f"{warm:.2f}x ({median(starts['all']) * 1000:.0f} / {median(starts['five']) * 1000:.0f} ms)",
            verdict(warm, 1.1),
            starts,
        ),
        Row(
            "decide and paint the next ad, all policies / five of them",
            "<= 1.1x",
            f"{decided:.2f}x ({taken.words('all')} / {taken.words('five')})",
            verdict(decided, 1.1),
            taken.figures("all"),
        ),
    ]


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"catalog-size": catalog_size}
