"""Keeping an invented population: the same people for the same seed, none of whom exists."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from typing import Any

_FAMILIES = ("NGUYỄN", "TRẦN", "LÊ", "PHẠM", "HOÀNG", "VŨ", "ĐẶNG", "BÙI", "ĐỖ", "LÒ", "HÀ", "QUÀNG")
_MIDDLES = {"1": ("VĂN", "ĐỨC", "MINH", "QUỐC"), "2": ("THỊ", "NGỌC", "THU", "PHƯƠNG")}
_GIVENS = ("AN", "BÌNH", "CƯỜNG", "DUNG", "ĐẠT", "HÀ", "KHÁNH", "LAN", "MẪU", "OANH", "QUÝ", "THẢO", "XUÂN")
_NOWHERE = "099"
"""No province has this code, so that no number here is anybody's."""
_PARTIAL = 0.06
_EMPTY: Mapping[str, str] = {}

Person = dict[str, Any]


class Population:
    """So many people, by their numbers.

    Args:
        size: how many.
        seed: whom it invents.
    """

    def __init__(self, size: int = 500, seed: int = 0) -> None:
        self._people: list[Person] = []
        self._by_number: dict[str, list[Person]] = {}
        for serial in range(size):
            self.add(_person(serial, seed))

    def __len__(self) -> int:
        return len(self._people)

    def add(self, person: Person) -> None:
        """Let somebody be there, as a `CongDan` tells of them."""
        self._people.append(person)
        for name in ("SoDinhDanh", "SoCMND"):
            if person.get(name):
                self._by_number.setdefault(person[name], []).append(person)

    def first(self, count: int) -> list[Person]:
        """Return the first of them."""
        return self._people[:count]

    def found(self, asked: Mapping[str, Any]) -> list[Person]:
        """Return those who bear the number, the name and the day or year of birth that were said."""
        number = asked.get("SoDinhDanh") or asked.get("SoCMND") or ""
        return [
            one
            for one in self._by_number.get(number, ())
            if plain(whole_name(one)) == asked.get("HoVaTen") and _born(one, asked.get("NgayThangNamSinh"))
        ]


def whole_name(person: Mapping[str, Any]) -> str:
    """Return a person's name as it is written."""
    return " ".join(part for part in person["HoVaTen"].values() if part)


def plain(name: str) -> str:
    """Return a name in capitals without marks and spaces."""
    parts = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(one for one in parts if one.isalnum())


def _born(person: Mapping[str, Any], asked: Any) -> bool:
    told = person["NgayThangNamSinh"]
    if not isinstance(asked, Mapping):
        return asked in (told["NgayThangNam"], told["Nam"])
    day = asked.get("NgayThangNam")
    return bool(day == told["NgayThangNam"] if day else asked.get("Nam") == told["Nam"])


def _person(serial: int, seed: int) -> Person:
    dice = random.Random(f"{seed}/{serial}")
    gender, year = dice.choice("12"), dice.randrange(1940, 2010)
    century = 2 * (year >= 2000)  # noqa: PLR2004 - the digit of gender and century
    born = f"{year}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
    drawn = dice.random()
    if drawn < _PARTIAL:
        born = f"{year}" if drawn < _PARTIAL / 2 else born[:6]
    name = f"{dice.choice(_FAMILIES)} {dice.choice(_MIDDLES[gender])} {dice.choice(_GIVENS)}"
    number = f"{_NOWHERE}{int(gender) - 1 + century}{year % 100:02}{serial:06}"
    place = _place(dice)
    return {
        "SoDinhDanh": number,
        "SoCMND": f"{990_000_000 + serial}" if year < 2000 else "",  # noqa: PLR2004
        "HoVaTen": {"Ho": "", "ChuDem": "", "Ten": name},
        "GioiTinh": gender,
        "DanToc": f"{dice.randrange(1, 55):02}",
        "TonGiao": "00",
        "TinhTrangHonNhan": dice.choice("12"),
        "NhomMau": "00",
        "NgayThangNamSinh": {"Nam": f"{year}", "NgayThangNam": born if len(born) > len("yyyy") else ""},
        "NoiDangKyKhaiSinh": _place(dice),
        "QuocTich": "VN",
        "QueQuan": _place(dice),
        "ThuongTru": place,
        "NoiOHienTai": place,
        **{name: _relative(_EMPTY) for name in ("Cha", "Me", "VoChong", "NguoiDaiDien")},
        "ChuHo": {"QuanHe": "CH01", "SoDinhDanh": number, "SoCMND": "", "HoVaTen": name},
        "SoSoHoKhau": "",
    }


def _place(dice: random.Random) -> dict[str, str]:
    commune = f"{dice.randrange(1, 300):05}"
    codes = {"MaTinhThanh": "99", "MaQuanHuyen": "990", "MaPhuongXa": commune}
    return {**codes, "ChiTiet": f"BẢN THỬ {dice.randrange(1, 40)}", "QuocGia": "VN"}


def _relative(told: Mapping[str, str]) -> dict[str, str]:
    return {name: told.get(name, "") for name in ("HoVaTen", "QuocTich", "SoDinhDanh", "SoCMND")}
