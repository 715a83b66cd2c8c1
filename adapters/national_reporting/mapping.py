"""Writing reports as the receiver wants them, and reading the statuses that it tells; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lgsp.domain.codes import agency_of
from lgsp.errors import Invalid, Problem, Refused, Rejected
from lgsp.formats import plain_xml
from lgsp.message import Finding, Message, native_digest

from .wording import Wording

REPORT, STATUS = "report.v1", "report.status.v1"


def report(data: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    """Return a `report.v1` body in the receiver's names.

    What a local system said beyond the canonical fields stays here: it is in that system's names.
    """
    native: dict[str, Any] = {}
    for place, name in wording.report.items():
        value = _at(data, place)
        if value is not None:
            native[name] = value
    native[wording.report["figures"]] = [_figure(one, wording) for one in data["figures"]]
    return native


def to_xml(native: Mapping[str, Any], root: str, wording: Wording) -> bytes:
    """Return an object of the receiver's names as XML.

    Raises:
        Refused: a text holds what XML cannot say (`not-writable`).
    """
    try:
        return plain_xml.write(root, native, wording.row)
    except plain_xml.NotPlainError as fault:
        raise Refused("not-writable", fields=[str(fault)]) from None


def status(item: Any, wording: Wording, place: str) -> Message | Rejected:
    """Return what the receiver tells of a version, or what is wrong with it.

    Args:
        item: one entry of its list.
        wording: its names.
        place: where the entry stands, for what is said of it.
    """
    if not isinstance(item, Mapping):
        return Invalid([Problem(place, "not-readable")], type=STATUS)
    given = {name: _text(value) for name, value in item.items() if value not in (None, "")}
    given.pop(wording.answer["number"], None)  # its place in the list, which says nothing of the report
    faults: list[Problem] = []
    data = _status(given, wording, place, faults)
    subject = data.get("code", "")
    if faults:
        return Invalid(faults, subject=subject[:50], type=STATUS)
    extra = {name: value for name, value in given.items() if name not in wording.status.values()}
    native = native_digest(given)
    return Message(
        type=STATUS,
        subject=subject,
        partitionkey=subject,
        data={**data, "extra": extra} if extra else data,
        native=native,
        key=native.hex(),
        agency=agency_of(data.get("agency", "")) or "",
        time=datetime.fromisoformat(data["at"]) if "at" in data else None,
        findings=[Finding("unknown-field", name) for name in extra],
    )


def _figure(data: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    native = {name: data[ours] for ours, name in wording.figure.items() if data.get(ours) is not None}
    if data.get("split"):
        native[wording.figure["split"]] = [
            {name: part[ours] for ours, name in wording.split.items()} for part in data["split"]
        ]
    return native


def _at(data: Mapping[str, Any], place: str) -> Any:
    group, _, name = place.rpartition("/")
    inside = data.get(group) if group else data
    return inside.get(name) if isinstance(inside, Mapping) else None


def _text(value: Any) -> str:
    """Return a value as XML would have it, so that both forms tell the same thing."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _status(given: Mapping[str, str], wording: Wording, place: str, faults: list[Problem]) -> dict[str, Any]:
    names = wording.status
    data: dict[str, Any] = {ours: given[name] for ours, name in names.items() if name in given}
    lacking = (ours for ours in ("code", "version", "state") if ours not in data)
    faults.extend(Problem(f"{place}/{names[ours]}", "missing") for ours in lacking)
    if "version" in data:
        data["version"] = _version(data["version"], f"{place}/{names['version']}", faults)
    if "state" in data and wording.states.get(data["state"]) is None:
        faults.append(Problem(f"{place}/{names['state']}", "not-one-of", " ".join(wording.states)))
    data["state"] = wording.states.get(data.get("state", ""))
    if "at" in data and not _is_moment(data["at"]):
        faults.append(Problem(f"{place}/{names['at']}", "bad-date", "2026-01-31T08:30:00+07:00"))
    return data


def _version(text: str, place: str, faults: list[Problem]) -> int:
    if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text):  # noqa: PLR2004 - of an int
        return int(text)
    faults.append(Problem(place, "wrong-type", "1, 2, 3, …"))
    return 0


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
