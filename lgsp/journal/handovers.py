"""Handovers: adoptions and cut-overs, how far they are, who ordered them and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.errors import GatewayError, Rejected
from lgsp.inbox import Accepted
from lgsp.journal.contract import Part, Transaction, WrongStateError
from lgsp.journal.handover_tables import handovers
from lgsp.journal.lines import line_digest
from lgsp.journal.reading import PAGE, at
from lgsp.journal.rows import insert, write_entries

RUNNING, PAUSED, CANCELLED, DONE = "running", "paused", "cancelled", "done"
CODES, ITEMS, QUERY, CUT_OVER = "codes", "items", "query", "cut-over"
CARRIED_OUT = frozenset({QUERY, CUT_OVER})
"""What the gateway carries out by itself; files are brought part by part."""
OPEN = frozenset({RUNNING, PAUSED})
_COLUMNS = tuple(column.name for column in handovers.columns)
_INSERT = insert(handovers)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM handovers"
_ADVANCE = "UPDATE handovers SET place = ?, counts = ?, changed_at = ? WHERE id = ?"
_MOVE = "UPDATE handovers SET state = ?, changed_at = ? WHERE id = ?"
_MOVES: Mapping[str, tuple[str, frozenset[str]]] = {
    "pause": (PAUSED, frozenset({RUNNING})),
    "resume": (RUNNING, frozenset({PAUSED})),
    "cancel": (CANCELLED, OPEN),
    "end": (DONE, frozenset({RUNNING})),
}
_PAST = {"pause": "paused", "resume": "resumed", "cancel": "cancelled", "end": "done"}


class StalePartError(GatewayError):
    """A part does not begin where its adoption stands."""

    def __init__(self, place: int) -> None:
        super().__init__(f"adopting: it stands at {place}; bring the part that begins there")
        self.place = place


@dataclass(slots=True, frozen=True)
class Order:
    """What somebody orders.

    Attributes:
        token: made by who asks; asked again with it, nothing is begun twice.
        what: `codes`, `items`, `query` or `cut-over`.
        wanted: of what: `type`, and for items `source`.
        rate: so many questions a second at most, where the gateway asks.
    """

    token: str
    what: str
    system: str
    who: str
    reason: str
    wanted: Mapping[str, str]
    rate: int = 0


def ask(tx: Transaction, order: Order) -> tuple[dict[str, Any], bool]:
    """Begin a handover; return it, and whether it is new: the same token brings the one that was begun.

    Raises:
        WrongStateError: the token names something else.
    """
    tx.lock([line_digest("handovers", order.token)])
    known = tx.rows(f"{_SELECT} WHERE token = ?", (order.token,))
    wanted = orjson.dumps(dict(order.wanted)).decode()
    if known:
        held = dict(zip(_COLUMNS, known[0], strict=True))
        if (held["what"], held["system"], held["wanted"]) != (order.what, order.system, wanted):
            raise WrongStateError("beginning a handover: its token names another one; make a fresh one")
        return shown(held), False
    (number,) = tx.ids("handovers", 1)
    place = "" if order.what in CARRIED_OUT else "0"
    row = (number, order.token, order.what, order.system, order.who, order.reason, wanted, order.rate,
           RUNNING,           place, "{}", tx.now, tx.now)  # fmt: skip
    tx.run(_INSERT, [row])
    held = dict(zip(_COLUMNS, row, strict=True))
    note(tx, held, "begun", order.who, order.reason)
    return shown(held), True


def note(tx: Transaction, held: Mapping[str, Any], what: str, who: str, reason: str = "") -> None:
    """Write an entry about a handover."""
    kind = "cut-over" if held["what"] == CUT_OVER else "adoption"
    told = {"handover": held["id"], "of": held["what"], "counts": orjson.loads(held["counts"])}
    write_entries(
        tx,
        [{"what": f"{kind} {what}", "system": held["system"], "who": who, "cause": reason or None,
          "details": orjson.dumps(told).decode()}],
    )  # fmt: skip


def held_now(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return a handover's row under its lock; None when there is none."""
    tx.lock([line_digest("handover", str(number))])
    return find_row(tx, number)


