"""Declaring a JSON format as tables of fields that are read into canonical form and written back from it.

The rule that keeps the two directions honest: what a field's form cannot say exactly stays, as it was
written, in `extra` beside the other fields, with a finding; only what the far side is known to refuse is a
problem. So writing what was read gives every non-empty value back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lgsp.errors import Problem, Refused
from lgsp.message import Finding

_EXTRA = "extra"
_VERBATIM = object()
"""Stands for a value that its form cannot say."""

_SHOWN = re.compile(r"[\w.\-]{1,40}", re.ASCII)
_LONG_NUMBER = re.compile(r"[0-9]{8}")


@dataclass(slots=True, frozen=True)
class Form:
    """How a native text is said in canonical form, and back.

    Attributes:
        read: gives the canonical value, or None when the text cannot be said exactly.
        write: gives the native text back.
        fault: name of the finding, or of the problem, for a text that cannot be said.
        asks: what the rule asks for, for the problem's detail.
        strict: the far side is known to refuse it, so it is a problem.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    fault: str
    asks: str = ""
    strict: bool = False


def words(pairs: Mapping[str, Any], *, fault: str = "unknown-code", strict: bool = False) -> Form:
    """Return the form of a code list: native code to canonical word."""
    back = {word: code for code, word in pairs.items()}
    return Form(pairs.get, back.__getitem__, fault, " ".join(pairs), strict)


@dataclass(slots=True, frozen=True)
class Field:
    """One native field.

    Attributes:
        native: its name.
        name: its canonical name; `payment/online` lives in the sub-object `payment`.
        form: None for text that is the same on both sides.
        limit: characters that the far side takes at most; 0 is no known limit.
        always: written, as "" or [], when there is nothing to say.
        expected: a finding when it is missing.
        required: a problem when it is missing.
        rows: the table of its rows, for an array.
    """

    native: str
    name: str
    form: Form | None = None
    limit: int = 0
    always: bool = False
    expected: bool = False
    required: bool = False
    rows: Table | None = None

    @property
    def strict(self) -> bool:
        """Tell whether a value of a wrong type is a problem and not a finding."""
        return self.required or (self.form is not None and self.form.strict)


@dataclass(slots=True)
class Reading:
    """What was noticed while an item was read.

    Attributes:
        before: put before the place of each problem: where the item stands in what came (`1/`).
        problems: what the far side is known to refuse.
        findings: what is odd; their places stay inside the item.
    """

    before: str = ""
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def odd(self, code: str, place: str, read: str = "") -> None:
        """Keep a finding; what stood there is shown only when it looks like a code, never like a person."""
        shown = read if _SHOWN.fullmatch(read) and not _LONG_NUMBER.search(read) else ""
        self.findings.append(Finding(code, place[:100], shown))

    def wrong(self, code: str, place: str, detail: str = "") -> None:
        """Keep a problem."""
        self.problems.append(Problem(self.before + place, code, detail))


