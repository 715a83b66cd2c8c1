"""Trying every endpoint with every caller, and reading what `docs/permissions.md` says that each is answered."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

from fastapi import FastAPI

from lgsp.console.guard import DOOR, SESSION
from lgsp.console.visits import csrf_of, digest
from lgsp.credentials.making import Making, Wish
from lgsp.journal import people
from lgsp.journal.credentials import Kind
from lgsp.journal.people import Person, Role
from lgsp.journal.reaching import Reach
from tests.api.province import ONE_STOP, PORTAL, PORTAL_TOKEN, TOKEN, Province
from tests.asgi import call
from tests.later import Later

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
CALLERS = (
    "nobody", "expired", "own", "other", "viewer", "operator", "auditor", "administrator", "limited",
)  # fmt: skip
PEOPLE = {
    "viewer": (Role.VIEWER, Reach()),
    "operator": (Role.OPERATOR, Reach()),
    "auditor": (Role.AUDITOR, Reach()),
    "administrator": (Role.ADMINISTRATOR, Reach()),
    "limited": (Role.OPERATOR, Reach(systems=frozenset({PORTAL}))),
}
"""By the word of the table: the role, and what it is limited to."""
STREAMS = frozenset({"/console/events"})
REPORTING = "reporting"
_OF_REPORTING = frozenset({"/v1/reports/files", "/v1/reports/template"})
_LIFE = 3_600_000_000
_ROW = re.compile(r"^\| `(?P<method>[A-Z]+) (?P<path>[^`]+)` \| (?P<kind>[\w -]+) \|")
_KIND = re.compile(r"^\| \*\*(?P<kind>[\w -]+)\*\* \|(?P<cells>.*)\|$")


@dataclass(slots=True, frozen=True)
class Endpoint:
    """One way to call the site, with parameters filled in."""

    method: str
    path: str
    asked: str

    def bearer(self, caller: str) -> str:
        """Return whose credential a caller shows: of a system that reports, its own is another one."""
        theirs = self.path.startswith(f"/systems/{REPORTING}/") or self.path in _OF_REPORTING
        return {"own": REPORTING, "other": "own"}.get(caller, caller) if theirs else caller

    @property
    def console(self) -> bool:
        """Tell whether a browser calls it."""
        return self.path.startswith("/console")


@dataclass(slots=True)
class Written:
    """What the page says.

    Attributes:
        kinds: by kind and caller what is answered.
        endpoints: by method and path the kind.
    """

    kinds: dict[str, dict[str, str]] = field(default_factory=dict)
    endpoints: dict[tuple[str, str], str] = field(default_factory=dict)

    def expects(self, one: Endpoint) -> dict[str, str]:
        """Return what each caller of an endpoint is answered."""
        return self.kinds[self.endpoints[one.method, one.path]]


def written(text: str = "") -> Written:
    """Return what the page says."""
    found = Written()
    for line in (text or PAGE.read_text(encoding="utf-8")).splitlines():
        if kind := _KIND.match(line):
            cells = [cell.strip() for cell in kind["cells"].split("|")]
            found.kinds[kind["kind"]] = dict(zip(CALLERS, cells, strict=True))
        elif row := _ROW.match(line):
            found.endpoints[row["method"], row["path"]] = row["kind"].strip()
    return found


# --- what there is ----------------------------------------------------------------------------------------


def endpoints(site: Any) -> list[Endpoint]:
    """Return every endpoint of a site, of the API and of the console."""
    found = {
        (method, route.path): Endpoint(method, route.path, _filled(route))
        for app in _apps(site, set())
        for route in _flat(app.routes)
        for method in (route.methods - {"HEAD"} or route.methods)
    }
    return sorted(found.values(), key=lambda one: (one.path, one.method))


def _apps(one: Any, seen: set[int]) -> Iterator[FastAPI]:
    """Yield the applications inside all that is wrapped around them."""
    if id(one) in seen:
        return
    seen.add(id(one))
    if isinstance(one, FastAPI):
        yield one
        return
    slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
    for name in {*getattr(one, "__dict__", {}), *slots}:
        inner = getattr(one, name, None)
        inner = inner.app if isinstance(inner, Later) else inner
        if callable(inner) and type(inner).__module__.startswith(("lgsp.", "fastapi.")):
            yield from _apps(inner, seen)


def _flat(routes: Any) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "effective_route_contexts"):
            yield from route.effective_route_contexts()
        else:
            yield route


def _filled(route: Any) -> str:
    """Return an address whose parameters are of the kinds that its endpoint takes."""
    hints = get_type_hints(route.endpoint) if callable(getattr(route, "endpoint", None)) else {}
    given = {UUID: str(UUID(int=0)), int: "1"}

    def fill(found: re.Match[str]) -> str:
        if found[1] == "system":
            return ONE_STOP
        if ":int" in found[0]:
            return "1"
        return given.get(hints.get(found[1], str), "x")

    return re.sub(r"\{(\w+)[^}]*\}", fill, route.path)


# --- who calls -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Crowd:
    """Everybody who calls one province.

    Attributes:
        bearers: by caller what stands in `Authorization`.
        sessions: by caller what the browser holds.
    """

    province: Province
    bearers: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    _calls: Iterator[int] = field(default_factory=count)

    async def gather(self, more: Mapping[str, tuple[Role, Reach]] | None = None) -> Crowd:
        """Give everybody a credential and a session, and some `more` who are in no table."""
        self.bearers = {"nobody": "", "own": TOKEN, "other": PORTAL_TOKEN}
        self.bearers[REPORTING] = await self._made(Wish(Kind.KEY, "figures", system=REPORTING))
        self.bearers["expired"] = await self._made(Wish(Kind.KEY, "old", system=ONE_STOP))
        await self.province.platform.gateway.journal.write(
            lambda tx: tx.run("UPDATE credentials SET until = ? WHERE name = ?", [(1, "old")])
        )
        self.sessions = {"nobody": "", "own": "", "other": ""}
        for name, (role, reach) in (PEOPLE | dict(more or {})).items():
            await self._person(name, role, reach)
            self.bearers[name] = await self._made(Wish(Kind.PERSON, "api", person=name))
            self.sessions[name] = await self.session(name)
        self.sessions["expired"] = await self.session("viewer", life=-1)
        await self._known(name)
        return self

    async def _made(self, wish: Wish) -> str:
        journal = self.province.platform.gateway.journal
        return (await Making(journal, None).make(wish, "admin")).secret

    async def _known(self, name: str) -> None:
        """Wait until the register has learnt of a credential."""
        one = Endpoint("GET", "/v1/calendar", "/v1/calendar")
        async with asyncio.timeout(20):
            while await self.answer(one, name) != "in":  # noqa: ASYNC110 - the register says nothing
                await asyncio.sleep(0.05)

    async def _person(self, name: str, role: Role, reach: Reach) -> None:
        one = Person(name, name.title(), "none", role, False, False, 0, 0, reach)
        await self.province.platform.gateway.journal.write(lambda tx: people.add(tx, one, "admin"))

    async def session(self, name: str, life: int = _LIFE) -> str:
        """Open a session."""
        secret, client = secrets.token_hex(16), ("127.0.0.1", "test")
        await self.province.platform.gateway.journal.write(
            lambda tx: people.sign_in(tx, name, digest(secret), life, client)
        )
        return secret

    async def answer(self, one: Endpoint, caller: str) -> str:
        """Return what an endpoint answers a caller, in the words of the table."""
        headers = self.browser(caller) if one.console else self.client(one, caller)
        body = b"reason=x" if one.console else b"{}"
        if one.method in {"GET", "HEAD"}:
            body = b""
        number = next(self._calls)  # each from somewhere else, so that nobody counts as one who tries doors
        client = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        site = self.province.platform.site
        asked = call(site, one.method, one.asked, headers=headers, body=body, client=client)
        if one.path in STREAMS:
            return await _begun(asked)
        reply = await asked
        return _word(reply.status, reply.headers.get("location", ""))

    def client(self, one: Endpoint, caller: str) -> Mapping[str, str]:
        """Return what a program sends."""
        bearer = self.bearers[one.bearer(caller)]
        held = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return held | {"Content-Type": "application/json", "Content-Length": "2"}

    def browser(self, caller: str) -> Mapping[str, str]:
        """Return what a browser sends."""
        secret = self.sessions[caller]
        cookie, bound = (SESSION, secret) if secret else (DOOR, "door")
        held = {"Authorization": f"Bearer {self.bearers[caller]}"} if caller in {"own", "other"} else {}
        return held | {
            "Cookie": f"{cookie}={bound}",
            "X-CSRF-Token": csrf_of(bound),
            "Content-Type": "application/x-www-form-urlencoded",
        }


async def _begun(asked: Any) -> str:
    """Return `in` where an answer begins and does not end: a stream."""
    try:
        async with asyncio.timeout(0.5):
            reply = await asked
    except TimeoutError:
        return "in"
    return "silence" if reply.status == 204 else _word(reply.status, "")


def _word(status: int, to: str) -> str:
    if status in {401, 403, 429}:
        return str(status)
    if status == 303 and to.startswith("/console/sign-in"):
        return "sign-in"
    return "in" if status < 500 else f"broken ({status})"
