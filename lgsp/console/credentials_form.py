"""The form by which a credential is made: what was typed, what it asks for, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from pydantic import ValidationError

from lgsp.api.credentials import Asked
from lgsp.console.credentials_words import RATES, TAKEN
from lgsp.console.guard import Form
from lgsp.domain.causes import explain
from lgsp.errors import Problem
from lgsp.message import VIETNAM


@dataclass(slots=True, frozen=True)
class Filled:
    """What was typed, as it is shown again.

    Attributes:
        agencies: one to a line: a code, or `code since until` with days.
        addresses: one to a line.
        until: a day; all of it counts.
        limits: numbers by `items.per_day`; those that were left empty are not there.
        language: of whoever typed it.
    """

    system: str = ""
    kind: str = "key"
    name: str = ""
    agencies: str = ""
    types: Sequence[str] = ()
    acts: Sequence[str] = ()
    addresses: str = ""
    until: str = ""
    certificate: str = ""
    by_names: bool = False
    limits: Mapping[str, str] = field(default_factory=dict)
    language: str = "vi"

    def asked(self) -> dict[str, Any]:
        """Return what it asks for, as the API takes it."""
        return {
            "system": self.system,
            "kind": self.kind,
            "name": self.name,
            "agencies": [_under(line) for line in _lines(self.agencies)],
            "types": list(self.types),
            "acts": list(self.acts),
            "limits": self._limits(),
            "addresses": _lines(self.addresses),
            "until": _end_of(self.until),
            "certificate": self.certificate,
            "by_names": self.by_names,
        }

    def _limits(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, number in self.limits.items():
            kind, _, rate = name.partition(".")
            found.setdefault(kind, {})[rate] = number
        return found

    def faults(self, problems: Sequence[Problem]) -> list[str]:
        """Return what is wrong, in words."""
        return [explain(one, self.language).text for one in problems]


def blank(system: str) -> Filled:
    """Return the form before anything was typed."""
    return Filled(system)


def read(form: Form, language: str) -> tuple[Filled, Asked | None, list[str]]:
    """Return what was typed, what it asks for, and what is wrong with it."""
    given = Filled(
        form.get("system"), form.get("kind"), form.get("name"), form.get("agencies"), form.all("types"),
        form.all("acts"), form.get("addresses"), form.get("until"), form.get("certificate"),
        form.get("by_names") == "yes", _limits(form), language,
    )  # fmt: skip
    try:
        return given, Asked.model_validate(given.asked()), []
    except ValidationError as fault:
        problems = [_problem(one) for one in fault.errors()]
        return given, None, given.faults(problems)


def _limits(form: Form) -> dict[str, str]:
    names = [f"{kind}.{rate}" for kind in TAKEN for rate in RATES]
    return {name: number for name in names if (number := form.get(f"limits.{name}"))}


def _problem(one: Any) -> Problem:
    return Problem("/".join(map(str, one["loc"])), "wrong-parameter", str(one["msg"]))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]


def _under(line: str) -> dict[str, Any]:
    code, *days = line.split()
    since, until = ([*days[:2], None, None])[:2]
    return {"agency": code, "since": since, "until": until}


def _end_of(day: str) -> Any:
    """Return the last second of a day; what is none stays as it was typed, and is told to be none."""
    try:
        return datetime.combine(date.fromisoformat(day), time(23, 59, 59), VIETNAM) if day else None
    except ValueError:
        return day
