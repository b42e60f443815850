"""Practice beside review, on the same 500 ads: exec to the first ad; answer to feedback, and decide to next ad."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from benchmarks.commits import copy_of
from benchmarks.generate import queue_file
from benchmarks.importing import remove
from benchmarks.keys import ENTER, PAUSE, READY, Times, take_decision, times
from benchmarks.measure import ROOT, Row, Setting, environment, in_turn, median, modtui, progress, verdict
from benchmarks.startup import shown_and_listening
from benchmarks.terminal import Terminal
from modtui.domain.ad_json import normal_payload
from modtui.domain.catalog_document import document_hash
from modtui.domain.packs import PACK_SCHEMA, CatalogMark, Key, Manifest, PackAd, Rationale, Settings
from modtui.files.pack_file import SOURCE, write_pack
from modtui.services.catalogs import document_at

ADS = 500
START_ROUNDS, KEY_ROUNDS = 12, 60
FEEDBACK = "next ad"
AS_OF = "2026-11-20"
_NOT_IN_PACKS = ("media", "flags", "extra", "due_at", "submitted_at", "priority", "submission")


def pack_of(setting: Setting) -> Path:
    """A pack of the first ads of the queue that review measures with, every key that nothing is wrong."""
    path = setting.folder / f"practice-{ADS}.pack"
    if path.exists():
        return path
    progress(f"packing {ADS} ads")
    document = orjson.loads(orjson.dumps(document_at(ROOT / "policies.yaml")))
    groups = document.get("market_groups") or {}
    ads, keys = [], {}
    with queue_file(setting.folder, ADS).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            payload = {name: value for name, value in json.loads(line).items() if name not in _NOT_IN_PACKS}
            (payload.get("landing_page") or {}).pop("media", None)
            for paper in (payload.get("advertiser") or {}).get("certificates") or ():
                paper.pop("media", None)
            ad_id = f"{number:03}"
            payload |= {"id": ad_id, "source": SOURCE}
            ads.append(PackAd(ad_id, AS_OF, normal_payload(payload, source=SOURCE, known_groups=groups)))
            keys[ad_id] = Key("approve", {}, Rationale("Nothing in it breaks a rule, whatever the words look like."))
    head = document["catalog"]
    digest = document_hash(document)
    mark = CatalogMark(head["id"], str(head["version"]), digest, digest)
    write_pack(path, Manifest(PACK_SCHEMA, "Bench", ADS, mark, Settings(), ()), ads, document, keys=keys)
    return path


def start(setting: Setting) -> list[Row]:
    """A pack that was taken in, and a queue, of as many ads."""
    pack, env = _rooms(setting)
    programs: dict[str, Callable[[], float]] = {
        "review": lambda: shown_and_listening(modtui("review", "bench"), env, READY, "j"),
        "practice": lambda: shown_and_listening(_practise(setting, pack), env, READY, "j"),
    }
    for run in programs.values():
        run()  # the first practice takes the pack in
    found = in_turn(setting.rounds(START_ROUNDS), **programs)
    _clean(env)
    ours, review = median(found["practice"]), median(found["review"])
    measured = f"{ours / review:.2f}x ({ours * 1000:.0f} / {review * 1000:.0f} ms)"
    what = f"practice start, pack of {ADS} ads / review start, queue of {ADS}"
    return [Row(what, "<= 1.2x", measured, verdict(ours / review, 1.2), found)]


def feedback(setting: Setting) -> list[Row]:
    """From the answering key to the last byte of the feedback, beside the deciding key to the next ad."""
    pack, env = _rooms(setting)
    taken = times()
    with Terminal(modtui("review", "bench"), env=env) as desk, Terminal(_practise(setting, pack), env=env) as learner:
        for terminal in (desk, learner):
            terminal.wait_for(READY)
            terminal.settle()
        for _ in range(setting.rounds(KEY_ROUNDS)):
            take_decision(taken, "decide", desk)
            _take_answer(taken, learner)
    _clean(env)
    ours, review = taken.p50("answer"), taken.p50("decide")
    measured = f"{ours / review:.2f}x ({ours * 1000:.1f} / {review * 1000:.1f} ms)"
    what = "answer to feedback painted / decide to next ad painted, p50"
    return [Row(what, "<= 1.5x", measured, verdict(ours / review, 1.5), dict(taken.found))]


def _take_answer(taken: Times, learner: Terminal) -> None:
    """Time one answer, then go on. An ad that its data alone cuts is answered by `r`, and not counted."""
    learner.press("N")
    taken.take("answer", learner, ENTER)
    if FEEDBACK not in learner.text:
        taken.found["answer"].pop()
        time.sleep(PAUSE[1])
        learner.press("r")
    time.sleep(PAUSE[0])
    learner.press(ENTER)
    time.sleep(PAUSE[0])


def _rooms(setting: Setting) -> tuple[Path, dict[str, str]]:
    return pack_of(setting), environment(setting.folder, copy_of(setting, ADS, "practice.db"))


def _practise(setting: Setting, pack: Path) -> list[str]:
    return modtui("practice", str(pack), "--answers", str(setting.folder / "practice.answers"))


def _clean(env: dict[str, str]) -> None:
    workspace = Path(env["MODTUI_WORKSPACE"])
    remove(workspace)
    for path in workspace.with_name(workspace.name + "-packs").glob("*"):
        path.unlink()


BENCHMARKS = {"practice-start": start, "practice-feedback": feedback}
