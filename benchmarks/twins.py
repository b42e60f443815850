"""Near-identical ads: found as an exact comparison finds them, at once among a million, sketched behind the import."""

from __future__ import annotations

import gc
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from benchmarks.generate import queue_file
from benchmarks.importing import import_once, remove, workspace_of
from benchmarks.measure import (
    ABSENT,
    REPORTED,
    ROOT,
    Row,
    Setting,
    environment,
    in_turn,
    median,
    modtui,
    progress,
    quantile,
    run,
    verdict,
)
from benchmarks.twins_keys import keys
from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.domain.compared import compared
from modtui.domain.shingles import shingles
from modtui.services.clock import wall_clock
from modtui.services.twins import LIKE, TwinIndex, pictures_path, texts_path
from modtui.services.twins_behind import TwinsBehind
from modtui.store.items import VERSION_BITS
from modtui.store.version_feed import versions_after, versions_with
from modtui.store.workspace import Workspace, open_workspace

REALDATA = Path(os.environ.get("MODTUI_REALDATA", ROOT.parent / "shared" / "realdata"))
MANY, FEW = 1_000_000, 100_000
RECALL, PRECISION = 0.97, 0.98
OF_A_SCAN, GROWTH = 0.001, 1.5
BEHIND_US, IMPORT = 30.0, 1.05
SCANS = 3


def quality(setting: Setting) -> list[Row]:
    """Recall and precision on real ads, against the exact likeness of every pair."""
    source = REALDATA / "ads" / "ira-facebook" / "fb_russia_ads_clean.csv"
    if not source.exists():
        return [Row("twins of the real ads", f">= {RECALL}", "the real ads are not here", ABSENT)]
    path = setting.folder / "twins-ira.db"
    remove(path)
    env = environment(setting.folder, path)
    run(modtui("import", str(source), "--mapping", "ira-facebook", "--queue", "ira"), env=env)
    run(modtui("twins", "--texts"), env=env)
    with open_workspace(path, wall_clock()) as workspace, _index(workspace) as index:
        with workspace.read() as connection:
            rows = versions_after(connection, 0, 100_000)
        ads = {row.version_no >> VERSION_BITS: ad_from_payload(json.loads(row.payload)) for row in rows}
        exact = _exact_pairs({row.version_no >> VERSION_BITS: compared(row.payload).text for row in rows})
        found = {(ad_no, twin.ad_no) for ad_no, ad in ads.items() for twin in index.of(ad, ad_no, most=len(ads))}
    remove(path)
    recall = len(found & exact) / len(exact)
    precision = len(found & exact) / len(found)
    what = f"twins of {len(ads):,} real ads, {len(exact) // 2:,} pairs of likeness {LIKE} and more"
    figures = {"pairs": len(exact), "found": len(found), "recall": recall, "precision": precision}
    return [
        Row(f"{what}: recall", f">= {RECALL}", f"{recall:.4f}", verdict(-recall, -RECALL), figures),
        Row(f"{what}: precision", f">= {PRECISION}", f"{precision:.4f}", verdict(-precision, -PRECISION), figures),
    ]


def _exact_pairs(texts: dict[int, str]) -> set[tuple[int, int]]:
    """Every ordered pair of ads that are alike, by counting what they share."""
    groups: dict[frozenset[int], list[int]] = defaultdict(list)
    for ad_no, text in texts.items():
        if found := frozenset(shingles(text)):
            groups[found].append(ad_no)
    contents = list(groups)
    holders: dict[int, list[int]] = defaultdict(list)
    for number, content in enumerate(contents):
        for shingle in content:
            holders[shingle].append(number)
    pairs: set[tuple[int, int]] = set()
    for content in contents:
        shared = Counter(other for shingle in content for other in holders[shingle])
        for other, count in shared.items():
            if count / (len(content) + len(contents[other]) - count) >= LIKE:
                pairs |= {(a, b) for a in groups[content] for b in groups[contents[other]] if a != b}
    return pairs


