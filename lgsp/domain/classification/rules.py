"""The rules by which dossiers are early, on time or late: the recommended one, and those of the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from lgsp.domain.tables import rows


class Timeliness(Enum):
    """What a rule calls a dossier."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    UNCLASSIFIED = "unclassified"
    OUTSIDE = "outside"
    OPEN = "open"

    @property
    def vi(self) -> str:
        """As offices write it."""
        return _VI[self]


_VI = {
    Timeliness.EARLY: "trước hạn",
    Timeliness.ON_TIME: "đúng hạn",
    Timeliness.LATE: "quá hạn",
    Timeliness.UNCLASSIFIED: "không xếp loại",
    Timeliness.OUTSIDE: "ngoài diện xếp loại",
    Timeliness.OPEN: "đang xử lý",
}


class Comparison(Enum):
    """How an end and a due moment are compared; `rules.tsv` says what each means."""

    DATE = "date"
    MOMENT = "moment"
    HOUR = "hour"
    SESSION = "session"
    KIND = "kind"


@dataclass(slots=True, frozen=True)
class Rule:
    """One version of a rule; `rules.tsv` says what each choice means.

    Attributes:
        name: by which it is asked for.
        version: a changed rule is a new version.
        compares: how the end and the due moment are compared.
        end: which moment ends the work.
        promised: whether the first due date counts, moved only by supplements and pauses.
        early_must_show: whether early needs an extension date or an early hand-over.
        no_due: what a dossier without a due date is called.
        withdrawn: what a withdrawn one is called; None compares it like any other.
        stopped: what a stopped one is called; likewise.
        statuses: those that count as done.
        vi: the rule in Vietnamese.
        en: the rule in English.
        source: where it was found.
    """

    name: str
    version: str
    compares: Comparison
    end: str
    promised: bool
    early_must_show: bool
    no_due: Timeliness
    withdrawn: Timeliness | None
    stopped: Timeliness | None
    statuses: frozenset[str]
    vi: str
    en: str
    source: str


RECOMMENDED = "recommended"


def rule(name: str = RECOMMENDED, version: str = "") -> Rule:
    """Return a rule by its name; without a version the newest.

    Raises:
        KeyError: there is none.
    """
    found = [one for one in RULES.values() if one.name == name and version in {"", one.version}]
    if not found:
        raise KeyError(f"{name} {version}".strip())
    return max(found, key=lambda one: one.version)


def _called(word: str) -> Timeliness | None:
    return None if word == "timed" else Timeliness(word)


def _rule(row: Mapping[str, str]) -> Rule:
    return Rule(
        name=row["name"],
        version=row["version"],
        compares=Comparison(row["compares"]),
        end=row["end"],
        promised=row["due"] == "promised",
        early_must_show=row["early"] == "extended_or_handed_over",
        no_due=Timeliness(row["no_due"]),
        withdrawn=_called(row["withdrawn"]),
        stopped=_called(row["stopped"]),
        statuses=frozenset(row["statuses"].split(",")),
        vi=row["vi"],
        en=row["en"],
        source=row["source"],
    )


RULES: Mapping[tuple[str, str], Rule] = MappingProxyType(
    {(row["name"], row["version"]): _rule(row) for row in rows("classification/rules.tsv")}
)
"""By name and version."""
