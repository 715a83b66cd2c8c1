"""Who may come in: systems by token or session, operators by theirs; all compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping

SESSION_LIFE = 3600
"""Seconds that a session lives."""


class Door:
    """Checks credentials. A system without a token has no way in."""

    def __init__(self, tokens: Mapping[str, str], operator: str) -> None:
        self._tokens = dict(tokens)
        self._operator = operator

    def operator(self, credential: str) -> bool:
        """Tell whether a credential is the operator's."""
        return bool(self._operator) and _equal(credential, self._operator)

    def admits(self, system: str, credential: str) -> bool:
        """Tell whether a credential (token or session) is this system's."""
        token = self._tokens.get(system, "")
        if not token or not credential:
            return False
        return _equal(credential, token) or _open(token, system, credential)

    def knows(self, system: str) -> bool:
        """Tell whether a system has a token, and with it a way in."""
        return bool(self._tokens.get(system))

    def session(self, system: str) -> str:
        """Hand out a session of a system: expiry, nonce and their MAC under the system's token.

        Any process that knows the token can check it; a changed token ends all its sessions.
        """
        told = f"{int(time.time()) + SESSION_LIFE}.{secrets.token_hex(8)}"
        return f"{told}.{_mac(self._tokens[system], system, told)}"


def _mac(token: str, system: str, told: str) -> str:
    return hmac.new(token.encode(), f"session|{system}|{told}".encode(), hashlib.sha256).hexdigest()


def _open(token: str, system: str, credential: str) -> bool:
    told, _, mac = credential.rpartition(".")
    expiry = told.partition(".")[0]
    if not expiry.isdigit() or not _equal(mac, _mac(token, system, told)):
        return False
    return int(expiry) > time.time()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def bearer(header: str) -> str:
    """Return the credential of an `Authorization: Bearer` header, or an empty text."""
    scheme, _, credential = header.partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""
