"""The main way of taking over, in a browser: compare, see what is missing, send it, follow the run to its end."""

from __future__ import annotations

import re
from typing import NamedTuple

import orjson
import pytest
from playwright.sync_api import expect

from lgsp.journal.people import Role
from tests.api.province import PORTAL, dossier
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
from tests.console.views_cut_over import HERE, first_drawn, in_shadow, ordered, switch

pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine


class Words(NamedTuple):
    """What the story reads and presses, in one language."""

    language: str
    compare: str
    whole: str
    old: str
    button: str
    differs: str
    send: str
    effect: str
    rate: str
    reason: str
    brought: str
    done: str
    pause: str
    paused: str


VI = Words(
    "vi", "So sánh với kết nối cũ", "Hiện đầy đủ giá trị khác nhau", "Nội dung kết nối cũ đã gửi", "So sánh",
    "khác nhau",
    "Gửi bổ sung phần còn thiếu", "Hỏi national-portal về 3 hồ sơ", "Tốc độ tối đa (câu hỏi mỗi giây)", "Lý do",
    "Hồ sơ gửi bổ sung", "đã xong", "Tạm dừng", "đang tạm dừng",
)  # fmt: skip
EN = Words(
    "en", "Compare with the older connection", "Show the values that differ whole", "What the older connection sent", "Compare", "differs",
    "Send what is missing", "Asks national-portal about 3 dossiers", "Highest rate (questions a second)", "Reason",
    "Dossiers sent now", "done", "Pause", "paused",
)  # fmt: skip


@pytest.mark.parametrize(("words", "day"), [(VI, "260301"), (EN, "260302")], ids=["vi", "en"])
def test_what_the_older_connection_missed_is_found_and_sent(
    stage: Stage, enter: Entering, words: Words, day: str
) -> None:
    """A file is compared, the routes go live, the gap is closed with a preview and a reason."""
    in_shadow(stage, *(dossier(f"H44.11-{day}-{n:04d}") for n in range(1, 4)))
    page = enter(HERE, role=Role.OPERATOR, language=words.language)
    no_axe_violations(page)
    follow(page, page.get_by_role("link", name=words.compare))
    sent = [{"MaHoSo": f"H44.11-{day}-0001", "DonViXuLy": "Sở Nội vụ"}]
    file = {"name": "da-gui.json", "mimeType": "application/json", "buffer": orjson.dumps(sent)}
    page.locator("#f-file").set_input_files([file])  # type: ignore[list-item]
    expect(page.get_by_label(words.old, exact=True)).to_have_value(re.compile("MaHoSo"))
    follow(page, page.get_by_role("button", name=words.button, exact=True))
    expect(page.locator(".odd").first).to_contain_text(words.differs)
    expect(page.locator(".odd").first).not_to_contain_text("Sở Nội vụ")
    page.get_by_text(words.whole).click()
    page.locator("#f-purpose").select_option("fault")
    page.locator("#f-why").fill("so sánh trước khi chuyển kết nối")
    no_axe_violations(page)
    follow(page, page.get_by_role("button", name=words.button, exact=True))
    expect(page.locator(".odd").first).to_contain_text("Sở Nội vụ")
    no_axe_violations(page)
    switch(stage, "live")
    page.goto(stage.url + HERE)
    page.get_by_role("link", name=words.send).click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text(words.effect)
    no_axe_violations(page)
    panel.get_by_label(words.rate).fill("100")
    panel.get_by_label(words.reason).fill("Theo kế hoạch")
    follow(page, panel.get_by_role("button", name=words.send))
    expect(page).to_have_url(re.compile(r"/runs/\d+$"))
    run = page.locator("#run")
    expect(run.locator(".state").first).to_contain_text(words.done)
    expect(run.locator(".buckets > div", has_text=words.brought).locator("dd").first).to_have_text("3")
    expect(run).to_contain_text("3 / 3")
    no_axe_violations(page)
    assert page_faults(page) == []


def test_a_file_is_opened_seen_and_taken_on(stage: Stage, enter: Entering) -> None:
    """A list of codes: its faults by line before anything is written, then the run that took it on."""
    page = enter(f"{HERE}/adopt?system={PORTAL}", role=Role.OPERATOR)
    no_axe_violations(page)
    text = "STT;Mã hồ sơ\n1;H44.41-260304-0001\n2;không phải mã\n3;H44.41-260304-0002\n".encode()
    file = {"name": "ma-ho-so.csv", "mimeType": "text/csv", "buffer": text}
    page.locator("#f-file").set_input_files([file])  # type: ignore[list-item]
    expect(page.locator("#f-items")).to_have_value(re.compile("H44.41"))
    follow(page, page.get_by_role("button", name="Xem trước"))
    faults = page.get_by_role("region", name="Dòng không đọc được")
    expect(faults.get_by_role("row", name="không phải mã")).to_contain_text("3")
    no_axe_violations(page)
    page.get_by_label("Lý do").fill("Danh sách Cổng xuất")
    follow(page, page.get_by_role("button", name="Nhận dữ liệu có sẵn"))
    expect(page).to_have_url(re.compile(r"/runs/\d+$"))
    taken = page.locator("#run .buckets > div", has_text="Ghi nhận đã có sẵn")
    expect(taken.locator("dd").first).to_have_text("2")
    assert page_faults(page) == []


def test_a_run_is_paused_and_cancelled_while_one_looks(stage: Stage, enter: Entering) -> None:
    """What one sees changes by itself, and says who stopped it."""
    number = ordered(stage, "codes", "a file of the browser", {"adopted": 5})
    page = enter(f"{HERE}/runs/{number}", role=Role.OPERATOR)
    run = page.locator("#run")
    for act, state in (("Tạm dừng", "đang tạm dừng"), ("Cho chạy tiếp", "đang chạy"), ("Hủy đợt", "đã hủy")):
        run.get_by_role("link", name=act, exact=True).click()
        panel = page.get_by_role("dialog")
        panel.get_by_label("Lý do").fill("theo lệnh trực ban")
        follow(page, panel.get_by_role("button", name=act))
        expect(run.locator(".state").first).to_contain_text(state)
    expect(run.get_by_role("link", name="Hủy đợt")).to_have_count(0)
    assert page_faults(page) == []


def test_it_is_read_on_a_phone_and_in_the_dark(stage: Stage, enter: Entering) -> None:
    """Tables scroll inside their cards, and nothing else does."""
    in_shadow(stage, dossier("H44.14-260303-0001"))
    number = ordered(stage, "codes", "a file of a phone", {"adopted": 5, "unreadable": 2}, act="pause")
    page = enter("/console/account", role=Role.VIEWER)
    phone = sign_in_as(page.context.browser, stage, "on-a-phone", Role.VIEWER, theme="dark", size=PHONE)  # type: ignore[arg-type]
    at = (
        "", f"/shadow?system={PORTAL}", f"/shadow/{PORTAL}/{first_drawn(stage)}", f"/lines?system={PORTAL}",
        f"/runs/{number}", "/runs", f"/compare?system={PORTAL}",
    )  # fmt: skip
    for path in at:
        phone.goto(stage.url + HERE + path)
        expect(phone.locator("h1")).to_be_visible()
        nothing_sticks_out(phone)
        no_axe_violations(phone)
    assert page_faults(phone) == []
    phone.context.close()
