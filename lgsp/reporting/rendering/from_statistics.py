"""A table of dossier statistics as a sheet, by agency, level, procedure or field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from lgsp.domain.figures.numbers import share
from lgsp.domain.reports.periods import Period
from lgsp.reporting.rendering import footnotes
from lgsp.reporting.rendering.charting import charts
from lgsp.reporting.rendering.dossier_columns import dossier_columns, known
from lgsp.reporting.rendering.sheet import Cell, Column, Note, Row, Sheet
from lgsp.words import moment

Counts = Mapping[str, int | None]

_BY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "agency": ("theo cơ quan, đơn vị", "Cơ quan, đơn vị"),
        "level": ("theo cấp", "Cấp"),
        "procedure": ("theo thủ tục hành chính", "Thủ tục hành chính"),
        "field": ("theo lĩnh vực", "Lĩnh vực"),
        "total": ("", "Cơ quan, đơn vị"),
    }
)
"""How a table is told apart: in its title, and over the names of its rows."""
_TITLE = "Thống kê tình hình giải quyết hồ sơ"
_NOT_PRINTED = frozenset({"in_time"})
"""Stands in the table by its parts, and in the rate."""
_WAITING = "waiting"
"""Stands apart by one way to count alone: its column is there where something is in it."""
_RATE = "in_time_share"
_OF_RATE = ("early", "on_time", "solved")
_FORMULA = "(early + on_time) / solved * 100"
_NAMES = MappingProxyType({"early": "trước hạn", "on_time": "đúng hạn", "solved": "đã giải quyết"})
_LAG = timedelta(seconds=30)
"""Counting is always a little behind; less than this is not worth a word."""
_UNKNOWN = "không rõ"
_LACKING: Mapping[str, str] = MappingProxyType(
    {
        "no_receipt": "không có ngày tiếp nhận",
        "no_status": "không rõ trạng thái",
        "no_channel": "không rõ kênh tiếp nhận",
        "no_due": "không có ngày hẹn trả",
        "no_end": "không có ngày kết thúc",
    }
)
"""Why dossiers cannot be classified, by the names of `lgsp.domain.statistics.moves`."""


@dataclass(slots=True, frozen=True)
class Counted:
    """Dossier statistics as they are to be printed.

    Attributes:
        by: `agency`, `level`, `procedure`, `field` or `total`.
        rows: code and counts of each, in the order of print.
        total: of all; also what is told apart, as `lgsp.domain.statistics.sums.FIGURES` has it.
        definition: label of the set of definitions.
        known_at: ISO 8601: as known when.
        counted_to: ISO 8601: until when everything is counted; empty while nothing is.
        agency: name of the agency whose subtree this is; empty for all.
        name: gives the name of a row's code.
    """

    by: str
    period: Period
    rows: Sequence[tuple[str, Counts]]
    total: Counts
    definition: str
    known_at: str
    counted_to: str
    agency: str = ""
    name: Callable[[str], str] = field(default=lambda code: code)


def sheet_of_statistics(counted: Counted) -> Sheet:
    """Return the sheet of a table of statistics."""
    told, heading = _BY[counted.by]
    columns = tuple(_columns(counted, heading))
    rows = tuple(_rows(counted, columns))
    return Sheet(
        f"thong-ke-{counted.by}-{counted.period.code}",
        f"{_TITLE} {told}".strip(),
        columns,
        rows,
        (counted.period.said("vi"),),
        counted.agency,
        unit="hồ sơ",
        notes=tuple(_notes(counted, columns, rows)),
        charts=charts(columns, rows, _label(columns)),
    )


def _columns(counted: Counted, heading: str) -> Iterator[Column]:
    yield Column("row", "STT")
    if counted.by in {"agency", "procedure", "field"}:
        yield Column("code", "Mã")
    yield Column("label", heading)
    figures = [name for name in known(counted.total) if name not in _NOT_PRINTED]
    if not counted.total.get(_WAITING):
        figures = [name for name in figures if name != _WAITING]
    yield from dossier_columns(figures, counted.definition)
    if all(name in counted.total for name in _OF_RATE):
        title = "Tỷ lệ trước và đúng hạn (%)"
        yield Column(_RATE, title, numeric=True, decimals=2)


def _label(columns: Sequence[Column]) -> int:
    return next(n for n, one in enumerate(columns) if one.key == "label")


def _rows(counted: Counted, columns: Sequence[Column]) -> Iterator[Row]:
    for n, (code, counts) in enumerate(counted.rows, 1):
        yield Row(tuple(_cell(one, code, str(n), counts, counted.name) for one in columns))
    if len(counted.rows) != 1:
        whole = (_cell(one, "", "", counted.total, lambda _: "Tổng cộng") for one in columns)
        yield Row(tuple(whole), "total")


def _cell(column: Column, code: str, number: str, counts: Counts, name: Callable[[str], str]) -> Cell:
    if column.key == _RATE:
        return _rate(counts)
    if column.numeric:
        value = counts.get(column.key)
        return None if value is None else Decimal(value)
    return {"row": number, "code": code}.get(column.key) or (
        (name(code) or _UNKNOWN) if column.key == "label" else ""
    )


def _rate(counts: Counts) -> Decimal | None:
    early, on_time, solved = (counts.get(name) for name in _OF_RATE)
    if early is None or on_time is None or solved is None:
        return None
    return share(early + on_time, solved)


def _notes(counted: Counted, columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[Note]:
    yield from footnotes.rule(counted.definition)
    if any(one.key == _RATE for one in columns):
        yield footnotes.rate("Tỷ lệ trước và đúng hạn", _FORMULA, _NAMES)
    yield from footnotes.known(counted.known_at, counted.period.cut_off.isoformat())
    yield from _behind(counted)
    yield from _unclassified(counted.total)
    yield from footnotes.not_given(columns, rows)


def _behind(counted: Counted) -> Iterator[Note]:
    """Yield that the counting has not come as far as the figures are asked for."""
    if not counted.counted_to:
        yield Note("finding", "Thống kê chưa đếm xong lần đầu: số liệu chưa đủ.")
        return
    until = min(datetime.fromisoformat(counted.known_at), counted.period.cut_off)
    if datetime.fromisoformat(counted.counted_to) < until - _LAG:
        said = f"Thống kê mới đếm đến {moment(counted.counted_to)}: số liệu có thể chưa đủ."
        yield Note("finding", said)


def _unclassified(total: Counts) -> Iterator[Note]:
    """Yield how many dossiers are in no row because of what nobody told of them."""
    count = total.get("unclassified")
    if count:
        reasons = [f"{n} {why}" for name, why in _LACKING.items() if (n := total.get(name))]
        because = f": {', '.join(reasons)}" if reasons else ""
        yield Note("finding", f"{count} hồ sơ không đủ dữ kiện để thống kê, không nằm trong bảng{because}.")
