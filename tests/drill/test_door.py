"""What a client that sends too much makes of a connection that is closed under it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lgsp.drill.faults import door


class _Answer:
    """An answer that can be read a moment after the connection is gone."""

    def __init__(self, line: bytes) -> None:
        self._line = line

    async def readline(self) -> bytes:
        await asyncio.sleep(0.05)
        return self._line


class _Closed:
    """A connection that breaks while the third part is written, and says of a further write what uvloop says."""

    def __init__(self) -> None:
        self.writes = 0
        self.transport = SimpleNamespace(abort=lambda: None)

    def write(self, _: bytes) -> None:
        if self.is_closing():
            raise RuntimeError(
                "unable to perform operation on <TCPTransport closed=True>; the handler is closed"
            )
        self.writes += 1

    async def drain(self) -> None:
        if self.is_closing():
            raise ConnectionResetError

    def is_closing(self) -> bool:
        return self.writes >= 4  # the head, and three parts


@pytest.mark.parametrize(("line", "status"), [(b"HTTP/1.1 413 Too Large\r\n", 413), (b"", None)])
async def test_a_connection_that_broke_is_written_to_no_more_and_its_answer_is_read(
    monkeypatch: pytest.MonkeyPatch, line: bytes, status: int | None
) -> None:
    """What was answered before it broke counts; where nothing was, there is no status."""
    writer = _Closed()

    async def connection(_: Any) -> tuple[Any, Any]:
        return _Answer(line), writer

    monkeypatch.setattr(door, "_connection", connection)
    monkeypatch.setattr(door, "_PAUSE", 0.001)
    stage = cast("Any", SimpleNamespace(token="a"))
    assert await door._post(stage, 100 * 1024 * 1024, declared=False) == status
    assert writer.writes == 4
