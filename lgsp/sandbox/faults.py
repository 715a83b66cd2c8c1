"""Naming the faults that a stand-in can be told to have."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Probability = Annotated[float, Field(ge=0, le=1)]
Millis = Annotated[float, Field(ge=0)]

Dialect = Literal["number", "text", "text-00", "nested", "plain", "untyped", "zero-failing"]
DIALECTS: tuple[Dialect, ...] = ("number", "text", "text-00", "nested", "plain", "untyped", "zero-failing")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Refusal(_Part):
    """Which dossiers a field is refused for; several rules in one are alternatives.

    `equals` and `contains` look at the value. `codes` and `share` look at the dossier: it is refused for as
    long as it comes with the value it was first refused for, so a corrected one passes.
    """

    equals: str | None = Field(default=None, description="refuse this value")
    contains: str | None = Field(default=None, description="refuse values that hold this text")
    codes: frozenset[str] = Field(default=frozenset(), description="refuse these dossiers (MaHoSo)")
    share: Probability = Field(default=0.0, description="refuse this share of dossiers, by a hash of MaHoSo")


def _from_list(given: Any) -> Any:
    return {"codes": given} if isinstance(given, list) else given


class Flapping(_Part):
    """The service comes and goes: 503 while it is down, counted from the moment this was set."""

    up_ms: Annotated[float, Field(gt=0)] = Field(description="how long it is up, first")
    down_ms: Annotated[float, Field(gt=0)] = Field(description="how long it is down, then")


class Faults(_Part):
    """What the stand-in does wrong. Every chance is drawn for each call by itself."""

    latency_ms: Millis | tuple[Millis, Millis] = Field(
        default=0.0, description="how long each answer takes: fixed, or drawn between [least, most]"
    )
    timeout_after_store: Probability = Field(
        default=0.0, description="store what was sent, then hold the answer for `hang_ms`"
    )
    hang_ms: Millis = Field(default=60_000.0, description="how long a held answer is held")
    http_500: Probability = Field(default=0.0, description="answer 500 and store nothing")
    http_503: Probability = Field(default=0.0, description="answer 503 and store nothing")
    retry_after: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="seconds for the Retry-After header of a 503; none without"
    )
    html: Probability = Field(default=0.0, description="answer 200 with an HTML page and store nothing")
    expire_sessions: Probability = Field(
        default=0.0, description="declare the session of a call expired; one that was never used is spared"
    )
    already_exists: Probability = Field(
        default=0.0,
        description="store a create, yet answer `đã tồn tại`, as if a proxy sent it twice",
    )
    refuse_fields: dict[str, Annotated[Refusal, BeforeValidator(_from_list)]] = Field(
        default={}, description="native field name to the rule by which it is refused, or to a list of MaHoSo"
    )
    lookup_content: bool = Field(
        default=False,
        description="TraCuuHoSo shows the last snapshot; of the real one only emptiness is known",
    )
    fetch_files: bool = Field(
        default=False,
        description="fetch the files that a stored dossier names, and record what came; no fault of its own",
    )
    flapping: Flapping | None = Field(default=None, description="come and go")
    dialects: Annotated[tuple[Dialect, ...], Field(min_length=1)] = Field(
        default=DIALECTS, description="the forms in which it answers, drawn for each answer"
    )

    @model_validator(mode="after")
    def _least_before_most(self) -> Faults:
        if isinstance(self.latency_ms, tuple) and self.latency_ms[0] > self.latency_ms[1]:
            raise ValueError("latency_ms: the least stands before the most")
        return self
