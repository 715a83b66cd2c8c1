"""Naming the faults, and the ways, that the stand-in of the population database can be told to have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lgsp.sandbox.axis.asked import HTML, TEXT, Said
from lgsp.sandbox.climate import Climate
from lgsp.sandbox.faults import Flapping, Millis, Probability

_PAGE = """<!DOCTYPE html>
<html><head><title>Bảo trì</title></head><body><h1>Hệ thống đang bảo trì</h1></body></html>""".encode()

Form = Literal["body", "nested"]


class PopulationFaults(BaseModel):
    """What the stand-in does wrong, and how it answers. Chances are drawn for each call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latency_ms: Millis = Field(default=0.0, description="how long each answer takes")
    http_500: Probability = Field(default=0.0, description="answer 500 without a fault of SOAP")
    http_503: Probability = Field(default=0.0, description="answer 503")
    retry_after: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="seconds for the Retry-After header of a 503; none without"
    )
    html: Probability = Field(default=0.0, description="answer 200 with an HTML page")
    flapping: Flapping | None = Field(default=None, description="come and go")
    server_fault: Probability = Field(default=0.0, description="answer a fault of the server")
    client_fault: Probability = Field(default=0.0, description="answer a fault that blames the question")
    broken_body: Probability = Field(default=0.0, description="cut an answer off")
    doctype: Probability = Field(default=0.0, description="answer with a DOCTYPE and an entity in it")
    form: Form = Field(
        default="body", description="the collection in the body, or a whole envelope in the body (`nested`)"
    )
    damaged_line_ends: Probability = Field(
        default=0.0, description="write the line ends between elements as the letters u000a"
    )
    error_text: str = Field(
        default="", description="answer 200 with these words and nobody in place of whom was found"
    )
    error_code: str = Field(default="", description="answer 200 with this code, to every question")
    unlicensed: frozenset[str] = Field(
        default=frozenset(), description="procedures (MaDVC) that get code 004; an empty one too, if named"
    )
    strangers: frozenset[str] = Field(default=frozenset(), description="officers (MaCanBo) that get code 005")
    several: Probability = Field(default=0.0, description="answer one citizen too many")
    another: Probability = Field(default=0.0, description="answer somebody else")
    more_fields: bool = Field(default=False, description="answer elements that no document names")
    expire_tokens: Probability = Field(default=0.0, description="declare the token of a call expired")
    disbelief: Literal["status", "fault", "words"] = Field(
        default="status",
        description="how a token is refused: by HTTP 401, by a fault with that, or by words under HTTP 200",
    )
    token_html: Probability = Field(default=0.0, description="answer a page in place of a token")
    token_life: Literal["number", "text", "none"] = Field(
        default="number", description="how `expires_in` of a token is told"
    )


class PopulationWeather(Climate[PopulationFaults]):
    """Draws what happens to each call. Two with the same seed and the same calls draw the same."""

    def page(self) -> Said:
        """Return the page that stands where an answer should."""
        return Said.of(_PAGE, 200, HTML, self.faults.latency_ms / 1000)

    def outage(self) -> Said | None:
        """Return the answer of a service that is not itself; None when it is."""
        faults, delay = self.faults, self.faults.latency_ms / 1000
        if self.down() or self.strikes(faults.http_503):
            return Said.of(b"Service Unavailable", 503, TEXT, delay, retry_after=faults.retry_after)
        if self.strikes(faults.http_500):
            return Said.of(b"Internal Server Error", 500, TEXT, delay)
        return self.page() if self.strikes(faults.html) else None
