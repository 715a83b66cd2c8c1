"""What a list says of each agency: an entry, made of the claims that a page of the list brought.

A list, such as the document axis', says who is there now. It knows neither acts nor days, and is not asked
where a decision speaks of a code (`lgsp.domain.agencies.register`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from lgsp.domain.agencies.facts import Claim, Confidence, Fact, Succession
from lgsp.domain.codes import read_agency
from lgsp.message import nfc

_DOUBT = {sure: -n for n, sure in enumerate(Confidence)}


class Entry(NamedTuple):
    """What a list says of one agency, as it writes it.

    Attributes:
        code: two entries of one list differ in it.
        old: another code of the same body, which it had before or has besides; empty for none.
        parent: code of the body above; empty where the list does not say.
        level: 1 is the top; 0 when the list does not say.
    """

    code: str
    name: str
    old: str = ""
    parent: str = ""
    level: int = 0

    @property
    def identities(self) -> tuple[str, str]:
        """Return what names the body by its code, and by its other one; empty where that says no more."""
        own, other = read_agency(self.code).identity, read_agency(self.old).identity
        return own, "" if other == own else other


class Row(NamedTuple):
    """An entry as it is kept: from a day on, until the next row of the same list and code.

    Attributes:
        number: of the list, by which its rows follow each other.
        entry: what the list says; of an agency that it has no more, what it said last.
        identity: what names the body.
        other: what names it by its other code; empty for none.
        since: the first day; None where it is not known.
        listed: the agency is there; else it is there no more.
    """

    number: int
    entry: Entry
    identity: str
    other: str
    since: date | None
    listed: bool


class Page(NamedTuple):
    """A page of a list.

    Attributes:
        entries: in their order.
        odd: how many claims say nothing that a list can say.
        source: what its claims name as their source; empty when there are none.
        confidence: how sure they are.
    """

    entries: list[Entry]
    odd: int
    source: str
    confidence: Confidence


def read_page(claims: Iterable[Claim]) -> Page:
    """Return the entries of a page: a fact is an agency, a succession to it names its other code.

    All that is said of one agency stands on one page.
    """
    facts: list[Fact] = []
    other: dict[str, str] = {}
    odd = 0
    for claim in claims:
        if isinstance(claim, Fact) and claim.code.strip():
            facts.append(claim)
        elif isinstance(claim, Succession):
            other[claim.successor] = claim.predecessor
        else:
            odd += 1
    entries = [_entry(fact, other.pop(fact.code, "")) for fact in facts]
    sure = min((fact.confidence for fact in facts), key=_DOUBT.__getitem__, default=Confidence.LOW)
    return Page(entries, odd + len(other), facts[0].source if facts else "", sure)


def _entry(fact: Fact, other: str) -> Entry:
    name = " ".join(nfc(fact.name).split())
    return Entry(nfc(fact.code).strip(), name, nfc(other).strip(), nfc(fact.parent).strip(), fact.level or 0)
