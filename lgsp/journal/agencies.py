"""Facts about agencies that jobs and administrators add while the platform runs: only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from lgsp.domain.agencies.facts import Claim, Fact, Succession, Withdrawal, claim_of, kind_of, told_of
from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.register import Register
from lgsp.errors import Invalid, Problem
from lgsp.journal.agency_lists import Counts, StaleRunError, bring, brought
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.journal.rows import insert, write_entries
from lgsp.journal.tables import agency_facts

__all__ = [
    "Counts",
    "StaleRunError",
    "add",
    "bring",
    "brought",
    "latest",
    "listed",
    "noted",
    "register",
    "size",
]

_COLUMNS = tuple(column.name for column in agency_facts.columns)
_INSERT = insert(agency_facts)
_COUNT = "SELECT count(*) FROM agency_facts"
_ALL = "SELECT id, kind, content FROM agency_facts"
_PAGE = f"SELECT {', '.join(_COLUMNS)} FROM agency_facts WHERE id > ? ORDER BY id LIMIT ?"
_LATEST = f"SELECT {', '.join(_COLUMNS)} FROM agency_facts WHERE id < ? ORDER BY id DESC LIMIT ?"
_NOTED = "SELECT id, added_at, added_by, note FROM agency_facts WHERE id IN ({})"
_ONE = "SELECT 1 FROM agency_facts WHERE id = ?"
_ADDED = "added-"


def size(tx: Transaction) -> int:
    """Return how many claims there are: as none ever goes, another number than before means news."""
    return len(built_in().claims) + int(tx.rows(_COUNT)[0][0])


def register(tx: Transaction) -> Register:
    """Return what is known: what comes with the product, and everything that was added."""
    return built_in().extended(
        claim_of(kind, orjson.loads(content))._replace(id=f"{_ADDED}{number}")
        for number, kind, content in tx.rows(_ALL)
    )


def add(tx: Transaction, claims: Sequence[Claim], who: str, note: str = "") -> list[str]:
    """Add claims, all or none, and return their ids.

    Raises:
        Invalid: one withdraws what is not there. Places of several begin with the claim's number.
    """
    missing = [n for n, claim in enumerate(claims) if claim.withdraws and not _is_there(tx, claim.withdraws)]
    if missing:
        places = [f"/{n}/withdraws" if len(claims) > 1 else "/withdraws" for n in missing]
        raise Invalid([Problem(place, "unknown-fact") for place in places])
    numbers = tx.ids("agency_facts", len(claims))
    rows = [_row(tx, number, claim, who, note) for number, claim in zip(numbers, claims, strict=True)]
    tx.run(_INSERT, rows)
    details = [
        orjson.dumps({"fact": f"{_ADDED}{n}", **told_of(c)}).decode()
        for n, c in zip(numbers, claims, strict=True)
    ]
    write_entries(tx, [{"what": "agency fact added", "who": who, "details": one} for one in details])
    return [f"{_ADDED}{number}" for number in numbers]


def listed(tx: Transaction, *, after: int, limit: int) -> dict[str, Any]:
    """Return a page of what was added, in the order of the ids."""
    rows = tx.rows(_PAGE, (after, limit))
    return {
        "facts": [_told(dict(zip(_COLUMNS, row, strict=True))) for row in rows],
        "next": rows[-1][0] if len(rows) == limit else None,
    }


def latest(tx: Transaction, *, before: int, limit: int) -> dict[str, Any]:
    """Return a page of what was added, the newest first; `next` is what to ask for as `before`."""
    rows = tx.rows(_LATEST, (before, limit))
    return {
        "facts": [_told(dict(zip(_COLUMNS, row, strict=True))) for row in rows],
        "next": rows[-1][0] if len(rows) == limit else None,
    }


def noted(tx: Transaction, facts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return when, by whom and why claims were added, by their ids; what was not added here is left out."""
    numbers = [int(one.removeprefix(_ADDED)) for one in facts if one.startswith(_ADDED)]
    return {
        f"{_ADDED}{number}": {"added_at": at(when), "added_by": who, "note": note}
        for number, when, who, note in tx.among(_NOTED, numbers)
    }


def _is_there(tx: Transaction, fact: str) -> bool:
    number = fact.removeprefix(_ADDED)
    if number != fact and number.isascii() and number.isdigit() and len(number) < len(str(2**62)):
        return bool(tx.rows(_ONE, (int(number),)))
    return any(claim.id == fact for claim in built_in().claims)


def _row(tx: Transaction, number: int, claim: Claim, who: str, note: str) -> tuple[Any, ...]:
    content = orjson.dumps(told_of(claim)).decode()
    code, first, last, confidence = _columns(claim)
    return (
        number, kind_of(claim), code, content, first, last, claim.source, confidence, tx.now, who, note,
    )  # fmt: skip


def _columns(claim: Claim) -> tuple[str, str | None, str | None, str]:
    """Return code, first and last day and confidence, for people who search the table."""
    match claim:
        case Fact():
            days = [day.isoformat() if day else None for day in (claim.valid_from, claim.valid_to)]
            return claim.code, days[0], days[1], claim.confidence.value
        case Succession():
            return claim.predecessor, claim.effective.isoformat(), None, claim.confidence.value
        case Withdrawal():
            return "", None, None, ""


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{_ADDED}{row['id']}",
        "kind": row["kind"],
        "content": orjson.loads(row["content"]),
        "added_at": at(row["added_at"]),
        "added_by": row["added_by"],
        "note": row["note"],
    }
