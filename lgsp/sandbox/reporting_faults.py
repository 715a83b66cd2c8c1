"""Naming the faults, and the ways, that the stand-in of the reporting system can be told to have."""

from __future__ import annotations

import zlib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lgsp.sandbox.axis.asked import HTML, TEXT, Said
from lgsp.sandbox.climate import Climate
from lgsp.sandbox.faults import Flapping, Millis, Probability

_PAGE = """<!DOCTYPE html>
<html><head><title>Bảo trì</title></head><body><h1>Hệ thống đang bảo trì</h1></body></html>""".encode()


class ReportingFaults(BaseModel):
    """What the stand-in does wrong, and how it reviews. Chances are drawn for each call, shares by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latency_ms: Millis = Field(default=0.0, description="how long each answer takes")
    timeout_after_store: Probability = Field(
        default=0.0, description="take a report, then hold the answer for `hang_ms`"
    )
    hang_ms: Millis = Field(default=60_000.0, description="how long a held answer is held")
    http_500: Probability = Field(default=0.0, description="answer 500 and take nothing")
    http_503: Probability = Field(default=0.0, description="answer 503 and take nothing")
    retry_after: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="seconds for the Retry-After header of a 503; none without"
    )
    html: Probability = Field(default=0.0, description="answer 200 with an HTML page and take nothing")
    broken_body: Probability = Field(default=0.0, description="cut an answer off, whatever was done")
    expire_tokens: Probability = Field(default=0.0, description="declare the token of a call expired")
    maintenance: bool = Field(default=False, description="answer every call but the login by code 30")
    odd_code: Probability = Field(default=0.0, description="answer code 99, which no list holds")
    flapping: Flapping | None = Field(default=None, description="come and go")
    refuse_indicators: dict[str, str] = Field(
        default={}, description="indicator to the words with which a figure of it is refused"
    )
    strangers: frozenset[str] = Field(default=frozenset(), description="agencies that are not registered")
    closed_periods: frozenset[str] = Field(
        default=frozenset(), description="codes of periods that are taken no more"
    )
    review_ms: Millis = Field(default=0.0, description="from the arrival of a report to the word on it")
    return_share: Probability = Field(
        default=0.0, description="share of reports whose first version is returned for correction"
    )
    return_codes: frozenset[str] = Field(
        default=frozenset(), description="reports whose first version is returned for correction"
    )
    list_twice: Probability = Field(default=0.0, description="list a status once more under a new number")
    shuffle: bool = Field(default=False, description="list the statuses of one page in reverse")


class ReportingWeather(Climate[ReportingFaults]):
    """Draws what happens to each call. Two with the same seed and the same calls draw the same."""

    def returns(self, code: str) -> bool:
        """Tell whether a report's first version is returned: the same answer however often it is asked."""
        drawn = zlib.crc32(f"{self._seed}\x1f{code}".encode()) / 2**32
        return code in self.faults.return_codes or drawn < self.faults.return_share

    def held(self) -> float:
        """Return the seconds for which the answer to what was taken is held."""
        return self.faults.hang_ms / 1000 if self.strikes(self.faults.timeout_after_store) else 0.0

    def outage(self) -> Said | None:
        """Return the answer of a service that is not itself; None when it is."""
        faults, delay = self.faults, self.faults.latency_ms / 1000
        if self.down() or self.strikes(faults.http_503):
            return Said.of(b"Service Unavailable", 503, TEXT, retry_after=faults.retry_after)
        if self.strikes(faults.http_500):
            return Said.of(b"Internal Server Error", 500, TEXT, delay)
        return Said.of(_PAGE, 200, HTML, delay) if self.strikes(faults.html) else None
