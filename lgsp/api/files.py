"""The public door of files that go through us, and what operators see of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk, uuid_of
from lgsp.api.disclosures import heard
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.kept_file import kept_file
from lgsp.api.problems import ApiError
from lgsp.callers import Caller
from lgsp.domain.causes import explain
from lgsp.domain.links import Links, Named
from lgsp.domain.reachable import standing
from lgsp.errors import Refused, Unavailable
from lgsp.journal import relayed
from lgsp.journal.reading import at
from lgsp.journal.relayed import Sought, State
from lgsp.linking import files_of
from lgsp.relay.door import ExpiredLinkError, FileDoor, Opened, TooOftenError, UnknownLinkError
from lgsp.rights import Right

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-cache",
}
_SLOW, _STORE = "file-source-slow", "file-store-away"
_PARAMETERS = [
    {
        "name": "message",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
        "description": "A message's id.",
    }
]


def files_router(desk: Desk) -> APIRouter:
    """Return the public door, whose only keys are links, and what operators see of what goes through."""
    router = APIRouter(tags=["files"])

    async def fetch(request: Request, token: str, name: str) -> Response:  # noqa: ARG001 - names open nothing
        """Hand out the file that a link is for."""
        return await _handed_out(desk, _door(desk), request, token)

    # it is for whoever has a link, and no part of what clients of the API call
    router.add_api_route("/files/{token}/{name}", fetch, methods=["GET", "HEAD"], include_in_schema=False)

    @router.get(
        "/v1/files",
        summary="The files that a message names, and how they go through here",
        responses=READ_RESPONSES,
        openapi_extra={"parameters": _PARAMETERS},
    )
    async def files(request: Request) -> Response:
        caller = desk.person(request, Right.LOOK)
        uid = uuid_of(request.query_params.get("message", ""))
        found = await desk.gateway.journal.read(lambda tx: relayed.sought(tx, uid))
        if found is None:
            raise ApiError(404, "not-found", "no message has this id")
        files = [_heard(caller, one) for one in _listed(desk, found)]
        return in_json({"message": str(uid), "kept": found.data is not None, "files": files})

    return router


def _door(desk: Desk) -> FileDoor:
    if desk.files is None:
        raise ApiError(404, "not-found")
    return desk.files


async def _handed_out(desk: Desk, door: FileDoor, request: Request, token: str) -> Response:
    peer = request.client.host if request.client else ""
    try:
        opened = await door.open(token, peer, request.headers.get("x-forwarded-for", ""))
    except UnknownLinkError:
        raise ApiError(404, "not-found") from None
    except ExpiredLinkError:
        raise ApiError(410, "file-expired") from None
    except TooOftenError as fault:
        raise ApiError(429, "file-too-often", headers={"Retry-After": str(fault.after)}) from None
    except Refused as fault:
        raise ApiError(415, fault.cause) from None
    except Unavailable as fault:
        raise _away(fault.cause) from None
    return await _answer(desk, door, request, opened)


def _away(cause: str) -> ApiError:
    status = {_SLOW: 504, _STORE: 503}.get(cause, 502)
    return ApiError(status, cause, headers={"Retry-After": "60"})


async def _answer(desk: Desk, door: FileDoor, request: Request, opened: Opened) -> Response:
    tag = f'"{opened.blob}"'
    asked = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    headers = _SAFE | {"ETag": tag, "Content-Type": opened.media, "Content-Disposition": _named(opened.name)}
    if {tag, f"W/{tag}", "*"} & set(asked):
        return Response(status_code=304, headers=headers)
    answer = await kept_file(request, desk.gateway.blobs, opened.blob, headers, opened.media)
    if request.method == "GET":
        door.count(opened)
    return answer


def _named(name: str) -> str:
    """Return the header that says what a file is called (RFC 6266), with its letters as RFC 5987 has them."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


# --- what operators see -----------------------------------------------------------------------------------


def _listed(desk: Desk, found: Sought) -> list[dict[str, Any]]:
    info = desk.gateway.types.get(found.type)
    files = list(files_of(info, found.data)) if info is not None and found.data is not None else []
    doors = dict(desk.files.relaying()) if desk.files is not None else {}
    return [_told(file, found.states.get(file.number), doors) for file in files]


def _told(file: Named, state: State | None, doors: Mapping[str, Links]) -> dict[str, Any]:
    host, _, why = standing(file.url)
    return {
        "file": file.number,
        "place": file.place,
        "host": host,
        "unreachable": why.value if why else None,
        "through": [name for name, links in doors.items() if links.terms.serves(file.url)],
        "kept": _kept(state) if state is not None and state.blob else None,
        "served": state.served if state is not None else 0,
        "served_at": at(state.served_at) if state is not None else None,
        "failures": state.failures if state is not None else 0,
        "last_error": _error(state) if state is not None and state.cause else None,
    }


def _heard(caller: Caller, file: dict[str, Any]) -> dict[str, Any]:
    """Return a file as this caller may see it: what its host said in its own words not without `bodies`."""
    failed = file["last_error"]
    return file | {"last_error": heard(caller, [failed])[0]} if failed else file


def _kept(state: State) -> dict[str, Any]:
    return {"sha256": state.blob, "ending": state.ending, "size": state.size, "at": at(state.kept_at)}


def _error(state: State) -> dict[str, Any]:
    cause = state.cause or ""
    return {
        "cause": cause,
        "said": state.said or "",
        "at": at(state.failed_at),
        "explanation": {lang: explain(cause, lang).as_dict() for lang in ("vi", "en")},
    }
