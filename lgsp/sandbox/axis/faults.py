"""Naming the faults that the stand-in axis can be told to have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lgsp.sandbox.faults import Flapping, Millis, Probability

Damage = Literal[
    "slashed-date",
    "junk-prolog",
    "zip-typed-pdf",
    "pdf-typed-zip",
    "truncated-attachment",
    "foreign-namespace",
    "missing-document-id",
    "null-organ",
    "doctype",
    "bom",
    "utf-16",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Habits(_Part):
    """How the peers work. Shares are drawn by a hash of the document's id, so they hold on a second try."""

    pace_ms: Millis = Field(default=0.0, description="between two steps of a peer; 0 takes them all at once")
    refuse: Probability = Field(default=0.0, description="share of documents answered 02 instead of 03")
    reply: Probability = Field(default=0.0, description="share of documents answered by a document, after 06")
    decline: Probability = Field(default=0.0, description="share of recalls and updates answered 16, not 15")
    steps: tuple[Literal["03", "04", "05", "06"], ...] = Field(
        default=("03", "04", "05", "06"), description="what follows 01 for a document that is not refused"
    )
    silent: frozenset[str] = Field(default=frozenset(), description="peers that fetch and answer nothing")


class AxisFaults(_Part):
    """What the stand-in axis does wrong. Chances are drawn for each call, but `damage` for each packet."""

    latency_ms: Millis = Field(default=0.0, description="how long each answer takes")
    hang_ms: Millis = Field(default=60_000.0, description="how long a held answer is held")
    timeout_after_store: Probability = Field(
        default=0.0, description="take a packet or a status, then hold the answer for `hang_ms`"
    )
    slow_continue_ms: Millis = Field(
        default=0.0, description="wait before a request that expects `100 Continue` may go on"
    )
    http_500: Probability = Field(default=0.0, description="answer 500 and do nothing")
    http_502: Probability = Field(default=0.0, description="answer 502 with an HTML page and do nothing")
    http_503: Probability = Field(default=0.0, description="answer 503 and do nothing")
    retry_after: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="seconds for the Retry-After header of a 503; none without"
    )
    html: Probability = Field(default=0.0, description="answer 200 with an HTML page and do nothing")
    broken_json: Probability = Field(default=0.0, description="do what was asked, then break the answer off")
    truncated_data: Probability = Field(default=0.0, description="getEdoc: cut the base64 of the packet")
    flapping: Flapping | None = Field(default=None, description="come and go")
    duplicate: Probability = Field(
        default=0.0, description="deliver a packet twice, under two ids and with other trace headers"
    )
    list_twice: Probability = Field(default=0.0, description="name an item twice in one list")
    relist: Probability = Field(default=0.0, description="go on listing an item that is done")
    reorder_statuses: Probability = Field(default=0.0, description="list statuses last first: 06 before 03")
    damage: dict[Damage, Probability] = Field(
        default={}, description="damage to packets that are handed out, each with its share of them"
    )
    agencies: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=0, description="fill the lists of agencies up to this many"
    )
    closed: frozenset[str] = Field(default=frozenset(), description="codes that take no packet any more")
    keep_document_ids: bool = Field(
        default=True, description="leave a missing DocumentId missing, instead of drawing a UUID"
    )
    partial: bool = Field(
        default=False,
        description="take a packet though a receiver is unknown, which then fails in the sent list",
    )
    max_clock_skew: Annotated[float, Field(ge=0)] = Field(
        default=0.0, description="seconds that a stamp may be away from now; 0 checks none"
    )
    check_hash: bool = Field(default=True, description="compare a packet with its hash-file")
    expire_tokens: Probability = Field(default=0.0, description="façade: call a good token expired")
    no_licence: Probability = Field(default=0.0, description="façade: answer 401 licenseInfo:invalid")
    offices: Habits = Field(default=Habits(), description="how the peers work")
