"""Credentials on record: who was given what to come in with, for how long, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.credentials_sealing import opened
from lgsp.journal.credentials_tables import credential_secrets, credentials
from lgsp.journal.people import Role, note
from lgsp.journal.reaching import Reach, unpacked
from lgsp.journal.remembered import held, remember, remembered
from lgsp.journal.rows import insert

VERSION = "credentials"
"""The name under which the journal remembers how often what is on record was changed."""
_LOCK = b"credentials"
_COLUMNS = tuple(column.name for column in credentials.columns)
_ROW = ", ".join(f"c.{name}" for name in _COLUMNS)
_ADD = insert(credentials)
_SECRET = insert(credential_secrets)
_FROM = (
    f"SELECT {_ROW}, p.role, p.disabled, p.limits FROM credentials c LEFT JOIN people p ON p.name = c.person"
)
_ALL = f"{_FROM} ORDER BY c.system, c.person, c.created_at, c.uid"
_OF_SYSTEM = f"{_FROM} WHERE c.system = ? ORDER BY c.created_at, c.uid"
_OF_PERSON = f"{_FROM} WHERE c.person = ? ORDER BY c.created_at, c.uid"
_ONE = f"{_FROM} WHERE c.uid = ?"
_SECRETS = "SELECT credential, hash, until, key, sealed FROM credential_secrets"
_PEOPLE = "SELECT count(*), coalesce(sum(changed_at % 4294967291), 0) FROM people"
"""Not the latest change: a clock that was set back would hide the next one."""
_TAKEN = "SELECT 1 FROM credentials WHERE fingerprint = ? AND revoked_at IS NULL"
_ENDING = (
    "SELECT uid, system, person, name, until FROM credentials WHERE revoked_at IS NULL AND until > ?"
    " AND until < ? AND used_at > ? ORDER BY until, uid"
)
_USED = "UPDATE credentials SET used_at = ?, used_from = ? WHERE uid = ?"


class Kind(StrEnum):
    """How a credential proves itself.

    Attributes:
        KEY: a secret that is sent with each request.
        CLIENT: a secret that access tokens are fetched with.
        CERTIFICATE: the client's side of TLS.
        HMAC: a secret that requests are signed with, in the protocols of façades.
        PERSON: a person's own key, with the rights of the person.
    """

    KEY = "key"
    CLIENT = "client"
    CERTIFICATE = "certificate"
    HMAC = "hmac"
    PERSON = "person"


class Secret(NamedTuple):
    """A secret of a credential, by its SHA-256.

    Attributes:
        until: microseconds since 1970, once it was replaced; None is as long as the credential.
        plain: the secret itself, where it has to be kept.
    """

    hash: bytes
    until: int | None = None
    plain: bytes = b""


@dataclass(slots=True, frozen=True)
class Grant:
    """What somebody is to be given.

    Attributes:
        uid: the outer id.
        system: whose it is; empty for a person's.
        person: whose it is; empty for a system's.
        name: by which people tell it from others.
        bounds: as `lgsp.credentials.bounding` writes them.
        limits: how much it may ask for, as `lgsp.allowances.Limits` tells them.
        addresses: networks from which it may be used; none is from anywhere.
        since: microseconds since 1970; None is at once. `until` likewise; None is without an end.
        fingerprint: SHA-256 of the certificate that it is, if it is one and known by itself.
        issuer: of a certificate that is known by its names; RFC 4514, as is `subject`.
    """

    uid: str
    kind: Kind
    system: str
    name: str
    person: str = ""
    bounds: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    fingerprint: bytes | None = None
    issuer: str = ""
    subject: str = ""


@dataclass(slots=True, frozen=True, repr=False)
class Kept:
    """A credential as it stands on record; times are microseconds since 1970. `repr` is left out: secrets.

    Attributes:
        session_key: under which sessions are MACed that a façade hands out on its strength.
        fresh_since: what was handed out before holds no more.
        used_at: a minute behind at most; None is never.
        role: of the person whose it is; None for a system's, or where the person is not let in.
        reach: to which that role is limited.
    """

    grant: Grant
    session_key: bytes
    fresh_since: int
    created_at: int
    created_by: str
    revoked_at: int | None
    revoked_by: str
    reason: str
    used_at: int | None
    used_from: str
    role: Role | None
    reach: Reach
    secrets: Sequence[Secret]


# --- what stands on record ------------------------------------------------------------------------------


def version(tx: Transaction) -> tuple[str, int, int]:
    """Return what differs as soon as anything is on record that was not, a person's role included."""
    count, moments = tx.rows(_PEOPLE)[0]
    return remembered(tx, VERSION), count, int(moments)


