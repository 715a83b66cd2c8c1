"""Claiming deliveries for a worker: the row is the evidence, the body comes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate, takewhile
from typing import NamedTuple

import orjson

from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.opening import opened
from lgsp.journal.rows import Row, befell, rows_of, write_entries
from lgsp.journal.states import Move, State, after
from lgsp.journal.turns import Claim, Frame
from lgsp.message import VIETNAM, Finding, Kind, Message

_CLAIM = (
    f"UPDATE deliveries SET state = {int(State.SENDING)}, attempt = attempt + 1, worker = ?, claimed_at = ?,"
    " changed_at = ?, dispatched_at = NULL WHERE id IN ({}) AND state IN (%s) RETURNING id, attempt"
)
_CLAIM_READY = _CLAIM % int(State.READY)
_CLAIM_NEXT = _CLAIM % f"{int(State.READY)}, {int(State.WAITING)}"
_CLAIM_BEHIND = (
    "UPDATE deliveries SET attempt = attempt + 1, worker = ?, claimed_at = ?, changed_at = ?"
    f" WHERE id IN ({{}}) AND state = {int(State.WAITING)} AND worker IS NULL RETURNING id, attempt"
)


_KEEP = (
    "UPDATE deliveries SET state = ?, cause = ?, worker = NULL, claimed_at = NULL, changed_at = ?"
    " WHERE id = ?"
)
_HELD = 1 << 20
"""Bytes of bodies, as the journal keeps them, that a run has; its head may be larger alone."""


class _Whole(NamedTuple):
    """A delivery with its message, how its subject is present at the system, and its body.

    `body` is None where nobody can read it any more.
    """

    id: int
    epoch: int
    system: str
    attempt: int
    patience: int
    lapses: int
    uncertain: int
    line: bytes
    expires_at: int | None
    kind: int
    recipients: str | None
    born: int
    shadow: int
    uid: bytes
    source: str
    type: str
    subject: str
    partitionkey: str
    agency: str
    time: int | None
    accepted_at: int
    revision: int
    correlationid: str
    traceparent: str
    findings: str | None
    native: bytes
    how: str | None
    anchored: str | None
    anchor: str | None
    body: bytes | None


_WHOLE = (
    "SELECT d.id, d.epoch, d.system, d.attempt, d.patience, d.lapses, d.uncertain, d.line, d.expires_at,"
    " d.kind, d.recipients, d.created_at, d.shadow, m.uid, m.source, m.type, m.subject, m.partitionkey,"
    " m.agency, m.time, m.accepted_at, m.revision, m.correlationid, m.traceparent, m.findings, m.native,"
    " (SELECT CASE WHEN p.how = 'unsure' AND p.message_id = d.message_id THEN NULL"
    " ELSE p.how END FROM presence p WHERE p.line = d.line AND p.type = m.type) AS how,"
    " CASE WHEN d.anchor IS NULL THEN NULL ELSE (SELECT a.how FROM presence a"
    " WHERE a.line = d.line AND a.type = d.anchor) END AS anchored, d.anchor, b.key_id, b.body"
    " FROM deliveries d JOIN messages m ON m.id = d.message_id JOIN bodies b ON b.message_id = d.message_id"
    " WHERE d.id IN ({})"
)
UNREADABLE = "unreadable"
"""Why a delivery is held whose body was altered, or whose data key the journal does not have."""
UNSURE = "unsure"
"""Presence of a subject that an uncertain attempt may or may not have brought. While all doubtful attempts
were of one message its id stands beside it, and for that message itself nobody else sent one before."""
SHADOWED, CARRIED = "shadowed", "carried"
"""Presence of a snapshot, and of a document, that an older connection should have told: it is enough for what
is of the shadow, and for a live one it is not known."""


def claim(tx: Transaction, frames: Sequence[Frame], worker: int) -> list[Claim]:
    """Claim what the frames name and still may be sent in that epoch."""
    epochs: dict[int, set[int]] = {}
    for frame in frames:
        epochs.setdefault(frame.delivery, set()).add(frame.epoch)
    rows = _whole(tx, list(epochs))
    named = [n for n in epochs if n in rows and rows[n].epoch in epochs[n]]
    return _won(tx, _CLAIM_READY, {n: rows[n] for n in named}, worker)


def take(tx: Transaction, numbers: Sequence[int], worker: int) -> list[Claim]:
    """Claim deliveries whose turn it is, by id, and bring them whole, in the order given."""
    rows = _whole(tx, numbers)
    return _won(tx, _CLAIM_NEXT, {n: rows[n] for n in numbers if n in rows}, worker)


def take_runs(tx: Transaction, runs: Sequence[Sequence[Row]], worker: int) -> list[list[Claim]]:
    """Claim runs: of each the first is being sent, and the others wait behind it, claimed by the same worker.

    Each is sent only when those before it were delivered: then what is told of its subject is known there. A
    head that has to ask for its subject first goes alone.
    """
    whole = _whole(tx, [row.id for run in runs for row in run])
    kept = [_kept([row.id for row in run], whole) for run in runs]
    heads = {n: whole[n] for numbers in kept for n in numbers[:1]}
    claims = {claim.delivery: claim for claim in _won(tx, _CLAIM_NEXT, heads, worker)}
    sure = [numbers for numbers in kept if numbers and numbers[0] in claims and not claims[numbers[0]].gap]
    behind = {n: whole[n] for numbers in sure for n in numbers[1:]}
    claims |= {claim.delivery: claim for claim in (_won(tx, _CLAIM_BEHIND, behind, worker) if behind else ())}
    return [_together([claims[n] for n in takewhile(claims.__contains__, numbers)]) for numbers in kept]


def _kept(numbers: Sequence[int], whole: Mapping[int, _Whole]) -> list[int]:
    """Return the leading ones that are whole, and not too much to hold together; a head is always."""
    there = [*takewhile(lambda n: n in whole and (n == numbers[0] or whole[n].body is not None), numbers)]
    sizes = accumulate(len(whole[n].body or b"") for n in there)
    return [n for n, so_far in zip(there, sizes, strict=True) if n == there[0] or so_far <= _HELD]


def _together(run: list[Claim]) -> list[Claim]:
    told: set[str] = set()
    for claim in run:
        if claim.message.type in told:
            claim.message.there = True
        if claim.kind is not Kind.EVENT:
            told.add(claim.message.type)
    return run


def read(tx: Transaction, delivery: int) -> Message | None:
    """Return the message of an open delivery as it would be sent; None when its body is gone."""
    row = _whole(tx, [delivery]).get(delivery)
    return None if row is None or row.body is None else _message(row, row.body)


def _whole(tx: Transaction, numbers: Sequence[int]) -> dict[int, _Whole]:
    return {
        row[0]: _Whole._make((*row[:-2], opened(tx, *row[-2:], "body for delivery", row[0])))
        for row in tx.among(_WHOLE, numbers)
    }


def _won(tx: Transaction, sql: str, rows: dict[int, _Whole], worker: int) -> list[Claim]:
    """Claim rows; the answer says which of them nobody else took, and in which attempt they are now."""
    won = dict(tx.among(sql, list(rows), before=(worker, tx.now, tx.now)))
    rows |= _whole(tx, [n for n, attempt in won.items() if rows[n].attempt + 1 != attempt])
    if unreadable := [n for n, row in rows.items() if n in won and row.body is None]:
        _hold(tx, unreadable)
    return [
        _claim(row, row.body, won[n], tx.now) for n, row in rows.items() if n in won and row.body is not None
    ]


def _hold(tx: Transaction, numbers: Sequence[int]) -> None:
    """Keep for a person what was claimed and cannot be read; everything else goes on."""
    held, rows = int(after(State.SENDING, Move.HOLD)), rows_of(tx, numbers).values()
    tx.run(_KEEP, [(held, UNREADABLE, tx.now, row.id) for row in rows])
    write_entries(tx, [befell(row, "held", held, "gateway", final=False, cause=UNREADABLE) for row in rows])


def _claim(row: _Whole, body: bytes, attempt: int, now: int) -> Claim:
    return Claim(
        row.id, row.system, attempt, row.patience, row.lapses, bool(row.uncertain), bytes(row.line), now,
        _message(row, body), Kind(row.kind), row.expires_at, row.shadow == 1, _gap(row),
        row.born,
    )  # fmt: skip


def _gap(row: _Whole) -> str:
    """Return the type of snapshot to ask for before a live delivery is sent; empty where it is known."""
    if row.shadow == 1:
        return ""
    if row.anchor is not None:
        return row.anchor if row.anchored == SHADOWED else ""
    return row.type if row.how == SHADOWED else ""


def _message(row: _Whole, body: bytes) -> Message:
    return Message(
        type=row.type,
        subject=row.subject,
        partitionkey=row.partitionkey,
        data=orjson.loads(body),
        native=row.native,
        source=row.source,
        agency=row.agency,
        time=None if row.time is None else _moment(row.time),
        taken_on=_moment(row.accepted_at),
        findings=[Finding(**one) for one in orjson.loads(row.findings or "[]")],
        id=as_uuid(row.uid),
        revision=row.revision,
        correlationid=row.correlationid,
        traceparent=row.traceparent,
        recipients=orjson.loads(row.recipients) if row.recipients else [],
        there=_there(row.how, shadow=row.shadow == 1),
    )


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, VIETNAM)


def _there(how: str | None, *, shadow: bool) -> bool | None:
    if how is None:
        return False
    return None if how == UNSURE or (how in {SHADOWED, CARRIED} and not shadow) else True
