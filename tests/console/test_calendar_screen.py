"""The calendar on the console: years with their sources, due dates with their ways, what is unknown said to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lgsp.console.calendar import grouped, months
from lgsp.domain.calendar.agencies import Calendars
from lgsp.home import packed
from lgsp.journal.people import Role
from tests.console.calling import Caller
from tests.console.views_calendar import HERE, HOURS, PAUSED, UNKNOWN

Calls = Callable[[Role], Caller]
OWN = """agencies:
  - code: H44
    sessions: {mon-thu: "7:30-11:30, 13:30-17:30", fri: "7:30-11:30"}
    reception: {sat: "7:30-11:30"}
    cut_off: "15:00"
    notice: 12/QĐ-UBND
    off:
      - {day: 2026-04-13, what: Nghỉ riêng của tỉnh}
notices:
  - year: 2026
    notice: 99/TB-BNV
    off:
      - {day: 2026-11-23, what: Nghỉ hoán đổi}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the home have a calendar of its own."""
    (tmp_path / "routes.yaml").write_bytes((packed() / "routes.yaml").read_bytes())
    path = tmp_path / "calendar.yaml"
    path.write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("LGSP_HOME", str(tmp_path))
    return path


def test_a_year_is_shown_with_notices_and_confidence(caller: Calls) -> None:
    """Days off, days worked in return, what a later act changed, and how sure each is."""
    page = caller(Role.VIEWER).get(f"{HERE}?year=2026").text
    for said in (
        "9441/TB-BNV",
        "Tết Nguyên đán",
        "10/01/2026",
        "tin cậy cao",
        "28/2026/QH16",
        "Ngày thay đổi theo văn bản sau",
    ):
        assert said in page
    assert page.count("ngày làm việc</small>") == 12


def test_an_unknown_year_is_said_to_be_unknown(caller: Calls) -> None:
    """No working days are told, and what has to be done is."""
    page = caller(Role.VIEWER).get(f"{HERE}?year=2031").text
    assert ("Chưa biết lịch năm 2031" in page, "calendar.yaml" in page) == (True, True)
    assert page.count("<small>chưa biết</small>") == 12
    assert caller(Role.VIEWER).get(f"{HERE}?year=abc").status == 422
    assert caller(Role.VIEWER).get(f"{HERE}?year=2026&agency=%3F").status == 422


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            PAUSED,
            ["thứ Năm", "07/05/2026", "tạm dừng, không tính", "nghỉ lễ, không tính", "hẹn trả chuyển từ"],
        ),
        (HOURS, ["15:30", "10/01/2026", "Giờ tính", "8:00"]),
        (UNKNOWN, ["chưa biết", "Phải đếm qua năm 2027"]),
        ("received=2026-01-08&at=18:00&term=2&unit=d&extend=1", ["Tính là nhận lúc", "Trước khi gia hạn"]),
    ],
)
def test_a_due_date_is_told_day_by_day(caller: Calls, asked: str, said: list[str]) -> None:
    """The date, and for each day why it counts or not; what cannot be told is unknown."""
    page = caller(Role.VIEWER).get(f"{HERE}/due?{asked}").text
    assert [one for one in said if one not in page] == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("received=x&term=2", "Ngày giờ tiếp nhận không đọc được"),
        ("received=2026-01-08&term=", "Thời hạn không đọc được"),
        ("received=2026-01-08&term=2&agency=%3F", "Mã cơ quan không đọc được"),
        ("received=2026-01-08&term=2&rule=mine", "Không có quy tắc tính nào"),
        ("received=2026-01-08&term=2&stop=2026-01-09T08:00&go=", "Thời gian tạm dừng không đọc được"),
        (
            "received=2026-01-08&term=2&stop=2026-01-09T08:00&go=2026-01-08T08:00",
            "kết thúc trước khi bắt đầu",
        ),
        ("received=2026-01-08&term=2&extend=x", "Phần gia hạn không đọc được"),
        ("received=2026-01-08&term=2&extend=1,5", "không cùng loại"),
    ],
)
def test_what_cannot_be_read_is_named(caller: Calls, asked: str, said: str) -> None:
    """The field and its mend; what was typed stays."""
    page = caller(Role.VIEWER).get(f"{HERE}/due?{asked}")
    assert (page.status, said in page.text) == (422, True)


def test_agencies_differ_from_the_nation(own: Path, caller: Calls) -> None:
    """Their hours, reception, cut-off and days; the year by their calendar; a newer notice of the home."""
    page = caller(Role.VIEWER).get(f"{HERE}/agencies").text
    for said in (
        "Phú Thọ",
        "thứ Hai–thứ Năm",
        "7:30-11:30, 13:30-17:30",
        "thứ Bảy",
        "15:00",
        "Nghỉ riêng của tỉnh",
    ):
        assert said in page
    year = caller(Role.VIEWER).get(f"{HERE}?year=2026&agency=H44.11").text
    assert ("12/QĐ-UBND" in year, "99/TB-BNV" in year, "day-own" in year) == (True, True, True)
    own.write_text("agencies: 3\n", encoding="utf-8")
    faulty = caller(Role.VIEWER).get(HERE).text
    assert "calendar.yaml có lỗi" in faulty


def test_everybody_who_is_signed_in_may_look(caller: Calls, nobody: Caller) -> None:
    """All roles see it; nobody else does."""
    for role in Role:
        assert caller(role).get(HERE).status == 200
    assert nobody.get(f"{HERE}/due").to.startswith("/console/sign-in")


def test_hours_are_told_by_runs_of_days() -> None:
    """A day without hours, or with others, begins another run."""
    same = {"mon": "7:00-11:00", "tue": "7:00-11:00", "thu": "7:00-11:00", "fri": "8:00-9:00"}
    assert grouped(same) == [(0, 1, "7:00-11:00"), (3, 3, "7:00-11:00"), (4, 4, "8:00-9:00")]
    assert (grouped(None), grouped({})) == (None, [])


def test_a_month_has_its_days_under_their_weekdays() -> None:
    """1 January 2026 is a Thursday and off; the Saturday after the swap is worked."""
    january = months(Calendars(), 2026, "")[0]
    assert [cell is None for cell in january[0]] == [True, True, True, False, False, False, False]
    off, worked = january[0][3], january[1][5]
    assert off is not None
    assert worked is not None
    assert (off.worked, worked.worked) == (False, True)
