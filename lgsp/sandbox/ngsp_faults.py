"""Naming the faults, and the ways, that the stand-in of the integration platform can be told to have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lgsp.sandbox.faults import Flapping, Millis, Probability

Service = Literal["business", "insurance", "insurance-number", "civil-status", "entries", "properties"]


class NgspFaults(BaseModel):
    """What the stand-in does wrong, and in which form it speaks. Chances are drawn for each call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latency_ms: Millis = Field(default=0.0, description="how long each answer of a service takes")
    http_500: Probability = Field(default=0.0, description="answer 500 in place of a service")
    http_503: Probability = Field(default=0.0, description="answer 503 in place of a service, without words")
    retry_after: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="seconds for the Retry-After header of a 429 or 503; none without"
    )
    html: Probability = Field(default=0.0, description="answer 200 with an HTML page in place of a service")
    broken_body: Probability = Field(default=0.0, description="cut an answer of a service off")
    flapping: Flapping | None = Field(default=None, description="come and go, the token endpoint too")
    expire_tokens: Probability = Field(
        default=0.0, description="declare the token of a call invalid (900901), and forget it"
    )
    same_token: bool = Field(
        default=False, description="hand the token out again that was declared invalid, as a cache would"
    )
    token_down: Probability = Field(default=0.0, description="answer 503 in place of a token")
    token_html: Probability = Field(
        default=0.0, description="answer 200 with an HTML page in place of a token"
    )
    expiry: Literal["number", "text", "missing", "negative"] = Field(
        default="number", description="how `expires_in` of a token is told"
    )
    throttle: Probability = Field(default=0.0, description="answer 429 with a code of the gateway")
    throttle_code: Literal["900800", "900801", "900802", "900803", "900804"] = Field(
        default="900802", description="that code"
    )
    throttle_until: str = Field(default="", description="its `nextAccessTime`; none where empty")
    not_subscribed: frozenset[Service] = Field(
        default=frozenset(), description="services that our application may not call (900908)"
    )
    service_down: frozenset[Service] = Field(
        default=frozenset(), description="services behind which nobody answers (101503)"
    )
    data_fault: frozenset[Service] = Field(
        default=frozenset(), description="services whose data service fails (`DataServiceFault`, HTTP 200)"
    )
    error_text: Probability = Field(
        default=0.0, description="answer HTTP 200 with an error in the text in place of a service"
    )
    guide_json: bool = Field(
        default=False, description="write errors of catalogues as the guide does: as invalid JSON"
    )
    wrapped: bool = Field(
        default=True, description="an enterprise stands in `Data`, as on the national platform"
    )
    texts: bool = Field(default=False, description="write numbers as texts")
    one_alone: bool = Field(default=False, description="write a list of one as that one")
    xml: bool = Field(default=False, description="answer in XML with namespaces, faults too")
    bare_faults: bool = Field(
        default=False, description="leave out `fault` around faults, as newer gateways do"
    )
    in_text: bool = Field(default=False, description="put the JSON of an answer into a JSON text")
