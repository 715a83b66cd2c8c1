"""Native dossiers and progress entries become messages, or name every fault in the vendor's own words."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from lgsp.adapters.one_stop import OneStop, mapping, reading

from lgsp.errors import Invalid, Rejected
from lgsp.home import packed
from lgsp.message import Finding, Message, Raw
from lgsp.schemas import Types
from tests.items import broken, dossiers

SAMPLES = packed() / "adapters" / "one_stop" / "samples"
TYPES = Types()
LEAST: dict[str, Any] = {"MaHoSo": "000.00.11.H44-260105-0001", "TrangThaiHoSo": "4"}
ENTRY: dict[str, Any] = {"MaHoSo": "H44.11-260105-0001", "TrangThai": "4", "ThoiDiemXuLy": "20260105081500"}


def _read(**over: Any) -> Message:
    message = mapping.dossier({**LEAST, **over}, "")
    assert isinstance(message, Message), message
    return message


def _findings(**over: Any) -> list[Finding]:
    return [finding for finding in _read(**over).findings if finding.code != "missing-field"]


def _problems(item: object, place: str = "0") -> list[tuple[str, str, str]]:
    reason = mapping.dossier(item, place)
    assert isinstance(reason, Invalid)
    return [(problem.place, problem.code, problem.detail) for problem in reason.problems]


def _samples(kind: str) -> list[Path]:
    return [path for path in sorted(SAMPLES.glob("*.in.json")) if _beside(path, kind).exists()]


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(path.name.replace(".in.json", kind))


def _raw(path: Path) -> Raw:
    return Raw.of(path.read_bytes())


@pytest.mark.parametrize("path", _samples(".json"), ids=lambda path: path.name)
async def test_good_samples_are_read_as_shown(path: Path) -> None:
    """Each pair in `samples/` shows what came and the canonical bodies it became."""
    read = await OneStop(None, None).read(_raw(path))  # type: ignore[arg-type]
    assert [message.data for message in read if isinstance(message, Message)] == orjson.loads(
        _beside(path, ".json").read_bytes()
    )


@pytest.mark.parametrize("path", _samples(".error.json"), ids=lambda path: path.name)
async def test_broken_samples_name_every_fault(path: Path) -> None:
    """Each broken sample stands beside its faults, item by item."""
    read = await OneStop(None, None).read(_raw(path))  # type: ignore[arg-type]
    said = [
        [{"place": p.place, "code": p.code, "detail": p.detail} for p in reason.problems]
        for reason in read
        if isinstance(reason, Rejected)
    ]
    assert said == orjson.loads(_beside(path, ".error.json").read_bytes())


def test_a_dossier_is_filed_under_the_normal_form_of_its_code() -> None:
    """The raw code stays in the data; the line, the agency and the time are read from it."""
    message = _read(NgayTiepNhan="20260105081500", NgayNopHoSo="20260104081500")
    assert message.data["code"] == message.subject == LEAST["MaHoSo"]
    assert (message.partitionkey, message.agency) == ("H44.11-260105-0001", "000.00.11.H44")
    assert message.time is not None
    assert message.time.isoformat() == "2026-01-05T08:15:00+07:00"
    assert (message.type, message.key) == ("dossier.v1", None)


@given(dossiers())
def test_both_ways_in_file_a_dossier_alike(item: dict[str, Any]) -> None:
    """The canonical form of a native dossier is filed as the native form was."""
    read = mapping.dossier(item, "")
    assert isinstance(read, Message)
    made = TYPES.message("dossier.v1", read.data)
    assert (made.subject, made.partitionkey, made.agency) == (read.subject, read.partitionkey, read.agency)
    assert made.time == read.time


def test_identity_rests_on_the_native_item() -> None:
    """Field order and composed letters do not matter; any other difference does."""
    decomposed = unicodedata.normalize("NFD", "Hồ sơ")
    one = _read(GhiChu="Hồ sơ")
    two = mapping.dossier({"GhiChu": decomposed, **LEAST}, "7", updating="True")
    assert isinstance(two, Message)
    assert one.native == two.native != _read().native
    assert two.data["note"] == "Hồ sơ"
    assert [finding.code for finding in two.findings if finding.code != "missing-field"] == ["not-composed"]


def test_an_entry_is_identified_by_its_content() -> None:
    """Progress has no key of its own: the digest of the native entry is one."""
    one, two = mapping.progress(ENTRY, "0"), mapping.progress({**ENTRY, "NoiDungXuLy": "Ký duyệt"}, "0")
    assert isinstance(one, Message)
    assert isinstance(two, Message)
    assert one.key == one.native.hex() != two.key
    assert (one.type, one.data["handled_at"]) == ("dossier.progress.v1", "2026-01-05T08:15:00+07:00")


@pytest.mark.parametrize(
    ("said", "kept"), [("True", "update"), ("false", "create"), ("", None), ("maybe", None)]
)
def test_what_the_source_announced_is_kept_apart(said: str, kept: str | None) -> None:
    """`isUpdating` is a word of synchronisation, not of the dossier: identity ignores it."""
    message = mapping.dossier(LEAST, "", updating=said)
    assert isinstance(message, Message)
    assert message.data.get("synchronisation", {}).get("announced_as") == kept
    assert TYPES.check("dossier.v1", message.data) == []


@pytest.mark.parametrize(
    ("field", "value", "code", "detail"),
    [
        ("MaHoSo", "", "missing", ""),
        ("MaHoSo", None, "missing", ""),
        ("MaHoSo", "H44.11-260230-0001", "bad-code", "H44.11-260131-0001"),
        ("MaHoSo", ["H44"], "wrong-type", "text"),
        ("TrangThaiHoSo", "", "missing", ""),
        ("TrangThaiHoSo", "11", "unmapped-status", "1 2 3 4 5 6 7 8 9 10"),
        ("TrangThaiHoSo", "04", "unmapped-status", "1 2 3 4 5 6 7 8 9 10"),
        ("NgayTiepNhan", "2026-01-05", "bad-date", "yyyyMMddHHmmss"),
        ("NgayHenTra", "20260230081500", "bad-date", "yyyyMMddHHmmss"),
        ("NgayTra", {}, "wrong-type", "text"),
        ("GhiChu", "g" * 2001, "too-long", "2000"),
        ("TrichYeuHoSo", "g" * 1001, "too-long", "1000"),
    ],
)
def test_what_the_portal_is_known_to_refuse_is_turned_away(
    field: str, value: Any, code: str, detail: str
) -> None:
    """The native field is named with the rule, and with the item's place in the array."""
    assert _problems({**LEAST, field: value}, "3") == [(f"3/{field}", code, detail)]


