"""Retention of content: what is closed and old enough is erased page by page; the proof of it stays.

Erased are the canonical body, what came, what was said to systems and answered, the references to attached
files, whose data the message was found to hold, and with a subject's last content what checks found of it.
Messages, deliveries, entries and salted hashes stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lgsp.journal import checks
from lgsp.journal.contract import Transaction
from lgsp.journal.erasures import MOVE, RUNNING, Counts, Run, latest, paused
from lgsp.journal.rows import IS_HEAD, insert, states
from lgsp.journal.states import BEHIND
from lgsp.journal.tables import erased
from lgsp.message import Kind

PAGE = 500
"""Messages that are looked at in one transaction."""
_FEW = 50
_AROUND = 2000
"""Numbers of messages of one request lie next to each other: so far around a page they are looked for."""
_MESSAGES = (
    "SELECT m.id, m.uid, m.type, m.source, m.subject, m.partitionkey, m.agency, m.accepted_at, m.raw_id,"
    f" m.unrouted, m.watched, length(b.body), CASE WHEN m.kind = {int(Kind.SNAPSHOT)} AND NOT EXISTS"
    " (SELECT 1 FROM messages n WHERE n.identity = m.identity AND n.revision > m.revision)"
    " THEN (SELECT n.accepted_at FROM messages n WHERE n.partitionkey = m.partitionkey ORDER BY n.id DESC"
    " LIMIT 1) ELSE m.accepted_at END,"
    " CASE WHEN EXISTS (SELECT 1 FROM catalogue_items c WHERE c.type = m.type AND c.source = m.source AND"
    " c.key = m.partitionkey AND c.current = 1 AND c.message_id = m.id) THEN 1 ELSE 0 END"
    " FROM messages m LEFT JOIN erased e ON e.message_id = m.id LEFT JOIN bodies b ON b.message_id = m.id"
    " WHERE m.id > ? AND m.id <= ? AND e.message_id IS NULL ORDER BY m.id LIMIT ?"
)
_NAMED = (
    "id", "uid", "type", "source", "subject", "partitionkey", "agency", "accepted_at", "raw", "unrouted",
    "watched", "size", "since", "listed",
)  # fmt: skip
_OPEN = "SELECT message_id FROM deliveries WHERE message_id IN ({})"
_LINES = "SELECT message_id, line, id FROM history WHERE message_id IN ({})"
_HEADS = f"SELECT line FROM deliveries WHERE line IN ({{}}) AND {IS_HEAD}"
_BEHIND = f"SELECT line FROM deliveries WHERE line IN ({{}}) AND state IN ({states(BEHIND)})"
_UNJUDGED = "SELECT line FROM presence WHERE line IN ({}) AND how = 'shadowed'"
_SIBLINGS = "SELECT m.id, m.raw_id FROM messages m WHERE m.id BETWEEN ? AND ? AND m.raw_id IN ({})"
_LEFT = "SELECT message_id FROM erased WHERE message_id IN ({})"
_TURNED_AWAY = (
    "SELECT q.id, q.raw_id, q.at FROM quarantine q JOIN raws r ON r.id = q.raw_id WHERE q.id > ? AND q.at < ?"
    " AND (r.body IS NOT NULL OR r.blob IS NOT NULL) ORDER BY q.id LIMIT ?"
)
_BEHIND_NUMBER = "SELECT id, accepted_at FROM messages WHERE id > ? ORDER BY id LIMIT 1"
_BODY = "DELETE FROM bodies WHERE message_id = ?"
_RAW = "UPDATE raws SET body = NULL, blob = NULL, key_id = 0 WHERE id = ?"
_EXCHANGES = (
    "UPDATE attempts SET exchanges = NULL, key_id = 0 WHERE delivery_id = ? AND exchanges IS NOT NULL"
)
_ATTACHED = "DELETE FROM attached WHERE message_id = ?"
_RELAYED = "DELETE FROM relayed WHERE message_id = ?"
_SAMPLE = "UPDATE answers SET sample = NULL, key_id = 0 WHERE message = ? AND sample IS NOT NULL"
_WHOSE = "DELETE FROM disclosed WHERE disclosure IN (SELECT id FROM disclosures WHERE message_id = ?)"
_ERASED = f"{insert(erased)} ON CONFLICT (message_id) DO NOTHING"


class Told(NamedTuple):
    """A message as retention judges it.

    Attributes:
        since: from when its age counts: of the newest snapshot of a subject the last that came of it.
        size: bytes of its body as it is kept; 0 where it is kept no more.
        listed: a catalogue names it as what is in force.
    """

    id: int
    uid: bytes
    type: str
    source: str
    subject: str
    partitionkey: str
    agency: str
    accepted_at: int
    raw: int
    unrouted: bool
    watched: str | None
    size: int
    since: int
    listed: bool


Judge = Callable[[Told], tuple[int | None, str]]
"""Tells for how many microseconds a message's content is kept, None is for ever, and by which rule."""


