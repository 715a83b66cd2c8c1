"""However an answer was broken on its way, nobody is taken for another, and nothing but the gateway's errors comes out."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from lgsp.adapters.population_db import PopulationDb

from lgsp.adapter import Tools
from lgsp.errors import Refused, Unavailable
from lgsp.message import VIETNAM
from lgsp.questions import Questions
from lgsp.sandbox.population import COLLECTION, laid_out
from lgsp.sandbox.population_book import Population
from lgsp.wire.http import Answer
from lgsp.wire.soap_serving import enveloped
from lgsp.wire.soap_xml import write
from tests.population_side import about, question

BOOK = Population(3)
PERSON, OTHER, _ = BOOK.first(3)
TYPES = Questions()
WHOLE = laid_out(
    enveloped(write("CongdanCollection", {"CongDan": [PERSON]}, prefix="n", namespace=COLLECTION)).decode()
)
PIECES = st.sampled_from(
    [
        "u000a", "\\u000a", "\n", "<", ">", "/>", "</n:CongDan>", "<n:CongDan>", "<n:SoDinhDanh/>", "<n:Loi/>", "005",
        "<n:MaLoi>004</n:MaLoi>", "&", "<![CDATA[", "]]>", "<!DOCTYPE a>", "<!-- -->", "\x00", OTHER["SoDinhDanh"],
        f"<n:SoDinhDanh>{OTHER['SoDinhDanh']}</n:SoDinhDanh>", "<soapenv:Fault/>", " xsi:nil='true'", "{", '"',
    ]
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.floats(0, 1), PIECES, st.integers(0, 60)), max_size=5)


class Wire:
    """A far side that answers one text, whatever it is asked."""

    def __init__(self, text: str, status: int = 200, encoding: str = "utf-8") -> None:
        self._text, self._status, self._encoding = text, status, encoding

    async def receive(self, _: str, take: Callable[[bytes], object], **__: Any) -> Answer:
        """Answer."""
        if self._status == 200:
            take(self._text.encode(self._encoding, "surrogatepass"))
            return Answer(200, "")
        return Answer(self._status, self._text)


def asked(
    text: str, form: str = "soap", status: int = 200, *, verify: bool = False, encoding: str = "utf-8"
) -> Mapping[str, Any] | Exception:
    """Return what a question about the first of the book comes to, if a text is what was answered."""
    far: Any = Wire(text, status, encoding)
    tools = Tools(far, lambda: datetime.now(VIETNAM), structlog.get_logger())
    adapter = PopulationDb(
        PopulationDb.Config.model_validate({"url": "http://127.0.0.1:9", "form": form}), tools
    )
    with structlog.testing.capture_logs():
        try:
            return asyncio.run(adapter.ask(question(about(PERSON), verify=verify))).data
        except (Refused, Unavailable) as fault:
            return fault


def broken(text: str, changes: list[tuple[float, str, int]]) -> str:
    """Return a text with pieces put in and cut out."""
    for place, piece, cut in changes:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + cut :]
    return text


def test_the_whole_answer_is_read() -> None:
    """What is broken below is good before."""
    found = asked(WHOLE)
    assert isinstance(found, dict)
    assert found["identity_number"] == PERSON["SoDinhDanh"]


@given(CHANGES, st.sampled_from(["soap", "json"]))
@settings(max_examples=250, deadline=None)
def test_a_broken_answer_is_of_the_one_who_was_asked_about_or_none(
    changes: list[tuple[float, str, int]], form: str
) -> None:
    """Either somebody by that very number, in the form of the schema, or a refusal, or a failure."""
    text = broken(WHOLE, changes)
    if form == "json":
        text = orjson.dumps({"error_code": "0", "message": text}).decode()
    found = asked(text, form)
    if isinstance(found, Exception):
        assert PERSON["SoDinhDanh"] not in str(vars(found))
        return
    assert found.get("identity_number", PERSON["SoDinhDanh"]) == PERSON["SoDinhDanh"]
    assert TYPES["citizen.v1"].problems(found) == []


@given(CHANGES)
@settings(max_examples=120, deadline=None)
def test_a_broken_verification_never_turns_a_no_into_a_yes(changes: list[tuple[float, str, int]]) -> None:
    """No damage says `true` where `false` stood."""
    no = enveloped(write("KetQuaXacThuc", {"TonTai": False}, prefix="n", namespace=COLLECTION)).decode()
    found = asked(broken(no, changes), verify=True)
    assert isinstance(found, Exception) or found == {"matches": False}


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")))
@settings(max_examples=120, deadline=None)
def test_any_text_is_an_answer_that_nobody_knows(text: str) -> None:
    """By either form, under any status: never somebody, and never `not-found`."""
    for form in ("soap", "json"):
        for status in (200, 500):
            found = asked(text, form, status)
            assert isinstance(found, Unavailable)


@pytest.mark.parametrize("form", ["soap", "json"])
@pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 404, 405, 500])
def test_an_empty_answer_is_none_whatever_its_status(form: str, status: int) -> None:
    """No redirection is followed, and silence is never somebody who is not there."""
    assert isinstance(asked("", form, status), Unavailable)


@pytest.mark.parametrize("name", ["SoDinhDanh", "SoCMND"])
def test_a_number_of_somebody_else_is_refused_in_either_place(name: str) -> None:
    """Where it was asked by; the other number may be any, for only one was said."""
    told = asked(WHOLE.replace(f">{PERSON[name]}<", ">099999999999<"))
    if name == "SoDinhDanh":
        assert isinstance(told, Refused)
        assert told.cause == "population-another-citizen"
    else:
        assert isinstance(told, dict)


def test_an_answer_without_a_number_is_taken_as_it_is() -> None:
    """Services leave out what a caller may not see; what is not told contradicts nothing."""
    told = asked(WHOLE.replace(f"<n:SoDinhDanh>{PERSON['SoDinhDanh']}</n:SoDinhDanh>", "<n:SoDinhDanh/>"))
    assert isinstance(told, dict)
    assert "identity_number" not in told


def test_spaces_around_a_number_do_not_make_it_another() -> None:
    """Layout is no difference."""
    told = asked(
        WHOLE.replace(
            f">{PERSON['SoDinhDanh']}</n:SoDinhDanh>", f">\n {PERSON['SoDinhDanh']} </n:SoDinhDanh>"
        )
    )
    assert isinstance(told, dict)
    assert told["identity_number"] == PERSON["SoDinhDanh"]


@pytest.mark.parametrize("form", ["soap", "json"])
@pytest.mark.parametrize("status", [201, 302, 400, 404, 500])
def test_what_http_says_is_no_answer_is_none(form: str, status: int) -> None:
    """A person, a yes and a no under a status that says otherwise: whatever stands there, it is not believed."""
    no, yes = (
        enveloped(write("KetQuaXacThuc", {"TonTai": said}, prefix="n", namespace=COLLECTION)).decode()
        for said in (False, True)
    )
    for text, verify in ((WHOLE, False), (no, True), (yes, True)):
        said = text if form == "soap" else orjson.dumps({"message": text}).decode()
        assert isinstance(asked(said, form, status, verify=verify), Unavailable)
    assert isinstance(
        asked(orjson.dumps({"TonTai": True}).decode(), "json", status, verify=True), Unavailable
    )


@pytest.mark.parametrize("status", [400, 404, 500])
def test_what_a_proxy_complains_of_counts_whatever_its_status(status: int) -> None:
    """Its words are the service's; those that nobody knows are told, for whoever finds out what they mean."""

    def told(words: dict[str, Any]) -> Any:
        return asked(orjson.dumps(words).decode(), "json", status)

    assert told({"message": "Không tìm thấy dữ liệu"}).cause == "not-found"
    assert told({"error_code": "005", "message": "x"}).cause == "population-officer-refused"
    unknown = told({"error": "Not Found", "message": "No message available"})
    assert unknown.cause == "uncatalogued"
    assert unknown.said == f"HTTP {status}, error: Not Found; No message available"


@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "iso-8859-1"])
def test_what_stands_in_a_text_is_read_whatever_encoding_it_declares(declared: str) -> None:
    """.NET writes `utf-16` into each document that it puts into a text: nobody is lost or misspelt by that."""
    for within in (WHOLE, WHOLE.replace("UTF-8", declared)):
        found = asked(orjson.dumps({"error_code": "0", "message": within}).decode(), "json")
        assert found == asked(WHOLE)
    assert asked(WHOLE.replace("UTF-8", declared)) == asked(WHOLE)


def test_an_answer_in_utf_16_is_read_in_either_form() -> None:
    """With its mark, as JSON too."""
    wide = {"soap": WHOLE, "json": orjson.dumps({"message": WHOLE}).decode()}
    for form, text in wide.items():
        assert asked(text, form, encoding="utf-16") == asked(WHOLE)


def test_what_is_coded_is_no_text_of_words() -> None:
    """A message in base64 may tell of anybody: none of it is shown."""
    coded = base64.b64encode(b"NGUYEN VAN MAU, 001099000001, " * 4).decode()
    found: Any = asked(orjson.dumps({"error_code": "9", "message": coded}).decode(), "json")
    assert found.said == "error_code: 9"
