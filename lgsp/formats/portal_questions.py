"""The fields of questions, answers and satisfaction results as the national portal's services name them.

Sources: `LayDanhSachHoiDapGuiTuDVCQG`, `LayDanhSachHoiDapBoCoQuan`, `LayNoiDungTraLoiTheoCauHoi`,
`DongBoHoiDap`, `DongBoKetQuaHoiDapGuiTuDVCQG` and `DongBoDanhGia`, whose key names are known from one client
system (high confidence). They mix their cases. That the day of an answer is written as other moments are is
inferred.
"""

from __future__ import annotations

import re

from lgsp.formats.dossier_sync import read_moment, write_moment
from lgsp.formats.fields import Field, Form, Table

ASKED_OF_PORTAL = "LayDanhSachHoiDapGuiTuDVCQG"
ASKED_OF_AGENCY = "LayDanhSachHoiDapBoCoQuan"
ANSWERS_SERVICE = "LayNoiDungTraLoiTheoCauHoi"
TELL_QUESTION = "DongBoHoiDap"
TELL_ANSWER = "DongBoKetQuaHoiDapGuiTuDVCQG"
TELL_SATISFACTION = "DongBoDanhGia"

QUESTION, ANSWER, SATISFACTION = "question.v1", "answer.v1", "satisfaction.v1"

ORIGINS = {ASKED_OF_PORTAL: "national_portal", ASKED_OF_AGENCY: "agency"}
"""From which list a question came."""

_MONTH = re.compile(r"(?P<month>0?[1-9]|1[0-2])-(?P<year>[0-9]{4})")
_PERCENT = re.compile(r"(?P<whole>[0-9]|[1-9][0-9]|100)%?")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")


def _read_month(text: str) -> str | None:
    found = _MONTH.fullmatch(text)
    return f"{found['year']}-{int(found['month']):02}" if found else None


def _write_month(month: str) -> str:
    year, _, number = month.partition("-")
    return f"{int(number)}-{year}"


def _read_percent(text: str) -> int | None:
    found = _PERCENT.fullmatch(text)
    return int(found["whole"]) if found else None


def _read_whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


MONTH = Form(_read_month, _write_month, "bad-date", "M-yyyy", strict=True)
PERCENT = Form(_read_percent, lambda number: f"{number}%", "not-a-number")
COUNT = Form(_read_whole, int, "not-a-number")  # type: ignore[arg-type]  # the one number that goes as a number
MOMENT = Form(read_moment, write_moment, "bad-date", "yyyyMMddHHmmss")

ANSWER_ROW = Table(Field("TRALOIID", "id"), Field("NOIDUNGTRALOI", "content"))
QUESTION_ROW = Table(
    Field("HOIDAPID", "id", required=True),
    Field("MALINHVUC", "field_code"),
    Field("MATTHCDP", "procedure_code"),
    Field("MADONVI", "agency/code"),
    Field("TENDONVI", "agency/name"),
    Field("NOIDUNG", "content", expected=True),
    Field("HOVATEN", "asker/name"),
    Field("DIACHI", "asker/address"),
    Field("THUDIENTU", "asker/email"),
    Field("SODIENTHOAI", "asker/phone"),
    Field("TRALOIID", "answer/id"),
    Field("NOIDUNGTRALOI", "answer/content"),
    Field("TRANGTHAI", "status"),
)
"""A row of either list of questions."""

TOLD_QUESTION = Table(
    Field("HOIDAPID", "id", required=True, always=True),
    Field("MaLinhVuc", "field_code", always=True),
    Field("NOIDUNG", "content", always=True),
    Field("MADONVI", "agency/code", always=True),
    Field("TENDONVI", "agency/name", always=True),
)
TOLD_ANSWER = Table(
    Field("HOIDAPID", "question", required=True, always=True),
    Field("MADONVI", "agency/code", always=True, expected=True),
    Field("NGUOITRALOI", "officer", always=True),
    Field("CHUCVUNGUOITRALOI", "title", always=True),
    Field("NGAYTRALOI", "answered_at", MOMENT, always=True),
    Field("NOIDUNGTRALOI", "content", always=True, expected=True),
)
TOLD_SATISFACTION = Table(
    Field("NgayTongHop", "month", MONTH, required=True, always=True),
    Field("TongSoNguoiDanhGia", "respondents", COUNT, always=True),
    Field("PhanTramDanhGiaRatHaiLong", "staff/very_satisfied", PERCENT, always=True),
    Field("PhanTramDanhGiaHaiLong", "staff/satisfied", PERCENT, always=True),
    Field("PhanTramDanhGiaChuaHaiLong", "staff/unsatisfied", PERCENT, always=True),
    Field("DanhSachNoiDungYKien", "opinions", always=True),
    Field("MaThuTuc", "procedure_code", always=True),
    Field("NoiDung", "question", always=True),
    Field("PhanTramDanhGiaDichVuRatHaiLong", "service/very_satisfied", PERCENT, always=True),
    Field("PhanTramDanhGiaDichVuHaiLong", "service/satisfied", PERCENT, always=True),
    Field("PhanTramDanhGiaDichVuChuaHaiLong", "service/unsatisfied", PERCENT, always=True),
    Field("Madonvi", "agency/code", required=True, always=True),
    Field("TenDonVi", "agency/name", always=True),
)
