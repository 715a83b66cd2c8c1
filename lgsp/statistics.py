"""Dossier statistics: a table of figures by agency, level, procedure or field, and the dossiers behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from lgsp.domain.agencies.register import Register
from lgsp.domain.codes import agency_code, under
from lgsp.domain.reports.periods import Period
from lgsp.domain.statistics.definitions import DEFINITIONS, Definition
from lgsp.domain.statistics.levels import level_of, local_levels
from lgsp.domain.statistics.sums import FIGURES, figures
from lgsp.journal import agencies, statistics, statistics_keeping
from lgsp.journal.contract import Transaction
from lgsp.journal.statistics import Added, Sought

BY = ("agency", "level", "procedure", "field", "total")
UNTOLD = "-"
"""The code of the row of what says none, or of whose level nothing tells."""
_MICROS = 1_000_000


@dataclass(slots=True, frozen=True)
class Asked:
    """Which table is asked for.

    Attributes:
        by: what a row is of, one of `BY`. An agency's row is of a body right below the one asked for, with
            all under it; what is that one's own stands under its own code.
        agency: the top of a subtree, in any form of agency codes; empty is every agency.
        period: whose figures.
        definition: the way to count, a label of `DEFINITIONS`.
        known_at: what was known before this moment, in microseconds (`cut_off` of a period gives the closed
            figures); None is what is known now.
        merged: closed bodies of which all went into the agency count as its own; else codes count as written.
        on: the day as of which that is so; None is the period's last day.
    """

    by: str
    agency: str
    period: Period
    definition: str = "standard/1"
    known_at: int | None = None
    merged: bool = True
    on: date | None = None

    @property
    def day(self) -> date:
        """The day as of which agencies are."""
        return self.on or self.period.last

    @property
    def top(self) -> str:
        """The normal code of the agency.

        Raises:
            ValueError: it is none.
        """
        top = agency_code(self.agency) if self.agency else ""
        if top is None:
            raise ValueError(f"agency: {self.agency!r} is no agency code; write it as H44 or H44.11")
        return top


class Row(NamedTuple):
    """One row: the code of what it is of, and its figures by `lgsp.domain.statistics.sums.FIGURES`."""

    code: str
    counts: Mapping[str, int]


class Table(NamedTuple):
    """Figures of one period.

    Attributes:
        rows: in the order of their codes, levels from the top.
        total: of all rows.
        as_of: until when everything that was taken on is counted, in microseconds; 0 while it is not yet.
        definition: the label of the way to count.
        until: the moment as of which stocks are: the cut-off, or earlier where it had not come yet.
    """

    rows: tuple[Row, ...]
    total: Mapping[str, int]
    as_of: int
    definition: str
    until: int


def cut_off(period: Period) -> int:
    """Return the moment at which a period's figures are closed, in microseconds."""
    return int(period.cut_off.timestamp()) * _MICROS


def table(tx: Transaction, asked: Asked, known: Register | None = None) -> Table:
    """Return a table.

    Args:
        tx: the snapshot to read.
        asked: which one.
        known: what is known of agencies; None is what comes with the product and was added in the journal.

    Raises:
        ValueError: something that was asked for is not there, or the period has not begun; it says what.
    """
    if asked.by not in BY:
        raise ValueError(f"by: {asked.by!r} is none of {', '.join(BY)}")
    register = agencies.register(tx) if known is None else known
    sought = _sought(tx, asked, register)
    by = asked.by if asked.by in statistics.BY else "agency"
    rows: dict[str, Added] = {}
    total, name = Added(), _naming(asked, sought, register)
    for code, added in statistics.added(tx, sought, by).items():
        for into in (total, rows.setdefault(name(code), Added())):
            into.add(added.before, before=True)
            into.add(added.during, before=False)
    return Table(
        tuple(_rows(asked, sought.definition, rows)),
        figures(sought.definition, total.before, total.during),
        statistics_keeping.behind(tx),
        asked.definition,
        sought.ends,
    )


