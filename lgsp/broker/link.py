"""One connection to RabbitMQ that is kept up, and channels whose calls can be awaited."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import structlog
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel
from pika.exceptions import (
    AMQPError,
    AMQPHeartbeatTimeout,
    AuthenticationError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from lgsp.broker.address import Address

log = structlog.get_logger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 4.0
_ANSWER = 15.0
"""Seconds after which a broker that has not answered a call counts as gone."""
_FAREWELL = 2.0
_SILENCE = 1.5
"""Heartbeats that may be missing. The broker sends one in every half of the agreed time."""
NOT_ALLOWED, NOT_FOUND, DIFFERENT, BROKEN = 403, 404, 406, 541
_NO_SUCH_VHOST = 530


class Gone(Exception):  # noqa: N818 - a word for what the broker is, seen from here
    """The connection, or the channel, is not there; whoever meets it begins anew.

    Attributes:
        code: of the broker's answer, 0 if it gave none.
    """

    def __init__(self, why: object, code: int = 0) -> None:
        super().__init__(str(why) or type(why).__name__)
        self.code = code


class Circuit:
    """A channel; it ends with the first thing that the broker finds wrong."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.closed: asyncio.Future[Gone] = asyncio.get_running_loop().create_future()
        channel.add_on_close_callback(self._on_close)

    @property
    def open(self) -> bool:
        """Tell whether it can still be used."""
        return not self.closed.done() and self.channel.is_open

    async def call(self, method: Callable[..., Any], **arguments: Any) -> Any:
        """Call a method of the channel and return the broker's answer.

        Raises:
            Gone: the broker refused, or is away.
        """
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        try:
            method(callback=partial(_settle, answered), **arguments)
        except AMQPError as fault:
            raise self.why() from fault
        await asyncio.wait((answered, self.closed), timeout=_ANSWER, return_when=asyncio.FIRST_COMPLETED)
        if answered.done():
            return answered.result().method
        raise self.why()

    def close(self) -> None:
        """Let go of it; what was not acknowledged goes back to its queue."""
        if self.channel.is_open:
            self.channel.close()

    def _on_close(self, _: Channel, reason: BaseException) -> None:
        closed = isinstance(reason, ChannelClosedByBroker | ConnectionClosedByBroker)
        code = reason.reply_code if closed else 0  # type: ignore[attr-defined]
        if not self.closed.done():
            self.closed.set_result(Gone(reason, code))

    def why(self) -> Gone:
        """Return why it can no longer be used."""
        return self.closed.result() if self.closed.done() else Gone("no answer in time")


