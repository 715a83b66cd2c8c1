"""What a document's thread shows: its receivers and how late each is, and what its packets told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lgsp.console.language import told
from lgsp.console.states import Look
from lgsp.console.threads_due import Term, term
from lgsp.console.threads_walk import Said
from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.course.packets import moment

STATUSES: Mapping[str, Look] = {
    "arrived": Look("mailbox", "blue", told("đã đến")),
    "refused": Look("circle-x", "red", told("từ chối tiếp nhận")),
    "received": Look("inbox", "blue", told("văn thư đã tiếp nhận")),
    "assigned": Look("user-check", "blue", told("phân công xử lý")),
    "processing": Look("progress", "blue", told("đang xử lý")),
    "finished": Look("circle-check", "green", told("hoàn thành")),
    "recall_asked": Look("arrow-back-up", "orange", told("yêu cầu lấy lại")),
    "change_agreed": Look("check", "green", told("đồng ý cập nhật, thu hồi")),
    "change_declined": Look("x", "red", told("từ chối cập nhật, thu hồi")),
}
"""What a receiver, or the sender, says of a document."""
ANSWERS: Mapping[str, Look] = {
    "destroyed": Look("trash", "green", told("đã hủy văn bản")),
    "agreed": Look("circle-check", "green", told("đồng ý")),
    "declined": Look("circle-x", "red", told("từ chối")),
    "none": Look("hourglass", "yellow", told("chưa trả lời")),
}
"""What a receiver made of a recall or an update."""
ACTS: Mapping[str, Look] = {
    "new": Look("mail", "blue", told("văn bản mới")),
    "recall": Look("arrow-back-up", "orange", told("thu hồi")),
    "update": Look("edit", "blue", told("cập nhật")),
    "replace": Look("replace", "blue", told("thay thế")),
    "other": Look("help-circle", "secondary", told("nghiệp vụ không có trong danh mục")),
}
"""What a packet does."""
URGENCIES: Mapping[str, str] = {
    "normal": told("thường"),
    "urgent": told("khẩn"),
    "very_urgent": told("thượng khẩn"),
    "express": told("hỏa tốc"),
    "express_timed": told("hỏa tốc hẹn giờ"),
}
WAITED_FOR: Mapping[str, Look] = {
    "receiver": Look("building", "azure", told("nơi nhận")),
    "sender": Look("outbound", "orange", told("nơi gửi")),
    "system": Look("server", "yellow", told("hệ thống nhận")),
    "platform": Look("progress", "blue", told("nền tảng")),
    "operator": Look("user-cog", "orange", told("người vận hành")),
    "nobody": Look("circle-check", "green", told("không phải chờ ai")),
}
"""Of whom something is awaited."""
SHOWN = {"": told("tất cả"), "open": told("còn phải chờ"), "late": told("quá hạn")}
"""What the receivers may be narrowed to."""
MOST = 200
"""Receivers that are shown on a page."""
_ODD = Look("question-mark", "secondary", told("mã không có trong danh mục"))


def receivers(found: Mapping[str, Any], calendars: Calendars, now: datetime) -> list[dict[str, Any]]:
    """Return the receivers of a document (as the API tells it), each with its deadlines as they stand."""
    own = calendars.of(str(found["sender"].get("code") or ""))
    rows = []
    for one in found["receivers"]:
        there = calendars.of(one["code"])
        due = {"sending": _term(own, now, one["sending"]), "receipt": _term(there, now, one["receipt"])}
        rows.append(
            one | {"due": due, "late": any(due_.late and due_.met_at is None for due_ in due.values())}
        )
    return rows


def _term(calendar: Any, now: datetime, deadline: Mapping[str, Any] | None) -> Term:
    if deadline is None:
        return Term("open")
    at, met = moment(deadline["at"]), moment(deadline["met_at"])
    if at is None:
        return Term("unknown", basis=deadline["basis"], met_at=met)
    return term(calendar, now, at, met, deadline["basis"])


def narrowed(rows: Iterable[dict[str, Any]], show: str) -> list[dict[str, Any]]:
    """Return the receivers that one wants to see."""
    return [
        one for one in rows if show not in ("open", "late") or (one["late"] if show == "late" else waits(one))
    ]


def waits(receiver: Mapping[str, Any]) -> bool:
    """Tell whether something is awaited because of a receiver."""
    return bool(receiver["awaited"]["of"] != "nobody")


def tallied(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many receivers there are, have it, have finished, are waited for, and are late."""
    way = [one["transport"] for one in rows]
    return {
        "all": len(rows),
        "there": sum(bool(one and one["state"] == "delivered") for one in way),
        "finished": sum(bool(one["status"] and one["status"]["status"] == "finished") for one in rows),
        "open": sum(waits(one) for one in rows),
        "late": sum(one["late"] for one in rows),
    }


def ids(found: Mapping[str, Any]) -> list[str]:
    """Return the messages that a document's thread is made of."""
    steps = [step for one in found["receivers"] for step in one["history"]]
    told_ = [*steps, *found["others"], *found["changes"]]
    answers = [one["status"] for change in found["changes"] for one in change["answers"] if one["status"]]
    return list(
        dict.fromkeys([*(m["id"] for m in found["messages"]), *(s["message"] for s in told_ + answers)])
    )


def said(found: Mapping[str, Any]) -> Said:
    """Return what each message of a document's thread told, as the time line shows it."""
    return dict(_said(found))


def _said(
    found: Mapping[str, Any],
) -> Iterator[tuple[str, tuple[Look, Sequence[tuple[str, str]], str | None]]]:
    for message in found["messages"]:
        yield message["id"], (ACTS.get(found["act"] or "new", ACTS["other"]), (), None)
    known = {code: one for one in found["receivers"] for code in one["codes"]}
    answers = [one["status"] for change in found["changes"] for one in change["answers"] if one["status"]]
    steps = [step for one in found["receivers"] for step in one["history"]]
    for step in (*steps, *found["others"], *answers):
        look = STATUSES.get(step["status"] or "", _ODD)
        by = step["by"] if step["by"]["name"] else known.get(step["by"]["code"], step["by"])
        yield step["message"], (look, _facts(by, step["staff"], step["description"]), step["told_at"])
    for change in found["changes"]:
        facts = _facts(change["by"], change["staff"], change["reason"])
        yield change["message"], (ACTS[change["what"]], facts, None)


def _facts(by: Mapping[str, Any], staff: Mapping[str, Any] | None, text: str | None) -> list[tuple[str, str]]:
    facts = [
        (told("Cơ quan"), named(by)),
        (told("Cán bộ"), staffed(staff)),
        (told("Nội dung xử lý"), text or ""),
    ]
    return [(name, value) for name, value in facts if value]


def named(organisation: Mapping[str, Any]) -> str:
    """Return an organisation as people read it: its name with its code, or what there is of both."""
    name, code = organisation.get("name"), organisation.get("code")
    return f"{name} ({code})" if name and code else str(name or code or "")


def staffed(staff: Mapping[str, Any] | None) -> str:
    """Return an official as people read it."""
    return ", ".join(str(staff[name]) for name in ("name", "department") if staff.get(name)) if staff else ""
