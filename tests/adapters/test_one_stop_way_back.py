"""A one-stop system can ask what became of what it sent, and gets a truthful answer in its own words."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest

from lgsp.adapter import Found, Report
from lgsp.domain.cause import Cause, Party
from lgsp.message import VIETNAM
from tests.asgi import call
from tests.door import BEARER, GOOD, SESSION, Door


@pytest.fixture
def door() -> Door:
    """Open a fresh door."""
    return Door()


def _found(*there: str) -> Found:
    return Found(uuid.uuid4(), "dossier.v1", GOOD["MaHoSo"], 1, {"status": "finished"}, there)


async def test_a_look_up_finds_only_what_a_system_is_known_to_hold(door: Door) -> None:
    """A non-empty result makes a client send an update, so it must be true."""
    ask = {"session": SESSION, "service": "TraCuuHoSo", "mahoso": f" {GOOD['MaHoSo']}"}
    unknown = await door.forward(**ask)
    door.inbox.found = _found()
    coming = await door.forward(**ask)
    door.inbox.found = _found("national-portal")
    there = await door.forward(**ask)
    assert unknown["result"] == coming["result"] == []
    assert unknown["message"] != coming["message"]
    assert there["result"] == [
        {"MaHoSo": GOOD["MaHoSo"], "TrangThaiHoSo": "9", "TenTrangThai": "Đã xử lý xong"}
    ]
    assert {unknown["error_code"], coming["error_code"], there["error_code"]} == {0}
    assert door.inbox.asked == {"type": "dossier.v1", "subject": GOOD["MaHoSo"]}


async def test_a_look_up_without_a_code_is_an_error(door: Door) -> None:
    """An empty code finds nothing and says so."""
    answer = await door.forward(session=SESSION, service="TraCuuHoSo", mahoso="")
    assert answer["error_code"] == -1
    assert "mahoso" in answer["message"]


async def test_a_late_refusal_is_told_in_the_vendors_own_words(door: Door) -> None:
    """A vendor who got 0 and was refused later learns the cause and the fields from us."""
    at = datetime(2026, 1, 5, 8, 30, tzinfo=VIETNAM)
    door.inbox.told = [
        Report(
            cursor=7,
            message=uuid.UUID(int=1),
            type="dossier.v1",
            subject=GOOD["MaHoSo"],
            revision=2,
            system="national-portal",
            state="refused",
            at=at,
            cause="too-long",
            said="GhiChu quá dài",
            fields=["GhiChu"],
        )
    ]
    reply = await call(door.app, "GET", "/reports", query="since=3&limit=10", headers=BEARER)
    (report,) = reply.json()
    assert door.inbox.asked == {"subjects": [], "since": 3, "limit": 10}
    assert (report["cursor"], report["MaHoSo"], report["TrangThai"]) == (7, GOOD["MaHoSo"], "refused")
    assert report["TenTrangThai"] == "bị hệ thống nhận từ chối"
    assert (report["TruongLoi"], report["NoiDungTraLoi"]) == (["GhiChu"], "GhiChu quá dài")
    assert report["NguyenNhan"]
    assert report["CachKhacPhuc"]
    assert report["ThoiDiem"] == "2026-01-05T08:30:00+07:00"


async def test_a_cause_that_an_operator_described_is_told_in_those_words(door: Door) -> None:
    """A vendor reads what was named on this installation like what the catalogue was built with."""
    own = Cause("portal-locked", "Cổng khóa hồ sơ", "It is locked", Party.MINISTRY, "Mở khóa.", "Unlock it.")
    at = datetime(2026, 1, 5, 8, 30, tzinfo=VIETNAM)
    about = (uuid.UUID(int=1), "dossier.v1", GOOD["MaHoSo"], 1, "national-portal", "refused", at)
    door.inbox.told = [Report(7, *about, cause=own.code, why=own)]
    (report,) = (await call(door.app, "GET", "/reports", headers=BEARER)).json()
    assert (report["MaNguyenNhan"], report["NguyenNhan"]) == ("portal-locked", "Cổng khóa hồ sơ")
    assert report["CachKhacPhuc"] == "Mở khóa."


async def test_reports_are_asked_for_by_codes(door: Door) -> None:
    """Several codes come in one parameter or in several."""
    await call(door.app, "GET", "/reports", query="codes=H44-260105-0001,%20b&codes=c", headers=BEARER)
    assert door.inbox.asked == {"subjects": ["H44-260105-0001", "b", "c"], "since": 0, "limit": 500}


@pytest.mark.parametrize("query", ["since=x", "limit=-1", f"since={'9' * 5000}"])
async def test_a_cursor_that_is_none_is_a_bad_request(door: Door, query: str) -> None:
    """A cursor is a whole number that we gave."""
    reply = await call(door.app, "GET", "/reports", query=query, headers=BEARER)
    assert reply.status == 400
    assert reply.json()["error_code"] == "-1"
