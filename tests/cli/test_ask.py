"""`lgsp ask`, `lgsp asks`, `lgsp checks`: a question, the list of those that were put, what checks found."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from tests.cli.processes import run
from tests.cli.stand_in import Gateway

NUMBER = "001099000001"
WORDS = ["ask", "citizen.query.v1", "--from", "one-stop", "--purpose", "dossier", "--who", "Trần Thị B"]
ASK = {
    "at": "2026-11-23T08:30:00.000+07:00", "source": "one-stop", "system": "population-db",
    "type": "citizen.query.v1", "who": "Trần Thị B", "dossier": None, "purpose": "check", "ending": "late",
    "cause": "deadline-passed", "took": 5.25,
}  # fmt: skip


def answering(monkeypatch: pytest.MonkeyPatch, told: Any, status: int = 200) -> Gateway:
    """Put a gateway in the place of the one that runs."""
    there = Gateway(lambda _, said: (status, told) if "data" in said else told)
    monkeypatch.setattr("lgsp.cli.asking.gateway", lambda: there)
    monkeypatch.setenv("LGSP_TOKEN_ONE_STOP", "token-of-one-stop")
    return there


def put(said: bytes, *more: str) -> Any:
    """Put a question that stands on standard input."""
    return CliRunner().invoke(app, [*WORDS, *more], input=said)


def test_a_question_is_put_in_the_name_of_its_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """The body comes from standard input, the credential is the system's; the answer is shown."""
    told = {
        "ask": "00000000-0000-4000-8000-000000000001", "type": "citizen.v1", "system": "population-db",
        "remembered": True, "age": 42.0, "data": {"name": "NGUYỄN VĂN MẪU"},
    }  # fmt: skip
    there = answering(monkeypatch, told)
    said = orjson.dumps({"identity_number": NUMBER})
    ended = put(said, "--dossier", "H44.11-260131-0001", "--within", "5")
    assert ended.exit_code == 0, ended.output
    ((path, body),) = there.asked
    assert (path, there.token) == ("/v1/systems/one-stop/ask", "token-of-one-stop")
    assert body == {
        "type": "citizen.query.v1", "data": {"identity_number": NUMBER}, "purpose": "dossier",
        "who": "Trần Thị B", "dossier": "H44.11-260131-0001", "within": 5.0,
    }  # fmt: skip
    assert "NGUYỄN VĂN MẪU" in ended.output
    assert "42 s" in ended.output
    assert {502, 503, 504} <= set(there.heard)


@pytest.mark.parametrize("json", [False, True])
def test_why_there_is_no_answer_is_shown(monkeypatch: pytest.MonkeyPatch, json: bool) -> None:
    """With each fault and its place; the command ends as a no."""
    problem = {"pointer": "/purpose", "code": "missing", "vi": "Thiếu mục đích"}
    there = answering(monkeypatch, {"title": "invalid", "problems": [problem], "ask": "x"}, 422)
    ended = put(b"{}", *(["--json"] if json else []))
    assert ended.exit_code == 1
    assert len(there.asked) == 1
    if json:
        assert orjson.loads(ended.output)["problems"] == [problem]
    else:
        assert "/purpose: Thiếu mục đích" in ended.output


def test_what_is_no_json_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not repeated on the terminal."""
    there = answering(monkeypatch, {})
    ended = put(f"{{{NUMBER}".encode())
    assert ended.exit_code == 2
    assert there.asked == []
    assert NUMBER not in ended.output


def test_questions_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what people know; only what was said is asked for."""
    there = answering(monkeypatch, {"asks": [ASK], "next": None})
    ended = run("asks", "--to", "population-db", "--ending", "late")
    assert there.asked == [("/v1/asks", {"system": "population-db", "ending": "late", "limit": 50})]
    assert "deadline-passed" in ended.output
    assert "5,25" in ended.output
    assert orjson.loads(run("asks", "--json").output)["asks"] == [ASK]


def test_counts_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By day, system and ending."""
    row = {
        "day": "2026-11-23", "system": "population-db", "ending": "answered", "count": 1234, "remembered": 7,
        "took": 250_000, "slowest": 900_000,
    }  # fmt: skip
    there = answering(monkeypatch, {"counts": [row]})
    ended = run("asks", "--counts", "--since", "2026-11-20")
    assert there.asked == [("/v1/asks/counts", {"from": "2026-11-20"})]
    assert "1234" in ended.output
    assert "0,25" in ended.output


CHECK = {
    "check": "owner", "against": "population-db", "result": "differs", "began_at": "2026-11-23T08:30:00.000+07:00",
    "told_at": "2026-11-23T08:31:00.000+07:00", "fields": ["/applicant/name"], "waived_by": "Lê Vận Hành",
    "waived_why": "đã xem giấy tờ", "ask": "00000000-0000-4000-8000-000000000001", "explanation": None,
}  # fmt: skip


def test_what_checks_found_of_a_dossier_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """With where it differs, who let it go and why, and the question; what is waited for says why and since when."""
    why = {"vi": {"text": "Hệ thống trả lời không trả lời kịp"}}
    waits = CHECK | {"result": "open", "told_at": None, "explanation": why, "waived_by": "", "waived_why": ""}
    there = answering(monkeypatch, {"checks": [CHECK, waits]})
    ended = run("checks", "H44.11-260131-0001")
    assert (ended.exit_code, there.asked) == (0, [("/v1/checks", {"code": "H44.11-260131-0001"})])
    text = " ".join(ended.output.split())
    for word in ("08:31:00", "08:30:00", "differs", "/applicant/name", "Lê Vận Hành", "không trả lời kịp"):
        assert word in text, word
    assert orjson.loads(run("checks", "H44.11-260131-0001", "--json").output)["checks"][0] == CHECK


def test_a_dossier_of_which_nothing_was_asked_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `lgsp trace`: a script sees it by how the command ends."""
    answering(monkeypatch, {"checks": []})
    ended = run("checks", "H44.11-260131-0009")
    assert (ended.exit_code, "nothing was asked" in ended.output) == (1, True)
