"""What the endpoints share: who asks, in whose name, and the services they are clients of."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from fastapi import Request

from lgsp.api.agency_search import AgencySearch
from lgsp.api.door import Door
from lgsp.api.gate import Gate
from lgsp.api.problems import ApiError
from lgsp.api.pulse import Pulses
from lgsp.bounds import READ, demand
from lgsp.callers import Caller
from lgsp.enquiring import Enquiries
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal.reaching import ALL, Path, Reach, Sight
from lgsp.keyring import Keyring
from lgsp.passwords import Passwords
from lgsp.relay.door import FileDoor
from lgsp.rights import Right
from lgsp.scoring import Counts


@dataclass(slots=True, frozen=True)
class Desk:
    """One application's services."""

    gateway: Gateway
    door: Door
    enquiries: Enquiries
    pulses: Pulses = field(default_factory=Pulses)
    agency_search: AgencySearch = field(default_factory=AgencySearch)
    passwords: Passwords = field(default_factory=Passwords)
    files: FileDoor | None = None
    counts: Counts = field(default_factory=Counts)
    keyring: Keyring | None = None
    gate: Gate = field(default_factory=Gate)

    def caller(self, request: Request) -> Caller:
        """Return whoever calls: a person, or a system by its credential.

        Raises:
            ApiError: the credential is nobody's.
        """
        found = self.door.identify(request)
        if found is None:
            raise ApiError(401, "not-admitted", "send a token as Authorization: Bearer")
        return found

    def person(self, request: Request, right: Right, *, within: bool = False) -> Caller:
        """Return the person who calls, if that person may; the first line of every endpoint for people.

        Args:
            request: the call.
            right: the one that the endpoint asks for.
            within: the endpoint itself keeps within the limits of a person's role (`Caller.reach`); any
                other one is closed to a person who has limits, for it cannot tell what lies within.

        Raises:
            ApiError: the caller is nobody, a system, or a person whose role does not allow it.
        """
        found = self.caller(request)
        if found.role is None:
            raise ApiError(403, "operators-only")
        _allow(found, right, within=within)
        return found

    def reader(self, request: Request, right: Right = Right.LOOK, *, within: bool = False) -> Caller:
        """Return whoever may read: a system what is its own (`Caller.system`), a person by a right.

        Raises:
            ApiError: the credential is nobody's, or the person's role does not allow it.
            Forbidden: the system's credential was not granted to read.
        """
        found = self.caller(request)
        if found.role is not None:
            _allow(found, right, within=within)
        else:
            demand(found.bounds, READ)
        return found

    def sight(self, caller: Caller) -> Sight:
        """Return what a person's limits let see by the routes of now; all of it for a system and the rest.

        A route that asks for more than source and type carries nothing here: what it leaves out is known
        for one message, and not for a list of them.
        """
        return sight_of(self.gateway, caller.reach)

    def system(self, request: Request, name: str) -> Counterpart:
        """Return the counterpart that a request speaks for.

        Raises:
            ApiError: there is no such system, or the credential is not its own.
        """
        counterpart = self.gateway.counterparts.get(name)
        found = self.door.identify(request)
        if counterpart is None or found is None or found.system != name:
            # one answer for both: nobody learns by asking which systems there are
            raise ApiError(401, "not-admitted", "send the system's token as Authorization: Bearer")
        return counterpart

    def system_or_person(self, request: Request, name: str, right: Right) -> Counterpart:
        """Return the counterpart that a request speaks for: its own credential's, or any for a person.

        Raises:
            ApiError: there is no such system, the credential is another one's, or the person may not.
        """
        found = self.door.identify(request)
        if found is not None and found.role is not None and name in self.gateway.counterparts:
            _allow(found, right)
            return self.gateway.counterparts[name]
        return self.system(request, name)


def _allow(caller: Caller, right: Right, *, within: bool = False) -> None:
    """Let a person through who has a right, and whose limits the endpoint keeps to.

    Raises:
        ApiError: the person's role does not have the right, or has limits.
    """
    if not caller.may(right):
        raise ApiError(403, "not-yours", right.value)
    if not within and not caller.reach.everything:
        raise ApiError(403, "beyond-your-limits")


def sight_of(gateway: Gateway, reach: Reach) -> Sight:
    """Return limits as the routes in force make them out; see `Desk.sight`."""
    if reach.everything:
        return ALL
    routes = (one for one in gateway.routes.routes if one.name in reach.routes and not one.where)
    paths = tuple(
        Path(one.type, one.source, None if one.by_recipients else frozenset(one.systems)) for one in routes
    )
    return Sight(reach.systems or None, paths if reach.routes else None, reach.agencies)


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
