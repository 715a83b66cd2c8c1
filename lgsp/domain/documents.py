"""Which line a packet belongs to, what makes it the same packet, and what makes two documents look alike.

Sources: Decree 30/2020/ND-CP, Annex VI (a receiving system warns of a known document id, and of a known
number, notation and issuing body); Decision 28/2018/QD-TTg, Article 9 (recall). All functions are pure, over
canonical data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lgsp.domain.codes import agency_code, document_id, read_agency
from lgsp.domain.reports.identity import identity as report_identity
from lgsp.message import nfc

Data = Mapping[str, Any]

_MENTIONED = 100
"""So many documents, the first, that one replaces or answers lead to it."""

_OLD_NAME = "(mã cũ)"
OLD_CODE_MARK = "TLTVBQG_CDMDD_QD20"
"""Stands for the unit above where the axis adds a receiver's old code beside its new one."""


def derived_id(agency: str, day: str, code: str) -> str | None:
    """Return a key for a document whose packet gives it no id, in the shape that ids have in practice.

    None where too little is known. The day, `2026-03-05`, may be missing.
    """
    parts = [agency, day.replace("-", "/"), code]
    return ",".join(part for part in parts if part) if agency and code else None


def own_key(data: Data) -> str | None:
    """Return the key of the document that a packet itself is."""
    if data.get("id"):
        return str(data["id"])
    code = "/".join(part for part in (data.get("number"), data.get("notation")) if part)
    return derived_id(_sender(data), data.get("promulgated_on", ""), code)


def document_key(data: Data) -> str | None:
    """Return the key of the line that a document packet belongs to, or None where nothing names it.

    A recall or an update belongs to what it recalls or updates, so that it can never overtake it: that is
    named by `Bussiness/DocumentId`, else for a recall by the document it answers, else by its own id. A
    replacement is a document of its own, with a line of its own.
    """
    concerned = data.get("business", {}).get("concerns")
    if data["act"] == "recall":
        answered = next((one["id"] for one in data.get("replies_to", []) if one.get("id")), None)
        return concerned or answered or own_key(data)
    return (concerned if data["act"] == "update" else None) or own_key(data)


def status_key(data: Data) -> str | None:
    """Return the key of the document that a status speaks of, or None where nothing names it.

    A request to take back (13) is addressed to the receiver, so the document's issuer is who asks.
    """
    about = data.get("about", {})
    return str(about["id"]) if about.get("id") else _answered(data)


def numbered_key(data: Data) -> str:
    """Return the key of the document that a status speaks of, by its number, notation, day and issuer alone.

    Empty where it does not tell all of them. The vendor's reader makes up an id where a packet has none, and
    answers under that.
    """
    whole = data.get("about", {}).get("promulgated_on") and (_answered(data) or "")
    return (document_id(whole) or "") if whole else ""


def _answered(data: Data) -> str | None:
    about = data.get("about", {})
    agency, code = about.get("agency", ""), about.get("code", "")
    if swapped(about):
        agency, code = code, agency
    issuer = _sender(data) if data.get("status") == "recall_asked" else agency
    return derived_id(issuer, about.get("promulgated_on", ""), code)


def swapped(about: Data) -> bool:
    """Tell whether agency and code stand in each other's place, as one known client writes them."""
    agency, code = about.get("agency", ""), about.get("code", "")
    return "/" in agency and "/" not in code and agency_code(code) is not None


def identity(data: Data, native: bytes) -> str:
    """Return what makes a document packet the same packet, within its source.

    A new document is its id and sender: another body under them is a conflict. A recall, an update or a
    replacement may follow another of the same document, so that what it says is part of what it is.
    """
    own = document_id(own_key(data) or data["key"]) or ""
    parts = [own, read_agency(_sender(data)).identity]
    if data["act"] != "new":
        parts = [data["act"], *parts, native.hex()]
    return "|".join(parts)


IDENTITIES: Mapping[str, Callable[[Data, bytes], str]] = MappingProxyType(
    {"document": identity, "report": report_identity}
)
"""Rules of identity by the names that schemas give them: canonical data and their digest make a key."""


def alike(data: Data) -> list[str]:
    """Return the keys by which a document may be one that came before: to be flagged, never dropped.

    Only what brings a document has any: a recall names its document because it must. Numbers begin anew each
    year, so who compares the second key looks at the year of promulgation too.
    """
    if data["act"] not in ("new", "replace"):
        return []
    found = []
    if data.get("id"):
        found.append(f"id:{document_id(data['id'])}")
    number, notation, sender = data.get("number"), data.get("notation"), _sender(data)
    if number and notation and sender:
        found.append(_issued(_folded(f"{number}/{notation}"), sender))
    return found


def aliases(data: Data) -> list[str]:
    """Return the names by which people look for a packet, beside that of its line: id, number and notation.

    A recall may have an id of its own, and is found by it too. Who issued it is not asked here: offices name
    a document by number and notation alone. What it replaces or answers leads to it as well (`mentioning`).
    """
    code = "/".join(part for part in (data.get("number"), data.get("notation")) if part)
    own = document_id(str(data.get("id") or ""))
    names = [*([f"id:{own}"] if own else []), *([f"code:{_folded(code)}"] if code else [])]
    return [*names, *list(dict.fromkeys(_mentioned(data)))[:_MENTIONED]]


def mentioning(own: str) -> tuple[str, str]:
    """Return the aliases of the documents that replace one, and of those that answer it, by its id."""
    key = document_id(own)
    return f"replaced:{key}", f"answered:{key}"


