"""The commands that need no running gateway: the dry run, tokens, help, and how errors end."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lgsp.cli import app
from lgsp.cli.next_step import next_step
from lgsp.domain.cause import Party
from lgsp.health import Standing
from lgsp.journal.states import State
from lgsp.sandbox.traffic import Traffic
from lgsp.words import PARTIES, STANDINGS, STATES, both, moment, number
from tests.cli.processes import COMMAND


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LGSP_STATE", str(tmp_path / "state"))


def dry_run(folder: Path, told: Any, *words: str) -> tuple[int, Any]:
    """Send a file without sending it; return the exit code and the results."""
    path = folder / "told.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    result = CliRunner().invoke(
        app, ["send", str(path), "--from", "one-stop", "--dry-run", "--json", *words], catch_exceptions=False
    )
    return result.exit_code, json.loads(result.stdout)["results"]


def test_dry_run_shows_the_canonical_form_and_the_way(tmp_path: Path) -> None:
    """A dry run needs no gateway: it tells what each item would become, and where it would go."""
    step = next(step for step in Traffic(3).take(40) if step.kind == "dossier")
    exit_code, results = dry_run(tmp_path, [step.item | {"TruongLa": "x"}])
    assert exit_code == 0
    (result,) = results
    assert result["type"] == "dossier.v1"
    assert result["data"]["code"] == step.code
    assert result["goes"] == ["national-portal"]
    assert {finding["place"] for finding in result["findings"]} >= {"TruongLa"}
    assert all(finding["vi"] and finding["en"] for finding in result["findings"])


def test_dry_run_explains_what_would_be_rejected(tmp_path: Path) -> None:
    """A broken item is told with its native field and the mend in both languages, and ends with exit code 1."""
    exit_code, (result,) = dry_run(tmp_path, [{"MaHoSo": "H44.11-260131-0001", "TrangThaiHoSo": "99"}])
    assert exit_code == 1
    assert not result["taken"]
    assert result["problems"][0]["pointer"] == "0/TrangThaiHoSo"
    assert result["problems"][0]["mend_vi"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"type": "dossier.v1", "data": {"code": "H44.11-260131-0001"}}, "missing"),
        ({"type": "letter.v1", "data": {}}, "not-one-of"),
        ("{", "not-json"),
    ],
)
def test_dry_run_judges_canonical_messages_too(tmp_path: Path, told: Any, code: str) -> None:
    """Canonical JSON is judged as the API would."""
    exit_code, (result,) = dry_run(tmp_path, told, "--canonical")
    assert exit_code == 1
    assert result["problems"][0]["code"] == code


def test_dry_run_takes_a_sound_canonical_message(tmp_path: Path) -> None:
    """A sound canonical message would go where the routes lead."""
    sound = {"type": "dossier.v1", "data": {"code": "000.00.11.H44-260131-0001", "status": "processing"}}
    exit_code, (result,) = dry_run(tmp_path, sound, "--canonical")
    assert exit_code == 0
    assert result["partitionkey"] == "H44.11-260131-0001"
    assert result["goes"] == ["national-portal"]


def test_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    """A dry run makes no journal, no token and no state folder."""
    dry_run(tmp_path, [])
    assert not (tmp_path / "state").exists()


def test_token_is_fresh_and_stored_nowhere(tmp_path: Path) -> None:
    """Each token is new, comes with the variable that sets it, and leaves nothing behind."""
    told = [json.loads(CliRunner().invoke(app, ["token", "one-stop", "--json"]).stdout) for _ in range(2)]
    assert told[0]["variable"] == "LGSP_TOKEN_ONE_STOP"
    assert told[0]["token"] != told[1]["token"]
    assert len(told[0]["token"]) >= 40
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["token", "nobody"],
        ["send", "--from", "one-stop", "/not/there.json"],
        ["demo", "--for", "soon"],
        ["demo", "--rate", "0"],
        ["nothing"],
    ],
)
def test_misuse_ends_with_exit_code_2(words: list[str]) -> None:
    """A command that is used wrongly says so on standard error and prints nothing."""
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 2
    assert told.stderr
    assert told.stdout == ""


def test_unknown_sender_of_a_dry_run_is_a_misuse(tmp_path: Path) -> None:
    """A system that routes.yaml does not declare is named with those that it does."""
    (tmp_path / "told.json").write_text("[]")
    told = CliRunner().invoke(app, ["send", str(tmp_path / "told.json"), "--from", "nobody", "--dry-run"])
    assert told.exit_code == 2
    assert "one-stop" in told.stderr


HEAVY = {
    "aiohttp", "alembic", "asyncpg", "fastapi", "jsonschema_rs", "kombu", "pika", "pydantic", "rich", "ruamel",
    "sqlalchemy", "structlog", "uvicorn", "uvloop",
}  # fmt: skip


HELPED = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from lgsp.cli import main; main()"


def test_help_imports_nothing_that_only_commands_need() -> None:
    """`lgsp --help` is quick because it reads the command line alone: no heavy library, nothing that brings one."""
    told = subprocess.run([COMMAND[0], "-c", HELPED, "--help"], capture_output=True, text=True, check=True)
    imported = set(told.stdout.splitlines()[-1].split())
    assert "[OPTIONS] COMMAND" in told.stdout
    assert {"typer", "lgsp.cli.trials"} <= imported
    assert {name.partition(".")[0] for name in imported} & HEAVY == set()
    ours = {name for name in imported if name.startswith("lgsp.")}
    assert {name for name in ours if not name.startswith("lgsp.cli")} == {"lgsp.collector", "lgsp.errors"}


# --- words ----------------------------------------------------------------------------------------------


def test_every_state_standing_and_party_has_its_word() -> None:
    """Nothing that people see lacks its Vietnamese word."""
    assert STATES.keys() == {state.word for state in State}
    assert STANDINGS.keys() == {standing.value for standing in Standing}
    assert PARTIES.keys() == {party.value for party in Party}


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_next_step(state: State) -> None:
    """Of every state it is said in both languages what happens next."""
    delivery = {"id": 7, "state": state.word, "superseded_by": None, "next_attempt_at": None}
    said = next_step(delivery, "running")
    assert said.vi
    assert said.en
    assert said.vi != said.en


def test_next_step_names_the_time_and_the_number() -> None:
    """What is put off says when it goes; what is dead says how it is replayed."""
    when = "2026-11-21T14:05:09.000+07:00"
    delivery = {"id": 7, "state": "put off", "superseded_by": None, "next_attempt_at": when}
    assert next_step(delivery, "running").at == when
    assert "21/11/2026 14:05:09" in next_step(delivery, "running").vi
    assert "lgsp resume" in next_step(delivery, "paused").en
    assert "lgsp replay 7" in next_step(delivery | {"state": "exhausted"}, "running").en
    assert "newer" in next_step(delivery | {"state": "exhausted", "superseded_by": 9}, "running").en


def test_numbers_and_times_are_written_as_offices_write_them() -> None:
    """Points between thousands, a comma before decimals; Viet Nam time whatever zone was given."""
    assert number(1234567.8) == "1.234.567,8"
    assert number(1234567) == "1.234.567"
    assert moment("2026-11-21T07:05:09+00:00") == "21/11/2026 14:05:09"
    assert moment(None) == ""
    assert both("delivered") == "đã chuyển (delivered)"
    assert both("what nobody named") == "what nobody named"
