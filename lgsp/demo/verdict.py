"""Settling the account of the documents of a demonstration: the figures, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.demo.correspondence import NOBODY
from lgsp.demo.exchange import is_ours
from lgsp.demo.gathering import Gathered, deliveries, gather
from lgsp.demo.stage import Stage
from lgsp.demo.threads import Kind, Passage, judge, repeats
from lgsp.formats.axis.protocol import MessageType

PARTS = ("delivered", "refused", "held", "behind", "dead", "waiting")
"""What becomes of each document, or status, on its way to each of its receivers."""


@dataclass(slots=True, frozen=True)
class Verdict:
    """What became of the documents.

    Attributes:
        figures: what `--json` prints of them.
        differences: what is wrong; nothing of it is allowed.
    """

    figures: Mapping[str, Any]
    differences: Sequence[str]


async def settle_documents(stage: Stage) -> Verdict:
    """Return the verdict on the documents of a stage that is at rest."""
    found = await gather(stage)
    differences = wrongs(found, damaged=bool(stage.plan.axis_faults().damage))
    documents, statuses = (_passages(found, kind) for kind in Kind)
    figures = {
        "written": _written(stage),
        **_parts(documents),
        "turned_away": len(found.rejected),
        "statuses": _parts(statuses),
        "heard": _heard(found),
        "reasons": dict(
            Counter(one.cause for one in (*documents, *statuses) if one.part in ("refused", "held"))
        ),
        "duplicates": sum(map(repeats, found.threads.values())),
        "repeated_requests": stage.exchange.clerk.tally.repeats,
        "axis_calls": dict(stage.exchange.axis.world.calls),
        "matches": not differences,
    }
    return Verdict(figures, differences)


def wrongs(found: Gathered, *, damaged: bool) -> list[str]:
    """Return all that is wrong with what was gathered.

    Args:
        found: what the three sides say.
        damaged: the axis hands out packets that cannot be read; else none may be turned away.
    """
    judged = (wrong for name, thread in found.threads.items() for wrong in judge(name, thread))
    unread = () if damaged else sorted(found.rejected)
    return [
        *found.amiss,
        *judged,
        *_unplanned(found),
        *(f"{one}: a sound packet of the axis was turned away" for one in unread),
        *(f"{one}: nobody wrote it" for one in sorted(found.strangers)),
    ]


def _unplanned(found: Gathered) -> Iterator[str]:
    """Yield the refusals of what was for somebody who exists."""
    for name, thread in found.threads.items():
        for one in thread.passed:
            if one.part == "refused" and name.receiver != NOBODY:
                yield f"{name}: {one.label} was refused for {one.cause}, which was not planned"


def _written(stage: Stage) -> int:
    """Return how many documents were written: here, and by peers to agencies here."""
    exchange = stage.exchange
    theirs = {
        one.sending.docid
        for one in deliveries(exchange.axis.world.post)
        if one.sending.kind is MessageType.DOCUMENT and is_ours(one.receiver)
    }
    return len(exchange.clerk.tally.written) + len(theirs)


def _passages(found: Gathered, kind: Kind) -> list[Passage]:
    return [one for name, thread in found.threads.items() if name.kind is kind for one in thread.passed]


def _parts(passages: Sequence[Passage]) -> dict[str, int]:
    counted = Counter(one.part for one in passages)
    return {"wanted": len(passages), **{part: counted[part] for part in PARTS}}


def _heard(found: Gathered) -> dict[str, int]:
    """Return how often each status came to those who wait for it."""
    threads = [thread for name, thread in found.threads.items() if name.kind is Kind.STATUSES]
    return dict(sorted(Counter(code for thread in threads for code in thread.came).items()))
