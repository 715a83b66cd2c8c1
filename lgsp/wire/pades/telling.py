"""Telling of a certificate and of a time as `document.v1` does: plain text of a bounded length."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from lgsp.message import VIETNAM

_LONGEST = 200
_CODES = ("user_id", "organization_identifier", "serial_number")
"""Where certificates in use name a tax code or a person's number: `UID`, as `MST:…` or `CCCD:…`, first."""


def plain(text: Any) -> str:
    """Return a text without control signs, composed, and not too long."""
    said = ", ".join(map(str, text)) if isinstance(text, list) else str(text)
    kept = "".join(sign for sign in said[: 4 * _LONGEST] if unicodedata.category(sign)[0] != "C")
    return unicodedata.normalize("NFC", kept).strip()[:_LONGEST]


def told_moment(at: datetime) -> str:
    """Return a moment in the time of Viet Nam."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def signer(certificate: Any) -> dict[str, str]:
    """Return whose certificate it is, as written in it: name, organisation, code, issuer, serial number."""
    subject, issuer = certificate.subject.native, certificate.issuer.native
    told = {
        "name": plain(subject.get("common_name", "")),
        "organisation": plain(subject.get("organization_name", "")),
        "code": plain(next((subject[name] for name in _CODES if name in subject), "")),
        "issuer": plain(issuer.get("common_name") or certificate.issuer.human_friendly),
        "serial": format(certificate.serial_number & ((1 << 512) - 1), "x"),
    }
    return {name: value for name, value in told.items() if value}
