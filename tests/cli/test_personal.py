"""`lgsp personal` and `lgsp retain --by-rules`, as people and scripts read them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest
from typer.testing import CliRunner, Result

from lgsp.cli import app
from lgsp.cli import shell as cli_shell
from tests.cli.stand_in import Gateway, by_path

NUMBER = "079201001234"
MESSAGE = "11111111-1111-5111-8111-111111111111"
SEEN = {
    "at": "2026-01-31T08:00:00+07:00", "who": "lan", "system": "", "how": "shown", "purpose": "fault",
    "reason": "hồ sơ vướng", "subject": "H44.11-260131-0001", "item": MESSAGE, "type": "dossier.v1",
    "until": None,
}  # fmt: skip
DUE = {"type": "dossier.v1", "rule": "by type", "count": 3, "bytes": 3 << 20, "oldest": "2020-01-01"}


class Answer(NamedTuple):
    """What a file is answered with."""

    status: int
    text: str


def run(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], *words: str, typed: str = ""
) -> tuple[Result, Gateway]:
    """Run a command against a gateway that answers."""
    there = Gateway(by_path(answers))
    monkeypatch.setattr(import_module("lgsp.cli.personal"), "gateway", lambda: there)
    monkeypatch.setattr(cli_shell, "gateway", lambda: there)
    return CliRunner().invoke(app, [*words], input=typed), there


def test_purposes_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """In both languages."""
    told = {"purposes": [{"purpose": "fault", "vi": "tìm lỗi", "en": "finding a fault"}]}
    result, _ = run(monkeypatch, {"/v1/disclosures/purposes": told}, "personal", "purposes")
    assert (result.exit_code, result.stdout) == (0, "fault: tìm lỗi (finding a fault)\n")


def test_a_message_is_disclosed_and_masked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With purpose, reason and minutes; to mask what was masked is a no."""
    why = ["--purpose", "fault", "--reason", "hồ sơ vướng"]
    path = f"/v1/messages/{MESSAGE}"
    result, there = run(
        monkeypatch,
        {f"{path}/disclose": {"until": "2026-01-31T09:00"}},
        "personal",
        "disclose",
        MESSAGE,
        *why,
    )
    assert (result.exit_code, "2026-01-31T09:00" in result.stdout) == (0, True)
    assert there.asked == [(f"{path}/disclose", {"purpose": "fault", "reason": "hồ sơ vướng", "minutes": 15})]
    too_long = run(monkeypatch, {}, "personal", "disclose", MESSAGE, *why, "--minutes", "61")
    assert (too_long[0].exit_code, too_long[1].asked) == (2, [])
    for masked, code in ((True, 0), (False, 1)):
        result, _ = run(monkeypatch, {f"{path}/mask": {"masked": masked}}, "personal", "mask", MESSAGE)
        assert result.exit_code == code


def test_who_has_seen_is_asked_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is typed, unseen, and goes in the body alone: it is no argument and stands in no address."""
    pages = {
        "/v1/disclosures/report?after=0&limit=1000": {"disclosures": [SEEN], "next": 7},
        "/v1/disclosures/report?after=7&limit=1000": {
            "disclosures": [SEEN | {"who": "", "system": "land", "how": "asked", "subject": ""}],
            "next": None,
        },
    }
    result, there = run(
        monkeypatch, pages, "personal", "seen", "--number", "--from", "2026-01-01", typed=f"{NUMBER}\n"
    )
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()[-2:]
    assert ("lan" in first, "fault: hồ sơ vướng" in first, "H44.11-260131-0001" in first) == (
        True,
        True,
        True,
    )
    assert ("land" in second, MESSAGE in second) == (True, True)
    assert NUMBER not in result.stdout
    assert [said["number"] for _, said in there.asked] == [NUMBER] * 2
    assert [said["from"] for _, said in there.asked] == ["2026-01-01"] * 2
    none = {"/v1/disclosures/report?after=0&limit=1000": {"disclosures": [], "next": None}}
    assert "chưa ai xem" in run(monkeypatch, none, "personal", "seen", "--who", "lan")[0].stdout
    told, _ = run(monkeypatch, none, "personal", "seen", "--json")
    assert orjson.loads(told.stdout) == {"disclosures": []}


def test_the_report_is_written_as_a_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As the gateway made it; a fault of the gateway is told, and no file is left."""
    path, file = "/v1/disclosures/report.csv", tmp_path / "seen.csv"
    words = ["personal", "seen", "--code", "H44.11-260131-0001", "-o", str(file)]
    refused, _ = run(monkeypatch, {path: (403, "")}, *words)
    assert (refused.exit_code != 0, file.exists()) == (True, False)
    assert run(monkeypatch, {path: (200, "\ufeffat;who\r\n")}, *words)[0].exit_code == 0
    assert file.read_text(encoding="utf-8") == "\ufeffat;who\n"


def test_what_rules_would_erase_is_shown_and_erased_only_with_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A preview of several stretches is one; it is ordered with a reason, once."""
    preview, order = "/v1/retention/preview", "/v1/retention/run"

    def answers() -> dict[str, Any]:
        pages = [
            {"would_erase": [DUE], "next": 500},
            {"would_erase": [DUE | {"oldest": "2019-05-05"}, DUE | {"rule": "court"}], "next": None},
        ]
        return {preview: pages, order: {"runs": [{"id": 4}, {"id": 3}]}}

    shown, there = run(monkeypatch, answers(), "retain", "--by-rules")
    assert shown.exit_code == 0, shown.output
    assert "dossier.v1 (by type): 6, 6.0 MiB, cũ nhất (oldest) 2019-05-05" in shown.stdout
    assert "dossier.v1 (court): 3, 3.0 MiB" in shown.stdout
    assert "add --yes" in shown.stdout
    assert there.asked == [(preview, {"after": 0}), (preview, {"after": 500})]
    done, there = run(
        monkeypatch, answers(), "retain", "--by-rules", "--yes", "--reason", "thanh tra", "--json"
    )
    told = orjson.loads(done.stdout)
    assert (told["done"], told["runs"], len(told["would_erase"])) == (True, [{"id": 4}], 2)
    assert there.asked[-1] == (order, {"reason": "thanh tra"})
    nothing = {preview: {"would_erase": [], "next": None}}
    assert "nothing is old enough" in run(monkeypatch, nothing, "retain", "--by-rules")[0].stdout


def test_retaining_needs_to_be_told_by_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an age nor the rules: nothing is asked of anybody."""
    result, there = run(monkeypatch, {}, "retain")
    assert (result.exit_code, there.asked) == (2, [])
