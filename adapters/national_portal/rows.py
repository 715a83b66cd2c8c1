"""Reading rows of the portal's lists into canonical messages, leniently; no I/O.

What is odd is a finding and stays as it was written; nothing is guessed. A row whose only difference is how
its values are written (a number for a text, an array left out for an empty one, `Url` for `URL`) is the same
row: identity rests on what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lgsp.domain.codes import FORMS, agency_of
from lgsp.domain.letters import composed
from lgsp.errors import Invalid, Problem
from lgsp.formats.fields import Reading, Table
from lgsp.formats.portal_catalogue import (
    AGENCY,
    APPLIED,
    FIELD,
    PROCEDURE,
    PUBLISHED,
    SERVICE,
    TABLES,
)
from lgsp.formats.portal_questions import ANSWER_ROW, QUESTION, QUESTION_ROW
from lgsp.message import Finding, Message, native_digest

_NUMBERED = re.compile(r"/\d+(?=/|$)")
_MOST_FINDINGS = 50
_UNPUBLISHED = "unpublished"
_ASKED = {"procedure-code": "1.003897"}

Data = dict[str, Any]


def _published(data: Data, _: Mapping[str, Any]) -> None:
    data["state"] = PUBLISHED


def _procedure_state(data: Data, _: Mapping[str, Any]) -> None:
    """Say of a record what it says itself: 1 is published, another code is not; the list's word else."""
    said_else = "TRANGTHAI" in data.get("extra", {})
    data.setdefault("state", _UNPUBLISHED if said_else else PUBLISHED)


def _service(data: Data, item: Mapping[str, Any]) -> None:
    _published(data, item)
    if isinstance(item.get(APPLIED), list) and item[APPLIED]:
        data["applied"] = item[APPLIED]


def _nothing(data: Data, item: Mapping[str, Any]) -> None:
    """Leave it as it was read."""


@dataclass(slots=True, frozen=True)
class RowKind:
    """How the rows of one list are read.

    Attributes:
        code: the native name of what identifies a row.
        form: the normal form of that, a name in `lgsp.domain.codes.FORMS`.
        agency: where the canonical body names the agency that owns it: a path; empty for none.
        finish: says what the table cannot.
        apart: native names that `finish` reads.
    """

    type: str
    code: str
    form: str
    table: Table
    agency: str = ""
    finish: Callable[[Data, Mapping[str, Any]], None] = _published
    apart: frozenset[str] = field(default_factory=frozenset)


KINDS = {
    kind.type: kind
    for kind in (
        RowKind(AGENCY, "MADONVI", "agency-identity", TABLES[AGENCY], "code"),
        RowKind(FIELD, "MALINHVUC", "verbatim", TABLES[FIELD], "sector"),
        RowKind(
            PROCEDURE, "MATTHC", "procedure-code", TABLES[PROCEDURE], "publication/agency", _procedure_state
        ),
        RowKind(SERVICE, "MADVC", "verbatim", TABLES[SERVICE], "", _service, frozenset({APPLIED})),
        RowKind(QUESTION, "HOIDAPID", "verbatim", QUESTION_ROW, "agency/code", _nothing),
    )
}
"""The lists that are read."""


def read(type_: str, item: object, place: str = "") -> Message | Invalid:
    """Return a row as a message, or every fault of it.

    Args:
        type_: what it becomes.
        item: the native row.
        place: where it stands in what came (`1`), put before the fields that problems name.
    """
    kind = KINDS[type_]
    if not isinstance(item, dict):
        return Invalid([Problem(place, "wrong-type", "object")], type=type_)
    try:
        native, changed = composed(item)
    except TypeError:
        return Invalid([Problem(place, "too-deep")], subject=code_of(kind, item), type=type_)
    reading = Reading(f"{place}/" if place else "")
    if changed:
        reading.odd("not-composed", "")
    tidy = tidied(kind.table, native, reading)
    data = kind.table.read({n: value for n, value in tidy.items() if n not in kind.apart}, reading)
    return _message(kind, data, tidy, reading)