def everything(tx: Transaction) -> list[Kept]:
    """Return all there is, ended or not, by system, person and age."""
    return _kept(tx, tx.rows(_ALL), tx.rows(_SECRETS))


def of_system(tx: Transaction, system: str) -> list[Kept]:
    """Return the credentials of a system, the oldest first."""
    return _with_secrets(tx, tx.rows(_OF_SYSTEM, (system,)))


def of_person(tx: Transaction, person: str) -> list[Kept]:
    """Return the keys of a person, the oldest first."""
    return _with_secrets(tx, tx.rows(_OF_PERSON, (person,)))


def find(tx: Transaction, uid: str) -> Kept | None:
    """Return a credential, or None."""
    found = _with_secrets(tx, tx.rows(_ONE, (uid,)))
    return found[0] if found else None


class Ending(NamedTuple):
    """A credential that ends by itself; `until` in microseconds since 1970, `owner` a system or a person."""

    uid: str
    owner: str
    name: str
    until: int


def ending(tx: Transaction, before: int, used_since: int) -> list[Ending]:
    """Return what ends before a moment, though it let somebody in since another one."""
    rows = tx.rows(_ENDING, (tx.now, before, used_since))
    return [Ending(uid, system or person, name, until) for uid, system, person, name, until in rows]


def _with_secrets(tx: Transaction, rows: Sequence[Any]) -> list[Kept]:
    return _kept(tx, rows, tx.among(f"{_SECRETS} WHERE credential IN ({{}})", [row[0] for row in rows]))


def _kept(tx: Transaction, rows: Iterable[Sequence[Any]], secrets: Iterable[Sequence[Any]]) -> list[Kept]:
    held_by: dict[str, list[Secret]] = {}
    for uid, hashed, until, key, sealed in secrets:
        plain = opened(tx, key, sealed, "a secret of credential", uid) if sealed else b""
        held_by.setdefault(uid, []).append(Secret(bytes(hashed), until, plain))
    return [_read(tx, row, held_by.get(row[0], [])) for row in rows]


def _read(tx: Transaction, row: Sequence[Any], secrets: Sequence[Secret]) -> Kept:
    one = dict(zip((*_COLUMNS, "role", "disabled", "reach"), row, strict=True))
    bounds, limits, addresses = (orjson.loads(one[name]) for name in ("bounds", "limits", "addresses"))
    grant = Grant(
        one["uid"], Kind(one["kind"]), one["system"], one["name"], one["person"], bounds, limits, addresses,
        one["since"], one["until"],
        bytes(one["fingerprint"]) if one["fingerprint"] else None, one["issuer"], one["subject"],
    )  # fmt: skip
    role = Role(one["role"]) if one["role"] and not one["disabled"] else None
    return Kept(
        grant, opened(tx, one["key"], one["sealed"], "credential", grant.uid), one["fresh_since"],
        one["created_at"],
        one["created_by"], one["revoked_at"], one["revoked_by"], one["reason"], one["used_at"],
        one["used_from"], role, unpacked(one["reach"] or ""), secrets,
    )  # fmt: skip


# --- what people do -------------------------------------------------------------------------------------


