"""Understanding the faults of SOAP 1.1 and 1.2: what a service says went wrong, as the gateway's errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lgsp.domain.signature import fold, signature
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.redacting import HIDDEN, redacted
from lgsp.wire.soap_xml import TEXT

_SHOWN = 300
_SHORTEST = 4
_OURS = frozenset({"Client", "Sender", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown"})
"""Codes that say: what was asked is wrong, and will be wrong again (SOAP 1.1, 4.4.1; SOAP 1.2, 5.4.6)."""
_SECURITY = frozenset(
    {
        "FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken", "FailedCheck", "MessageExpired",
        "SecurityTokenUnavailable", "UnsupportedSecurityToken", "UnsupportedAlgorithm",
    }
)  # fmt: skip
"""Codes of WS-Security 1.1.1, 12."""
_PAGE = re.compile(r"\s*(?:<!DOCTYPE html[^>]*>\s*)?<html\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_OLD_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{9}(?![0-9A-Za-z])")


@dataclass(slots=True, frozen=True)
class Fault:
    """What a service says went wrong.

    Attributes:
        codes: local parts of its code and subcodes, from the outside in (`Client`, then `Authentication` of
            `Client.Authentication`).
        text: as it stands there; it may hold what was asked.
        detail: as plain values; empty where there is none.
    """

    codes: tuple[str, ...]
    text: str
    detail: Any = field(default="", repr=False)


def fault_of(body: Any) -> Fault | None:
    """Return the fault that the body of an envelope holds, as plain values; None where it holds none."""
    found = body.get("Fault") if isinstance(body, Mapping) else None
    if isinstance(found, list):
        found = found[0]
    if not isinstance(found, Mapping):
        return None if found is None else Fault((), str(found))
    if "faultcode" in found or "faultstring" in found:
        codes = tuple(part for part in _leaf(found.get("faultcode")).rpartition(":")[2].split(".") if part)
        return Fault(codes, _leaf(found.get("faultstring")).strip(), found.get("detail") or "")
    return Fault(tuple(_codes(found.get("Code"))), _reason(found.get("Reason")), found.get("Detail") or "")


def explained(fault: Fault, status: int = 0, secrets: tuple[str, ...] = ()) -> Refused | Unavailable:
    """Return a fault that nobody catalogued as what it means by its code.

    Args:
        fault: what the service said.
        status: of HTTP.
        secrets: values that are taken out of what is shown.
    """
    told = shown(fault.text, secrets)
    if _SECURITY & set(fault.codes):
        return Unavailable("soap-credentials", told, scope=Scope.SYSTEM)
    if fault.codes and fault.codes[0] in _OURS:
        return Refused("soap-client-fault", told)
    return Unavailable("soap-server-fault", told, answer=signature(status, told))


def shown(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return what a service said, for people: shortened, without secrets and without personal numbers.

    A secret is found in capitals or not, and however its words are spaced; one of few signs is left, for it
    stands in innocent words too.
    """
    known = sorted((one for one in secrets if len(one) >= _SHORTEST), key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, HIDDEN)
    return _OLD_NUMBER.sub(HIDDEN, redacted(text, known))[:_SHOWN]


def unread(status: int, text: str, secrets: tuple[str, ...] = ()) -> str:
    """Return what is shown of an answer that could not be read: its form, and of a page its title.

    Whatever else stands there may be somebody's: half an answer names people, and where they live, as a
    whole one does.

    Args:
        status: of HTTP.
        text: the answer.
        secrets: values that are taken out of what is shown.
    """
    form = f"HTTP {status}, {len(text)} characters"
    title = _TITLE.search(text) if _PAGE.match(text) else None
    return shown(f"{form}: {fold(title[1])}" if title else form, secrets)


def _codes(code: Any) -> list[str]:
    found = []
    while isinstance(code, Mapping):
        found.append(_leaf(code.get("Value")).strip().rpartition(":")[2])
        code = code.get("Subcode")
    return [one for one in found if one]


def _reason(reason: Any) -> str:
    """Return the reason in whatever language stands first."""
    texts = reason.get("Text") if isinstance(reason, Mapping) else reason
    return _leaf(texts[0] if isinstance(texts, list) and texts else texts).strip()


def _leaf(value: Any) -> str:
    told = value.get(TEXT, "") if isinstance(value, Mapping) else value
    return told if isinstance(told, str) else ""
