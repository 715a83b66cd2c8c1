"""Downloading a file from where it may be asked for, and from nowhere else."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from lgsp.domain.reachable import Parts, loops_back, parts
from lgsp.errors import Unavailable
from lgsp.wire.streamed import Inflow

_HOPS = 3
_CONNECTING = 10.0
_OK = 200
_MOVED = frozenset({301, 302, 303, 307, 308})
_TOO_LARGE = "answer-too-large"


@dataclass(slots=True, frozen=True)
class Bounds:
    """Within what a file is downloaded.

    Attributes:
        allows: tells of a host and a port whether they may be asked.
        largest: bytes of the file.
        timeout: seconds for all of it.
    """

    allows: Callable[[str, int], bool]
    largest: int
    timeout: float


class _ElsewhereError(OSError):
    """A name leads to an address where no file of an office lies."""


class _Wary(AbstractResolver):
    """Resolves names, but not to this machine or its link: a name of another host has no business there."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host == "localhost":
            return found
        good = [one for one in found if not loops_back(one["host"])]
        if not good:
            raise _ElsewhereError(f"{host}: no address that may be asked")
        return good

    async def close(self) -> None:
        await self._resolver.close()


class Downloads:
    """One pool of connections to those who keep files. TLS is verified; what is allowed is asked, no more.

    Args:
        limit: files that are downloaded at once.
    """

    def __init__(self, limit: int = 16) -> None:
        self._limit = limit
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str, take: Callable[[bytes], object], bounds: Bounds) -> int:
        """Hand a file on in pieces as it comes, and return its size in bytes.

        A redirection is followed on the same host only. Credentials that stand in the address are sent to
        its host, and to nobody to whom it leads.

        Args:
            url: of the file.
            take: given the pieces in order; of a large file in a thread.
            bounds: what may be asked, and how much may come.

        Raises:
            Unavailable: it did not come: `file-source-away`, `-slow`, `-answer` (which says its status),
                `-elsewhere`, or `file-too-large`. Some of it may have been handed on.
        """
        place = _allowed(parts(url), bounds)
        try:
            async with asyncio.timeout(bounds.timeout):
                return await self._follow(place, Inflow(take, bounds.largest), bounds)
        except aiohttp.ConnectionTimeoutError as fault:
            raise Unavailable("file-source-away", type(fault).__name__) from fault
        except TimeoutError as fault:
            raise Unavailable("file-source-slow", type(fault).__name__) from fault
        except aiohttp.ClientConnectorError as fault:
            if isinstance(fault.os_error, _ElsewhereError):
                raise Unavailable("file-source-elsewhere", place.host) from fault
            raise Unavailable("file-source-away", type(fault).__name__) from fault
        except (aiohttp.ClientError, ValueError) as fault:
            raise Unavailable("file-source-away", type(fault).__name__) from fault

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(self, place: Parts, into: Inflow, bounds: Bounds) -> int:
        auth = _auth(place.credentials)
        for _ in range(_HOPS + 1):
            headers = {"Accept-Encoding": "identity"} | auth
            async with self._pool().get(place.url, allow_redirects=False, headers=headers) as response:
                if response.status in _MOVED:
                    place, auth = _led_to(place, response.headers.get("Location", ""), bounds), {}
                    continue
                return await _whole(response, into, bounds)
        raise Unavailable("file-source-elsewhere", "going round")

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._limit, keepalive_timeout=4.0, resolver=_Wary())
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECTING),
                skip_auto_headers=("User-Agent",),
                trust_env=False,
            )
        return self._session


def _allowed(place: Parts | None, bounds: Bounds) -> Parts:
    if place is None or not bounds.allows(place.host, place.port):
        raise Unavailable("file-source-elsewhere", place.host if place else "")
    return place


def _led_to(place: Parts, location: str, bounds: Bounds) -> Parts:
    """Return where a redirection leads: to the same host, at a port that may be asked."""
    to = _allowed(parts(urljoin(place.url, location)), bounds)
    if to.host != place.host or (place.scheme, to.scheme) == ("https", "http"):
        raise Unavailable("file-source-elsewhere", to.host)
    return to


def _auth(credentials: str) -> dict[str, str]:
    """Return the header that says credentials of an address (RFC 7617); none where there are none."""
    if not credentials:
        return {}
    user, _, password = credentials.partition(":")
    said = b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
    return {"Authorization": f"Basic {said}"}


async def _whole(response: aiohttp.ClientResponse, into: Inflow, bounds: Bounds) -> int:
    if response.status != _OK:
        raise Unavailable("file-source-answer", str(response.status))
    if (response.content_length or 0) > bounds.largest:
        raise Unavailable("file-too-large", str(bounds.largest))
    try:
        await into.drain(response)
    except Unavailable as fault:
        if fault.cause != _TOO_LARGE:
            raise
        raise Unavailable("file-too-large", str(bounds.largest)) from fault
    return into.size
