"""Where a request comes from: its address and its client's certificate, past our own proxies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, MutableMapping
from typing import Any

from lgsp.credentials.certificates import Authorities, Shown, read_der, read_header
from lgsp.proxies import Networks, among, who_asks

Scope = MutableMapping[str, Any]
HEADER = "X-Client-Cert"
_REMEMBERED = 4096


class Origins:
    """Tells origins.

    Args:
        proxies: networks of our own proxies; of anybody else no header about an origin is read.
        header: in which they tell the client's certificate: PEM, URL-escaped, empty where it showed none.
        authorities: whose word on the names in a certificate counts.
    """

    def __init__(
        self, proxies: Networks = (), header: str = HEADER, authorities: Authorities | None = None
    ) -> None:
        self._proxies = proxies
        self._header = header.lower().encode()
        self.authorities = authorities or Authorities()
        self._known: dict[bytes, Shown | None] = {}

    def address(self, scope: Scope) -> str:
        """Return the address that asks."""
        peer = _peer(scope)
        if not self._proxies:
            return peer
        told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        return who_asks(peer, told.decode("latin-1"), self._proxies)

    def certified(self, scope: Scope) -> bool:
        """Tell whether a client showed a certificate, whatever it may be worth."""
        return bool(self._direct(scope) or self._proxied(scope))

    def certificate(self, scope: Scope) -> Shown | None:
        """Return the certificate that a client showed; a proxy's own is not its client's."""
        direct, told = self._direct(scope), self._proxied(scope)
        if direct:
            return self._read(direct, read_der)
        return self._read(told, read_header) if told else None

    def _direct(self, scope: Scope) -> bytes:
        told = scope.get("extensions", {}).get("tls", {}).get("client_cert_der", b"")
        return told if told and not self._by_proxy(scope) else b""

    def _proxied(self, scope: Scope) -> bytes:
        """Return what a proxy of ours tells; said twice, one of the two was not its own word."""
        found = [value for name, value in scope["headers"] if name == self._header]
        return bytes(found[0]) if len(found) == 1 and self._by_proxy(scope) else b""

    def _by_proxy(self, scope: Scope) -> bool:
        return bool(self._proxies) and among(_peer(scope), self._proxies)

    def _read(self, told: bytes, read: Callable[[bytes, Authorities], Shown | None]) -> Shown | None:
        name = hashlib.sha256(told).digest()
        if name not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[name] = read(told, self.authorities)
        return self._known[name]


def _peer(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])
