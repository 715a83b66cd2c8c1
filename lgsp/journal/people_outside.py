"""People for whom somebody else vouches: accounts made at the first sign-in, which follow what is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from lgsp.journal import people
from lgsp.journal.contract import Transaction
from lgsp.journal.people import Person, Role
from lgsp.journal.reaching import EVERYTHING, Reach

_CLOSED = 2
"""Beside 1, which an administrator says: this one the voucher says, and takes back."""
_CLOSE = f"UPDATE people SET disabled = {_CLOSED}, changed_at = ? WHERE name = ?"
_BACK = (
    "UPDATE people SET disabled = 0, changed_at = ?"
    f" WHERE disabled = {_CLOSED} AND issuer = ? AND subject = ?"
)
_LONGEST = 33
"""Characters of a wished name that are kept, so that what tells two of them apart still fits."""


@dataclass(slots=True, frozen=True)
class Vouched:
    """Somebody, as whoever vouches for them says.

    Attributes:
        issuer: who vouches.
        subject: by which the issuer knows the person, for ever.
        name: by which the person would like to be called, in the form of a name to sign in with; or empty.
        shown: the name that others read.
        role: what the person is here, with `reach`; None is nothing.
    """

    issuer: str
    subject: str
    name: str
    shown: str
    role: Role | None
    reach: Reach = EVERYTHING


def find(tx: Transaction, issuer: str, subject: str) -> Person | None:
    """Return the person whom an issuer knows by a subject, or None."""
    rows = tx.rows("SELECT name FROM people WHERE issuer = ? AND subject = ?", (issuer, subject))
    return people.find(tx, rows[0][0]) if rows and issuer else None


def welcome(tx: Transaction, one: Vouched, role: Role, taken: frozenset[str]) -> Person:
    """Return the account of somebody who is vouched for, made or brought up to what is said now.

    Args:
        tx: the transaction of the sign-in.
        one: who comes.
        role: which is the person's now.
        taken: names that mean something else already.

    Raises:
        WrongStateError: the last administrator would be gone.
    """
    tx.lock([b"people"])
    tx.run(_BACK, [(tx.now, one.issuer, one.subject)])
    known = find(tx, one.issuer, one.subject)
    if known is None:
        return _made(tx, one, role, taken)
    now = replace(known, role=role, reach=one.reach, shown=one.shown)
    if now.shown != known.shown:
        tx.run("UPDATE people SET shown = ?, changed_at = ? WHERE name = ?", [(now.shown, tx.now, now.name)])
    people.change_standing(tx, known, now, "gateway", one.issuer)
    return now


def _made(tx: Transaction, one: Vouched, role: Role, taken: frozenset[str]) -> Person:
    mark = sha256(f"{one.issuer} {one.subject}".encode()).hexdigest()
    wished = [one.name, f"{one.name[:_LONGEST]}-{mark[:6]}"] if one.name else []
    free = (
        name for name in [*wished, f"p-{mark[:12]}"] if name not in taken and people.find(tx, name) is None
    )
    made = Person(next(free), one.shown, "", role, False, False, 0, 0, one.reach, one.issuer, one.subject)
    people.add(tx, made, "gateway")
    return made


def leave(tx: Transaction, one: Vouched) -> str:
    """Close the account of somebody who has no role any more, with sessions and keys, until there is one.

    Returns:
        The name that entries know; empty where there is no account.
    """
    tx.lock([b"people"])
    known = find(tx, one.issuer, one.subject)
    if known is None:
        return ""
    if not known.disabled:
        tx.run(_CLOSE, [(tx.now, known.name)])
        people.note(tx, "person disabled", "gateway", on=known.name, reason=one.issuer)
    people.end_sessions(tx, known.name)
    return known.name
