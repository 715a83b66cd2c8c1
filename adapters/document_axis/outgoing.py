"""Writing a packet for the way out: into memory when it is small, else into a file that nobody reads."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from lgsp.errors import Invalid, Refused
from lgsp.formats import edxml
from lgsp.formats.axis.hashing import TAIL, hash_file, unpadded
from lgsp.wire.streamed import Upload

_SMALL = 256 * 1024
_SHOWN = 16 * 1024
_FILES = b"<AttachmentEncoded"


@dataclass(slots=True, frozen=True)
class Parcel:
    """A packet that is ready to be sent.

    Attributes:
        upload: its bytes, and the CR LF that the axis expects behind them.
        hash_file: as its header renders it.
    """

    upload: Upload
    hash_file: str


@asynccontextmanager
async def written(type_: str, data: dict[str, Any], files: edxml.Folder) -> AsyncIterator[Parcel]:
    """Write a packet; what was written is gone afterwards.

    Raises:
        Refused: it cannot be written: a value that no packet can hold, or a file that is not kept.
        OSError: the folder cannot be written.
    """
    size = sum(one.get("size") or 0 for one in data.get("attachments") or [])
    if size <= _SMALL:
        made = BytesIO()
        _write(type_, data, files, made.write)
        whole = made.getvalue()
        yield Parcel(Upload(whole, TAIL, _shown(whole)), hash_file(whole))
        return
    # opened here: whoever is cut short while the thread writes leaves nothing behind
    with files.passing() as file:
        yield await asyncio.to_thread(_parcel, type_, data, files, file)


def _parcel(type_: str, data: dict[str, Any], files: edxml.Folder, to: edxml.Passing) -> Parcel:
    digest, head = hashlib.sha256(), bytearray()

    def out(piece: bytes) -> None:
        to.write(piece)
        digest.update(piece)
        if len(head) < _SHOWN:
            head.extend(piece)

    _write(type_, data, files, out)
    return Parcel(Upload(to, TAIL, _shown(bytes(head))), unpadded(digest.digest()))


def _write(type_: str, data: dict[str, Any], files: edxml.Folder, out: Callable[[bytes], object]) -> None:
    try:
        edxml.write(type_, data, files, out)
    except Invalid as fault:
        (first, *_) = fault.problems
        raise Refused(first.code, first.detail, [one.place for one in fault.problems]) from fault


def _shown(head: bytes) -> bytes:
    """Return what is kept of a packet: its beginning, up to its first file."""
    return head[:_SHOWN].partition(_FILES)[0]
