"""Which charts a table of dossier figures is worth: how much was late, and how much waits beyond its term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lgsp.reporting.rendering.sheet import Bar, Chart, Column, Row

_FEWEST, _MOST = 2, 12
_SOLVED = (
    "Kết quả giải quyết theo hạn",
    (("early", "trước hạn"), ("on_time", "đúng hạn"), ("late", "quá hạn")),
)
_SOLVED_IN_TWO = (_SOLVED[0], (("in_time", "trước và đúng hạn"), ("late", "quá hạn")))
_WAITING = (
    "Hồ sơ đang giải quyết",
    (("in_process_on_time", "trong hạn"), ("in_process_late", "quá hạn")),
)
_Kind = tuple[str, tuple[tuple[str, str], ...]]


def charts(columns: Sequence[Column], rows: Sequence[Row], label: int) -> tuple[Chart, ...]:
    """Return the charts of a table: none where fewer than two rows have something to show.

    Args:
        columns: dossier figures by the names of `lgsp.domain.figures`.
        rows: sections and totals among them are passed over.
        label: the number of the column that names a row.
    """
    plain = [row for row in rows if row.kind == "row"]
    keys = {one.key: n for n, one in enumerate(columns)}
    made: list[Chart] = []
    for kinds, shares in (((_SOLVED, _SOLVED_IN_TWO), True), ((_WAITING,), False)):
        kind = next((one for one in kinds if all(key in keys for key, _ in one[1])), None)
        made += _chart(kind, keys, plain, label, shares=shares) if kind else ()
    return tuple(made)


def _chart(
    kind: _Kind, keys: dict[str, int], rows: Sequence[Row], label: int, *, shares: bool
) -> Iterator[Chart]:
    title, series = kind
    bars = sorted(_bars(rows, [keys[key] for key, _ in series], label), key=lambda bar: -sum(bar.parts))
    if len(bars) < _FEWEST:
        return
    left = len(bars) - _MOST
    note = f"{_MOST} dòng có nhiều hồ sơ nhất; {left} dòng khác xem trong bảng." if left > 0 else ""
    yield Chart(title, tuple(name for _, name in series), tuple(bars[:_MOST]), shares, note)


def _bars(rows: Sequence[Row], at: Sequence[int], label: int) -> Iterator[Bar]:
    for row in rows:
        parts = tuple(cell for n in at if isinstance(cell := row.cells[n], Decimal))
        if len(parts) == len(at) and min(parts) >= 0 and any(parts):
            yield Bar(str(row.cells[label] or ""), parts)
