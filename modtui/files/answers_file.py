"""The file in which a learner's answers go home: a line for each, chained by hashes from the first to the last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from modtui.domain.attempts import ANSWERS_SCHEMA, Answers, Attempt, Contest, short_code
from modtui.domain.events import FIRST_PREV, canonical_json
from modtui.errors import ModtuiError
from modtui.files.pack_archive import whole_file

MOST_BYTES = 64 << 20
_KINDS: dict[str, Any] = {"attempt": Attempt, "contest": Contest}
_T = TypeVar("_T")


def write_answers(path: Path, answers: Answers) -> str:
    """Write the file; returns its short code, which the learner tells the trainer. The same answers, the same file."""
    text, head = _chained(answers)
    with whole_file(path) as out:
        out.write(text)
    return short_code(head)


def answers_code(answers: Answers) -> str:
    """The short code that the file of these answers has."""
    return short_code(_chained(answers)[1])


def read_answers(path: Path) -> tuple[Answers, str]:
    """The answers in a file, and its short code. Raises ModtuiError with the line that does not hold."""
    return _Reading(path).answers()


def _chained(answers: Answers) -> tuple[bytes, str]:
    """The lines of the file, each with the hash of itself and all before it, and the last of those hashes."""
    lines: list[str] = []
    head = FIRST_PREV
    for document in _documents(answers):
        head = _link(head, document)
        lines.append(canonical_json({**document, "hash": head}) + "\n")
    return "".join(lines).encode(), head


def _documents(answers: Answers) -> Iterator[dict[str, Any]]:
    plain: dict[str, Any] = msgspec.to_builtins(answers)
    attempts, contests = plain.pop("attempts"), plain.pop("contests")
    yield {"schema": ANSWERS_SCHEMA, "answers": plain}
    yield from ({"attempt": attempt} for attempt in attempts)
    yield from ({"contest": contest} for contest in contests)
    yield {"end": {"attempts": len(attempts), "contests": len(contests)}}


def _link(prev: str, document: dict[str, Any]) -> str:
    return hashlib.sha256(f"{prev}\n{canonical_json(document)}".encode()).hexdigest()


class _Reading:
    """One file on its way in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = FIRST_PREV
        self.number = 0
        self.found: dict[str, list[Any]] = {"attempt": [], "contest": []}

    def answers(self) -> tuple[Answers, str]:
        lines = self._lines()
        first = next(lines, {})
        if first.get("schema") != ANSWERS_SCHEMA:
            raise ModtuiError(
                "That is no file of answers",
                f"{self.path}: it does not begin as '{ANSWERS_SCHEMA}' does.",
                "`modtui practice PACK --answers FILE` writes one.",
            )
        header = self._decoded(first.get("answers"), Answers)
        for document in lines:
            if "end" in document:
                return self._ended(header, document["end"], lines)
            kind = next(iter(document), "")
            if kind not in _KINDS or len(document) != 1:
                self._broken("is of a kind that answers do not have")
            self.found[kind].append(self._decoded(document[kind], _KINDS[kind]))
        self.number += 1
        return self._broken("is not there: the file is cut off")

    def _ended(self, header: Answers, end: Any, lines: Iterator[dict[str, Any]]) -> tuple[Answers, str]:
        attempts, contests = tuple(self.found["attempt"]), tuple(self.found["contest"])
        if end != {"attempts": len(attempts), "contests": len(contests)}:
            self._broken("counts other answers than there are")
        if next(lines, None) is not None:
            self._broken("stands behind the end")
        return msgspec.structs.replace(header, attempts=attempts, contests=contests), short_code(self.head)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Each line without its hash, once that was found right."""
        for raw in self._content().splitlines(keepends=True):
            self.number += 1
            try:
                document = msgspec.json.decode(raw, type=dict[str, Any])
                digest = document.pop("hash", None)
                self.head = _link(self.head, document)
                as_written = canonical_json({**document, "hash": digest}).encode() + b"\n"
            except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError):
                if self.number == 1:
                    yield {}
                self._broken("cannot be read")
            if self.number == 1 and document.get("schema") != ANSWERS_SCHEMA:
                yield {}
            if digest != self.head or raw != as_written:
                self._broken("does not match its hash: it was changed, or the one before it was left out")
            yield document

    def _content(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            message = f"{self.path}: {error.strerror or error}."
            raise ModtuiError("Cannot open the answers", message, "Look at the name of the file.") from error
        if len(content) > MOST_BYTES:
            raise ModtuiError("That is no file of answers", f"{self.path}: it is larger than {MOST_BYTES >> 20} MB.")
        return content

    def _decoded(self, value: Any, kind: type[_T]) -> _T:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            self._broken(f"is not as answers are written: {error}")

    def _broken(self, why: str) -> NoReturn:
        raise ModtuiError(
            "The answers are damaged or were changed",
            f"{self.path}: line {self.number} {why}.",
            "Ask for the file again: `modtui practice PACK --answers FILE` writes it anew.",
        )
