"""The screen of threads without a browser: what is found, what is near, who sees content, and what is awaited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from lgsp.console.threads_due import term
from lgsp.console.threads_near import beginnings, dossier_guesses, number_guesses
from lgsp.domain.calendar.agencies import Calendars
from lgsp.journal.people import Role
from lgsp.message import VIETNAM
from lgsp.testing.letters import LETTER
from tests.console.calling import Caller
from tests.console.stage import Stage
from tests.console.views_threads import CODE, dossier_with_a_past, letter_with_a_recall, thread

Callers = Callable[[Role], Caller]


@pytest.fixture(scope="module", autouse=True)
def _past(stage: Stage) -> None:
    dossier_with_a_past(stage)
    letter_with_a_recall(stage)


def found(caller: Callers, text: str, role: Role = Role.VIEWER) -> str:
    """Return where the search leads."""
    return caller(role).get(f"/console/threads?{urlencode({'q': text})}").to


def test_a_search_leads_to_the_thread(caller: Callers) -> None:
    """By a dossier's code in either form of its agency, a document's id, and number and notation."""
    assert found(caller, CODE) == thread("dossier", CODE)
    old = "000.00.11.H44-260214-0107"
    assert found(caller, old) == thread("dossier", old)
    assert CODE in caller(Role.VIEWER).get(thread("dossier", old)).text
    assert found(caller, LETTER) == thread("document", LETTER)
    assert found(caller, "16/ubnd-vp") == thread("document", "16/ubnd-vp")


def test_a_message_leads_to_its_thread(stage: Stage, caller: Callers) -> None:
    """By its id."""
    ids = stage.run(stage.province.operator.get("/v1/messages", "limit=50")).json()["messages"]
    one = next(message for message in ids if message["subject"] == CODE)
    assert found(caller, one["id"]) == thread("dossier", CODE)


@pytest.mark.parametrize(
    "typed",
    [
        "H44.11-260214-107",
        "H44.11 260214 0107",
        "H44.11–260214–O107",
        "H44.11-260214-01",
        "h44.11-260214-0170",
    ],
)
def test_a_code_that_is_not_there_is_answered_with_what_is_near(caller: Callers, typed: str) -> None:
    """A missing zero, spaces, other dashes, O for 0, two digits too few, two digits in each other's place."""
    page = caller(Role.VIEWER).get(f"/console/threads?{urlencode({'q': typed})}")
    assert (page.status, f">{CODE}</a>" in page.text.split("Hồ sơ vừa có diễn biến")[0]) == (200, True)


def test_a_number_that_is_not_there_is_answered_with_what_is_near(caller: Callers) -> None:
    """Zeros in front, and a dash for the slash."""
    for typed in ("Số 016/UBND-VP", "016/UBND-VP", "16-UBND-VP"):
        page = caller(Role.VIEWER).get(f"/console/threads?{urlencode({'q': typed})}")
        assert "H37,2026/03/09,16/UBND-VP</a>" in page.text, typed


def test_what_is_nowhere_near_teaches_how_to_ask(caller: Callers) -> None:
    """The page says how codes are written; a thread that is not there is 404 with the same page."""
    page = caller(Role.VIEWER).get("/console/threads?q=zzzzzz")
    assert (page.status, "Không có hồ sơ, văn bản nào gần giống" in page.text) == (200, True)
    assert caller(Role.VIEWER).get(thread("dossier", "zzzzzz")).status == 404
    assert caller(Role.VIEWER).get(thread("document", "zzzzzz")).status == 404
    assert caller(Role.VIEWER).get("/console/threads/dossier").to == "/console/threads"


def test_the_front_page_offers_what_moved_lately(caller: Callers) -> None:
    """Dossiers and documents, each once."""
    text = caller(Role.VIEWER).get("/console/threads").text
    assert (text.count(f">{CODE}</a>"), text.count(f">{LETTER}</a>")) == (1, 1)


def test_a_dossier_is_told_whole(caller: Callers) -> None:
    """Status, stages, versions, the moved date with its finding, the retry and what the portal answered."""
    text = caller(Role.OPERATOR).get(thread("dossier", CODE)).text
    for said in (
        "yêu cầu bổ sung giấy tờ", "tạm dừng tính thời gian", "bản 3 trên 3", "T.T.B›",
        "hẹn chuyển lại", "Ngày hẹn trả", "Điểm cần lưu ý", "Đồng bộ hồ sơ thành công",
    ):  # fmt: skip
        assert said in text, said


def test_the_time_line_is_narrowed_by_its_address(caller: Callers) -> None:
    """Only business leaves retries out; only technical leaves out what offices said; a system its own."""
    viewer = caller(Role.VIEWER)
    business = viewer.get(thread("dossier", CODE, only="business")).text
    technical = viewer.get(thread("dossier", CODE, only="technical")).text
    assert ("nguồn báo hồ sơ" in business, "hẹn chuyển lại" in business) == (True, False)
    assert ("nguồn báo hồ sơ" in technical, "hẹn chuyển lại" in technical) == (False, True)
    at_portal = viewer.get(thread("dossier", CODE, system="national-portal")).text
    assert "nguồn báo hồ sơ" not in at_portal
    assert "Không có diễn biến nào như vậy" in viewer.get(thread("dossier", CODE, system="nobody")).text


