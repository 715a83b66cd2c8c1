"""Making and reading the entries of the document axis' lists.

Names as the client's code has them (medium confidence). The forms of times were never captured: they are
kept as text. An entry that does not say which packet or agency it is about is not dropped silently: it comes
back beside those that were read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Generic, TypeVar

from lgsp.message import nfc

SEVERAL = ";"
"""Stands between the agencies of one system that receive one packet together: a choice of ours, for the axis
gives each of them an entry of its own, as far as anybody knows (low confidence)."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Received:
    """One packet that waits for one of the asking system's agencies, or did.

    Attributes:
        docid: transport id of this delivery; never the document's own.
        receiver: code of the agency; of several, one behind the other.
        status: `initial`, `processing`, `done` or `fail`.
    """

    KEY: ClassVar = "docid"

    docid: str = field(metadata={"native": "docId"})
    service_type: str = field(default="", metadata={"native": "serviceType"})
    message_type: str = field(default="", metadata={"native": "messageType"})
    created: str = field(default="", metadata={"native": "created_time"})
    updated: str = field(default="", metadata={"native": "updated_time"})
    sender: str = field(default="", metadata={"native": "from"})
    receiver: str = field(default="", metadata={"native": "to"})
    status: str = field(default="", metadata={"native": "status"})
    status_text: str = field(default="", metadata={"native": "status_desc"})


@dataclass(slots=True, frozen=True, kw_only=True)
class Sent:
    """One packet on its way to one receiver.

    Attributes:
        docid: the id that sendEdoc answered, the same for every receiver.
        receiver_docid: the id under which this receiver sees it.
    """

    KEY: ClassVar = "docid"

    docid: str = field(metadata={"native": "senderDocId"})
    receiver_docid: str = field(default="", metadata={"native": "receiverDocId"})
    service_type: str = field(default="", metadata={"native": "serviceType"})
    sender: str = field(default="", metadata={"native": "fromCode"})
    receiver: str = field(default="", metadata={"native": "toCode"})
    title: str = field(default="", metadata={"native": "title"})
    notation: str = field(default="", metadata={"native": "notation"})
    message_type: str = field(default="", metadata={"native": "messageType"})
    sent: str = field(default="", metadata={"native": "sentTime"})
    received: str = field(default="", metadata={"native": "receivedTime"})
    send_status: str = field(default="", metadata={"native": "sendStatus"})
    send_text: str = field(default="", metadata={"native": "sendStatusDesc"})
    receive_status: str = field(default="", metadata={"native": "receiveStatus"})
    receive_text: str = field(default="", metadata={"native": "receiveStatusDesc"})


@dataclass(slots=True, frozen=True, kw_only=True)
class Agency:
    """One agency on the axis.

    Attributes:
        id, parent: numbers of the axis' own; `parent` is an `id`.
        old_code: its code before decision 20/2020/QĐ-TTg, if it has one: `oldCode`, or `code102` in the list
            of that decision.
    """

    KEY: ClassVar = "code"

    id: str = field(default="", metadata={"native": "id"})
    parent: str = field(default="", metadata={"native": "pid"})
    code: str = field(metadata={"native": "code"})
    name: str = field(default="", metadata={"native": "name"})
    mail: str = field(default="", metadata={"native": "mail"})
    old_code: str = field(default="", metadata={"native": "oldCode", "also": "code102"})


@dataclass(slots=True, frozen=True, kw_only=True)
class Unit:
    """One entry of the register that systems keep in step with: an agency, or a unit of one.

    Attributes:
        center: code of the system that connects it.
        deleted, is_agency: `true` or `false`, as texts.
    """

    KEY: ClassVar = "code"

    id: str = field(default="", metadata={"native": "id"})
    parent: str = field(default="", metadata={"native": "pid"})
    code: str = field(metadata={"native": "code"})
    name: str = field(default="", metadata={"native": "name"})
    mail: str = field(default="", metadata={"native": "mail"})
    version: str = field(default="", metadata={"native": "version"})
    center: str = field(default="", metadata={"native": "centerCode"})
    deleted: str = field(default="", metadata={"native": "deleted"})
    modified: str = field(default="", metadata={"native": "modifyDate"})
    is_agency: str = field(default="", metadata={"native": "isAgency"})


Entry = TypeVar("Entry", Received, Sent, Agency, Unit)


@dataclass(slots=True, frozen=True)
class Listing(Generic[Entry]):
    """A list as it was read.

    Attributes:
        entries: in the order of the axis.
        odd: what stood among them and is no entry, as it came.
    """

    entries: list[Entry]
    odd: list[Any]


def read_entries(kind: type[Entry], items: Iterable[Any]) -> Listing[Entry]:
    """Return the entries of a list, and beside them what is none."""
    listing: Listing[Entry] = Listing([], [])
    for item in items:
        entry = read_entry(kind, item)
        if entry is None:
            listing.odd.append(item)
        else:
            listing.entries.append(entry)
    return listing


def read_entry(kind: type[Entry], item: Any) -> Entry | None:
    """Return one entry; None when it does not say what it is about."""
    if not isinstance(item, dict):
        return None
    lower = {str(name).lower(): value for name, value in item.items()}
    said = {name: _first(lower, natives) for name, natives in _NATIVES[kind]}
    return kind(**said) if said[kind.KEY] else None


def write_entry(entry: Received | Sent | Agency | Unit, **renamed: str) -> dict[str, str]:
    """Return an entry as the axis writes it.

    Args:
        entry: what to write.
        renamed: other native names for some fields (`old_code="code102"`).
    """
    return {renamed.get(f.name, f.metadata["native"]): getattr(entry, f.name) for f in fields(entry)}


_NATIVES: dict[type, list[tuple[str, tuple[str, ...]]]] = {
    kind: [
        (f.name, tuple(f.metadata[name].lower() for name in ("native", "also") if name in f.metadata))
        for f in fields(kind)
    ]
    for kind in (Received, Sent, Agency, Unit)
}
"""Each field of each kind with its native names, in lower case."""


def _first(lower: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((said for name in names if (said := _text(lower.get(name)))), "")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else nfc(str(value).strip())
