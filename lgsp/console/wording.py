"""Times, durations, sizes and numbers as people of one language read them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent

from lgsp.message import VIETNAM

_MICROS = 1_000_000
_KILO = 1024
Moment = int | datetime | str
"""Microseconds since 1970, a time with its offset, or its ISO 8601 text."""


def as_time(moment: Moment) -> datetime:
    """Return a moment in Viet Nam time."""
    if isinstance(moment, int):
        moment = datetime.fromtimestamp(moment / _MICROS, UTC)
    elif isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.astimezone(VIETNAM)


class Wording:
    """The words of one language for figures."""

    def __init__(self, language: str) -> None:
        self._locale = Locale.parse(language)

    def number(self, value: float | None) -> str:
        """Return `1.234.567,8`; an en dash for nothing."""
        return "–" if value is None else format_decimal(value, locale=self._locale)

    def percent(self, share: float) -> str:
        """Return `12,5%` of 0.125."""
        return format_percent(share, format="#,##0.#%", locale=self._locale)

    def size(self, count: int) -> str:
        """Return bytes as `1,5 MB`."""
        value, units = float(count), ["B", "KB", "MB", "GB", "TB"]
        while value >= _KILO and len(units) > 1:
            value, units = value / _KILO, units[1:]
        return f"{format_decimal(round(value, 1), locale=self._locale)} {units[0]}"

    def day(self, moment: Moment) -> str:
        """Return `21/11/2026`."""
        return as_time(moment).strftime("%d/%m/%Y")

    def exact(self, moment: Moment) -> str:
        """Return `21/11/2026 14:05:09`."""
        return as_time(moment).strftime("%d/%m/%Y %H:%M:%S")

    def clock(self, moment: Moment) -> str:
        """Return `14:05` of today, `21/11 14:05` of another day."""
        then = as_time(moment)
        today = then.date() == datetime.now(VIETNAM).date()
        return then.strftime("%H:%M" if today else "%d/%m %H:%M")

    def iso(self, moment: Moment) -> str:
        """Return what machines read."""
        return as_time(moment).isoformat(timespec="seconds")

    def ago(self, moment: Moment) -> str:
        """Return `5 phút trước` or `sau 2 giờ nữa`."""
        away = as_time(moment).timestamp() - time.time()
        return format_timedelta(
            timedelta(seconds=away), add_direction=True, threshold=1.2, locale=self._locale
        )

    def span(self, seconds: float) -> str:
        """Return `850 ms`, `2,3 s`, or `5 phút`."""
        if seconds < 1:
            return f"{self.number(round(seconds * 1000))} ms"
        if seconds < 60:  # noqa: PLR2004 - a minute
            return f"{self.number(round(seconds, 1))} s"
        return format_timedelta(timedelta(seconds=seconds), threshold=1.2, locale=self._locale)
