"""Rows of the portal's lists are read leniently: the odd is kept and told, and nothing is guessed."""

from __future__ import annotations

import unicodedata
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lgsp.adapters.national_portal import rows

from lgsp.errors import Invalid, Problem
from lgsp.formats.portal_catalogue import native
from lgsp.home import packed
from lgsp.message import Message
from lgsp.sandbox.catalogue import Catalogue, Size
from lgsp.sandbox.compare import sparse
from lgsp.sandbox.portal_reading import Arrangement, Quirks, Reading
from lgsp.schemas import Types

SAMPLES = packed() / "adapters/national_portal/samples"
RECORD = orjson.loads((SAMPLES / "procedure.in.json").read_bytes())["result"][0]
ODD = orjson.loads((SAMPLES / "procedure-odd.in.json").read_bytes())["result"][0]
TYPES = Types()
LISTS = {
    "agency.v1": lambda c: c.agencies(),
    "field.v1": lambda c: c.fields(),
    "procedure.v1": lambda c: (c.record(row["MATTHC"]) for row in c.procedures()),
    "procedure.service.v1": lambda c: c.services(),
    "question.v1": lambda c: c.questions(of_portal=True),
}


def read(item: Any, type_: str = "procedure.v1") -> Message:
    """Return a row that can be read."""
    message = rows.read(type_, item)
    assert isinstance(message, Message), message
    return message


def findings(item: Any, type_: str = "procedure.v1") -> set[tuple[str, str]]:
    """Return what is odd, with its places."""
    return {(one.code, one.place) for one in read(item, type_).findings}


def test_oddities_are_told_each_once() -> None:
    """Numbers for texts, another case, unknown codes and fields; however many rows have them."""
    found = findings(ODD)
    assert {
        ("number-for-text", "ID"),
        ("odd-name", "THANHPHANHOSO/0/GIAYTO/0/URL"),
        ("unknown-code", "CAPTHUCHIEN/1/CAPTHUCHIEN"),
        ("unknown-field", "GHICHURIENG"),
        ("missing-field", "LINHVUCTHUCHIEN"),
        ("not-a-number", "CACHTHUCTHUCHIEN/0/THOIGIAN/0/PHILEPHI/0/SOTIEN"),
    } <= found
    many = RECORD | {"CAPTHUCHIEN": [{"CAPTHUCHIEN": n} for n in (1, 2, 3)]}
    assert findings(many) == {("number-for-text", "CAPTHUCHIEN/0/CAPTHUCHIEN")}


def test_a_record_whose_state_is_no_known_one_is_not_published() -> None:
    """1 is published, anything else is kept as it is; a record that says nothing is as its list says."""
    assert read(RECORD).data["state"] == "published"
    other = read(RECORD | {"TRANGTHAI": "0"})
    assert (other.data["state"], other.data["extra"]) == ("unpublished", {"TRANGTHAI": "0"})
    silent = read({name: value for name, value in RECORD.items() if name != "TRANGTHAI"})
    assert silent.data["state"] == "published"
    assert ("missing-field", "TRANGTHAI") in {(one.code, one.place) for one in silent.findings}


def test_one_paper_with_several_templates_stays_so() -> None:
    """The portal lists it once for each; nothing is folded together."""
    papers = read(ODD).data["papers"][0]["papers"]
    assert [one["url"][-6:] for one in papers] == ["1.docx", "2.docx"]


def test_both_spellings_of_a_key_are_kept() -> None:
    """Where `URL` and `Url` stand side by side, the right one counts and the other is not lost."""
    paper = {"MAGIAYTO": "P", "URL": "a", "Url": "b"}
    (read_,) = read(RECORD | {"THANHPHANHOSO": [{"GIAYTO": [paper]}]}).data["papers"][0]["papers"]
    assert (read_["url"], read_["extra"]) == ("a", {"Url": "b"})


@pytest.mark.parametrize("type_", LISTS)
@given(seed=st.integers(0, 10_000))
def test_how_a_row_is_written_does_not_make_it_another_one(type_: str, seed: int) -> None:
    """Numbers, keys of another case, arrays left out: the same row, the same body, and a body of its type."""
    quirks = Quirks(numbers=0.5, other_case=0.5, left_out=0.5)
    told = Reading(Arrangement(quirks=quirks), seed)
    for item in list(LISTS[type_](Catalogue(Size(agencies=12, procedures=10))))[:4]:
        plain, odd = read(item, type_), read(told._odd(item), type_)
        assert (plain.native, plain.data, plain.subject) == (odd.native, odd.data, odd.subject)
        assert TYPES.check(type_, odd.data) == []


