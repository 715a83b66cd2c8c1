"""The canonical message and what travels with it."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import IntEnum
from io import BytesIO
from typing import Any, BinaryIO

import orjson

from lgsp.store.passing import Passing

VIETNAM = timezone(timedelta(hours=7), "+07:00")
"""Viet Nam time. The country has one zone and no summer time."""

_NAMESPACE = uuid.UUID("6f1d3c52-6c67-5370-8d6c-677370000001")


class Kind(IntEnum):
    """What a type of message is, which decides identity, order and what an uncertain send leads to."""

    SNAPSHOT = 1
    EVENT = 2
    DOCUMENT = 3


@dataclass(slots=True, frozen=True)
class Finding:
    """Something odd that was read and kept, for people to see; never repaired silently.

    Attributes:
        code: stable name of the oddity, such as `unknown-field`.
        place: where it stands, as the sender names it (`TaiLieuNop/0/DuocSoHoa`).
        read: what stood there, shortened; never a secret or a personal number.
    """

    code: str
    place: str
    read: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as it is kept and shown."""
        return {"code": self.code, "place": self.place, "read": self.read}


@dataclass(slots=True)
class Message:
    """A canonical fact with CloudEvents 1.0 attributes.

    Whoever makes one (an adapter, or the API for canonical JSON) fills `type`, `subject`, `partitionkey`,
    `data` and `native`; the gateway fills `source`, `id`, `revision` and checks `data` against the type.

    Attributes:
        type: a noun with a version, `dossier.v1`.
        subject: the business code as people write it, raw.
        partitionkey: the normal form of that code; deliveries that share it to one system form a line.
        data: the body, as its type's schema says. Empty for a body-less probe.
        native: SHA-256 of the native item after normalisation (`native_digest`): identity rests on it.
        key: identity within (source, type); None lets the type's kind choose.
        agency: code of the agency that owns the fact, as written.
        time: when it became true at the source.
        taken_on: on the way out: when we took it on.
        there: on the way out: does the receiving system hold a version of this subject? None is unknown.
        asker: of a question: the person for whom it is asked; its subject is the dossier's code, if any.
    """

    type: str
    subject: str
    partitionkey: str
    data: dict[str, Any]
    native: bytes = b""
    key: str | None = None
    source: str = ""
    agency: str = ""
    time: datetime | None = None
    findings: list[Finding] = field(default_factory=list)
    id: uuid.UUID | None = None
    revision: int = 1
    correlationid: str = ""
    traceparent: str = ""
    expirytime: datetime | None = None
    recipients: list[str] = field(default_factory=list)
    taken_on: datetime | None = None
    there: bool | None = None
    asker: str = ""

    @property
    def status(self) -> str:
        """The word of its body's own `status`; empty where the body has none, or is not at hand."""
        said = self.data.get("status")
        return said if isinstance(said, str) else ""


@dataclass(slots=True, frozen=True)
class Raw:
    """What came, verbatim: small bodies in memory, large ones in a file while they are on their way.

    Attributes:
        content_type: as the sender declared it.
        sha256: of the bytes as they came.
        size: in bytes.
        file: holds a large body; whoever took it in closes it.
        attributes: what the transport said beside the body (query parameters), never a credential.
    """

    content_type: str
    sha256: bytes
    size: int
    body: bytes | None = None
    file: Passing | None = None
    attributes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes, content_type: str = "application/json", **attributes: str) -> Raw:
        """Wrap bytes that are already in memory."""
        return cls(content_type, hashlib.sha256(body).digest(), len(body), body=body, attributes=attributes)

    def read(self) -> bytes:
        """Return the bytes; a large body is read from its file."""
        if self.body is not None:
            return self.body
        with self.open() as content:
            return content.read()

    def open(self) -> BinaryIO:
        """Open the bytes, to be read from their beginning."""
        if self.body is not None:
            return BytesIO(self.body)
        if self.file is None:
            raise ValueError("reading a raw body: it has neither bytes nor a file")
        return self.file.open()


def nfc(text: str) -> str:
    """Return the text in Unicode normal form C, as TCVN 6909:2001 has it (precomposed)."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def nfc_all(item: Any) -> Any:
    """Return a JSON value with each of its texts in Unicode normal form C.

    Text by text: in written JSON the `n` of an escape would join a mark that stands behind a line's end.
    """
    if isinstance(item, str):
        return nfc(item)
    if isinstance(item, dict):
        return {nfc(name): nfc_all(value) for name, value in item.items()}
    return [nfc_all(one) for one in item] if isinstance(item, list) else item


def native_digest(item: Any, *, composed: bool = False) -> bytes:
    """Return the SHA-256 of a native item after normalisation: NFC, keys in order.

    The caller leaves out what transport added (sessions, trace headers), and may know that all letters are
    composed already.
    """
    if composed:
        return hashlib.sha256(orjson.dumps(item, option=orjson.OPT_SORT_KEYS)).digest()
    return digested(item)[1]


def digested(item: Any) -> tuple[Any, bytes]:
    """Return an item with its letters composed, and its `native_digest`.

    Raises:
        TypeError: it is nested too deeply to be written as JSON.
    """
    written = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    if not written.isascii():
        text = written.decode()
        if not unicodedata.is_normalized("NFC", text):
            item = nfc_all(item)
            written = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    return item, hashlib.sha256(written).digest()


def message_id(source: str, type_: str, key: str, revision: int) -> uuid.UUID:
    """Return the outer id of a revision: the same fact has the same id, whoever computes it."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join((source, type_, key, str(revision))))