def test_a_document_is_told_with_its_receivers_and_recall(caller: Callers) -> None:
    """Who finished, who is awaited, who destroyed it and who has not answered; what replaces it; its namesake."""
    text = caller(Role.OPERATOR).get(thread("document", LETTER)).text
    for said in (
        "Sở Tài chính", "hoàn thành", "L.V.C›", "đúng hạn", "1 đồng ý, 0 từ chối, 2 chưa trả lời",
        "đã hủy văn bản", "văn bản thay thế văn bản này", "H37,2025/03/05,15/UBND-VP",
    ):  # fmt: skip
        assert said in text, said
    waiting = caller(Role.OPERATOR).get(thread("document", LETTER, show="open")).text
    table = waiting.split("<tbody>")[1].split("</tbody>")[0]
    assert ("Sở Xây dựng" in table, "Sở Tài chính" in table) == (True, False)


def test_documents_of_one_number_are_told_apart(caller: Callers) -> None:
    """A number that two years used leads to a choice, and the issuer's code narrows it."""
    text = caller(Role.VIEWER).get(thread("document", "15/UBND-VP")).text
    assert "2 văn bản có tên gọi này" in text
    assert caller(Role.VIEWER).get(thread("document", "15/UBND-VP", agency="G22")).status == 404


def test_an_auditor_sees_no_content(caller: Callers) -> None:
    """Names of people, subjects and what was written stay away; states, times and causes do not."""
    auditor = caller(Role.AUDITOR)
    for url in (thread("dossier", CODE), thread("document", LETTER)):
        text = auditor.get(url).text
        assert "Vai trò này không xem nội dung" in text
        for hidden in (
            "Nguyễn Văn A", "Đề nghị cấp", "Trần Thị B", "Thẩm định hồ sơ", "Lê Văn Cường", "V/v phối hợp",
            "Ban hành nhầm",
        ):  # fmt: skip
            assert hidden not in text, hidden
    assert "hẹn chuyển lại" in auditor.get(thread("dossier", CODE)).text


def test_nobody_sees_threads_without_signing_in(nobody: Caller) -> None:
    """The address leads to the sign-in page."""
    assert nobody.get(thread("dossier", CODE)).to.startswith("/console/sign-in")


# --- pure parts ------------------------------------------------------------------------------------------

FRIDAY = datetime(2026, 1, 9, 15, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("away", "met", "said"),
    [
        (timedelta(hours=1), None, ("near", 1, "hours")),
        (timedelta(minutes=30), None, ("near", 30, "minutes")),
        (timedelta(days=3), None, ("left", 2, "days")),
        (timedelta(days=5), None, ("left", 4, "days")),
        (-timedelta(days=2), None, ("late", 2, "days")),
        (-timedelta(hours=1), None, ("late", 1, "hours")),
        (timedelta(hours=1), timedelta(0), ("met", 0, "")),
        (-timedelta(hours=2), -timedelta(hours=1), ("met late", 30, "minutes")),
        (timedelta(days=900), None, ("left", 21600, "clock")),
    ],
)
def test_a_deadline_is_told_in_working_time(
    away: timedelta, met: timedelta | None, said: tuple[str, int, str]
) -> None:
    """From a Friday before a swapped Saturday: that one counts, the Sunday does not, unknown years by the clock."""
    met_at = None if met is None else FRIDAY + met
    found = term(Calendars().of("H44"), FRIDAY, FRIDAY + away, met_at)
    assert (found.word, found.count, found.unit) == said
    assert found.late == ("late" in said[0])


def test_no_working_time_between_is_told_by_the_clock() -> None:
    """On a Sunday night, until a moment of that night."""
    sunday = datetime(2026, 1, 11, 22, 0, tzinfo=VIETNAM)
    found = term(Calendars().of(), sunday, sunday + timedelta(minutes=15), None)
    assert (found.word, found.count, found.unit) == ("near", 15, "rest minutes")
    assert term(Calendars().of(), sunday, sunday - timedelta(hours=2), None).unit == "rest hours"


def test_codes_are_guessed_without_inventing_any() -> None:
    """What is no code in any reading has no guesses; beginnings never leave the agency."""
    assert dossier_guesses("H44.11 260214 107") == [
        "H44.11-260214-0107",
        "H44.11-260214-00107",
        "H44.11-260214-000107",
    ]
    assert dossier_guesses("15/UBND-VP") == number_guesses("H44.11-260214-0107") == []
    assert number_guesses("số 007/ubnd-vp")[0] == "7/UBND-VP"
    assert list(beginnings("H44.11-260214-0170"))[-1] == "H44.11-"
    assert list(beginnings("ab")) == []
