"""The console in a browser: keys, themes, languages, panels, and what axe says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

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
from tests.console.stage import PASSWORD, Stage

PAGES = [
    "/console/people",
    "/console/people/the-administrator",
    "/console/people/add",
    "/console/account",
    "/console/nowhere",
]


def test_a_person_signs_in_through_the_form(stage: Stage, browser: object, enter: Entering) -> None:
    """Name and password open the console at the page that was asked for."""
    name = stage.person("hoa", Role.ADMINISTRATOR)
    page = enter("/console/people")
    page.context.clear_cookies()
    page.goto(stage.url + "/console/people")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    no_axe_violations(page)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page).to_have_url(stage.url + "/console/people")
    assert page_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_can_be_read_by_everybody(enter: Entering, theme: str) -> None:
    """Axe finds nothing in either theme; no script fails, and nothing is asked of another host."""
    page = enter(PAGES[0], theme=theme, language="en" if theme == "dark" else "vi")
    origin = page.url.removesuffix(PAGES[0])
    for path in PAGES:
        page.goto(origin + path)
        no_axe_violations(page)
    assert [fault for fault in page_faults(page) if "404" not in fault] == []


def test_the_switches_are_remembered(enter: Entering) -> None:
    """Language and theme change by a link, and stay on the next page."""
    page = enter("/console/people", theme="auto")
    follow(page, page.get_by_role("link", name="English"))
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    follow(page, page.get_by_role("link", name="Dark theme"))
    page.goto(page.url + "/add")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_slash_leads_to_the_search(enter: Entering) -> None:
    """The key focuses the search box, and is a letter where one types."""
    page = enter("/console/people/add")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.get_by_label("Họ tên").fill("")
    page.keyboard.type("a/b")
    expect(page.get_by_label("Họ tên")).to_have_value("a/b")


def test_an_act_is_confirmed_in_a_panel_with_its_reason(stage: Stage, enter: Entering) -> None:
    """The panel says the effect, asks why, and the page behind it says what was done."""
    name = stage.person("khoa")
    page = enter(f"/console/people/{name}")
    page.get_by_role("link", name="Khóa tài khoản").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("mọi phiên đang mở kết thúc ngay")
    no_axe_violations(page)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.get_by_role("link", name="Khóa tài khoản").click()
    panel.get_by_label("Lý do").fill("chuyển công tác")
    panel.get_by_role("button", name="Khóa tài khoản").click()
    expect(page.get_by_role("status").filter(has_text="Đã khóa tài khoản khoa.")).to_be_visible()
    expect(page.get_by_text(re.compile("^đã khóa$"))).to_be_visible()
    assert page_faults(page) == []


def test_a_phone_shows_the_whole_page(stage: Stage, browser: object) -> None:
    """At 390 pixels nothing sticks out, and the navigation opens by its button."""
    page = sign_in_as(browser, stage, "phone", Role.ADMINISTRATOR, size=PHONE)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(stage.url + path)
        nothing_sticks_out(page)
    page.get_by_role("button", name="Mở thanh điều hướng").click()
    expect(page.get_by_role("link", name="Người dùng").first).to_be_visible()
    page.context.close()


def test_an_open_page_hears_the_ticks(enter: Entering) -> None:
    """Parts of a page are told when to ask for themselves again, by one stream."""
    page = enter("/console/people")
    heard = page.evaluate(
        "new Promise((told) => document.body.addEventListener('tick', () => told('heard'), {once: true}))"
    )
    assert heard == "heard"
    assert page_faults(page) == []
