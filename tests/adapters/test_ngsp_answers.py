"""Reading the answers of the services behind the platform, quirk by quirk: pure functions, no platform."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lgsp.adapters.ngsp import business, catalogue, civil_status, insurance
from lgsp.adapters.ngsp.meaning import ComplaintError
from lgsp.adapters.ngsp.settings import NgspConfig
from pydantic import ValidationError

from lgsp.errors import Invalid
from lgsp.questions import Questions
from tests.ngsp_side import meaning_of

TYPES = Questions()


json_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=20) | st.from_regex(r"-?\d{1,25}(\.\d{1,5})?", fullmatch=True),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["Data", "MainInformation", "Status", "Message", "DataCount", "HOAdress", "Member", "NAME",
             "BusinessActivity", "Representatives", "CAPITAL_AMOUNT", "FOUNDING_DATE", "IS_MAIN", "hoTen",
             "ngaySinh", "loaiNgaySinh", "gioiTinh", "maSoBhxh", "errorCode", "trangThai", "status", "value",
             "MSG", "Count", "objects", "object", "PropertyCode"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_an_answer_is_read_or_complained_of_and_always_fits_its_type(tree: Any) -> None:
    """Whatever comes: no crash, and nothing that the answer's type does not know."""
    for type_, read in (
        ("business.v1", lambda: business.answer(tree, {})),
        ("insurance.v1", lambda: insurance.answer(tree, {})),
        ("civil-status.v1", lambda: civil_status.answer(tree, {})),
        ("catalogue.v1", lambda: catalogue.entries(tree, "x")),
        ("catalogue.v1", lambda: catalogue.properties(tree, "x")),
    ):
        try:
            data = read()
        except ComplaintError:
            continue
        assert TYPES[type_].problems(data) == []


# --- days of birth --------------------------------------------------------------------------------------

BIRTHS = {
    ("19890812", "0"): ({"date": "1989-08-12"}, False),
    ("19890812", None): ({"date": "1989-08-12"}, False),
    ("1989", "1"): ({"year": "1989"}, False),
    ("1989", ""): ({"year": "1989"}, False),
    ("19890000", "1"): ({"year": "1989"}, False),
    ("19890101", "1"): ({"year": "1989"}, True),
    ("198908", "2"): ({"month": "1989-08"}, False),
    ("19890800", "2"): ({"month": "1989-08"}, False),
    ("19890812", "2"): ({"month": "1989-08"}, True),
    ("1989", "0"): ({"year": "1989"}, True),
    ("19890812", "7"): ({"date": "1989-08-12"}, True),
    ("19891340", "0"): (None, True),
    ("19890012", "0"): (None, True),
    ("00000000", "1"): (None, True),
    ("12/08/1989", "0"): (None, True),
    ("", "0"): (None, True),
}
"""`ngaySinh` and `loaiNgaySinh`: what they become, and whether they stay as written because they disagree."""


@pytest.mark.parametrize(("told", "exactly"), BIRTHS)
def test_a_day_of_birth_is_as_exact_as_both_fields_say(told: str, exactly: str | None) -> None:
    """A year with a made-up day is a year; what disagrees is kept beside it, never repaired."""
    birth, kept = BIRTHS[told, exactly]
    data = insurance.answer({"hoTen": "A", "ngaySinh": told, "loaiNgaySinh": exactly}, {})
    assert data.get("birth") == birth
    assert ("extra" in data) == kept


@pytest.mark.parametrize(
    ("birth", "short", "zeros", "exactly"),
    [
        ({"date": "1989-08-12"}, "19890812", "19890812", "0"),
        ({"month": "1989-08"}, "198908", "19890800", "2"),
        ({"year": "1989"}, "1989", "19890000", "1"),
        ({"date": "1989-08-12", "year": "1989"}, "19890812", "19890812", "0"),
    ],
)
def test_a_partial_day_goes_out_as_the_home_says(
    birth: dict[str, str], short: str, zeros: str, exactly: str
) -> None:
    """Without what is not known, or with zeros for it: no public source says which."""
    data = {"name": "A", "birth": birth, "gender": "other", "commune": "31001"}
    for with_zeros, wanted in ((False, short), (True, zeros)):
        body = insurance.by_person(data, zeros=with_zeros)
        assert (body["ngaySinh"], body["loaiNgaySinh"]) == (wanted, exactly)
        assert (body["gioiTinh"], body["maXaKs"], body["isKs"]) == ("3", "31001", "0")


@pytest.mark.parametrize(("birth", "code"), [({}, "missing"), ({"date": "1989-02-30"}, "bad-date")])
def test_a_day_of_birth_that_says_nothing_is_turned_away(birth: dict[str, str], code: str) -> None:
    """Before anybody is asked, with its place in the question."""
    with pytest.raises(Invalid) as fault:
        insurance.by_person({"name": "A", "birth": birth, "gender": "male"}, zeros=False)
    assert [(one.place, one.code) for one in fault.value.problems] == [("/data/birth", code)]


