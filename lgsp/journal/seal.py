"""Sealing: entries become leaves of the log in the order in which they were decided, each once, for ever."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from lgsp.domain.merkle.notes import Checkpoint, Key, NoteError, read_key, read_note
from lgsp.domain.merkle.tree import WIDE, Frontier
from lgsp.errors import GatewayError
from lgsp.journal.contract import Transaction
from lgsp.journal.remembered import held, remember, remembered
from lgsp.journal.rows import insert, write_entries
from lgsp.journal.seal_growing import Tail, Tile, tile_of
from lgsp.journal.seal_leaves import CHOSEN, COLUMNS, ID
from lgsp.journal.seal_tables import log_checkpoints, log_tiles

ANNOUNCED = "log key announced"
"""An entry: from now on checkpoints are signed with the key that its details say."""
BY = "log"
TX = len(COLUMNS)
"""Where a row that was read to be sealed says its transaction: behind the columns of its leaf."""
_NAME = "log"
_BY_NUMBER = f"SELECT {CHOSEN}, tx FROM entries WHERE id > ? ORDER BY id LIMIT ?"
_BY_ORDER = f"SELECT {CHOSEN}, tx FROM entries WHERE (tx, id) > (?, ?) AND tx < ? ORDER BY tx, id LIMIT ?"
_TILE = "SELECT n, root, ids, hashes FROM log_tiles WHERE n = ?"
_LAST = "SELECT max(n) FROM log_tiles"
_NEWEST = "SELECT note FROM log_checkpoints ORDER BY size DESC LIMIT 1"
_KEEP_TILE = (
    f"{insert(log_tiles)} ON CONFLICT (n) DO UPDATE SET root = excluded.root, ids = excluded.ids,"
    " hashes = excluded.hashes"
)
_KEEP_CHECKPOINT = insert(log_checkpoints)
_LEAST = -(2**62)


class LogError(GatewayError):
    """The log is not as it was left: nothing may be appended to it before somebody has looked."""


@dataclass(slots=True, frozen=True)
class Place:
    """How far the log is, as the journal remembers it.

    Attributes:
        origin: which log, in every checkpoint of it.
        size: how many leaves it has.
        tx: transaction of its last entry, where several processes write; else 0.
        id: number of its last entry.
        roots: of the subtrees that its whole tiles make, in hex, the largest first.
        key: that signs it, as one word; empty before the first.
    """

    origin: str = ""
    size: int = 0
    tx: int = _LEAST
    id: int = _LEAST
    roots: Sequence[str] = ()
    key: str = ""

    def told(self) -> str:
        """Return it as it is kept."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return orjson.dumps(said).decode()


@dataclass(slots=True)
class Log:
    """The log as one process knows it.

    Attributes:
        told: the place as it was kept; when it is kept otherwise, another process was quicker.
    """

    told: str
    place: Place
    tail: Tail = field(repr=False)


def place_of(tx: Transaction) -> Place:
    """Return how far the log is."""
    told = remembered(tx, _NAME)
    return Place(**orjson.loads(told)) if told else Place()


def load(tx: Transaction) -> Log:
    """Return the log, ready to grow.

    Raises:
        LogError: what is kept of it does not fit its newest checkpoint.
    """
    told = remembered(tx, _NAME)
    if not told:
        if tx.rows(_LAST) != [(None,)] or tx.rows(_NEWEST):
            raise LogError("sealing the journal: the log has leaves and its place is gone")
        place = Place(origin=f"lgsp.journal/{secrets.token_hex(8)}")
        return Log("", place, Tail(Frontier(), [], []))
    place = Place(**orjson.loads(told))
    try:
        tail = _tail(tx, place)
    except ValueError as fault:
        raise LogError("sealing the journal: the log's place is not one") from fault
    _fits(tx, place, tail)
    return Log(told, place, tail)


def _tail(tx: Transaction, place: Place) -> Tail:
    n, more = divmod(place.size, WIDE)
    whole = Frontier(n * WIDE, [bytes.fromhex(one) for one in place.roots])
    tiles = [tile_of(*row) for row in tx.rows(_TILE, (n,))] if more else []
    last = tiles[0] if tiles else Tile(n, None, (), ())
    return Tail(whole, list(last.ids), list(last.hashes))


def _fits(tx: Transaction, place: Place, tail: Tail) -> None:
    """See that what is remembered is what was signed last; else whoever altered it would have it signed.

    Raises:
        LogError: it is not.
    """
    found = tx.rows(_NEWEST)
    try:
        note = read_note(str(found[0][0])) if found else None
        signed = note is not None and note.holds(read_key(place.key))
    except NoteError as fault:
        raise LogError("sealing the journal: the newest checkpoint is none") from fault
    said = note.checkpoint if note else Checkpoint("", 0, b"")
    if not signed or (said.origin, said.size, said.root) != (place.origin, tail.size, tail.root()):
        raise LogError("sealing the journal: the log is not what its newest checkpoint says")


def unsealed(tx: Transaction, place: Place, most: int) -> list[Any]:
    """Return the next entries to be sealed, in order.

    What a commit may still overtake is not among them. Each has the columns of a leaf, and its transaction
    behind them.
    """
    horizon = tx.horizon()
    if horizon is None:
        return tx.rows(_BY_NUMBER, (place.id, most))
    return tx.rows(_BY_ORDER, (place.tx, place.id, horizon, most))


@dataclass(slots=True)
class Growth:
    """What a look at unsealed entries leads to, before it is kept."""

    log: Log
    tiles: list[Tile]


def grown(log: Log, rows: Sequence[Sequence[Any]]) -> Growth:
    """Return the log with more entries. Pure, and costs what they are."""
    tail, tiles = log.tail.grown(rows)
    last = rows[-1]
    roots = [root.hex() for root in tail.whole.roots]
    place = replace(log.place, size=tail.size, tx=last[TX], id=last[ID], roots=roots)
    return Growth(Log(log.told, place, tail), tiles)


def keep(tx: Transaction, growth: Growth, key: Key, sign: Callable[[Checkpoint], str]) -> Log | None:
    """Keep what a log grew by, with a signed checkpoint.

    A key that signs for the first time is announced.

    Returns:
        the log as it stands now; None, and nothing is kept, if another process was quicker.
    """
    log = growth.log
    if held(tx, _NAME) != log.told:
        return None
    if log.place.key != str(key):
        details = orjson.dumps({"key": str(key)}).decode()
        write_entries(tx, [{"what": ANNOUNCED, "who": BY, "details": details}])
    place = replace(log.place, key=str(key))
    root = log.tail.root()
    note = sign(Checkpoint(place.origin, place.size, root, tx.now))
    tx.run(_KEEP_TILE, [tile.kept() for tile in growth.tiles])
    tx.run(_KEEP_CHECKPOINT, [(place.size, root, tx.now, note, None)])
    told = place.told()
    remember(tx, _NAME, told)
    return Log(told, place, log.tail)
