"""The main story of the screen of problems, in a browser: find what is stuck, see why, mend, send it again."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from lgsp.journal.people import Role
from tests.api.province import dossier
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
from tests.console.views_problems import REFUSED, refuse, turned_away, unnamed

pytestmark = pytest.mark.timeout(400)  # many pages, each looked at by axe: minutes on a busy machine
WELL = b'{"dialects": ["number"]}'
GROUP = f"/console/problems/group?{REFUSED}"


class Words(NamedTuple):
    """What the story reads and presses, in one language."""

    language: str
    why: str
    bulk: str
    effect: str
    rate: str
    reason: str
    started: str
    done: str
    empty: str
    delivered: str


VI = Words(
    "vi", "Cổng DVCQG từ chối giá trị của trường", "Chuyển lại hàng loạt", "Đưa 4 lượt tới national-portal",
    "Tốc độ tối đa (lượt mỗi giây)", "Lý do", "Đã bắt đầu đợt chuyển lại", "đã xong",
    "Nhóm này không còn lượt nào", "đã chuyển",
)  # fmt: skip
EN = Words(
    "en", "The portal refused the value of a field", "Send again in bulk", "Brings 4 deliveries to national-portal",
    "Highest rate (deliveries a second)", "Reason", "has begun", "done", "This group is empty now", "delivered",
)  # fmt: skip


def stick(stage: Stage, day: str, count: int = 4) -> str:
    """Have dossiers refused; return the message of the first."""
    refuse(stage, f"{day}-6")
    brought = stage.bring(*(dossier(f"H44.{11 + n % 2}-{day}-6{n:03d}") for n in range(count)))
    stage.run(stage.province.rest("delivered", "refused", "exhausted"))
    return str(brought[0]["id"])


def _shows(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()


@pytest.mark.parametrize(("words", "day"), [(VI, "260301"), (EN, "260302")], ids=["vi", "en"])
def test_what_is_stuck_is_found_mended_and_drained(
    stage: Stage, enter: Entering, words: Words, day: str
) -> None:
    """From the code of a dossier to its cause, to the group, through a preview, until nothing is left."""
    message = stick(stage, day)
    page = enter(f"/console/messages/{message}", role=Role.OPERATOR, language=words.language)
    expect(page.get_by_text(words.why).first).to_be_visible()
    page.goto(f"{stage.url}/console/problems")
    follow(page, page.get_by_role("link", name=words.why))
    expect(page.get_by_role("link", name=f"H44.11-{day}-6000")).to_be_visible()
    stage.portal.trouble(WELL)
    page.get_by_role("link", name=words.bulk).click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text(words.effect)
    no_axe_violations(page)
    panel.get_by_label(words.rate).fill("100")
    panel.get_by_label(words.reason).fill("Cổng đã sửa danh mục")
    panel.get_by_role("button", name=words.bulk).dblclick()
    _shows(page, words.started)
    expect(page).to_have_url(re.compile(r"/replays/\d+$"))
    number = page.url.rpartition("/")[2]
    expect(page.locator("#replay .state").first).to_contain_text(words.done)
    expect(page.locator("#replay")).to_contain_text("4 / 4")
    page.goto(stage.url + GROUP)
    _shows(page, words.empty)
    page.goto(f"{stage.url}/console/problems/replays")
    expect(page.get_by_role("link", name=re.compile(rf"^(Đợt|Replay) {number}$"))).to_be_visible()
    page.goto(f"{stage.url}/console/messages/{message}")
    _shows(page, words.delivered)
    assert page_faults(page) == []


def test_a_replay_is_paused_goes_on_and_is_cancelled_while_one_looks(stage: Stage, enter: Entering) -> None:
    """The bar stands still, moves on, and stops; what one sees changes by itself."""
    stick(stage, "260303", 90)  # it lasts a minute and a half, which nobody needs to press the buttons
    page = enter(f"/console/problems/replay?{REFUSED}", role=Role.OPERATOR)
    page.get_by_label(VI.rate).fill("1")
    page.get_by_label(VI.reason).fill("thử một phần")
    follow(page, page.get_by_role("button", name=VI.bulk))
    shown = page.locator("#replay")
    for act, state in (
        ("Tạm dừng đợt", "đang tạm dừng"),
        ("Cho đợt chạy tiếp", "đang chạy"),
        ("Hủy đợt", "đã hủy"),
    ):
        shown.get_by_role("link", name=act).click()
        panel = page.get_by_role("dialog")
        panel.get_by_label(VI.reason).fill("theo lệnh trực ban")
        follow(page, panel.get_by_role("button", name=act))
        expect(shown.locator(".state").first).to_contain_text(state)
    expect(shown.get_by_role("link", name="Hủy đợt")).to_have_count(0)
    assert page_faults(page) == []


def test_the_list_shows_what_happens_without_being_loaded_again(stage: Stage, enter: Entering) -> None:
    """A group comes by itself; a filter keeps the focus and stands in the address."""
    page = enter("/console/problems", role=Role.VIEWER)
    refuse(stage, "260304-5")
    stage.bring(dossier("H44.17-260304-5001"))
    _shows(page, "H44.17")
    page.get_by_label("Cơ quan (mã)").press_sequentially("H44.17", delay=20)
    expect(page).to_have_url(re.compile("agency=H44.17"))
    expect(page.get_by_label("Cơ quan (mã)")).to_be_focused()
    expect(page.get_by_role("link", name=VI.why)).to_be_visible()
    page.get_by_label("Bên xử lý").select_option("ministry")
    _shows(page, "Không có sự cố nào khớp bộ lọc")
    assert page_faults(page) == []


def test_every_page_can_be_read_by_everybody(stage: Stage, enter: Entering) -> None:
    """Axe finds nothing, in either theme and language, and nothing sticks out on a phone."""
    stage.portal.trouble(WELL)
    stage.bring(dossier("H44.15-260305-9000"))
    stage.run(stage.province.rest("delivered", "refused"))
    answer, away = stage.run(unnamed(stage)), stage.run(turned_away(stage))
    stick(stage, "260305")
    paths = ["", "?state=parked", f"/group?{REFUSED}", f"/replay?{REFUSED}", "/quarantine", f"/quarantine/{away}",
             "/answers", f"/answers/{answer}", "/replays", "/replays/1"]  # fmt: skip
    page = enter("/console/problems", theme="dark", language="en")
    for path in paths:
        page.goto(f"{stage.url}/console/problems{path}")
        no_axe_violations(page)
        page.set_viewport_size(PHONE)
        nothing_sticks_out(page)
        page.set_viewport_size({"width": 1366, "height": 768})
    assert page_faults(page) == []


def test_an_answer_is_named_in_the_form(stage: Stage, browser: object) -> None:
    """A cause of the catalogue is chosen; what was stuck stands under it."""
    page = sign_in_as(browser, stage, "the-administrator", Role.ADMINISTRATOR)  # type: ignore[arg-type]
    page.goto(f"{stage.url}/console/problems/answers")
    page.get_by_role("link", name="HTTP 200").click()
    expect(page.get_by_text("Security Server").first).to_be_visible()
    page.get_by_label("Nguyên nhân đã có trong danh mục").select_option("portal-dossier-refused")
    page.get_by_label(VI.reason).fill("Cổng xác nhận")
    no_axe_violations(page)
    page.get_by_role("button", name="Đặt tên").click()
    _shows(page, "Câu trả lời đã được đặt tên portal-dossier-refused.")
    assert page_faults(page) == []
    page.context.close()
