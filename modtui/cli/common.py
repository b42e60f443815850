"""What every command shares: settings, safe printing, progress, and how an error becomes an exit code."""

from __future__ import annotations

import errno
import json
import os
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.services.settings import Settings

DISK_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS)
"What a disk says that takes no more; from a command, of the file its output goes to."


def settings_of(ctx: click.Context, **given: Any) -> Settings:
    """The settings of this call: the command line over the environment over the config file."""
    from modtui.services.settings import load_settings

    stated = dict(ctx.find_root().obj or {})
    stated |= {name: value for name, value in given.items() if value is not None}
    paths = {name: Path(stated[name]) for name in ("workspace", "policies") if stated.get(name)}
    return load_settings(**(stated | paths))


def day_of(text: str, option: str = "--as-of") -> str:
    """A day as it is kept, from an option of a command."""
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise click.BadParameter(f"'{text}' is no date like 2026-11-20.", param_hint=option) from None


def say(text: str) -> None:
    """Narration, on stderr, made safe: it may quote file names and ads."""
    click.echo(safe(text), err=True)


def put(text: str) -> None:
    """Data, on stdout. On a terminal it is made safe; a pipe or file gets the bytes as they are."""
    click.echo(safe(text) if sys.stdout.isatty() else text)


def put_json(value: Any) -> None:
    """One JSON value, ASCII only, so that it is safe anywhere."""
    click.echo(json.dumps(value, ensure_ascii=True, sort_keys=False))


def standard_output() -> TextIO:
    """Where data goes: made safe on a terminal, since what it holds came from ads."""
    return cast("TextIO", _SafeOut()) if sys.stdout.isatty() else sys.stdout


class _SafeOut:
    """Standard output on a terminal."""

    def write(self, text: str) -> int:
        put(text.rstrip("\r\n"))
        return len(text)


def safe(text: str) -> str:
    from modtui.domain.text import reveal

    return "\n".join(reveal(line) for line in text.split("\n"))


def show_error(error: ModtuiError) -> None:
    say(f"{error.title}: {error.message}" if error.message else error.title)
    if error.hint:
        say(error.hint)


def show_wrong_usage(error: click.ClickException) -> None:
    """What click would print, made safe: it quotes the arguments."""
    words = StringIO()
    error.show(file=words)
    say(words.getvalue().rstrip("\n"))


def run(command: click.Command) -> None:
    """Run a click command to its end, with the exit codes of the design."""
    if sys.stdout is None:  # closed by the caller: nobody wants what is said
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  open to the end of the program
    try:
        status = command.main(standalone_mode=False, prog_name="modtui")
        sys.stdout.flush()  # at the end of the program it would fail with nobody to tell
    except click.exceptions.Abort:
        say("Stopped.")
        sys.exit(130)
    except click.ClickException as error:
        show_wrong_usage(error)
        sys.exit(error.exit_code)
    except ModtuiError as error:
        show_error(error)
        sys.exit(getattr(error, "exit_status", 1))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno not in DISK_FAULTS:
            raise
        show_error(ModtuiError("Cannot write", f"{error.strerror}.", "Make room, or write to another place."))
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
