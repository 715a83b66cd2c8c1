"""Settling the account of a demonstration: what became of everything, and whether the portal holds it.

Every figure comes from one reading of the journal. A superseded delivery is one whose place a newer snapshot
took: superseded itself, or exhausted or expired and marked so. A refused one stays refused, even when its
correction was delivered: so `accepted` is always the sum of delivered, refused, dead, waiting, parked and held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lgsp.demo.plan import Plan
from lgsp.demo.stage import PORTAL
from lgsp.demo.watch import Watch
from lgsp.journal import reading
from lgsp.journal.contract import Transaction
from lgsp.sandbox.compare import compare, overtakings

_PAGE = 1000
_CLASSES = {
    "exhausted": "dead",
    "expired": "dead",
    "ready": "waiting",
    "sending": "waiting",
    "put off": "waiting",
    "offered": "waiting",
    "cancelled": "superseded",
    "replaced": "superseded",
}
_PARTS = ("delivered", "refused", "dead", "waiting", "parked", "held")
_SHOWN = 20


@dataclass(slots=True)
class Ledger:
    """What the journal says at one moment.

    Attributes:
        parts: how many deliveries came to what.
        resends: deliveries of something that was delivered before, because an older one landed late.
        messages: how many were taken on and routed.
        unplanned: refusals that name other fields than the portal was told to refuse.
        spans: milliseconds from acceptance to delivery.
    """

    parts: Counter[str] = field(default_factory=Counter)
    resends: int = 0
    messages: int = 0
    quarantined: int = 0
    unplanned: list[str] = field(default_factory=list)
    spans: list[float] = field(default_factory=list)

    def enter(self, row: Mapping[str, Any], planned: frozenset[str]) -> None:
        """Enter one delivery."""
        part = _part(row)
        self.parts[part] += 1
        self.resends += row["resend_of"] is not None
        if part == "refused" and not set(row["fields"]) & planned:
            self.unplanned.append(f"{row['subject']}: refused for {row['cause']}, which was not planned")
        if part == "delivered" and row["resend_of"] is None:
            self.spans.append(_span(row))

    @property
    def lost(self) -> int:
        """Messages that have no delivery, or more than one; anything but 0 is a bug."""
        return self.messages - (self.parts.total() - self.resends)


def _part(row: Mapping[str, Any]) -> str:
    part = _CLASSES.get(row["state"], row["state"])
    return "superseded" if part == "dead" and row["superseded_by"] is not None else part


def _span(row: Mapping[str, Any]) -> float:
    begun, ended = (datetime.fromisoformat(row[name]) for name in ("created_at", "changed_at"))
    return (ended - begun).total_seconds() * 1000


def read_ledger(tx: Transaction, planned: frozenset[str]) -> Ledger:
    """Return the ledger of the deliveries to the portal; `planned` are the fields it was told to refuse."""
    counts = reading.counts(tx)
    ledger = Ledger(messages=counts["messages"] - counts["unrouted"], quarantined=counts["quarantined"])
    after: int | None = 0
    while after is not None:
        page = reading.deliveries(tx, {"system": PORTAL}, after=after, limit=_PAGE)
        for row in page["deliveries"]:
            ledger.enter(row, planned)
        after = page["next"]
    return ledger


@dataclass(slots=True, frozen=True)
class Account:
    """The outcome of a demonstration.

    Attributes:
        figures: what `--json` prints.
        differences: where the portal does not hold what was told, or got it in another order.
    """

    figures: dict[str, Any]
    differences: Sequence[str]

    @property
    def sound(self) -> bool:
        """Whether everything was delivered or rightly refused, and the portal holds exactly what was sent."""
        unsettled = ("dead", "waiting", "parked", "held", "lost")
        return not self.differences and not any(self.figures[name] for name in unsettled)


async def settle_account(watch: Watch, told_for: float) -> Account:
    """Return the account of what a watch has seen.

    Args:
        watch: of a stage that is still set.
        told_for: seconds that the telling took.
    """
    stage = watch.stage
    planned = frozenset(stage.traffic.refusals)
    ledger = await stage.platform.gateway.journal.read(lambda tx: read_ledger(tx, planned))
    state = stage.portal.state()
    amiss = compare(stage.traffic.expected(), state)
    wrong = [*overtakings(stage.traffic.told(), state), *ledger.unplanned]
    if state["early_progress"]:
        wrong.append(f"progress came {state['early_progress']} times before its dossier")
    tally = stage.vendor.tally
    wrong += [f"the gateway turned away: {text[:200]}" for text in tally.rejected]
    differences = [*amiss, *wrong]
    figures = {
        "accepted": sum(ledger.parts[part] for part in _PARTS),
        **{part: ledger.parts[part] for part in _PARTS},
        "superseded": ledger.parts["superseded"],
        "duplicates": state["duplicates"],
        "portal_matches": not amiss,
        **_timings(watch, stage.plan, ledger, told_for),
        "faults": stage.plan.faults,
        "messages": ledger.messages,
        "lost": ledger.lost,
        "resends": ledger.resends,
        "quarantined": ledger.quarantined,
        "reports": watch.reports,
        "suspensions": watch.suspensions,
        "repeated_posts": tally.repeats,
        "portal_calls": watch.calls,
        "differences": differences[:_SHOWN],
    }
    return Account(figures, differences)


def _timings(watch: Watch, plan: Plan, ledger: Ledger, told_for: float) -> dict[str, float]:
    posts = [seconds * 1000 for seconds in watch.stage.vendor.tally.latencies]
    return {
        "accept_ms_p50": percentile(posts, 0.5),
        "accept_ms_p99": percentile(posts, 0.99),
        "end_to_end_ms_p50": percentile(ledger.spans, 0.5),
        "end_to_end_ms_p99": percentile(ledger.spans, 0.99),
        "seconds": round(watch.elapsed, 2),
        "rate": round(plan.steps / told_for, 1),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)