def _mentioned(data: Data) -> Iterator[str]:
    for one in data.get("business", {}).get("replaces", []):
        if one.get("id"):
            yield mentioning(one["id"])[0]
    for one in data.get("replies_to", []) if data["act"] in ("new", "replace") else ():
        if one.get("id"):
            yield mentioning(one["id"])[1]


def sought(text: str, agency: str = "") -> list[str]:
    """Return the aliases of what somebody typed, who may have meant an id, or number and notation.

    The last one is the widest: number and notation, whoever issued it.

    Args:
        text: as it was typed.
        agency: code of the issuing body, if it was named too.
    """
    own, code = document_id(text), _folded(text)
    issued = [_issued(code, agency)] if agency else []
    return [*([f"id:{own}"] if own else []), *issued, f"code:{code}"]


def known_as(data: Data) -> tuple[list[str], list[str]]:
    """Return the names by which a document is found, and those that no other document should bear.

    The latter are the keys of `alike`, numbers within their year.
    """
    own, year = alike(data), str(data.get("promulgated_on") or "")[:4]
    yearly = [f"{name}|{year}" if name.startswith("code:") else name for name in own]
    return [*aliases(data), *own], yearly


def _folded(code: str) -> str:
    """Return number and notation as they compare: without a case, and whatever space was typed around."""
    return "/".join(part.strip() for part in nfc(code).casefold().split("/"))


def _issued(code: str, sender: str) -> str:
    return f"code:{code}|{read_agency(sender).identity}"


def receivers(data: Data, same: Callable[[str], str] = lambda code: read_agency(code).identity) -> list[str]:
    """Return the codes of a document's receivers as written, each body once, in their order.

    Args:
        data: the document.
        same: gives what names the body behind a code; a register of agencies knows more than the code's form.

    The axis writes both codes of a body that has two, and marks the old one; see `counting`.
    """
    first: dict[str, str] = {}
    for one in counting(data.get("recipients", []), same):
        first.setdefault(same(one["code"]), one["code"])
    return list(first.values())


def counting(
    recipients: Iterable[Data], same: Callable[[str], str] = lambda code: read_agency(code).identity
) -> list[Data]:
    """Return those that receive, of all that have a code: an old code that was added to a new one does not.

    A mark alone says that for nobody: where the body of a marked code is named by no other, it would get
    nothing.

    Args:
        recipients: as the document has them.
        same: as in `receivers`.
    """
    coded = [one for one in recipients if one.get("code")]
    named = [one for one in coded if one.get("parent") != OLD_CODE_MARK]
    if len(named) == len(coded):
        return coded
    return [one for one in coded if one.get("parent") != OLD_CODE_MARK or not _added(one, named, same)]


def _added(old: Data, named: Sequence[Data], same: Callable[[str], str]) -> bool:
    """Tell whether a marked code may be the old one of a body that is named by its new one.

    Of a province or a ministry the form tells it, of others a register or the name does; where neither is
    known, anybody of the same province or ministry may be the one.
    """
    body, own, name = same(old["code"]), read_agency(old["code"]), plain_name(old)
    if any(same(one["code"]) == body or (name and plain_name(one) == name) for one in named):
        return True
    if body != own.identity or own.level == 1:
        return False
    return any(_root(one["code"]) == _root(old["code"]) for one in named)


def plain_name(one: Data) -> str:
    """Return a receiver's name without what the axis puts behind it where it adds the old code."""
    name = str(one.get("name") or "")
    at = name.casefold().find(_OLD_NAME)
    return (name if at < 0 else name[:at]).strip()


def _root(code: str) -> str:
    return (agency_code(code) or code).partition(".")[0]


def addressee(data: Data, same: Callable[[str], str] = lambda code: code) -> list[str]:  # noqa: ARG001
    """Return the code of whom a status is meant for: as a rule the issuer of the document it speaks of."""
    about = data.get("about") or {}
    code = about.get("code" if swapped(about) else "agency")
    return [code] if code else []


RECEIVERS: Mapping[str, Callable[[Data, Callable[[str], str]], list[str]]] = MappingProxyType(
    {"document": receivers, "status": addressee}
)
"""Who receives, by the names that schemas give the rules: canonical data, and what names a code's body."""


def files(data: Data) -> list[str]:
    """Return the SHA-256 (hexadecimal) of each kept file that a document refers to."""
    return [name for name in dict.fromkeys(map(file_name, data.get("attachments", []))) if name]


def file_name(attachment: Data) -> str:
    """Return the SHA-256 (hexadecimal) of an attachment that is kept; "" of one that did not come."""
    ref = str(attachment.get("dataref") or "")
    if ref.startswith(_INSIDE):
        return str(attachment.get("sha256") or "")
    return ref.removeprefix(_BESIDE) if ref.startswith(_BESIDE) else ""


_BESIDE, _INSIDE = "sha256:", "data:"
"""What references begin with: those to the store, and those that hold the file themselves."""


ALLUSIONS: Mapping[str, Callable[[Data], str]] = MappingProxyType({"number": numbered_key})
"""Other keys of what an event speaks of, by the names that schemas give the rules."""

FILES: Mapping[str, Callable[[Data], list[str]]] = MappingProxyType({"document": files})
"""Kept files, by the names that schemas give the rules: canonical data make their names in the store."""

NAMES: Mapping[str, Callable[[Data], tuple[list[str], list[str]]]] = MappingProxyType({"document": known_as})
"""Other names of a subject, by the names that schemas give the rules: those it is found by, and those that
nothing else should bear."""


def _sender(data: Data) -> str:
    return str(data.get("sender", {}).get("code", ""))
