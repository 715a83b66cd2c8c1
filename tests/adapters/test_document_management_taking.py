"""A packet on its way in: the same in however many pieces it comes, in memory or in a file."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lgsp.adapters.document_management.refusing import Denied
from lgsp.adapters.document_management.taking import Arriving

from lgsp.formats.edxml import Folder
from lgsp.message import Raw

_SMALL = 256 * 1024
_TAIL = b"\r\n"


async def _taken(folder: Path, pieces: list[bytes], limit: int = 4 << 20) -> tuple[Raw, int | None, bytes]:
    """Return what came of a packet, the tail that its whole hash tells, and its bytes."""
    whole = b"".join(pieces)
    async with Arriving(Folder(folder), limit) as packet:
        for piece in pieces:
            await packet.write(piece)
        tail = await packet.tail(sha256(whole.removesuffix(_TAIL)).hexdigest())
        raw = await packet.raw("text/xml", tail or 0, {"operation": "sendEdoc"})
        return raw, tail, raw.read()


def _cut(whole: bytes, cuts: list[int]) -> list[bytes]:
    at = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    return [whole[first:last] for first, last in pairwise(at)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5), st.booleans())
async def test_pieces_make_the_packet(tmp_path: Path, body: bytes, cuts: list[int], tail: bool) -> None:
    """However it is cut on its way, the packet is there as it was sent, and the tail behind it is not."""
    body = body.rstrip(_TAIL)
    raw, behind, read = await _taken(tmp_path, _cut(body + _TAIL * tail, cuts))
    assert (read, behind) == (body, 2 * tail)
    assert (raw.sha256, raw.size, raw.file) == (sha256(body).digest(), len(body), None)
    assert raw.attributes == {"operation": "sendEdoc"}


@pytest.mark.parametrize("size", [_SMALL - 2, _SMALL - 1, _SMALL, (1 << 20) + 7, 3 << 20])
@pytest.mark.parametrize("step", [100_000, _SMALL, 5 << 20])
async def test_a_large_packet_lies_in_a_file(tmp_path: Path, size: int, step: int) -> None:
    """With its tail it is larger than what stays in memory: what came before it grew so large is in the file."""
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    sent = body + _TAIL
    raw, behind, read = await _taken(tmp_path, [sent[at : at + step] for at in range(0, len(sent), step)])
    assert (read == body, behind, raw.size, raw.sha256) == (True, 2, size, sha256(body).digest())
    assert (raw.file is None) is (len(sent) <= _SMALL)
    assert raw.file is None or raw.file.closed, "what came is let go of"


async def test_a_packet_beyond_the_limit_is_turned_away_while_it_comes(tmp_path: Path) -> None:
    """Nobody waits for the rest of it."""
    async with Arriving(Folder(tmp_path), 10) as packet:
        await packet.write(b"0123456789")
        with pytest.raises(Denied):
            await packet.write(b"0")


async def test_another_packet_has_no_tail(tmp_path: Path) -> None:
    """A hash that is not its own tells nothing of where it ends."""
    async with Arriving(Folder(tmp_path), 100) as packet:
        await packet.write(b"QUJD\r\n")
        assert await packet.tail(sha256(b"another").hexdigest()) is None
        assert (await packet.raw("text/xml", 0, {})).read() == b"QUJD\r\n"


async def test_who_asks_before_the_end_loses_nothing(tmp_path: Path) -> None:
    """What was put down in memory goes into the file once there is one."""
    async with Arriving(Folder(tmp_path), 1 << 20) as packet:
        await packet.write(b"<a>")
        assert await packet.tail("") is None
        await packet.write(b"x" * _SMALL)
        raw = await packet.raw("text/xml", 0, {})
        assert raw.read() == b"<a>" + b"x" * _SMALL
        assert raw.sha256 == sha256(raw.read()).digest()
