"""Living one dossier's life at a one-stop office, step by step, in the native words of the portal."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from lgsp.domain.dossier import BY_WORD
from lgsp.sandbox import province
from lgsp.sandbox.province import Procedure

Item = dict[str, Any]

REFUSED_PHONE = "0999999999"
"""The phone number of dossiers that the portal is told to refuse."""

_OPENS, _CLOSES, _FRIDAY = 7, 17, 4
_ONLINE, _TURNED_AWAY, _OLDER_FORM, _WITH_EMAIL = 0.3, 0.03, 0.2, 0.6
_SUPPLEMENTED, _TAKEN_BACK, _PAYING = 0.2, 0.1, 0.05
_WITHDRAWN, _STOPPED = 0.04, 0.02


class Plan(Enum):
    """What the generator means to become of a dossier."""

    SOUND = "sound"
    MENDED = "mended"  # refused for its phone number until the office corrects it
    STUBBORN = "stubborn"  # refused, and nobody corrects it


@dataclass(slots=True, frozen=True)
class Step:
    """One thing that a one-stop system tells.

    Attributes:
        kind: `dossier` (a snapshot for DongBoHoSoMC) or `progress` (an entry for CapNhatTienDoHoSoMC).
        code: MaHoSo.
        item: the native body.
        is_update: the dossier was told before (`isUpdating`).
    """

    kind: str
    code: str
    item: Item
    is_update: bool = False


class Life:
    """One dossier, from its receipt to its end. Every choice comes from the dice it is given."""

    def __init__(self, dice: random.Random, code: str, office: str, start: datetime, plan: Plan) -> None:
        self.code = code
        self.plan = plan
        self._dice = dice
        self._office = office
        self._now = start
        self._procedure = dice.choice(province.PROCEDURES)
        self._due = start + timedelta(days=self._procedure.days)
        self._phone = f"09{dice.randrange(10**7, 10**8)}"
        self._spoilt = plan is not Plan.SOUND
        self._fixed = self._birth(start)
        self._changing: Item = {}
        self._told = False

    def story(self) -> Iterator[Step]:
        """Tell the life: each stage is a snapshot and, behind it, a progress entry."""
        if self._chance(_ONLINE):
            yield self._snapshot("registered")
        yield from self._stage("received", "Tiếp nhận hồ sơ")
        if self._chance(_TURNED_AWAY):
            yield from self._decline("not_accepted", "Không tiếp nhận hồ sơ do không thuộc thẩm quyền")
            return
        yield from self._stage("processing", "Chuyển xử lý-Thụ lý hồ sơ")
        yield from self._detours()
        yield from self._end()

    def correct(self) -> Step:
        """Mend what the portal refuses and tell the dossier as it stands."""
        self._spoilt = False
        return Step("dossier", self.code, self._current())

    def _detours(self) -> Iterator[Step]:
        if self._chance(_SUPPLEMENTED):
            yield from self._supplement()
        if self._chance(_TAKEN_BACK):
            yield from self._taken_back()
        if self._chance(_PAYING):
            yield from self._stage("payment_required", "Thông báo thực hiện nghĩa vụ tài chính")
            yield from self._stage("processing", "Đã hoàn thành nghĩa vụ tài chính")

    def _supplement(self) -> Iterator[Step]:
        """Ask for papers; when they come the due date moves, and both dates are told."""
        asked = self._asks()
        yield from self._stage("supplement_required", asked["NoiDungBoSung"], DanhSachHoSoBoSung=[asked])
        before = self._due
        self._due += timedelta(days=self._dice.randrange(1, 6))
        answered = asked | {
            "NguoiTiepNhanBoSung": self._person(),
            "ThongTinTiepNhan": "Đã tiếp nhận giấy tờ bổ sung",
            "NgayTiepNhanBoSung": _stamp(self._now + timedelta(hours=1)),
            "TrangThaiBoSung": "2",
            "NgayHenTraTruoc": _stamp(before),
            "NgayHenTraMoi": _stamp(self._due),
        }
        yield from self._stage(
            "processing", "Tiếp nhận bổ sung-Tiếp tục xử lý", DanhSachHoSoBoSung=[answered]
        )

    def _taken_back(self) -> Iterator[Step]:
        """Ask for papers by mistake: the third snapshot is equal to the first."""
        before = dict(self._changing)
        yield from self._stage("supplement_required", "Yêu cầu bổ sung", DanhSachHoSoBoSung=[self._asks()])
        self._changing = before
        yield self._tell()
        yield self._entry("processing", "Thu hồi yêu cầu bổ sung do nhầm hồ sơ")

    def _asks(self) -> Item:
        return {
            "HoSoBoSungId": str(self._dice.randrange(10**5, 10**6)),
            "NguoiYeuCauBoSung": self._person(),
            "NoiDungBoSung": self._dice.choice(province.MISSING_PAPERS),
            "NgayBoSung": _stamp(self._now + timedelta(minutes=30)),
            "TrangThaiBoSung": "1",
            "DanhSachGiayToBoSung": [],
            "DanhSachLePhiBoSung": [],
        }

    def _end(self) -> Iterator[Step]:
        if self._chance(_WITHDRAWN):
            yield from self._stage("withdrawn", "Công dân đề nghị rút hồ sơ")
        elif self._chance(_STOPPED):
            yield from self._decline("stopped", "Dừng xử lý do quá hạn bổ sung")
        else:
            result = self._result()
            done = _stamp(self._now + timedelta(hours=2))
            yield from self._stage(
                "finished", "Phê duyệt kết quả", NgayKetThucXuLy=done, DanhSachGiayToKetQua=[result]
            )
            handed = _stamp(self._now + timedelta(hours=3))
            yield from self._stage(
                "returned", "Trả kết quả", NgayTra=handed, ThongTinTra="Đã trả cho công dân"
            )

    def _decline(self, status: str, reason: str) -> Iterator[Step]:
        yield from self._stage(status, reason, NgayTuChoi=_stamp(self._now), GhiChu=reason)

    def _stage(self, status: str, note: str, **changed: Any) -> Iterator[Step]:
        self._pass_time()
        yield self._snapshot(status, **changed)
        yield self._entry(status, note)

    def _snapshot(self, status: str, **changed: Any) -> Step:
        self._changing |= {"TrangThaiHoSo": _number(status), "NgayHenTra": _stamp(self._due), **changed}
        return self._tell()

    def _tell(self) -> Step:
        step = Step("dossier", self.code, self._current(), is_update=self._told)
        self._told = True
        return step

    def _current(self) -> Item:
        phone = REFUSED_PHONE if self._spoilt else self._phone
        return self._fixed | self._changing | {"SoDienThoai": phone}

    def _entry(self, status: str, note: str) -> Step:
        self._now += timedelta(minutes=self._dice.randrange(2, 40), seconds=self._dice.randrange(60))
        item = {
            "MaHoSo": self.code,
            "NguoiXuLy": self._person(),
            "ChucDanh": self._dice.choice(province.TITLES),
            "ThoiDiemXuLy": _stamp(self._now),
            "PhongBanXuLy": self._dice.choice(province.ROOMS),
            "NoiDungXuLy": note,
            "TrangThai": _number(status),
            "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": _stamp(self._due),
        }
        return Step("progress", self.code, item)

    def _birth(self, start: datetime) -> Item:
        """Return what stays the same; four in five systems speak the newer form, the others the older."""
        procedure, name = self._procedure, self._person()
        older = self._chance(_OLDER_FORM)
        item = {
            "MaHoSo": self.code,
            "MaTTHC": procedure.code,
            "TenTTHC": procedure.name,
            "MaLinhVuc": procedure.field[0],
            "TenLinhVuc": procedure.field[1],
            "ChuHoSo": name,
            "LoaiDoiTuong": "1",
            "MaDoiTuong": "",
            "ThongTinKhac": "",
            "Email": self._email(),
            "Fax": "",
            "TrichYeuHoSo": f"{procedure.name} cho {name}",
            "NgayTiepNhan": _stamp(start),
            "HinhThuc": self._dice.choice("01"),
            "NgayTra": "",
            "ThongTinTra": "",
            "NgayKetThucXuLy": "",
            "DonViXuLy": self._office,
            "TaiLieuNop": [self._paper(n, paper, older) for n, paper in enumerate(procedure.papers)],
            "DanhSachLePhi": _fees(procedure),
            "DanhSachTepDinhKemKhac": [],
            "DanhSachHoSoBoSung": [],
            "DanhSachGiayToKetQua": [],
        }
        return item if older else item | self._newer(start)

    def _newer(self, start: datetime) -> Item:
        identity = f"025{self._dice.randrange(10**8, 10**9)}"
        return {
            "KenhThucHien": self._dice.choice("1223"),
            "SoGiayToChuHoSo": identity,
            "GhiChu": "",
            "NoiNopHoSo": "2",
            "HoSoCoThanhPhanSoHoa": "1",
            "TaiKhoanDuocXacThucVoiVNeID": self._dice.choice("01"),
            "DuocThanhToanTrucTuyen": self._dice.choice("012") if self._procedure.fee else "0",
            "NgayTuChoi": None,
            "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": identity}],
            "NgayNopHoSo": _stamp(start),
            "DSKetNoiCSDL": [{"MaCSDL": "7"}],
        }

    def _paper(self, n: int, name: str, older: bool) -> Item:
        paper = {
            "TepDinhKemId": str(self._dice.randrange(10**6, 10**7)),
            "TenTepDinhKem": name,
            "IsDeleted": "False",
            "MaThanhPhanHoSo": f"{self._procedure.code}-TP{n + 1:02}",
            "DuongDanTaiTepTin": self._url(),
        }
        newer = {
            "DuocSoHoa": "1",
            "DuocTaiSuDung": self._dice.choice("012"),
            "DuocLayTuKhoDMQG": self._dice.choice("01"),
            "MaKetQuaThayThe": None,
        }
        return paper if older else paper | newer

    def _result(self) -> Item:
        code, name = self._procedure.result
        return {
            "TenGiayTo": name,
            "MaThanhPhanHoSo": "",
            "GiayToId": str(self._dice.randrange(10**6, 10**7)),
            "DuongDanTepTinKetQua": self._url(),
            "MaGiayToKetQua": code,
        }

    def _email(self) -> str:
        return f"{self.code.lower().replace('-', '.')}@example.vn" if self._chance(_WITH_EMAIL) else ""

    def _url(self) -> str:
        file = uuid.UUID(int=self._dice.getrandbits(128), version=4)
        return f"https://tepdinhkem.motcua.example.vn/documents/20182/0/{self.code}/{file}.pdf?download=true"

    def _person(self) -> str:
        choice = self._dice.choice
        return f"{choice(province.FAMILY)} {choice(province.MIDDLE)} {choice(province.GIVEN)}"

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _pass_time(self) -> None:
        self._now = working_time(self._now + timedelta(minutes=self._dice.randrange(30, 600)))


def working_time(moment: datetime) -> datetime:
    """Return the moment itself within office hours, else the next opening. Public holidays are not known."""
    if moment.hour >= _CLOSES:
        moment = moment.replace(hour=_OPENS) + timedelta(days=1)
    if moment.hour < _OPENS:
        moment = moment.replace(hour=_OPENS)
    while moment.weekday() > _FRIDAY:
        moment += timedelta(days=1)
    return moment


def _fees(procedure: Procedure) -> list[Item]:
    if not procedure.fee:
        return []
    name = f"Lệ phí: {procedure.name}"[:200]
    fee = {"TenPhiLePhi": name, "MaPhiLePhi": "1", "HinhThucThu": "1", "LoaiPhiLePhi": "1"}
    return [fee | {"Gia": str(procedure.fee)}]


def _number(status: str) -> str:
    """Return the portal's number for a status."""
    return str(BY_WORD[status].number)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}"
