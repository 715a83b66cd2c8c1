"""Reading dossier statistics: what was added before a period and in it, as it was known at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lgsp.domain.statistics.definitions import Definition
from lgsp.domain.statistics.halves import YEAR, begins, half_of
from lgsp.domain.statistics.lives import FINISHED, RETURNED, STOPPED, Known
from lgsp.domain.statistics.moves import COLUMNS, REASONS, moves
from lgsp.domain.statistics.sums import of_one
from lgsp.journal.contract import Transaction
from lgsp.journal.statistics_lives import LIVES, read
from lgsp.journal.statistics_tables import IS_KNOWN, LATE

BY = ("agency", "procedure", "field")
_SUMS = ", ".join(f"sum({column})" for column in COLUMNS)
_AT = {column: n for n, column in enumerate(COLUMNS)}
_BEHIND_DOT = chr(ord(".") + 1)
_LAST = "\U0010ffff"
_PAGE = 500
_ALL = "1 = 1"
_EVER = -(1 << 62)


@dataclass(slots=True, frozen=True)
class Sought:
    """What figures are of.

    Attributes:
        definition: the way to count.
        begins: the first moment of the period: also the first one of a half-month.
        ends: the moment as of which it is counted, behind its beginning.
        known: what was known before this moment; None is all that is known.
        tops: normal codes of the agencies, each with all under it; empty is every agency.
        only: of these only those with exactly such a code.
    """

    definition: Definition
    begins: int
    ends: int
    known: int | None = None
    tops: tuple[str, ...] = ()
    only: frozenset[str] | None = None


class Added:
    """What was added before a period, and in it, by column of `COLUMNS`."""

    __slots__ = ("before", "during")

    def __init__(self) -> None:
        self.before = [0] * len(COLUMNS)
        self.during = [0] * len(COLUMNS)

    def add(self, numbers: Iterable[int], *, before: bool) -> None:
        """Add one number for each column."""
        vector = self.before if before else self.during
        for n, number in enumerate(numbers):
            vector[n] += number


def added(tx: Transaction, sought: Sought, by: str) -> dict[str, Added]:
    """Return what was added, by agency, procedure or field: the codes as the register has them.

    Raises:
        ValueError: the period does not begin with a half-month: nothing is counted ahead for it.
    """
    if begins(half_of(sought.begins)) != sought.begins:
        raise ValueError(
            "period: it does not begin on the 1st or the 15th; dossiers are counted by those days"
        )
    found: dict[str, Added] = {}
    for sql, values in _counted(sought, by):
        for name, before, *numbers in tx.rows(sql, values):
            found.setdefault(name, Added()).add(numbers, before=bool(before))
    for known, sign, first, last in _exact(tx, sought):
        into = found.setdefault(getattr(known.life, by), Added())
        for move in moves(known.life, sought.definition):
            if first <= move.at < last:
                vector = into.before if move.at < sought.begins else into.during
                vector[_AT[move.column]] += sign * move.number
    return found


def _counted(sought: Sought, by: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield the statements that read what was counted ahead: the year, those before, and what came late."""
    first, last = half_of(sought.begins), half_of(sought.ends - 1) + 1
    year = first // YEAR
    known = None if sought.known is None else half_of(sought.known)
    where, values = _under(sought)
    head, tail = f"SELECT {by}, at < ?, {_SUMS} FROM", f" AND {where} GROUP BY 1, 2"
    number = sought.definition.number
    so_far, seen = ("", []) if known is None else (" AND known < ?", [known])
    sql = f"{head} statistics_halves WHERE definition = ? AND at >= ? AND at < ?{so_far}{tail}"
    yield sql, [first, number, year * YEAR, last, *seen, *values]
    seen = [] if known is None else [known // YEAR]
    yield (
        f"{head} statistics_years WHERE definition = ? AND at < ?{so_far}{tail}",
        [year, number, year, *seen, *values],
    )
    if known is not None:
        late = f"statistics_halves WHERE definition = ? AND {LATE} AND known >= ? AND known < ? AND at < ?"
        yield f"{head} {late}{tail}", [first, number, known // YEAR * YEAR, known, year * YEAR, *values]


def _exact(tx: Transaction, sought: Sought) -> Iterator[tuple[Known, int, int, int]]:
    """Yield lives that half-months are too coarse for, with a sign, and which of their moves count.

    Where the half-month of the end is not over, what lies behind the end goes; where that of the knowledge is
    not, what was learnt in it comes.
    """
    end = begins(half_of(sought.ends - 1) + 1)
    at = None if sought.known is None else begins(half_of(sought.known))
    if end != sought.ends:
        for condition, values in _alive_then(at):
            for known in _lives(tx, sought, f"newest >= ? AND {condition}", [sought.ends, *values]):
                yield known, -1, sought.ends, end
    if at is not None and at != sought.known:
        for column, sign in (("since", 1), ("until", -1)):
            for known in _lives(tx, sought, f"{column} >= ? AND {column} < ?", [at, sought.known]):
                yield known, sign, _EVER, sought.ends


def _alive_then(at: int | None) -> list[tuple[str, list[int]]]:
    """Return conditions of which each life that was known right before a moment fulfils one."""
    if at is None:
        return [(IS_KNOWN, [])]
    return [(f"{IS_KNOWN} AND since < ?", [at]), ("until >= ? AND since < ?", [at, at])]


def _lives(tx: Transaction, sought: Sought, where: str, values: list[Any]) -> Iterator[Known]:
    """Yield lives at the agencies that are sought; that is looked at here: moments choose the index."""
    for row in tx.rows(f"{LIVES} {where}", values):
        known = read(row)[1]
        if not sought.tops or any(f"{known.life.agency}.".startswith(f"{top}.") for top in sought.tops):
            yield known


def _under(sought: Sought) -> tuple[str, list[str]]:
    """Return the condition that an agency lies in one of the subtrees that are sought, and its values."""
    tops = sought.tops
    parts = [" OR ".join(["agency = ? OR (agency >= ? AND agency < ?)"] * len(tops))] if tops else []
    values = [value for top in tops for value in (top, f"{top}.", f"{top}{_BEHIND_DOT}")]
    if sought.only is not None:
        parts.append(f"agency IN ({', '.join('?' * len(sought.only)) or 'NULL'})")
        values += sorted(sought.only)
    return " AND ".join(f"({part})" for part in parts) or _ALL, values


def agencies(tx: Transaction, definition: Definition) -> list[str]:
    """Return the codes of all agencies of which anything was counted."""
    sql = "SELECT agency FROM statistics_years WHERE definition = ? GROUP BY agency"
    return sorted(agency for (agency,) in tx.rows(sql, (definition.number,)))


# --- the dossiers behind a figure -------------------------------------------------------------------------

_OPEN = "(gone IS NULL OR gone >= ? OR status = ?)"
_UNDATED = f"(status IN ({FINISHED}, {RETURNED}) AND released IS NULL)"
_COLUMNS_OF = {
    "received": ("received", "online", "direct"),
    "gone": ("early", "on_time", "late", "in_time", "solved", "withdrawn", "stopped", "refused"),
    "left": ("in_process", "in_process_on_time", "in_process_late", "waiting"),
    "unplaced": ("unclassified", *REASONS),
}
_GROUP = {column: group for group, columns in _COLUMNS_OF.items() for column in columns}


def behind_a_figure(
    tx: Transaction, sought: Sought, of: tuple[str, str, str], after: str = "", limit: int = 100
) -> list[str]:
    """Return the keys of dossiers that a figure counts, in the order of agency and key.

    Args:
        tx: the snapshot to read.
        sought: what the figure is of.
        of: `procedure`, `field` or empty, the code that it has to be, and the figure's column.
        after: the last key of the page before.
        limit: so many at most.
    """
    by, code, column = of
    where, values = _under(sought)
    alive, then = _alive(sought)
    sure, these = _roughly(sought, column)
    also, that = (f" AND {by} = ?", [code]) if by else ("", [])
    sql = (
        f"{LIVES} {alive} AND {where} AND {sure}{also}"
        " AND (agency, key) > (?, ?) AND agency <= ? ORDER BY agency, key LIMIT ?"
    )
    found: list[str] = []
    first, last = _bounds(sought)
    place = _place(tx, sought, after) or [first, ""]
    while len(found) < limit:
        rows = [read(row) for row in tx.rows(sql, [*then, *values, *these, *that, *place, last, _PAGE])]
        found += [key for key, known in rows if _counts(sought, known, column)]
        if len(rows) < _PAGE:
            break
        key, known = rows[-1]
        place = [known.life.agency, key]
    return found[:limit]


def _counts(sought: Sought, known: Known, column: str) -> bool:
    return bool(of_one(sought.definition, known.life, sought.begins, sought.ends)[column])


def _alive(sought: Sought) -> tuple[str, list[int]]:
    if sought.known is None:
        return IS_KNOWN, []
    return f"since < ? AND ({IS_KNOWN} OR until >= ?)", [sought.known, sought.known]


def _place(tx: Transaction, sought: Sought, after: str) -> list[str]:
    """Return where to go on behind a key: its agency as it was known then, and the key; empty at first."""
    alive, then = _alive(sought)
    found = tx.rows(f"{LIVES} key = ? AND {alive}", [after, *then]) if after else []
    return [read(found[0])[1].life.agency, after] if found else []


def _bounds(sought: Sought) -> tuple[str, str]:
    """Return two codes between which all agencies lie that are sought."""
    if sought.only is not None:
        return min(sought.only, default=""), max(sought.only, default="")
    return min(sought.tops, default=""), max((f"{top}{_BEHIND_DOT}" for top in sought.tops), default=_LAST)


def _roughly(sought: Sought, column: str) -> tuple[str, list[int]]:
    """Return a condition that holds for all that a column counts, and for little else."""
    during = [sought.begins, sought.ends]
    group = _GROUP.get(column, "")
    if group in {"received", "gone"}:
        return f"{group} >= ? AND {group} < ?", during
    if group == "unplaced":
        return f"(received IS NULL OR status = 0 OR channel = '' OR promised IS NULL OR {_UNDATED})", []
    since = sought.ends if group == "left" else sought.begins
    ends = sought.begins if column == "carried_over" else sought.ends
    return f"received < ? AND {_OPEN}", [ends, since, STOPPED]