def test_rows_are_named_by_their_place() -> None:
    """A fault inside an array names the row."""
    rows = [{"TenTepDinhKem": "đơn"}, {"TenTepDinhKem": "t" * 4001}]
    assert _problems({**LEAST, "TaiLieuNop": rows}) == [("0/TaiLieuNop/1/TenTepDinhKem", "too-long", "4000")]
    rows = [{"TenGiayTo": "t" * 2001}]
    assert _problems({**LEAST, "DanhSachGiayToKetQua": rows}, "") == [
        ("DanhSachGiayToKetQua/0/TenGiayTo", "too-long", "2000")
    ]


def test_limits_themselves_are_allowed() -> None:
    """A text of exactly the greatest length passes."""
    assert (
        _findings(GhiChu="g" * 2000, TrichYeuHoSo="g" * 1000, TaiLieuNop=[{"TenTepDinhKem": "t" * 4000}])
        == []
    )
    assert isinstance(mapping.progress({**ENTRY, "NguoiXuLy": "n" * 50}, ""), Message)
    assert isinstance(mapping.progress({**ENTRY, "NguoiXuLy": "n" * 51}, ""), Invalid)


def test_all_faults_of_an_item_come_at_once() -> None:
    """A vendor sees every bad field of a dossier in one answer."""
    item = {"MaHoSo": "x", "TrangThaiHoSo": "0", "NgayTiepNhan": "nay", "GhiChu": "g" * 3000}
    assert [place for place, _, _ in _problems(item, "")] == [
        "MaHoSo",
        "TrangThaiHoSo",
        "NgayTiepNhan",
        "GhiChu",
    ]


@pytest.mark.parametrize("item", [None, [], "x", 5, True])
def test_what_is_no_object_is_turned_away(item: object) -> None:
    """An item that is no object has no fields to name."""
    assert _problems(item) == [("0", "wrong-type", "object")]


def test_an_item_nested_too_deeply_is_turned_away() -> None:
    """What could not be written as JSON again is a fault of the item, not a crash."""
    deep: dict[str, Any] = {}
    for _ in range(1000):
        deep = {"a": deep}
    assert _problems({**LEAST, "DuongPho": deep}) == [("0", "too-deep", "")]


