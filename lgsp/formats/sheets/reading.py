"""Reading the figures of a report from a spreadsheet: all of them, or every fault with its cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lgsp.domain.codes import agency_code
from lgsp.domain.reports.defined import BUILT_IN, Definitions
from lgsp.domain.reports.indicators import Indicator
from lgsp.domain.reports.periods import Period, read_label
from lgsp.formats.sheets.agreeing import code as code_of
from lgsp.formats.sheets.agreeing import contradictions, numbers
from lgsp.formats.sheets.amounts import Wrong, amount
from lgsp.formats.sheets.faults import Fault, Unusable, address
from lgsp.formats.sheets.grid import Place
from lgsp.formats.sheets.layout import AGENCY, FORM, PERIOD, REASON, VERSION, Layout, layout
from lgsp.formats.sheets.opening import Opened, opened
from lgsp.message import Finding

MOST_FAULTS = 200
_VERSION = re.compile("[1-9][0-9]{0,3}")
_GUIDE = "Hướng dẫn"
"""The sheet of our own templates that holds no figures."""


@dataclass(slots=True, frozen=True)
class Asked:
    """What a file is taken for; what is empty, the file says itself.

    Attributes:
        period: label, such as `government/1:202403`, or its code where the form's regime has a scheme.
    """

    form: str = ""
    agency: str = ""
    period: str = ""


@dataclass(slots=True, frozen=True)
class Sheet:
    """What a file says: figures, or faults, never both.

    Attributes:
        figures: as `report.v1` has them.
        version: as the file says it; None where it does not.
    """

    form: str = ""
    agency: str = ""
    period: Period | None = None
    figures: tuple[dict[str, Any], ...] = ()
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    version: int | None = None


@dataclass(slots=True, frozen=True)
class _Placed:
    """A figure as `report.v1` has it, and the cell in which it stands."""

    at: Place
    figure: dict[str, Any]


@dataclass(slots=True)
class _Reading:
    """One table on its way to being read."""

    table: Layout
    definitions: Definitions
    faults: list[Fault] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    figures: list[_Placed] = field(default_factory=list)

    def wrong(self, code: str, at: Place, detail: str = "") -> None:
        """Keep a fault."""
        self.faults.append(Fault(*at, code, detail))

    def odd(self, code: str, at: Place, read: str = "") -> None:
        """Keep a finding."""
        self.findings.append(Finding(code, address(*at), read[:60]))


def read(content: bytes, asked: Asked | None = None, definitions: Definitions = BUILT_IN) -> Sheet:
    """Read a file, XLSX or CSV by what it holds.

    Args:
        content: its bytes.
        asked: which report it is to be; another one in the file is a fault.
        definitions: the forms and indicators that are in use.
    """
    try:
        file = opened(content)
    except Unusable as fault:
        return Sheet(faults=(Fault(0, 0, fault.code, fault.detail),))
    tables = [table for grid in file.grids if grid.name != _GUIDE and (table := layout(grid))]
    if not tables:
        return Sheet(faults=(Fault(0, 0, "sheet-no-table"),))
    if len(tables) > 1:
        names = ", ".join(table.grid.name for table in tables)
        return Sheet(faults=(Fault(0, 0, "sheet-two-tables", names),))
    reading = _Reading(tables[0], definitions)
    _notice(reading, file)
    return _read(reading, asked or Asked())


def _notice(reading: _Reading, file: Opened) -> None:
    """Find what was left out, and how a text was read."""
    if file.encoding:
        reading.findings.append(Finding("text-encoding", "", file.encoding))
    for grid in file.grids:
        left_out = grid is not reading.table.grid and grid.name != _GUIDE
        if left_out and any(cell != "" for row in grid.rows for cell in row):
            reading.findings.append(Finding("sheet-left-out", grid.name[:60]))
    table = reading.table
    for column in table.unread:
        if any(table.grid.at(row, column) != "" for row in table.rows()):
            reading.odd("column-left-out", (table.heading, column))


def _read(reading: _Reading, asked: Asked) -> Sheet:
    form = _form(reading, asked)
    agency = _agency(reading, asked)
    period = _period(reading, asked, form)
    if form:
        _rows(reading, form)
        _agree(reading, form)
    if reading.faults:
        return Sheet(form, agency, period, faults=tuple(sorted(reading.faults, key=_order)[:MOST_FAULTS]))
    figures = tuple(one.figure for one in reading.figures)
    said = reading.table.about
    reason = said[REASON].text if REASON in said else ""
    version = int(said[VERSION].text) if VERSION in said else None
    return Sheet(form, agency, period, figures, (), tuple(reading.findings), reason, version)


def _agree(reading: _Reading, form: str) -> None:
    """Turn away figures that contradict each other, each at its cell."""
    for number, one in contradictions(reading.definitions, form, [one.figure for one in reading.figures]):
        reading.wrong(code_of(one), reading.figures[number].at, numbers(one))


def _order(fault: Fault) -> tuple[int, int]:
    return fault.row, fault.column


# --- which report it is -----------------------------------------------------------------------------------


def _form(reading: _Reading, asked: Asked) -> str:
    said = reading.table.about.get(FORM)
    form = asked.form or (said.text if said else "")
    at = said.at if said else (0, 0)
    if not form:
        reading.wrong("sheet-form-missing", at, ", ".join(reading.definitions.forms))
    elif form not in reading.definitions.forms:
        reading.wrong("sheet-form-unknown", at, ", ".join(reading.definitions.forms))
    elif said and said.text != form:
        reading.wrong("sheet-another-form", at, form)
    else:
        _version(reading)
        return form
    return ""


def _version(reading: _Reading) -> None:
    said = reading.table.about.get(VERSION)
    if said and not _VERSION.fullmatch(said.text):
        reading.wrong("sheet-version", said.at)


def _agency(reading: _Reading, asked: Asked) -> str:
    said = reading.table.about.get(AGENCY)
    agency = asked.agency or (said.text if said else "")
    at = said.at if said else (0, 0)
    if not agency:
        reading.wrong("sheet-agency-missing", at)
    elif agency_code(agency) is None:
        reading.wrong("sheet-agency-code", at)
    elif said and agency_code(said.text) != agency_code(agency):
        reading.wrong("sheet-another-agency", at, agency)
    return agency


def _period(reading: _Reading, asked: Asked, form: str) -> Period | None:
    said = reading.table.about.get(PERIOD)
    at = said.at if said else (0, 0)
    try:
        wanted = _labelled(reading, asked.period, form) if asked.period else None
        found = _labelled(reading, said.text, form) if said else None
    except ValueError:
        reading.wrong("sheet-period-unread", at)
        return None
    if wanted and found and found.label != wanted.label:
        reading.wrong("sheet-another-period", at, wanted.label)
        return wanted
    period = wanted or found
    if period is None:
        reading.wrong("sheet-period-missing", at)
    elif form:
        _of_regime(reading, at, form, period)
    return period


def _labelled(reading: _Reading, text: str, form: str) -> Period:
    """Return the period of a label, or of a code by the one scheme of the form's regime."""
    regime = reading.definitions.regime_of(form)
    scheme = regime.scheme if regime else ""
    return read_label(text if ":" in text else f"{scheme}:{text}")


