"""One counterpart over HTTP: how it stands and what waits for it, whom a pause would touch, and asking it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.adapter import needs_token
from lgsp.api.acts import ORDERS, counterpart
from lgsp.api.alarms import patient_of
from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.api.pulse import Beat, Rate
from lgsp.broker.contract import FULL
from lgsp.doctor.credentials import Presence, credentials
from lgsp.doctor.examining import examine_one
from lgsp.domain.causes import explain
from lgsp.gateway import Counterpart
from lgsp.health import Standing
from lgsp.journal import backlogs, checking, job_orders
from lgsp.journal.backlogs import Affected, Pile, Recorded
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.rights import Right
from lgsp.routes import Route
from lgsp.settings import Settings, read_settings

_HISTORY = 50
_SAYS_NOTHING = ("paused", "draining", "drained")
"""Causes that say again what was done."""


def counterparts_router(desk: Desk, settings: Callable[[], Settings] = read_settings) -> APIRouter:
    """Return the endpoints of one system.

    Args:
        desk: whose installation it is.
        settings: reads the environment of this process.
    """
    router = APIRouter(responses=READ_RESPONSES, tags=["systems"])

    @router.get("/v1/systems/{system}", summary="One counterpart: standing, queue, routes, limits, history")
    async def one(request: Request, system: str) -> Response:
        person = desk.person(request, Right.LOOK, within=True)
        return in_json(await seen(desk, counterpart(desk, system, person)))

    @router.get("/v1/systems/{system}/effect", summary="Whom a pause, drain or resume would touch")
    async def effect(request: Request, system: str) -> Response:
        person = desk.person(request, Right.LOOK, within=True)
        return in_json(await touched(desk, counterpart(desk, system, person)))

    @router.post("/v1/systems/{system}/check", summary="Ask a system whether it is there; nothing is sent")
    async def check(request: Request, system: str) -> Response:
        person = desk.person(request, Right.ACT, within=True)
        who, to = person.name, counterpart(desk, system, person)
        return in_json(await examined(desk, to, who, settings()))

    return router


# --- every system ---------------------------------------------------------------------------------------


async def overseen(desk: Desk) -> list[dict[str, Any]]:
    """Return each counterpart in a few figures, in the order of the home."""
    pulse = await desk.pulses.look(desk.gateway.journal)
    names = list(desk.gateway.counterparts)

    def look(tx: Transaction) -> tuple[dict[str, Recorded], dict[str, dict[str, Pile]]]:
        return backlogs.recorded(tx), {name: backlogs.piles(tx, name) for name in names}

    recorded, piles = await desk.gateway.journal.read(look)
    return [
        _standing(desk, to, recorded.get(name))
        | _waiting(desk, to, piles[name])
        | {"rate": _rate(pulse.rate(name))}
        for name, to in list(desk.gateway.counterparts.items())
        if name in piles
    ]


def _rate(rate: Rate) -> dict[str, Any]:
    return {"per_minute": rate.per_minute, "failed": rate.failed, "came": rate.came}


def _standing(desk: Desk, to: Counterpart, recorded: Recorded | None) -> dict[str, Any]:
    health = to.health
    shown = health.cause if health.standing is Standing.SUSPENDED else ""
    return {
        "name": to.name,
        "adapter": to.spec.adapter,
        "serves": to.spec.serves,
        "brings": sorted(to.adapter.brings),
        "takes": sorted(to.adapter.takes),
        "answers": sorted(to.adapter.answers),
        "collects": to.collects,
        "standing": health.standing.value,
        "cause": health.cause,
        "explanation": _explained(desk, shown) if shown else None,
        "asking": _asking(desk, to),
        "since": at(recorded.since) if recorded else None,
        "who": recorded.who if recorded else None,
    }


def _asking(desk: Desk, to: Counterpart) -> dict[str, Any] | None:
    """Return how a system stands as far as this process's questions go, which is apart from deliveries."""
    found = desk.enquiries.answering().get(to.name)
    if found is None:
        return {"standing": "unrouted", "explanation": None, "after": None} if to.adapter.answers else None
    care = found.care
    if care.health.running:
        return {"standing": Standing.RUNNING.value, "explanation": None, "after": None}
    why = _explained(desk, care.health.cause) if care.health.cause else None
    return {"standing": Standing.SUSPENDED.value, "explanation": why, "after": care.retry_after()}


