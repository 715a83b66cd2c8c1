"""`lgsp figures check`: its answer, its exit codes and its one JSON document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lgsp.cli import app

SOUND = 'Cấp,Trước hạn,Đúng hạn,Quá hạn,Đã giải quyết,% quá hạn\nSở,50,20,10,80,"12,5"\nTổng,50,20,10,80,\n'


def checked(path: Path) -> tuple[int, dict[str, Any], str]:
    """Check a file; return the exit code, the document, and what standard error says."""
    told = CliRunner().invoke(app, ["figures", "check", str(path), "--json"])
    return told.exit_code, json.loads(told.stdout), told.stderr


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A table that adds up."""
    path = tmp_path / "figures.csv"
    path.write_text(SOUND, encoding="utf-8")
    return path


def test_a_consistent_table_ends_with_0(sheet: Path) -> None:
    """The answer is yes, and shows which formula gives each percentage."""
    told = CliRunner().invoke(app, ["figures", "check", str(sheet)])
    assert told.exit_code == 0
    assert "Sở, quá hạn: 12,5 % = quá hạn / đã giải quyết = 10 / 80" in told.stdout
    assert "số liệu khớp (consistent)" in told.stdout


def test_a_flagged_table_ends_with_1(sheet: Path) -> None:
    """The answer is no, with the exact disagreement, Vietnamese first."""
    sheet.write_text(SOUND.replace("Tổng,50", "Tổng,51"), encoding="utf-8")
    exit_code, said, _ = checked(sheet)
    assert exit_code == 1
    assert said["consistent"] is False
    first = said["findings"][0]
    assert (first["code"], first["place"]) == ("sum-differs", "Tổng/early")
    assert (first["claimed"], first["computed"], first["difference"]) == (51, 50, 1)
    assert first["vi"].startswith("Tổng, trước hạn: dòng tổng ghi 51")
    plain = CliRunner().invoke(app, ["figures", "check", str(sheet)])
    assert first["vi"] in plain.stdout
    assert "điểm không khớp" in plain.stdout


def test_what_cannot_be_read_ends_with_2(sheet: Path) -> None:
    """Each fault on a line of standard error; with --json the document says that there is no verdict."""
    sheet.write_text(SOUND.replace("50,20", "5.5,20"), encoding="utf-8")
    exit_code, said, errors = checked(sheet)
    assert exit_code == 2
    assert said["consistent"] is None
    assert said["faults"] == errors.splitlines()
    assert all("a count is a whole number" in fault for fault in said["faults"])


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    """It is a wrong command, not a wrong table."""
    told = CliRunner().invoke(app, ["figures", "check", str(tmp_path / "none.csv")])
    assert told.exit_code == 2
    assert "none.csv" in told.stderr


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_documented_forms_are_read_and_consistent(form: str, tmp_path: Path) -> None:
    """Whoever copies the example of docs/figures.md gets an answer, and what is not given is said."""
    told = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
    example = re.search(rf"```{form}\n(.*?)```", told, re.DOTALL)
    assert example is not None
    path = tmp_path / f"example.{form}"
    path.write_text(example[1], encoding="utf-8")
    exit_code, said, _ = checked(path)
    assert (exit_code, said["consistent"], said["findings"]) == (0, True, [])
    assert {"not-given"} <= {note["code"] for note in said["notes"]}
    assert all(one["fits"] for one in said["percentages"])
