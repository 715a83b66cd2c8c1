"""How often one address may be turned away before it is answered no more: in the memory of this process."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

_MOST = 10_000
"""So many addresses are told apart; those that were quiet for longest are forgotten first."""
_NETWORK = 64
"""Whoever has an IPv6 address has all of its network of so many bits."""


class Throttle:
    """A measure for each address that fills by what is counted and empties with time.

    Args:
        per_second: so much is let go on the average.
        burst: so much at once.
        most: addresses that are told apart.
        clock: in seconds; it only moves on.
    """

    def __init__(
        self,
        per_second: float = 2.0,
        burst: int = 60,
        most: int = _MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._step = 1.0 / per_second
        self._depth = burst / per_second
        self._most = most
        self._clock = clock
        self._until: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str) -> float:
        """Return the seconds for which an address has to wait; 0 is none."""
        until = self._until.get(origin(address))
        if until is None:
            return 0.0
        return max(0.0, until + self._step - self._clock() - self._depth)

    def count(self, address: str) -> None:
        """Count something of an address."""
        name, now = origin(address), self._clock()
        full = now + self._depth
        self._until[name] = min(full, max(now, self._until.get(name, now)) + self._step)
        self._until.move_to_end(name)
        while len(self._until) > self._most:
            self._until.popitem(last=False)

    def take_back(self, address: str) -> None:
        """Count something no more, which turned out to be nothing that counts."""
        name = origin(address)
        if name in self._until:
            self._until[name] -= self._step

    def take(self, address: str) -> float | None:
        """Count something, if there is room; None, or the seconds to wait."""
        wait = self.wait(address)
        if wait:
            return wait
        self.count(address)
        return None


def origin(address: str) -> str:
    """Return what an address is counted under: its network, where whoever has it has the network."""
    try:
        one = ip_address(address)
    except ValueError:
        return address
    if not isinstance(one, IPv6Address):
        return str(one)
    mapped = one.ipv4_mapped
    return str(mapped) if mapped is not None else str(ip_network((one, _NETWORK), strict=False))