def _message(kind: RowKind, data: Data, tidy: Mapping[str, Any], reading: Reading) -> Message | Invalid:
    subject = code_of(kind, tidy)
    normal = FORMS[kind.form](subject)
    if normal is None and not reading.problems:
        reading.wrong("bad-code", kind.code, _ASKED.get(kind.form, ""))
    if reading.problems or normal is None:
        return Invalid(reading.problems, subject=subject[:50], type=kind.type)
    kind.finish(data, tidy)
    return Message(
        type=kind.type,
        subject=subject,
        partitionkey=normal,
        data=data,
        native=native_digest(said(tidy)),
        agency=agency_of(_at(data, kind.agency)) or "",
        findings=_each_once(reading.findings),
    )


def question(item: object, answers: Sequence[Mapping[str, Any]], origin: str) -> Message | Invalid:
    """Return a question with its answers as a message.

    Args:
        item: the row of a list.
        answers: rows of `LayNoiDungTraLoiTheoCauHoi`.
        origin: from which list it came.
    """
    message = read(QUESTION, item)
    if isinstance(message, Invalid):
        return message
    reading = Reading()
    tidy = [tidied(ANSWER_ROW, one, reading, f"{n}/") for n, one in enumerate(answers)]
    told = [ANSWER_ROW.read(one, reading, f"{n}/") for n, one in enumerate(tidy)]
    message.data["origin"] = origin
    if told:
        message.data["answers"] = told
    message.native = native_digest({"of": message.native.hex(), "from": origin, "answers": said(tidy)})
    message.findings = _each_once(message.findings + reading.findings)
    return message


def key_of(type_: str, item: object) -> str | None:
    """Return the normal form of a row's code; None where it has none."""
    kind = KINDS[type_]
    code = code_of(kind, item) if isinstance(item, dict) else ""
    return FORMS[kind.form](code) if code else None


def code_of(kind: RowKind, item: Mapping[str, Any]) -> str:
    """Return a row's code as written, or an empty text."""
    code = item.get(kind.code)
    return str(code).strip() if isinstance(code, (str, int)) and not isinstance(code, bool) else ""


# --- lenient reading --------------------------------------------------------------------------------------


def tidied(table: Table, item: Mapping[str, Any], reading: Reading, place: str = "") -> Data:
    """Return a row under the names of its table: keys of another case, and whole numbers with a point.

    A key that is written in another case is a finding; where both are there, the exact one counts and the
    other is kept as an unknown field.
    """
    by_fold = {spec.native.upper(): spec for spec in table.fields}
    told: Data = {}
    for name, value in item.items():
        spec = by_fold.get(name.strip().upper())
        native = name
        if spec is not None and spec.native != name and spec.native not in item:
            native = spec.native
            reading.odd("odd-name", place + native, name)
        rows = spec.rows if spec is not None else None
        told[native] = _tidy(rows, value, reading, f"{place}{native}/")
    return told


def _tidy(table: Table | None, value: Any, reading: Reading, place: str) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return value.strip()
    if table is None or not isinstance(value, list):
        return value
    return [
        tidied(table, row, reading, f"{place}{n}/") if isinstance(row, dict) else row
        for n, row in enumerate(value)
    ]


def said(value: Any) -> Any:
    """Return what a native value says, however it is written: numbers as texts, nothing left out."""
    if isinstance(value, dict):
        inner = {name.upper(): said(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [said(one) for one in value]
    return value if value is None else str(value).strip()


def _each_once(findings: list[Finding]) -> list[Finding]:
    """Return each oddity once, however many rows of an array have it."""
    first: dict[tuple[str, str], Finding] = {}
    for one in findings:
        first.setdefault((one.code, _NUMBERED.sub("", one.place)), one)
    return list(first.values())[:_MOST_FINDINGS]


def _at(data: Mapping[str, Any], path: str) -> str:
    value: Any = data
    for part in path.split("/") if path else ():
        value = value.get(part, {}) if isinstance(value, dict) else {}
    return value if isinstance(value, str) else ""
