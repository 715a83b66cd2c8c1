"""What an office or a local system brings to a running gateway is taken on once and whole, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.formats import sheets
from tests.adapters.reporting_side import CODE, FIGURES, cell, csv, gateway, xlsx
from tests.api.province import Caller

FILES = "/v1/reports/files"
DOOR = "/systems/reporting"
STATISTIC: dict[str, Any] = {
    "Month": 3, "Year": 2024, "IsMonthStatistic": True, "NewReception": 412, "PreExtisting": 88, "Total": 500,
    "TotalSolved": 420, "SolvedInTime": 399, "SolvedLate": 21, "TotalPending": 80, "Pending": 71,
    "PendingLate": 9, "OrganizationInchargeIdlevel1": "H44.11",
}  # fmt: skip
Sides = tuple[Any, Caller, Caller]


@pytest.fixture
async def sides(tmp_path: Path) -> AsyncIterator[Sides]:
    """A gateway, the local system that calls it, and its operator."""
    async with gateway(tmp_path) as all_of_it:
        yield all_of_it


async def _messages(operator: Caller) -> list[dict[str, Any]]:
    reply = await operator.get("/v1/messages", query="type=report.v1")
    found: list[dict[str, Any]] = reply.json()["messages"]
    return found


@pytest.mark.parametrize("path", [f"{DOOR}/files", FILES])
async def test_a_broken_file_gets_its_faults_by_cell_and_nothing_of_it_is_taken_on(
    sides: Sides, path: str
) -> None:
    """All faults at once, each with its cell in Vietnamese; no message, and what came is kept in quarantine."""
    _, local, operator = sides
    caller = operator if path == FILES else local
    broken = xlsx(FIGURES | {"received": "bốn trăm", "late": -3, "total": 499, "in_process": 80.5})
    reply = await caller.post(path, broken)
    assert reply.status == 422, reply.body
    told = reply.json()
    faults = told["faults"] if path == FILES else told["results"][0]["faults"]
    assert [(one.get("cell", one.get("place")), one["code"]) for one in faults] == [
        (cell("received"), "cell-text"),
        (cell("total"), "figures-contradict"),
        (cell("late"), "cell-negative"),
        (cell("in_process"), "cell-not-whole"),
    ]
    assert faults[0]["vi"] == f"{cell('received')}: không phải số"
    assert await _messages(operator) == []
    (kept,) = (await operator.get("/v1/quarantine")).json()["quarantine"]
    assert {one["place"] for one in kept["problems"]} == {one.get("cell", one.get("place")) for one in faults}


async def test_a_good_file_is_taken_on_once_however_often_it_is_dropped(sides: Sides) -> None:
    """The same bytes, the same figures in another file or as CSV, by the façade or the API: one message."""
    _, local, operator = sides
    first = await operator.post(FILES, xlsx(), query="form=06a&agency=H44.11&period=government/1:202403")
    assert first.status == 202, first.body
    told = first.json()
    assert (told["code"], told["version"], told["status"]) == (CODE, 1, "accepted")
    for caller, path, body in (
        (operator, FILES, xlsx()),
        (operator, FILES, xlsx(about={"Ghi chú": "gửi lại"})),
        (local, f"{DOOR}/files", xlsx()),
        (local, f"{DOOR}/files", csv()),
    ):
        again = await caller.post(path, body)
        assert again.status == 200, again.body
        one = again.json()
        one = one["results"][0] if "results" in one else one | {"message": one["id"]}
        assert (one["message"], one["version"], one["status"]) == (told["id"], 1, "known")
    assert len(await _messages(operator)) == 1


async def test_figures_that_came_another_way_are_known_in_a_file(sides: Sides) -> None:
    """A report that was signed here, or brought as canonical JSON, and then is dropped as Excel, is one report."""
    _, local, operator = sides
    period = {"scheme": "government/1", "code": "202403"}
    figures = [{"indicator": code, "value": f"{value}.0"} for code, value in FIGURES.items()]
    data = {"code": CODE, "version": 1, "form": "06a", "agency": {"code": "H44.11"}, "period": period}
    brought = await local.post(
        "/v1/systems/reporting/messages", {"type": "report.v1", "data": data | {"figures": figures}}
    )
    assert brought.status == 202, brought.body
    dropped = await operator.post(FILES, xlsx())
    assert (dropped.status, dropped.json()["id"]) == (200, brought.json()["id"])


async def test_other_figures_are_the_next_version_and_old_ones_again_the_one_after(sides: Sides) -> None:
    """A correction is a version of its own; without a reason that is a finding, with one it is kept."""
    _, local, operator = sides
    await operator.post(FILES, xlsx())
    corrected = FIGURES | {
        "received": 413,
        "online": 301,
        "total": 501,
        "in_process": 81,
        "in_process_late": 10,
    }
    second = (await operator.post(FILES, xlsx(corrected))).json()
    assert second["version"] == 2
    assert [one["code"] for one in second["findings"]] == ["correction-unexplained"]
    third = (await operator.post(FILES, xlsx(about={"Lý do sửa": "Nhập nhầm"}))).json()
    assert (third["version"], third["findings"]) == (3, [])
    shown = (await operator.get(f"/v1/messages/{third['id']}")).json()["data"]
    assert "Nhập nhầm" not in shown["reason"]  # free text may speak of somebody: people see a mask
    body = (await local.get(f"/v1/messages/{third['id']}")).json()["data"]
    assert (body["version"], body["reason"]) == (3, "Nhập nhầm")
    assert len(await _messages(operator)) == 3


async def test_files_dropped_in_the_same_instant_are_numbered_one_after_the_other(sides: Sides) -> None:
    """Whoever comes second to a version is counted anew: no two files share a number, none is lost."""
    _, _, operator = sides
    await operator.post(FILES, xlsx())
    many = [FIGURES | {"late": n, "in_time": 420 - n, "early": 320 - n, "on_time": 100} for n in range(1, 5)]
    replies = await asyncio.gather(*(operator.post(FILES, xlsx(one)) for one in many))
    assert sorted(reply.json()["version"] for reply in replies) == [2, 3, 4, 5]


@pytest.mark.parametrize("end", ["", "%20", "/"])
async def test_the_public_statistic_message_is_taken_by_the_address_that_clients_really_call(
    sides: Sides, end: str
) -> None:
    """A space behind the address is what the public client sends; the answer is MResult, and true."""
    _, local, operator = sides
    path = f"{DOOR}/Statistic/UpdateStatistic{end}"
    reply = await local.post(path, STATISTIC)
    assert (reply.status, reply.json()) == (200, {"Status": 1, "Message": "Đã nhận số liệu"})
    again = await local.post(path, STATISTIC | {"SolvedInTimePercent": 95})
    assert again.json() == {"Status": 1, "Message": "Số liệu này đã được nhận trước đó"}
    await local.post(path, STATISTIC | {"NewReception": 413, "Total": 501, "TotalPending": 81, "Pending": 72})
    found = (
        await local.get(f"{DOOR}/report", query="code=statistic-message/H44.11/calendar/1:202403")
    ).json()
    assert (found["version"], found["figures"]) == (2, 9)
    assert len(await _messages(operator)) == 2


async def test_a_broken_statistic_message_is_answered_with_its_fields_and_taken_nothing_of(
    sides: Sides,
) -> None:
    """Status 0 and the native names; no word by which a client would take it for done."""
    _, local, operator = sides
    reply = await local.post(f"{DOOR}/Statistic/UpdateStatistic ", STATISTIC | {"Total": -5, "Month": 13})
    told = reply.json()
    assert told["Status"] == 0
    assert "Total" in told["Message"]
    assert "Month" in told["Message"]
    assert "thành công" not in told["Message"].lower()
    assert await _messages(operator) == []


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_a_template_that_is_filled_in_is_taken_on(sides: Sides, kind: str) -> None:
    """What we hand out is what we read; unfilled it is turned away, because an empty cell is not 0."""
    _, local, operator = sides
    query = f"form=votes&agency=H44.11&period=calendar/1:202403&format={kind}"
    handed = await operator.get("/v1/reports/template", query=query)
    assert handed.status == 200
    assert f'filename="votes-H44.11-calendar-1-202403.{kind}"' in handed.headers["content-disposition"]
    assert (await local.get(f"{DOOR}/template", query=query)).body[:2] == handed.body[:2]
    empty = await operator.post(FILES, handed.body)
    assert [one["code"] for one in empty.json()["faults"]] == ["sheet-nothing-given"]
    if kind == "csv":
        filled = handed.body.decode("utf-8-sig").replace("lượt,", "lượt,120", 1).encode()
        assert (await operator.post(FILES, filled)).status == 202


@pytest.mark.parametrize(
    ("query", "status"),
    [("form=06z", 404), ("form=06a&format=doc", 422), ("form=06a&period=tháng ba", 422), ("form=06a", 200)],
)
async def test_a_template_that_cannot_be_made_is_told_so(sides: Sides, query: str, status: int) -> None:
    """An unknown form, format or period is named; without agency and period there is an empty one."""
    assert (await sides[2].get("/v1/reports/template", query=query)).status == status


@pytest.mark.parametrize("path", [FILES, f"{DOOR}/files", f"{DOOR}/reports", f"{DOOR}/Vote/UpdateVote"])
async def test_without_a_token_nothing_is_read(sides: Sides, path: str) -> None:
    """The doors of files and messages open by a token of ours alone."""
    whole, _, operator = sides
    reply = await Caller(whole.site, "wrong").post(path, xlsx())
    assert reply.status == 401
    assert (await operator.get("/v1/quarantine")).json()["quarantine"] == []


async def test_a_system_brings_files_in_its_own_name_only(sides: Sides) -> None:
    """The token of one system opens no other's door, and one that is not there is told as such."""
    _, local, operator = sides
    assert (await local.post(FILES, xlsx())).status == 202
    assert (await local.post(FILES, xlsx(), query="system=receiver")).status == 401
    assert (await operator.post(FILES, xlsx(), query="system=receiver")).status == 202


