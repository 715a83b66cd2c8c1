"""Checking that counts add up: columns to their total, each row within itself, a period to the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lgsp.domain.figures.definitions import Amount, Definition, meanings
from lgsp.domain.figures.findings import Finding, Note, note
from lgsp.domain.figures.table import Row, Table, plain

Said = Iterator[Finding | Note]


@dataclass(slots=True, frozen=True)
class Meant:
    """A stated count, and the meanings by which it is right.

    Attributes:
        place: where it stands.
        stated: the count.
        possible: every meaning whose parts are given, with what it comes to.
    """

    place: str
    stated: int
    possible: tuple[tuple[Definition, Amount], ...]

    @property
    def fits(self) -> dict[str, tuple[Definition, Amount]]:
        """The meanings that give it, by name."""
        return {d.name: (d, amount) for d, amount in self.possible if amount.allows(self.stated)}

    @property
    def nearest(self) -> tuple[Definition, Amount]:
        """The meaning that comes nearest: a recommended one if its parts are given."""
        return min(self.possible, key=lambda one: (not one[0].recommended, abs(one[1].number - self.stated)))


def place_of(table: Table, *parts: str) -> str:
    """Return the name of a place in a table."""
    return "/".join(part for part in (table.period, *parts) if part)


def not_given(table: Table) -> Said:
    """Say which values are not given, and which columns are unknown."""
    for row in table.lines:
        for column in sorted(table.columns):
            if row.counts.get(column) is None:
                yield note("not-given", place_of(table, row.label, column))
    for name in table.unknown:
        yield note("unknown-column", place_of(table, name))


def column_sums(table: Table) -> Said:
    """Compare each column's rows with the total row."""
    for column, stated in (table.total.counts if table.total else {}).items():
        if stated is not None and table.rows:
            yield from _column_sum(table, column, stated)


def _column_sum(table: Table, column: str, stated: int) -> Said:
    given = [row.counts[column] for row in table.rows if row.counts.get(column) is not None]
    missing = [row.label for row in table.rows if row.counts.get(column) is None]
    added = sum(count for count in given if count is not None)
    place = place_of(table, table.total.label if table.total else "", column)
    if not given:
        yield note("not-checkable", place)
    elif missing and stated >= added:
        yield note("holds-only-if", place, stated=stated, columns=", ".join(missing), needed=stated - added)
    elif stated != added:
        formula = " + ".join(str(count) for count in given)
        yield Finding("sum-differs", place, stated, added, formula)


def identities(table: Table) -> Said:
    """Compare each stated sum with its parts in its own row, and its meaning with that in the other rows."""
    for column in sorted(table.columns):
        meant = [one for row in table.lines if (one := _meant(table, row, column))]
        yield from _uncarried(meant) if _hides_carried_over(table, meant) else _ill_founded(meant)
        yield from _several_meanings([one for one in meant if one.fits])


def _meant(table: Table, row: Row, column: str) -> Meant | None:
    stated = row.counts.get(column)
    if stated is None:
        return None
    computed = ((meaning, meaning.amount(table, row)) for meaning in meanings(column))
    possible = tuple((meaning, amount) for meaning, amount in computed if amount is not None)
    return Meant(place_of(table, row.label, column), stated, possible) if possible else None


def _hides_carried_over(table: Table, meant: list[Meant]) -> bool:
    """Tell whether every row leaves more than it took in, in a table silent on what was carried over."""
    over = [
        [one.stated - amount.number for d, amount in one.possible if "whole" in d.formula] for one in meant
    ]
    uncounted = not table.columns & {"carried_over", "total"}
    return uncounted and bool(over) and all(surplus and min(surplus) > 0 for surplus in over)


def _uncarried(meant: list[Meant]) -> Said:
    for one in meant:
        needed = one.stated - one.possible[0][1].number
        yield note("holds-only-if", one.place, stated=one.stated, columns="carried_over", needed=needed)


def overfull(table: Table) -> Said:
    """Flag rows that closed more than there was to handle, where what was carried over is known."""
    for row in table.lines if table.columns & {"carried_over", "total"} else ():
        gone, whole = (
            Definition("", formula).amount(table, row)
            for formula in ("solved + withdrawn + stopped", "whole")
        )
        gone = gone or Definition("", "solved").amount(table, row)
        if gone is not None and whole is not None and gone.number > whole.number:
            place = place_of(table, row.label, "closed")
            yield Finding("more-than-whole", place, gone.number, whole.number, "whole")


def _ill_founded(meant: list[Meant]) -> Said:
    for one in meant:
        meaning, amount = one.nearest
        if not one.fits:
            yield Finding("identity-differs", one.place, one.stated, amount.number, meaning.formula)
        elif all(amount.left_out for _, amount in one.fits.values()):
            yield _only_if(one)


def _only_if(one: Meant) -> Note:
    _, amount = next(iter(one.fits.values()))
    columns, needed = ", ".join(amount.left_out), abs(one.stated - amount.number)
    return note("holds-only-if", one.place, stated=one.stated, columns=columns, needed=needed)


def _several_meanings(meant: list[Meant]) -> Said:
    """Flag the rows that go by another meaning than most."""
    names = [name for one in meant for name in one.fits]
    if not names or max(map(names.count, names)) == len(meant):
        return
    usual = max(dict.fromkeys(names), key=names.count)
    others = [one.place for one in meant if usual in one.fits]
    for one in meant:
        amount = next((found for found in one.possible if found[0].name == usual), None)
        if usual not in one.fits:
            formula = next(o.fits[usual][0].formula for o in meant if usual in o.fits)
            more = {"fits": [d.formula for d, _ in one.fits.values()], "others": others}
            computed = amount[1].number if amount else None
            yield Finding("definitions-differ", one.place, one.stated, computed, formula, more)


def carried_over(before: Table, after: Table) -> Said:
    """Compare what a period carried over with what was left in the one before it."""
    if "carried_over" not in after.columns:
        return
    for row in after.lines:
        stated = row.counts.get("carried_over")
        place = place_of(after, row.label, "carried_over")
        earlier = next((one for one in before.lines if plain(one.label) == plain(row.label)), None)
        if earlier is None:
            yield note("row-not-in-both", place)
        elif stated is not None:
            yield from _carried(before, earlier, stated, place)


def _carried(before: Table, earlier: Row, stated: int, place: str) -> Said:
    left, formula = _left(before, earlier)
    if left is None:
        yield note("not-checkable", place)
    elif left.number != stated and not left.allows(stated):
        yield Finding("carried-over-differs", place, stated, left.number, formula)


def _left(table: Table, row: Row) -> tuple[Amount | None, str]:
    """Return what a row leaves to the next period: as stated, or computed from its parts."""
    for column in ("in_process", "pending"):
        stated = row.counts.get(column)
        if stated is not None:
            return Amount(stated), place_of(table, row.label, column)
    meaning = meanings("in_process")[0]
    return meaning.amount(table, row), meaning.formula
