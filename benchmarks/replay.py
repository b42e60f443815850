"""Replay: past decisions held against a changed catalog, beside relevance and ruling done again ad by ad from JSON."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.importing import remove, workspace_of
from benchmarks.measure import Row, Setting, progress, python, run, verdict
from modtui.domain.ad_json import ad_from_payload
from modtui.domain.catalog import Catalog
from modtui.domain.catalog_document import catalog_from_document, clause_hash
from modtui.domain.cues import CueIndex
from modtui.domain.events import Entry
from modtui.domain.hidden_cues import hidden_hits
from modtui.domain.policies import Answer
from modtui.domain.relevance import worksheet
from modtui.domain.rulings import Case, rule_case
from modtui.files.patterns import compile_pattern
from modtui.services.catalogs import Rulebook, catalog_at, load_rulebook
from modtui.services.clock import wall_clock
from modtui.services.desk import Desk
from modtui.services.replaying import ReplayOrder, replay_decisions
from modtui.services.shipped import shipped
from modtui.services.verdicts import Signature, Task, decision_entry
from modtui.store.catalogs import find_catalog
from modtui.store.event_log import new_event_id
from modtui.store.items import get_item
from modtui.store.past_decisions import decisions_in_force, payload_with
from modtui.store.times import utc_text
from modtui.store.transaction import Transaction
from modtui.store.workspace import Workspace, open_workspace

MANY, FEW, BY_HAND = 20_000, 2_000, 1_000
GOAL, FLAT = 5.0, 1.2
BATCH = 200


def decided(setting: Setting, count: int) -> Path:
    """A workspace in which so many ads of the queue `bench` are decided under the shipped catalog."""
    path = setting.folder / f"decided-{count}-{catalog_at(shipped('policies.yaml')).hash[:12]}.db"
    if not path.exists():
        progress(f"deciding {count:,} ads")
        making = setting.folder / "deciding.db"
        remove(making)
        shutil.copyfile(workspace_of(setting, max(count, 10_000)), making)
        with open_workspace(making, wall_clock(), create=False) as workspace:
            _decide(workspace, load_rulebook(shipped("policies.yaml"), workspace, wall_clock()), count)
        making.replace(path)
        remove(making)
    subprocess.run(["cat", str(path)], stdout=subprocess.DEVNULL, check=True)
    return path


def _decide(workspace: Workspace, rulebook: Rulebook, count: int) -> None:
    """Decide ad after ad as a reviewer might: what is lit is answered, one in three yes."""
    dice = random.Random(7)
    with workspace.read() as connection:
        for first in range(1, count + 1, BATCH):
            entries = [_decision(connection, rulebook, n, dice) for n in range(first, min(first + BATCH, count + 1))]

            def store(tx: Transaction, entries: list[Entry] = entries) -> None:
                for entry in entries:
                    tx.append_event(entry)

            workspace.writer.call(store)


def _decision(connection: Any, rulebook: Rulebook, n: int, dice: random.Random) -> Entry:
    item = get_item(connection, 1, n)
    assert item is not None
    case = Case(ad_from_payload(json.loads(item.payload)), rulebook.catalog, "2026-11-22")
    desk = Desk(case, rulebook.index, hidden_hits(rulebook.index, case.ad))
    for line in desk.sheet.lit:
        desk.answer(line.check.id, Answer.YES if dice.random() < 0.3 else Answer.NO)
    for row in list(desk.rows):
        if row.place == "child":
            desk.answer(row.check.id, dice.choice((Answer.YES, Answer.NO)))
    now = wall_clock()
    return decision_entry(desk, Task(item, "bench"), Signature(new_event_id(now), "bench", utc_text(now), "", "off"))


def changes(document: dict[str, Any]) -> Iterator[tuple[str, Catalog]]:
    """The catalog after a day's work on it: one age raised; a check reworded; a check for every ad added."""

    def built(change: Callable[[dict[str, Any]], None]) -> Catalog:
        other = json.loads(json.dumps(document))
        change(other)
        other["catalog"]["version"] += "-next"
        return catalog_from_document(other, compile_pattern)

    yield "one age raised", built(_raise_age)
    yield "one check reworded", built(_reword)
    yield "a check for every ad added", built(_add_check)
    yield "all three", built(_all_three)


def _raise_age(document: dict[str, Any]) -> None:
    for policy in document["policies"]:
        for check in policy["checks"]:
            for row in check.get("rows", ()):
                if row.get("min_age") == 18:
                    row["min_age"] = 21
                    row["hash"] = clause_hash(check["id"], "*", row)
                    return


