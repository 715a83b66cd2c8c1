"""Comparing what an older connection sent with what we would have sent, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

EQUAL, DIFFERS, ONLY_OLD, ONLY_OURS = "equal", "differs", "only-old", "only-ours"
NOT_COMPARED = "not-compared"


@dataclass(slots=True, frozen=True)
class Difference:
    """One field that is not the same; None where one side has none."""

    field: str
    old: Any
    ours: Any


@dataclass(slots=True, frozen=True)
class Compared:
    """What became of one item of the older connection.

    Attributes:
        code: as the item writes it; empty where it has none.
        verdict: `equal`, `differs` or `only-old`; `not-compared` where both have the same fields, and
            nobody may know whether they say the same.
    """

    code: str
    verdict: str
    differences: Sequence[Difference] = field(default_factory=tuple)


def items_of(said: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the items of a body in the far side's form: bare, an array, or an envelope around one array."""
    if isinstance(said, list):
        for one in said:
            yield from items_of(one)
    elif isinstance(said, dict):
        inside = [value for value in said.values() if isinstance(value, list)]
        if len(inside) == 1 and inside[0] and not _is_item(said):
            yield from (one for one in inside[0] if isinstance(one, dict))
        else:
            yield said


def _is_item(said: Mapping[str, Any]) -> bool:
    """Tell an item that has a list of its own from an envelope: an envelope says little beside its list."""
    few = 6
    return len(said) > few


def code_field(subject: str, item: Mapping[str, Any]) -> str:
    """Return the name of the field in which an item says its code; empty where none does."""
    return next((name for name, value in item.items() if value == subject), "")


def compare(old: Mapping[str, Any], ours: Sequence[Mapping[str, Any]], code: str) -> Compared:
    """Compare an item with all that was drawn up of its subject: one that is equal is enough.

    Where none is, it is held against the newest. What is empty on one side and missing on the other is equal.
    """
    if not ours:
        return Compared(code, ONLY_OLD)
    found: list[Difference] = []
    for one in reversed(ours):
        found = [*differences(old, one)]
        if not found:
            return Compared(code, EQUAL)
    return Compared(code, DIFFERS, tuple(differences(old, ours[-1])))


def compare_fields(old: Mapping[str, Any], ours: Mapping[str, Any] | None, code: str) -> Compared:
    """Compare which fields an item and the newest that was drawn up have, and no value.

    So it is told to whoever may not see the values: were they compared, he could find them out by trying.
    """
    if ours is None:
        return Compared(code, ONLY_OLD)
    found = tuple(one for one in differences(old, ours) if "" in {_plain(one.old), _plain(one.ours)})
    return Compared(code, DIFFERS if found else NOT_COMPARED, found)


def differences(old: Any, ours: Any, place: str = "") -> Iterator[Difference]:
    """Yield what is not the same in two items; a place is written as `name/0/name`."""
    if isinstance(old, dict) and isinstance(ours, dict):
        for name in [*old, *(name for name in ours if name not in old)]:
            yield from differences(old.get(name), ours.get(name), f"{place}/{name}" if place else name)
    elif isinstance(old, list) and isinstance(ours, list) and len(old) == len(ours):
        for n, (one, other) in enumerate(zip(old, ours, strict=True)):
            yield from differences(one, other, f"{place}/{n}")
    elif _plain(old) != _plain(ours):
        yield Difference(place, old, ours)


def _plain(value: Any) -> Any:
    """Return a value as it counts: nothing, an empty text and an empty list are one; numbers are texts."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value
