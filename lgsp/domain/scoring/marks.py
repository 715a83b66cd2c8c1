"""What of a dossier's snapshot the measures ask for, as bits: a register keeps them when the body is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntFlag
from typing import Any


class Mark(IntFlag):
    """What one snapshot said. Kept in tables: a number never changes its meaning.

    Each is named after what the canonical `dossier.v1` says; in brackets the portal's field.
    """

    UNREADABLE = 1 << 0
    """The body is erased, or its key is not known here: nothing but times and status was kept."""
    FEES = 1 << 1
    """It lists fees [DanhSachLePhi]."""
    FEES_NOTHING = 1 << 2
    """It lists fees, and each of them is 0 [Gia]."""
    PAYMENT_SAID = 1 << 3
    """It says how it was paid online, be it not at all [DuocThanhToanTrucTuyen]."""
    PAID_PORTAL = 1 << 4
    """Paid online on the national portal [DuocThanhToanTrucTuyen 1]."""
    PAID_OWN = 1 << 5
    """Paid online on the province's or the ministry's gateway [DuocThanhToanTrucTuyen 2]."""
    PAPERS = 1 << 6
    """A submitted paper with an address, not withdrawn [TaiLieuNop]."""
    RESULTS = 1 << 7
    """It lists result papers [DanhSachGiayToKetQua]."""
    RESULT_LINKED = 1 << 8
    """A result with an address [DuongDanTepTinKetQua]."""
    RESULT_CODED = 1 << 9
    """A result with an address and a code [MaGiayToKetQua]."""
    DIGITISED = 1 << 10
    """It says that it has digitised components [HoSoCoThanhPhanSoHoa]."""
    PAPER_DIGITISED = 1 << 11
    """A paper of it was digitised [DuocSoHoa]."""
    REUSED = 1 << 12
    """A paper of it was used again [DuocTaiSuDung 1, 2]."""
    FROM_STORE = 1 << 13
    """A paper of it came from the citizen's national store [DuocLayTuKhoDMQG]."""
    VERIFIED = 1 << 14
    """The applicant's account was verified with VNeID [TaiKhoanDuocXacThucVoiVNeID]."""
    DATABASES = 1 << 15
    """It names databases that were consulted [DSKetNoiCSDL]; the list of their codes is not public."""
    BORN_AT_PORTAL = 1 << 16
    """It was submitted on the national portal [NoiNopHoSo 1, presumably]."""


_PAID = {"national_portal": int(Mark.PAID_PORTAL), "own_gateway": int(Mark.PAID_OWN)}


def marks_of(dossier: Mapping[str, Any]) -> Mark:
    """Return the marks of a canonical `dossier.v1`."""
    return Mark(
        _of_payment(dossier.get("payment") or {})
        + _of_papers(dossier.get("papers") or ())
        + _of_results(dossier.get("results") or ())
        + _of_applicant(dossier)
    )


def _of_payment(payment: Mapping[str, Any]) -> int:
    online, fees = payment.get("online"), payment.get("fees") or ()
    nothing = bool(fees) and all(fee.get("amount") == 0 for fee in fees)
    return (
        _PAID.get(online or "", 0)
        + Mark.PAYMENT_SAID * bool(online)
        + Mark.FEES * bool(fees)
        + Mark.FEES_NOTHING * nothing
    )


def _of_papers(papers: Sequence[Mapping[str, Any]]) -> int:
    there = [paper for paper in papers if not paper.get("deleted")]
    return (
        Mark.PAPERS * any(paper.get("url") for paper in there)
        + Mark.PAPER_DIGITISED * any(paper.get("digitised") is True for paper in there)
        + Mark.REUSED * any(paper.get("reused") in {"component", "result"} for paper in there)
        + Mark.FROM_STORE * any(paper.get("from_national_store") is True for paper in there)
    )


def _of_results(results: Sequence[Mapping[str, Any]]) -> int:
    linked = [result for result in results if result.get("url")]
    return (
        Mark.RESULTS * bool(results)
        + Mark.RESULT_LINKED * bool(linked)
        + Mark.RESULT_CODED * any(result.get("code") for result in linked)
    )


def _of_applicant(dossier: Mapping[str, Any]) -> int:
    return (
        Mark.DIGITISED * (dossier.get("has_digitised_papers") is True)
        + Mark.VERIFIED * ((dossier.get("applicant") or {}).get("verified_by_vneid") is True)
        + Mark.DATABASES * bool(dossier.get("databases"))
        + Mark.BORN_AT_PORTAL * (dossier.get("submitted_through") == "national_portal")
    )
