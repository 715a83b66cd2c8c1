"""Checking the figures of a report against their formulas, their rules and their breakdowns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from lgsp.domain.reports.computing import NotComputable, holds
from lgsp.domain.reports.deriving import Deriving
from lgsp.domain.reports.expressions import Name, as_written
from lgsp.domain.reports.indicators import Breakdown, Catalogue, Indicator, Rule, read
from lgsp.domain.reports.parsing import SELF, Unreadable
from lgsp.domain.reports.recorded import Cell, Figure, Split
from lgsp.domain.reports.telling import Contradiction, Untold

Said = Iterator[Contradiction | Untold]
_Block = tuple[str, str, Split]
"""Agency, period and split: what one formula looks at."""
_Values = dict[_Block, dict[str, Decimal | None]]
_OWN = Name(SELF)


def check(
    catalogue: Catalogue, figures: Iterable[Figure], before: Iterable[Figure] = ()
) -> tuple[Contradiction | Untold, ...]:
    """Return what contradicts itself in figures, and what could not be told.

    Args:
        catalogue: what they are figures of.
        figures: one version of each, as `recorded.as_known` gives them.
        before: those of the period before, for rules that look back.
    """
    told, earlier = _blocks(figures), _blocks(before)
    looking_back = {(agency, split): values for (agency, _, split), values in earlier.items()}
    said: list[Contradiction | Untold] = []
    for agency, period, split in sorted(told):
        block = (agency, period, split)
        deriving = Deriving(catalogue, told[block], looking_back.get((agency, split), {}))
        said += _block(deriving, block)
    return (*said, *_splits(catalogue, told))


def fits(typed: Decimal, computed: Fraction, decimals: int | None = None) -> bool:
    """Tell whether a typed value is a computed one, right to its decimals.

    Args:
        typed: as it was written; its zeros behind the point count as decimals.
        computed: exactly.
        decimals: the fewest that it is to have; None where nothing is said.
    """
    places = max(0, -int(typed.as_tuple().exponent), decimals or 0)
    return bool(abs(Fraction(typed) - computed) * 10**places * 2 <= 1)


def _blocks(figures: Iterable[Figure]) -> _Values:
    blocks: _Values = {}
    for figure in figures:
        cell = figure.cell
        blocks.setdefault((cell.agency, cell.period, cell.split), {})[cell.indicator] = figure.value
    return blocks


def _block(deriving: Deriving, block: _Block) -> Said:
    for one in deriving.catalogue.by_code.values():
        cell = Cell(one.code, *block)
        if one.code in deriving.given or not cell.split:
            yield from _formula(deriving, one, cell) if one.formula else _not_given(deriving, cell)
            if isinstance(deriving.named(_OWN, one.code), Fraction):
                for rule in one.rules:
                    yield from _rule(deriving, one, rule, cell)
    for code in deriving.given:
        if code not in deriving.catalogue.by_code:
            yield Untold(Cell(code, *block).place, "unknown", code)


def _formula(deriving: Deriving, one: Indicator, cell: Cell) -> Said:
    value, typed = deriving.value(one.code), deriving.given.get(one.code)
    if isinstance(value, NotComputable):
        yield Untold(cell.place, value.reason, value.what)
        return
    way = deriving.derived(one.code)
    if way and typed is not None and not fits(typed, value, one.decimals):
        yield Contradiction("formula-differs", cell.place, typed, value, way.formula, way.numbers)


def _not_given(deriving: Deriving, cell: Cell) -> Said:
    value = deriving.value(cell.indicator)
    if isinstance(value, NotComputable):
        yield Untold(cell.place, value.reason, value.what)


def _rule(deriving: Deriving, one: Indicator, rule: Rule, cell: Cell) -> Said:
    tree, name = read(rule), rule.code
    if isinstance(tree, Unreadable):
        yield Untold(cell.place, "unreadable", name, name)
        return
    own = deriving.named(_OWN, one.code)
    answer = holds(tree, lambda named: deriving.named(named, one.code))
    if isinstance(answer, NotComputable):
        yield Untold(cell.place, answer.reason, answer.what, name)
    elif not answer and isinstance(own, Fraction):
        numbers = tree.written(lambda named: deriving.said(named, one.code))
        words = (as_written(tree), numbers, name, rule.vi, rule.en)
        yield Contradiction("rule-broken", cell.place, own, None, *words)


def _splits(catalogue: Catalogue, told: _Values) -> Said:
    """Compare each value with the sum of its parts, for every breakdown whose members are all there are."""
    for block, values in sorted(told.items()):
        for code, value in values.items():
            for by in _whole_breakdowns(catalogue, code, block) if value is not None else ():
                yield from _split(told, Cell(code, *block), value or Decimal(0), by)


def _whole_breakdowns(catalogue: Catalogue, code: str, block: _Block) -> Iterator[Breakdown]:
    """Yield the breakdowns by which a counted value is the sum of its parts, and is not cut already."""
    one = catalogue.by_code.get(code)
    for name in one.breakdowns if one and not one.formula else ():
        breakdown = catalogue.breakdown(name)
        if breakdown and breakdown.whole and name not in dict(block[2]):
            yield breakdown


def _split(
    told: Mapping[_Block, Mapping[str, Decimal | None]], cell: Cell, value: Decimal, by: Breakdown
) -> Said:
    cells = [_part(cell, by.code, member) for member, _ in by.members]
    there = [cell for cell in cells if cell.indicator in told.get(cell[1:], {})]
    if not there:
        return
    parts = {one: told.get(one[1:], {}).get(one.indicator) for one in cells}
    missing = next((one for one, part in parts.items() if part is None), None)
    if missing:
        yield Untold(cell.place, "missing", missing.place, by.code)
        return
    added = sum((Fraction(part) for part in parts.values() if part is not None), Fraction(0))
    if added != Fraction(value):
        formula = " + ".join(member for member, _ in by.members)
        numbers = " + ".join(f"{part:f}" for part in parts.values() if part is not None)
        yield Contradiction("parts-differ", cell.place, value, added, formula, numbers, by.name)


def _part(cell: Cell, breakdown: str, member: str) -> Cell:
    return cell._replace(split=tuple(sorted([*cell.split, (breakdown, member)])))
