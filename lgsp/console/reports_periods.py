"""Which periods the forms of reporting offer."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request

from lgsp.console.reports_words import Choices, choices
from lgsp.console.room import language_of
from lgsp.domain.reports.periods import SCHEMES, Kind
from lgsp.message import VIETNAM


def period_choices(request: Request, chosen: str = "", only: str = "") -> list[Choices]:
    """Return the periods to choose from in the visitor's language; see `reports_words.choices`."""
    return choices(datetime.now(VIETNAM).date(), language_of(request), chosen, only)


def last_month() -> str:
    """Return the label of the last month that was closed, by the government's way to cut."""
    scheme = SCHEMES["government/1"]
    return scheme.closed_by(Kind.MONTH, datetime.now(VIETNAM).date()).label
