"""What routes in the shadow would have told, for people who look: bounded, newest first, a page at a time."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.reading import at
from lgsp.journal.shadow_figures import REFUSED, WOULD
from lgsp.journal.states import State

LOOKED = 10_000
"""So many of the newest are counted."""
_CHUNK, _CHUNKS = 1000, 10
_LAST = 2**62
_OURS = f"h.system = ? AND h.state = {int(State.SHADOWED)} AND h.shadow = 1"
_COUNTED = (
    f"SELECT h.type, {WOULD}, coalesce(h.cause, ''), count(*) FROM"
    f" (SELECT h.type, h.cause, h.said FROM history h WHERE {_OURS}"
    " ORDER BY h.message_id DESC LIMIT ?) h GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
_ADOPTED = (
    "SELECT count(*) FROM (SELECT 1 FROM history WHERE system = ? AND"
    f" state = {int(State.ADOPTED)} LIMIT ?) x"
)
_NAMES = (
    "id", "seq", "attempt", "message", "type", "subject", "partitionkey", "agency", "revision", "would",
    "cause", "said", "fields", "at",
)  # fmt: skip
_FOUND = (
    f"SELECT h.id, h.message_id, h.attempt, m.uid, h.type, m.subject, m.partitionkey, m.agency, m.revision,"
    f" {WOULD}, h.cause, h.said, h.fields, h.changed_at FROM history h"
    " JOIN messages m ON m.id = h.message_id WHERE"
)
_PAGE = (
    f"{_FOUND} {_OURS} AND h.message_id <= ? AND (h.message_id < ? OR h.id < ?)"
    " ORDER BY h.message_id DESC, h.id DESC LIMIT ?"
)
_ONE = f"{_FOUND} h.id = ? AND {_OURS}"

Place = tuple[int, int]
"""A message and a delivery behind which the next ones are."""


class Glance(NamedTuple):
    """What would have been told to a system.

    Attributes:
        would: `type`, `would`, `cause` and `count` of the newest.
        total: how many those are; as many as were looked at where there are more.
        adopted: subjects that it held before, counted up to `LOOKED`.
    """

    would: list[dict[str, Any]]
    total: int
    adopted: int


class Listed(NamedTuple):
    """Some of it, and where to go on; a page may be short and not be the last."""

    deliveries: list[dict[str, Any]]
    next: Place | None


def glance(tx: Transaction, system: str) -> Glance:
    """Return how much of what would have been told, among the newest `LOOKED`."""
    rows = tx.rows(_COUNTED, (system, LOOKED))
    would = [dict(zip(("type", "would", "cause", "count"), row, strict=True)) for row in rows]
    adopted = tx.rows(_ADOPTED, (system, LOOKED))[0][0]
    return Glance(would, sum(one["count"] for one in would), adopted)


def listed(  # noqa: PLR0913 - each narrows what is listed
    tx: Transaction,
    system: str,
    *,
    type_: str = "",
    would: str = "",
    cause: str = "",
    behind: Place | None = None,
    limit: int = 50,
) -> Listed:
    """Return a page of what would have been told, newest message first.

    Args:
        tx: the snapshot to read.
        system: that would have been told.
        type_: only this type.
        would: only this.
        cause: only for this cause.
        behind: where the page before ended.
        limit: so many at most.
    """
    found: list[dict[str, Any]] = []
    place = behind or (_LAST, 0)
    for _ in range(_CHUNKS):
        rows = tx.rows(_PAGE, (system, place[0], *place, _CHUNK))
        for row in map(_shown, rows):
            place = row["seq"], row["id"]
            if all(
                given in {"", row[name]}
                for name, given in (("type", type_), ("would", would), ("cause", cause))
            ):
                found.append(row)
            if len(found) > limit:
                last = found[limit - 1]
                return Listed(found[:limit], (last["seq"], last["id"]))
        if len(rows) < _CHUNK:
            return Listed(found, None)
    return Listed(found, place)


def one(tx: Transaction, system: str, delivery: int) -> dict[str, Any] | None:
    """Return a delivery of the shadow, or None."""
    rows = tx.rows(_ONE, (delivery, system))
    return _shown(rows[0]) if rows else None


def _shown(row: Any) -> dict[str, Any]:
    told = dict(zip(_NAMES, row, strict=True))
    return told | {
        "message": str(as_uuid(told["message"])),
        "cause": told["cause"] or "",
        "said": (told["said"] or "") if told["would"] == REFUSED else "",
        "fields": orjson.loads(told["fields"]) if told["fields"] else [],
        "at": at(told["at"]),
    }
