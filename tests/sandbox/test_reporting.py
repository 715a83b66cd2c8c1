"""The stand-in of the reporting system: it judges, remembers and misbehaves as it is told, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from lgsp.domain.reports.invariants import SETS
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.reporting import Reporting
from lgsp.sandbox.reporting_faults import ReportingFaults
from lgsp.sandbox.reporting_rules import counts_of, faults_of
from lgsp.serving import running

ROOT = "/national-reporting"


def report(**over: Any) -> dict[str, Any]:
    """Return a sound report in the receiver's names."""
    figures = {"online": "3", "direct": "2", "received": "5"}
    return {
        "MaBaoCao": "06a/1",
        "PhienBan": 1,
        "MaBieuMau": "06a",
        "MaDonVi": "H44.11",
        "CachChiaKy": "government/1",
        "KyBaoCao": "202403",
        "TuNgay": "2024-02-15",
        "DenNgay": "2024-03-14",
        "BoQuyTac": "standard/1",
        "SoLieu": [{"MaChiTieu": name, "GiaTri": value} for name, value in figures.items()],
        **over,
    }


@pytest.fixture
def stand() -> Reporting:
    """A stand-in without faults."""
    return Reporting()


@pytest.fixture
async def client(stand: Reporting) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a sandbox that holds it."""
    sandbox = Sandbox(national_reporting=stand)
    async with running(sandbox) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def ask(client: aiohttp.ClientSession, path: str, words: Any, token: str = "") -> dict[str, Any]:
    """Ask in JSON and return the answer."""
    headers = {"Authorization": f"Bearer {token}"}
    async with client.post(f"{ROOT}/{path}", json=words, headers=headers) as answer:
        said: dict[str, Any] = await answer.json()
        return said


async def log_in(client: aiohttp.ClientSession) -> str:
    """Return a token."""
    said = await ask(client, "login", {"TenDangNhap": "lgsp", "MatKhau": "sandbox"})
    return str(said["Token"])


WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing": ({"MaBaoCao": "", "SoLieu": []}, [("10", "MaBaoCao")]),
    "no figures": ({"SoLieu": None}, [("10", "SoLieu")]),
    "a version of words": ({"PhienBan": "một"}, [("11", "PhienBan")]),
    "version 0": ({"PhienBan": 0}, [("11", "PhienBan")]),
    "a correction without a reason": ({"PhienBan": 2}, [("10", "LyDoSua")]),
    "no agency": ({"MaDonVi": "Sở Tư pháp"}, [("11", "MaDonVi")]),
    "no scheme": ({"CachChiaKy": "lunar/1"}, [("11", "CachChiaKy")]),
    "no period": ({"KyBaoCao": "202413"}, [("11", "KyBaoCao")]),
    "another day": ({"TuNgay": "2024-03-01"}, [("11", "TuNgay")]),
    "no list": ({"SoLieu": "5"}, [("11", "SoLieu")]),
    "no indicator": ({"SoLieu": [{"GiaTri": "1"}]}, [("10", "SoLieu/0/MaChiTieu")]),
    "no number": ({"SoLieu": [{"MaChiTieu": "a", "GiaTri": "1,5"}]}, [("11", "SoLieu/0/GiaTri")]),
    "a figure twice": ({"SoLieu": [{"MaChiTieu": "a"}, {"MaChiTieu": "a"}]}, [("11", "SoLieu/1")]),
    "no such rules": ({"BoQuyTac": "own/1"}, [("11", "BoQuyTac")]),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_fault_is_told_by_its_field(what: str) -> None:
    """What is wrong is named, all of it, and nothing else."""
    over, wanted = WRONG[what]
    assert [(one.code, one.field) for one in faults_of(report(**over), None)] == wanted


def test_a_sound_report_has_no_fault() -> None:
    """Whatever set of definitions it names."""
    for label in SETS:
        assert faults_of(report(BoQuyTac=label), None) == []
    assert faults_of(report(BoQuyTac=""), None) == []


def test_only_figures_of_the_whole_are_summed() -> None:
    """Parts, other agencies' figures, shares and what is not given are no counts."""
    more = [
        {"MaChiTieu": "late", "GiaTri": "1", "PhanTo": [{"MaPhanTo": "level", "GiaTriPhanTo": "commune"}]},
        {"MaChiTieu": "solved", "GiaTri": "4", "MaDonVi": "H44.11.1"},
        {"MaChiTieu": "early", "GiaTri": "4", "MaDonVi": "H44.11"},
        {"MaChiTieu": "share", "GiaTri": "4.5"},
        {"MaChiTieu": "stopped"},
    ]
    assert counts_of(report(SoLieu=report()["SoLieu"] + more)) == {
        "online": 3, "direct": 2, "received": 5, "early": 4,
    }  # fmt: skip


