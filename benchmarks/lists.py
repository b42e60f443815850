"""Claims, lists and search with a thousand and with a million ads: in the store, and the list screen on a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.commits import copy_of
from benchmarks.importing import remove, workspace_of
from benchmarks.measure import ABSENT, REPORTED, Row, Setting, environment, median, modtui, verdict
from benchmarks.terminal import Terminal
from modtui.services.clock import wall_clock
from modtui.store.ad_list import AdList
from modtui.store.search import find_ads, match_expression
from modtui.store.times import utc_text
from modtui.store.workspace import Workspace, open_workspace

SIZES = (1_000, 100_000, 1_000_000)
PAGE = 50
WORD = "roulette"
QUERY_ROUNDS = 15
GO, LIST, HOME, PAGE_DOWN, END = "g", "l", "\x1b[H", "\x1b[6~", "\x1b[F"
LIST_HEAD = "outcome"
"A word of the list's head line."


def _timed(rounds: int, run: Callable[[int], object]) -> float:
    """The median of so many runs, in milliseconds."""
    found = []
    for number in range(rounds):
        started = time.perf_counter()
        run(number)
        found.append((time.perf_counter() - started) * 1000)
    return median(found)


def lists(setting: Setting) -> list[Row]:
    """Opening a list, its pages and its end, by the number of ads; a word by the index against a scan."""
    sizes = [size for size in SIZES if size == setting.ads(size)] or [SIZES[0]]
    opened, paged, ended, rows = {}, {}, {}, []
    for size in sizes:
        with open_workspace(workspace_of(setting, size), wall_clock(), create=False) as workspace:
            with workspace.read() as connection:
                whole = AdList(connection, "bench")
                step = max(1, whole.count // 97)
                rounds = setting.rounds(60)

                def open_first_page(_: int, connection: object = connection) -> object:
                    return AdList(connection, "bench").page(connection, 0, PAGE)

                def some_page(
                    number: int, whole: AdList = whole, connection: object = connection, step: int = step
                ) -> object:
                    return whole.page(connection, number * step % max(1, whole.count - PAGE), PAGE)

                def last_page(_: int, whole: AdList = whole, connection: object = connection) -> object:
                    return whole.page(connection, whole.count - PAGE, PAGE)

                opened[size] = _timed(rounds, open_first_page)
                paged[size] = _timed(rounds, some_page)
                ended[size] = _timed(rounds, last_page)
            rows += _search(setting, workspace, size)
    for what, found in (("opens", opened), ("a page", paged), ("its end", ended)):
        ratio = found[sizes[-1]] / found[sizes[0]]
        words = " / ".join(f"{found[size]:.2f}" for size in sizes)
        rows.append(
            Row(
                f"list in the store, {what}, {sizes[-1]:,} / {sizes[0]:,} ads",
                "<= 1.3x",
                f"{ratio:.2f}x ({words} ms)",
                verdict(ratio, 1.3),
            )
        )
    return rows


def _search(setting: Setting, workspace: Workspace, size: int) -> list[Row]:
    """All hits counted both ways; the first fifty besides, which is what a list shows."""
    with workspace.read() as connection:
        scan = "SELECT count(*) FROM ad_versions WHERE payload LIKE ?"
        like = _timed(3, lambda _: connection.execute(scan, (f"%{WORD}%",)).fetchone())
        by_index = "SELECT count(*) FROM ad_search WHERE ad_search MATCH ?"
        found = _timed(
            setting.rounds(QUERY_ROUNDS), lambda _: connection.execute(by_index, (match_expression(WORD),)).fetchone()
        )
        first = _timed(setting.rounds(QUERY_ROUNDS), lambda _: find_ads(connection, WORD))
    ratio = found / like
    is_judged = size == setting.ads(SIZES[-1])
    return [
        Row(
            f"full-text search / LIKE scan, all hits of `{WORD}`, {size:,} ads",
            "<= 0.02x" if is_judged else REPORTED,
            f"{ratio:.4f}x ({found:.2f} / {like:.0f} ms; first 50 in {first:.2f} ms)",
            verdict(ratio, 0.02) if is_judged else REPORTED,
        )
    ]


def claims(setting: Setting) -> list[Row]:
    """Claiming the next ad, by the number of ads."""
    sizes = [size for size in SIZES if size == setting.ads(size)] or [SIZES[0]]
    found = {}
    for size in sizes:
        path = copy_of(setting, size, "claims.db")
        with open_workspace(path, wall_clock(), create=False) as workspace:
            now = utc_text(wall_clock())
            workspace.writer.call(lambda tx, now=now: tx.open_session("s", "bench", now))  # type: ignore[misc]

            def claim(_: int, workspace: Workspace = workspace, now: str = now) -> object:
                return workspace.writer.call(lambda tx: tx.claim_next("bench", reviewer="bench", session="s", now=now))

            found[size] = _timed(setting.rounds(200), claim)
            workspace.writer.call(lambda tx: tx.close_session("s"))
        remove(path)
    ratio = found[sizes[-1]] / found[sizes[0]]
    words = " / ".join(f"{found[size]:.2f}" for size in sizes)
    what = f"claim of the next ad, committed, {sizes[-1]:,} / {sizes[0]:,} ads"
    return [Row(what, REPORTED, f"{ratio:.2f}x ({words} ms)", REPORTED)]


def list_screen(setting: Setting) -> list[Row]:
    """The list screen on a terminal: opened from the review, a page down, the end."""
    sizes = [size for size in (SIZES[0], SIZES[-1]) if size == setting.ads(size)] or [SIZES[0]]
    found: dict[tuple[str, int], float] = {}
    for size in sizes:
        times = _on_screen(setting, workspace_of(setting, size))
        if times is None:
            return [Row("list screen", "<= 1.3x", "no list was reached by its key", ABSENT)]
        found |= {(what, size): value for what, value in times.items()}
    rows = []
    for what in ("open", "page", "end"):
        first, last = found[what, sizes[0]], found[what, sizes[-1]]
        rows.append(
            Row(
                f"list screen, {what}, {sizes[-1]:,} / {sizes[0]:,} ads",
                "<= 1.3x",
                f"{last / first:.2f}x ({last:.1f} / {first:.1f} ms)",
                verdict(last / first, 1.3),
            )
        )
    return rows


def _on_screen(setting: Setting, workspace: Path) -> dict[str, float] | None:
    """Milliseconds to the last byte, medians."""
    times: dict[str, list[float]] = {"open": [], "page": [], "end": []}
    with Terminal(modtui("review", "bench"), env=environment(setting.folder, workspace)) as desk:
        desk.wait_for("APPROVE|REJECT|ESCALATE")
        for _ in range(setting.rounds(12)):
            desk.settle()
            desk.press(GO)
            desk.settle()
            times["open"].append(desk.press(LIST).last * 1000)
            desk.settle()
            if LIST_HEAD not in desk.text:
                return None
            desk.press(HOME)  # it opens where it was left
            desk.settle()
            times["page"].append(desk.press(PAGE_DOWN).last * 1000)
            desk.settle()
            times["end"].append(desk.press(END).last * 1000)
            desk.settle()
            desk.press("\x1b")
            desk.settle()
    return {what: median(values) for what, values in times.items()}


BENCHMARKS: dict[str, Callable[[Setting], list[Row]]] = {
    "lists": lists,
    "claims": claims,
    "list-screen": list_screen,
}
