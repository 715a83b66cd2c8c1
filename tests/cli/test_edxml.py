"""`lgsp edxml`: what was read can be written, and faults are told with their places."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from lgsp.cli import app

SAMPLES = Path(__file__).parents[1] / "formats" / "edxml" / "samples"
ALL = SAMPLES / "generated" / "gen_new_all_types.edxml"
QUIRKS = SAMPLES / "quirks"


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LGSP_STATE", str(tmp_path / "state"))
    for name in ("LGSP_JOURNAL_URL", "LGSP_BLOBS_URL", "LGSP_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)


def _run(*asked: object) -> Result:
    return CliRunner().invoke(app, ["edxml", *map(str, asked)])


def _json(*asked: object, code: int = 0) -> dict[str, Any]:
    told = _run(*asked, "--json")
    assert told.exit_code == code, told.output
    found: dict[str, Any] = orjson.loads(told.stdout)
    return found


def test_what_was_read_is_written_again(tmp_path: Path) -> None:
    """The JSON of `read` is what `write` takes; the attachments wait in the folder that was named."""
    said, made, folder = tmp_path / "said.json", tmp_path / "made.edxml", tmp_path / "files"
    told = _run("read", ALL, "--json", "--attachments", folder)
    said.write_text(told.stdout)
    assert _run("write", said, "-o", made, "--attachments", folder).exit_code == 0
    assert made.read_bytes() == ALL.read_bytes()
    again = _json("write", said, "-o", made, "--attachments", folder)
    assert again == {"type": "document.v1", "file": str(made), "size": 13007}


def test_who_names_no_folder_keeps_no_attachments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was only looked at leaves nothing behind; `write` says which file it misses."""
    (tmp_path / "passing").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "passing"))
    said, made = tmp_path / "said.json", tmp_path / "made.edxml"
    said.write_text(_run("read", ALL, "--json").stdout)
    assert _run("write", said, "-o", made).exit_code == 1
    assert not made.exists()
    assert not (tmp_path / "state").exists()
    assert list((tmp_path / "passing").iterdir()) == []


def test_canonical_data_alone_are_written_too(tmp_path: Path) -> None:
    """A file may hold the data without what `read` tells around them, of documents and statuses."""
    for name in ("gen_update", "gen_status_06"):
        source, folder = SAMPLES / "generated" / f"{name}.edxml", tmp_path / "files"
        said, made = tmp_path / f"{name}.json", tmp_path / f"{name}.edxml"
        said.write_bytes(orjson.dumps(_json("read", source, "--attachments", folder)["data"]))
        assert _run("write", said, "--output", made, "--attachments", folder).exit_code == 0
        assert made.read_bytes() == source.read_bytes()
    assert not (tmp_path / "state").exists()


def test_findings_are_told() -> None:
    """Each finding has code, place and what was read; for people in Vietnamese first."""
    told = _json("read", QUIRKS / "10_priority_text.edxml")
    assert {"code": "unknown-code", "place": "MessageHeader/OtherInfo/Priority", "read": "Khẩn"} in told[
        "findings"
    ]
    assert (told["type"], len(told["sha256"]), told["size"]) == ("document.v1", 64, 9275)
    shown = _run("read", QUIRKS / "10_priority_text.edxml").output
    assert "MessageHeader/OtherInfo/Priority: mã ngoài danh mục, giữ nguyên: Khẩn" in shown
    assert "Không có điểm cần lưu ý" in _run("read", SAMPLES / "generated" / "gen_minimal.edxml").output


def test_a_packet_that_cannot_be_read_is_a_negative_answer() -> None:
    """The answer is no, with place and reason in both languages."""
    told = _json("read", QUIRKS / "15_xxe.edxml", code=1)
    assert told["data"] is None
    assert [(p["place"], p["code"]) for p in told["problems"]] == [("DOCTYPE", "doctype")]
    shown = _run("read", QUIRKS / "02_otherns.edxml")
    assert shown.exit_code == 1
    assert "không thuộc không gian tên" in shown.output
    assert "Sửa gói tin rồi gửi lại." in shown.output
    assert told["problems"][0]["mend"].startswith("Sửa gói tin rồi gửi lại.")


def test_data_that_do_not_fit_are_not_written(tmp_path: Path) -> None:
    """Nothing is left behind: neither a packet nor half of one, and one that is there stays."""
    said, made = tmp_path / "said.json", tmp_path / "made.edxml"
    made.write_text("before")
    for data in (
        {"key": "x", "act": "new", "urgency": "9"},
        {"key": "x", "act": "new", "subject": "\0"},
        {
            "key": "x",
            "act": "new",
            "attachments": [{"id": "1", "name": "a", "dataref": "sha256:" + "0" * 64}],
        },
    ):
        said.write_bytes(orjson.dumps({"type": "document.v1", "data": data}))
        assert len(_json("write", said, "-o", made, code=1)["problems"]) == 1
    assert made.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["made.edxml", "said.json"]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"type": "dossier.v1", "data": {}}'])
def test_wrong_usage_is_told_with_its_mend(content: bytes, tmp_path: Path) -> None:
    """A file that is no canonical document is wrong usage."""
    said = tmp_path / "said.json"
    said.write_bytes(content)
    told = _run("write", said, "-o", tmp_path / "made.edxml")
    assert told.exit_code == 2
    assert str(said.name) in told.output.replace("\n", "").replace("│", "").replace(" ", "")


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    """A path that leads nowhere is told as such."""
    told = _run("read", tmp_path / "nowhere.edxml")
    assert told.exit_code == 2
    assert "nowhere.edxml" in told.output
