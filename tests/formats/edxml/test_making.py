"""Elements are made of canonical objects the same way, however little there is to say about them."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.errors import Invalid
from lgsp.formats.edxml.layout import DOCUMENT_HEADER, REFERENCE
from lgsp.formats.edxml.making import Writer
from lgsp.formats.edxml.notes import unreadable
from lgsp.formats.edxml.parts import EXTRA, Table
from lgsp.formats.edxml.tree import PREFIX


def _parse(_: str, place: str) -> Any:
    raise unreadable("not-writable", place)


def _written(data: dict[str, Any], table: Table = DOCUMENT_HEADER, prefix: str = "") -> list[str]:
    """Return the lines of an object between its own two tags, without their indents."""
    first, *lines, last, end = Writer(_parse, prefix).write("All", table, data, "All", "  ").split("\r\n")
    assert (first, last, end) == (f"  <{prefix}All>", f"  </{prefix}All>", "")
    return [line.strip(" ") for line in lines]


TEXTS = {
    "a": "a",
    "Th\u1eed nghiệm 15/UBND-VP": "Th\u1eed nghiệm 15/UBND-VP",
    "a&b": "a&amp;b",
    "<a>": "&lt;a&gt;",
    "]]>": "]]&gt;",
    " a\t": "a",
    "a\nb": "a\r\nb",
    "a\rb": "a&#xD;b",
    "\u00a0a": "\u00a0a",
    "a\u200b": "a\u200b",
    "\"'": "\"'",
}
"""Texts, and what stands in an element for each."""


@pytest.mark.parametrize(("text", "stands"), TEXTS.items(), ids=map(repr, TEXTS))
@pytest.mark.parametrize("extra", [{}, {"Description@x": "1"}], ids=["alone", "beside what was kept"])
@pytest.mark.parametrize("prefix", [PREFIX, ""])
def test_a_text_stands_the_same_whichever_way_it_is_written(
    text: str, stands: str, extra: dict[str, Any], prefix: str
) -> None:
    """What needs no sign of its own is written at once, all else sign by sign: to the same end."""
    lines = _written({"name": text, EXTRA: extra}, REFERENCE, prefix)
    whole = "\r\n".join(lines)
    assert whole == f"<{prefix}AttachmentName>{stands}</{prefix}AttachmentName>"


@pytest.mark.parametrize("text", ["a", "15", "Sở Tài chính", "a&b", " a "])
def test_texts_of_a_list_stand_as_they_do_alone(text: str) -> None:
    """Words and numbers stand as they are, others with what XML asks for."""
    stands = text.strip().replace("&", "&amp;")
    assert _written({"places": [text]}) == ["<ToPlaces>", f"<Place>{stands}</Place>", "</ToPlaces>"]


@pytest.mark.parametrize("value", [5, True, None, ["a"], {"a": 1}, "a\x00", "\ud800"])
def test_what_is_no_text_is_not_written_as_one(value: Any) -> None:
    """A number in a text's place is no text, and None is none."""
    if value is None:
        assert _written({"name": None, "id": "1"}, REFERENCE) == ["<ContentId>1</ContentId>"]
        return
    with pytest.raises(Invalid) as raised:
        _written({"name": value}, REFERENCE)
    assert [one.place for one in raised.value.problems] == ["All/AttachmentName"]


def test_elements_without_a_name_of_their_own_take_their_fields_and_no_more() -> None:
    """What was kept beside the fields around them is written there alone; what was kept for them, in them."""
    assert _written({"number": "15", "subject": "a", EXTRA: {"Foo": "b"}}) == [
        "<Code>", "<CodeNumber>15</CodeNumber>", "</Code>", "<Subject>a</Subject>", "<Foo>b</Foo>",
    ]  # fmt: skip
    assert _written({"number": "15", EXTRA: {"Code/Foo": "b", "Code/@c": "d"}}) == [
        '<Code c="d">', "<CodeNumber>15</CodeNumber>", "<Foo>b</Foo>", "</Code>",
    ]  # fmt: skip
    assert _written({EXTRA: {"Code/Foo": "b"}}) == ["<Code>", "<Foo>b</Foo>", "</Code>"]
    assert _written({"subject": "a"}) == ["<Subject>a</Subject>"]


def test_one_and_several_are_written_as_their_table_has_them() -> None:
    """An object is one element, a list one for each, and what holds nothing is an empty tag or none."""
    assert _written({"sender": {"code": "H37"}}) == ["<From>", "<OrganId>H37</OrganId>", "</From>"]
    assert _written({"recipients": [{"code": "G22"}, {}]}) == [
        "<To>", "<OrganId>G22</OrganId>", "</To>", "<To />",
    ]  # fmt: skip
    assert _written({"sender": {}, "recipients": [], "subject": "a"}) == ["<Subject>a</Subject>"]


def test_a_flag_that_is_always_written_comes_with_its_element_alone() -> None:
    """The vendor's writer adds it to what it writes anyway, and to nothing else."""
    assert _written({"pages": 3}) == [
        "<OtherInfo>", "<PageAmount>3</PageAmount>", "<Direction>false</Direction>", "</OtherInfo>",
    ]  # fmt: skip
    assert "<Direction>true</Direction>" in _written({"direction": True})
