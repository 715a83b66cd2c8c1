"""XML that says no more than JSON: what is written is read again, and what is more than that is turned away."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.formats.plain_xml import NotPlainError, read, write

NAMES = st.sampled_from(["MaBaoCao", "SoLieu", "GiaTri", "a", "_b.c-d"])
SAYABLE = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\ufffe\uffff")).filter(
    lambda text: all(char in "\t\n\r" or char >= " " for char in text)
)
VALUES = st.recursive(
    SAYABLE.filter(lambda text: text),
    lambda inside: st.lists(inside, min_size=1, max_size=4) | st.dictionaries(NAMES, inside, min_size=1),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, min_size=1))
def test_what_is_written_is_read_again(value: dict[str, Any]) -> None:
    """Texts, objects and lists come back as they were, ends of lines and signs of XML among them."""
    assert read(write("BaoCao", value, "Dong"), "Dong") == value


def test_numbers_and_truth_values_stand_as_texts_and_nothing_is_left_out() -> None:
    """XML knows texts only: whoever reads knows what a field is; what is None has no element."""
    written = write("A", {"n": 3, "b": True, "c": False, "gone": None, "empty": [], "text": ""}, "Dong")
    assert read(written, "Dong") == {"n": "3", "b": "true", "c": "false", "empty": "", "text": ""}
    assert b"gone" not in written


def test_prefixes_attributes_and_space_between_elements_are_passed_over() -> None:
    """Others write XML with more around it; it says the same."""
    body = b'<x:A xmlns:x="urn:y" v="1">\n  <x:L>\n <x:Dong k="2">a</x:Dong><x:Dong/></x:L><!-- no --></x:A>'
    assert read(body, "Dong") == {"L": ["a", ""]}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not well-formed"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a/><b/>", "not well-formed"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "DOCTYPE"),
        (b"<a><b/><c/><b/></a>", "twice"),
        (b"<a>text<b/></a>", "between elements"),
        (b"<a>" * 33 + b"</a>" * 33, "deeply"),
    ],
)
def test_more_than_json_says_is_turned_away(body: bytes, why: str) -> None:
    """What cannot be read for certain is not read at all; entities are never looked at."""
    with pytest.raises(NotPlainError, match=why):
        read(body, "Dong")


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_what_xml_cannot_say_is_told_by_its_place(char: str) -> None:
    """The error names the field, also within a list, and shows nothing of its text."""
    with pytest.raises(NotPlainError) as fault:
        write("A", {"l": [{"x": "fine"}, {"x": f"secret{char}"}]}, "Dong")
    assert str(fault.value) == "l/1/x"


def test_what_is_written_is_xml_by_the_standard() -> None:
    """Any parser reads it."""
    parser = expat.ParserCreate()
    parser.Parse(write("A", {"x": "<&>]]>\r\"'", "y": "Tỉnh 𠀀"}, "Dong"), True)
    assert parser.CurrentByteIndex
