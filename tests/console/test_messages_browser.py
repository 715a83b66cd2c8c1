"""The search of messages in a browser: filters as one types, in both languages and themes, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from lgsp.journal.people import Role
from tests.api.province import dossier
from tests.console.browsing import PHONE, no_axe_violations, nothing_sticks_out, page_faults, sign_in_as
from tests.console.conftest import Entering
from tests.console.stage import Stage


@pytest.fixture(scope="module", autouse=True)
def traffic(stage: Stage) -> None:
    """Some dossiers of two agencies, one of them refused."""
    stage.portal.trouble(b'{"dialects": ["number"], "refuse_fields": {"MaHoSo": {"contains": "-0005"}}}')
    stage.bring(*(dossier(f"H44.{unit}-260131-{n:04d}") for unit in ("11", "12") for n in range(1, 4)))
    stage.bring(dossier("H44.11-260131-0005"))
    stage.run(stage.province.rest("delivered", "refused"))


def test_a_dossier_is_found_from_any_page(enter: Entering) -> None:
    """The search key, the code, Enter: its message is shown, with why it is stuck, and leads on to it."""
    page = enter("/console/account", Role.OPERATOR)
    page.keyboard.press("/")
    page.keyboard.type("000.00.11.H44-260131-0005")
    page.keyboard.press("Enter")
    row = page.locator(".found-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("bị từ chối")
    expect(page.get_by_text("Đọc là: mã hồ sơ")).to_be_visible()
    no_axe_violations(page)
    row.get_by_role("link", name="H44.11-260131-0005", exact=True).click()
    expect(page).to_have_url(re.compile(r"/console/messages/[0-9a-f-]{36}$"))


def test_filters_answer_while_one_types(enter: Entering) -> None:
    """The list follows, the address too; the field keeps its focus, and what was typed."""
    page = enter("/console/messages", Role.VIEWER)
    expect(page.locator(".found-row")).to_have_count(7)
    field = page.locator("#f-q")
    field.press_sequentially("H44.12", delay=10)
    expect(page.locator(".found-row")).to_have_count(3)
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"/console/messages\?q=H44\.12$"))
    page.get_by_label("Trạng thái").select_option("dead")
    expect(page.get_by_text("Không có thông điệp nào khớp")).to_be_visible()
    expect(page).to_have_url(re.compile("q=H44.12&state=dead$"))
    page.get_by_label("Bỏ điều kiện Tìm").click()
    expect(page.locator(".found-row")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?state=dead$"))
    page.go_back()
    expect(page.get_by_text("Không có thông điệp nào khớp")).to_be_visible()
    assert page_faults(page) == []


def test_an_agency_is_completed(enter: Entering) -> None:
    """What occurs is offered while one types."""
    page = enter("/console/messages", Role.VIEWER)
    page.get_by_label("Cơ quan", exact=True).press_sequentially("h44.1", delay=10)
    expect(page.locator("#agencies option")).to_have_count(2)
    assert page_faults(page) == []


def test_the_list_is_taken_along_as_often_as_wanted(enter: Entering) -> None:
    """The button saves a file, and works again."""
    page = enter("/console/messages?agency=H44.12", Role.OPERATOR, language="en")
    for _ in range(2):
        with page.expect_download() as saved:
            page.get_by_role("button", name="Export CSV").click()
        assert saved.value.suggested_filename.endswith(".csv")
    assert len(saved.value.path().read_text(encoding="utf-8-sig").splitlines()) == 4
    assert page_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_can_be_read_by_everybody(enter: Entering, theme: str) -> None:
    """Axe finds nothing, with all filters open and with none, with something found and with nothing."""
    page = enter("/console/messages", theme=theme, language="en" if theme == "dark" else "vi")
    no_axe_violations(page)
    for query in ("state=dead&from=2026-01-01&finding=any", "q=15/UBND-VP", "source=one-stop&alone=1"):
        page.goto(f"{page.url.partition('?')[0]}?{query}")
        no_axe_violations(page)
    assert page_faults(page) == []


def test_a_phone_shows_a_list_instead_of_a_table(stage: Stage, browser: Browser) -> None:
    """At 390 pixels nothing sticks out, and each message stands whole."""
    page = sign_in_as(browser, stage, "phone", Role.VIEWER, size=PHONE)
    page.goto(stage.url + "/console/messages?state=dead&from=2026-01-01")
    nothing_sticks_out(page)
    box = page.locator(".found-row .state").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
    page.context.close()
