"""Links to files: which files a dossier names, what a ticket opens, and what files are called."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.links import MOST, Links, Named, Terms, Ticket, claimed, file_name, of_dossier, spoken
from lgsp.message import VIETNAM

START = datetime(2026, 3, 2, 8, tzinfo=VIETNAM)
TERMS = Terms("https://tep.tinh.gov.vn/files", frozenset({("10.0.0.1", 0)}), 30, 1, 1.0, 1)
LINKS = Links(TERMS, lambda: b"k" * 32)


def test_files_are_numbered_in_one_order() -> None:
    """Papers, results, papers of supplements; a row without an address is none, and takes no number."""
    data: dict[str, Any] = {
        "papers": [{"name": "a", "url": "http://x.vn/1"}, {"name": "b"}, {"name": "c", "url": ""}],
        "results": [{"url": "http://x.vn/2", "name": None}],
        "supplements": [{"papers": None}, {"papers": [{"url": "http://x.vn/3"}]}],
    }
    assert [(one.number, one.place, one.name) for one in of_dossier(data)] == [
        (0, "/papers/0/url", "a"),
        (1, "/results/0/url", ""),
        (2, "/supplements/1/papers/0/url", ""),
    ]
    many = {"papers": [{"url": "http://x.vn/1"}] * (MOST + 5)}
    assert sum(1 for _ in of_dossier(many)) == MOST


@given(st.uuids(), st.integers(0, MOST), st.integers(0, 2**32 - 1))
def test_a_ticket_reads_back_as_it_was_drawn(message: uuid.UUID, file: int, until: int) -> None:
    """Whatever it says stands in 52 letters that any address may hold."""
    ticket = Ticket(message, file, until)
    token = LINKS.token(ticket)
    assert len(token) == 52
    assert LINKS.read(token) == ticket


@given(
    st.integers(0, 51), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
)
def test_each_letter_of_a_ticket_counts(place: int, letter: str) -> None:
    """No letter can be another one: there is one token for a ticket."""
    token = LINKS.token(Ticket(uuid.UUID(int=2**90), 3, 2**31))
    other = token[:place] + letter + token[place + 1 :]
    assert (LINKS.read(other) is None) == (other != token)


@given(st.text(max_size=60))
def test_no_text_is_a_ticket(text: str) -> None:
    """What nobody drew opens nothing, and breaks nothing."""
    assert LINKS.read(text) is None


@given(st.integers(0, 4000), st.integers(1, 365))
def test_a_link_that_is_handed_out_holds(hours: int, days: int) -> None:
    """At least a tenth of its days is left whenever it is drawn, and never more than all and that tenth."""
    links = Links(
        TERMS._replace(days=days) if hasattr(TERMS, "_replace") else _terms(days), lambda: b"k" * 32
    )
    now = START + timedelta(hours=hours)
    left = links.until(START, now) - now.timestamp()
    step = timedelta(days=days).total_seconds()
    assert step / 10 - 1 <= left <= step * 1.1 + 1


def _terms(days: int) -> Terms:
    return Terms(TERMS.base, TERMS.hosts, days, 1, 1.0, 1)


@pytest.mark.parametrize(
    ("name", "url", "ending", "called", "said"),
    [
        ("Đơn đề nghị.pdf", "http://x.vn/1", "pdf", "Đơn đề nghị.pdf", "Don-de-nghi.pdf"),
        ("Đơn đề nghị", "http://x.vn/a.docx", "docx", "Đơn đề nghị.docx", "Don-de-nghi.docx"),
        ("", "http://x.vn/t%E1%BB%87p%20A.PDF?x=1#y", "pdf", "tệp A.PDF", "tep-A.pdf"),
        ("", "http://x.vn/", "png", "tep.png", "tep"),
        ("", "http://x.vn", "png", "tep.png", "tep"),
        ("../../etc/passwd", "http://x.vn/1", "pdf", "-..-etc-passwd.pdf", "etc-passwd"),
        ("a\r\nSet-Cookie: x", "http://x.vn/1", "pdf", "a Set-Cookie: x.pdf", "a-Set-Cookie-x"),
        ("Công văn 15.UBND", "http://x.vn/1.pdf", "pdf", "Công văn 15.UBND.pdf", "Cong-van-15-UBND.pdf"),
        ("x.exe", "http://x.vn/get.aspx", "png", "x.exe.png", "x-exe"),
        (".pdf", "http://x.vn/1", "pdf", "pdf.pdf", "pdf"),
        ("字", "http://x.vn/1", "pdf", "字.pdf", "tep"),
    ],
)
def test_files_are_called_as_their_senders_call_them(
    name: str, url: str, ending: str, called: str, said: str
) -> None:
    """A name is a name and no path or header; in a link it is plain letters."""
    file = Named(0, "/papers/0/url", url, name)
    assert file_name(file, ending) == called
    assert spoken(file) == said


@given(st.text(max_size=300), st.text(max_size=50))
def test_a_name_in_a_link_is_plain(name: str, tail: str) -> None:
    """Whatever a sender calls a file, the end of a link is letters, digits and one dot."""
    file = Named(0, "", f"http://x.vn/{tail}", name)
    said = spoken(file)
    assert said.isascii()
    assert not set(said) & set("/\\?#%&\"' \r\n")
    assert 0 < len(said) <= 90
    assert claimed(file) == "" or said.endswith(f".{claimed(file)}")
    assert not set(file_name(file, "pdf")) & set("/\\\r\n\0")
