"""HTTP on aiohttp: transport faults become the gateway's errors here, once."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from lgsp.domain.nesting import load
from lgsp.domain.signature import signature
from lgsp.errors import Scope, Unavailable, Uncertain
from lgsp.wire.exchange import Exchange, record, redacted
from lgsp.wire.fence import pass_fence
from lgsp.wire.repeating import PATIENCE, again
from lgsp.wire.streamed import Inflow, Outflow, Upload
from lgsp.wire.texts import text_of

_ANSWER_LIMIT = 32 * 1024 * 1024
_OK, _TOO_MANY, _BAD_GATEWAY, _AWAY, _GATEWAY_TIMEOUT = 200, 429, 502, 503, 504


@dataclass(slots=True, frozen=True)
class Answer:
    """What came back: any status but those that speak for the whole system (429, 502, 503, 504).

    Attributes:
        after: seconds that it asked us to wait; None where it did not.
    """

    status: int
    text: str
    content_type: str = ""
    after: float | None = None

    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            ValueError: it is not JSON.
        """
        return load(self.text)

    def signature(self) -> str:
        """Return a short name that is equal for equal answers; see `lgsp.domain.signature`."""
        return signature(self.status, self.text)


@dataclass(slots=True, frozen=True)
class _Request:
    """One request: what is sent, and how long it may take."""

    method: str
    url: str
    body: bytes | Upload
    headers: Mapping[str, str]
    secrets: tuple[str, ...]
    read: bool
    limit: float
    into: Inflow | None = None
    heard: Collection[int] = ()

    @property
    def begun(self) -> int:
        """Bytes of an answer that were handed on already: it cannot be asked for again."""
        return self.into.size if self.into else 0

    @property
    def repeats(self) -> bool:
        """Tell whether it may be asked again."""
        return self.read and not self.begun

    @property
    def shown(self) -> bytes:
        """What is kept of the body."""
        return self.body.shown if isinstance(self.body, Upload) else self.body

    def outgoing(self) -> tuple[bytes | None, Outflow | None]:
        """Return the body as bytes, or an upload on its way out, for one attempt."""
        if not isinstance(self.body, Upload):
            return self.body or None, None
        small = self.body.at_once
        return (None, Outflow(self.body)) if small is None else (small, None)

    def headers_for(self, sent: Outflow | None) -> dict[str, str]:
        """Return the headers; the length of a body that is streamed stands among them."""
        length = {"Content-Length": str(sent.size)} if sent else {}
        return {"Content-Type": "application/json", **self.headers, **length}


