"""What is looked for among messages, as an address says it: the same for the API and for people's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lgsp.api.desk import Desk
from lgsp.api.problems import ApiError
from lgsp.domain.agencies.resolution import Resolution
from lgsp.domain.codes import FORMS, read_agency
from lgsp.domain.typed import Meant, read_typed
from lgsp.journal.reaching import ALL, Sight
from lgsp.journal.searching import Sought
from lgsp.journal.states import BEHIND, DEAD, HEADS, State
from lgsp.message import VIETNAM

WORDS = {state.word: frozenset({state}) for state in State}
GROUPS = {"dead": DEAD, "open": (HEADS | BEHIND) - DEAD}
"""Words for several states at once."""
UNROUTED = "unrouted"
_LONGEST, _NAMED = 500, 20
_STATES = f"state is one of {', '.join(WORDS)}, {', '.join(GROUPS)} or {UNROUTED}"
_TIMES = "is a day (2026-01-31) or a time (2026-01-31T08:30:00+07:00)"


@dataclass(slots=True, frozen=True)
class Asked:
    """What is looked for, and how it was read.

    Attributes:
        meant: as what `q` was read; None without one.
        agencies: those whose names hold what was typed.
    """

    sought: Sought
    meant: Meant | None = None
    agencies: Sequence[Resolution] = ()


async def asked(
    desk: Desk, params: Mapping[str, str], reader: str | None = None, sight: Sight = ALL
) -> Asked:
    """Return what an address asks for.

    Args:
        desk: the services.
        params: `q`, `code`, `agency` (and `alone`), `source`, `system`, `type`, `state` (several, with
            commas), `cause`, `finding`, `from`, `to`.
        reader: the system whose messages alone the caller may see; None sees all.
        sight: what a person who asks may see.

    Raises:
        ApiError: 422, one of them means nothing; it is named.
    """
    given = {name: value.strip() for name, value in params.items()}
    if any(len(value) > _LONGEST for value in given.values()):
        raise ApiError(422, "invalid", f"a filter has at most {_LONGEST} characters")
    sought = replace(_sought(given, reader), sight=sight)
    return await _typed(desk, given["q"], sought) if given.get("q") else Asked(sought)


def _sought(given: Mapping[str, str], reader: str | None) -> Sought:
    words = named(given.get("state", ""))
    return Sought(
        code=given.get("code", ""),
        agencies=[code for part in given.get("agency", "").split(",") if (code := part.strip())],
        alone=given.get("alone", "") not in ("", "0", "no"),
        source=reader or given.get("source", ""),
        type=given.get("type", ""),
        system=given.get("system", ""),
        cause=given.get("cause", ""),
        finding={"any": "*"}.get(given.get("finding", ""), given.get("finding", "")),
        unrouted=UNROUTED in words,
        states=frozenset(state for word in words - {UNROUTED} for state in (WORDS | GROUPS)[word]),
        since=moment("from", given.get("from", "")),
        until=moment("to", given.get("to", ""), ends=True),
    )


def named(words: str) -> set[str]:
    """Return the states that a filter names, with commas between them.

    Raises:
        ApiError: 422, there is no such state.
    """
    found = {word.strip().replace("_", " ") for word in words.split(",") if word.strip()}
    if not found <= {*WORDS, *GROUPS, UNROUTED}:
        raise ApiError(422, "invalid", _STATES)
    return found


def moment(name: str, text: str, *, ends: bool = False) -> int | None:
    """Return a day or time as microseconds since 1970, of Viet Nam where it names no other place.

    Args:
        name: of the filter.
        text: as given; empty is None.
        ends: a day or a minute belongs to it whole: the time is the one at which it is over.

    Raises:
        ApiError: 422, it is neither.
    """
    if not text:
        return None
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text) + timedelta(days=ends)
            found = datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
        else:
            found = datetime.fromisoformat(text)
            found += timedelta(minutes=ends and len(text) == len("2026-01-31T08:30"))
        return int((found if found.tzinfo else found.replace(tzinfo=VIETNAM)).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        raise ApiError(422, "invalid", f"{name} {_TIMES}") from None


def spellings(code: str) -> Sequence[str]:
    """Return how somebody may have written a code that was turned away; as it is, and in its normal forms."""
    return sorted({code, *(key for form in FORMS.values() if (key := form(code)))}) if code else ()


async def _typed(desk: Desk, text: str, sought: Sought) -> Asked:
    meant, text = read_typed(text)
    if meant is Meant.AGENCY:
        return Asked(replace(sought, agencies=[text]), meant)
    if meant is Meant.NAME:
        today = datetime.now(VIETNAM).date()
        found, _ = await desk.agency_search.find(desk.gateway.agencies, text, today, limit=_NAMED)
        if found:
            codes = [code for one in found for code in _codes(one)]
            return Asked(replace(sought, agencies=list(dict.fromkeys(codes))), meant, found)
        meant = Meant.CODE
    return Asked(replace(sought, code=text), meant)


def _codes(one: Resolution) -> list[str]:
    """Return the codes by which an agency may be named."""
    return [one.written, *(code for code in one.also if read_agency(code).level)]
