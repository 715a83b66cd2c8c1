"""Fetching the files that a dossier names, as the portal does: by itself, without a login, a little later."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Iterator
from typing import Any

from lgsp.errors import Unavailable
from lgsp.wire.download import Bounds, Downloads

_FIELDS = {"TaiLieuNop": "DuongDanTaiTepTin", "DanhSachGiayToKetQua": "DuongDanTepTinKetQua"}
_REMEMBERED = 10_000
_BOUNDS = Bounds(lambda _host, _port: True, 64 * 1024 * 1024, 30.0)


class Fetched:
    """Fetches what it is told, and records what came of it.

    It stands for somebody outside: what it can reach beyond that is no business of a stand-in.
    """

    def __init__(self) -> None:
        self._results: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self._tasks: set[asyncio.Task[None]] = set()

    def want(self, item: dict[str, Any]) -> None:
        """Begin to fetch the files of a dossier; returns at once."""
        urls = list(_urls(item))
        if urls:
            task = asyncio.create_task(self._fetch(str(item.get("MaHoSo")), urls))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def state(self) -> list[dict[str, Any]]:
        """Return what came of each fetch: size and SHA-256 of the file, or why it did not come."""
        return list(self._results)

    async def _fetch(self, code: str, urls: list[str]) -> None:
        downloads = Downloads()
        try:
            for url in urls:
                self._results.append({"MaHoSo": code, "url": url} | await _one(downloads, url))
        finally:
            await downloads.close()


def _urls(item: dict[str, Any]) -> Iterator[str]:
    for rows, field in _FIELDS.items():
        for row in item.get(rows) or ():
            url = row.get(field) if isinstance(row, dict) else None
            if url:
                yield str(url)


async def _one(downloads: Downloads, url: str) -> dict[str, Any]:
    digest = hashlib.sha256()
    try:
        size = await downloads.fetch(url, digest.update, _BOUNDS)
    except Unavailable as fault:
        return {"cause": fault.cause, "said": fault.said}
    return {"size": size, "sha256": digest.hexdigest()}