@pytest.mark.parametrize(
    ("field", "value", "codes"),
    [
        ("TrangThaiHoSo", 4, ["number-for-text"]),
        ("NgayTiepNhan", 20260105081500, ["number-for-text"]),
        ("LoaiDoiTuong", "7", ["unknown-code"]),
        ("LoaiDoiTuong", 7, ["number-for-text", "unknown-code"]),
        ("HinhThuc", "bưu điện", ["unknown-code"]),
        ("ChuHoSo", {"Ten": "A"}, ["odd-type"]),
        ("TaiLieuNop", {"TenTepDinhKem": "đơn"}, ["odd-type"]),
        ("TaiLieuNop", [None], ["odd-type"]),
        ("DanhSachLePhi", [{"Gia": "50.000"}], ["not-a-number"]),
        ("DuongPho", "Tổ 4", ["unknown-field"]),
        ("MaTTHC", "TS_lop1", ["unknown-procedure-form"]),
        ("MaTTHC", "1.003897.000.00.00.H44", []),
        ("DinhDanhCHS", None, []),
    ],
)
def test_what_is_odd_is_kept_and_found(field: str, value: Any, codes: list[str]) -> None:
    """Whatever real systems write oddly is taken on, with a finding, and fits the type."""
    message = _read(**{field: value})
    assert [finding.code for finding in message.findings if finding.code != "missing-field"] == codes
    assert TYPES.check("dossier.v1", message.data) == []


def test_what_is_missing_but_not_required_is_found() -> None:
    """The fields that the portal expects of everybody are named when they are empty."""
    missed = {finding.place for finding in _read().findings}
    assert {"MaTTHC", "ChuHoSo", "TrichYeuHoSo", "NgayTiepNhan", "DonViXuLy"} <= missed
    assert "MaTTHC" not in {finding.place for finding in _read(MaTTHC="1.003897").findings}


def test_findings_hold_no_personal_data() -> None:
    """A number or a name in the wrong field is not repeated in the finding."""
    found = _findings(
        LoaiDoiTuong="025000000027", MaTTHC="025000000027", HinhThuc="Lò Văn Pánh", SoCCCD="025000000027"
    )
    assert [finding.code for finding in found] == [
        "unknown-code",
        "unknown-code",
        "unknown-field",
        "unknown-procedure-form",
    ]
    assert all("0250" not in finding.read and "Pánh" not in finding.read for finding in found)


def test_a_dossier_of_another_agency_is_found() -> None:
    """A code outside the sender's own agency is kept and shown; either form of it counts."""
    other = mapping.dossier(LEAST, "", sender="H56")
    own = mapping.dossier(LEAST, "", sender="000.00.00.H44")
    assert isinstance(other, Message)
    assert isinstance(own, Message)
    assert "odd-agency" in {finding.code for finding in other.findings}
    assert "odd-agency" not in {finding.code for finding in own.findings}


@given(broken())
def test_no_item_breaks_the_mapping(item: Any) -> None:
    """Whatever stands in the place of an item becomes a message that fits its type, or says what is wrong."""
    for read in (mapping.dossier(item, "0", sender="H44", updating="True"), mapping.progress(item, "0")):
        if isinstance(read, Message):
            assert TYPES.check(read.type, read.data) == []
            assert read.partitionkey
        else:
            assert read.problems
            assert all(problem.place.startswith("0") for problem in read.problems)


def _of(content: Any, **attributes: str) -> list[Message | Rejected]:
    return reading.messages(reading.of_file(orjson.dumps(content), attributes, 10))


def test_a_file_may_be_bare_single_or_wrapped() -> None:
    """What an item is, is told by the service or by its own fields."""
    assert [m.type for m in _of([LEAST, ENTRY])] == ["dossier.v1", "dossier.progress.v1"]
    assert [m.type for m in _of(ENTRY)] == ["dossier.progress.v1"]
    wrapped = {"session": "s", "madonvi": "H56", "service": "CapNhatTienDoHoSoMC", "data": [ENTRY]}
    (message,) = _of(wrapped)
    assert isinstance(message, Message)
    assert message.type == "dossier.progress.v1"
    assert "odd-agency" in {finding.code for finding in message.findings}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not-json"),
        (b"[1,", "not-json"),
        (b"5", "not-a-list"),
        (b"[]", "empty-list"),
        (b"[" + b"{}," * 10 + b"{}]", "too-many"),
        (b'{"service":"XoaHoSo","data":[]}', "unknown-service"),
        (b'{"service":"DongBoHoSoMC","data":{}}', "not-a-list"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_says_why(body: bytes, code: str) -> None:
    """A body that holds no items is rejected as a whole."""
    with pytest.raises(Invalid) as raised:
        reading.of_file(body, {}, 10)
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_byte_order_mark_is_passed_over() -> None:
    """Some vendors' libraries write one before the JSON."""
    assert reading.parsed(b"\xef\xbb\xbf[]") == []
