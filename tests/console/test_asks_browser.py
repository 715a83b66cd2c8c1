"""The screen of questions in a browser: both themes, both languages, a phone, live, and a test question."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lgsp.journal.people import Role
from tests.api.province import ONE_STOP
from tests.console.browsing import (
    PHONE,
    follow,
    no_axe_violations,
    nothing_sticks_out,
    page_faults,
    sign_in_as,
)
from tests.console.conftest import Entering
from tests.console.test_texts import VIETNAMESE
from tests.console.views_asks import HERE, NUMBER, QUERY, STAGED, TRIAL, AskStage, prepare

__all__ = ["STAGED"]


@pytest.fixture(scope="module")
def pages(stage: AskStage) -> list[str]:
    """Ask in every way, and return the pages that show it."""
    found = prepare(stage, away=1.0)
    return [HERE, f"{HERE}?ending=turned-down", f"{HERE}?source=nobody", TRIAL, *found.values()]


def _said_in_vietnamese(page: Page) -> list[str]:
    """Return what a page says in Vietnamese that is no word of the home's, and nobody's name."""
    text: str = page.evaluate(
        """() => { const copy = document.querySelector("#content").cloneNode(true);
        copy.querySelectorAll('[lang="vi"], textarea, option').forEach((one) => one.remove());
        return copy.textContent; }"""
    )
    return [line for line in text.splitlines() if VIETNAMESE.search(line)]


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_questions_can_be_read_by_everybody(
    stage: AskStage, pages: list[str], enter: Entering, theme: str, language: str
) -> None:
    """Axe finds nothing in either theme; in English no word of Vietnamese is said."""
    page = enter(HERE, role=Role.OPERATOR, theme=theme, language=language)
    for path in pages:
        page.goto(stage.url + path)
        no_axe_violations(page)
        assert language == "vi" or not _said_in_vietnamese(page), path
    assert page_faults(page) == []


def test_it_fits_a_phone(stage: AskStage, pages: list[str], browser: Browser) -> None:
    """Nothing has to be pushed sideways."""
    page = sign_in_as(browser, stage, "the-operator-afoot", Role.OPERATOR, size=PHONE)
    for path in pages:
        page.goto(stage.url + path)
        nothing_sticks_out(page)
    page.context.close()


@pytest.mark.usefixtures("pages")
def test_a_question_comes_into_the_page_by_itself(stage: AskStage, enter: Entering) -> None:
    """Without a filter the newest are there a moment after they were asked; a filter narrows while one chooses."""
    page = enter(HERE, role=Role.AUDITOR)
    stage.answers()
    stage.ask(who="Vừa Mới Hỏi")
    expect(page.locator("#found")).to_contain_text("Vừa Mới Hỏi")
    page.locator("#f-ending").select_option("absent")
    expect(page.locator("#found")).not_to_contain_text("Vừa Mới Hỏi")
    expect(page.locator("#found .found-row")).to_have_count(1)
    assert "ending=absent" in page.url
    follow(page, page.locator("#found .found-what a").first)
    expect(page.locator("h1")).to_have_text("Tra cứu thông tin công dân")
    assert page_faults(page) == []


@pytest.mark.usefixtures("pages")
def test_an_operator_tries_a_system(stage: AskStage, enter: Entering) -> None:
    """From its page: the sample is about nobody, the answer is masked, and its trace is one press away."""
    stage.answers()
    page = enter("/console/systems/national-portal", role=Role.OPERATOR)
    follow(page, page.get_by_role("link", name="Hỏi thử"))
    expect(page.locator("#f-data")).to_have_value(re.compile("000000000000"))
    follow(page, page.get_by_role("button", name="Hỏi thử và ghi nhật ký"))
    expect(page.locator("#result")).to_contain_text("có trả lời")
    expect(page.locator("#result")).not_to_contain_text(NUMBER)
    follow(page, page.get_by_role("link", name="Xem diễn biến của câu hỏi này"))
    expect(page.locator("#content")).to_contain_text("Người vận hành hỏi thử")
    assert page_faults(page) == []


@pytest.mark.usefixtures("pages")
def test_an_auditor_finds_who_asked_about_a_citizen(stage: AskStage, enter: Entering) -> None:
    """Systems and people stand in one table; from each question leads a way to its trace."""
    page = enter("/console/personal", role=Role.AUDITOR)
    page.locator("#f-number").fill(NUMBER)
    follow(page, page.get_by_role("button", name="Lập báo cáo"))
    expect(page.locator("#seen")).to_contain_text(ONE_STOP)
    no_axe_violations(page)
    assert NUMBER not in page.url
    follow(page, page.locator("#seen a[href^='/console/asks/']").first)
    expect(page.locator("#content")).to_contain_text(QUERY)
    assert page_faults(page) == []