def find_row(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return a handover's row; None when there is none."""
    found = tx.rows(f"{_SELECT} WHERE id = ?", (number,))
    return dict(zip(_COLUMNS, found[0], strict=True)) if found else None


def keep_part(tx: Transaction, part: Part, results: Sequence[Accepted | Rejected]) -> None:
    """Note that the part of a file was adopted, in the transaction that takes it on."""
    counts = Counter(became(one) for one in results)
    counts["unreadable"] += part.unreadable
    advance(tx, _expected(tx, part), str(part.ends), counts)


def keep_codes(tx: Transaction, part: Part, counts: Mapping[str, int]) -> None:
    """Note that a part of a list of codes was adopted."""
    advance(tx, _expected(tx, part), str(part.ends), Counter(counts) + Counter(unreadable=part.unreadable))


def became(result: Accepted | Rejected) -> str:
    """Return what became of an item: `adopted`, `known`, known `otherwise`, or `unreadable`."""
    if isinstance(result, Rejected):
        return "unreadable"
    if not result.known:
        return "adopted"
    return "otherwise" if any(one.code == "known-otherwise" for one in result.findings) else "known"


def _expected(tx: Transaction, part: Part) -> dict[str, Any]:
    held = held_now(tx, part.handover)
    if held is None or held["state"] != RUNNING:
        raise WrongStateError(f"adoption {part.handover}: it is {held['state'] if held else 'not there'}")
    if int(held["place"]) != part.begins:
        raise StalePartError(int(held["place"]))
    return held


def advance(tx: Transaction, held: Mapping[str, Any], place: str, more: Mapping[str, int]) -> None:
    """Note how far a handover is, and add to its counts."""
    counts = Counter(orjson.loads(held["counts"]))
    counts.update(more)
    kept = orjson.dumps({name: n for name, n in sorted(counts.items()) if n}).decode()
    tx.run(_ADVANCE, [(place, kept, tx.now, held["id"])])


def move(tx: Transaction, number: int, act: str, who: str, reason: str = "") -> dict[str, Any] | None:
    """Pause, resume, cancel or end a handover; return it, or None when there is none.

    Raises:
        WrongStateError: it is over, or stands so already.
    """
    held = held_now(tx, number)
    if held is None:
        return None
    state, from_ = _MOVES[act]
    if held["state"] not in from_:
        raise WrongStateError(f"handover {number}: it is {held['state']}")
    tx.run(_MOVE, [(state, tx.now, number)])
    note(tx, held, _PAST[act], who, reason)
    return shown(held | {"state": state})


def running(tx: Transaction) -> list[tuple[int, int]]:
    """Return number and rate of what the gateway has to carry out now, oldest first."""
    sql = f"SELECT id, what, rate FROM handovers WHERE state = '{RUNNING}' ORDER BY id"
    return [(number, rate) for number, what, rate in tx.rows(sql) if what in CARRIED_OUT]


def find(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return a handover as people see it."""
    held = find_row(tx, number)
    return None if held is None else shown(held)


def listed(tx: Transaction, *, after: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Return a page of handovers, newest first."""
    rule = "WHERE id < ?" if after else ""
    found = tx.rows(f"{_SELECT} {rule} ORDER BY id DESC LIMIT ?", [*([after] if after else []), limit])
    rows = [shown(dict(zip(_COLUMNS, row, strict=True))) for row in found]
    return {"handovers": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def shown(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return a handover as people see it: `place` is the next line or item of a file, else None."""
    names = ("id", "token", "what", "system", "who", "reason", "rate", "state")
    return {name: held[name] for name in names} | {
        "wanted": orjson.loads(held["wanted"]),
        "place": None if held["what"] in CARRIED_OUT else int(held["place"]),
        "counts": orjson.loads(held["counts"]),
        "asked_at": at(held["asked_at"]),
        "changed_at": at(held["changed_at"]),
    }
