"""Reading a one-stop system's bodies, bare or wrapped, into messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.domain.nesting import load
from lgsp.errors import Invalid, Problem, Rejected
from lgsp.formats.dossier_sync import DOSSIER_SERVICE, LOOKUP_SERVICE, PROGRESS_SERVICE
from lgsp.message import Message

from . import catalogue, mapping, questions

WRITES = (DOSSIER_SERVICE, PROGRESS_SERVICE, *questions.SERVICES)
SERVICES = (*WRITES, LOOKUP_SERVICE, *catalogue.SERVICES)
_BY_FOLD = {service.lower(): service for service in SERVICES}

_MARK = b"\xef\xbb\xbf"
_PROGRESS_ONLY = frozenset({"ThoiDiemXuLy", "NguoiXuLy", "NoiDungXuLy", "TrangThai"})


@dataclass(slots=True, frozen=True)
class Batch:
    """What one request brings.

    Attributes:
        service: the portal's name of what is asked; empty when each item is recognised by its fields.
        items: the native items.
        sender: the agency code it was sent under, or empty.
        updating: `isUpdating` as it was written, or empty.
    """

    service: str
    items: Sequence[object]
    sender: str = ""
    updating: str = ""


def parsed(body: bytes) -> Any:
    """Return a body as JSON; a byte order mark before it is passed over.

    Raises:
        Invalid: it is not JSON.
    """
    try:
        return load(body.removeprefix(_MARK))
    except orjson.JSONDecodeError:
        raise Invalid([Problem("", "not-json")]) from None


def service_named(text: object) -> str:
    """Return the service that a text names, whatever its case and the spaces and slashes around it, or ""."""
    return _BY_FOLD.get(text.strip(" /\t").lower(), "") if isinstance(text, str) else ""


def unknown_service() -> Invalid:
    """Return the reason for turning away a service that is not served here."""
    return Invalid([Problem("", "unknown-service", ", ".join(SERVICES))])


def batch(service: str, items: object, limit: int, sender: object = "", updating: object = "") -> Batch:
    """Return the batch of a request.

    Raises:
        Invalid: the items are no array, none, or more than the limit.
    """
    if not isinstance(items, list):
        raise Invalid([Problem("", "not-a-list")])
    if not items:
        raise Invalid([Problem("", "empty-list")])
    if len(items) > limit:
        raise Invalid([Problem("", "too-many", str(limit))])
    return Batch(service, items, _text(sender), _text(updating))


def of_file(body: bytes, attributes: Mapping[str, str], limit: int) -> Batch:
    """Return the batch of a file: a bare array, a single object, or the wrapped form.

    Raises:
        Invalid: nothing of it can be read.
    """
    content = parsed(body)
    if isinstance(content, dict) and "data" in content and "MaHoSo" not in content:
        service = service_named(content.get("service"))
        if service not in WRITES:
            raise unknown_service()
        return batch(service, content["data"], limit, content.get("madonvi"), content.get("isUpdating"))
    items = [content] if isinstance(content, dict) else content
    service = service_named(attributes.get("service"))
    return batch(service, items, limit, attributes.get("MaDinhDanhDV"), attributes.get("isUpdating"))


def messages(read: Batch) -> list[Message | Rejected]:
    """Return the items as messages, in order; one that cannot be taken stands as its `Invalid`."""
    return [_message(read, item, str(n)) for n, item in enumerate(read.items)]


def _message(read: Batch, item: object, place: str) -> Message | Invalid:
    if read.service in questions.SERVICES:
        return questions.read(read.service, item, place)
    if (read.service or _recognised(item)) == PROGRESS_SERVICE:
        return mapping.progress(item, place, sender=read.sender)
    return mapping.dossier(item, place, sender=read.sender, updating=read.updating)


def _recognised(item: object) -> str:
    """Return the service that an item's fields belong to."""
    if isinstance(item, dict) and "TrangThaiHoSo" not in item and not _PROGRESS_ONLY.isdisjoint(item):
        return PROGRESS_SERVICE
    return DOSSIER_SERVICE


def _text(value: object) -> str:
    return str(value) if isinstance(value, (str, bool)) else ""
