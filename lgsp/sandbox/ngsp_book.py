"""What the registries behind the stand-in of the integration platform hold: invented, and always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENTERPRISES, INSURED = 50, 200
_NAMES = ("Nguyễn Văn Mẫu", "Trần Thị Thử", "Lê Văn Nghiệm", "Phạm Thị Giả", "Hoàng Văn Lập")
_GENDERS = ("1", "2", "3")

Native = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Digits:
    """A number, which is written as one or as a text, exactly as it stands here."""

    text: str


def enterprise_code(n: int) -> str:
    """Return the code of an enterprise, of 0 to 49."""
    return f"0199{n:06d}"


def insurance_number(n: int) -> str:
    """Return the insurance number of somebody, of 0 to 199."""
    return f"0188{n:06d}"


def enterprise(code: str) -> Native | None:
    """Return an enterprise in the registry's names; None where there is none of that code.

    Each fifth has no members, each third one alone; each seventh has two representatives.
    """
    n = _number(code.partition("-")[0], "0199", ENTERPRISES)
    if n is None or code.partition("-")[2] not in ("", "001"):
        return None
    name = _NAMES[n % 5]
    members = [] if n % 5 == 0 else [_member(n, m) for m in range(1 if n % 3 == 0 else 2)]
    return {
        "MainInformation": {
            "ENTERPRISE_ID": Digits(f"{900_000 + n}"),
            "ENTERPRISE_GDT_CODE": code,
            "IMP_BUSINESS_CODE": None,
            "ENTERPRISE_TYPE_ID": "TNHH1" if len(members) < 2 else "TNHH2",  # noqa: PLR2004 - one owner, or two
            "ENTERPRISE_TYPE_NAME": "Công ty trách nhiệm hữu hạn",
            "NAME": f"CÔNG TY TNHH MẪU SỐ {n}",
            "SHORT_NAME": "",
            "NAME_F": f"SAMPLE {n} CO., LTD",
            "FOUNDING_DATE": f"{n % 28 + 1:02d}/03/2015",
            "LAST_AMEND_DATE": f"{n % 28 + 1:02d}/09/2024",
            "NUMBER_CHANGES": Digits(str(n % 7)),
            "ENTERPRISE_STATUS": "1",
            "ENTERPRISE_STATUS_NAME": "Đang hoạt động",
            "LEGAL_NAMES": name,
            "CAPITAL_AMOUNT": Digits(f"{n + 1}00000000000000000.125"),
        },
        "HOAdress": {
            "CityID": Digits("93"),
            "CityName": "Tỉnh Mẫu",
            "DistrictID": None,
            "DistrictName": None,
            "WardID": Digits(f"{31_000 + n}"),
            "WardName": f"Phường {n % 9 + 1}",
            "StreetNumber": f"Số {n + 1} đường Thử Nghiệm",
            "AddressFullText": f"Số {n + 1} đường Thử Nghiệm, Phường {n % 9 + 1}, Tỉnh Mẫu",
        },
        "BusinessActivity": [
            {"CODE": "6201", "NAME": "Lập trình máy vi tính", "IS_MAIN": "Y"},
            *([] if n % 2 else [{"CODE": "6202", "NAME": "Tư vấn máy vi tính", "IS_MAIN": "N"}]),
        ],
        "Member": members,
        "Representatives": [{"FULL_NAME": one} for one in (name, _NAMES[(n + 1) % 5])[: 1 + (n % 7 == 0)]],
    }


def insured(number: str) -> Native | None:
    """Return somebody in the insurance fund's names; None where nobody has that number.

    Of each tenth only the year of birth is known, of the one behind it only year and month.
    """
    n = _number(number, "0188", INSURED)
    if n is None:
        return None
    year = str(1950 + n % 50)
    month = f"{n % 12 + 1:02d}"
    told, exactly = {0: (year, "1"), 1: (year + month, "2")}.get(
        n % 10, (f"{year}{month}{n % 28 + 1:02d}", "0")
    )
    return {
        "hoTen": _NAMES[n % 5].upper(),
        "soSoCu": None if n % 3 else f"9088{n:06d}",
        "ngaySinh": told,
        "loaiNgaySinh": exactly,
        "gioiTinh": _GENDERS[0] if n % 5 in {0, 2, 4} else _GENDERS[1],
        "maTinhKs": "93",
        "maHuyenKs": "",
        "maXaKs": f"{31_000 + n % 9}",
        "trangThai": "1",
    }


def number_of(asked: Mapping[str, Any]) -> str | None:
    """Return the number of the first who is as a question says; None where nobody is."""
    for n in range(INSURED):
        number = insurance_number(n)
        person = insured(number) or {}
        same = all(_same(person[name], asked.get(name)) for name in ("hoTen", "ngaySinh", "gioiTinh"))
        if same and asked.get("maTinhKs") in ("", None, person["maTinhKs"]):
            return number
    return None


def civil_status(code: str) -> tuple[str, str]:
    """Return how far a dossier of civil status is: a status and its words, or `0` and an error's code."""
    told = {
        "0": ("4", "Đã hoàn thành đăng ký"),
        "2": ("2", "Hồ sơ cần bổ sung thông tin: bản sao giấy chứng sinh"),
    }
    if not code.startswith("H44"):
        return "0", "201"
    found = told.get(code[-1:])
    return found or (
        ("3", "Hồ sơ đủ điều kiện giải quyết") if code[-1:] == "3" else ("1", "Đã tiếp nhận hồ sơ")
    )


