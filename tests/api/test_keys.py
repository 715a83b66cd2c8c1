"""Data keys over HTTP and on the command line: seen by people, made by administrators, never shown."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from lgsp.journal import keys_resealing
from tests.api.province import CODE, dossier, province

KEYS = "/v1/keys"


async def test_keys_are_listed_made_and_rewrapped_without_being_shown(tmp_path: Path) -> None:
    """What was told before and after a rotation is read; each act is an entry with its person."""
    async with province(tmp_path) as here:
        receipt = await here.one_stop.bring(dossier())
        told = (await here.operator.get(KEYS)).json()
        assert (told["current"], [one["state"] for one in told["keys"]]) == (1, ["current"])
        assert told["keys"][0]["wrapped_by"] == "first"
        made = await here.operator.post(f"{KEYS}/rotate")
        assert (made.status, made.json()["made"]) == (200, 2)
        assert [one["state"] for one in made.json()["keys"]] == ["current", "coming"]
        assert (await here.operator.post(f"{KEYS}/rewrap")).json()["rewrapped"] == 0
        walk = (await here.operator.get(f"/v1/messages/{receipt['id']}")).json()
        assert walk["data"]["code"] == CODE
        assert {name for one in told["keys"] for name in one} == {
            "number", "wrapped_by", "created_at", "created_by", "seals_from", "retired_at", "state",
        }  # fmt: skip
        entries = await here.platform.gateway.journal.read(
            lambda tx: tx.rows("SELECT what, who FROM entries WHERE what LIKE 'key %' ORDER BY id")
        )
        assert entries[-1] == ("key made", "operator")


async def test_the_re_encryption_is_ordered_and_what_does_not_fit_is_told(tmp_path: Path) -> None:
    """Begun once, paused, resumed; an order that does not fit its state is answered 409."""
    async with province(tmp_path) as here:
        assert (await here.operator.get(KEYS)).json()["reencryption"] is None
        orders = ("pause", "begin", "begin", "pause", "pause", "resume")
        answers = [await here.operator.post(f"{KEYS}/reencryption/{order}") for order in orders]
        assert [one.status for one in answers] == [409, 200, 409, 200, 409, 200]
        assert answers[3].json()["reencryption"]["state"] == keys_resealing.PAUSED


async def test_systems_and_nobody_see_and_do_nothing(tmp_path: Path) -> None:
    """A key is no system's affair."""
    async with province(tmp_path) as here:
        for caller, status in ((here.nobody, 401), (here.one_stop, 403)):
            acts = ("rotate", "rewrap", "reencryption/begin")
            replies = [await caller.get(KEYS), *[await caller.post(f"{KEYS}/{act}") for act in acts]]
            assert {one.status for one in replies} == {status}


TOLD = {
    "current": 2,
    "made": 2,
    "rewrapped": 1,
    "keys": [
        {
            "number": n, "wrapped_by": "2026-11", "created_at": "2026-11-01T08:00:00+07:00", "retired_at": None,
            "created_by": "an", "seals_from": "2026-11-01T08:00:10+07:00", "state": state,
        }
        for n, state in ((1, "older"), (2, "current"))
    ],
    "reencryption": {
        "target": 2, "state": "running", "rounds": 0, "place": "bodies", "looked": 1234, "sealed": 56,
        "changed_at": "2026-11-01T09:00:00+07:00", "faults": ["reading bodies 7: it was altered (key 1)"],
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["list"], "đang dùng (current)"),
        (["rotate"], "khóa dữ liệu 2"),
        (["rewrap"], "1 khóa"),
        (["status"], "1.234"),
        (["reencrypt"], "đang chạy (running)"),
        (["pause"], "Khóa 2"),
        (["resume"], "bodies 7"),
    ],
)
def test_each_command_says_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, words: list[str], shown: str
) -> None:
    """In words for people, and whole as JSON for programs."""
    asked = []

    async def ask(order: str = "") -> object:
        asked.append(order)
        return TOLD

    monkeypatch.setattr(import_module("lgsp.cli.keys"), "_ask", ask)
    reply = CliRunner().invoke(app, ["keys", *words])
    assert (reply.exit_code, shown in reply.output) == (0, True), reply.output
    assert orjson.loads(CliRunner().invoke(app, ["keys", *words, "--json"]).stdout) == TOLD
    assert asked[0] == asked[1]


def test_a_key_file_is_made_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the setting or the option; without either the command asks for one."""
    monkeypatch.setenv("LGSP_STATE", str(tmp_path))
    monkeypatch.setenv("LGSP_KEY_FILE", "none")
    assert CliRunner().invoke(app, ["keys", "make", "one"]).exit_code == 2
    named = tmp_path / "named"
    for name in ("one", "two"):
        reply = CliRunner().invoke(app, ["keys", "make", name, "--file", str(named)])
        assert (reply.exit_code, str(named) in reply.output) == (0, True)
    lines = [line for line in named.read_text().splitlines() if not line.startswith("#")]
    assert [line.split()[0] for line in lines] == ["two", "one"]
    assert all(line.split()[1] not in reply.output for line in lines)
