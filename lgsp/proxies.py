"""Networks by name, and who asks when the one who connects is a proxy of ours."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Networks = tuple[Network, ...]


def networks(entries: Iterable[str]) -> Networks:
    """Return networks in the order in which they are written; an address is a network of its own.

    Raises:
        ValueError: an entry is none, or has bits set behind its mask (`10.1.2.3/8`).
    """
    return tuple(ip_network(entry.strip()) for entry in entries if entry.strip())


@lru_cache(4096)
def among(address: str, known: Networks) -> bool:
    """Tell whether an address lies in one of these networks; what is no address lies in none.

    An IPv4 address that comes by an IPv6 socket (`::ffff:10.0.0.1`) counts as what it is.
    """
    one = _address(address)
    return one is not None and any(one in network for network in known)


def who_asks(peer: str, forwarded: str, proxies: Networks) -> str:
    """Return the address that asks.

    `X-Forwarded-For` is believed of our own proxies alone, and from its end on: what stands before the first
    entry that no proxy of ours wrote was written by whoever asked.

    Args:
        peer: the address of the connection.
        forwarded: what `X-Forwarded-For` says.
        proxies: where our own are.
    """
    if not proxies or not among(peer, proxies):
        return peer
    for entry in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if _address(entry) is None:
            return peer
        if not among(entry, proxies):
            return entry
    return peer


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        one = ip_address(text)
    except ValueError:
        return None
    return getattr(one, "ipv4_mapped", None) or one
