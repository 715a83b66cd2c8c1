"""Holding how answers of the axis are made and read, and that what is no answer is never a success."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import date

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.formats.axis import codes, days, recipients, replies
from lgsp.formats.axis.listing import Agency, Received, Sent, Unit, read_entries, read_entry, write_entry
from lgsp.formats.axis.replies import Unreadable, read_answer

PAGE = b"<!DOCTYPE html><html><body>Bad Gateway</body></html>"


def oddity(body: bytes) -> str:
    """Return what is odd about an answer."""
    with pytest.raises(Unreadable) as caught:
        read_answer(body)
    return caught.value.what


def test_what_is_made_is_read() -> None:
    """Each answer that a server of this protocol makes says to a client what was meant."""
    assert read_answer(replies.taken("65f1")).docid == "65f1"
    assert read_answer(replies.counted(7)).count == 7
    assert read_answer(replies.listed([{"docId": "1"}])).items() == [{"docId": "1"}]
    assert read_answer(replies.delivered(b"<edXML/>")).packet() == b"<edXML/>"
    denied = read_answer(replies.denied(codes.BAD_FILE, "hỏng"))
    assert (denied.ok, denied.code, denied.text) == (False, "10", "hỏng")


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (PAGE, "not-json"),
        (b"", "not-json"),
        (b'{"status":"OK"', "not-json"),
        (b"[]", "no-object"),
        (b"null", "no-object"),
        (b"{}", "no-status"),
        (b'{"status":"","data":[]}', "no-status"),
        (b'{"status":200,"data":[]}', "no-status"),
        (b'{"error":"x"}', "no-status"),
    ],
)
def test_what_is_no_answer_is_never_an_empty_success(body: bytes, what: str) -> None:
    """Fault of the vendor's client 2.0.1: a page of a proxy read as an empty list loses every document in it."""
    assert oddity(body) == what


@pytest.mark.parametrize(
    ("said", "ok"),
    [
        ({"status": "OK", "ErrorCode": "0"}, True),
        ({"status": "ok", "errorCode": 0}, True),
        ({"Status": "OK"}, True),
        ({"status": "OK", "ErrorCode": None}, True),
        ({"status": "OK", "ErrorCode": "18"}, False),
        ({"status": "FAIL", "ErrorCode": "0"}, False),
        ({"status": "FAIL"}, False),
    ],
)
def test_two_words_that_contradict_each_other_are_no_success(said: dict[str, object], ok: bool) -> None:
    """It went well only if neither the status nor the code says otherwise, in whatever case they are written."""
    assert read_answer(orjson.dumps(said)).ok is ok


@pytest.mark.parametrize("rest", ["", ',"data":null', ',"data":[]', ',"data":"[]"', ',"data":""'])
def test_an_empty_list_may_be_left_out(rest: str) -> None:
    """A server that leaves null fields out says OK without data when nothing waits."""
    assert read_answer(f'{{"status":"OK"{rest}}}'.encode()).items() == []


@pytest.mark.parametrize("data", ['{"a":1}', "5", '"<html>"'])
def test_data_of_another_kind_is_no_list(data: str) -> None:
    """An object or a page where a list belongs is a failure."""
    with pytest.raises(Unreadable):
        read_answer(f'{{"status":"OK","data":{data}}}'.encode()).items()


@pytest.mark.parametrize("data", ["null", '""', '"QUJ"', '"@@@"', "[]", '"QUJD=="'])
def test_half_a_packet_is_none(data: str) -> None:
    """A base64 text that was cut or is none must not become a shorter document."""
    with pytest.raises(Unreadable):
        read_answer(f'{{"status":"OK","data":{data}}}'.encode()).packet()


def test_a_packet_may_be_wrapped_in_lines() -> None:
    """White space inside base64 says nothing, as in the attachments of a packet."""
    wrapped = base64.encodebytes(b"x" * 200).decode()
    assert read_answer(orjson.dumps({"status": "OK", "data": wrapped})).packet() == b"x" * 200