def _explained(desk: Desk, code: str) -> dict[str, Any]:
    cause = desk.gateway.names.find(code) or code
    return {lang: explain(cause, lang).as_dict() for lang in ("vi", "en")}


def _waiting(desk: Desk, to: Counterpart, piles: Mapping[str, Pile]) -> dict[str, Any]:
    """Return what waits, with what the broker holds of it as far as this process knows."""
    open_ = [piles[name] for name in backlogs.OPEN_WINDOWS]
    depth = desk.gateway.broker.depth(to.name) if to.queued else 0
    oldest = min((one.oldest for one in open_ if one.oldest is not None), default=None)
    return {
        "waiting": sum(one.size for one in open_) + (0 if depth >= FULL else depth),
        "more": any(one.more for one in open_),
        "oldest": at(oldest),
        "frames": depth if to.queued and depth < FULL else None,
        "piles": {name: _pile(one) for name, one in piles.items()},
    }


def _pile(one: Pile) -> dict[str, Any]:
    return {"size": one.size, "more": one.more, "oldest": at(one.oldest)}


# --- one system -----------------------------------------------------------------------------------------


async def seen(desk: Desk, to: Counterpart) -> dict[str, Any]:
    """Return all there is to know of one counterpart."""
    pulse = await desk.pulses.look(desk.gateway.journal)
    found = await desk.gateway.journal.read(lambda tx: _look(desk, to, tx))
    beats = [_beat(one) for one in pulse.beats(to.name)]
    rate = {"rate": _rate(pulse.rate(to.name)), "beats": beats}
    return found | rate | _policy(to) | {"routes": _routes(desk, to), "credentials": _credentials(desk, to)}


def _look(desk: Desk, to: Counterpart, tx: Transaction) -> dict[str, Any]:
    name = to.name
    planned = {key: job for key, job in desk.gateway.routes.jobs().items() if key[0] == name}
    standing = _standing(desk, to, backlogs.recorded(tx).get(name))
    return standing | _waiting(desk, to, backlogs.piles(tx, name)) | {
        "causes": [
            one._asdict() | {"next": _ahead(tx, one.next), "explanation": _explained(desk, one.cause)}
            for one in backlogs.put_off(tx, name)
        ],
        "uncollected": _uncollected(desk, to, tx) if to.collects else None,
        "next_probe": _next_probe(to),
        "jobs": job_orders.listed(tx, planned),
        "history": [_dealing(desk, one) for one in backlogs.dealings(tx, name, _HISTORY)],
        "checked": _checked(checking.last(tx, name)),
    }  # fmt: skip


def _ahead(tx: Transaction, moment: int | None) -> str | None:
    """Return a time that is still to come."""
    return at(moment) if moment is not None and moment > tx.now else None


def _dealing(desk: Desk, one: dict[str, Any]) -> dict[str, Any]:
    """Return what befell a system; of what the gateway did by itself with what the cause means."""
    by_itself = one["what"] == Standing.SUSPENDED.value and one["cause"]
    why = _explained(desk, one["cause"]) if by_itself else None
    said = None if one["cause"] in _SAYS_NOTHING else one["cause"]
    return one | {"at": at(one["at"]), "cause": said, "explanation": why}


def _uncollected(desk: Desk, to: Counterpart, tx: Transaction) -> dict[str, Any]:
    after = desk.gateway.routes.alerts.rules.uncollected.after
    return _pile(backlogs.uncollected(tx, to.name, tx.now - int(after * 1_000_000))) | {"after": after}


def _next_probe(to: Counterpart) -> float | None:
    """Return in how many seconds this process tries a suspended system again."""
    if to.health.standing is not Standing.SUSPENDED:
        return None
    return max(0.0, to.health.next_trial - time.monotonic())


