"""Catalogues without a browser: what is said of an agency, of a code, of a list, and who may say something."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lgsp.journal.people import Role
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_catalogues import (
    HERE,
    JOB,
    LONG,
    MERGED,
    NEW,
    OFFICES,
    SYSTEM,
    fact,
    lists,
    procedures,
)

BELIEVE = f"{HERE}/lists/{SYSTEM}/{JOB}/believe"
ON = "on=2026-11-22"
Calls = Callable[[Role], Caller]


@pytest.fixture(scope="module", autouse=True)
def brought(stage: Stage) -> None:
    """Bring a list that then lacks much, and procedures."""
    lists(stage, LONG, OFFICES)
    procedures(stage)


def test_agencies_are_found_by_name_by_subtree_and_as_of_a_day(caller: Calls) -> None:
    """Words without marks; only what lies under a code; a province that was closed as it was before."""
    one = caller(Role.VIEWER)
    assert "Sở Tài chính tỉnh Phú Thọ" in one.get(f"{HERE}?q=so+tai+chinh&under=H44").text
    assert "Không có cơ quan nào khớp" in one.get(f"{HERE}?q=so+tai+chinh&under=H37").text
    before, after = (one.get(f"{HERE}?q=hoa+binh&on={day}").text for day in ("2025-06-30", "2025-07-01"))
    assert ("đang có hiệu lực" in before, "đã đóng" in before) == (True, False)
    assert ("đã đóng" in after, ">Phú Thọ</span>" in after) == (True, True)
    page = one.get(f"{HERE}?under=H44&{ON}").text
    assert ("Trang sau" in page, page.count("<tr>")) == (True, 51)
    assert one.get(f"{HERE}?q=x&on=31-12-2026").status == 422
    assert "Cơ quan được phục vụ tại đây" in one.get(HERE).text


def test_an_agency_tells_where_it_came_from_and_who_says_so(caller: Calls) -> None:
    """Names, codes in both schemes, mergers with their act, source and confidence, and who serves it here."""
    text = caller(Role.VIEWER).get(f"{HERE}/agency?code=000.00.00.H44&{ON}").text
    for said in (
        "Phú Thọ",
        "Hòa Bình",
        "Vĩnh Phúc",
        "QĐ 09/2025/QĐ-TTg",
        "tin cậy cao",
        "đi kèm sản phẩm",
        "one-stop",
    ):
        assert said in text
    closed = caller(Role.VIEWER).get(f"{HERE}/agency?code=H28&{ON}").text
    assert ("Mã đã đóng" in closed, "chuyển sang" in closed) == (True, True)
    assert "Mã này chỉ nhiều cơ quan" in caller(Role.VIEWER).get(f"{HERE}/agency?code=24").text
    listed = caller(Role.VIEWER).get(f"{HERE}/agency?code=H44.7&{ON}").text
    assert ("000.00.07.H44" in listed, "the list" in listed) == (True, True)
    assert caller(Role.VIEWER).get(f"{HERE}/agency").status == 404
    assert caller(Role.VIEWER).get(f"{HERE}/agency?code=H44&on=x").status == 422


def test_what_waits_for_an_agency_is_shown(stage: Stage, caller: Calls) -> None:
    """A message of a body below, with its way to the thing itself."""
    stage.run(stage.province.operator.post("/v1/systems/national-portal/pause"))
    (receipt,) = stage.bring(_dossier())
    text = caller(Role.VIEWER).get(f"{HERE}/agency?code=H44&{ON}").text
    assert f"/console/messages/{receipt['id']}" in text
    stage.run(stage.province.operator.post("/v1/systems/national-portal/resume"))


def _dossier() -> dict[str, object]:
    from tests.api.province import dossier

    return dossier("H44.11-260131-7001")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("000.00.11.H28-250131-0001", ["H28.11-250131-0001", "31/01/2025", "Cơ quan trong mã"]),
        ("H44.11", ["Mã cơ quan", "000.00.11.H44"]),
        ("1.000894", ["Mã thủ tục hành chính", "Đăng ký kết hôn"]),
        ("1.003560.000.00.00.H56", ["1.003560.H56", "Cơ quan ban hành", "không có mã này"]),
        ("000.00.00.H37,2026,15/UBND", ["H37,2026,15/UBND", "Cơ quan phát hành"]),
        ("24", ["chưa xác định được", "Bắc Giang"]),
    ],
)
def test_any_code_is_read(caller: Calls, code: str, said: list[str]) -> None:
    """Its normal form, its parts, and the body in it."""
    page = caller(Role.VIEWER).get(f"{HERE}/codes?code={code}")
    assert [one for one in said if one not in page.text] == []
    assert caller(Role.VIEWER).get(f"{HERE}/codes?code={code}&on=x").status == 422


def test_procedures_are_found_and_shown_whole(caller: Calls) -> None:
    """Words, state and body; one with its versions and what the source said."""
    one = caller(Role.VIEWER)
    assert "Đăng ký khai sinh" in one.get(f"{HERE}/procedures?q=khai+sinh").text
    assert "Đăng ký khai sinh" not in one.get(f"{HERE}/procedures?state=unpublished").text
    assert "Không có thủ tục nào khớp" in one.get(f"{HERE}/procedures?agency=H37").text
    page = one.get(f"{HERE}/procedure?code=1.000894").text
    assert ("QĐ 1872/QĐ-BTP" in page, "Chứng thực" in page, "Các phiên bản" in page) == (True, True, True)
    assert one.get(f"{HERE}/procedure?code=9.999999").status == 404
    assert one.get(f"{HERE}/procedures?as_of=x").status == 422


def test_a_short_list_waits_for_a_person(stage: Stage, caller: Calls) -> None:
    """It says how much is missing; only who may act lets it count, with a reason that the journal keeps."""
    operator, viewer = caller(Role.ADMINISTRATOR), caller(Role.VIEWER)
    page = operator.get(f"{HERE}/lists").text
    assert ("thiếu nhiều, chờ người xem" in page, "Cho có hiệu lực" in page) == (True, True)
    assert "Cho có hiệu lực" not in viewer.get(f"{HERE}/lists").text
    assert viewer.post(BELIEVE, {"run": "2", "reason": "x"}).status == 403
    assert operator.get(BELIEVE).status == 200
    assert operator.post(BELIEVE, {"run": "2", "reason": ""}).status == 422
    assert operator.post(BELIEVE, {"run": "1", "reason": "x"}).status == 409
    done = operator.post(BELIEVE, {"run": "2", "reason": "tỉnh đã bỏ cấp huyện"})
    assert (done.status, done.to) == (303, f"{HERE}/lists")
    page = operator.get(done.to).text
    assert ("đóng 58 mục" in page, "thiếu nhiều" in page) == (True, False)
    assert "tỉnh đã bỏ cấp huyện" in caller(Role.ADMINISTRATOR).get("/console/people/the-administrator").text
    assert operator.get(BELIEVE).status == 409
    assert operator.get(f"{HERE}/lists/nobody/nothing/believe").status == 404


def test_a_difference_between_a_list_and_a_decision_is_shown(stage: Stage, caller: Calls) -> None:
    """A decision closes a code that a list still has."""
    merged = MERGED | {"predecessor": "H44.7", "successor": "H44.11", "effective": "2026-02-01"}
    fact(stage, "fact", **NEW | {"code": "H44.7", "name": "Sở Tài chính", "valid_from": "2020-01-01"})
    number = fact(stage, "succession", **merged)
    page = caller(Role.VIEWER).get(f"{HERE}/differences?{ON}").text
    assert ("H44.7" in page, "tình trạng" in page) == (True, True)
    assert number.startswith("added-")


def test_a_fact_is_added_and_withdrawn(caller: Calls) -> None:
    """It holds at once, stands under the person's name with the reason, and is struck out when withdrawn."""
    operator = caller(Role.ADMINISTRATOR)
    said = {
        "kind": "fact",
        "code": "H44.88",
        "name": "Sở Mới",
        "level": "2",
        "source": "QĐ 1",
        "confidence": "high",
    }
    assert operator.post(f"{HERE}/facts/add", said | {"reason": ""}).status == 422
    wrong = operator.post(
        f"{HERE}/facts/add", said | {"code": "", "level": "99", "valid_to": "9999-12-31", "reason": "x"}
    )
    assert (wrong.status, wrong.text.count("invalid-feedback")) == (422, 3)
    assert 'value="Sở Mới"' in wrong.text
    done = operator.post(f"{HERE}/facts/add", said | {"reason": "tỉnh gửi công văn"})
    assert (done.status, done.to) == (303, f"{HERE}/agency?code=H44.88")
    page = operator.get(done.to).text
    assert ("Sở Mới" in page, "the-administrator bổ sung" in page, "tỉnh gửi công văn" in page) == (
        True,
        True,
        True,
    )
    newest = operator.get(f"{HERE}/facts").text
    number = newest[newest.index("facts/withdraw?fact=") :].partition("=")[2].partition('"')[0]
    assert "Sở Mới" in operator.get(f"{HERE}/facts/withdraw?fact={number}").text
    gone = operator.post(f"{HERE}/facts/withdraw", {"fact": number, "reason": "gõ nhầm mã"})
    assert gone.status == 303
    assert "đã rút" in operator.get(gone.to).text
    assert operator.post(f"{HERE}/facts/withdraw", {"fact": number, "reason": "lần nữa"}).status == 409
    assert operator.post(f"{HERE}/facts/withdraw", {"fact": "added-999", "reason": "x"}).status == 404


