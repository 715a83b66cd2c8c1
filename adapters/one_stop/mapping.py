"""Reading dossiers and progress entries of one-stop systems into canonical messages; no I/O.

One-stop systems speak the field names of the national portal's synchronisation services. Faults are named by
the native field, all of an item at once; what is odd but may pass is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from lgsp.domain.codes import DossierCode, dossier_code, procedure_code, under
from lgsp.domain.letters import composed
from lgsp.errors import Invalid, Problem
from lgsp.formats.dossier_sync import dossier_table, progress_table
from lgsp.formats.fields import Reading, Table
from lgsp.message import Message, native_digest

from . import questions

DOSSIER = "dossier.v1"
PROGRESS = "dossier.progress.v1"

STATUSES: dict[str, str] = orjson.loads(Path(__file__).with_name("statuses.json").read_bytes())["from"]
"""Native status code to canonical word."""

_ANNOUNCED = {"true": "update", "false": "create"}


@dataclass(slots=True, frozen=True)
class _Kind:
    """What is read: its type, its fields, and where it says when it became true (the first that is there)."""

    type: str
    table: Table
    moments: tuple[str, ...]


_DOSSIER = _Kind(
    DOSSIER,
    dossier_table(STATUSES),
    ("result_delivery/returned_at", "finished_at", "declined_at", "received_at", "submitted_at"),
)
_PROGRESS = _Kind(PROGRESS, progress_table(STATUSES), ("handled_at",))


def dossier(item: object, place: str, *, sender: str = "", updating: str = "") -> Message | Invalid:
    """Return a native dossier as `dossier.v1`, or every fault of it.

    Args:
        item: the native object.
        place: where it stands in what came (`1`), put before the fields that problems name.
        sender: agency code under which it was sent; a dossier of another agency is a finding.
        updating: what the source said of it, `True` or `False` in any case.
    """
    message = _read(_DOSSIER, item, place, sender)
    announced = _ANNOUNCED.get(updating.strip().lower())
    if announced and isinstance(message, Message):
        message.data["synchronisation"] = {"announced_as": announced}
    return message


def progress(item: object, place: str, *, sender: str = "") -> Message | Invalid:
    """Return a native progress entry as `dossier.progress.v1`, or every fault of it.

    Entries have no identity of their own, so that of an entry is the digest of its native form.
    """
    message = _read(_PROGRESS, item, place, sender)
    if isinstance(message, Message):
        message.key = message.native.hex()
    return message


def native_place(type_: str, pointer: str) -> str:
    """Return the native name of a canonical JSON pointer of one of the types."""
    if type_ in questions.TYPES:
        return questions.native_place(type_, pointer)
    return (_PROGRESS if type_ == PROGRESS else _DOSSIER).table.native(pointer)


def _read(kind: _Kind, item: object, place: str, sender: str) -> Message | Invalid:
    if not isinstance(item, dict):
        return Invalid([Problem(place, "wrong-type", "object")], type=kind.type)
    subject = _subject(item)
    try:
        native, changed = composed(item)
    except TypeError:
        return Invalid([Problem(place, "too-deep")], subject=subject, type=kind.type)
    reading = Reading(f"{place}/" if place else "")
    if changed:
        reading.odd("not-composed", "")
    data = kind.table.read(native, reading)
    code = dossier_code(data.get("code", ""))
    if reading.problems or code is None:
        return Invalid(reading.problems, subject=subject, type=kind.type)
    _notice(data, code, sender, reading)
    return Message(
        type=kind.type,
        subject=data["code"],
        partitionkey=code.normal,
        data=data,
        native=native_digest(native),
        agency=code.agency,
        time=_time(data, kind.moments),
        findings=reading.findings,
    )


def _notice(data: dict[str, Any], code: DossierCode, sender: str, reading: Reading) -> None:
    """Find what no single field shows to be odd."""
    written = data.get("procedure", {}).get("code")
    procedure = procedure_code(written) if written else None
    if written and (procedure is None or not procedure.known):
        reading.odd("unknown-procedure-form", "MaTTHC", written)
    if sender and not under(code.agency, sender):
        reading.odd("odd-agency", "MaHoSo", code.agency)


def _subject(item: dict[str, Any]) -> str:
    """Return the code that the sender will look for, as far as it can be read."""
    code = item.get("MaHoSo")
    return code[:50] if isinstance(code, str) else ""


def _time(data: dict[str, Any], places: tuple[str, ...]) -> datetime | None:
    for place in places:
        group, _, name = place.rpartition("/")
        moment = (data.get(group, {}) if group else data).get(name)
        if moment:
            return datetime.fromisoformat(moment)
    return None
