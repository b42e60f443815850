"""A label map: YAML that says what raters' labels in a table mean as answers to checks (`modtui/labels/1`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from modtui.errors import ModtuiError
from modtui.files.problems import Problem
from modtui.files.strict_yaml import load_tree
from modtui.files.tree_reader import (
    INVALID,
    Fields,
    TreeReader,
    like,
    line,
    list_of,
    map_of,
    object_of,
    one_of,
    read_object,
    text,
)

SCHEMA = "modtui/labels/1"
ANSWERS = ("yes", "no")
OUTCOMES = ("approve", "approve_limited", "reject", "request_info", "escalate")


class Label(Struct, frozen=True):
    """What one column says of one check."""

    column: str
    "Dotted where the rows are nested: `opinions.deceptive`."
    check: str
    answer: str = "yes"
    is_one_of: tuple[str, ...] = ()
    "Texts; of a list any of them."
    at_least: float | None = None
    "A number the column must reach."
    share: float = 0.5
    "Of an ad's rows, one a rater, how many must say so."
    why: str = ""
    "A sentence; `{column}` stands for what the column says."


class LabelMap(Struct, frozen=True):
    """How the rows of a file become gold."""

    ad: tuple[str, ...]
    "The columns that name the ad."
    labels: tuple[Label, ...]
    join: str = "-"
    "What stands between the columns in the ad's id."
    as_of: str = ""
    markets: tuple[str, ...] = ()
    "For ads that state none."
    why_clean: str = ""
    "A sentence for ads that no label makes a finding of."
    outcome: str = ""
    "The column that says what was decided; empty to take what follows from the answers."
    outcomes: Mapping[str, str] = {}
    "Its words to outcomes."
    raters: str = ""
    "The column that names the rater, where each rater has a row."


_NUMBER = like(r"[0-9]+(\.[0-9]+)?%?", "a number like 0.5 or 50%")
_LABEL: Fields = {
    "from": line,
    "check": line,
    "answer": one_of(ANSWERS),
    "is": list_of(line),
    "at_least": _NUMBER,
    "share": _NUMBER,
    "why": text,
}
_OUTCOME: Fields = {"from": line, "values": map_of(line, one_of(OUTCOMES))}
_AD: Fields = {"from": list_of(line), "join": line}
_TOP: Fields = {
    "schema": one_of((SCHEMA,)),
    "ad": object_of(_AD, ("from",)),
    "labels": list_of(object_of(_LABEL, ("from", "check"))),
    "as_of": like(r"\d{4}-\d\d-\d\d", "a date like 2026-11-20"),
    "markets": list_of(line),
    "why_clean": text,
    "outcome": object_of(_OUTCOME, ("from", "values")),
    "raters": line,
}


def read_label_map(path: Path) -> LabelMap:
    """The label map in a file. Raises ModtuiError with every mistake in it."""
    try:
        source = path.read_bytes()
    except OSError as error:
        message = f"{path}: {error.strerror or error}."
        raise ModtuiError("Cannot read the label map", message, "Check the path.") from error
    tree, problems = load_tree(source, str(path))
    reader = TreeReader()
    reader.begin(str(path), problems)
    values = read_object(reader, tree, "", _TOP, ("schema", "ad", "labels")) if tree is not None else INVALID
    if reader.problems or not isinstance(values, dict):
        raise _error(reader.problems)
    return _label_map(values)


def _label_map(values: Mapping[str, Any]) -> LabelMap:
    get = values.get
    outcome = get("outcome") or {}
    return LabelMap(
        ad=tuple(values["ad"]["from"]),
        labels=tuple(_label(label) for label in values["labels"]),
        join=values["ad"].get("join", "-"),
        as_of=get("as_of", ""),
        markets=tuple(get("markets", ())),
        why_clean=get("why_clean", ""),
        outcome=outcome.get("from", ""),
        outcomes=outcome.get("values", {}),
        raters=get("raters", ""),
    )


def _label(values: Mapping[str, Any]) -> Label:
    get = values.get
    return Label(
        values["from"],
        values["check"],
        get("answer", "yes"),
        tuple(get("is", ())),
        _number(values["at_least"]) if "at_least" in values else None,
        _number(get("share", "0.5")),
        get("why", ""),
    )


def _number(words: str) -> float:
    return float(words[:-1]) / 100 if words.endswith("%") else float(words)


def _error(problems: list[Problem]) -> ModtuiError:
    lines = "\n".join(str(problem) for problem in problems[:20])
    return ModtuiError("The label map has mistakes", lines, "docs/packs.md lists what a label map may say.")
