"""Line ends that were damaged to letters are put back where they break an answer, and a value is never touched."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lgsp.adapters.population_db.answers import Answers
from lgsp.adapters.population_db.reading import Texts

from lgsp.sandbox.population import laid_out
from lgsp.wire.soap_serving import enveloped
from lgsp.wire.soap_xml import MalformedError, read, write

NAMESPACE = "http://www.mic.gov.vn/dancu/1.0"
PERSON = {"SoDinhDanh": "099190000001", "HoVaTen": {"Ten": "LÒ VĂN ƯỚC"}, "NgayThangNamSinh": {"Nam": "1951"}}


def envelope(citizen: dict[str, Any]) -> str:
    """Return an envelope with a citizen."""
    return enveloped(
        write("CongdanCollection", {"CongDan": citizen}, prefix="n", namespace=NAMESPACE)
    ).decode()


LAID_OUT = laid_out(envelope({**PERSON, "SoCMND": ""}))


@pytest.mark.parametrize("letters", ["u000a", "\\u000a", "u000A", "u000d\\u000a", "u000au000a", "u000a    "])
def test_damaged_line_ends_are_put_back(letters: str) -> None:
    """An answer that is not well-formed for them alone reads as it was; that they were there is found."""
    texts = Texts()
    tree = texts.tree(LAID_OUT.replace("\n", letters))
    assert tree == read(LAID_OUT)
    assert texts.damaged


def test_a_good_document_is_never_mended() -> None:
    """What is well-formed is read as it stands, the letters too."""
    texts = Texts()
    text = laid_out(envelope({**PERSON, "SoSoHoKhau": "u000a"})).partition("?>")[2].strip()
    assert texts.tree(text) == read(text)
    assert not texts.damaged


def test_damage_that_breaks_nothing_is_read_past_and_found() -> None:
    """Without a declaration before it, the document is well-formed: what stands between elements is no value."""
    damaged = LAID_OUT.partition("?>")[2].strip().replace("\n", "u000a")
    texts = Texts()
    citizen = dict(Answers({}).citizen(texts.parts(texts.tree(damaged)))[0])
    assert citizen.pop("#text").startswith("u000a")
    assert citizen["SoDinhDanh"] == PERSON["SoDinhDanh"]


@pytest.mark.parametrize(
    "value", ["u000a", "LÒu000aVĂN", "u000a x", " u000au000a ", "&#117;000a", "<![CDATA[u000a]]>", "\\u000a"]
)
def test_a_value_is_never_touched(value: str) -> None:
    """Between the two ends of one element stands a value, whatever it looks like, also where others are mended."""
    damaged = LAID_OUT.replace("\n", "u000a").replace("LÒ VĂN ƯỚC", value)
    texts = Texts()
    (name,) = [part["Ten"] for part in texts.parts(texts.tree(damaged)) if "Ten" in part]
    assert name == read(f"<a>{value}</a>")["a"]
    assert texts.damaged


def test_other_damage_is_not_mended() -> None:
    """Half an answer, or one with an unclosed element, stays what it is."""
    for text in (LAID_OUT[:-30], LAID_OUT.replace("</n:HoVaTen>", ""), LAID_OUT.replace("\n", "u000a")[:-30]):
        with pytest.raises(MalformedError):
            Texts().tree(text)


@given(st.text(st.sampled_from("<>/au0\\ \n?![]CDAT-"), max_size=60))
def test_mending_ends_and_changes_nothing_but_damage(text: str) -> None:
    """Whatever comes, only the letters of damaged line ends become line ends."""
    mended = Texts().mend(text)
    assert re.sub(r"\\?u000[ad]|\n", "", mended, flags=re.IGNORECASE) == re.sub(
        r"\\?u000[ad]|\n", "", text, flags=re.IGNORECASE
    )


def test_neither_xml_nor_json_is_no_answer() -> None:
    """A text alone says nothing that could be read."""
    for text in ("", "OK", "Internal error"):
        with pytest.raises(MalformedError):
            Texts().tree(text)


@pytest.mark.parametrize("piece", ["u000a", "<!--", "<![CDATA[", "<"])
def test_however_much_is_damaged_it_is_read_through_once(piece: str) -> None:
    """What cannot be mended is left in a moment: the process does nothing else meanwhile."""
    texts = Texts()
    told = f"<a>{piece * 300_000}x<b>"
    assert texts.mend(told) == told
