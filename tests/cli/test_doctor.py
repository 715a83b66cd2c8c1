"""`lgsp doctor` and `lgsp alerts`, as people start them: while a gateway runs, and while none does."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.home import packed
from tests.cli.processes import environment, free_port, lgsp, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sandbox and a gateway in front of it; yields the environment."""
    env = environment(tmp_path_factory.mktemp("state"))
    with serving(env, "sandbox") as sandbox:
        env["LGSP_PORTAL_URL"] = sandbox["url"]
        env["LGSP_AXIS_URL"] = sandbox["url"].replace("national-portal", "document-axis")
        env["LGSP_TOKEN_REPORTING"] = env["LGSP_TOKEN_ONE_STOP"][::-1]
        env["LGSP_REPORTING_URL"] = sandbox["url"].replace("national-portal", "national-reporting")
        env["LGSP_NGSP_URL"] = sandbox["url"].replace("national-portal", "ngsp")
        env["LGSP_POPULATION_URL"] = sandbox["url"].replace("national-portal", "population-db/service")
        with serving(env, "run"):
            yield env


def examined(env: dict[str, str]) -> tuple[int, dict[tuple[str, str], str]]:
    """Return exit code and grades of an examination."""
    done = lgsp(env, "doctor", "--json")
    told = json.loads(done.stdout)
    return done.returncode, {(one["part"], one["subject"]): one["grade"] for one in told["checks"]}


def test_a_gateway_that_runs_examines_itself(served: dict[str, str]) -> None:
    """Its environment counts, not that of the command: without its tokens and addresses nothing is missed."""
    bare = {
        name: value for name, value in served.items() if not name.startswith("LGSP_") or name == "LGSP_STATE"
    }
    code, grades = examined(bare)
    assert code == 0
    assert grades["gateway", ""] == grades["system", "national-portal"] == grades["tokens", ""] == "well"


def test_people_read_who_mends_it_and_how(served: dict[str, str]) -> None:
    """Vietnamese first, the English beside it, and a count at the end."""
    done = lgsp(served, "doctor")
    assert done.returncode == 0
    assert "Không ai được báo khi có sự cố" in done.stdout
    assert "Ai xử lý: người vận hành trục (operator)" in done.stdout
    assert done.stdout.rstrip().endswith("tốt (well)")
    assert "0 hỏng (broken)" in done.stdout


def test_alerts_are_shown(served: dict[str, str]) -> None:
    """A gateway that is well has none."""
    done = lgsp(served, "alerts")
    assert (done.returncode, done.stdout) == (0, "Không có cảnh báo nào (no alerts)\n")
    told: dict[str, Any] = json.loads(lgsp(served, "alerts", "--json").stdout)
    assert told == {"alerts": []}
    done = lgsp(served, "alerts", "--test")
    assert done.returncode == 1
    assert "thêm `alerts:`" in done.stdout


def test_without_a_gateway_it_looks_from_outside(tmp_path: Path) -> None:
    """A portal that is away is broken, and the exit code says so; nothing is made by looking."""
    env = environment(tmp_path, LGSP_PORTAL_URL=f"http://127.0.0.1:{free_port()}/x")
    code, grades = examined(env)
    assert code == 1
    assert grades["system", "national-portal"] == "broken"
    assert grades["processes", ""] == "poor"
    assert grades["journal", ""] == "well"
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_is_wrong_is_examined_all_the_same(tmp_path: Path) -> None:
    """Its faults are told, and what can be looked at without it is."""
    home = tmp_path / "home"
    home.mkdir()
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    (home / "routes.yaml").write_text(text.replace("to: [national-portal]", "to: [nobody]"), encoding="utf-8")
    code, grades = examined(environment(tmp_path / "state", LGSP_HOME=str(home)))
    assert code == 1
    assert grades["home", ""] == "broken"
    assert any(part == "disk" for part, _ in grades)


def test_a_journal_that_a_gateway_left_is_read(served: dict[str, str], tmp_path: Path) -> None:
    """After the end of its gateway the journal tells what it holds; a broken one is told."""
    state = tmp_path / "state"
    shutil.copytree(served["LGSP_STATE"], state, ignore=shutil.ignore_patterns("run.json"))
    env = environment(state, LGSP_PORTAL_URL=served["LGSP_PORTAL_URL"])
    _, grades = examined(env)
    assert grades["backlog", ""] == grades["journal", ""] == "well"
    for file in state.glob("journal.db*"):
        file.unlink()
    (state / "journal.db").write_bytes(b"not a journal" * 1000)
    code, grades = examined(env)
    assert code == 1
    assert grades["journal", ""] == "broken"


def test_a_gateway_that_does_not_answer_is_broken(tmp_path: Path) -> None:
    """Its process is there and its door is not: that is told, and the rest is looked at from outside."""
    (tmp_path / "run.json").write_text(
        json.dumps({"url": f"http://127.0.0.1:{free_port()}", "pid": os.getpid()})
    )
    (tmp_path / "operator.token").write_text("t")
    code, grades = examined(environment(tmp_path))
    assert code == 1
    assert grades["gateway", ""] == "broken"
    assert ("home", "") in grades


def test_check_tells_of_a_secret_of_alerts_that_is_not_there(tmp_path: Path) -> None:
    """With the line of `alerts:`, before anybody has to be told."""
    text = (packed() / "routes.yaml").read_text(encoding="utf-8")
    said = 'alerts:\n  to: [{webhook: "https://x.example", secret: "${env:HOOK_SECRET}"}]\n'
    (tmp_path / "routes.yaml").write_text(f"{text}\n{said}", encoding="utf-8")
    env = environment(tmp_path / "state", LGSP_HOME=str(tmp_path))
    env.pop("HOOK_SECRET", None)
    done = lgsp(env, "check")
    line = text.count("\n") + 2
    assert done.returncode == 1
    assert f"routes.yaml:{line}: alerts: env HOOK_SECRET" in done.stdout
