"""HTTP on aiohttp: transport faults become the gateway's errors here, once."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from lgsp.domain.signature import signature
from lgsp.errors import Scope, Unavailable, Uncertain
from lgsp.wire.exchange import Exchange, record, redacted
from lgsp.wire.fence import pass_fence

_ANSWER_LIMIT = 32 * 1024 * 1024
_READ_PATIENCE = 5.0
_TOO_MANY, _BAD_GATEWAY, _AWAY, _GATEWAY_TIMEOUT = 429, 502, 503, 504


@dataclass(slots=True, frozen=True)
class Answer:
    """What came back: any status but those that speak for the whole system (429, 502, 503, 504)."""

    status: int
    text: str
    content_type: str = ""

    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            ValueError: it is not JSON.
        """
        return orjson.loads(self.text)

    def signature(self) -> str:
        """Return a short name that is equal for equal answers; see `lgsp.domain.signature`."""
        return signature(self.status, self.text)


class Http:
    """One pool of connections for one system. TLS is verified; redirects are not followed."""

    def __init__(self, *, limit: int = 100, timeout: float = 60.0, tls: ssl.SSLContext | None = None) -> None:
        self._limit = limit
        self._timeout = timeout
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def post(  # noqa: PLR0913 - the words of an HTTP request
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        read: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 - given to the client, which knows what was written
    ) -> Answer:
        """Send a body and return the answer.

        Args:
            url: where to.
            body: the bytes, as they go out.
            headers: beside `Content-Type: application/json`, the default.
            secrets: values that are taken out of what is kept.
            read: declares that this changes nothing at the far side: repeated for a few seconds.
            timeout: seconds for the whole call.

        Raises:
            Unavailable: nothing was applied; the scope says who failed.
            Uncertain: the request was written and no answer came (never for a read).
        """
        return await self._call("POST", url, body, headers or {}, secrets, read=read, timeout=timeout)

    async def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, secrets: tuple[str, ...] = ()
    ) -> Answer:
        """Read a resource; repeated for a few seconds when the connection fails."""
        return await self._call("GET", url, b"", headers or {}, secrets, read=True, timeout=None)

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(  # noqa: PLR0913
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        secrets: tuple[str, ...],
        *,
        read: bool,
        timeout: float | None,  # noqa: ASYNC109
    ) -> Answer:
        limit = timeout or self._timeout
        if not read:
            return await self._once(method, url, body, headers, secrets, read=False, limit=limit)
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Unavailable),
            stop=stop_after_delay(min(_READ_PATIENCE, limit)),
            wait=wait_random_exponential(0.1, max=1.0),
            reraise=True,
        ):
            with attempt:
                return await self._once(method, url, body, headers, secrets, read=True, limit=limit)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(  # noqa: PLR0913
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        secrets: tuple[str, ...],
        *,
        read: bool,
        limit: float,
    ) -> Answer:
        if not read:
            pass_fence()
        kept = Exchange(_place(url, secrets), redacted(body, secrets))
        record(kept)
        started = time.perf_counter()
        try:
            async with self._pool().request(
                method,
                url,
                data=body or None,
                headers={"Content-Type": "application/json", **headers},
                timeout=_bound(limit),
                allow_redirects=False,
            ) as response:
                answer = await _whole(response)
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as fault:
            raise Unavailable("unreachable", type(fault).__name__, scope=Scope.SYSTEM) from fault
        except (TimeoutError, aiohttp.ClientError) as fault:
            cause = "timed-out" if isinstance(fault, TimeoutError) else "connection-lost"
            raise (Unavailable if read else Uncertain)(cause, type(fault).__name__) from fault
        finally:
            kept.millis = (time.perf_counter() - started) * 1000
        kept.status, kept.answer = answer.status, redacted(answer.text.encode(), secrets)
        _speak_for_the_system(answer, response.headers.get("Retry-After", ""), read=read)
        return answer

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._limit, keepalive_timeout=4.0, ssl=self._tls or True, ttl_dns_cache=60
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept-Encoding"),
            )
        return self._session


async def _whole(response: aiohttp.ClientResponse) -> Answer:
    """Read an answer, of whatever declared length, up to the limit; the rest of a longer one is left.

    A cut answer is in nobody's catalogue: it reads as one that was not understood.
    """
    length = response.content_length
    if length is not None and length <= _ANSWER_LIMIT:
        return Answer(
            response.status, (await response.read()).decode("utf-8", "replace"), response.content_type
        )
    body = b""
    while len(body) < _ANSWER_LIMIT and (part := await response.content.read(_ANSWER_LIMIT - len(body))):
        body = body + part if body else part
    return Answer(response.status, body.decode("utf-8", "replace"), response.content_type)


def _speak_for_the_system(answer: Answer, retry_after: str, *, read: bool) -> None:
    """Raise for the statuses by which a proxy or a server says that it is not itself."""
    after = _seconds(retry_after) if retry_after else None
    if answer.status in (_TOO_MANY, _AWAY):
        raise Unavailable(f"http-{answer.status}", scope=Scope.SYSTEM, after=after)
    if answer.status in (_BAD_GATEWAY, _GATEWAY_TIMEOUT):
        if read:
            raise Unavailable(f"http-{answer.status}", scope=Scope.SYSTEM, after=after)
        raise Uncertain(f"http-{answer.status}", after=after)


def _seconds(retry_after: str) -> float | None:
    """Return the wait that a `Retry-After` asks for: seconds, or a date (RFC 9110)."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _bound(limit: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=limit, sock_connect=min(10.0, limit))


@lru_cache(maxsize=256)
def _place(url: str, secrets: tuple[str, ...]) -> str:
    """Return the address without query, user and secrets: credentials like to hide there."""
    parts = urlsplit(url)
    place = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return redacted(place.encode(), secrets).decode("utf-8", "replace")
