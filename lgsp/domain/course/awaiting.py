"""What is awaited of whom, in plain words: Vietnamese first, English second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from lgsp.domain.course.packets import Body, Packet, Step, Way


class From(Enum):
    """Of whom something is awaited. The value is its name in answers."""

    RECEIVER = "receiver"
    SENDER = "sender"
    SYSTEM = "system"
    PLATFORM = "platform"
    OPERATOR = "operator"
    NOBODY = "nobody"


class _Row(NamedTuple):
    what: str
    of: From
    vi: str
    en: str


@dataclass(slots=True, frozen=True)
class Awaited:
    """What is awaited.

    Attributes:
        what: stable name of it, such as `reception`; `nothing` where nothing is.
        of: of whom.
        who: their name as people read it; empty for the platform, its operators, and nobody.
        vi, en: the same in words.
        since: since when; None where nothing is awaited.
    """

    what: str
    of: From
    who: str
    vi: str
    en: str
    since: datetime | None


_WAYS: Mapping[str, _Row] = {
    "parked": _Row(
        "document",
        From.PLATFORM,
        "chờ văn bản gốc đến hệ thống {system} trước",
        "its document has to reach {system} first",
    ),
    "waiting": _Row(
        "turn",
        From.PLATFORM,
        "chờ lượt trước của cùng văn bản đến hệ thống {system} xong",
        "what went before it to {system} has to end first",
    ),
    "ready": _Row(
        "sending",
        From.PLATFORM,
        "nền tảng chuyển đến {system} khi đến lượt",
        "the platform sends it to {system}",
    ),
    "sending": _Row("answer", From.SYSTEM, "chờ hệ thống {system} trả lời", "{system} has to answer"),
    "put off": _Row(
        "retry",
        From.SYSTEM,
        "{system} chưa nhận; nền tảng tự chuyển lại lúc {next}",
        "{system} did not take it; the platform sends it again by itself at {next}",
    ),
    "held": _Row(
        "decision",
        From.OPERATOR,
        "tạm giữ; chờ người vận hành quyết định lượt chuyển {delivery}: cho đi tiếp hoặc hủy",
        "held; an operator decides whether delivery {delivery} goes on or is cancelled",
    ),
    "offered": _Row(
        "collection",
        From.SYSTEM,
        "chờ hệ thống {system} đến lấy",
        "{system} has to collect it",
    ),
    "refused": _Row(
        "correction",
        From.SENDER,
        "{system} từ chối; chờ {sender} sửa rồi gửi lại, hoặc người vận hành phát lại lượt chuyển {delivery}",
        "{system} refused it; {sender} corrects it and sends again, or an operator replays it ({delivery})",
    ),
    "exhausted": _Row(
        "mend",
        From.OPERATOR,
        "hết lượt chuyển lại; chờ người vận hành khắc phục nguyên nhân rồi phát lại lượt chuyển {delivery}",
        "no try is left; an operator mends the cause and replays delivery {delivery}",
    ),
    "expired": _Row(
        "correction",
        From.SENDER,
        "đã hết hạn chuyển; chờ {sender} gửi lại, hoặc người vận hành phát lại lượt chuyển {delivery}",
        "its time ran out; {sender} sends it again, or an operator replays delivery {delivery}",
    ),
    "cancelled": _Row(
        "nothing", From.NOBODY, "người vận hành đã hủy chuyển", "an operator cancelled the delivery"
    ),
    "superseded": _Row("nothing", From.NOBODY, "đã có bản mới hơn", "something newer took its place"),
    "replaced": _Row("nothing", From.NOBODY, "đã thay bằng bản sửa", "a corrected one took its place"),
    "shadowed": _Row(
        "nothing",
        From.NOBODY,
        "kết nối cũ gửi tới {system}; nền tảng chạy song hành và không gửi",
        "an older connection tells {system}; the platform runs beside it and sends nothing",
    ),
    "adopted": _Row("nothing", From.NOBODY, "{system} đã có từ trước", "{system} held it before"),
}
_BEHIND: Mapping[str, _Row] = {
    "offered": _Row(
        "collection",
        From.SYSTEM,
        "hệ thống {system} phải lấy gói trước của cùng văn bản (lượt chuyển {delivery}) về trước",
        "{system} has to collect what went before it (delivery {delivery}) first",
    ),
    "sending": _Row(
        "answer",
        From.SYSTEM,
        "chờ hệ thống {system} trả lời về gói trước của cùng văn bản",
        "{system} has to answer about what went before it first",
    ),
    "put off": _Row(
        "retry",
        From.SYSTEM,
        "gói trước của cùng văn bản chưa đến {system}; nền tảng tự chuyển lại lúc {next}",
        "what went before it did not reach {system}; the platform sends that again by itself at {next}",
    ),
    "held": _Row(
        "decision",
        From.OPERATOR,
        "gói trước của cùng văn bản đang tạm giữ; chờ người vận hành quyết định lượt chuyển {delivery}",
        "what went before it is held; an operator decides about delivery {delivery} first",
    ),
    "dead": _Row(
        "decision",
        From.OPERATOR,
        "gói trước của cùng văn bản không đến được {who}; chờ người vận hành phát lại hoặc hủy lượt chuyển"
        " {delivery}",
        "what went before it did not reach {who}; an operator replays or cancels delivery {delivery} first",
    ),
}
"""What a delivery waits for that waits its turn, by the state of the one before it."""
_STANDINGS: Mapping[str, _Row] = {
    "suspended": _Row(
        "system",
        From.SYSTEM,
        "{system} đang tạm ngừng; nền tảng chuyển tiếp ngay khi hệ thống trả lời lại",
        "{system} is suspended; the platform goes on as soon as it answers again",
    ),
    "draining": _Row(
        "resumption",
        From.OPERATOR,
        "{system} đang chuyển nốt rồi tạm dừng; chờ người vận hành cho chạy tiếp",
        "{system} is being drained; an operator lets it go on",
    ),
    "paused": _Row(
        "resumption",
        From.OPERATOR,
        "{system} đang tạm dừng; chờ người vận hành cho chạy tiếp",
        "{system} is paused; an operator lets it go on",
    ),
}
_BY_US = {"ready", "put off"}
"""States out of which a delivery goes by itself, as long as its system works."""
_UNROUTED = _Row(
    "route",
    From.OPERATOR,
    "chưa có tuyến; chờ người vận hành khai báo tuyến",
    "no route wants it; an operator publishes one",
)
_NOT_OURS = _Row(
    "nothing",
    From.NOBODY,
    "không chuyển qua nền tảng này",
    "not carried by this platform",
)
_STEPS: Mapping[str, _Row] = {
    "arrived": _Row(
        "reception",
        From.RECEIVER,
        "chờ văn thư {who} tiếp nhận (03) hoặc từ chối (02)",
        "the clerk of {who} enters it (03) or refuses it (02)",
    ),
    "refused": _Row(
        "correction",
        From.SENDER,
        "{who} từ chối tiếp nhận; chờ {sender} xem lý do, sửa rồi gửi lại",
        "{who} refused it; {sender} reads the reason, corrects it and sends again",
    ),
    "received": _Row(
        "assignment",
        From.RECEIVER,
        "chờ lãnh đạo {who} phân công xử lý (04)",
        "a leader of {who} assigns it (04)",
    ),
    "assigned": _Row(
        "processing", From.RECEIVER, "chờ {who} bắt đầu xử lý (05)", "{who} begins to work on it (05)"
    ),
    "processing": _Row("completion", From.RECEIVER, "chờ {who} hoàn thành (06)", "{who} finishes it (06)"),
    "finished": _Row("nothing", From.NOBODY, "{who} đã hoàn thành", "{who} finished it"),
}
_ARRIVAL = _Row(
    "arrival",
    From.RECEIVER,
    "đã chuyển; chờ phần mềm của {who} báo đã đến (01)",
    "delivered; the software of {who} tells that it arrived (01)",
)
_ODD = _Row(
    "explanation",
    From.RECEIVER,
    "mã trạng thái {code} không có trong danh mục; hỏi {who}",
    "status code {code} is in no list; ask {who}",
)
_CHANGES: Mapping[tuple[str, str], _Row] = {
    ("recall", "none"): _Row(
        "recall-answer",
        From.RECEIVER,
        "chờ {who} hủy văn bản và báo lại (15), hoặc từ chối thu hồi (16)",
        "{who} destroys it and says so (15), or declines the recall (16)",
    ),
    ("recall", "agreed"): _Row(
        "nothing", From.NOBODY, "{who} đã hủy văn bản theo yêu cầu thu hồi", "{who} destroyed it as asked"
    ),
    ("recall", "declined"): _Row(
        "decision",
        From.SENDER,
        "{who} từ chối thu hồi; chờ {sender} quyết định",
        "{who} declined the recall; {sender} decides what follows",
    ),
    ("update", "none"): _Row(
        "update-answer",
        From.RECEIVER,
        "chờ {who} đồng ý (15) hoặc từ chối (16) cập nhật",
        "{who} agrees to the update (15) or declines it (16)",
    ),
    ("update", "agreed"): _Row(
        "nothing", From.NOBODY, "{who} đã đồng ý cập nhật", "{who} agreed to the update"
    ),
    ("update", "declined"): _Row(
        "decision",
        From.SENDER,
        "{who} từ chối cập nhật; chờ {sender} quyết định",
        "{who} declined the update; {sender} decides what follows",
    ),
}


class Spokesman:
    """Says what is awaited about one document."""

    def __init__(self, sender: str) -> None:
        """Speak of a document of this sender, named as people read it."""
        self._sender = sender or "nơi gửi (the sender)"

    def on_its_way(
        self, body: Body, ways: Sequence[Way], packet: Packet, ahead: Way | None = None
    ) -> Awaited:
        """Return what is awaited before a receiver has it.

        Args:
            body: the receiver.
            ways: to it, the one that counts first.
            packet: that is on its way.
            ahead: what went before it to the same system and is not done with.
        """
        if not ways:
            return self._said(_UNROUTED if packet.unrouted else _NOT_OURS, body, packet.accepted_at)
        way = ways[0]
        if way.state == "waiting" and ahead is not None:
            return self._behind(body, ahead, way)
        row = _WAYS["superseded"] if way.overtaken else _WAYS.get(way.state, _ARRIVAL)
        if way.state in _BY_US:
            row = _STANDINGS.get(way.standing, row)
        return self._said(row, body, way.since, way)

    def _behind(self, body: Body, ahead: Way, way: Way) -> Awaited:
        """Return what is awaited of the one before: that is why this one stands still."""
        row = _BEHIND.get("dead" if ahead.is_dead else ahead.state)
        if ahead.state in _BY_US:
            row = _STANDINGS.get(ahead.standing, row)
        return (
            self._said(_WAYS["waiting"], body, way.since, way)
            if row is None
            else self._said(row, body, ahead.since, ahead)
        )

    def of_status(self, body: Body, step: Step) -> Awaited:
        """Return what is awaited after a receiver's latest status."""
        row = _STEPS.get(step.status, _ODD)
        return self._said(row, body, step.at, code=str(step.packet.data.get("code", "")))

    def of_change(self, body: Body, what: str, answer: str, since: datetime) -> Awaited:
        """Return what is awaited of a receiver who was asked to destroy (`recall`) or to change (`update`).

        Args:
            body: the receiver.
            what: which of the two.
            answer: `none`, `agreed` or `declined`.
            since: when it was asked, or answered.
        """
        return self._said(_CHANGES[what, answer], body, since)

    def _said(
        self, row: _Row, body: Body, since: datetime, way: Way | None = None, code: str = ""
    ) -> Awaited:
        system = way.system if way else ""
        words = {
            "who": body.shown,
            "sender": self._sender,
            "system": system,
            "code": code,
            "delivery": way.number if way else "",
            "next": f"{way.next_attempt_at:%d/%m/%Y %H:%M:%S}" if way and way.next_attempt_at else "–",
        }
        who = {From.RECEIVER: body.shown, From.SENDER: self._sender, From.SYSTEM: system}.get(row.of, "")
        awaits = row.what != "nothing"
        return Awaited(
            row.what,
            row.of,
            who,
            row.vi.format_map(words),
            row.en.format_map(words),
            since if awaits else None,
        )
