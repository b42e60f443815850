"""Reaching the team's database: addresses without secrets, time limits, faults in words, transactions tried again."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from modtui.errors import ModtuiError
from modtui.remotes.protocol import RemoteFault

if TYPE_CHECKING:
    from psycopg import Connection

T = TypeVar("T")
SCHEMES = ("postgresql://", "postgres://")
CONNECT_SECONDS = 5
STATEMENT_MS = 30_000
TRIES = 8
"Of a transaction that the server asks to repeat: serialization failures and deadlocks."
FIRST_PAUSE_SECONDS = 0.02
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
REPEATABLE = ("40001", "40P01")

_WORDS: dict[str, tuple[str, str, str]] = {
    "28P01": ("Wrong password", "The team's database does not take the password for this login.",
              "Put the right one into ~/.pgpass, a service file or PGPASSWORD."),
    "none": ("No password", "The team's database asks for a password, and none was found for this login.",
              "Put it into ~/.pgpass (host:port:database:login:password, mode 600), a service file or PGPASSWORD."),
    "28000": ("Login refused", "The team's database does not let this login in.",
              "Ask your lead for a login, and check PGUSER or the name in the address."),
    "3D000": ("No such database", "The server has no database of that name.", "Check the address with your lead."),
    "53100": ("Disk full at the remote", "The server of the team's database has no space left.",
              "Tell whoever looks after it. What you decided is safe here; sync again later."),
    "53300": ("Remote is busy", "The team's database takes no more connections just now.", "Sync again in a minute."),
    "42501": ("Not allowed there", "Your role in the team's database does not permit this.",
              "Ask your lead for the role, or leave it to whoever has it."),
    "42P01": ("Not a team's database", "The database has no tables of modtui.",
              "`modtui remote init ADDRESS --team NAME` makes them."),
    "3F000": ("Not a team's database", "The database has no tables of modtui.",
              "`modtui remote init ADDRESS --team NAME` makes them."),
    "57014": ("Remote is too slow", "The team's database did not answer within 30 seconds.",
              "Sync again later; nothing is lost."),
    "25006": ("Remote is read-only", "The team's database takes no changes now.", "Sync again later; nothing is lost."),
}  # fmt: skip
"SQLSTATE, or `none` for a login without a password, which only the driver notices, to title, message, hint."


def check_address(address: str) -> None:
    """Refuse an address that holds a password: it would end up in the workspace and in shell histories."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(address)
    except ProgrammingError:  # its words may quote the address, and with it a password
        raise ModtuiError(
            "Not an address", "The address of the database cannot be read.", "Such as postgresql://db.example/ads."
        ) from None
    if parts.get("password"):
        raise ModtuiError(
            "A password in the address",
            "Addresses are kept in the workspace; passwords never are.",
            "Take it out, and put it into ~/.pgpass, a service file or PGPASSWORD.",
        )


def connect(address: str) -> Connection:
    """A connection in autocommit, with time limits. Raises ModtuiError in words a reviewer can act on."""
    psycopg = _driver()
    check_address(address)
    parts = psycopg.conninfo.conninfo_to_dict(address)
    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS, "application_name": "modtui",
        "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": STATEMENT_MS,
    }  # fmt: skip
    settings = {name: value for name, value in settings.items() if name not in parts}
    if _needs_encryption(parts):
        settings["sslmode"] = "require"
    try:
        # No prepared statements: poolers between here and the server lose them.
        connection: Connection = psycopg.connect(address, autocommit=True, prepare_threshold=None, **settings)
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection.execute(f"SET statement_timeout = {STATEMENT_MS:d}")
    except psycopg.Error as error:
        raise translate(error) from error
    return connection


def _driver() -> Any:
    try:
        import psycopg
        import psycopg.conninfo
    except ImportError as error:
        raise ModtuiError(
            "PostgreSQL needs an extra", "The driver psycopg is not installed.", "pip install 'modtui[postgres]'"
        ) from error
    return psycopg


def _needs_encryption(parts: dict[str, Any]) -> bool:
    """Whether the way leads off this machine and nobody has said how it is secured."""
    stated = ("sslmode" in parts, "service" in parts, "PGSSLMODE" in os.environ, "PGSERVICE" in os.environ)
    host = str(parts.get("host") or os.environ.get("PGHOST", ""))
    return not any(stated) and bool(host) and not host.startswith("/") and host not in LOCAL_HOSTS


def translate(error: Exception) -> ModtuiError:
    """A fault of the database or of the way there, in words. Nothing the server says is repeated but one line.

    It is a RemoteFault when it may pass, and what became of the call is then unknown.
    """
    code = getattr(error, "sqlstate", None) or _code_in(str(error))
    passes = code is None or code[:2] in ("08", "25", "40", "53", "57")
    kind = RemoteFault if passes else ModtuiError
    if code in _WORDS:
        return kind(*_WORDS[code])
    if (code is not None and code[:2] == "08") or (code is None and _is_operational(error)):
        return RemoteFault(
            "Remote not reachable",
            f"The team's database does not answer: {_first_line(error)}",
            "Check the network and the address. What you decided is safe here; sync again later.",
        )
    if code is not None and code[:2] in ("53", "57"):
        return RemoteFault(
            "Remote is not ready", f"The team's database says: {_first_line(error)}", "Sync again in a few minutes."
        )
    return kind(
        "Remote refused", f"The team's database says: {_first_line(error)}", "Show this to whoever looks after it."
    )


def _is_operational(error: Exception) -> bool:
    import psycopg

    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | OSError)


def _code_in(words: str) -> str | None:
    """The code of a refused login: the driver has only words for what fails before there is a connection."""
    tells = (
        ("password authentication failed", "28P01"), ("no password supplied", "none"), ("fe_sendauth", "none"),
        ("no pg_hba.conf entry", "28000"), ("role \"", "28000"), ("too many clients", "53300"),
        ("remaining connection slots", "53300"),
    )  # fmt: skip
    if 'database "' in words and "does not exist" in words:
        return "3D000"
    return next((code for tell, code in tells if tell in words), None)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def transact(
    connection: Connection, run: Callable[[Connection], T], *, pause: Callable[[float], None] = time.sleep
) -> T:
    """Run a function in one transaction, again when the server asks for it; faults in words.

    The function must be one that may be repeated. When the COMMIT's own answer is lost, what became of it is unknown
    and ModtuiError is raised: the caller asks anew before it believes either.
    """
    import psycopg

    for attempt in range(TRIES):
        try:
            with connection.transaction():
                return run(connection)
        except psycopg.Error as error:
            if error.sqlstate not in REPEATABLE or attempt == TRIES - 1:
                raise translate(error) from error
            pause(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311
    raise AssertionError("unreachable")
