"""What the registries of the stand-in hold, and how it is written: every shape that answers have been seen in."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest

from lgsp.sandbox import ngsp_book as book
from lgsp.sandbox.ngsp_book import Digits
from lgsp.sandbox.ngsp_forms import fault, in_json, in_xml

SPACE = "{http://ws.wso2.org/dataservice/Mau}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
EVERY = [book.enterprise(book.enterprise_code(n)) or {} for n in range(book.ENTERPRISES)]
PERSON = {"hoTen": "Lê Văn Nghiệm", "ngaySinh": "19520303", "gioiTinh": "1"}


def plain(told: Any, **forms: bool) -> Any:
    """Return what JSON says."""
    said = {"texts": False, "one_alone": False, "in_text": False} | forms
    return orjson.loads(in_json(told, **said)[0])


def parsed(told: Any) -> Any:
    """Return the root of what XML says."""
    return ET.fromstring(in_xml(told)[0])


# --- what is held ---------------------------------------------------------------------------------------


def test_enterprises_have_no_members_one_or_two() -> None:
    """None in a fifth of them, one alone in some, two in the rest; a company of one owner says so."""
    counts = Counter(len(one["Member"]) for one in EVERY)
    assert counts[0] == 10
    assert {0, 1, 2} == counts.keys()
    for one in EVERY:
        kind = one["MainInformation"]["ENTERPRISE_TYPE_ID"]
        assert kind == ("TNHH2" if len(one["Member"]) == 2 else "TNHH1")


def test_one_trade_of_an_enterprise_is_its_main_one() -> None:
    """Of one or two."""
    for one in EVERY:
        assert [trade["IS_MAIN"] for trade in one["BusinessActivity"]] in (["Y"], ["Y", "N"])
    assert {len(one["BusinessActivity"]) for one in EVERY} == {1, 2}


def test_some_enterprises_have_two_representatives() -> None:
    """As one object or as a list is how the national platform has them."""
    assert {len(one["Representatives"]) for one in EVERY} == {1, 2}
    assert len(EVERY[7]["Representatives"]) == 2


@pytest.mark.parametrize(
    "code", ["", "0199", "019900000", "0199000050", "0198000001", "0199٠٠٠٠٠١", "0199000001-"]
)
def test_a_code_that_is_none_is_nobody_s(code: str) -> None:
    """Of other digits, too short, beyond the last one; a branch without a number is the enterprise itself."""
    assert (book.enterprise(code) is None) is (code != "0199000001-")


@pytest.mark.parametrize(
    ("n", "told", "exactly"),
    [(0, "1950", "1"), (10, "1960", "1"), (1, "195102", "2"), (2, "19520303", "0"), (199, "19990804", "0")],
)
def test_how_exactly_a_day_of_birth_is_known_is_told_beside_it(n: int, told: str, exactly: str) -> None:
    """The year, the month, or the day, as `loaiNgaySinh` has it."""
    person = book.insured(book.insurance_number(n)) or {}
    assert (person["ngaySinh"], person["loaiNgaySinh"]) == (told, exactly)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, 2), ({"hoTen": "  LÊ VĂN NGHIỆM "}, 2), ({"maTinhKs": "93"}, 2), ({"maTinhKs": ""}, 2),
        ({"maTinhKs": "01"}, None), ({"gioiTinh": "2"}, None), ({"ngaySinh": "1952"}, None),
        ({"hoTen": None}, None), ({"ngaySinh": 19520303}, None),
    ],
)  # fmt: skip
def test_a_number_is_found_by_all_that_is_said_of_a_person(
    changed: dict[str, Any], found: int | None
) -> None:
    """However a name is written; a province that is not said does not matter."""
    wanted = None if found is None else book.insurance_number(found)
    assert book.number_of(PERSON | changed) == wanted


@pytest.mark.parametrize(
    ("code", "status"),
    [("H44-0", "4"), ("H44-2", "2"), ("H44-3", "3"), ("H44-1", "1"), ("H44", "1"), ("G22-1", "0"), ("", "0")],
)
def test_how_far_a_dossier_of_civil_status_is(code: str, status: str) -> None:
    """By the last digit of its code; only those that begin with H44 are there."""
    found, said = book.civil_status(code)
    assert (found, bool(said)) == (status, True)
    assert (said == "201") is (status == "0")


def test_the_properties_of_a_catalogue_are_the_names_of_its_rows() -> None:
    """In their order, each once; an empty catalogue has none, one that is not there nothing."""
    assert [one["PropertyCode"] for one in book.properties("donvihanhchinh") or []] == [
        "ma", "chaId", "id", "ten", "capId",
    ]  # fmt: skip
    assert book.properties("trong") == []
    assert book.properties("khac") is None


# --- how it is written ----------------------------------------------------------------------------------


def test_json_says_numbers_as_numbers_unless_texts_are_wanted() -> None:
    """Nothing else of the answer changes."""
    told = {"n": Digits("7"), "t": "7", "list": [Digits("1"), None, True]}
    assert plain(told) == {"n": 7, "t": "7", "list": [1, None, True]}
    assert plain(told, texts=True) == {"n": "7", "t": "7", "list": ["1", None, True]}


@pytest.mark.parametrize(
    ("rows", "wanted"), [([], []), ([{"a": "1"}], {"a": "1"}), ([{"a": "1"}] * 2, [{"a": "1"}] * 2)]
)
def test_one_row_may_stand_without_a_list(rows: list[Any], wanted: Any) -> None:
    """None stay a list, as two do; so does one where that is not wanted."""
    assert plain({"rows": rows}, one_alone=True) == {"rows": wanted}
    assert plain({"rows": rows}) == {"rows": rows}


def test_xml_wraps_rows_as_a_data_service_does() -> None:
    """`objects/object` in the namespace of the service; null is nil, empty is empty, signs are escaped."""
    root = parsed([{"a": "x < y & z", "b": None, "c": ""}, {"a": Digits("2")}])
    assert root.tag == f"{SPACE}objects"
    first, second = root
    assert [(one.tag.removeprefix(SPACE), one.text, one.get(NIL)) for one in first] == [
        ("a", "x < y & z", None), ("b", None, "true"), ("c", None, None),
    ]  # fmt: skip
    assert [one.text for one in second] == ["2"]


def test_xml_has_one_root_whatever_is_said() -> None:
    """An object of one object is its own root; several fields stand under `Result`; lists repeat their name."""
    assert parsed({"Data": {"a": "1"}}).tag == f"{SPACE}Data"
    root = parsed({"status": "1", "rows": [{"a": "1"}, {"a": "2"}]})
    assert root.tag == f"{SPACE}Result"
    assert [one.tag.removeprefix(SPACE) for one in root] == ["status", "rows", "rows"]


@pytest.mark.parametrize(("bare", "code"), [(False, 900901), (True, "900901")])
def test_a_fault_in_json_is_wrapped_or_bare(bare: bool, code: Any) -> None:
    """The code is a number in the one form and a text in the other."""
    body, kind = fault("900901", {"message": "no"}, xml=False, bare=bare)
    told = orjson.loads(body)
    assert kind == b"application/json"
    assert (told if bare else told["fault"]) == {"code": code, "message": "no"}


def test_a_fault_in_xml_has_the_namespace_of_the_gateway() -> None:
    """And its words are escaped."""
    body, kind = fault("900908", {"message": "a & b", "description": "<c>"}, xml=True, bare=False)
    root = ET.fromstring(body)
    assert kind.startswith(b"application/xml")
    assert root.tag == "{http://wso2.org/apimanager/security}fault"
    assert [one.text for one in root] == ["900908", "a & b", "<c>"]
