"""`lgsp procedures`: the catalogue as people and scripts read it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from tests.cli.processes import run
from tests.cli.stand_in import Gateway, alike

ONE = {
    "code": "1.000001", "name": "Đăng ký kết hôn", "state": "published", "open": True, "agency": "G15",
    "field_code": "G15-HT", "field_name": "Hộ tịch", "source": "national-portal", "version": 7,
    "valid_from": "2026-03-01", "valid_to": None, "closed_by_list": False,
}  # fmt: skip
GONE = ONE | {"code": "1.000002", "state": "closed", "open": False, "closed_by_list": True, "name": None}
OLD = ONE | {"name": "Kết hôn", "version": 1, "valid_from": None, "valid_to": "2026-02-28"}


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> Gateway:
    """Put a gateway in the place of the one that runs."""
    there = Gateway(alike(answer))
    monkeypatch.setattr(import_module("lgsp.cli.procedures"), "gateway", lambda: there)
    return there


def test_a_page_is_a_line_each_and_says_where_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was asked for is asked; a closed one says that the list has it no more."""
    there = answering(monkeypatch, {"as_of": None, "procedures": [ONE, GONE], "next": "1.000002@p"})
    result = CliRunner().invoke(app, ["procedures", "list", "ket", "hon", "--state", "open", "--limit", "2"])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "1.000001  Đăng ký kết hôn  [đang công bố (published)]",
        "1.000002    [đã đóng (closed), danh mục không còn (no longer listed)]",
        "… còn nữa (more): --after 1.000002@p",
    ]
    assert there.asked == [("/v1/procedures", {"q": "ket hon", "state": "open", "limit": 2})]


def test_nothing_found_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, in words and as a document."""
    answering(monkeypatch, {"as_of": None, "procedures": [], "next": None})
    assert run("procedures", "list", "x", document=True)[0] == 1
    assert "không tìm thấy" in CliRunner().invoke(app, ["procedures", "list"]).stdout


def test_one_is_shown_with_its_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a day; from when is not known is three dots."""
    there = answering(monkeypatch, ONE | {"as_of": "2026-04-01", "history": [ONE, OLD], "record": {}})
    result = CliRunner().invoke(app, ["procedures", "show", "1.000001", "--as-of", "2026-04-01"])
    lines = result.stdout.splitlines()
    assert lines[0] == "1.000001: Đăng ký kết hôn"
    assert "  lĩnh vực (field): G15-HT Hộ tịch" in lines
    assert lines[-2:] == [
        "  01/03/2026 – …: Đăng ký kết hôn [đang công bố (published)] (7)",
        "  … – 28/02/2026: Kết hôn [đang công bố (published)] (1)",
    ]
    assert there.asked == [("/v1/procedures/1.000001", {"as_of": "2026-04-01"})]


@pytest.mark.parametrize("words", [["list", "--as-of", "x"], ["show", "1.0", "--as-of", "31/01/2026"]])
def test_a_day_that_is_none_is_misuse(words: list[str]) -> None:
    """Exit code 2, and how a day is written."""
    result = CliRunner().invoke(app, ["procedures", *words])
    assert (result.exit_code, "2026-01-31" in result.output) == (2, True)


def test_without_a_gateway_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no catalogue in the product: nothing can be said without the journal."""
    monkeypatch.setenv("LGSP_STATE", str(tmp_path))
    assert CliRunner().invoke(app, ["procedures", "list"]).exit_code == 2
