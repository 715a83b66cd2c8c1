"""The XML of SOAP is read as what stands there, by a parser that opens and expands nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.wire.soap_xml import LARGEST, MalformedError, read, write

NAMES = st.sampled_from(["A", "B", "HoVaTen", "Nơi"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
).map(lambda text: f"x{text}x")
VALUES = st.recursive(
    TEXTS, lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3), max_leaves=8
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a/>", {"a": ""}),
        ("<a>x</a>", {"a": "x"}),
        ("<a>  x </a>", {"a": "  x "}),
        ("<n:a xmlns:n='urn:n'><n:b>1</n:b><b>2</b></n:a>", {"a": {"b": ["1", "2"]}}),
        ("<a><b>1</b><b>2</b><b>3</b></a>", {"a": {"b": ["1", "2", "3"]}}),
        ("<a c='1'/>", {"a": {"@c": "1", "#text": ""}}),
        ("<a xmlns:n='urn:n' n:c='1'>x</a>", {"a": {"@c": "1", "#text": "x"}}),
        ("<a>\n <b/>\n</a>", {"a": {"b": ""}}),
        ("<a>stray<b/>more</a>", {"a": {"b": "", "#text": "straymore"}}),
        ("<a><!-- note --><b>x<!-- in -->y</b><?php echo ?></a>", {"a": {"b": "xy"}}),
        ("<a><![CDATA[<b>]]></a>", {"a": "<b>"}),
        (
            "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><b xsi:nil='true'/></a>",
            {"a": {"b": ""}},
        ),
    ],
)
def test_a_document_is_read_as_what_stands_there(text: str, found: object) -> None:
    """Local names, texts, lists of what stands there twice; nothing else is made of it."""
    assert read(text) == found
    assert read(text.encode()) == found


def test_the_encoding_that_a_document_declares_counts() -> None:
    """An old service may answer in UTF-16, or with a mark at its beginning."""
    said = '<?xml version="1.0" encoding="UTF-16"?><a>Lò</a>'
    assert read(said.encode("utf-16")) == {"a": "Lò"}
    assert read(b"\xef\xbb\xbf<a>x</a>") == {"a": "x"}
    assert read("\ufeff<a>x</a>") == {"a": "x"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ['<?xml version="1.0" encoding="utf-16"?>', ""])
@pytest.mark.parametrize("end", ["", "\n", "\r\n "])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_wide_document_is_read_with_and_without_mark_and_declaration(
    encoding: str, declared: str, end: str, mark: str
) -> None:
    """Each sign has two bytes, of which one may be a line end: none is taken for layout by itself."""
    assert read(f"{mark}{declared}<a>Đỗ</a>{end}".encode(encoding)) == {"a": "Đỗ"}


@pytest.mark.parametrize(
    "declared", ["utf-16", "UTF-16BE", "iso-8859-1", "windows-1258", "utf-8", "us-ascii"]
)
def test_what_is_utf8_is_read_as_that_whatever_it_declares(declared: str) -> None:
    """What .NET puts into a text declares `utf-16`, and servers Latin-1 by habit: no name is spoiled by that."""
    said = f'<?xml version="1.0" encoding="{declared}"?><a>ĐẶNG THỊ MẪU</a>'
    assert read(said) == read(said.encode()) == {"a": "ĐẶNG THỊ MẪU"}


def test_what_is_not_utf8_is_read_as_it_declares() -> None:
    """Old services have encodings of their own."""
    assert read('<?xml version="1.0" encoding="iso-8859-1"?><a>Lê</a>'.encode("latin-1")) == {"a": "Lê"}
    with pytest.raises(MalformedError):
        read("<a>Lê</a>".encode("latin-1"))


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><a>&f;</a>",
        "<?xml version='1.0'?>\n<!doctype a><a/>",
    ],
)
def test_a_document_type_is_refused_before_anything_is_expanded(text: str) -> None:
    """No DTD, no entity, no file and no address of a document is looked at."""
    with pytest.raises(MalformedError, match="DOCTYPE"):
        read(text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_in_another_encoding_is_refused_too(encoding: str) -> None:
    """That the letters of DOCTYPE stand there in another encoding makes no difference."""
    for said in ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>', "<!DOCTYPE a><a/>"):
        with pytest.raises(MalformedError, match="DOCTYPE"):
            read(said.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&nbsp;</a>",
        "<a>\x00</a>",
        "<a b=1/>",
        "<?xml version='9'?>",
    ],
)
def test_what_is_not_well_formed_is_refused_without_a_word_of_it(text: str) -> None:
    """The text of the error says what is wrong, and holds nothing of what stood there."""
    with pytest.raises(MalformedError) as raised:
        read(text)
    assert str(raised.value) == "not well-formed"
    assert raised.value.__cause__ is None


def test_depth_and_size_are_bounded() -> None:
    """A document that would fill memory or stack is refused, and a deep one that fits is read."""
    deep = "<a>" * 65 + "</a>" * 65
    with pytest.raises(MalformedError):
        read("<a>" + deep + "</a>")
    assert read("<a>" * 60 + "x" + "</a>" * 60)
    with pytest.raises(MalformedError):
        read("<a>" * 100_000 + "</a>" * 100_000)
    with pytest.raises(MalformedError, match="too large"):
        read(b"<a>" + b"x" * LARGEST + b"</a>")


def test_only_what_is_not_well_formed_is_mended() -> None:
    """A good document is never shown to who mends; a bad one once, and what comes back must be good."""
    asked: list[str] = []

    def mend(text: str) -> str:
        asked.append(text)
        return text.replace("&", "&amp;")

    assert read("<a>u000a</a>", mend) == {"a": "u000a"}
    assert asked == []
    assert read("<a>B & C</a>", mend) == {"a": "B & C"}
    assert asked == ["<a>B & C</a>"]
    with pytest.raises(MalformedError):
        read("<a>", mend)


def test_what_is_no_text_cannot_be_mended() -> None:
    """Bytes that are no UTF-8 are handed to nobody."""
    with pytest.raises(MalformedError, match="UTF-8"):
        read(b"<a>\xff\xfe<", lambda text: text)


@given(NAMES, VALUES)
def test_what_is_written_reads_as_what_was_said(name: str, value: object) -> None:
    """Texts, mappings and their order come back from XML as they went in."""
    assert read(write(name, value, prefix="n", namespace="urn:n")) == {name: value}


def test_lists_truth_values_and_absence_are_written_as_xml_has_them() -> None:
    """A list is the element once for each, None is no element, truth is `true`, order is kept."""
    said = write("a", {"b": ["1", {"c": "2"}], "d": None, "e": True, "f": 7})
    assert said == "<a><b>1</b><b><c>2</c></b><e>true</e><f>7</f></a>"
    assert write("a", []) == ""
    assert write("a", "x\r\n<&>") == "<a>x&#xD;\n&lt;&amp;&gt;</a>"


@pytest.mark.parametrize(
    ("name", "value"), [("a b", ""), ("1", ""), ("", ""), ("a", "\x01"), ("a", "\ud800")]
)
def test_what_xml_cannot_say_is_not_written(name: str, value: str) -> None:
    """No sign is left out or replaced on the way: there is no such element instead."""
    with pytest.raises(MalformedError):
        write(name, value)