# --- judging --------------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class Page:
    """A page of messages that was looked through.

    Attributes:
        due: those whose content may go, with the rule that says so.
        last: the number of the last one that was looked at; None behind the last page.
        newest: when the first of them was accepted: behind it all are newer.
    """

    due: Sequence[tuple[Told, str]]
    last: int | None
    newest: int = 0


def look(tx: Transaction, judge: Judge, after: int, upto: int, limit: int = PAGE) -> Page:
    """Return which of the next messages may go: old enough, closed, and needed by nothing that is open."""
    rows = [_told(row) for row in tx.rows(_MESSAGES, (after, upto, limit))]
    if not rows:
        return Page((), None)
    due = [(one, rule) for one in rows if (rule := _due(one, judge, tx.now))]
    needed = _needed(tx, [one for one, _ in due])
    return Page([pair for pair in due if pair[0].id not in needed], rows[-1].id, rows[0].accepted_at)


def _told(row: Sequence[Any]) -> Told:
    named = dict(zip(_NAMED, row, strict=True))
    flags = {name: bool(named[name]) for name in ("unrouted", "listed")}
    return Told(**named | flags | {"size": named["size"] or 0})


def _due(one: Told, judge: Judge, now: int) -> str:
    """Return the rule by which a message may go; empty where it stays."""
    if one.unrouted or one.listed:
        return ""
    kept, rule = judge(one)
    return rule if kept is not None and one.since < now - kept else ""


def _needed(tx: Transaction, due: Sequence[Told]) -> set[int]:
    """Return those that an open delivery is of, or in whose line anything is open or not judged yet."""
    numbers = [one.id for one in due]
    if not numbers:
        return set()
    lines = _lines(tx, numbers)
    busy = {bytes(row[0]) for sql in (_HEADS, _BEHIND, _UNJUDGED) for row in tx.among(sql, _flat(lines))}
    return {row[0] for row in tx.among(_OPEN, numbers)} | {
        number for number, held in lines.items() if busy & held
    }


def _lines(tx: Transaction, numbers: Sequence[int]) -> dict[int, set[bytes]]:
    found: dict[int, set[bytes]] = {}
    for number, line, _ in tx.among(_LINES, numbers):
        found.setdefault(number, set()).add(bytes(line))
    return found


def _flat(lines: Mapping[int, Collection[bytes]]) -> list[bytes]:
    return sorted({line for held in lines.values() for line in held})


# --- erasing --------------------------------------------------------------------------------------------


def erase(tx: Transaction, run: Run, judge: Judge, page: Page) -> Counts:
    """Erase the content of a page's messages for which it still holds, under the locks of their lines."""
    numbers = [one.id for one, _ in page.due]
    if not numbers:
        return Counts()
    tx.lock(_flat(_lines(tx, numbers)))
    again = look(tx, judge, numbers[0] - 1, numbers[-1])
    wanted = set(numbers)
    due = [pair for pair in again.due if pair[0].id in wanted]
    _forget(tx, run, [one for one, _ in due])
    counts = Counts()
    for one, rule in due:
        counts.add(one.type, rule, one.size, one.accepted_at)
    return counts


