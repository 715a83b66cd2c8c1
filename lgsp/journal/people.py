"""People who sign in: their accounts, their sessions, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reaching import EVERYTHING, Reach, packed, unpacked
from lgsp.journal.rows import insert, write_entries
from lgsp.journal.tables import ACTS, people, sessions

_PERSON = "name, shown, hash, role, disabled, temporary, created_at, changed_at, limits, issuer, subject"
_ADD = insert(people)
_OPEN = insert(sessions)
_END = "DELETE FROM sessions WHERE token = ?"
_FIND = (
    "SELECT s.person, p.shown, p.role, p.temporary, s.created_at, s.seen_at, s.expires_at, p.limits, p.issuer"
    " FROM sessions s JOIN people p ON p.name = s.person WHERE s.token = ? AND p.disabled = 0"
)
_SESSION = "token, person, created_at, seen_at, expires_at, address, agent"
_DONE = (
    "SELECT id, at, what, message_id, delivery_id, system, cause, details FROM entries"
    f" WHERE who = ? AND id < ? AND ({ACTS}) ORDER BY id DESC LIMIT ?"
)


class Role(StrEnum):
    """What a person is to the installation; what each may do is the console's to say."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(slots=True, frozen=True, repr=False)
class Person:
    """Somebody who may sign in. `repr` is left out: the hash of a password stands in it.

    Attributes:
        name: by which the person signs in, and which stands in entries.
        shown: the name that others read.
        temporary: the password was made by somebody else, and has to be changed first.
        created_at: microseconds since 1970, as is `changed_at`.
        reach: what the role is limited to.
        issuer: who vouches for the person instead of this installation; then there is no password here.
        subject: by which the issuer knows the person.
    """

    name: str
    shown: str
    hash: str
    role: Role
    disabled: bool
    temporary: bool
    created_at: int
    changed_at: int
    reach: Reach = EVERYTHING
    issuer: str = ""
    subject: str = ""


@dataclass(slots=True, frozen=True)
class Visit:
    """A session that holds, and whose it is; times are microseconds since 1970."""

    person: str
    shown: str
    role: Role
    temporary: bool
    created_at: int
    seen_at: int
    expires_at: int
    reach: Reach = EVERYTHING
    issuer: str = ""


def count(tx: Transaction) -> int:
    """Return how many people there are."""
    return int(tx.rows("SELECT count(*) FROM people")[0][0])


def everybody(tx: Transaction) -> list[Person]:
    """Return all people, by name."""
    return [_person(row) for row in tx.rows(f"SELECT {_PERSON} FROM people ORDER BY name")]


def find(tx: Transaction, name: str) -> Person | None:
    """Return a person, or None."""
    found = tx.rows(f"SELECT {_PERSON} FROM people WHERE name = ?", (name,))
    return _person(found[0]) if found else None


def _person(row: Sequence[Any]) -> Person:
    name, shown, hashed, role, disabled, temporary, created, changed, limits, *outside = row
    flags = bool(disabled), bool(temporary)
    return Person(name, shown, hashed, Role(role), *flags, created, changed, unpacked(limits), *outside)


def add(tx: Transaction, person: Person, who: str) -> bool:
    """Add a person whose name is not taken; return whether it was free. Times are the journal's."""
    tx.lock([b"people"])
    if find(tx, person.name) is not None:
        return False
    said = (person.name, person.shown, person.hash, person.role.value)
    outside = (packed(person.reach), person.issuer, person.subject)
    tx.run(_ADD, [(*said, 0, int(person.temporary), tx.now, tx.now, *outside)])
    note(tx, "person added", who, on=person.name, details=_standing(person))
    return True


def _standing(person: Person) -> str:
    """Return a role with its limits, as an entry tells it."""
    return f"{person.role.value} {packed(person.reach)}".strip()


def change_role(tx: Transaction, name: str, role: Role, who: str, reason: str) -> None:
    """Give a person another role; it holds at once, and all sessions of the person end.

    Raises:
        WrongStateError: there is no such person, the last administrator would be none, or whoever vouches
            for the person says the role.
    """
    one = _ours(tx, name)
    change_standing(tx, one, replace(one, role=role), who, reason)


