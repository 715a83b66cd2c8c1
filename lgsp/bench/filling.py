"""Filling a journal with a province's traffic of a quarter: for measuring what is read of it.

Rows are written straight into the tables, not walked through the gateway: millions of them in minutes. They
are spread as in life: few agencies bring most, nearly all is delivered, and what is not has few causes.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from lgsp.journal import partitions
from lgsp.journal.columns import DELIVERY_COLUMNS
from lgsp.journal.contract import Transaction
from lgsp.journal.lines import alias_digest
from lgsp.journal.postgres import PostgresJournal, connect
from lgsp.journal.rows import FIRST, insert
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.states import FINAL, State
from lgsp.journal.tables import metadata
from lgsp.message import Kind

CHUNK = 20_000
_DAY = 86_400_000_000
_DAYS = 90
_FILLED = (
    "raws",
    "messages",
    "bodies",
    "deliveries",
    "history",
    "attempts",
    "entries",
    "aliases",
    "quarantine",
)
ONE_STOP, PORTAL, AXIS = "one-stop", "national-portal", "document-axis"


Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""By table."""


class _Sort(NamedTuple):
    """One kind of traffic: how often, from where to where."""

    weight: int
    type: str
    kind: Kind
    source: str
    system: str
    gone: bool = False
    """No home has the system any more: nothing may be open."""


_SORTS = (
    _Sort(35_000, "dossier.v1", Kind.SNAPSHOT, ONE_STOP, PORTAL),
    _Sort(45_000, "dossier.progress.v1", Kind.EVENT, ONE_STOP, PORTAL),
    _Sort(6_000, "document.v1", Kind.DOCUMENT, "dms", AXIS),
    _Sort(2_000, "document.v1", Kind.DOCUMENT, AXIS, "dms"),
    _Sort(11_990, "document.status.v1", Kind.EVENT, AXIS, "dms"),
    _Sort(9, "report.v1", Kind.DOCUMENT, "reporting", "ministry-reporting", gone=True),
    _Sort(1, "agency.v1", Kind.SNAPSHOT, "directory", "land-registry", gone=True),
)
_STATES = (
    (970_000, State.DELIVERED), (18_000, State.SUPERSEDED), (1_000, State.CANCELLED), (200, State.REPLACED),
    (3_000, State.REFUSED), (800, State.EXHAUSTED), (100, State.EXPIRED), (150, State.HELD),
    (300, State.PARKED), (300, State.WAITING),
)  # fmt: skip
_CAUSES = {
    State.REFUSED: ("portal-field-missing", "portal-value-refused", "portal-not-found", "portal-duplicate"),
    State.EXHAUSTED: ("timed-out", "uncatalogued", "connection-refused"),
    State.EXPIRED: ("expired",),
    State.HELD: ("arrival-unknown", "held-by-operator"),
    State.PUT_OFF: ("connection-refused", "portal-busy"),
}
_FINDINGS = ("look-alike", "returned", "closed-agency", "unlisted-agency")
_BACKLOG = 5_000
"""Of the newest messages so many wait, most of them put off."""
AGENCIES = [
    *(f"H44.{n:02d}" for n in range(1, 26)), *(f"H44.{n}" for n in range(101, 231)),
    *(f"H44.{n:02d}.{m:02d}" for n in range(1, 26) for m in range(1, 9)), "000.00.12.H44", "000.07.31.H44",
]  # fmt: skip
"""Of the province: departments, communes, what lies under departments, and two that write the old form."""
OTHERS = [f"G{n:02d}.{m:02d}" for n in range(1, 23) for m in range(1, 15)]
"""Who writes documents from elsewhere."""


_CODE = b"@code"
_BODY = orjson.dumps(
    {
        "code": _CODE.decode(), "status": "processing", "channel": "online", "handling_unit": "Sở Tư pháp",
        "procedure": {"code": "1.003897", "name": "Cấp giấy xác nhận tình trạng hôn nhân"},
        "applicant": {"kind": "citizen", "name": "Nguyễn Văn A"}, "subject": "Đề nghị cấp giấy xác nhận",
        "received_at": "2026-01-31T08:30:00+07:00", "due_at": "2026-02-06T17:00:00+07:00",
    }
)  # fmt: skip


