"""How a due date comes about: what counts adds up to the term, and ends on the due date itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.calendar.deriving import MOST, Derived, Why, derive
from lgsp.domain.calendar.due import due
from lgsp.domain.calendar.terms import RULES, Pause, Term, Unknown
from tests.domain.counting import CALENDARS, NATION, at

FACTS = CALENDARS.facts.days
MOMENTS = st.datetimes(at("2026-01-01T00:00"), at("2026-10-01T00:00")).map(
    lambda one: one.replace(microsecond=0)
)
PAUSES = st.lists(st.tuples(MOMENTS, st.integers(0, 20 * 24 * 60)), max_size=3).map(
    lambda found: [Pause(start, start + timedelta(minutes=length)) for start, length in found]
)


def way(received: date | datetime, term: Term, pauses: tuple[Pause, ...] = (), rule: int = 0) -> Derived:
    """Return a way that is known."""
    found = derive(received, term, NATION, RULES[rule], pauses, facts=FACTS)
    assert isinstance(found, Derived)
    return found


def told(found: Derived) -> list[tuple[str, str, int]]:
    """Return the days of a way in short."""
    return [(f"{one.day:%d/%m}", one.why.value, one.counted) for one in found.steps]


def test_each_day_says_why_it_counts_or_not() -> None:
    """The receipt day, a Saturday that is worked in return, a Sunday, a Monday."""
    assert told(way(date(2026, 1, 8), Term.of_days(3))) == [
        ("08/01", "receipt", 0),
        ("09/01", "counted", 1),
        ("10/01", "counted", 1),
        ("11/01", "weekend", 0),
        ("12/01", "counted", 1),
    ]
    worked = way(date(2026, 1, 8), Term.of_days(3)).steps[2]
    assert worked.fact is not None
    assert (worked.fact.kind.value, worked.last) == ("worked", False)


def test_days_off_and_pauses_do_not_count() -> None:
    """A holiday is named; a pause says which due date it moved to which."""
    pause = Pause(at("2026-04-23T10:00"), at("2026-04-24T18:00"))
    found = way(date(2026, 4, 22), Term.of_days(2), (pause,))
    assert ("23/04", "paused", 0) in told(found)
    (given_back,) = found.given
    assert given_back.before.day < given_back.after.day == found.due.day
    assert any(
        one.why is Why.OFF and one.fact is not None for one in way(date(2026, 4, 28), Term.of_days(4)).steps
    )


def test_a_pause_by_the_calendar_leaves_days_behind_the_term() -> None:
    """They are shown as given back, and do not count."""
    pause = Pause(at("2026-03-10T08:00"), at("2026-03-13T08:00"))
    found = way(date(2026, 3, 9), Term.of_days(3), (pause,), rule=3)
    assert [one.why for one in found.steps][-1] is Why.GIVEN_BACK
    assert sum(one.counted for one in found.steps) == 3


def test_hours_are_shown_in_seconds_of_each_day() -> None:
    """What was received after hours counts from the next morning."""
    found = way(at("2026-01-08T18:00"), Term.of_hours(10))
    assert told(found) == [
        ("08/01", "receipt", 0),
        ("09/01", "counted", 8 * 3600),
        ("10/01", "counted", 2 * 3600),
    ]


def test_a_long_way_is_cut_in_the_middle() -> None:
    """The first and the last days stay, and how many are left out is said."""
    found = way(date(2022, 1, 4), Term.of_days(900))
    assert (len(found.steps), found.steps[-1].day) == (MOST, found.due.day)
    assert found.skipped > 0


def test_an_unknown_year_is_said() -> None:
    """Nothing is derived that cannot be told."""
    assert derive(date(2026, 12, 28), Term.of_days(9), NATION, RULES[0]) == Unknown(2027)


@pytest.mark.parametrize("rule", range(len(RULES)))
@given(received=st.one_of(MOMENTS, MOMENTS.map(datetime.date)), days=st.integers(0, 40), pauses=PAUSES)
def test_the_days_add_up_to_the_term(
    rule: int, received: date | datetime, days: int, pauses: list[Pause]
) -> None:
    """Whatever is asked, the way ends on the due date, and what counted on it is the term."""
    _adds_up(rule, received, Term.of_days(days), pauses)


@pytest.mark.parametrize("rule", range(len(RULES)))
@given(received=st.one_of(MOMENTS, MOMENTS.map(datetime.date)), hours=st.integers(0, 200), pauses=PAUSES)
def test_the_hours_add_up_to_the_term(
    rule: int, received: date | datetime, hours: int, pauses: list[Pause]
) -> None:
    """The same for working time."""
    _adds_up(rule, received, Term.of_hours(hours), pauses)


def _adds_up(rule: int, received: date | datetime, term: Term, pauses: list[Pause]) -> None:
    found = derive(received, term, NATION, RULES[rule], pauses, facts=FACTS)
    plain = due(received, term, NATION, RULES[rule], pauses)
    if isinstance(found, Unknown):
        assert found == plain
        return
    assert found.due == plain
    assert found.skipped == 0
    assert (found.steps[-1].day, found.steps[-1].last, found.steps[-1].total) == (
        found.due.day,
        True,
        term.amount,
    )
