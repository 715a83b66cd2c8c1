"""A client's connection: how large a head may be, how slow it may speak or listen, how many there may be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httptools
import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from lgsp.corked import Corked
from lgsp.proxies import Networks, among

_IDLE, _HEAD, _BODY = range(3)
_LOCAL = "127.0.0.1", "::1"
_OFFERS = frozenset({b"upgrade", b"connection", b"http2-settings"})
_LINGER = 0.5
"""Seconds for the client to read our last word: what it still sends would make the kernel throw that away."""
_TITLES = {
    400: "malformed-request",
    408: "too-slow",
    414: "address-too-long",
    431: "headers-too-large",
    503: "too-many-connections",
}


@dataclass(slots=True, frozen=True)
class Patience:
    """What a client may cost before it has said who it is.

    Attributes:
        connections: of all clients, in this process; of those that idle the oldest makes room for a new one.
        each: connections of one address, unless it is this machine or a proxy of ours.
        address: bytes of a request's address, with its query.
        fields: headers of a request.
        head: bytes of the address and all headers.
        begin: seconds until the first byte, and from there until the last of the head.
        idle: seconds between two requests.
        window: seconds over which the pace of a body is taken.
        pace: bytes a second that a body must come with over each window: never how long it takes in all.
        unread: seconds in which a client that has an answer waiting must take some of it.
        look: seconds between two looks at all connections, in tenths.
        proxies: networks of our own proxies.
    """

    connections: int = 1000
    each: int = 250
    address: int = 8 * 1024
    fields: int = 100
    head: int = 32 * 1024
    begin: float = 10.0
    idle: float = 75.0
    window: float = 30.0
    pace: int = 256
    unread: float = 60.0
    look: float = 1.0
    proxies: Networks = ()


class _RefusedError(Exception):
    """Ends the parsing of a request that is answered by the connection itself."""


class Connection(HttpToolsProtocol):
    """One connection. It has no timer of its own: the server looks at all of them each second or so."""

    def __init__(self, *given: Any, patience: Patience, **named: Any) -> None:
        super().__init__(*given, **named)
        self._patience = patience
        self._stage = _IDLE
        self._since = self.loop.time()
        self._served = False
        self._head = self._body = 0
        self._status = 400
        self._shown = b""
        self._ended = False
        self._unsent = 0
        self._took = self._since

    # --- coming ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a client in, if there is room for one more."""
        super().connection_made(transport)
        self.transport = Corked(transport, self.loop)  # type: ignore[assignment]
        tls = transport.get_extra_info("ssl_object")
        self._shown = (tls.getpeercert(binary_form=True) or b"") if tls else b""
        most = self._patience
        if len(self.connections) > min(most.connections, most.each) and not self._has_room():
            self._answer(503)

    def _has_room(self) -> bool:
        most, host = self._patience, self._host
        others = [one for one in self.connections if isinstance(one, Connection) and one is not self]
        if host not in _LOCAL and not among(host, most.proxies):  # noqa: SIM102 - two reasons, told apart
            if sum(one._host == host for one in others) >= most.each:  # noqa: SLF001 - of its own kind
                return False
        if len(others) < most.connections:
            return True
        idle = min((one for one in others if one.idles), key=lambda one: one._since, default=None)  # noqa: SLF001
        if idle is not None:
            self.connections.discard(idle)
            idle.transport.close()
        return idle is not None

    @property
    def _host(self) -> str:
        return self.client[0] if self.client else ""

    @property
    def idles(self) -> bool:
        """Tell whether nothing is under way here, in either direction."""
        return self._stage == _IDLE and (self.cycle is None or self.cycle.response_complete)

    # --- a request ------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse what came; a head that does not end is not kept on being read."""
        if self._ended:
            return
        inside = self._stage == _HEAD
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as other:
            self._go_on_in_ours(data[other.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._status)
        if inside and self._stage == _HEAD:
            self._head += len(data)
            if self._head > self._patience.head:
                self._refuse(431)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        if self._shown:  # by ASGI's extension for TLS, but as it came
            self.scope["extensions"] = {"tls": {"client_cert_der": self._shown}}
        self._stage, self._since, self._head = _HEAD, self.loop.time(), 0

    def on_headers_complete(self) -> None:
        """Begin its body, if the head is one of HTTP and no larger than it may be."""
        self._check()
        if self.parser.should_upgrade():
            return
        super().on_headers_complete()
        self._stage, self._since, self._body = _BODY, self.loop.time(), 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of its body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that nothing more of it is to come."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self._stage, self._since = _IDLE, self.loop.time()

    def on_response_complete(self) -> None:
        """Count from here how long the client lets us wait for another."""
        super().on_response_complete()
        self._served, self._since = True, self.loop.time()

    def _go_on_in_ours(self, rest: bytes) -> None:
        """Read a request that offers another protocol once more without its offer, which may be passed by.

        The parser takes whatever follows such a head for the other protocol: of a first request of Java's own
        client, which offers HTTP/2 (`Upgrade: h2c`), the body would be lost.
        """
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in self.headers:
            if name not in _OFFERS:
                head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(b"".join([*head, b"\r\n", rest]))

    def _check(self) -> None:
        """Hold a head to its bounds, to one Host, and to an address at that (RFC 9112, 3.2).

        Raises:
            _RefusedError: it is not answered by the application.
        """
        most, size, hosts, host = self._patience, len(self.url), 0, b""
        for name, value in self.headers:
            size += len(name) + len(value)
            if name == b"host":
                hosts, host = hosts + 1, value
        if len(self.url) > most.address:
            self._status = 414
        elif size > most.head or len(self.headers) > most.fields:
            self._status = 431
        elif self.url.startswith((b"/", b"http://%s/" % host, b"https://%s/" % host)) and (
            hosts == 1 or (hosts == 0 and self.parser.get_http_version() == "1.0")
        ):
            return
        raise _RefusedError

    # --- answers of its own ---------------------------------------------------------------------------------

    def _refuse(self, status: int) -> None:
        """Answer and end, but never in the place of an answer that somebody waits for already."""
        answered = self.cycle is None or self.cycle.response_complete
        if answered or (self._stage == _BODY and not self.cycle.response_started):
            self._answer(status)
        else:
            self.transport.close()

    def _answer(self, status: int) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._ended = True
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        self.transport.write(_answer_of(status))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER, self.transport.abort)

    # --- patience -------------------------------------------------------------------------------------------

    def look(self, now: float) -> None:
        """End the connection if its client is slower than it may be. Called by the server."""
        if self._listens_not(now):
            self.transport.abort()
        elif not self.transport.is_closing() and self._speaks_not(now):
            if self._stage == _IDLE:
                self.transport.close()
            else:
                self._refuse(408)

    def _listens_not(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if unsent == 0 or unsent < self._unsent:
            self._took = now
        self._unsent = unsent
        return now - self._took > self._patience.unread

    def _speaks_not(self, now: float) -> bool:
        passed, most = now - self._since, self._patience
        if self._stage == _HEAD:
            return passed > most.begin
        if self._stage == _IDLE:
            return self.idles and passed > (most.idle + 1 if self._served else most.begin)
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            passed = 0.0  # it is we who do not listen
        elif passed < most.window:
            return False
        elif self._body < most.pace * most.window:
            return True
        self._since, self._body = now, 0
        return False


def _answer_of(status: int) -> bytes:
    code = _TITLES[status]
    body = orjson.dumps(
        {"type": f"urn:lgsp:problem:{code}", "title": code.replace("-", " "), "status": status}
    )
    head = [
        STATUS_LINE[status].rstrip(),
        b"content-type: application/problem+json",
        b"content-length: %d" % len(body),
        b"cache-control: no-store",
        b"x-content-type-options: nosniff",
        *([b"retry-after: 2"] if status == 503 else []),  # noqa: PLR2004 - HTTP's
        b"connection: close",
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + body