def dossiers(  # noqa: PLR0913, PLR0917 - a cell of a table, and a page of what is behind it
    tx: Transaction,
    asked: Asked,
    code: str,
    column: str,
    after: str = "",
    limit: int = 100,
    known: Register | None = None,
) -> list[str]:
    """Return the keys of the dossiers behind a figure of a table, a page at a time.

    Args:
        tx: the snapshot to read.
        asked: the table.
        code: the row's code; empty is the row of the total.
        column: one of `FIGURES`.
        after: the last key of the page before; empty for the first one.
        limit: so many at most; fewer are the end.
        known: as for `table`.

    Raises:
        ValueError: there is no such table or column.
    """
    if column not in FIGURES:
        raise ValueError(f"column: {column!r} is none of {', '.join(FIGURES)}")
    register = agencies.register(tx) if known is None else known
    sought = _sought(tx, asked, register)
    if not code or asked.by == "total":
        return statistics.behind_a_figure(tx, sought, ("", "", column), after, limit)
    if asked.by in {"procedure", "field"}:
        of = asked.by, "" if code == UNTOLD else code, column
        return statistics.behind_a_figure(tx, sought, of, after, limit)
    name = _naming(asked, sought, register)
    exact = frozenset(one for one in statistics.agencies(tx, sought.definition) if name(one) == code)
    return statistics.behind_a_figure(tx, replace(sought, only=exact), ("", "", column), after, limit)


# --- what is asked for ------------------------------------------------------------------------------------


def _sought(tx: Transaction, asked: Asked, register: Register) -> Sought:
    definition = DEFINITIONS.get(asked.definition)
    if definition is None:
        raise ValueError(f"definition: {asked.definition!r} is none of {', '.join(DEFINITIONS)}")
    begins = int(asked.period.begins.timestamp()) * _MICROS
    ends = min(cut_off(asked.period), tx.now if asked.known_at is None else asked.known_at)
    if ends <= begins:
        raise ValueError(f"period: {asked.period.label} had not begun then; name an earlier one")
    tops = _tops(tx, asked, definition, register) if asked.top else ()
    return Sought(definition, begins, ends, asked.known_at, tops)


def _tops(tx: Transaction, asked: Asked, definition: Definition, register: Register) -> tuple[str, ...]:
    """Return the agency, and the closed codes elsewhere of which all went into it by the day."""
    top = asked.top
    if not asked.merged:
        return (top,)
    there = [code for code in statistics.agencies(tx, definition) if code and not under(code, top)]
    went = [code for code in there if register.covers(top, code, asked.day)]
    highest = [code for code in went if not any(code != one and under(code, one) for one in went)]
    return top, *highest


def _naming(asked: Asked, sought: Sought, register: Register) -> Callable[[str], str]:
    """Return what gives the row of a code."""
    if asked.by == "level":
        return lambda code: level_of(register, code, asked.day) or UNTOLD
    if asked.by == "agency":
        return lambda code: _body(code, asked.top, sought.tops) or UNTOLD
    return lambda code: code or UNTOLD


def _body(agency: str, top: str, tops: Sequence[str]) -> str:
    """Return the body right below an agency in which another one lies; one that went into it, by its top."""
    if top and not under(agency, top):
        return next((code for code in tops if under(agency, code)), agency)
    depth = top.count(".") + 2 if top else 2
    return ".".join(agency.split(".")[:depth])


def _rows(asked: Asked, definition: Definition, rows: Mapping[str, Added]) -> Iterator[Row]:
    """Yield the rows that hold anything; of local levels those that there are on the day in any case."""
    levels = local_levels(asked.day) if asked.by == "level" else ()
    first = [*(["central"] if asked.by == "level" and "central" in rows else []), *levels]
    order = [] if asked.by == "total" else [*first, *sorted(rows.keys() - {*first})]
    for code in order:
        added = rows.get(code) or Added()
        counts = figures(definition, added.before, added.during)
        if code in levels or any(counts.values()):
            yield Row(code, counts)
