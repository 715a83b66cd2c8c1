"""`lgsp jobs …` against a gateway in a process of its own, whose home has a system that is asked."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.home import packed
from tests.cli.processes import environment, lgsp, run, serving

ADAPTER = '''"""Asks a folder: each file in it is a dossier; a file named `fault` is a far side that fails."""

from pathlib import Path

from lgsp.adapter import Adapter, Config, Page
from lgsp.errors import Unavailable
from lgsp.message import Message, Raw, native_digest


class Settings(Config):
    """Where it looks."""

    folder: Path


class Shelf(Adapter):
    """Brings what lies on a shelf."""

    Config = Settings
    brings = frozenset({"dossier.v1"})
    jobs = frozenset({"dossiers"})

    async def fetch(self, job, cursor):
        """Bring each file that is new since the cursor."""
        for path in sorted(self.config.folder.iterdir()):
            if path.name == "fault":
                raise Unavailable("http-503", "Service Unavailable")
            if path.name > (cursor or ""):
                data = {"code": path.name, "status": "received"}
                message = Message("dossier.v1", path.name, path.name, data, native=native_digest(data))
                yield Page([message], Raw.of(path.read_bytes()), path.name)
'''
HOME = """
systems:
  shelf: {{adapter: shelf, config: {{folder: {folder}}}, jobs: {{dossiers: {{at: "02:30"}}}}}}
"""
Command = Callable[..., Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], Path]]:
    """A gateway with that home; yields the environment and the shelf."""
    home, shelf = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("shelf")
    shutil.copytree(packed() / "schemas", home / "schemas")
    (home / "adapters" / "shelf").mkdir(parents=True)
    (home / "adapters" / "shelf" / "__init__.py").write_text(ADAPTER, encoding="utf-8")
    (home / "routes.yaml").write_text(HOME.format(folder=shelf), encoding="utf-8")
    env = environment(tmp_path_factory.mktemp("state"), LGSP_HOME=str(home))
    with serving(env, "run"):
        yield env, shelf


@pytest.fixture
def here(place: tuple[dict[str, str], Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let commands of this process speak to that gateway; yields the shelf, empty."""
    for name, value in place[0].items():
        monkeypatch.setenv(name, value)
    yield place[1]
    for path in place[1].iterdir():
        path.unlink()


def put(shelf: Path, *codes: str) -> None:
    """Lay dossiers on the shelf."""
    for code in codes:
        (shelf / code).write_text("{}", encoding="utf-8")


def test_a_job_is_listed_with_its_schedule(here: Path) -> None:
    """As a table for people, as one document for programs."""
    code, told = run("jobs", "list", document=True)
    (one,) = told["jobs"]
    assert (code, one["system"], one["job"], one["at"]) == (0, "shelf", "dossiers", "02:30")
    shown = run("jobs", "list").stdout
    assert "dossiers" in shown
    assert "lúc" in shown


def test_a_job_runs_now_and_its_history_says_what_came(here: Path) -> None:
    """Waiting for the end shows how it ended; what it brought is traced like any message."""
    put(here, "H44.11-260131-0101", "H44.11-260131-0102")
    code, told = run("jobs", "run", "shelf", "dossiers", "--wait", document=True)
    assert (code, told["state"], told["pages"], told["new"], told["who"]) == (0, "done", 2, 2, "operator")
    code, found = run("jobs", "history", "shelf", "dossiers", document=True)
    assert (code, found["runs"][0]) == (0, told)
    assert "đã xong" in run("jobs", "history", "shelf", "dossiers").stdout
    code, traced = run("trace", "H44.11-260131-0102", document=True)
    assert (code, len(traced["messages"])) == (0, 1)


def test_a_run_that_fails_is_a_negative_answer(here: Path) -> None:
    """The exit code says so, and the words why."""
    put(here, "fault")
    code, told = run("jobs", "run", "shelf", "dossiers", "--wait", document=True)
    assert (code, told["state"], told["cause"]) == (1, "failed", "http-503")
    shown = run("jobs", "history", "shelf", "dossiers", "--limit", "1")
    assert "không thành công" in " ".join(shown.stdout.split())


def test_a_job_is_paused_and_resumed(here: Path) -> None:
    """What cannot be is a negative answer that says why."""
    assert "tạm dừng" in run("jobs", "pause", "shelf", "dossiers").stdout
    again = run("jobs", "pause", "shelf", "dossiers")
    assert (again.exit_code, "it is paused" in again.stderr) == (1, True)
    code, told = run("jobs", "resume", "shelf", "dossiers", document=True)
    assert (code, told["state"]) == (0, "waiting")


def test_a_job_that_is_not_planned_is_not_ordered(here: Path) -> None:
    """The answer is no, and says where to look."""
    said = run("jobs", "run", "shelf", "nothing")
    assert (said.exit_code, "routes.yaml has no job nothing of shelf" in said.stderr) == (1, True)


def test_without_a_word_it_is_the_role(place: tuple[dict[str, str], Path]) -> None:
    """`lgsp jobs` serves, as the units of an installation start it; on SQLite it says why it cannot."""
    said = lgsp(place[0], "jobs")
    assert (said.returncode, "SQLite is held by one process" in said.stderr) == (2, True)


def test_the_check_names_what_an_adapter_cannot_fetch(
    place: tuple[dict[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With file and line, and the names that there are."""
    home = tmp_path / "home"
    shutil.copytree(place[0]["LGSP_HOME"], home)
    text = (home / "routes.yaml").read_text(encoding="utf-8")
    (home / "routes.yaml").write_text(text.replace("dossiers:", "dosiers:"), encoding="utf-8")
    monkeypatch.setenv("LGSP_HOME", str(home))
    said = lgsp(environment(tmp_path, LGSP_HOME=str(home)), "check")
    assert said.returncode == 1
    assert "routes.yaml:3: systems.shelf has no job 'dosiers'; use dossiers" in said.stdout + said.stderr


def test_a_stop_is_quick_and_a_start_goes_on(place: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    """Another gateway with a journal of its own: its cursor outlives the process."""
    env, shelf = place[0] | {"LGSP_STATE": str(tmp_path / "state")}, place[1]
    put(shelf, "H44.11-260131-0201")
    with serving(env, "run"):
        assert _ran(env)["new"] == 1
        began = time.monotonic()
    assert time.monotonic() - began < 4
    put(shelf, "H44.11-260131-0202")
    with serving(env, "run"):
        told = _ran(env)
        assert (told["new"], told["known"]) == (1, 0)
    for path in shelf.iterdir():
        path.unlink()


def _ran(env: dict[str, str]) -> dict[str, Any]:
    said = lgsp(env, "jobs", "run", "shelf", "dossiers", "--wait", "--json")
    assert said.returncode == 0, said.stderr
    return dict(json.loads(said.stdout))
