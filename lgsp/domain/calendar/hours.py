"""The hours of a day and of a week: sessions, reception, and the cut-off for what is received.

Hours of a day are a tuple of sessions, each a pair (start, end) in seconds of the day, in order and apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from types import MappingProxyType

Hours = tuple[tuple[int, int], ...]

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = 3600
_MINUTE = 60
_SESSION = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_LAST = 24 * HOUR


def read_hours(text: str) -> Hours:
    """Return the sessions of a day, written as `7:00-11:30, 13:30-17:00`.

    Raises:
        ValueError: it is not of that form, or the sessions are not in order.
    """
    sessions = tuple(_session(part.strip()) for part in text.split(","))
    edges = [edge for session in sessions for edge in session]
    if any(later <= earlier for earlier, later in pairwise(edges)) or edges[-1] > _LAST:
        raise ValueError(
            f"{text!r} is not in the order of the day; write each session from its start to its end"
        )
    return sessions


def _session(text: str) -> tuple[int, int]:
    found = _SESSION.fullmatch(text)
    if found is None or int(found[2]) >= _MINUTE or int(found[4]) >= _MINUTE:
        raise ValueError(f"{text!r} is not a session; write it as 7:00-11:30")
    start, end = (int(found[n]) * HOUR + int(found[n + 1]) * _MINUTE for n in (1, 3))
    return start, end


def read_weekdays(text: str) -> range:
    """Return the weekdays (Monday is 0) of `mon` or `mon-fri`.

    Raises:
        ValueError: it names none.
    """
    first, dash, last = text.strip().lower().partition("-")
    last = last if dash else first
    if first not in DAY_NAMES or last not in DAY_NAMES or DAY_NAMES.index(last) < DAY_NAMES.index(first):
        raise ValueError(f"{text!r} is not a weekday; write mon, sat or mon-fri")
    return range(DAY_NAMES.index(first), DAY_NAMES.index(last) + 1)


def length(hours: Hours) -> int:
    """Return the seconds of a day's sessions together."""
    return sum(end - start for start, end in hours)


def spent(hours: Hours, second: int) -> int:
    """Return the seconds of a day's sessions that have passed at a second of the day."""
    return sum(min(second, end) - start for start, end in hours if second > start)


def second_at(hours: Hours, seconds: int) -> int:
    """Return the second of the day at which so many seconds of its sessions have passed."""
    for start, end in hours:
        if seconds <= end - start:
            return start + seconds
        seconds -= end - start
    return hours[-1][1]


def seat(hours: Hours, second: int) -> int | None:
    """Return the first second from a given one on that is in a session; None after the last."""
    return next((max(start, second) for start, end in hours if second <= end), None)


def together(one: Hours, other: Hours) -> Hours:
    """Return the hours that lie in either."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted([*one, *other]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def seconds_of(moment: time) -> int:
    """Return the second of the day."""
    return moment.hour * HOUR + moment.minute * _MINUTE + moment.second


@dataclass(slots=True, frozen=True)
class Week:
    """How an agency works through an ordinary week.

    Attributes:
        sessions: the hours that are worked and counted, by weekday (Monday is 0).
        reception: hours at which dossiers are received beyond that, by weekday: they do not count as work.
        cut_off: the second of the day after which a receipt counts as the next day's; None without one.
    """

    sessions: Mapping[int, Hours]
    reception: Mapping[int, Hours] = field(default_factory=dict)
    cut_off: int | None = None

    def hours(self, weekday: int, stands_for: int | None = None) -> Hours:
        """Return the hours of a weekend day that is worked.

        They are those of the weekday it stands for, else its own, else those of the first day of the week.
        """
        wanted = weekday if stands_for is None else stands_for
        return self.sessions.get(wanted) or next(iter(self.sessions.values()))


_OFFICE = read_hours("7:00-11:30, 13:30-17:00")
OFFICE_WEEK = Week(MappingProxyType(dict.fromkeys(range(5), _OFFICE)))
"""Monday to Friday, eight hours a day: the default of the one-stop systems in the field."""
