"""Whatever comes, a packet is read or turned away: no crash, no hang, nothing opened.

A few seconds as a test; `EDXML_FUZZ_EXAMPLES` makes it longer (100000 takes some ten minutes).
"""

from __future__ import annotations

import os
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgsp.errors import Invalid
from lgsp.formats.edxml import Limits, Packet, packet_of
from lgsp.schemas import Types
from tests.formats.edxml.packets import PDF, SAMPLES, Memory, attached, message, packet, status, taken, zipped

EXAMPLES = int(os.environ.get("EDXML_FUZZ_EXAMPLES", "250"))
SEEDS = [
    packet(),
    packet(status()),
    attached(PDF),
    attached(zipped(("a.txt", b"abc" * 50)), "a.txt", "application/zip"),
    *(path.read_bytes() for path in sorted((SAMPLES / "generated").glob("*.edxml"))),
]
LIMITS = Limits(packet=4_000_000, attachment=4_000_000, unpacked=8_000_000)
TYPES = Types()
PIECES = st.sampled_from(
    [
        b"<", b">", b"</", b"/>", b"&", b"&#0;", b"&#xFFFE;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?xml ?>",
        b"<!DOCTYPE edXML [<!ENTITY a 'b'>]>", b"&a;", b" xmlns=''", b" xmlns:edXML=''", b"xlink:href", b"\xff\xfe",
        b"\0", b"\xc3", "ệ".encode(), b"=", b"==", b"cid:", b"<Attachment>", b"</Attachment>", b"<To>", b"</To>",
        b"<ContentTransferEncoded>", b"</ContentTransferEncoded>", b"PK\x03\x04", b"9" * 40, b"<Foo a='1'>x</Foo>",
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=20))),
    max_size=6,
)


@contextmanager
def _nothing_outside() -> Iterator[None]:
    """Let nothing be opened meanwhile: no file, no connection."""

    def forbidden(*_args: Any, **_more: Any) -> None:
        raise AssertionError("something was opened")

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((socket, "socket"), (urllib.request, "urlopen"), (Path, "open"), (os, "open")):
            patch.setattr(owner, name, forbidden)
        yield


def _bounded(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=2_000,
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )


def _read(body: bytes, store: Memory) -> Packet | Invalid:
    try:
        with _nothing_outside():
            return taken(body, store, LIMITS)
    except Invalid as fault:
        return fault


def _holds(body: bytes) -> None:
    """Hold what is true of any bytes: turned away with a place, or read, written, and read to the same again."""
    store = Memory()
    found = _read(body, store)
    if isinstance(found, Invalid):
        assert all(problem.code and problem.place for problem in found.problems)
        return
    assert TYPES.check(found.type, found.data) == []
    assert found.message().partitionkey
    again = taken(packet_of(found.type, found.data, store), store)
    assert again.data == found.data


@given(seed=st.sampled_from(SEEDS), edits=EDITS)
@_bounded(EXAMPLES)
def test_damaged_packets_are_read_without_loss_or_turned_away(
    seed: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    """Cut, overwrite and insert anywhere: nothing but a problem with a place comes of it."""
    body = seed
    for offset, length, piece in edits:
        at = offset % (len(body) + 1)
        body = body[:at] + piece + body[at + length :]
    _holds(body)


NAMES = [
    *("From", "To", "DocumentId", "Code", "Subject", "SteeringType", "OtherInfo", "DueDate", "ResponseFor"),
    *("DocumentType", "SignerInfo", "StatusCode", "Timestamp", "ToPlaces", "Foo", "StaffInfo", "Content"),
]
VALUES = [
    *(
        "",
        "x",
        "null",
        "0",
        "01",
        "2026/03/05",
        "05/03/2026",
        "2026/03/05 08:00:00",
        "9" * 30,
        " \n",
        "đ",
        "\u00a0",
        "\u2028x",
    ),
    *(
        "<OrganId>H37</OrganId>",
        "<Place>a</Place>",
        "<Priority>9</Priority>",
        "<Type>1</Type>x",
        "<A b='c'/>",
    ),
]
ATTRIBUTES = ["", " a='1'", " xmlns='urn:x'", " xmlns=''"]
FIELDS = st.lists(st.tuples(*map(st.sampled_from, (NAMES, VALUES, ATTRIBUTES))), max_size=14)


@given(fields=FIELDS)
@_bounded(EXAMPLES)
def test_fields_in_any_disorder_are_read_without_loss(fields: list[tuple[str, str, str]]) -> None:
    """Fields that repeat, hold something else, or belong elsewhere come back as they were."""
    some = "".join(f"<{name}{attribute}>{value}</{name}>" for name, value, attribute in fields)
    _holds(packet(some + message(From=None)))
    _holds(packet(some + status(From=None)))


@given(
    content=st.binary(max_size=400),
    cut=st.integers(0, 400),
    name=st.sampled_from(["a.txt", "a.xlsx", "a", "a.zip"]),
)
@_bounded(EXAMPLES)
def test_damaged_archives_are_kept(content: bytes, cut: int, name: str) -> None:
    """An archive cut or changed anywhere is unpacked or kept; it comes back as it was."""
    archive = zipped(("u.txt", content))
    _holds(attached(archive[:cut] + content[:2] + archive[cut + 2 :], name, "application/zip"))


@given(st.binary(max_size=300))
@_bounded(EXAMPLES)
def test_bytes_of_any_kind_are_turned_away(body: bytes) -> None:
    """What is no packet at all has its problem too."""
    _holds(body)
