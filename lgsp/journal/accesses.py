"""Who has seen or asked for whose data: the looks of people and the questions of systems, in one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from lgsp.enquiry import Ending
from lgsp.journal import citizens, disclosures
from lgsp.journal.contract import Transaction
from lgsp.journal.disclosures import PAGE, Asked
from lgsp.journal.reading import at

_SHOWN = ("at", "until", "who", "system", "how", "purpose", "reason", "item", "type", "subject", "id")
_LOOKS = (
    "SELECT d.at, d.until, d.who, d.system, d.how, d.purpose, d.reason, d.item, d.type, d.subject, d.id"
    " FROM disclosures d"
)
_ASKS = (
    "SELECT a.at, a.uid, a.who, a.source, a.system, a.purpose, a.basis, a.outcome, a.type, a.dossier, a.id"
    " FROM asks a"
)
_EVER = 2**62
_AT_ONCE = 10_000
"""Rows of one microsecond at most."""

Row = dict[str, Any]


def report(
    tx: Transaction, asked: Asked, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[Row], int | None]:
    """Return a page of who saw, or asked for, whose data, newest first, and where to go on.

    By a citizen's number and by a dossier's code: what either of them finds. Where neither is named these are
    the looks of people (`lgsp.journal.disclosures.report`); questions are found by themselves then.
    """
    if not (asked.numbers or asked.keys):
        return disclosures.report(tx, asked, before=before, limit=limit)
    until = min(asked.until or _EVER, before or _EVER)
    found = _found(tx, replace(asked, until=until), limit + 1)
    if len(found) <= limit:
        return [_told(one) for one in found], None
    # numbers are no order of time, and what was written together has one time: it stays on one page
    edge = found[limit]["at"]
    page = [one for one in found[:limit] if one["at"] > edge]
    if not page:
        page, edge = _found(tx, replace(asked, since=edge, until=edge + 1), _AT_ONCE), edge - 1
    return [_told(one) for one in page], edge + 1


def _found(tx: Transaction, asked: Asked, limit: int) -> list[Row]:
    rows = {(one["item"], one["id"]): one for one in [*_looks(tx, asked, limit), *_asks(tx, asked, limit)]}
    return sorted(rows.values(), key=lambda one: (-one["at"], -one["id"]))[:limit]


def _looks(tx: Transaction, asked: Asked, limit: int) -> list[Row]:
    ways = _ways(tx, asked, " JOIN disclosed w ON w.disclosure = d.id WHERE w.digest = ?", "d.partitionkey")
    rules, values = _rules("d", asked)
    return [
        dict(zip(_SHOWN, row, strict=True))
        for way, value in ways
        for row in tx.rows(f"{_LOOKS}{way}{rules} ORDER BY d.at DESC LIMIT ?", (value, *values, limit))
    ]


def _asks(tx: Transaction, asked: Asked, limit: int) -> list[Row]:
    ways = _ways(tx, asked, " JOIN asks_about b ON b.ask_id = a.id WHERE b.digest = ?", "a.dossier")
    rules, values = _rules("a", asked)
    return [
        _question(row)
        for way, value in ways
        for row in tx.rows(f"{_ASKS}{way}{rules} ORDER BY a.at DESC LIMIT ?", (value, *values, limit))
    ]


def _ways(tx: Transaction, asked: Asked, by_number: str, code: str) -> list[tuple[str, Any]]:
    """Return by which tables and indexes to look, each with its value."""
    digests = citizens.digests(tx, asked.numbers) if asked.numbers else []
    keys = sorted(set(asked.keys))
    return [*((by_number, one) for one in digests), *((f" WHERE {code} = ?", one) for one in keys)]


def _rules(table: str, asked: Asked) -> tuple[str, list[Any]]:
    sides = ((".at < ?", asked.until), (".at >= ?", asked.since), (".who = ?", asked.who or None))
    given = [(f" AND {table}{rule}", value) for rule, value in sides if value is not None]
    return "".join(rule for rule, _ in given), [value for _, value in given]


def _question(row: Sequence[Any]) -> Row:
    moment, uid, who, source, system, purpose, basis, outcome, type_, dossier, number = row
    return {
        "at": moment, "until": moment, "who": who, "system": source, "how": "asked", "purpose": purpose,
        "reason": basis, "item": f"asks/{UUID(bytes=bytes(uid))}", "type": type_, "subject": dossier or "",
        "id": number, "answered_by": system, "ending": Ending(outcome).word,
    }  # fmt: skip


def _told(row: Row) -> Row:
    return row | {"at": at(row["at"]), "until": at(row["until"])}
