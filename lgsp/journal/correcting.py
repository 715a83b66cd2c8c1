"""Edit and resend: a corrected body takes the place of what did not get through, in one transaction.

The correction is the next revision of the same identity, and keeps its native digest: a source that tells the
same again is answered with the receipt of the correction, and does not undo what a person mended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from lgsp.inbox import Accepted
from lgsp.journal.contract import Offer, Transaction, WrongStateError
from lgsp.journal.lines import Revision
from lgsp.journal.namesakes import Namesakes
from lgsp.journal.promoting import close, dispatch, next_heads
from lgsp.journal.retelling import moment_of, told
from lgsp.journal.rows import (
    INSERT_BODY,
    INSERT_MESSAGE,
    INSERT_RAW,
    ROW,
    Row,
    befell,
    born,
    locked,
    moved,
    numbers_of,
    write_entries,
)
from lgsp.journal.salts import Salts
from lgsp.journal.states import DEAD, Move, State
from lgsp.journal.turns import Frame
from lgsp.keys import PLAIN
from lgsp.message import Finding, Kind, Raw, message_id

_NAMED = (
    "id", "identity", "revision", "native", "source", "type", "subject", "partitionkey", "time",
    "expires_at", "correlationid", "traceparent",
)  # fmt: skip
_ORIGINAL = (
    f"SELECT {', '.join('m.' + name for name in _NAMED)}, b.key_id, b.body FROM messages m"
    " LEFT JOIN bodies b ON b.message_id = m.id WHERE m.id = ?"
)
_NEWER = "SELECT 1 FROM messages WHERE identity = ? AND revision > ? LIMIT 1"
_BEFORE = (
    "SELECT id, uid, revision, native, accepted_at, watched FROM messages WHERE identity = ?"
    " ORDER BY revision DESC LIMIT 50"
)
_OPEN = f"{ROW} WHERE message_id = ? ORDER BY id"
_WHOM = "SELECT id, recipients FROM deliveries WHERE message_id = ?"
_PRESENT = "SELECT 1 FROM presence WHERE line = ? AND type = ? AND how <> 'unsure'"
_REPLACE = "UPDATE deliveries SET state = ?, superseded_by = ?, changed_at = ? WHERE id = ?"


@dataclass(slots=True, frozen=True)
class Original:
    """What is to be corrected; the attributes as they were taken on.

    Attributes:
        data: the body; None when it is kept no more.
        systems: where it did not get through, and can be corrected now.
    """

    number: int
    identity: bytes
    revision: int
    native: bytes
    source: str
    type: str
    subject: str
    partitionkey: str
    time: int | None
    expires_at: int | None
    correlationid: str
    traceparent: str
    data: dict[str, Any] | None
    systems: Sequence[str]


@dataclass(slots=True, frozen=True)
class Correction:
    """A corrected body on its way in.

    Attributes:
        offer: the message of the corrected data; where it goes is where the original did not get through.
        raw: what the person sent, verbatim.
        blob: its name in the store, where it is too large for the journal.
        published: the version of the routes that the process works by.
    """

    offer: Offer
    raw: Raw
    blob: str | None
    published: int
    who: str
    reason: str


def original(tx: Transaction, uid: UUID) -> Original | None:
    """Return a message as one to be corrected, or None."""
    numbers = numbers_of(tx, [uid.bytes])
    found = tx.rows(_ORIGINAL, (numbers[uid.bytes],)) if numbers else []
    if not found:
        return None
    *said, key_id, body = found[0]
    data = orjson.loads(tx.keys.open(key_id, body, "body of message", said[0])) if body is not None else None
    systems = [row.system for row in _rows(tx, said[0]) if _open(row)]
    named = dict(zip(_NAMED, said, strict=True))
    named |= {name: bytes(named[name]) for name in ("identity", "native")}
    named["number"] = named.pop("id")
    return Original(**named, data=data, systems=systems)


def _rows(tx: Transaction, message: int) -> list[Row]:
    return [Row._make(row) for row in tx.rows(_OPEN, (message,))]


def _open(row: Row) -> bool:
    """Tell whether a delivery can be replaced: it is not on the wire, nor claimed to be sent next."""
    claimed = row.state == State.WAITING and row.worker is not None
    doubtful = row.kind == Kind.DOCUMENT and row.uncertain > 0
    return row.state != State.SENDING and not claimed and not doubtful


def correct(
    tx: Transaction, old: Original, correction: Correction, salts: Salts
) -> tuple[Accepted, list[Frame]]:
    """Put a corrected message in the place of one that did not get through.

    Raises:
        WrongStateError: a newer version was told, nothing of it is left to be corrected, some of it is being
            sent, or a document may have arrived all the same.
    """
    rows = locked(tx, _rows(tx, old.number))
    if tx.rows(_NEWER, (old.identity, old.revision)):
        raise WrongStateError(f"correcting message {old.number}: a newer version was told")
    if not rows or not all(_open(row) for row in rows):
        why = "some of it is being sent, or may have arrived" if rows else "nothing of it is left to be sent"
        raise WrongStateError(f"correcting message {old.number}: {why}")
    number, uid, findings, body_hash = _take_on(tx, old, correction, salts)
    went = {row.system: _take_place(tx, row, number, uid, correction) for row in rows}
    write_entries(
        tx,
        [{"what": "accepted", "message": number, "source": old.source, "who": correction.who,
          "cause": correction.reason, "body_hash": body_hash, "details": orjson.dumps(went).decode()}],
    )  # fmt: skip
    frames = dispatch(tx, next_heads(tx, [row.line for row in rows]))
    return Accepted(uid, False, old.revision + 1, tuple(went), tuple(findings)), frames


def _take_on(
    tx: Transaction, old: Original, correction: Correction, salts: Salts
) -> tuple[int, UUID, list[Finding], bytes]:
    """Write the message, its body and what came; return its number, id, findings and the hash of its body."""
    offer = correction.offer
    message = offer.message
    (number,) = tx.ids("messages", 1)
    uid = message_id(old.source, old.type, old.identity.hex(), old.revision + 1)
    findings = [*message.findings, *_retold(tx, old, offer)]
    names = Namesakes(tx, [offer])
    findings += names.enter(offer, number, old.identity, uid.bytes)
    salt, body_hash = salts.salted(offer.body)
    key_id, body = tx.keys.seal(offer.body)
    time = None if message.time is None else int(message.time.timestamp() * 1_000_000)
    raw_id = _keep_raw(tx, old.source, correction)
    said = orjson.dumps([one.as_dict() for one in findings]).decode() if findings else None
    row = (
        number, uid.bytes, old.identity, old.revision + 1, old.native, old.source, old.type, int(offer.kind),
        message.subject, old.partitionkey, message.agency, time, tx.now, old.expires_at, old.correlationid,
        old.traceparent, correction.published, False, raw_id, 0, said, offer.watched, body_hash,
    )  # fmt: skip
    tx.run(INSERT_MESSAGE, [row])
    tx.run(INSERT_BODY, [(number, salt, key_id, body)])
    names.write()
    return number, uid, findings, body_hash


def _retold(tx: Transaction, old: Original, offer: Offer) -> list[Finding]:
    """Return what is odd of it after what was told before."""
    rows = tx.rows(_BEFORE, (old.identity,))
    held = [
        Revision(n, bytes(uid), rev, bytes(nat), at, seen) for n, uid, rev, nat, at, seen in reversed(rows)
    ]
    if offer.retold is None or not held or held[-1].watched == offer.watched:
        return []
    return offer.retold(told(held), moment_of(tx.now))


def _keep_raw(tx: Transaction, source: str, correction: Correction) -> int:
    raw = correction.raw
    (raw_id,) = tx.ids("raws", 1)
    key_id, body = (PLAIN, None) if correction.blob else tx.keys.seal(raw.read())
    attributes = orjson.dumps({"corrected_by": correction.who}).decode()
    tx.run(
        INSERT_RAW,
        [(raw_id, source, tx.now, raw.content_type, raw.sha256, raw.size, attributes, key_id, body,
          correction.blob)],
    )  # fmt: skip
    return raw_id


def _take_place(tx: Transaction, row: Row, message: int, uid: UUID, correction: Correction) -> str:
    """Let a delivery of the correction take the place of an old one; return the state it begins in."""
    state = State.PARKED if _adrift(tx, row) else State.WAITING
    whom = dict(tx.rows(_WHOM, (row.message_id,)))
    flying = row.kind == Kind.SNAPSHOT and (row.uncertain or row.lapses)
    place = {} if flying else {"seq": row.seq}  # behind what may yet land, so that a late landing is seen
    number = born(
        tx, message_id=message, source=row.source, system=row.system, line=row.line, identity=row.identity,
        kind=row.kind, type=row.type, anchor=row.anchor, state=int(state), recipients=whom.get(row.id),
        repeats=int(row.uncertain > 0), next_attempt_at=tx.now if state is State.PARKED else None,
        expires_at=row.expires_at, shadow=row.shadow, **place,
    )  # fmt: skip
    tx.run(_REPLACE, [(moved(row, Move.REPLACE), number, tx.now, row.id)])
    by = orjson.dumps({"by": str(uid), "delivery": number}).decode()
    write_entries(
        tx,
        [
            befell(
                row,
                "replaced",
                State.REPLACED,
                correction.who,
                final=True,
                cause=correction.reason,
                details=by,
            )
        ],
    )
    close(tx, [(row.id,)])
    return state.word


def _adrift(tx: Transaction, row: Row) -> bool:
    again = row.state == State.PARKED or row.state in DEAD
    return again and row.anchor is not None and not tx.rows(_PRESENT, (row.line, row.anchor))
