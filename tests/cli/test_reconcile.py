"""`lgsp reconcile …` against a gateway and a sandbox in processes of their own."""

from __future__ import annotations

import csv
import json
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.sandbox.traffic import Traffic
from tests.cli.processes import environment, run, serving

Command = Callable[..., Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """A sandbox and a gateway in front of it; yields the environment and the sandbox's addresses."""
    env = environment(tmp_path_factory.mktemp("state"))
    with serving(env, "sandbox") as sandbox:
        env["LGSP_PORTAL_URL"] = sandbox["url"]
        env["LGSP_AXIS_URL"] = sandbox["url"].replace("national-portal", "document-axis")
        env["LGSP_REPORTING_URL"] = sandbox["url"].replace("national-portal", "national-reporting")
        with serving(env, "run"):
            yield env, sandbox


@pytest.fixture
def lgsp(served: tuple[dict[str, str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command in this process."""
    for name, value in served[0].items():
        monkeypatch.setenv(name, value)
    return run


def bring(lgsp: Command, folder: Path, count: int, seed: int) -> list[str]:
    """Bring dossiers of a town of its own, and wait until the portal has them and the register knows them."""
    steps = [
        s for s in Traffic(seed, f"H44.{seed}").take(80) if s.kind == "dossier" and s.code.startswith("H44")
    ]
    firsts = list({step.code: step for step in reversed(steps)}.values())
    path = folder / "dossiers.json"
    path.write_text(json.dumps([step.item for step in firsts[:count]]), encoding="utf-8")
    assert lgsp("send", str(path), "--from", "one-stop").exit_code == 0
    time.sleep(4)
    return [step.code for step in firsts[:count]]


def forget(served: tuple[dict[str, str], dict[str, Any]]) -> None:
    """Let the portal lose all that it holds."""
    address = served[0]["LGSP_PORTAL_URL"] + "/_state"
    with urllib.request.urlopen(urllib.request.Request(address, method="DELETE")) as answer:
        assert answer.status == 200


def test_from_a_difference_to_its_repair(
    lgsp: Command, served: tuple[dict[str, str], dict[str, Any]], tmp_path: Path
) -> None:
    """It shows what differs and answers no, exports it, repairs it, and then answers yes."""
    codes = bring(lgsp, tmp_path, 4, 61)
    scope = ("reconcile", "--agency", "H44.61")
    code, told = lgsp(*scope, document=True)
    assert (code, told["state"], told["counts"]["compared"]) == (0, "done", 4)
    forget(served)
    table, book = tmp_path / "found.csv", tmp_path / "found.xlsx"
    shown = lgsp(*scope, "--csv", str(table), "--xlsx", str(book))
    assert shown.exit_code == 1
    assert "thiếu ở hệ thống nhận (missing-there)" in shown.stdout
    with table.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    assert (heading[0], sorted(row[0] for row in rows)) == ("Mã hồ sơ", sorted(codes))
    assert zipfile.is_zipfile(book)
    listed = lgsp("reconcile", "list", document=True)[1]["reconciliations"]
    number = str(listed[0]["id"])
    assert codes[0] in lgsp("reconcile", "show", number, "--bucket", "missing-there").stdout
    assert "Sẽ gửi lại" in lgsp("reconcile", "repair", number, "--preview").stdout
    assert lgsp("reconcile", "repair", number).exit_code == 2
    refused = lgsp("reconcile", "repair", number, "--reason", "lost")
    assert (refused.exit_code, "--yes" in refused.stderr) == (1, True)
    code, told = lgsp("reconcile", "repair", number, "--reason", "lost", "--yes", document=True)
    assert (code, told["repair"]["state"], told["repair"]["solved"]) == (0, "done", 4)
    assert "đã xong" in lgsp("reconcile", "repairs", number).stdout
    code, told = lgsp(*scope, document=True)
    assert (code, told["counts"]["solved"]) == (0, 4)


def test_a_file_of_the_source_is_the_third_side(lgsp: Command, tmp_path: Path) -> None:
    """What the one-stop has and never told is found; a file that cannot be read starts nothing."""
    codes = bring(lgsp, tmp_path, 2, 62)
    path = tmp_path / "one-stop.csv"
    text = "MaHoSo;TrangThaiHoSo\n" + "".join(f"{code};\n" for code in [*codes, "H44.62-260131-9999"])
    path.write_text(text, encoding="utf-8")
    scope = ("reconcile", "--agency", "H44.62", "--portal-count", "5")
    code, told = lgsp(*scope, "--local", str(path), document=True)
    assert (code, told["counts"]["listed"], told["scope"]["portal_count"]) == (1, 3, 5)
    number = str(told["id"])
    rows = lgsp("reconcile", "show", number, document=True)[1]["differences"]
    assert [(one["subject"], one["cause"]) for one in rows] == [("H44.62-260131-9999", "never-told")]
    assert "chênh (gap) 3" in lgsp("reconcile", "show", number).stdout
    counts = tmp_path / "counts.csv"
    counts.write_text("MaDonVi;SoLuong\nH44.62;5\n", encoding="utf-8")
    code, told = lgsp(
        "reconcile", "--agency", "H44.62", "--part", "--portal-counts", str(counts), document=True
    )
    assert (code, [(one["count"], one["there"], one["gap"]) for one in told["portal_counts"]]) == (
        0,
        [(5, 2, 3)],
    )
    assert "nơi nhận thống kê" in lgsp("reconcile", "show", str(told["id"])).stdout
    counts.write_text("MaDonVi;SoLuong\nTổng;5\n", encoding="utf-8")
    wrong = lgsp("reconcile", "--agency", "H44.62", "--from", "2026-01-01", "--portal-counts", str(counts))
    assert (wrong.exit_code, "counts.csv:2" in wrong.stderr) == (2, True)
    path.write_text("MaHoSo;TrangThaiHoSo\nH44.62-260131-9999;x\n", encoding="utf-8")
    wrong = lgsp("reconcile", "--agency", "H44.62", "--from", "2026-01-01", "--local", str(path))
    assert (wrong.exit_code, "one-stop.csv:2" in wrong.stderr) == (2, True)
    assert lgsp("reconcile", "list", document=True)[1]["reconciliations"][0]["id"] == told["id"]


def test_a_run_that_is_over_is_neither_paused_nor_called_off(lgsp: Command) -> None:
    """The answer says what it is."""
    number = str(lgsp("reconcile", "--agency", "H44.63", document=True)[1]["id"])
    for act in ("pause", "resume", "cancel"):
        told = lgsp("reconcile", act, number)
        assert (told.exit_code, "it is done" in told.stderr) == (1, True)
