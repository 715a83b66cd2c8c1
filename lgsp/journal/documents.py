"""Finding documents by what people call them, with all that was told of them and every way they went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from lgsp.domain.codes import document_id
from lgsp.domain.course.packets import DOCUMENT, STATUS, Packet, Way
from lgsp.formats.edxml.answering import narrowed
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.lines import alias_digest
from lgsp.journal.opening import opened
from lgsp.journal.reading import standings
from lgsp.journal.retelling import moment_of
from lgsp.journal.states import State

MOST = 20
"""So many documents are shown of those that one name may mean, the newest."""
LONGEST = 20_000
"""Messages of one document that are looked at: more than three thousand receivers with six statuses each."""

_NAMED = "SELECT message_id FROM aliases WHERE alias = ? ORDER BY message_id DESC LIMIT ?"
_LINES = "SELECT id, partitionkey FROM messages WHERE id IN ({})"
_TYPES = f"type IN ('{DOCUMENT}', '{STATUS}')"
_MESSAGES = "SELECT id, uid, source, type, accepted_at, unrouted FROM messages"
_LINE = f"{_MESSAGES} WHERE partitionkey = ? AND {_TYPES} ORDER BY id LIMIT ?"
_ROWS = f"{_MESSAGES} WHERE id IN ({{}})"
_BODIES = "SELECT message_id, key_id, body FROM bodies WHERE message_id IN ({})"
_WAYS = (
    "SELECT message_id, system, id, recipients, state, changed_at, next_attempt_at, cause, said,"
    " superseded_by FROM {} WHERE message_id IN ({{}}) ORDER BY id"
)
_WIDE = 200
"""Messages that are looked at for each name: the newest."""


@dataclass(slots=True, frozen=True)
class Line:
    """The messages of one document, and of what was told of it.

    Attributes:
        key: the line's.
        packets: in the order in which they were taken on.
        cut: there are more than are looked at.
    """

    key: str
    packets: Sequence[Packet]
    cut: bool = False


@dataclass(slots=True, frozen=True)
class Answer:
    """What was found.

    Attributes:
        lines: the newest first.
        more: there are further ones, older than these.
        now: the journal's present.
    """

    lines: Sequence[Line]
    more: bool
    now: datetime


def look(tx: Transaction, names: Iterable[str], line: str | None = None, reader: str | None = None) -> Answer:
    """Return the documents that bear one of some names.

    Args:
        tx: the snapshot to read.
        names: aliases (`lgsp.domain.documents.sought`).
        line: the key under which one lies that was taken on before names were kept.
        reader: the system for which it is; None is an operator, who sees everything. A system sees what it
            brought, and what goes to it as far as it goes to it.
    """
    keys, eye = _keys(tx, names), _Eye(tx, reader)
    found = list(islice((one for one in map(eye.line, keys) if one.packets), MOST + 1))
    shown = found[:MOST]
    if line is not None and line not in keys:
        shown += _unseen(eye.line(line), shown)
    return Answer(shown, len(found) > MOST, moment_of(tx.now))


def namesakes(tx: Transaction, names: Iterable[str], reader: str | None = None) -> dict[str, list[Packet]]:
    """Return by name the document packets that bear it, the newest first, without what was told of them."""
    found = {name: _numbers(tx, [name]) for name in names}
    numbers = sorted({number for bearers in found.values() for number in bearers})
    rows = [row for row in tx.among(_ROWS, numbers) if row[3] == DOCUMENT] if numbers else []
    seen = _Eye(tx, reader).packets(rows)
    return {
        name: [seen[number] for number in sorted(bearers, reverse=True) if number in seen]
        for name, bearers in found.items()
    }


def _keys(tx: Transaction, names: Iterable[str]) -> list[str]:
    """Return the lines of the messages that bear one of some names, the newest first."""
    numbers = _numbers(tx, names)
    rows = sorted(tx.among(_LINES, sorted(numbers)), reverse=True) if numbers else []
    return list(dict.fromkeys(row[1] for row in rows))


def _numbers(tx: Transaction, names: Iterable[str]) -> set[int]:
    return {row[0] for name in names for row in tx.rows(_NAMED, (alias_digest(name), _WIDE))}


def _unseen(line: Line, shown: Sequence[Line]) -> list[Line]:
    """Return a line unless all of it is shown already: what answers a recall lies under the recall's id."""
    seen = {packet.message for one in shown for packet in one.packets}
    return [] if all(packet.message in seen for packet in line.packets) else [line]


