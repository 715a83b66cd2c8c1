"""How the screen of reconciliation names what a run finds: buckets, sides, owners, repairs, standings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lgsp.console.language import told
from lgsp.console.problems_groups import PARTIES, name_of
from lgsp.console.room import Room, language_of
from lgsp.console.states import Look
from lgsp.console.threads_dossier import STATUSES
from lgsp.domain.causes import explain
from lgsp.domain.reconciling.buckets import SAFE, Bucket, Repair
from lgsp.domain.reconciling.sides import Answer, Way
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal import reconciliations_sending as sending
from lgsp.journal.reconciliations import CANCELLED, DONE, FAILED, PAUSED, RUNNING, SCHEDULE
from lgsp.journal.reconciliations_differences import NEW, SOLVED, STILL

HERE = "/console/reconciliation"


class Kind(NamedTuple):
    """A bucket: how it looks, what it is called, and what it means."""

    icon: str
    colour: str
    title: str
    meaning: str


BUCKETS: Mapping[str, Kind] = {
    Bucket.UNSENDABLE: Kind(
        "shield-x", "orange", told("không đủ điều kiện gửi"),
        told("Trục không tiếp nhận, hoặc thiếu dữ liệu nên không gửi được; nêu rõ trường và lý do."),
    ),
    Bucket.REFUSED: Kind(
        "circle-x", "red", told("bị hệ thống nhận từ chối"),
        told("Hệ thống nhận từ chối bản mới nhất của hồ sơ."),
    ),
    Bucket.MISSING_HERE: Kind(
        "file-off", "orange", told("thiếu ở trục hoặc ở nguồn"),
        told("Một cửa có mà trục không có, kể cả hồ sơ đi vòng qua trục; hoặc ngược lại."),
    ),
    Bucket.MISSING_THERE: Kind(
        "cloud-off", "red", told("thiếu ở hệ thống nhận"), told("Trục có, hệ thống nhận không có.")
    ),
    Bucket.DUPLICATE: Kind(
        "versions", "orange", told("trùng"),
        told("Một mã hồ sơ có nhiều bản ghi, hoặc được nhiều nguồn báo. Trục không gửi thêm."),
    ),
    Bucket.STATE_DIFFERS: Kind(
        "arrows-diff", "red", told("khác trạng thái"),
        told("Nơi nhận cho thấy trạng thái khác hoặc đang giữ bản cũ; hoặc một cửa đã đổi mà chưa báo."),
    ),
    Bucket.LATE: Kind(
        "clock-exclamation", "yellow", told("chuyển chậm"),
        told("Bản mới nhất ở trên đường lâu hơn mức cho phép; trục đang tự chuyển."),
    ),
    Bucket.UNVERIFIABLE: Kind(
        "zoom-question", "secondary", told("không kiểm chứng được"),
        told("Nơi nhận không trả lời, hoặc không cho biết đang giữ bản nào: không coi là khớp, không gửi."),
    ),
}  # fmt: skip
"""In the order of precedence, in which a dossier is counted once."""

STATES: Mapping[str, Look] = {
    RUNNING: Look("progress", "blue", told("đang chạy")),
    PAUSED: Look("player-pause", "orange", told("đang tạm dừng")),
    CANCELLED: Look("ban", "secondary", told("đã hủy")),
    DONE: Look("circle-check", "green", told("đã xong")),
    FAILED: Look("alert-triangle", "red", told("không thành công")),
}
"""Of runs and of repairs."""

PHASES: Mapping[str, str] = {
    "uploading": told("đang đưa danh sách của nguồn vào"),
    "listing": told("đang lấy danh sách từ nguồn"),
    "turned away": told("đang xem hồ sơ không được tiếp nhận vào trục"),
    "comparing": told("đang so từng hồ sơ"),
    "closing": told("đang so với lần trước"),
    "forgotten": told("chi tiết đã hết hạn lưu, chỉ còn số tổng"),
    repairs.SENDING: told("đang cho gửi lại"),
    repairs.CHECKING: told("đang kiểm tra lại những gì đã gửi"),
}
WAITS: Mapping[str, str] = {
    "backlog": told("đang chờ hàng đợi vơi bớt"),
    "suspended": told("đang chờ: hệ thống tạm ngừng (tự động)"),
    "paused": told("đang chờ: hệ thống đang bị tạm dừng"),
    "draining": told("đang chờ: hệ thống đang xả hàng đợi"),
}
"""Why a run or a repair that goes on does nothing now."""

REPAIRS: Mapping[str, Look] = {
    Repair.RESEND: Look("send", "blue", told("trục gửi lại")),
    Repair.UPDATE: Look("refresh", "blue", told("trục gửi cập nhật")),
    Repair.CORRECT: Look("edit", "orange", told("nguồn sửa dữ liệu rồi gửi lại")),
    Repair.ASK_OWNER: Look("message-2", "orange", told("hỏi bên chịu trách nhiệm")),
    Repair.WAIT: Look("hourglass", "azure", told("chờ, trục tự chuyển")),
    Repair.NONE: Look("eye", "secondary", told("chưa cần làm gì")),
}
MENDING: Mapping[str, Look] = {
    "": Look("circle-dashed", "secondary", told("chưa khắc phục")),
    sending.SENT: Look("send", "blue", told("đã cho gửi lại, chờ kiểm tra")),
    sending.MENDED: Look("circle-check", "green", told("đã khắc phục")),
    sending.LEFT: Look("alert-triangle", "red", told("đã gửi lại, còn chênh lệch")),
    sending.SKIPPED: Look("circle-minus", "secondary", told("không cần hoặc không thể gửi")),
    sending.UNDONE: Look("arrow-back-up", "secondary", told("đã thôi gửi")),
}
ANSWERS: Mapping[str, Look] = {
    Answer.THERE: Look("check", "green", told("có hồ sơ")),
    Answer.ABSENT: Look("x", "red", told("không có hồ sơ")),
    Answer.UNKNOWN: Look("question-mark", "secondary", told("không trả lời được")),
}
WAYS: Mapping[str, Look] = {
    Way.NONE: Look("route-off", "orange", told("không có lượt chuyển")),
    Way.UNDER_WAY: Look("send", "blue", told("đang trên đường chuyển")),
    Way.HELD: Look("hand-stop", "orange", told("tạm giữ")),
    Way.DELIVERED: Look("circle-check", "green", told("đã chuyển, nơi nhận đã xác nhận")),
    Way.ADOPTED: Look("archive", "secondary", told("ghi nhận đã có ở nơi nhận")),
    Way.SHADOWED: Look("eye", "secondary", told("song hành: kết nối cũ gửi")),
    Way.REFUSED: Look("circle-x", "red", told("bị từ chối")),
    Way.SPENT: Look("alert-triangle", "red", told("đã hết lượt chuyển lại")),
    Way.OUTLIVED: Look("calendar-due", "red", told("đã hết hạn chuyển")),
    Way.CALLED_OFF: Look("ban", "secondary", told("đã hủy lượt chuyển")),
}
"""Where the newest version that the journal holds stands on its way."""

CHANGES: Mapping[str, str] = {
    NEW: told("mới so với lần trước"),
    STILL: told("còn từ lần trước"),
    SOLVED: told("lần trước có, nay đã hết"),
}


class Act(NamedTuple):
    """What may be done to a run or a repair: its name, what follows, what was done, and from which states."""

    title: str
    effect: str
    done: str
    icon: str
    danger: bool
    from_: frozenset[str]


class Meaning(NamedTuple):
    """What a cause means, in the reader's language."""

    code: str
    text: str
    mend: str


