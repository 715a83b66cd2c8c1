"""Making documents and what is told of them, as offers for tests of a journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from lgsp.domain.codes import document_id
from lgsp.domain.course.packets import DOCUMENT, STATUS
from lgsp.domain.documents import NAMES, identity
from lgsp.journal.contract import Offer, Wanted
from lgsp.message import Kind, Message, native_digest
from lgsp.testing.making import PATIENCE, RETRY, SYSTEM

LETTER = "H37,2026/03/05,15/UBND-VP"
ISSUER = {"code": "H37", "name": "UBND tỉnh Lạng Sơn"}
_WORDS = {"01": "arrived", "03": "received", "06": "finished", "15": "change_agreed", "16": "change_declined"}

To = tuple[str, Sequence[str]]
"""A system, and those receivers of a document who are there; none is all of them."""


def letter(key: str = LETTER, *to: To, receivers: Sequence[str] = ("H44.12",), **changed: Any) -> Offer:
    """Return a document, as it stands in its canonical form; without `to` it goes to `SYSTEM`, whole.

    Args:
        key: its id, and the name of its line.
        to: where it goes.
        receivers: codes of those to whom it is written.
        changed: fields of the document; None takes one out.
    """
    said = {
        "key": key, "id": key, "act": "new", "sender": ISSUER, "number": "15", "notation": "UBND-VP",
        "promulgated_on": "2026-03-05", "recipients": [{"code": code} for code in receivers],
    } | changed  # fmt: skip
    data = {name: value for name, value in said.items() if value is not None}
    offer = _offer(DOCUMENT, Kind.DOCUMENT, data, to or ((SYSTEM, ()),))
    offer.message.key = identity(data, offer.message.native)
    offer.aliases, offer.alike = NAMES["document"](data)
    return offer


def telling(code: str, at: datetime, *to: To, by: str = "H44.12", key: str = LETTER, **changed: Any) -> Offer:
    """Return a status of a document, told by one of its receivers."""
    said = {
        "key": key, "code": code, "status": _WORDS.get(code), "sender": {"code": by},
        "about": {"id": key, "agency": "H37"}, "staff": {"name": "Trần Thị B"}, "at": at.isoformat(),
    } | changed  # fmt: skip
    data = {name: value for name, value in said.items() if value is not None}
    return _offer(STATUS, Kind.EVENT, data, to)


def _offer(type_: str, kind: Kind, data: dict[str, Any], to: Sequence[To]) -> Offer:
    line = document_id(data["key"]) or ""
    message = Message(type_, data["key"], line, data, native=native_digest(data))
    wanted = [Wanted(system, PATIENCE, len(RETRY) - 1, True, codes) for system, codes in to]
    return Offer(message, kind, None, orjson.dumps(data), wanted)
