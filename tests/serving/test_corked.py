"""The way out of a connection: what belongs together leaves together, in order, and nothing stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, cast

import pytest

from lgsp.corked import Corked
from tests.serving.raw import served


class Wire:
    """A transport that notes what was done with it."""

    def __init__(self) -> None:
        self.acts: list[Any] = []
        self.closing = False

    def write(self, data: bytes) -> None:
        """Take one piece."""
        self.acts.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Take several at once."""
        self.acts.append(tuple(parts))

    def write_eof(self) -> None:
        """Take the end."""
        self.acts.append("eof")

    def close(self) -> None:
        """Close."""
        self.closing = True
        self.acts.append("close")

    def abort(self) -> None:
        """Drop everything."""
        self.closing = True
        self.acts.append("abort")

    def is_closing(self) -> bool:
        """Tell whether it was closed."""
        return self.closing

    def get_write_buffer_size(self) -> int:
        """Return what nobody took."""
        return 7

    def get_extra_info(self, name: str) -> str:
        """Return something of one's own."""
        return name


def _corked() -> tuple[Corked, Wire]:
    wire = Wire()
    return Corked(cast("asyncio.Transport", wire), asyncio.get_running_loop()), wire


async def test_head_and_body_leave_together() -> None:
    """Two writes in one turn are one, at once; the turn's end adds nothing."""
    way, wire = _corked()
    way.write(b"head ")
    assert wire.acts == []
    way.write(b"body")
    assert wire.acts == [b"head body"]
    await asyncio.sleep(0)
    assert wire.acts == [b"head body"]


async def test_what_is_written_alone_leaves_with_the_turn() -> None:
    """An interim answer, or the head of a stream whose body is still to come, waits for nothing."""
    way, wire = _corked()
    way.write(b"100 Continue")
    await asyncio.sleep(0)
    assert wire.acts == [b"100 Continue"]
    way.write(b"head")
    way.write(b"")
    assert wire.acts == [b"100 Continue", b"head"]


async def test_order_is_kept() -> None:
    """However many pieces come, and over however many turns."""
    way, wire = _corked()
    for n in range(100):
        way.write(b"%d," % n)
        if n % 7 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert b"".join(wire.acts) == b"".join(b"%d," % n for n in range(100))
    assert len(wire.acts) < 70


async def test_a_large_body_is_not_copied() -> None:
    """It is handed on as it is, behind its head, in one go."""
    way, wire = _corked()
    body = bytes(1024 * 1024)
    way.write(b"head")
    way.write(body)
    ((head, same),) = wire.acts
    assert head == b"head"
    assert same is body


@pytest.mark.parametrize("end", ["close", "write_eof"])
async def test_an_end_comes_behind_what_was_written(end: str) -> None:
    """Closing takes nothing back."""
    way, wire = _corked()
    way.write(b"last word")
    getattr(way, end)()
    await asyncio.sleep(0)
    assert wire.acts == [b"last word", {"close": "close", "write_eof": "eof"}[end]]


async def test_what_was_dropped_is_not_sent() -> None:
    """Behind an abort nothing goes out, whatever was held."""
    way, wire = _corked()
    way.write(b"held")
    way.abort()
    await asyncio.sleep(0)
    assert wire.acts == ["abort"]


async def test_what_is_held_counts_as_unsent() -> None:
    """Whoever looks whether a client takes its answer sees all of it; the rest of a transport is its own."""
    way, _ = _corked()
    way.write(b"12345")
    assert way.get_write_buffer_size() == 12
    assert way.get_extra_info("peername") == "peername"
    assert not way.is_closing()
    way.close()
    assert way.is_closing()


async def test_every_connection_of_ours_goes_this_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Head and body of an answer, as a client gets it, were one write."""
    written: list[bytes] = []

    class Noting(Corked):
        """Notes what leaves."""

        def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
            super().__init__(transport, loop)
            self._transport = cast("asyncio.Transport", _Passing(transport, written))

    monkeypatch.setattr("lgsp.connections.Corked", Noting)
    async with served() as here:
        assert await here.healthy()
    assert len(written) == 1
    assert written[0].startswith(b"HTTP/1.1 200 ")
    assert written[0].endswith(b"ok")


class _Passing:
    """A transport that notes each write and passes all on."""

    def __init__(self, transport: asyncio.Transport, written: list[bytes]) -> None:
        self._transport, self._written = transport, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Note, and pass on."""
        self._written.append(data)
        self._transport.write(data)
