"""Judging dossiers and progress entries as the real portal is known, or inferred, to judge them.

Lengths are inferred from what client systems cut, required fields from the defaults that they fill in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from lgsp.domain.dossier import BY_NUMBER

Item = dict[str, Any]
R = TypeVar("R")

_STATUSES = frozenset(str(number) for number in BY_NUMBER)
_STAMP = 14

_DOSSIER_REQUIRED = ("MaHoSo", "MaTTHC", "TrichYeuHoSo", "NgayTiepNhan", "TrangThaiHoSo")
_DOSSIER_LENGTHS = {"MaHoSo": 50, "MaTTHC": 50, "TrichYeuHoSo": 1000, "GhiChu": 2000}
_DOSSIER_DATES = ("NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayTuChoi", "NgayNopHoSo")
_PROGRESS_REQUIRED = ("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "NoiDungXuLy", "TrangThai")
_PROGRESS_LENGTHS = {"MaHoSo": 50, "NguoiXuLy": 50}
_PROGRESS_DATES = ("ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh")
_ROW_LENGTHS = {"TaiLieuNop": {"TenTepDinhKem": 4000}, "DanhSachGiayToKetQua": {"TenGiayTo": 2000}}
_ROW_DATES = {"DanhSachHoSoBoSung": ("NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi")}


def dossier_faults(item: Item) -> list[str]:
    """Return the faults of a dossier in the portal's words, each naming its field; none is fine."""
    found = [*_missing(item, _DOSSIER_REQUIRED), *_too_long(item, _DOSSIER_LENGTHS)]
    found += _misdated(item, _DOSSIER_DATES)
    found += _foreign_status(item, "TrangThaiHoSo")
    found += _rows(item, _ROW_LENGTHS, _too_long)
    found += _rows(item, _ROW_DATES, _misdated)
    if item.get("DinhDanhCHS", True) == []:
        found.append("Trường DinhDanhCHS không được để trống")
    return found


def progress_faults(item: Item) -> list[str]:
    """Return the faults of a progress entry in the portal's words; none is fine."""
    found = [*_missing(item, _PROGRESS_REQUIRED), *_too_long(item, _PROGRESS_LENGTHS)]
    found += _misdated(item, _PROGRESS_DATES)
    found += _foreign_status(item, "TrangThai")
    return found


def _missing(item: Item, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = item.get(name)
        if not value:
            yield f"Trường {name} không được để trống"
        elif not isinstance(value, str):
            yield f"Trường {name} sai định dạng chuỗi ký tự"


def _too_long(item: Item, limits: dict[str, int], at: str = "") -> Iterator[str]:
    for name, limit in limits.items():
        value = item.get(name)
        if isinstance(value, str) and len(value) > limit:
            yield f"Trường {at}{name} vượt quá {limit} ký tự"


def _misdated(item: Item, names: tuple[str, ...], at: str = "") -> Iterator[str]:
    for name in names:
        value = item.get(name)
        if value and not _is_stamp(value):
            yield f"Trường {at}{name} sai định dạng yyyyMMddHHmmss"


def _foreign_status(item: Item, name: str) -> Iterator[str]:
    value = item.get(name)
    if isinstance(value, str) and value and value not in _STATUSES:
        yield f"Trường {name} không thuộc danh mục trạng thái hồ sơ"


def _rows(item: Item, rules: dict[str, R], judge: Callable[[Item, R, str], Iterator[str]]) -> Iterator[str]:
    for name, rule in rules.items():
        rows = item.get(name)
        for n, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield from judge(row, rule, f"{name}/{n}/")


def _is_stamp(value: object) -> bool:
    if not (isinstance(value, str) and len(value) == _STAMP and value.isdecimal() and value.isascii()):
        return False
    try:
        datetime.fromisoformat(f"{value[:8]}T{value[8:]}")
    except ValueError:
        return False
    return True
