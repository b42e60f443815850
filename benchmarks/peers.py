"""Programs to compare with, where they are installed: mail readers for cursor moves, visidata for start-up."""

from __future__ import annotations

import os
import shutil
import sys
from email.message import EmailMessage
from pathlib import Path

from benchmarks.generate import ads
from benchmarks.measure import python

MAILS = 200
RAW_BYTES = 300

_RAW = f"""
import os, tty
tty.setraw(0)
os.write(1, b"\\x1b[2J\\x1b[Hready")
n = 0
while os.read(0, 1) != b"q":
    n += 1
    os.write(1, b"\\x1b[%d;1H" % (2 + n % 30) + (b"%d" % n) * {RAW_BYTES // 3})
"""


def raw_floor() -> list[str]:
    """A program that answers each key with some bytes: what Python and the terminal cost without any framework."""
    return [sys.executable, "-I", "-S", "-c", _RAW]


def maildir(folder: Path) -> Path:
    """A mail folder of the ads' texts."""
    path = folder / "mail" / "INBOX"
    if not path.exists():
        for name in ("cur", "new", "tmp"):
            (path / name).mkdir(parents=True)
        for number, ad in enumerate(ads(MAILS)):
            mail = EmailMessage()
            mail["From"], mail["To"] = f"{ad['advertiser']['name']} <a@example.com>", "b@example.com"
            mail["Subject"] = ad["creative"]["headline"]
            mail["Date"] = f"Mon, {1 + number % 28} Nov 2026 10:00:00 +0000"
            mail.set_content(ad["creative"]["body"] + "\n\n" + ad["landing_page"]["text"])
            (path / "cur" / f"{1700000000 + number}.{number}.host:2,S").write_bytes(mail.as_bytes())
    return path


def aerc(folder: Path) -> tuple[list[str], dict[str, str]] | None:
    """aerc on that mail folder: its command and environment, or None where it is not installed."""
    if shutil.which("aerc") is None:
        return None
    home = folder / "aerc-home"
    config = home / "aerc"
    config.mkdir(parents=True, exist_ok=True)
    root = maildir(folder).parent
    accounts = config / "accounts.conf"
    accounts.write_text(f"[bench]\nsource = maildir://{root}\ndefault = INBOX\nfrom = B <b@example.com>\n")
    accounts.chmod(0o600)
    return ["aerc"], {"XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home), "HOME": str(home)}


def neomutt(folder: Path) -> tuple[list[str], dict[str, str]] | None:
    """neomutt on the same mail folder."""
    if shutil.which("neomutt") is None:
        return None
    mails = maildir(folder)
    settings = f'set folder="{mails.parent}"; set sleep_time=0'
    return ["neomutt", "-n", "-F", "/dev/null", "-e", settings, "-R", "-f", str(mails)], {"HOME": str(folder)}


def visidata() -> list[str] | None:
    """visidata's command: `MODTUI_BENCH_VD`, or `vd` on the path."""
    found = os.environ.get("MODTUI_BENCH_VD") or shutil.which("vd")
    return [found] if found else None


def bare_app(frames: Path) -> list[str]:
    return python("-m", "benchmarks.bare_app", str(frames))
