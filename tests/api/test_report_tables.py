"""Statistics and reports as tables over HTTP: what a register says, on a page, in a spreadsheet, as CSV."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from lgsp.journal import statistics_keeping
from lgsp.message import VIETNAM
from lgsp.reporting.rendering.sheet import Sheet, from_dict
from tests.api.province import Province, dossier

JANUARY = "calendar/1:202601"


async def brought(here: Province) -> None:
    """Bring three dossiers of two offices, one of them of a procedure that no catalogue has, and count them."""
    due = {"due_at": "2026-02-10T17:00:00+07:00", "channel": "online"}
    await here.one_stop.bring(dossier(**due))
    await here.one_stop.bring(dossier("H44.11.3-260131-0002", **due))
    await here.one_stop.bring(dossier("H44.12-260131-0003", **due))
    journal = here.platform.gateway.journal
    now = await journal.write(lambda tx: tx.now)
    async with asyncio.timeout(30):
        while await journal.read(statistics_keeping.behind) < now:  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.05)


async def asked(here: Province, path: str, **params: Any) -> Sheet:
    """Ask for a table and return it."""
    reply = await here.operator.get(path, urlencode(params))
    assert reply.status == 200, reply.body
    return from_dict(reply.json())


def column(sheet: Sheet, key: str) -> list[Any]:
    """Return the cells of a column."""
    at = [one.key for one in sheet.columns].index(key)
    return [row.cells[at] for row in sheet.rows]


async def test_statistics_are_shown_by_agency_and_in_all(here: Province) -> None:
    """Rows are bodies right below the one asked for; the total is of all, and a code without a name is a code."""
    await brought(here)
    sheet = await asked(here, "/v1/statistics/table", period=JANUARY, agency="H44", known="now")
    assert column(sheet, "code") == ["H44.11", "H44.12", ""]
    assert column(sheet, "received") == [2, 1, 3]
    assert column(sheet, "label") == ["H44.11", "H44.12", "Tổng cộng"]
    assert sheet.agency == "Phú Thọ"


@pytest.mark.parametrize(
    ("by", "label"),
    [("procedure", "1.003897"), ("field", "G15"), ("total", "Tổng cộng"), ("level", "Cấp tỉnh")],
)
async def test_statistics_are_told_apart_by_whatever_is_asked(here: Province, by: str, label: str) -> None:
    """Codes stand for what no catalogue names; levels are called as people call them."""
    await brought(here)
    sheet = await asked(here, "/v1/statistics/table", period=JANUARY, by=by, known="now")
    assert label in column(sheet, "label")
    assert column(sheet, "received")[-1] == 3


async def test_a_table_comes_as_a_page_a_spreadsheet_and_csv(here: Province) -> None:
    """A page is shown and may do nothing; files are kept, under a name that every system takes."""
    await brought(here)
    replies = {
        kind: await here.operator.get(
            "/v1/statistics/table", urlencode({"period": JANUARY, "known": "now", "format": kind})
        )
        for kind in ("html", "xlsx", "csv")
    }
    page = replies["html"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "sandbox" in page.headers["content-security-policy"]
    assert page.headers["content-disposition"] == 'inline; filename="thong-ke-agency-202601.html"'
    assert "Cộng hòa xã hội chủ nghĩa Việt Nam" in page.body.decode()
    assert replies["xlsx"].body.startswith(b"PK")
    assert replies["xlsx"].headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(replies["csv"].body.decode("utf-8-sig"), newline="")))
    assert rows[-1][2] == "Tổng cộng"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"period": "2026-13"}, "period"),
        ({"period": JANUARY, "by": "weather"}, "by"),
        ({"period": JANUARY, "format": "pdf"}, "format"),
        ({"period": JANUARY, "definition": "x/1"}, "definition"),
        ({"period": JANUARY, "agency": "???"}, "agency"),
    ],
)
async def test_what_cannot_be_asked_is_told_by_its_name(
    here: Province, params: dict[str, str], field: str
) -> None:
    """The answer begins with the parameter that is wrong."""
    reply = await here.operator.get("/v1/statistics/table", urlencode(params))
    assert reply.status == 422
    assert reply.json()["detail"].partition(":")[0].split()[-1] == field


async def test_only_operators_see_tables(here: Province) -> None:
    """They are of everybody's dossiers."""
    for path in ("/v1/statistics/table", "/v1/reports/1/table"):
        assert (await here.one_stop.get(path)).status == 403
        assert (await here.nobody.get(path)).status == 401


async def test_a_report_is_shown_with_its_units(here: Province) -> None:
    """What was drawn up is a table: rows of units, a total, and that it is a draft."""
    await brought(here)
    order = {"regime": "statistics", "form": "standard", "agency": "H44", "period": JANUARY}
    order["known_at"] = datetime.now(VIETNAM).isoformat()
    drawn = await here.operator.post("/v1/reports", order)
    assert drawn.status in {200, 201}, drawn.body
    path = f"/v1/reports/{drawn.json()['id']}/table"
    sheet = await asked(here, path)
    assert sheet.standing == "Bản nháp, chưa ký duyệt"
    assert sheet.title == "Thống kê giải quyết hồ sơ"
    assert [(row.cells[1], row.kind) for row in sheet.rows] == [
        ("H44.11", "row"), ("H44.12", "row"), ("Tổng cộng", "total"),
    ]  # fmt: skip
    assert column(sheet, "received") == [2, 1, 3]
    reply = await here.operator.get(path, "format=html")
    assert "Thống kê giải quyết hồ sơ" in reply.body.decode()


async def test_a_report_that_is_not_there_is_not_found(here: Province) -> None:
    """As everywhere else."""
    assert (await here.operator.get("/v1/reports/99/table")).status == 404
