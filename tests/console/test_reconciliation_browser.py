"""The main stories of the screen of reconciliation in a browser: compare, see why, mend, look again; a file; a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from lgsp.journal.people import Role
from tests.console.browsing import (
    PHONE,
    follow,
    no_axe_violations,
    nothing_sticks_out,
    page_faults,
    renewed,
    sign_in_as,
)
from tests.console.conftest import Entering
from tests.console.moments import keep_clear_of
from tests.console.stage import Stage
from tests.console.test_texts import VIETNAMESE
from tests.console.views_reconciliation import HERE, begin, codes, lose, mend, over, reconcile, tell, trouble

pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine
SLOW = 20_000
"""Milliseconds in which a run of a few dossiers is over."""


class Words(NamedTuple):
    """What the story reads and presses, in one language."""

    language: str
    begin: str
    agency: str
    reason: str
    done: str
    bucket: str
    repair: str
    would: str
    solved: str
    again: str
    nothing: str


VI = Words(
    "vi", "Bắt đầu đối soát", "Cơ quan", "Lý do", "đã xong", "thiếu ở hệ thống nhận", "Khắc phục theo bộ lọc",
    "Sẽ gửi: 2 hồ sơ", "đã khắc phục", "Đối soát lại phạm vi này", "Không có chênh lệch",
)  # fmt: skip
EN = Words(
    "en", "Begin a reconciliation", "Agency", "Reason", "done", "missing at the receiving system",
    "Repair what is filtered", "Will be sent: 2 dossiers", "repaired", "Reconcile this scope again", "No differences",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _calm(stage: Stage) -> None:
    """Keep away from the hour of the night's run."""
    keep_clear_of("01:00", lasts=90)
    trouble(stage)


