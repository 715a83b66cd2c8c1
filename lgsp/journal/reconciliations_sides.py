"""What the journal says of dossiers on their way to a system: the newest of each, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from lgsp.domain.dossier import STATUSES
from lgsp.domain.reconciling.sides import Ours, Way
from lgsp.journal.contract import Transaction
from lgsp.journal.lines import identity_digest, line_digest
from lgsp.journal.states import OPEN, State

DOSSIER = "dossier.v1"
_MESSAGES = "SELECT identity, revision, id, subject, agency, accepted_at FROM messages WHERE identity IN ({})"
_DELIVERY = "message_id, id, state, cause, changed_at, uncertain, fields, resend_of, expires_at"
_OPEN = f"SELECT {_DELIVERY} FROM deliveries WHERE message_id IN ({{}}) AND system = ?"
_CLOSED = f"SELECT {_DELIVERY} FROM history WHERE message_id IN ({{}}) AND system = ?"
_PRESENT = "SELECT line, how, message_id FROM presence WHERE line IN ({}) AND type = ?"
_REGISTERED = (
    "SELECT key, source, message_id, status, agency, procedure FROM dossiers"
    " WHERE known_to IS NULL AND key IN ({})"
)
_RESTS = "SELECT state, cause FROM systems WHERE name = ? AND state <> 'running'"
_WORDS = {status.number: status.word for status in STATUSES}
_OURS_BEFORE = frozenset({"delivered", "adopted"})
_WAYS = {
    State.DELIVERED: Way.DELIVERED,
    State.REFUSED: Way.REFUSED,
    State.EXHAUSTED: Way.SPENT,
    State.EXPIRED: Way.OUTLIVED,
    State.CANCELLED: Way.CALLED_OFF,
    State.HELD: Way.HELD,
    State.SHADOWED: Way.SHADOWED,
    State.ADOPTED: Way.ADOPTED,
}
_ASIDE = frozenset({State.CANCELLED, State.SUPERSEDED, State.REPLACED})


class Side(NamedTuple):
    """Our side of one dossier, and what is needed to act on it.

    Attributes:
        message: number of the newest snapshot; 0 where there is none.
        delivery: the one that says where it stands; 0 without one.
        state: of that delivery.
    """

    key: str
    ours: Ours | None
    message: int = 0
    delivery: int = 0
    state: int = -1
    subject: str = ""
    agency: str = ""
    procedure: str = ""


class _Newest(NamedTuple):
    revision: int
    message: int
    subject: str
    agency: str
    accepted_at: int


class _Told(NamedTuple):
    """What the register holds of a key: the row of its source, and how many sources there are."""

    message: int = 0
    status: int = 0
    agency: str = ""
    procedure: str = ""
    sources: int = 1


class _Delivery(NamedTuple):
    message: int
    id: int
    state: int
    cause: str | None
    changed_at: int
    uncertain: int
    fields: str | None
    resend_of: int | None
    expires_at: int | None


def sides(tx: Transaction, source: str, system: str, keys: Sequence[str]) -> dict[str, Side]:
    """Return our side of dossiers, by key; one that the journal does not hold has none of ours."""
    newest = _newest(tx, source, keys)
    deliveries = _deliveries(tx, system, [one.message for one in newest.values()])
    before = _before(tx, system, newest)
    told, rests = _told(tx, source, list(newest)), _rests(tx, system)
    found = {}
    for key in keys:
        one = newest.get(key)
        if one is None:
            found[key] = Side(key, None)
            continue
        delivery = deliveries.get(one.message)
        found[key] = _side(tx.now, key, one, delivery, told.get(key, _Told()), rests, before=key in before)
    return found


def _newest(tx: Transaction, source: str, keys: Sequence[str]) -> dict[str, _Newest]:
    named = {identity_digest(source, DOSSIER, key): key for key in keys}
    found: dict[str, _Newest] = {}
    for identity, *said in tx.among(_MESSAGES, sorted(named)):
        one, key = _Newest(*said), named[bytes(identity)]
        if key not in found or found[key].revision < one.revision:
            found[key] = one
    return found


def _deliveries(tx: Transaction, system: str, messages: Sequence[int]) -> dict[int, _Delivery]:
    """Return the delivery of each message that says where it stands: the latest that was not called off.

    Sending again is a delivery of its own. If that was called off before it went, the one before it counts.
    """
    rows = [_Delivery._make(row) for sql in (_OPEN, _CLOSED) for row in tx.among(sql, messages, system)]
    found: dict[int, _Delivery] = {}
    for row in sorted(rows, key=lambda one: one.id):
        if row.message not in found or row.resend_of is None or State(row.state) not in _ASIDE:
            found[row.message] = row
    return found


def _before(tx: Transaction, system: str, newest: Mapping[str, _Newest]) -> set[str]:
    """Return the keys of which an earlier snapshot of ours is known to have got there."""
    lines = {line_digest(system, key): key for key in newest}
    found = ((lines[bytes(line)], how, n) for line, how, n in tx.among(_PRESENT, sorted(lines), DOSSIER))
    return {key for key, how, n in found if how in _OURS_BEFORE and n != newest[key].message}


def _told(tx: Transaction, source: str, keys: Sequence[str]) -> dict[str, _Told]:
    found: dict[str, _Told] = {}
    several: dict[str, set[str]] = {}
    for key, told_by, message, status, agency, procedure in tx.among(_REGISTERED, keys):
        several.setdefault(key, set()).add(told_by)
        if told_by == source:
            found[key] = _Told(message, status, agency, procedure)
    return {key: one._replace(sources=len(several[key])) for key, one in found.items()}


def _rests(tx: Transaction, system: str) -> str:
    """Return why the system rests; empty while it runs."""
    return next((str(cause or state) for state, cause in tx.rows(_RESTS, (system,))), "")


def _side(  # noqa: PLR0913, PLR0917 - what four tables say of one dossier
    now: int, key: str, one: _Newest, delivery: _Delivery | None, told: _Told, rests: str, *, before: bool
) -> Side:
    known = told.message == one.message  # the register may be a little behind
    status = _WORDS.get(told.status, "") if known else ""
    place = (one.subject, told.agency or one.agency, told.procedure)
    if delivery is None:
        ours = Ours(Way.NONE, status, one.accepted_at, one.accepted_at, before=before, sources=told.sources)
        return Side(key, ours, one.message, 0, -1, *place)
    way = _way(now, delivery)
    cause, doubtful = _cause(delivery, way, rests), delivery.uncertain > 0
    said = (status, one.accepted_at, delivery.changed_at, cause, _fields(delivery), before, doubtful)
    ours = Ours(way, *said, told.sources)
    return Side(key, ours, one.message, delivery.id, delivery.state, *place)


def _way(now: int, delivery: _Delivery) -> Way:
    state = State(delivery.state)
    if state in _WAYS:
        dead = _WAYS[state]
        outlived = delivery.expires_at is not None and delivery.expires_at <= now
        return Way.OUTLIVED if outlived and dead in {Way.REFUSED, Way.SPENT} else dead
    return Way.UNDER_WAY if state in OPEN else Way.NONE


def _cause(delivery: _Delivery, way: Way, rests: str) -> str:
    return (rests if way is Way.UNDER_WAY else "") or delivery.cause or ""


def _fields(delivery: _Delivery) -> Sequence[Any]:
    return tuple(orjson.loads(delivery.fields)) if delivery.fields else ()
