"""What a route has checked at another system before it delivers, and what follows from what is found."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from lgsp.domain.checks import CHECKS
from lgsp.measures import STRICT, Seconds

Found = Literal["differs", "not-found", "refused", "incomplete", "unavailable"]
"""What may be found: the answer says otherwise; nobody of the kind is known; the far side will not answer
this question; the body does not say what the question needs; nobody answered in time."""
CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "differs": "check-differs",
        "not-found": "check-not-found",
        "refused": "check-refused",
        "incomplete": "check-incomplete",
        "unavailable": "check-unavailable",
    }
)
"""Under which name each thing that may be found stands in the catalogue of causes."""
_MONTH = 30 * 86400.0


class RouteCheck(BaseModel):
    """One question that is put before a message of the route is sent.

    Attributes:
        name: as people read it; each check of a route has its own.
        rule: makes the question and reads its answer (`lgsp.domain.checks.CHECKS`).
        against: the system that answers; the routes of questions must name it for this type.
        purpose: a code of the home's purposes.
        hold: what keeps the message from being sent; all else that is found is noted, and it goes. Where
            `unavailable` is among them it waits, and is asked about again, until somebody answers.
        wait: how long a message waits for an answer before it counts as unavailable.
        again: for how long an answer stands: the same question about the same subject is not put again.
        who: in whose name the platform asks, as the answering system knows its officers.
    """

    model_config = STRICT

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")
    rule: str
    against: str
    purpose: str
    hold: list[Found] = []
    wait: Seconds = Field(120.0, ge=1.0)
    again: Seconds = Field(_MONTH, ge=1.0)
    who: str = Field("lgsp", min_length=1, max_length=200)

    @field_validator("rule")
    @classmethod
    def _there(cls, said: str) -> str:
        if said not in CHECKS:
            raise ValueError(f"there is no rule {said!r}; use one of {', '.join(sorted(CHECKS))}")
        return said
