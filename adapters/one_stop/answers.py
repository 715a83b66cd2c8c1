"""Answering one-stop systems in the protocol's envelope, truthfully and in the way they read it.

Those clients judge by `error_code` and by words: they take "thành công" for done and "đã tồn tại" for "send
it as an update". So only an answer that means "all of it is ours now" holds the former, and none the latter.
The code of an answer that is not all good is -1, which the protocol has for errors; it is none of those that
clients take for done (0, "00") or for "exists" (3, -3). Bare forms answer the code as a string.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.adapter import Accepted, Found, Report, Waiting
from lgsp.domain.causes import explain
from lgsp.domain.dossier import BY_WORD
from lgsp.errors import Problem, Rejected
from lgsp.formats.dossier_sync import PROGRESS_SERVICE
from lgsp.formats.portal_questions import TELL_ANSWER, TELL_QUESTION, TELL_SATISFACTION

from .mapping import native_place

_ECHOED = re.compile(r"[\w.\-/ ]{1,60}", re.ASCII)
"""Codes that are given back as they came: ASCII, so they can hold no Vietnamese word."""

_STATES = {
    "delivered": "đã chuyển",
    "refused": "bị hệ thống nhận từ chối",
    "exhausted": "đã hết lượt chuyển lại",
    "expired": "đã hết hạn chuyển",
    "cancelled": "đã hủy",
    "superseded": "đã có bản mới hơn",
    "replaced": "đã thay bằng bản sửa",
    "shadowed": "kết nối cũ phụ trách chuyển, trục không chuyển",
    "adopted": "hệ thống nhận đã có từ trước",
}

_SYNCED = "Đồng bộ hồ sơ thành công"
_DONE = {
    PROGRESS_SERVICE: "Cập nhật tiến độ thành công",
    TELL_QUESTION: "Đồng bộ câu hỏi thành công",
    TELL_ANSWER: "Đồng bộ trả lời thành công",
    TELL_SATISFACTION: "Đồng bộ kết quả đánh giá thành công",
}

_READ = {True: "", False: "Thành công"}
"""What a read that was answered says; provincial proxies' clients look for the words."""

Answer = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Dialect:
    """Which form of the protocol a client speaks."""

    wrapped: bool

    @property
    def done(self) -> int | str:
        """Return the code for "all of it"."""
        return 0 if self.wrapped else "0"

    @property
    def failed(self) -> int | str:
        """Return the code for "not all of it"."""
        return -1 if self.wrapped else "-1"


BARE, WRAPPED = Dialect(wrapped=False), Dialect(wrapped=True)


def taken(
    dialect: Dialect, service: str, items: Sequence[object], outcomes: Sequence[Accepted | Rejected]
) -> Answer:
    """Return the answer to a batch: one result per item, in the items' order."""
    rejected = [(n, o) for n, o in enumerate(outcomes) if isinstance(o, Rejected)]
    results = [_result(dialect, n, items[n], o) for n, o in enumerate(outcomes)]
    if rejected:
        faults = " ".join(_fault(n, items[n], o) for n, o in rejected)
        message = (
            f"Không tiếp nhận {len(rejected)}/{len(outcomes)} bản ghi vào trục. {faults} "
            "Bản ghi hợp lệ (nếu có) đã được nhận; có thể gửi lại toàn bộ, không phát sinh trùng lặp."
        )
        return {"error_code": dialect.failed, "message": message, "result": results}
    return {"error_code": dialect.done, "message": _DONE.get(service, _SYNCED), "result": results}


def turned_away(dialect: Dialect, reason: Rejected) -> Answer:
    """Return the answer to a request of which nothing could be taken."""
    said = [explain(problem) for problem in reason.problems]
    message = " ".join(f"{one.text}. {one.mend}" for one in said)
    return {"error_code": dialect.failed, "message": message, "result": []}


def not_admitted(dialect: Dialect) -> Answer:
    """Return the answer to a caller without a valid token or session."""
    return turned_away(dialect, Rejected([Problem("", "not-admitted")]))


