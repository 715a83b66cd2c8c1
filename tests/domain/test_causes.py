"""Every cause speaks both languages and says who mends it; none can be misread as success."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lgsp
from lgsp.domain.cause import Cause
from lgsp.domain.causes import CAUSES, explain
from lgsp.domain.causes_door import ROWS
from lgsp.errors import Problem
from lgsp.formats.dossier_sync import (
    FEE,
    IDENTITY,
    OTHER_PAPER,
    PAPER,
    RESULT,
    SUPPLEMENT,
    dossier_table,
    progress_table,
)

_NAMED = re.compile(
    r"""(?:Problem\((?:"[^"]*"|[^,"(]+), |\.odd\(|\.wrong\(|Unavailable\()"([a-z][a-z0-9-]+)\""""
)


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


def test_every_code_that_the_door_gives_is_catalogued() -> None:
    """No problem, finding or transport cause that the code names lacks its text."""
    root = Path(lgsp.__file__).parent
    places = [root / "schemas.py", *root.glob("formats/*.py"), *root.glob("wire/*.py")]
    places += (root.parent / "adapters" / "one_stop").glob("*.py")
    named = {code for place in places for code in _NAMED.findall(place.read_text("utf-8"))}
    assert {"missing", "unknown-field", "not-a-list", "unreachable", "odd-agency"} <= named
    statuses = {f"http-{status}" for status in (429, 502, 503, 504)}
    assert named | statuses | {"timed-out", "connection-lost"} <= set(CAUSES)


def test_every_fault_of_the_field_tables_is_catalogued() -> None:
    """What a form cannot say has a cause, whether it is a problem or a finding."""
    tables = [dossier_table({}), progress_table({}), FEE, PAPER, OTHER_PAPER, RESULT, SUPPLEMENT, IDENTITY]
    faults = {field.form.fault for table in tables for field in table.fields if field.form is not None}
    assert {"bad-date", "bad-code", "unmapped-status", "unknown-code"} <= faults <= set(CAUSES)
