"""`lgsp code` without a gateway: what comes with the product answers, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from lgsp.client import AnswerError
from lgsp.wire.http import Answer
from tests.cli.processes import run
from tests.cli.stand_in import Gateway, alike


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LGSP_STATE", str(tmp_path))


def said(*words: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the one JSON document of a command."""
    exit_code, document = run("code", *words, document=True)
    return exit_code, document


@pytest.mark.parametrize(
    ("words", "exit_code", "standing"),
    [
        (["H28", "--on", "2025-06-30"], 0, "live"),
        (["H28"], 0, "closed"),
        (["000.00.11.H28", "--on", "2025-07-01"], 0, "closed"),
        (["24"], 1, "ambiguous"),
        (["24", "--on", "2025-06-30"], 0, "live"),
        (["27"], 0, "closed"),
        (["H99"], 1, "unknown"),
        (["25", "--scheme", "identifier"], 1, "unknown"),
        (["vxp.saas.03"], 1, "unknown"),
    ],
)
def test_the_exit_code_says_whether_there_is_an_answer(
    words: list[str], exit_code: int, standing: str
) -> None:
    """Live and closed are answers; unknown and ambiguous are none."""
    code, told = said(*words)
    assert (code, told["standing"], told["facts"]) == (exit_code, standing, "built-in")


def test_the_document_has_every_side_of_the_answer() -> None:
    """Form, level, name, parent, days, successors, confidence: what is not known is null."""
    _, told = said("000.00.11.H28", "--on", "2025-07-01")
    assert (told["form"], told["normal"], told["scheme"], told["level"]) == ("old", "H28.11", "identifier", 2)
    assert (told["name"], told["parent"], told["known"], told["ancestor"]) == (None, "H28", False, "H28")
    assert (told["valid_from"], told["valid_to"], told["confidence"]) == (None, "2025-06-30", "high")
    (successor,) = told["successors"]
    assert {name: successor[name] for name in ("code", "name", "share", "effective")} == {
        "code": "H44",
        "name": "Phú Thọ",
        "share": "whole",
        "effective": "2025-07-01",
    }


def test_people_read_it_in_both_languages() -> None:
    """Vietnamese first; the readings of an ambiguous code stand there with their days."""
    result = CliRunner().invoke(app, ["code", "24"])
    assert result.exit_code == 1
    assert "chưa xác định được (ambiguous)" in result.stdout
    assert "Bắc Giang = H02, … – 30/06/2025" in result.stdout
    assert "Bắc Ninh = H05, 01/07/2025 – …" in result.stdout
    assert "đã đóng (closed)" in CliRunner().invoke(app, ["code", "H28"]).stdout


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["H28", "--on", "30/6/2025"], "--on"),
        (["H28", "H44"], "one code at a time"),
        (["H28", "--scheme", "gso"], "--scheme"),
        (["add", "H44.99"], "--name"),
        (["add", "H44.99", "--name", "x", "--source", "y", "--from", "soon"], "--from"),
        (["add", "H44.99", "--successor", "H44.98"], "--effective"),
        (["add", "H44.99", "H44.98"], "add takes one code"),
        (["add"], "--withdraws"),
        (["add", "H44.99", "--name", "x", "--source", "y"], "no gateway runs"),
    ],
)
def test_wrong_usage_is_named_with_its_option(words: list[str], named: str) -> None:
    """The command ends with 2 and says what to mend; adding needs a gateway that runs."""
    result = CliRunner().invoke(app, ["code", *words])
    assert result.exit_code == 2
    assert named in result.output


def test_what_the_gateway_finds_wrong_is_named_with_its_option(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its problems are told as those that the command finds itself."""
    told = {"problems": [{"pointer": "/withdraws", "code": "unknown-fact", "detail": ""}]}
    answer = Answer(422, orjson.dumps(told).decode())
    there = Gateway(alike(AnswerError("asking", answer)))
    monkeypatch.setattr("lgsp.cli.codes.gateway", lambda: there)
    result = CliRunner().invoke(app, ["code", "add", "--withdraws", "added-9", "--source", "x"])
    assert result.exit_code == 2
    assert "--withdraws: không có dữ kiện nào mang mã này" in result.output
    assert [(path, said["content"]["withdraws"]) for path, said in there.asked] == [
        ("/v1/agencies/facts", "added-9")
    ]
