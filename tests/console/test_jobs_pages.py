"""The screen of jobs in a browser: a run is watched, the panel of an act, both themes, a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from lgsp.adapters import adapter_class
from lgsp.journal.people import Role
from tests.api.province import ONE_STOP
from tests.console.browsing import PHONE, no_axe_violations, nothing_sticks_out, page_faults, sign_in_as
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.test_texts import VIETNAMESE
from tests.console.views_jobs import Source, plan, until

HERE = f"/console/jobs/{ONE_STOP}"
PAGES = [
    "/console/jobs",
    f"{HERE}/dossiers",
    f"{HERE}/progress",
    f"{HERE}/procedures",
    f"{HERE}/progress/pause",
]


@pytest.fixture(scope="module", autouse=True)
def source(stage: Stage) -> Iterator[Source]:
    """Let the one-stop system have jobs, one of which has failed."""
    adapter = adapter_class("one_stop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adapter, "fetch", adapter.fetch)  # what the plan puts there goes again
        made = plan(stage)
        until(stage, "progress", ("failed",))
        yield made
        made.open.set()


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_jobs_can_be_read_by_everybody(enter: Entering, theme: str, language: str) -> None:
    """Axe finds nothing in either theme; in English no word of Vietnamese is said."""
    page = enter(PAGES[0], theme=theme, language=language)
    origin = page.url.removesuffix(PAGES[0])
    for path in PAGES:
        page.goto(origin + path)
        no_axe_violations(page)
        text = page.locator("#content").inner_text()
        assert language == "vi" or not [one for one in text.splitlines() if VIETNAMESE.search(one)], path
    assert page_faults(page) == []


def test_a_run_is_asked_for_watched_and_left(stage: Stage, enter: Entering, source: Source) -> None:
    """The panel says what follows; the page shows the run under way, then its end, without being loaded again."""
    source.open.clear()
    page = enter(f"{HERE}/dossiers", role=Role.OPERATOR)
    expect(page.get_by_text("Chưa chạy lần nào")).to_be_visible()
    page.get_by_role("link", name="Chạy ngay").click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("bất kể lịch")
    panel.get_by_label("Lý do").fill("kiểm tra nguồn")
    panel.get_by_role("button", name="Chạy ngay").click()
    expect(page.get_by_role("status").filter(has_text="Đã yêu cầu chạy dossiers")).to_be_visible()
    expect(page.locator(".running")).to_contain_text("theo yêu cầu của the-operator")
    expect(page.get_by_role("link", name="Chạy ngay")).to_have_count(0)
    stage.run(_go_on(source))
    expect(page.locator(".running")).to_have_count(0)
    expect(page.locator("#job tbody tr").first).to_contain_text("đã xong")
    expect(page.get_by_role("link", name="Chạy ngay")).to_be_visible()
    assert page_faults(page) == []


async def _go_on(source: Source) -> None:
    source.open.set()


def test_jobs_fit_a_phone(stage: Stage, browser: Browser) -> None:
    """At 390 pixels nothing sticks out."""
    page = sign_in_as(browser, stage, "phone", Role.OPERATOR, size=PHONE)
    for path in PAGES:
        page.goto(stage.url + path)
        nothing_sticks_out(page)
    page.context.close()
