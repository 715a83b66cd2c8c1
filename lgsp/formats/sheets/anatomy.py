"""Looking into the XML of an XLSX file for what a reader of values does not tell, and for its size."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from lgsp.formats.sheets.faults import Unusable, parsed_address
from lgsp.formats.sheets.grid import Place, Unseen

MOST_ROWS, MOST_COLUMNS = 5000, 256
"""Beyond these no form of figures goes; a reader lays out every cell up to the last one."""

MOST_ELEMENTS = 400_000
"""Elements of XML that a part may have: looking at each takes its time."""
MOST_MERGED = 2000
"""Joined cells that a sheet may have."""
MOST_LETTERS = 64_000_000
"""Letters of texts that a sheet's cells may come to: one long text may stand behind each of them."""

_PERCENT_FORMATS = frozenset({"9", "10"})
_QUOTED = re.compile(r'"[^"]*"|\\.')
_TRUE = frozenset({"1", "true"})


@dataclass(slots=True)
class _Sheet:
    """What was met in a sheet's XML so far."""

    percent: Collection[str]
    longest: int
    elements: int = 0
    letters: int = 0
    merged: int = 0
    row: int = 0
    column: int = 0
    formula: bool = False
    valued: bool = False
    inside: bool = False
    style: str = ""
    failed: bool = False
    percents: set[Place] = field(default_factory=set)
    uncounted: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)

    def start(self, name: str, said: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        self.elements += 1
        _few(self.elements)
        kind = name.rpartition(":")[2]
        if kind == "row":
            self._row(said)
        elif kind == "c":
            self._cell(said)
        elif kind == "f":
            self.formula = True
        elif kind in {"v", "is"}:
            self.inside = True
        elif kind == "mergeCell":
            self.merged += 1
            if self.merged > MOST_MERGED:
                raise Unusable("sheet-too-large", f"{MOST_MERGED}")
        elif kind == "col" and said.get("hidden") in _TRUE:
            last = min(_number(said.get("max", "0")), MOST_COLUMNS)
            self.columns.update(range(_number(said.get("min", "0")), last + 1))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        kind = name.rpartition(":")[2]
        if kind in {"v", "is"}:
            self.inside = False
        if kind != "c":
            return
        at = (self.row, self.column)
        if self.failed:
            self.errors.add(at)
        elif self.formula and not self.valued:
            self.uncounted.add(at)
        if self.style in self.percent:
            self.percents.add(at)

    def text(self, piece: str) -> None:
        """Take a piece of text: that of a value says that there is one."""
        self.valued = self.valued or (self.inside and bool(piece.strip()))

    def _row(self, said: Mapping[str, str]) -> None:
        self.row = _number(said["r"]) if "r" in said else self.row + 1
        self.column = 0
        _bounded(self.row, 0)
        if said.get("hidden") in _TRUE or said.get("ht") == "0":
            self.rows.add(self.row)

    def _cell(self, said: Mapping[str, str]) -> None:
        found = parsed_address(said.get("r", ""))
        row, self.column = found or (self.row, self.column + 1)
        if row != self.row:
            raise Unusable("sheet-not-readable")
        self.formula = self.valued = False
        self.style = said.get("s", "0")
        self.failed = said.get("t") == "e"
        self.letters += self.longest if said.get("t") == "s" else 0
        if self.letters > MOST_LETTERS:
            raise Unusable("sheet-too-large", f"{MOST_LETTERS}")
        _bounded(row, self.column)


def look(sheet: bytes, percent: Collection[str], longest: int = 0) -> Unseen:
    """Return what a sheet's values do not tell.

    Args:
        sheet: its XML.
        percent: the styles that show a value in percent.
        longest: letters of the longest text that cells share.

    Raises:
        Unusable: it is no XML, declares entities, or is larger than any form.
    """
    met = _Sheet(percent, longest)
    parser = _parser()
    parser.StartElementHandler = met.start
    parser.EndElementHandler = met.end
    parser.CharacterDataHandler = met.text
    _parse(parser, sheet)
    return Unseen(met.percents, met.uncounted, met.errors, met.rows, met.columns)


def percent_styles(styles: bytes) -> frozenset[str]:
    """Return the numbers of the cell styles that show a value in percent.

    Raises:
        Unusable: it is no XML, or declares entities.
    """
    formats, found, inside = set(_PERCENT_FORMATS), list[str](), list[str]()

    def start(name: str, said: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "numFmt" and "%" in _QUOTED.sub("", said.get("formatCode", "")):
            formats.add(said.get("numFmtId", ""))
        elif kind == "xf" and inside and inside[-1] == "cellXfs":
            found.append(said.get("numFmtId", ""))
            _few(len(found))
        inside.append(kind)

    parser = _parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: inside.pop()
    _parse(parser, styles)
    return frozenset(str(n) for n, one in enumerate(found) if one in formats)


def longest_text(shared: bytes) -> int:
    """Return how many letters the longest of the texts has that cells share.

    Raises:
        Unusable: it is no XML, or declares entities.
    """
    lengths = [0]

    def start(name: str, _: object) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)
            _few(len(lengths))

    def text(piece: str) -> None:
        lengths[-1] += len(piece)

    parser = _parser()
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    _parse(parser, shared)
    return max(lengths)


def sheet_parts(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Return in which part of the file each sheet stands, by its name.

    Raises:
        Unusable: the XML is none, or declares entities.
    """
    sheets = {said.get("name", ""): _linked(said) for kind, said in _elements(workbook) if kind == "sheet"}
    targets = {
        said.get("Id", ""): said.get("Target", "")
        for kind, said in _elements(relations)
        if kind == "Relationship"
    }
    stands = {name: targets.get(link, "") for name, link in sheets.items()}
    return {name: path[1:] if path.startswith("/") else f"xl/{path}" for name, path in stands.items()}


def _linked(said: Mapping[str, str]) -> str:
    return next((value for name, value in said.items() if name.endswith(":id")), "")


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, said: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], said))
        _few(len(found))

    parser = _parser()
    parser.StartElementHandler = start
    _parse(parser, xml)
    return found


def checked(xml: bytes) -> None:
    """Look whether XML can be read at all.

    Raises:
        Unusable: it is none, or declares entities.
    """
    _parse(_parser(), xml)


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _declared
    return parser


def _declared(*_: object) -> None:
    raise Unusable("sheet-not-readable")


def _parse(parser: expat.XMLParserType, xml: bytes) -> None:
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Unusable("sheet-not-readable") from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise Unusable("sheet-not-readable")
    return int(text[:9])


def _few(elements: int) -> None:
    if elements > MOST_ELEMENTS:
        raise Unusable("sheet-too-large", f"{MOST_ELEMENTS}")


def _bounded(row: int, column: int) -> None:
    if row > MOST_ROWS or column > MOST_COLUMNS:
        raise Unusable("sheet-too-large", f"{MOST_ROWS} × {MOST_COLUMNS}")