async def test_nobody_hands_in_without_a_token(client: aiohttp.ClientSession, stand: Reporting) -> None:
    """Each address but the login asks for one; a wrong password gives none."""
    for path in ("reports", "reports/find", "reports/statuses"):
        assert (await ask(client, path, report()))["MaKetQua"] == "20"
    assert "Token" not in await ask(client, "login", {"TenDangNhap": "x", "MatKhau": "y"})
    assert stand.state()["reports"] == {}


async def test_its_state_is_told_and_forgotten(client: aiohttp.ClientSession) -> None:
    """`_state` has reports, words and statuses; `DELETE` empties it and leaves tokens and faults."""
    token = await log_in(client)
    said = await ask(client, "reports", report(), token)
    assert (said["MaKetQua"], said["SoTiepNhan"]) == ("00", "TN-000001")
    async with client.get(f"{ROOT}/_state") as answer:
        state = await answer.json()
    assert state["reports"]["06a/1"]["1"] == report()
    assert state["words"] == {"06a/1": {"1": "2"}}
    assert [one["TrangThai"] for one in state["statuses"]] == ["1", "2"]
    assert state["calls"] == {"login": 1, "reports": 1}
    async with client.delete(f"{ROOT}/_state") as answer:
        assert answer.status == 200
    assert (await ask(client, "reports/find", {"MaBaoCao": "06a/1"}, token))["CacPhienBan"] == []


async def test_faults_are_put_whole_and_read_back(client: aiohttp.ClientSession) -> None:
    """A misspelt fault is said to be one; what a PUT leaves out is off again."""
    for wanted, status in (({"http_500": 1}, 200), ({"no_such": 1}, 422), ({"latency_ms": 1}, 200)):
        async with client.put(f"{ROOT}/_faults", json=wanted) as answer:
            assert answer.status == status
    async with client.get(f"{ROOT}/_faults") as answer:
        assert ReportingFaults.model_validate(await answer.json()) == ReportingFaults(latency_ms=1)


async def test_what_is_no_request_is_answered_all_the_same(client: aiohttp.ClientSession) -> None:
    """Neither an unreadable body nor numbers that are none bring it down."""
    token = await log_in(client)
    for words in ([], "x", None):
        assert (await ask(client, "reports", words, token))["MaKetQua"] == "11"
    said = await ask(client, "reports/statuses", {"TuSo": "-1", "SoDong": []}, token)
    assert (said["MaKetQua"], said["DanhSach"]) == ("00", [])
    async with client.post(f"{ROOT}/elsewhere") as answer:
        assert answer.status == 404


async def test_only_the_named_reports_are_returned(stand: Reporting, client: aiohttp.ClientSession) -> None:
    """`return_codes` names them; only their first version is, so that a correction is accepted."""
    stand.trouble(b'{"return_codes": ["06a/1"]}')
    token = await log_in(client)
    for code, version in (("06a/1", 1), ("06a/2", 1), ("06a/1", 2)):
        await ask(client, "reports", report(MaBaoCao=code, PhienBan=version, LyDoSua="x"), token)
        assert stand.state()["words"][code][str(version)] in "23"
    assert stand.state()["words"] == {"06a/1": {"1": "3", "2": "2"}, "06a/2": {"1": "2"}}
