"""The screens in the order of the navigation; a screen is a module of this package that says `SCREEN`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from fastapi import APIRouter

from lgsp.console.places import Place
from lgsp.console.room import Room

ORDER = (
    "overview", "messages", "message", "threads", "problems", "systems", "asks", "routes", "jobs",
    "catalogues", "calendar",
    "reconciliation", "cut_over", "scoring", "reports", "reports_statistics", "audit",
    "people", "credentials", "personal", "personal_retention",
)  # fmt: skip
"""Modules of this package; one that is not there yet has no place in the navigation."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Screen(Place):
    """A place, and who answers there.

    Attributes:
        router: makes its endpoints, whose paths begin with `/console/<path>`.
    """

    router: Callable[[Room], APIRouter]


def screens() -> list[Screen]:
    """Return all screens that there are, in order."""
    names = [f"{__package__}.{name}" for name in ORDER]
    return [import_module(name).SCREEN for name in names if find_spec(name) is not None]
