"""Alerts and the examination over HTTP: what is open, whether letters arrive, and how every part is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.alerts.letter import explained, of_trial
from lgsp.alerts.post import open_post
from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.doctor.examining import examine
from lgsp.doctor.patient import Patient
from lgsp.errors import ConfigError
from lgsp.home import home
from lgsp.journal import alerting
from lgsp.journal.contract import Transaction
from lgsp.rights import Right
from lgsp.settings import Settings, read_settings

_WEEK = 7 * 86_400_000_000


def alarms_router(desk: Desk, settings: Callable[[], Settings] = read_settings) -> APIRouter:
    """Return the endpoints of alerts and of the examination.

    Args:
        desk: whose installation it is.
        settings: reads the environment of this process.
    """
    router = APIRouter(responses=READ_RESPONSES, tags=["alerts"])
    gateway = desk.gateway

    @router.get("/v1/alerts", summary="Open alerts, and those that ended within a week, newest first")
    async def alerts(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        _, limit = page(request)
        found = await gateway.journal.read(lambda tx: _recent(tx, limit))
        return in_json({"alerts": [explained(one) for one in found]})

    @router.post("/v1/alerts/test", summary="Send a test letter to everybody who is told of alerts")
    async def test(request: Request) -> Response:
        desk.person(request, Right.ACT)
        try:
            post = open_post(gateway.routes.alerts)
        except ConfigError as fault:
            raise ApiError(409, "wrong-state", "; ".join(fault.faults)) from fault
        now = await gateway.journal.read(alerting.clock)
        faults = await post.each(of_trial(gateway.routes.alerts.name, now))
        await post.close()
        return in_json({"targets": [{"name": name, "fault": fault} for name, fault in faults.items()]})

    @router.get("/v1/doctor", summary="Examine every part, as this process sees it")
    async def doctor(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        verdicts = await examine(patient_of(desk, settings()))
        return in_json({"checks": [verdict.as_dict() for verdict in verdicts]})

    return router


def _recent(tx: Transaction, limit: int) -> list[dict[str, Any]]:
    return alerting.listed(tx, alerting.clock(tx) - _WEEK, limit)


def patient_of(desk: Desk, settings: Settings) -> Patient:
    """Return the installation for an examination, as this process sees it."""
    gateway = desk.gateway
    return Patient(
        home=home(),
        settings=settings,
        routes=gateway.routes,
        adapters={name: to.adapter for name, to in gateway.counterparts.items()},
        journal=gateway.journal,
        broker_faults=lambda: gateway.broker.standing().faults,
        serving=True,
    )
