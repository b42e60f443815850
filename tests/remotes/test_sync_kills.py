"""Syncs that are killed with -9 in mid-flight, on both sides: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

from modtui.store.checking import verify_workspace
from tests.remotes.publishing_team import team_of
from tests.remotes.team_story import Laptop, team_folder
from tests.services.room import ad

ROOT = Path(__file__).parents[2]
KILLS = 200 if os.environ.get("MODTUI_LONG") == "1" else 6


def sync_and_kill(path: Path, rng: random.Random, *command: str) -> bool:
    """Whether the process was killed before it was done."""
    process_of, *verb = command or ("sync_process",)
    command = (sys.executable, "-m", f"tests.remotes.{process_of}", str(path), *verb)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    for _ in range(rng.randrange(8)):
        if process.stdout.readline() == b"done\n":
            break
    threading.Event().wait(rng.random() * 0.004)  # a moment within the next step, whichever that is
    process.kill()
    said = process.stdout.read()
    process.wait()
    process.stdout.close()
    return not said.endswith(b"done\n")


def test_killed_syncs_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(7)
    folder = team_folder(tmp_path)
    amina, bela = (Laptop(tmp_path / f"{name}.db", name, folder) for name in ("amina", "bela"))
    amina.write(150)
    written, killed = 150, 0
    for number in range(KILLS):
        laptop = (amina, bela)[number % 2]
        laptop.write(20)
        written += 20
        laptop.workspace.close()
        killed += sync_and_kill(laptop.path, rng)
        laptop.__init__(laptop.path, laptop.reviewer, ads=())  # type: ignore[misc]
    assert killed, "the kills come in the middle of syncs"
    for _ in range(2):
        amina.sync()
        bela.sync()
    assert amina.events() == bela.events()
    assert len(amina.events()) == written
    for laptop in (amina, bela):
        assert verify_workspace(laptop.workspace.reader).is_whole
    carl = Laptop(tmp_path / "carl.db", "carl", folder)
    carl.sync()
    assert carl.events() == amina.events(), "the folder alone has everything"


def test_publishing_and_taking_that_are_killed_end_with_one_queue(tmp_path: Path) -> None:
    rng, killed, ads = random.Random(11), 0, 1_200
    with team_of(tmp_path, "lena", "amina") as (lena, amina):
        lena.joins(tmp_path / "team", is_new=True)
        amina.joins(tmp_path / "team")
        for number in range(max(2, KILLS // 3)):
            lena.room.bring(*(ad(f"ad-{n}", f"Bread {number if n % 5 == number % 5 else 0}.") for n in range(ads)))
            ads += 100
            for member, verb in ((lena, "publish"), (amina, "sync")):
                member.workspace.close()
                killed += sync_and_kill(member.workspace.path, rng, "publish_process", verb)
                member.reopens()
        assert killed, "the kills come in the middle"
        lena.publishes_queue()
        for member in (lena, amina, amina):
            assert member.sync().refused == ()
        assert amina.ads() == lena.ads()
        assert len(amina.ads()) == ads - 100
        assert not list(tmp_path.rglob("*-arriving"))
