"""Settling the account of a demonstration: the figures, and whether everybody holds exactly what was told.

A progress entry whose first telling may have arrived is told again: the portal holding it twice is counted
among the duplicates and is no difference, as long as there was a retry for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.demo.ledger import PARTS, Ledger, read_ledger
from lgsp.demo.reports_verdict import settle_reports
from lgsp.demo.stage import Stage
from lgsp.demo.verdict import settle_documents
from lgsp.demo.watch import Watch
from lgsp.sandbox.compare import compare, digest, overtakings

_UNSETTLED = ("dead", "waiting", "parked", "held", "lost")
_SHOWN = 20


@dataclass(slots=True, frozen=True)
class Account:
    """The outcome of a demonstration.

    Attributes:
        figures: what `--json` prints.
        differences: where somebody does not hold what was told, or what went wrong on the way.
    """

    figures: Mapping[str, Any]
    differences: Sequence[str]

    @property
    def sound(self) -> bool:
        """Whether everything was delivered or rightly refused, and everybody holds exactly what was sent.

        A document may also be held with a reason that a person can act on; a dossier may not.
        """
        return not self.differences and not any(self.figures[name] for name in _UNSETTLED)


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
    held, repeated = each_once(state["progress"])
    amiss = compare(stage.traffic.expected(), state | {"progress": held})
    documents, reports = await settle_documents(stage), await settle_reports(stage)
    differences = [*amiss, *_wrongs(stage, ledger, state, repeated), *documents.differences]
    differences += reports.differences
    figures = {
        "accepted": ledger.accepted,
        **{part: ledger.parts[part] for part in PARTS},
        "superseded": ledger.parts["superseded"],
        "duplicates": state["duplicates"],
        "portal_matches": not amiss,
        **_timings(watch, ledger, told_for),
        **_extras(watch, ledger),
        "catalogue": {type_: len(rows) for type_, rows in stage.keeper.held.items()},
        "documents": documents.figures,
        "reports": reports.figures,
        "differences": differences[:_SHOWN],
    }
    return Account(figures, differences)


def _timings(watch: Watch, ledger: Ledger, told_for: float) -> dict[str, float]:
    posts = [seconds * 1000 for seconds in watch.stage.vendor.tally.latencies]
    return {
        "accept_ms_p50": percentile(posts, 0.5),
        "accept_ms_p99": percentile(posts, 0.99),
        "end_to_end_ms_p50": percentile(ledger.spans, 0.5),
        "end_to_end_ms_p99": percentile(ledger.spans, 0.99),
        "seconds": round(watch.elapsed, 2),
        "rate": round(watch.stage.plan.steps / told_for, 1),
    }


def _extras(watch: Watch, ledger: Ledger) -> dict[str, Any]:
    return {
        "faults": watch.stage.plan.faults,
        "messages": ledger.messages,
        "lost": ledger.lost,
        "resends": ledger.resends,
        "quarantined": ledger.quarantined,
        "reports_seen": watch.reports,
        "suspensions": watch.suspensions,
        "repeated_posts": watch.stage.vendor.tally.repeats,
        "portal_calls": watch.calls,
    }


def _wrongs(stage: Stage, ledger: Ledger, state: Mapping[str, Any], repeated: int) -> list[str]:
    """Return what went wrong on the way, whatever the portal holds in the end."""
    wrong = [*overtakings(stage.traffic.told(), state), *ledger.unplanned]
    if state["early_progress"]:
        wrong.append(f"progress came {state['early_progress']} times before its dossier")
    if repeated > ledger.retries:
        wrong.append(f"progress was repeated {repeated} times in {ledger.retries} retries")
    wrong += stage.catalogue_differences
    return wrong + [f"the gateway turned away: {text[:200]}" for text in stage.vendor.tally.rejected]


def each_once(progress: Mapping[str, Sequence[Any]]) -> tuple[dict[str, list[Any]], int]:
    """Return the entries in the order in which each came first, and how many came again."""
    held = {code: list({digest(entry): entry for entry in came}.values()) for code, came in progress.items()}
    return held, sum(len(came) - len(held[code]) for code, came in progress.items())


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)
