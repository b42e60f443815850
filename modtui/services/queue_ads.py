"""The ads of a queue one after the other: of one in the workspace, or straight from a queue file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import orjson

from modtui.domain.ad_json import ad_from_payload
from modtui.domain.ads import Ad
from modtui.errors import ModtuiError
from modtui.files.queue_file import read_queue
from modtui.files.rows import AdRow
from modtui.store.items import get_item
from modtui.store.queues import find_queue, get_queue
from modtui.store.workspace import Workspace


def ads_of(name: str, workspace: Workspace | None, known_groups: Collection[str]) -> Iterator[Ad]:
    """The ads of the workspace's queue of that name, or else of the queue file at that path in our own layout.

    Rows that are no ads are left out. Raises ModtuiError when there is neither.
    """
    if workspace is not None:
        with workspace.read() as connection:
            if find_queue(connection, name) is not None or not Path(name).exists():
                yield from _stored(workspace, get_queue(connection, name).queue_no, get_queue(connection, name).size)
                return
    if not Path(name).exists():
        raise ModtuiError("No such queue", f"'{name}' is no file, and there is no workspace.", "Check the path.")
    for row in read_queue(name, mapping=None, source=Path(name).stem, known_groups=known_groups):
        if isinstance(row, AdRow):
            yield ad_from_payload(row.payload)


def _stored(workspace: Workspace, queue_no: int, size: int) -> Iterator[Ad]:
    for n in range(size + 1):
        with workspace.read() as connection:
            item = get_item(connection, queue_no, n)
        if item is not None:
            yield ad_from_payload(orjson.loads(item.payload))
