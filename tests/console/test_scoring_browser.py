"""The main way through the scoring preview, in a browser: a period, an agency, a measure, a dossier."""

from __future__ import annotations

import re
from typing import NamedTuple

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
from tests.console.stage import Stage
from tests.console.views_scoring import brought, ended

pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine
HERE = "/console/scores"


class Words(NamedTuple):
    """What the story reads and presses, in one language."""

    language: str
    preview: str
    period: str
    month: str
    agency: str
    look: str
    measure: str
    share: str
    reason: str
    all_reasons: str


VI = Words(
    "vi", "không phải điểm do Cổng DVCQG công bố", "Kỳ tính", "Tháng", "Cơ quan", "Xem",
    "2.1 Tỷ lệ giải quyết đúng hạn", "50%", "Kết thúc sau ngày hẹn trả", "Xem mọi lý do",
)  # fmt: skip
EN = Words(
    "en", "not the figures that the national portal publishes", "Period", "Month", "Agency", "Show",
    "2.1 Share of dossiers handled on time", "50%", "It ended after the promised date", "See all reasons",
)  # fmt: skip


@pytest.mark.parametrize(("words", "agency"), [(VI, "H44.31"), (EN, "H44.32")], ids=["vi", "en"])
def test_a_lost_point_is_followed_to_its_dossier(
    stage: Stage, enter: Entering, words: Words, agency: str
) -> None:
    """From all agencies of a month to one of them, to a measure, to a reason, to the dossier's thread."""
    brought(stage, ended(f"{agency}.1", 1, 14), ended(f"{agency}.2", 2, 20))
    page = enter(f"{HERE}?year=2026", role=Role.VIEWER, language=words.language)
    expect(page.get_by_text(words.preview)).to_be_visible()
    follow(
        page, page.get_by_label(words.period, exact=True).get_by_role("link", name=words.month, exact=True)
    )
    page.get_by_label(words.month, exact=True).fill("2026-01")
    page.get_by_label(words.agency).fill(agency)
    follow(page, page.locator("#period").get_by_role("button"))
    expect(page).to_have_url(re.compile(rf"month=2026-01&agency={re.escape(agency)}"))
    row = page.get_by_role("row", name=words.measure)
    expect(row).to_contain_text(words.share)
    expect(page.locator("#figures")).not_to_have_attribute("hx-trigger", re.compile("tick"))
    expect(page.locator(".bodies").get_by_role("link", name=f"{agency}.2")).to_be_visible()
    no_axe_violations(page)
    follow(page, row.get_by_role("link", name=words.measure))
    follow(page, page.locator("#figure").get_by_role("link", name=words.reason))
    expect(page.get_by_role("link", name=words.all_reasons)).to_be_visible()
    no_axe_violations(page)
    follow(page, page.get_by_role("link", name=f"{agency}.2-260105-0002"))
    expect(page).to_have_url(re.compile(r"/console/threads/dossier\?key="))
    assert page_faults(page) == []


def test_it_is_read_on_a_phone_and_in_the_dark(stage: Stage, enter: Entering) -> None:
    """Tables scroll inside their cards, and nothing else does."""
    brought(stage, ended("H44.33.1", 1, 14), ended("H44.33.2", 2, 20))
    page = enter("/console/account", role=Role.AUDITOR)
    phone = sign_in_as(page.context.browser, stage, "on-a-phone", Role.AUDITOR, theme="dark", size=PHONE)  # type: ignore[arg-type]
    for path in (f"{HERE}?month=2026-01&agency=H44.33", f"{HERE}/2.1?month=2026-01&agency=H44.33"):
        phone.goto(stage.url + path)
        expect(phone.get_by_text(VI.preview)).to_be_visible()
        expect(phone.locator("[id=figures], [id=figure]").get_by_text("50%").first).to_be_visible()
        nothing_sticks_out(phone)
        no_axe_violations(phone)
    assert page_faults(phone) == []
    phone.context.close()