def logged_in(session: str) -> Answer:
    """Return the answer to a login; an empty session is a refused one."""
    if session:
        return {"session": session, "error_code": 0, "message": "OK"}
    return {"session": "", "error_code": -1, "message": "Thông tin đăng nhập không hợp lệ"}


def looked_up(found: Found | None, statuses: Mapping[str, str]) -> Answer:
    """Return the answer to `TraCuuHoSo`: a result only when some system is known to hold the dossier.

    Args:
        found: what the journal knows.
        statuses: canonical word to native status code.
    """
    if found is None:
        return {"error_code": 0, "message": "Trục chưa nhận hồ sơ này", "result": []}
    if not found.there:
        return {"error_code": 0, "message": "Hồ sơ đã được nhận vào trục, đang chuyển", "result": []}
    status = str(found.data.get("status", ""))
    item = {
        "MaHoSo": found.subject,
        "TrangThaiHoSo": statuses.get(status, ""),
        "TenTrangThai": BY_WORD[status].vi if status in BY_WORD else "",
    }
    return {"error_code": 0, "message": "", "result": [item]}


def found(dialect: Dialect, rows: Sequence[Mapping[str, Any]]) -> Answer:
    """Return the answer to a read service."""
    return {"error_code": dialect.done, "message": _READ[dialect.wrapped], "result": rows}


def around(dialect: Dialect, *, inside: bool) -> tuple[bytes, bytes]:
    """Return what stands before and behind the rows of a list that is written while it is read.

    Args:
        dialect: in which form.
        inside: the rows stand in `data` of an object, as those of `LayDVC` do.
    """
    before, _, behind = orjson.dumps(found(dialect, [])).partition(b"[]")
    return (before + b'{"data":[', b"]}" + behind) if inside else (before + b"[", b"]" + behind)


def changed(one: Waiting) -> Answer:
    """Return a change of a catalogue that waits to be picked up, in the vendor's own words."""
    return {
        "id": str(one.id),
        "Loai": one.type,
        "Ma": one.subject,
        "HeThongGui": one.source,
        "ThoiDiem": one.since.isoformat(),
    }


def reported(report: Report) -> Answer:
    """Return a report in the vendor's own words.

    `MaHoSo`, `TrangThai` (of the delivery) and its name, the system, the cause with its mend, what the far
    side said, the native fields that it named, when, and the cursor to ask on from.
    """
    why = explain(report.why or report.cause) if report.cause else None
    return {
        "cursor": report.cursor,
        "id": str(report.message),
        "MaHoSo": report.subject,
        "Loai": report.type,
        "PhienBan": report.revision,
        "HeThongNhan": report.system,
        "TrangThai": report.state,
        "TenTrangThai": _STATES.get(report.state, report.state),
        "ThoiDiem": report.at.isoformat(),
        "MaNguyenNhan": report.cause,
        "NguyenNhan": why.text if why else "",
        "CachKhacPhuc": why.mend if why else "",
        "NoiDungTraLoi": report.said,
        "TruongLoi": list(report.fields),
    }


def _result(dialect: Dialect, n: int, item: object, outcome: Accepted | Rejected) -> Answer:
    code = _echoed(item)
    if isinstance(outcome, Accepted):
        return {"MaHoSo": code, "error_code": dialect.done, "message": "Đã nhận", "id": str(outcome.id)}
    return {"MaHoSo": code, "error_code": dialect.failed, "message": _faults(n, outcome)}


def _fault(n: int, item: object, reason: Rejected) -> str:
    return f"Bản ghi thứ {n + 1} (MaHoSo {_echoed(item) or 'không đọc được'}): {_faults(n, reason)}."


def _faults(n: int, reason: Rejected) -> str:
    """Return every fault of an item, each with the name of its native field."""
    return "; ".join(explain(p, place=_place(n, p.place, reason.type)).text for p in reason.problems)


def _place(n: int, place: str, type_: str) -> str:
    """Return a fault's native field, without the item's own number before it."""
    if place.startswith("/"):
        return native_place(type_, place)
    return "" if place == str(n) else place.removeprefix(f"{n}/")


def _echoed(item: object) -> str:
    code = item.get("MaHoSo") if isinstance(item, dict) else None
    return code if isinstance(code, str) and _ECHOED.fullmatch(code) else ""
