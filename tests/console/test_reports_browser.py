"""The main stories of the screens of reporting in a browser: from what is due to its acceptance, a faulty file, a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from lgsp.journal.people import Role
from tests.console.browsing import (
    PHONE,
    follow,
    no_axe_violations,
    nothing_sticks_out,
    page_faults,
)
from tests.console.conftest import Entering
from tests.console.stage import Stage
from tests.console.test_texts import VIETNAMESE
from tests.console.views_reports import (
    AGENCY,
    BAD,
    FIGURES,
    GOOD,
    HERE,
    STAGED,
    comes_to,
    correct,
    draft,
    month,
    sheet,
    sign,
    tell,
    type_in,
)

__all__ = ["STAGED"]
pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine


class Words(NamedTuple):
    """What the story reads and presses, in one language."""

    language: str
    draw: str
    form: str
    agency: str
    period: str
    sign: str
    reason: str
    accepted: str
    correct: str
    value: str
    behind: str
    upload: str
    choose: str
    send: str
    faults: str
    taken: str


VI = Words(
    "vi", "Lập báo cáo", "Biểu mẫu", "Cơ quan", "Kỳ báo cáo", "Ký duyệt và gửi", "Lý do", "đã được chấp nhận",
    "Lập bản sửa", "Hiện nay", "Hồ sơ đứng sau số này", "Nộp tệp số liệu", "Chọn tệp", "Nộp số liệu",
    "chưa tiếp nhận số liệu nào", "Đã tiếp nhận báo cáo",
)  # fmt: skip
EN = Words(
    "en", "Draw up a report", "Form", "Agency", "Period", "Sign off and send", "Reason", "accepted",
    "Draw up a correction", "Now", "Dossiers behind this figure", "Bring a file of figures", "Choose a file",
    "Bring the figures", "nothing of it was taken on", "was taken on",
)  # fmt: skip


@pytest.mark.parametrize(("words", "agency"), [(VI, "H44.21"), (EN, "H44.22")], ids=["vi", "en"])
def test_a_report_is_drawn_up_signed_accepted_and_corrected(
    stage: Stage, enter: Entering, words: Words, agency: str
) -> None:
    """The course moves by itself; closed figures stand beside those of now, and a figure leads to its dossiers."""
    keys = tell(stage, f"{agency}.1", 4)
    page = enter(HERE, role=Role.OPERATOR, language=words.language)
    follow(page, page.get_by_role("link", name=words.draw, exact=True).first)
    page.get_by_label(words.form, exact=True).select_option("06a")
    page.get_by_label(words.agency, exact=True).fill(agency)
    page.get_by_label(words.period, exact=True).select_option(month().label)
    follow(page, page.get_by_role("button", name=words.draw))
    expect(page).to_have_url(re.compile(r"/reports/\d+$"))
    no_axe_violations(page)
    _act(page, words.sign, words.reason, "đã đối chiếu")
    comes_to(stage, int(page.url.rpartition("/")[2]), "accepted")
    expect(page.locator(".course [aria-current=step]")).to_contain_text(words.accepted)
    expect(page.locator("#now")).to_contain_text("+4")
    no_axe_violations(page)
    _act(page, words.correct, words.reason, "Bổ sung hồ sơ nhập muộn")
    expect(page.locator("#head")).to_contain_text("Bổ sung hồ sơ nhập muộn")
    follow(page, page.locator(".figures .value").get_by_role("link", name="4").first)
    expect(page.get_by_role("heading", name=words.behind)).to_be_visible()
    expect(page.get_by_role("link", name=keys[0])).to_be_visible()
    assert page_faults(page) == []


def _act(page: Page, name: str, reason_label: str, reason: str) -> None:
    """Do something to the report in its panel."""
    page.locator("#head").get_by_role("link", name=name).click()
    panel = page.get_by_role("dialog")
    panel.get_by_label(reason_label).fill(reason)
    agree = panel.locator("input[name=agree]")
    if agree.count():
        agree.check()
    follow(page, panel.get_by_role("button", name=name))


@pytest.mark.parametrize(("words", "agency"), [(VI, "H44.23"), (EN, "H44.24")], ids=["vi", "en"])
def test_a_faulty_file_is_mended_by_its_cells(
    stage: Stage, enter: Entering, words: Words, agency: str, tmp_path: Path
) -> None:
    """The grid shows each fault where it is; the mended file is in the book without another look."""
    assert stage
    wrong, right = tmp_path / "sai.csv", tmp_path / "dung.csv"
    wrong.write_text(sheet(BAD, agency), encoding="utf-8")
    right.write_text(sheet(GOOD, agency), encoding="utf-8")
    page = enter(HERE, role=Role.OPERATOR, language=words.language)
    follow(page, page.get_by_role("link", name=words.upload).first)
    page.get_by_label(words.choose).set_input_files(wrong)
    page.get_by_role("button", name=words.send).click()
    expect(page.get_by_role("alert").filter(has_text=words.faults)).to_be_visible()
    expect(page.locator(".cells .faulty").first).to_contain_text("mười hai")
    no_axe_violations(page)
    page.set_viewport_size(PHONE)
    nothing_sticks_out(page)
    page.get_by_label(words.choose).set_input_files(right)
    follow(page, page.get_by_role("button", name=words.send))
    expect(page.get_by_role("status").filter(has_text=words.taken)).to_be_visible()
    expect(page.locator("#book tbody tr")).to_have_count(1)
    expect(page.locator("#book tbody tr")).to_contain_text(agency)
    assert [fault for fault in page_faults(page) if "422" not in fault] == []


def test_an_excel_template_comes_back_empty_and_is_told_so(enter: Entering, tmp_path: Path) -> None:
    """What is downloaded can be brought as it is: the one fault is that nothing was filled in."""
    page = enter(f"{HERE}/upload?form=votes&agency=H44.27", role=Role.OPERATOR)
    page.get_by_label("Kỳ báo cáo").select_option(index=1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Mẫu Excel").click()
    path = tmp_path / "mau.xlsx"
    waiting.value.save_as(path)
    page.get_by_label("Chọn tệp").set_input_files(path)
    page.get_by_role("button", name="Nộp số liệu").click()
    expect(page.locator(".faults li")).to_have_count(1)
    expect(page.locator(".cells .faulty")).to_have_count(1)
    assert [fault for fault in page_faults(page) if "422" not in fault] == []


def test_statistics_lead_from_the_whole_to_one_dossier(stage: Stage, enter: Entering) -> None:
    """A body's row leads below it, a figure to its dossiers, and a dossier to its thread."""
    keys = tell(stage, "H44.25.1", 4)
    page = enter(f"{FIGURES}?agency=H44&known=now", role=Role.VIEWER)
    follow(page, page.get_by_role("link", name="H44.25", exact=True))
    follow(
        page,
        page.get_by_role("row").filter(has_text="H44.25.1").get_by_role("link", name="2", exact=True).first,
    )
    follow(page, page.get_by_role("link", name=keys[0]))
    expect(page.get_by_role("heading", level=1)).to_contain_text(keys[0])
    assert page_faults(page) == []


