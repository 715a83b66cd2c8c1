"""A status speaks of its document and finds its line; a part of a document has only the receivers that are meant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lgsp.formats.edxml import STATUS, packet_of
from lgsp.formats.edxml.answering import narrowed, status_of
from lgsp.schemas import Types
from tests.formats.edxml.packets import Memory, message, packet, taken

AT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
SENDER = {"code": "G22", "name": "Văn phòng"}
TYPES = Types()


@pytest.mark.parametrize("code", ["01", "02", "03", "04", "05", "06", "13", "15", "16"])
def test_a_status_is_read_as_it_was_meant(code: str) -> None:
    """Written and read again, it says the same, and stands in its document's line."""
    document = taken(packet())
    told = status_of(document.data, code, SENDER, AT, "ghi chú")
    assert TYPES.check(STATUS, told) == []
    found = taken(packet_of(STATUS, told, Memory()))
    assert found.data == told | {"at": "2026-03-05T09:00:00+07:00"}
    assert found.findings == []
    assert found.message().partitionkey == document.message().partitionkey


def test_a_status_of_a_document_without_an_id_finds_its_line() -> None:
    """Agency, day, number and notation name the document on both sides."""
    document = taken(packet(message(DocumentId=None)))
    told = status_of(document.data, "01", SENDER, AT)
    assert "id" not in told["about"]
    found = taken(packet_of(STATUS, told, Memory()))
    assert found.message().partitionkey == document.message().partitionkey


def test_a_status_says_no_more_than_is_known() -> None:
    """What the document does not say is left out, and an unknown code has no word."""
    assert status_of({"key": "x", "act": "new"}, "07", {}, AT) == {
        "key": "x",
        "code": "07",
        "at": "2026-03-05T02:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("codes", "kept"),
    [
        (["G22"], ["G22", "000.00.00.G22"]),
        (["000.00.00.G22"], ["G22", "000.00.00.G22"]),
        (["H37.1", "x"], ["H37.1", "x"]),
        ([], []),
        (["H37"], []),
    ],
)
def test_a_part_has_the_receivers_that_are_meant(codes: list[str], kept: list[str]) -> None:
    """Each under all codes it stands there with, and in their order; nobody above or below it."""
    document: dict[str, Any] = {
        "subject": "s",
        "recipients": [
            {"code": "G22"},
            {"code": "000.00.00.G22"},
            {"code": "H37.1"},
            {"name": "?"},
            {"code": "x"},
        ],
    }
    found = narrowed(document, codes)
    assert [one["code"] for one in found["recipients"]] == kept
    assert found["subject"] == "s"
    assert len(document["recipients"]) == 5


def test_a_register_may_know_of_more() -> None:
    """Who knows that two codes name one body says so."""
    found = narrowed({"recipients": [{"code": "a"}, {"code": "b"}]}, ["c"], same=lambda _: "one")
    assert len(found["recipients"]) == 2
