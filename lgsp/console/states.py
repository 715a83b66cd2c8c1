"""How states look: an icon, a colour that is never alone, and the word that offices use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lgsp.console.language import told


class Look(NamedTuple):
    """How one state is shown; `colour` is one of Tabler's, and means the same everywhere.

    green: done or well. blue: on its way. azure: waits for its turn. yellow: waits because something failed.
    orange: waits for a person. red: failed. secondary: closed without effect.
    """

    icon: str
    colour: str
    text: str


STATES: Mapping[str, Look] = {
    "parked": Look("calendar-time", "azure", told("chờ hồ sơ gốc")),
    "waiting": Look("hourglass", "azure", told("chờ đến lượt")),
    "ready": Look("progress", "blue", told("sẵn sàng chuyển")),
    "sending": Look("send", "blue", told("đang chuyển")),
    "offered": Look("mailbox", "blue", told("chờ hệ thống nhận lấy")),
    "delivered": Look("circle-check", "green", told("đã chuyển")),
    "put off": Look("clock-pause", "yellow", told("hẹn chuyển lại")),
    "held": Look("hand-stop", "orange", told("tạm giữ, chờ người xử lý")),
    "refused": Look("circle-x", "red", told("bị từ chối")),
    "exhausted": Look("alert-triangle", "red", told("đã hết lượt chuyển lại")),
    "expired": Look("calendar-due", "red", told("đã hết hạn chuyển")),
    "cancelled": Look("ban", "secondary", told("đã hủy")),
    "superseded": Look("versions", "secondary", told("đã có bản mới hơn")),
    "replaced": Look("replace", "secondary", told("đã thay bằng bản sửa")),
    "shadowed": Look("eye", "secondary", told("song hành: kết nối cũ gửi")),
    "adopted": Look("archive", "secondary", told("đã có từ trước")),
    "unrouted": Look("route-off", "orange", told("chưa có tuyến")),
    "quarantined": Look("shield-x", "red", told("khu cách ly")),
}
"""Of deliveries, by `State.word`; and of messages that have none."""

STANDINGS: Mapping[str, Look] = {
    "running": Look("circle-check", "green", told("đang chạy")),
    "suspended": Look("plug-connected-x", "red", told("tạm ngừng (tự động)")),
    "draining": Look("droplet", "yellow", told("đang xả hàng đợi")),
    "paused": Look("player-pause", "orange", told("tạm dừng (do người vận hành)")),
}
"""Of systems, by `Standing.value`."""

UNKNOWN = Look("question-mark", "secondary", "")


def look(word: str, looks: Mapping[str, Look] = STATES) -> Look:
    """Return how a word is shown; one that nobody described is shown as it is."""
    return looks.get(word, UNKNOWN._replace(text=word))
