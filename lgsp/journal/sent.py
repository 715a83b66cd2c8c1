"""What a system sent: documents, and what it told of them, as they were taken on, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import orjson

from lgsp.inbox import Sent, Standing
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.opening import opened
from lgsp.journal.states import State
from lgsp.message import VIETNAM, Kind

_WHOLE = (
    "SELECT m.id, m.uid, m.type, m.subject, m.accepted_at, b.key_id, b.body FROM messages m"
    " JOIN bodies b ON b.message_id = m.id WHERE"
)
_SENT = (
    f"{_WHOLE} m.kind = {int(Kind.DOCUMENT)} AND m.source = ?"
    " AND m.accepted_at >= ? AND m.accepted_at < ? ORDER BY m.accepted_at LIMIT ?"
)
_TOLD = (
    f"{_WHOLE} m.source = ? AND m.type = ? AND m.id >= ? AND m.id < ?"
    " AND m.accepted_at >= ? AND m.accepted_at < ? ORDER BY m.accepted_at, m.id LIMIT ?"
)
_NEXT = "SELECT id, accepted_at FROM messages WHERE id >= ? ORDER BY id LIMIT 1"
_LAST = "SELECT max(id) FROM messages"
_WENT = (
    "SELECT message_id, system, recipients, state, changed_at, cause, said FROM {} WHERE message_id IN ({{}})"
    " ORDER BY id"
)
_MICROS = 1_000_000
_APART = 600 * _MICROS
"""By so much the order of numbers may differ from that of times: transactions that ran side by side."""


def sent(  # noqa: PLR0913, PLR0917 - what is looked for
    tx: Transaction, source: str, kinds: Mapping[str, Kind], since: datetime, until: datetime, limit: int
) -> list[Sent]:
    """Return what a system brought in [since, until), oldest first.

    Args:
        tx: the snapshot to read.
        source: the system.
        kinds: types that are wanted, with their kinds.
        since: from when on it was taken on.
        until: before when.
        limit: so much at most, the oldest.
    """
    bounds = [int(moment.timestamp() * _MICROS) for moment in (since, until)]
    papers = tx.rows(_SENT, (source, *bounds, limit)) if Kind.DOCUMENT in kinds.values() else ()
    others = [
        _told(tx, source, type_, bounds, limit) for type_, kind in kinds.items() if kind is not Kind.DOCUMENT
    ]
    rows = [row for row in chain(papers, *others) if row[2] in kinds]
    rows = sorted(rows, key=lambda row: row[4])[:limit]
    went: dict[int, list[Standing]] = {row[0]: [] for row in rows}
    for table in ("history", "deliveries"):
        for message, *stands in tx.among(_WENT.format(table), list(went)):
            went[message].append(_standing(*stands))
    return [
        Sent(as_uuid(uid), type_, subject, _time(at), _data(tx, number, *body), went[number])
        for number, uid, type_, subject, at, *body in rows
    ]


def _told(
    tx: Transaction, source: str, type_: str, bounds: Sequence[int], limit: int
) -> Sequence[Sequence[Any]]:
    """Return rows of a type that is no document's: no index has their times, but numbers rise with them."""
    since, until = bounds
    first, last = _number_at(tx, since - _APART), _number_at(tx, until + _APART)
    return tx.rows(_TOLD, (source, type_, first, last, since, until, limit))


def _number_at(tx: Transaction, moment: int) -> int:
    """Return the number from which on messages were taken on at a time or later, by halving."""
    first, last = 0, (tx.rows(_LAST)[0][0] or 0) + 1
    while first < last:
        middle = (first + last) // 2
        number, at = next(iter(tx.rows(_NEXT, (middle,))), (last, moment))
        if at < moment:
            first = number + 1
        else:
            last = middle
    return first


def _data(tx: Transaction, message: int, key_id: int, body: bytes) -> dict[str, Any]:
    data = opened(tx, key_id, body, "body of message", message)
    return {} if data is None else dict(orjson.loads(data))


def _standing(system: str, recipients: str | None, state: int, at: int, *why: Any) -> Standing:
    cause, said = (told or "" for told in why)
    whom = orjson.loads(recipients) if recipients else ()
    return Standing(system, whom, State(state).word, _time(at), cause, said)


def _time(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / _MICROS, VIETNAM)
