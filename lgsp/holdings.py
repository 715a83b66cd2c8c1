"""Reading what a system holds from text, bit by bit: lists and tables of codes, and native items in JSON."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from io import BufferedIOBase
from itertools import islice
from typing import IO, Any, NamedTuple, TypeVar

from lgsp.errors import ConfigError

T = TypeVar("T")
LINES, ITEMS = 500, 100
"""Lines or items of one part."""
_CHUNK = 1 << 20
_LONGEST = 1 << 26
"""Characters of one item at most."""
_NAMES = frozenset({"mahoso", "mã hồ sơ", "ma ho so", "sohoso", "số hồ sơ", "code", "subject"})
"""What a column of dossier codes is called, without case and spaces around it."""
_SPACE = " \t\r\n,"


class Item(NamedTuple):
    """One item of a text, and the line on which it begins, counted from 1."""

    line: int
    value: Any


class NotJsonError(ConfigError):
    """What follows in a text is no JSON.

    Attributes:
        item: its number, counted from 1.
        line: where it begins.
    """

    def __init__(self, name: str, item: int, line: int, why: str) -> None:
        super().__init__([f"{name}: item {item}, line {line}, is not JSON{why}; mend it and begin again"])
        self.item = item
        self.line = line


def codes_in(file: IO[str]) -> Iterator[tuple[int, str]]:
    """Yield line number, from 1, and code of each line that has one; a table's column is found by its name.

    Without a heading that is known the first column counts. Separated by commas, semicolons or tabs.
    """
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


def items_in(file: IO[str], name: str = "") -> Iterator[Item]:
    """Yield the items of a JSON array, or of a text with one JSON value after the other, one at a time.

    Raises:
        NotJsonError: what follows is not JSON.
    """
    decoder, buffer, at, ended, told = json.JSONDecoder(), "", 0, False, 0
    inside, line = False, 1
    while True:
        while at < len(buffer) and (buffer[at] in _SPACE or (told == 0 and not inside and buffer[at] == "[")):
            inside |= buffer[at] == "["
            line += buffer[at] == "\n"
            at += 1
        if at < len(buffer) and inside and buffer[at] == "]":
            return
        try:
            value, end = decoder.raw_decode(buffer, at)
            whole = end < len(buffer) or ended
        except ValueError:
            whole = False
        if whole and at < len(buffer):
            yield Item(line, value)
            told += 1
            line += buffer.count("\n", at, end)
            at = end
            continue
        if ended:
            if buffer[at:].strip(_SPACE):
                raise NotJsonError(name, told + 1, line, "")
            return
        more = file.read(_CHUNK)
        buffer, at, ended = buffer[at:] + more, 0, not more
        if len(buffer) > _LONGEST:
            raise NotJsonError(name, told + 1, line, ", or larger than any item may be")


def parts(values: Iterator[T], most: int) -> Iterator[list[T]]:
    """Yield values in lists of so many."""
    while part := list(islice(values, most)):
        yield part


def token_of(body: BufferedIOBase, order: Mapping[str, str]) -> str:
    """Return what a text is known by, with what is wanted of it, when it is brought again.

    Args:
        body: its bytes.
        order: what is wanted: `what`, `system`, and `type` of codes or `source` of items.
    """
    digest = hashlib.file_digest(body, "sha256")
    digest.update("\x1f".join(f"{name}={value}" for name, value in sorted(order.items())).encode())
    return f"file {digest.hexdigest()}"
