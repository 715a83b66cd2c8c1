"""`lgsp shadow report`: what is compared without a purpose and with one, and how the command answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import orjson
import pytest
from typer.testing import CliRunner, Result

from lgsp.cli import app

CODES = ("H44.11-260131-0001", "H44.11-260131-0002", "H44.11-260131-0003")
WHY = ["--purpose", "fault", "--reason", "trước khi chuyển kết nối"]


class Gateway:
    """A gateway that compares as it is told to, and keeps what it was asked."""

    def __init__(self, verdicts: list[str]) -> None:
        self.verdicts = verdicts
        self.asked: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    async def get(self, path: str, **terms: Any) -> Any:
        """Count nothing."""
        assert (path, terms["system"]) == ("/v1/shadow", "portal")
        return {"would": [], "open": {}, "brought_to_life": {}, "adopted": 0}

    async def pages(self, path: str, name: str, **terms: Any) -> AsyncIterator[dict[str, Any]]:
        """List nothing."""
        for one in ():
            yield {"path": path, "name": name, "terms": terms, "one": one}

    async def post(self, path: str, said: Any) -> Any:
        """Compare."""
        assert path == "/v1/shadow/compare"
        self.asked.append(said)
        differs = [{"field": "SoDienThoai", "old": None, "ours": "‹•••0 ≤20›"}]
        return {
            "items": [
                {"code": code, "partitionkey": code, "verdict": verdict, "differences": differs if verdict == "differs" else []}
                for code, verdict in zip(CODES, self.verdicts, strict=False)
            ]
        }  # fmt: skip


def report(
    monkeypatch: pytest.MonkeyPatch, folder: Path, verdicts: list[str], *words: str
) -> tuple[Result, Gateway]:
    """Compare a file of as many items as there are verdicts."""
    there, file = Gateway(verdicts), folder / "old.jsonl"
    file.write_text("\n".join(f'{{"MaHoSo": "{code}"}}' for code in CODES[: len(verdicts)]), encoding="utf-8")
    monkeypatch.setattr(import_module("lgsp.cli.shadow"), "gateway", lambda: there)
    asked = ["shadow", "report", "--system", "portal", "--old", str(file), *words]
    return CliRunner().invoke(app, asked), there


def test_values_that_were_not_compared_are_not_taken_for_equal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a purpose the answer is no, it is said what to add, and only what differs is listed."""
    result, there = report(monkeypatch, tmp_path, ["not-compared", "differs", "not-compared"])
    assert (result.exit_code, there.asked[0]["why"]) == (1, None)
    words = " ".join(result.stdout.split())
    assert "chưa so giá trị (not-compared): 2" in words
    assert "--purpose" in words
    assert ("SoDienThoai" in words, CODES[1] in words, CODES[0] in words) == (True, True, False)
    told, _ = report(monkeypatch, tmp_path, ["not-compared"], "--json")
    assert (told.exit_code, orjson.loads(told.stdout)["compared"]) == (1, [])


def test_with_a_purpose_equal_is_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The purpose goes along; what is not equal is a no."""
    result, there = report(monkeypatch, tmp_path, ["equal", "equal"], *WHY)
    assert result.exit_code == 0, result.output
    assert there.asked[0]["why"] == {"purpose": "fault", "reason": "trước khi chuyển kết nối"}
    assert "not-compared): 0" in " ".join(result.stdout.split())
    assert "--purpose" not in result.stdout
    assert report(monkeypatch, tmp_path, ["equal", "differs"], *WHY)[0].exit_code == 1


def test_a_table_lists_each_field_that_one_side_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """For whoever goes on with it in a sheet."""
    table = tmp_path / "diff.csv"
    report(monkeypatch, tmp_path, ["differs", "not-compared"], "--csv", str(table))
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1] == f"{CODES[0]},khác nhau,SoDienThoai,,‹•••0 ≤20›"
