"""Lists of agencies that jobs bring: each page against what the list said before, and what is there no more.

Whoever changes a list holds its row until the commit: so its versions rise in the order of the commits, and a
reader that has all up to one version has missed none below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from lgsp.domain.agencies.entries import Entry, Row, read_page
from lgsp.domain.agencies.facts import Claim
from lgsp.errors import GatewayError
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reading import at
from lgsp.journal.rows import insert, write_entries
from lgsp.journal.tables import agency_entries, agency_lists
from lgsp.message import VIETNAM

OPEN, WHOLE, SHORT = "open", "whole", "short"
"""What a list is: being read, or its last run ended early; as its last run brought it; or much shorter than
before, which a person has to look at."""

PART = 20
"""One in so many may be gone from one run to the next, or `FEW`, or half of a list that has fewer."""
FEW = 20
_PAGE, _LEARNT = 2000, 1000
_MICROS = 1_000_000

_ENTRY = ", ".join(Entry._fields)
_HEAD = "system, job, state, source, confidence, run, version, size, wholes, missing, odd, at, seen"
_ENTER = f"{insert(agency_lists)} ON CONFLICT (system, job) DO NOTHING"
_HELD = f"SELECT {_HEAD} FROM agency_lists WHERE system = ? AND job = ? /* hold */"
_KEEP = (
    "UPDATE agency_lists SET state = ?, source = ?, confidence = ?, run = ?, version = ?, size = ?,"
    " wholes = ?, missing = ?, odd = ?, at = ?, seen = ? WHERE system = ? AND job = ?"
)
_CURRENT = (
    f"SELECT version, listed, {_ENTRY} FROM agency_entries"
    " WHERE system = ? AND job = ? AND current = 1 AND code IN ({})"
)
_BY_VERSION = (
    f"SELECT version, {_ENTRY} FROM agency_entries WHERE system = ? AND job = ? AND version IN ({{}})"
)
_LISTED = (
    "SELECT code, version FROM agency_entries WHERE code > ? AND system = ? AND job = ?"
    f" AND current = 1 AND listed = 1 ORDER BY code LIMIT {_PAGE}"
)
_PASSED = "UPDATE agency_entries SET current = 0 WHERE system = ? AND job = ? AND version = ?"
_INSERT = insert(agency_entries)
_HEADS = "SELECT system, job, version, source, confidence FROM agency_lists ORDER BY system, job"
_SINCE = (
    f"SELECT version, identity, other, since, listed, {_ENTRY} FROM agency_entries"
    " WHERE system = ? AND job = ? AND version > ? AND version <= ? ORDER BY version LIMIT ?"
)
_TOLD = (
    "SELECT system, job, state, source, run, size, missing, odd, at FROM agency_lists ORDER BY system, job"
)


_SHORT = (
    f"SELECT system, job, run, missing, size FROM agency_lists WHERE state = '{SHORT}' ORDER BY system, job"
)


class StaleRunError(GatewayError):
    """Another run of the same list began since, or this one ended: nothing of the page was taken."""


class Counts(NamedTuple):
    """How many agencies of a list are new, say something new, or are there no more."""

    new: int = 0
    changed: int = 0
    gone: int = 0


class Head(NamedTuple):
    """How far a list has come."""

    system: str
    job: str
    version: int
    source: str
    confidence: str

    @property
    def name(self) -> str:
        """Return the list's name."""
        return f"{self.system} {self.job}"


def bring(tx: Transaction, system: str, job: str, claims: Sequence[Claim], run: int) -> Counts:
    """Take a page of a list: what is new and what changed is dated with today; what is known adds nothing.

    An entry that names a code again which the same run named before, and says something else, is counted as
    odd, and so is a claim that says nothing that a list can say.

    Args:
        tx: the transaction in which the page's cursor commits too.
        system: whose list it is.
        job: which of its lists.
        claims: facts, and successions that name the other code of one of them.
        run: number of the run; a later run has a higher one. All pages of one list belong to one run.

    Raises:
        StaleRunError: a later run has begun, or this one is over.
    """
    listing = _opened(tx, system, job, run)
    page = read_page(claims)
    if page.entries:
        listing.source, listing.confidence = page.source, page.confidence.value
    known = {one.entry.code: one for one in _known(tx, listing, [entry.code for entry in page.entries])}
    told = Counter(listing.take(entry, known) for entry in page.entries)
    listing.odd += page.odd + told["odd"]
    listing.size += told["new"]
    listing.keep(tx)
    return Counts(told["new"], told["changed"])


