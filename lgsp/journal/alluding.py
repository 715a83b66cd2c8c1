"""Finding what an event speaks of whose id nobody here knows, by the other name that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lgsp.journal.contract import Arrival, Offer, Transaction
from lgsp.message import Finding

_KNOWN = "SELECT DISTINCT partitionkey, type FROM messages WHERE partitionkey IN ({})"


def lead_back(tx: Transaction, arrivals: Sequence[Arrival]) -> None:
    """Put events into the line of what they mean, with a finding, where their own key leads to nothing.

    A document without an id, or whose id was replaced on its way, is answered under an id that was never
    seen here: its sender would not learn what became of it. Number, notation, day and issuer name it too.
    """
    asked = list(_asked(arrivals))
    keys = {key for offer in asked for key in (offer.message.partitionkey, offer.alluded)}
    known = {tuple(row) for row in tx.among(_KNOWN, sorted(keys))} if keys else set()
    for offer in asked:
        message = offer.message
        if (message.partitionkey, offer.anchor) not in known and (offer.alluded, offer.anchor) in known:
            message.partitionkey = offer.alluded
            message.findings = [*message.findings, Finding("found-by-number", "")]


def _asked(arrivals: Sequence[Arrival]) -> Iterator[Offer]:
    for arrival in arrivals:
        for offer in arrival.offers:
            if offer.alluded and offer.alluded != offer.message.partitionkey:
                yield offer
