"""The door of local reporting systems: statistics, votes, reports as JSON or XML, and files of figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Accepted, Inbox
from lgsp.errors import Conflict, Invalid, Problem, Rejected
from lgsp.formats import sheets
from lgsp.message import Message, Raw

from . import answers
from .drafts import REPORT, STATUS, Terms

Reading = Callable[[Raw], Awaitable[list[Message | Rejected]]]
_BEARER = "bearer "
_AGAIN = 4
"""How often a version is counted anew, when another request took its number in the same instant."""

_MOST = 500
_TYPES = {"xlsx": sheets.XLSX_TYPE, "csv": sheets.CSV_TYPE}
_TOKEN_LIFE = 3600


class Facade:
    """One system's door.

    Args:
        inbox: what may be done in the system's name.
        read: turns a body into reports, each with its version.
        terms: the settings.
    """

    def __init__(self, inbox: Inbox, read: Reading, terms: Terms) -> None:
        self._inbox = inbox
        self._read = read
        self._terms = terms

    def router(self) -> APIRouter:
        """Return the routes, to be mounted under the system's address."""
        router = APIRouter()
        # the public client really writes a space behind the address
        for path, visible in (("", True), (" ", False), ("/", False)):
            for name in ("/Statistic/UpdateStatistic", "/Vote/UpdateVote"):
                router.add_api_route(
                    f"{name}{path}",
                    self.message,
                    methods=["POST"],
                    include_in_schema=visible,
                    summary="Statistics or votes as one-stop systems send them; answers MResult",
                )
        for path, serve, methods, summary in (
            (
                "/token",
                self.token,
                ["POST"],
                "A token for an hour, for clients that ask for one first (Mtoken)",
            ),
            ("/reports", self.bring, ["POST"], "Reports as JSON or XML, one or several"),
            ("/reports", self.became, ["GET"], "What became of reports, by `codes` or since a cursor"),
            ("/report", self.stands, ["GET"], "One report by its `code`: its version, and where it stands"),
            ("/files", self.file, ["POST"], "A file of figures, XLSX or CSV; every fault by its cell"),
            ("/template", self.template, ["GET"], "A file to be filled in, of a `form`"),
            ("/statuses", self.statuses, ["GET"], "What receivers say of reports and was not picked up yet"),
            ("/statuses/{id}/done", self.done, ["POST"], "One of them was picked up for good"),
        ):
            router.add_api_route(path, serve, methods=methods, summary=summary)
        return router

    async def message(self, request: Request) -> Response:
        """Take statistics or votes, and answer MResult."""
        if not self._bears(request):
            return _json(answers.turned_away(answers.not_admitted()), 401)
        _, outcomes = await self._taken(request, {})
        return _json(answers.result(outcomes))

    async def token(self, request: Request) -> Response:
        """Hand out a session to who shows the system's token, as Mtoken."""
        if not self._bears(request):
            return _json(answers.turned_away(answers.not_admitted()), 401)
        session = {"token_type": "Bearer", "expires_in": _TOKEN_LIFE, "scope": "default"}
        return _json({"access_token": self._inbox.session(), **session})

    async def bring(self, request: Request) -> Response:
        """Take reports as JSON or XML."""
        return await self._results(request, {})

    async def file(self, request: Request) -> Response:
        """Take a file of figures: nothing of it, or all."""
        names = ("form", "agency", "period", "name")
        return await self._results(request, {name: request.query_params.get(name, "") for name in names})

    async def became(self, request: Request) -> Response:
        """Tell what became of what this system sent: a list, each with the cursor to ask on from."""
        if not self._bears(request):
            return _refused(answers.not_admitted(), 401)
        query = request.query_params
        codes = [code.strip() for text in query.getlist("codes") for code in text.split(",") if code.strip()]
        since, limit = query.get("since", "0"), query.get("limit", str(_MOST))
        if not (since.isascii() and since.isdigit() and limit.isascii() and limit.isdigit()):
            return _refused(Invalid([Problem("since, limit", "wrong-type", "integer")]), 422)
        wanted = min(int(since[:18]), 2**62), min(int(limit[:9]), _MOST)
        found = await self._inbox.reports(subjects=codes, since=wanted[0], limit=wanted[1])
        return _json([answers.reported(report) for report in found])

    async def stands(self, request: Request) -> Response:
        """Tell where one report stands."""
        if not self._bears(request):
            return _refused(answers.not_admitted(), 401)
        code = request.query_params.get("code", "").strip()
        found = await self._inbox.find(REPORT, code) if code else None
        if found is None:
            return _refused(Invalid([Problem("code", "unknown-fact")]), 404)
        return _json(answers.found(found, await self._inbox.reports(subjects=[code])))

    async def template(self, request: Request) -> Response:
        """Hand out a file to be filled in."""
        if not self._bears(request):
            return _refused(answers.not_admitted(), 401)
        query = request.query_params
        form, kind = query.get("form", ""), query.get("format", "xlsx")
        known = self._terms.definitions.forms
        if form not in known or kind not in _TYPES:
            return _refused(
                Invalid([Problem("form, format", "not-one-of", ", ".join([*known, *_TYPES]))]), 404
            )
        agency = query.get("agency", "") or self._terms.agency
        try:
            written = sheets.template(form, agency, query.get("period", ""), kind, self._terms.definitions)
        except ValueError:
            return _refused(Invalid([Problem("period", "report-period-none", "government/1:202403")]), 422)
        return Response(written, 200, sheets.download(f"{form}.{kind}"), _TYPES[kind])

    async def statuses(self, request: Request) -> Response:
        """Tell what receivers said of reports, oldest first, until it is picked up."""
        if not self._bears(request):
            return _refused(answers.not_admitted(), 401)
        mailbox, told = self._inbox.mailbox, []
        for one in await mailbox.waiting([STATUS], limit=100):
            message = await mailbox.take(one.id)
            if message is not None:
                told.append(answers.waiting(one, message.data))
        return _json(told)

    async def done(self, request: Request) -> Response:
        """Let a status be picked up for good."""
        if not self._bears(request):
            return _refused(answers.not_admitted(), 401)
        try:
            known = await self._inbox.mailbox.done(UUID(request.path_params["id"]))
        except ValueError:
            known = False
        return _json({"done": known}, 200 if known else 404)

    async def _results(self, request: Request, said: dict[str, str]) -> Response:
        if not self._bears(request):
            return _refused(answers.not_admitted(), 401)
        items, outcomes = await self._taken(request, said)
        return _json(answers.results(outcomes, items), answers.status_of(outcomes))

    async def _taken(
        self, request: Request, said: dict[str, str]
    ) -> tuple[Sequence[Message | Rejected], Sequence[Accepted | Rejected]]:
        """Take on what a request brings; a version whose number was just taken is counted anew."""
        declared = request.headers.get("content-type", "application/octet-stream")
        raw = Raw.of(await request.body(), declared, **{name: value for name, value in said.items() if value})
        try:
            items = await self._read(raw)
            outcomes = await self._inbox.accept(raw, items)
            for _ in range(_AGAIN):
                if not any(isinstance(outcome, Conflict) for outcome in outcomes):
                    break
                again = await self._read(raw)
                if _versions(again) == _versions(items):
                    break
                items, outcomes = again, await self._inbox.accept(raw, again)
        except Rejected as reason:
            await self._inbox.reject(raw, reason)
            return [reason], [reason]
        return items, outcomes

    def _bears(self, request: Request) -> bool:
        """Tell whether the request carries a token of this system."""
        given = request.headers.get("authorization", "")
        return given[: len(_BEARER)].lower() == _BEARER and self._inbox.admits(given[len(_BEARER) :].strip())


def _versions(items: Sequence[Message | Rejected]) -> list[Any]:
    return [item.key if isinstance(item, Message) else None for item in items]


def _refused(reason: Rejected, status: int) -> Response:
    return _json({"faults": answers.faults(reason)}, status)


def _json(content: Any, status: int = 200) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None  # noqa: PLR2004 - HTTP
    return Response(orjson.dumps(content), status, headers, "application/json")