def _of_regime(reading: _Reading, at: Place, form: str, period: Period) -> None:
    regime = reading.definitions.regime_of(form)
    if regime and reading.definitions.refusal(regime.code, form, period):
        kinds = ", ".join(kind.value for kind in regime.kinds)
        reading.wrong("sheet-period-not-due", at, f"{regime.scheme}: {kinds}")


# --- the figures ------------------------------------------------------------------------------------------


def _rows(reading: _Reading, form: str) -> None:
    catalogue = reading.definitions.of_form(form)
    seen: dict[str, int] = {}
    for row in reading.table.rows():
        code = reading.table.grid.said(row, reading.table.code)
        at = (row, reading.table.code)
        of = catalogue.by_code.get(code)
        if of is None:
            _strange_row(reading, at, code)
        elif code in seen:
            reading.wrong("indicator-twice", at, address(seen[code], reading.table.code))
        else:
            seen[code] = row
            _row(reading, row, of)
    for code, of in catalogue.by_code.items():
        if code not in seen and not of.formula:
            reading.wrong("indicator-missing", (0, 0), code)
    if seen and not reading.faults and all("value" not in one.figure for one in reading.figures):
        reading.wrong("sheet-nothing-given", (reading.table.heading, min(reading.table.values)))


def _strange_row(reading: _Reading, at: Place, code: str) -> None:
    """Turn away a row of an unknown code, and figures beside none; a heading between rows is no fault."""
    grid, row = reading.table.grid, at[0]
    if code:
        known = _note_below(reading, row)
        if not known:
            reading.wrong("indicator-unknown", at)
    elif any(_figure_like(grid.at(row, column)) for column in reading.table.values):
        reading.wrong("indicator-code-missing", at)


def _note_below(reading: _Reading, row: int) -> bool:
    """Tell whether a text in the column of codes is a remark: a sentence, and alone in its row."""
    grid = reading.table.grid
    alone = sum(cell != "" for cell in grid.rows[row - 1]) == 1
    return alone and len(grid.said(row, reading.table.code).split()) > 2  # noqa: PLR2004 - a code is no sentence


def _figure_like(value: object) -> bool:
    return any(letter.isdigit() for letter in str(value))


def _row(reading: _Reading, row: int, of: Indicator) -> None:
    for column, split in reading.table.values.items():
        placed = _figure(reading, row, column, of, split)
        if placed is not None:
            reading.figures.append(placed)


def _figure(
    reading: _Reading, row: int, column: int, of: Indicator, split: tuple[str, str] | None
) -> _Placed | None:
    """Return what a cell says; None where it says nothing that stands for itself, or what is a fault."""
    grid, at = reading.table.grid, (row, column)
    try:
        found = amount(grid, row, column, of)
        if found.value is not None:
            _seen(reading, at)
    except Wrong as fault:
        reading.wrong(fault.code, at, fault.detail)
        return None
    if found.value is None and (split or of.formula):
        return None
    if split and not _is_split(reading.definitions, of, split):
        reading.wrong("breakdown-unknown", at, "=".join(split))
        return None
    for code in found.odd:
        reading.odd(code, at, grid.said(row, column))
    return _Placed(at, _said(of, split, found.value))


def _seen(reading: _Reading, at: Place) -> None:
    """Look whether people see what stands there, and that it is of one row.

    Raises:
        Wrong: they do not.
    """
    if reading.table.grid.hides(*at):
        raise Wrong("cell-hidden")
    if reading.table.grid.joined(*at) or reading.table.grid.joined(at[0], reading.table.code):
        raise Wrong("cell-merged")


def _is_split(definitions: Definitions, of: Indicator, split: tuple[str, str]) -> bool:
    breakdown = definitions.catalogue.breakdown(split[0])
    known = breakdown is not None and split[1] in {code for code, _ in breakdown.members}
    return known and split[0] in of.breakdowns


def _said(of: Indicator, split: tuple[str, str] | None, value: Decimal | None) -> dict[str, Any]:
    said: dict[str, Any] = {"indicator": of.code, "name": of.name}
    if of.unit:
        said["unit"] = of.unit
    if split:
        said["split"] = [{"breakdown": split[0], "member": split[1]}]
    if value is not None:
        said["value"] = f"{value:f}"
    return said | {"origin": "typed"}
