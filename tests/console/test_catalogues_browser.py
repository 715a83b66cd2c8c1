"""Catalogues in a browser: found while one types, a fact withdrawn in the panel, two languages, a phone."""

from __future__ import annotations

import re

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
from tests.console.views_catalogues import HERE, prepare

SLOW = 20_000


@pytest.fixture(scope="module")
def pages(stage: Stage) -> list[str]:
    """Bring lists, facts and procedures, and lend the pages that show them."""
    return list(prepare(stage).values())


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_everybody_can_read_catalogues(
    stage: Stage, pages: list[str], enter: Entering, theme: str, language: str
) -> None:
    """Axe finds nothing; labels and headings of the English page are English."""
    page = enter(pages[0], theme=theme, language=language)
    for path in pages if language == "en" else pages[::2]:
        page.goto(stage.url + path)
        no_axe_violations(page)
        labels = page.locator("#content :is(h2, th, dt, label, nav, .btn, .state, .hint)").all_inner_texts()
        assert language == "vi" or [one for one in labels if VIETNAMESE.search(one)] == [], path
    assert page_faults(page) == []


def test_agencies_are_found_while_one_types(pages: list[str], enter: Entering) -> None:
    """The list and the address follow the words; the focus stays."""
    page = enter(HERE, role=Role.VIEWER)
    box = page.get_by_label("Tên cơ quan, hoặc đầu mã")
    box.fill("so tai chinh")
    found = page.locator("#found")
    expect(found.get_by_role("link", name="Sở Tài chính tỉnh Phú Thọ")).to_be_visible(timeout=SLOW)
    expect(page).to_have_url(re.compile("q=so"), timeout=SLOW)
    expect(box).to_be_focused(timeout=SLOW)
    follow(page, found.get_by_role("link", name="Sở Tài chính tỉnh Phú Thọ"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sở Tài chính tỉnh Phú Thọ", timeout=SLOW)
    assert page_faults(page) == []


WORDS = {
    "vi": ("Ghi thông tin", "Tên cơ quan", "Nguồn", "Lý do", "Rút thông tin", "đã rút"),
    "en": ("Add the fact", "Name of the agency", "Source", "Reason", "Withdraw a fact", "withdrawn"),
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_fact_is_added_and_withdrawn_by_hand(pages: list[str], enter: Entering, language: str) -> None:
    """The form says what follows; the agency's page shows it, and the panel takes it back with a reason."""
    send, name, source, reason, withdraw, gone = WORDS[language]
    code = f"H44.8{language == 'en':d}"
    page = enter(f"{HERE}/facts/add?code={code}", role=Role.ADMINISTRATOR, language=language)
    page.get_by_label(name).fill("Sở Thử nghiệm")
    page.get_by_label(source, exact=True).fill("CV 12/UBND")
    page.get_by_label(reason, exact=True).fill("thử")
    follow(page, page.get_by_role("button", name=send))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sở Thử nghiệm", timeout=SLOW)
    expect(page.locator(".alert-success")).to_be_visible(timeout=SLOW)
    page.locator("a[href*='facts/withdraw']").first.click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("CV 12/UBND", timeout=SLOW)
    panel.get_by_label(reason, exact=True).fill("hết thử")
    follow(page, panel.get_by_role("button", name=withdraw))
    expect(page.locator("#content tr.gone")).to_contain_text(gone, timeout=SLOW)
    assert page_faults(page) == []


def test_catalogues_fit_a_phone(stage: Stage, pages: list[str], browser: Browser) -> None:
    """At 390 pixels nothing sticks out."""
    page = sign_in_as(browser, stage, "phone", Role.ADMINISTRATOR, size=PHONE)
    for path in pages:
        page.goto(stage.url + path)
        nothing_sticks_out(page)
    page.context.close()
