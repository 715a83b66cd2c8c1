"""Saying what a stand-in of the reporting system finds wrong with a report, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lgsp.domain.codes import agency_code
from lgsp.domain.reports.invariants import SETS
from lgsp.domain.reports.periods import SCHEMES
from lgsp.domain.reports.telling import Contradiction

MISSING, REFUSED, CONTRADICTS, AGENCY, PERIOD = "10", "11", "12", "15", "16"
FIRST = (AGENCY, PERIOD, MISSING, REFUSED, CONTRADICTS)
"""Which code an answer bears where several things are wrong: the first of these that is among them."""

_AMOUNT = re.compile(r"-?\d{1,30}(\.\d{1,12})?", re.ASCII)
_NEEDED = ("MaBaoCao", "PhienBan", "MaDonVi", "CachChiaKy", "KyBaoCao", "SoLieu")
_SMALLEST = 1


class Fault(NamedTuple):
    """One thing that is wrong."""

    code: str
    field: str
    text: str


def version_of(report: Mapping[str, Any]) -> int:
    """Return the version of a report, 0 where it is none; XML tells it as a text."""
    told = str(report.get("PhienBan", ""))
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0  # noqa: PLR2004 - an int


def faults_of(report: Mapping[str, Any], before: Mapping[str, int] | None) -> list[Fault]:
    """Return all that is wrong with a report by itself.

    Args:
        report: in the receiver's names.
        before: the counts that the period before handed on, where they are known.
    """
    missing = [Fault(MISSING, name, "bắt buộc nhập") for name in _NEEDED if report.get(name) in (None, "")]
    if missing:
        return missing
    found = [*_identified(report), *_dated(report), *_figures(report["SoLieu"])]
    return found or list(_sums(report, before))


def counts_of(report: Mapping[str, Any]) -> dict[str, int]:
    """Return the whole numbers of a report as a whole: of no part and of no other agency, by indicator."""
    rows = report["SoLieu"] if isinstance(report.get("SoLieu"), list) else []
    mine = report.get("MaDonVi")
    return {
        row["MaChiTieu"]: int(row["GiaTri"])
        for row in rows
        if not row.get("PhanTo")
        and row.get("MaDonVi") in (None, "", mine)
        and re.fullmatch(r"-?\d+", str(row.get("GiaTri", "")))
    }


def _identified(report: Mapping[str, Any]) -> Iterator[Fault]:
    version = version_of(report)
    if version < _SMALLEST:
        yield Fault(REFUSED, "PhienBan", "phải là số nguyên từ 1")
    if version > _SMALLEST and not report.get("LyDoSua"):
        yield Fault(MISSING, "LyDoSua", "bắt buộc khi sửa báo cáo")
    if agency_code(str(report["MaDonVi"])) is None:
        yield Fault(REFUSED, "MaDonVi", "không phải mã định danh cơ quan")


def _dated(report: Mapping[str, Any]) -> Iterator[Fault]:
    scheme = SCHEMES.get(str(report["CachChiaKy"]))
    if scheme is None:
        yield Fault(REFUSED, "CachChiaKy", "không thuộc danh mục cách chia kỳ")
        return
    try:
        period = scheme.read(str(report["KyBaoCao"]))
    except ValueError:
        yield Fault(REFUSED, "KyBaoCao", "không phải mã kỳ báo cáo")
        return
    for name, day in (("TuNgay", period.first), ("DenNgay", period.last)):
        if report.get(name) not in (None, "", day.isoformat()):
            yield Fault(REFUSED, name, f"không khớp kỳ báo cáo, phải là {day.isoformat()}")


def _figures(rows: Any) -> Iterator[Fault]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield Fault(REFUSED, "SoLieu", "phải là danh sách số liệu")
        return
    seen: set[str] = set()
    for number, row in enumerate(rows):
        place = f"SoLieu/{number}"
        if not row.get("MaChiTieu"):
            yield Fault(MISSING, f"{place}/MaChiTieu", "bắt buộc nhập")
        if "GiaTri" in row and not _AMOUNT.fullmatch(str(row["GiaTri"])):
            yield Fault(REFUSED, f"{place}/GiaTri", "phải là số")
        whose = repr((row.get("MaChiTieu"), row.get("MaDonVi"), row.get("PhanTo")))
        if whose in seen:
            yield Fault(REFUSED, place, "chỉ tiêu bị lặp")
        seen.add(whose)


def _sums(report: Mapping[str, Any], before: Mapping[str, int] | None) -> Iterator[Fault]:
    """Yield which sums do not add up, by the set of definitions that the report names."""
    label = report.get("BoQuyTac")
    if not label:
        return
    rules = SETS.get(str(label))
    if rules is None:
        yield Fault(REFUSED, "BoQuyTac", "không thuộc danh mục bộ quy tắc")
        return
    for said in rules.check(counts_of(report), before, "SoLieu"):
        if isinstance(said, Contradiction):
            yield Fault(CONTRADICTS, said.place, said.said("vi"))
