"""`lgsp codes`: agencies by name, and the lists of them, as people and scripts read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from tests.cli.processes import run
from tests.cli.stand_in import Gateway

SHORT = {
    "system": "axis", "job": "agencies", "state": "short", "source": "danh mục trục", "run": 7, "size": 60,
    "missing": 30, "odd": 2, "at": "2026-11-22T08:00:00+07:00",
}  # fmt: skip
WHOLE = SHORT | {"state": "whole", "missing": 0, "odd": 0}
DIFFERENCE = {
    "code": "H28", "name": "Hòa Bình", "standing": "closed", "below": 3, "differs": ["standing"],
    "listed": [{"code": "H28", "name": "Tỉnh Hòa Bình", "source": "danh mục trục"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LGSP_STATE", str(tmp_path))


def answering(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> Gateway:
    """Put a gateway in the place of the one that runs."""
    there = Gateway(lambda path, _: answers[path.rpartition("/")[2]])
    monkeypatch.setattr("lgsp.cli.listings.gateway", lambda: there)
    return there


def test_without_a_gateway_what_comes_with_the_product_is_searched() -> None:
    """The document says so; the answer is no when nothing is found; a page tells where to go on."""
    code, told = run("codes", "find", "phu", "tho", "--on", "2025-06-30", document=True)
    assert (code, told["facts"], told["on"]) == (0, "built-in", "2025-06-30")
    assert [one["code"] for one in told["agencies"]] == ["25", "H44"]
    code, told = run("codes", "find", "không có ở đâu cả", document=True)
    assert (code, told["agencies"]) == (1, [])
    result = CliRunner().invoke(app, ["codes", "find", "H2", "--on", "2025-07-01", "--limit", "9"])
    assert (
        "H28  Hòa Bình  [đã đóng (closed)] → H44" in CliRunner().invoke(app, ["codes", "find", "H28"]).stdout
    )
    assert "--after H28" in result.stdout
    assert "built-in facts only" in result.stdout
    rest = CliRunner().invoke(app, ["codes", "find", "H2", "--after", "H28"])
    assert rest.stdout.startswith("H29")


def test_the_gateway_that_runs_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With all terms of the search."""
    monkeypatch.setattr("lgsp.client.find_running", lambda _: object())
    there = answering(monkeypatch, agencies={"on": "2026-11-22", "agencies": [], "next": None})
    code, told = run("codes", "find", "sở", "y tế", "--limit", "5", document=True)
    assert (code, told["facts"]) == (1, "gateway")
    assert there.asked == [("/v1/agencies", {"q": "sở y tế", "after": "", "limit": 5})]


def test_lists_are_shown_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lacks too much makes the answer no, and shows the command that believes it."""
    answering(monkeypatch, lists={"lists": [SHORT]})
    result = CliRunner().invoke(app, ["codes", "lists"])
    assert result.exit_code == 1
    assert "lgsp codes believe axis agencies 7" in result.stdout
    assert "named twice): 2" in result.stdout
    answering(monkeypatch, lists={"lists": [WHOLE]})
    assert run("codes", "lists", document=True) == (0, {"lists": [WHOLE]})
    assert "đầy đủ (whole)" in CliRunner().invoke(app, ["codes", "lists"]).stdout


def test_differences_are_shown_with_both_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decision's, the list's, and how many codes the list has below; no difference is an answer."""
    answering(monkeypatch, differences={"differences": [DIFFERENCE]})
    result = CliRunner().invoke(app, ["codes", "differences"])
    assert result.exit_code == 1
    for said in ("H28 Hòa Bình [đã đóng (closed)] tình trạng (standing)", "Tỉnh Hòa Bình", "lists have): 3"):
        assert said in result.stdout
    answering(monkeypatch, differences={"differences": []})
    assert run("codes", "differences", "--on", "2026-01-01", document=True)[0] == 0


def test_a_list_is_believed_by_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that was looked at is named."""
    there = answering(monkeypatch, believe={"gone": 30})
    result = CliRunner().invoke(app, ["codes", "believe", "axis", "agencies", "7"])
    assert (result.exit_code, "closed 30 codes" in result.stdout) == (0, True)
    assert there.asked == [("/v1/agencies/lists/axis/agencies/believe", {"run": 7})]
    assert run("codes", "believe", "axis", "agencies", "7", document=True) == (0, {"gone": 30})


@pytest.mark.parametrize(
    "words",
    [
        ["find"],
        ["find", "x", "--on", "30/6/2025"],
        ["find", "x", "--limit", "0"],
        ["believe", "axis"],
        ["lists"],
    ],
)
def test_wrong_usage_ends_with_two(words: list[str]) -> None:
    """Nothing to look for, no such day, no such page, no run, no gateway."""
    assert CliRunner().invoke(app, ["codes", *words]).exit_code == 2