@pytest.mark.parametrize("count", [None, True, "", "many", -1, 1.5])
def test_a_count_is_a_number(count: object) -> None:
    """An answer that counts nothing is no zero."""
    with pytest.raises(Unreadable):
        _ = read_answer(orjson.dumps({"status": "OK", "count": count})).count


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_named(body: bytes) -> None:
    """Nothing that comes over the wire raises anything but `Unreadable`."""
    with suppress(Unreadable):
        assert read_answer(body).fields


def test_entries_keep_their_fields_both_ways() -> None:
    """What is written of an entry is read back the same, for every kind of list."""
    entries = (
        Received(docid="1", message_type="edoc", sender="G22", receiver="H37", status="initial"),
        Sent(docid="2", receiver="G22", receive_status="done", title="Về việc"),
        Agency(code="H37", name="Lạng Sơn", old_code="000.00.00.H37"),
        Unit(code="H37", deleted="false", center="H37"),
    )
    for entry in entries:
        assert read_entry(type(entry), write_entry(entry)) == entry  # type: ignore[type-var]


def test_the_old_code_has_two_names() -> None:
    """The list of decision 20 calls it `code102`, the older list `oldCode`."""
    agency = Agency(code="H37", old_code="000.00.00.H37")
    written = write_entry(agency, old_code="code102")
    assert (written["code102"], "oldCode" in written) == ("000.00.00.H37", False)
    assert read_entry(Agency, written) == agency


def test_what_is_no_entry_stands_beside_the_entries() -> None:
    """One entry without its id neither spoils the list nor disappears."""
    items = [{"docId": 5, "status": None}, {"docId": ""}, "x", {"DOCID": "6", "more": []}]
    listing = read_entries(Received, items)
    assert [entry.docid for entry in listing.entries] == ["5", "6"]
    assert listing.odd == [{"docId": ""}, "x"]


def test_a_flag_reads_as_a_word() -> None:
    """True of JSON and "true" of a text are the same flag."""
    read = [read_entry(Unit, {"code": "H37", "deleted": said}) for said in (True, "true")]
    assert {unit.deleted for unit in read if unit} == {"true"}


def test_codes_say_whom_they_concern() -> None:
    """A wrong secret is about us, an unknown receiver about one recipient; an unknown number is no verdict."""
    concerned = {code: known.concerns for code in ("15", "018", " 20 ", "22") if (known := codes.known(code))}
    assert list(concerned.values()) == ["standing", "receiver", "axis", "document"]
    assert [codes.known(code) for code in ("", "0", "99", "x")] == [None] * 4


def test_the_axis_own_words_for_a_foreign_sender_are_known() -> None:
    """The one text of the national axis that was seen is recognised whatever its number."""
    assert codes.is_foreign_sender(codes.foreign_sender("H44", "H37"))
    assert codes.is_foreign_sender("don vi gui H44.01  khong dung voi ma da dang ky")
    assert not codes.is_foreign_sender("Don vi nhan khong ton tai")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", []),
        ("G22", ["G22"]),
        ('["G22","H37","G22"]', ["G22", "H37"]),
        ('[{"code":"G22"},{"OrganId":"H37"}]', ["G22", "H37"]),
        ('{"id":"G22"}', ["G22"]),
        ('"G22"', ["G22"]),
        ("[", None),
        ("[5]", None),
        ('[{"name":"x"}]', None),
        ("[" * 9000, None),
    ],
)
def test_recipients_are_read_in_every_likely_shape(text: str, said: list[str] | None) -> None:
    """The shape of `to` is not known for sure; what cannot be read is never read as nobody."""
    assert recipients.read_recipients(text) == said


def test_recipients_are_written_as_a_list() -> None:
    """What we write we read."""
    codes_ = ["G22", "H37.02"]
    assert recipients.read_recipients(recipients.write_recipients(codes_)) == codes_


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026/03/05", date(2026, 3, 5)),
        ("2026-03-05T08:00:00", date(2026, 3, 5)),
        ("5/3/2026", date(2026, 3, 5)),
        ("05-03-2026 08:00", date(2026, 3, 5)),
        ("31/02/2026", None),
        ("2026", None),
        ("", None),
    ],
)
def test_days_are_read_year_first_and_day_first(text: str, day: date | None) -> None:
    """The form of a day in the lists was never captured: both that occur elsewhere are read."""
    assert days.read_day(text) == day
    assert day is None or days.read_day(days.write_day(day)) == day
