"""What is asked of a citizen is said in the service's form; what it answers is read without losing a word."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lgsp.adapters.population_db import mapping, native

from lgsp.errors import Refused
from lgsp.formats.fields import Reading

VIETNAMESE = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵđ "
NAMES = st.text(VIETNAMESE, min_size=1, max_size=40).filter(lambda name: bool(name.strip()))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z", "M")), min_size=1, max_size=12)


def read(**item: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return a citizen, and what was found odd at which places."""
    reading = Reading()
    data = mapping.citizen(item, reading)
    return data, [(one.code, one.place) for one in reading.findings]


def refused(act: Any, *args: Any) -> tuple[str, list[str]]:
    """Return why something cannot be asked, and at which place."""
    with pytest.raises(Refused) as raised:
        act(*args)
    return raised.value.cause, raised.value.fields


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Nguyễn Văn Mẫu", "NGUYENVANMAU"),
        ("  đặng  thị   ước ", "DANGTHIUOC"),
        ("ĐÀO ĐÌNH ĐỨC", "DAODINHDUC"),
        ("Ðỗ Ðức", "DODUC"),
        ("H'Hen Niê", "HHENNIE"),
        ("Y-Moan Êñuôl", "YMOANENUOL"),
        ("Nguyễn Thị Bé Hai 2", "NGUYENTHIBEHAI2"),
        ("NGUYENVANMAU", "NGUYENVANMAU"),
        ("Nguyê\u0303n Va\u0306n Mâ\u0303u", "NGUYENVANMAU"),
    ],
)
def test_a_name_is_said_in_plain_capitals(name: str, said: str) -> None:
    """No marks, no spaces, no signs, whether letters came composed or not; the crossed D is a D."""
    assert mapping.plain_name(name) == said


@given(NAMES)
def test_every_vietnamese_name_has_a_plain_form_and_only_one(name: str) -> None:
    """It is made of A to Z alone, saying it again changes nothing, and how letters are composed neither."""
    said = mapping.plain_name(name)
    assert said.isascii()
    assert said.isalpha()
    assert said == said.upper() == mapping.plain_name(said)
    assert said == mapping.plain_name(unicodedata.normalize("NFD", name))


@pytest.mark.parametrize("name", ["李小龙", "Łukasz", "Иван", "-", "'", " . "])
def test_a_name_that_has_no_plain_form_is_not_asked(name: str) -> None:
    """No letter is left out or guessed: the question is refused before it goes out, with its place."""
    assert refused(mapping.plain_name, name) == ("population-name-unusable", ["/data/name"])


# --- births -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"date": "1990-02-28"}, {"NgayThangNam": "19900228"}),
        ({"date": "1990-02-28", "year": "1990"}, {"NgayThangNam": "19900228"}),
        ({"year": "1951"}, {"Nam": "1951"}),
        ({"month": "1951-07"}, {"Nam": "1951"}),
        ({"month": "1951-07", "year": "1951"}, {"Nam": "1951"}),
    ],
)
def test_a_birth_is_said_as_a_day_or_as_a_year(told: dict[str, str], said: dict[str, str]) -> None:
    """The service takes a whole day or a year; what is less than a day is said as the year."""
    assert mapping.birth(told) == said


@pytest.mark.parametrize(
    ("told", "place"), [({}, "/data/birth"), ({"date": "1999-02-29"}, "/data/birth/date")]
)
def test_a_birth_that_never_was_is_not_asked(told: dict[str, str], place: str) -> None:
    """A day that no calendar has is the question's fault, and named by its place."""
    assert refused(mapping.birth, told) == ("population-birth-unusable", [place])


def test_of_two_numbers_the_new_one_is_asked_by() -> None:
    """Everybody has one personal number; without it the old card's is said; without both nothing."""
    data = {"name": "Lò Văn Ước", "birth": {"year": "1951"}}
    both = {**data, "identity_number": "099051000002", "old_identity_number": "990000002"}
    assert "SoCMND" not in mapping.question(both)
    assert mapping.question({**data, "old_identity_number": "990000002"})["SoCMND"] == "990000002"
    assert refused(mapping.question, data) == ("population-number-missing", ["/data/identity_number"])


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("19900131", {"year": "1990", "date": "1990-01-31"}),
        ("19900100", {"year": "1990", "month": "1990-01"}),
        ("199001", {"year": "1990", "month": "1990-01"}),
        ("19900000", {"year": "1990"}),
        ("199000", {"year": "1990"}),
        ("1990", {"year": "1990"}),
        ("20000229", {"year": "2000", "date": "2000-02-29"}),
    ],
)
def test_a_partial_birth_date_is_known_as_far_as_it_goes(text: str, known: dict[str, str]) -> None:
    """Zeros, and parts left out, are not known; nothing is filled in."""
    assert mapping.known_birth(text) == known
    assert read(NgayThangNamSinh={"NgayThangNam": text}) == ({"birth": known}, [])


