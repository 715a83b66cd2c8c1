"""Bounds as they are written down and read again, and narrowed by the scope of an access token."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lgsp.callers import Bounds, Subtree

ACTS = ("send", "collect", "read", "ask")
_TYPE = "type:"
EVERYTHING = frozenset({"default", "am_application_scope"})
"""What clients of other platforms ask for when they want all that is theirs."""


class ScopeError(ValueError):
    """A scope was asked for that the credential does not have."""


def written(bounds: Bounds) -> dict[str, Any]:
    """Return bounds as they are kept and told."""
    return {
        "agencies": [
            {"agency": one.agency, "since": _day(one.since), "until": _day(one.until)}
            for one in bounds.agencies
        ],
        "types": sorted(bounds.types),
        "acts": sorted(bounds.acts),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def read(told: Mapping[str, Any]) -> Bounds:
    """Return bounds from what was kept."""
    agencies = tuple(
        Subtree(one["agency"], _date(one.get("since")), _date(one.get("until")))
        for one in told.get("agencies", ())
    )
    return Bounds(agencies, frozenset(told.get("types", ())), frozenset(told.get("acts", ())))


def _date(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def scope_of(bounds: Bounds) -> str:
    """Return what bounds allow as the words of a scope: acts, and types where not all are allowed."""
    acts = [act for act in ACTS if not bounds.acts or act in bounds.acts]
    return " ".join([*acts, *(f"{_TYPE}{one}" for one in sorted(bounds.types))])


def narrowed(bounds: Bounds, scope: str) -> Bounds:
    """Return bounds as a scope narrows them; one that is empty narrows nothing.

    Raises:
        ScopeError: it names what the bounds do not allow, or what does not exist.
    """
    asked = set(scope.split()) - EVERYTHING
    types = {word.removeprefix(_TYPE) for word in asked if word.startswith(_TYPE)}
    acts = {word for word in asked if not word.startswith(_TYPE)}
    _allow(acts, bounds.acts or frozenset(ACTS))
    if bounds.types:
        _allow(types, bounds.types)
    return replace(bounds, types=frozenset(types) or bounds.types, acts=frozenset(acts) or bounds.acts)


def _allow(asked: Collection[str], allowed: Collection[str]) -> None:
    if not set(asked) <= set(allowed):
        raise ScopeError("narrowing a scope: the credential does not have all of it")
