"""What is new of catalogues, for processes that follow them: by version, which rise as commits do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from lgsp.journal.contract import Transaction

PAGE = 1000
_HEADS = "SELECT source, type, version, wholes, run FROM catalogues WHERE type IN ({}) ORDER BY source, type"
_HEAD = "SELECT source, type, version, wholes, run, absent FROM catalogues WHERE source = ? AND type = ?"
_SINCE = (
    "SELECT version, key, name, open, more FROM catalogue_items WHERE source = ? AND type = ?"
    f" AND version > ? AND current = 1 ORDER BY version LIMIT {PAGE}"
)


class Head(NamedTuple):
    """How far a catalogue has come.

    Attributes:
        wholes: how often it was brought from end to end.
        run: of the job that listed it last.
    """

    source: str
    type: str
    version: int
    wholes: int
    run: int

    @property
    def whole(self) -> bool:
        """Tell whether what it lacks does not exist."""
        return self.wholes > 0


class News(NamedTuple):
    """What is new of a catalogue.

    Attributes:
        head: how far it has come.
        absent: keys that its list has, and of which no message came yet.
        rows: the newest versions: number, key, name, whether in force, what else is compared, as JSON.
    """

    head: Head
    absent: Sequence[str]
    rows: Sequence[Any]


def heads(tx: Transaction, types: Sequence[str]) -> list[Head]:
    """Return the catalogues there are of some types."""
    return [Head(*row) for row in tx.among(_HEADS, types)]


def news(tx: Transaction, source: str, type_: str, after: int) -> News:
    """Return how far a catalogue has come, and the newest versions behind one, in order: a page of `PAGE`.

    What is passed over because a newer version stands over it by now comes on this page or on a later one. A
    page that is not full is the last one, and brings all up to the head.
    """
    (*head, absent), *_ = tx.rows(_HEAD, (source, type_))
    return News(Head(*head), orjson.loads(absent), tx.rows(_SINCE, (source, type_, after)))
