"""What the tests of the console stand on: a gateway for each file, one browser, and callers without a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from lgsp.console.assets import Assets
from lgsp.journal import searching
from lgsp.journal.people import Role
from tests.console.browsing import CHROMIUM, context_of, opened, sign_in_as
from tests.console.calling import Caller
from tests.console.stage import Stage

Entering = Callable[..., Page]


def _lacking(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def _assets() -> None:
    missing = Assets().missing()
    if missing:
        _lacking(f"the console's assets ({', '.join(missing)}) are not there; `make assets` brings them")


@pytest.fixture(scope="module")
def _unhurried() -> Iterator[None]:
    """Let a search look as long as it takes: on a busy machine it would stop half-way, and say so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "SPENT", 60.0)
        yield


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, _assets: None, _unhurried: None) -> Iterator[Stage]:
    """Lend a gateway with its console, of the file's own making (`STAGED`) if it has one; its tests share it."""
    fast, made = Path("/dev/shm"), getattr(request.module, "STAGED", Stage)
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder, made(Path(folder)) as one:
        yield one


@pytest.fixture
def nobody(stage: Stage) -> Caller:
    """Lend a caller without a browser, who has yet to sign in."""
    return Caller(stage.url)


@pytest.fixture
def caller(stage: Stage) -> Callable[[Role], Caller]:
    """Lend a function that returns a caller who is signed in with a role."""
    return lambda role: Caller(stage.url, stage.session(f"the-{role.value}", role))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Lend Debian's Chromium, without a window.

    For one file: while it is open, an event loop runs in the main thread, and no async test can.
    """
    if not CHROMIUM.exists():
        _lacking("chromium is not installed; scripts/servers installs it")
    with sync_playwright() as player:
        one = opened(player)
        yield one
        one.close()


class Contexts:
    """Contexts of a browser that wait for who enters next: without a cookie, but with the files of the console."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: list[BrowserContext] = []

    def take(self) -> BrowserContext:
        """Return one that nobody uses."""
        return self._idle.pop() if self._idle else context_of(self._browser)

    def give_back(self, context: BrowserContext) -> None:
        """Close its pages and forget who it was."""
        for page in context.pages:
            page.close()
        context.clear_cookies()
        self._idle.append(context)


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Contexts:
    """Lend the contexts of a file: what the console loads once, it need not load for each test."""
    return Contexts(browser)


@pytest.fixture
def enter(stage: Stage, browser: Browser, contexts: Contexts) -> Iterator[Entering]:
    """Lend a function that opens a page as somebody with a role, in a language and a theme."""
    taken: list[BrowserContext] = []

    def entering(path: str = "/console/", role: Role = Role.ADMINISTRATOR, **more: str) -> Page:
        taken.append(contexts.take())
        page = sign_in_as(browser, stage, f"the-{role.value}", role, context=taken[-1], **more)
        page.goto(stage.url + path)
        return page

    yield entering
    for context in taken:
        contexts.give_back(context)
