"""What a role may do, in the console and through the API alike: the one place that says it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lgsp.journal.people import Role


class Right(StrEnum):
    """One kind of thing that may be allowed; every page, endpoint and act asks for one.

    Attributes:
        LOOK: lists, states, figures, deliveries; no content of a message.
        BODIES: content of messages, personal data masked.
        PERSONAL: personal data unmasked, for a stated purpose and a time.
        ACT: replay, cancel, hold, pause, run jobs and everything else that changes what goes where.
        PUBLISH: routes, calendars, code lists, names of causes.
        AUDIT: entries, the tamper-evident log, who saw whose data, and what each person did.
        PEOPLE: accounts, sessions and credentials.
    """

    LOOK = "look"
    BODIES = "bodies"
    PERSONAL = "personal"
    ACT = "act"
    PUBLISH = "publish"
    AUDIT = "audit"
    PEOPLE = "people"


ALLOWED: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.LOOK, Right.BODIES}),
    Role.OPERATOR: frozenset({Right.LOOK, Right.BODIES, Right.PERSONAL, Right.ACT}),
    Role.AUDITOR: frozenset({Right.LOOK, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset(Right),
}


def may(role: Role, right: Right) -> bool:
    """Tell whether a role has a right."""
    return right in ALLOWED[role]