def limit(tx: Transaction, name: str, reach: Reach, who: str, reason: str) -> None:
    """Limit a person's role; it holds at once, and all sessions of the person end.

    Raises:
        WrongStateError: as in `change_role`; the last administrator who has no limits keeps having none.
    """
    one = _ours(tx, name)
    change_standing(tx, one, replace(one, reach=reach), who, reason)


def change_standing(tx: Transaction, old: Person, new: Person, who: str, reason: str) -> None:
    """Write down another role or other limits of a person who is locked; sessions end with a change.

    Raises:
        WrongStateError: the last administrator would be gone.
    """
    if (old.role, old.reach) == (new.role, new.reach):
        return
    if _whole(old) and not _whole(new):
        _another_administrator(tx, old.name)
    row = (new.role.value, packed(new.reach), tx.now, old.name)
    tx.run("UPDATE people SET role = ?, limits = ?, changed_at = ? WHERE name = ?", [row])
    end_sessions(tx, old.name)
    what = "role changed" if old.role is not new.role else "limits changed"
    note(tx, what, who, on=old.name, reason=reason, details=f"{_standing(old)} > {_standing(new)}")


def _whole(one: Person) -> bool:
    return one.role is Role.ADMINISTRATOR and one.reach.everything


def disable(tx: Transaction, name: str, who: str, reason: str) -> None:
    """Let a person in no more; sessions end with it.

    Raises:
        WrongStateError: there is no such person, or it is the last administrator.
    """
    one = _there(tx, name)
    if _whole(one):
        _another_administrator(tx, name)
    tx.run("UPDATE people SET disabled = 1, changed_at = ? WHERE name = ?", [(tx.now, name)])
    end_sessions(tx, name)
    note(tx, "person disabled", who, on=name, reason=reason)


def enable(tx: Transaction, name: str, who: str, reason: str) -> None:
    """Let a person in again.

    Raises:
        WrongStateError: there is no such person.
    """
    _there(tx, name)
    tx.run("UPDATE people SET disabled = 0, changed_at = ? WHERE name = ?", [(tx.now, name)])
    note(tx, "person enabled", who, on=name, reason=reason)


def set_password(  # noqa: PLR0913 - each of them stands in the entry or the row
    tx: Transaction, name: str, hashed: str, who: str, *, temporary: bool, reason: str = "", keep: bytes = b""
) -> None:
    """Give a person another password; all sessions but `keep` (a token's SHA-256) end.

    Raises:
        WrongStateError: there is no such person, or somebody else vouches for the person.
    """
    _ours(tx, name)
    row = (hashed, int(temporary), tx.now, name)
    tx.run("UPDATE people SET hash = ?, temporary = ?, changed_at = ? WHERE name = ?", [row])
    end_sessions(tx, name, keep=keep)
    note(tx, "password reset" if temporary else "password changed", who, on=name, reason=reason)


def _there(tx: Transaction, name: str) -> Person:
    tx.lock([b"people"])
    one = find(tx, name)
    if one is None:
        raise WrongStateError(f"changing person {name!r}: there is none")
    return one


def _ours(tx: Transaction, name: str) -> Person:
    """Return a person of whom this installation decides; `_there` is for those of everybody."""
    one = _there(tx, name)
    if one.issuer:
        raise WrongStateError(f"changing person {name!r}: {one.issuer} decides of role, limits and password")
    return one


def _another_administrator(tx: Transaction, name: str) -> None:
    others = tx.rows(
        "SELECT 1 FROM people WHERE role = 'administrator' AND limits = '' AND disabled = 0 AND name <> ?",
        (name,),
    )
    if not others:
        raise WrongStateError(f"changing person {name!r}: the last administrator would be gone")


# --- sessions -------------------------------------------------------------------------------------------


