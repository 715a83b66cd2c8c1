"""Systems in a browser: one is paused, its queue is watched growing and draining, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
from tests.console.browsing import PHONE, no_axe_violations, page_faults
from tests.console.stage import Stage

Entering = Callable[..., Page]
ONE = f"/console/systems/{PORTAL}"
PAGES = ["/console/systems", ONE, "/console/systems/one-stop", f"{ONE}/drain"]
WORDS = {
    "vi": (
        "Tạm dừng",
        "Cho chạy tiếp",
        "tạm dừng (do người vận hành)",
        "đang chạy",
        "sẵn sàng, chờ vào hàng đợi",
    ),
    "en": ("Pause", "Resume", "paused (by an operator)", "running", "ready, waiting for the queue"),
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_system_is_paused_fills_up_and_drains(stage: Stage, enter: Entering, language: str) -> None:
    """The panel asks why; what is brought then piles up before one's eyes, and goes with the resume."""
    pause, resume, paused, running, ready = WORDS[language]
    page = enter(ONE, role=Role.OPERATOR, language=language)
    _order(page, pause)
    live = page.locator("#live")
    expect(live.locator(".state").first).to_have_text(paused)
    stage.bring(*(dossier(f"H44.11-2601{n:02d}-{language == 'en':04d}") for n in range(1, 8)))
    waiting = live.get_by_role("row", name=ready).locator("td").nth(1)
    expect(waiting).to_have_text("7", timeout=8000)
    no_axe_violations(page)
    _order(page, resume)
    expect(live.locator(".state").first).to_have_text(running)
    expect(waiting).to_have_text("0", timeout=8000)
    stage.run(stage.province.rest("delivered"))
    assert page_faults(page) == []


def _order(page: Page, word: str) -> None:
    """Press a button of the heading, say why in the panel, and confirm."""
    page.locator(".heading").get_by_role("link", name=word, exact=True).click()
    panel = page.locator("#panel")
    expect(panel).to_be_visible()
    panel.locator("textarea").fill("Cổng bảo trì theo kế hoạch")
    panel.get_by_role("button", name=word).click()
    expect(page.locator(".alert-success")).to_be_visible()


def test_a_live_part_keeps_what_one_reads(enter: Entering) -> None:
    """A tick changes figures, not the page: where one was, and what had the focus, stay."""
    page = enter(ONE, size={"width": 1366, "height": 500})
    page.locator(".heading").get_by_role("link", name="Tạm dừng", exact=True).focus()
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(300)
    before = page.evaluate("scrollY")
    with page.expect_response(lambda answer: "part=live" in answer.url, timeout=8000):
        pass
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == before > 0
    assert page.evaluate("document.activeElement.textContent.trim()") == "Tạm dừng"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_it(stage: Stage, enter: Entering, theme: str) -> None:
    """Contrast, names and order, as far as a machine can judge them; on a phone nothing is wider than it."""
    page = enter(PAGES[0], theme=theme, size=PHONE, language="en")
    for path in PAGES:
        page.goto(stage.url + path)
        no_axe_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page_faults(page) == []


def test_a_check_is_asked_for_with_one_button(enter: Entering) -> None:
    """The answer stands under Connection, in words."""
    page = enter(ONE, role=Role.OPERATOR)
    page.get_by_role("button", name="Kiểm tra kết nối").click()
    expect(page.locator("#connection")).to_contain_text(f"{PORTAL} trả lời", timeout=8000)
    assert page_faults(page) == []
