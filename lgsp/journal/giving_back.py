"""Giving back to an older connection what is still open when routes go back to the shadow: looked at, marked.

What is on its way at that moment is left alone. Whoever holds it asks the routes of now when its turn comes
again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.opening import opened
from lgsp.journal.promoting import dispatch, pass_by
from lgsp.journal.rows import GIVE_BACK, Row, befell, locked, write_entries
from lgsp.journal.states import OPEN, State
from lgsp.journal.turns import Frame

PAGE = 500
_NAMED = ("source", "type", "subject", "partitionkey", "agency")
_OPEN = (
    f"SELECT {', '.join('d.' + name for name in Row._fields)}, {', '.join('m.' + name for name in _NAMED)},"
    " b.key_id, b.body FROM deliveries d JOIN messages m ON m.id = d.message_id"
    " LEFT JOIN bodies b ON b.message_id = d.message_id WHERE d.system IN ({}) AND d.id > ? AND d.shadow <> 1"
    f" AND d.state IN ({', '.join(str(int(state)) for state in sorted(OPEN))}) ORDER BY d.id LIMIT ?"
)

Leaves = Callable[[Mapping[str, Any], str], bool]
"""Given the attributes of a message, `data` among them, and a system: do routes leave it to the older one?"""


class Open(NamedTuple):
    """An open delivery of ours, and the attributes of its message."""

    row: Row
    message: Mapping[str, Any]


def open_to(tx: Transaction, systems: Collection[str], after: int) -> list[Open]:
    """Return a page of what is ours and open to some systems, by number, behind one."""
    found = tx.among(_OPEN, sorted(systems), after, PAGE) if systems else []
    return [_opened(tx, row) for row in found]


def _opened(tx: Transaction, found: Sequence[Any]) -> Open:
    row, (*said, key_id, body) = Row._make(found[: len(Row._fields)]), found[len(Row._fields) :]
    kept = None if body is None else opened(tx, key_id, body, "body of message", row.message_id)
    data = {} if kept is None else orjson.loads(kept)
    return Open(row, dict(zip(_NAMED, said, strict=True)) | {"data": data})


def on_its_way(tx: Transaction, row: Row) -> bool:
    """Tell whether a delivery is being sent, waits in a worker's hands, or was taken from a mailbox."""
    taken = row.state == State.OFFERED and row.next_attempt_at is not None and row.next_attempt_at > tx.now
    return row.state == State.SENDING or row.worker is not None or taken


def give_back(
    tx: Transaction, systems: Collection[str], leaves: Leaves, after: int
) -> tuple[int | None, list[Frame]]:
    """Mark a page of what is open, and what the routes leave to an older connection, as of the shadow.

    Returns:
        The number to go on behind, None behind the last page; and the frames of those whose turn came.
    """
    page = open_to(tx, systems, after)
    wanted = [one.row for one in page if leaves(one.message, one.row.system)]
    rows = [row for row in locked(tx, wanted) if not on_its_way(tx, row)]
    tx.run(GIVE_BACK, [(row.id,) for row in rows])
    write_entries(tx, [befell(row, "given back", row.state, "gateway", final=False) for row in rows])
    offered = [row for row in rows if row.state == State.OFFERED]
    frames = dispatch(tx, pass_by(tx, offered)) if offered else []
    return page[-1].row.id if len(page) == PAGE else None, frames
