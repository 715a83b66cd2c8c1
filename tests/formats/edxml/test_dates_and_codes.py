"""Odd dates and codes are read where they say one thing only, else kept as they were."""

from __future__ import annotations

from typing import Any

import pytest

from tests.formats.edxml.packets import again, message, packet, status


@pytest.mark.parametrize(
    ("field", "text", "name", "value", "code"),
    [
        (
            "PromulgationInfo",
            "<PromulgationDate>05/03/2026</PromulgationDate>",
            "promulgated_on",
            "2026-03-05",
            "odd-date",
        ),
        (
            "PromulgationInfo",
            "<PromulgationDate>2026-03-05</PromulgationDate>",
            "promulgated_on",
            "2026-03-05",
            "odd-date",
        ),
        (
            "PromulgationInfo",
            "<PromulgationDate>2014/02/30</PromulgationDate>",
            "promulgated_on",
            None,
            "unreal-date",
        ),
        (
            "PromulgationInfo",
            "<PromulgationDate>hôm qua</PromulgationDate>",
            "promulgated_on",
            None,
            "unreal-date",
        ),
        ("SteeringType", "có", "steering", None, "unknown-code"),
        ("SteeringType", "9", "steering", None, "unknown-code"),
        ("SteeringType", "02", "steering", "steering", "odd-code"),
        ("OtherInfo", "<Priority>Khẩn</Priority>", "urgency", None, "unknown-code"),
        ("OtherInfo", "<PageAmount>mười</PageAmount>", "pages", None, "not-a-number"),
        ("OtherInfo", "<Direction>có</Direction>", "direction", None, "unknown-code"),
        ("DocumentId", "null", "id", None, "null-text"),
    ],
)
def test_what_a_field_cannot_say_is_kept_with_a_finding(
    field: str, text: str, name: str, value: Any, code: str
) -> None:
    """An odd date or code is never guessed: it is read where it says one thing only, else kept as it was."""
    first, second, written = again(packet(message(**{field: text})))
    assert first.data.get(name) == value
    assert code in {one.code for one in first.findings}
    assert second.data == first.data
    if value is None:
        assert text.partition(">")[2].partition("<")[0].encode() in written or text.encode() in written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026/03/05 09:00:00", "2026-03-05T09:00:00+07:00"),
        ("2026/03/05 00:00:00", "2026-03-05T00:00:00+07:00"),
        ("05/03/2026 09:00:00", "2026-03-05T09:00:00+07:00"),
        ("2026-03-05 09:00:00", "2026-03-05T09:00:00+07:00"),
        ("2026-03-05T09:00:00.1234567+07:00", "2026-03-05T09:00:00+07:00"),
        ("2026-03-05T20:00:00Z", "2026-03-06T03:00:00+07:00"),
        ("2026-03-05T09:00:00+0700", "2026-03-05T09:00:00+07:00"),
        ("2026/03/05T09:00:00", "2026-03-05T09:00:00+07:00"),
        ("2026/3/5 9:00", "2026-03-05T09:00:00+07:00"),
        ("05-03-2026 09:00", "2026-03-05T09:00:00+07:00"),
        ("2026/03/05", None),
        ("5/3/2026 9:00", None),
        ("2026/03-05 09:00:00", None),
        ("0001/01/01 00:00:00", None),
        ("0010/09/16 00:00:00", None),
        ("2026/03/05 25:00:00", None),
        ("9999-12-31T23:00:00-12:00", None),
    ],
)
def test_moments_are_read_where_they_name_one(text: str, said: str | None) -> None:
    """Other forms of a moment are read with a finding; a day alone, or what could be two, is kept as it was."""
    first, second, _ = again(packet(status(Timestamp=text)))
    assert first.data.get("at") == said
    assert bool(first.findings) == (text not in ("2026/03/05 09:00:00", "2026/03/05 00:00:00"))
    assert second.data == first.data


@pytest.mark.parametrize("text", ["05-03-2026", "05.03.2026", "2026/3/5", "2026-03-05+07:00", "2026-03-05Z"])
def test_a_day_is_read_in_every_form_that_names_one_only(text: str) -> None:
    """With other signs between its parts, or with a zone, which is no part of a day."""
    first, second, written = again(packet(message(DueDate=text)))
    assert first.data["due_on"] == second.data["due_on"] == "2026-03-05"
    assert [one.code for one in first.findings] == ["odd-date"]
    assert b"DueDate>2026/03/05<" in written


@pytest.mark.parametrize(
    "text", ["0001/01/01", "9999/12/31", "0010/09/16", "3/5/2026", "20260305", "05/03/26"]
)
def test_a_day_of_no_year_of_ours_is_none(text: str) -> None:
    """What software writes for "none", or made of a date that it misread, sets no deadline; it is kept as it was."""
    first, second, written = again(packet(message(DueDate=text)))
    assert "due_on" not in first.data
    assert [one.code for one in first.findings] == ["unreal-date"]
    assert second.data == first.data
    assert f"DueDate>{text}<".encode() in written


def test_that_a_document_is_new_is_written_again_where_it_was_said() -> None:
    """A packet may say so with nothing beside it; the vendor's writer then has the element, too."""
    told = "<TraceHeaderList><Bussiness><BussinessDocType>0</BussinessDocType></Bussiness></TraceHeaderList>"
    first, second, written = again(packet(header=told))
    assert first.data["act"] == "new"
    assert b"BussinessDocType>0<" in written
    assert second.data == first.data
    assert second.native == first.native
    assert b"Bussiness" not in again(packet())[2]


@pytest.mark.parametrize("text", ["2026/03/05 08:00:00", "2026-03-04T20:00:00Z", "05/03/2026 08:00:00"])
def test_a_time_in_the_place_of_a_day_is_that_day(text: str) -> None:
    """What names a moment names its day in Viet Nam, and is written as a day."""
    first, second, written = again(packet(message(DueDate=text)))
    assert first.data["due_on"] == second.data["due_on"] == "2026-03-05"
    assert b"DueDate>2026/03/05<" in written
    assert second.findings == []
