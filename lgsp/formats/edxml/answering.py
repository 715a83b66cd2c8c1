"""Speaking of a document that came: its status, and the part of it that is meant for some receivers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from lgsp.domain.codes import read_agency
from lgsp.formats.edxml.layout import STATUSES


def _body(code: str) -> str:
    return read_agency(code).identity


def status_of(
    document: Mapping[str, Any], code: str, sender: Mapping[str, Any], at: datetime, description: str = ""
) -> dict[str, Any]:
    """Return the status of a document, as `document.status.v1`.

    Args:
        document: the document, canonical.
        code: `01` and so on; a code that no list holds has no word.
        sender: who says so, as a canonical organisation.
        at: when it became so; it has an offset.
        description: reason or remark. Empty for none.
    """
    number = "/".join(part for part in (document.get("number"), document.get("notation")) if part)
    about = {
        "agency": document.get("sender", {}).get("code"),
        "code": number,
        "id": document.get("id"),
        "promulgated_on": document.get("promulgated_on"),
    }
    told = {
        "key": document["key"],
        "code": code,
        "status": STATUSES.read(code).value,
        "sender": dict(sender),
        "about": {name: value for name, value in about.items() if value},
        "description": description,
        "at": at.isoformat(timespec="seconds"),
    }
    return {name: value for name, value in told.items() if value}


def narrowed(
    document: Mapping[str, Any], codes: Collection[str], same: Callable[[str], str] = _body
) -> dict[str, Any]:
    """Return a document with those of its receivers only that are among some codes.

    Args:
        document: the document, canonical.
        codes: of the receivers that are meant, in whichever form.
        same: gives what names the body behind a code: a body that stands there under both codes keeps both.
    """
    meant = {same(code) for code in codes}
    kept = [one for one in document.get("recipients", []) if "code" in one and same(one["code"]) in meant]
    return {**document, "recipients": kept}
