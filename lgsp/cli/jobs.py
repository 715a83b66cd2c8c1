"""`lgsp jobs`: the role of a process by itself; with a word behind it, the jobs that fetch."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lgsp.cli import serving
from lgsp.cli.serving import HealthPort, Host
from lgsp.cli.shell import Json, end, gateway, say_json, wait_for

jobs = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
System = Annotated[str, typer.Argument(help="Name of the system.")]
Name = Annotated[str, typer.Argument(metavar="JOB", help="Name of the job.")]

_STATES = {
    "waiting": "chờ đến giờ",
    "asked for": "sắp chạy theo yêu cầu",
    "running": "đang chạy",
    "paused": "tạm dừng",
    "done": "đã xong",
    "failed": "không thành công",
    "cut short": "ngừng giữa chừng",
}
_WHY = {
    "lost": "tiến trình đã mất (its process was lost)",
    "stopped": "tiến trình dừng (its process was stopped)",
    "paused": "theo lệnh tạm dừng (paused)",
    "changed": "có cấu hình mới (newer routes)",
    "fenced": "tiến trình mất quyền chạy (its process lost its lease)",
}
_WHO = {"schedule": "theo lịch (schedule)"}
_LOOK, _BEGIN = 0.5, 30.0


@jobs.callback()
def role(
    context: typer.Context, port: HealthPort = None, host: Host = "127.0.0.1", json: Json = False
) -> None:
    """Do what the clock does: retries, dispatching, recovery, and the jobs that fetch.

    Of any number of such processes one does each thing; another takes over when it is gone. With a command,
    see and order the jobs instead.
    """
    if context.invoked_subcommand is None:
        serving.jobs(port, host, json=json)


@jobs.command("list")
def listed(json: Json = False) -> None:
    """Show what is fetched from each system, when, and how the last run went."""
    found = wait_for(_get("/v1/jobs"))
    if json:
        say_json(found)
    else:
        _show_jobs(found["jobs"])


@jobs.command()
def run(
    system: System,
    job: Name,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for its end; the answer is no when it fails.")
    ] = False,
    json: Json = False,
) -> None:
    """Run a job now, whatever its schedule says.

    One that is running is not doubled.
    """
    told = wait_for(_post(_path(system, job, "run")))
    if wait:
        told = wait_for(_ended(system, job, (told["run"] or {}).get("id", 0), quiet=json))
        _say_run(told, json=json)
        end(well=told["state"] == "done")
    else:
        _say_job(told, json=json)


@jobs.command()
def pause(system: System, job: Name, json: Json = False) -> None:
    """Let a job's schedule rest.

    A run under way ends behind its page, and goes on from there one day.
    """
    _say_job(wait_for(_post(_path(system, job, "pause"))), json=json)


@jobs.command()
def resume(system: System, job: Name, json: Json = False) -> None:
    """Let a job's schedule go on."""
    _say_job(wait_for(_post(_path(system, job, "resume"))), json=json)


@jobs.command()
def history(
    system: System,
    job: Name,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """Show the runs of a job: what each brought, and why one failed."""
    found = wait_for(_get(_path(system, job, "history"), limit=limit))
    if json:
        say_json(found)
    else:
        _show_runs(found["runs"])


def _path(system: str, job: str, word: str) -> str:
    from lgsp.client import segment

    return f"/v1/jobs/{segment(system)}/{segment(job)}/{word}"


async def _ended(system: str, job: str, before: int, *, quiet: bool) -> dict[str, Any]:
    """Return the first run after one, once it has ended; tell meanwhile how far it is.

    Raises:
        GatewayError: nobody begins it.
    """
    import asyncio

    from lgsp.errors import GatewayError
    from lgsp.words import number

    pages, left = -1, int(_BEGIN / _LOOK)
    while left:
        found = (await _get(_path(system, job, "history"), limit=1))["runs"]
        newest: dict[str, Any] = found[0] if found else {"id": 0}
        if newest["id"] > before:
            if newest["state"] != "running":
                return newest
            if newest["pages"] != pages and not quiet:
                pages = newest["pages"]
                typer.echo(f"{number(pages)} trang (pages), {number(newest['new'])} mới (new)", err=True)
        else:
            left -= 1
        await asyncio.sleep(_LOOK)
    raise GatewayError(f"waiting for {job} of {system}: no process with the role jobs begins it")


def _say_job(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
    else:
        typer.echo(f"{told['system']} {told['job']}: {_state(told)}")


def _say_run(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
    else:
        _show_runs([told])


def _show_jobs(found: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import moment

    rows = [
        (
            one["system"], one["job"], _schedule(one), _state(one), moment(one["next_at"]),
            moment(one["succeeded_at"]), one["failures"] or "", _outcome(one["run"]),
        )
        for one in found
    ]  # fmt: skip
    headings = (
        "hệ thống", "tác vụ", "lịch", "tình trạng", "lần tới", "thành công gần nhất", "lỗi liên tiếp",
        "lần chạy gần nhất",
    )  # fmt: skip
    paper = console()
    if found:
        paper.print(table(headings, rows, right=(6,)))
    else:
        paper.print("Chưa có tác vụ đồng bộ nào trong routes.yaml (no jobs)")


def _show_runs(found: list[dict[str, Any]]) -> None:
    from lgsp.cli.paper import console, table
    from lgsp.words import moment, number

    rows = [
        (
            one["id"], moment(one["started_at"]), moment(one["ended_at"]), _WHO.get(one["who"], one["who"]),
            *(number(one[name]) for name in ("pages", "new", "known", "rejected")),
            _facts(one["facts"]), _outcome(one),
        )
        for one in found
    ]  # fmt: skip
    headings = (
        "lần",
        "bắt đầu",
        "kết thúc",
        "ai chạy",
        "trang",
        "mới",
        "đã có",
        "bị từ chối",
        "danh mục: mới / đổi / thôi dùng",
        "kết quả",
    )
    paper = console()
    if found:
        paper.print(table(headings, rows, right=(0, 4, 5, 6, 7)))
    else:
        paper.print("Chưa chạy lần nào (no runs)")


def _schedule(job: dict[str, Any]) -> str:
    from lgsp.alerts.wording import lasting

    parts = [f"mỗi {lasting(job['every'])}"] if job["every"] is not None else []
    return " ".join([*parts, *([f"lúc {job['at']}"] if job["at"] else [])])


def _state(job: dict[str, Any]) -> str:
    by = f", {job['paused_by']}" if job["state"] == "paused" else ""
    return f"{_STATES[job['state']]} ({job['state']}{by})"


def _outcome(run: dict[str, Any] | None) -> str:
    """Return how a run stands or ended, and why."""
    if run is None:
        return ""
    said = f"{_STATES[run['state']]} ({run['state']})"
    why = run["explanation"]["vi"]["text"] if "explanation" in run else _WHY.get(run["cause"], run["cause"])
    late = f"; {run['unconfirmed']} trang chưa báo được bên gửi (unconfirmed)" if run["unconfirmed"] else ""
    return f"{said}{': ' if why else ''}{why}{late}"


def _facts(facts: dict[str, int]) -> str:
    """Return what a run brought of a list (agencies, a catalogue): new, changed, gone."""
    from lgsp.words import number

    return (
        " / ".join(number(facts[name]) for name in ("new", "changed", "gone")) if any(facts.values()) else ""
    )


async def _get(path: str, **asked: int) -> Any:
    async with gateway() as running:
        return await running.get(path, **asked)


async def _post(path: str) -> Any:
    async with gateway() as running:
        return await running.post(path)
