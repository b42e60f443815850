"""From a key to the last byte painted: move, answer, and decide with a durable commit and the next ad, at 120x40."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers
from benchmarks.commits import Floor, copy_of
from benchmarks.generate import queue_file
from benchmarks.importing import remove, workspace_of
from benchmarks.measure import (
    ABSENT,
    REPORTED,
    Row,
    Setting,
    environment,
    median,
    modtui,
    progress,
    quantile,
    verdict,
)
from benchmarks.terminal import Terminal

ROUNDS = 80
SIZES = (1_000, 100_000, 1_000_000)
BASE = 100_000
"The workspace whose keys are compared with the bare app."
READY = r"APPROVE|REJECT|ESCALATE"
LIT_WORDS = "whisky"
FRAMES = 8
TABLES = ("-twins", "-pictures")
"How the names of files end that sessions map, and that hold nothing a session needs to keep."
PAUSE = (0.25, 0.40)
"Seconds between keys, at random: no reviewer answers a screen sooner than it can be seen."
ENTER = "\r"


@dataclass(slots=True)
class Times:
    """Seconds from a key to the last byte, by program and key."""

    found: dict[str, list[float]]
    sizes: dict[str, list[int]]

    def p50(self, name: str) -> float:
        return median(self.found[name])

    def take(self, name: str, terminal: Terminal, key: str) -> None:
        """Press a key after a pause; keys that bring nothing are an error of the benchmark."""
        time.sleep(random.uniform(*PAUSE))
        reaction = terminal.press(key)
        if not reaction.size:
            raise RuntimeError(f"{name}: {key!r} brought nothing in\n{terminal.text}")
        self.found[name].append(reaction.last)
        self.sizes[name].append(reaction.size)

    def words(self, name: str) -> str:
        values = [value * 1000 for value in self.found[name]]
        return (
            f"p50 {median(values):.2f} p95 {quantile(values, 0.95):.2f} p99 {quantile(values, 0.99):.2f} ms, "
            f"{int(median(self.sizes[name]))} B"
        )

    def figures(self, name: str) -> dict[str, float]:
        values = self.found[name]
        return {f"p{int(part * 100)}_ms": quantile(values, part) * 1000 for part in (0.5, 0.95, 0.99)}


def times() -> Times:
    return Times(defaultdict(list), defaultdict(list))


def record(setting: Setting) -> tuple[Path, Path]:
    """Screens of the review as they are painted: two that differ by a move, and some ads one after the other."""
    workspace = copy_of(setting, 1_000, "record.db")
    env = environment(setting.folder, workspace)
    moved, following = setting.folder / "frames-move.json", setting.folder / "frames-next.json"
    with Terminal(modtui("review", "bench", "--slice", LIT_WORDS), env=env) as desk:
        desk.wait_for(READY)
        desk.settle()
        frames = [desk.cells()]
        desk.press("j")
        frames.append(desk.cells())
    moved.write_text(json.dumps(frames), encoding="utf-8")
    with Terminal(modtui("review", "bench"), env=env) as desk:
        desk.wait_for(READY)
        desk.settle()
        frames = [desk.cells()]
        for _ in range(FRAMES - 1):
            decide(desk)
            frames.append(desk.cells())
            time.sleep(PAUSE[1])
    following.write_text(json.dumps(frames), encoding="utf-8")
    remove(workspace)
    return moved, following


def decide(desk: Terminal) -> None:
    """Say no to all that is lit, then accept."""
    desk.press("N")
    time.sleep(PAUSE[0])
    desk.press(ENTER)


def take_decision(taken: Times, name: str, desk: Terminal) -> None:
    """Time one decision. An ad that its data alone cuts is rejected by its own key instead, and not counted."""
    before = _decided(desk)
    desk.press("N")
    taken.take(name, desk, ENTER)
    if _decided(desk) == before:
        taken.found[name].pop()
        taken.sizes[name].pop()
        time.sleep(PAUSE[1])
        desk.press("r")


def keys(setting: Setting) -> list[Row]:
    """Those who look and answer side by side, then those who decide: an answer is kept in the workspace, so that both
    at once would time two sessions on each."""
    sizes = SIZES if not setting.is_quick else SIZES[:1]
    base = BASE if not setting.is_quick else SIZES[0]
    rounds = setting.rounds(ROUNDS)
    moved, following = record(setting)
    taken = times()
    others = _look(setting, taken, sizes, rounds, moved)
    decided = _decide(setting, taken, sizes, rounds, following)
    return _rows(taken, decided, sizes, base, rounds, others)


@dataclass(frozen=True, slots=True)
class Decided:
    """What deciding left behind: decisions by size, seconds of the floor's syncs, MiB of the largest session."""

    counts: dict[int, int]
    synced: list[float]
    memory: tuple[float, float]


def _opened(stack: ExitStack, command: list[str], env: dict[str, str], pattern: str) -> Terminal:
    terminal = stack.enter_context(Terminal(command, env=env))
    terminal.wait_for(pattern)
    terminal.settle()
    return terminal