def _beat(one: Beat) -> dict[str, Any]:
    took = one.took and {"middle": one.took.middle / 1e6, "slow": one.took.slow / 1e6, "of": one.took.looked}
    return {
        "start": at(one.start),
        "delivered": one.delivered,
        "put_off": one.put_off,
        "held": one.held,
        "dead": one.dead,
        "came": one.came,
        "turned_away": one.turned_away,
        "took": took,
    }


def _policy(to: Counterpart) -> dict[str, Any]:
    deliver, health = to.spec.deliver, to.health
    return {
        "limits": {
            "at_once": health.limit,
            "slots": health.slots,
            "concurrency": deliver.concurrency,
            "workers": health.workers,
            "rate": deliver.rate,
            "window": deliver.window,
            "timeout": deliver.timeout,
            "settle": deliver.settle,
            "retry": deliver.retry,
            "suspend_after": deliver.suspend_after,
            "probe": deliver.probe,
        }
    }


def _routes(desk: Desk, to: Counterpart) -> dict[str, list[dict[str, Any]]]:
    """Return the routes by which messages come to a system, and those on which what it brings goes."""
    routes = desk.gateway.routes.routes
    out = [one for one in routes if one.type in to.adapter.brings and one.source in (None, to.name)]
    return {
        "in": [_route(one) for one in routes if _leads(one, to)],
        "out": [_route(one) for one in out],
    }


def _leads(route: Route, to: Counterpart) -> bool:
    served = route.by_recipients and bool(to.spec.serves)
    return route.type in to.adapter.takes | to.adapter.answers and (to.name in route.systems or served)


def _route(route: Route) -> dict[str, Any]:
    return {
        "name": route.name,
        "type": route.type,
        "from": route.source,
        "to": "recipients" if route.by_recipients else list(route.systems),
        "else": list(route.otherwise),
        "where": dict(route.where),
    }


def _credentials(desk: Desk, to: Counterpart) -> list[dict[str, str]]:
    """Return which secrets there are, and never one of them."""
    found = [
        {"name": one.name, "source": one.source, "state": one.presence.value}
        for one in credentials(to.spec, to.adapter)
    ]
    if needs_token(to.adapter):
        state = Presence.SET if desk.door.knows(to.name) else Presence.MISSING
        variable = f"env LGSP_TOKEN_{to.name.upper().replace('-', '_')}"
        found.append({"name": "token", "source": variable, "state": state.value})
    return found


# --- before an act, and asking ---------------------------------------------------------------------------


async def touched(desk: Desk, to: Counterpart) -> dict[str, Any]:
    """Return who has something open to a system, and how much comes for it: whom an order would touch."""
    pulse = await desk.pulses.look(desk.gateway.journal)
    found = await desk.gateway.journal.read(lambda tx: backlogs.affected(tx, to.name))
    return _affected(found) | {
        "system": to.name,
        "standing": to.health.standing.value,
        "collects": to.collects,
        "orders": list(ORDERS),
        "frames": min(desk.gateway.broker.depth(to.name), FULL) if to.queued else None,
        "per_minute": pulse.rate(to.name).per_minute,
        "sources": sorted({one["from"] or "" for one in _routes(desk, to)["in"]} - {""}),
    }


def _affected(found: Affected) -> dict[str, Any]:
    return {
        "open": found.size,
        "more": found.more,
        "agencies": [{"code": code, "count": count} for code, count in found.agencies],
        "others": found.others,
        "deadline": at(found.deadline),
        "late": found.late,
    }


async def examined(desk: Desk, to: Counterpart, who: str, settings: Settings) -> dict[str, Any]:
    """Ask a system whether it is there, look at its certificates, and write down who asked.

    Raises:
        ApiError: it is no longer in the home.
    """
    patient = patient_of(desk, settings)
    if to.name not in patient.adapters:
        raise ApiError(404, "not-found")
    checks = [one.as_dict() for one in await examine_one(patient, to.name)]
    await desk.gateway.journal.write(lambda tx: checking.note(tx, to.name, who, checks))
    return {"system": to.name, "checks": checks}


def _checked(found: dict[str, Any] | None) -> dict[str, Any] | None:
    return found and found | {"at": at(found["at"])}
