"""What is equal for equal questions: their bodies in one form, and the key by which an answer is shared."""

from __future__ import annotations

import json
import math
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.lookups.care import Care
from lgsp.lookups.judging import begun
from lgsp.lookups.walking import Answer, Answering, Walk, key_of, spoken
from lgsp.questioning import Ask
from tests.lookups.far_side import Citizens, Counter, questions, request

_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inside, max_size=3)
    ),
    max_leaves=6,
)


def _turned(value: Any) -> Any:
    """Return the same, told in another order."""
    if isinstance(value, dict):
        return {name: _turned(inside) for name, inside in reversed(value.items())}
    return [_turned(one) for one in value] if isinstance(value, list) else value


@given(_VALUES)
def test_a_body_has_one_form(value: Any) -> None:
    """Whatever the order of its fields; and it is that body that the form says."""
    said = spoken({"a": value})
    assert said is not None
    assert said == spoken(_turned({"a": value}))
    assert json.loads(said) == {"a": value}


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800", {1}, {"deep": [-math.inf, None]}, object()])
def test_what_json_cannot_say_has_none(value: Any) -> None:
    """(313) Least of all that of something else: no number is not nothing."""
    assert spoken({"a": value}) is None
    assert spoken({"a": None}) == b'{"a":null}'


def test_numbers_of_any_length_are_told_apart() -> None:
    """No library's own range makes two of them equal."""
    said = [spoken({"a": number}) for number in (2**63, 2**64, 2**64 + 1, 10**30)]
    assert len(set(said)) == 4
    assert None not in said


def test_a_key_is_of_one_question() -> None:
    """(310) Who asks, for whom, what, and with whom it is shared: no two of these have the same."""
    kinds = [questions()[name] for name in ("citizen.query.v1", "citizen.verification.v1")]
    keys = []
    for shared in ("person", "system", "everybody"):
        care = Care(Ask.model_validate({"shared": {kind.name: shared for kind in kinds}}))
        to = Answering("citizens", Citizens(), care, b"12345678")
        keys += [key_of(to, kind, request(), b"{}") for kind in kinds]
    other = Answering("citizens", Citizens(), Care(Ask()), b"87654321")
    here = Answering("citizens", Citizens(), Care(Ask()), b"12345678")
    keys += [
        key_of(other, kinds[0], request(), b"{}"), key_of(here, kinds[0], request(who="Lê Văn C"), b"{}"),
        key_of(here, kinds[0], request(source="dms"), b"{}"), key_of(here, kinds[0], request(), b"[]"),
        key_of(here, kinds[0], request(source="a", who="b c"), b"{}"),
        key_of(here, kinds[0], request(source="a b", who="c"), b"{}"),
    ]  # fmt: skip
    assert all(one != another for one, another in combinations(keys, 2))
    assert key_of(here, kinds[0], request(), b"{}") == keys[0]


def test_nobody_is_named_where_a_question_is_shown() -> None:
    """What a walk and an answer look like in a message of a fault: no number, and nothing of a body."""
    desk = Counter()
    to, kind = desk.to, questions()["citizen.query.v1"]
    entered = begun(desk.asking.sources, request(), kind, to, good=True)
    told = repr((Walk(request(), kind, to, 0.0, 1.0, entered, said=b"001099000001"), Answer(b"001099000001")))
    assert "001099000001" in entered.about
    assert "001099000001" not in told
