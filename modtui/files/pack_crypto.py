"""The key of a sealed pack under its class code: scrypt makes a key of the code, Fernet encrypts with it."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import unicodedata
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

SCRYPT_N, SCRYPT_R, SCRYPT_P = 1 << 15, 8, 1
"About 130 ms and 32 MB a try (RFC 7914)."
SHORTEST_CODE = 8
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"Without what is misread: I, O, 0 and 1."
_MOST_MEMORY = 128 << 20


class WrongCode(ModtuiError):  # noqa: N818  named for what happened
    """The class code does not open the pack."""


class _Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the pack: the salt, the cost, and the encrypted key."""

    kdf: str
    n: int
    r: int
    p: int
    salt: str
    token: str


def new_class_code() -> str:
    """A code to hand out, such as `K7QF-2WMP-9RTA`: 60 bits, which no one can try out at 130 ms each."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def seal(plain: bytes, class_code: str) -> bytes:
    """Encrypt under a class code. The salt and the initialisation vector are new each time."""
    code = _plain_code(class_code)
    if len(code) < SHORTEST_CODE:
        message = f"It has {len(code)} letters and digits; short ones are tried out in no time."
        raise ModtuiError(
            "The class code is too short", message, f"Give at least {SHORTEST_CODE}, or none: one is made."
        )
    salt = os.urandom(16)
    token = _fernet(code, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P).encrypt(plain)
    return msgspec.json.encode(_Sealed("scrypt", SCRYPT_N, SCRYPT_R, SCRYPT_P, salt.hex(), token.decode()))


def unseal(sealed: bytes, class_code: str) -> bytes:
    """Decrypt with a class code. Raises WrongCode, and ValueError for what is no sealed key."""
    try:
        stated = msgspec.json.decode(sealed, type=_Sealed)
        salt = bytes.fromhex(stated.salt)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None
    # Who made the pack chose the cost, and might have chosen one that never ends.
    power_of_two = stated.n > 1 and stated.n & (stated.n - 1) == 0
    costs = 128 * stated.n * stated.r
    if stated.kdf != "scrypt" or not power_of_two or stated.r < 1 or stated.p != 1 or costs > _MOST_MEMORY:
        raise ValueError("its cost is none that modtui uses")
    fernet = _fernet(_plain_code(class_code), salt, stated.n, stated.r, stated.p)
    from cryptography.fernet import InvalidToken

    try:
        return fernet.decrypt(stated.token)
    except InvalidToken:
        raise WrongCode(
            "The pack does not open",
            "The class code is not the one it was sealed with, or the key in the pack was changed.",
            "Ask the trainer for the code; capitals, spaces and dashes do not matter.",
        ) from None


def _plain_code(class_code: str) -> str:
    """A code as it is meant: without spaces and dashes, in capitals."""
    text = unicodedata.normalize("NFKC", class_code)
    return "".join(letter for letter in text if letter.isalnum()).upper()


def _fernet(code: str, salt: bytes, n: int, r: int, p: int) -> Fernet:
    try:
        from cryptography.fernet import Fernet  # 33 ms, which only sealed packs pay
    except ImportError:
        raise ModtuiError(
            "Sealed packs need one package more", "`cryptography` is not installed.", "pip install 'modtui[sealed]'"
        ) from None
    secret = hashlib.scrypt(code.encode("utf-8"), salt=salt, n=n, r=r, p=p, maxmem=2 * _MOST_MEMORY, dklen=32)
    return Fernet(base64.urlsafe_b64encode(secret))
