"""Explaining why something failed or is odd: who mends it, how, how soon, and whether a retry helps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lgsp.domain import (
    causes_asked,
    causes_axis,
    causes_catalogue,
    causes_checks,
    causes_door,
    causes_files,
    causes_handed_in,
    causes_lifecycle,
    causes_national_reporting,
    causes_ngsp,
    causes_own,
    causes_packets,
    causes_population,
    causes_portal,
    causes_questions,
    causes_reconciling,
    causes_reports,
    causes_signatures,
    causes_soap,
    causes_wire,
)
from lgsp.domain.cause import Cause, Party, Severity
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.errors import Problem


@dataclass(slots=True, frozen=True)
class Explanation:
    """A cause, said about one case in one language."""

    code: str
    text: str
    mend: str
    party: Party
    retry_helps: bool
    severity: Severity

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "code": self.code,
            "text": self.text,
            "mend": self.mend,
            "party": self.party.value,
            "retry_helps": self.retry_helps,
            "severity": self.severity.value,
        }


def explain(what: Problem | Cause | str, lang: str = "vi", *, place: str | None = None) -> Explanation:
    """Return the explanation of a problem, of a finding's code or of a cause.

    A code that the catalogue does not hold is explained as `uncatalogued` and keeps its name.

    Args:
        what: the problem, the bare code, or a cause that an operator described.
        lang: `vi` or `en`.
        place: the field as the reader names it, where that is not the problem's own place.
    """
    problem = what if isinstance(what, Problem) else Problem("", what if isinstance(what, str) else what.code)
    cause = what if isinstance(what, Cause) else cause_of(problem.code)
    text, mend = (cause.en, cause.mend_en) if lang == "en" else (cause.vi, cause.mend_vi)
    words = {"place": problem.place if place is None else place, "detail": problem.detail or _UNTOLD}
    said = text.format_map(words).removeprefix(": ").removesuffix(f": {_UNTOLD}")
    mend = mend.format_map(words)
    return Explanation(problem.code, said, mend, cause.party, cause.retry_helps, cause.severity)


def cause_of(code: str) -> Cause:
    """Return a code's cause; an HTTP status without one of its own is `http-other`."""
    general = "http-other" if _STATUS.fullmatch(code) else UNCATALOGUED
    return CAUSES.get(code) or CAUSES[general]


_UNTOLD = "…"
"""Stands where a problem does not say what was expected."""
_STATUS = re.compile(r"http-\d{3}")
_FAR: tuple[Cause, ...] = (
    *causes_portal.ROWS,
    *causes_axis.ROWS,
    *causes_national_reporting.ROWS,
    *causes_ngsp.ROWS,
)
"""What the far systems refuse or complain of, as their adapters name it."""

CAUSES = {
    cause.code: cause
    for cause in (
        *causes_door.ROWS,
        *causes_packets.ROWS,
        *causes_axis.ITEMS,
        *causes_signatures.ROWS,
        *causes_lifecycle.ROWS,
        *causes_catalogue.ROWS,
        *causes_checks.ROWS,
        *causes_asked.ROWS,
        *causes_questions.ROWS,
        *causes_wire.ROWS,
        *causes_soap.ROWS,
        *causes_population.ROWS,
        *causes_own.ROWS,
        *causes_reconciling.ROWS,
        *causes_reports.ROWS,
        *causes_files.ROWS,
        *causes_handed_in.ROWS,
        *_FAR,
    )
}
"""The catalogue, by code."""

ANSWERS = frozenset(cause.code for cause in (*causes_wire.ROWS, *_FAR))
"""What a far side's answer can mean: the codes that an operator may point one to."""
