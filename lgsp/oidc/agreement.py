"""What is agreed with a provider: who it is, who we are to it, and which of its groups are what here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lgsp.accounts import LONGEST_SHOWN, name_from, readable
from lgsp.domain.codes import agency_code
from lgsp.errors import ConfigError
from lgsp.journal.people import Role
from lgsp.journal.people_outside import Vouched
from lgsp.journal.reaching import EVERYTHING, Reach, reach_of

_BEFORE = "LGSP_OIDC_"
KNOWN = frozenset(
    {
        "ISSUER",
        "CLIENT_ID",
        "CLIENT_SECRET",
        "CLIENT_SECRET_FILE",
        "SCOPES",
        "CLAIM",
        "ROLES",
        "NAME",
        "RETURN",
    }
)
"""Names of the settings, without what stands before each."""
_ANYBODY = "*"
_FORM = "group=role, then systems:a,b routes:a,b agencies:H44.11 where it is limited; with ; between"
_LIMITS = ("systems", "routes", "agencies")
_LONGEST = 255
"""Characters of a subject (OpenID Connect Core 1.0, section 2)."""


@dataclass(slots=True, frozen=True)
class Rule:
    """Who is in a group has a role, with its limits."""

    group: str
    role: Role
    reach: Reach = EVERYTHING


@dataclass(slots=True, frozen=True, repr=False)
class Agreement:
    """See the module. `repr` is left out: the secret stands in it.

    Attributes:
        issuer: the provider, as it names itself.
        secret: by which the token endpoint knows us; empty for a public client.
        claim: where the groups stand; dots lead into objects (`realm_access.roles`).
        rules: the first one that fits counts; nobody has a role by none.
        name: by which people know the provider.
        comes_back: the address of ours that the provider leads back to; empty is where the browser is.
    """

    issuer: str
    client: str
    secret: str = ""
    scopes: str = "openid profile email"
    claim: str = "groups"
    rules: Sequence[Rule] = ()
    name: str = "OpenID Connect"
    comes_back: str = ""

    def vouched(self, claims: Mapping[str, Any]) -> Vouched:
        """Return who somebody is here, by what the provider says.

        Raises:
            ValueError: it does not say who it is.
        """
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
            raise ValueError("subject")
        groups = groups_of(claims, self.claim)
        rule = next((one for one in self.rules if one.group in {_ANYBODY, *groups}), None)
        wished = _text(claims, "preferred_username") or _text(claims, "email")
        name = name_from(wished.partition("@")[0])
        shown = readable(_text(claims, "name") or wished)[:LONGEST_SHOWN] or name or subject[:LONGEST_SHOWN]
        role, reach = (rule.role, rule.reach) if rule else (None, EVERYTHING)
        return Vouched(self.issuer, subject, name, shown, role, reach)


def groups_of(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """Return the groups of a claim: a list of words, or one word."""
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    words = found if isinstance(found, list) else [found]
    return frozenset(one for one in words if isinstance(one, str))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


# --- as the environment says it ---------------------------------------------------------------------------


def agreement_of(told: Mapping[str, str]) -> Agreement | None:
    """Return what the settings `LGSP_OIDC_…` say; None where there are none.

    Raises:
        ConfigError: one of them is missing or says nothing that can be read; each is named.
    """
    if not told:
        return None
    faults = list(_faults(told))
    rules: list[Rule] = []
    try:
        rules = list(rules_of(told.get("ROLES", "")))
    except ValueError as fault:
        faults.append(f"{_BEFORE}ROLES: {fault}: write {_FORM}")
    if faults:
        raise ConfigError(faults)
    scopes = told.get("SCOPES", "openid profile email").split()
    return Agreement(
        told["ISSUER"], told["CLIENT_ID"], _secret(told), " ".join(dict.fromkeys(["openid", *scopes])),
        told.get("CLAIM", "groups"), rules, told.get("NAME", "OpenID Connect"), told.get("RETURN", ""),
    )  # fmt: skip


def _faults(told: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(set(told) - KNOWN):
        yield f"{_BEFORE}{name}: there is no such setting; there are {', '.join(sorted(KNOWN))}"
    for name in ("ISSUER", "CLIENT_ID", "ROLES"):
        if not told.get(name):
            yield f"{_BEFORE}{name}: it is missing, and signing in by a provider needs it"
    for name in ("ISSUER", "RETURN"):
        if told.get(name) and not safe(told[name]):
            yield f"{_BEFORE}{name}: give an address that begins with https://"
    if told.get("CLIENT_SECRET") and told.get("CLIENT_SECRET_FILE"):
        yield f"{_BEFORE}CLIENT_SECRET_FILE: {_BEFORE}CLIENT_SECRET is given too; leave one of them out"
    elif told.get("CLIENT_SECRET_FILE") and not Path(told["CLIENT_SECRET_FILE"]).is_file():
        yield f"{_BEFORE}CLIENT_SECRET_FILE: there is no such file"


def _secret(told: Mapping[str, str]) -> str:
    path = told.get("CLIENT_SECRET_FILE", "")
    return Path(path).read_text(encoding="utf-8").strip() if path else told.get("CLIENT_SECRET", "")


def safe(address: str) -> bool:
    """Tell whether what goes to an address can be read by nobody on the way: https, or this very machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and _loopback(parts.hostname or "")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def rules_of(text: str) -> Iterator[Rule]:
    """Yield the rules of a text such as `admins=administrator; desk=operator systems:one-stop,dms`.

    Raises:
        ValueError: one of them cannot be read; it is named.
    """
    for part in text.split(";"):
        if rule := part.strip():
            group, sign, said = rule.rpartition("=")
            role, *limits = said.split() or [""]
            if not (sign and group.strip() and role in set(Role)):
                raise ValueError(f"{rule!r} names no group and role ({', '.join(Role)})")
            yield Rule(group.strip(), Role(role), _reach(rule, limits))


def _reach(rule: str, limits: Sequence[str]) -> Reach:
    told: dict[str, list[str]] = {}
    for limit in limits:
        kind, _, values = limit.partition(":")
        words = [one for one in re.split(r",", values) if one]
        if kind not in _LIMITS or not words:
            raise ValueError(f"{limit!r} in {rule!r} is no limit")
        told[kind] = words
    codes = [agency_code(one) for one in told.get("agencies", ())]
    if None in codes:
        raise ValueError(f"an agency in {rule!r} is no agency code")
    return reach_of(told | {"agencies": [one for one in codes if one]})
