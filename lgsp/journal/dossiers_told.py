"""What the register keeps of a message: of its body, or of what the journal still says when that is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from lgsp.domain.codes import agency_code, dossier_code
from lgsp.domain.dossier import BY_WORD
from lgsp.domain.scoring.marks import Mark, marks_of
from lgsp.journal.dossiers import Row, Step

DOSSIER, PROGRESS = "dossier.v1", "dossier.progress.v1"
_MICROS = 1_000_000


class Found(NamedTuple):
    """A message that is not registered yet, as the journal has it beside its body."""

    id: int
    type: str
    key: str
    source: str
    revision: int
    agency: str
    accepted_at: int
    time: int | None
    watched: str | None


def row_of(found: Found, body: bytes | None) -> Row:
    """Return the row of a dossier, as if it were the first and the last that was told of it.

    Args:
        found: the message.
        body: as JSON; None when it is kept no more, or cannot be read.
    """
    said = _read(body)
    marks = Mark.UNREADABLE if said is None else marks_of(said)
    said = _watched(found.watched) if said is None else said
    procedure, returned = said.get("procedure") or {}, said.get("result_delivery") or {}
    due = _micros(said.get("due_at"))
    return Row(
        found.key,
        found.id,
        found.source,
        found.revision,
        found.accepted_at,
        None,
        _agency(found),
        (procedure.get("code") or "").strip(),
        (procedure.get("field_code") or "").strip(),
        said.get("channel") or "",
        _status(said.get("status")),
        _micros(said.get("received_at")),
        due,
        due,
        _micros(said.get("finished_at")),
        _micros(returned.get("returned_at")),
        _micros(said.get("declined_at")),
        _micros(said.get("submitted_at")),
        int(marks),
        _pauses(said.get("supplements") or ()),
    )


def step_of(found: Found, body: bytes | None) -> Step:
    """Return the row of a progress entry; without its body, the time that the journal has and no status."""
    said = _read(body) or {}
    at = _micros(said.get("handled_at"))
    when = next(one for one in (at, found.time, found.accepted_at) if one is not None)
    return Step(found.key, found.id, found.source, found.accepted_at, when, _status(said.get("status")))


def _agency(found: Found) -> str:
    code = dossier_code(found.key)
    return code.agency_normal if code else agency_code(found.agency) or ""


def _read(body: bytes | None) -> dict[str, Any] | None:
    """Return a body; None when it is gone or is no object."""
    if body is None:
        return None
    try:
        said = orjson.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _watched(kept: str | None) -> dict[str, Any]:
    """Return what the journal keeps of the watched fields, in the places where the body had them."""
    values: Mapping[str, Any] = orjson.loads(kept) if kept else {}
    said: dict[str, Any] = {}
    for pointer, value in values.items():
        at, *below = pointer.strip("/").split("/")
        said[at] = {below[0]: value} if below else value
    return said


def _status(word: Any) -> int:
    status = BY_WORD.get(word) if isinstance(word, str) else None
    return status.number if status else 0


def _micros(text: Any) -> int | None:
    """Return a moment in microseconds since 1970; None where none was said that can be read."""
    if not isinstance(text, str):
        return None
    try:
        return round(datetime.fromisoformat(text).timestamp() * _MICROS)
    except (ValueError, OverflowError):
        return None


def _pauses(supplements: Sequence[Mapping[str, Any]]) -> str | None:
    """Return when supplements were asked for and came, as JSON; one without the first moment says nothing."""
    spans = [[_micros(one.get("requested_at")), _micros(one.get("received_at"))] for one in supplements]
    known = sorted(span for span in spans if span[0] is not None)
    return orjson.dumps(known).decode() if known else None
