"""Signing in to the console by a provider: a whole installation, a whole provider, and a browser's cookies."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest
import pytest_asyncio

from lgsp.app import Platform, platform
from lgsp.console.guard import AWAY, DOOR, SESSION
from lgsp.console.visits import csrf_of
from lgsp.errors import ConfigError
from lgsp.journal import people
from lgsp.journal.people import Person, Role
from lgsp.passwords import Passwords
from lgsp.serving import running
from lgsp.settings import read_settings
from tests.api.province import _routes
from tests.asgi import Reply, call
from tests.oidc.playing import CLIENT, SECRET, Playing

pytestmark = pytest.mark.asyncio(loop_scope="module")
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None
START, BACK = "/console/sign-in/provider", "/console/sign-in/return"
ROLES = "desk=operator systems:one-stop;admins=administrator"


@dataclass(slots=True)
class Browser:
    """Somebody's browser: it keeps cookies, and follows nothing by itself."""

    site: Any
    cookies: dict[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)

    async def get(self, path: str, query: str = "") -> Reply:
        """Read a page."""
        return await self._call("GET", path, query)

    async def post(self, path: str, body: str = "") -> Reply:
        """Send a form with its token."""
        return await self._call("POST", path, "", body.encode())

    async def _call(self, method: str, path: str, query: str, body: bytes = b"") -> Reply:
        headers = {"Host": "lgsp.example", "X-Forwarded-Proto": "https"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            secret = self.cookies.get(SESSION) or self.cookies.get(DOOR) or ""
            headers |= {"X-CSRF-Token": csrf_of(secret), "Content-Type": "application/x-www-form-urlencoded"}
        jar: list[str] = []
        answer = await call(_Keeping(self.site, jar), method, path, query=query, headers=headers, body=body)
        for one in jar:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value.strip('"') and "max-age=0" not in one.lower():
                self.cookies[name] = value.strip('"')
        self.last = {one.partition("=")[0]: one for one in jar}
        return answer

    async def goes(self, then: str = "") -> dict[str, str]:
        """Go to the provider and sign in there; return with what one comes back."""
        answer = await self.get(START, f"next={then}")
        assert answer.status == 303, answer.body
        async with (
            aiohttp.ClientSession() as line,
            line.get(answer.headers["location"], allow_redirects=False) as found,
        ):
            return dict(parse_qsl(urlsplit(found.headers["location"]).query))

    async def comes(self, told: Mapping[str, str]) -> Reply:
        """Come back."""
        return await self.get(BACK, urlencode(told))


@dataclass(slots=True)
class _Keeping:
    """Stands before the site, and keeps every cookie that is set: there may be several."""

    site: Any
    jar: list[str]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sending(event: Any) -> None:
            if event["type"] == "http.response.start":
                self.jar += [
                    value.decode() for name, value in event["headers"] if name.lower() == b"set-cookie"
                ]
            await send(event)

        await self.site(scope, receive, sending)


def settings(folder: Path, playing: Playing, **more: str) -> Any:
    """Return an installation's settings."""
    return read_settings(
        {"LGSP_STATE": str(folder), "LGSP_OPERATOR_TOKEN": "t", "LGSP_OIDC_ISSUER": playing.url,
         "LGSP_OIDC_CLIENT_ID": CLIENT, "LGSP_OIDC_CLIENT_SECRET": SECRET, "LGSP_OIDC_ROLES": ROLES,
         "LGSP_OIDC_NAME": "SSO tỉnh", "LGSP_PROXIES": "127.0.0.0/8"} | more
    )  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playing() -> AsyncIterator[Playing]:
    """A provider that answers on loopback as long as this file is tested."""
    one = Playing()
    async with running(one.app()) as port:
        one.url = f"http://127.0.0.1:{port}"
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def installed(playing: Playing) -> AsyncIterator[Platform]:
    """An installation where passwords are for administrators alone."""
    only = {"LGSP_LOCAL_SIGN_IN": "administrators"}
    with TemporaryDirectory(dir=FAST) as folder:
        async with platform(settings(Path(folder), playing, **only), _routes(1)) as one:
            yield one


@pytest.fixture
def here(installed: Platform, playing: Playing) -> Platform:
    """The installation, and a provider at which somebody new signs in and who tells no lies yet."""
    playing.claims = {"sub": secrets.token_hex(4), "groups": ["desk"]}
    playing.lies = {}
    return installed


async def began(here: Platform) -> int:
    """Return the number of the newest entry: what is told behind it is this test's."""
    await failures(here, 0)
    return int((await here.gateway.journal.read(lambda tx: tx.rows("SELECT max(id) FROM entries")))[0][0])


async def person(here: Platform, name: str) -> Person | None:
    """Return an account."""
    return await here.gateway.journal.read(lambda tx: people.find(tx, name))


async def failures(here: Platform, since: int) -> set[str]:
    """Return why nobody was let in; what was counted so far is written first."""
    process: Any = getattr(here.hush, "__self__")  # noqa: B009 - a bound method says whose it is
    await process._gate.attempts.write(everything=True)
    found = await here.gateway.journal.read(lambda tx: people.done(tx, "nobody", None, 20))
    return {one["cause"] for one in found if one["what"] == "sign-in failed" and one["id"] > since}


async def test_somebody_signs_in_as_the_provider_says(here: Platform, playing: Playing) -> None:
    """The account is made, with role and limits; the session leads on to where one wanted to go."""
    playing.claims |= {"preferred_username": "lan.nguyen", "name": "Nguyễn Thị Lan"}
    one = Browser(here.site)
    page = (await one.get("/console/sign-in")).body.decode()
    assert ("SSO tỉnh" in page, START in page) == (True, True)
    answer = await one.comes(await one.goes("/console/messages"))
    assert (answer.status, answer.headers["location"]) == (303, "/console/messages")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/console"):
        assert part in one.last[SESSION], one.last[SESSION]
    assert AWAY not in one.cookies
    assert (await one.get("/console/messages")).status == 200
    assert (await one.get("/console/routes")).status == 403
    account = (await one.get("/console/account")).body.decode()
    assert ("Nguyễn Thị Lan" in account, playing.url in account, 'name="again"' in account) == (
        True,
        True,
        False,
    )
    lan = await person(here, "lan.nguyen")
    assert lan is not None
    assert (lan.role, lan.reach.systems, lan.subject) == (Role.OPERATOR, {"one-stop"}, playing.claims["sub"])
    await failures(here, 0)
    done = await here.gateway.journal.read(lambda tx: people.done(tx, "lan.nguyen", None, 9))
    assert [(entry["what"], entry["cause"]) for entry in done] == [
        ("turned away", "beyond the limits of the role"),
        ("signed in", playing.url),
    ]


async def test_the_role_follows_the_provider(here: Platform, playing: Playing) -> None:
    """At the next sign-in it is another one, and the older session is over; without one nothing opens any more."""
    since = await began(here)
    old, new = Browser(here.site), Browser(here.site)
    await old.comes(await old.goes())
    playing.claims["groups"] = ["admins"]
    await new.comes(await new.goes())
    assert (await new.get("/console/people")).status == 200
    assert (await old.get("/console/messages")).status == 303
    playing.claims["groups"] = ["somewhere else"]
    gone = Browser(here.site)
    await gone.comes(await gone.goes())
    assert SESSION not in gone.cookies
    assert (await new.get("/console/people")).status == 303
    assert await failures(here, since) == set()
    everybody = await here.gateway.journal.read(people.everybody)
    assert [one.disabled for one in everybody if one.subject == playing.claims["sub"]] == [True]


async def test_another_browser_does_not_come_back(here: Platform) -> None:
    """Somebody else's answer signs nobody in: neither without having gone, nor having gone elsewhere."""
    since = await began(here)
    mine, other = Browser(here.site), Browser(here.site)
    told = await mine.goes()
    for one in (other, Browser(here.site, {AWAY: "made-up.%2Fconsole%2F"})):
        assert (await one.comes(told)).headers["location"] == "/console/sign-in"
        assert SESSION not in one.cookies
    await other.goes()
    await other.comes(told)
    assert SESSION not in other.cookies
    assert await failures(here, since) == {"provider: state"}
    await mine.comes(told)
    assert SESSION in mine.cookies


async def test_an_answer_opens_once(here: Platform) -> None:
    """The cookie is gone with the first one; the code is worth nothing a second time."""
    since = await began(here)
    one = Browser(here.site)
    told = await one.goes()
    kept = one.cookies[AWAY]
    await one.comes(told)
    again = Browser(here.site, {AWAY: kept})
    await again.comes(told)
    assert SESSION not in again.cookies
    assert await failures(here, since) == {"provider: code"}


async def test_a_session_that_was_planted_is_not_taken_over(here: Platform) -> None:
    """Whatever the browser held before, the session behind the sign-in is a fresh one."""
    one = Browser(here.site, {SESSION: "planted"})
    await one.comes(await one.goes())
    assert one.cookies[SESSION] != "planted"
    assert (await Browser(here.site, {SESSION: "planted"}).get("/console/messages")).status == 303


@pytest.mark.parametrize("then", ["https://elsewhere.example/", "//elsewhere.example", "/systems/x", ""])
async def test_nobody_is_led_elsewhere(here: Platform, then: str) -> None:
    """Behind the sign-in comes a page of the console."""
    one = Browser(here.site)
    assert (await one.comes(await one.goes(then))).headers["location"] == "/console/"


async def test_a_lie_is_told_in_the_journal_and_not_to_the_liar(here: Platform, playing: Playing) -> None:
    """The page says that it did not succeed; why stands where administrators look."""
    since = await began(here)
    playing.lies = {"nonce": "another"}
    one = Browser(here.site)
    await one.comes(await one.goes())
    page = (await one.get("/console/sign-in")).body.decode()
    assert ("không thành công" in page, "nonce" in page) == (True, False)
    assert await failures(here, since) == {"provider: nonce"}


async def test_the_way_out_leads_to_the_provider(here: Platform, playing: Playing) -> None:
    """Signed out here, one may sign out there as well; the session is over either way."""
    one = Browser(here.site)
    await one.comes(await one.goes())
    answer = await one.post("/console/sign-out")
    assert answer.headers["location"] == "/console/sign-in?out=1"
    assert "/console/sign-out/provider" in (await one.get("/console/sign-in", "out=1")).body.decode()
    to = (await one.get("/console/sign-out/provider")).headers["location"]
    assert to.startswith(f"{playing.url}/out?")
    assert "post_logout_redirect_uri=https%3A%2F%2Flgsp.example%2Fconsole%2Fsign-in" in to
    assert (await one.get("/console/messages")).status == 303


async def test_passwords_are_for_administrators_where_it_is_said_so(here: Platform) -> None:
    """On the day on which the provider is away, an administrator comes in; nobody else by a password."""
    hashed = await Passwords().hash("correct horse battery")
    for name, role in (("boss", Role.ADMINISTRATOR), ("desk", Role.OPERATOR)):
        one = Person(name, name, hashed, role, False, False, 0, 0)
        await here.gateway.journal.write(lambda tx, one=one: people.add(tx, one, "x"))  # type: ignore[misc]
        browser = Browser(here.site)
        await browser.get("/console/sign-in")
        await browser.post("/console/sign-in", f"name={name}&password=correct+horse+battery")
        assert (SESSION in browser.cookies) == (role is Role.ADMINISTRATOR)


async def test_somebody_who_is_vouched_for_has_no_password(here: Platform, playing: Playing) -> None:
    """An account without a hash opens to no password, an empty one included, and none is given to it."""
    one = Browser(here.site)
    playing.claims |= {"preferred_username": "hoa", "groups": ["admins"]}
    await one.comes(await one.goes())
    other = Browser(here.site)
    await other.get("/console/sign-in")
    await other.post("/console/sign-in", "name=hoa&password=")
    assert SESSION not in other.cookies
    form = "password=&new=correct+horse+battery&again=correct+horse+battery"
    assert (await one.post("/console/account", form)).status == 409
    assert (await one.post("/console/people/hoa/role", "role=viewer&reason=x")).status == 409


async def test_a_setting_that_cannot_be_read_ends_the_start(tmp_path: Path, playing: Playing) -> None:
    """With its name, before anybody is let in by it."""
    with pytest.raises(ConfigError, match="LGSP_OIDC_ROLES"):
        async with platform(settings(tmp_path, playing, LGSP_OIDC_ROLES="desk=king"), _routes(1)):
            pass
    with pytest.raises(ConfigError, match="LGSP_LOCAL_SIGN_IN"):
        settings(tmp_path, playing, LGSP_LOCAL_SIGN_IN="nobody")


async def test_without_a_provider_there_is_no_such_way(tmp_path: Path) -> None:
    """The addresses are not there, and the page of signing in speaks of none."""
    env = {"LGSP_STATE": str(tmp_path), "LGSP_OPERATOR_TOKEN": "t"}
    async with platform(read_settings(env), _routes(1)) as one:
        browser = Browser(one.site)
        for path in (START, BACK, "/console/sign-out/provider"):
            assert (await browser.get(path)).status == 404
        assert START not in (await browser.get("/console/sign-in")).body.decode()
