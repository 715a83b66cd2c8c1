"""What occurs in the journal that people may choose from: agencies, systems, types, causes, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from lgsp.domain.codes import agency_code, under
from lgsp.journal.contract import Transaction
from lgsp.journal.seeking import values_of
from lgsp.journal.states import BEHIND, HEADS, State
from lgsp.journal.tables import ASIDE, CAUSE

ASTRAY = (HEADS | BEHIND) - {State.READY, State.SENDING}
"""States of deliveries that are found by state, system and cause: see `tables.ASIDE`."""
_LATELY = 500
"""Odd messages that are looked at for the codes of findings: the newest."""
_ODD = "SELECT findings FROM messages WHERE findings IS NOT NULL ORDER BY id DESC LIMIT ?"


def types_of(tx: Transaction, source: str) -> list[str]:
    """Return the types of the messages that a system brought."""
    return values_of(tx, "messages", "type", [("source", source)])


def written(tx: Transaction, codes: Sequence[str], *, alone: bool = False) -> list[str]:
    """Return the codes of agencies as messages have them, of some agencies and of what lies under them."""
    return sorted({one for code in codes for one in _written(tx, code.strip(), alone=alone)})


def _written(tx: Transaction, code: str, *, alone: bool) -> list[str]:
    top = agency_code(code)
    if top is None:
        return [code]
    spans = [(top, f"{top}/"), ("0", ":")]  # what begins so, and the old form, which begins with digits
    found = [one for span in spans for one in values_of(tx, "messages", "agency", span=span)]
    return [one for one in found if (agency_code(one) == top if alone else under(one, top))]


def beginning(tx: Transaction, start: str, limit: int) -> list[str]:
    """Return codes of agencies as messages have them that begin so, in order."""
    first = start.strip().upper()
    return values_of(tx, "messages", "agency", span=(first or "!", f"{first}~"), limit=limit)


@dataclass(slots=True, frozen=True)
class Choices:
    """What filters may be chosen from: the words that occur in the journal, in order.

    Attributes:
        findings: the codes of what was odd lately.
    """

    sources: Sequence[str]
    types: Sequence[str]
    systems: Sequence[str]
    causes: Sequence[str]
    findings: Sequence[str]


def choices(tx: Transaction) -> Choices:
    """Return what there is to choose from, by a few steps along the indexes."""
    sources = values_of(tx, "messages", "source")
    aside = [(int(state), name) for state in sorted(ASTRAY) for name in systems_aside(tx, state)]
    causes = {cause for state, name in aside for cause in causes_aside(tx, state, name) if cause}
    odd = tx.rows(_ODD, (_LATELY,))
    return Choices(
        sources,
        sorted({one for source in sources for one in types_of(tx, source)}),
        sorted({*values_of(tx, "history", "system"), *(name for _, name in aside)}),
        sorted(causes),
        sorted({one["code"] for (found,) in odd for one in orjson.loads(found)}),
    )


def systems_aside(tx: Transaction, state: int) -> list[str]:
    """Return the systems to which deliveries stand in a state."""
    return values_of(tx, "deliveries", "system", [("state", state)], ASIDE)


def causes_aside(tx: Transaction, state: int, system: str) -> list[str]:
    """Return the causes for which deliveries to a system stand in a state."""
    return values_of(tx, "deliveries", CAUSE, [("state", state), ("system", system)], ASIDE)
