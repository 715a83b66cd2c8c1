"""Every cause speaks both languages and says who mends it; none can be misread as success."""

from __future__ import annotations

import pytest

from lgsp.domain.cause import Cause
from lgsp.domain.causes import CAUSES, explain
from lgsp.domain.causes_door import ROWS
from lgsp.errors import Problem


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
def test_a_cause_is_whole(cause: Cause) -> None:
    """Each cause has texts and mends in both languages, with no hole that nobody fills."""
    for text in (cause.vi, cause.en, cause.mend_vi, cause.mend_en):
        assert text.format(place="GhiChu", detail="2000")


@pytest.mark.parametrize("cause", ROWS, ids=lambda cause: cause.code)
def test_no_text_of_the_door_reads_as_success(cause: Cause) -> None:
    """One-stop clients judge by words: a rejection holds none of those that mean done or exists."""
    said = f"{cause.vi} {cause.mend_vi}".lower()
    assert "thành công" not in said
    assert "đã tồn tại" not in said


def test_no_code_stands_twice() -> None:
    """A code has one cause."""
    codes = [cause.code for cause in ROWS]
    assert len(codes) == len(set(codes))


def test_a_problem_is_explained_with_its_field_and_rule() -> None:
    """The explanation names the field, the rule and the mend, in either language."""
    problem = Problem("1/GhiChu", "too-long", "2000")
    assert explain(problem, place="GhiChu").text == "GhiChu: dài quá 2000 ký tự"
    assert explain(problem, "en").text == "1/GhiChu: longer than 2000 characters"
    assert not explain(problem).retry_helps


def test_an_unknown_code_is_explained_as_uncatalogued() -> None:
    """A code that nobody catalogued keeps its name and gets the general text."""
    assert explain("never-heard-of").text == CAUSES["uncatalogued"].vi
    assert explain("never-heard-of").code == "never-heard-of"


def test_a_text_without_a_place_does_not_begin_with_a_colon() -> None:
    """A fault of the whole body names no field."""
    assert explain(Problem("", "too-deep")).text == "dữ liệu lồng nhau quá sâu"


@pytest.mark.parametrize(
    "code",
    [
        "bad-base64", "bytes-replaced", "empty-attachment", "listed-without-content", "zip-damaged",
        "zip-encrypted",
    ],
)  # fmt: skip
def test_who_sent_a_file_that_nobody_can_open_is_asked_for_another(code: str) -> None:
    """The document was passed on as it came; only its sender has the file, and must not read that all is well."""
    cause = CAUSES[code]
    assert "bản cập nhật" in cause.mend_vi
    assert "sends an update" in cause.mend_en


def test_a_field_that_nobody_knows_may_have_been_turned_away_for() -> None:
    """Of a packet it is an oddity, of canonical JSON a fault: whoever was turned away must not read "all is well"."""
    assert "bỏ trường này" in CAUSES["unknown-field"].mend_vi.partition(";")[0]
    assert "send again" in CAUSES["unknown-field"].mend_en.partition(";")[0]
