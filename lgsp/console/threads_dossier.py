"""What a dossier's thread comes to: where it stands, its stages, its deadline, and what each system holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lgsp.console.language import told
from lgsp.console.states import Look
from lgsp.console.threads_due import Term, term
from lgsp.domain.ahead import ahead
from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.course.packets import moment
from lgsp.domain.dossier import BY_WORD, Clock
from lgsp.journal.retelling import moment_of
from lgsp.journal.threads import Thread, Told

STATUSES: Mapping[str, Look] = {
    "registered": Look("file-text", "azure", told("mới đăng ký")),
    "received": Look("inbox", "blue", told("được tiếp nhận")),
    "not_accepted": Look("circle-x", "red", told("không được tiếp nhận")),
    "processing": Look("progress", "blue", told("đang xử lý")),
    "supplement_required": Look("file-alert", "orange", told("yêu cầu bổ sung giấy tờ")),
    "payment_required": Look("receipt", "orange", told("yêu cầu thực hiện nghĩa vụ tài chính")),
    "withdrawn": Look("arrow-back-up", "secondary", told("công dân yêu cầu rút hồ sơ")),
    "stopped": Look("player-stop", "secondary", told("dừng xử lý")),
    "finished": Look("file-check", "green", told("đã xử lý xong")),
    "returned": Look("checks", "green", told("đã trả kết quả")),
}
"""Statuses of a dossier, by their word."""
NEXT: Mapping[str, str] = {
    "parked": told("chuyển đi khi hệ thống nhận đã có hồ sơ gốc"),
    "waiting": told("chuyển đi khi các lượt trước của cùng hồ sơ, văn bản đã xong"),
    "ready": told("chuyển đi ngay khi đến lượt"),
    "sending": told("đang đợi hệ thống nhận trả lời"),
    "put off": told("nền tảng tự chuyển lại"),
    "held": told("chờ người vận hành quyết định: cho đi tiếp hoặc hủy"),
    "offered": told("chờ hệ thống nhận đến lấy"),
    "delivered": told("không còn gì phải chờ"),
    "refused": told("nguồn sửa rồi gửi lại, hoặc khắc phục nguyên nhân rồi phát lại"),
    "exhausted": told("khắc phục nguyên nhân rồi phát lại"),
    "expired": told("gửi lại từ nguồn, hoặc phát lại"),
    "cancelled": told("không chuyển nữa"),
    "superseded": told("không cần chuyển nữa"),
    "replaced": told("không cần chuyển nữa"),
    "shadowed": told("kết nối cũ gửi, trục chạy song hành"),
    "adopted": told("hệ thống nhận đã có từ trước"),
    "overtaken": told("đã có bản mới hơn; không cần làm gì"),
    "suspended": told("hệ thống nhận đang tạm ngừng; chuyển tiếp ngay khi hệ thống trả lời lại"),
    "draining": told("hệ thống đang chuyển nốt rồi tạm dừng; chờ người vận hành cho chạy tiếp"),
    "paused": told("người vận hành đang tạm dừng hệ thống; chờ cho chạy tiếp"),
}
"""What happens next to a delivery, by the word of `lgsp.domain.ahead`."""
_PATH = ("registered", "received", "processing", "finished", "returned")
_ASIDE = {"supplement_required": "processing", "payment_required": "processing"}
_ENDS = ("not_accepted", "withdrawn", "stopped")
_TIMES = {"registered": "submitted_at", "received": "received_at", "finished": "finished_at"}
SNAPSHOT, PROGRESS = "dossier.v1", "dossier.progress.v1"


def outline(thread: Thread, calendars: Calendars) -> dict[str, Any]:
    """Return what a dossier's thread comes to, as its page shows it."""
    newest = next((one for one in reversed(thread.messages) if one.type == SNAPSHOT), None)
    data = newest.data if newest else {}
    said = [(one, word) for one in thread.messages if (word := status_of(one))]
    status = said[-1][1] if said else ""
    revisions = [one for one in thread.messages if one.type == SNAPSHOT]
    return {
        "facts": _facts(data),
        "status": status,
        "since": _since(said),
        "stages": _stages(said, data),
        "due": _due(data, status, calendars, moment_of(thread.now)),
        "revisions": revisions[-1].revision if revisions else 0,
        "officer": _officer(thread.messages),
    }


