"""The key that signs the log's checkpoints: a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lgsp.domain.merkle.notes import Signer
from lgsp.errors import ConfigError

FILE = "seal.key"


def signer(name: str, named: Path | None, state: Path) -> Signer:
    """Return who signs in the name of a log.

    Args:
        name: the log's origin.
        named: the file of the key, which somebody else put there; None for the one of the state folder.
        state: where a key is made at its first use, if none is named.

    Raises:
        ConfigError: there is no key in the file, or it cannot be read.
    """
    path = named or state / FILE
    try:
        if named is None and not path.exists():
            _make(path)
        return Signer(name, _read(path))
    except OSError as fault:
        raise ConfigError([f"{path}: reading the key of the log: {fault.strerror}"]) from fault


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError([f"{path}: this is no Ed25519 key in PEM; make one with openssl genpkey"])
    return key


def _make(path: Path) -> None:
    """Make a key, whole before it can be seen; when two do so at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        key = Ed25519PrivateKey.generate()
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