def test_what_a_row_says_makes_it_another_one() -> None:
    """A term of six days is not one of five; spaces around a text say nothing."""
    changed = orjson.loads(
        orjson.dumps(RECORD).replace(b'"THOIGIANGIAIQUYET":"5"', b'"THOIGIANGIAIQUYET":"6"')
    )
    assert read(changed).native != read(RECORD).native
    assert read(RECORD | {"TENTTHC": f" {RECORD['TENTTHC']} "}).native == read(RECORD).native


@pytest.mark.parametrize("type_", [name for name in LISTS if name != "question.v1"])
def test_what_was_read_is_written_back_as_it_was(type_: str) -> None:
    """A catalogue that is handed on says what the portal said."""
    for item in list(LISTS[type_](Catalogue(Size(agencies=12, procedures=10))))[:5]:
        assert sparse(native(type_, read(item, type_).data)) == sparse(item)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("1.003897", "1.003897"),
        (" 1.003897 ", "1.003897"),
        ("1.003560.000.00.00.H56", "1.003560.H56"),
        ("2.002621.H56", "2.002621.H56"),
        ("TINH-01", "TINH-01"),
    ],
)
def test_a_procedure_is_known_by_its_normal_code(code: str, key: str) -> None:
    """The issuer in its old and its new form is one; what is written stays in the body."""
    message = read(RECORD | {"MATTHC": code})
    assert (message.partitionkey, message.data["code"]) == (key, code.strip())


def test_agencies_of_both_forms_are_known_by_what_is_certain() -> None:
    """Level 1 is one body in both forms; below it the forms number for themselves."""
    told = [
        read({"MADONVI": c, "TENDONVI": "x"}, "agency.v1") for c in ("H44", "000.00.00.H44", "000.00.11.H44")
    ]
    assert [one.partitionkey for one in told] == ["H44", "H44", "000.00.11.H44"]
    assert read({"MADONVI": "0100107370", "TENDONVI": "Tập đoàn"}, "agency.v1").agency == ""


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ({"TENTTHC": "x"}, Problem("7/MATTHC", "missing")),
        ({"MATTHC": "1 2"}, Problem("7/MATTHC", "bad-code", "1.003897")),
        ("x", Problem("7", "wrong-type", "object")),
        ({"MATTHC": {"a": 1}}, Problem("7/MATTHC", "wrong-type", "text")),
        ({"MATTHC": True}, Problem("7/MATTHC", "bad-code", "1.003897")),
    ],
)
def test_a_row_without_a_code_is_no_item(item: Any, problem: Problem) -> None:
    """It is turned away, with its number in the list."""
    found = rows.read("procedure.v1", item, "7")
    assert isinstance(found, Invalid)
    assert problem in found.problems


def test_letters_are_composed_and_that_is_told() -> None:
    """A list typed in decomposed letters is the same list."""
    item = {"MADONVI": "H44", "TENDONVI": unicodedata.normalize("NFD", "Sở Nội vụ")}
    message = read(item, "agency.v1")
    assert message.data["name"] == "Sở Nội vụ"
    assert message.native == read({"MADONVI": "H44", "TENDONVI": "Sở Nội vụ"}, "agency.v1").native
    assert findings(item, "agency.v1") == {("not-composed", "")}


def test_a_question_is_known_with_its_answers() -> None:
    """Another answer, or another list, is another version; who asked is marked as personal."""
    item = {"HOIDAPID": "1", "NOIDUNG": "?", "HOVATEN": "A", "TRANGTHAI": "0"}
    alone = rows.question(item, [], "agency")
    answered = rows.question(item, [{"TRALOIID": 5, "NOIDUNGTRALOI": "!"}], "agency")
    assert isinstance(alone, Message)
    assert isinstance(answered, Message)
    assert answered.data["answers"] == [{"id": "5", "content": "!"}]
    assert alone.native != answered.native
    assert isinstance(rows.question({}, [], "agency"), Invalid)
    asker = TYPES["question.v1"].schema["$defs"]["Asker"]["properties"]
    assert {field.get("x-personal") for field in asker.values()} == {"name", "contact"}