class Table:
    """The fields of one kind of object, readable in both directions."""

    def __init__(self, *fields: Field) -> None:
        self.fields = fields
        self._by_native = {spec.native: (spec, *_split(spec.name)) for spec in fields}
        self._by_name = _tree(fields)
        self._writers = _writers(self._by_name)
        self._wanted = [spec for spec in fields if spec.expected or spec.required]
        self._empty = {spec.native: [] if spec.rows else "" for spec in fields if spec.always}

    def read(self, item: Mapping[str, Any], reading: Reading, place: str = "") -> dict[str, Any]:
        """Return an item in canonical form; faults and oddities go to the reading, with native places.

        Absent, null, "" and [] all read as absent.
        """
        data: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        known = self._by_native
        for native, value in item.items():
            found = known.get(native)
            if found is None:
                extra[native] = value
                reading.odd("unknown-field", place + native)
            elif value is not None and value not in ("", []):
                spec, group, name = found
                said = _said(spec, value, place, reading)
                if said is _VERBATIM:
                    extra[native] = str(value) if isinstance(value, (int, float)) else value
                elif group:
                    data.setdefault(group, {})[name] = said
                else:
                    data[name] = said
        self._miss(item, place, reading)
        if extra:
            data[_EXTRA] = extra
        return data

    def write(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return canonical data in native form.

        Raises:
            Refused: a word has no native code; the cause is the form's fault.
        """
        item: dict[str, Any] = {**self._empty, **data.get(_EXTRA, {})}
        _write(self._writers, data, item)
        return item

    def native(self, pointer: str) -> str:
        """Return the native place of a JSON pointer: `TaiLieuNop/0/IsDeleted` of `/papers/0/deleted`.

        What the table does not know is given back as it came.
        """
        level: Any = self._by_name
        named: list[str] = []
        for part in pointer.removeprefix("/").split("/"):
            found = level.get(part) if isinstance(level, dict) else None
            if isinstance(found, Field):
                named.append(found.native)
                level = found.rows._by_name if found.rows else {}  # noqa: SLF001 - another table of this class
            elif isinstance(found, dict):
                level = found
            elif part != _EXTRA:
                named.append(part)
        return "/".join(named)

    def _miss(self, item: Mapping[str, Any], place: str, reading: Reading) -> None:
        for spec in self._wanted:
            if item.get(spec.native) in (None, "", []):
                if spec.required:
                    reading.wrong("missing", place + spec.native)
                else:
                    reading.odd("missing-field", place + spec.native)


def _split(name: str) -> tuple[str, str]:
    group, _, last = name.rpartition("/")
    return group, last


def _tree(fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return the fields by canonical name, those of a sub-object in a dict of their own."""
    tree: dict[str, Any] = {}
    for spec in fields:
        group, name = _split(spec.name)
        (tree.setdefault(group, {}) if group else tree)[name] = spec
    return tree


def _said(spec: Field, value: Any, place: str, reading: Reading) -> Any:
    """Return a non-empty value in canonical form, or `_VERBATIM`."""
    if spec.rows is not None:
        return _rows(spec, spec.rows, value, place, reading)
    if type(value) is not str:
        value = _text(spec, value, place, reading)
        if value is _VERBATIM:
            return _VERBATIM
    if spec.limit and len(value) > spec.limit:
        reading.wrong("too-long", place + spec.native, str(spec.limit))
    if spec.form is None:
        return value
    said = spec.form.read(value)
    return said if said is not None else _unsaid(spec, spec.form, value, place, reading)


def _unsaid(spec: Field, form: Form, value: str, place: str, reading: Reading) -> Any:
    if form.strict:
        reading.wrong(form.fault, place + spec.native, form.asks)
    else:
        reading.odd(form.fault, place + spec.native, value)
    return _VERBATIM


def _text(spec: Field, value: Any, place: str, reading: Reading) -> Any:
    """Return a number or a boolean as the text that should have stood there."""
    if isinstance(value, (int, float)):
        reading.odd("number-for-text", place + spec.native, type(value).__name__)
        return str(value)
    if spec.strict:
        reading.wrong("wrong-type", place + spec.native, "text")
    else:
        reading.odd("odd-type", place + spec.native, type(value).__name__)
    return _VERBATIM


def _rows(spec: Field, table: Table, value: Any, place: str, reading: Reading) -> Any:
    if type(value) is not list or any(type(row) is not dict for row in value):
        reading.odd("odd-type", place + spec.native, type(value).__name__)
        return _VERBATIM
    place += spec.native
    return [table.read(row, reading, f"{place}/{n}/") for n, row in enumerate(value)]


Writer = Callable[[Any], Any]


def _writers(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return for each canonical name its native name and how its value is written (None: as it is)."""
    return {
        name: _writers(spec) if isinstance(spec, dict) else (spec.native, _writer(spec))
        for name, spec in tree.items()
    }


def _writer(spec: Field) -> Writer | None:
    table, form = spec.rows, spec.form
    if table is not None:
        return lambda rows: [table.write(row) for row in rows]
    if form is None:
        return None

    def write(value: Any) -> Any:
        try:
            return form.write(value)
        except KeyError:
            raise Refused(form.fault, fields=[spec.native]) from None

    return write


def _write(writers: Mapping[str, Any], data: Mapping[str, Any], item: dict[str, Any]) -> None:
    for name, value in data.items():
        found = writers.get(name)
        if found.__class__ is dict:
            _write(found, value, item)
        elif found is not None:
            native, write = found
            item[native] = value if write is None else write(value)
