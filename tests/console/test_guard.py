"""What holds for every address of the console: headers, forms that came from us, roles, errors that help."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, get_type_hints
from uuid import UUID

import pytest

from lgsp.console.assets import Assets
from lgsp.console.front import Front, console
from lgsp.console.room import Room
from lgsp.console.screens import screens
from lgsp.journal.people import Role
from tests.asgi import call
from tests.console.calling import Caller
from tests.console.stage import Stage

INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", re.IGNORECASE)


def _room(**more: Any) -> Room:
    gateway = SimpleNamespace(journal=None, counterparts={})
    desk: Any = SimpleNamespace(gateway=gateway, passwords=None)
    return Room(desk, lambda _: None, **more)


def _endpoints() -> Iterator[tuple[str, str]]:
    """Yield method and address of every endpoint of the console."""
    for route in _flat(console(_room(), screens()).routes):
        for method in sorted(route.methods - {"HEAD"}):
            yield method, _filled(route.path, get_type_hints(route.endpoint))


def _filled(path: str, kinds: dict[str, Any]) -> str:
    """Return an address whose parameters are of the kinds that its endpoint takes."""
    given = {UUID: str(UUID(int=0)), int: "1"}
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: given.get(kinds.get(found[1], str), "x"), path)


def _flat(routes: Any) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "effective_route_contexts"):
            yield from route.effective_route_contexts()
        else:
            yield route


OPEN = {
    "/console/events", "/console/sign-in", "/console/sign-out", "/console/assets/x",
    "/console/sign-in/provider", "/console/sign-in/return", "/console/sign-out/provider",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted({path for method, path in _endpoints() if method == "POST"}))
def test_a_form_without_its_token_changes_nothing(caller: Callable[[Role], Caller], path: str) -> None:
    """Every address that changes something turns away a form whose token is not the session's."""
    assert caller(Role.ADMINISTRATOR).post(path, {"reason": "x"}, "0" * 64).status == 403


@pytest.mark.parametrize("path", sorted({path for method, path in _endpoints() if method == "GET"} - OPEN))
def test_every_page_asks_who_is_there(nobody: Caller, path: str) -> None:
    """No page but the door is shown to a stranger."""
    assert nobody.get(path).status == 303


def test_a_stranger_hears_nothing(nobody: Caller) -> None:
    """The stream is closed to who is not signed in, in the way that ends a browser's asking."""
    assert nobody.get("/console/events").status == 204


def test_a_form_from_another_site_changes_nothing(caller: Callable[[Role], Caller]) -> None:
    """A right token does not help a page of somebody else's."""
    one = caller(Role.ADMINISTRATOR)
    for headers in (
        {"sec_fetch_site": "cross-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ):
        assert one.post("/console/sign-out", {}, None, **headers).status == 403
    assert one.get("/console/account").status == 200


def test_nobody_is_signed_in_as_somebody_else_by_a_foreign_form(stage: Stage) -> None:
    """The sign-in form is bound to the browser too: a token of another browser is turned away."""
    mine, other = Caller(stage.url), Caller(stage.url)
    assert other.post("/console/sign-in", {"name": "x", "password": "y"}, mine.token()).status == 403


@pytest.mark.parametrize(
    "path", ["/console/people", "/console/sign-in", "/console/nowhere", "/console/assets/console.css"]
)
def test_every_answer_carries_the_policy(caller: Callable[[Role], Caller], path: str) -> None:
    """No answer of the console may be framed, or run what did not come from here; pages are kept by nobody."""
    headers = caller(Role.VIEWER).get(path).headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == ("no-cache" if "assets" in path else "no-store")


def test_no_page_holds_a_script_or_a_style(caller: Callable[[Role], Caller]) -> None:
    """What the policy would stop is not there in the first place."""
    one = caller(Role.ADMINISTRATOR)
    paths = ["/console/sign-in", "/console/account", *(screen.url for screen in screens())]
    assert {path: INLINE.findall(one.get(path).text) for path in paths} == {path: [] for path in paths}


def test_an_asset_is_kept_for_ever_under_its_own_hash(nobody: Caller) -> None:
    """A page names its assets by their content, so that a browser may keep them."""
    url = re.findall(
        r'href="(/console/assets/console\.css\?v=[0-9a-f]+)"', nobody.get("/console/sign-in").text
    )[0]
    assert "immutable" in nobody.get(url).headers["cache-control"]
    assert nobody.get("/console/assets/../pages.py").status == 400


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.VIEWER, 403), (Role.OPERATOR, 403), (Role.AUDITOR, 200), (Role.ADMINISTRATOR, 200)],
)
def test_people_are_seen_by_those_who_may(caller: Callable[[Role], Caller], role: Role, status: int) -> None:
    """The server asks for the right; the navigation only spares the way."""
    answer = caller(role).get("/console/people")
    assert answer.status == status
    assert ('href="/console/people"' in answer.text) == (status == 200)


def test_an_act_without_the_right_is_in_the_journal(stage: Stage, caller: Callable[[Role], Caller]) -> None:
    """Who tries what the role forbids is turned away, and it is written down."""
    auditor, name = caller(Role.AUDITOR), stage.person("lan")
    assert auditor.post(f"/console/people/{name}/disable", {"reason": "x"}).status == 403
    told = caller(Role.ADMINISTRATOR).get("/console/people/the-auditor").text
    assert "thao tác bị từ chối vì thiếu quyền" in told


@pytest.mark.parametrize("path", ["/console/nowhere", "/console/people/nobody-there"])
def test_an_error_helps_in_both_languages(caller: Callable[[Role], Caller], path: str) -> None:
    """A page that is not there says so in the visitor's language, and what to do."""
    one = caller(Role.ADMINISTRATOR)
    answer = one.get(path)
    assert answer.status == 404
    assert "Hãy tìm lại" in answer.text
    assert "search box" in one.get(path, accept_language="en").text


async def test_without_its_assets_the_console_says_what_brings_them(tmp_path: Any) -> None:
    """The API goes on; the console names the command."""

    async def api(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    front = Front(_room(assets=Assets((tmp_path, tmp_path))), api)
    answer = await call(front, "GET", "/console/")
    assert answer.status == 503
    assert b"make assets" in answer.body
    assert (await call(front, "GET", "/v1/x")).status == 204


def test_a_stream_ticks_and_a_stop_does_not_wait_for_it(stage: Stage, tmp_path: Any) -> None:
    """Who looks is told of each tick; the gateway that stops ends the stream itself, and cuts nobody off."""
    with Stage(tmp_path) as own:
        host, _, port = own.url.removeprefix("http://").partition(":")
        line = socket.create_connection((host, int(port)), timeout=60)
        cookie = f"lgsp_session={own.session('lan')}"
        line.sendall(f"GET /console/events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
        heard = b""
        while b"event: tick" not in heard:
            heard += line.recv(4096)
    while said := line.recv(4096):
        heard += said
    line.close()
    assert heard.endswith(b"\r\n0\r\n\r\n")