class Link:
    """Keeps one connection, as long as it is kept: other hosts in turn, pauses that grow, jitter.

    Attributes:
        fault: a word for why it is down; empty while it is up.
        blocked: why the broker takes nothing from us, in its words; empty while it does.
        broken: how often an open connection was lost.
    """

    def __init__(self, address: Address, name: str) -> None:
        self._address = address
        self._name = name
        self._connection: AsyncioConnection | None = None
        self._up = asyncio.Event()
        self.fault = "connecting"
        self.blocked = ""
        self.broken = 0

    @property
    def up(self) -> bool:
        """Tell whether it is there."""
        return self._up.is_set()

    async def keep(self) -> None:
        """Keep it until cancelled."""
        failed = 0
        for host, port in self._hosts():
            failed = 0 if await self._once(host, port) else failed + 1
            rounds = failed // len(self._address.hosts)
            longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(rounds, 10))
            await asyncio.sleep(random.uniform(_FIRST_PAUSE / 2, longest))

    async def circuit(self) -> Circuit:
        """Open a channel, waiting for the connection.

        Raises:
            Gone: it was lost meanwhile.
        """
        await self._up.wait()
        if self._connection is None:
            raise Gone(self.fault)
        opened: asyncio.Future[Channel] = asyncio.get_running_loop().create_future()
        try:
            circuit = Circuit(self._connection.channel(on_open_callback=partial(_settle, opened)))
        except AMQPError as fault:
            raise Gone(fault) from fault
        await asyncio.wait((opened, circuit.closed), timeout=_ANSWER, return_when=asyncio.FIRST_COMPLETED)
        if not opened.done():
            raise circuit.why()
        return circuit

    def _hosts(self) -> Iterator[tuple[str, int]]:
        """Return the hosts for ever, in another order each round: the gateways spread over a cluster."""
        while True:
            yield from random.sample(self._address.hosts, len(self._address.hosts))

    async def _once(self, host: str, port: int) -> bool:
        """Connect to a host and stay until the connection is lost; tell whether there was one."""
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[BaseException | None] = loop.create_future()
        closed: asyncio.Future[BaseException] = loop.create_future()
        connection = AsyncioConnection(
            self._address.parameters(host, port, self._name),
            on_open_callback=lambda _: _settle(opened, None),
            on_open_error_callback=lambda _, fault: _settle(opened, fault),
            on_close_callback=lambda _, fault: _settle(closed, fault),
            custom_ioloop=loop,
        )
        try:
            if (refused := await opened) is not None:
                self._note(refused, host, port)
                return False
            self._open(connection, host, port)
            await self._until_silent(connection, closed)
            self._note(closed.result(), host, port)
            self.broken += 1
            return True
        finally:
            self._up.clear()
            await _end(connection, opened, closed)

    async def _until_silent(
        self, connection: AsyncioConnection, closed: asyncio.Future[BaseException]
    ) -> None:
        """Stay until it is closed, and close it when nothing came for a while: pika itself takes longer."""
        beat, silent, heard = self._address.heartbeat, 0.0, -1
        while not closed.done():
            if connection.bytes_received != heard:
                heard, silent = connection.bytes_received, 0.0
            elif silent >= _SILENCE * beat > 0:
                connection._terminate_stream(AMQPHeartbeatTimeout())  # noqa: SLF001 - pika has no abort
            await asyncio.wait((closed,), timeout=beat / 2 or None)
            silent += beat / 2

    def _open(self, connection: AsyncioConnection, host: str, port: int) -> None:
        self._connection = connection
        self.fault = self.blocked = ""
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        log.info("broker connected", link=self._name, host=host, port=port)
        self._up.set()

    def _note(self, reason: BaseException, host: str, port: int) -> None:
        """Keep why it is down, in one of our words; the log is told when the word changes."""
        word, self.blocked = _word(reason), ""
        if word != self.fault:
            log.warning("broker away", link=self._name, host=host, port=port, fault=word)
        self.fault = word

    def _on_blocked(self, _: Any, frame: Any) -> None:
        self.blocked = frame.method.reason or "blocked"
        log.error("broker takes nothing", link=self._name, reason=self.blocked)

    def _on_unblocked(self, *_: Any) -> None:
        self.blocked = ""
        log.info("broker takes again", link=self._name)


def _settle(future: asyncio.Future[Any], value: Any) -> None:
    if not future.done():
        future.set_result(value)


async def _end(
    connection: AsyncioConnection,
    opened: asyncio.Future[BaseException | None],
    closed: asyncio.Future[BaseException],
) -> None:
    """Close a connection in good order, or without a word when the broker does not answer."""
    if connection.is_closed:
        return
    if not connection.is_closing:
        connection.close()
    over = closed if connection.is_open or opened.done() else opened
    await asyncio.wait((over,), timeout=_FAREWELL)
    if not connection.is_closed:
        connection._terminate_stream(Gone("no answer to our farewell"))  # noqa: SLF001 - pika has no abort
        await asyncio.wait((over,), timeout=_FAREWELL)


def _word(reason: BaseException) -> str:
    """Return the word for why a connection is down, for which there is a sentence."""
    if isinstance(reason, ProbableAuthenticationError | AuthenticationError):
        return "credentials-refused"
    if isinstance(reason, ProbableAccessDeniedError) or getattr(reason, "reply_code", 0) == _NO_SUCH_VHOST:
        return "vhost-refused"
    if isinstance(reason, AMQPHeartbeatTimeout):
        return "silent"
    if "CERTIFICATE" in repr(reason):
        return "certificate-refused"
    return "closed-by-broker" if isinstance(reason, ConnectionClosedByBroker) else "unreachable"
