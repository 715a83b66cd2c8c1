"""A journal with a sealed log, made fast, and what somebody who can write to its database may do to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lgsp.domain.merkle.notes import Checkpoint, Note, Signer, read_note
from lgsp.domain.merkle.tree import Frontier
from lgsp.journal import seal, seal_reading
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.seal import Log, Place
from lgsp.journal.seal_growing import Tail
from lgsp.journal.seal_verifying import verify
from lgsp.journal.seal_walk import Asked, Verdict

GAP = 700
"""A number that no entry has, as it happens when a transaction is rolled back."""
FIRST = 1_732_326_217_000_000
_SAID = '{"said":"Hồ sơ đã nhận"}'
_FILL = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    " INSERT INTO entries (id, at, what, message_id, delivery_id, source, system, state, attempt, cause, who,"
    " details, body_hash, final) SELECT i, {first} + i * 1000, CASE i % 3 WHEN 0 THEN 'accepted' WHEN 1 THEN"
    " 'claimed' ELSE 'delivered' END, 1000000 + i / 3, i / 3, 'one-stop', 'national-portal', i % 7, 1,"
    " CASE WHEN i % 11 = 0 THEN 'http-503' END, 'gateway', CASE WHEN i % 5 = 0 THEN '{said}' END,"
    " CASE WHEN i % 3 = 0 THEN {hash} END, 0 FROM n WHERE i <> {gap}"
)
Tamper = Callable[[Transaction], None]


def key_of(seed: int = 1) -> Ed25519PrivateKey:
    """Return a key that is the same each time."""
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def filled(tx: Transaction, count: int) -> None:
    """Write so many entries, less one for the gap."""
    server = tx.horizon() is not None
    hashed = "sha256(i::text::bytea)" if server else "CAST(printf('%032d', i) AS BLOB)"
    if server:
        tx.rows("SELECT setval('entries_ids', ?::bigint)", (count + 1000,))
    tx.rows(_FILL.format(count=count, first=FIRST, said=_SAID, hash=hashed, gap=GAP))


async def seal_all(journal: Journal, private: Ed25519PrivateKey, page: int = 2000) -> Log:
    """Seal what there is, a checkpoint for each page, and return the log."""
    log = await journal.read(seal.load)
    signer = Signer(log.place.origin, private)
    while rows := await journal.read(lambda tx: seal.unsealed(tx, log.place, page)):  # noqa: B023
        growth = seal.grown(log, rows)
        kept = await journal.write(lambda tx: seal.keep(tx, growth, signer.key, signer.sign))  # noqa: B023
        assert kept is not None
        log = kept
    return log


async def notes(journal: Journal) -> list[Note]:
    """Return all checkpoints that are kept."""
    return [read_note(one.note) for one in await journal.read(seal_reading.checkpoints)]


async def found(journal: Journal, *against: Note, **asked: Any) -> list[tuple[str, int | None]]:
    """Return what verifying finds: each kind with the number of the entry."""
    verdict = await judged(journal, *against, **asked)
    assert verdict.count >= len(verdict.findings)
    assert verdict.sound is not bool(verdict.findings)
    return [(one.what, one.entry) for one in verdict.findings]


async def judged(journal: Journal, *against: Note, **asked: Any) -> Verdict:
    """Verify a journal."""
    return await verify(journal, Asked(against, **asked))


# --- what may be done to it -----------------------------------------------------------------------------


def changed(number: int, column: str = "who", value: Any = "somebody") -> Tamper:
    """Change one column of one entry."""
    return lambda tx: tx.run(f"UPDATE entries SET {column} = ? WHERE id = ?", [(value, number)])


def deleted(*numbers: int) -> Tamper:
    """Delete entries."""
    return lambda tx: tx.run("DELETE FROM entries WHERE id = ?", [(number,) for number in numbers])


def inserted(number: int, like: int) -> Tamper:
    """Insert an entry that looks like another one, in its transaction."""
    columns = ", ".join(name for name in (*seal_columns(), "tx") if name != "id")
    sql = f"INSERT INTO entries (id, {columns}) SELECT {number}, {columns} FROM entries WHERE id = {like}"
    return lambda tx: _ask(tx, sql)


def seal_columns() -> Sequence[str]:
    """Return the columns that are sealed."""
    return seal.COLUMNS


def exchanged(one: int, other: int) -> Tamper:
    """Give two entries each other's number."""

    def act(tx: Transaction) -> None:
        for before, after in ((one, -7), (other, one), (-7, other)):
            _ask(tx, f"UPDATE entries SET id = {after} WHERE id = {before}")

    return act


