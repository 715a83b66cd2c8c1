"""What people and systems see: messages, deliveries, systems, quarantine, reports, health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.adapter import Report
from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk, page, uuid_of
from lgsp.api.disclosures import heard, hears, seen_by, turned_away_as_seen
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.inbox import SystemInbox
from lgsp.api.problems import ApiError, problem
from lgsp.api.seeking import asked, spellings
from lgsp.broker.contract import FULL
from lgsp.callers import Caller
from lgsp.disclosing import unheard_walk
from lgsp.domain.cause import Cause
from lgsp.domain.causes import explain
from lgsp.domain.causes_named import Names
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.domain.codes import FORMS
from lgsp.journal import reading, retelling
from lgsp.journal.contract import JournalError, Transaction
from lgsp.journal.reaching import seen_messages
from lgsp.journal.rows import numbers_of
from lgsp.journal.searching import search
from lgsp.journal.states import DEAD, State
from lgsp.rights import Right

_WORDS = {state.word: state for state in State}


def outlook_router(desk: Desk) -> APIRouter:
    """Return the endpoints that only read."""
    router = APIRouter(responses=READ_RESPONSES)
    _add_messages(router, desk)
    _add_lists(router, desk)
    _add_systems(router, desk)
    _add_health(router, desk)
    return router


def health_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which whoever starts processes sees whether one lives and is ready."""
    router = APIRouter()
    _add_health(router, desk)
    return router


