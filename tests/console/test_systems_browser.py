"""Systems in a browser: one is paused, its queue is watched growing and draining, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
from tests.console.browsing import PHONE, follow, no_axe_violations, nothing_sticks_out, page_faults, renewed
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
    expect(waiting).to_have_text("7")
    no_axe_violations(page)
    _order(page, resume)
    expect(live.locator(".state").first).to_have_text(running)
    expect(waiting).to_have_text("0")
    stage.run(stage.province.rest("delivered"))
    assert page_faults(page) == []


def _order(page: Page, word: str) -> None:
    """Press a button of the heading, say why in the panel, and confirm."""
    page.locator(".heading").get_by_role("link", name=word, exact=True).click()
    panel = page.locator("#panel")
    expect(panel).to_be_visible()
    panel.locator("textarea").fill("Cổng bảo trì theo kế hoạch")
    follow(page, panel.get_by_role("button", name=word))
    expect(page.locator(".alert-success")).to_be_visible()


def test_a_live_part_keeps_what_one_reads(stage: Stage, enter: Entering) -> None:
    """A tick changes figures, not the page: what one reads stays where it is, though lines come above it."""
    page = enter(ONE, size=PHONE)
    link = page.locator(".heading").get_by_role("link", name="Tạm dừng", exact=True)
    link.focus()
    read = page.get_by_role("heading", name="Giới hạn")
    read.evaluate("one => one.scrollIntoView({block: 'center', behavior: 'instant'})")
    renewed(page, "live")
    before, above = _top(read), page.locator("#live").bounding_box()
    stage.run(stage.province.operator.post(f"/v1/systems/{PORTAL}/pause"))
    expect(page.locator("#live .state").first).to_have_text(WORDS["vi"][2])
    renewed(page, "live")
    grown = page.locator("#live").bounding_box()
    after = _come_to(read, before)
    stage.run(stage.province.operator.post(f"/v1/systems/{PORTAL}/resume"))
    assert above is not None
    assert grown is not None
    assert grown["height"] > above["height"]
    assert 0 < before < PHONE["height"]
    assert abs(after - before) <= 1
    expect(link).to_be_focused()


def _come_to(at: Locator, top: float) -> float:
    """Return where something comes to stand: between a change and its frame the browser has not scrolled yet."""
    for _ in range(20):
        if abs(_top(at) - top) <= 1:
            break
        at.page.wait_for_timeout(20)
    return _top(at)


def _top(at: Locator) -> float:
    """Return where something stands in the window."""
    box = at.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_it(stage: Stage, enter: Entering, theme: str) -> None:
    """Contrast, names and order, as far as a machine can judge them; on a phone nothing is wider than it."""
    page = enter(PAGES[0], theme=theme, size=PHONE, language="en")
    for path in PAGES:
        page.goto(stage.url + path)
        no_axe_violations(page)
        nothing_sticks_out(page)
    assert page_faults(page) == []


def test_a_check_is_asked_for_with_one_button(enter: Entering) -> None:
    """The answer stands under Connection, in words."""
    page = enter(ONE, role=Role.OPERATOR)
    page.get_by_role("button", name="Kiểm tra kết nối").click()
    expect(page.locator("#connection")).to_contain_text(f"{PORTAL} trả lời")
    assert page_faults(page) == []
