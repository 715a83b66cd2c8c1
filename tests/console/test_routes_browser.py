"""The screen of routes in a browser: a change is published and rolled back, in both languages and themes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.console.browsing import PHONE, follow, no_axe_violations, nothing_sticks_out, page_faults
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.test_routes import draft

pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine
WORDS = {
    "vi": {
        "edit": "Soạn thay đổi", "check": "Kiểm tra và so sánh", "reason": "Lý do", "versions": "Các phiên bản",
        "publish": "Công bố phiên bản", "back": "Quay về", "good": "Không có lỗi", "bad": "Dòng",
    },
    "en": {
        "edit": "Change", "check": "Check and compare", "reason": "Reason", "versions": "Versions",
        "publish": "Publish version", "back": "Go back", "good": "No faults", "bad": "Line",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_change_is_published_and_rolled_back(stage: Stage, enter: Entering, language: str) -> None:
    """A fault is shown at its line, mended, published with a reason; the version before is put back."""
    words, form = WORDS[language], draft(stage, add=f"# {language}\n")
    page = enter("/console/routes", language=language)
    no_axe_violations(page)
    before = int(form["base"])
    follow(page, page.get_by_role("link", name=words["edit"], exact=True))
    text = page.locator("#f-text")
    text.fill(form["text"].replace("to: [national-portal]}", "to: [nowhere]}", 1))
    follow(page, page.get_by_role("button", name=words["check"]))
    page.locator("[data-line]").first.click()
    expect(text).to_be_focused()
    assert "nowhere" in str(text.evaluate("t => t.value.slice(t.selectionStart, t.selectionEnd)"))
    no_axe_violations(page)
    text.fill(form["text"])
    follow(page, page.get_by_role("button", name=words["check"]))
    expect(page.get_by_text(words["good"])).to_be_visible()
    no_axe_violations(page)
    page.get_by_label(words["reason"]).fill("theo công văn 12")
    follow(page, page.get_by_role("button", name=words["publish"]))
    expect(page.locator("#followers")).to_contain_text(str(before + 1))
    follow(page, page.get_by_role("navigation").get_by_role("link", name=words["versions"], exact=True))
    no_axe_violations(page)
    row = page.locator("tr", has=page.locator(f'a[href="/console/routes?version={before}"]'))
    follow(page, row.get_by_role("link", name=words["back"]))
    no_axe_violations(page)
    page.get_by_label(words["reason"]).fill("nhầm")
    page.get_by_role("button", name=words["back"]).click()
    expect(page.locator("#followers")).to_contain_text(str(before + 2))
    assert page_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_routes_are_seen_and_tried_on_a_phone(enter: Entering, theme: str) -> None:
    """The picture scrolls inside its card; nothing makes the page wider than the screen."""
    page = enter("/console/routes", theme=theme, size=PHONE)
    nothing_sticks_out(page)
    no_axe_violations(page)
    page.goto(page.url + "?view=text")
    no_axe_violations(page)
    follow(page, page.get_by_role("navigation").get_by_role("link", name="Thử mẫu"))
    sample = '{"type": "dossier.v1", "data": {"code": "H44.11-260131-0001", "status": "received"}}'
    page.locator("#f-body").fill(sample)
    page.get_by_role("button", name="Xem điều gì sẽ xảy ra").click()
    expect(page.locator("#results")).to_contain_text("H44.11-260131-0001")
    no_axe_violations(page)
    nothing_sticks_out(page)
    assert page_faults(page) == []
