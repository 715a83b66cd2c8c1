"""Checking claimed counts and percentages: which numerator and denominator give them, and are they shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

from lgsp.domain.figures.definitions import Amount, Definition, denominators, group, numerators
from lgsp.domain.figures.findings import Finding, Note, note
from lgsp.domain.figures.numbers import Percent, share
from lgsp.domain.figures.sums import place_of
from lgsp.domain.figures.table import Claim, Row, Table

Said = Iterator[Finding | Note]
Known = tuple[Definition, Amount]


@dataclass(slots=True, frozen=True)
class Ratio:
    """One way to compute a percentage."""

    numerator: Definition
    denominator: Definition
    part: Amount
    whole: Amount

    @property
    def percent(self) -> Decimal | None:
        """The share in percent; None of nothing."""
        return share(self.part.number, self.whole.number)

    @property
    def recommended(self) -> bool:
        """Whether both sides are defined as this platform recommends."""
        return self.numerator.recommended and self.denominator.recommended

    def __str__(self) -> str:
        """Return `early / solved = 313 / 392`."""
        over = self.denominator.formula
        below = f"({over})" if " " in over else over
        above = f"({self.numerator.formula})" if " " in self.numerator.formula else self.numerator.formula
        return f"{above} / {below} = {self.part.number} / {self.whole.number}"


@dataclass(slots=True, frozen=True)
class Claimed:
    """A claimed percentage, and every way to compute one.

    Attributes:
        claim: what is claimed.
        place: where.
        percent: the percentage.
        ways: every way whose parts are given.
    """

    claim: Claim
    place: str
    percent: Percent
    ways: tuple[Ratio, ...]

    @property
    def fits(self) -> list[Ratio]:
        """The ways that give it, of the declared denominator if one is declared."""
        return [
            way
            for way in self.ways
            if self.percent.fits(way.part.number, way.whole.number)
            and self.claim.of in {"", way.denominator.name}
        ]

    def nearest(self) -> Ratio | None:
        """Return the way that comes nearest: by the declared denominator, or the recommended definitions."""
        ways = [way for way in self.ways if way.whole.number > 0]
        return min(ways, key=self._distance, default=None)

    def _distance(self, way: Ratio) -> tuple[bool, bool, Decimal]:
        declared = self.claim.of in {"", way.denominator.name}
        return not declared, not way.recommended, abs((way.percent or Decimal()) - self.percent.value)


def shares(table: Table) -> tuple[list[Finding | Note], list[Claimed]]:
    """Check every claim of a table.

    Returns:
        what there is to say, and each claimed percentage with the ways that give it.
    """
    said: list[Finding | Note] = []
    claimed = []
    for claim in table.claims:
        row = table.row(claim.row)
        if row is not None:
            place = place_of(table, row.label, claim.what)
            parts = _parts(table, row, claim.what)
            said += _counted(claim, place, parts)
            claimed += _claimed(table, row, claim, place, _meant(claim, parts))
    said += [one for each in claimed for one in _founded(each)]
    said += _one_denominator(claimed)
    return said, claimed


def _parts(table: Table, row: Row, what: str) -> list[Known]:
    found = ((meaning, meaning.amount(table, row)) for meaning in numerators(what))
    return [(meaning, amount) for meaning, amount in found if amount is not None]


def _meant(claim: Claim, parts: list[Known]) -> list[Known]:
    """Return the numerators that a claim can mean: those that give the count it states, if any does."""
    if claim.value is None:
        return parts
    return [known for known in parts if known[1].number == claim.value] or parts


def _counted(claim: Claim, place: str, parts: list[Known]) -> Said:
    """Compare a claimed count with what it can mean."""
    value = claim.value
    if value is None:
        return
    if not parts:
        yield note("not-checkable", place)
    elif not any(amount.allows(value) for _, amount in parts):
        meaning, amount = min(parts, key=lambda one: (not one[0].recommended, abs(one[1].number - value)))
        tried = [f"{known.formula} = {found.number}" for known, found in parts]
        more = {"tried": tried}
        yield Finding("count-unfounded", place, value, amount.number, meaning.formula, more)


def _claimed(table: Table, row: Row, claim: Claim, place: str, parts: list[Known]) -> list[Claimed]:
    if claim.percent is None:
        return []
    bases = [(base, _base(table, row, base, claim.what)) for base in denominators(claim.what)]
    ways = (
        Ratio(numerator, base, part, whole)
        for (numerator, part), (base, whole) in product(parts, bases)
        if whole is not None and numerator.formula != base.formula
    )
    return [Claimed(claim, place, claim.percent, tuple(ways))]


def _base(table: Table, row: Row, base: Definition, what: str) -> Amount | None:
    """Return a denominator; that of a part of a column is the column's total."""
    if base.formula != "column":
        return base.amount(table, row)
    if row == table.sum:
        return None
    return numerators(what)[0].amount(table, table.sum)