@pytest.mark.parametrize(
    "text", ["19901301", "19900230", "00000000", "0000", "31/01/1990", "19900015", "x", "199"]
)
def test_a_birth_date_that_cannot_be_read_stays_as_written(text: str) -> None:
    """It is in `extra`, with a finding that does not show it; the year beside it is read all the same."""
    data, odd = read(NgayThangNamSinh={"Nam": "1990", "NgayThangNam": text})
    assert data == {"birth": {"year": "1990"}, "extra": {"NgayThangNamSinh": {"NgayThangNam": text}}}
    assert odd == [("population-birth-odd", "NgayThangNamSinh/NgayThangNam")]


def test_a_year_that_contradicts_the_day_is_found() -> None:
    """Both stay to be seen; none is chosen silently."""
    data, odd = read(NgayThangNamSinh={"Nam": "1991", "NgayThangNam": "19900131"})
    assert data == {"birth": {"year": "1991"}, "extra": {"NgayThangNamSinh": {"NgayThangNam": "19900131"}}}
    assert odd == [("population-birth-odd", "NgayThangNamSinh")]


# --- citizens ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "empty", ["", "  ", "\n", None, [], {}, {"Ho": "", "Ten": None}, {"a": {"b": ["", None]}}]
)
def test_empty_elements_are_absent(empty: Any) -> None:
    """Whatever is empty, in whichever form, says nothing: neither a value, nor an oddity, nor `extra`."""
    assert read(SoDinhDanh=empty, HoVaTen=empty, Cha=empty, ThuongTru=empty, TonGiao=empty, Khac=empty) == (
        {},
        [],
    )


@pytest.mark.parametrize(("code", "word"), [("1", "male"), ("2", "female")])
def test_gender_is_a_word(code: str, word: str) -> None:
    """The two codes of the service."""
    assert read(GioiTinh=code) == ({"gender": word}, [])


def test_a_code_that_nobody_knows_stays_as_written() -> None:
    """It is neither of the words."""
    assert read(GioiTinh="3") == ({"extra": {"GioiTinh": "3"}}, [("unknown-code", "GioiTinh")])


def test_a_name_may_be_whole_or_in_parts() -> None:
    """The service puts the whole name into `Ten`; others fill the parts, or tell a text."""
    assert read(HoVaTen={"Ho": "", "ChuDem": "", "Ten": "LÒ VĂN ƯỚC"})[0] == {"name": "LÒ VĂN ƯỚC"}
    parts = {"family_name": "LÒ", "middle_name": "VĂN", "name": "ƯỚC"}
    assert read(HoVaTen={"Ho": "LÒ", "ChuDem": "VĂN", "Ten": "ƯỚC"})[0] == parts
    assert read(HoVaTen="LÒ VĂN ƯỚC")[0] == {"name": "LÒ VĂN ƯỚC"}


def test_a_relative_s_name_may_be_in_parts_too() -> None:
    """It is told as one text, in the order of the parts."""
    father = {"HoVaTen": {"Ten": "ƯỚC", "Ho": "LÒ", "ChuDem": ""}, "QuocTich": "VN"}
    assert read(Cha=father) == ({"father": {"name": "LÒ ƯỚC", "nationality": "VN"}}, [])


def test_what_no_document_names_is_kept_under_its_name() -> None:
    """At the top, and inside a part; each is found, and its value is not shown."""
    data, odd = read(TrangThai="1", ThuongTru={"MaTinhThanh": "99", "TenTinhThanh": "Tỉnh Thử"})
    assert data["permanent"] == {"province": "99"}
    assert data["extra"] == {"TrangThai": "1", "ThuongTru": {"TenTinhThanh": "Tỉnh Thử"}}
    assert odd == [("unknown-field", "TrangThai"), ("unknown-field", "ThuongTru/TenTinhThanh")]


@pytest.mark.parametrize("value", [["1", "2"], {"Ma": "01", "Ten": "Kinh"}, 7])
def test_a_value_of_another_shape_is_kept_as_it_came(value: Any) -> None:
    """An object or a list where a text should stand is not pressed into one."""
    data, odd = read(DanToc=value)
    assert data == {"extra": {"DanToc": value}}
    assert odd == [("unknown-field", "DanToc")]