class _Eye:
    """Sees of the journal what one reader may see of it."""

    def __init__(self, tx: Transaction, reader: str | None) -> None:
        self._tx, self._reader = tx, reader
        self._standings = {name: standing for name, (standing, _) in standings(tx).items()}

    def line(self, key: str) -> Line:
        """Return a line with what lies under the own ids of its recalls and updates."""
        rows = self._tx.rows(_LINE, (key, LONGEST + 1))
        shown = rows[:LONGEST]
        packets = list(self.packets(shown).values())
        for own in _other_names(packets, key):
            told = self._tx.rows(_LINE, (own, LONGEST))
            packets += self.packets([row for row in told if row[3] == STATUS]).values()
        return Line(key, packets, len(shown) < len(rows))

    def packets(self, rows: Sequence[Sequence[Any]]) -> dict[int, Packet]:
        """Return messages by number, those left out that are not for the reader."""
        numbers = [row[0] for row in rows]
        if not numbers:
            return {}
        kept = self._tx.among(_BODIES, numbers)
        bodies = {number: opened(self._tx, *body, "body of message", number) for number, *body in kept}
        ways = self._ways(numbers)
        whole = {row[0]: _packet(row, bodies.get(row[0]), ways.get(row[0], ())) for row in rows}
        if self._reader is None:
            return whole
        seen = {number: _seen(packet, self._reader) for number, packet in whole.items()}
        return {number: packet for number, packet in seen.items() if packet is not None}

    def _ways(self, numbers: Sequence[int]) -> dict[int, list[Way]]:
        found: dict[int, list[Way]] = {}
        for table in ("deliveries", "history"):
            for message, system, *way in self._tx.among(_WAYS.format(table), numbers):
                found.setdefault(message, []).append(_way(system, self._standings.get(system, ""), *way))
        return found


def _other_names(packets: Iterable[Packet], key: str) -> list[str]:
    """Return the ids of recalls and updates that have one of their own: what is told of them lies there."""
    ids = [document_id(one.own_id) for one in packets if one.type == DOCUMENT]
    return sorted({own for own in ids if own} - {key})


def _packet(row: Sequence[Any], body: bytes | None, ways: Sequence[Way]) -> Packet:
    _, uid, source, type_, accepted_at, unrouted = row
    data = orjson.loads(body) if body is not None else {}
    return Packet(
        str(as_uuid(uid)), source, type_, data, moment_of(accepted_at), ways, unrouted=bool(unrouted)
    )


def _way(  # noqa: PLR0913, PLR0917 - the columns of a delivery
    system: str,
    standing: str,
    number: int,
    recipients: str | None,
    state: int,
    changed_at: int,
    next_attempt_at: int | None,
    cause: str | None,
    said: str | None,
    superseded_by: int | None,
) -> Way:
    return Way(
        number,
        system,
        orjson.loads(recipients) if recipients else (),
        State(state).word,
        moment_of(changed_at),
        moment_of(next_attempt_at) if next_attempt_at and state == State.PUT_OFF else None,
        cause or "",
        said or "",
        overtaken=superseded_by is not None,
        standing=standing,
    )


def _seen(packet: Packet, reader: str) -> Packet | None:
    """Return what a system may see of a packet that it brought, or that goes to it; None of any other."""
    if packet.source == reader:
        return packet
    ways = [way for way in packet.ways if way.system == reader]
    if not ways:
        return None
    codes = {code for way in ways for code in way.recipients}
    whole = packet.type != DOCUMENT or not all(way.recipients for way in ways)
    data = packet.data if whole else narrowed(packet.data, codes)
    return replace(packet, data=data, ways=ways)