def _founded(one: Claimed) -> Said:
    """Say of a claimed percentage whether anything gives it."""
    nearest = one.nearest()
    if not one.ways:
        yield note("not-checkable", one.place)
    elif nearest is None:
        yield note("no-denominator", one.place)
    elif not one.fits:
        yield _unfounded(one, nearest)
    elif all(_left_out(way) for way in one.fits):
        columns = ", ".join(_left_out(one.fits[0]))
        yield note("holds-only-if", one.place, stated=one.percent.value, columns=columns, needed=0)


def _left_out(way: Ratio) -> tuple[str, ...]:
    return way.part.left_out + way.whole.left_out


def _unfounded(one: Claimed, nearest: Ratio) -> Finding:
    more: dict[str, object] = {"of": one.claim.of} if one.claim.of else {}
    if one.claim.value is not None:
        of_value = (one.percent.value * one.claim.value / 100).quantize(Decimal(1), ROUND_HALF_UP)
        more |= {"value": one.claim.value, "of_value": int(of_value)}
    more["tried"] = [f"{way} = {way.percent} %" for way in one.ways]
    code = "percent-differs" if one.claim.of else "percent-unfounded"
    return Finding(code, one.place, one.percent.value, nearest.percent, str(nearest), more)


def _one_denominator(claimed: Sequence[Claimed]) -> Said:
    """Flag percentages of a group without a common denominator, or of a column without a common numerator."""
    founded = [one for one in claimed if one.fits]
    for name in dict.fromkeys(group(one.claim.what) for one in founded):
        ours = [one for one in founded if group(one.claim.what) == name]
        odd = list(_odd_ones(ours, "denominator"))
        yield from odd
        if not odd:
            for what in dict.fromkeys(one.claim.what for one in ours):
                yield from _odd_ones([one for one in ours if one.claim.what == what], "numerator")


def _odd_ones(claimed: Sequence[Claimed], side: str) -> Said:
    """Flag the claims that take another denominator (or numerator) than most; the recommended one first."""
    sides = [set(dict.fromkeys(getattr(way, side).name for way in one.fits)) for one in claimed]
    order = dict.fromkeys(getattr(way, side).name for one in claimed for way in one.ways)
    usual = max(order, key=lambda name: sum(name in names for names in sides), default="")
    others = [
        f"{one.place} ({next(way for way in one.fits if getattr(way, side).name == usual)})"
        for one, names in zip(claimed, sides, strict=True)
        if usual in names
    ]
    for one, names in zip(claimed, sides, strict=True):
        if usual not in names:
            yield _odd_one(one, side, usual, others)


def _odd_one(one: Claimed, side: str, usual: str, others: list[str]) -> Finding:
    """Return the finding of a claim, computed as the others are."""
    other = "numerator" if side == "denominator" else "denominator"
    kept = {getattr(way, other).name for way in one.fits}
    ways = [way for way in one.ways if getattr(way, side).name == usual and getattr(way, other).name in kept]
    by_theirs = next(iter(ways), None)
    more = {"fits": [str(way) for way in one.fits], "others": others}
    computed = by_theirs.percent if by_theirs else None
    return Finding(f"{side}s-differ", one.place, one.percent.value, computed, str(by_theirs or usual), more)
