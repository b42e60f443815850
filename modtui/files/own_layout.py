"""Our own layout in a table: columns named like the fields of an ad, and what tells a table that is not."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from modtui.domain.ad_json import FIELD_PATHS, LIST_PATHS
from modtui.errors import ModtuiError
from modtui.files.mapping import FieldRule, IdRule, QueueMapping

_SPLIT = {
    **dict.fromkeys(LIST_PATHS, ("|", ";")),
    **dict.fromkeys(("markets", "languages", "audience.placements"), ("|", ";", ",")),
}


def own_columns(header: Sequence[str]) -> dict[str, str]:
    """Column to field: the dotted path, or the last part of it for what stands in `creative` and `audience`."""
    short = {path.partition(".")[2]: path for path in FIELD_PATHS if path.startswith(("creative.", "audience."))}
    found: dict[str, str] = {}
    for column in header:
        name = column.strip().lower()
        path = name if name in FIELD_PATHS else short.get(name)
        if path and path not in found.values():
            found[column] = path
    return found


def own_table_mapping(header: Sequence[str], file: str) -> QueueMapping:
    """How a table in our layout is read. Raises `ModtuiError` when its columns are not ours."""
    columns = own_columns(header)
    paths = {path: column for column, path in columns.items()}
    if "id" not in paths or len(paths) < 2:
        names = ", ".join(header[:12]) + (" ..." if len(header) > 12 else "")
        raise ModtuiError(
            "The columns are not ours",
            f"{file} has the columns: {names}",
            "Name a mapping with --mapping, or let --guess write a first one.",
        )
    fields = {
        path: (FieldRule((column,), read="own", split=_SPLIT.get(path, ())),)
        for path, column in paths.items()
        if path != "id"
    }
    return QueueMapping(IdRule((paths["id"],)), fields)


def check_columns(mapping: QueueMapping, header: Sequence[str], file: str) -> None:
    """Raises `ModtuiError` when the mapping names columns that the header does not have."""
    there = set(header)
    problems: list[str] = []
    for column, place in mapping.columns().items():
        if column in there or column.partition(".")[0] in there:
            continue
        near = difflib.get_close_matches(column, list(header), 1, 0.5)
        problems.append(f"{place}: no column {column!r}" + (f". Did you mean {near[0]!r}?" if near else ""))
    if problems:
        raise ModtuiError(
            "The mapping does not fit the file",
            f"{file} and mapping {mapping.name}:\n" + "\n".join(problems),
            f"The columns are: {', '.join(header[:40])}" + (" ..." if len(header) > 40 else ""),
        )
