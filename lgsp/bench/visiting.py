"""Somebody who is signed in to the console of a measurement, without the form."""

from __future__ import annotations

import secrets

from lgsp.console.guard import SESSION
from lgsp.console.visits import digest
from lgsp.journal import people
from lgsp.journal.contract import Transaction
from lgsp.journal.people import Person, Role

_HOURS = 12 * 3_600_000_000
_SECRET = secrets.token_hex(16)
COOKIE = {"Cookie": f"{SESSION}={_SECRET}"}
"""The header that a browser would send."""


def admitted(tx: Transaction) -> None:
    """Add an operator with a session."""
    who = Person(
        "bench", "Bench", "", Role.OPERATOR, disabled=False, temporary=False, created_at=0, changed_at=0
    )
    people.add(tx, who, who.name)
    people.sign_in(tx, who.name, digest(_SECRET), _HOURS, ("127.0.0.1", "bench"))
