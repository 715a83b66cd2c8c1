"""Driving Debian's Chromium: signed-in pages, and what axe says of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from lgsp.console import assets
from lgsp.console.guard import SESSION
from lgsp.console.room import LANGUAGE, THEME
from lgsp.journal.people import Role
from tests.console.stage import Stage

CHROMIUM = Path("/usr/bin/chromium")
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
_AXE = Path(assets.__file__).parent / "assets" / "dev" / "axe.min.js"


def opened(player: Playwright) -> Browser:
    """Open the browser; as root it cannot have a sandbox of its own."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return player.chromium.launch(executable_path=str(CHROMIUM), args=arguments)


def sign_in_as(
    browser: Browser,
    stage: Stage,
    name: str,
    role: Role,
    *,
    language: str = "vi",
    theme: str = "light",
    size: dict[str, int] | None = None,
) -> Page:
    """Return a page of a context of its own; whatever a script or the policy complains of fails the test."""
    context = browser.new_context(viewport=size or DESKTOP, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    cookies = {SESSION: stage.session(name, role), LANGUAGE: language, THEME: theme}
    context.add_cookies(
        [{"name": key, "value": value, "url": stage.url + "/console/"} for key, value in cookies.items()]
    )
    page = context.new_page()
    watch(page, stage.url)
    return page


def watch(page: Page, url: str) -> None:
    """Keep what goes wrong in a page: `page_faults(page)` returns it."""
    faults: list[str] = []
    page.lgsp_faults = faults  # type: ignore[attr-defined]
    page.on("pageerror", lambda fault: faults.append(f"script: {fault}"))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on(
        "request", lambda asked: faults.append(f"left: {asked.url}") if not _ours(asked.url, url) else None
    )


def _ours(asked: str, url: str) -> bool:
    return asked.startswith((url, "data:", "blob:", "about:"))


def page_faults(page: Page) -> list[str]:
    """Return errors of scripts, what the policy stopped, and requests that left the machine."""
    found: list[str] = page.lgsp_faults  # type: ignore[attr-defined]
    return found


def no_axe_violations(page: Page) -> None:
    """Hold a page to WCAG A and AA, as far as a machine can judge it."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))  # past the page's policy, as a developer's tool does
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    told: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", rules)
    found = [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in told["violations"]
        for node in one["nodes"]
    ]
    assert found == []