class Http:
    """One pool of connections for one system. TLS is verified; redirects are not followed.

    Args:
        limit: connections at once.
        timeout: seconds for a call that says none of its own.
        tls: whom to trust instead of those that the machine trusts; see `lgsp.wire.tls.trusting`.
    """

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
        heard: Collection[int] = (),
    ) -> Answer:
        """Send a body and return the answer.

        Args:
            url: where to.
            body: the bytes, as they go out.
            headers: beside `Content-Type: application/json`, the default.
            secrets: values that are taken out of what is kept.
            read: declares that this changes nothing at the far side: repeated for a few seconds.
            timeout: seconds for the whole call.
            heard: statuses that are answers here, though most systems let them speak for the whole (429).

        Raises:
            Unavailable: nothing was applied; the scope says who failed.
            Uncertain: the request was written and no answer came (never for a read).
        """
        limit = timeout or self._timeout
        return await self._call(
            _Request("POST", url, body, headers or {}, secrets, read=read, limit=limit, heard=heard)
        )

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        timeout: float | None = None,  # noqa: ASYNC109 - given to the client, which knows what was written
        heard: Collection[int] = (),
    ) -> Answer:
        """Read a resource; repeated for a few seconds when the connection fails. See `post`."""
        limit = timeout or self._timeout
        return await self._call(
            _Request("GET", url, b"", headers or {}, secrets, read=True, limit=limit, heard=heard)
        )

    async def upload(
        self,
        url: str,
        body: Upload,
        *,
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        timeout: float | None = None,  # noqa: ASYNC109 - given to the client, which knows what was written
    ) -> Answer:
        """Send what may lie in a file, in the memory of a few pieces; what is said of `post` holds.

        Raises:
            Unavailable: nothing was applied: a connection that broke before the last byte was written, too.
            Uncertain: the whole request was written and no answer came.
        """
        limit = timeout or self._timeout
        return await self._call(_Request("POST", url, body, headers or {}, secrets, read=False, limit=limit))

    async def receive(  # noqa: PLR0913 - the words of an HTTP request
        self,
        url: str,
        take: Callable[[bytes], object],
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
        largest: int,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Answer:
        """Ask for something large by a POST that changes nothing, and hand it on in pieces as it comes.

        Repeated for a few seconds while nothing has come. Of an answer that was handed on only its size is
        kept, and its text is not in what is returned. Any status but 200 is an answer like any other.

        Args:
            url: where from.
            take: given the pieces in order; of a large answer in a thread. What it raises ends the call.
            body: of the request.
            headers: as in `post`.
            secrets: as in `post`.
            largest: bytes of an answer that are taken.
            timeout: seconds for the whole call.

        Raises:
            Unavailable: it did not come whole, or is larger than it may be.
        """
        limit, into = timeout or self._timeout, Inflow(take, largest)
        return await self._call(
            _Request("POST", url, body, headers or {}, secrets, read=True, limit=limit, into=into)
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, asked: _Request) -> Answer:
        began = time.perf_counter()
        try:
            return await self._once(asked)
        except Unavailable as fault:
            if not asked.repeats:
                raise
            left = min(PATIENCE, asked.limit) - (time.perf_counter() - began)
            return await again(lambda: self._once(asked), fault, left, lambda: asked.repeats)

    async def _once(self, asked: _Request) -> Answer:
        if not asked.read:
            pass_fence()
        kept = Exchange(_place(asked.url, asked.secrets), redacted(asked.shown, asked.secrets))
        record(kept)
        started = time.perf_counter()
        body, sent = asked.outgoing()
        try:
            async with self._pool().request(
                asked.method,
                asked.url,
                data=sent.pieces() if sent else body,
                headers=asked.headers_for(sent),
                timeout=_bound(asked.limit),
                allow_redirects=False,
            ) as response:
                answer = await _answer(response, asked.into)
        except aiohttp.ClientConnectorCertificateError as fault:
            raise Unavailable("certificate-refused", _untrusted(fault), scope=Scope.SYSTEM) from fault
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as fault:
            raise Unavailable("unreachable", type(fault).__name__, scope=Scope.SYSTEM) from fault
        except (TimeoutError, aiohttp.ClientError) as fault:
            cause = "timed-out" if isinstance(fault, TimeoutError) else "connection-lost"
            applied = not asked.read and (sent is None or sent.whole)
            raise (Uncertain if applied else Unavailable)(cause, type(fault).__name__) from fault
        finally:
            kept.millis = (time.perf_counter() - started) * 1000
        came = answer.text.encode() if not asked.begun else f"({asked.begun} bytes)".encode()
        kept.status, kept.answer = answer.status, redacted(came, asked.secrets)
        retry_after = response.headers.get("Retry-After", "")
        if answer.status in asked.heard:
            return replace(answer, after=_seconds(retry_after))
        _speak_for_the_system(answer, retry_after, read=asked.read)
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


def _untrusted(fault: aiohttp.ClientConnectorCertificateError) -> str:
    """Return why a certificate is not trusted, in OpenSSL's words, which name no more than the host."""
    return str(getattr(fault.certificate_error, "verify_message", "")) or type(fault).__name__


async def _answer(response: aiohttp.ClientResponse, into: Inflow | None) -> Answer:
    if into is None or response.status != _OK:
        return await _whole(response)
    await into.drain(response)
    return Answer(response.status, "", response.content_type)


async def _whole(response: aiohttp.ClientResponse) -> Answer:
    """Read an answer, of whatever declared length, up to the limit; the rest of a longer one is left.

    A cut answer is in nobody's catalogue: it reads as one that was not understood.
    """
    length = response.content_length
    if length is not None and length <= _ANSWER_LIMIT and "Content-Encoding" not in response.headers:
        return Answer(
            response.status, text_of(await response.read(), response.charset), response.content_type
        )
    # what was compressed may be a thousand times as long as it says
    body = bytearray()
    while len(body) < _ANSWER_LIMIT and (part := await response.content.read(_ANSWER_LIMIT - len(body))):
        body += part
    return Answer(response.status, text_of(bytes(body), response.charset), response.content_type)


def _speak_for_the_system(answer: Answer, retry_after: str, *, read: bool) -> None:
    """Raise for the statuses by which a proxy or a server says that it is not itself."""
    after = _seconds(retry_after)
    if answer.status in (_TOO_MANY, _AWAY):
        raise Unavailable(f"http-{answer.status}", scope=Scope.SYSTEM, after=after)
    if answer.status in (_BAD_GATEWAY, _GATEWAY_TIMEOUT):
        if read:
            raise Unavailable(f"http-{answer.status}", scope=Scope.SYSTEM, after=after)
        raise Uncertain(f"http-{answer.status}", after=after)


def _seconds(retry_after: str) -> float | None:
    """Return the wait that a `Retry-After` asks for: seconds, or a date (RFC 9110); None without."""
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
