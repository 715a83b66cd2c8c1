"""Signing in by a provider of identities, in a browser: there, back, and out again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, expect

from lgsp.serving import running
from tests.api.province import province
from tests.console.browsing import context_of, no_axe_violations, page_faults, watch
from tests.console.stage import Stage
from tests.oidc.playing import CLIENT, SECRET, Playing


class VouchedStage(Stage):
    """A stage whose people come from a provider that is played beside it."""

    playing: Playing

    async def _serve(self) -> None:
        self._stop, self.playing = asyncio.Event(), Playing()
        async with running(self.playing.app()) as door:
            self.playing.url = f"http://127.0.0.1:{door}"
            said = {
                "ISSUER": self.playing.url, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET,
                "ROLES": "desk=operator systems:one-stop", "NAME": "SSO tỉnh",
            }  # fmt: skip
            more = {f"LGSP_OIDC_{name}": value for name, value in said.items()}
            async with (
                province(self._folder, self.portal, None, more) as self.province,
                running(self.province.platform.site) as port,
            ):
                self.url = f"http://127.0.0.1:{port}"
                self._ready.set()
                await self._stop.wait()
                self.province.platform.hush()


@pytest.fixture
def vouched() -> Iterator[VouchedStage]:
    """An installation with a provider."""
    fast = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with TemporaryDirectory(dir=fast) as folder, VouchedStage(Path(folder)) as stage:
        yield stage


def test_somebody_comes_in_by_the_provider_and_leaves(vouched: VouchedStage, browser: Browser) -> None:
    """One click there; the page that was wanted; the screens of the limits; and a way out of both."""
    vouched.playing.claims |= {"preferred_username": "lan.nguyen", "name": "Nguyễn Thị Lan"}
    page = context_of(browser).new_page()
    watch(page, vouched.url)
    page.goto(f"{vouched.url}/console/problems")
    page.get_by_role("link", name="Đăng nhập bằng SSO tỉnh").click()
    expect(page).to_have_url(f"{vouched.url}/console/problems")
    expect(page.get_by_role("link", name="Hệ thống", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Tuyến", exact=True)).to_have_count(0)
    page.goto(f"{vouched.url}/console/account")
    expect(page.get_by_text("mật khẩu, vai trò và phạm vi do nơi đó quyết định")).to_be_visible()
    no_axe_violations(page)
    page.get_by_label("Tên khóa").fill("báo cáo hằng tuần")
    page.get_by_role("button", name="Tạo khóa").click()
    expect(page.get_by_text("lgsp_person_")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("link", name="Đã ghi lại").click()
    expect(page.get_by_role("cell", name="báo cáo hằng tuần")).to_be_visible()
    page.locator("form[action='/console/sign-out']").first.evaluate("form => form.requestSubmit()")
    expect(page.get_by_role("link", name="Đăng xuất cả khỏi SSO tỉnh")).to_be_visible()
    no_axe_violations(page)
    there = f"left: {vouched.playing.url}/"
    assert [one for one in page_faults(page) if not one.startswith(there)] == []