def _forget(tx: Transaction, run: Run, due: Sequence[Told]) -> None:
    numbers = [(one.id,) for one in due]
    tried = tx.among(_LINES, [one.id for one in due]) if due else []
    tx.run(_ERASED, [(one.id, tx.now, run.id) for one in due])
    tx.run(_EXCHANGES, [(delivery,) for _, _, delivery in tried])
    tx.run(_SAMPLE, [(one.uid,) for one in due])
    for sql in (_BODY, _ATTACHED, _RELAYED, _WHOSE):
        tx.run(sql, numbers)
    checks.forget(tx, [one.partitionkey for one in due])
    tx.run(_RAW, [(raw,) for raw in _alone(tx, due)])


def _alone(tx: Transaction, due: Sequence[Told]) -> list[int]:
    """Return what came with nothing in it whose content stays: a request may bring many messages."""
    raws = sorted({one.raw for one in due})
    if not raws:
        return []
    first, last = due[0].id - _AROUND, due[-1].id + _AROUND
    beside = tx.among(_SIBLINGS, raws, before=(first, last))
    gone = {row[0] for row in tx.among(_LEFT, [number for number, _ in beside])}
    return sorted(set(raws) - {raw for number, raw in beside if number not in gone})


def erase_rejected(tx: Transaction, before: int, after: int = 0) -> tuple[int, int | None]:
    """Erase some of what was turned away before a time as it came.

    Returns how many, and the number in quarantine to go on after; None when none is left.
    """
    found = tx.rows(_TURNED_AWAY, (after, before, _FEW))
    at_once = {raw: when for _, raw, when in found}
    going = sorted(raw for raw, when in at_once.items() if not _brought_more(tx, raw, when))
    tx.run(_RAW, [(raw,) for raw in going])
    return len(going), found[-1][0] if found else None


def _brought_more(tx: Transaction, raw: int, when: int) -> bool:
    """Tell whether a message was taken on of a request, whose content is still kept: it goes with that."""
    near = _number_at(tx, when)
    beside = tx.among(_SIBLINGS, [raw], before=(near - _AROUND, near + _AROUND))
    numbers = [number for number, _ in beside]
    return len({row[0] for row in tx.among(_LEFT, numbers)}) < len(numbers)


def _number_at(tx: Transaction, when: int) -> int:
    """Return the number of a message that was taken on about a time: numbers rise with time."""
    low, high = 0, int(tx.rows("SELECT max(id) FROM messages")[0][0] or 0)
    while low < high:
        middle = (low + high) // 2
        number, accepted = tx.rows(_BEHIND_NUMBER, (middle,))[0]
        low, high = (int(number), high) if accepted < when else (low, middle)
    return low


def step(tx: Transaction, run: Run, judge: Judge, page: Page) -> Run | None:
    """Erase a page of a run and write how far it is; None where another process took it further."""
    tx.lock([b"erasing"])
    now = latest(tx)
    if now is None or (now.id, now.place, now.state) != (run.id, run.place, RUNNING) or paused(tx):
        return None
    now.counts.join(erase(tx, run, judge, page))
    place = run.upto if page.last is None else page.last
    tx.run(MOVE, [(place, now.counts.kept(), RUNNING, tx.now, run.id)])
    return Run(
        run.id, run.who, run.reason, RUNNING, run.rules, now.counts, place, run.upto, run.began_at, tx.now
    )


def erased_at(tx: Transaction, messages: Iterable[int]) -> dict[int, int]:
    """Return when content was erased, of those messages of which it was."""
    found = tx.among("SELECT message_id, at FROM erased WHERE message_id IN ({})", list(messages))
    return {row[0]: row[1] for row in found}
