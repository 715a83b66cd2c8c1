"""What is personal is masked by its class, keeps what work needs, and comes back as it was."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.canonical.schema import schemas
from lgsp.masking import (
    MaskLostError,
    hinted,
    identities,
    identity,
    is_masked,
    masked,
    unmasked,
)
from lgsp.personal_classes import class_of, leaves, personal_texts

SCHEMA = orjson.loads(schemas()["dossier.v1.json"])
DATA: dict[str, Any] = {
    "code": "H44.11-260115-0001",
    "status": "processing",
    "applicant": {
        "name": "Nguyễn Văn An",
        "kind": "citizen",
        "identity_number": "079 201 001 234",
        "identities": [{"kind": "old_identity_card", "number": "123456789"}],
        "phone": "0912345678",
        "email": "an@example.vn",
        "verified_by_vneid": True,
    },
    "subject": "Đề nghị cấp giấy",
    "papers": [{"name": "don.pdf", "url": "https://files.example.vn/a/don.pdf", "digitised": True}],
    "extra": {"SoGiay": "079201009999", "Con": {"Ten": "Bé Na", "Tuoi": 3}},
}


def test_each_class_keeps_what_work_needs_and_no_more() -> None:
    """Initials of names, last digits of numbers, that there is a mail address, host and ending of a file."""
    told = masked(DATA, SCHEMA)
    who = told["applicant"]
    assert (who["name"], who["identity_number"]) == ("‹•••1 N.V.A›", "‹•••2 …234›")
    assert (who["identities"][0]["number"], who["phone"], who["email"]) == (
        "‹•••3 …789›",
        "‹•••4 …78›",
        "‹•••5 @›",
    )
    assert told["papers"][0]["url"] == "‹•••8 files.example.vn….pdf›"
    assert told["subject"] == "‹•••6 ≤20›"
    assert (told["code"], told["status"], who["kind"], who["verified_by_vneid"]) == (
        "H44.11-260115-0001", "processing", "citizen", True,
    )  # fmt: skip


def test_what_no_schema_knows_is_masked_whole() -> None:
    """Fields of the source, fields that nobody declared, and bodies of types that nobody knows."""
    assert masked(DATA, SCHEMA)["extra"] == {
        "SoGiay": "‹•••9 ≤20›", "Con": {"Ten": "‹•••10 ≤20›", "Tuoi": "‹•••11 ≤20›"},
    }  # fmt: skip
    assert masked({"Ten": "An", "Tuoi": 3}, None) == {"Ten": "‹•••1 ≤20›", "Tuoi": "‹•••2 ≤20›"}
    assert masked({"code": "x", "stranger": ["a"]}, SCHEMA) == {"code": "x", "stranger": ["‹•••1 ≤20›"]}


def test_a_number_that_stands_for_a_name_of_a_field_is_masked_too() -> None:
    """A source may key its rows by personal numbers."""
    told = orjson.dumps(masked({"extra": {"079201001234": {"a": 1}}}, SCHEMA)).decode()
    assert "079201001234" not in told


def test_nothing_of_a_class_is_left_in_a_masked_body() -> None:
    """No personal value of six characters and more stands anywhere in what is shown."""
    told = orjson.dumps(masked(DATA, SCHEMA)).decode()
    assert [one for one in personal_texts(DATA, SCHEMA) if len(one) >= 6 and one in told] == []


_TEXTS = st.text(min_size=1, max_size=30)


@given(_TEXTS, _TEXTS, _TEXTS)
def test_a_masked_body_that_comes_back_unchanged_is_the_body(name: str, phone: str, note: str) -> None:
    """Whatever the values are, also when they look like masks."""
    data = {"code": "x", "applicant": {"name": name, "phone": phone}, "note": note, "handling_unit": note}
    assert unmasked(masked(data, SCHEMA), data, SCHEMA) == data


def test_a_corrected_field_is_taken_and_the_masked_ones_keep_their_values() -> None:
    """What was not touched is what it was."""
    typed = masked(DATA, SCHEMA)
    typed["applicant"]["phone"] = "0999999999"
    typed["handling_unit"] = "Sở Tư pháp"
    whole = unmasked(typed, DATA, SCHEMA)
    assert whole["applicant"] == DATA["applicant"] | {"phone": "0999999999"}
    assert (whole["extra"], whole["handling_unit"]) == (DATA["extra"], "Sở Tư pháp")


def test_a_row_that_was_taken_out_does_not_shift_the_others() -> None:
    """A mask stands for its value wherever its row stands now."""
    data = {"code": "x", "papers": [{"name": "a.pdf"}, {"name": "b.pdf"}]}
    typed = masked(data, SCHEMA)
    del typed["papers"][0]
    assert unmasked(typed, data, SCHEMA)["papers"] == [{"name": "b.pdf"}]


@pytest.mark.parametrize(
    "changed",
    [
        {"handling_unit": "‹•••2 …234›"},
        {"receipt_number": "x ‹•••2 …234›"},
        {"note": "‹•••99 N.V.A›"},
        {"note": "‹•••2 …234› và hơn nữa"},
    ],
)
def test_a_mask_is_never_filled_in_where_it_could_be_read(changed: dict[str, str]) -> None:
    """Moved to a field that is shown, altered, or standing for nothing: it is refused, with its place."""
    with pytest.raises(MaskLostError) as fault:
        unmasked(masked(DATA, SCHEMA) | changed, DATA, SCHEMA)
    assert fault.value.place == f"/{next(iter(changed))}"


def test_the_class_of_a_place_is_that_of_the_schema() -> None:
    """By JSON pointers, through lists and references; what is unknown may hold anything."""
    places = {
        "/applicant/name": "name", "/applicant/identities/3/number": "identity", "/papers/0/url": "document",
        "/status": "", "/extra/X/Y": "unknown", "/nowhere": "unknown", "/supplements/0/papers/1/name": "document",
    }  # fmt: skip
    assert {place: class_of(SCHEMA, place) for place in places} == places


def test_identity_numbers_have_one_form() -> None:
    """Spaces, dots and what a certificate writes before them are left out; lost zeros are put back."""
    forms = {
        "079 201 001 234": "079201001234", "079.201.001.234": "079201001234", "CCCD:079201001234": "079201001234",
        "79201001234": "079201001234", "123 456 789": "123456789", "12345678": "012345678", "CMND: 123456789":
        "123456789", "0912": "", "H44.11-260115-0001": "", "": "",
    }  # fmt: skip
    assert {text: identity(text) for text in forms} == forms
    assert [identity(text, strict=True) for text in ("79201001234", "079201001234")] == ["", "079201001234"]


def test_both_numbers_of_a_citizen_are_found_also_in_fields_of_the_source() -> None:
    """The old one, the new one, and one in a native field that no canonical field can say."""
    assert identities(DATA, SCHEMA) == {"079201001234", "123456789", "079201009999"}


def test_hints_hold_nothing_that_would_end_a_mask() -> None:
    """A name with our own marks in it does not break out."""
    assert is_masked(masked({"applicant": {"name": "‹x› y"}}, SCHEMA)["applicant"]["name"])
    assert "‹" not in hinted("‹a ›b", "name")


def test_leaves_are_numbered_in_the_order_of_the_body() -> None:
    """Nothing that is empty takes a number."""
    data = {"applicant": {"name": "", "phone": None, "email": "a@b"}, "note": "x"}
    assert [one.number for one in leaves(data, SCHEMA)] == [0, 0, 1, 2]
