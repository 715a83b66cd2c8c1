"""Carrying large files to a gateway part by part: lists of codes, and native items.

A file is never held whole. What was carried is known by the adoption's place: begun again it goes on there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lgsp import holdings
from lgsp.client import Client
from lgsp.holdings import ITEMS, LINES, codes_in, items_in, parts


def codes_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line number and code of each line of a file that has one; see `lgsp.holdings`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from codes_in(file)


def items_of(path: Path) -> Iterator[Any]:
    """Yield the items of a file, one at a time.

    Raises:
        NotJsonError: what follows is not JSON.
    """
    with path.open(encoding="utf-8-sig") as file:
        yield from (one.value for one in items_in(file, str(path)))


def token_of(file: Path, order: Mapping[str, str]) -> str:
    """Return what a file is known by, with what is wanted of it, when it is carried again."""
    with file.open("rb") as body:
        return holdings.token_of(body, order)


class Carrier:
    """Carries the parts of a file to a gateway.

    Args:
        running: the gateway.
        order: what is wanted: `what`, `system`, and `type` of codes or `source` of items.
        begun: the adoption; None is a preview.
        tell: is given the counts after each part.
    """

    def __init__(
        self,
        running: Client,
        order: Mapping[str, str],
        begun: Mapping[str, Any] | None,
        tell: Callable[[Mapping[str, int]], None] | None = None,
    ) -> None:
        self._running = running
        self._order = order
        self._begun = begun
        self._tell = tell
        self._counts: Counter[str] = Counter()
        self._unreadable: list[dict[str, Any]] = []

    async def all(self, file: Path, most: int | None = None) -> dict[str, Any]:
        """Carry what is not there yet, `most` parts of it; return counts, and what could not be read."""
        done = self._begun["place"] if self._begun else 0
        each = self._codes(file, done) if self._order["what"] == "codes" else self._items(file, done)
        for path, part in islice(each, most):
            answer = await self._running.post(path, part)
            self._counts.update(answer["counts"])
            self._unreadable += answer["unreadable"]
            if self._tell:
                self._tell(self._counts)
        return {"counts": dict(self._counts), "unreadable": self._unreadable}

    def _codes(self, file: Path, done: int) -> Iterator[tuple[str, Any]]:
        begins = done
        for part in parts((row for row in codes_of(file) if row[0] > done), LINES):
            ends = part[-1][0]
            yield (
                self._path("codes", type=self._order["type"]),
                {"begins": begins, "ends": ends, "codes": part},
            )
            begins = ends

    def _items(self, file: Path, done: int) -> Iterator[tuple[str, Any]]:
        begins = done
        for part in parts(islice(items_of(file), done, None), ITEMS):
            body = part[0] if len(part) == 1 else part
            yield self._path("items", source=self._order["source"], begins=begins, count=len(part)), body
            begins += len(part)

    def _path(self, what: str, **asked: str | int) -> str:
        if self._begun is not None:
            return f"/v1/handovers/{self._begun['id']}/{what}?{urlencode(asked)}"
        return f"/v1/handovers/{what}?{urlencode({'system': self._order['system'], **asked})}"
