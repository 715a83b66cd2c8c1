"""JSON is nested as deep as it may be, and no deeper; brackets inside texts do not count."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.nesting import DEEPEST, check, load


def _nested(levels: int, inner: str = "1") -> str:
    return '[{"a":' * (levels // 2) + "[" * (levels % 2) + inner + "]" * (levels % 2) + "}]" * (levels // 2)


def _depth(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize("inner", ["1", '"}]}]"', '"[[[[{{"', '"\\"[\\\\"', "NaN", "[], {}"])
@pytest.mark.parametrize("padding", ["", ',"[[[[[[[{"', "," + ",".join(["[{}]"] * 100)])
def test_the_last_level_is_taken_and_the_next_is_not(inner: str, padding: str) -> None:
    """Whatever stands beside and inside, also where brackets stand in texts, and for parsers that take more."""
    more = inner == "[], {}"
    inner = "[]" if more else inner
    deep = _nested(DEEPEST - 1 - more, inner)
    check(f"[{deep}{padding}]")
    with pytest.raises(orjson.JSONDecodeError, match="nested deeper"):
        check(f"[[{deep}{padding}]]")


@given(
    st.recursive(
        st.text(alphabet='[]{}"\\a', max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text('[{"', max_size=2), inner, max_size=3)
        ),
        max_leaves=40,
    ),
    st.integers(50, 70),
)
def test_it_agrees_with_the_parsed_depth(value: object, around: int) -> None:
    """Told by the text what a walk through the values tells."""
    for _ in range(around):
        value = [value]
    text = json.dumps(value)
    if _depth(value) > DEEPEST:
        with pytest.raises(orjson.JSONDecodeError):
            load(text)
    else:
        assert load(text) == value


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 60 + '"' + "[" * 1000, '"' * 1000])
def test_what_has_no_end_is_refused_without_a_fault(text: str) -> None:
    """No recursion, no memory: a fault of JSON like any other."""
    with pytest.raises(orjson.JSONDecodeError):
        load(text.encode())


@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"a": tru}', "\ud800"])
def test_what_is_no_json_is_left_to_the_parser(text: str) -> None:
    """The depth says nothing about anything else."""
    check(text)
