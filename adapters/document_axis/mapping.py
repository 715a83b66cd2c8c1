"""What the axis' ways mean in canonical terms: who of ours is meant, what is answered, what a list claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from lgsp.domain import documents
from lgsp.domain.agencies.facts import Claim, Confidence, Fact, Share, Succession
from lgsp.domain.codes import Form, agency_code, document_id, read_agency, under
from lgsp.formats.axis.listing import SEVERAL, Agency
from lgsp.formats.edxml import DOCUMENT, STATUS
from lgsp.formats.edxml.answering import status_of
from lgsp.message import Finding, Message, native_digest

ARRIVED = "01"
SOURCE = "Danh sách cơ quan trên trục liên thông văn bản quốc gia (getAgenciesList)"
_ACT = "Quyết định 20/2020/QĐ-TTg"
_CODES_OF_TODAY = date(2020, 9, 15)
_ARRIVING = ("new", "replace", "other")
_SAID = ("code", "name", "address", "email", "phone", "fax", "website")


def is_ours(code: str, agency: str) -> bool:
    """Tell whether an agency is the registered one or under it, in whichever form either is written."""
    return under(code, agency) or code.strip().casefold() == agency.strip().casefold()


def sender_of(data: Mapping[str, Any], agency: str) -> str:
    """Return the code for which a packet is sent; the registered one where it names none."""
    return str(data.get("sender", {}).get("code") or agency)


def meant(message: Message) -> Sequence[str]:
    """Return the codes of those whom a message goes to: its delivery's receivers, else all that it names."""
    rule = documents.receivers if message.type == DOCUMENT else documents.addressee
    return message.recipients or rule(message.data)


def receivers(data: Mapping[str, Any], agency: str, receiver: str) -> list[dict[str, Any]]:
    """Return those of a document's receivers that are ours, each body once.

    Where the axis added a body's old code beside the new one, the new one counts.

    Args:
        data: the document.
        agency: ours are it and those under it.
        receiver: to whom the axis delivered; it is one of ours though no receiver of the packet is.
    """
    named = [one for one in data.get("recipients") or [] if is_ours(one.get("code") or "", agency)]
    first: dict[str, dict[str, Any]] = {}
    for one in documents.counting(named):
        first.setdefault(_same(one["code"]), dict(one))
    return list(first.values()) or [{"code": code} for code in _codes(receiver) or [agency]]


def unnamed(message: Message, receiver: str) -> list[Finding]:
    """Return a finding where the axis delivered a document to somebody whom its packet does not name."""
    named = {_same(one["code"]) for one in message.data.get("recipients") or [] if one.get("code")}
    if message.type != DOCUMENT:
        return []
    missing = [code for code in _codes(receiver) if _same(code) not in named]
    return [Finding("receiver-not-named", "MessageHeader/To", code) for code in missing]


def arrivals(message: Message, agency: str, receiver: str, at: datetime) -> list[Message]:
    """Return the status 01 by which all who receive a document here tell its sender that it arrived.

    A recall and an update are answered by people, with 15 or 16. The same arrival told again is the same
    fact, whenever it is noticed.

    Args:
        message: the document.
        agency: ours are it and those under it.
        receiver: to whom the axis delivered this copy, who tells it first. The others' copies come later, and
            what those receivers answer must not come before it.
        at: when it arrived.
    """
    if message.type != DOCUMENT or message.data["act"] not in _ARRIVING:
        return []
    if not message.data.get("sender", {}).get("code"):
        return []
    ours = receivers(message.data, agency, receiver)
    reached = {_same(code) for code in _codes(receiver)}
    ours.sort(key=lambda one: _same(one["code"]) not in reached)
    return [_arrival(message.data, one, at) for one in ours]


def _arrival(document: Mapping[str, Any], receiver: Mapping[str, Any], at: datetime) -> Message:
    sender = {name: receiver[name] for name in _SAID if receiver.get(name)}
    data = status_of(document, ARRIVED, sender, at)
    native = native_digest({name: data[name] for name in ("code", "about", "key")} | {"of": sender["code"]})
    return Message(
        type=STATUS,
        subject=data["key"],
        partitionkey=document_id(data["key"]) or data["key"],
        data=data,
        native=native,
        key=native.hex(),
        agency=sender["code"],
        time=at.replace(microsecond=0),
    )


def _codes(receiver: str) -> list[str]:
    """Return the agencies that an entry of the list is for: one, or several of one system."""
    return [code for part in receiver.split(SEVERAL) if (code := part.strip())]


def _same(code: str) -> str:
    return agency_code(code) or code.strip().casefold()


# --- the list of agencies ---------------------------------------------------------------------------------


def claims(entry: Agency, parent: str = "") -> list[Claim]:
    """Return what an entry of the list claims: its code, as written, names this body; so does its other one.

    The list knows neither levels nor days nor acts. The day of the succession is that of the decision which
    brought the codes of today; that one code became the other is the list's word, no more.

    Args:
        entry: of the list.
        parent: code of the body above, where the list tells it.
    """
    fact = Fact(entry.code, entry.name, parent=parent, source=SOURCE, confidence=Confidence.MEDIUM)
    if not entry.old_code or read_agency(entry.old_code).identity == read_agency(entry.code).identity:
        return [fact]
    return [
        fact,
        Succession(entry.old_code, entry.code, Share.WHOLE, _CODES_OF_TODAY, _ACT, SOURCE, Confidence.MEDIUM),
    ]


def parent_of(told: str, by_id: Mapping[str, str]) -> str:
    """Return the code of the body above an entry.

    Args:
        told: what the entry names: an id of the list, or a code.
        by_id: the list's codes by their ids.
    """
    if told in by_id:
        return by_id[told]
    return told if read_agency(told).form in (Form.NEW, Form.OLD, Form.OLD_SHORT) else ""
