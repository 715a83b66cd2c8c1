"""The four things that offices call a status, kept apart: business, payment, delivery, synchronisation.

A dossier can be finished, unpaid, on its way by post and unknown to the portal, all at once. One word for all
four is how states get lost: one-stop systems are known to report a dossier without a due date as finished,
and one that waits for papers as done. Source: CV 1747/UBND-NC of Hà Nội, 25/4/2026 (confidence medium) for
keeping them apart; the statuses of the business are the portal's (`lgsp.domain.dossier`).
"""

from __future__ import annotations

from enum import Enum
from typing import Self


class Aspect(Enum):
    """A word of one of the vocabularies, with its Vietnamese name."""

    vi: str

    def __new__(cls, word: str, vi: str) -> Self:
        """Return a member whose value is the word alone."""
        member = object.__new__(cls)
        member._value_ = word
        member.vi = vi
        return member


class Payment(Aspect):
    """Where the payment of a dossier stands."""

    NONE = "none", "Không phải nộp"
    DUE = "due", "Chưa nộp"
    PENDING = "pending", "Đang chờ xác nhận"
    PAID = "paid", "Đã nộp"
    FAILED = "failed", "Thanh toán không thành"
    REFUNDED = "refunded", "Đã hoàn trả"


class ResultDelivery(Aspect):
    """Where the way of the result to the applicant stands."""

    NOT_READY = "not_ready", "Chưa có kết quả"
    READY = "ready", "Có kết quả, chờ trả"
    ON_ITS_WAY = "on_its_way", "Đang chuyển qua bưu chính"
    HANDED_OVER = "handed_over", "Đã trả kết quả"
    CAME_BACK = "came_back", "Bưu chính chuyển hoàn"


class Sync(Aspect):
    """Where the way to the portal of what was told last stands; computed from its deliveries."""

    UNROUTED = "unrouted", "Chưa có tuyến"
    UNDER_WAY = "under_way", "Đang chuyển"
    DELIVERED = "delivered", "Đã chuyển"
    FAILED = "failed", "Không chuyển được"
    HELD = "held", "Tạm giữ, chờ người xử lý"


_SYNC_OF_STATE = {
    "delivered": Sync.DELIVERED,
    "refused": Sync.FAILED,
    "exhausted": Sync.FAILED,
    "expired": Sync.FAILED,
    "cancelled": Sync.FAILED,
    "held": Sync.HELD,
}
_PRECEDENCE = (Sync.HELD, Sync.FAILED, Sync.UNDER_WAY, Sync.DELIVERED)
_SET_ASIDE = frozenset({"superseded", "replaced"})


def sync_of(states: list[str]) -> Sync:
    """Return where a dossier's newest message stands, from the states of its deliveries.

    The worst of several systems is said. Deliveries that a newer one replaced do not count.

    Args:
        states: words of the delivery states, such as `put off`.
    """
    counted = {_SYNC_OF_STATE.get(state, Sync.UNDER_WAY) for state in states if state not in _SET_ASIDE}
    return next((sync for sync in _PRECEDENCE if sync in counted), Sync.UNROUTED)
