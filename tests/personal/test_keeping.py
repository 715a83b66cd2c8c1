"""How a home says for how long content is kept, and which rule holds for a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from lgsp.domain.agencies.known import built_in
from lgsp.erasing import judge_of, next_at, rules, shortest
from lgsp.errors import ConfigError
from lgsp.journal.erasing import Told
from lgsp.keeping import LEAST_DAYS, age
from lgsp.message import VIETNAM
from lgsp.routes import Routes, parse_routes

_HOME = """
systems:
  desk: {adapter: one_stop}
  portal: {adapter: national_portal}
routes:
  - {name: all, type: dossier.v1, to: [portal]}
  - {name: court, type: dossier.v1, where: {agency: "under:H44.11"}, to: [portal], keep: 20y}
  - {name: steps, type: dossier.progress.v1, to: [portal], keep: 200d}
keep: {at: "02:15", types: {dossier.v1: 5y}, rejected: 100d}
"""


@dataclass
class _Gateway:
    routes: Routes
    agencies: Any = None


def _kept(type_: str, agency: str = "H44.12") -> tuple[int | None, str]:
    """Return for how many days a message is kept, and by which rule."""
    gateway: Any = _Gateway(parse_routes(_HOME), built_in())
    one = Told(1, b"", type_, "desk", "X", "X", agency, 0, 1, False, None, 0, 0, False)
    micros, rule = judge_of(gateway)(one)
    return (None if micros is None else micros // 86_400_000_000), rule


def test_ages_are_days_or_years() -> None:
    """`5y` is five times 365 days; nothing shorter than three months is an age."""
    assert (age("400d"), age("5y"), age("92d")) == (400, 1825, LEAST_DAYS)
    for wrong in ("91d", "5", "5m", "", 5, None):
        with pytest.raises(ValueError, match="is no age"):
            age(wrong)


def test_a_message_is_kept_as_long_as_the_longest_of_its_routes_asks() -> None:
    """By its type where a route says nothing; for ever where neither does."""
    assert _kept("dossier.v1") == (1825, "by type")
    assert _kept("dossier.v1", "H44.11.3") == (7300, "court")
    assert _kept("dossier.progress.v1") == (200, "steps")
    assert _kept("document.v1") == (None, "")


def test_what_a_home_says_is_told_as_it_is() -> None:
    """As it stands in runs and entries; and without `keep:` nothing is ever erased."""
    routes = parse_routes(_HOME)
    assert rules(routes) == {
        "types": {"dossier.v1": 1825}, "routes": {"court": 7300, "steps": 200}, "rejected": 100,
    }  # fmt: skip
    assert shortest(routes) == 200
    assert shortest(parse_routes("systems: {}\nroutes: []")) is None


def test_a_wrong_age_is_a_fault_of_the_home_with_its_line() -> None:
    """Like every other one."""
    with pytest.raises(ConfigError) as fault:
        parse_routes(_HOME.replace("5y", "5 weeks"))
    assert "routes.yaml:9" in fault.value.faults[0]


def test_erasing_begins_at_its_hour_of_the_night() -> None:
    """In Viet Nam time, today or tomorrow."""
    routes = parse_routes(_HOME)
    noon = datetime(2026, 3, 5, 12, tzinfo=VIETNAM)
    assert next_at(routes, noon) == datetime(2026, 3, 6, 2, 15, tzinfo=VIETNAM)
    assert next_at(routes, noon.replace(hour=1)) == datetime(2026, 3, 5, 2, 15, tzinfo=VIETNAM)
