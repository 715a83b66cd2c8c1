"""Carrying large files to a gateway part by part: lists of codes, and native items.

A file is never held whole. What was carried is known by the adoption's place: begun again it goes on there.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import urlencode

from lgsp.client import Client
from lgsp.errors import ConfigError

T = TypeVar("T")
_CHUNK = 1 << 20
LINES, ITEMS = 500, 100
"""Lines or items of one part."""
_LONGEST = 1 << 26
"""Characters of one item at most."""
_NAMES = frozenset({"mahoso", "mã hồ sơ", "ma ho so", "sohoso", "số hồ sơ", "code", "subject"})
"""What a column of dossier codes is called, without case and spaces around it."""
_SPACE = " \t\r\n,"


def codes_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line number, from 1, and code of each line that has one; a table's column is found by its name.

    Without a heading that is known the first column counts. Separated by commas, semicolons or tabs.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        rows = csv.reader(file, delimiter=_delimiter(first))
        column = 0
        for n, row in enumerate(rows, 1):
            if n == 1 and (named := _column(row)) is not None:
                column = named
            elif len(row) > column and row[column].strip():
                yield n, row[column].strip()


def _delimiter(first: str) -> str:
    return max(",;\t", key=first.count) if any(mark in first for mark in ",;\t") else ","


def _column(row: list[str]) -> int | None:
    return next((n for n, cell in enumerate(row) if cell.strip().casefold() in _NAMES), None)


def items_of(path: Path) -> Iterator[Any]:
    """Yield the items of a JSON array, or of a file with one JSON value after the other, one at a time.

    Raises:
        ConfigError: what follows is not JSON.
    """
    with path.open(encoding="utf-8-sig") as file:
        yield from _values(file, path)


def _values(file: IO[str], path: Path) -> Iterator[Any]:
    decoder, buffer, at, ended, told = json.JSONDecoder(), "", 0, False, 0
    inside = False
    while True:
        while at < len(buffer) and (buffer[at] in _SPACE or (told == 0 and not inside and buffer[at] == "[")):
            inside |= buffer[at] == "["
            at += 1
        if at < len(buffer) and inside and buffer[at] == "]":
            return
        try:
            value, end = decoder.raw_decode(buffer, at)
            whole = end < len(buffer) or ended
        except ValueError:
            whole = False
        if whole and at < len(buffer):
            yield value
            told += 1
            at = end
            continue
        if ended:
            if buffer[at:].strip(_SPACE):
                raise ConfigError([f"{path}: item {told + 1} is not JSON; mend it and begin again"])
            return
        more = file.read(_CHUNK)
        buffer, at, ended = buffer[at:] + more, 0, not more
        if len(buffer) > _LONGEST:
            raise ConfigError([f"{path}: item {told + 1} is not JSON, or larger than any item may be"])


def parts(values: Iterator[T], most: int) -> Iterator[list[T]]:
    """Yield values in lists of so many."""
    while part := list(islice(values, most)):
        yield part


def token_of(file: Path, order: Mapping[str, str]) -> str:
    """Return what a file is known by, with what is wanted of it, when it is carried again."""
    with file.open("rb") as body:
        digest = hashlib.file_digest(body, "sha256")
    digest.update("\x1f".join(f"{name}={value}" for name, value in sorted(order.items())).encode())
    return f"file {digest.hexdigest()}"


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
