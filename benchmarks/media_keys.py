"""Keys on ads with media: decisions beside text only, and moves while the next ad's media are decoded."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.keys import READY, Times, decide, take_decision, times
from benchmarks.measure import Row, Setting, environment, modtui, progress, quantile, run, verdict
from benchmarks.media_files import photo, queue_with
from benchmarks.terminal import Terminal

ROUNDS = 60
PHOTOS, LARGE_ONES = 24, 40
LARGE = (3000, 2400)
"Pixels of the pictures whose decoding keeps the processor busy: PNG, which cannot be decoded at a fraction."
SIGN = "\u2580"
MOVES = 6
BETWEEN = (0.12, 0.16)
"Seconds between moves while something is decoded."


def decisions(setting: Setting) -> list[Row]:
    """A decision to the next ad painted, with a photo in every ad and with none, in turn."""
    folder = setting.folder / "media-photos"
    folder.mkdir(exist_ok=True)
    names = [f"{number}.jpg" for number in range(PHOTOS)]
    for number, name in enumerate(names):
        if not (folder / name).exists():
            photo(folder / name, seed=number, quality=80)
    rounds = setting.rounds(ROUNDS)
    taken, shown = times(), 0
    shows: dict[str, list[str]] = {"text": [], "media": names}
    queues = {name: queue_with(folder / f"{name}.jsonl", 3 * rounds, used) for name, used in shows.items()}
    with ExitStack() as stack:
        desks = {name: stack.enter_context(desk_at(setting, queue, name)) for name, queue in queues.items()}
        for _ in range(3):
            for desk in desks.values():
                decide(desk)
                time.sleep(0.5)
        for number in range(rounds):
            if number % 20 == 0:
                progress(f"decisions, round {number} of {rounds}")
            for name, desk in desks.items():
                take_decision(taken, name, desk)
            shown += SIGN in desks["media"].text
    ratio = taken.p50("media") / taken.p50("text")
    words = f"{ratio:.2f}x ({taken.words('media')} / {taken.words('text')})"
    return [
        Row(
            "decide to next ad painted, a photo in every ad / text only, p50", "<= 1.3x", words, verdict(ratio, 1.3),
            taken.figures("media"),
        ),
        Row("next ads shown with their picture", f">= {rounds}", f"{shown}", verdict(-shown, -rounds)),
    ]  # fmt: skip


def while_decoding(setting: Setting) -> list[Row]:
    """Moves right after a decision, while the ad behind is drawn, and once nothing is, in one session."""
    folder = setting.folder / "media-large"
    folder.mkdir(exist_ok=True)
    names = [f"{number}.png" for number in range(LARGE_ONES if not setting.is_quick else LARGE_ONES // 3)]
    for number, name in enumerate(names):
        if not (folder / name).exists():
            progress(f"large pictures, {number} of {len(names)}")
            photo(folder / name, LARGE, seed=number, compress_level=1)
    rounds = setting.rounds(LARGE_ONES // 4)
    taken, worked = times(), 0
    queue = queue_with(folder / "large.jsonl", 3 * rounds, names, each=4)
    with desk_at(setting, queue, "large", {"XDG_CACHE_HOME": str(setting.folder / f"cache-{time.time_ns()}")}) as desk:
        for number in range(rounds):
            if number % 5 == 0:
                progress(f"moves, round {number} of {rounds}")
            decide(desk)
            before = _child_ticks(desk.process.pid)
            _moves(taken, "decoding", desk)
            worked += _child_ticks(desk.process.pid) - before > 5
            desk.settle(1.0)
            time.sleep(1.0)
            _moves(taken, "idle", desk)
    ratio = quantile(taken.found["decoding"], 0.95) / quantile(taken.found["idle"], 0.95)
    words = f"{ratio:.2f}x ({taken.words('decoding')} / {taken.words('idle')}; decoding in {worked} of {rounds} rounds)"
    half = taken.p50("decoding") / taken.p50("idle")
    return [
        Row("a move while media are decoded / idle, p95", "<= 1.5x", words, verdict(ratio, 1.5)),
        Row("the same, p50", "<= 1.5x", f"{half:.2f}x", verdict(half, 1.5)),
    ]


def _moves(taken: Times, name: str, desk: Terminal) -> None:
    for number in range(MOVES):
        time.sleep(random.uniform(*BETWEEN))
        reaction = desk.press("jk"[number % 2])
        if reaction.size:
            taken.found[name].append(reaction.last)
            taken.sizes[name].append(reaction.size)


def desk_at(setting: Setting, queue: Path, name: str, more: dict[str, str] | None = None) -> Terminal:
    """A review of a queue in a workspace of its own."""
    workspace = setting.folder / f"media-{name}.db"
    for each in setting.folder.glob(f"{workspace.name}*"):
        each.unlink()
    env = environment(setting.folder, workspace) | (more or {})
    run(modtui("import", str(queue), "--queue", "bench"), env=env)
    terminal = Terminal(modtui("review", "bench"), env=env)
    terminal.wait_for(READY)
    terminal.settle(1.0)
    terminal.press("\x1b")  # puts a briefing away
    terminal.settle(1.0)
    return terminal


def _child_ticks(pid: int) -> int:
    """Ticks of the processor that the children of a process have had."""
    total = 0
    begun = (path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    for child in (child for children in begun for child in children):
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {
    "media-decide": decisions,
    "media-keys": while_decoding,
}
