"""Bringing what the journal keeps under the current data key, page by page; the place commits with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

import orjson

from lgsp.journal import keys
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.remembered import held, remember, remembered
from lgsp.journal.rows import write_entries
from lgsp.keys import PLAIN, UnreadableError

NAME = "reencryption"
FILES = "files"
RUNNING, PAUSED, DONE = "running", "paused", "done"
WHO = "gateway"
SETTLED = 30_000_000
"""Microseconds after its first use at which no process seals under an older key any more."""
_ROWS, _BYTES = 400, 1 << 20
"""What a transaction looks through at most, and about how much of it."""
_SHOWN = 20


class Place(NamedTuple):
    """A column of the journal whose values are sealed.

    Attributes:
        keys: of the table, which lead the way through it.
        start: what stands before every key.
        number: the column of the data key's number.
    """

    table: str
    keys: Sequence[str]
    start: Sequence[Any]
    number: str
    sealed: str


PLACES = (
    Place("bodies", ("message_id",), (-1,), "key_id", "body"),
    Place("raws", ("id",), (-1,), "key_id", "body"),
    Place("attempts", ("delivery_id", "attempt"), (-1, -1), "key_id", "exchanges"),
    Place("attached", ("message_id", "blob"), (-1, ""), "key_id", "found"),
    Place("answers", ("id",), (-1,), "key_id", "sample"),
    Place("asks", ("id",), (-1,), "key_id", "answer"),
    Place("credentials", ("uid",), ("",), "key", "sealed"),
    Place("credential_secrets", ("hash",), (b"",), "key", "sealed"),
    Place("token_keys", ("kid",), ("",), "key", "sealed"),
)
"""All that is sealed in the journal; a test finds every column of a key's number among them."""
_BY_NAME = {place.table: place for place in PLACES}
_NEXT = dict(zip((one.table for one in PLACES), [*(one.table for one in PLACES[1:]), FILES], strict=True))


@dataclass(slots=True, frozen=True)
class Progress:
    """How far it is. A round that had nothing to do ends it: only then nothing is left under older keys.

    Attributes:
        target: the key under which all is brought.
        place: the table that it goes through, or the files.
        after: the keys behind which it goes on; bytes as hexadecimal digits.
        rounds: how often everything was gone through.
        looked: rows and files seen in this round, and `sealed` in all rounds those that were brought over.
        fresh: of this round, those that were brought over, or were not there when their turn came.
        left: by number of key, what could not be read in this round.
        faults: the first of those, in words.
    """

    target: int
    state: str
    started_at: int
    changed_at: int
    place: str = PLACES[0].table
    after: Sequence[Any] = ()
    rounds: int = 0
    looked: int = 0
    sealed: int = 0
    fresh: int = 0
    left: dict[str, int] = field(default_factory=dict)
    faults: Sequence[str] = ()
    ended_at: int | None = None


class Step(NamedTuple):
    """What became of some rows or files.

    Attributes:
        after: the keys of the last one.
        over: there are no more behind it.
        left: number of the key, and in words what is wrong, for each that could not be read.
        missed: those under another key that were neither brought over nor found to be unreadable: somebody
            changed or moved them in this moment, and another round has to look.
    """

    after: Sequence[Any]
    over: bool
    looked: int
    sealed: int
    left: Sequence[tuple[int, str]] = ()
    missed: int = 0


def progress(tx: Transaction) -> Progress | None:
    """Return how far it is; None where it never began."""
    return _read(remembered(tx, NAME))


def due(tx: Transaction) -> Progress | None:
    """Return how far it is where there is something to do now; it begins by itself when a key has settled."""
    now, found = _read(held(tx, NAME)), keys.book(tx)
    current = next((row for row in found.keys if row.number == found.current), None)
    if current is None or tx.keys.current != current.number or tx.now - current.seals_from < SETTLED:
        return None
    if now is None or (now.target != current.number and now.state != PAUSED):
        return _keep(tx, Progress(current.number, RUNNING, tx.now, tx.now))
    return now if now.state == RUNNING else None


