"""What the endpoints share: who asks, in whose name, and the services they are clients of."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from fastapi import Request

from lgsp.api.agency_search import AgencySearch
from lgsp.api.door import Door, bearer
from lgsp.api.problems import ApiError
from lgsp.api.pulse import Pulses
from lgsp.gateway import Counterpart, Gateway
from lgsp.passwords import Passwords
from lgsp.relay.door import FileDoor
from lgsp.scoring import Counts


@dataclass(slots=True, frozen=True)
class Desk:
    """One application's services."""

    gateway: Gateway
    door: Door
    pulses: Pulses = field(default_factory=Pulses)
    agency_search: AgencySearch = field(default_factory=AgencySearch)
    passwords: Passwords = field(default_factory=Passwords)
    files: FileDoor | None = None
    counts: Counts = field(default_factory=Counts)

    def system(self, request: Request, name: str) -> Counterpart:
        """Return the counterpart that a request speaks for.

        Raises:
            ApiError: there is no such system, or the credential is not its own.
        """
        counterpart = self.gateway.counterparts.get(name)
        credential = bearer(request.headers.get("authorization", ""))
        if counterpart is None or not self.door.admits(name, credential):
            # one answer for both: nobody learns by asking which systems there are
            raise ApiError(401, "not-admitted", "send the system's token as Authorization: Bearer")
        return counterpart

    def system_or_operator(self, request: Request, name: str) -> Counterpart:
        """Return the counterpart that a request speaks for: its own credential's, or any for an operator."""
        if name in self.gateway.counterparts and self.door.operator(
            bearer(request.headers.get("authorization", ""))
        ):
            return self.gateway.counterparts[name]
        return self.system(request, name)

    def reader(self, request: Request) -> str | None:
        """Return whose messages the caller may see: None is everybody's.

        Raises:
            ApiError: the credential is nobody's.
        """
        credential = bearer(request.headers.get("authorization", ""))
        if self.door.operator(credential):
            return None
        for name in self.gateway.counterparts:
            if self.door.admits(name, credential):
                return name
        raise ApiError(401, "not-admitted", "send a token as Authorization: Bearer")

    def operator(self, request: Request) -> str:
        """Return the name under which an operator's act stands in the journal.

        Raises:
            ApiError: the caller is no operator.
        """
        if self.reader(request) is not None:
            raise ApiError(403, "operators-only")
        return "operator"


def uuid_of(text: str) -> UUID:
    """Return an id from a path.

    Raises:
        ApiError: it is not one.
    """
    try:
        return UUID(text)
    except ValueError:
        raise ApiError(404, "not-found", "an id is a UUID") from None


def page(request: Request) -> tuple[int, int]:
    """Return `after` and `limit` of a request for a page.

    Raises:
        ApiError: they are not numbers in range.
    """
    try:
        after, limit = (
            int(request.query_params.get("after", "0")),
            int(request.query_params.get("limit", "100")),
        )
    except ValueError:
        raise ApiError(422, "invalid", "after and limit are whole numbers") from None
    if after < 0 or after > 2**62 or not 1 <= limit <= 1000:  # noqa: PLR2004 - the documented bounds
        raise ApiError(422, "invalid", "after is 0 or more, limit is 1 to 1000")
    return after, limit
