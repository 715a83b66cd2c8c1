"""Reading a file of what a source has: CSV or JSON lines, row by row, each fault with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from lgsp.domain.nesting import load
from lgsp.errors import ConfigError
from lgsp.message import VIETNAM, nfc
from lgsp.reconciling.uploading import status

_NAMES = {
    "code": ("code", "mahoso", "mã hồ sơ", "ma ho so"),
    "status": ("status", "trangthaihoso", "trạng thái", "trạng thái hồ sơ", "trang thai"),
    "changed_at": ("changed at", "ngaycapnhat", "ngày cập nhật", "ngay cap nhat"),
}
"""What a column may be called; `_` counts as a space, and letters' case does not."""
_MOMENTS = ("%Y%m%d%H%M%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y%m%d")
_TOLD = 20
_SNIFFED = 8192


class Line(NamedTuple):
    """One dossier of a file.

    Attributes:
        status: canonical word, empty where the file does not tell.
        changed_at: ISO 8601 with offset; None where the file does not tell.
    """

    code: str
    status: str
    changed_at: str | None


def lines(path: Path) -> Iterator[Line]:
    """Yield the dossiers of a file.

    Raises:
        ConfigError: it cannot be read so; up to 20 faults, each with its line.
    """
    faults: list[str] = []
    for number, row in _rows(path):
        try:
            line = _line(row)
        except ValueError as fault:
            faults.append(f"{path.name}:{number}: {fault}")
            if len(faults) == _TOLD:
                break
        else:
            yield line
    if faults:
        raise ConfigError(faults)


def count(path: Path) -> int:
    """Return how many dossiers a file names, having read all of it.

    Raises:
        ConfigError: it cannot be read.
    """
    return sum(1 for _ in lines(path))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield rows by the names of what they tell, with their line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        if file.read(_SNIFFED).lstrip().startswith("{"):
            file.seek(0)
            yield from _json_rows(path, file)
        else:
            file.seek(0)
            yield from _csv_rows(path, file)


def _json_rows(path: Path, file: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, text in enumerate(file, 1):
        if not text.strip():
            continue
        try:
            told = load(text)
        except ValueError:
            raise ConfigError([f"{path.name}:{number}: is no JSON; write one object on each line"]) from None
        if not isinstance(told, dict):
            raise ConfigError([f"{path.name}:{number}: is no JSON object"])
        yield number, {_named(name): value for name, value in told.items()}


def _csv_rows(path: Path, file: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    heading = next(islice(file, 1), "")
    delimiter = max(",;\t", key=heading.count)
    names = [_named(name) for name in next(csv.reader([heading], delimiter=delimiter), [])]
    if "code" not in names:
        raise ConfigError([f"{path.name}:1: no column is called MaHoSo (or code); name it in the first line"])
    reader = csv.reader(file, delimiter=delimiter)
    for row in reader:
        if any(cell.strip() for cell in row):
            yield reader.line_num + 1, dict(zip(names, row, strict=False))


def _named(name: str) -> str:
    """Return what a column tells, by whatever it may be called; others keep their name."""
    said = nfc(str(name)).strip().casefold().replace("_", " ")
    return next((ours for ours, theirs in _NAMES.items() if said in theirs), said)


def _line(row: dict[str, Any]) -> Line:
    """Return a row as a dossier.

    Raises:
        ValueError: it names none, or what it says of it cannot be read.
    """
    code = str(row.get("code") or "").strip()
    if not code:
        raise ValueError("names no dossier; give its code")
    word = status(str(row.get("status") or ""))
    if word is None:
        raise ValueError(f"{row['status']!r} is no status; write 1 to 10, or leave it empty")
    return Line(code, word, _moment(str(row.get("changed_at") or "").strip()))


def _moment(text: str) -> str | None:
    if not text:
        return None
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=VIETNAM).isoformat()
        except ValueError:
            continue
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time; write 2026-11-21T14:05:00+07:00 or 20261121140500") from None
    return (told if told.tzinfo else told.replace(tzinfo=VIETNAM)).isoformat()