def step(tx: Transaction) -> Progress | None:
    """Bring some rows over; return how far it is then, or None with nothing to do in the journal."""
    now = due(tx)
    return None if now is None or now.place == FILES else took(tx, now, _rows(tx, now))


def took(tx: Transaction, now: Progress, done: Step) -> Progress:
    """Note what was done of a place; behind the last one the round is over."""
    left = dict(now.left)
    for number, _ in done.left:
        left[str(number)] = left.get(str(number), 0) + 1
    further = replace(
        now,
        after=done.after,
        changed_at=tx.now,
        looked=now.looked + done.looked,
        sealed=now.sealed + done.sealed,
        fresh=now.fresh + done.sealed + done.missed,
        left=left,
        faults=[*now.faults, *(fault for _, fault in done.left)][:_SHOWN],
    )
    if not done.over:
        return _keep(tx, further)
    if now.place != FILES:
        return _keep(tx, replace(further, place=_NEXT[now.place], after=()))
    return _again(tx, further) if further.fresh else _ended(tx, further)


def files_took(tx: Transaction, before: Progress, done: Step) -> Progress | None:
    """Note what was done of the files; None where meanwhile somebody else went on, or paused it."""
    now = _read(held(tx, NAME))
    return took(tx, before, done) if now == before else None


def pause(tx: Transaction, who: str) -> Progress:
    """Let it rest behind its page.

    Raises:
        WrongStateError: it does not run.
    """
    return _move(tx, RUNNING, PAUSED, "re-encryption paused", who)


def resume(tx: Transaction, who: str) -> Progress:
    """Let it go on where it rested.

    Raises:
        WrongStateError: it does not rest.
    """
    return _move(tx, PAUSED, RUNNING, "re-encryption resumed", who)


def begin(tx: Transaction, who: str) -> Progress:
    """Go through everything anew.

    Raises:
        WrongStateError: it is under way, or nothing is encrypted here.
    """
    now, current = _read(held(tx, NAME)), keys.book(tx).current
    if current == PLAIN or (now is not None and now.state != DONE):
        why = "nothing is encrypted here" if current == PLAIN else "it is under way"
        raise WrongStateError(f"encrypting anew: {why}")
    _note(tx, "re-encryption asked for", who, {"key": current})
    return _keep(tx, Progress(current, RUNNING, tx.now, tx.now))


def _move(tx: Transaction, old: str, new: str, what: str, who: str) -> Progress:
    now = _read(held(tx, NAME))
    if now is None or now.state != old:
        raise WrongStateError(f"encrypting anew: it is {now.state if now else 'not under way'}")
    _note(tx, what, who, {"key": now.target})
    return _keep(tx, replace(now, state=new, changed_at=tx.now))


def _again(tx: Transaction, now: Progress) -> Progress:
    """Begin another round: what was written behind the first one is found by it."""
    fresh = replace(now, place=PLACES[0].table, after=(), rounds=now.rounds + 1, looked=0, fresh=0)
    return _keep(tx, replace(fresh, left={}, faults=()))


def _ended(tx: Transaction, now: Progress) -> Progress:
    used = [int(number) for number in now.left]
    if PLAIN in used:  # a file of which nobody can tell under which key it stands
        used = [row.number for row in keys.book(tx).keys]
    keys.use_again(tx, used, WHO)
    retired = keys.retire(tx, used, WHO)
    told = {"key": now.target, "sealed": now.sealed, "unreadable": sum(now.left.values()), "retired": retired}
    _note(tx, "re-encryption ended", WHO, told)
    return _keep(tx, replace(now, state=DONE, ended_at=tx.now, rounds=now.rounds + 1))


# --- rows -------------------------------------------------------------------------------------------------


