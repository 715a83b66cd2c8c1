"""Serving one-stop systems under the addresses they already post to, so that only a base address changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Inbox
from lgsp.errors import Invalid, Problem, Rejected
from lgsp.formats.dossier_sync import LOOKUP_SERVICE
from lgsp.message import Raw

from . import answers, mapping, reading
from .answers import BARE, WRAPPED, Answer, Dialect
from .catalogue import SERVICES as READS
from .catalogue import Catalogues

_LOGIN = "mapi/login"
_PAGE = 500
_NATIVE = {word: code for code, word in mapping.STATUSES.items()}
_BEARER = "bearer "
_SECRET = 8
"""Characters from which a session could be one; shorter ones would be found everywhere in a body."""

_WHOLE = re.compile(r"[0-9]{1,18}")


class Facade:
    """One system's door: the bare form, the wrapped form with login and look-up, and the way back."""

    def __init__(self, inbox: Inbox, limit: int) -> None:
        """Open the door.

        Args:
            inbox: what may be done in the system's name.
            limit: items that one request may bring.
        """
        self._inbox = inbox
        self._limit = limit
        self._catalogues = Catalogues(inbox)

    def router(self) -> APIRouter:
        """Return the routes, to be mounted under the system's address."""
        router = APIRouter()
        router.add_api_route(
            "/api/SynsTTHCC/{service:path}",
            self.bare,
            methods=["POST"],
            summary="Bare array of dossiers or progress entries, as provincial proxies take it",
        )
        for prefix in ("XrdAdapter", "VXPAdapter"):
            router.add_api_route(
                f"/{prefix}/RestService/forward/{{tail:path}}",
                self.wrapped,
                methods=["POST"],
                summary="Wrapped form, as the national portal takes it: login, writes, look-up",
            )
        router.add_api_route(
            "/api/SynsTTHCC/{service:path}",
            self.asked,
            methods=["GET"],
            summary="Catalogues, as provincial proxies hand them on: LayDanhSachTTHC, LayThuTuc?maTTHC=, …",
        )
        router.add_api_route(
            "/changes",
            self.changes,
            methods=["GET"],
            summary="What changed in the catalogues and was not picked up yet",
        )
        router.add_api_route(
            "/reports",
            self.reports,
            methods=["GET"],
            summary="What became of what was sent, by dossier codes or since a cursor",
        )
        return router

    async def bare(self, request: Request) -> Response:
        """Take a bare array; the service is the end of the path."""
        if not self._bears(request):
            return _json(answers.not_admitted(BARE), 401)
        query = {name.lower(): value.strip() for name, value in request.query_params.items()}
        service = reading.service_named(request.path_params["service"])
        said = {
            "service": service,
            "MaDinhDanhDV": query.get("madinhdanhdv", ""),
            "isUpdating": query.get("isupdating", ""),
        }
        if service in READS:
            return await self._catalogues.answer(BARE, service, query)
        raw = _raw(request, await request.body(), said)
        try:
            if service not in reading.WRITES:
                raise reading.unknown_service()
            items = reading.parsed(raw.read())
            batch = reading.batch(service, items, self._limit, said["MaDinhDanhDV"], said["isUpdating"])
        except Rejected as reason:
            return await self._turn_away(BARE, raw, reason)
        return await self._take(BARE, raw, batch)

    async def asked(self, request: Request) -> Response:
        """Answer a read service of the bare form; its words stand in the query."""
        if not self._bears(request):
            return _json(answers.not_admitted(BARE), 401)
        service = reading.service_named(request.path_params["service"])
        if service not in READS:
            return _json(answers.turned_away(BARE, reading.unknown_service()), 404)
        return await self._catalogues.answer(BARE, service, dict(request.query_params))

    async def changes(self, request: Request) -> Response:
        """Tell which items of the catalogues changed and wait to be picked up: a JSON list, oldest first."""
        if not self._bears(request):
            return _json(answers.not_admitted(BARE), 401)
        limit = _whole(request.query_params.get("limit"), _PAGE)
        if limit is None:
            fault = Invalid([Problem("limit", "wrong-type", "integer")])
            return _json(answers.turned_away(BARE, fault), 400)
        return _json(await self._catalogues.changes(min(limit, _PAGE)))

    async def wrapped(self, request: Request) -> Response:
        """Take a wrapped body: a login by the end of its path, anything else by its `service`."""
        body = await request.body()
        login = request.path_params["tail"].strip(" /").endswith(_LOGIN)
        try:
            content = reading.parsed(body)
            if not isinstance(content, dict):
                raise Invalid([Problem("", "wrong-type", "object")])
        except Rejected as reason:
            if self._bears(request) and not login:
                return await self._turn_away(WRAPPED, _raw(request, body, {}), reason)
            return _json(answers.turned_away(WRAPPED, reason))
        if login:
            return self._log_in(content)
        session = content.get("session")
        if not self._bears(request) and not (isinstance(session, str) and self._inbox.admits(session)):
            return _json(answers.not_admitted(WRAPPED))
        return await self._serve(_raw(request, _without(body, session), {}), content)

    async def reports(self, request: Request) -> Response:
        """Tell what became of what this system sent: a JSON list, each with the cursor to ask on from."""
        if not self._bears(request):
            return _json(answers.not_admitted(BARE), 401)
        query = request.query_params
        codes = [code.strip() for text in query.getlist("codes") for code in text.split(",") if code.strip()]
        since, limit = _whole(query.get("since"), 0), _whole(query.get("limit"), _PAGE)
        if since is None or limit is None:
            fault = Invalid([Problem("since, limit", "wrong-type", "integer")])
            return _json(answers.turned_away(BARE, fault), 400)
        found = await self._inbox.reports(subjects=codes, since=since, limit=min(limit, _PAGE))
        return _json([answers.reported(report) for report in found])

    def _log_in(self, content: Mapping[str, Any]) -> Response:
        username, password = content.get("username"), content.get("password")
        known = username == self._inbox.system and isinstance(password, str) and self._inbox.admits(password)
        return _json(answers.logged_in(self._inbox.session() if known else ""))

    async def _serve(self, raw: Raw, content: Mapping[str, Any]) -> Response:
        """Answer an admitted, wrapped request."""
        service = reading.service_named(content.get("service"))
        if service == LOOKUP_SERVICE:
            return await self._look_up(content.get("mahoso"))
        if service in READS:
            return await self._catalogues.answer(WRAPPED, service, content)
        sender, updating = content.get("madonvi"), content.get("isUpdating")
        try:
            if not service:
                raise reading.unknown_service()
            batch = reading.batch(service, content.get("data"), self._limit, sender, updating)
        except Rejected as reason:
            return await self._turn_away(WRAPPED, raw, reason)
        return await self._take(WRAPPED, raw, batch)

    async def _look_up(self, code: object) -> Response:
        if not isinstance(code, str) or not code.strip():
            return _json(answers.turned_away(WRAPPED, Invalid([Problem("mahoso", "missing")])))
        found = await self._inbox.find(mapping.DOSSIER, code.strip())
        return _json(answers.looked_up(found, _NATIVE))

    async def _take(self, dialect: Dialect, raw: Raw, batch: reading.Batch) -> Response:
        outcomes = await self._inbox.accept(raw, reading.messages(batch))
        return _json(answers.taken(dialect, batch.service, batch.items, outcomes))

    async def _turn_away(self, dialect: Dialect, raw: Raw, reason: Rejected) -> Response:
        await self._inbox.reject(raw, reason)
        return _json(answers.turned_away(dialect, reason))

    def _bears(self, request: Request) -> bool:
        """Tell whether the request carries a token of this system."""
        given = request.headers.get("authorization", "")
        return given[: len(_BEARER)].lower() == _BEARER and self._inbox.admits(given[len(_BEARER) :].strip())


def _raw(request: Request, body: bytes, said: dict[str, str]) -> Raw:
    return Raw.of(body, request.headers.get("content-type", "application/json"), **said)


def _without(body: bytes, session: object) -> bytes:
    """Return a body with its session taken out: what is kept must open no door."""
    secret = session.encode() if isinstance(session, str) else b""
    return body.replace(secret, b"***") if len(secret) >= _SECRET else body


def _json(content: Answer | list[Answer], status: int = 200) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None  # noqa: PLR2004 - HTTP
    return Response(orjson.dumps(content), status, headers, "application/json")


def _whole(text: str | None, default: int) -> int | None:
    if not text:
        return default
    return int(text) if _WHOLE.fullmatch(text) else None
