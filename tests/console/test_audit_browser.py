"""The audit journal in a browser: searching, verifying, both themes, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from lgsp.journal.people import Role
from tests.console.browsing import PHONE, no_axe_violations, nothing_sticks_out, page_faults, sign_in_as
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.test_texts import VIETNAMESE
from tests.console.views_audit import HERE, LOG, alter, until_sealed, until_verified

PAGES = [HERE, LOG, f"{HERE}?who=nobody-at-all"]


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_the_audit_journal_can_be_read_by_everybody(
    stage: Stage, enter: Entering, theme: str, language: str
) -> None:
    """Axe finds nothing in either theme; in English no word of Vietnamese is said."""
    until_sealed(stage)
    page = enter(PAGES[0], role=Role.AUDITOR, theme=theme, language=language)
    origin = page.url.removesuffix(PAGES[0])
    for path in PAGES:
        page.goto(origin + path)
        no_axe_violations(page)
        text = page.locator("#content").inner_text()
        assert language == "vi" or not [one for one in text.splitlines() if VIETNAMESE.search(one)], path
    assert page_faults(page) == []


def test_an_auditor_searches_and_verifies(stage: Stage, enter: Entering) -> None:
    """A word is looked for; the log is verified; what is altered then is named where everybody sees it."""
    until_sealed(stage)
    page = enter(HERE, role=Role.AUDITOR)
    page.get_by_label("Việc").fill("log key")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator("#entries tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Sổ niêm phong").click()
    page.get_by_role("button", name="Kiểm tra toàn bộ").click()
    expect(page.get_by_text("Đã bắt đầu kiểm tra")).to_be_visible()
    until_verified(stage)
    page.reload()
    expect(page.locator("#log")).to_contain_text("Nguyên vẹn")
    was = alter(stage, 2)
    page.get_by_role("button", name="Kiểm tra toàn bộ").click()
    until_verified(stage)
    alter(stage, 2, was)
    page.reload()
    expect(page.locator("#log")).to_contain_text("bút toán 2 bị sửa nội dung")
    assert page_faults(page) == []


def test_it_fits_a_phone(stage: Stage, browser: Browser) -> None:
    """Nothing has to be pushed sideways."""
    until_sealed(stage)
    page = sign_in_as(browser, stage, "the-auditor-afoot", Role.AUDITOR, size=PHONE)
    for path in PAGES:
        page.goto(stage.url + path)
        nothing_sticks_out(page)
    page.context.close()