def sign_in(  # noqa: PLR0913, PLR0917 - what a session is opened with
    tx: Transaction, name: str, token: bytes, life: int, client: tuple[str, str], way: str = ""
) -> None:
    """Open a session of a person, and forget the failures before it.

    Args:
        tx: the transaction.
        name: whose it is.
        token: the SHA-256 of what the browser holds.
        life: microseconds after which it ends at the latest.
        client: from which address, and what the browser says of itself.
        way: who vouched for the person, where it was not the password.
    """
    address, agent = client
    tx.run(_END, [(old,) for old in _expired(tx)])
    tx.run(_OPEN, [(token, name, tx.now, tx.now, tx.now + life, address, agent[:200])])
    tx.run("DELETE FROM lockouts WHERE subject = ?", [(f"{name}@{address}",)])
    note(tx, "signed in", name, reason=way, details=address)


def _expired(tx: Transaction) -> list[bytes]:
    return [bytes(row[0]) for row in tx.rows("SELECT token FROM sessions WHERE expires_at <= ?", (tx.now,))]


def visit(tx: Transaction, token: bytes) -> Visit | None:
    """Return the session of a token's SHA-256, or None; whether it is still in time the caller judges."""
    found = tx.rows(_FIND, (token,))
    if not found:
        return None
    name, shown, role, temporary, created, seen_at, expires, limits, issuer = found[0]
    times = created, seen_at, expires
    return Visit(name, shown, Role(role), bool(temporary), *times, unpacked(limits), issuer)


def seen(tx: Transaction, token: bytes) -> None:
    """Note that a session is used."""
    tx.run("UPDATE sessions SET seen_at = ? WHERE token = ?", [(tx.now, token)])


def sign_out(tx: Transaction, token: bytes, who: str, *, on: str = "", reason: str = "") -> None:
    """End a session; somebody else's is told of with its owner (`on`)."""
    tx.run(_END, [(token,)])
    note(tx, "session revoked" if on else "signed out", who, on=on, reason=reason)


def end_sessions(tx: Transaction, name: str, *, keep: bytes = b"") -> int:
    """End all sessions of a person but one (a token's SHA-256); return how many there were."""
    ended = tx.rows("SELECT token FROM sessions WHERE person = ? AND token <> ?", (name, keep))
    tx.run(_END, [(bytes(row[0]),) for row in ended])
    return len(ended)


def end_others(tx: Transaction, name: str, keep: bytes, who: str, reason: str = "") -> int:
    """End all sessions of a person but one, and write that down; return how many there were."""
    ended = end_sessions(tx, name, keep=keep)
    note(tx, "sessions revoked", who, on=name, reason=reason, details=str(ended))
    return ended


def visits(tx: Transaction, name: str) -> list[dict[str, Any]]:
    """Return the sessions of a person, the latest first."""
    rows = tx.rows(
        f"SELECT {_SESSION} FROM sessions WHERE person = ? ORDER BY seen_at DESC LIMIT 200", (name,)
    )
    return [dict(zip(_SESSION.split(", "), (bytes(row[0]), *row[1:]), strict=True)) for row in rows]


# --- what people did ------------------------------------------------------------------------------------


def note(  # noqa: PLR0913 - what an entry tells
    tx: Transaction, what: str, who: str, *, on: str = "", reason: str = "", details: str = ""
) -> None:
    """Write an act of a person, or an attempt that was turned away, into the journal.

    Args:
        tx: the transaction of the act itself, so that neither is without the other.
        what: in the past tense, like every entry.
        who: the name by which the person signs in.
        on: to whom or what it was done.
        reason: in the person's words.
        details: anything else, as text.
    """
    told = {name: part for name, part in (("on", on), ("told", details)) if part}
    said = orjson.dumps(told).decode() if told else None
    write_entries(tx, [{"what": what, "who": who, "cause": reason or None, "details": said}])


def done(tx: Transaction, name: str, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Return a page of what somebody did, the latest first; `before` is an entry's id."""
    rows = tx.rows(_DONE, (name, 2**62 if before is None else before, limit))
    names = ("id", "at", "what", "message", "delivery", "system", "cause")
    return [
        dict(zip(names, row, strict=True)) | {"details": orjson.loads(told) if told else {}}
        for *row, told in rows
    ]