def _add_messages(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/messages", tags=["messages"], summary="Search messages, newest first")
    async def messages(request: Request) -> Response:
        reader = desk.reader(request, within=True)
        source, sight = reader.system or None, desk.sight(reader)
        sought = (await asked(desk, request.query_params, source, sight)).sought
        after, limit = page(request)
        found = await journal.read(lambda tx: search(tx, sought, behind=after or None, limit=limit))
        reached = reading.at(found.reached)
        rows = found.messages if hears(reader) else [unheard_walk(one) for one in found.messages]
        return in_json({"messages": rows, "next": found.older, "reached": reached})

    @router.get(
        "/v1/first-seen", tags=["messages"], summary="What was first told of a code, and every change"
    )
    async def first_seen(request: Request) -> Response:
        source = desk.reader(request, Right.BODIES).system or None
        code = _key(request.query_params.get("code"))
        if code is None:
            raise ApiError(422, "invalid", "code is missing: give a dossier code")
        return in_json({"types": await journal.read(lambda tx: retelling.trails(tx, code, source))})

    @router.get("/v1/messages/{id}", tags=["messages"], summary="One message and everything that befell it")
    async def message(request: Request, id: str) -> Response:  # noqa: A002 - the word of the path
        reader, uid = desk.reader(request, within=True), uuid_of(id)
        sight = desk.sight(reader)
        found = await journal.read(lambda tx: reading.walk(tx, uid, sight))
        if found is None or (reader.system and found["source"] != reader.system):
            raise ApiError(404, "not-found")
        shown = found if hears(reader) else _without_content(found)
        told = explained(await seen_by(desk, reader, shown), desk.gateway.names)
        return in_json(told if hears(reader) else unheard_walk(told))


def _without_content(walk: dict[str, Any]) -> dict[str, Any]:
    """Return what befell a message without what it says: for those who see where it went, and no more."""
    raw = walk["raw"] and walk["raw"] | {"text": None, "attributes": {}}
    attempts = [one | {"exchanges": []} for one in walk["attempts"]]
    return walk | {"data": None, "raw": raw, "attempts": attempts, "withheld": True}


def _add_lists(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/deliveries", tags=["deliveries"], summary="Search deliveries, newest first")
    async def deliveries(request: Request) -> Response:
        asked = request.query_params
        wanted: dict[str, Any] = {n: asked.get(n) for n in ("system", "cause")}
        reader = desk.reader(request, within=True)
        wanted["source"], sight = reader.system or asked.get("source"), desk.sight(reader)
        wanted["states"] = _states(asked.get("state"))
        after, limit = page(request)
        found = await journal.read(
            lambda tx: reading.deliveries(tx, wanted, after=after, limit=limit, sight=sight)
        )
        for row in found["deliveries"]:
            _explain(row, row["system"], desk.gateway.names)
        return in_json(found | {"deliveries": heard(reader, found["deliveries"])})

    @router.get("/v1/quarantine", tags=["messages"], summary="What was turned away at the door, and why")
    async def quarantine(request: Request) -> Response:
        reader = desk.reader(request, within=True)
        source, sight = reader.system or request.query_params.get("source"), desk.sight(reader)
        subjects = spellings(request.query_params.get("code", "").strip())
        after, limit = page(request)
        found = await journal.read(
            lambda tx: reading.quarantined(
                tx, source, subjects=subjects, after=after, limit=limit, sight=sight
            )
        )
        return in_json(turned_away_as_seen(reader, found))


def _add_systems(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/systems", tags=["systems"], summary="Each counterpart: standing, backlog, health")
    async def systems(request: Request) -> Response:
        reader = desk.reader(request, within=True)
        sight, backlog = desk.sight(reader), await journal.read(reading.oldest_open)
        names = [
            name for name in desk.gateway.counterparts if reader.system in {"", name} and sight.holds(name)
        ]
        return in_json({"systems": [_system(desk, name, backlog.get(name, {})) for name in names]})

    @router.get(
        "/v1/systems/{system}/reports", tags=["systems"], summary="What became of a system's messages"
    )
    async def reports(request: Request, system: str) -> Response:
        reader = desk.reader(request, within=True)
        theirs = reader.system in {"", system} and desk.sight(reader).holds(system)
        if not theirs or system not in desk.gateway.counterparts:
            raise ApiError(404, "not-found")
        codes = [c for c in request.query_params.get("codes", "").split(",") if c]
        since, limit = _since(request)
        inbox = SystemInbox(system, desk)
        found = await inbox.reports(subjects=codes, since=since, limit=limit)
        shown = await _within(desk, reader, system, found)
        rows = heard(reader, [_report(one) for one in shown])
        return in_json({"reports": rows, "next": found[-1].cursor if found else since})

    @router.get("/v1/counts", tags=["systems"], summary="How many deliveries stand in each state")
    async def counts(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        return in_json(await journal.read(reading.counts))


async def _within(desk: Desk, reader: Caller, source: str, found: Sequence[Report]) -> Sequence[Report]:
    """Return those reports of a source's messages that are within a person's limits, of every kind."""
    sight = desk.sight(reader)
    if sight.everything or not found:
        return found

    def look(tx: Transaction) -> set[bytes]:
        numbers = numbers_of(tx, [one.message.bytes for one in found])
        seen = seen_messages(tx, sight, list(numbers.values()))
        return {uid for uid, number in numbers.items() if number in seen}

    seen = await desk.gateway.journal.read(look)
    return [one for one in found if one.message.bytes in seen and sight.shows(source, one.type, one.system)]


def _add_health(router: APIRouter, desk: Desk) -> None:
    @router.get("/health/live", tags=["health"], summary="The process answers")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/health/ready", tags=["health"], summary="This process takes work")
    async def ready() -> Response:
        gateway = desk.gateway
        if gateway.unready:
            return problem(503, "not-ready", gateway.unready)
        try:
            await gateway.journal.write(lambda tx: tx.rows("SELECT 1"))
        except JournalError:
            return problem(503, "journal-unavailable")
        if not gateway.fence(gateway.worker):
            return problem(503, "not-ready", "the heart beat of this process has not reached the journal")
        return in_json({"status": "ok", "routes_version": gateway.published})


def _key(code: str | None) -> str | None:
    """Return the line of a code in whatever form it was typed."""
    if code is None:
        return None
    return next((key for form in FORMS.values() if (key := form(code.strip())) is not None), code.strip())


def _states(words: str | None) -> list[State] | None:
    if not words:
        return None
    named = [word.strip().replace("_", " ") for word in words.split(",")]
    unknown = [word for word in named if word not in _WORDS and word != "dead"]
    if unknown:
        raise ApiError(422, "invalid", f"state is one of {', '.join(_WORDS)} or dead")
    return [state for word in named for state in (sorted(DEAD) if word == "dead" else [_WORDS[word]])]


def _frames(depth: int) -> int | None:
    """Return how many frames wait; None while the queue takes nothing."""
    return None if depth >= FULL else depth


def _since(request: Request) -> tuple[int, int]:
    try:
        since, limit = (
            int(request.query_params.get("since", "0")),
            int(request.query_params.get("limit", "500")),
        )
    except ValueError:
        raise ApiError(422, "invalid", "since and limit are whole numbers") from None
    if not 0 <= since <= 2**62 or not 1 <= limit <= 1000:  # noqa: PLR2004 - the documented bounds
        raise ApiError(422, "invalid", "since is 0 or more, limit is 1 to 1000")
    return since, limit


def explained(walk: dict[str, Any], names: Names) -> dict[str, Any]:
    """Add to each delivery and attempt that has a cause what it means now and how it is mended."""
    systems = {delivery["id"]: delivery["system"] for delivery in walk["deliveries"]}
    drawn = {(one["delivery"], one["attempt"]): one["answer"] for one in walk["attempts"]}
    for delivery in walk["deliveries"]:
        answer = drawn.get((delivery["id"], delivery["attempt"]))
        _explain(delivery, delivery["system"], names, answer if delivery["cause"] == UNCATALOGUED else None)
    for attempt in walk["attempts"]:
        _explain(attempt, systems[attempt["delivery"]], names, attempt["answer"])
    for entry in walk["entries"]:
        answer = (entry["details"] or {}).get("answer")
        _explain(entry, entry["system"] or "", names, answer, free=True)
    return walk


def _explain(
    told: dict[str, Any], system: str, names: Names, answer: str | None = None, *, free: bool = False
) -> None:
    """Add the explanation of a cause, by the name that an answer has now.

    With `free` the cause may also be words of another kind, such as which replay it was; these stay alone.
    """
    cause = told["cause"]
    found = names.now(system, cause, answer or "") if cause else None
    if found or (cause and not free):
        told["explanation"] = _in_both(found or cause)


def _in_both(cause: Cause | str) -> dict[str, Any]:
    return {lang: explain(cause, lang).as_dict() for lang in ("vi", "en")}


def _system(desk: Desk, name: str, backlog: dict[str, Any]) -> dict[str, Any]:
    to = desk.gateway.counterparts[name]
    return {
        "name": name,
        "adapter": to.spec.adapter,
        "serves": to.spec.serves,
        "standing": to.health.standing.value,
        "cause": to.health.cause,
        "explanation": _in_both(desk.gateway.names.find(to.health.cause) or to.health.cause)
        if to.health.cause
        else None,
        "at_once": to.health.limit,
        "collects": to.collects,
        "frames": _frames(desk.gateway.broker.depth(name)) if to.queued else None,
        "open": backlog.get("open", 0),
        "oldest": backlog.get("oldest"),
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "cursor": report.cursor,
        "type": "delivery.report.v1",
        "message": str(report.message),
        "about": report.type,
        "subject": report.subject,
        "revision": report.revision,
        "system": report.system,
        "state": report.state,
        "at": report.at.isoformat(),
        "cause": report.cause,
        "explanation": _in_both(report.why or report.cause) if report.cause else None,
        "said": report.said,
        "fields": list(report.fields),
        "recipients": list(report.recipients),
    }
