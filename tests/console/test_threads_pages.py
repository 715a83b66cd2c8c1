"""The screen of threads in a browser: reading, filtering without losing one's place, printing, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from lgsp.journal.people import Role
from lgsp.testing.letters import LETTER
from tests.console.browsing import PHONE, no_axe_violations, nothing_sticks_out, page_faults, sign_in_as
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.test_texts import VIETNAMESE
from tests.console.views_threads import CODE, dossier_with_a_past, letter_with_a_recall, thread

pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine
PAGES = ["/console/threads", "/console/threads?q=H44.11-260214-0170", thread("dossier", CODE),
         thread("document", LETTER), thread("document", "15/UBND-VP")]  # fmt: skip
DATA = ["UBND tỉnh Lạng Sơn", "Lê Văn Cường", "Sở Tài chính", "Sở Xây dựng", "Sở Y tế"]


@pytest.fixture(scope="module", autouse=True)
def _past(stage: Stage) -> None:
    dossier_with_a_past(stage)
    letter_with_a_recall(stage)


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_threads_can_be_read_by_everybody(enter: Entering, theme: str, language: str) -> None:
    """Axe finds nothing in either theme, and nothing goes wrong in the page."""
    page = enter(PAGES[0], theme=theme, language=language)
    origin = page.url.removesuffix(PAGES[0])
    for path in PAGES:
        page.goto(origin + path)
        no_axe_violations(page)
    assert page_faults(page) == []


def test_a_document_in_english_says_no_word_of_vietnamese(enter: Entering) -> None:
    """But for what offices wrote."""
    page = enter(thread("document", LETTER), language="en", role=Role.AUDITOR)
    text = page.locator("#content").inner_text()
    for known in DATA:
        text = text.replace(known, "")
    assert [line for line in text.splitlines() if VIETNAMESE.search(line)] == []


def test_a_code_typed_wrong_leads_to_the_thread(enter: Entering) -> None:
    """The page suggests what is near, and a click shows it."""
    page = enter("/console/threads", role=Role.VIEWER)
    page.get_by_label("Mã hồ sơ, mã định danh văn bản, hoặc số/ký hiệu").fill("H44.11 260214 107")
    page.get_by_role("button", name="Xem diễn biến").click()
    page.get_by_role("main").get_by_role("link", name=CODE).first.click()
    expect(page.get_by_role("heading", name=CODE)).to_be_visible()
    expect(page.locator("[aria-current=step]")).to_contain_text("yêu cầu bổ sung giấy tờ")


def test_a_filter_keeps_its_focus_and_stands_in_the_address(enter: Entering) -> None:
    """The time line changes beneath it; loaded again, the page is the same."""
    page = enter(thread("dossier", CODE))
    line = page.locator("#line")
    expect(line).to_contain_text("hẹn chuyển lại")
    choice = page.get_by_label("Loại diễn biến")
    choice.focus()
    choice.select_option("chỉ nghiệp vụ")
    expect(line).not_to_contain_text("hẹn chuyển lại")
    expect(choice).to_be_focused()
    expect(page).to_have_url(re.compile("only=business"))
    page.reload()
    expect(page.locator("#line")).not_to_contain_text("hẹn chuyển lại")
    expect(page.get_by_label("Loại diễn biến")).to_have_value("business")
    assert page_faults(page) == []


def test_the_line_leads_to_each_message(enter: Entering) -> None:
    """Every event names its message by a link."""
    page = enter(thread("dossier", CODE))
    events, named = page.locator("#line .event").evaluate_all(
        """(all) => [all.length, all.filter((one) => one.querySelector("a[href^='/console/messages/']")).length]"""
    )
    assert events == named > 5


def test_paper_shows_the_thread_and_nothing_else(enter: Entering) -> None:
    """Navigation, search and filters stay off the paper; who printed it and when stands on it."""
    page = enter(thread("document", LETTER))
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    nothing_sticks_out(page, 794)
    expect(page.locator(".printed")).to_contain_text("the-administrator")
    for part in (".side", ".top", ".filters", "[data-print]"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator("#line")).to_be_visible()


def test_the_button_prints(enter: Entering) -> None:
    """It opens the browser's own dialog."""
    page = enter(thread("document", LETTER))
    page.evaluate("window.print = () => document.body.classList.add('went-to-paper')")
    page.get_by_role("button", name="In trang này").click()
    expect(page.locator("body.went-to-paper")).to_be_attached()


def test_threads_fit_a_phone(stage: Stage, browser: Browser) -> None:
    """At 390 pixels nothing sticks out, and tables are lists whose cells say what they are."""
    page = sign_in_as(browser, stage, "phone", Role.VIEWER, size=PHONE)
    for path in PAGES:
        page.goto(stage.url + path)
        nothing_sticks_out(page)
    page.goto(stage.url + thread("document", LETTER))
    expect(page.locator("#state thead").first).to_be_hidden()
    page.context.close()
