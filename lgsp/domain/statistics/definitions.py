"""The ways to count dossiers, read from data: what withdrawn, stopped and waiting ones are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lgsp.domain.classification.rules import Rule, rule
from lgsp.domain.tables import rows

APART, SOLVED, ON_TIME, IN_PROCESS, TIMED = "apart", "solved", "on_time", "in_process", "timed"
PAUSED, WITHIN = "paused", "within"
_CALLED = ("early", "on_time", "late")


@dataclass(slots=True, frozen=True)
class Definition:
    """One way to count; `definitions.tsv` says what each choice means.

    Attributes:
        number: by which counted figures are kept.
        label: the name that a table gives, which is also that of its set of invariants: `standard/1`.
        rule: calls dossiers early, on time or late.
    """

    number: int
    label: str
    rule: Rule
    withdrawn: str
    stopped: str
    waiting: str
    vi: str
    en: str
    source: str
    confidence: str

    @property
    def leaving(self) -> tuple[str, ...]:
        """The columns that count what is in process no more, each dossier in one of them."""
        withdrawn = ("withdrawn",) if self.withdrawn != ON_TIME else ()
        return (*_CALLED, *withdrawn, *(("stopped",) if self.stopped == APART else ()))

    @property
    def solving(self) -> tuple[str, ...]:
        """Those of them that are solved."""
        return (*_CALLED, *(("withdrawn",) if self.withdrawn == SOLVED else ()))


def _definition(row: Mapping[str, str]) -> Definition:
    return Definition(
        int(row["number"]),
        f"{row['name']}/{row['version']}",
        rule(row["rule"], row["rule_version"]),
        *(row[name] for name in ("withdrawn", "stopped", "waiting", "vi", "en", "source", "confidence")),
    )


DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {one.label: one for one in map(_definition, rows("statistics/definitions.tsv"))}
)
"""By label; the first is what this platform recommends."""
