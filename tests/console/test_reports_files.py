"""Files on the screens of reporting: faults by cell, taken on once, templates, and reports that are taken along."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from lgsp.formats import sheets
from lgsp.journal.people import Role
from tests.console.calling import Answer, Caller
from tests.console.moments import until
from tests.console.stage import Stage
from tests.console.views_reports import (
    AGENCY,
    BAD,
    GOOD,
    HERE,
    STAGED,
    deeds,
    draft,
    listed,
    sheet,
)

__all__ = ["STAGED"]
As = Callable[[Role], Caller]


@pytest.fixture
def operator(caller: As) -> Caller:
    """Lend somebody who may act."""
    return caller(Role.OPERATOR)


def bring(one: Caller, body: str, **fields: str) -> Answer:
    """Bring a file as the page's script does."""
    headers = {"x_fields": urlencode(fields), "content_type": "application/octet-stream"}
    return one._call("POST", f"{HERE}/upload", body, headers | {"x_csrf_token": one.token()})


def test_a_faulty_file_is_shown_by_its_cells_and_nothing_is_taken_on(stage: Stage, operator: Caller) -> None:
    """Each fault has its cell in the grid and its words in the list."""
    before = len(listed(stage))
    answer = bring(operator, sheet(BAD), name="danh-gia.csv", form="votes")
    assert answer.status == 422
    faulty = re.findall(r'<td class="faulty">([^<]*)<', answer.text)
    assert {one.strip() for one in faulty} >= {"mười hai", "stranger"}
    places = re.findall(r'<strong class="tabular">([^<]+)</strong>', answer.text)
    assert {"C6", "A8"} <= set(places)
    assert "chưa tiếp nhận số liệu nào" in answer.text
    pasted = operator.post(f"{HERE}/upload", {"form": "votes", "text": sheet(BAD)})
    assert pasted.status == 422
    assert len(listed(stage)) == before


def test_a_good_file_is_taken_on_once(stage: Stage, operator: Caller) -> None:
    """It is in the book a little later; brought again it makes nothing, and says so."""
    first = bring(operator, sheet(GOOD), name="danh-gia.csv")
    assert (first.status, first.text) == (200, "")
    code = first.to.partition("code=")[2]
    until(lambda: len(listed(stage, code=code)) == 1)
    assert "Đã tiếp nhận báo cáo" in operator.get(first.to).text
    again = operator.post(f"{HERE}/upload", {"text": sheet(GOOD)})
    assert again.status == 303
    assert "đã được tiếp nhận từ trước" in operator.get(again.to).text
    (report,) = listed(stage, code=code)
    text = operator.get(f"{HERE}/{report.id}").text
    assert "61,5" in text
    assert "không đếm từ hồ sơ" in operator.get(f"{HERE}/{report.id}/now").text
    assert deeds(stage, "the-operator").count("report uploaded") == 2


def test_what_is_no_file_of_figures_is_told(operator: Caller) -> None:
    """Nothing, something else than a table, and what says another form than its file."""
    for body, fields, said in (
        ("", {}, "Chọn một tệp"),
        ("PK\x03\x04", {}, "Cả tệp"),
        (sheet(GOOD), {"form": "06a"}, "B1"),
    ):
        answer = bring(operator, body, **fields)
        assert answer.status == 422, said
        assert said in answer.text


def test_a_template_is_one_that_is_read_again(operator: Caller) -> None:
    """As CSV with the form, the agency and the period in it; without a form it says that one is needed."""
    asked = {"form": "votes", "agency": AGENCY, "period": "calendar/1:202601", "format": "csv"}
    answer = operator.get(f"{HERE}/template?{urlencode(asked)}")
    assert answer.status == 200
    assert "votes-H44.11-calendar-1-202601.csv" in answer.headers["content-disposition"]
    (fault,) = sheets.read(answer.text.encode()).faults  # nothing is filled in yet, and all else is right
    assert fault.code == "sheet-nothing-given"
    assert operator.post(f"{HERE}/template", asked).text == answer.text
    assert "Chọn biểu mẫu trước" in operator.get(f"{HERE}/template").text


def test_a_report_is_taken_along_as_a_page_and_as_csv_and_that_is_written_down(
    stage: Stage, operator: Caller
) -> None:
    """The page to print keeps its own, stricter policy, so that its looks are its own."""
    number = draft(stage, "H44.18")
    path = f"{HERE}/{number}/table?format="
    page = operator.get(f"{path}html")
    assert "cộng hòa xã hội chủ nghĩa việt nam" in page.text.casefold()
    assert page.headers.get_all("content-security-policy") == [
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    ]
    assert page.headers["x-frame-options"] == "DENY"
    table = operator.get(f"{path}csv")
    assert table.headers["content-disposition"].startswith("attachment")
    assert deeds(stage, "the-operator")[:2] == ["report exported", "report exported"]
