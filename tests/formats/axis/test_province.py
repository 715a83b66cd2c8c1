"""Holding the REST form of a province's façade, and multipart bodies in pieces."""

from __future__ import annotations

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.formats.axis import province
from lgsp.formats.axis.listing import Agency, Received
from lgsp.formats.axis.parts import BadParts, PartStream
from lgsp.formats.axis.province import Login, read_login, read_said
from lgsp.formats.axis.replies import Unreadable

TYPE = "multipart/form-data; boundary=xx"


def form(*fields: tuple[str, bytes], end: bytes = b"--xx--\r\n") -> bytes:
    """Return a multipart body."""
    parts = [
        b'--xx\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)
        for name, content in fields
    ]
    return b"".join(parts) + end


def read(body: bytes, size: int = 5, kind: str = TYPE) -> list[tuple[str, bytes]]:
    """Return the fields of a body that comes in pieces."""
    stream = PartStream(kind)
    found: list[tuple[str, bytes]] = []
    content = b""
    for at in range(0, len(body), size):
        for piece in stream.feed(body[at : at + size]):
            content += piece.content
            if piece.last:
                found.append((piece.name, content))
                content = b""
    stream.close()
    return found


@given(
    st.lists(st.tuples(st.sampled_from(["edocFile", "messagetype"]), st.binary(max_size=40)), max_size=3),
    st.integers(1, 50),
)
def test_fields_come_whole_however_the_body_is_cut(fields: list[tuple[str, bytes]], size: int) -> None:
    """Each field in order, with line breaks and dashes in it as they were."""
    fields = [(name, content) for name, content in fields if b"\r\n--xx" not in content]
    assert read(form(*fields), size) == fields


@pytest.mark.parametrize("content", [b"", b"\r\n", b"--", b"\r\n--x", b"--xx", b"a\r\n\r\nb"])
def test_what_looks_like_a_mark_is_content(content: bytes) -> None:
    """Only the whole mark on a line of its own ends a field."""
    assert read(form(("edocFile", content)), 1) == [("edocFile", content)]


def test_a_file_has_a_name_and_a_body_a_preamble() -> None:
    """The name of the file is told beside the field's, and what stands before the first mark is nothing."""
    head = b'Content-Disposition: form-data; name="edocFile"; filename="../a.edxml"\r\nContent-Type: application/xml'
    body = b"preamble\r\n--xx\r\n" + head + b"\r\n\r\n<edXML/>\r\n--xx--\r\nepilogue"
    [piece] = list(PartStream('multipart/form-data; charset=utf-8; boundary="xx"').feed(body))
    assert (piece.name, piece.file, piece.content, piece.last) == (
        "edocFile",
        "../a.edxml",
        b"<edXML/>",
        True,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        form(("edocFile", b"x"))[:-8],
        b"--xx\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xx--",
        b"--xx\r\n\r\nx\r\n--xx--",
        b"x" * 20_000,
    ],
)
def test_half_a_form_is_none(body: bytes) -> None:
    """A body that broke off must not become a shorter packet; a field without a name is nobody's."""
    with pytest.raises(BadParts):
        read(body)


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "multipart/mixed; boundary=x"]
)
def test_without_a_boundary_there_are_no_parts(kind: str) -> None:
    """Nothing is guessed from the body."""
    with pytest.raises(BadParts):
        PartStream(kind)


def test_a_large_file_is_let_go_piece_by_piece() -> None:
    """No piece is held longer than a mark is long."""
    stream = PartStream(TYPE)
    list(stream.feed(form(("edocFile", b""), end=b"")[:-2]))
    for _ in range(50):
        assert sum(len(piece.content) for piece in stream.feed(b"x" * 10_000)) > 9_000
    assert len(stream._held) < 10


def test_a_login_is_read_as_it_is_written() -> None:
    """Both sides of the protocol agree, and the password is in no representation."""
    login = Login("test", "sandbox", "QLVB")
    assert read_login(province.write_login(login)) == login
    assert "sandbox" not in repr(login)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"username":"a"}', b'{"username":1,"password":2}'])
def test_a_login_that_says_nothing_is_none(body: bytes) -> None:
    """Neither half of a credential is one."""
    assert read_login(body) is None


def test_what_is_made_is_read() -> None:
    """Each answer says to a client what was meant."""
    assert read_said(province.taken("65f1")).docid == "65f1"
    assert read_said(province.done()).ok
    denied = read_said(province.denied("18", "không có"))
    assert (denied.ok, denied.code, denied.text) == (False, "18", "không có")
    broken = read_said(province.broken("sai chuẩn"))
    assert (broken.ok, broken.code, broken.text) == (False, "", "sai chuẩn")
    assert read_said(province.told_token("t")).data == {"token": "t"}
    item = province.received_item(Received(docid="1", sender="G22"))
    assert read_said(province.granted([item])).items() == [item]


def test_a_packet_comes_with_its_files() -> None:
    """The packet whole, and each attachment by its name."""
    said = read_said(province.told_packet(b"<edXML/>", "15/UBND", "Về việc", [("a.pdf", b"%PDF")])).data
    assert base64.b64decode(said["edxml"]) == b"<edXML/>"
    assert [one["fileName"] for one in said["attachments"]] == ["a.pdf"]
    assert (said["edocCode"], said["edocAbstract"]) == ("15/UBND", "Về việc")


def test_an_agency_tells_who_connects_it() -> None:
    """The province's own agencies are told apart from the country's."""
    item = province.agency_item(Agency(code="H37", old_code="000.00.00.H37"), "lgsp", 1, internal=True)
    assert (item["code"], item["oldCode"], item["centerCode"], item["type"]) == (
        "H37",
        "000.00.00.H37",
        "lgsp",
        "INTERNAL",
    )


@pytest.mark.parametrize("body", [province.NO_LICENCE, b"<html>", b"[]", b"{}", orjson.dumps({"data": []})])
def test_what_is_no_answer_is_never_a_success(body: bytes) -> None:
    """The bare words of a missing licence, a page, an object without a code."""
    with pytest.raises(Unreadable):
        read_said(body)