# --- insurance ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "meanings", "wanted"),
    [
        ({"maSoBhxh": "", "errorCode": "0"}, {}, ("not-found", "")),
        ({"maSoBhxh": "1", "errorCode": "05"}, {}, ("", "")),
        ({"maSoBhxh": "1", "errorCode": "05"}, {"insurance.05": "not-found"}, ("not-found", "")),
        ({"maSoBhxh": "1", "errorCode": "0"}, {"insurance.0": "away"}, ("away", "")),
        ({"errorCode": "05", "message": "không tồn tại"}, {}, ("not-found", "")),
        ([], {}, ("not-found", "")),
        ({"objects": ""}, {}, ("not-found", "")),
        ({"data": None}, {}, ("not-found", "")),
        (None, {}, ("", "")),
        ("", {}, ("", "")),
        (None, {"insurance.null": "not-found"}, ("not-found", "")),
        ({"errorCode": ""}, {}, ("", "")),
        ({"message": None}, {}, ("", "")),
        ({"trangThai": "1"}, {}, ("", "")),
        ("Không tìm thấy", {}, ("not-found", "")),
        ("OK", {}, ("", "")),
        ([{"maSoBhxh": "1"}, {"maSoBhxh": "2"}], {}, ("", "")),
        (["1"], {}, ("", "")),
    ],
)
def test_what_the_fund_says_is_an_answer_or_not(tree: Any, meanings: dict[str, str], wanted: Any) -> None:
    """Nobody found, a code that a home explains, a text; two persons for one question are nobody's answer.

    Nothing in place of a list may as well be a failure: that somebody is not insured is not said by silence.
    """
    assert meaning_of(insurance.answer, tree, meanings) == wanted


def test_a_code_that_a_home_calls_fine_is_fine() -> None:
    """The lists of the fund are not public; the words beside the code stay."""
    data = insurance.answer({"maSoBhxh": "1", "errorCode": "9", "trangThai": "T"}, {"insurance.9": "fine"})
    assert data == {"insurance_number": "1", "status": "T"}


# --- business -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "meanings", "wanted"),
    [
        ({"Status": "1", "DataCount": "0"}, {}, ("not-found", "")),
        ({"Data": None, "Status": "1"}, {}, ("not-found", "")),
        ({"Data": {}, "Status": "1"}, {}, ("not-found", "")),
        ({"MainInformation": {"NAME": None, "ENTERPRISE_ID": ""}}, {}, ("not-found", "")),
        ({"Status": "0", "Message": "Không có dữ liệu"}, {}, ("not-found", "")),
        ({"Status": "0", "Message": "Lỗi"}, {}, ("", "")),
        ({"Status": "0", "Message": "Lỗi"}, {"business.0": "away"}, ("away", "")),
        ({"Status": "9"}, {"business.9": "not-found"}, ("not-found", "")),
        ({"GetEntCert": None, "x": "y"}, {}, ("", "")),
        ({"Status": "1", "DataCount": "1"}, {}, ("", "")),
        ({"Status": "1", "MainInformation": "x"}, {}, ("", "")),
        ({"Status": "1", "MainInformation": ["x"]}, {}, ("", "")),
        ({"Status": "1", "Data": "no JSON"}, {}, ("", "")),
        ({"Status": "1", "Data": [{"MainInformation": {"NAME": "A"}}, {}]}, {}, ("", "")),
        ({"Status": "1", "Data": []}, {}, ("not-found", "")),
        ({"MainInformation": [{"NAME": "A"}, {"NAME": "B"}]}, {}, ("", "")),
        ([{"MainInformation": {"NAME": "A"}}], {}, ("", "")),
        ("Access denied", {}, ("not-allowed", "")),
        (None, {}, ("", "")),
    ],
)
def test_what_the_registry_says_is_an_answer_or_not(tree: Any, meanings: dict[str, str], wanted: Any) -> None:
    """That nothing is there is known by its own shape only; a shape that is nobody's is not `not-found`."""
    assert meaning_of(business.answer, tree, meanings) == wanted


@pytest.mark.parametrize("data", ['{"MainInformation": {"NAME": "A"}}', [{"MainInformation": {"NAME": "A"}}]])
def test_an_enterprise_in_a_text_or_in_a_list_of_one_is_there(data: Any) -> None:
    """Proxies write `Data` so; whoever found it empty would say that an enterprise does not exist."""
    assert business.answer({"Status": "1", "Data": data}, {}) == {"name": "A"}
    assert business.answer({"Data": {"MainInformation": {"NAME": "A"}}}, {}) == {"name": "A"}


