"""A process that publishes a queue, or takes what was published, step by step until it is done or killed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from modtui.remotes.places import Directory
from modtui.services.boards import opened_board
from modtui.services.catalogs import load_rulebook
from modtui.services.clock import wall_clock
from modtui.services.publishing import send_queue
from modtui.services.syncing import sync
from modtui.store.transaction import Transaction
from modtui.store.workspace import open_workspace
from tests.services.room import HOUSE


def told(run: Any) -> Any:
    """The same, and a word on stdout before it."""

    def step(*arguments: Any, **options: Any) -> Any:
        print("step", flush=True)
        return run(*arguments, **options)

    return step


def main(path: Path, verb: str) -> None:
    Directory.write = told(Directory.write)  # type: ignore[method-assign]
    Transaction.store_some = told(Transaction.store_some)  # type: ignore[method-assign]
    with open_workspace(path, wall_clock(), create=False) as workspace:
        rulebook = load_rulebook(HOUSE, workspace, wall_clock())
        print("begun", flush=True)
        if verb == "publish":
            with opened_board(workspace, None) as board:
                send_queue(workspace, board, rulebook, "q", "lena")
        else:
            sync(workspace, policies=HOUSE)
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
