"""Catalogues: each message of a catalogue's type becomes a version of its item, as it is taken on.

Whoever changes a catalogue holds its row until the commit: so its versions rise in the order of the commits,
and a reader that has all up to one version has missed none below it. What a list lacks is only marked here;
closing it is told by a message of its own, which comes in like any other (see `lgsp.catalogue_closing`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from lgsp.catalogue import Catalogued
from lgsp.domain.codes import agency_code
from lgsp.domain.letters import plain
from lgsp.journal.agency_lists import FEW, PART
from lgsp.journal.catalogues_registers import catalogue_items, catalogues
from lgsp.journal.contract import Arrival, CursorAt, Offer, Transaction, WrongStateError
from lgsp.journal.lines import Revision
from lgsp.journal.reading import at
from lgsp.journal.rows import insert, write_entries
from lgsp.journal.states import State
from lgsp.message import VIETNAM

OPEN, LISTED, WHOLE, SHORT = "open", "listed", "whole", "short"
"""What a catalogue is: never brought from end to end; its list is known, and what stands on it still comes;
as its last list has it; or its last list lacks so much that a person has to look."""
CLOSE, REOPEN, DOUBTED = 1, 2, 3
"""What is to be done about an item: closing it, opening it again, or nothing, as its list is not believed."""
ABSENT, UNLISTED = "catalogue-not-here", "procedure-not-listed"
"""Why a delivery waits: the catalogue was never brought, or lacks what it names. `said` is that code."""
_PAGE = 2000
_MICROS = 1_000_000

_HEAD = "source, type, job, state, version, size, wholes, missing, run, at"
_ENTER = f"{insert(catalogues)} ON CONFLICT (source, type) DO NOTHING"
_HELD = f"SELECT {_HEAD} FROM catalogues WHERE source = ? AND type = ? /* hold */"
_KEEP = (
    "UPDATE catalogues SET job = ?, state = ?, version = ?, size = ?, wholes = ?, missing = ?, run = ?,"
    " at = ? WHERE source = ? AND type = ?"
)
_ABSENT = "UPDATE catalogues SET absent = ? WHERE source = ? AND type = ?"
_STILL_ABSENT = "SELECT absent FROM catalogues WHERE source = ? AND type = ?"
_CURRENT = (
    "SELECT key, version, open, since FROM catalogue_items"
    " WHERE source = ? AND type = ? AND current = 1 AND key IN ({})"
)
_PASSED = (
    "UPDATE catalogue_items SET current = 0, pending = 0, until = ?"
    " WHERE source = ? AND type = ? AND version = ?"
)
_INSERT = insert(catalogue_items)
_COUNT = (
    "UPDATE job_runs SET facts_new = facts_new + ?, facts_changed = facts_changed + ?,"
    " facts_gone = facts_gone + ? WHERE id = ?"
)
_ALL = (
    "SELECT key, version, open, gone, pending FROM catalogue_items WHERE key > ? AND source = ? AND type = ?"
    f" AND current = 1 ORDER BY key LIMIT {_PAGE}"
)
_MARK = (
    "UPDATE catalogue_items SET pending = ? WHERE source = ? AND type = ? AND version IN ({})"
    " RETURNING version"
)
_BELIEVE = (
    f"UPDATE catalogue_items SET pending = {CLOSE}"
    f" WHERE source = ? AND type = ? AND current = 1 AND pending = {DOUBTED}"
)
_OF_JOB = "SELECT source, type FROM catalogues WHERE source = ? AND job = ? AND state = ? ORDER BY type"
_SHORT = (
    "SELECT source, job, run, missing, size FROM catalogues"
    f" WHERE state = '{SHORT}' ORDER BY source, job, type"
)
_TOLD = f"SELECT {_HEAD} FROM catalogues ORDER BY source, type"
_RELEASE = (
    f"UPDATE deliveries SET state = {int(State.READY)}, next_attempt_at = NULL, dispatched_at = NULL,"
    f" changed_at = ? WHERE system = ? AND state = {int(State.PUT_OFF)}"
    f" AND cause IN ('{ABSENT}', '{UNLISTED}') AND said IN ({{}})"
    " AND line NOT IN (SELECT line FROM settling WHERE until > ?) RETURNING id"
)


class Told(NamedTuple):
    """What a message that is taken on says of an item.

    Attributes:
        key: of the item, normal.
        code: as written.
        agency: whose it is, as written.
        message: number of the message.
        run: of the job that brought it, if one did.
    """

    source: str
    type: str
    key: str
    code: str
    agency: str
    message: int
    item: Catalogued
    run: int | None


def told_by(arrival: Arrival, offer: Offer, item: Catalogued, number: int) -> Told:
    """Return what a message that is taken on says to the catalogue of its type."""
    message, run = offer.message, arrival.page.run if arrival.page is not None else item.run
    return Told(
        arrival.source, message.type, message.partitionkey, message.subject, message.agency, number, item, run
    )


def is_overtaken(offer: Offer, held: Sequence[Revision]) -> bool:
    """Tell whether something newer came than what a message was made to follow."""
    item = offer.catalogued
    return item is not None and item.over is not None and bool(held) and held[-1].message != item.over


def enter(tx: Transaction, told: Sequence[Told], pages: Sequence[CursorAt]) -> None:
    """Take what messages say into their catalogues, and hold lists against them.

    Args:
        tx: the transaction that takes the messages on.
        told: what they say, in order.
        pages: of jobs; what stands on their lists came before.
    """
    listing = [(page.system, type_, page) for page in pages for type_ in page.lists]
    if not told and not listing:
        return
    counts: dict[int, Counter[str]] = {}
    for source, type_ in sorted({(one.source, one.type) for one in told} | {one[:2] for one in listing}):
        book = _opened(tx, source, type_)
        mine = [one for one in told if (one.source, one.type) == (source, type_)]
        book.know(tx, [one.key for one in mine])
        for one in mine:
            what = book.take(one)
            if one.run is not None:
                counts.setdefault(one.run, Counter())[what] += 1
        book.write(tx)
        for page in (page for system, its, page in listing if (system, its) == (source, type_)):
            book.hold_against(tx, page)
        book.keep(tx)
        _release(tx, source, [one for one in mine if one.item.open])
    tx.run(_COUNT, [(c["new"], c["changed"], c["gone"], run) for run, c in sorted(counts.items())])


def brought(tx: Transaction, source: str, job: str) -> None:
    """Note that a run came to its end: what its lists name is here, as far as it can be had."""
    for _, type_ in tx.rows(_OF_JOB, (source, job, LISTED)):
        book = _opened(tx, source, type_)
        if book.state == LISTED:
            book.end(tx)


def believe(tx: Transaction, source: str, job: str, run: int, who: str) -> int:
    """Let what a list lacked be closed because a person says that it is right; return how many items.

    Raises:
        WrongStateError: nothing is missing in this run of it, or it was listed again since.
    """
    books = [_opened(tx, source, type_) for _, type_ in tx.rows(_OF_JOB, (source, job, SHORT))]
    believed = [book for book in books if (book.run, book.state) == (run, SHORT)]
    if not believed:
        raise WrongStateError("nothing is missing in this run of the list, or it was read again since")
    for book in believed:
        tx.run(_BELIEVE, [(source, book.type)])
        _tell(tx, book, who, "catalogue believed")
    gone = sum(book.missing for book in believed)
    for book in believed:
        book.missing = 0
        book.end(tx)
    return gone


def short(tx: Transaction) -> list[tuple[str, str, int, int, int]]:
    """Return the catalogues whose lists lack too much: system, job, run, how many items, and of how many."""
    return [tuple(row) for row in tx.rows(_SHORT)]


def lists(tx: Transaction) -> list[dict[str, Any]]:
    """Return the catalogues for people, named as lists of agencies are."""
    names = ("system", "type", "job", "state", "version", "size", "wholes", "missing", "run", "at")
    found = [dict(zip(names, row, strict=True)) for row in tx.rows(_TOLD)]
    return [one | {"at": at(one["at"])} for one in found]


# --- one catalogue --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Known:
    """The newest version of an item; `row` is where it is to be written, when it came just now."""

    version: int
    open: bool
    since: str
    row: list[Any] | None = None


@dataclass(slots=True)
class _Book:
    """A catalogue whose row is held, and what is to be written of it."""

    source: str
    type: str
    job: str
    state: str
    version: int
    size: int
    wholes: int
    missing: int
    run: int
    at: int
    today: date
    known: dict[str, _Known] = field(default_factory=dict)
    passed: list[tuple[Any, ...]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)

    def know(self, tx: Transaction, keys: Collection[str]) -> None:
        """Look up the newest version of items."""
        for key, version, is_open, since in tx.among(
            _CURRENT, sorted(set(keys)), before=(self.source, self.type)
        ):
            self.known[key] = _Known(version, bool(is_open), since)

    def take(self, told: Told) -> str:
        """Put a newer version over what was said of an item; return what it is: new, changed or gone."""
        was, item = self.known.get(told.key), told.item
        since = "" if was is None and not self.wholes else self.today.isoformat()
        if was is not None:
            self._pass(was)
        self.version += 1
        self.size += int(item.open) - int(was is not None and was.open)
        row = [
            self.version, self.source, self.type, told.key, told.code, item.name,
            plain(f"{told.code} {item.name}"), agency_code(told.agency) or told.agency, item.state,
            int(item.open), item.more, told.message, since, None, int(item.gone), 0, 1,
        ]  # fmt: skip
        self.rows.append(row)
        self.known[told.key] = _Known(self.version, item.open, since, row)
        if was is None or (item.open and not was.open):
            return "new"
        return "gone" if was.open and not item.open else "changed"

    def _pass(self, was: _Known) -> None:
        """End a version with yesterday, unless it began today: then it held on no day."""
        until = (self.today - timedelta(days=1)).isoformat()
        if was.row is None:
            self.passed.append((until, self.source, self.type, was.version))
        else:
            was.row[-4], was.row[-1] = until, 0

    def write(self, tx: Transaction) -> None:
        """Write the versions; an index holds that an item has one newest."""
        tx.run(_PASSED, self.passed)
        tx.run(_INSERT, self.rows)
        self.passed, self.rows = [], []

    def hold_against(self, tx: Transaction, page: CursorAt) -> None:
        """Mark what a list lacks, and what it has again, unless it lacks too much to be believed."""
        listed = frozenset(page.lists[self.type])
        marks: dict[int, list[int]] = {0: [], CLOSE: [], REOPEN: []}
        absent = set(listed)
        for key, version, is_open, gone, pending in self._items(tx):
            wanted = _wanted(key in listed, is_open=bool(is_open), gone=bool(gone))
            if wanted or pending:
                marks[wanted].append(version)
            absent.discard(key)
        missing = len(marks[CLOSE])
        doubted = missing > max(self.size // PART, min(FEW, self.size // 2))
        self.job, self.run, self.state = page.job, page.run, SHORT if doubted else LISTED
        self.missing = missing if doubted else 0
        if doubted:
            marks[DOUBTED] = marks.pop(CLOSE)
            _tell(tx, self, f"run {page.run}", "catalogue short")
        for pending, versions in marks.items():
            tx.among(_MARK, versions, before=(pending, self.source, self.type))
        self._note_absent(tx, absent)

    def _items(self, tx: Transaction) -> Iterator[Any]:
        after = ""
        while page := tx.rows(_ALL, (after, self.source, self.type)):
            yield from page
            after = page[-1][0]

    def end(self, tx: Transaction) -> None:
        """Note that all came that its list names; what of it could not be had is not unknown for that."""
        absent = set(orjson.loads(tx.rows(_STILL_ABSENT, (self.source, self.type))[0][0]))
        self.known.clear()
        self.know(tx, absent)
        self._note_absent(tx, absent - self.known.keys())
        self.state, self.wholes = WHOLE, self.wholes + 1
        self.keep(tx)

    def _note_absent(self, tx: Transaction, keys: Collection[str]) -> None:
        tx.run(_ABSENT, [(orjson.dumps(sorted(keys)).decode(), self.source, self.type)])

    def keep(self, tx: Transaction) -> None:
        """Write down how far it has come."""
        head = (self.job, self.state, self.version, self.size, self.wholes, self.missing, self.run, self.at)
        tx.run(_KEEP, [(*head, self.source, self.type)])


def _wanted(listed: bool, *, is_open: bool, gone: bool) -> int:
    """Return what is to be done about an item; what its source itself calls closed stays as it says."""
    if is_open and not listed:
        return CLOSE
    return REOPEN if gone and listed else 0


def _opened(tx: Transaction, source: str, type_: str) -> _Book:
    """Return a catalogue, held; one that is new is entered in the register."""
    tx.run(_ENTER, [(source, type_, "", OPEN, 0, 0, 0, 0, 0, tx.now, "[]")])
    (*head, _), *_ = tx.rows(_HELD, (source, type_))
    today = datetime.fromtimestamp(tx.now / _MICROS, VIETNAM).date()
    return _Book(*(*head, tx.now, today))


def _release(tx: Transaction, source: str, told: Sequence[Told]) -> None:
    """Make ready what waited until the catalogue of its system has what it names."""
    codes = sorted({name for one in told for name in (one.key, one.code)})
    if codes and source not in tx.collecting:
        tx.among(_RELEASE, codes, tx.now, before=(tx.now, source))


def _tell(tx: Transaction, book: _Book, who: str, what: str) -> None:
    counted = {"type": book.type, "job": book.job, "missing": book.missing, "listed": book.size}
    details = orjson.dumps(counted).decode()
    write_entries(tx, [{"what": what, "system": book.source, "who": who, "details": details}])
