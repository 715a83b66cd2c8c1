"""Jobs over HTTP: what is fetched when and how it went; running one now, pausing it, letting it go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.causes import explain
from lgsp.journal import job_orders
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.job_runs import FAILED
from lgsp.rights import Right
from lgsp.schedules import Job

Order = Callable[[Transaction, str, str, str, Job, str], None]
ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        "run": lambda tx, system, name, who, _, reason: job_orders.ask(tx, system, name, who, reason),
        "pause": lambda tx, system, name, who, _, reason: job_orders.pause(tx, system, name, who, reason),
        "resume": job_orders.resume,
    }
)
"""What a person may want of a job: by the system, its name, who wants it, how it is planned, and why."""
_SUMMARIES = {
    "run": "Run a job now; one that is asked for already, or paused, runs once",
    "pause": "Let a job's schedule rest; a run under way ends behind its page",
    "resume": "Let a job's schedule go on",
}


def jobs_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators watch and order jobs."""
    router = APIRouter(responses=READ_RESPONSES, tags=["jobs"])
    journal = desk.gateway.journal

    @router.get("/v1/jobs", summary="What is fetched from each system, when, and how the last run went")
    async def jobs(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        planned = desk.gateway.routes.jobs()
        found = await journal.read(lambda tx: job_orders.listed(tx, planned))
        return in_json({"jobs": [with_run(desk, one) for one in found]})

    @router.get("/v1/jobs/{system}/{job}/history", summary="Runs of a job, newest first")
    async def history(request: Request, system: str, job: str) -> Response:
        desk.person(request, Right.LOOK)
        _planned(desk, system, job)
        after, limit = page(request)
        found = await journal.read(lambda tx: job_orders.history(tx, system, job, after=after, limit=limit))
        return in_json(found | {"runs": [explained(desk, run) for run in found["runs"]]})

    for name, order in ORDERS.items():
        path = f"/v1/jobs/{{system}}/{{job}}/{name}"
        router.add_api_route(path, _acting(desk, order), methods=["POST"], summary=_SUMMARIES[name])
    return router


def _acting(desk: Desk, order: Order) -> Callable[..., Any]:
    async def endpoint(request: Request, system: str, job: str) -> Response:
        who, planned = desk.person(request, Right.ACT).name, _planned(desk, system, job)
        reason = request.query_params.get("reason", "")[:1000]

        def act(tx: Transaction) -> dict[str, Any]:
            order(tx, system, job, who, planned, reason)
            return job_orders.shown(tx, system, job, planned)

        try:
            return in_json(with_run(desk, await desk.gateway.journal.write(act)))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault

    return endpoint


def _planned(desk: Desk, system: str, name: str) -> Job:
    """Return a job of the home.

    Raises:
        ApiError: there is none of that name.
    """
    job = desk.gateway.routes.jobs().get((system, name))
    if job is None:
        raise ApiError(404, "not-found", f"routes.yaml has no job {name} of {system}")
    return job


def with_run(desk: Desk, job: dict[str, Any]) -> dict[str, Any]:
    """Return a job with its last run explained."""
    return job | {"run": job["run"] and explained(desk, job["run"])}


def explained(desk: Desk, run: dict[str, Any]) -> dict[str, Any]:
    """Add what a run failed of, in both languages."""
    if run["state"] != FAILED:
        return run
    cause = desk.gateway.names.find(run["cause"]) or run["cause"]
    return run | {"explanation": {lang: explain(cause, lang).as_dict() for lang in ("vi", "en")}}