@pytest.mark.parametrize(("words", "agency"), [(VI, "H44.21"), (EN, "H44.22")], ids=["vi", "en"])
def test_what_is_missing_is_found_mended_and_looked_at_again(
    stage: Stage, enter: Entering, words: Words, agency: str
) -> None:
    """From the form to the bucket, to the three sides of a dossier, through a preview, until nothing differs."""
    some = [f"{agency}-260301-{n:04d}" for n in range(1, 5)]
    tell(stage, some)
    lose(stage, some[:2])
    page = enter(HERE, role=Role.OPERATOR, language=words.language)
    follow(page, page.get_by_role("link", name=words.begin).first)
    start(page, words, agency)
    expect(page.locator("#run .state").first).to_contain_text(words.done, timeout=SLOW)
    follow(page, page.locator(".bucket-cell").get_by_role("link", name=words.bucket))
    rows = page.locator("#found tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(some[0])
    no_axe_violations(page)
    page.get_by_role("link", name=words.repair).click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text(words.would)
    no_axe_violations(page)
    panel.get_by_label(words.reason).fill("Cổng đã khôi phục")
    with page.expect_navigation():
        panel.locator("button[type=submit]").dblclick()
    expect(page).to_have_url(re.compile(r"/repairs/\d+$"))
    expect(page.locator("#repair .state").first).to_contain_text(words.done, timeout=SLOW)
    expect(page.locator("#repair")).to_contain_text("2 / 2")
    follow(
        page,
        page.locator("#repair .figure")
        .filter(has_text=re.compile(words.solved, re.IGNORECASE))
        .get_by_role("link"),
    )
    expect(rows.first).to_contain_text(words.solved)
    page.go_back()
    follow(page, page.get_by_role("link", name=words.again))
    expect(page.get_by_label(words.agency, exact=True)).to_have_value(agency)
    start(page, words, agency)
    expect(page.locator("#run")).to_contain_text(words.nothing, timeout=SLOW)
    expect(page.locator(".trend")).to_be_visible()
    assert stage.portal.state()["duplicates"] == 0
    assert page_faults(page) == []


def start(page: Page, words: Words, agency: str) -> None:
    """Fill in the form, and send it."""
    page.get_by_label(words.agency, exact=True).fill(agency)
    page.get_by_label(words.reason).fill("trước giờ chấm điểm")
    follow(page, page.get_by_role("button", name=words.begin))
    expect(page).to_have_url(re.compile(r"/reconciliation/\d+$"))


def test_a_file_is_read_whole_before_anything_begins(stage: Stage, enter: Entering, tmp_path: Path) -> None:
    """A fault is told with its line on the same page; the mended file begins the run."""
    some = ["H44.23-260301-0001", "H44.23-260301-0002"]
    tell(stage, some[:1])
    page = enter(f"{HERE}/start", role=Role.OPERATOR)
    wrong, right = tmp_path / "sai.csv", tmp_path / "dung.csv"
    wrong.write_text(f"MaHoSo,TrangThaiHoSo\n{some[0]},2\n{some[1]},99\n", encoding="utf-8")
    right.write_text(f"MaHoSo,TrangThaiHoSo\n{some[0]},2\n{some[1]},2\n", encoding="utf-8")
    page.get_by_label("Cơ quan", exact=True).fill("H44.23")
    page.get_by_label(VI.reason).fill("so danh sách")
    page.get_by_label("Chọn tệp").set_input_files(wrong)
    page.get_by_role("button", name=VI.begin).click()
    expect(page.get_by_role("alert")).to_contain_text("dòng 3: trạng thái không đọc được", timeout=SLOW)
    page.get_by_label("Chọn tệp").set_input_files(right)
    follow(page, page.get_by_role("button", name=VI.begin))
    expect(page.get_by_role("status").filter(has_text="Đã bắt đầu đối soát")).to_be_visible()
    expect(page.locator("#run .state").first).to_contain_text(VI.done, timeout=SLOW)
    follow(page, page.locator(".bucket-cell").get_by_role("link", name="thiếu ở trục hoặc ở nguồn"))
    expect(page.locator("#found tbody tr")).to_have_count(1)
    expect(page.locator("#found tbody tr")).to_contain_text("chưa từng nhận hồ sơ này")
    assert [fault for fault in page_faults(page) if "422" not in fault] == []


def test_a_run_is_watched_paused_and_called_off(stage: Stage, enter: Entering) -> None:
    """What one sees changes by itself; each act is done in its panel."""
    order = stage.province.operator.post
    stage.run(order("/v1/systems/national-portal/pause"))
    try:
        page = enter(HERE, role=Role.OPERATOR)
        number = begin(stage, "watched", procedure="1.000001")
        expect(page.get_by_role("link", name=f"Đối soát {number}", exact=True)).to_be_visible()
        follow(page, page.get_by_role("link", name=f"Đối soát {number}", exact=True))
        expect(page.locator("#run")).to_contain_text("đang chờ: national-portal không chạy")
        for act, state in (
            ("Tạm dừng đối soát", "đang tạm dừng"),
            ("Cho đối soát chạy tiếp", "đang chạy"),
            ("Hủy đối soát", "đã hủy"),
        ):
            page.locator("#run").get_by_role("link", name=act).click()
            panel = page.get_by_role("dialog")
            panel.get_by_label(VI.reason).fill("theo lệnh trực ban")
            follow(page, panel.get_by_role("button", name=act))
            expect(page.locator("#run .state").first).to_contain_text(state)
        expect(page.locator("#run").get_by_role("link", name="Hủy đối soát")).to_have_count(0)
        assert page_faults(page) == []
    finally:
        stage.run(order("/v1/systems/national-portal/resume"))


def test_filters_answer_while_one_types(stage: Stage, enter: Entering) -> None:
    """The address keeps them, the focus stays, and what is chosen is what a repair would take."""
    some = codes("260302", 6)
    mine = "1.000004"
    tell(
        stage,
        some,
        procedure={"code": mine, "name": "Cấp giấy", "field_code": "G15", "field_name": "Hộ tịch"},
    )
    lose(stage, some)
    number = reconcile(stage, "typed", procedure=mine)
    page = enter(f"{HERE}/{number}/differences?bucket=missing-there", role=Role.OPERATOR)
    expect(page.locator("#found tbody tr")).to_have_count(6)
    field = page.get_by_label("Cơ quan (mã)")
    field.fill("H44.12")
    expect(page.locator("#found tbody tr")).to_have_count(2)
    expect(page).to_have_url(re.compile("agency=H44.12"))
    expect(field).to_be_focused()
    page.get_by_role("link", name=VI.repair).click()
    expect(page.get_by_role("dialog")).to_contain_text(VI.would)
    page.get_by_role("dialog").get_by_role("link", name="Thôi").click()
    expect(page.locator("#panel")).to_be_hidden()
    page.get_by_label("Nhóm").select_option("late")
    expect(page.locator("#found")).to_contain_text("Không có hồ sơ nào khớp bộ lọc")
    assert page_faults(page) == []


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_every_page_can_be_read_by_everybody(
    stage: Stage, enter: Entering, theme: str, language: str
) -> None:
    """Axe finds nothing in either theme, no Vietnamese is left in English, and nothing sticks out on a phone."""
    some = [f"H44.{25 if language == 'vi' else 26}-260303-{n:04d}" for n in range(1, 5)]
    tell(stage, some, due_at="2026-03-09T17:00:00+07:00")
    lose(stage, some[:3])
    trouble(stage, refuse_fields={"MaHoSo": {"contains": some[3]}})
    listed = [(code, "received") for code in [*some[:2], f"{some[0][:-4]}0009"]]
    first = reconcile(stage, f"read {theme}", listed, agency=some[0][:6])
    over(stage, reconcile(stage, f"again {theme}", listed, agency=some[0][:6]))
    number = mend(stage, first, f"read {theme}", 1)
    trouble(stage)
    here = f"{HERE}/{first}"
    page = enter(HERE, theme=theme, language=language)
    paths = [HERE, f"{HERE}/start", here, f"{here}/differences", f"{here}/differences?change=solved",
             f"{here}/repair", f"{here}/repair?bucket=late", f"{HERE}/repairs/{number}"]  # fmt: skip
    for path in paths:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(stage.url + path)
        no_axe_violations(page)
        text = page.locator("#content").inner_text()
        said = [one for one in text.splitlines() if VIETNAMESE.search(one) and not _data(one)]
        assert language == "vi" or said == [], path
        page.set_viewport_size(PHONE)
        nothing_sticks_out(page)
    assert page_faults(page) == []


def _data(line: str) -> bool:
    """Tell whether a line holds what people wrote: reasons, names of agencies."""
    return any(said in line for said in ("kiểm tra trước giờ", "Cổng đã khôi phục", "Phú Thọ", "lan.nguyen"))


def test_a_live_page_stays_where_it_is(stage: Stage, browser: Browser) -> None:
    """While a run goes on the page is renewed, and keeps what is focused."""
    order = stage.province.operator.post
    stage.run(order("/v1/systems/national-portal/pause"))
    try:
        number = begin(stage, "focused", procedure="1.000002")
        page = sign_in_as(browser, stage, "looks", Role.OPERATOR, size=PHONE)
        page.goto(f"{stage.url}{HERE}/{number}")
        link = page.locator("#run").get_by_role("link", name="Tạm dừng đối soát")
        link.focus()
        renewed(page, "run", 2)
        expect(link).to_be_focused()
        nothing_sticks_out(page)
        assert page_faults(page) == []
        page.context.close()
    finally:
        stage.run(order("/v1/systems/national-portal/resume"))
