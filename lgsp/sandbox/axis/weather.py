"""Deciding, by seeded chance and the clock, when a fault of the axis strikes."""

from __future__ import annotations

import zlib

from lgsp.sandbox.axis.asked import HTML, TEXT, Said
from lgsp.sandbox.axis.faults import AxisFaults
from lgsp.sandbox.climate import Climate

_PAGE = """<!DOCTYPE html>
<html><head><title>Bad Gateway</title></head>
<body><h1>Hệ thống đang bảo trì</h1><p>Vui lòng quay lại sau</p></body></html>""".encode()


class AxisWeather(Climate[AxisFaults]):
    """Draws what happens to each call. Two with the same seed and the same calls draw the same."""

    def falls(self, chance: float, what: str, which: str) -> bool:
        """Draw for a thing of this name: the same thing draws the same, however often it is asked."""
        return chance > zlib.crc32(f"{self._seed}\x1f{what}\x1f{which}".encode()) / 2**32

    def held(self) -> float:
        """Return the seconds for which the answer to what was stored is held."""
        return self.faults.hang_ms / 1000 if self.strikes(self.faults.timeout_after_store) else 0.0

    def outage(self) -> Said | None:
        """Return the answer of a service that is not itself; None when it is."""
        faults, delay = self.faults, self.faults.latency_ms / 1000
        if self.down() or self.strikes(faults.http_503):
            return Said.of(b"Service Unavailable", 503, TEXT, retry_after=faults.retry_after)
        if self.strikes(faults.http_500):
            return Said.of(b"Internal Server Error", 500, TEXT, delay)
        if self.strikes(faults.http_502):
            return Said.of(_PAGE, 502, HTML, delay)
        if self.strikes(faults.html):
            return Said.of(_PAGE, 200, HTML, delay)
        return None
