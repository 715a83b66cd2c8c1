"""What is read of the log: its tiles and checkpoints, the entries beside them, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.remembered import remembered
from lgsp.journal.rows import write_entries
from lgsp.journal.seal import ANNOUNCED, BY, Place
from lgsp.journal.seal_growing import Tile, tile_of
from lgsp.journal.seal_leaves import CHOSEN
from lgsp.journal.tables import ACTS

LET_GO = "entries let go"
"""An entry: retention dropped the entries whose numbers are below what its details say; their leaves stay."""
RETAINING = "lgsp retain"
STANDING = "log standing"
Position = tuple[int, int]
START: Position = (-(2**62), -(2**62))
_MANY = 100_000
_TILES = "SELECT n, root, ids, hashes FROM log_tiles WHERE n >= ? ORDER BY n LIMIT ?"
_ONE_TILE = "SELECT n, root, ids, hashes FROM log_tiles WHERE n = ?"
_ROOTS = "SELECT n, root FROM log_tiles WHERE root IS NOT NULL AND n >= ? ORDER BY n LIMIT ?"
_CHECKPOINTS = "SELECT size, root, at, note FROM log_checkpoints ORDER BY size"
_NEWEST = "SELECT size, root, at, note, copied_at FROM log_checkpoints ORDER BY size DESC LIMIT 1"
_COPIED = "SELECT max(size) FROM log_checkpoints WHERE copied_at IS NOT NULL"
_UNCOPIED = "SELECT min(at) FROM log_checkpoints WHERE size > ?"
_BY_IDS = f"SELECT {CHOSEN}, tx FROM entries WHERE id IN ({{}})"
_FIRST = "SELECT min(id) FROM entries"
_NOTED = f"SELECT id, at, details FROM entries WHERE who = ? AND ({ACTS}) AND what = ? ORDER BY id"


class Kept(NamedTuple):
    """A checkpoint as the journal keeps it; times are microseconds since 1970."""

    size: int
    root: bytes
    at: int
    note: str
    copied_at: int | None = None


def tiles(tx: Transaction, first: int, count: int) -> list[Tile]:
    """Return tiles from a number on, in order."""
    return [tile_of(*row) for row in tx.rows(_TILES, (first, count))]


def tile(tx: Transaction, n: int) -> Tile | None:
    """Return one tile; None where it is not kept."""
    found = tx.rows(_ONE_TILE, (n,))
    return tile_of(*found[0]) if found else None


def roots(tx: Transaction, first: int, count: int) -> list[bytes]:
    """Return the roots of whole tiles from a number on, in order."""
    return [bytes(root) for _, root in tx.rows(_ROOTS, (first, count))]


def checkpoints(tx: Transaction) -> list[Kept]:
    """Return all checkpoints, the smallest first."""
    return [Kept(size, bytes(root), at, note) for size, root, at, note in tx.rows(_CHECKPOINTS)]


def newest(tx: Transaction) -> Kept | None:
    """Return the newest checkpoint."""
    found = tx.rows(_NEWEST)
    return Kept(found[0][0], bytes(found[0][1]), *found[0][2:]) if found else None


# --- entries in the order of the log --------------------------------------------------------------------


def following(tx: Transaction, after: Position, most: int, upto: Position | None = None) -> list[Any]:
    """Return entries behind a position, up to and with another one, in the order of the log.

    Each has the columns of a leaf, and its transaction behind them.
    """
    last = upto or (2**62, 2**62)
    if tx.horizon() is None:
        rule, values = "id > ? AND id <= ? ORDER BY id", [after[1], last[1]]
    else:
        rule, values = "(tx, id) > (?, ?) AND (tx, id) <= (?, ?) ORDER BY tx, id", [*after, *last]
    return tx.rows(f"SELECT {CHOSEN}, tx FROM entries WHERE {rule} LIMIT ?", (*values, most))


def by_numbers(tx: Transaction, numbers: Sequence[int]) -> list[Any]:
    """Return entries by their numbers, in any order; each as `following` has it."""
    return tx.among(_BY_IDS, numbers)


# --- what entries say of the log itself -----------------------------------------------------------------


class LetGo(NamedTuple):
    """What retention dropped: entries with numbers below `upto`, as entry `entry` says."""

    upto: int
    entry: int
    at: int


def let_go(tx: Transaction) -> list[LetGo]:
    """Return what retention dropped, the latest last.

    It drops whole partitions, which only a server has: what says so while an entry below still stands, itself
    among them, was not written by it, and excuses nothing.
    """
    first = tx.rows(_FIRST)[0][0]
    if first is None or tx.horizon() is None:
        return []
    found = tx.rows(_NOTED, (RETAINING, LET_GO))
    said = [LetGo(int(orjson.loads(told)["upto"]), number, at) for number, at, told in found if told]
    return [one for one in said if one.upto <= first]


def note_let_go(tx: Transaction, first: int, upto: int) -> None:
    """Write down, in the transaction that drops them, which entries go."""
    told = orjson.dumps({"from": first, "upto": upto}).decode()
    write_entries(tx, [{"what": LET_GO, "who": RETAINING, "details": told}])


def announced(tx: Transaction) -> list[str]:
    """Return the keys that the log said it is signed with, as words, the latest last."""
    found = tx.rows(_NOTED, (BY, ANNOUNCED))
    return [str(orjson.loads(told)["key"]) for _, _, told in found if told]


# --- how it stands --------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """How the log stands; times are microseconds since 1970.

    Attributes:
        origin: which log.
        size: leaves that are sealed.
        sealed_at: when the newest checkpoint was signed.
        unsealed: entries behind it, counted up to `most`.
        since: when the oldest of these was written.
        copied: leaves that the newest checkpoint in the second place covers.
        behind: since when there is a newer one than that.
        fault: why nothing is sealed, or copied; empty where all is well.
        copies: checkpoints are to be copied.
        key: that signs, as a word.
    """

    now: int
    origin: str
    size: int
    sealed_at: int | None
    unsealed: int
    since: int | None
    copied: int
    behind: int | None
    fault: str
    copies: bool
    key: str
    most: int = _MANY


def standing(tx: Transaction, place: Place, most: int = _MANY) -> Standing:
    """Return how a log stands."""
    said = orjson.loads(remembered(tx, STANDING) or "{}")
    last = newest(tx)
    first = following(tx, (place.tx, place.id), 1)
    copied = tx.rows(_COPIED)[0][0] or 0
    return Standing(
        now=tx.now,
        origin=place.origin,
        size=place.size,
        sealed_at=last.at if last else None,
        unsealed=_behind(tx, place, most) if first else 0,
        since=first[0][0] if first else None,
        copied=copied,
        behind=tx.rows(_UNCOPIED, (copied,))[0][0],
        fault=said.get("fault", ""),
        copies=bool(said.get("copies")),
        key=place.key,
        most=most,
    )


def _behind(tx: Transaction, place: Place, most: int) -> int:
    rule, values = "id > ?", [place.id]
    if tx.horizon() is not None:
        rule, values = "(tx, id) > (?, ?)", [place.tx, place.id]
    sql = f"SELECT count(*) FROM (SELECT 1 FROM entries WHERE {rule} LIMIT ?) AS behind"
    return int(tx.rows(sql, (*values, most))[0][0])
