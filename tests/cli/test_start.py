"""What a command imports before it does its work: no more than it needs, so that people wait for nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from lgsp.cli import app
from lgsp.cli.commands import COMMANDS, Commands
from tests.cli.processes import environment

WEB = {"fastapi", "starlette", "uvicorn", "jinja2", "babel", "joserfc"}
FAR = {"aiohttp", "zeep", "lxml"}
STORE = {"sqlalchemy", "alembic", "asyncpg"}
BROKER = {"kombu", "pika"}
FORMATS = {"xlsxwriter", "python_calamine", "pyhanko", "signxml"}
OTHER = {"rich", "ruamel", "structlog", "jsonschema_rs", "uvloop"}

ASKED = """
import gc, json, sys
from lgsp.cli import main
told = {}
def note(step):
    told[step] = sorted(sys.modules)
sys.argv = ["lgsp", "trace", "nothing"]
try:
    main()
except SystemExit as end:
    told["code"] = end.code
note("trace")
told["looks"] = sum(one["collections"] for one in gc.get_stats())
import lgsp.journal.seal_walk, lgsp.journal.postgres, lgsp.journal.retaining
note("journal")
import lgsp.check
note("check")
import lgsp.app
note("send")
print(json.dumps(told))
"""
"""One process goes from the smallest command to a process that sends, and says on the way what it has imported."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Lend what a fresh process says of itself."""
    env = environment(tmp_path_factory.mktemp("state"))
    said = subprocess.run(
        [sys.executable, "-c", ASKED], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    return dict(json.loads(said.stdout))


def _libraries(told: dict[str, Any], step: str) -> set[str]:
    return {name.partition(".")[0] for name in told[step]}


def test_a_command_that_asks_the_gateway_imports_a_client_alone(told: dict[str, Any]) -> None:
    """`lgsp trace` needs HTTP and its own module: no web framework, no journal, no other command."""
    assert told["code"] == 2
    assert "aiohttp" in _libraries(told, "trace")
    assert _libraries(told, "trace") & (WEB | STORE | BROKER | FORMATS | OTHER | FAR) == {"aiohttp"}
    ours = {name for name in told["trace"] if name.startswith("lgsp.cli.")}
    assert ours == {"lgsp.cli.commands", "lgsp.cli.shell", "lgsp.cli.tracing"}


def test_a_start_hardly_ever_looks_for_cycles(told: dict[str, Any]) -> None:
    """What is imported stays: looking through it again and again is a fifth of the start of `lgsp run`."""
    assert told["looks"] < 100


def test_a_journal_is_read_without_a_web_framework(told: dict[str, Any]) -> None:
    """Verifying, thinning out, restoring: what works on the journal alone serves and calls nobody."""
    assert "sqlalchemy" in _libraries(told, "journal")
    assert _libraries(told, "journal") & {"fastapi", "starlette", "uvicorn", "zeep"} == set()
    assert "lgsp.adapter" not in told["journal"]


def test_what_an_adapter_is_brings_no_web_framework(told: dict[str, Any]) -> None:
    """A home is checked by what its adapters bring themselves: the contract brings no library but pydantic."""
    assert "lgsp.adapter" in told["check"]
    assert not {"fastapi", "starlette", "lgsp.api"} & set(told["check"])


def test_a_process_that_only_sends_has_no_screens_and_endpoints(told: dict[str, Any]) -> None:
    """`lgsp work` and `lgsp jobs` start without the API's endpoints, the console and what these write."""
    assert "lgsp.api.health" in told["send"]
    assert {"lgsp.api.site", "lgsp.console.front", "xlsxwriter", "lgsp.api.reports"} & set(
        told["send"]
    ) == set()


# --- the table of commands --------------------------------------------------------------------------------


def test_every_command_of_the_table_is_there() -> None:
    """Each name leads to a module that has it; the command that is made has that name and a help."""
    commands = Commands()
    assert len(commands) == len(COMMANDS)
    for name in COMMANDS:
        made = commands[name]
        assert made.name == name
        assert made.get_short_help_str()
        assert commands[name] is made


def test_every_command_stands_in_the_table() -> None:
    """No module of the command line has a command that nobody can call: each is in the table or is used by one."""
    folder = Path(sys.modules["lgsp.cli"].__file__ or "").parent
    named = {place.partition(":")[0] for place in COMMANDS.values()}
    files = {path.stem for path in folder.glob("*.py")}
    groups = {path.stem for path in folder.glob("*.py") if "typer.Typer(" in path.read_text(encoding="utf-8")}
    assert named <= files
    assert groups - {"__init__", "commands"} <= named


def test_only_what_is_named_is_made() -> None:
    """Finding one command makes no other; an unknown name is none."""
    commands = Commands({"code": "codes", "codes": "listings:agencies", "gone": "no_such_module"})
    assert list(commands) == ["code", "codes", "gone"]
    assert commands["codes"].commands.keys()
    assert commands.get("nothing") is None
    with pytest.raises(ModuleNotFoundError):
        commands["gone"]


def test_a_command_can_be_put_in_and_taken_out() -> None:
    """The table of a shell is as good as a dictionary to the library that reads it."""
    commands = Commands({"code": "codes"})
    other = Commands()["check"]
    commands["mine"] = other
    assert (list(commands), commands["mine"]) == (["code", "mine"], other)
    del commands["mine"]
    del commands["code"]
    assert dict(commands) == {}


def test_a_mistyped_command_is_told_what_it_may_have_meant() -> None:
    """All names are known without any of them being made."""
    said = CliRunner().invoke(app, ["trac"])
    assert said.exit_code == 2
    assert "trace" in said.stderr


def test_help_lists_the_commands_in_their_order() -> None:
    """What runs the platform stands first, what looks after it behind."""
    said = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "TERM": "dumb"}).stdout
    listed = [
        line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line.startswith("  ")
    ]
    assert [name for name in listed if name in COMMANDS] == list(COMMANDS)
    assert isinstance(app, typer.Typer)
