"""Reading `calendar.yaml`: the home's own notices, agency hours, rules; a file and line for every fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from lgsp.domain.calendar.agencies import LAST_SECOND, AgencyLine, Calendars
from lgsp.domain.calendar.facts import DayFact, Facts, Kind, YearFact, kind_of, national
from lgsp.domain.calendar.hours import Hours, read_hours, read_weekdays, seconds_of
from lgsp.domain.calendar.terms import RULES, Returned, Rule
from lgsp.domain.codes import agency_code
from lgsp.errors import ConfigError
from lgsp.measures import STRICT, hour
from lgsp.routes import Place, line_of, read_as

FILE = "calendar.yaml"
FEWEST = 10
"""Weekdays off that every notified year has had at least; a new year with fewer was not entered whole."""


def _cut_off(value: Any) -> Any:
    return LAST_SECOND if value == "none" else seconds_of(value if isinstance(value, time) else hour(value))


def _by_weekday(value: Any) -> Any:
    """Return hours by weekday of `{mon-fri: "7:30-11:30, 13:30-17:00"}`; an empty mapping is no hours."""
    if not isinstance(value, dict):
        raise ValueError('is not a mapping; write {mon-fri: "7:30-11:30, 13:30-17:00"}')  # noqa: TRY004 - pydantic's
    return {day: read_hours(str(text)) for days, text in value.items() for day in read_weekdays(str(days))}


def _code(value: Any) -> Any:
    if not isinstance(value, str) or agency_code(value) is None:
        raise ValueError("is no agency code; write it as H44 or H44.11")
    return value


CutOff = Annotated[int, BeforeValidator(_cut_off)]
Weekdays = Annotated[dict[int, Hours], BeforeValidator(_by_weekday)]


class _Day(BaseModel):
    model_config = STRICT
    day: date
    what: str = Field(min_length=1)
    other: date | None = Field(None, alias="for")


class _Days(BaseModel):
    model_config = STRICT
    off: list[_Day] = []
    worked: list[_Day] = []

    def facts(self, basis: str) -> Iterator[DayFact]:
        """Yield what is said of days, each with the number that it rests on."""
        for worked, days in ((False, self.off), (True, self.worked)):
            for one in days:
                kind = kind_of(one.day, worked=worked)
                yield DayFact(one.day, kind, one.what, one.what, basis, FILE, other=one.other)

    def places(self) -> Iterator[tuple[Place, _Day]]:
        """Yield each day with its place in the section."""
        yield from ((("off", n), one) for n, one in enumerate(self.off))
        yield from ((("worked", n), one) for n, one in enumerate(self.worked))


class _Notice(_Days):
    year: int = Field(ge=2000, le=2100)
    notice: str = Field(min_length=1)


class _Agency(_Days):
    code: Annotated[str, BeforeValidator(_code)]
    since: date = Field(date.min, alias="from")
    sessions: Weekdays | None = Field(None, min_length=1)
    reception: Weekdays | None = None
    cut_off: CutOff | None = None
    notice: str = ""


class _Rule(BaseModel):
    model_config = STRICT
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    version: int = Field(ge=1)
    receipt_day: Literal["included", "excluded"] = "excluded"
    pause: Returned = Returned.WORKING
    cut_off: CutOff | None = None
    what: str = ""


class _File(BaseModel):
    model_config = STRICT
    notices: list[_Notice] = []
    agencies: list[_Agency] = []
    rules: list[_Rule] = []


def read_calendars(folder: Path) -> Calendars:
    """Return the calendars of a home: the national facts, and what its `calendar.yaml` adds if it has one.

    Raises:
        ConfigError: all faults of the file at once.
    """
    path = folder / FILE
    return parse_calendars(path.read_text(encoding="utf-8")) if path.is_file() else Calendars()


def calendar_faults(folder: Path) -> list[str]:
    """Return every fault of a home's `calendar.yaml`, as `file:line: what; mend`; none without the file."""
    try:
        read_calendars(folder)
    except ConfigError as fault:
        return fault.faults
    return []