def brought(tx: Transaction, system: str, job: str, run: int) -> int:
    """End a run that brought all of a list, from its beginning to its end; nothing else may be told so.

    What the list has no more is closed with yesterday, unless it lacks too much to be believed: then it all
    stands as it was, until a person looks at it. A run that brought no agency ends nothing.

    Returns:
        How many agencies are there no more.
    """
    listing = _held(tx, system, job)
    if listing is None or (listing.run, listing.state) != (run, OPEN) or not listing.size:
        return 0
    missing = listing.size - listing.seen_count()
    if missing <= _allowed(listing.size):
        return _close(tx, listing, f"run {run}")
    listing.state, listing.missing = SHORT, missing
    _tell(tx, listing, f"run {run}", 0)
    listing.keep(tx)
    return 0


def believe(tx: Transaction, system: str, job: str, run: int, who: str) -> int:
    """Close what a list lacked that was too short to be believed, because a person says that it is right.

    Raises:
        WrongStateError: nothing is missing in this run of it, or it was read again since.
    """
    listing = _held(tx, system, job)
    if listing is None or (listing.run, listing.state) != (run, SHORT):
        raise WrongStateError("nothing is missing in this run of the list, or it was read again since")
    return _close(tx, listing, who)


def heads(tx: Transaction) -> list[Head]:
    """Return the lists there are, and how far each has come."""
    return [Head(*row) for row in tx.rows(_HEADS)]


def rows_between(tx: Transaction, head: Head, after: int, limit: int = _LEARNT) -> list[Any]:
    """Return rows of a list behind a version, up to that of its head, in their order, for `read_rows`.

    Behind a version below the head's there is always one: versions have no gaps.
    """
    return tx.rows(_SINCE, (head.system, head.job, after, head.version, limit))


def read_rows(found: Sequence[Any]) -> list[Row]:
    """Read rows as they stand in the journal: a thing to do off the event loop."""
    return [
        Row(number, Entry(*entry), own, other, date.fromisoformat(since) if since else None, bool(listed))
        for number, own, other, since, listed, *entry in found
    ]


def lists(tx: Transaction) -> list[dict[str, Any]]:
    """Return the lists for people."""
    names = ("system", "job", "state", "source", "run", "size", "missing", "odd", "at")
    return [{**dict(zip(names, row, strict=True)), "at": at(row[-1])} for row in tx.rows(_TOLD)]


def short(tx: Transaction) -> list[tuple[str, str, int, int, int]]:
    """Return the lists that lack too much: system, job, run, how many are missing, and of how many."""
    return [tuple(row) for row in tx.rows(_SHORT)]


# --- one list -------------------------------------------------------------------------------------------


class _Known(NamedTuple):
    version: int
    listed: bool
    entry: Entry


