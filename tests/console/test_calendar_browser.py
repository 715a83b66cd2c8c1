"""The calendar in a browser: a year read by everybody, a due date asked for, two languages, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from lgsp.journal.people import Role
from tests.console.browsing import (
    PHONE,
    follow,
    no_axe_violations,
    nothing_sticks_out,
    page_faults,
    sign_in_as,
)
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.test_texts import VIETNAMESE
from tests.console.views_calendar import HERE, VIEWS

SLOW = 20_000
WORDS = {
    "vi": ("Ngày tiếp nhận", "Thời hạn", "Tính", "thứ Tư 14/01/2026", "ngày nhận, không tính"),
    "en": ("Received on", "Term", "Count", "Wednesday 14/01/2026", "receipt day, does not count"),
}


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_everybody_can_read_the_calendar(stage: Stage, enter: Entering, theme: str, language: str) -> None:
    """Axe finds nothing in either theme; in English no word of Vietnamese is said."""
    page = enter(HERE, theme=theme, language=language)
    for path in VIEWS.values():
        page.goto(stage.url + path)
        no_axe_violations(page)
        text = page.locator("#content").inner_text()
        assert language == "vi" or [one for one in text.splitlines() if VIETNAMESE.search(one)] == [], path
    assert page_faults(page) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_due_date_is_asked_for_and_explained(enter: Entering, language: str) -> None:
    """The answer stands large, the way to it day by day below, and both in the address."""
    received, term, count, due, why = WORDS[language]
    page = enter(f"{HERE}/due", role=Role.VIEWER, language=language)
    page.get_by_label(received).fill("2026-01-08")
    page.get_by_label(term, exact=True).fill("5")
    follow(page, page.get_by_role("button", name=count, exact=True))
    expect(page.locator("#answer .answer")).to_have_text(due, timeout=SLOW)
    expect(page.locator("#content tbody tr").first).to_contain_text(why, timeout=SLOW)
    expect(page.locator("#content tr.last")).to_contain_text("5", timeout=SLOW)
    page.reload()
    expect(page.locator("#answer .answer")).to_have_text(due, timeout=SLOW)
    assert page_faults(page) == []


def test_one_goes_from_year_to_year(enter: Entering) -> None:
    """Back a year, and the notices are those of that year."""
    page = enter(f"{HERE}?year=2026", role=Role.VIEWER)
    follow(page, page.get_by_role("link", name="2025"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Lịch làm việc 2025", timeout=SLOW)
    assert page_faults(page) == []


def test_the_calendar_fits_a_phone(stage: Stage, browser: Browser) -> None:
    """At 390 pixels nothing sticks out."""
    page = sign_in_as(browser, stage, "phone", Role.VIEWER, size=PHONE)
    for path in VIEWS.values():
        page.goto(stage.url + path)
        nothing_sticks_out(page)
    page.context.close()