@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "en")])
def test_every_page_can_be_read_by_everybody(
    stage: Stage, enter: Entering, theme: str, language: str
) -> None:
    """Axe finds nothing in either theme, no Vietnamese is left in English, and nothing sticks out on a phone."""
    agency = f"{AGENCY}.{5 if language == 'vi' else 6}"
    tell(stage, f"{agency}.1", 5)
    tell(stage, f"{agency}.2", 5)
    signed = draft(stage, agency)
    sign(stage, signed, send=False)
    fixed = correct(stage, signed, "late entries")
    type_in(stage, fixed, late="9")
    asked = f"{FIGURES}?known=now&agency={agency}"
    page = enter(HERE, theme=theme, language=language)
    paths = [HERE, f"{HERE}?due=all", f"{HERE}/draft", f"{HERE}/upload", f"{HERE}/{signed}", f"{HERE}/{fixed}",
             f"{HERE}/{fixed}/typing", f"{HERE}/{fixed}/sign", f"{HERE}/{signed}/elsewhere",
             f"{HERE}/{fixed}/compare?with={signed}", f"{HERE}/{fixed}/figures?indicator=early",
             f"{HERE}/{fixed}/figures?indicator=in_time_share", f"{HERE}/{fixed}/figures?indicator=late",
             asked, f"{asked}&by=level", f"{FIGURES}/dossiers?known=now&agency={agency}&column=late"]  # fmt: skip
    for path in paths:
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(stage.url + path)
        if path == f"{HERE}/{signed}":
            expect(page.locator("#now table")).to_be_visible()
        no_axe_violations(page)
        text = page.locator("#content").inner_text()
        said = [one for one in text.splitlines() if VIETNAMESE.search(one) and not _data(one)]
        assert language == "vi" or said == [], path
        page.set_viewport_size(PHONE)
        nothing_sticks_out(page)
    assert page_faults(page) == []


def _data(line: str) -> bool:
    """Tell whether a line holds what people wrote, or names of agencies."""
    return any(said in line for said in ("Số đã đối chiếu", "Bổ sung hồ sơ", "Phú Thọ"))


def test_what_is_typed_keeps_its_count_beside_it(stage: Stage, enter: Entering) -> None:
    """A number that may be read two ways is turned away at its field; what differs from the count is told."""
    number = draft(stage, "H44.26")
    page = enter(f"{HERE}/{number}/typing", role=Role.OPERATOR)
    field = page.get_by_label("Giải quyết quá hạn")
    field.fill("1.234")
    follow(page, page.get_by_role("button", name="Ghi số liệu"))
    expect(page.get_by_label("Giải quyết quá hạn")).to_have_attribute("aria-invalid", "true")
    no_axe_violations(page)
    page.get_by_label("Giải quyết quá hạn").fill("3")
    follow(page, page.get_by_role("button", name="Ghi số liệu"))
    expect(page.locator(".figures")).to_contain_text("đếm từ hồ sơ được 0")
    expect(page.locator(".found")).to_contain_text("mâu thuẫn")
    assert [fault for fault in page_faults(page) if "422" not in fault] == []