def _reword(document: dict[str, Any]) -> None:
    check = next(check for policy in document["policies"] for check in policy["checks"] if policy["cues"].get("words"))
    check["ask"] = f"In other words: {check['ask']}"


def _add_check(document: dict[str, Any]) -> None:
    policy = next(each for each in document["policies"] if not each.get("cues", {}).get("industries"))
    row: dict[str, Any] = {"effect": "prohibited"}
    row["hash"] = clause_hash(f"{policy['id']}/added", "*", row)
    cues = {"words": ["free", "bonus", "guaranteed"], "patterns": [r"\b100\s?%"]}
    check = {"id": f"{policy['id']}/added", "key": "zz", "ask": "Is it new?", "rows": [row], "cues": cues}
    policy["checks"].append(check)


def _all_three(document: dict[str, Any]) -> None:
    _raise_age(document)
    _reword(document)
    _add_check(document)


def replay(setting: Setting) -> list[Row]:
    """Decisions a second, by what was changed, against doing each again from JSON."""
    rows = []
    path = decided(setting, MANY if not setting.is_quick else FEW)
    with open_workspace(path, wall_clock(), create=False) as workspace:
        old = load_rulebook(shipped("policies.yaml"), workspace, wall_clock()).catalog
        for what, new in changes(_document(workspace, old)):
            by_hand = _again_from_json(workspace, new, BY_HAND if not setting.is_quick else 200)
            report = replay_decisions(workspace, new, ReplayOrder())
            ratio = report.rate / by_hand
            rows.append(
                Row(
                    f"replay of {report.decisions:,} decisions, {what} / ad by ad from JSON",
                    f">= {GOAL}x",
                    f"{ratio:.1f}x ({report.rate:,.0f} / {by_hand:,.0f} a second; {report.flipped:,} flip, "
                    f"{report.asked:,} ask, {report.ruled:,} ruled anew)",
                    verdict(GOAL, ratio),
                    {"rate": report.rate, "from_json": by_hand},
                )
            )
    return rows


def _document(workspace: Workspace, catalog: Catalog) -> dict[str, Any]:
    with workspace.read() as connection:
        stored = find_catalog(connection, catalog.hash)
    assert stored is not None
    document: dict[str, Any] = json.loads(stored.document)
    return document


def _again_from_json(workspace: Workspace, new: Catalog, count: int) -> float:
    """Decisions a second when each event and ad is read from JSON, and its checks and cells are worked out anew."""
    index = CueIndex.of(new)
    started, done, after = time.perf_counter(), 0, 0
    with workspace.read() as connection:
        while done < count and (page := decisions_in_force(connection, after, 100)):
            for row in page:
                document = json.loads(row.document)
                body = document["body"]
                content_hash = document["subject"]["content_hash"]
                payload = payload_with(connection, row.ad_no, row.versions, content_hash)
                ad = ad_from_payload(json.loads(payload or "{}"))
                case = Case(ad, new, body["as_of"])
                worksheet(case, index, hidden_hits(index, ad))
                rule_case(case, {check_id: Answer(answer) for check_id, answer in body["answers"].items()})
                done += 1
            after = page[-1].event_no
    return done / (time.perf_counter() - started)


def memory(setting: Setting) -> list[Row]:
    """Peak memory of a replay with few and with many decisions."""
    peaks = {}
    for count in (FEW, MANY if not setting.is_quick else FEW):
        peaks[count] = run(python("-m", "benchmarks.replay", str(decided(setting, count)))).peak_mib
    few, many = peaks[FEW], peaks[max(peaks)]
    what = f"peak memory of a replay, {max(peaks):,} / {FEW:,} decisions"
    return [Row(what, f"<= {FLAT}x", f"{many / few:.2f}x ({many:.0f} / {few:.0f} MiB)", verdict(many / few, FLAT))]


def _replay_all(path: Path) -> None:
    with open_workspace(path, wall_clock(), create=False) as workspace:
        old = load_rulebook(shipped("policies.yaml"), workspace, wall_clock()).catalog
        *_, (_, new) = changes(_document(workspace, old))
        print(replay_decisions(workspace, new, ReplayOrder()).decisions)


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {"replay": replay, "replay-memory": memory}

if __name__ == "__main__":
    _replay_all(Path(sys.argv[1]))