@pytest.mark.parametrize("code", ["0199000001", "0199000001-002", "00001"])
def test_an_enterprise_is_the_one_that_was_asked_for(code: str) -> None:
    """Under any number of its own, a branch's too; another one is no answer, and not said not to exist."""
    main = {"NAME": "A", "ENTERPRISE_GDT_CODE": "0199000001", "IMP_BUSINESS_CODE": "00001"}
    assert business.answer({"MainInformation": main}, {}, code)["name"] == "A"
    with pytest.raises(ComplaintError) as raised:
        business.answer({"MainInformation": main}, {}, "0199000002")
    assert raised.value.cause == "ngsp-another-subject"
    assert business.answer({"MainInformation": {"NAME": "A"}}, {}, "0199000002") == {"name": "A"}


def test_an_insured_person_is_the_one_that_was_asked_for() -> None:
    """Somebody else's data are handed to nobody."""
    person = {"maSoBhxh": "0188000001", "hoTen": "A"}
    assert insurance.answer(person, {}, "0188000001")["name"] == "A"
    assert insurance.answer({"hoTen": "A"}, {}, "0188000001") == {"name": "A"}
    with pytest.raises(ComplaintError) as raised:
        insurance.answer(person, {}, "0188000002")
    assert raised.value.cause == "ngsp-another-subject"


def test_one_object_stands_for_a_list_of_one() -> None:
    """`Representatives` is an object here and a list there; a list of anything else stays as it came."""
    tree = {"MainInformation": {"NAME": "A"}, "Representatives": {"FULL_NAME": "B"}, "Member": ["C"]}
    assert business.answer(tree, {}) == {
        "name": "A", "representatives": [{"name": "B"}], "extra": {"Member": ["C"]},
    }  # fmt: skip


def test_both_spellings_of_the_seat_are_read() -> None:
    """The registry writes `HOAdress`; what it writes beside our fields stays."""
    for name in ("HOAdress", "HOAddress"):
        tree = {"MainInformation": {"NAME": "A"}, name: {"CityID": "93", "Fax": "1"}}
        assert business.answer(tree, {})["address"] == {"province": "93", "extra": {"Fax": "1"}}


# --- catalogues -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "wanted"),
    [
        ({"MSG": "Category x does not exist", "Count": "0"}, "not-found"),
        ({"Result": {"MSG": 'Data not insert: Record 1: Ma "01" is duplicate', "Count": "0"}}, "rejected"),
        ({"MSG": "Done", "Count": "1"}, ""),
        ({"MSG": None}, ""),
        ([{"a": {"b": "c"}}], ""),
        ([{"a": ["b"]}], ""),
        (["a"], ""),
        ("Lỗi", ""),
        ("", ""),
        (None, ""),
        (True, ""),
    ],
)
def test_what_is_no_list_of_flat_rows_is_no_catalogue(tree: Any, wanted: str) -> None:
    """A word in place of a list, rows inside rows, nothing at all."""
    assert meaning_of(catalogue.entries, tree, "x") == (wanted, "")


def test_a_property_without_a_code_is_none() -> None:
    """Nobody can say which values of the entries it is about."""
    assert meaning_of(catalogue.properties, [{"PropertyName": "Mã"}], "x") == ("", "")


# --- settings -------------------------------------------------------------------------------------------

GOOD = {"url": "https://api.example", "client_id": "lgsp", "client_secret": "s"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "api.example"}, {"entries_path": "dmdc/1.0/Category"}, {"meanings": {"insurance.05": "gone"}},
        {"meanings": {"bhxh.05": "away"}}, {"credentials": "query"}, {"partial_birth": "guess"}, {"timeout": 0},
        {"token_seconds": 0}, {"client_key": "x"},
    ],
)  # fmt: skip
def test_a_wrong_setting_is_a_fault_at_start(wrong: dict[str, Any]) -> None:
    """Not a default at night."""
    NgspConfig.model_validate(GOOD)
    with pytest.raises(ValidationError):
        NgspConfig.model_validate(GOOD | wrong)


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ({}, ["/name", "/birth", "/gender"]),
        ({"name": "A"}, ["/birth", "/gender"]),
        ({"insurance_number": "1"}, ["/insurance_number"]),
        ({"insurance_number": "0188000001"}, []),
        ({"name": "A", "birth": {"year": "1960"}, "gender": "male"}, []),
    ],
)
def test_a_question_names_a_number_or_a_person(data: dict[str, Any], places: list[str]) -> None:
    """What is missing is named field by field, before anybody is asked."""
    assert sorted(one.place for one in TYPES["insurance.query.v1"].problems(data)) == sorted(places)
