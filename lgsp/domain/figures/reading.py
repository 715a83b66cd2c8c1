"""Reading published tables from JSON and CSV: tolerant of how they are written, not of what they mean."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lgsp.domain.figures.rows import Reader, Unreadable
from lgsp.domain.figures.table import Table, column_of, plain
from lgsp.domain.nesting import check

_ROWS = ("rows", "levels", "table")
_TOTAL = ("total", "totals")
_NEEDLESS = frozenset({"title", "name", "source", "note", "notes", "rule", "version", "unit", "description"})
_CLAIM = frozenset({"claim", "claims", "công bố"})
_CLAIM_HEADING = ("claim", "row", "what", "value", "percent", "of")


def read_tables(content: bytes) -> list[Table]:
    """Return the tables of a file, one per period, in its order.

    Args:
        content: UTF-8, with or without a byte order mark; JSON when it begins with a bracket, else CSV.

    Raises:
        Unreadable: with every fault.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Unreadable(["the file is no UTF-8 text; save it as UTF-8"]) from fault
    reader = Reader()
    tables = list(_json(text, reader) if text.lstrip()[:1] in {"{", "["} else _csv(text, reader))
    if not (reader.faults or tables):
        reader.faults.append("the file has no rows")
    if reader.faults:
        raise Unreadable(reader.faults)
    return tables


def _json(text: str, reader: Reader) -> Iterator[Table]:
    try:
        check(text)
        document = json.loads(text, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as fault:
        raise Unreadable([f"the file is no valid JSON: {fault}"]) from fault
    yield from _periods(document, reader)


def _periods(document: Any, reader: Reader) -> Iterator[Table]:
    if isinstance(document, list):
        document = {"rows": document}
    periods = document.get("periods")
    if isinstance(periods, list):
        for one in periods:
            yield from _period(one, reader)
        return
    if "previous" in document:
        yield from _period(document["previous"], reader)
    yield from _period(document, reader)


def _period(document: Any, reader: Reader) -> Iterator[Table]:
    named = document if isinstance(document, dict) else {"rows": document}
    period = str(named.get("period") or "")
    items = next((named[name] for name in _ROWS if name in named), None)
    total = next((named[name] for name in _TOTAL if name in named), None)
    known = {*_ROWS, *_TOTAL, "period", "previous", "claims"} | _NEEDLESS
    if items is None and not isinstance(total, dict):
        return (yield from _lone_row(period, named, reader))
    unknown = [name for name in named if name not in known]
    made = reader.table(period, [*_items(items, reader), *_total(total)], _list(named.get("claims"), reader))
    if made is not None:
        yield made.with_unknown(unknown)


def _lone_row(period: str, row: Mapping[str, Any], reader: Reader) -> Iterator[Table]:
    """Read one row that stands alone, such as a statistic message."""
    kept = {name: value for name, value in row.items() if name not in {"period", "previous", "claims"}}
    made = reader.table(period, [kept], _list(row.get("claims"), reader))
    if made is not None:
        yield made


def _items(items: Any, reader: Reader) -> Iterator[Mapping[str, Any]]:
    if isinstance(items, dict):
        items = [{"label": label, **row} if isinstance(row, dict) else row for label, row in items.items()]
    for n, row in enumerate(_list(items, reader), 1):
        if isinstance(row, dict):
            yield row
        else:
            reader.faults.append(f"row {n}: no object")


def _list(value: Any, reader: Reader) -> list[Any]:
    if value is None or isinstance(value, list):
        return value or []
    reader.faults.append("rows and claims must be lists")
    return []


def _total(total: Any) -> Iterable[Mapping[str, Any]]:
    return [{"label": "Tổng", **total, "total row": True}] if isinstance(total, dict) else []


def _csv(text: str, reader: Reader) -> Iterator[Table]:
    lines = [line for line in text.splitlines() if line.strip(" ,;\t") and not line.startswith("#")]
    if "\0" in text:
        raise Unreadable(["the file is no CSV: it holds binary data"])
    delimiter = max(";\t,", key=lines[0].count) if lines else ","
    cells = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    if not cells:
        return
    heading, below = _heading(cells[0]), cells[1:]
    claims = [_named(_CLAIM_HEADING, row, reader) for row in below if plain(row[0]) in _CLAIM]
    read = [_named(heading, row, reader) for row in below if plain(row[0]) not in _CLAIM]
    for period in dict.fromkeys(str(row.get("period", "")) for row in read):
        rows = [row for row in read if str(row.get("period", "")) == period]
        ours = [claim for claim in claims if str(claim.get("period", period)) == period]
        made = reader.table(period, rows, ours)
        if made is not None:
            yield made


def _heading(cells: Sequence[str]) -> list[str]:
    """Return the columns' names; where none says that it holds the labels, the first unknown one does."""
    names = [cell.strip() for cell in cells]
    known = [column_of(name) for name in names]
    named = [n if n is None else n[0] for n in known]
    if "label" not in named and None in named:
        names[named.index(None)] = "label"
    return ["period" if name == "period" else written for name, written in zip(named, names, strict=True)]


def _named(heading: Sequence[str], row: Sequence[str], reader: Reader) -> dict[str, Any]:
    filled = [cell.strip() for cell in row]
    if any(filled[len(heading) :]):
        reader.faults.append(f"row {filled[0]}: more cells than the heading; quote numbers that hold a comma")
    padded = filled + [""] * (len(heading) - len(filled))
    return {name: cell for name, cell in zip(heading, padded, strict=False) if name}