async def test_a_file_of_another_report_than_asked_is_turned_away(sides: Sides) -> None:
    """Form, agency and period that were chosen are held against what the file says, each at its cell."""
    query = "form=06a&agency=H44.12&period=government/1:202402"
    reply = await sides[2].post(FILES, xlsx(), query=query)
    assert [(one["cell"], one["code"], one["detail"]) for one in reply.json()["faults"]] == [
        ("B2", "sheet-another-agency", "H44.12"),
        ("B3", "sheet-another-period", "government/1:202402"),
    ]


async def test_a_body_of_several_reports_is_no_file(sides: Sides) -> None:
    """What is one file is one report: nothing of a body of several is taken on by the door of files."""
    report = {"form": "06a", "agency": "H44.11", "figures": [{"indicator": "late", "value": 1}]}
    both = [report | {"period": f"government/1:20240{month}"} for month in (2, 3)]
    reply = await sides[2].post(FILES, both)
    assert [one["code"] for one in reply.json()["faults"]] == ["sheet-not-readable"]
    assert await _messages(sides[2]) == []


async def test_a_file_that_a_browser_s_form_sends_is_taken_out_of_it(sides: Sides) -> None:
    """The same file bare and in a form is the same report."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    reply = await sides[2].post(FILES, head + xlsx() + b"\r\n--x--\r\n", headers=kind)
    assert reply.status == 202, reply.body
    assert (await sides[2].post(FILES, xlsx())).json()["id"] == reply.json()["id"]


def test_the_figures_of_these_tests_agree() -> None:
    """The file that is to be good is good by every rule."""
    assert sheets.read(xlsx()).faults == ()
