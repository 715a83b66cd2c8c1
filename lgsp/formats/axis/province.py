"""Making and reading what a province's REST façade in front of the axis says, in the form of Lạng Sơn (2026).

Paths and fields: a client's integration (medium confidence); how a refusal is dressed: low. A login gives a
token for half an hour; each call then carries it with a system id and a secret key.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lgsp.domain.nesting import load
from lgsp.formats.axis import codes
from lgsp.formats.axis.listing import Agency, Received
from lgsp.formats.axis.replies import Answer, Unreadable, answer_of

SYSTEM_HEADER, SECRET_HEADER = "X-SystemId", "X-SecretKey"
FILE_FIELD, KIND_FIELD = "edocFile", "messagetype"
TOKEN_SECONDS = 1800

NO_LICENCE = b"licenseInfo:invalid"
"""The whole body of the 401 that a call without a good token draws; it is no JSON."""

_FINE, _BROKEN = 200, 500


@dataclass(slots=True, frozen=True)
class Login:
    """Who asks for a token."""

    username: str
    password: str = field(repr=False)
    application: str = ""


def read_login(body: bytes) -> Login | None:
    """Return who asks; None when the body does not say."""
    try:
        said = load(body)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    username, password = said.get("username"), said.get("password")
    if not (isinstance(username, str) and isinstance(password, str) and username and password):
        return None
    return Login(username, password, str(said.get("applicationCode") or ""))


def write_login(login: Login) -> bytes:
    """Return the body that asks for a token."""
    return orjson.dumps(
        {
            "username": login.username,
            "password": login.password,
            "applicationCode": login.application,
            "otp": None,
            "twoFactorProvider": None,
            "typeObjs": [0, 1],
        }
    )


def granted(data: Any) -> bytes:
    """Return the answer to what was done."""
    return orjson.dumps({"code": _FINE, "data": data})


def taken(docid: str) -> bytes:
    """Return the answer to a packet that was taken."""
    return granted({"status": "OK", "docId": docid, "errorCode": codes.FINE, "errorDesc": "", "filePath": ""})


def done() -> bytes:
    """Return the answer to a status that was noted."""
    return granted({"status": "OK", "errorCode": codes.FINE, "errorDesc": ""})


def denied(code: str, text: str) -> bytes:
    """Return the answer to what was not done, by its number."""
    return granted({"status": "FAIL", "docId": "", "errorCode": code, "errorDesc": text})


def broken(text: str) -> bytes:
    """Return the answer to a packet that could not be read."""
    return orjson.dumps({"code": _BROKEN, "errorDetail": [{"exception": text}]})


def told_token(token: str) -> bytes:
    """Return the answer to a login."""
    return granted({"token": token})


def told_packet(packet: bytes, notation: str, subject: str, files: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """Return the answer of getEdoc.

    Args:
        packet: the edXML.
        notation: number and notation, joined.
        subject: what it is about.
        files: its attachments, by name.
    """
    contents = [{"fileName": name, "fileContent": _coded(content)} for name, content in files]
    said = {"edocCode": notation, "edocAbstract": subject, "edxml": _coded(packet)}
    return granted({**said, "attachments": contents})


def received_item(item: Received) -> dict[str, str]:
    """Return one entry of syncReceivedEdocList."""
    return {
        "docId": item.docid,
        "messageType": item.message_type,
        "from": item.sender,
        "to": item.receiver,
        "status": item.status,
        "createdTime": item.created,
        "updatedTime": item.updated,
    }


def agency_item(agency: Agency, center: str, level: int, *, internal: bool) -> dict[str, Any]:
    """Return one entry of getAgenciesList.

    Args:
        agency: whom it is about.
        center: code of the system that connects it.
        level: 1 for a ministry or a province.
        internal: it is one of this province's own.
    """
    return {
        "code": agency.code,
        "oldCode": agency.old_code,
        "name": agency.name,
        "centerCode": center,
        "parentId": agency.parent,
        "level": level,
        "type": "INTERNAL" if internal else "NATIONAL",
    }


def read_said(body: bytes) -> Answer:
    """Return an answer of the façade as one of the axis: a list or an object stands in its `data`.

    Raises:
        Unreadable: no JSON (`licenseInfo:invalid`, a page), or nothing in it that says how it went.
    """
    try:
        said = load(body)
    except ValueError:
        raise Unreadable("not-json") from None
    if not isinstance(said, dict) or "code" not in said:
        raise Unreadable("no-status")
    data = said.get("data")
    if str(said["code"]) != str(_FINE):
        return Answer(ok=False, code="", text=_exceptions(said))
    if isinstance(data, dict) and "status" in data:
        return answer_of({"data": data, **data})
    return Answer(ok=True, fields={"data": data})


def _exceptions(said: Mapping[str, Any]) -> str:
    details = said.get("errorDetail")
    texts = [str(one.get("exception", "")) for one in details or () if isinstance(one, dict)]
    return "; ".join(filter(None, texts)) or str(said.get("message") or "")


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()
