"""Saying why a delivery is where it is, what happens next, and when: in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lgsp.domain.ahead import OVERTAKEN, ahead
from lgsp.words import moment

_BY_SYSTEM = {
    "suspended": (
        "hệ thống nhận đang tạm ngừng; chuyển tiếp ngay khi hệ thống trả lời lại",
        "the system is suspended; it goes on as soon as the system answers again",
    ),
    "draining": (
        "hệ thống này đang chuyển nốt rồi tạm dừng; chạy `lgsp resume` để tiếp tục",
        "the system is being drained and will be paused; `lgsp resume` lets it go on",
    ),
    "paused": (
        "người vận hành đang tạm dừng hệ thống này; chạy `lgsp resume` để tiếp tục",
        "an operator paused the system; `lgsp resume` lets it go on",
    ),
}
_NEXT = {
    "parked": (
        "chuyển đi khi hệ thống nhận đã có hồ sơ gốc; quá hạn thì hết hạn chuyển",
        "it goes when the system holds its dossier; it expires if that takes too long",
    ),
    "waiting": (
        "chuyển đi khi các lượt trước của cùng hồ sơ đã xong",
        "it goes when what is before it in its line has ended",
    ),
    "ready": ("chuyển đi ngay khi đến lượt", "it goes at once, when a place is free"),
    "sending": ("đang đợi hệ thống nhận trả lời", "the system's answer is awaited"),
    "put off": ("tự chuyển lại lúc {when}", "it is sent again by itself at {when}"),
    "held": (
        "chờ người vận hành quyết định: cho đi tiếp hoặc hủy",
        "an operator decides: let it go on, or cancel it",
    ),
    "offered": ("chờ hệ thống nhận đến lấy", "the system comes and takes it"),
    "delivered": ("đã xong", "it is done"),
    "refused": (
        "nguồn sửa rồi gửi lại; hoặc khắc phục nguyên nhân rồi chạy `lgsp replay {id}`",
        "the source corrects it and sends again; or mend the cause and run `lgsp replay {id}`",
    ),
    "exhausted": (
        "khắc phục nguyên nhân rồi chạy `lgsp replay {id}`",
        "mend the cause and run `lgsp replay {id}`",
    ),
    "expired": ("gửi lại từ nguồn, hoặc chạy `lgsp replay {id}`", "send it again, or run `lgsp replay {id}`"),
    "cancelled": ("không chuyển nữa", "it is not sent any more"),
    "superseded": ("không cần chuyển nữa", "it need not be sent any more"),
    "replaced": ("không cần chuyển nữa", "it need not be sent any more"),
    "shadowed": (
        "kết nối cũ gửi; sau khi chuyển kết nối, `lgsp cut-over` gửi bổ sung nếu hệ thống nhận chưa có",
        "the older connection tells it; after the switch `lgsp cut-over` sends what is not there",
    ),
    "adopted": ("hệ thống nhận đã có từ trước", "it was there before; nothing has to be done"),
}
_OVERTAKEN = ("đã có bản mới hơn; không cần làm gì", "a newer version took its place; nothing has to be done")
_SAID = _BY_SYSTEM | _NEXT | {OVERTAKEN: _OVERTAKEN}


@dataclass(slots=True, frozen=True)
class NextStep:
    """What happens next to a delivery.

    Attributes:
        at: when, as ISO 8601, where that is known.
    """

    vi: str
    en: str
    at: str | None

    def as_dict(self) -> dict[str, str | None]:
        """Return it as it stands in JSON."""
        return {"vi": self.vi, "en": self.en, "at": self.at}


def next_step(delivery: Mapping[str, Any], standing: str) -> NextStep:
    """Return what happens next to a delivery of the API, given its system's standing."""
    state = delivery["state"]
    word = ahead(state, standing, overtaken=bool(delivery["superseded_by"]))
    at = delivery["next_attempt_at"] if word == "put off" else None
    vi, en = _SAID[word]
    words = {"when": moment(at), "id": delivery["id"]}
    return NextStep(vi.format_map(words), en.format_map(words), at)
