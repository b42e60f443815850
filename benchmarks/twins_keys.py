"""Keys of a review while its ads are being sketched for twins, beside the same keys while nothing else is done."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.commits import copy_of
from benchmarks.importing import remove
from benchmarks.keys import PAUSE, READY, take_decision, take_move, times
from benchmarks.measure import Row, Setting, environment, modtui, quantile, run, verdict
from benchmarks.terminal import Terminal
from modtui.services.twins_behind import start_sketching

ADS = 100_000
ROUNDS, KEYS_A_ROUND = 12, 6
MOVE, DECIDE = 1.5, 40.0
"Times idle for a move's p95; milliseconds over idle for a decision's p95."


def keys(setting: Setting) -> list[Row]:
    """Some keys idle, some while all texts are sketched again and again, in turn, in one session."""
    path = copy_of(setting, setting.ads(ADS), "twins-keys.db")
    env = environment(setting.folder, path)
    run(modtui("twins", "--texts"), env=env)
    taken = times()
    with Terminal(modtui("review", "bench"), env=env) as desk:
        desk.wait_for(READY)
        desk.press("n")
        time.sleep(6.0)  # the session's own sketching of pictures has nothing to draw, and ends
        for _ in range(setting.rounds(ROUNDS)):
            for name in ("idle", "sketching"):
                with _sketching(path, env, is_on=name == "sketching"):
                    for _ in range(KEYS_A_ROUND):
                        take_decision(taken, f"decide {name}", desk)
                        time.sleep(PAUSE[0])
                        take_move(taken, f"move {name}", desk)
    remove(path)
    moves = [quantile(taken.found[f"move {name}"], 0.95) for name in ("sketching", "idle")]
    decisions = [quantile(taken.found[f"decide {name}"], 0.95) * 1000 for name in ("sketching", "idle")]
    ratio = moves[0] / moves[1]
    said = f"{ratio:.2f}x ({taken.words('move sketching')} / {taken.words('move idle')})"
    return [
        Row("move while sketching / idle, p95", f"<= {MOVE}x", said, verdict(ratio, MOVE), dict(taken.found)),
        Row("decide while sketching / idle, p95", f"<= idle + {DECIDE:.0f} ms",
            f"{decisions[0]:.1f} / {decisions[1]:.1f} ms", verdict(decisions[0], decisions[1] + DECIDE)),
    ]  # fmt: skip


@contextmanager
def _sketching(workspace: Path, env: dict[str, str], *, is_on: bool) -> Iterator[None]:
    """Sketch over and over, as a session would have it done, for as long as the block takes."""
    if not is_on:
        yield
        return
    done = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def go_on() -> None:
        while not done.is_set():
            Path(f"{workspace}-twins").unlink(missing_ok=True)
            running.append(start_sketching(workspace, "--texts"))
            running[-1].wait()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        for process in running:
            if process.poll() is None:
                process.kill()
        thread.join()
        run(modtui("twins", "--texts"), env=env)
