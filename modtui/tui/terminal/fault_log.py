"""The record of a fault of our own: where it happened, without any data of the people whose ads were on screen."""

from __future__ import annotations

import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

MESSAGES: Final = "MODTUI_LOG_MESSAGES"
"Set to 1, exception messages are kept too; they may quote an ad."


def state_folder() -> Path:
    """Where logs go; made private."""
    from platformdirs import user_state_path

    folder = user_state_path("modtui", appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def record_fault(error: BaseException, folder: Path | None = None) -> Path | None:
    """Write the places the error came through to a file only its owner can read; None when that is impossible too."""
    try:
        folder = state_folder() if folder is None else folder
        path = folder / f"fault-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as log:
            log.write(_report(error))
    except OSError:
        return None
    return path


def fault_message(error: BaseException, log: Path | None) -> str:
    """What a person is told on the terminal: the kind of fault and where the log is, no data."""
    where = f"The log is {log}." if log else "No log could be written."
    return f"modtui stopped: a fault of its own ({type(error).__name__}). Decisions shown as done are saved. {where}"


def _report(error: BaseException) -> str:
    from importlib.metadata import version

    with_messages = os.environ.get(MESSAGES) == "1"
    lines = [
        f"modtui {version('modtui')}, Python {platform.python_version()}, {sys.platform}, {datetime.now(UTC):%FT%TZ}\n"
    ]
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines.append(f": {cause}\n" if with_messages else f" (message left out; {MESSAGES}=1 keeps it)\n")
        lines += traceback.format_tb(cause.__traceback__)
        cause = cause.__cause__ or cause.__context__
    return "".join(lines)