def add(tx: Transaction, grant: Grant, secret: Secret | None, session_key: bytes, who: str) -> None:
    """Put a credential on record.

    Raises:
        WrongStateError: its certificate is on record already.
    """
    _changing(tx)
    if grant.fingerprint and tx.rows(_TAKEN, (grant.fingerprint,)):
        raise WrongStateError(f"adding credential {grant.name!r}: its certificate is on record already")
    key, sealed = tx.keys.seal(session_key)
    tx.run(_ADD, [(
        grant.uid, grant.kind.value, grant.system, grant.person, grant.name,
        orjson.dumps(grant.bounds).decode(), orjson.dumps(grant.limits).decode(),
        orjson.dumps(list(grant.addresses)).decode(),
        grant.issuer, grant.subject, grant.fingerprint, key, sealed,
        tx.now if grant.since is None else grant.since, grant.until, tx.now, tx.now, who,
        None, "", "", None, "",
    )])  # fmt: skip
    if secret is not None:
        _write_secret(tx, grant.uid, secret)
    note(tx, "credential made", who, on=grant.system or grant.person, details=_named(grant))


def rotate(  # noqa: PLR0913 - what is done, by whom and why
    tx: Transaction, uid: str, secret: Secret, who: str, reason: str, *, overlap: int
) -> None:
    """Give a credential another secret; the one before holds for `overlap` microseconds more.

    Older ones end at once. Without an overlap, whatever was handed out on the old secret's strength (access
    tokens, sessions) ends with it.

    Raises:
        WrongStateError: there is none, it was revoked, or it has no secret of ours.
    """
    one = _live(tx, uid)
    if not one.secrets:
        raise WrongStateError(f"rotating credential {one.grant.name!r}: it has no secret of ours")
    ending = tx.now + overlap
    kept = [old for old in one.secrets if overlap and old.until is None]
    gone = [old for old in one.secrets if old not in kept]
    tx.run("DELETE FROM credential_secrets WHERE hash = ?", [(old.hash,) for old in gone])
    tx.run("UPDATE credential_secrets SET until = ? WHERE hash = ?", [(ending, old.hash) for old in kept])
    _write_secret(tx, uid, secret)
    if not overlap:
        tx.run("UPDATE credentials SET fresh_since = ? WHERE uid = ?", [(tx.now, uid)])
    on = one.grant.system or one.grant.person
    note(tx, "credential rotated", who, on=on, reason=reason, details=_named(one.grant))


def revoke(tx: Transaction, uid: str, who: str, reason: str) -> None:
    """Let nobody in by a credential any more.

    Raises:
        WrongStateError: there is none, or it was revoked before.
    """
    one = _live(tx, uid)
    row = (tx.now, who, reason, uid)
    tx.run("UPDATE credentials SET revoked_at = ?, revoked_by = ?, reason = ? WHERE uid = ?", [row])
    tx.run("DELETE FROM credential_secrets WHERE hash = ?", [(old.hash,) for old in one.secrets if old.plain])
    on = one.grant.system or one.grant.person
    note(tx, "credential revoked", who, on=on, reason=reason, details=_named(one.grant))


def use(tx: Transaction, uses: Mapping[str, tuple[int, str]]) -> None:
    """Write when credentials were used last, and from where; it is no change of what is on record."""
    tx.run(_USED, [(when, address, uid) for uid, (when, address) in sorted(uses.items())])


def changed(tx: Transaction) -> None:
    """Let every process learn anew what is on record."""
    remember(tx, VERSION, str(int(held(tx, VERSION) or 0) + 1))


def _changing(tx: Transaction) -> None:
    tx.lock([_LOCK])
    changed(tx)


def _live(tx: Transaction, uid: str) -> Kept:
    _changing(tx)
    one = find(tx, uid)
    if one is None or one.revoked_at is not None:
        why = "there is none" if one is None else "it was revoked"
        raise WrongStateError(f"changing credential {uid}: {why}")
    return one


def _write_secret(tx: Transaction, uid: str, secret: Secret) -> None:
    key, sealed = tx.keys.seal(secret.plain) if secret.plain else (0, b"")
    tx.run(_SECRET, [(secret.hash, uid, tx.now, secret.until, key, sealed)])


def _named(grant: Grant) -> str:
    return f"{grant.kind.value} {grant.name} {grant.uid}"
