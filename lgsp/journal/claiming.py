"""Claiming deliveries for a worker: the row is the evidence, the body comes with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson

from lgsp.journal import codec
from lgsp.journal.contract import Claim, Frame, Transaction, as_findings, as_uuid
from lgsp.journal.states import State
from lgsp.message import VIETNAM, Kind, Message

_CLAIM = (
    f"UPDATE deliveries SET state = {int(State.SENDING)}, attempt = attempt + 1, worker = ?, claimed_at = ?,"
    " changed_at = ?, dispatched_at = NULL WHERE id IN ({})"
)
_WHOLE = (
    "SELECT d.id, d.epoch, d.state, d.system, d.attempt, d.patience, d.lapses, d.uncertain, d.line,"
    " d.expires_at, d.kind, d.recipients, m.uid, m.source, m.type, m.subject, m.partitionkey, m.agency,"
    " m.time, m.revision, m.correlationid, m.traceparent, m.findings, m.native, b.key_id, b.body,"
    " (SELECT CASE WHEN p.how = 'unsure' AND p.message_id = d.message_id THEN NULL ELSE p.how END"
    " FROM presence p WHERE p.line = d.line AND p.type = m.type) AS how"
    " FROM deliveries d JOIN messages m ON m.id = d.message_id JOIN bodies b ON b.message_id = d.message_id"
    " WHERE d.id IN ({})"
)
UNSURE = "unsure"
"""Presence of a subject that an uncertain attempt may or may not have brought. While all doubtful attempts
were of one message its id stands beside it, and for that message itself nobody else sent one before."""


def claim(tx: Transaction, frames: Sequence[Frame], worker: int) -> list[Claim]:
    """Claim what the frames name and still may be sent in that epoch."""
    epochs: dict[int, set[int]] = {}
    for frame in frames:
        epochs.setdefault(frame.delivery, set()).add(frame.epoch)
    return _taken(
        tx, list(epochs), worker, lambda n, epoch, state: state == State.READY and epoch in epochs[n]
    )


def take(tx: Transaction, numbers: Sequence[int], worker: int) -> list[Claim]:
    """Claim deliveries whose turn it is, by id, and bring them whole, in the order given."""
    return _taken(tx, numbers, worker, lambda _n, _epoch, _state: True)


def _taken(
    tx: Transaction, numbers: Sequence[int], worker: int, free: Callable[[int, int, int], bool]
) -> list[Claim]:
    rows = {row[0]: row for row in tx.among(_WHOLE, numbers) if free(*row[:3])}
    tx.among(_CLAIM, list(rows), before=(worker, tx.now, tx.now))
    return [_claim(rows[n], tx.now) for n in numbers if n in rows]


def _claim(row: tuple[Any, ...], now: int) -> Claim:
    (number, _, _, system, attempt, patience, lapses, uncertain, line, expires_at, kind, recipients,
     *rest) = row  # fmt: skip
    return Claim(
        number, system, attempt + 1, patience, lapses, bool(uncertain), bytes(line), now,
        _message(rest, recipients), Kind(kind), expires_at,
    )  # fmt: skip


def _message(row: Sequence[Any], recipients: str | None) -> Message:
    (uid, source, type_, subject, key, agency, time, revision, correlation, trace, findings, native, key_id,
     body, how) = row  # fmt: skip
    return Message(
        type=type_,
        subject=subject,
        partitionkey=key,
        data=orjson.loads(codec.decode(key_id, body)),
        native=native,
        source=source,
        agency=agency,
        time=None if time is None else datetime.fromtimestamp(time / 1_000_000, VIETNAM),
        findings=as_findings(orjson.loads(findings) if findings else None),
        id=as_uuid(uid),
        revision=revision,
        correlationid=correlation,
        traceparent=trace,
        recipients=orjson.loads(recipients) if recipients else [],
        there=_there(how),
    )


def _there(how: str | None) -> bool | None:
    if how is None:
        return False
    return None if how == UNSURE else True