def meanings(room: Room, request: Any) -> Callable[[str], Meaning]:
    """Return what tells the meaning of a cause's code."""
    language, names = language_of(request), room.gateway.names

    def meaning(code: str) -> Meaning:
        said = explain(names.find(code) or code, language)
        return Meaning(code, said.text, said.mend)

    return meaning


def words(room: Room, request: Any) -> dict[str, Any]:
    """Return what every template of the screen says things with."""
    return {
        "HERE": HERE,
        "BUCKETS": BUCKETS,
        "STATES": STATES,
        "PHASES": PHASES,
        "WAITS": WAITS,
        "REPAIRS": REPAIRS,
        "MENDING": MENDING,
        "ANSWERS": ANSWERS,
        "WAYS": WAYS,
        "CHANGES": CHANGES,
        "PARTIES": PARTIES,
        "STATUSES": STATUSES,
        "SAFE": {one.value for one in SAFE},
        "SCHEDULE": SCHEDULE,
        "last_moment": last_moment,
        "meaning": meanings(room, request),
        "agency_name": lambda code: name_of(room.gateway.agencies, code),
    }


def total(counts: Mapping[str, int]) -> int:
    """Return how many dossiers of a run differ, by what it has counted so far."""
    return sum(count for name, count in counts.items() if name.startswith("bucket:"))


def last_moment(until: str | None) -> datetime | None:
    """Return the last second of a period, whose end is the first moment behind it."""
    return (
        None
        if until is None
        else datetime.fromtimestamp(datetime.fromisoformat(until).timestamp() - 1).astimezone()
    )
