"""Laying a source's own list beside the register, as its adapter or a person brings it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lgsp.adapter import Holding
from lgsp.domain.agencies.register import Register
from lgsp.domain.codes import dossier_code, under
from lgsp.journal.reconciliations import Scope
from lgsp.journal.reconciliations_holdings import Named
from lgsp.message import VIETNAM
from lgsp.scoring import subtrees

_MICROS = 1_000_000


def within(agencies: Register, scope: Scope, now: int) -> tuple[str, ...]:
    """Return the subtrees that a scope means: its agency's, and those that became part of it; none is all."""
    if not scope.agency:
        return ()
    today = datetime.fromtimestamp(now / _MICROS, VIETNAM).date()
    return (scope.agency, *subtrees(agencies, scope.agency, today))


def named(listed: Iterable[Holding], tops: Sequence[str]) -> list[Named]:
    """Return what is listed as a run compares it; what lies in none of the subtrees is left out.

    A code that cannot be read is kept as it was written: such a dossier can never be sent.
    """
    found = (_named(one) for one in listed)
    return [one for one in found if one.fault or not tops or _lies_in(one.key, tops)]


def _lies_in(key: str, tops: Sequence[str]) -> bool:
    agency = key.partition("-")[0]
    return any(under(agency, top) for top in tops)


def _named(one: Holding) -> Named:
    parsed = dossier_code(one.code)
    changed = _micros(one.changed_at)
    if parsed is None:
        return Named(one.code.strip(), one.code, one.status, changed, "bad-code")
    return Named(parsed.normal, one.code, one.status, changed)


def _agency(key: str) -> str:
    return key.partition("-")[0]


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * _MICROS)


def chunks(rows: Sequence[Named], size: int) -> list[Sequence[Named]]:
    """Return rows in parts that one short transaction takes."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]
