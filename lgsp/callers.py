"""Who calls: what is known of whoever a credential or a session stands for, and how far that reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from lgsp.journal.people import Role
from lgsp.rights import Right, may


@dataclass(slots=True, frozen=True)
class Reach:
    """How far a person's role reaches; what is empty is no limit.

    Attributes:
        systems: names of systems whose traffic the person sees and acts upon.
        routes: names of routes, likewise.
        agencies: codes of agencies; each stands for itself and all under it.
    """

    systems: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    agencies: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Tell whether there is no limit."""
        return not (self.systems or self.routes or self.agencies)


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
    """

    name: str
    role: Role | None = None
    system: str = ""
    credential: str = ""
    bounds: Bounds = field(default_factory=Bounds)
    reach: Reach = field(default_factory=Reach)

    def may(self, right: Right) -> bool:
        """Tell whether this is a person with a right."""
        return self.role is not None and may(self.role, right)
