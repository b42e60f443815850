"""The trainer's key file of an exam: the right answers and the secrets of the commitments, never in the pack."""

from __future__ import annotations

from pathlib import Path

import msgspec
import orjson
from msgspec import Struct

from modtui.domain.packs import KEY_SCHEMA, Key, broken_commitments
from modtui.domain.plurals import number_of
from modtui.errors import ModtuiError
from modtui.files.pack_archive import whole_file
from modtui.files.pack_file import Keys, Pack

MOST_BYTES = 64 << 20


class KeyFile(Struct, frozen=True):
    """What only the trainer has until it is published."""

    schema: str
    pack: str
    "The hash of the pack it belongs to."
    title: str
    keys: dict[str, Key]
    secrets: dict[str, str]
    "The 32 bytes each commitment was made with, in hex, by ad."


def write_key_file(path: Path, pack: str, title: str, keys: Keys, secrets: dict[str, bytes]) -> None:
    """Write it so that only its owner can read it."""
    document = KeyFile(KEY_SCHEMA, pack, title, dict(keys), {ad: secret.hex() for ad, secret in secrets.items()})
    with whole_file(path) as out:
        out.write(orjson.dumps(msgspec.to_builtins(document), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))


def read_key_file(path: Path, pack: Pack) -> KeyFile:
    """The key file of a pack. Raises ModtuiError for another pack's, and for answers the pack did not commit to."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        found = msgspec.json.decode(raw, type=KeyFile)
        secrets = {ad: bytes.fromhex(secret) for ad, secret in found.secrets.items()}
    except OSError as error:
        message = f"{path}: {error.strerror or error}."
        raise ModtuiError(
            "Cannot open the key file", message, "`modtui pack build` wrote it beside the exam."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ModtuiError(
            "That is no key file", f"{path}: {error}.", "`modtui pack build` wrote it beside the exam."
        ) from None
    if found.schema != KEY_SCHEMA or found.pack != pack.hash:
        message = f"{path} is the key of another pack ({found.pack[:12]}), and this is {pack.hash[:12]}."
        raise ModtuiError("The key belongs to another pack", message, "Each build of an exam has a key of its own.")
    broken = broken_commitments(found.keys, secrets, pack.commitments)
    if broken:
        ads = number_of(len(broken), "ad")
        raise ModtuiError(
            "The key was changed",
            f"{path}: the answers to {ads} are not those the exam committed to: {', '.join(broken[:10])}.",
            "Use the key file as it was written with the exam.",
        )
    return found
