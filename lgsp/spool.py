"""Outcomes that the journal could not take: kept on this machine's disk until it can, and applied once."""

from __future__ import annotations

import asyncio
import fcntl
import os
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import structlog

from lgsp.journal.contract import Journal, JournalError, Transaction
from lgsp.journal.remembered import remember
from lgsp.journal.states import State
from lgsp.journal.turns import Apart, Claim, Outcome, Settled
from lgsp.keys import PLAIN, DataKeys
from lgsp.message import Kind, Message

log = structlog.get_logger(__name__)
MOST = 10_000
"""Outcomes that are kept; of what comes beyond, nothing is known later but that it was being sent."""
_RETRY = 0.5
_STRIKES = 5
"""So often the journal may turn one outcome down while it takes others, until it is given up."""
_LARGEST = 64 * 1024
"""Bytes of exchanges that are kept with an outcome."""
_SENT = "SELECT delivery_id, attempt FROM attempts WHERE delivery_id IN ({})"

Settle = Callable[[Outcome], Awaitable[Settled]]


class Spool:
    """One process's file of outcomes, and the same in memory. Open it with `Spool.open`.

    A lost spool loses no message: what it held lapses, and is probed for. Lines are encrypted as the journal
    is: what the far side said stands in them.
    """

    def __init__(self, file: Path, lock: int, kept: Sequence[Outcome], keys: DataKeys) -> None:
        self._file = file
        self._keys = keys
        self._lock = lock
        self._kept: dict[tuple[int, int], Outcome] = {(o.claim.delivery, o.claim.attempt): o for o in kept}
        self._strikes: dict[tuple[int, int], int] = {}
        self._unwritten: list[Outcome] = []
        self._writing = asyncio.Lock()
        self._filled = asyncio.Event()
        if kept:
            self._filled.set()

    @classmethod
    def open(cls, folder: Path, keys: DataKeys | None = None) -> Spool:
        """Open a file that no living process uses, and take over what dead ones left in theirs.

        Args:
            folder: where such files lie.
            keys: of the journal, which encrypt them; None keeps them plain.
        """
        keys = keys or DataKeys()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = {path.name: path for path in sorted(folder.glob("outcomes-*.jsonl"))}
        n = 0
        own: tuple[Path, int] | None = None
        kept: list[Outcome] = []
        while own is None or names:
            path = names.pop(next(iter(names))) if names else folder / f"outcomes-{n}.jsonl"
            n += 1
            lock = _locked(path)
            if lock is None:
                continue
            kept += _outcomes(path, keys)
            if own is None:
                own = path, lock
            else:
                _move(path, own[0])
                os.close(lock)
        return cls(*own, kept, keys)

    def holding(self) -> frozenset[int]:
        """Return the deliveries whose outcome is known here, but not yet to the journal."""
        return frozenset(one.claim.delivery for outcome in self._kept.values() for one in outcome.each())

    async def keep(self, outcome: Outcome) -> None:
        """Keep an outcome; it is on the disk when this returns. What cannot be kept will lapse."""
        if len(self._kept) >= MOST:
            log.error("spool is full; the delivery will lapse", delivery=outcome.claim.delivery)
            return
        self._kept[outcome.claim.delivery, outcome.claim.attempt] = outcome
        self._unwritten.append(outcome)
        self._filled.set()
        async with self._writing:
            fresh, self._unwritten = self._unwritten, []
            try:
                await asyncio.to_thread(self._append, fresh)
            except OSError as fault:
                log.error("spool cannot be written; kept in memory alone", fault=str(fault))  # noqa: TRY400

    async def run(self, journal: Journal, settle: Settle) -> None:
        """Bring what is kept to the journal whenever it can be written, until cancelled."""
        while True:
            await self._filled.wait()
            try:
                await self.drain(journal, settle)
            except JournalError as fault:
                log.warning("outcomes wait for the journal", kept=len(self._kept), fault=str(fault))
            except Exception:
                log.exception("draining the spool failed; trying again")
            if self._kept:
                await asyncio.sleep(_RETRY)

    async def drain(self, journal: Journal, settle: Settle) -> int:
        """Apply what is kept, in the order in which it came; return how many were applied.

        An outcome whose attempt the journal has written already was applied before its answer was lost.

        Raises:
            JournalError: the journal cannot be written; the rest stays.
        """
        applied = 0
        for key, outcome in list(self._kept.items()):
            if await journal.read(lambda tx, key=key: _written(tx, *key)):  # type: ignore[misc]
                self._drop(key)
            else:
                applied += await self._apply(key, outcome, journal, settle)
        async with self._writing:
            if not self._kept:
                self._filled.clear()
                await asyncio.to_thread(self._empty)
        if applied:
            log.info("outcomes brought to the journal", applied=applied)
        return applied

    async def _apply(self, key: tuple[int, int], outcome: Outcome, journal: Journal, settle: Settle) -> bool:
        try:
            await settle(replace(outcome, go_on=False))
        except JournalError as fault:
            await journal.write(_mark)  # if that fails too, it is the journal that is away
            self._turned_down(key, fault)
            return False
        self._drop(key)
        return True

    def _turned_down(self, key: tuple[int, int], fault: JournalError) -> None:
        """Count that the journal, which writes other things, did not take an outcome."""
        self._strikes[key] = self._strikes.get(key, 0) + 1
        if self._strikes[key] >= _STRIKES:
            log.error("outcome given up; the delivery will lapse", delivery=key[0], fault=str(fault))
            self._drop(key)
        elif self._strikes[key] == _STRIKES - 1:
            self._kept[key] = bare(self._kept[key])

    def _drop(self, key: tuple[int, int]) -> None:
        self._kept.pop(key, None)
        self._strikes.pop(key, None)

    def close(self) -> None:
        """Let go of the file; what it holds is for the next process."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _append(self, outcomes: Sequence[Outcome]) -> None:
        lines = b"".join(_line(outcome, self._keys) + b"\n" for outcome in outcomes)
        os.write(self._lock, lines)
        os.fsync(self._lock)

    def _empty(self) -> None:
        os.ftruncate(self._lock, 0)
        os.fsync(self._lock)


def _locked(path: Path) -> int | None:
    """Open a file that is nobody else's; None when it is."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file


