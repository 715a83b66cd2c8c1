"""Making and reading the envelope in which the document axis answers.

`{"status": "OK"|"FAIL", "ErrorCode": "0"|…, "ErrorDesc": …, "data": …}`, with `DocId` for a packet that was
taken and `count` for the counting operations. Shapes: the client's code (medium confidence); provinces write
the keys in other cases, so a reader looks at none. The vendor's client 2.0.1 takes an answer that is no JSON
for an empty list, which loses documents silently: here it is `Unreadable`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lgsp.domain.nesting import load
from lgsp.formats.axis.codes import FINE
from lgsp.formats.cutting import Broken

_OK, _FAIL = "OK", "FAIL"
_WHITE = b" \t\r\n"
_QUANTUM = 4


class Unreadable(Broken):
    """An answer that is not what the protocol knows: nobody can tell whether anything was done.

    Attributes:
        what: the oddity, as a stable name (`not-json`, `no-status`, `bad-base64`).
    """

    def __init__(self, what: str) -> None:
        super().__init__(what, "the document axis")


@dataclass(slots=True, frozen=True)
class Answer:
    """What the axis said.

    Attributes:
        ok: it did what was asked; neither `status` nor `ErrorCode` says otherwise.
        code: as it came; "" when there was none.
        text: `ErrorDesc`, as it came.
        fields: everything in the envelope, its names in lower case.
    """

    ok: bool
    code: str = FINE
    text: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def docid(self) -> str:
        """The transport id of a packet that was taken; "" when none was told."""
        return str(self.fields.get("docid") or "")

    @property
    def data(self) -> Any:
        """What was asked for; None when there is none."""
        return self.fields.get("data")

    @property
    def count(self) -> int:
        """The answer of a counting operation.

        Raises:
            Unreadable: it is no number.
        """
        said = self.fields.get("count")
        if isinstance(said, bool) or not str(said).isdecimal():
            raise Unreadable("no-count")
        return int(str(said))

    def items(self) -> list[Any]:
        """Return the entries of a list: none for null, and for a `data` that was left out as null is.

        Raises:
            Unreadable: `data` is no list; a list in a text is read.
        """
        said = _loads(self.data) if isinstance(self.data, str) and self.data else self.data
        if said is None or said == "":
            return []
        if not isinstance(said, list):
            raise Unreadable("no-list")
        return said

    def packet(self) -> bytes:
        """Return the packet of getEdoc.

        Raises:
            Unreadable: it is not there, or not base64 to its end.
        """
        if not isinstance(self.data, str) or not self.data.strip():
            raise Unreadable("no-packet")
        return unwrapped(self.data.encode("utf-8", "replace"))


def unwrapped(text: bytes) -> bytes:
    """Return the bytes of a base64 text, in which white space does not count.

    Raises:
        Unreadable: it holds anything else, or ends too early.
    """
    plain = text.translate(None, _WHITE)
    if len(plain) % _QUANTUM:
        raise Unreadable("bad-base64")
    try:
        return base64.b64decode(plain, validate=True)
    except binascii.Error:
        raise Unreadable("bad-base64") from None


def read_answer(body: bytes) -> Answer:
    """Return what the axis said.

    Raises:
        Unreadable: no JSON (a page of some proxy), no object, or nothing in it that says how it went.
    """
    said = _loads(body)
    if not isinstance(said, dict):
        raise Unreadable("no-object")
    return answer_of(said)


def answer_of(said: Mapping[str, Any]) -> Answer:
    """Return what an envelope says that was read already.

    Raises:
        Unreadable: nothing in it says how it went.
    """
    fields = {str(name).lower(): value for name, value in said.items()}
    status = str(fields.get("status") or "").strip().upper()
    if status not in (_OK, _FAIL):
        raise Unreadable("no-status")
    code = _text(fields.get("errorcode"))
    return Answer(status == _OK and code.strip("0") == "", code, _text(fields.get("errordesc")), fields)


def granted(**fields: Any) -> bytes:
    """Return the answer to what was done, with further fields in their native spelling."""
    return _envelope(_OK, FINE, "", fields)


def denied(code: str, text: str) -> bytes:
    """Return the answer to what was not done."""
    return _envelope(_FAIL, code, text, {})


def taken(docid: str) -> bytes:
    """Return the answer to a packet that was taken, with its transport id."""
    return granted(DocId=docid)


def listed(items: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a list."""
    return granted(data=list(items))


def counted(number: int) -> bytes:
    """Return a count."""
    return granted(count=number)


def delivered(packet: bytes) -> bytes:
    """Return the answer of getEdoc with its packet."""
    return granted(data=base64.b64encode(packet).decode())


def _envelope(status: str, code: str, text: str, fields: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"status": status, "ErrorCode": code, "ErrorDesc": text, **fields})


def _loads(text: bytes | str) -> Any:
    raw = text.encode("utf-8", "replace") if isinstance(text, str) else text
    try:
        return load(raw.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        raise Unreadable("not-json") from None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
