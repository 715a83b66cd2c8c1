"""Counts of the far side by agency, as somebody who starts a reconciliation brings them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lgsp.api.desk import Desk
from lgsp.api.problems import ApiError
from lgsp.domain.codes import agency_code, under
from lgsp.journal.clocks import micros
from lgsp.journal.reconciliations import Scope
from lgsp.journal.reconciliations_counted import Counted
from lgsp.reconciling.listing import within


class Count(BaseModel):
    """How many dossiers the far side counts of an agency, with all that lies under it.

    Attributes:
        since: received at this time or later; the run's own period without it.
        until: received before this time.
    """

    model_config = ConfigDict(extra="forbid")

    agency: str = Field(min_length=1, max_length=200)
    count: int = Field(ge=0, le=2**53)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


def counted(desk: Desk, scope: Scope, told: Sequence[Count]) -> list[Counted]:
    """Return counts as a run keeps them.

    Raises:
        ApiError: one names no agency of the scope, a period that is none or lies outside the scope's, or one
            that was named before.
    """
    tops, found = within(desk.gateway.agencies, scope, micros()), list[Counted]()
    for n, one in enumerate(told):
        agency = agency_code(one.agency)
        if agency is None or not (not tops or any(under(agency, top) for top in tops)):
            raise _wrong(n, f"{one.agency} is no agency of what is reconciled")
        read = Counted(agency, one.count, _micros(one.since), _micros(one.until))
        if not _fits(scope, read):
            raise _wrong(n, "its period is none, or lies outside the reconciled one")
        if any(_means(read) == _means(other) for other in found):
            raise _wrong(n, f"{one.agency} is counted twice for one period")
        found.append(read)
    return found


def _means(one: Counted) -> tuple[str, int | None, int | None]:
    return one.agency, one.since, one.until


def _wrong(place: int, said: str) -> ApiError:
    return ApiError(422, "invalid", f"portal_counts/{place}: {said}")


def _fits(scope: Scope, one: Counted) -> bool:
    since = scope.since if one.since is None else one.since
    until = scope.until if one.until is None else one.until
    begins = scope.since is None or (since is not None and since >= scope.since)
    ends = scope.until is None or (until is not None and until <= scope.until)
    return begins and ends and (since is None or until is None or since < until)


def _micros(moment: AwareDatetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1_000_000)
