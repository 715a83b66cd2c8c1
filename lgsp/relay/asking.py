"""Who asks at the public door, and how often: an address behind our own proxies, and its pace."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network

_MANY = 10_000
_MINUTE = 60.0


def who_asks(peer: str, forwarded: str, proxies: frozenset[str]) -> str:
    """Return the address that asks.

    Args:
        peer: the address of the connection.
        forwarded: what `X-Forwarded-For` says; it counts only from our own proxies, from its end on.
        proxies: addresses or networks of those.
    """
    if not proxies or not _is_among(peer, proxies):
        return peer
    for entry in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _is_address(entry):
            return peer
        if not _is_among(entry, proxies):
            return entry
    return peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(4096)
def _is_among(address: str, networks: frozenset[str]) -> bool:
    if not _is_address(address):
        return False
    one = ip_address(address)
    return any(one in ip_network(network) for network in networks)


class Pace:
    """Lets each address ask so often in a minute; what it did not use it may use at once.

    Args:
        clock: seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str, per_minute: int) -> float:
        """Count one request, and return 0; or count none and return the seconds until one may come."""
        now = self._clock()
        left, since = self._left.pop(who, (float(per_minute), now))
        left = min(float(per_minute), left + (now - since) * per_minute / _MINUTE)
        self._left[who] = (max(0.0, left - 1) if left >= 1 else left, now)
        while len(self._left) > _MANY:
            self._left.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) * _MINUTE / per_minute

    def spent(self, who: str, per_minute: int) -> bool:
        """Tell whether an address may not ask now, without counting anything."""
        left, since = self._left.get(who, (float(per_minute), 0.0))
        return left + (self._clock() - since) * per_minute / _MINUTE < 1