def _look(setting: Setting, taken: Times, sizes: tuple[int, ...], rounds: int, frames: Path) -> list[str]:
    """Moves and answers, one key each in turn; the peers that were there."""
    with ExitStack() as stack:
        raw = _opened(stack, peers.raw_floor(), {}, "ready")
        bare = _opened(stack, peers.bare_app(frames), {}, READY)
        others = {}
        for name, found in (("aerc", peers.aerc(setting.folder)), ("neomutt", peers.neomutt(setting.folder))):
            if found:
                others[name] = _opened(stack, *found, pattern=r"\d+ Nov|Nov \d+|2026")
        desks = {}
        for size in sizes:
            env = environment(setting.folder, workspace_of(setting, size))
            desks[size] = _opened(stack, modtui("review", "bench", "--slice", LIT_WORDS), env, READY)
        for number in range(rounds):
            _say("moves and answers", number, rounds)
            taken.take("floor", raw, "x")
            taken.take("bare move", bare, "j")
            for name, terminal in others.items():
                taken.take(name, terminal, "jk"[number // 10 % 2])
            for size, desk in desks.items():
                taken.take(f"move {size}", desk, "j")  # the digit brings the cursor back
                taken.take(f"answer {size}", desk, "1")
    return list(others)


def _decide(setting: Setting, taken: Times, sizes: tuple[int, ...], rounds: int, frames: Path) -> Decided:
    """Decisions at all sizes beside the next recorded screen of the bare app, each followed by a sync of the floor."""
    floor = Floor(setting.folder / "floor.bin")
    synced = []
    with ExitStack() as stack:
        bare = _opened(stack, peers.bare_app(frames), {}, READY)
        deciders = {}
        for size in sizes:
            env = environment(setting.folder, workspace_of(setting, size))
            deciders[size] = _opened(stack, modtui("review", "bench"), env, READY)
        before = {size: _decided(terminal) for size, terminal in deciders.items()}
        for number in range(rounds):
            _say("decisions", number, rounds)
            taken.take("bare next", bare, ENTER)
            for size, terminal in deciders.items():
                take_decision(taken, f"decide {size}", terminal)
                synced.append(floor.seconds(bytes(4096)))
        counts = {size: _decided(terminal) - before[size] for size, terminal in deciders.items()}
        memory = max(terminal.resident_mib(TABLES) for terminal in deciders.values())
    (setting.folder / "floor.bin").unlink()
    return Decided(counts, synced, memory)


def _say(what: str, number: int, rounds: int) -> None:
    if number % 20 == 0:
        progress(f"{what}, round {number} of {rounds}")


def _decided(terminal: Terminal) -> int:
    """How many of this session's decisions wait to be synced, as its status line says."""
    first = terminal.text.split("\n")[0]
    return int(first.rpartition("↑")[2].split()[0].replace(",", "")) if "↑" in first else 0


def _rows(
    taken: Times, decided: Decided, sizes: tuple[int, ...], base: int, rounds: int, others: list[str]
) -> list[Row]:
    rows = [Row("key to last byte, raw Python floor", "reported", taken.words("floor"), REPORTED)]
    rows.append(Row("key to last byte, bare Textual app, move", REPORTED, taken.words("bare move"), REPORTED))
    rows.append(Row("key to last byte, bare Textual app, next ad", REPORTED, taken.words("bare next"), REPORTED))
    for name in ("aerc", "neomutt"):
        is_there = name in others
        words = taken.words(name) if is_there else "not installed"
        rows.append(Row(f"key to last byte, {name}, cursor move", REPORTED, words, REPORTED if is_there else ABSENT))
    for what, against, goal in (("move", "bare move", 1.3), ("answer", "bare move", 1.6), ("decide", "bare next", 1.5)):
        name = f"{what} {base}"
        ratio = taken.p50(name) / taken.p50(against)
        floors = ", ".join(f"{taken.p50(name) / taken.p50(each):.1f}x {each}" for each in ("floor", *others))
        rows.append(
            Row(
                f"{what}, {base:,} ads / {against} of the bare app, p50",
                f"<= {goal}x",
                f"{ratio:.2f}x ({taken.words(name)}; {floors})",
                verdict(ratio, goal),
                taken.figures(name),
            )
        )
    all_sizes = [seconds for size in sizes for seconds in taken.found[f"decide {size}"]]  # as many as the floor's syncs
    p50, p99 = (quantile(all_sizes, part) * 1000 for part in (0.5, 0.99))
    most = 3 * p50 + quantile(decided.synced, 0.99) * 1000
    what = "decide at all sizes, p99 / 3x p50 + p99 of write + fdatasync"
    words = f"{p99:.1f} ms (the slowest of {len(all_sizes)} {max(all_sizes) * 1000:.1f} ms)"
    rows.append(Row(what, f"<= {most:.1f} ms", words, verdict(p99, most)))
    if len(sizes) > 1:
        for what in ("move", "answer", "decide"):
            found = [taken.p50(f"{what} {size}") * 1000 for size in sizes]
            spread = max(found) / min(found)
            rows.append(
                Row(
                    f"{what} with {', '.join(f'{size:,}' for size in sizes)} ads, most / least p50",
                    "<= 1.2x",
                    f"{spread:.2f}x ({' / '.join(f'{value:.2f}' for value in found)} ms)",
                    verdict(spread, 1.2),
                )
            )
    own, tables = decided.memory
    words = f"{own:.0f} MiB, and {tables:.0f} of the table of twins, which is the system's to take back"
    rows.append(Row("memory of review after these keys", "< 150 MiB", words, verdict(own, 150)))
    least = min(decided.counts.values())
    rows.append(
        Row("decisions stored by each session", f">= {rounds}", f"{least}", "met" if least >= rounds else "MISSED")
    )
    return rows


def while_importing(setting: Setting) -> list[Row]:
    """Keys in a session whose file is being imported, and in one whose import is done, in turn."""
    many, few = setting.ads(1_000_000), 10_000 if not setting.is_quick else 1_000
    taken = times()
    workspaces = [setting.folder / name for name in ("busy.db", "idle.db")]
    for workspace in workspaces:
        remove(workspace)
    files = [queue_file(setting.folder, count) for count in (many, few)]
    with ExitStack() as stack:
        commands = [
            (modtui("review", str(file)), environment(setting.folder, workspace))
            for file, workspace in zip(files, workspaces, strict=True)
        ]
        idle = stack.enter_context(Terminal(commands[1][0], env=commands[1][1], has_progress=True))
        idle.wait_for(READY)
        time.sleep(2.0 if setting.is_quick else 6.0)
        busy = stack.enter_context(Terminal(commands[0][0], env=commands[0][1], has_progress=True))
        busy.wait_for(READY)
        for terminal in (idle, busy):
            terminal.press("n")
        for _ in range(setting.rounds(ROUNDS)):
            for name, terminal in (("idle", idle), ("busy", busy)):
                take_decision(taken, f"decide {name}", terminal)
                time.sleep(PAUSE[0])
                take_move(taken, f"move {name}", terminal)
            if "importing" not in busy.text.partition("\n")[0]:
                break  # what is decided later is not decided beside an import
    for workspace in workspaces:
        remove(workspace)
    rows = []
    ratio = quantile(taken.found["move busy"], 0.95) / quantile(taken.found["move idle"], 0.95)
    rows.append(
        Row(
            "scroll while importing / idle, p95",
            "<= 2x",
            f"{ratio:.2f}x ({taken.words('move busy')} / {taken.words('move idle')})",
            verdict(ratio, 2.0),
        )
    )
    busy_p99, idle_p99 = (quantile(taken.found[f"decide {name}"], 0.99) * 1000 for name in ("busy", "idle"))
    rows.append(
        Row(
            "decide while importing / idle, p99",
            "<= idle + 40 ms",
            f"{busy_p99:.1f} / {idle_p99:.1f} ms (the slowest of {len(taken.found['decide busy'])})",
            verdict(busy_p99, idle_p99 + 40),
        )
    )
    return rows


def take_move(taken: Times, name: str, terminal: Terminal) -> None:
    """Move among the checks, or, on an ad where none is in full, in the ad."""
    time.sleep(random.uniform(*PAUSE))
    reaction = terminal.press("j")
    if reaction.size:
        taken.found[name].append(reaction.last)
        taken.sizes[name].append(reaction.size)


SEARCHED = "alcoholcartoon"
"Typed letter by letter; each finds something else than the one before, and later ones nothing."


def search_keys(setting: Setting) -> list[Row]:
    """A letter typed into the search of the policy browser beside a move among the checks, in turn."""
    workspace = copy_of(setting, 1_000, "search.db")
    env = environment(setting.folder, workspace)
    taken = times()
    with ExitStack() as stack:
        desk = stack.enter_context(Terminal(modtui("review", "bench", "--slice", LIT_WORDS), env=env))
        browser = stack.enter_context(Terminal(modtui("review", "bench"), env=env))
        for terminal in (desk, browser):
            terminal.wait_for(READY)
            terminal.settle()
        browser.press("B")
        browser.settle()
        browser.press("/")
        for number in range(setting.rounds(ROUNDS)):
            place = number % len(SEARCHED)
            if number and not place:
                browser.press("\x15")  # ctrl+u: an empty line
                time.sleep(PAUSE[1])
            taken.take("move", desk, "j")
            desk.press("1")  # brings the cursor back
            taken.take("search", browser, SEARCHED[place])
    remove(workspace)
    ratio = taken.p50("search") / taken.p50("move")
    words = f"{ratio:.2f}x ({taken.words('search')} / {taken.words('move')})"
    return [
        Row(
            "a letter in the policy search / a checklist move, p50",
            "<= 2x",
            words,
            verdict(ratio, 2.0),
            taken.figures("search"),
        )
    ]


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {
    "keys": keys,
    "keys-importing": while_importing,
    "keys-search": search_keys,
}
