"""Whether a body is still the one that its entry names by a salted hash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.rows import numbers_of
from lgsp.journal.seal_findings import BODY, Finding
from lgsp.keys import DataKeys, KeyUnknownError

T = TypeVar("T")
SAME, OTHER, GONE, CLOSED = "same", "altered", "erased", "key unknown"
"""How a body stands: it is the one that was named; it is not; it is kept no more; nobody here can read it."""
_PAGE = 500
_REVISIONS = (
    "SELECT id, uid, revision, accepted_at FROM messages WHERE identity ="
    " (SELECT identity FROM messages WHERE id = ?) ORDER BY revision"
)
_NAMED = "SELECT id, body_hash FROM entries WHERE message_id = ? AND body_hash IS NOT NULL ORDER BY id"
_BODY = "SELECT salt, key_id, body FROM bodies WHERE message_id = ?"
_ALL = "SELECT message_id, salt, key_id, body FROM bodies WHERE message_id > ? ORDER BY message_id LIMIT ?"
_NAMES = (
    "SELECT message_id, id, at, body_hash FROM entries WHERE message_id IN ({}) AND body_hash IS NOT NULL"
)


class Reading(Protocol):
    """A journal that is read, in whatever way."""

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run a query on a snapshot."""


class Named(NamedTuple):
    """One revision of a message, and how its body stands; `at` is in microseconds since 1970."""

    message: UUID
    revision: int
    at: int
    entry: int | None
    how: str


def revisions(tx: Transaction, message: UUID) -> list[Named]:
    """Return how the bodies of all revisions of a message stand; nothing where there is no such message."""
    found = numbers_of(tx, [message.bytes])
    if message.bytes not in found:
        return []
    rows = tx.rows(_REVISIONS, (found[message.bytes],))
    return [_named(tx, *row) for row in rows]


def _named(tx: Transaction, number: int, uid: bytes, revision: int, at: int) -> Named:
    named = tx.rows(_NAMED, (number,))
    body = tx.rows(_BODY, (number,))
    entry = named[0][0] if named else None
    how = _how(tx.keys, body[0], {bytes(one) for _, one in named}) if body else GONE
    return Named(as_uuid(uid), revision, at, entry, how)


def _how(keys: DataKeys, kept: Sequence[Any], hashes: set[bytes]) -> str:
    salt, number, body = kept
    try:
        plain = keys.open(number, bytes(body))
    except KeyUnknownError:
        return CLOSED
    except ValueError:
        return OTHER
    return SAME if sha256(bytes(salt) + plain).digest() in hashes else OTHER


class Bodies(NamedTuple):
    """What came of looking at all bodies that are kept: how many stand how, and who is not what was named."""

    counts: Counter[str]
    findings: list[Finding]


async def look_at_all(
    journal: Reading, most: int = 100, tell: Callable[[int], Awaitable[None]] | None = None
) -> Bodies:
    """Look at every body that is still kept, page by page; so many findings are told one by one."""
    told, after = Bodies(Counter(), []), 0
    while True:
        page, last = await journal.read(lambda tx, a=after: _page(tx, a))  # type: ignore[misc]
        for how, finding in page:
            told.counts[how] += 1
            if finding is not None and len(told.findings) < most:
                told.findings.append(finding)
        if tell is not None:
            await tell(told.counts.total())
        if last is None:
            return told
        after = last


def _page(tx: Transaction, after: int) -> tuple[list[tuple[str, Finding | None]], int | None]:
    rows = tx.rows(_ALL, (after, _PAGE))
    names: dict[int, list[tuple[int, int, bytes]]] = {}
    for message, *named in tx.among(_NAMES, [row[0] for row in rows]):
        names.setdefault(message, []).append((named[0], named[1], bytes(named[2])))
    found = [_judged(tx.keys, row, names.get(row[0], [])) for row in rows]
    return found, rows[-1][0] if len(rows) == _PAGE else None


def _judged(
    keys: DataKeys, row: Sequence[Any], names: Sequence[tuple[int, int, bytes]]
) -> tuple[str, Finding | None]:
    message, *kept = row
    if not names:
        return GONE, None  # its entries were let go: nothing names it any more
    how = _how(keys, kept, {one for _, _, one in names})
    entry, at, _ = names[0]
    return how, Finding(BODY, 0, entry, at, {"message": message}) if how == OTHER else None
