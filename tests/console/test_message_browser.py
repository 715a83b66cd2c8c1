"""The screen of one message in a browser: reading it, acting from it, and watching it go, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
from tests.console.browsing import PHONE, no_axe_violations, nothing_sticks_out, page_faults, renewed
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.test_texts import VIETNAMESE
from tests.console.views_message import WRONG, until, way

_NUMBERS = iter(range(1, 1000))


def refused(stage: Stage) -> dict[str, Any]:
    """Bring a dossier that the portal refuses for its handling unit."""
    stage.portal.trouble(WRONG)
    code = f"H44.11-260203-{next(_NUMBERS):04d}"
    receipt = stage.bring(dossier(code, handling_unit="Phòng (sai)", due_at="2026-12-01T17:00:00+07:00"))[0]
    until(stage, "refused", receipt)
    return receipt


def at(receipt: dict[str, Any], rest: str = "") -> str:
    """Return the address of a message's page."""
    return f"/console/messages/{receipt['id']}{rest}"


@pytest.mark.parametrize(
    ("language", "again", "done"), [("vi", "Chuyển lại", "đã chuyển"), ("en", "Send again", "delivered")]
)
def test_a_stuck_message_is_sent_again_and_seen_to_arrive(
    stage: Stage, enter: Entering, language: str, again: str, done: str
) -> None:
    """From the panel, with a reason; the page follows by itself until it is delivered."""
    receipt = refused(stage)
    stage.run(stage.province.operator.post(f"/v1/systems/{PORTAL}/pause"))
    page = enter(at(receipt), Role.OPERATOR, language=language)
    page.get_by_role("link", name=again, exact=True).click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("textbox")).to_be_focused()
    no_axe_violations(page)
    panel.get_by_role("textbox").fill("cổng đã nới quy tắc")
    panel.get_by_role("button", name=again).click()
    expect(page.locator("#walk")).to_contain_text("cổng đã nới quy tắc")
    stage.portal.trouble(b"{}")
    stage.run(stage.province.operator.post(f"/v1/systems/{PORTAL}/resume"))
    expect(page.locator(".way .state").first).to_have_text(done)
    assert page_faults(page) == []


def test_a_live_page_keeps_the_focus(stage: Stage, enter: Entering) -> None:
    """A tick changes what changed, and nothing a person is about to press."""
    receipt = refused(stage)
    page = enter(at(receipt), Role.OPERATOR)
    link = page.get_by_role("link", name="Chuyển lại", exact=True)
    link.focus()
    renewed(page, "walk")
    expect(link).to_be_focused()
    assert page_faults(page) == []


def test_what_was_said_is_read_side_by_side(stage: Stage, enter: Entering) -> None:
    """From the attempt to its request and answer, then to another view; the address keeps what is chosen."""
    receipt = refused(stage)
    page = enter(at(receipt), Role.OPERATOR)
    page.get_by_role("link", name="Yêu cầu và trả lời gốc").first.click()
    expect(page.locator(".panes pre")).to_have_count(0)
    page.get_by_text("Xem đầy đủ…").click()
    page.get_by_label("Mục đích").select_option("fault")
    page.get_by_label("Lý do cụ thể").fill("tìm nguyên nhân bị từ chối")
    no_axe_violations(page)
    page.get_by_role("button", name="Xem đầy đủ và ghi nhật ký").click()
    expect(page.get_by_role("status").filter(has_text="Bạn đang xem đầy đủ")).to_be_visible()
    page.goto(stage.url + at(receipt))
    page.get_by_role("link", name="Yêu cầu và trả lời gốc").first.click()
    expect(page.locator(".panes pre", has_text="DonViXuLy").first).to_be_visible()
    page.get_by_role("navigation", name="Khung bên trái").get_by_role("link", name="Nguyên bản nhận").click()
    expect(page.locator(".panes section").first).to_contain_text("SHA-256")
    expect(page).to_have_url(re.compile("left=raw"))
    no_axe_violations(page)
    page.get_by_role("link", name="So sánh").click()
    expect(page.get_by_role("table").first).to_contain_text("handling_unit")
    no_axe_violations(page)
    assert page_faults(page) == []


def test_a_correction_is_written_checked_and_sent(stage: Stage, enter: Entering) -> None:
    """The form says what will change before it is sent; the correction arrives and leads back."""
    receipt = refused(stage)
    page = enter(at(receipt, "/resend"), Role.OPERATOR)
    body = page.get_by_label("Nội dung dạng chuẩn (JSON)")
    right = body.input_value().replace("Phòng (sai)", "Sở Tư pháp")
    body.fill(right)
    page.get_by_role("button", name="Kiểm tra và xem thay đổi").click()
    expect(page.get_by_role("table")).to_contain_text("Đơn vị xử lý")
    no_axe_violations(page)
    page.get_by_label("Lý do").fill("gõ nhầm đơn vị")
    page.get_by_role("button", name="Gửi bản sửa").click()
    expect(page.locator(".way .state").first).to_have_text("đã chuyển")
    page.get_by_role("link", name="Xem bản gốc").click()
    expect(page.locator(".way .state").first).to_have_text("đã thay bằng bản sửa")
    assert (way(stage, receipt)["state"], page_faults(page)) == ("replaced", [])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_anybody_can_read_it_in_english_and_on_a_phone(stage: Stage, enter: Entering, theme: str) -> None:
    """Each part of it, in both themes, without a word of Vietnamese but the data, and without scrolling aside."""
    receipt = refused(stage)
    page = enter(at(receipt), Role.ADMINISTRATOR, language="en", theme=theme)
    page.set_viewport_size(PHONE)
    for rest in ("", "?tab=bodies", "?tab=fields", "/resend"):
        page.goto(stage.url + at(receipt, rest))
        no_axe_violations(page)
        nothing_sticks_out(page)
        assert _vietnamese(page) == [], rest
    assert page_faults(page) == []


def _vietnamese(page: Page) -> list[str]:
    """Return the lines of a page with a word of Vietnamese that is neither data nor what the far side said."""
    data = ("Phòng", "Nguyễn", "Trường DonViXuLy", "Đề nghị", "Cấp giấy", "Hộ tịch", '"')
    lines = page.locator("main").inner_text().splitlines()
    return [line for line in lines if VIETNAMESE.search(line) and not any(word in line for word in data)]
