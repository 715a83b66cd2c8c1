"""What a demonstration plays: how long, how fast, and with which faults of the far sides."""

from __future__ import annotations

from dataclasses import dataclass

from lgsp.demo.correspondence import Errand, correspondence
from lgsp.sandbox.axis.faults import AxisFaults, Habits
from lgsp.sandbox.faults import Faults, Flapping
from lgsp.sandbox.reporting_faults import ReportingFaults
from lgsp.sandbox.traffic import Shares, Traffic

_REFUSED = 0.05
_PATIENCE = 60.0
_TIMEOUT = 1.0
_CLUMSY = 0.05


@dataclass(slots=True, frozen=True)
class Plan:
    """One demonstration.

    Attributes:
        seconds: how long the traffic lasts.
        rate: what the one-stop tells in a second, dossiers and progress entries together.
        faults: the portal misbehaves, and refuses some dossiers until they are corrected; the document axis
            misbehaves, and the document system makes requests twice and loses answers; the reporting system
            misbehaves as well, and returns reports for correction.
        port: where the gateway listens; 0 is any free port.
        seed: of the traffic and of the faults.
        patience: seconds without any progress after which the end is not waited for.
    """

    seconds: float = 30.0
    rate: float = 20.0
    faults: bool = False
    port: int = 0
    seed: int = 0
    patience: float = _PATIENCE

    @property
    def steps(self) -> int:
        """How much is told in all."""
        return max(1, round(self.seconds * self.rate))

    @property
    def far_timeout(self) -> float:
        """Seconds that the gateway gives a far side for one answer; shorter than a held answer is held."""
        return _TIMEOUT if self.faults else 10.0

    def traffic(self) -> Traffic:
        """Return the traffic that is told."""
        return Traffic(self.seed, shares=Shares(refused=_REFUSED if self.faults else 0.0))

    def portal_faults(self, traffic: Traffic) -> Faults:
        """Return what the portal does wrong: a lively mix, and the refusals that the traffic plans."""
        if not self.faults:
            return Faults()
        return Faults(
            latency_ms=(5.0, 60.0),
            timeout_after_store=0.01,
            hang_ms=_TIMEOUT * 1500,
            http_500=0.02,
            http_503=0.002,
            html=0.01,
            expire_sessions=0.01,
            already_exists=0.05,
            refuse_fields=traffic.refusals,
            flapping=Flapping(up_ms=4000.0, down_ms=500.0),
        )

    def reporting_faults(self) -> ReportingFaults:
        """Return what the reporting system does wrong; a first version is returned more often than not."""
        if not self.faults:
            return ReportingFaults()
        return ReportingFaults(
            latency_ms=5.0,
            timeout_after_store=0.2,
            hang_ms=_TIMEOUT * 1500,
            http_500=0.05,
            http_503=0.02,
            html=0.05,
            broken_body=0.05,
            expire_tokens=0.05,
            return_share=0.6,
            list_twice=0.3,
            shuffle=True,
        )

    def errands(self) -> list[Errand]:
        """Return what the agencies write to each other."""
        return correspondence(self.steps, self.seed, faults=self.faults)

    @property
    def clumsiness(self) -> float:
        """The share of the document system's requests that are made twice, and of answers that it loses."""
        return _CLUMSY if self.faults else 0.0

    def axis_faults(self) -> AxisFaults:
        """Return what the axis does wrong, and how its peers work."""
        habits = Habits(refuse=0.1, reply=0.1, decline=0.3)
        if not self.faults:
            return AxisFaults(offices=habits)
        return AxisFaults(
            latency_ms=3.0,
            timeout_after_store=0.01,
            hang_ms=_TIMEOUT * 1500,
            http_502=0.01,
            html=0.01,
            broken_json=0.01,
            truncated_data=0.02,
            duplicate=0.1,
            list_twice=0.1,
            relist=0.002,
            reorder_statuses=0.3,
            damage={
                "zip-typed-pdf": 0.1,
                "pdf-typed-zip": 0.1,
                "null-organ": 0.1,
                "bom": 0.1,
                "utf-16": 0.1,
                "junk-prolog": 0.01,
                "doctype": 0.01,
            },
            offices=habits,
        )
