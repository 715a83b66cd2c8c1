"""What is to be reported: regimes, their forms and outlines, states, and the known packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from lgsp.domain.reports.periods import Kind
from lgsp.domain.tables import rows


class Occasion(Enum):
    """Why a report is made: Decree 09/2019/ND-CP knows three."""

    PERIODIC = "periodic"
    THEMATIC = "thematic"
    AD_HOC = "ad-hoc"


@dataclass(slots=True, frozen=True)
class Form:
    """A table to be filled in (biểu mẫu).

    Attributes:
        indicators: codes, in the order of its rows.
        invariants: label of the invariant set that its dossier figures go by; or empty.
        en: its name in English, where it has one.
    """

    code: str
    name: str
    indicators: tuple[str, ...]
    invariants: str = ""
    en: str = ""


@dataclass(slots=True, frozen=True)
class Outline:
    """A text to be written (đề cương): its headings in their order."""

    code: str
    name: str
    headings: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Regime:
    """Who has to report what, when (chế độ báo cáo).

    Attributes:
        basis: the legal act.
        scheme: label of the scheme that cuts its periods; empty where it is not periodic.
        kinds: which periods it is due for.
        window: label of its submission window; empty where it is due to nobody.
        en: its name in English, where it has one.
        system: as from which system a signed report goes into the gateway.
        agencies: codes of those who owe it; empty is every agency that has figures.
    """

    code: str
    name: str
    occasion: Occasion
    basis: str = ""
    scheme: str = ""
    kinds: tuple[Kind, ...] = ()
    window: str = ""
    forms: tuple[Form, ...] = ()
    outlines: tuple[Outline, ...] = ()
    en: str = ""
    system: str = "reporting"
    agencies: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class State:
    """A state of a report, and what may follow it."""

    name: str
    vi: str
    en: str
    next: frozenset[str]
    source: str
    confidence: str


@dataclass(slots=True, frozen=True)
class Package:
    """A package of QCVN 125:2021 by its name, and what says the same here. Its fields were not read."""

    name: str
    vi: str
    en: str
    model: str
    source: str
    confidence: str


def may_follow(before: str, after: str) -> bool:
    """Tell whether a report may go from one state to another; to stay is no move.

    Raises:
        KeyError: there is no such state.
    """
    return STATES[after].name in STATES[before].next


def _state(row: Mapping[str, str]) -> State:
    said = row["source"], row["confidence"]
    return State(row["state"], row["vi"], row["en"], frozenset(row["next"].split()), *said)


STATES: Mapping[str, State] = MappingProxyType(
    {row["state"]: _state(row) for row in rows("reports/states.tsv")}
)
"""By name, from the first to the last."""

PACKAGES: tuple[Package, ...] = tuple(Package(*row.values()) for row in rows("reports/packages.tsv"))
"""All thirteen, in the order in which they are named."""
