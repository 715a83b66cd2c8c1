"""The measures and the reasons as the packed tables have them, with rule, source and confidence in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from lgsp.domain.tables import rows


class Counted(Enum):
    """Which dossiers belong to a period; `measures.tsv` says what each means."""

    RECEIVED = "received"
    HANDLED = "handled"
    ENDED = "ended"


class Measure(NamedTuple):
    """One version of a measure; `measures.tsv` says what each column means.

    Attributes:
        name: as the decision numbers it.
        mean: it is a mean in working days, not a share.
        points: the most that it gives; None where that is not known here.
        threshold: percent from which on all points are given; None where that is not known here.
        limits_vi, limits_en: what of it is assumed, or is not as the portal counts.
    """

    name: str
    version: str
    mean: bool
    counted: Counted
    points: Decimal | None
    threshold: Decimal | None
    vi: str
    en: str
    rule_vi: str
    rule_en: str
    source: str
    confidence: str
    limits_vi: str
    limits_en: str

    def as_dict(self) -> dict[str, Any]:
        """Return the measure as JSON has it, with its rule in words."""
        return {
            "measure": self.name,
            "version": self.version,
            "unit": "working-days" if self.mean else "percent",
            "counted": self.counted.value,
            "name": {"vi": self.vi, "en": self.en},
            "rule": {"vi": self.rule_vi, "en": self.rule_en},
            "limits": {"vi": self.limits_vi, "en": self.limits_en},
            "source": self.source,
            "confidence": self.confidence,
        }


class Reason(NamedTuple):
    """Why a dossier is not in the numerator, or (`outside`) not in the denominator."""

    code: str
    outside: bool
    vi: str
    en: str


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _measure(row: Mapping[str, str]) -> Measure:
    return Measure(
        row["measure"],
        row["version"],
        row["kind"] == "mean",
        Counted(row["counted"]),
        _number(row["points"]),
        _number(row["threshold"]),
        *(row[name] for name in Measure._fields[6:]),
    )


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {row["measure"]: _measure(row) for row in rows("scoring/measures.tsv")}
)
"""By name, the newest version of each."""

REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        row["reason"]: Reason(row["reason"], row["place"] == "outside", row["vi"], row["en"])
        for row in rows("scoring/reasons.tsv")
    }
)
