"""Judging who calls the stand-in of the population database, by both ways in of the real one's clients."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any

import orjson

from lgsp.sandbox.axis.asked import Asked

USER = "lgsp"
_CLOCKS_APART = 300.0
_TOKEN_SECONDS, _MANY_TOKENS = 3600.0, 10_000
_MILLISECONDS = 1e11
"""A stamp beyond this counts milliseconds."""


class Admission:
    """Knows one account by its name, `lgsp`, and its secret.

    Args:
        secret: of the account; `SecretKey` of the header `lgspaccesstoken` too.
        clock: seconds that never run back.
        wall: seconds since 1970.
    """

    def __init__(self, secret: str, clock: Callable[[], float], wall: Callable[[], float]) -> None:
        self._secret = secret
        self._clock, self._wall = clock, wall
        self._tokens: dict[str, float] = {}

    def admits(self, asked: Asked, path: str) -> bool:
        """Tell whether a call may go on: by a hash at the service, by header and token elsewhere."""
        if asked.tail == "service":
            return self._by_hash(asked, f"http://{asked.header('host')}{path}")
        bearer = asked.header("authorization").removeprefix("Bearer ")
        token = asked.header("x-authentication-token") or bearer
        return self.knows(asked) and self._tokens.get(token, 0.0) > self._clock()

    def knows(self, asked: Asked) -> bool:
        """Tell whether the header `lgspaccesstoken` is the account's."""
        told = _object(asked.header("lgspaccesstoken"))
        return told.get("AccessKey") == USER and told.get("SecretKey") == self._secret

    def token(self) -> str:
        """Hand out a token."""
        if len(self._tokens) >= _MANY_TOKENS:
            self._tokens.clear()
        token = secrets.token_hex(16)
        self._tokens[token] = self._clock() + _TOKEN_SECONDS
        return token

    def expire(self) -> None:
        """Let every token be good no more."""
        self._tokens.clear()

    def _by_hash(self, asked: Asked, address: str) -> bool:
        user, _, password = _decoded(asked.header("authorization").removeprefix("Basic ")).partition(":")
        stamp = asked.header("timestamp")
        if user != USER or not stamp.isdecimal():
            return False
        seconds = float(stamp) / (1000 if float(stamp) > _MILLISECONDS else 1)
        said = f"{address}{user}{stamp}{self._secret}"
        same = hmac.compare_digest(hashlib.sha256(said.encode()).hexdigest(), password)
        return same and abs(self._wall() - seconds) <= _CLOCKS_APART


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _object(text: str) -> dict[str, Any]:
    try:
        read = orjson.loads(_decoded(text))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
