"""Reading bodies and fields of the platform's answers: trees of JSON and XML, texts, days and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from lgsp.adapters.ngsp import natives, trees

# --- trees ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        ('{"a": 1, "b": "1", "c": 1.50, "d": 12345678901234567890.123}',
         {"a": "1", "b": "1", "c": "1.50", "d": "12345678901234567890.123"}),
        ('\ufeff{"a": true, "b": null, "c": ""}', {"a": True, "b": None, "c": ""}),
        ('"{\\"a\\": [1]}"', {"a": ["1"]}),
        ('"không tìm thấy"', "không tìm thấy"),
        ("<r><a>1</a><b/></r>", {"r": {"a": "1", "b": ""}}),
        ("<r><a>1</a><a>2</a></r>", {"r": {"a": ["1", "2"]}}),
        ('<x:r xmlns:x="u"><x:a y="z">&lt;1&gt;</x:a></x:r>', {"r": {"a": "<1>"}}),
        ('<r xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><a i:nil="true"/><b i:nil="false"/></r>',
         {"r": {"a": None, "b": ""}}),
        ("<r>\n  <a> Ca\u0300 Mau </a>\n</r>", {"r": {"a": " Cà Mau "}}),
        ('{"a": "Ca\u0300 Mau"}', {"a": "Cà Mau"}),
    ],
)  # fmt: skip
def test_json_and_xml_become_the_same_tree(body: str, tree: Any) -> None:
    """Numbers are their digits, null is not empty, prefixes say nothing, and letters are composed."""
    assert trees.read(body) == tree


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "không", "{", '{"a": 1} x', '{"a": NaN}', '{"a": 1, "a": 2}', "{'a': 1}", '{"MSG": "a "b c"}',
        "<a", "<a></b>", "<a>x<b/></a>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a>&b;</a>",
        "[" * 100 + "]" * 100, "<a>" * 40 + "</a>" * 40, '{"a": ' + "9" * 5000 + "x}",
    ],
)  # fmt: skip
def test_what_is_neither_is_not_repaired(body: str) -> None:
    """Broken, nested without end, with entities, or with a name twice: the fault says why, and quotes nothing."""
    with pytest.raises(trees.NoTreeError) as fault:
        trees.read(body)
    assert '"a "b c"' not in str(fault.value)


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ([{"a": "1"}], [{"a": "1"}]),
        ([], []),
        ({"objects": {"object": [{"a": "1"}, {"a": "2"}]}}, [{"a": "1"}, {"a": "2"}]),
        ({"objects": {"object": {"a": "1", "b": "2"}}}, [{"a": "1", "b": "2"}]),
        ({"objects": {"object": {"a": "1"}}}, [{"a": "1"}]),
        ({"a": "1", "b": None}, [{"a": "1", "b": None}]),
        ({"objects": ""}, []),
        ({"objects": {"object": []}}, []),
        ({"objects": {}}, []),
        ({}, None),
        (None, []),
        ("text", None),
        (True, None),
    ],
)
def test_rows_are_found_however_they_are_wrapped(tree: Any, found: Any) -> None:
    """A list, a list in two wrappings, one row in place of a list, none."""
    assert trees.rows(tree) == found


# --- fields ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05/03/2015", "2015-03-05"), ("2015-03-05", "2015-03-05"), ("2015-03-05T00:00:00", "2015-03-05"),
        (" 05/03/2015 ", "2015-03-05"), ("31/02/2015", None), ("5/3/2015", None), ("2015-03-05T08:00:00", None),
        ("2015", None),
    ],
)  # fmt: skip
def test_days_are_real_or_left_as_they_were(text: str, day: str | None) -> None:
    """Of `dd/MM/yyyy` and ISO 8601; what is neither is kept as it was written."""
    native = natives.Native({"d": text})
    assert native.text("d", natives.day) == day
    assert native.rest() == (None if day else {"d": text})


@pytest.mark.parametrize(
    ("text", "number", "whole"),
    [
        ("100", "100", "100"), ("0.50", "0.50", None), ("5E+3", "5000", "5000"), ("3.0", "3.0", "3"),
        ("999999999999999999999.999", "999999999999999999999.999", None), ("-1", "-1", None), ("1,5", None, None),
        ("NaN", None, None), ("Infinity", None, None), ("1e999999", None, None), ("", None, None),
    ],
)  # fmt: skip
def test_numbers_keep_every_digit(text: str, number: str | None, whole: str | None) -> None:
    """21 digits and three behind the point; what is no number, or a trap, is none."""
    assert natives.number(text) == number
    assert natives.whole(text) == whole


def test_a_field_is_taken_once_and_the_rest_stays() -> None:
    """Null and empty say nothing; objects where a text belongs are kept as they came."""
    native = natives.Native({"a": " x ", "b": None, "c": "", "d": {"e": "f"}, "g": True, "h": []})
    assert [native.text(name) for name in "abcdgz"] == ["x", None, None, None, "true", None]
    assert native.rest() == {"d": {"e": "f"}}
    assert natives.Native("text").rest() is None