def test_text_between_elements_is_found() -> None:
    """Damaged line ends say nothing; anything else is kept."""
    damaged = {
        "#text": "u000a   u000a",
        "SoDinhDanh": "1",
        "Cha": {"#text": "\\u000d\\u000a", "HoVaTen": "A"},
    }
    assert read(**damaged) == (
        {"identity_number": "1", "father": {"name": "A"}},
        [("damaged-line-ends", ""), ("damaged-line-ends", "")],
    )
    assert read(**{"#text": "chú ý", "SoDinhDanh": "1"})[0]["extra"] == {"#text": "chú ý"}


def test_a_value_that_looks_damaged_is_a_value() -> None:
    """Nobody knows what was meant inside a value: it stays as it came."""
    assert read(SoSoHoKhau="u000a")[0] == {"household_book": "u000a"}
    assert read(HoVaTen={"Ten": "LÒu000aVĂN"})[0] == {"name": "LÒu000aVĂN"}


def test_what_stands_beside_citizens_is_kept_as_far_as_it_says_something() -> None:
    """As of when, and a note; not how many there are, nor the number of the collection."""
    beside = {"@SoCongDan": "1", "@id": "x", "@GhiChu": "", "@ThoiDiemDuLieu": "2026-01-31", "#text": "u000a"}
    assert mapping.beside(beside) == {"CongdanCollection": {"ThoiDiemDuLieu": "2026-01-31"}}
    assert mapping.beside({"@SoCongDan": "1"}) == {}


@pytest.mark.parametrize(
    ("told", "known"),
    [("true", True), ("TRUE", True), ("1", True), (" false ", False), ("0", False), ("co", None), ("", None)],
)
def test_a_verification_says_yes_or_no(told: str, known: bool | None) -> None:
    """Both forms of a truth value of XML Schema, and nothing else."""
    assert mapping.verified(told) is known


# --- and back ---------------------------------------------------------------------------------------------

PERSON = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(mapping.TEXTS, TEXTS),
        "GioiTinh": st.sampled_from("12"),
        "HoVaTen": st.fixed_dictionaries({"Ten": TEXTS}, optional={"Ho": TEXTS, "ChuDem": TEXTS}),
        "ThuongTru": st.dictionaries(st.sampled_from(sorted(mapping.PLACE)), TEXTS, min_size=1),
        "Me": st.dictionaries(
            st.sampled_from(["HoVaTen", "QuocTich", "SoDinhDanh", "SoCMND"]), TEXTS, min_size=1
        ),
        "NgayThangNamSinh": st.dates().map(
            lambda day: {"Nam": f"{day.year:04}", "NgayThangNam": f"{day.year:04}{day:%m%d}"}
        ),
    },
)


@given(PERSON)
def test_a_citizen_that_was_read_is_written_as_it_came(person: dict[str, Any]) -> None:
    """Every value comes back at its place, and everything else is an empty element in the service's order."""
    data, odd = read(**person)
    assert odd == []
    written = native.citizen(data)
    assert list(written) == list(native._ORDER)
    assert _told(written) == {
        place: unicodedata.normalize("NFC", text).strip() for place, text in _told(person).items()
    }


def _told(value: Any, place: str = "") -> dict[str, str]:
    if not isinstance(value, dict):
        return {place: value} if value.strip() else {}
    return {at: text for name, one in value.items() for at, text in _told(one, f"{place}/{name}").items()}


def test_partial_births_are_written_as_far_as_they_are_known() -> None:
    """A year alone has no day; a month has six digits."""
    assert native.citizen({"birth": {"year": "1951"}})["NgayThangNamSinh"] == {
        "Nam": "1951",
        "NgayThangNam": "",
    }
    month = native.citizen({"birth": {"year": "1951", "month": "1951-07"}})["NgayThangNamSinh"]
    assert month == {"Nam": "1951", "NgayThangNam": "195107"}
    assert native.citizen({"birth": {"date": "1951-07-01"}})["NgayThangNamSinh"]["Nam"] == "1951"


def test_what_came_beyond_is_given_on_where_elements_can_say_it() -> None:
    """Names that no element can have are left behind: they came from JSON, and say nothing there either."""
    extra = {"A": "1", "a b": "2", "B": {"C": "3", "#text": "4"}, "D": [{"E": "5"}]}
    assert native.others({"extra": extra}) == {"A": "1", "B": {"C": "3"}, "D": [{"E": "5"}]}
    assert native.others({}) == {}
