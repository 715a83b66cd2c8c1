"""`lgsp demo` as a process: what it prints, and what its exit code says."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.processes import COMMAND, environment, lgsp

KEYS = [
    "accepted",
    "delivered",
    "refused",
    "dead",
    "waiting",
    "parked",
    "held",
    "superseded",
    "duplicates",
    "portal_matches",
]


def demo(tmp_path: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Play a demonstration; return its exit code and its figures."""
    told = lgsp(environment(tmp_path), "demo", "--json", *words, seconds=100)
    lines = told.stdout.splitlines()
    assert len(lines) == 1, told
    console = json.loads(told.stderr.splitlines()[0])["console"]
    assert console["url"].endswith("/console/")
    assert (console["name"], bool(console["password"])) == ("admin", True)
    return told.returncode, json.loads(lines[-1])


def assert_adds_up(figures: dict[str, Any]) -> None:
    """Everything that was accepted is exactly one of what can become of it."""
    parts = ("delivered", "refused", "dead", "waiting", "parked", "held")
    assert figures["accepted"] == sum(figures[part] for part in parts)
    assert figures["accepted"] + figures["superseded"] - figures["resends"] == figures["messages"]


def assert_reports_add_up(told: dict[str, Any]) -> None:
    """Two months were reported, the first of them early and then as known in the end; nothing is left open."""
    assert told["matches"] is True
    assert list(told["figures"]) == ["202601", "202602"]
    first, then = told["figures"].values()
    assert int(first["total"]) == int(first["received"]) > 0
    assert first["in_process"] == then["carried_over"]
    assert told["accepted"] + told["returned"] == told["signed"]
    assert told["corrected"] == told["signed"] - 2
    assert told["refused"] == 0


def assert_documents_add_up(told: dict[str, Any]) -> None:
    """Each document is, for each receiver, exactly one of what may become of it; so is each status."""
    ends = ("delivered", "refused", "held", "behind")
    for some in (told, told["statuses"]):
        assert some["wanted"] == sum(some[part] for part in ends) > 0
        assert some["dead"] == some["waiting"] == 0
    assert told["written"] >= 12
    assert told["matches"] is True
    assert told["reasons"].get("uncertain", 0) == told["held"] + told["statuses"]["held"]


@pytest.mark.slow
def test_demonstration_delivers_everything(tmp_path: Path) -> None:
    """Without faults everything is delivered once, in order, and the portal holds exactly what was told."""
    exit_code, figures = demo(tmp_path, "--for", "3s", "--rate", "50")
    assert exit_code == 0
    assert list(figures)[: len(KEYS)] == KEYS
    assert_adds_up(figures)
    assert figures["accepted"] == figures["delivered"] > 130
    assert figures["portal_matches"] is True
    assert figures["duplicates"] == 0
    assert figures["reports_seen"] == figures["messages"]
    assert 0 < figures["accept_ms_p50"] <= figures["accept_ms_p99"]
    assert 0 < figures["end_to_end_ms_p50"] <= figures["end_to_end_ms_p99"]
    assert 40 < figures["rate"] < 60
    assert figures["seconds"] >= 3
    assert_documents_add_up(figures["documents"])
    assert figures["documents"]["wanted"] == figures["documents"]["delivered"]
    assert_reports_add_up(figures["reports"])
    assert (figures["reports"]["signed"], figures["reports"]["returned"]) == (3, 0)
    assert figures["documents"]["duplicates"] == 0


@pytest.mark.slow
def test_demonstration_with_faults_settles_as_well(tmp_path: Path) -> None:
    """With faults some are refused as planned, the rest is delivered, and the portal still holds what was told."""
    exit_code, figures = demo(tmp_path, "--for", "3s", "--rate", "50", "--faults", "--seed", "5")
    assert exit_code == 0, figures["differences"]
    assert_adds_up(figures)
    assert figures["faults"] is True
    assert figures["refused"] > 0
    assert figures["differences"] == []
    assert figures["portal_calls"]["login"] > 1
    assert_documents_add_up(figures["documents"])
    assert figures["documents"]["repeated_requests"] > 0
    assert_reports_add_up(figures["reports"])
    assert figures["reports"]["returned"] > 0


@pytest.mark.slow
def test_two_thousand_messages_under_faults(tmp_path: Path) -> None:
    """2,000 messages at 200 a second through a misbehaving portal: nothing lost, nothing out of order."""
    exit_code, figures = demo(tmp_path, "--for", "10s", "--rate", "200", "--faults")
    assert exit_code == 0, figures["differences"]
    assert_adds_up(figures)
    assert figures["accepted"] > 1800
    assert figures["lost"] == 0
    assert_documents_add_up(figures["documents"])
    assert_reports_add_up(figures["reports"])


@pytest.mark.slow
def test_summary_is_for_people(tmp_path: Path) -> None:
    """Off a terminal it tells the tokens it made and a summary in Vietnamese with the English words, and ends."""
    told = lgsp(environment(tmp_path, FORCE_COLOR="1"), "demo", "--for", "1s", "--rate", "20", "--port", "0")
    assert told.returncode == 0
    assert "đã chuyển (delivered)" in told.stdout
    assert "mã của một cửa (token)" in told.stdout
    assert re.search(r"console\) +http://127\.0\.0\.1:\d+/console/\s", told.stdout)
    assert re.search(r"name / password\) +admin / [a-z2-9]{4}(-[a-z2-9]{4}){3}\s", told.stdout)
    assert "The portal holds exactly what was sent" in told.stdout
    assert "văn bản đã soạn (written)" in told.stdout
    assert "Documents came in order" in told.stdout
    assert "Reports equal a recount" in told.stdout


@pytest.mark.slow
def test_on_a_terminal_it_stays_up_until_ctrl_c(tmp_path: Path) -> None:
    """On a terminal everything stays up after the summary; its state folder opens the other commands."""
    ours, theirs = pty.openpty()
    env = environment(tmp_path, TERM="xterm")
    process = subprocess.Popen(
        [*COMMAND, "demo", "--for", "1s", "--rate", "20"], env=env, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        shown = read_until(ours, "lgsp systems")
        state, operator = (
            shown.rsplit(f"{name}=", 1)[1].split()[0] for name in ("LGSP_STATE", "LGSP_OPERATOR_TOKEN")
        )
        told = lgsp(environment(Path(state), LGSP_OPERATOR_TOKEN=operator), "systems", "--json")
        systems = {one["name"]: one["open"] for one in json.loads(told.stdout)["systems"]}
        names = ["one-stop", "national-portal", "dms", "document-axis", "reporting", "national-reporting"]
        assert systems == dict.fromkeys([*names, "population-db", "ngsp"], 0)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
        assert not Path(state).exists()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, text: str) -> str:
    """Return what a terminal shows up to and with a text."""
    shown, deadline = "", time.monotonic() + 60
    while text not in shown:
        assert time.monotonic() < deadline, shown
        shown += os.read(terminal, 4096).decode("utf-8", "replace")
    return shown


@pytest.mark.slow
def test_interrupted_demonstration_cleans_up(tmp_path: Path) -> None:
    """SIGTERM in the middle ends it soon, with a failing exit code, and its folder goes."""
    env = environment(tmp_path, TMPDIR=str(tmp_path))
    process = subprocess.Popen([*COMMAND, "demo", "--for", "60s", "--json"], env=env, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob("lgsp-demo-*/run.json")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.terminate()
    process.communicate(timeout=15)
    assert process.returncode == 130
    assert list(tmp_path.glob("lgsp-demo-*")) == []
