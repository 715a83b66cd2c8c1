"""Files of figures as offices make them, and a gateway to which they are brought."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from lgsp.app import Platform, platform
from lgsp.routes import parse_routes
from lgsp.settings import read_settings
from tests.api.province import Caller

TOKEN, OPERATOR = "token-of-the-reporting-system", "token-of-the-operator"
CODE = "06a/H44.11/government/1:202403"
FIGURES: dict[str, Any] = {
    "received": 412,
    "online": 300,
    "direct": 112,
    "carried_over": 88,
    "total": 500,
    "solved": 420,
    "early": 100,
    "on_time": 299,
    "in_time": 399,
    "late": 21,
    "withdrawn": 0,
    "in_process": 80,
    "in_process_on_time": 71,
    "in_process_late": 9,
}
"""Figures of form 06a that agree."""

FIRST = 6
"""Row of the first figure; the values stand in column D."""

HOME = """
systems:
  reporting: {{adapter: reporting{more}}}
  receiver: {{adapter: reporting}}
routes: []
"""


def cell(indicator: str) -> str:
    """Return where the value of an indicator stands."""
    return f"D{FIRST + list(FIGURES).index(indicator)}"


def xlsx(
    figures: Mapping[str, Any] | None = None,
    about: Mapping[str, Any] | None = None,
    then: Callable[[Any, Any], None] = lambda *_: None,
) -> bytes:
    """Return a workbook of form 06a.

    Args:
        figures: by indicator; those of `FIGURES` where nothing is said.
        about: what stands above, by its label.
        then: is given the sheet and the book when all of that is written.
    """
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet("06a")
    said = {"Biểu mẫu": "06a", "Đơn vị": "H44.11", "Kỳ báo cáo": "government/1:202403"} | dict(about or {})
    for row, (label, value) in enumerate(said.items()):
        sheet.write(row, 0, label)
        if value is not None:
            sheet.write(row, 1, value)
    for column, heading in enumerate(("Mã chỉ tiêu", "Chỉ tiêu", "Đơn vị tính", "Giá trị")):
        sheet.write(FIRST - 2, column, heading)
    for row, (code, value) in enumerate((FIGURES if figures is None else figures).items(), FIRST - 1):
        sheet.write(row, 0, code)
        if value is not None:
            sheet.write(row, 3, value)
    then(sheet, book)
    book.close()
    return written.getvalue()


def csv(figures: Mapping[str, Any] | None = None, mark: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """Return the same as CSV."""
    about = ["Biểu mẫu", "06a"], ["Đơn vị", "H44.11"], ["Kỳ báo cáo", "government/1:202403"], []
    rows = [*about, ["Mã chỉ tiêu", "Chỉ tiêu", "Giá trị"]]
    rows += [[code, "", str(value)] for code, value in (FIGURES if figures is None else figures).items()]
    return "\r\n".join(mark.join(row) for row in rows).encode(encoding)


@asynccontextmanager
async def gateway(folder: Path, more: str = "") -> AsyncIterator[tuple[Platform, Caller, Caller]]:
    """Run a gateway while inside; yield it, the local system that calls it, and its operator."""
    environment = {
        "LGSP_STATE": str(folder / "state"),
        "LGSP_TOKEN_REPORTING": TOKEN,
        "LGSP_OPERATOR_TOKEN": OPERATOR,
    }
    async with platform(read_settings(environment), parse_routes(HOME.format(more=more))) as whole:
        yield whole, Caller(whole.site, TOKEN), Caller(whole.site, OPERATOR)