@dataclass(slots=True)
class _List:
    """A list whose row is held, and what is to be written of it."""

    system: str
    job: str
    state: str
    source: str
    confidence: str
    run: int
    version: int
    size: int
    wholes: int
    missing: int
    odd: int
    at: int
    seen: bytearray
    passed: list[tuple[Any, ...]]
    rows: list[tuple[Any, ...]]

    def begin(self, run: int) -> None:
        """Begin a run: nothing of the list was seen yet."""
        self.run, self.state, self.odd, self.seen = run, OPEN, 0, bytearray()

    def take(self, entry: Entry, known: dict[str, _Known]) -> str:
        """Hold an entry against what is known, and return what it is: new, changed, same or odd."""
        was = known.get(entry.code)
        if was is not None and was.listed:
            if was.entry == entry:
                self.see(was.version)
                return "same"
            if self.saw(was.version):
                return "odd"
        known[entry.code] = self.say(entry, was, listed=True)
        return "changed" if was is not None and was.listed else "new"

    def see(self, version: int) -> None:
        """Note that the run brought an entry."""
        place = version >> 3
        if place >= len(self.seen):
            self.seen.extend(bytes(place + 1 - len(self.seen)))
        self.seen[place] |= 1 << (version & 7)

    def saw(self, version: int) -> bool:
        """Tell whether the run brought an entry."""
        place = version >> 3
        return place < len(self.seen) and bool(self.seen[place] >> (version & 7) & 1)

    def seen_count(self) -> int:
        """Return how many entries the run brought; each is current, as a run says one thing of a code."""
        return int.from_bytes(self.seen, "little").bit_count()

    def say(self, entry: Entry, was: _Known | None, *, listed: bool) -> _Known:
        """Put a newer row over what was said of a code."""
        self.version += 1
        if was is not None:
            self.passed.append((self.system, self.job, was.version))
        if listed:
            self.see(self.version)
        since = datetime.fromtimestamp(self.at / _MICROS, VIETNAM).date().isoformat() if self.wholes else ""
        whose = (self.version, self.system, self.job)
        self.rows.append((*whose, *entry, *entry.identities, int(listed), 1, since, self.run))
        return _Known(self.version, listed, entry)

    def keep(self, tx: Transaction) -> None:
        """Write it down; an index holds that a code has one newest row."""
        tx.run(_PASSED, self.passed)
        tx.run(_INSERT, self.rows)
        head = (
            self.state, self.source, self.confidence, self.run, self.version, self.size, self.wholes,
            self.missing, self.odd, self.at, bytes(self.seen), self.system, self.job,
        )  # fmt: skip
        tx.run(_KEEP, [head])


def _held(tx: Transaction, system: str, job: str) -> _List | None:
    found = tx.rows(_HELD, (system, job))
    if not found:
        return None
    *head, _, seen = found[0]
    return _List(*(*head, tx.now, bytearray(seen), [], []))


def _opened(tx: Transaction, system: str, job: str, run: int) -> _List:
    """Return a list for a run that is under way or begins."""
    tx.run(_ENTER, [(system, job, OPEN, "", "low", 0, 0, 0, 0, 0, 0, tx.now, b"")])
    listing = _held(tx, system, job)
    assert listing is not None  # noqa: S101 - it was made just now
    if run > listing.run:
        listing.begin(run)
    if (listing.run, listing.state) != (run, OPEN):
        raise StaleRunError(f"fetching {job} from {system}: run {run} is over")
    return listing


def _known(tx: Transaction, listing: _List, codes: Sequence[str]) -> Iterator[_Known]:
    for version, listed, *entry in tx.among(_CURRENT, codes, before=(listing.system, listing.job)):
        yield _Known(version, bool(listed), Entry(*entry))


def _allowed(size: int) -> int:
    return max(size // PART, min(FEW, size // 2))


def _close(tx: Transaction, listing: _List, who: str) -> int:
    """Say of every listed agency that the run did not bring that it is there no more."""
    if listing.size > listing.seen_count():
        for version, entry in _unseen(tx, listing):
            listing.say(entry, _Known(version, True, entry), listed=False)
    gone = len(listing.rows)
    listing.state, listing.missing, listing.size = WHOLE, 0, listing.size - gone
    listing.wholes += 1
    _tell(tx, listing, who, gone)
    listing.keep(tx)
    return gone


def _unseen(tx: Transaction, listing: _List) -> Iterator[tuple[int, Entry]]:
    whose, after = (listing.system, listing.job), ""
    while page := tx.rows(_LISTED, (after, *whose)):
        unseen = [version for _, version in page if not listing.saw(version)]
        for version, *entry in tx.among(_BY_VERSION, unseen, before=whose):
            yield version, Entry(*entry)
        after = page[-1][0]


def _tell(tx: Transaction, listing: _List, who: str, gone: int) -> None:
    """Leave an entry when agencies are there no more, or are missing."""
    if gone or listing.missing:
        counted = {"job": listing.job, "gone": gone, "missing": listing.missing, "listed": listing.size}
        details = orjson.dumps(counted).decode()
        told = {"what": "agency list ended", "system": listing.system, "who": who, "details": details}
        write_entries(tx, [told])