def key_of(number: int) -> str:
    """Return the code of the dossier that a message is about: some messages in a row share one."""
    group = number // 6
    return f"{AGENCIES[_skewed(group, len(AGENCIES))]}-26{1 + group % 9:02d}{1 + group % 28:02d}-{group:08d}"


def document_of(number: int) -> tuple[str, str, str]:
    """Return the id of a document, and its number and notation."""
    group = number // 3
    agency, notation = OTHERS[_skewed(group, len(OTHERS))], ("UBND-VP", "STP-HC", "SNV-CCHC")[group % 3]
    return f"{agency},2026/{1 + group % 9:02d}/{1 + group % 28:02d},{group}/{notation}", str(group), notation


def _skewed(number: int, count: int) -> int:
    """Return a place among many, the first far more often than the last, always the same for a number."""
    spread = (number * 2_654_435_761 % 1_000_003) / 1_000_003
    return int(count * spread**3)


@dataclass(slots=True)
class _Chunk:
    """The rows of some messages, by table."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in _FILLED})

    def add(self, table: str, *row: Any) -> None:
        """Add one."""
        self.rows[table].append(row)


class Filling:
    """Makes the rows of so many messages, the newest of now."""

    def __init__(self, messages: int, now: int | None = None) -> None:
        self._messages = messages
        self._now = now or time.time_ns() // 1000
        self._dice = random.Random(44)

    def chunks(self) -> Iterator[Rows]:
        """Yield the rows by table, oldest first."""
        sorts = self._dice.choices(_SORTS, [one.weight for one in _SORTS], k=100_003)
        states = self._dice.choices([s for _, s in _STATES], [w for w, _ in _STATES], k=1_000_003)
        for first in range(1, self._messages + 1, CHUNK):
            chunk = _Chunk()
            for number in range(first, min(first + CHUNK, self._messages + 1)):
                sort = sorts[number * 7919 % len(sorts)]
                self._message(
                    chunk, number, sort, self._state(number, sort, states[number * 7907 % len(states)])
                )
            yield chunk.rows

    def _state(self, number: int, sort: _Sort, state: State) -> State:
        if sort.gone:
            return State.DELIVERED
        if number > self._messages - _BACKLOG:
            ready = State.READY if sort.type == "dossier.v1" else State.PUT_OFF
            return (State.PUT_OFF, State.PUT_OFF, State.PUT_OFF, ready, State.DELIVERED)[number % 5]
        return state

    def _message(self, chunk: _Chunk, number: int, sort: _Sort, state: State) -> None:
        at = self._now - (self._messages - number) * (_DAYS * _DAY // self._messages)
        identity = hashlib.blake2b(b"%d" % number, digest_size=16).digest()
        if sort.type.startswith("document."):
            key, digits, notation = document_of(number)
            agency = key.partition(",")[0]
            for name in (f"id:{key}", f"code:{digits}/{notation.casefold()}"):
                chunk.add("aliases", number, alias_digest(name))
        else:
            key = key_of(number)
            agency = key.partition("-")[0]
        odd = number % 50 == 0
        findings = f'[{{"code":"{_FINDINGS[number // 50 % 4]}","place":"","read":""}}]' if odd else None
        unrouted = number % 7001 == 0
        chunk.add(
            "messages", number, identity, identity, 1, identity * 2, sort.source, sort.type, int(sort.kind),
            key, key, agency, at, at, None, "", "", 1, unrouted, number, 0, findings, None, identity * 2,
        )  # fmt: skip
        chunk.add("bodies", number, identity, 0, _BODY.replace(_CODE, key.encode()))
        chunk.add("raws", number, sort.source, at, "application/json", identity * 2, 400, None, 0, None, None)
        self._entry(chunk, number, at, "unrouted" if unrouted else "accepted", sort.source, "", None)
        if not unrouted:
            self._delivery(chunk, number, at, sort, state, identity)
        if number % 211 == 0:
            chunk.add(
                "quarantine", number, at, sort.source, sort.type, key, "invalid",
                '[["received_at","not-a-time",""]]', number, 0,
            )  # fmt: skip

    def _delivery(  # noqa: PLR0913, PLR0917 - one row
        self, chunk: _Chunk, number: int, at: int, sort: _Sort, state: State, identity: bytes
    ) -> None:
        causes = _CAUSES.get(state)
        cause = causes[number % len(causes)] if causes else None
        tried, done = state not in {State.PARKED, State.WAITING, State.READY}, at + 1_500_000
        said = {
            "id": number, "message_id": number, "source": sort.source, "system": sort.system,
            "line": identity, "identity": identity, "seq": number, "kind": int(sort.kind), "type": sort.type,
            "state": int(state), "attempt": int(tried), "cause": cause, "epoch": 1, "created_at": at,
            "changed_at": done if tried else at,
            "next_attempt_at": self._now + _DAY if state in {State.PUT_OFF, State.PARKED} else None,
        }  # fmt: skip
        row = tuple((FIRST | said)[name] for name in DELIVERY_COLUMNS)
        closed = state in FINAL and state not in {State.REFUSED, State.EXHAUSTED, State.EXPIRED}
        chunk.add("history" if closed else "deliveries", *row)
        if tried:
            chunk.add("attempts", number, 1, 1, at, done, int(state), cause, None, 0, None, None)
            self._entry(chunk, number, done, state.word, sort.source, sort.system, state)

    def _entry(  # noqa: PLR0913, PLR0917 - one row
        self, chunk: _Chunk, number: int, at: int, what: str, source: str, system: str, state: State | None
    ) -> None:
        delivery, final = (number, state in FINAL) if state is not None else (None, False)
        chunk.add(
            "entries", 2 * number + bool(system), at, what, number, delivery, source, system or None,
            None if state is None else int(state), 1 if system else None, None,
            "worker 1" if system else source, None, None, int(final), 0,
        )  # fmt: skip


async def fill(url: str, messages: int, then: Callable[[Transaction], None]) -> None:
    """Fill an empty journal behind a URL, whose tables are there; its planner knows it afterwards.

    Args:
        url: the journal's.
        messages: how many.
        then: what is written last.
    """
    filling = Filling(messages)
    if url.startswith("sqlite"):
        await _fill_file(Path(url.removeprefix("sqlite:///")), filling, then)
    else:
        await _fill_server(url, filling, messages, then)


async def _fill_file(path: Path, filling: Filling, then: Callable[[Transaction], None]) -> None:
    journal = await SqliteJournal.open(path)
    try:
        for rows in filling.chunks():
            await journal.write(partial(_write, rows))
        await journal.write(then)
        await journal.tend()
    finally:
        await journal.close()


def _write(rows: Rows, tx: Transaction) -> None:
    for table, some in rows.items():
        tx.run(insert(metadata.tables[table]), some)


async def _fill_server(
    url: str, filling: Filling, messages: int, then: Callable[[Transaction], None]
) -> None:
    connection = await connect(url)
    try:
        for counter in ("messages", "deliveries", "raws", "quarantine"):
            await connection.execute(f"SELECT setval('{counter}_ids', {messages + 1})")
        await connection.execute(f"SELECT setval('entries_ids', {2 * messages + 2})")
        journal = await PostgresJournal.open(url)
        await journal.write(partitions.make_ahead)
        await journal.write(then)
        await journal.close()
        for rows in filling.chunks():
            for table, some in rows.items():
                names = [column.name for column in metadata.tables[table].columns]
                await connection.copy_records_to_table(table, records=some, columns=names, timeout=600)
        await connection.execute("VACUUM ANALYZE", timeout=3600)
    finally:
        await connection.close()
