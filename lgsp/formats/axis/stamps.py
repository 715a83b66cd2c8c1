"""Reading and writing the timestamp of the document axis' headers.

`ddMMyyyy'T'HHmmss+SSSS`: what looks like a zone is the milliseconds, padded to four digits. The time is that
of the client's machine, fixed when its client object was made: a client that keeps its object for days sends
the same stamp for days. Source: captured requests (high confidence).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from lgsp.message import VIETNAM

_STAMP = re.compile(r"(\d\d)(\d\d)(\d{4})T(\d\d)(\d\d)(\d\d)\+(\d{4})", re.ASCII)


def write_stamp(moment: datetime, zone: tzinfo = VIETNAM) -> str:
    """Return an aware moment as the headers write it: `21112026T212127+0520`."""
    local = moment.astimezone(zone)
    day = f"{local.day:02}{local.month:02}{local.year:04}"
    return f"{day}T{local.hour:02}{local.minute:02}{local.second:02}+{local.microsecond // 1000:04}"


def read_stamp(text: str, zone: tzinfo = VIETNAM) -> datetime | None:
    """Return the moment that a header names, or None when it names none.

    Args:
        text: the stamp.
        zone: where the client's machine keeps its time; Viet Nam, unless it was set up otherwise.
    """
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second, millis = map(int, found.groups())
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return moment + timedelta(milliseconds=millis)
    except (ValueError, OverflowError):
        return None


def within(stamp: datetime, now: datetime, skew: timedelta) -> bool:
    """Tell whether a stamp is no further from now than `skew`, before or after; no skew at all counts any."""
    return not skew or abs(now - stamp) <= skew
