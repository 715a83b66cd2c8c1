"""Reading an answer of a read service from a file, so that a catalogue can be handed in by hand."""

from __future__ import annotations

from typing import Any

from lgsp.errors import Invalid, Problem, Rejected
from lgsp.formats.portal_catalogue import AGENCY, FIELD, PROCEDURE, SERVICE
from lgsp.formats.portal_questions import ASKED_OF_PORTAL, ORIGINS, QUESTION
from lgsp.message import Message, Raw
from lgsp.wire.http import Answer

from . import rows
from .answers import Outcome, read_answer

_KNOWN_BY = (
    ("MADVC", SERVICE),
    ("HOIDAPID", QUESTION),
    ("MATTHC", PROCEDURE),
    ("MALINHVUC", FIELD),
    ("MADONVI", AGENCY),
)
"""The key that only rows of a list have, most telling first; a list of codes and names is no record."""

_OK = 200
_MORE_THAN_A_ROW = frozenset({"LINHVUCTHUCHIEN", "TRANGTHAI", "LOAITTHC", "ID"})


def imported(raw: Raw) -> list[Message | Rejected]:
    """Return the rows of an answer as messages, or as what is wrong with them.

    Raises:
        Invalid: nothing of it can be read, or it is a list of procedures, whose records are elsewhere.
    """
    said = read_answer(Answer(_OK, raw.read().decode("utf-8", "replace")))
    found = _rows((said.envelope or {}).get("result")) if said.outcome is Outcome.TAKEN else []
    if not found:
        raise Invalid([Problem("result", "not-readable")])
    origin = ORIGINS.get(raw.attributes.get("service", ""), ORIGINS[ASKED_OF_PORTAL])
    return [_read(item, str(n + 1), origin) for n, item in enumerate(found)]


def _rows(result: Any) -> list[Any]:
    if isinstance(result, dict):
        inner = result.get("data")
        return inner if isinstance(inner, list) else [result]
    return result if isinstance(result, list) else []


def _read(item: Any, place: str, origin: str) -> Message | Rejected:
    type_ = _type_of(item)
    if type_ is None:
        return Invalid([Problem(place, "not-readable")])
    return rows.question(item, [], origin) if type_ == QUESTION else rows.read(type_, item, place)


def _type_of(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    type_ = next((type_ for key, type_ in _KNOWN_BY if key in item), None)
    return None if type_ == PROCEDURE and _MORE_THAN_A_ROW.isdisjoint(item) else type_
