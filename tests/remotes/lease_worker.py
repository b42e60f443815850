"""One client of the lease stress: takes ads, decides them, ends the leases, until nothing is open; may be killed."""

from __future__ import annotations

import json
import random
import sys
import time

import psycopg

from modtui.domain.streams import Row
from modtui.remotes.postgres_connection import connect
from modtui.remotes.postgres_events import add, register
from modtui.remotes.postgres_leases import Closing, close, queue_states, take

AT_ONCE = 25


def work(address: str, name: str, seconds: int) -> None:
    """Prints a JSON line a lease: when it was asked for and told, and the ads."""
    chance = random.Random(name)
    stream = f"stream of {name}"
    with connect(address) as connection:
        register(connection, stream)
        seq, prev = 0, "0" * 64
        while True:
            asked = time.time()  # the server is on this machine: it is its clock too
            taken = take(connection, name, "q", AT_ONCE, seconds)
            told = time.time()
            print(json.dumps({"asked": asked, "told": told, "pieces": [[t.lease.item, t.lease.slot] for t in taken]}))
            sys.stdout.flush()
            if not taken:
                state = queue_states(connection)[0]
                if state.open == state.leased == 0:
                    return
                time.sleep(0.1 + chance.random() / 2)  # others may disappear: an empty hand is no empty queue
                continue
            rows = []
            for each in taken:
                seq += 1
                digest = f"{name}-{seq}"
                rows.append(Row(seq, prev, digest, f"{digest} {each.lease.item}", "{}"))
                prev = digest
            add(connection, stream, rows)
            close(
                connection, name,
                [Closing(each.lease, row.id, stream, row.seq) for each, row in zip(taken, rows, strict=True)],
            )  # fmt: skip


if __name__ == "__main__":
    try:
        work(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except psycopg.Error as error:
        sys.exit(str(error))
