"""Full-text search over the ads: an index built behind the import, and queries that no input can break."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from modtui.domain.scripts import unspaced_letter
from modtui.store.ad_rows import LEAST_ROWS, STEP_ROWS, never
from modtui.store.sqlite import Connection

BATCH_ADS = 200
"Few enough that a decision hardly waits for a batch."
MAX_WORDS = 20
MAX_TEXT = 100_000
_SEEN = ("creative", "landing_page", "advertiser", "translations")


def match_expression(text: str) -> str:
    """The FTS5 query for what a person typed: every word must occur, the last one may go on. Empty for no words.

    `"quoted words"` stay together. Nothing typed has a meaning of its own in FTS5.
    """
    terms = []
    for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', text.replace("\0", " "))[:MAX_WORDS]:
        spaced = unspaced_letter().sub(r" \1 ", phrase or word).strip()
        if any(character.isalnum() for character in spaced):
            terms.append(f'"{spaced}"' + ("" if phrase else "*"))
    return " ".join(terms)


def ad_text(payload: str) -> str:
    """All words of an ad that a person may look for, from its JSON."""
    ad = json.loads(payload)
    texts = [str(ad.get("id", ""))]
    for name in _SEEN:
        texts.extend(_strings(ad.get(name)))
    return "\n".join(texts)[:MAX_TEXT]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def index_next(
    connection: Connection,
    extract: Callable[[str], str] = ad_text,
    batch: int = BATCH_ADS,
    is_wanted: Callable[[], bool] = never,
) -> int:
    """Index the next ads that are not yet, or whose texts have changed; how many. Zero: the index is complete.

    Fewer than a batch when the transaction is wanted. To be called in the writer's background, again and again, each
    time in a transaction of its own.
    """
    again = [row[0] for row in connection.execute("SELECT ad_no FROM search_again LIMIT ?", (batch,))]
    done = indexed_up_to(connection)
    last: int = connection.execute("SELECT coalesce(max(ad_no), 0) FROM ads").fetchone()[0]
    old = [ad_no for ad_no in again if ad_no <= done]
    _index(connection, old, extract, is_again=True)
    until = min(done + batch - len(again), last)
    for start in range(done, until, STEP_ROWS):
        if len(old) + start - done >= LEAST_ROWS and is_wanted():
            until = start
            break
        _index(connection, range(start + 1, min(start + STEP_ROWS, until) + 1), extract)
    connection.executemany("DELETE FROM search_again WHERE ad_no = ?", [(ad_no,) for ad_no in again])
    connection.execute(
        "INSERT INTO facts (name, value) VALUES ('search', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (str(max(done, until)),),
    )
    return len(old) + max(0, until - done)


def _index(
    connection: Connection, numbers: Sequence[int], extract: Callable[[str], str], *, is_again: bool = False
) -> None:
    if is_again:
        connection.executemany("DELETE FROM ad_search WHERE rowid = ?", [(ad_no,) for ad_no in numbers])
    rows = connection.execute(
        """SELECT a.ad_no, v.payload FROM json_each(?) wanted CROSS JOIN ads a ON a.ad_no = wanted.value
           JOIN ad_versions v ON v.version_no = (a.ad_no << 20) | a.version""",
        (json.dumps(list(numbers)),),
    ).fetchall()
    connection.executemany(
        "INSERT INTO ad_search (rowid, text) VALUES (?, ?)",
        [(ad_no, unspaced_letter().sub(r" \1 ", extract(payload).replace("\0", " "))) for ad_no, payload in rows],
    )
    from modtui.store.advertisers import remember_hosts  # indexing is no part of a start

    remember_hosts(connection, list(numbers))


def indexed_up_to(connection: Connection) -> int:
    """The number of the last ad that can be found; those after it are not yet in the index."""
    row = connection.execute("SELECT value FROM facts WHERE name = 'search'").fetchone()
    return int(row[0]) if row else 0


def find_ads(connection: Connection, text: str, limit: int = 50) -> list[int]:
    """Numbers of ads that hold all the words, in the order of their import."""
    expression = match_expression(text)
    if not expression:
        return []
    rows = connection.execute(
        "SELECT rowid FROM ad_search WHERE ad_search MATCH ? ORDER BY rowid LIMIT ?", (expression, limit)
    )
    return [row[0] for row in rows]
