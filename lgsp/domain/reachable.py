"""Telling by its looks whether the portal, which fetches files without a login, can reach an address."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

_WEB = re.compile(r"\s*(https?)://([^/?#\\]*)", re.IGNORECASE)
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{0,15}):")
_ODD = re.compile(r"[\\\s\x00-\x1f\x7f]")
"""What readers of addresses take for different things: an address with it is asked by nobody here."""
_PORT_OF = {"http": 80, "https": 443}
_PORT = re.compile(r"[0-9]{0,5}")
_NAME = re.compile(r"[^\W_]([\w-]*\w)?", re.UNICODE)
"""A label of a name; an underscore may stand inside, as some servers' names have it."""
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_LONGEST, _LONGEST_LABEL, _PORTS = 253, 63, 65535

PRIVATE_ENDS = frozenset(
    {"local", "lan", "internal", "localhost", "localdomain", "intranet", "private", "corp", "home"}
    | {"test", "invalid"}
)
"""Last labels that no public name has: RFC 6761, RFC 6762, ICANN's `internal` (2024) and offices' habits."""
_PRIVATE_TAILS = (".home.arpa",)
"""RFC 8375."""


class Why(Enum):
    """Why an address cannot be reached from outside."""

    NOT_WEB = "not-web"
    NO_HOST = "no-host"
    CREDENTIALS = "credentials"
    PRIVATE_ADDRESS = "private-address"
    SINGLE_LABEL = "single-label"
    PRIVATE_NAME = "private-name"


class Standing(NamedTuple):
    """What an address's host shows.

    Attributes:
        host: in small letters, without port and credentials; of an address that is none of the web's its
            scheme with a colon; empty where there is neither.
        port: as written; 0 where none is.
        why: why it cannot be reached; None: it can, as far as its looks go.
    """

    host: str
    port: int
    why: Why | None


def standing(url: str) -> Standing:
    """Return where an address leads and whether that can be reached; nobody is asked, not even for a name."""
    found = _WEB.match(url)
    if found is None:
        scheme = _SCHEME.match(url)
        return Standing(f"{scheme[1].lower()}:" if scheme else "", 0, Why.NOT_WEB)
    return _of(found[2])


class Parts(NamedTuple):
    """An address of the web, taken apart by the one reading that decides whether it may be asked.

    Attributes:
        scheme: `http` or `https`.
        credentials: what stands before the host, as written.
        host: in small letters; of IPv6 without brackets.
        port: the scheme's own where none is written.
        rest: path and query, beginning with a slash.
    """

    scheme: str
    credentials: str
    host: str
    port: int
    rest: str

    @property
    def url(self) -> str:
        """The address without credentials, put together so that nobody reads another host in it."""
        return f"{self.scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}{self.rest}"


def parts(url: str) -> Parts | None:
    """Take an address apart; None for what is none of the web, or has no host that can be asked."""
    found = _WEB.match(url)
    if found is None or _ODD.search(url.strip()):
        return None
    host, port, why = _of(found[2])
    if why is Why.NO_HOST or "%" in host:
        return None
    scheme, rest = found[1].lower(), url.strip()[len(found[0].lstrip()) :].partition("#")[0]
    path = rest if rest.startswith("/") else f"/{rest}"
    return Parts(scheme, found[2].rpartition("@")[0], host, port or _PORT_OF[scheme], path)


@lru_cache(4096)
def _of(authority: str) -> Standing:
    credentials, _, place = authority.rpartition("@")
    host, port = _split(_composed(place))
    if not host or port is None:
        return Standing("", 0, Why.NO_HOST)
    why = _looks(host)
    return Standing(host, port, Why.CREDENTIALS if why is None and credentials else why)


def _composed(place: str) -> str:
    """Return a host as a resolver reads it: full-width digits and dots are digits and dots."""
    return place if place.isascii() else unicodedata.normalize("NFKC", place).replace("。", ".")


def _split(place: str) -> tuple[str, int | None]:
    """Return host and port; no host, or a port of None, is no place at all."""
    if place.startswith("["):
        host, end, rest = place[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not end or colon not in {"", ":"} or ":" not in host:
            return "", None
    else:
        host, _, port = place.partition(":")
    if not _PORT.fullmatch(port) or int(port or 0) > _PORTS:
        return "", None
    return host.lower().removesuffix("."), int(port or 0)


def _looks(host: str) -> Why | None:
    address = _address(host)
    if address is not None:
        return None if _public(address) else Why.PRIVATE_ADDRESS
    labels = host.split(".")
    if len(host) > _LONGEST or not all(map(_is_label, labels)) or _NUMBER.fullmatch(labels[-1]):
        return Why.NO_HOST
    if labels[-1] in PRIVATE_ENDS or host.endswith(_PRIVATE_TAILS):
        return Why.PRIVATE_NAME
    return Why.SINGLE_LABEL if len(labels) == 1 else None


def _is_label(label: str) -> bool:
    return len(label) <= _LONGEST_LABEL and _NAME.fullmatch(label) is not None


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is; IPv4 in any form that clients read, such as `0x7f.1`."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return _old_form(host)


def _old_form(host: str) -> IPv4Address | None:
    """Return an IPv4 address in the forms of `inet_aton`: fewer parts, octal, hexadecimal."""
    parts = host.split(".")
    if len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)):  # noqa: PLR2004 - an address has four
        return None
    try:
        *heads, last = map(_whole, parts)
        if any(one > 255 for one in heads) or last >= 256 ** (5 - len(parts)):  # noqa: PLR2004 - a byte's most
            return None
    except ValueError:
        return None
    return IPv4Address(sum(one << 8 * (3 - n) for n, one in enumerate(heads)) + last)


def _whole(part: str) -> int:
    if part[:2] in {"0x", "0X"}:
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") else int(part)


def _public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is not None:
            return _public(inside)
    return address.is_global and not address.is_multicast


def loops_back(address: str) -> bool:
    """Tell whether a resolved address leads to this machine, its own link, or to nobody in particular.

    No file of an office's server lies there, while much of what should not be asked does.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    one = found if isinstance(found, IPv4Address) else _inside(found) or found
    return one.is_loopback or one.is_link_local or one.is_unspecified or one.is_multicast or one in _NOWHERE


_NOWHERE = ip_network("0.0.0.0/8")
"""This host on this network (RFC 1122, 3.2.1.3): some systems take all of it for themselves."""
_TRANSLATED = ip_network("64:ff9b::/96")
"""RFC 6052."""
_COMPATIBLE = ip_network("::/96")
"""RFC 4291, 2.5.5.1; its `::` and `::1` are addresses of IPv6 proper."""


def _inside(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that one of IPv6 leads to by a mapping, a tunnel or a translator."""
    found = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if found is None and (address in _TRANSLATED or (address in _COMPATIBLE and int(address) > 1)):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return found
