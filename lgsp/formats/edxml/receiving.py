"""Reading a packet from an event loop: a little one at once, others in a thread, so that nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

from lgsp.errors import Invalid
from lgsp.folder import INSIDE, Folder, Inside, OverfullError
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.reading import Packet, read
from lgsp.message import Raw

_LITTLE = INSIDE
"""Bytes of a packet that is read at once: less than a millisecond, where changing threads costs as much."""

_ELEMENTS = 1_000
_UNPACKED = 256 * 1024


async def received(
    raw: Raw, files: Folder, limits: Limits, holds: Callable[[Raw], bool | None] | None = None
) -> Packet:
    """Read a packet that came; small attachments stay in their references, the others are kept in a folder.

    Args:
        raw: the packet, verbatim.
        files: where larger attachments are kept.
        limits: how much of everything it may have.
        holds: tells whether the signature of a packet holds; it may block.

    Raises:
        Invalid: it cannot be read without losing something.
        OSError: an attachment cannot be kept.
    """
    packet = _at_once(raw, limits)
    if packet is None:
        packet = await asyncio.to_thread(_whole, raw, files, limits)
    if holds is None or not packet.unverified:
        return packet
    return packet.verified(await asyncio.to_thread(holds, raw))


def _at_once(raw: Raw, limits: Limits) -> Packet | None:
    """Read a little packet; None where it is none, or holds more than it seems, or cannot be read."""
    if raw.file is not None or raw.size > min(_LITTLE, limits.packet):
        return None
    try:
        return read(BytesIO(raw.read()), Inside(), _little(limits), raw.sha256)
    except (Invalid, OverfullError):
        return None  # whoever reads it whole says why


@cache
def _little(limits: Limits) -> Limits:
    return replace(limits, elements=_ELEMENTS, attachment=_UNPACKED, unpacked=_UNPACKED)


def _whole(raw: Raw, files: Folder, limits: Limits) -> Packet:
    with raw.open() as source:
        return read(source, Inside(files), limits, raw.sha256)
