"""How far the messages are registered, kept in the journal beside the register itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.remembered import remember, remembered

NAME = "dossiers"
"""Under which it is remembered."""


@dataclass(slots=True, frozen=True)
class Place:
    """How far the messages are looked through.

    Attributes:
        at: the message up to which this stretch is looked through.
        upto: where the stretch ends.
        opened: when the stretch was begun: all that was accepted then is in it.
        whole: as of when everything is registered; 0 before the first time.
        sure: up to this message nobody can still bring one.
        mark: the highest message a while ago, and `marked`, when.
        before: every transaction that may have drawn a number up to the mark is below this one.
        round: when everything was last looked through from the beginning.
    """

    at: int
    upto: int
    opened: int = 0
    whole: int = 0
    sure: int = 0
    mark: int = 0
    marked: int = 0
    before: int = 0
    round: int = 0

    @property
    def done(self) -> bool:
        """Tell whether the stretch is looked through to its end."""
        return self.at >= self.upto


def read(kept: str) -> Place | None:
    """Return a place as it was kept; None before the first look."""
    return Place(**orjson.loads(kept)) if kept else None


def registered(tx: Transaction) -> Place | None:
    """Return how far the messages are registered; None before the first look."""
    return read(remembered(tx, NAME))


def keep(tx: Transaction, place: Place) -> None:
    """Keep a place."""
    remember(tx, NAME, orjson.dumps(asdict(place)).decode())
