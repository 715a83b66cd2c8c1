"""Counting by the packed national calendar, as the tests of due dates do."""

from __future__ import annotations

from datetime import date, datetime

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.due import due
from lgsp.domain.calendar.terms import RULES, Due, Pause, Rule, Term

CALENDARS = Calendars()
NATION = CALENDARS.of()


def counted(received: date, term: Term, rule: Rule = RULES[0], pauses: tuple[Pause, ...] = ()) -> Due:
    """Return a due date that is known."""
    found = due(received, term, NATION, rule, pauses)
    assert isinstance(found, Due)
    return found


def at(text: str) -> datetime:
    """Return a moment in Viet Nam time."""
    return datetime.fromisoformat(text)
