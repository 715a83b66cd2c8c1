"""How a credential stands at a moment, and how it is shown to people: never with a secret."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from lgsp.journal.credentials import Grant, Kept, Kind
from lgsp.journal.reading import at

_DAY = 86_400_000_000
_IN_USE = 30 * _DAY


class Standing(StrEnum):
    """How a credential stands.

    Attributes:
        HOLDS: it lets in.
        NOT_YET: its time has not begun.
        ENDED: its time is over.
        REVOKED: somebody took it back.
        DISABLED: the person whose it is is not let in.
    """

    HOLDS = "holds"
    NOT_YET = "not-yet"
    ENDED = "ended"
    REVOKED = "revoked"
    DISABLED = "disabled"


def standing(one: Kept, now: int) -> Standing:
    """Return how a credential stands; `now` in microseconds since 1970."""
    grant = one.grant
    if one.revoked_at is not None:
        return Standing.REVOKED
    if grant.until is not None and now >= grant.until:
        return Standing.ENDED
    if grant.kind is Kind.PERSON and one.role is None:
        return Standing.DISABLED
    return Standing.NOT_YET if now < (grant.since or 0) else Standing.HOLDS


def days_left(one: Kept, now: int) -> int | None:
    """Return the whole days until it ends by itself; None where it does not, or is over."""
    until = one.grant.until
    open_ = standing(one, now) in (Standing.HOLDS, Standing.NOT_YET)
    return (until - now) // _DAY if until is not None and open_ else None


def in_use(one: Kept, now: int) -> bool:
    """Tell whether it let somebody in within the last 30 days."""
    return one.used_at is not None and now - one.used_at <= _IN_USE


def overlapping(one: Kept, now: int) -> int | None:
    """Return until when a secret that was replaced still holds beside the newer one."""
    return max((each.until for each in one.secrets if each.until and each.until > now), default=None)


def shown(one: Kept, now: int) -> Mapping[str, Any]:
    """Return a credential as it is told; times are ISO 8601."""
    grant = one.grant
    return {
        "id": grant.uid,
        "kind": grant.kind.value,
        "system": grant.system,
        "person": grant.person,
        "name": grant.name,
        "standing": standing(one, now).value,
        "bounds": dict(grant.bounds),
        "limits": dict(grant.limits),
        "addresses": list(grant.addresses),
        "since": at(grant.since),
        "until": at(grant.until),
        "days_left": days_left(one, now),
        "replaced_until": at(overlapping(one, now)),
        "created": at(one.created_at),
        "created_by": one.created_by,
        "used": at(one.used_at),
        "used_from": one.used_from,
        "revoked": at(one.revoked_at),
        "revoked_by": one.revoked_by,
        "reason": one.reason,
        "certificate": _certificate(grant) if grant.kind is Kind.CERTIFICATE else None,
    }


def _certificate(grant: Grant) -> Mapping[str, str]:
    fingerprint = grant.fingerprint.hex() if grant.fingerprint else ""
    return {"fingerprint": fingerprint, "issuer": grant.issuer, "subject": grant.subject}
