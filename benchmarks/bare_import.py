"""The floor of an import: parse each line with the standard library and insert its id and text. Run as a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

BATCH_ROWS = 10_000


def bare_import(source: Path, target: Path) -> int:
    """Copy a JSONL file into a table of a new SQLite file, WAL and synchronous as in a workspace; how many rows."""
    import pysqlite3

    connection = pysqlite3.connect(str(target), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows (n INTEGER PRIMARY KEY, id TEXT NOT NULL, line TEXT NOT NULL)")
    count = 0
    with source.open(encoding="utf-8") as lines:
        rows: Iterator[tuple[str, str]] = ((json.loads(line)["id"], line) for line in lines)
        while batch := list(islice(rows, BATCH_ROWS)):
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO rows (id, line) VALUES (?, ?)", batch)
            connection.execute("COMMIT")
            count += len(batch)
    connection.close()
    return count


if __name__ == "__main__":
    print(bare_import(Path(sys.argv[1]), Path(sys.argv[2])))
