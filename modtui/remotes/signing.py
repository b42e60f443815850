"""Ed25519 signatures of bundles. The key is a file named in the environment, and never in a workspace."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modtui.errors import ModtuiError

if TYPE_CHECKING:
    from modtui.remotes.packing import Sign

KEY_VARIABLE = "MODTUI_SIGNING_KEY"
TRUST_VARIABLE = "MODTUI_TRUSTED_KEYS"
LEADS_VARIABLE = "MODTUI_LEAD_KEYS"


def signer(environ: Mapping[str, str] = os.environ) -> Sign | None:
    """How to sign, with the key file that MODTUI_SIGNING_KEY names (PEM, Ed25519); None when it names none."""
    path = environ.get(KEY_VARIABLE)
    if not path:
        return None
    serialization, _ = _library()
    try:
        key = serialization.load_pem_private_key(Path(path).expanduser().read_bytes(), password=None)
        public = key.public_key().public_bytes_raw().hex()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModtuiError(
            "Signing key unreadable",
            f"{KEY_VARIABLE} names {path}, which is no Ed25519 key in PEM.",
            "`openssl genpkey -algorithm ed25519 -out key.pem` makes one.",
        ) from error

    def sign(content: bytes) -> tuple[str, str]:
        return public, key.sign(content).hex()

    return sign


def trusted_keys(environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """The public keys, in hex, that MODTUI_TRUSTED_KEYS lists with commas. None: bundles need no signature."""
    return _keys(environ.get(TRUST_VARIABLE, ""))


def lead_keys(environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """The keys, of MODTUI_LEAD_KEYS, that alone may publish. None: those that are trusted for bundles may."""
    return _keys(environ.get(LEADS_VARIABLE, ""))


def _keys(text: str) -> frozenset[str]:
    return frozenset(key.strip().lower() for key in text.split(",") if key.strip())


def holds(key: str, signature: str, content: bytes) -> bool:
    """Whether a signature is that of the key, over the content."""
    _, ed25519 = _library()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise ModtuiError(
            "Signatures need an extra", "The package cryptography is not installed.", "pip install 'modtui[sealed]'"
        ) from error
    return serialization, ed25519
