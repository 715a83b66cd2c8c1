"""The stand-in portal publishes a catalogue that can be made large, changed, and told in odd forms."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.faults import DIALECTS
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Traffic
from tests.asgi import call
from tests.sandbox.test_portal import ITEM, ask, portal, sync

PATH = "/national-portal/_catalogue"


def rows(stand: Portal, service: str, **words: Any) -> Any:
    """Return the result of a read service."""
    said = orjson.loads(ask(stand, service, **words).body)
    assert (said["error_code"], said["message"]) == (0, "")
    return said["result"]


def test_it_knows_the_procedures_of_the_sandbox_s_traffic() -> None:
    """What a dossier of the traffic names is in the catalogue under that name and field."""
    stand = portal()
    dossiers = [step.item for step in Traffic(3).take(100) if step.kind == "dossier"]
    for item in dossiers[:20]:
        (record,) = rows(stand, "LayThuTuc", maTTHC=item["MaTTHC"])
        assert record["TENTTHC"] == item["TenTTHC"]
        assert record["LINHVUCTHUCHIEN"] == [
            {"MALINHVUC": item["MaLinhVuc"], "TENLINHVUC": item["TenLinhVuc"]}
        ]
    assert {row["MALINHVUC"] for row in rows(stand, "LayDanhMucLinhVuc")} >= {
        item["MaLinhVuc"] for item in dossiers
    }


@pytest.mark.parametrize(("agencies", "procedures"), [(0, 0), (1, 1), (111_339, 5000)])
async def test_it_is_as_large_as_it_is_told(agencies: int, procedures: int) -> None:
    """Up to a whole country; each code once."""
    stand = portal()
    told = orjson.dumps({"size": {"agencies": agencies, "procedures": procedures}})
    reply = await call(Sandbox(national_portal=stand), "PUT", PATH, body=told)
    assert reply.json()["size"]["agencies"] == agencies
    assert len({row["MADONVI"] for row in rows(stand, "LayDanhMucCoQuan")}) == agencies
    codes = {row["MATTHC"] for row in rows(stand, "LayDanhSachTTHC")}
    assert len(codes) == procedures
    assert len(rows(stand, "LayDVC")["data"]) == procedures
    assert all(rows(stand, "LayThuTuc", maTTHC=code) for code in list(codes)[:3])


async def test_it_changes_on_demand() -> None:
    """What comes, is renamed, is amended, goes and comes back is seen in list and record."""
    stand = portal()
    site = Sandbox(national_portal=stand)

    async def change(**what: Any) -> dict[str, str]:
        assert (await call(site, "POST", PATH, body=orjson.dumps(what))).status == 200
        return {row["MATTHC"]: row["TENTTHC"] for row in rows(stand, "LayDanhSachTTHC")}

    before = await change()
    after = await change(add=2, rename=["1.003897"], close=["2.000815"])
    assert after.keys() - before.keys() == {"9.000001", "9.000002"}
    assert before.keys() - after.keys() == {"2.000815"}
    assert after["1.003897"] == before["1.003897"] + " (sửa đổi lần 1)"
    assert rows(stand, "LayThuTuc", maTTHC="2.000815") == []
    (record,) = rows(stand, "LayThuTuc", maTTHC="1.005129")
    await change(amend=["1.005129"], reopen=["2.000815"])
    assert rows(stand, "LayThuTuc", maTTHC="1.005129") != [record]
    assert rows(stand, "LayThuTuc", maTTHC="2.000815") != []


async def test_what_it_cannot_be_is_said() -> None:
    """An unknown key is a fault of whoever asks, and changes nothing."""
    site = Sandbox(national_portal=portal())
    for method, body in (("PUT", b'{"sice": {}}'), ("POST", b'{"add": -1}'), ("PUT", b"{")):
        assert (await call(site, method, PATH, body=body)).status == 422
    assert (await call(site, "DELETE", PATH)).status == 404
    assert (await call(site, "GET", PATH)).json()["quirks"]["numbers"] == 0


def test_its_quirks_are_drawn_by_its_seed() -> None:
    """Numbers, keys, arrays, rows twice, no rows, no record: each on its own, and repeatable."""
    plain = rows(portal(), "LayThuTuc", maTTHC="1.003897")[0]

    def odd(**quirks: float) -> Any:
        stand = portal(seed=4)
        stand.arrange(orjson.dumps({"quirks": quirks}))
        return stand

    told = rows(odd(numbers=1), "LayThuTuc", maTTHC="1.003897")[0]
    assert type(told["ID"]) is int
    assert told["MATTHC"] == "1.003897"
    left_out = rows(odd(left_out=1), "LayThuTuc", maTTHC="1.003897")[0]
    assert plain.keys() - left_out.keys() == {name for name, value in plain.items() if value == []}
    assert b"Url" in orjson.dumps(rows(odd(other_case=1), "LayThuTuc", maTTHC="1.003897"))
    assert len(rows(odd(twice=1), "LayDanhMucLinhVuc")) == 2 * len(rows(portal(), "LayDanhMucLinhVuc"))
    assert rows(odd(empty_list=1), "LayDanhSachTTHC") == []
    assert rows(odd(no_record=1), "LayThuTuc", maTTHC="1.003897") == []
    assert rows(odd(numbers=0.5), "LayDanhMucCoQuan") == rows(odd(numbers=0.5), "LayDanhMucCoQuan")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_lists_are_told_in_every_form(dialect: str) -> None:
    """A form that cannot carry a list gives way to the plainest one."""
    stand = portal()
    session = orjson.loads(
        stand.answer("mapi/login", orjson.dumps({"username": "u", "password": "sandbox"})).body
    )["session"]
    stand.trouble(orjson.dumps({"dialects": [dialect]}))
    said = orjson.loads(ask(stand, "LayDanhSachTTHC", session).body)
    inner = orjson.loads(said["message"]) if dialect == "nested" else said
    assert len(inner["result"]) == len(list(stand.reading.catalogue.procedures()))


def test_an_account_is_known_by_its_number() -> None:
    """TraCuuTechID: a number has one account, anything else none."""
    stand = portal()
    (one,) = rows(stand, "TraCuuTechID", provider="wso2is", mstorcmnd="2800000001")
    assert one["TECHNICALID"] == "00000000-0000-4000-8000-002800000001"
    assert rows(stand, "TraCuuTechID", provider="wso2is", mstorcmnd="x") == []
    assert rows(stand, "TraCuuTechID", mstorcmnd="2800000001") == []


def test_what_is_told_beside_dossiers_is_kept() -> None:
    """The last of each, by its own key; what the real one is known to want is wanted."""
    stand = portal()
    assert orjson.loads(ask(stand, "DongBoHoiDap", data=[{"HOIDAPID": ""}]).body)["error_code"] == -1
    assert orjson.loads(ask(stand, "DongBoHoiDap", data=[]).body)["error_code"] == -1
    result = {"Madonvi": "H44", "NgayTongHop": "1-2026", "TongSoNguoiDanhGia": "5"}
    assert orjson.loads(ask(stand, "DongBoDanhGia", data=[result]).body)["error_code"] == -1
    for number in (5, 6):
        ask(stand, "DongBoDanhGia", data=[result | {"TongSoNguoiDanhGia": number}])
    assert [one["TongSoNguoiDanhGia"] for one in stand.state()["told"]["DongBoDanhGia"]] == [6]
    stand.forget()
    assert stand.state()["told"]["DongBoDanhGia"] == []


def test_a_look_up_shows_a_dossier_only_when_it_is_told_to() -> None:
    """Of the real one only that it answers at all is known; a switch lets it show what it holds."""
    stand = portal()
    sync(stand, ITEM)
    assert rows(stand, "TraCuuHoSo", mahoso=ITEM["MaHoSo"]) == [{"MaHoSo": ITEM["MaHoSo"]}]
    stand.trouble(b'{"dialects": ["number"], "lookup_content": true}')
    assert rows(stand, "TraCuuHoSo", mahoso=ITEM["MaHoSo"]) == [ITEM]
    assert rows(stand, "TraCuuHoSo", mahoso="H44.11-260105-9999") == []
