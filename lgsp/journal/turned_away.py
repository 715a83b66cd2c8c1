"""Entries of what was turned away: who tried what, from where, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import write_entries


@dataclass(slots=True, frozen=True)
class Attempt:
    """Something that was tried and turned away, so many `times`; no part of it is a secret."""

    what: str
    who: str
    where: str
    address: str
    cause: str
    times: int = 1


def note(tx: Transaction, attempts: Sequence[Attempt]) -> None:
    """Write an entry of each."""
    write_entries(tx, [_entry(one) for one in attempts])


def _entry(one: Attempt) -> dict[str, str]:
    told = {"address": one.address, "path": one.where, "times": one.times}
    said = orjson.dumps({name: value for name, value in told.items() if value}).decode()
    return {"what": one.what, "who": one.who, "cause": one.cause, "details": said}
