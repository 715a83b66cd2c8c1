"""The four things that offices call a status, kept apart: business, payment, delivery, synchronisation.

A dossier can be finished, unpaid, on its way by post and unknown to the portal, all at once. One word for all
four is how states get lost: one-stop systems are known to report a dossier without a due date as finished,
and one that waits for papers as done. Source: CV 1747/UBND-NC of Hà Nội, 25/4/2026 (confidence medium) for
keeping them apart; the statuses of the business are the portal's (`lgsp.domain.dossier`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from lgsp.domain.tables import rows


class Aspect(Enum):
    """What a word beside the status of the business speaks of."""

    PAYMENT = "payment"
    RESULT_DELIVERY = "result_delivery"
    SYNC = "sync"


class Sync(Enum):
    """Where the way to the portal of what was told last stands; computed from its deliveries."""

    UNROUTED = "unrouted"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"
    ELSEWHERE = "elsewhere"


_SYNC_OF_STATE = {
    "delivered": Sync.DELIVERED,
    "refused": Sync.FAILED,
    "exhausted": Sync.FAILED,
    "expired": Sync.FAILED,
    "cancelled": Sync.FAILED,
    "held": Sync.HELD,
    "adopted": Sync.DELIVERED,
    "shadowed": Sync.ELSEWHERE,
}
_PRECEDENCE = (Sync.HELD, Sync.FAILED, Sync.UNDER_WAY, Sync.ELSEWHERE, Sync.DELIVERED)
_SET_ASIDE = frozenset({"superseded", "replaced"})


def sync_of(states: list[str]) -> Sync:
    """Return where a dossier's newest message stands, from the states of its deliveries.

    The worst of several systems is said. Deliveries that a newer one replaced do not count.

    Args:
        states: words of the delivery states, such as `put off`.
    """
    counted = {_SYNC_OF_STATE.get(state, Sync.UNDER_WAY) for state in states if state not in _SET_ASIDE}
    return next((sync for sync in _PRECEDENCE if sync in counted), Sync.UNROUTED)


def _vocabularies() -> Mapping[Aspect, Mapping[str, str]]:
    made: dict[Aspect, dict[str, str]] = {aspect: {} for aspect in Aspect}
    for row in rows("lifecycle/aspects.tsv"):
        made[Aspect(row["aspect"])][row["word"]] = row["vi"]
    return MappingProxyType({aspect: MappingProxyType(words) for aspect, words in made.items()})


VOCABULARIES = _vocabularies()
"""By aspect: every word of its vocabulary, with its Vietnamese name."""
