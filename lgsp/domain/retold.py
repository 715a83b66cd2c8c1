"""What is odd about a subject that is told again: one rule for each sort of life that a type declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from lgsp.domain.dossier import BY_WORD
from lgsp.domain.first_seen import DUE, FINISH, STATUS, Known, Odd, findings

Values = Mapping[str, Any]
"""What a snapshot said of the watched fields, by JSON pointer; a field that it did not name is not there."""


class Told(NamedTuple):
    """A snapshot of the same subject that was taken on before.

    Attributes:
        at: when it reached the platform.
        message: its id.
    """

    values: Values
    at: datetime
    message: str


class Edit(NamedTuple):
    """A watched field that says something else than it did before; None stands for nothing said.

    Attributes:
        message: the id of the snapshot that changed it.
    """

    field: str
    old: Any
    new: Any
    at: datetime
    message: str


def dossier(told: Sequence[Told], data: Mapping[str, Any], at: datetime) -> list[Odd]:
    """Return what is odd in the step from what was told of a dossier, oldest first, to what is told now."""
    lives = [(_known(one.values, one.at), one) for one in told if one.values.get(STATUS) in BY_WORD]
    if not lives:
        return []
    new = _known({STATUS: data["status"], DUE: data.get("due_at"), FINISH: data.get("finished_at")}, at)
    before = lives[-1][0]
    since = next((k.at for k, _ in reversed(list(_lately(lives, before.status)))), before.at)
    extended = tuple(_moments(data))
    first_due = next((known.due for known, _ in lives if known.due is not None), None)
    return findings(first_due, replace(before, since=since), replace(new, extended=extended), at)


RETOLD: Mapping[str, Callable[[Sequence[Told], Mapping[str, Any], datetime], list[Odd]]] = MappingProxyType(
    {"dossier": dossier}
)
"""By the name that a type gives in `x-lgsp.retold`."""


def edits(told: Sequence[Told]) -> list[Edit]:
    """Return each change of a watched field, in the order in which the snapshots were told."""
    found = []
    for before, now in pairwise(told):
        for name in sorted(before.values.keys() | now.values.keys()):
            old, new = before.values.get(name), now.values.get(name)
            if old != new:
                found.append(Edit(name, old, new, now.at, now.message))
    return found


def first_values(told: Sequence[Told]) -> dict[str, Edit]:
    """Return what was said of each field for the first time, with when and by which message."""
    first: dict[str, Edit] = {}
    for one in told:
        for name, value in one.values.items():
            first.setdefault(name, Edit(name, None, value, one.at, one.message))
    return first


def _known(values: Values, at: datetime) -> Known:
    return Known(values[STATUS], _moment(values.get(DUE)), _moment(values.get(FINISH)), at)


def _lately(lives: Sequence[tuple[Known, Told]], status: str) -> Iterator[tuple[Known, Told]]:
    """Yield the last stretch of snapshots with one status, newest first."""
    for known, one in reversed(lives):
        if known.status != status:
            return
        yield known, one


def _moments(data: Mapping[str, Any]) -> Iterator[datetime]:
    """Yield the due dates that a dossier's supplements give."""
    for supplement in data.get("supplements") or ():
        moment = _moment(supplement.get("due_after"))
        if moment is not None:
            yield moment


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