def _move(source: Path, to: Path) -> None:
    """Move what a dead process left behind what this one has."""
    with source.open("rb") as left, to.open("ab") as file:
        file.write(left.read())
        file.flush()
        os.fsync(file.fileno())
    source.unlink()


def _line(outcome: Outcome, keys: DataKeys) -> bytes:
    told = orjson.dumps(packed(outcome))
    number, kept = keys.seal(told)
    return told if number == PLAIN else orjson.dumps({"key": number, "kept": b64encode(kept).decode()})


def _told(line: bytes, keys: DataKeys) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(line)
    return dict(orjson.loads(keys.open(told["key"], b64decode(told["kept"])))) if "key" in told else told


def _outcomes(path: Path, keys: DataKeys) -> list[Outcome]:
    """Return the outcomes of a file; a line that a crash cut short, or of a key that is lost, is left out."""
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            found.append(unpacked(_told(line, keys)))
        except (ValueError, LookupError, TypeError) as fault:
            log.warning("spool line cannot be read; skipped", file=path.name, line=number, fault=str(fault))
    return found


def _mark(tx: Transaction) -> None:
    remember(tx, "spool", str(tx.now))


def _written(tx: Transaction, delivery: int, attempt: int) -> bool:
    return (delivery, attempt) in {(row[0], row[1]) for row in tx.among(_SENT, [delivery])}


def bare(outcome: Outcome) -> Outcome:
    """Return an outcome without what the far side wrote, which may be what the journal cannot take."""
    then = tuple(bare(one) for one in outcome.then)
    apart = tuple(replace(one, said="", fields=()) for one in outcome.apart)
    return replace(outcome, said="", fields=(), exchanges=None, answer="", then=then, apart=apart)


def packed(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as it is kept: without the body, which the journal has."""
    claim, message = outcome.claim, outcome.claim.message
    exchanges = outcome.exchanges if outcome.exchanges and len(outcome.exchanges) <= _LARGEST else None
    return {
        "claim": {
            "delivery": claim.delivery, "system": claim.system, "attempt": claim.attempt,
            "patience": claim.patience, "lapses": claim.lapses, "uncertain": claim.uncertain,
            "line": claim.line.hex(), "claimed_at": claim.claimed_at, "kind": int(claim.kind),
            "expires_at": claim.expires_at, "completed": claim.completed, "checked": claim.checked,
            "shadow": claim.shadow, "gap": claim.gap,
        },
        "message": {
            "type": message.type, "subject": "", "partitionkey": "", "source": message.source,
            "id": message.id.hex if message.id else None, "revision": message.revision,
            "recipients": message.recipients, "there": message.there,
        },
        "worker": outcome.worker, "state": int(outcome.state), "started_at": outcome.started_at,
        "ended_at": outcome.ended_at, "cause": outcome.cause, "said": outcome.said,
        "fields": list(outcome.fields), "wait": outcome.wait, "scope": outcome.scope,
        "patience": outcome.patience, "uncertain": outcome.uncertain, "settle": outcome.settle,
        "answer": outcome.answer,
        "there": outcome.there, "resolved": outcome.resolved, "repeated": outcome.repeated,
        "recipients": list(outcome.recipients), "apart": [_packed_apart(one) for one in outcome.apart],
        "exchanges": b64encode(exchanges).decode() if exchanges else None,
        "then": [packed(one) for one in outcome.then], "flying": list(outcome.flying),
        "rest": list(outcome.rest),
    }  # fmt: skip


def _packed_apart(one: Apart) -> dict[str, Any]:
    return asdict(one) | {
        "recipients": list(one.recipients),
        "fields": list(one.fields),
        "state": int(one.state),
    }


def _unpacked_apart(kept: dict[str, Any]) -> Apart:
    lists = {name: tuple(kept[name]) for name in ("recipients", "fields")}
    return Apart(**kept | lists | {"state": State(kept["state"])})


def unpacked(kept: dict[str, Any]) -> Outcome:
    """Return a kept outcome.

    Raises:
        KeyError: something of it is missing.
        TypeError: likewise, or something is there that nobody knows.
        ValueError: something of it is not what it should be.
    """
    claim, message = kept.pop("claim"), kept.pop("message")
    uid, line, kind = message.pop("id"), claim.pop("line"), claim.pop("kind")
    told = Message(data={}, id=UUID(uid) if uid else None, **message)
    claimed = Claim(line=bytes.fromhex(line), kind=Kind(kind), message=told, **claim)
    state, exchanges = kept.pop("state"), kept.pop("exchanges")
    apart = tuple(_unpacked_apart(one) for one in kept.pop("apart", ()))
    then, flying, rest, recipients = (
        tuple(kept.pop(name, ())) for name in ("then", "flying", "rest", "recipients")
    )
    return Outcome(
        claim=claimed,
        state=State(state),
        exchanges=b64decode(exchanges) if exchanges else None,
        then=tuple(unpacked(one) for one in then),
        flying=flying,
        rest=rest,
        apart=apart,
        recipients=recipients,
        **kept,
    )
