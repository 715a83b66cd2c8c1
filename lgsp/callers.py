"""Who calls: what is known of whoever a credential or a session stands for, and how far that reaches."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from lgsp.allowances import NO_LIMITS, Limits
from lgsp.journal.people import Role
from lgsp.journal.reaching import EVERYTHING, Reach
from lgsp.rights import Right, may


@dataclass(slots=True, frozen=True)
class Subtree:
    """An agency and all under it, for as long as a credential speaks for it (both days included)."""

    agency: str
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether it counts on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(slots=True, frozen=True)
class Bounds:
    """What a system's credential is good for; what is empty is no limit of its own.

    Attributes:
        agencies: in whose name it may bring messages.
        types: of messages that it may bring or ask.
        acts: of `send`, `collect`, `read` and `ask`, those it may do.
    """

    agencies: Sequence[Subtree] = ()
    types: frozenset[str] = frozenset()
    acts: frozenset[str] = frozenset()


@dataclass(slots=True, frozen=True)
class Caller:
    """Whoever stands behind a request.

    Attributes:
        name: as it stands in the journal.
        role: of a person; None for a system.
        system: whose credential it is; empty for a person.
        credential: the outer id of the credential, which is no secret; empty where there is none on record.
        bounds: of a system's credential.
        reach: of a person's role.
        limits: of a system's credential: how much it may ask for.
    """

    name: str
    role: Role | None = None
    system: str = ""
    credential: str = ""
    bounds: Bounds = field(default_factory=Bounds)
    reach: Reach = EVERYTHING
    limits: Limits = NO_LIMITS

    def may(self, right: Right) -> bool:
        """Tell whether this is a person with a right."""
        return self.role is not None and may(self.role, right)


calling: ContextVar[Caller | None] = ContextVar("calling", default=None)
"""Who stands behind the request that is being answered; None where nobody was admitted, or nobody asks.

The door sets it for each request that it admits. Whatever takes messages on reads it.
"""
