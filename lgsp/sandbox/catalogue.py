"""Keeping the catalogue of the stand-in portal: agencies, fields, procedures, services, questions.

A few procedures and offices are those of the sandbox's traffic; the rest is generated, with codes that no
real one has. The same settings and the same changes give the same catalogue.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from lgsp.sandbox import province

Row = dict[str, Any]
Count = Annotated[int, Field(ge=0)]

_PROVINCE, _PROVINCE_NAME = "H44", "Ủy ban nhân dân tỉnh Phú Thọ"
_CHANNELS = ("1", "2", "3")
_LEVELS = ("1", "2", "3")
_ROOTS, _BELOW = 63, 200


class Size(BaseModel):
    """How much the catalogue holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agencies: Annotated[int, Field(ge=0, le=200_000)] = Field(default=30, description="agencies in the list")
    procedures: Annotated[int, Field(ge=0, le=20_000)] = Field(
        default=len(province.PROCEDURES), description="procedures in the list"
    )
    questions: Annotated[int, Field(ge=0, le=20_000)] = Field(default=3, description="questions in each list")


class Change(BaseModel):
    """What befalls the catalogue between two calls."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    add: Count = Field(default=0, description="so many procedures come")
    rename: tuple[str, ...] = Field(default=(), description="these are named otherwise, in list and record")
    amend: tuple[str, ...] = Field(default=(), description="these have another record under the same name")
    close: tuple[str, ...] = Field(default=(), description="the list has these codes no more")
    reopen: tuple[str, ...] = Field(default=(), description="the list has these codes again")


class Catalogue:
    """What the portal publishes, and what changes in it."""

    def __init__(self, size: Size | None = None) -> None:
        self.size = size or Size()
        self._added = 0
        self._closed: set[str] = set()
        self._renamed: dict[str, int] = {}
        self._amended: dict[str, int] = {}
        self._published = self._all()

    def change(self, wanted: Change) -> None:
        """Change what is published."""
        self._added += wanted.add
        self._published = self._all()
        for code in wanted.rename:
            self._renamed[code] = self._renamed.get(code, 0) + 1
        for code in wanted.amend:
            self._amended[code] = self._amended.get(code, 0) + 1
        self._closed = (self._closed | set(wanted.close)) - set(wanted.reopen)

    # --- lists --------------------------------------------------------------------------------------------

    def agencies(self) -> Iterator[Row]:
        """Yield the rows of `LayDanhMucCoQuan`."""
        offices = ((f"{_PROVINCE}.{group}", name) for group, name in province.OFFICES)
        known = [(_PROVINCE, _PROVINCE_NAME), *offices]
        for code, name in [*known, *_generated(self.size.agencies - len(known))][: self.size.agencies]:
            if code not in self._closed:
                yield {"MADONVI": code, "TENDONVI": self._named(code, name), "CAPDONVI": "1"}

    def fields(self) -> Iterator[Row]:
        """Yield the rows of `LayDanhMucLinhVuc`: each field of a procedure."""
        found = {one.field[0]: one.field[1] for one in self._published.values()}
        for code, name in found.items():
            if code not in self._closed:
                sector = code.partition("-")[0]
                yield {"MALINHVUC": code, "TENLINHVUC": self._named(code, name), "MANGANH": sector}

    def procedures(self) -> Iterator[Row]:
        """Yield the rows of `LayDanhSachTTHC`."""
        for one in self._listed():
            yield {"MATTHC": one.code, "TENTTHC": self._named(one.code, one.name)}

    def services(self) -> Iterator[Row]:
        """Yield the rows of `LayDVC`: one for each procedure."""
        for row, one in zip(self.procedures(), self._listed(), strict=True):
            code, name = row["MATTHC"], row["TENTTHC"]
            yield {
                "MADVC": f"{code}.01", "TENDVC": name, "MATTHC": code, "TENTTHC": name,
                "TENCOQUANBANHANH": "Bộ quản lý ngành", "TENLINHVUC": one.field[1],
                "APDUNGDVC": [{"MADONVI": _PROVINCE}],
            }  # fmt: skip

    # --- one by one ---------------------------------------------------------------------------------------

    def record(self, code: str) -> Row | None:
        """Return the record of `LayThuTuc`; None for a code that is not listed."""
        found = None if code in self._closed else self._published.get(code)
        return None if found is None else self._record(found)

    def questions(self, *, of_portal: bool) -> Iterator[Row]:
        """Yield the rows of either list of questions."""
        first = 9000 if of_portal else 7000
        for n in range(first, first + self.size.questions):
            field = province.PROCEDURES[n % len(province.PROCEDURES)].field[0]
            yield {
                "HOIDAPID": str(n), "MALINHVUC": field, "NOIDUNG": f"Hồ sơ số {n} gồm những giấy tờ gì?",
                "MADONVI": _PROVINCE, "NOIDUNGTRALOI": "", "TRALOIID": "", "HOVATEN": "Nguyễn Văn A",
                "DIACHI": "Tổ 1", "THUDIENTU": f"hoi{n}@example.vn", "SODIENTHOAI": "0900000000",
                "MATTHCDP": "", "TRANGTHAI": "0" if n % 3 == 0 else "1",
            }  # fmt: skip

    def _named(self, code: str, name: str) -> str:
        times = self._renamed.get(code, 0)
        return f"{name} (sửa đổi lần {times})" if times else name

    def _listed(self) -> Iterator[province.Procedure]:
        return (one for one in self._published.values() if one.code not in self._closed)

    def _all(self) -> dict[str, province.Procedure]:
        count = self.size.procedures + self._added
        real = province.PROCEDURES[: self.size.procedures]
        made = (_like(n, province.PROCEDURES[n % len(province.PROCEDURES)]) for n in range(count - len(real)))
        return {one.code: one for one in (*real, *made)}

    def _record(self, one: province.Procedure) -> Row:
        amended = self._amended.get(one.code, 0)
        field, ministry = one.field, one.field[0].partition("-")[0]
        papers = [_paper(one.code, n, name) for n, name in enumerate(one.papers, 1)]
        fee = {"MAPHILEPHI": "LP01", "SOTIEN": str(one.fee), "DONVI": "Đồng", "MOTA": ""}
        time = {
            "THOIGIANGIAIQUYET": str(one.days + amended), "DONVITINH": "Ngày làm việc", "MOTA": "",
            "PHILEPHI": [fee] if one.fee else [],
        }  # fmt: skip
        return {
            "ID": str(zlib.crc32(one.code.encode())), "MATTHC": one.code,
            "TENTTHC": self._named(one.code, one.name), "MACOQUANCONGBO": ministry, "LOAITTHC": "0",
            "TRANGTHAI": "1", "MOTA": "", "YEUCAU": "", "TUKHOA": "", "DIACHITIEPNHAN": "",
            "IDQUYETDINHCONGBO": "98765", "QUYETDINH": "", "MOTADOITUONGTHUCHIEN": "",
            "MOTACOQUANTHUCHIEN": "", "MOTACOQUANTHAMQUYEN": "",
            "LINHVUCTHUCHIEN": [{"MALINHVUC": field[0], "TENLINHVUC": field[1]}],
            "CAPTHUCHIEN": [{"CAPTHUCHIEN": level} for level in _LEVELS],
            "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "Nộp hồ sơ"}]}],
            "CACHTHUCTHUCHIEN": [{"KENH": channel, "THOIGIAN": [time]} for channel in _CHANNELS],
            "DOITUONGTHUCHIEN": [{"TENDOITUONG": "Công dân Việt Nam"}],
            "THANHPHANHOSO": [{"TRUONGHOP": "", "GIAYTO": papers}],
            "KETQUATHUCHIEN": [{"MAKETQUA": one.result[0], "TENKETQUA": one.result[1]}],
            "CANCUPHAPLY": [{"SOVANBAN": "61/2018/NĐ-CP", "TENVANBAN": "Nghị định"}],
            "COQUANTHUCHIEN": [{"MADONVI": _PROVINCE, "TENDONVI": _PROVINCE_NAME}],
            "COQUANCOTHAMQUYEN": [], "COQUANDUOCUYQUYEN": [], "COQUANPHOIHOP": [], "TTHCLIENQUAN": [],
            "TTHCLIENTHONG": [],
        }  # fmt: skip


def answers(question: str) -> list[Row]:
    """Return the rows of `LayNoiDungTraLoiTheoCauHoi`: of every other question one."""
    if not question.isdecimal() or int(question) % 2:
        return []
    return [{"TRALOIID": f"{question}-1", "NOIDUNGTRALOI": f"Trả lời câu hỏi {question}."}]


def _like(n: int, real: province.Procedure) -> province.Procedure:
    """Return a procedure that nobody has, like a real one."""
    return replace(real, code=f"9.{n + 1:06}", name=f"Thủ tục thử nghiệm số {n + 1}")


def _paper(code: str, n: int, name: str) -> Row:
    return {
        "MAGIAYTO": f"{code}-TP{n:02}", "TENGIAYTO": name, "TENMAUDON": f"mau{n:02}.docx" if n == 1 else "",
        "SOBANCHINH": "1", "SOBANSAO": "0",
        "URL": f"https://files.example.gov.vn/{code}/mau{n:02}.docx" if n == 1 else "",
    }  # fmt: skip


def _generated(count: int) -> Iterator[tuple[str, str]]:
    """Yield agencies with codes that no real one has."""
    for n in range(max(0, count)):
        root, rest = n % _ROOTS, n // _ROOTS
        yield (
            f"Y{root + 1:02}.{rest // _BELOW + 1:02}.{rest % _BELOW + 1:03}",
            f"Đơn vị thử nghiệm số {n + 1}",
        )
