"""Answering with a file that is kept, or a part of it, however it lies in the store."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping
from typing import IO, Any

import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from lgsp.api.problems import ApiError
from lgsp.blobs import Blobs
from lgsp.store.sealed import UnknownKeyError

log = structlog.get_logger(__name__)
RUN = 256 * 1024
"""Bytes that are read at one go, away from the event loop."""
_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


async def kept_file(
    request: Request, blobs: Blobs, name: str, headers: Mapping[str, str], media: str = ""
) -> Response:
    """Return the answer to a GET or HEAD of a file; a part of it is cheap wherever it stands (RFC 9110, 14).

    One range is answered. Several are answered with the whole, as is a range of another version (`If-Range`)
    and one that is none.

    Args:
        request: says what is wanted.
        blobs: where it is kept.
        name: its SHA-256, in hexadecimal.
        headers: what stands beside it; an `ETag` among them is that of the content.
        media: its type; empty is of bytes that nobody looks into.

    Raises:
        ApiError: it is not kept, or cannot be read.
    """
    file = await _opened(blobs, name)
    size = file.seek(0, os.SEEK_END)
    told = {**headers, "Accept-Ranges": "bytes", "Content-Type": media or "application/octet-stream"}
    part = _part(request, size, headers.get("ETag", ""))
    if part is not None and part.start >= size:
        file.close()
        return Response(status_code=416, headers={**told, "Content-Range": f"bytes */{size}"})
    asked = part or range(size)
    told["Content-Length"] = str(len(asked))
    if part is not None:
        told["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return _Answer(file, asked if request.method == "GET" else range(0), told, 200 if part is None else 206)


async def _opened(blobs: Blobs, name: str) -> IO[bytes]:
    try:
        try:
            return await asyncio.to_thread(blobs.open, name)
        except UnknownKeyError as fault:  # another process made the key a moment ago
            await blobs.keys.sought(fault.number)
            return await asyncio.to_thread(blobs.open, name)
    except FileNotFoundError:
        raise ApiError(404, "not-found") from None
    except OSError:
        log.exception("a file that is kept cannot be read", file=name)
        raise ApiError(503, "file-store-away", headers={"Retry-After": "60"}) from None


class _Answer(StreamingResponse):
    """Reads a part of a file while it goes out."""

    def __init__(self, file: IO[bytes], asked: range, headers: Mapping[str, str], status: int) -> None:
        super().__init__(_runs(file, asked), status_code=status, headers=headers)
        self._file = file

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def _runs(file: IO[bytes], asked: range) -> AsyncIterator[bytes]:
    file.seek(asked.start)
    left = len(asked)
    while left and (run := await asyncio.to_thread(file.read, min(left, RUN))):
        left -= len(run)
        yield run


def _part(request: Request, size: int, tag: str) -> range | None:
    """Return which bytes are asked for; None is the whole, and what begins at the end or later is none."""
    found = _RANGE.fullmatch(request.headers.get("range", "").strip())
    only_if = request.headers.get("if-range")
    if found is None or not any(found.groups()) or (only_if is not None and (not tag or only_if != tag)):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)) if int(last) else size, size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1) if last else max(size, int(first)))
