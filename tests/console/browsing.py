"""Driving Debian's Chromium: signed-in pages, and what axe says of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from lgsp.console import assets
from lgsp.console.guard import SESSION
from lgsp.console.room import LANGUAGE, THEME
from lgsp.journal.people import Role
from tests.console.stage import Stage

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PATIENCE = 30_000
"""Milliseconds in which what a page does by itself is there: ticks and answers come late on a busy machine."""
_AXE = Path(assets.__file__).parent / "assets" / "dev" / "axe.min.js"


def opened(player: Playwright) -> Browser:
    """Open the browser; as root it cannot have a sandbox of its own."""
    expect.set_options(timeout=PATIENCE)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return player.chromium.launch(executable_path=str(CHROMIUM), args=arguments)


def context_of(browser: Browser, size: dict[str, int] | None = None) -> BrowserContext:
    """Return a new context: a browser of somebody who was never here."""
    return browser.new_context(
        viewport=size or DESKTOP,  # type: ignore[arg-type]
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",  # a colour on its way to another one is nobody's to judge
    )


def sign_in_as(
    browser: Browser,
    stage: Stage,
    name: str,
    role: Role,
    *,
    language: str = "vi",
    theme: str = "light",
    size: dict[str, int] | None = None,
    context: BrowserContext | None = None,
) -> Page:
    """Return a page, else of a context of its own; what a script or the policy complains of fails the test."""
    context = context or context_of(browser, size)
    cookies = {SESSION: stage.session(name, role), LANGUAGE: language, THEME: theme}
    context.add_cookies(
        [{"name": key, "value": value, "url": stage.url + "/console/"} for key, value in cookies.items()]
    )
    page = context.new_page()
    page.set_viewport_size(size or DESKTOP)  # type: ignore[arg-type]
    watch(page, stage.url)
    return page


def watch(page: Page, url: str) -> None:
    """Keep what goes wrong in a page: `page_faults(page)` returns it."""
    faults: list[str] = []
    page.lgsp_faults = faults  # type: ignore[attr-defined]
    page.on("pageerror", lambda fault: faults.append(f"script: {fault}"))
    page.on("console", lambda said: faults.append(said.text) if _is_fault(said.type, said.text) else None)
    page.on(
        "request", lambda asked: faults.append(f"left: {asked.url}") if not _ours(asked.url, url) else None
    )


def _is_fault(kind: str, said: str) -> bool:
    """Tell whether the console's line is a fault: a look-up that the page gave up, left meanwhile, is none."""
    return kind == "error" and not said.startswith(("htmx:sendAbort,", "htmx:afterRequest,"))


def _ours(asked: str, url: str) -> bool:
    return asked.startswith((url, "data:", "blob:", "about:"))


def page_faults(page: Page) -> list[str]:
    """Return errors of scripts, what the policy stopped, and requests that left the machine."""
    found: list[str] = page.lgsp_faults  # type: ignore[attr-defined]
    return found


def follow(page: Page, at: Locator) -> None:
    """Press what leads to another page, and wait until that is there whole: panels open by its scripts."""
    with page.expect_navigation(timeout=PATIENCE):
        at.click()


def renewed(page: Page, part: str, times: int = 1) -> None:
    """Wait until a live part has been asked for and put into the page, and the page is drawn with it."""
    page.evaluate(
        """([part, times]) => new Promise((done) => {
          const seen = (event) => {
            if (event.target.id === part && (times -= 1) === 0) {
              document.body.removeEventListener("htmx:afterSettle", seen);
              requestAnimationFrame(() => requestAnimationFrame(done));
            }
          };
          document.body.addEventListener("htmx:afterSettle", seen);
        })""",
        [part, times],
    )


def nothing_sticks_out(page: Page, width: int = PHONE["width"]) -> None:
    """Hold a page to the width of the window: nobody scrolls aside."""
    page.wait_for_load_state()
    wide = page.evaluate(
        """(width) => new Promise((told) => {
          const look = () => innerWidth === width
            ? told(document.documentElement.scrollWidth) : requestAnimationFrame(look);
          look();
        })""",
        width,
    )
    assert wide <= width, page.url


def no_axe_violations(page: Page) -> None:
    """Hold a page to WCAG A and AA, as far as a machine can judge it.

    All rules look at all of the page; of what passes or does not apply, nothing more is worked out.
    """
    page.wait_for_load_state()  # without its styles no page has any contrast
    page.evaluate(_AXE.read_text(encoding="utf-8"))  # past the page's policy, as a developer's tool does
    rules = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "resultTypes": ["violations"],
    }
    told: list[Any] = page.evaluate("rules => axe.run(document, rules).then(told => told.violations)", rules)
    found = [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in told for node in one["nodes"]
    ]
    assert found == [], found
