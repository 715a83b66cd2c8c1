"""The rows of a list are cut out of an answer while it comes, however it is wrapped and wherever it is cut."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lgsp.adapters.national_portal.answers import Outcome, Said, read_answer
from lgsp.adapters.national_portal.listing import AnswerRows, Spooled

from lgsp.formats.cutting import Broken
from lgsp.wire.http import Answer

ROWS = [
    {"MADONVI": "H44", "TENDONVI": 'Sở "Nội vụ" \\ và, {người} dân [1] 😀'},
    {"MADONVI": "H44.1", "TENDONVI": "", "CON": [{"A": ["x,y"], "B": {"C": "}]"}}]},
    {"MADONVI": 3},
]
PLAIN = orjson.dumps({"error_code": 0, "message": "", "result": ROWS})
INNER = orjson.dumps({"error_code": "00", "result": ROWS}).decode()
BARE = orjson.dumps(ROWS).decode()


def wrapped(inner: str, **more: Any) -> bytes:
    """Return the answer of a proxy: its own code, and the true answer as text."""
    return orjson.dumps({"error_code": "0", "message": inner, **more})


ANSWERS = {
    "plain": PLAIN,
    "spaced": orjson.dumps(orjson.loads(PLAIN), option=orjson.OPT_INDENT_2),
    "marked": b"\xef\xbb\xbf" + PLAIN,
    "wrapped": wrapped(INNER),
    "wrapped-twice": wrapped(wrapped(INNER).decode()),
    "bare": wrapped(BARE),
    "bare-last": orjson.dumps({"message": BARE, "error_code": 0}),
    "behind": wrapped(INNER, note="x"),
}


def cut(body: bytes, sizes: list[int], key: str = "result") -> tuple[list[Any], Said]:
    """Feed a body in pieces; return the rows and what the rest says."""
    rows, at, found = AnswerRows(key), 0, []
    for size in [*sizes, len(body)]:
        found += rows.feed(body[at : at + size])
        at += size
    return found, read_answer(Answer(200, rows.envelope().decode()))


@pytest.mark.parametrize("name", ANSWERS)
@given(sizes=st.lists(st.integers(1, 40), max_size=60))
def test_rows_are_the_same_however_they_come(name: str, sizes: list[int]) -> None:
    """Every form, cut anywhere: the same rows, and an envelope that says how it went."""
    rows, said = cut(ANSWERS[name], sizes)
    assert rows == ROWS
    assert (said.outcome, (said.envelope or {}).get("result")) == (Outcome.TAKEN, [])


def test_services_stand_inside_an_object() -> None:
    """`LayDVC` puts its rows into `data` of the result."""
    rows, said = cut(orjson.dumps({"error_code": 0, "message": "", "result": {"data": ROWS}}), [7], "data")
    assert (rows, said.outcome) == (ROWS, Outcome.TAKEN)


def test_a_failure_says_so_beside_its_rows() -> None:
    """The code behind the list counts, and that of a proxy before it."""
    late = b'{"result": [{"A": 1}], "error_code": -1, "message": "L\xe1\xbb\x97i"}'
    assert cut(late, [])[1].outcome is not Outcome.TAKEN
    failing = orjson.dumps({"error_code": "-1", "message": BARE})
    assert cut(failing, [])[1].outcome is not Outcome.TAKEN


@pytest.mark.parametrize("name", ["plain", "wrapped", "wrapped-twice", "bare"])
def test_what_breaks_off_is_no_list(name: str) -> None:
    """Wherever the end is missing there is no envelope that says success."""
    body = ANSWERS[name]
    for end in range(1, len(body) - 1):
        try:
            said = cut(body[:end], [64])[1]
        except Broken:
            continue
        assert said.outcome is not Outcome.TAKEN, end


@pytest.mark.parametrize("body", [b"<html></html>", b"", b"null", b"[1]", b'"x"', b'{"result": 5}'])
def test_what_is_no_answer_has_no_rows(body: bytes) -> None:
    """A page of a proxy, nothing, or something else than an envelope."""
    rows, said = cut(body, [])
    assert (rows, said.outcome is Outcome.TAKEN) == ([], False)


@pytest.mark.parametrize("result", ['[{"A": 1} oops {"A": 2}]', "[1, 2]", '[{"A": tru}]'])
def test_rows_that_are_none_are_a_fault(result: str) -> None:
    """Nothing between the rows but commas, and each of them JSON."""
    with pytest.raises(Broken):
        AnswerRows().feed(b'{"error_code": 0, "result": ' + result.encode() + b"}")


def test_an_answer_that_never_gets_to_its_rows_is_not_held_for_ever() -> None:
    """A megabyte before the list, of any form, is too much."""
    for body in (b"x" * (2 << 20), b'{"message": "{' + b"a" * (2 << 20)):
        with pytest.raises(Broken) as fault:
            AnswerRows().feed(body)
        assert fault.value.what == "too-large"


def test_a_list_is_spooled_row_by_row() -> None:
    """It is read again in pages, and asked for anew from its beginning."""
    spool = Spooled(BytesIO())
    spool.take(PLAIN[:50])
    spool.empty()
    spool.take(PLAIN)
    spool.rewind()
    assert (spool.count, spool.page(2), spool.page(2), spool.page(2)) == (3, ROWS[:2], ROWS[2:], [])
