"""Holding how a sent file and a stamp are rendered."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.formats.axis.hashing import FileHash, find_tail, hash_file
from lgsp.formats.axis.stamps import read_stamp, write_stamp
from lgsp.message import VIETNAM
from tests.formats.axis.captured import captured


def test_the_captured_file_has_the_captured_hash() -> None:
    """The rendering of the vendor's client drops leading zeros, and the CR LF behind the file is not hashed."""
    request = captured("08_sendEdoc")
    declared = request.header("XroadVnpt-hash-file")
    assert len(declared) == 55
    assert find_tail(request.body, declared) == 2
    assert hash_file(request.body[:-2]) == declared


@pytest.mark.parametrize("changed", [b"x", b"\r\n"])
def test_another_file_is_found_out(changed: bytes) -> None:
    """One byte more, or a second CR LF, is another file."""
    request = captured("08_sendEdoc")
    assert find_tail(request.body + changed, request.header("XroadVnpt-hash-file")) is None


@given(st.binary(max_size=64), st.booleans(), st.sampled_from(["padded", "unpadded", "upper"]))
def test_both_renderings_count_with_and_without_the_tail(packet: bytes, tail: bool, rendering: str) -> None:
    """A peer that pads, one that does not, one in capitals; a client that adds CR LF and one that does not."""
    digest = hashlib.sha256(packet)
    declared = {
        "padded": digest.hexdigest(),
        "unpadded": hash_file(packet),
        "upper": digest.hexdigest().upper(),
    }[rendering]
    assert find_tail(packet + b"\r\n" * tail, declared) == 2 * tail


@given(st.lists(st.binary(max_size=5), max_size=8))
def test_pieces_hash_like_the_whole(pieces: list[bytes]) -> None:
    """However the body is cut on its way, the file is found."""
    hashing = FileHash()
    for piece in [*pieces, b"\r", b"\n"]:
        hashing.update(piece)
    packet = b"".join(pieces)
    assert (hashing.tail(hash_file(packet)), hashing.size) == (2, len(packet) + 2)


@pytest.mark.parametrize("declared", ["", "f5", "đ", "0" * 64])
def test_a_hash_that_is_none_matches_nothing(declared: str) -> None:
    """Not even the empty file, whose body is empty too."""
    assert find_tail(b"", declared) is None


def test_the_tail_of_a_stamp_is_milliseconds_and_no_zone() -> None:
    """`+0520` is 520 ms: the zone is that of the client's machine."""
    assert read_stamp("21112026T212127+0520") == datetime(2026, 11, 21, 21, 21, 27, 520_000, tzinfo=VIETNAM)
    assert read_stamp("21112026T212127+0520", UTC) == datetime(2026, 11, 21, 21, 21, 27, 520_000, tzinfo=UTC)
    assert write_stamp(datetime(2026, 3, 5, 1, 2, 3, 4_999, tzinfo=UTC)) == "05032026T080203+0004"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21112026T212127",
        "31022026T000000+0000",
        "2026-11-21T21:21:27",
        "21112026T252127+0000",
        "٢١112026T212127+0520",
        "31129999T235959+9999",
    ],
)
def test_what_names_no_moment_is_none(text: str) -> None:
    """Nothing is guessed from half a stamp."""
    assert read_stamp(text) is None