def _rows(tx: Transaction, now: Progress) -> Step:
    """Bring the next rows of a table over; who reads one sees it as it was or as it is."""
    place = _BY_NAME[now.place]
    found, over = _ahead(tx, place, _told(place, now.after) or place.start)
    if not found:
        return Step((), over=True, looked=0, sealed=0)
    old = [row for row in found if row[-2] != now.target and row[-1]]
    fresh, left = _sealed(tx, place, old) if old else ([], [])
    for number in sorted({row[-1] for row in fresh}):
        # the row is locked; but one that was carried to another partition is not there any more
        changes = [row[:-1] for row in fresh if row[-1] == number]
        tx.run(_UPDATES[place.table].format(number), changes)
    missed = len(old) - len(fresh) - len(left)
    return Step(_plain(found[-1][: len(place.keys)]), over, len(found), len(fresh), left, missed)


def _ahead(tx: Transaction, place: Place, after: Sequence[Any]) -> tuple[list[Any], bool]:
    """Return keys, number and size of some rows behind one, and whether those are the last ones."""
    rows = tx.rows(_AHEAD[place.table], (*after, _ROWS))
    taken, size = 0, 0
    while taken < len(rows) and (taken == 0 or size + (rows[taken][-1] or 0) <= _BYTES):
        size += rows[taken][-1] or 0
        taken += 1
    return rows[:taken], taken == len(rows) and taken < _ROWS


def _sealed(
    tx: Transaction, place: Place, rows: Sequence[Any]
) -> tuple[list[tuple[Any, ...]], list[tuple[int, str]]]:
    """Return the new values of rows, each with its keys and its old number; and what cannot be read."""
    fresh: list[tuple[Any, ...]] = []
    left: list[tuple[int, str]] = []
    wanted = {tuple(_plain(row[: len(place.keys)])) for row in rows}
    for *key, number, kept in tx.among(_ROW[place.table], list(dict.fromkeys(row[0] for row in rows))):
        if tuple(_plain(key)) in wanted:
            try:
                opened = tx.keys.open(number, bytes(kept), place.table, *_plain(key))
            except UnreadableError as fault:
                left.append((number, str(fault)))
            else:
                fresh.append((*tx.keys.seal(opened), *key, number))
    return fresh, left


def _statements(place: Place) -> tuple[str, str, str]:
    """Return the statements that look ahead in a table, read rows of it and change one."""
    names, places = ", ".join(place.keys), ", ".join("?" * len(place.keys))
    behind = f"({names}) > ({places})" if len(place.keys) > 1 else f"{names} > ?"
    itself = " AND ".join(f"{name} = ?" for name in place.keys)
    look = f"SELECT {names}, {place.number}, length({place.sealed}) FROM {place.table} WHERE {behind}"
    read = (
        f"SELECT {names}, {place.number}, {place.sealed} FROM {place.table} WHERE {place.keys[0]} IN ({{}})"
    )
    change = f"UPDATE {place.table} SET {place.number} = ?, {place.sealed} = ? WHERE {itself}"
    return (
        f"{look} ORDER BY {names} LIMIT ?",
        f"{read} AND {place.sealed} IS NOT NULL /* hold */",
        f"{change} AND {place.number} = {{}}",
    )


_STATEMENTS = {place.table: _statements(place) for place in PLACES}
_AHEAD, _ROW, _UPDATES = ({table: found[n] for table, found in _STATEMENTS.items()} for n in range(3))


# --- the place --------------------------------------------------------------------------------------------


def _plain(keys_of: Sequence[Any]) -> list[Any]:
    return [bytes(key).hex() if isinstance(key, (bytes, memoryview)) else key for key in keys_of]


def _told(place: Place, after: Sequence[Any]) -> list[Any]:
    pairs = zip(place.start, after, strict=False)
    return [bytes.fromhex(key) if isinstance(start, bytes) else key for start, key in pairs]


def _read(text: str) -> Progress | None:
    return Progress(**orjson.loads(text)) if text else None


def _keep(tx: Transaction, now: Progress) -> Progress:
    remember(tx, NAME, orjson.dumps(asdict(now)).decode())
    return now


def _note(tx: Transaction, what: str, who: str, details: dict[str, Any]) -> None:
    write_entries(tx, [{"what": what, "who": who, "details": orjson.dumps(details).decode()}])