def queries(setting: Setting) -> list[Row]:
    """One query among many ads against a scan of all their texts, and against one among few; edits that are planted."""
    few, many = setting.ads(FEW) if not setting.is_quick else 2_000, setting.ads(MANY)
    ms: dict[int, list[float]] = {}
    found: dict[int, float] = {}
    indexes: dict[int, TwinIndex] = {}
    with _sketched(setting, few) as small, _sketched(setting, many) as large:
        indexes = {few: TwinIndex.open(small), many: TwinIndex.open(large)}
        asked = {count: _edited(workspace, count) for count, workspace in ((few, small), (many, large))}
        ms = {few: [], many: []}
        hits = {few: 0, many: 0}
        gc.disable()
        # In turn, so that what else the machine does falls on both alike.
        for first, second in zip(asked[few], asked[many], strict=True):
            for count, (ad_no, ad) in ((few, first), (many, second)):
                started = time.perf_counter()
                twins = indexes[count].of(ad, 0)
                ms[count].append((time.perf_counter() - started) * 1000)
                hits[count] += any(twin.ad_no == ad_no for twin in twins)
        gc.enable()
        found = {count: hits[count] / len(asked[count]) for count in (few, many)}
        for index in indexes.values():
            index.close()
        scan = _scan_ms(large, [ad for _, ad in asked[many][:SCANS]])
        size = texts_path(large).stat().st_size / (1 << 20)
    growth = median(ms[many]) / median(ms[few])
    figures = {str(count): values for count, values in ms.items()}
    spread = f"p50 {median(ms[many]):.2f} ms, p95 {quantile(ms[many], 0.95):.2f} ms"
    rows = [
        Row(f"twins among {many:,} / among {few:,}", f"<= {GROWTH}x", f"{growth:.2f}x ({spread})",
            verdict(growth, GROWTH), figures),
        Row(f"an ad with one word changed is found among {many:,}", f">= {RECALL}", f"{found[many]:.3f}",
            verdict(-found[many], -RECALL)),
        Row(f"table of {many:,} ads", "reported", f"{size:.0f} MiB", REPORTED),
    ]  # fmt: skip
    if scan is None:
        return [*rows, Row("twins / rapidfuzz scan", f"<= {OF_A_SCAN}x", "rapidfuzz is not installed", ABSENT)]
    ratio = median(ms[many]) / scan
    what = f"twins among {many:,} / rapidfuzz scan of their texts"
    return [Row(what, f"<= {OF_A_SCAN}x", f"{ratio:.5f}x ({scan:.0f} ms)", verdict(ratio, OF_A_SCAN)), *rows]


def _edited(workspace: Workspace, count: int, queries: int = 400) -> list[tuple[int, Ad]]:
    """Ads of a workspace with one word of the body replaced, and the number of each."""
    rng = random.Random(1)
    numbers = [rng.randrange(1, count + 1) for _ in range(queries)]
    with workspace.read() as connection:
        payloads = versions_with(connection, [number << VERSION_BITS | 1 for number in numbers])
    made: list[tuple[int, Ad]] = []
    for number in numbers:
        ad = ad_from_payload(json.loads(payloads[number << VERSION_BITS | 1]))
        words = (ad.creative.body or "").split()
        words[rng.randrange(len(words))] = "otherwise"
        made.append((number, replace(ad, creative=replace(ad.creative, body=" ".join(words)))))
    return made


def _scan_ms(workspace: Workspace, ads: Sequence[Ad]) -> float | None:
    """How long rapidfuzz takes to hold one text against those of all ads."""
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return None
    from modtui.domain.compared import creative_text

    progress("reading all texts for the scan")
    texts: list[str] = []
    mark = 0
    with workspace.read() as connection:
        while rows := versions_after(connection, mark, 10_000):
            texts += [compared(row.payload).text for row in rows]
            mark = rows[-1].version_no
    taken = []
    for ad in ads:
        started = time.perf_counter()
        process.extract(creative_text(ad), texts, scorer=fuzz.ratio, limit=10)
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)


def behind(setting: Setting) -> list[Row]:
    """What sketching takes of the processor, and what it costs an import that it follows."""
    count = setting.ads(FEW)
    path = workspace_of(setting, count)
    env = environment(setting.folder, path)
    start = [run(modtui("twins", "--texts"), env=env).cpu_seconds for _ in range(setting.rounds(4))]
    taken = []
    for _ in range(setting.rounds(4)):
        with open_workspace(path, wall_clock()) as workspace:
            texts_path(workspace).unlink(missing_ok=True)
        taken.append(run(modtui("twins", "--texts"), env=env).cpu_seconds)
    us = (min(taken) - min(start)) / count * 1e6
    queue, ours = queue_file(setting.folder, count), setting.folder / "twins-import.db"

    def alone() -> float:
        return import_once(setting, queue, ours).import_seconds

    def followed() -> float:
        remove(ours)
        with open_workspace(ours, wall_clock()) as workspace:
            following = TwinsBehind(workspace, every=0.5)
            following.start()
            try:
                return import_once(setting, queue, ours, anew=False).import_seconds
            finally:
                following.stop()

    found = in_turn(setting.rounds(4), alone=alone, followed=followed)
    remove(ours)
    ratio = median(found["followed"]) / median(found["alone"])
    return [
        Row(f"sketching {count:,} ads, processor time an ad", f"<= {BEHIND_US:.0f} us", f"{us:.1f} us",
            verdict(us, BEHIND_US), {"seconds": taken, "start": start}),
        Row(f"import of {count:,} ads, sketched behind it / not", f"<= {IMPORT}x", f"{ratio:.2f}x",
            verdict(ratio, IMPORT), found),
    ]  # fmt: skip


@contextmanager
def _sketched(setting: Setting, count: int) -> Iterator[Workspace]:
    """A workspace of that many ads, its texts sketched and in the page cache."""
    path = workspace_of(setting, count)
    progress(f"sketching {count:,} ads where they are not")
    run(modtui("twins", "--texts"), env=environment(setting.folder, path))
    with open_workspace(path, wall_clock()) as workspace:
        texts_path(workspace).read_bytes()
        pictures_path(workspace).unlink(missing_ok=True)
        yield workspace


@contextmanager
def _index(workspace: Workspace) -> Iterator[TwinIndex]:
    index = TwinIndex.open(workspace)
    try:
        yield index
    finally:
        index.close()


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {
    "twins-quality": quality,
    "twins-query": queries,
    "twins-behind": behind,
    "twins-keys": keys,
}
