"""The screen of dossier statistics without a browser: tables, what changed since the cut-off, the way to the dossiers."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from lgsp.console.reports_statistics import COLUMNS, LACKING
from lgsp.domain.statistics.moves import REASONS
from lgsp.domain.statistics.sums import FIGURES as KNOWN_FIGURES
from lgsp.journal.people import Role
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_reports import FIGURES, STAGED, month, tell

__all__ = ["STAGED"]
As = Callable[[Role], Caller]


def at(path: str = "", **asked: str) -> str:
    """Return the address of a table of the last month, as known now."""
    return f"{FIGURES}{path}?{urlencode({'period': month().label, 'known': 'now', 'agency': 'H44'} | asked)}"


@pytest.fixture(scope="module")
def told(stage: Stage) -> list[str]:
    """Return the dossiers of two agencies."""
    return tell(stage, "H44.11", 8) + tell(stage, "H44.12", 4)


@pytest.fixture
def viewer(caller: As) -> Caller:
    """Lend somebody who may look."""
    return caller(Role.VIEWER)


def cells(text: str, row: str) -> list[str]:
    """Return the figures of a row."""
    found = re.search(rf"<tr><th scope=\"row\">(?:(?!</tr>).)*{re.escape(row)}.*?</tr>", text, re.DOTALL)
    assert found, row
    return [
        re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<td[^>]*>(.*?)</td>", found[0], re.DOTALL)
    ]


def test_a_table_by_agency_adds_up_and_leads_to_the_dossiers(viewer: Caller, told: list[str]) -> None:
    """Each figure is of its row; the dossiers behind it have a thread each."""
    text = viewer.get(at()).text
    assert cells(text, "H44.11")[:8] == ["8", "0", "6", "2", "4", "2", "0", "2"]
    assert cells(text, "Tổng cộng")[0] == "12"
    assert cells(text, "Tổng cộng")[-1] == "50%"
    behind = viewer.get(at("/dossiers", code="H44.11", column="late")).text
    keys = re.findall(r'/console/threads/dossier\?key=([^"]+)"', behind)
    assert set(keys) == {told[1], told[5]}
    assert "Đã giải quyết: Quá hạn" in behind


def test_what_was_known_at_the_cut_off_stands_apart_from_now(viewer: Caller, told: list[str]) -> None:
    """The closed table is empty, for all was told later; what changed since is told term by term."""
    assert told
    text = viewer.get(at(known="cut-off")).text
    assert "Không có hồ sơ nào trong kỳ" in text
    assert re.search(r"Phải giải quyết: Tổng số.*?0 → <strong>12</strong>", text, re.DOTALL)
    assert viewer.get(at(known="now")).text.count("0 → <strong>12</strong>") == 1


@pytest.mark.parametrize(
    ("by", "said"),
    [("level", "Cấp hành chính"), ("procedure", "1.003897"), ("field", "G15"), ("total", "Tổng cộng")],
)
def test_every_standard_table_is_there(viewer: Caller, told: list[str], by: str, said: str) -> None:
    """By level, procedure, field, and the sum alone."""
    assert told
    text = viewer.get(at(by=by)).text
    assert said in text
    assert cells(text, "Tổng cộng")[0] == "12"


def test_ways_to_count_are_named_and_what_cannot_be_counted_is_told(viewer: Caller, stage: Stage) -> None:
    """The set of rules in words, and dossiers in no figure with the reason why."""
    from tests.api.province import dossier

    stage.bring(dossier("H44.14-260131-0001", status="processing"))
    tell(stage, "H44.14", 1)
    text = viewer.get(at(definition="form-06a/1", agency="H44.14")).text
    assert "Mẫu 06a: rút hồ sơ tính là đúng hạn" in text
    assert "Đã đếm đến" in text
    assert "không rõ kênh tiếp nhận" in text
    assert "H44.14-260131-0001" in viewer.get(at("/dossiers", agency="H44.14", column="no_channel")).text


def test_a_table_is_taken_along(viewer: Caller, told: list[str]) -> None:
    """As CSV with its figures; as a page to print."""
    assert told
    table = viewer.get(at("/table", format="csv"))
    assert table.headers["content-disposition"].startswith("attachment")
    assert "H44.12" in table.text
    assert "<table" in viewer.get(at("/table", format="html")).text


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("", {"agency": "?"}, 422), ("", {"period": "x"}, 422), ("", {"period": "government/1:2190"}, 422),
        ("", {"definition": "none"}, 422), ("", {"by": "moon"}, 422), ("", {"known": "soon"}, 422),
        ("", {"row": "x"}, 422), ("/dossiers", {"column": "none"}, 404), ("/table", {"format": "doc"}, 422),
        ("/dossiers", {"column": "late", "definition": "none"}, 422), ("/table", {"period": "x"}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(viewer: Caller, path: str, asked: dict[str, str], status: int) -> None:
    """With the form to ask otherwise."""
    assert viewer.get(at(path, **asked)).status == status


def test_nobody_gets_in_without_signing_in(nobody: Caller) -> None:
    """Each page leads to the door."""
    for path in (FIGURES, at("/dossiers", column="late"), at("/table", format="csv")):
        assert nobody.get(path).to.startswith("/console/sign-in"), path


def test_every_column_and_reason_has_a_name() -> None:
    """What a table may hold is said in words; sums of two columns have none of their own."""
    assert set(COLUMNS) | set(REASONS) | {"received", "in_time"} == set(KNOWN_FIGURES)
    assert set(LACKING) == set(REASONS)
