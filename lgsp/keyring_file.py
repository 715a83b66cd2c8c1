"""The keys that wrap data keys: what a key management service is asked, and the same from a file."""

from __future__ import annotations

import os
import re
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from lgsp.errors import ConfigError, GatewayError

_SIZE = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
SETTING = "LGSP_KEY_FILE"
_HEAD = (
    "# Keys that wrap the journal's data keys: a name and 32 bytes in base64 on each line.\n"
    "# The first one wraps, all of them unwrap. Keep a copy, apart from every copy of the journal.\n"
)


class WrappingError(GatewayError):
    """A data key could not be wrapped or unwrapped."""


class Wrapping(Protocol):
    """Wraps data keys under a key that never leaves it: in the shape of a key management service."""

    async def wrap(self, key: bytes) -> tuple[str, bytes]:
        """Return the name of the key that wraps from now on, and the wrapped key.

        Raises:
            WrappingError: it cannot be wrapped now.
        """

    async def unwrap(self, by: str, wrapped: bytes) -> bytes:
        """Return a key that was wrapped by the key of that name.

        Raises:
            WrappingError: the name is not known, or it was not wrapped by that one, or nobody answers.
        """


class KeyFile:
    """Key-encryption keys in a file (AES key wrap, RFC 3394), read at each use: lines may be added."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def wrap(self, key: bytes) -> tuple[str, bytes]:
        """See `Wrapping.wrap`; the file's first key wraps."""
        name, wrapping = next(iter(self._read().items()))
        return name, aes_key_wrap(wrapping, key)

    async def unwrap(self, by: str, wrapped: bytes) -> bytes:
        """See `Wrapping.unwrap`."""
        keys = self._read()
        if by not in keys:
            raise WrappingError(f"unwrapping a data key: {SETTING} ({self._path}) has no key {by!r}")
        try:
            return aes_key_unwrap(keys[by], wrapped)
        except (InvalidUnwrap, ValueError):
            what = f"the key {by!r} of {SETTING} ({self._path}) is not the one that wrapped it"
            raise WrappingError(f"unwrapping a data key: {what}") from None

    def _read(self) -> Mapping[str, bytes]:
        try:
            return read_keys(self._path)
        except ConfigError as fault:
            raise WrappingError("; ".join(fault.faults)) from fault


def read_keys(path: Path) -> Mapping[str, bytes]:
    """Return the keys of a file by their names, in its order; there is one at least.

    Raises:
        ConfigError: it is not there, others can read it, or a line of it is wrong. No key is shown.
    """
    try:
        with path.open(encoding="ascii") as file:
            if _is_open_to_others(os.fstat(file.fileno())):
                raise ConfigError([f"{SETTING} {path}: others can read it; chmod 600 {path}"])
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError([f"{SETTING} {path}: {type(fault).__name__}: it cannot be read"]) from None
    keys: dict[str, bytes] = {}
    faults = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            wrong = _take(line, keys)
            faults += [f"{path}:{number}: {wrong}"] if wrong else []
    if not keys and not faults:
        faults.append(f"{SETTING} {path}: it has no key; `lgsp keys make` makes one")
    if faults:
        raise ConfigError(faults)
    return keys


def _is_open_to_others(file: os.stat_result) -> bool:
    """Tell whether others can read it; what root lends to a group is meant so, as secrets are given."""
    lent = file.st_uid == 0 and os.geteuid() != 0
    return bool(file.st_mode & (_OTHERS & ~stat.S_IRGRP if lent else _OTHERS))


def _take(line: str, keys: dict[str, bytes]) -> str:
    """Take a line's key, or return what is wrong with it."""
    name, _, text = line.strip().partition(" ")
    if not _NAME.fullmatch(name):
        return "write a name (letters, digits, . _ -), a blank and the key"
    if name in keys:
        return f"the name {name!r} stands here twice"
    try:
        key = b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != _SIZE:
        return f"the key {name!r} must be 32 bytes in base64"
    keys[name] = key
    return ""


def make_key(path: Path, name: str) -> None:
    """Put a fresh key at the head of a file, which is made if need be; whole and durable, or not at all.

    Raises:
        ConfigError: the name cannot be one or stands there already, or the file cannot be read or written.
    """
    there = read_keys(path) if path.exists() else {}
    if not _NAME.fullmatch(name) or name in there:
        why = "it stands there already" if name in there else "write letters, digits, . _ -"
        raise ConfigError([f"{path}: the name {name!r}: {why}"])
    keys = {name: secrets.token_bytes(_SIZE), **there}
    lines = [f"{one} {b64encode(key).decode()}\n" for one, key in keys.items()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_HEAD + "".join(lines))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync(path.parent)
    except OSError as fault:
        raise ConfigError([f"{path}: {type(fault).__name__}: it cannot be written"]) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
