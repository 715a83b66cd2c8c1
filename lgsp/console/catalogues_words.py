"""What the parts of the screen of catalogues say alike: words for standings, levels, sureness; days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import Request

from lgsp.console.language import told
from lgsp.console.states import Look
from lgsp.domain.agencies.facts import Fact, Succession
from lgsp.domain.agencies.register import Register
from lgsp.message import VIETNAM, nfc

HERE = "/console/catalogues"
LONGEST = 200
STANDS: Mapping[str, Look] = {
    "live": Look("circle-check", "green", told("đang có hiệu lực")),
    "closed": Look("archive", "secondary", told("đã đóng")),
    "not-yet-valid": Look("clock", "azure", told("chưa có hiệu lực")),
    "unknown": Look("help-circle", "orange", told("chưa biết")),
    "ambiguous": Look("arrows-split", "yellow", told("chưa xác định được")),
}
"""What a code is on a day, by the words of the register."""
SURE: Mapping[str, Look] = {
    "high": Look("checks", "green", told("tin cậy cao")),
    "medium": Look("check", "azure", told("tin cậy vừa")),
    "low": Look("question-mark", "yellow", told("tin cậy thấp")),
}
TIERS: Mapping[str, str] = {
    "central": told("trung ương"),
    "province": told("cấp tỉnh"),
    "district": told("cấp huyện (đến 30/6/2025)"),
    "commune": told("cấp xã"),
}
SHARES: Mapping[str, str] = {"whole": told("toàn bộ"), "part": told("một phần")}
SCHEMES: Mapping[str, str] = {
    "identifier": told("mã định danh (Quyết định 20/2020, QCVN 102:2016)"),
    "statistics": told("mã đơn vị hành chính của Tổng cục Thống kê"),
}
WRITTEN: Mapping[str, str] = {
    "old": told("dạng cũ (QCVN 102:2016), đọc từ phải sang trái"),
    "old-short": told("dạng cũ viết tắt, đọc từ phải sang trái"),
    "new": told("dạng mới (Quyết định 20/2020)"),
    "scheme": told("mã theo Điều 6 Quyết định 20/2020"),
    "enterprise": told("mã số doanh nghiệp"),
    "axis-enterprise": told("mã số doanh nghiệp trên trục văn bản"),
    "statistics": told("mã thống kê"),
    "opaque": told("không theo quy cách nào đã biết"),
}
"""How a code is written, by the words of the domain."""


def today() -> date:
    """Return the day in Viet Nam."""
    return datetime.now(VIETNAM).date()


def term(request: Request, name: str) -> str:
    """Return a term of a search, composed, without space around it, and not too long."""
    return nfc(request.query_params.get(name, "")).strip()[:LONGEST]


def day_of(request: Request, name: str = "on") -> tuple[date | None, bool]:
    """Return the day that is asked for (None is today), and whether what stands there can be read."""
    written = request.query_params.get(name, "").strip()
    try:
        return (date.fromisoformat(written) if written else None), True
    except ValueError:
        return None, False


def name_on(known: Register, code: str, on: date) -> str:
    """Return the name of an agency on a day; empty where nobody knows it."""
    found = known.resolve(code, on) if code else None
    return found.fact.name if found is not None and found.known and found.fact is not None else ""


_EMPTY = dict.fromkeys((*Fact._fields, *Succession._fields), "")


def filled(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim with all fields in its content; those that say nothing are empty."""
    return {**claim, "content": _EMPTY | claim["content"]}


WORDS: Mapping[str, Any] = {
    "STANDS": STANDS, "SURE": SURE, "TIERS": TIERS, "SHARES": SHARES, "SCHEMES": SCHEMES, "WRITTEN": WRITTEN,
    "HERE": HERE,
}  # fmt: skip
"""What every template of the screen finds."""