CATALOGUES: Mapping[str, list[Native]] = {
    "madantoc": [
        {"Ma": "01", "Ten": "Kinh", "TenKhac": None},
        {"Ma": "02", "Ten": "Tày", "TenKhac": ""},
        {"Ma": "03", "Ten": "Thái", "TenKhac": "Tày Khao"},
    ],
    "magioitinh": [{"Ma": Digits("1"), "Ten": "Nam"}, {"Ma": Digits("2"), "Ten": "Nữ"}],
    "qlvanbandieuhanhcap1": [
        {
            "MaDinhDanhCap1": "000.00.00.H44",
            "TenDonVi": "UBND tỉnh Mẫu",
            "Email": None,
            "NgayBanHanhQd": "02/01/2020",
        }
    ],
    "quocgia": [{"ma": "VN", "ten": "Việt Nam"}, {"ma": "LA", "ten": "Lào"}],
    "donvihanhchinh": [
        {"ma": "93", "chaId": None, "id": Digits("7"), "ten": "Tỉnh Mẫu", "capId": Digits("1")},
        {"ma": "31001", "chaId": Digits("7"), "id": Digits("70"), "ten": "Phường 1", "capId": Digits("3")},
    ],
    "trong": [],
}
"""The catalogues, by their names."""


def properties(catalogue: str) -> list[Native] | None:
    """Return the properties of a catalogue; None where there is none of that name."""
    rows = CATALOGUES.get(catalogue)
    if rows is None:
        return None
    names = dict.fromkeys(name for row in rows for name in row)
    return [{"PropertyCode": name, "PropertyName": name, "PropertyType": "String"} for name in names]


def _member(n: int, m: int) -> Native:
    return {
        "MEMBER_NAME": _NAMES[(n + m) % 5],
        "AMOUNT": Digits(f"{n + 1}0000000.5"),
        "RATIO_PERCENT": Digits("50.00" if m else "100"),
        "COUNTRY": "Việt Nam",
    }


def _number(code: str, head: str, count: int) -> int | None:
    tail = code.removeprefix(head)
    good = code.startswith(head) and tail.isdecimal() and tail.isascii() and len(tail) == 6  # noqa: PLR2004
    return int(tail) if good and int(tail) < count else None


def _same(held: Any, asked: Any) -> bool:
    return isinstance(asked, str) and str(held).casefold() == asked.strip().casefold()
