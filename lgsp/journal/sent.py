"""What a system sent: its documents in the order in which they were taken on, and where they stand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson

from lgsp.adapter import Sent, Standing
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.opening import opened
from lgsp.journal.states import State
from lgsp.message import VIETNAM, Kind

_SENT = (
    "SELECT m.id, m.uid, m.type, m.subject, m.accepted_at, b.key_id, b.body FROM messages m"
    f" JOIN bodies b ON b.message_id = m.id WHERE m.kind = {int(Kind.DOCUMENT)} AND m.source = ?"
    " AND m.accepted_at >= ? AND m.accepted_at < ? ORDER BY m.accepted_at LIMIT ?"
)
_WENT = (
    "SELECT message_id, system, recipients, state, changed_at, cause, said FROM {} WHERE message_id IN ({{}})"
    " ORDER BY id"
)
_MICROS = 1_000_000


def sent(  # noqa: PLR0913, PLR0917 - what is looked for
    tx: Transaction, source: str, types: Collection[str], since: datetime, until: datetime, limit: int
) -> list[Sent]:
    """Return the documents of these types that a system brought in [since, until), oldest first."""
    bounds = [int(moment.timestamp() * _MICROS) for moment in (since, until)]
    rows = [row for row in tx.rows(_SENT, (source, *bounds, limit)) if row[2] in types]
    went: dict[int, list[Standing]] = {row[0]: [] for row in rows}
    for table in ("history", "deliveries"):
        for message, *stands in tx.among(_WENT.format(table), list(went)):
            went[message].append(_standing(*stands))
    return [
        Sent(as_uuid(uid), type_, subject, _time(at), _data(tx, number, *body), went[number])
        for number, uid, type_, subject, at, *body in rows
    ]


def _data(tx: Transaction, message: int, key_id: int, body: bytes) -> dict[str, Any]:
    data = opened(tx, key_id, body, "body of message", message)
    return {} if data is None else dict(orjson.loads(data))


def _standing(system: str, recipients: str | None, state: int, at: int, *why: Any) -> Standing:
    cause, said = (told or "" for told in why)
    whom = orjson.loads(recipients) if recipients else ()
    return Standing(system, whom, State(state).word, _time(at), cause, said)


def _time(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / _MICROS, VIETNAM)
