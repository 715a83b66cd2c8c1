"""Letters are written one way, text by text."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.letters import composed
from lgsp.message import digested, nfc

_TEXT = st.text(st.sampled_from('ano\n\t"\\\u0303\u0301ạe\u0302'), max_size=6)
_JSON = st.recursive(
    _TEXT | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
)


@pytest.mark.parametrize("text", ["a\n\u0303b", "a\t\u0303", '"\u0303', "\\\u0303", "\u0303"])
def test_a_mark_behind_an_escape_stays_where_it_is(text: str) -> None:
    """Written as JSON, the end of a line is an `n` behind a backslash: no mark may join it."""
    assert composed({"a": text}) == ({"a": text}, False)
    assert digested({"a": text})[0] == {"a": text}


@given(_JSON)
def test_every_text_is_composed_and_nothing_else_happens(item: Any) -> None:
    """Names of fields too; a value that is composed already is the same value."""

    def expected(one: Any) -> Any:
        if isinstance(one, dict):
            return {nfc(name): expected(value) for name, value in one.items()}
        return (
            [expected(each) for each in one]
            if isinstance(one, list)
            else nfc(one)
            if isinstance(one, str)
            else one
        )

    made, changed = composed(item)
    assert made == expected(item)
    assert changed == (made != item)
    assert digested(item) == digested(made)
    assert orjson.loads(orjson.dumps(made)) == made
