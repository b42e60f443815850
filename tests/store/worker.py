"""Processes for the tests of several sessions: each takes a workspace and a name, and prints what was acknowledged."""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from modtui.store.checking import verify_workspace  # noqa: E402
from modtui.store.errors import StorageFailed  # noqa: E402
from modtui.store.event_log import EventLog  # noqa: E402
from modtui.store.workspace import Workspace, open_workspace  # noqa: E402
from tests.store.desk import NOW, NOW_MS, ad_row, append, claim, entry, sit_down  # noqa: E402


def drain(workspace: Workspace, name: str) -> None:
    """Decide until nothing is left."""
    while (item := claim(workspace, name)) is not None:
        append(workspace, entry(item, actor=name))
        print("decided", item.ad_id, flush=True)
    workspace.writer.call(lambda tx: tx.close_session(f"s-{name}"))


def claim_and_wait(workspace: Workspace, name: str) -> None:
    item = claim(workspace, name)
    print("claimed", item and item.ad_id, flush=True)
    sys.stdin.read()


def decide_for_ever(workspace: Workspace, name: str) -> None:
    """Import and decide until killed, one line an acknowledged decision."""
    number = 0
    while True:
        item = claim(workspace, name)
        if item is None:
            start = workspace.reader.execute("SELECT count(*) FROM ads").fetchone()[0]
            rows = [ad_row(f"{name}-{start}-{i}") for i in range(50)]
            workspace.writer.call(lambda tx, batch=rows: tx.store_ads("q", batch, NOW_MS))
            continue
        number += 1
        kind = ("decision", "skip", "hold")[number % 3]
        event = append(workspace, entry(item, kind, actor=name, until=NOW[:3] + "9" + NOW[4:]))
        print("event", event.id, flush=True)


def run_out_of_room(workspace: Workspace, name: str) -> None:
    """Decide with no room for files to grow, then with room again; what happened, one line a try."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    items = [claim(workspace, name), claim(workspace, name)]
    first, second = (entry(item, actor=name, note="x" * 20_000) for item in items if item)
    ask = EventLog().get
    append(workspace, first)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    wal = workspace.path.with_name(workspace.path.name + "-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 5_000, hard))
    for _ in range(3):
        try:
            append(workspace, second)
        except StorageFailed as error:
            found = ask(workspace.reader, second.id)
            print(type(error).__name__, "stored" if found else "absent", error.title, flush=True)
        workspace.writer.submit(lambda tx: tx.set_setting("small", "y" * 9_000)).exception()
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    append(workspace, second)
    print("recovered", EventLog().count(workspace.reader), verify_workspace(workspace.reader).is_whole, flush=True)


def main() -> None:
    task, path, name = sys.argv[1:4]
    workspace = open_workspace(Path(path), NOW_MS)
    sit_down(workspace, name)
    tasks = {"drain": drain, "claim-and-wait": claim_and_wait, "decide-for-ever": decide_for_ever}
    (tasks | {"run-out-of-room": run_out_of_room})[task](workspace, name)
    workspace.close()


main()