def test_a_merger_is_recorded(caller: Calls) -> None:
    """All of a body goes over: the old code is closed from the day, and says who took over."""
    operator = caller(Role.ADMINISTRATOR)
    said = {name: str(value) for name, value in MERGED.items()} | {"kind": "succession", "reason": "sáp nhập"}
    assert operator.post(f"{HERE}/facts/add", said | {"effective": ""}).status == 422
    assert operator.post(f"{HERE}/facts/add", said).status == 303
    assert "H44.99" in operator.get(f"{HERE}/agency?code=H44.98&{ON}").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_looks_cannot_say_anything(caller: Calls, role: Role) -> None:
    """Pages open for all; acts are turned away, and no button leads to them."""
    one = caller(role)
    for path in ("", "/agency?code=H44", "/codes", "/lists", "/differences", "/facts", "/procedures"):
        page = one.get(f"{HERE}{path}")
        assert (page.status, "/facts/add" in page.text, "/facts/withdraw" in page.text) == (200, False, False)
    for path in ("/facts/add", "/facts/withdraw?fact=added-1", f"/lists/{SYSTEM}/{JOB}/believe"):
        assert one.get(f"{HERE}{path}").status == 403
    assert one.post(f"{HERE}/facts/add", {"kind": "fact", "reason": "x"}).status == 403
    assert one.post(f"{HERE}/facts/withdraw", {"fact": "added-1", "reason": "x"}).status == 403


def test_nobody_looks_without_signing_in(nobody: Caller) -> None:
    """Every page leads to the door."""
    for path in ("", "/agency?code=H44", "/codes", "/lists", "/facts", "/procedures"):
        assert nobody.get(f"{HERE}{path}").to.startswith("/console/sign-in")
