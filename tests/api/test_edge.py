"""The outermost layer: bounds, tokens in paths, faults as problem documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from lgsp.api.edge import Edge
from lgsp.journal.contract import JournalError
from tests.api.province import BRING, CODE, TOKEN, Province, dossier
from tests.asgi import call

SYNC = "api/SynsTTHCC/DongBoHoSoMC"
OWN = [{"MaHoSo": CODE, "TrangThaiHoSo": "4"}]


async def test_a_token_in_the_path_opens_the_door(paused: Province) -> None:
    """Clients that cannot send headers put it there; it counts more than a header that a proxy added."""
    reply = await paused.far.post(f"/systems/one-stop/key/{TOKEN}/{SYNC}", OWN)
    assert reply.json()["error_code"] == "0"
    assert (await paused.operator.get("/v1/messages")).json()["messages"][0]["subject"] == CODE


@pytest.mark.parametrize("path", ["key/wrong/", "key//", ""])
async def test_a_wrong_token_in_the_path_opens_nothing(paused: Province, path: str) -> None:
    """The client is turned away in its own dialect, or there is nothing at that address."""
    reply = await paused.nobody.post(f"/systems/one-stop/{path}{SYNC}", OWN)
    assert reply.status in (400, 401, 404)
    assert (await paused.operator.get("/v1/messages")).json()["messages"] == []


async def test_past_the_edge_the_token_stands_in_no_path() -> None:
    """What the application sees, and may log, is the address without the key."""
    seen: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    await call(Edge(app, 10), "POST", f"/systems/one-stop/key/{TOKEN}/{SYNC}")
    assert (seen[0]["path"], seen[0]["raw_path"]) == (
        f"/systems/one-stop/{SYNC}",
        b"/systems/one-stop/" + SYNC.encode(),
    )
    assert seen[0]["headers"] == [(b"authorization", b"Bearer " + TOKEN.encode())]


@pytest.mark.parametrize(
    "path", [BRING, "/v1/systems/one-stop/native", f"/systems/one-stop/key/{TOKEN}/{SYNC}"]
)
@pytest.mark.parametrize("length", [str(64 * 1024 * 1024 + 1), "many", "-1"])
async def test_a_body_that_says_it_is_too_large_is_not_read(paused: Province, path: str, length: str) -> None:
    """413, and the connection ends: nobody waits for the rest."""
    reply = await paused.one_stop.post(path, b"[]", headers={"Content-Length": length})
    assert (reply.status, reply.headers["content-type"]) == (413, "application/problem+json")
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize("path", [BRING, "/v1/systems/one-stop/native", f"/systems/one-stop/{SYNC}"])
async def test_a_body_of_unknown_length_is_counted(paused: Province, path: str) -> None:
    """Sent in pieces it is held to the same bound, and answered once."""
    answers = await _pieces(paused.platform.site, path, TOKEN, lambda n: n < 70)
    assert [one["status"] for one in answers if one["type"] == "http.response.start"] == [413]


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/systems", "/systems/one-stop/reports"])
async def test_a_journal_that_cannot_be_read_is_said_once(
    paused: Province, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 from every endpoint, in one answer."""

    async def read(_: Any) -> Any:
        raise JournalError("reading the journal: gone")

    monkeypatch.setattr(paused.platform.gateway.journal, "read", read)
    answers = await _pieces(paused.platform.site, path, TOKEN, lambda _: False, method="GET")
    assert [one["status"] for one in answers if one["type"] == "http.response.start"] == [503]


async def test_a_body_in_pieces_is_put_together(paused: Province) -> None:
    """Without a declared length a body is taken all the same."""
    answers = await _pieces(paused.platform.site, BRING, TOKEN, lambda _: False, last=dossier())
    assert answers[0]["status"] == 202


async def _pieces(
    app: Any, path: str, token: str, more: Callable[[int], bool], *, method: str = "POST", last: Any = None
) -> list[dict[str, Any]]:
    """Send a body in pieces of a mebibyte while `more` says so, and return every event of the answer."""
    sent, answers = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal sent
        sent += 1
        if more(sent):
            return {"type": "http.request", "body": b" " * 1024 * 1024, "more_body": True}
        return {"type": "http.request", "body": orjson.dumps(last), "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        answers.append(event)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await app(scope, receive, send)
    return answers
