"""The commands that speak to a running gateway, against one that runs in a process of its own."""

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lgsp.sandbox.traffic import Step, Traffic
from tests.cli.processes import environment, run, serving

Command = Callable[..., Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """A sandbox and a gateway in front of it; yields the environment and the sandbox's addresses."""
    env = environment(tmp_path_factory.mktemp("state"))
    with serving(env, "sandbox") as sandbox:
        env["LGSP_PORTAL_URL"] = sandbox["url"]
        env["LGSP_AXIS_URL"] = sandbox["url"].replace("national-portal", "document-axis")
        env["LGSP_REPORTING_URL"] = sandbox["url"].replace("national-portal", "national-reporting")
        with serving(env, "run"):
            yield env, sandbox


@pytest.fixture
def lgsp(served: tuple[dict[str, str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command in this process; returns its result, or with `json=True` its exit code and document."""
    for name, value in served[0].items():
        monkeypatch.setenv(name, value)
    return run


@pytest.fixture
def faults(served: tuple[dict[str, str], dict[str, Any]]) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Switch the portal's faults; they are off again afterwards."""

    def switch(wanted: dict[str, Any]) -> None:
        body = json.dumps(wanted).encode()
        request = urllib.request.Request(served[1]["faults"], body, method="PUT")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200

    yield switch
    switch({})


def steps(seed: int, kind: str = "dossier") -> list[Step]:
    """Return first tellings of dossiers of a town of its own, so that tests do not meet."""
    return [
        step for step in Traffic(seed, f"H44.{seed}").take(60) if step.kind == kind and not step.is_update
    ]


def file_of(folder: Path, *items: Any) -> str:
    """Write native items to a file and return its path."""
    path = folder / "told.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    return str(path)


def settled(lgsp: Command, code: str, state: str) -> dict[str, Any]:
    """Return the only message of a code once its delivery is in a state."""
    for _ in range(100):
        exit_code, told = lgsp("trace", code, document=True)
        if exit_code == 0 and told["messages"][-1]["deliveries"][-1]["state"] == state:
            return dict(told["messages"][-1])
        time.sleep(0.05)
    raise AssertionError(told)


def disclosed(lgsp: Command, message: str) -> None:
    """See a message whole from now on, for a purpose."""
    why = ("--purpose", "fault", "--reason", "tìm nguyên nhân lỗi")
    assert lgsp("personal", "disclose", message, *why, document=True)[0] == 0


def test_sent_file_is_delivered_and_traced_by_code_and_by_id(lgsp: Command, tmp_path: Path) -> None:
    """What is sent in native form reaches the portal, and its walk is found by code as well as by id."""
    step = steps(11)[0]
    exit_code, sent = lgsp("send", file_of(tmp_path, step.item), "--from", "one-stop", document=True)
    assert exit_code == 0
    walk = settled(lgsp, step.code, "delivered")
    assert walk["id"] == sent["results"][0]["id"]
    assert lgsp("trace", walk["id"], document=True)[1]["messages"][0]["subject"] == step.code
    assert (walk["masked"], walk["attempts"][0]["exchanges"]) == (True, [])
    disclosed(lgsp, walk["id"])
    whole = lgsp("trace", walk["id"], document=True)[1]["messages"][0]
    assert "DongBoHoSoMC" in whole["attempts"][0]["exchanges"][-1]["request"]
    assert walk["deliveries"][0]["next"]["en"] == "it is done"
    assert [entry["what"] for entry in walk["entries"]] == ["accepted", "delivered"]


def test_trace_speaks_vietnamese_and_shortens_what_was_said(lgsp: Command, tmp_path: Path) -> None:
    """People read the state in both languages; requests are shortened unless --full."""
    step = steps(12)[0]
    lgsp("send", file_of(tmp_path, step.item), "--from", "one-stop")
    walk = settled(lgsp, step.code, "delivered")
    assert step.item["ChuHoSo"] not in lgsp("trace", step.code, "--full").stdout
    disclosed(lgsp, walk["id"])
    short = lgsp("trace", step.code)
    full = lgsp("trace", step.code, "--full")
    assert "đã chuyển (delivered)" in short.stdout
    assert "--full để xem hết" in short.stdout
    assert "--full" not in full.stdout
    assert len(full.stdout) > len(short.stdout)
    assert step.item["ChuHoSo"] in full.stdout


def test_unknown_code_is_a_negative_answer(lgsp: Command) -> None:
    """Nothing found: exit code 1, a line on standard error, and with --json still one document."""
    for unknown in ("H44.11-260131-9999", "00000000-0000-4000-8000-000000000000"):
        assert lgsp("trace", unknown, document=True) == (
            1,
            {"documents": [], "messages": [], "first_seen": {}},
        )
        assert unknown in lgsp("trace", unknown).stderr


def test_rejected_file_names_its_fields_and_lies_in_quarantine(lgsp: Command, tmp_path: Path) -> None:
    """A broken item ends with exit code 1 and its native field; quarantine shows it with its mend."""
    step = steps(13)[0]
    broken = file_of(tmp_path, step.item | {"NgayTiepNhan": "ngày mai"})
    told = lgsp("send", broken, "--from", "one-stop")
    assert told.exit_code == 1
    assert "0/NgayTiepNhan" in told.stdout
    _, kept = lgsp("quarantine", document=True)
    mine = next(one for one in kept["quarantine"] if one["subject"] == step.code)
    assert mine["problems"][0]["mend_vi"]
    assert step.code in lgsp("quarantine").stdout


def test_good_items_beside_a_broken_one_are_taken(lgsp: Command, tmp_path: Path) -> None:
    """Of an array the good ones are taken, the answers stand in order, and the exit code says that not all were."""
    good, other = steps(14)[:2]
    told = lgsp(
        "send", file_of(tmp_path, good.item, other.item | {"MaHoSo": ""}), "--from", "one-stop", document=True
    )
    assert told[0] == 1
    assert [result["taken"] for result in told[1]["results"]] == [True, False]


def test_canonical_file_is_sent_with_the_systems_own_token(lgsp: Command, tmp_path: Path) -> None:
    """Canonical JSON goes in under the system's name; the same file again is known."""
    message = {"type": "dossier.v1", "data": {"code": "H44.15-260131-0001", "status": "processing"}}
    path = tmp_path / "one.json"
    path.write_text(json.dumps(message), encoding="utf-8")
    first = lgsp("send", str(path), "--from", "one-stop", "--canonical", document=True)
    again = lgsp("send", str(path), "--from", "one-stop", "--canonical", document=True)
    assert (first[0], again[0]) == (0, 0)
    assert (first[1]["results"][0]["status"], again[1]["results"][0]["status"]) == ("accepted", "known")


def test_refused_dossier_is_dead_explained_and_replayed(
    lgsp: Command, tmp_path: Path, faults: Callable[[dict[str, Any]], None]
) -> None:
    """What the portal refuses stands under its cause with party and mend; once mended, a replay delivers it."""
    step = steps(16)[0]
    faults({"refuse_fields": {"SoDienThoai": {"codes": [step.code]}}})
    lgsp("send", file_of(tmp_path, step.item), "--from", "one-stop")
    walk = settled(lgsp, step.code, "refused")
    number = walk["deliveries"][0]["id"]
    assert f"lgsp replay {number}" in walk["deliveries"][0]["next"]["vi"]
    _, dead = lgsp("dead", document=True)
    group = next(g for g in dead["groups"] if any(one["id"] == number for one in g["deliveries"]))
    assert (group["system"], group["party"], group["fields"]) == (
        "national-portal",
        "vendor",
        ["SoDienThoai"],
    )
    assert group["explanation"]["vi"]["mend"] in re.sub(r"\s+", " ", lgsp("dead").stdout)
    assert lgsp("dead", "--system", "one-stop", document=True)[1]["dead"] == 0
    faults({})
    assert lgsp("replay", str(number)).exit_code == 0
    settled(lgsp, step.code, "delivered")


def test_replay_of_what_is_not_dead_is_a_negative_answer(lgsp: Command) -> None:
    """A delivery that cannot be replayed is named with the reason, the others are still tried."""
    exit_code, told = lgsp("replay", "999998", "999999", document=True)
    assert exit_code == 1
    assert [result["done"] for result in told["results"]] == [False, False]
    assert "999999" in told["results"][1]["detail"]


def test_paused_system_is_shown_and_its_deliveries_wait(lgsp: Command, tmp_path: Path) -> None:
    """While a system is paused nothing goes there, trace says why, and after resume it goes."""
    step = steps(17)[0]
    assert lgsp("pause", "national-portal", "--reason", "bảo trì theo lịch").exit_code == 0
    lgsp("send", file_of(tmp_path, step.item), "--from", "one-stop")
    walk = settled(lgsp, step.code, "ready")
    assert "lgsp resume" in walk["deliveries"][0]["next"]["en"]
    assert "tạm dừng" in lgsp("systems").stdout
    assert lgsp("resume", "national-portal", document=True)[1]["standing"] == "running"
    settled(lgsp, step.code, "delivered")
    names = [one["name"] for one in lgsp("systems", document=True)[1]["systems"]]
    ours = ["one-stop", "national-portal", "dms", "document-axis", "reporting", "national-reporting"]
    assert names == [*ours, "population-db", "ngsp"]


def test_unknown_system_is_a_negative_answer(lgsp: Command) -> None:
    """Pausing what is not there ends with one line and exit code 1."""
    told = lgsp("pause", "nobody")
    assert told.exit_code == 1
    assert len(told.stderr.splitlines()) == 1


def test_without_a_gateway_commands_say_what_to_start(
    lgsp: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No gateway on this state folder: exit code 2 and the command that starts one."""
    monkeypatch.setenv("LGSP_STATE", str(tmp_path))
    for words in (("trace", "x"), ("dead",), ("systems",), ("quarantine",), ("replay", "1")):
        told = lgsp(*words)
        assert told.exit_code == 2
        assert "lgsp run" in told.stderr
        assert told.stdout == ""


def test_wrong_operator_token_is_told(lgsp: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that does not open the API ends with exit code 1; the token is not printed."""
    monkeypatch.setenv("LGSP_OPERATOR_TOKEN", "wrong-token-1234")
    told = lgsp("systems")
    assert told.exit_code == 1
    assert "wrong-token-1234" not in told.output


def refused(lgsp: Command, folder: Path, faults: Callable[[dict[str, Any]], None], seed: int) -> list[str]:
    """Send two dossiers that the portal refuses for one field; return their codes. Then the portal is mended."""
    two = steps(seed)[:2]
    codes = [step.code for step in two]
    faults({"refuse_fields": {"SoDienThoai": {"codes": codes}}})
    lgsp("send", file_of(folder, *(step.item for step in two)), "--from", "one-stop")
    for code in codes:
        settled(lgsp, code, "refused")
    faults({})
    return codes


def test_a_bulk_replay_is_shown_first_and_then_started(
    lgsp: Command, tmp_path: Path, faults: Callable[[dict[str, Any]], None]
) -> None:
    """Preview, then start with a reason: delivered, listed with its progress, and nothing is left to replay."""
    codes = refused(lgsp, tmp_path, faults, 31)
    fits = ("--system", "national-portal", "--agency", "H44.31", "--since", "2020-01-01")
    exit_code, told = lgsp("replay", *fits, "--preview", document=True)
    assert (exit_code, told["preview"]["replayable"], told["replay"]) == (0, 2, None)
    shown = lgsp("replay", *fits, "--preview").stdout
    assert "Sẽ phát lại (would be replayed): 2" in shown
    assert told["preview"]["causes"][0]["name"] in shown
    exit_code, told = lgsp("replay", *fits, "--yes", "--reason", "đã sửa", "--rate", "100", document=True)
    assert (exit_code, told["replay"]["total"], told["replay"]["reason"]) == (0, 2, "đã sửa")
    for code in codes:
        settled(lgsp, code, "delivered")
    one = next(r for r in lgsp("replays", document=True)[1]["replays"] if r["id"] == told["replay"]["id"])
    assert one["done"] == 2
    assert "đã sửa" in re.sub(r"\s+", " ", lgsp("replays").stdout)
    assert "nothing fits" in lgsp("replay", *fits, "--preview").stdout


def test_a_bulk_replay_is_not_started_without_a_yes(
    lgsp: Command, tmp_path: Path, faults: Callable[[dict[str, Any]], None]
) -> None:
    """Nobody at the keyboard and no --yes: it is shown, exit code 1, and the dead stay dead."""
    codes = refused(lgsp, tmp_path, faults, 32)
    fits = ("--system", "national-portal", "--agency", "H44.32", "--reason", "đã sửa")
    told = lgsp("replay", *fits)
    assert (told.exit_code, "--yes" in told.stderr) == (1, True)
    exit_code, document = lgsp("replay", *fits, document=True)
    assert (exit_code, document["preview"]["total"], document["replay"]) == (1, 2, None)
    assert {settled(lgsp, code, "refused")["subject"] for code in codes} == set(codes)


def test_a_bulk_replay_is_paused_resumed_and_called_off(
    lgsp: Command, tmp_path: Path, faults: Callable[[dict[str, Any]], None]
) -> None:
    """While its system is paused it waits and says so; called off, nothing of it is sent."""
    codes = refused(lgsp, tmp_path, faults, 33)
    lgsp("pause", "national-portal")
    started = lgsp(
        "replay", "--system", "national-portal", "--agency", "H44.33", "--yes", "--reason", "r", document=True
    )[1]
    number = str(started["replay"]["id"])
    assert "đợi hệ thống" in lgsp("replays").stdout
    for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert lgsp("replays", f"--{act}", number, document=True)[1]["replays"][0]["state"] == state
    assert lgsp("replays", "--resume", number).exit_code == 1
    assert lgsp("replays", "--pause", number, "--cancel", number).exit_code == 2
    lgsp("resume", "national-portal")
    time.sleep(0.5)
    assert {settled(lgsp, code, "refused")["subject"] for code in codes} == set(codes)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("1", "--system", "national-portal"),
        ("--system", "national-portal"),
        ("--system", "x", "--rate", "0"),
    ],
)
def test_a_replay_says_what_it_needs(lgsp: Command, words: tuple[str, ...]) -> None:
    """Deliveries or a system, and in bulk a reason: exit code 2, and nothing is asked for."""
    assert lgsp("replay", *words).exit_code == 2


def test_a_drained_system_comes_to_rest(lgsp: Command) -> None:
    """Nothing is on its way: it is paused within moments, and systems shows it."""
    assert lgsp("drain", "national-portal", document=True)[1]["standing"] == "draining"
    for _ in range(100):
        far = next(s for s in lgsp("systems", document=True)[1]["systems"] if s["name"] == "national-portal")
        if far["standing"] == "paused":
            break
        time.sleep(0.05)
    assert far["cause"] == "drained"
    assert lgsp("resume", "national-portal", document=True)[1]["standing"] == "running"