def _facts(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what a dossier says of itself, as far as the page shows it."""
    procedure, applicant = data.get("procedure") or {}, data.get("applicant") or {}
    return {
        "procedure": " · ".join(str(procedure[name]) for name in ("code", "name") if procedure.get(name)),
        "unit": str(data.get("handling_unit") or ""),
        "applicant": str(applicant.get("name") or ""),
        "subject": str(data.get("subject") or ""),
    }


def status_of(one: Told) -> str:
    """Return the business status that a message tells; empty where it tells none that is known."""
    word = str(one.watched.get("/status") or one.data.get("status") or "")
    return word if word in BY_WORD else ""


def officer_of(data: Mapping[str, Any]) -> str:
    """Return who handled a step, with title and department, as people read it."""
    said = data.get("officer") or {}
    return ", ".join(str(said[name]) for name in ("name", "title", "department") if said.get(name))


def _officer(messages: Sequence[Told]) -> str:
    return next((who for one in reversed(messages) if (who := officer_of(one.data))), "")


def _since(said: Sequence[tuple[Told, str]]) -> int | None:
    """Return when the status that holds was told first, without another one since."""
    since = None
    for one, word in reversed(said):
        if word != said[-1][1]:
            break
        since = one.accepted_at
    return since


def _stages(said: Sequence[tuple[Told, str]], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the usual stages with when each was reached, and the one where the dossier is."""
    if not said:
        return []
    first: dict[str, Any] = {}
    for one, word in said:
        first.setdefault(_ASIDE.get(word, word), _told_at(one))
    first |= {word: at for word, name in _TIMES.items() if (at := moment(data.get(name)))}
    if handed := moment((data.get("result_delivery") or {}).get("returned_at")):
        first["returned"] = handed
    last = said[-1][1]
    now = _ASIDE.get(last, last)
    path = [*_PATH[: _reached(first)], now] if now in _ENDS else list(_PATH)
    place = path.index(now)
    return [
        {
            "word": last if n == place else word,
            "at": first.get(word),
            "is": "now" if n == place else "done" if n < place else "ahead",
        }
        for n, word in enumerate(path)
    ]


def _reached(first: Mapping[str, Any]) -> int:
    """Return how much of the usual path was gone before it ended otherwise."""
    return max((n for n, word in enumerate(_PATH[:3], 1) if word in first), default=0)


def _told_at(one: Told) -> datetime:
    return moment(one.data.get("handled_at")) or moment_of(one.accepted_at)


def _due(data: Mapping[str, Any], status: str, calendars: Calendars, now: datetime) -> Term:
    """Return how the promised date stands: by the agency's calendar, and with the clock of the status."""
    at = moment(data.get("due_at"))
    if at is None:
        return Term("open")
    clock = BY_WORD[status].clock if status else Clock.RUNS
    if clock is Clock.PAUSED:
        return Term("paused", at)
    end = moment(data.get("finished_at")) or moment((data.get("result_delivery") or {}).get("returned_at"))
    if clock is Clock.ENDED and end is None:
        return Term("ended", at)
    return term(calendars.of(str(data.get("code", "")).partition("-")[0]), now, at, end)


def held(thread: Thread, standings: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what each system holds of a thread, and what happens next: one row for each system and type.

    Args:
        thread: the messages.
        standings: of the systems, by name.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in thread.messages:
        for way in one.ways:
            row = rows.setdefault((way["system"], one.type), _row(way["system"], one.type))
            row["all"] += 1
            if way["state"] == "delivered":
                row["there"] += 1
                row["revision"] = max(row["revision"], one.revision)
            if not row["way"] or _counts(way) >= _counts(row["way"]):
                word = ahead(
                    way["state"], standings.get(way["system"], ""), overtaken=way["superseded_by"] is not None
                )
                row |= {"way": way, "message": one, "next": word}
    return sorted(rows.values(), key=lambda row: (row["system"], row["type"]))


def _row(system: str, type_: str) -> dict[str, Any]:
    return {"system": system, "type": type_, "all": 0, "there": 0, "revision": 0, "way": None}


def _counts(way: Mapping[str, Any]) -> tuple[int, int]:
    """Return which delivery of several tells most: the first that is stuck, else the newest."""
    closed = ("delivered", "cancelled", "superseded", "replaced", "shadowed", "adopted")
    stuck = way["state"] not in closed and way["superseded_by"] is None
    return int(stuck), -int(way["id"]) if stuck else int(way["id"])
