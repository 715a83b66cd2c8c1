"""Holding that answers of any size are read in pieces, and that a broken one is never a short one."""

from __future__ import annotations

import base64
import tracemalloc
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.formats.axis import replies
from lgsp.formats.axis.replies import Answer, Unreadable
from lgsp.formats.axis.streaming import EntryStream, PacketStream

TEXTS = st.text(max_size=6)
ENTRIES = st.lists(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=2) | st.none(), max_size=3))


def pieces(body: bytes, size: int) -> list[bytes]:
    """Cut a body."""
    return [body[at : at + size] for at in range(0, len(body), size)]


def entries(body: bytes, size: int = 7) -> tuple[list[Any], Answer]:
    """Return what a stream makes of a list that comes in pieces."""
    stream = EntryStream()
    found = [entry for piece in pieces(body, size) for entry in stream.feed(piece)]
    return found, stream.close()


def packet(body: bytes, size: int = 7) -> tuple[bytes, Answer]:
    """Return what a stream makes of a packet that comes in pieces."""
    stream = PacketStream()
    return b"".join([stream.feed(piece) for piece in pieces(body, size)]), stream.close()


@given(ENTRIES, st.integers(1, 40), st.booleans())
def test_a_list_in_pieces_is_the_list(items: list[Any], size: int, indented: bool) -> None:
    """However it is cut and laid out, each entry comes once, whole and in order."""
    body = orjson.dumps(
        {"status": "OK", "data": items, "ErrorCode": "0"},
        option=orjson.OPT_INDENT_2 if indented else 0,
    )
    found, answer = entries(body, size)
    assert found == items
    assert (answer.ok, answer.items()) == (True, [])


@given(st.binary(max_size=60), st.integers(1, 30), st.booleans())
def test_a_packet_in_pieces_is_the_packet(told: bytes, size: int, escaped: bool) -> None:
    """Also when the server writes signs of base64 as escapes, cut anywhere."""
    body = replies.delivered(b"<" + told)
    if escaped:
        data = base64.b64encode(b"<" + told).replace(b"=", b"\\u003d").replace(b"/", b"\\/")
        body = b'{"status":"OK","data":"' + data + b'\\r\\n","ErrorCode":"0"}'
    assert packet(body, size)[0] == b"<" + told
    assert packet(body, size)[1].ok


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b'{"status":"OK","data":[{"a":1},',
        b'{"status":"OK","data":[{"a":1}]',
        b'{"status":"OK","data":[{"a":1',
        b'{"status":"OK","data":[5]}',
        b'{"status":"OK","data":[{"a":1},7,{"a":2}]}',
        b'{"status":"OK","data":[{"a":]}]}',
        b'{"data":[{"a":1}]}',
        b'{"status":"OK","data":[]} trailing',
    ],
)
def test_a_broken_list_is_never_a_short_one(body: bytes) -> None:
    """Only a list that came to its end may be compared with what is known: half of it would close agencies."""
    with pytest.raises(Unreadable):
        entries(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"status":"OK","data":"QUJD',
        b'{"status":"OK","data":"QUJ"}',
        b'{"status":"OK","data":"QQ==QUJD"}',
        b'{"status":"OK","data":"@@@@"}',
        b'{"status":"OK","data":""}',
        b'{"status":"OK","data":null}',
        b'{"status":"OK"}',
        b'{"data":"QUJD"}',
    ],
)
def test_a_broken_packet_is_never_a_short_one(body: bytes) -> None:
    """What broke off or is no base64 is said, at the latest when the body ends."""
    with pytest.raises(Unreadable):
        packet(body, 3)


def test_a_refusal_comes_through_both_streams() -> None:
    """An answer without data is an answer."""
    body = replies.denied("15", "sai khóa")
    assert (entries(body)[1].code, packet(body)[1].code) == ("15", "15")


def test_a_list_inside_a_text_is_not_lost() -> None:
    """A proxy that wraps the list once more hands it over in the answer."""
    body = orjson.dumps({"status": "OK", "data": '[{"code":"H37"}]'})
    found, answer = entries(body)
    assert (found, answer.items()) == ([], [{"code": "H37"}])


def test_an_answer_that_never_begins_is_cut_off() -> None:
    """A megabyte without data, or in one entry, is nobody's answer."""
    for head in (b"x", b'{"status":"OK","data":[{"a":"'):
        with pytest.raises(Unreadable):
            entries(head + b"x" * 2_000_000, 100_000)


def test_memory_does_not_grow_with_the_packet() -> None:
    """Thirty megabytes go through two."""
    stream, piece = PacketStream(), base64.b64encode(b"x" * 49_152)
    stream.feed(b'{"status":"OK","data":"')
    tracemalloc.start()
    for _ in range(640):
        stream.feed(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    stream.feed(b'"}')
    assert stream.close().ok
    assert stream.size == 640 * 49_152
    assert peak < 2_000_000
