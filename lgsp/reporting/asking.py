"""What people ask of the book of reports, and how it says that it cannot be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.domain.reports.periods import Period
from lgsp.errors import GatewayError


class UnusableError(GatewayError):
    """What was asked cannot be done as it was asked; the text begins with the field and says the mend."""


class NoReportError(GatewayError):
    """There is no such report."""


class ContradictoryError(GatewayError):
    """A report contradicts itself, and who signs it did not say why it stands all the same.

    Attributes:
        findings: the contradictions.
    """

    def __init__(self, findings: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(
            f"signing: {len(findings)} contradictions stand in it; mend them, or say why they stand (agreed)"
        )
        self.findings = list(findings)


@dataclass(slots=True, frozen=True)
class Order:
    """What is to be drawn up.

    Attributes:
        agency: code of the agency, in any form.
        known_at: figures as they were known then, in microseconds; None is as known at the cut-off, or now
            where that is still to come.
    """

    regime: str
    form: str
    agency: str
    period: Period
    known_at: int | None = None


@dataclass(slots=True, frozen=True)
class Signature:
    """How a report is signed off.

    Attributes:
        who: the person.
        token: made by who asks: asked again with it, nothing is done twice.
        agreed: why contradictions stand all the same; it goes with the report.
        send: whether it goes by the system; else it is to be noted by which other way it went.
    """

    who: str
    token: str
    agreed: str = ""
    send: bool = True


@dataclass(slots=True, frozen=True)
class Elsewhere:
    """That a report went by another way than the system.

    Attributes:
        channel: `document` or `other`.
        at: when it went, in microseconds since 1970.
        reason: why, and by which paper.
    """

    channel: str
    at: int
    reason: str


@dataclass(slots=True, frozen=True)
class Why:
    """Who does something to a signed report, and why."""

    who: str
    reason: str
