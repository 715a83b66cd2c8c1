"""Troubles as the screen of problems shows them: what each means, who mends it, and what can be done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import Request

from lgsp.console.language import told
from lgsp.domain.agencies.register import Register
from lgsp.domain.cause import Party, Severity
from lgsp.domain.causes import explain
from lgsp.domain.causes_named import Names
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.journal.troubles import DEAD_WORDS, QUARANTINED, UNROUTED, Key, Trouble
from lgsp.message import VIETNAM

_DIGITS = 19
"""An id has fewer."""


class Meaning(NamedTuple):
    """What a trouble is in words of the reader's language, who has to act, and how."""

    text: str
    mend: str
    party: Party
    severity: Severity
    retry_helps: bool = False


PARTIES: Mapping[str, str] = {
    Party.PLATFORM.value: told("đơn vị vận hành trục"),
    Party.VENDOR.value: told("nhà cung cấp phần mềm"),
    Party.AGENCY.value: told("cơ quan xử lý hồ sơ"),
    Party.MINISTRY.value: told("đơn vị vận hành hệ thống nhận"),
    Party.NETWORK.value: told("đơn vị quản lý đường truyền"),
    Party.NOBODY.value: told("không ai, tự qua"),
}
"""Who has to act, by `Party.value`."""

KINDS: Mapping[str, str] = {
    "refused": told("bị từ chối"),
    "exhausted": told("đã hết lượt chuyển lại"),
    "expired": told("đã hết hạn chuyển"),
    "held": told("tạm giữ, chờ người xử lý"),
    "suspended": told("hệ thống tạm ngừng (tự động)"),
    "draining": told("hệ thống đang xả hàng đợi"),
    "paused": told("hệ thống tạm dừng (do người vận hành)"),
    "put off": told("hẹn chuyển lại"),
    "offered": told("chưa được nhận lấy"),
    "parked": told("chờ hồ sơ gốc"),
    UNROUTED: told("chưa có tuyến"),
    QUARANTINED: told("khu cách ly"),
}
"""States in which something is a problem, in the order of how much they need a person."""

_ORDER = {word: number for number, word in enumerate(("suspended", "refused", "exhausted", "expired", "held",
          UNROUTED, "offered", "parked", "paused", "draining", QUARANTINED, "put off"))}  # fmt: skip

_OWN: Mapping[str, Meaning] = {
    "parked": Meaning(
        told("Chờ hồ sơ gốc có ở hệ thống nhận"),
        told("Đề nghị nguồn gửi hồ sơ gốc, hoặc xem vì sao hồ sơ gốc chưa chuyển được."),
        Party.VENDOR,
        Severity.WARNING,
    ),
    "offered": Meaning(
        told("Hệ thống nhận chưa đến lấy"),
        told("Kiểm tra phần mềm của hệ thống nhận có chạy, có gọi đến cửa của mình và có báo đã nhận không."),
        Party.VENDOR,
        Severity.ERROR,
    ),
    UNROUTED: Meaning(
        told("Đã nhận nhưng không tuyến nào chuyển loại thông điệp này"),
        told("Thêm tuyến ở màn hình Tuyến; các thông điệp đã nhận sẽ được chuyển sau khi công bố."),
        Party.PLATFORM,
        Severity.ERROR,
    ),
    "held": Meaning(
        told("Tạm giữ theo quyết định của người vận hành"),
        told("Mở từng thông điệp, quyết định cho đi tiếp hoặc hủy."),
        Party.PLATFORM,
        Severity.ERROR,
    ),
    "resting": Meaning(
        told("Người vận hành đang tạm dừng hệ thống này"),
        told("Mở màn hình của hệ thống và cho chạy tiếp khi sẵn sàng."),
        Party.PLATFORM,
        Severity.WARNING,
    ),
    UNCATALOGUED: Meaning(
        told("Hệ thống nhận trả lời bằng nội dung chưa có trong danh mục nguyên nhân"),
        told("Đọc câu trả lời và cho biết nó nghĩa là gì, ở phần Câu trả lời chưa có tên."),
        Party.PLATFORM,
        Severity.ERROR,
        retry_helps=True,
    ),
    "": Meaning(
        told("Không rõ nguyên nhân"),
        told("Mở từng thông điệp để xem diễn biến."),
        Party.PLATFORM,
        Severity.ERROR,
    ),
}
"""What needs no cause of the catalogue: the state says it."""


@dataclass(slots=True, frozen=True)
class Group:
    """One trouble with what it means.

    Attributes:
        agencies: code, name or an empty text, and count.
    """

    trouble: Trouble
    meaning: Meaning
    agencies: Sequence[tuple[str, str, int]]

    @property
    def key(self) -> Key:
        """Return system, cause and state."""
        return self.trouble.key

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return f"/console/problems/group?{urlencode(self.key._asdict())}"

    @property
    def dead(self) -> bool:
        """Tell whether it can be sent again in bulk."""
        return self.key.state in DEAD_WORDS and bool(self.key.cause)

    @property
    def unnamed(self) -> bool:
        """Tell whether it is an answer that somebody may name."""
        return self.key.cause == UNCATALOGUED

    def worse(self) -> tuple[int, bool, int, int]:
        """Return what sorts the worst first: the kind, then the nearest deadline, then the oldest."""
        trouble = self.trouble
        idle = trouble.size == 0
        return (
            _ORDER.get(self.key.state, 0) + (20 if idle else 0),
            trouble.deadline is None,
            trouble.deadline or 0,
            trouble.since,
        )


def meaning(key: Key, names: Names, language: str, say: Callable[[str], str]) -> Meaning:
    """Return what a trouble means, in a language."""
    own = _own(key)
    if own is not None:
        return own._replace(text=say(own.text), mend=say(own.mend))
    found = explain(names.find(key.cause) or key.cause, language)
    return Meaning(found.text, found.mend, found.party, found.severity, found.retry_helps)


def _own(key: Key) -> Meaning | None:
    if key.state in {"paused", "draining"}:
        return _OWN["resting"]
    if key.state in {"parked", "offered", UNROUTED}:
        return _OWN[key.state]
    if not key.cause:
        return _OWN.get(key.state, _OWN[""])
    return _OWN[UNCATALOGUED] if key.cause == UNCATALOGUED else None


def name_of(agencies: Register, code: str) -> str:
    """Return an agency's name today, or an empty text where no fact tells it."""
    found = agencies.resolve(code, datetime.now(VIETNAM).date()) if code else None
    return found.fact.name if found is not None and found.known and found.fact is not None else ""


def group(
    trouble: Trouble, names: Names, agencies: Register, language: str, say: Callable[[str], str]
) -> Group:
    """Return a trouble with what it means."""
    owners = [(code, name_of(agencies, code), count) for code, count in trouble.agencies]
    return Group(trouble, meaning(trouble.key, names, language, say), owners)


def now() -> int:
    """Return the time in microseconds, against which deadlines are late."""
    return int(time.time() * 1_000_000)


def number_of(request: Request, name: str) -> int:
    """Return a cursor of an address; 0 where there is none that can be read."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else 0
