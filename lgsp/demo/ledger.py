"""Reading from the journal what became of every dossier's delivery of a demonstration, at one moment.

A superseded delivery is one whose place a newer snapshot took: superseded itself, or exhausted or expired and
marked so. A refused one stays refused, even when its correction was delivered. So what was accepted is always
the sum of delivered, refused, dead, waiting, parked and held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from lgsp.demo.stage import ONE_STOP, PORTAL
from lgsp.journal import reading
from lgsp.journal.contract import Transaction
from lgsp.journal.searching import Sought, search

PARTS = ("delivered", "refused", "dead", "waiting", "parked", "held")
_PAGE = 1000
_PROGRESS = "dossier.progress.v1"
_PART_OF = {
    "exhausted": "dead",
    "expired": "dead",
    "ready": "waiting",
    "sending": "waiting",
    "put off": "waiting",
    "offered": "waiting",
    "cancelled": "superseded",
    "replaced": "superseded",
    "shadowed": "superseded",
    "adopted": "superseded",
}


@dataclass(slots=True)
class Ledger:
    """What the journal says at one moment.

    Attributes:
        parts: how many deliveries came to what.
        resends: deliveries of something that was delivered before, because an older one landed late.
        messages: how many were taken on and routed.
        retries: attempts to tell progress beyond the first of each.
        unplanned: refusals that name none of the fields that the portal was told to refuse.
        spans: milliseconds from acceptance to delivery.
    """

    parts: Counter[str] = field(default_factory=Counter)
    resends: int = 0
    messages: int = 0
    retries: int = 0
    quarantined: int = 0
    unplanned: list[str] = field(default_factory=list)
    spans: list[float] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Deliveries wanted, less those whose place a newer snapshot took."""
        return sum(self.parts[part] for part in PARTS)

    @property
    def lost(self) -> int:
        """Messages that have no delivery, or more than one; anything but 0 is a bug."""
        return self.messages - (self.parts.total() - self.resends)

    def enter(self, row: Mapping[str, Any], planned: frozenset[str]) -> None:
        """Enter one delivery."""
        part = _part(row)
        self.parts[part] += 1
        self.resends += row["resend_of"] is not None
        if row["type"] == _PROGRESS:
            self.retries += max(row["attempt"] - 1, 0)
        if part == "refused" and planned.isdisjoint(row["fields"]):
            self.unplanned.append(f"{row['subject']}: refused for {row['cause']}, which was not planned")
        if part == "delivered" and row["resend_of"] is None:
            self.spans.append(_span(row))


def read_ledger(tx: Transaction, planned: frozenset[str]) -> Ledger:
    """Return the ledger of the deliveries to the portal; `planned` are the fields it was told to refuse."""
    ledger = Ledger()
    for row in pages("messages", partial(_messages, tx)):
        ledger.messages += not row["unrouted"]
    for row in pages("deliveries", partial(reading.deliveries, tx, {"system": PORTAL})):
        ledger.enter(row, planned)
    ledger.quarantined = sum(1 for _ in pages("quarantine", partial(reading.quarantined, tx, ONE_STOP)))
    return ledger


def _messages(tx: Transaction, after: int, limit: int) -> Mapping[str, Any]:
    found = search(tx, Sought(source=ONE_STOP), behind=after or None, limit=limit)
    return {"messages": found.messages, "next": found.older}


def pages(name: str, read: Callable[..., Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield all rows of what is read in pages.

    Args:
        name: of the list in a page.
        read: a page, behind `after` and of at most `limit` rows.
    """
    after: int | None = 0
    while after is not None:
        page = read(after=after, limit=_PAGE)
        yield from page[name]
        after = page["next"]


def _part(row: Mapping[str, Any]) -> str:
    part = _PART_OF.get(row["state"], row["state"])
    return "superseded" if part == "dead" and row["superseded_by"] is not None else part


def _span(row: Mapping[str, Any]) -> float:
    begun, ended = (datetime.fromisoformat(row[name]) for name in ("created_at", "changed_at"))
    return (ended - begun).total_seconds() * 1000
