"""A job's cursor remembers which rows were looked into, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from lgsp.adapters.national_portal.looked import Looked, Row, mark_of

from lgsp.message import VIETNAM

NOW = datetime(2026, 11, 22, 2, tzinfo=VIETNAM)


def row(code: str, name: str = "") -> Row:
    """Return a row of a list."""
    return Row(code, code, mark_of([code, name]), {})


ROWS = [row(f"1.{n:06}") for n in range(5)]


def keys(rows: list[Row]) -> list[str]:
    """Return their codes, shortened."""
    return [one.key[-1] for one in rows]


def after(cursor: Any, hours: float, every: float = 20) -> Looked:
    """Return what a later run knows."""
    return Looked(cursor, NOW + timedelta(hours=hours), every)


def test_all_are_due_at_first_and_none_when_all_were_looked_into() -> None:
    """In the order of their codes."""
    looked = after(None, 0)
    assert keys(looked.due(ROWS[::-1])) == list("01234")
    for one in ROWS:
        looked.note(one)
    assert after(looked.cursor(), 1).due(ROWS) == []


def test_a_run_that_was_cut_short_goes_on_where_it_stood() -> None:
    """What it had looked into is not asked for again."""
    looked = after(None, 0)
    for one in ROWS[:3]:
        looked.note(one)
    assert keys(after(looked.cursor(), 0.1).due(ROWS)) == list("34")


def test_new_ones_come_first_and_then_the_oldest() -> None:
    """What was never seen before is what somebody waits for."""
    looked = after(None, 0)
    for one in ROWS[2:4]:
        looked.note(one)
    later = after(looked.cursor(), 5)
    later.note(ROWS[0])
    assert keys(after(later.cursor(), 30).due(ROWS)) == list("14230")


def test_a_row_that_says_something_else_is_due() -> None:
    """Another name in the list is a change; the old one is forgotten with its row."""
    looked = after(None, 0)
    looked.note(ROWS[0])
    renamed = row(ROWS[0].code, "khác")
    assert looked.due([renamed]) == [renamed]
    looked.narrow({renamed.mark})
    assert after(looked.cursor(), 1).due(ROWS[:1]) == ROWS[:1]


@pytest.mark.parametrize(("hours", "every", "due"), [(19, 20, 0), (20, 20, 5), (0, 0, 5), (-3, 20, 5)])
def test_a_row_is_due_again_after_some_hours(hours: float, every: float, due: int) -> None:
    """With none, every run asks; a clock that ran back asks once more rather than never."""
    looked = after(None, 0)
    for one in ROWS:
        looked.note(one)
    assert len(after(looked.cursor(), hours, every).due(ROWS)) == due


@pytest.mark.parametrize("cursor", [None, 7, "x", [], {}, {"looked": 5}, {"looked": "§"}, {"looked": "AAAA"}])
def test_a_cursor_that_is_none_is_as_nothing(cursor: Any) -> None:
    """An older form of it costs one more look, and no run."""
    assert len(after(cursor, 0).due(ROWS)) == 5
