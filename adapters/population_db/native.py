"""Saying a citizen as the population database says it, for systems here that speak its tongue with us."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .mapping import BIRTH, GENDERS, NAME, PLACE, PLACES, RELATIVE, RELATIVES, TEXTS

_ORDER = (
    "SoDinhDanh", "SoCMND", "HoVaTen", "GioiTinh", "DanToc", "TonGiao", "TinhTrangHonNhan", "NhomMau", BIRTH,
    "NoiDangKyKhaiSinh", "QuocTich", "QueQuan", "ThuongTru", "NoiOHienTai", "Cha", "Me", "VoChong",
    "NguoiDaiDien", "ChuHo", "SoSoHoKhau",
)  # fmt: skip
_CODES = {word: code for code, word in GENDERS.items()}
_ELEMENT = re.compile(r"[^\W\d][\w.\-]*")


def citizen(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a canonical citizen as a `CongDan`: every element in the order of the service, empty ones too.

    Clients go by the paths of elements, and fall where one is missing.
    """
    parts = {
        "HoVaTen": _part(data, NAME),
        "GioiTinh": _CODES.get(data.get("gender", ""), ""),
        BIRTH: _birth(data.get("birth") or {}),
        **{native: data.get(name, "") for native, name in TEXTS.items()},
        **{native: _part(data.get(name) or {}, PLACE) for native, name in PLACES.items()},
        **{native: _relative(native, data.get(name) or {}) for native, name in RELATIVES.items()},
    }
    return {native: parts[native] for native in _ORDER}


def others(data: Mapping[str, Any]) -> Any:
    """Return what came beyond the known elements, as far as elements can say it."""
    return _elements(data.get("extra") or {})


def _elements(value: Any) -> Any:
    if isinstance(value, list):
        return [_elements(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {name: _elements(one) for name, one in value.items() if _ELEMENT.fullmatch(name)}


def _part(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    return {native: data.get(name, "") for native, name in names.items()}


def _relative(native: str, data: Mapping[str, Any]) -> dict[str, str]:
    """Return a relative; the head of the household is told with the relation, and without a nationality."""
    found = _part(data, RELATIVE)
    if native != "ChuHo":
        return {name: found[name] for name in ("HoVaTen", "QuocTich", "SoDinhDanh", "SoCMND")}
    return {name: found[name] for name in ("QuanHe", "SoDinhDanh", "SoCMND", "HoVaTen")}


def _birth(told: Mapping[str, Any]) -> dict[str, str]:
    """Return a birth date: digits of the day, or of the month or nothing where that is all that is known."""
    exact = str(told.get("date") or told.get("month") or "").replace("-", "")
    return {"Nam": told.get("year") or exact[:4], "NgayThangNam": exact}
