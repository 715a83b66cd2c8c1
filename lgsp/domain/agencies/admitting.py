"""Whether something new may name an agency: a closed code is turned away, an unknown one noticed."""

from __future__ import annotations

from datetime import date

from lgsp.domain.agencies.register import Register
from lgsp.domain.agencies.resolution import Resolution, Standing
from lgsp.errors import Problem
from lgsp.message import Finding

CLOSED = "agency-code-closed"
UNLISTED = "agency-code-unlisted"
_ODD = {
    Standing.UNKNOWN: "agency-code-unknown",
    Standing.AMBIGUOUS: "agency-code-ambiguous",
    Standing.NOT_YET: "agency-code-not-yet-valid",
}


def look_at(register: Register, code: str, day: date, place: str) -> Problem | Finding | None:
    """Judge the agency that a fact names which began on a day.

    What began while the code was in force may name it for ever: history is not rewritten. That a list has a
    code no more is noticed and turns nothing away: a list is no decision, and may be wrong.

    Args:
        register: what is known of codes.
        code: of the agency, as written.
        day: on which what names it began, in Viet Nam.
        place: where the code stands, as its sender names it.

    Returns:
        A problem when the code was closed by then, a finding when that cannot be told, else None.
    """
    found = register.resolve(code, day)
    if found.standing is Standing.LIVE:
        return None
    if found.standing is Standing.CLOSED:
        if found.listed:
            return Finding(UNLISTED, place, code)
        return Problem(place, CLOSED, _instead(found))
    return Finding(_ODD[found.standing], place, code)


def _instead(found: Resolution) -> str:
    """Return the codes to use, as the text of the cause goes on: `H44 (Phú Thọ)`."""
    named = [f"{s.code} ({s.name})" if s.name else s.code for s in found.successors]
    return ", ".join(named) or "?"
