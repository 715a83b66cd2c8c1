"""The fields of dossiers and progress entries as the national portal's synchronisation services name them.

Source: services `DongBoHoSoMC` and `CapNhatTienDoHoSoMC`. Two generations of clients are known: the first
(2019-2021) always sends the fields marked `always`; the second (2021-2025) adds the others. Every scalar is a
string, a date is `yyyyMMddHHmmss` in Viet Nam time. The lengths and dates checked here are those that the
portal is known to refuse. Statuses are not here: each side declares its own mapping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial

from lgsp.domain.codes import dossier_code
from lgsp.formats.fields import Field, Form, Table, words
from lgsp.message import VIETNAM

DOSSIER_SERVICE = "DongBoHoSoMC"
PROGRESS_SERVICE = "CapNhatTienDoHoSoMC"
LOOKUP_SERVICE = "TraCuuHoSo"

_DATE = "yyyyMMddHHmmss"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")


@lru_cache(4096)
def read_moment(text: str) -> str | None:
    """Return `yyyyMMddHHmmss` as ISO 8601 with +07:00, or None when it is no real moment."""
    if len(text) != len(_DATE) or not text.isascii() or not text.isdigit():
        return None
    try:
        year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
        moment = datetime(year, month, day, int(text[8:10]), int(text[10:12]), int(text[12:]), tzinfo=VIETNAM)
    except ValueError:
        return None
    return moment.isoformat()


@lru_cache(4096)
def write_moment(iso: str) -> str:
    """Return an ISO 8601 moment as `yyyyMMddHHmmss` in Viet Nam time; parts of a second are dropped."""
    moment = datetime.fromisoformat(iso).astimezone(VIETNAM)
    return f"{moment.year:04}{moment:%m%d%H%M%S}"


def _read_code(text: str) -> str | None:
    return text if dossier_code(text) else None


def _read_whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


CODE = Form(_read_code, str, "bad-code", "H44.11-260131-0001", strict=True)
MOMENT = Form(read_moment, write_moment, "bad-date", _DATE, strict=True)
WHOLE = Form(_read_whole, str, "not-a-number")
YES_NO = words({"0": False, "1": True})
TRUE_FALSE = words({"False": False, "True": True})

_always = partial(Field, always=True)

FEE = Table(
    _always("TenPhiLePhi", "name"),
    _always("MaPhiLePhi", "code"),
    _always("HinhThucThu", "collection"),
    _always("Gia", "amount", WHOLE),
    _always("LoaiPhiLePhi", "kind", words({"1": "fee", "2": "charge"})),
)
PAPER = Table(
    _always("TepDinhKemId", "id"),
    _always("TenTepDinhKem", "name", limit=4000),
    Field("IsDeleted", "deleted", TRUE_FALSE),
    _always("MaThanhPhanHoSo", "component"),
    _always("DuongDanTaiTepTin", "url"),
    Field("DuocSoHoa", "digitised", YES_NO),
    Field("DuocTaiSuDung", "reused", words({"0": "no", "1": "component", "2": "result"})),
    Field("DuocLayTuKhoDMQG", "from_national_store", YES_NO),
    Field("MaKetQuaThayThe", "replacement_result"),
)
OTHER_PAPER = Table(
    _always("TenGiayTo", "name", limit=2000),
    _always("SoLuong", "quantity", WHOLE),
    _always("LoaiGiayTo", "kind"),
)
RESULT = Table(
    _always("TenGiayTo", "name", limit=2000),
    _always("MaThanhPhanHoSo", "component"),
    _always("GiayToId", "id"),
    _always("DuongDanTepTinKetQua", "url"),
    Field("MaGiayToKetQua", "code"),
)
SUPPLEMENT = Table(
    _always("HoSoBoSungId", "id"),
    _always("NguoiYeuCauBoSung", "requested_by"),
    _always("NoiDungBoSung", "request"),
    _always("NgayBoSung", "requested_at", MOMENT),
    _always("NguoiTiepNhanBoSung", "received_by"),
    _always("ThongTinTiepNhan", "receipt_information"),
    _always("NgayTiepNhanBoSung", "received_at", MOMENT),
    _always("TrangThaiBoSung", "state"),
    _always("DanhSachGiayToBoSung", "papers", rows=PAPER),
    _always("DanhSachLePhiBoSung", "fees", rows=FEE),
    _always("NgayHenTraTruoc", "due_before", MOMENT),
    _always("NgayHenTraMoi", "due_after", MOMENT),
)
IDENTITY = Table(
    Field("LoaiDinhDanh", "kind", words({"1": "personal_number", "2": "old_identity_card"})),
    Field("SoDinhDanh", "number"),
)
DATABASE = Table(Field("MaCSDL", "code"))


def _status(native: str, statuses: Mapping[str, str]) -> Field:
    form = words(statuses, fault="unmapped-status", strict=True)
    return Field(native, "status", form, required=True, always=True)


def dossier_table(statuses: Mapping[str, str]) -> Table:
    """Return the fields of a dossier, for a declared mapping of native status codes to canonical words."""
    return Table(
        _always("MaHoSo", "code", CODE, required=True),
        _status("TrangThaiHoSo", statuses),
        Field("SoBienNhan", "receipt_number"),
        _always("MaTTHC", "procedure/code", expected=True),
        _always("TenTTHC", "procedure/name"),
        _always("MaLinhVuc", "procedure/field_code"),
        _always("TenLinhVuc", "procedure/field_name"),
        Field("KenhThucHien", "channel", words({"1": "direct", "2": "online", "3": "post"})),
        Field("NoiNopHoSo", "submitted_through", words({"1": "national_portal", "2": "provincial_portal"})),
        _always("ChuHoSo", "applicant/name", expected=True),
        _always("LoaiDoiTuong", "applicant/kind", _APPLICANT_KINDS, expected=True),
        _always("MaDoiTuong", "applicant/portal_account"),
        Field("SoGiayToChuHoSo", "applicant/identity_number"),
        Field("DinhDanhCHS", "applicant/identities", rows=IDENTITY),
        _always("Email", "applicant/email"),
        _always("Fax", "applicant/fax"),
        _always("SoDienThoai", "applicant/phone"),
        Field("TaiKhoanDuocXacThucVoiVNeID", "applicant/verified_by_vneid", YES_NO),
        _always("TrichYeuHoSo", "subject", limit=1000, expected=True),
        _always("ThongTinKhac", "other_information"),
        Field("GhiChu", "note", limit=2000),
        Field("NgayNopHoSo", "submitted_at", MOMENT),
        _always("NgayTiepNhan", "received_at", MOMENT, expected=True),
        _always("NgayHenTra", "due_at", MOMENT),
        _always("NgayKetThucXuLy", "finished_at", MOMENT),
        Field("NgayTuChoi", "declined_at", MOMENT),
        _always("DonViXuLy", "handling_unit", expected=True),
        _always("HinhThuc", "result_delivery/method", words({"0": "direct", "1": "post"})),
        _always("NgayTra", "result_delivery/returned_at", MOMENT),
        _always("ThongTinTra", "result_delivery/information"),
        Field("DuocThanhToanTrucTuyen", "payment/online", _ONLINE_PAYMENT),
        _always("DanhSachLePhi", "payment/fees", rows=FEE),
        Field("HoSoCoThanhPhanSoHoa", "has_digitised_papers", YES_NO),
        Field("DSKetNoiCSDL", "databases", rows=DATABASE),
        _always("TaiLieuNop", "papers", rows=PAPER),
        _always("DanhSachTepDinhKemKhac", "other_papers", rows=OTHER_PAPER),
        _always("DanhSachHoSoBoSung", "supplements", rows=SUPPLEMENT),
        _always("DanhSachGiayToKetQua", "results", rows=RESULT),
    )


def progress_table(statuses: Mapping[str, str]) -> Table:
    """Return the fields of a progress entry, for a declared mapping of native status codes to words."""
    return Table(
        _always("MaHoSo", "code", CODE, required=True),
        _always("NguoiXuLy", "officer/name", limit=50, expected=True),
        _always("ChucDanh", "officer/title"),
        _always("ThoiDiemXuLy", "handled_at", MOMENT, required=True),
        _always("PhongBanXuLy", "officer/department"),
        _always("NoiDungXuLy", "content", expected=True),
        _status("TrangThai", statuses),
        _always("NgayBatDau", "started_at", MOMENT),
        _always("NgayKetThucTheoQuyDinh", "step_due_at", MOMENT),
    )


_APPLICANT_KINDS = words({"1": "citizen", "2": "business", "3": "state_body", "4": "organisation"})
_ONLINE_PAYMENT = words({"0": "none", "1": "national_portal", "2": "own_gateway", "3": "otherwise"})
