"""The doctor asks for next year's notice in time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lgsp.doctor import household
from lgsp.doctor.examining import CHECKS
from lgsp.doctor.patient import Patient
from lgsp.doctor.verdict import Grade
from lgsp.settings import read_settings


def patient(folder: Path) -> Patient:
    """Return an installation whose home is a folder."""
    return Patient(folder, read_settings())


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 1), ["2027"]),
        (date(2027, 1, 1), ["2027"]),
        (date(2027, 12, 1), ["2027", "2028"]),
    ],
)
def test_a_missing_notice_is_told_from_december_on(tmp_path: Path, today: date, missing: list[str]) -> None:
    """From 1 December the days off of the next year are asked for, and those of this year always."""
    found = household._years(patient(tmp_path), today)
    assert [one.subject for one in found if one.grade is Grade.POOR] == missing
    assert all("calendar.yaml" in one.mend_vi for one in found if one.grade is Grade.POOR)
    assert [one.grade for one in found] == [Grade.POOR] * len(missing) or [Grade.WELL]


def test_a_faulty_calendar_is_told_by_the_examination_of_the_home(tmp_path: Path) -> None:
    """What cannot be read is not called missing as well."""
    (tmp_path / "calendar.yaml").write_text("rules: 7\n", encoding="utf-8")
    assert household._years(patient(tmp_path), date(2026, 12, 1)) == []


async def test_the_calendar_is_part_of_every_examination(tmp_path: Path) -> None:
    """The check stands in the list, and answers for today."""
    assert ("calendar", household.calendar) in CHECKS
    assert {one.part for one in await household.calendar(patient(tmp_path))} == {"calendar"}
