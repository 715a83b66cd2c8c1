"""The screen of credentials in a browser: making one, copying its secret, revoking it, and what axe says."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from lgsp.credentials.secret import PATTERN
from tests.console.browsing import PHONE, follow, no_axe_violations, nothing_sticks_out, page_faults
from tests.console.conftest import Entering


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_credential_is_made_and_revoked(enter: Entering, theme: str) -> None:
    """From the list by the form to the secret, and by the panel to its end; every page can be read by everybody."""
    page = enter("/console/credentials", theme=theme)
    no_axe_violations(page)
    follow(page, page.get_by_role("link", name="Cấp mới"))
    page.get_by_label("Tên", exact=True).fill(f"Một cửa {theme}")
    page.get_by_label("Hết hạn sau ngày").fill("2099-12-31")
    no_axe_violations(page)
    follow(page, page.get_by_role("button", name="Cấp"))
    assert PATTERN.search(page.get_by_label("Khóa", exact=True).inner_text())
    no_axe_violations(page)
    follow(page, page.get_by_role("link", name="Đã ghi lại"))
    expect(page.get_by_role("heading", name=f"Một cửa {theme}")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("link", name="Thu hồi").click()
    page.get_by_label("Lý do").fill("nghỉ dùng")
    no_axe_violations(page)
    follow(page, page.get_by_role("dialog").get_by_role("button", name="Thu hồi"))
    expect(page.get_by_text("đã thu hồi", exact=True)).to_be_visible()
    assert page_faults(page) == []


def test_nothing_sticks_out_on_a_telephone(enter: Entering) -> None:
    """List and form fit a narrow screen."""
    page = enter("/console/credentials", size=PHONE)
    nothing_sticks_out(page)
    page.goto(page.url + "/make")
    nothing_sticks_out(page)
