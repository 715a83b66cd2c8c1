"""The outside of everything: headers, hosts, methods, bugs that say nothing, and addresses that mean one thing."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
import pytest
from starlette.requests import ClientDisconnect
from structlog.testing import capture_logs

from lgsp.api.hull import Hull
from lgsp.proxies import networks
from tests.api.province import BRING, CODE, OPERATOR, TOKEN, Province, dossier
from tests.asgi import Reply, call

SYNC = "/systems/one-stop/api/SynsTTHCC/DongBoHoSoMC"
SECRET = "079 123 456 789"


async def _fine(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"server", b"x")]})
    await send({"type": "http.response.body", "body": b"fine"})


# --- headers, methods, hosts --------------------------------------------------------------------------------


async def test_every_answer_carries_what_keeps_browsers_tame(paused: Province) -> None:
    """API, façades, files and console alike, also on what is refused; nothing says what serves."""
    console = "/console/sign-in", "/console/nowhere"
    for path in (
        "/v1/messages",
        "/openapi.json",
        SYNC,
        "/nowhere",
        "/health/live",
        "/files/x/y.pdf",
        "//x",
        *console,
    ):
        said = (await paused.operator.get(path)).headers
        assert said["x-content-type-options"] == "nosniff", path
        assert said["x-frame-options"] == "DENY", path
        assert "default-src 'none'" in said["content-security-policy"], path
        assert "frame-ancestors 'none'" in said["content-security-policy"], path
        assert said["cache-control"] == "no-store", path
        assert not {"server", "strict-transport-security"} & said.keys(), path


@pytest.mark.parametrize(
    ("scheme", "client", "headers", "secure"),
    [
        ("https", "203.0.113.9", {}, True),
        ("http", "10.1.0.5", {"x-forwarded-proto": "https"}, True),
        ("http", "10.1.0.5", {"x-forwarded-proto": "http"}, False),
        ("http", "203.0.113.9", {"x-forwarded-proto": "https"}, False),
    ],
)
async def test_under_tls_browsers_are_told_to_stay_there(
    scheme: str, client: str, headers: dict[str, str], *, secure: bool
) -> None:
    """Where TLS ends is known of our own proxies alone."""

    async def from_there(scope: Any, receive: Any, send: Any) -> None:
        scope |= {"scheme": scheme, "client": (client, 1)}
        await Hull(_fine, networks(["10.1.0.0/24"]))(scope, receive, send)

    reply = await call(from_there, "GET", "/", headers=headers)
    assert ("strict-transport-security" in reply.headers, "server" in reply.headers) == (secure, False)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "TRACK", "QUERY"])
async def test_a_method_that_nobody_serves_reaches_nobody(method: str) -> None:
    """501; above all nothing is echoed."""
    assert (await call(Hull(_fine), method, "/v1/messages")).status == 501


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
async def test_a_method_that_an_address_does_not_take_changes_nothing(paused: Province, method: str) -> None:
    """405 with what it takes, whoever asks."""
    for path in ("/v1/messages", BRING, SYNC):
        reply = await call(
            paused.platform.site, method, path, headers={"Authorization": f"Bearer {OPERATOR}"}
        )
        assert (reply.status, bool(reply.headers["allow"])) == (405, True)


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("truc.example", "/", 200),
        ("TRUC.example:8443", "/", 200),
        ("truc.example.", "/", 200),
        ("[fd00::1]:8080", "/", 200),
        ("elsewhere.example", "/", 421),
        ("truc.example.elsewhere.example", "/", 421),
        ("", "/", 421),
        ("10.0.0.1:8080", "/health/ready", 200),
    ],
)
async def test_only_our_own_names_are_answered_where_they_are_said(host: str, path: str, status: int) -> None:
    """`LGSP_HOSTS`; probes of load balancers ask by address."""
    hull = Hull(_fine, hosts={"truc.example", "[fd00::1]"})
    assert (await call(hull, "GET", path, headers={"Host": host})).status == status


# --- bugs ---------------------------------------------------------------------------------------------------


class _Bug(Exception):  # noqa: N818 - a bug is no error of ours
    pass


def _bug(*_: Any, **__: Any) -> Any:
    raise _Bug(SECRET)


@pytest.mark.parametrize(
    ("method", "path", "broken"),
    [
        ("GET", "/v1/messages", "lgsp.journal.sqlite.SqliteJournal.read"),
        ("POST", BRING, "lgsp.gateway.Gateway.accept"),
        ("POST", SYNC, "adapters.one_stop.adapter"),
        ("GET", "/console/sign-in", "lgsp.console.room.Room.page"),  # the page of its own faults, too
    ],
)
async def test_a_bug_says_its_number_and_no_more(
    paused: Province, monkeypatch: pytest.MonkeyPatch, method: str, path: str, broken: str
) -> None:
    """500 at the API, in a façade, on the express lane and in the console; the trace stands in the log alone."""
    if broken.startswith("adapters"):
        monkeypatch.setattr(paused.platform.gateway, "accept", _bug)
    else:
        monkeypatch.setattr(broken, _bug)
    with capture_logs() as told:
        reply = await _send(paused, method, path)
    assert reply.status == 500
    assert SECRET not in reply.body.decode()
    assert b"Traceback" not in reply.body
    (entry,) = [one for one in told if one["event"] == "bug"]
    assert entry["exc_info"]
    assert reply.headers["content-type"] == "application/problem+json"
    said = {"type": "urn:lgsp:problem:internal", "title": "internal", "status": 500, "fault": entry["fault"]}
    found = orjson.loads(reply.body)
    assert {name: found.pop(name) for name in said} == said
    assert set(found) == {
        "vi",
        "en",
        "mend_vi",
        "mend_en",
    }  # what the catalogue says of it, the same each time


async def test_a_bug_in_the_console_is_a_page(paused: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    """People read that something is wrong, and the number to tell."""
    monkeypatch.setattr("lgsp.console.room.Room.admit", _bug)
    with capture_logs() as told:
        reply = await paused.nobody.get("/console/messages")
    (entry,) = [one for one in told if one["event"] == "bug"]
    assert reply.status == 500
    assert reply.headers["content-type"].startswith("text/html")
    assert SECRET not in reply.body.decode()
    assert entry["fault"] in reply.body.decode()


async def _send(here: Province, method: str, path: str) -> Reply:
    if method == "GET":
        return await here.operator.get(path)
    return await here.one_stop.post(
        path, [{"MaHoSo": CODE, "TrangThaiHoSo": "4"}] if path == SYNC else dossier()
    )


async def test_who_went_away_is_no_bug() -> None:
    """Nothing is logged of a client that hung up, and nothing is sent to it."""

    async def app(*_: Any) -> None:
        raise ClientDisconnect

    with capture_logs() as told:
        reply = await call(Hull(app), "POST", "/")
    assert (told, reply.status) == ([], 0)


async def test_a_bug_behind_the_first_byte_is_not_answered_twice() -> None:
    """What was begun stays as it is; the server ends the connection, for the answer is not whole."""

    async def app(_: Any, __: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise _Bug(SECRET)

    with capture_logs() as told:
        reply = await call(Hull(app), "GET", "/")
    assert (reply.status, reply.body, len(told)) == (200, b"", 1)


# --- addresses ----------------------------------------------------------------------------------------------

PLAIN = [
    "/v1/messages", "/v1/systems", "/v1/people", "/openapi.json", "/health/ready", "/console/sign-in",
    "/console/assets/console.css", f"/systems/one-stop/key/{TOKEN}/api/SynsTTHCC/DongBoHoSoMC",
]  # fmt: skip
OUTSIDE = ["pyproject.toml", "etc/passwd", "lgsp/_home/routes.yaml", "templates/page.html", "operator.token"]


def _twists(path: str) -> list[str]:
    """Return an address as somebody writes it who means to get past a reader of addresses."""
    first, rest = path[1:].partition("/")[::2]
    place = path.rpartition("/")[0]
    return [
        f"/{path}", f"{path}/", f"{path}//", f"{path}.", f"{path}/.", f"{path}%20", f"{path}%00", f"{path}%00.css",
        f"{path};", f"{path};a=b", f"/{first};a=b/{rest}", f"/.{path}", f"/..{path}", f"/x/..{path}",
        f"/x/%2e%2e{path}", f"/x/.%2e{path}", f"/x/%252e%252e{path}", f"/x%2f..{path}", f"/x/..%2f{first}/{rest}",
        f"/x/..%5c{first}/{rest}", f"\\{first}\\{rest}", f"/{first}\\{rest}", f"/{first}%5c{rest}",
        f"/{first}%2f{rest}", f"/{first}%252f{rest}", f"/{first}/./{rest}", f"/{first}//{rest}",
        f"/{first}/%2e/{rest}", path.upper(), path.title(), f"{path}%0d%0aX-A: b", f"{path}%c0%af",
        f"/%c0%ae%c0%ae{path}", f"{path}%ff", f"/{first}/%e0%80%af{rest}", f"{path}%u002e", f"{path}%", f"{path}%g1",
        f"{path}\u202e", quote(path[1:], safe=""), f"/%2f{first}/{rest}", f"{place}/%09{path.rpartition('/')[2]}",
    ]  # fmt: skip


async def test_a_twisted_address_opens_nothing(paused: Province) -> None:
    """Encoded, twice encoded, with dots, doubled slashes, backslashes, semicolons, NULs, in capitals: no 2xx.

    A façade answers in its own dialect to what its system calls: there the answer says that it is nothing.
    """
    opened = {}
    for who in ("", OPERATOR):
        headers = {"Authorization": f"Bearer {who}"} if who else {}
        for path in PLAIN:
            method = "POST" if "/key/" in path else "GET"
            for twisted in _twists(path):
                reply = await call(paused.platform.site, method, twisted, headers=headers, body=b"[]")
                if reply.status not in _CLOSED and not _says_no(reply, twisted):
                    opened[who, method, twisted] = reply.status
    assert opened == {}


_CLOSED = (400, 401, 403, 404, 405, 421)


def _says_no(reply: Reply, path: str) -> bool:
    if path.startswith("/systems/one-stop/key/"):
        return reply.status == 200 and reply.json()["error_code"] not in ("0", 0)
    return path.endswith("console.css/")  # the file itself, which is for everybody


async def test_no_file_is_reached_from_beside(paused: Province) -> None:
    """Out of what is served no way leads to another file of the machine, however it is written."""
    beside = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "%252e%252e%252f",
        "..\\",
        "..%5c",
        "....//",
        "..;/",
        "..%00/",
    )
    for place in ("/console/assets/", "/files/x/", "/v1/messages/", "/systems/one-stop/", "/"):
        for dots in beside:
            for file in OUTSIDE:
                for depth in (1, 3, 8):
                    reply = await call(paused.platform.site, "GET", place + dots * depth + file)
                    assert reply.status in _CLOSED, (place, dots, file)


async def test_an_honest_address_is_read_as_ever(paused: Province) -> None:
    """Letters in their encoded form are the same letters (RFC 3986, 2.3); queries may hold anything."""
    for path, query, status in (
        ("/v1/messages", "subject=H44.11%2F2%25%00", 200),
        ("/v1/%6dessages", "", 200),
        ("/v1/%73ystems", "", 200),
        ("/.well-known/nothing", "", 404),
        ("/v1/messages/Nguy%E1%BB%85n", "", 404),
    ):
        assert (await paused.operator.get(path, query)).status == status, path


@pytest.mark.parametrize("name", ["báo cáo..pdf", "a;b.pdf", "100%25.pdf", "%2e%2e.pdf"])
async def test_a_file_may_be_called_as_it_likes(name: str) -> None:
    """Behind a link's token stands a name that opens nothing: it is no address."""
    assert (await call(Hull(_fine), "GET", "/files/token/" + quote(name))).status == 200