def parse_calendars(text: str) -> Calendars:
    """Return the calendars that the text of a `calendar.yaml` makes of the national facts.

    Raises:
        ConfigError: all of its faults at once.
    """
    said, lines = read_as(_File, text, FILE, "`notices:`, `agencies:` or `rules:`")
    facts = _with_notices(said.notices)
    faults = [f"{line_of(lines, place)}: {told}" for place, told in _cross_faults(said, facts)]
    if faults:
        raise ConfigError(faults)
    return Calendars(facts, [_line_of(one) for one in said.agencies], [_rule_of(one) for one in said.rules])


def _with_notices(notices: Iterable[_Notice]) -> Facts:
    facts = national()
    for one in notices:
        year = YearFact(one.year, (one.notice,), FILE, "high")
        facts = facts.with_more(one.facts(one.notice), [year])
    return facts


def _line_of(one: _Agency) -> AgencyLine:
    days = tuple(one.facts(one.notice))
    return AgencyLine(one.code, one.since, one.sessions, one.reception, one.cut_off, days)


def _rule_of(one: _Rule) -> Rule:
    counts = one.receipt_day == "included"
    return Rule(one.name, one.version, counts, one.pause, one.what, one.what, FILE, "high", one.cut_off)


# --- faults ---------------------------------------------------------------------------------------------


def _cross_faults(said: _File, facts: Facts) -> Iterator[tuple[Place, str]]:
    for n, notice in enumerate(said.notices):
        yield from _day_faults(("notices", n), notice, national())
        yield from _far_days(("notices", n), notice)
    for n, agency in enumerate(said.agencies):
        yield from _day_faults(("agencies", n), agency, facts)
    yield from _thin_years(said, facts)
    keys = [(agency_code(one.code), one.since) for one in said.agencies]
    for n in _repeated(keys):
        yield ("agencies", n), f"{said.agencies[n].code} has two lines from one day on; make them one"
    rules = [(one.name, one.version) for one in RULES] + [(one.name, one.version) for one in said.rules]
    for n in _repeated(rules):
        name, version = rules[n]
        yield ("rules", n - len(RULES)), f"rule {name}/{version} is there already; give it the next version"


def _day_faults(place: Place, said: _Days, before: Facts) -> Iterator[tuple[Place, str]]:
    """Yield days that are named twice, and days that are said to be worked and are so anyhow."""
    seen: set[date] = set()
    for inside, one in said.places():
        if one.day in seen:
            yield (*place, *inside), f"{one.day} is there twice; take one out"
        seen.add(one.day)
        known = before.days.get(one.day)
        on_weekday = kind_of(one.day, worked=False) is Kind.OFF
        if inside[0] == "worked" and on_weekday and (known is None or known.kind is Kind.WORKED):
            yield (*place, *inside), f"{one.day} is a weekday and worked anyhow; mend the date"


def _far_days(place: Place, notice: _Notice) -> Iterator[tuple[Place, str]]:
    for inside, one in notice.places():
        if abs(one.day.year - notice.year) > 1:
            yield (*place, *inside), f"{one.day} is far from {notice.year}, the notice's year; mend the date"


def _thin_years(said: _File, facts: Facts) -> Iterator[tuple[Place, str]]:
    """Yield years that the home makes known with fewer days off than a year can have."""
    packed = national().years
    for n, notice in enumerate(said.notices):
        off = sum(fact.kind is Kind.OFF for fact in facts.of_year(notice.year))
        if notice.year not in packed and off < FEWEST:
            few = f"{notice.year} has {off} weekdays off so far, and a year has at least {FEWEST}"
            yield ("notices", n, "year"), f"{few}; enter all that the notice names"


def _repeated(keys: Iterable[Any]) -> Iterator[int]:
    seen: set[Any] = set()
    for n, key in enumerate(keys):
        if key in seen:
            yield n
        seen.add(key)
