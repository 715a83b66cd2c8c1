"""`lgsp report statistics` and `lgsp report show`: what they ask of the gateway, and what becomes of it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from lgsp.reporting.rendering.from_statistics import sheet_of_statistics
from tests.cli.processes import run
from tests.cli.stand_in import Gateway, alike
from tests.reporting.figured import report, statistics


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """Put a gateway in the place of the one that runs."""
    made = Gateway(alike(sheet_of_statistics(statistics(3)).as_dict()))
    monkeypatch.setattr("lgsp.cli.report_printing.gateway", lambda: made)
    return made


def test_statistics_of_a_closed_period_are_its_closed_figures(there: Gateway) -> None:
    """Unless somebody says otherwise: as known at the cut-off, by the government's scheme, the standard way."""
    shown = run("report", "statistics", "--period", "202403")
    assert shown.exit_code == 0, shown.output
    assert there.asked == [
        (
            "/v1/statistics/table",
            {
                "by": "agency", "definition": "standard/1", "period": "government/1:202403",
                "known": "cut-off",
            },
        )
    ]  # fmt: skip
    assert "THỐNG KÊ TÌNH HÌNH GIẢI QUYẾT HỒ SƠ THEO CƠ QUAN" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 100


def test_a_period_that_runs_is_shown_as_known_now(there: Gateway) -> None:
    """Nothing was cut off yet."""
    run("report", "statistics", "--period", "2199", "--by", "field", "--agency", "H44.11")
    ((_, asked),) = there.asked
    assert (asked["known"], asked["by"], asked["agency"]) == ("now", "field", "H44.11")


def test_files_are_written_and_named(there: Gateway, tmp_path: Path) -> None:
    """Each kind that is asked for, from one answer."""
    files = [tmp_path / f"a.{kind}" for kind in ("html", "xlsx", "csv")]
    options = [word for file in files for word in (f"--{file.suffix[1:]}", str(file))]
    shown = run("report", "statistics", "--period", "2024-9M", *options)
    assert shown.exit_code == 0, shown.output
    assert all(str(file) in shown.stdout.replace("\n", "") for file in files)
    assert len(there.asked) == 1
    rows = CalamineWorkbook.from_path(files[1]).get_sheet_by_index(0).to_python()
    assert any("Tổng cộng" in row for row in rows)
    assert files[2].read_bytes().startswith(b"\xef\xbb\xbfSTT,")


def test_a_script_gets_the_table_as_one_document(there: Gateway) -> None:
    """With every number as exact text."""
    code, told = run("report", "statistics", "--period", "202403", document=True)
    assert code == 0
    assert [row["kind"] for row in told["rows"]] == ["row"] * 3 + ["total"]
    assert told["rows"][0]["cells"][3] == "70"


@pytest.mark.parametrize(
    ("words", "field"),
    [(("--period", "20241301"), "--period"), (("--period", "202403", "--by", "weather"), "--by")],
)
def test_what_cannot_be_asked_is_said_before_asking(
    there: Gateway, words: tuple[str, ...], field: str
) -> None:
    """The field is named, and nothing was asked."""
    shown = run("report", "statistics", *words)
    assert shown.exit_code == 2
    assert field in shown.output
    assert there.asked == []


def test_a_report_is_shown_as_its_table(there: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """For people its table; for scripts the report itself."""
    assert "Tổng cộng" in run("report", "show", "7").stdout
    assert there.asked == [("/v1/reports/7/table", {})]
    monkeypatch.setattr(import_module("lgsp.cli.report"), "gateway", lambda: Gateway(alike(report())))
    code, told = run("report", "show", "7", document=True)
    assert (code, told["code"]) == (0, report()["code"])
