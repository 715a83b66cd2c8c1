"""What binds a sign-in to one browser: a secret of its own, from which all that travels is made."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from authlib.oauth2.rfc7636 import create_s256_code_challenge

LIFE = 600
"""Seconds in which somebody has to come back from the provider."""


class Binding:
    """The secret of one browser for one sign-in. `state`, `nonce` and verifier say nothing of each other."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @property
    def state(self) -> str:
        """Return what comes back with the answer: it holds only in this browser."""
        return self._made(b"state")

    @property
    def nonce(self) -> str:
        """Return what the identity token has to say: it was made for this sign-in."""
        return self._made(b"nonce")

    @property
    def verifier(self) -> str:
        """Return what proves that who redeems the code is who asked for it (RFC 7636)."""
        return self._made(b"verifier")

    @property
    def challenge(self) -> str:
        """Return the verifier's hash, which the provider is told ahead."""
        challenge: str = create_s256_code_challenge(self.verifier)
        return challenge

    def holds(self, state: str) -> bool:
        """Tell whether an answer is to what this browser asked."""
        return hmac.compare_digest(self.state.encode(), state.encode())

    def _made(self, what: bytes) -> str:
        made = hmac.new(self._secret, b"oidc " + what, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def draw() -> str:
    """Return a fresh secret."""
    return secrets.token_urlsafe(32)