def truncated(number: int) -> Tamper:
    """Delete all entries from a number on."""
    return lambda tx: _ask(tx, f"DELETE FROM entries WHERE id >= {number}")


def rolled_back(to: Note) -> Tamper:
    """Make the journal, its log and its checkpoints what they were at an earlier checkpoint."""

    def act(tx: Transaction) -> None:
        size, key = to.checkpoint.size, seal.place_of(tx).key
        rows = _all(tx)[:size]
        _ask(tx, f"DELETE FROM entries WHERE id > {rows[-1][seal.ID]}")
        _ask(tx, f"DELETE FROM log_checkpoints WHERE size > {size}")
        _ask(tx, "DELETE FROM log_tiles")
        _grow(tx, replace(Place(origin=to.checkpoint.origin), key=key), rows)

    return act


def checkpoints_exchanged(one: int, other: int) -> Tamper:
    """Let two checkpoints, given by their sizes, stand in each other's place."""

    def act(tx: Transaction) -> None:
        rows = {
            size: tuple(row) for size, *row in tx.rows("SELECT size, root, at, note FROM log_checkpoints")
        }
        sql = "UPDATE log_checkpoints SET root = ?, at = ?, note = ? WHERE size = ?"
        tx.run(sql, [(*rows[other], one), (*rows[one], other)])

    return act


def rewritten(signer: Signer | None, *, announced: bool = False) -> Tamper:
    """Compute all hashes and checkpoints anew from the entries as they are now.

    Args:
        signer: signs the checkpoints anew; without one they keep signatures of what they said before.
        announced: the key stands in the log's place, as if it had always been the log's.
    """

    def act(tx: Transaction) -> None:
        place, kept = seal.place_of(tx), seal_reading.checkpoints(tx)
        tx.rows("DELETE FROM log_tiles")
        tx.rows("DELETE FROM log_checkpoints")
        rows, key = _all(tx), str(signer.key) if signer and announced else place.key
        tail = Tail(Frontier(), [], [])
        for one in kept:
            tail, _ = tail.grown(rows[tail.size : one.size])
            said = Checkpoint(place.origin, one.size, tail.root(), one.at)
            note = signer.sign(said) if signer else said.text() + "\n" + one.note.partition("\n\n")[2]
            row = (one.size, tail.root(), one.at, note, None)
            tx.run(
                "INSERT INTO log_checkpoints (size, root, at, note, copied_at) VALUES (?, ?, ?, ?, ?)", [row]
            )
        _grow(tx, Place(origin=place.origin, key=key), rows[: place.size])

    return act


def hash_changed(index: int) -> Tamper:
    """Change the log's own hash of a leaf."""

    def act(tx: Transaction) -> None:
        n, inside = divmod(index, 256)
        ((kept,),) = tx.rows("SELECT hashes FROM log_tiles WHERE n = ?", (n,))
        at = inside * 32
        torn = bytes(kept[:at]) + b"\7" * 32 + bytes(kept[at + 32 :])
        tx.run("UPDATE log_tiles SET hashes = ? WHERE n = ?", [(torn, n)])

    return act


def each(*acts: Tamper) -> Tamper:
    """Do one after the other."""

    def act(tx: Transaction) -> None:
        for one in acts:
            one(tx)

    return act


def run(sql: str) -> Tamper:
    """Run a statement."""
    return lambda tx: _ask(tx, sql)


def _ask(tx: Transaction, sql: str) -> None:
    tx.rows(sql)


def _all(tx: Transaction) -> list[Any]:
    return seal_reading.following(tx, seal_reading.START, 10_000_000)


def _grow(tx: Transaction, place: Place, rows: Sequence[Any]) -> None:
    growth = seal.grown(Log("", place, Tail(Frontier(), [], [])), rows)
    tx.run(
        "INSERT INTO log_tiles (n, root, ids, hashes) VALUES (?, ?, ?, ?)", [t.kept() for t in growth.tiles]
    )
    tx.run("UPDATE meta SET value = ? WHERE name = ?", [(growth.log.place.told(), "log")])
