"""`lgsp credentials`, as people and scripts read it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from lgsp.api.credentials import Asked
from lgsp.cli import app
from tests.cli.stand_in import Gateway, alike

ONE = {
    "id": "11111111-1111-4111-8111-111111111111", "kind": "key", "system": "one-stop", "person": "",
    "name": "Cổng một cửa", "standing": "holds", "until": "2026-12-31T23:59:59.000+07:00", "days_left": 7,
    "used": None, "used_from": "", "replaced_until": None,
}  # fmt: skip
SECRET = {"secret": "lgsp_key_shown-once", "client_id": ONE["id"]}


def run(monkeypatch: pytest.MonkeyPatch, answer: Any, *words: str) -> tuple[Result, Gateway]:
    """Run a command against a gateway that answers."""
    there = Gateway(alike(answer))
    # the command has the name of its module
    monkeypatch.setattr(import_module("lgsp.cli.credentials"), "gateway", lambda: there)
    return CliRunner().invoke(app, ["credentials", *words]), there


def test_credentials_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how they stand, the days that are left, and the last use; an empty list says so."""
    result, there = run(monkeypatch, {"credentials": [ONE]}, "list", "--system", "one-stop")
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    assert "one-stop" in words
    assert "còn 7" in words
    assert there.asked == [("/v1/credentials", {"system": "one-stop"})]
    assert "none" in run(monkeypatch, {"credentials": []}, "list")[0].stdout
    told, _ = run(monkeypatch, {"credentials": [ONE]}, "list", "--json")
    assert orjson.loads(told.stdout) == {"credentials": [ONE]}


def test_a_secret_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the id that a client says, and the warning that it will not be shown again."""
    result, there = run(
        monkeypatch, ONE | SECRET, "make", "one-stop", "--kind", "client", "--agency", "H44.11",
        "--agency", "H44.12@2026-01-01/2026-06-30", "--act", "send", "--address", "10.0.0.0/8",
        "--until", "2026-12-31", "--since", "2026-01-01T08:00", "--limit", "per_second=2.5", "--limit",
        "requests.burst=10", "--limit", "items.per_day=10000",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "secret: lgsp_key_shown-once" in result.stdout
    assert f"client_id: {ONE['id']}" in result.stdout
    ((path, said),) = there.asked
    assert path == "/v1/credentials"
    assert said["limits"] == {"requests": {"per_second": 2.5, "burst": 10}, "items": {"per_day": 10000}}
    assert Asked.model_validate_json(orjson.dumps(said | {"certificate": ""})).limits.requests.burst == 10
    assert said["agencies"] == [
        {"agency": "H44.11", "since": None, "until": None},
        {"agency": "H44.12", "since": "2026-01-01", "until": "2026-06-30"},
    ]
    assert (said["kind"], said["acts"], said["addresses"]) == ("client", ["send"], ["10.0.0.0/8"])
    assert (said["since"], said["until"]) == ("2026-01-01T08:00:00+07:00", "2026-12-31T23:59:59+07:00")


def test_a_certificate_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As it stands there; the gateway judges it."""
    path = tmp_path / "client.pem"
    path.write_text("-----BEGIN CERTIFICATE-----", encoding="ascii")
    result, there = run(
        monkeypatch,
        ONE,
        "make",
        "one-stop",
        "--kind",
        "certificate",
        "--certificate",
        str(path),
        "--by-names",
    )
    assert result.exit_code == 0, result.output
    assert there.asked[0][1]["certificate"] == "-----BEGIN CERTIFICATE-----"
    assert there.asked[0][1]["by_names"] is True
    assert "secret" not in result.stdout


@pytest.mark.parametrize(
    "words", [("--until", "tomorrow"), ("--agency", "H44@soon"), ("--since", "2026-13-01")]
)
def test_a_day_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, words: tuple[str, str]) -> None:
    """Before anything is asked of the gateway."""
    result, there = run(monkeypatch, ONE, "make", "one-stop", *words)
    assert (result.exit_code, there.asked) == (2, [])


def test_a_secret_is_rotated_with_an_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A week unless told otherwise; it says until when the old one holds."""
    told = ONE | SECRET | {"replaced_until": "2026-11-30T08:00:00+07:00"}
    result, there = run(monkeypatch, told, "rotate", "1", "--reason", "hằng năm")
    assert there.asked == [("/v1/credentials/1/rotate", {"reason": "hằng năm", "overlap": 604_800})]
    assert "2026-11-30" in result.stdout
    _, there = run(monkeypatch, told, "rotate", "a/b", "--reason", "lộ khóa", "--overlap", "0")
    assert there.asked == [("/v1/credentials/a%2Fb/rotate", {"reason": "lộ khóa", "overlap": 0})]


def test_a_credential_is_revoked_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which the command asks for where nobody said one."""
    result, there = run(monkeypatch, ONE | {"standing": "revoked"}, "revoke", "1", "--reason", "nghỉ dùng")
    assert there.asked == [("/v1/credentials/1/revoke", {"reason": "nghỉ dùng"})]
    assert "đã thu hồi (revoked)" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["often"],
        ["per_year=5"],
        ["items.per_day"],
        ["items.per_day=-1"],
        ["x.per_day=1"],
        ["per_day=1", "requests.per_day=2"],
    ],
)
def test_a_limit_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    """Nothing is asked of the gateway; each word of a limit may stand once."""
    limits = [part for word in words for part in ("--limit", word)]
    result, there = run(monkeypatch, ONE | SECRET, "make", "one-stop", *limits)
    assert (result.exit_code != 0, there.asked) == (True, [])
