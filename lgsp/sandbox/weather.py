"""Deciding, by seeded chance and the clock, when a fault strikes."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from typing import Any

from lgsp.sandbox.climate import Climate
from lgsp.sandbox.dialects import Reply
from lgsp.sandbox.faults import Dialect, Faults, Refusal

_PAGE = """<!DOCTYPE html>
<html><head><title>Lỗi kết nối</title></head>
<body><h1>Không thể xử lý yêu cầu</h1><p>Security Server</p></body></html>""".encode()
_HTML = b"text/html; charset=utf-8"


class Weather(Climate[Faults]):
    """Draws what happens to each call. Two with the same seed and the same calls draw the same."""

    def __init__(self, faults: Faults, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(faults, seed, clock)
        self._refused: dict[tuple[str, str], Any] = {}

    def delay(self) -> float:
        """Return the seconds that this answer takes."""
        wanted = self.faults.latency_ms
        if isinstance(wanted, tuple):
            return self._dice.uniform(*wanted) / 1000
        return wanted / 1000

    def dialect(self) -> Dialect:
        """Return the form of this answer."""
        forms = self.faults.dialects
        return forms[0] if len(forms) == 1 else self._dice.choice(forms)

    def outage(self) -> Reply | None:
        """Return the answer of a service that is not itself; None when it is."""
        faults = self.faults
        if self.down() or self.strikes(faults.http_503):
            return self._away()
        if self.strikes(faults.http_500):
            return Reply(b"Internal Server Error", 500, b"text/plain", self.delay())
        if self.strikes(faults.html):
            return Reply(_PAGE, content_type=_HTML, delay=self.delay())
        return None

    def refused(self, item: dict[str, Any]) -> list[str]:
        """Return the fields of an item that the rules refuse."""
        rules = self.faults.refuse_fields
        return [name for name, rule in rules.items() if name in item and self._refuses(name, rule, item)]

    def _refuses(self, name: str, rule: Refusal, item: dict[str, Any]) -> bool:
        value = item[name]
        if rule.equals is not None and value == rule.equals:
            return True
        if rule.contains is not None and rule.contains in str(value):
            return True
        code = str(item.get("MaHoSo"))
        drawn = code in rule.codes or _hashed(name, code) < rule.share
        return drawn and bool(self._refused.setdefault((name, code), value) == value)

    def _away(self) -> Reply:
        return Reply(b"Service Unavailable", 503, b"text/plain", retry_after=self.faults.retry_after)


def _hashed(name: str, code: str) -> float:
    """Return a number in [0, 1) that is the same for the same dossier in every process."""
    return zlib.crc32(f"{name}\x1f{code}".encode()) / 2**32
