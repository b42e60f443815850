"""The text of a YAML file: UTF-8 of a bounded size, without characters that hide or that a terminal obeys."""

from __future__ import annotations

import re

from modtui.files.problems import MAX_PROBLEMS, Problem

MAX_BYTES = 8 * 1024 * 1024

_NOT_IN_A_FILE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\r(?!\n)")


def text_of(source: str | bytes, filename: str) -> tuple[str | None, list[Problem]]:
    """The source as text without its byte order mark, or the one problem that it is not."""

    def refused(message: str, line: int = 1, column: int = 1) -> tuple[None, list[Problem]]:
        return None, [Problem(filename, line, column, "", message)]

    if len(source) > MAX_BYTES:
        return refused(f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB")
    if isinstance(source, str):
        return source.removeprefix("\ufeff"), []
    if source.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) or b"\x00" in source[:4]:
        return refused("the file is UTF-16 or UTF-32: save it as UTF-8")
    try:
        return source.decode("utf-8").removeprefix("\ufeff"), []
    except UnicodeDecodeError as error:
        before = source[: error.start]
        line_start = before.rfind(b"\n") + 1
        column = len(before[line_start:].decode("utf-8", "replace")) + 1
        byte = source[error.start]
        return refused(
            f"byte 0x{byte:02X} is not UTF-8: save the file as UTF-8 (it may be Latin-1 or Windows-1252)",
            before.count(b"\n") + 1,
            column,
        )


def without_control_characters(text: str, filename: str, problems: list[Problem]) -> str:
    """The text with what no YAML file may hold replaced, so that reading can go on; each is a problem."""
    if not _NOT_IN_A_FILE.search(text):
        return text
    line, line_start, seen = 1, 0, 0
    for found in _NOT_IN_A_FILE.finditer(text):
        if len(problems) >= MAX_PROBLEMS:
            break
        at = found.start()
        line += text.count("\n", seen, at)
        line_start = max(line_start, text.rfind("\n", seen, at) + 1)
        seen = at
        name = f"U+{ord(found.group()):04X}"
        problems.append(
            Problem(filename, line, at - line_start + 1, "", f"the character {name} may not stand in a file")
        )
    return _NOT_IN_A_FILE.sub("\ufffd", text)
