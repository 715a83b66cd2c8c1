"""The screens of reporting without a browser: who may what, each act, files with faults by cell, and the words."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from lgsp.console.reports_typing import fault_of
from lgsp.console.reports_words import DEEDS, STANDINGS, STATES
from lgsp.domain.reports.regimes import STATES as KNOWN_STATES
from lgsp.domain.reports.submitting import Standing
from lgsp.journal.people import Role
from tests.console.calling import Answer, Caller
from tests.console.stage import Stage
from tests.console.views_reports import (
    AGENCY,
    HERE,
    STAGED,
    comes_to,
    correct,
    counted,
    deeds,
    draft,
    month,
    sign,
    state,
    tell,
)

__all__ = ["STAGED"]
As = Callable[[Role], Caller]
REASON = {"reason": "đã đối chiếu"}


@pytest.fixture(scope="module")
def drafted(stage: Stage) -> int:
    """Return the draft of a month whose dossiers came after its cut-off, beside dossiers that are known now."""
    tell(stage, f"{AGENCY}.1", 8)
    tell(stage, f"{AGENCY}.2", 4)
    return draft(stage)


@pytest.fixture
def operator(caller: As) -> Caller:
    """Lend somebody who may act."""
    return caller(Role.OPERATOR)


def number_of(answer: Answer) -> int:
    """Return the number of the report to which an answer leads."""
    assert answer.status == 303, answer.text
    return int(answer.to.rpartition("/")[2])


# --- who may what ---------------------------------------------------------------------------------------


def test_an_empty_book_says_how_reports_come_about(stage: Stage, caller: As) -> None:
    """Before anything was drawn up: what a report is, and for who may act how to begin."""
    assert stage
    page = caller(Role.VIEWER).get(HERE)
    assert "Sổ chưa có báo cáo nào" in page.text
    assert "Không có báo cáo nào đến hạn" in page.text
    assert f'href="{HERE}/draft"' not in page.text
    assert f'href="{HERE}/draft"' in caller(Role.OPERATOR).get(HERE).text


def test_who_only_looks_reads_all_and_does_nothing(stage: Stage, caller: As, drafted: int) -> None:
    """Every page can be read; no act is offered, and none is taken."""
    one, path = caller(Role.VIEWER), f"{HERE}/{drafted}"
    for page in (HERE, path, f"{path}/head", f"{path}/figures?indicator=late", f"{path}/now"):
        answer = one.get(page)
        assert answer.status == 200, page
        assert f"{drafted}/sign" not in answer.text
        assert f"{drafted}/typing" not in answer.text
    assert one.get(f"{path}/table?format=csv").status == 200
    for act in ("sign", "typing", "recount", "reopen", "correct", "elsewhere"):
        assert one.post(f"{path}/{act}", REASON).status == 403, act
    for page in (f"{HERE}/draft", f"{HERE}/upload"):
        assert one.get(page).status == 403, page
        assert one.post(page, REASON).status == 403, page
    assert state(stage, drafted) == "draft"


def test_an_auditor_sees_who_did_what_and_no_figures(caller: As, drafted: int) -> None:
    """Acts and versions are there; figures, findings, comparisons and files are bodies."""
    one, path = caller(Role.AUDITOR), f"{HERE}/{drafted}"
    page = one.get(path)
    assert page.status == 200
    assert "không xem nội dung báo cáo" in page.text
    assert "lập báo cáo" in page.text
    assert "Tiếp nhận trong kỳ" not in page.text
    for more in ("figures?indicator=late", "compare?with=now", "now", "table?format=html"):
        assert one.get(f"{path}/{more}").status == 403, more


def test_nobody_gets_in_without_signing_in(nobody: Caller, drafted: int) -> None:
    """Each page leads to the door."""
    for path in (HERE, f"{HERE}/{drafted}", f"{HERE}/upload", f"{HERE}/{drafted}/table?format=html"):
        assert nobody.get(path).to.startswith("/console/sign-in"), path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/99999", 404), ("/0", 404), ("/99999999999999999999", 404), ("/x", 422), ("/{one}/fly", 404),
        ("/{one}/correct", 409), ("/{one}/reopen", 409), ("/{one}/elsewhere", 409), ("?state=lost", 422),
        ("?agency=%3D", 422), ("?period=202403", 422), ("?before=x", 422), ("/{one}/compare?with=x", 404),
        ("/{one}/compare?with=99999", 404), ("/{one}/figures?indicator=none", 422), ("/{one}?units=x", 422),
        ("/{one}/table?format=doc", 422), ("/template?form=votes&format=doc", 422), ("/template?form=none", 422),
    ],
)  # fmt: skip
def test_what_there_is_not_is_told(operator: Caller, drafted: int, path: str, status: int) -> None:
    """A page says so; nothing breaks."""
    assert operator.get(HERE + path.format(one=drafted)).status == status


# --- from the draft to the far side -----------------------------------------------------------------------


def test_a_report_is_drawn_up_once_and_what_is_wrong_is_said_beside_the_form(operator: Caller) -> None:
    """A form of another period, an agency of no code and a period to come are told with what mends them."""
    fields = {"form": "06a", "agency": "H44.15", "period": month(2).label}
    first = operator.post(f"{HERE}/draft", fields)
    assert number_of(operator.post(f"{HERE}/draft", fields)) == number_of(first)
    for wrong, said in (
        ({"form": "none"}, "Chọn một biểu mẫu"),
        ({"agency": "?"}, "Cơ quan là một mã cơ quan"),
        ({"period": "x"}, "Chọn một kỳ trong danh sách"),
        ({"period": "calendar/1:202401"}, "tháng, quý, 6 tháng, 9 tháng, năm (Kỳ báo cáo từ ngày 15"),
        ({"period": "government/1:2190"}, "Kỳ này chưa bắt đầu"),
    ):
        answer = operator.post(f"{HERE}/draft", fields | wrong)
        assert answer.status == 422, wrong
        assert said in answer.text
        assert 'value="H44.15"' in answer.text or "agency" in wrong


def test_figures_are_typed_over_what_was_counted(stage: Stage, operator: Caller) -> None:
    """The difference is told, an empty field brings the count back, and what is no number changes nothing."""
    number = draft(stage, period=month(3))
    path = f"{HERE}/{number}/typing"
    assert operator.post(path, {"v:late": "2", "was:late": "0"}).status == 303
    text = operator.get(f"{HERE}/{number}").text
    assert "đếm từ hồ sơ được 0" in text
    assert "mâu thuẫn" in text
    answer = operator.post(path, {"v:late": "1.234", "was:late": "2", "v:early": "hai", "was:early": "0"})
    assert answer.status == 422
    assert "Không rõ là số lẻ hay dấu phân nhóm" in answer.text
    assert "Không phải là số" in answer.text
    assert 'value="1.234"' in answer.text
    assert number_of(operator.post(path, {"v:late": "", "was:late": "2"})) == number
    assert "đếm từ hồ sơ được 0" not in operator.get(f"{HERE}/{number}").text
    assert number_of(operator.post(path, {"v:late": "0", "was:late": "0"})) == number
    assert deeds(stage, "the-operator")[:2] == ["report typed in", "report typed in"]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("1234", True), ("-3", True), ("85,5", True), ("85.53", True), ("1.234", False), ("1,234", False),
        ("1.234.567", False), ("hai", False), ("", False), ("1e3", False), ("٣", False),
    ],
)  # fmt: skip
def test_what_may_be_a_group_of_thousands_is_not_guessed(text: str, good: bool) -> None:
    """1.234 is a thousand to one person and a fraction to another; nobody decides that for them."""
    assert (fault_of(text) == "") == good


def test_counting_again_says_how_many_figures_changed(stage: Stage, operator: Caller) -> None:
    """As known at the same moment nothing changes, and that is said."""
    number = draft(stage, period=month(4))
    answer = operator.post(f"{HERE}/{number}/recount", {})
    assert number_of(answer) == number
    assert "0 số liệu thay đổi" in operator.get(answer.to).text


def test_a_signature_says_its_effect_and_contradictions_have_to_be_read(
    stage: Stage, operator: Caller
) -> None:
    """Without a reason nothing is signed; with contradictions only by who says that they were read."""
    number = draft(stage, period=month(1))
    operator.post(f"{HERE}/{number}/typing", {"v:late": "2", "was:late": "0"})
    path = f"{HERE}/{number}/sign"
    panel = operator.get(path)
    for said in ("được cố định", "national-reporting", "hạn gửi", "mâu thuẫn trong số liệu"):
        assert said.casefold() in panel.text.casefold(), said
    token = {"token": "t1"}
    assert operator.post(path, token).status == 422
    answer = operator.post(path, token | REASON)
    assert answer.status == 422
    assert "đánh dấu là đã đọc" in answer.text
    assert "đã đối chiếu" in answer.text
    assert state(stage, number) == "draft"
    agreed = token | REASON | {"agree": "yes"}
    assert number_of(operator.post(path, agreed)) == number
    assert operator.post(path, agreed).status == 303
    comes_to(stage, number, "returned")  # the far side checks sums, too
    text = operator.get(f"{HERE}/{number}").text
    assert "the-operator đã ký với lý do: đã đối chiếu" in text
    for said in (
        "bị trả lại, yêu cầu sửa",
        "national-reporting yêu cầu sửa:",
        "/console/messages/",
        "bị từ chối",
    ):
        assert said in text, said
    assert "report signed" in deeds(stage, "the-operator")


def test_closed_figures_stand_beside_those_of_today_and_lead_to_the_dossiers(
    stage: Stage, operator: Caller, drafted: int
) -> None:
    """The signed version keeps its figures; the correction counts what is known now, down to the keys."""
    sign(stage, drafted, send=False)
    beside = operator.get(f"{HERE}/{drafted}/now").text
    assert "Đã chốt" in beside
    assert re.search(r"Tiếp nhận trong kỳ.*?>0<.*?<strong>12</strong>.*?\+12", beside, re.DOTALL)
    panel = operator.get(f"{HERE}/{drafted}/correct")
    assert "vẫn có hiệu lực" in panel.text
    fresh = number_of(operator.post(f"{HERE}/{drafted}/correct", REASON))
    text = operator.get(f"{HERE}/{fresh}").text
    assert "lý do sửa: đã đối chiếu" in text
    assert f"{AGENCY}.2" in text
    behind = operator.get(f"{HERE}/{fresh}/figures?indicator=late&agency={AGENCY}.1").text
    assert "như đã biết" in behind
    keys = re.findall(r'href="/console/threads/dossier\?key=([^"]+)"', behind)
    assert len(keys) == 2
    assert operator.get(f"/console/threads/dossier?key={keys[0]}").status == 200
    formula = operator.get(f"{HERE}/{fresh}/figures?indicator=in_time_share").text
    assert "in_time_share = in_time / solved * 100" in formula
    compared = operator.get(f"{HERE}/{fresh}/compare?with={drafted}").text
    assert "Phiên bản 1" in compared
    assert "đã đối chiếu" in compared
    assert operator.get(f"{HERE}/{drafted}/correct").status == 409


def test_why_a_report_without_contradictions_was_signed_is_kept(
    stage: Stage, operator: Caller, drafted: int
) -> None:
    """The reason stands in the journal beside the signature, under the person's name."""
    assert drafted  # dossiers were counted: nothing is behind
    number = draft(stage, "H44.16")
    assert "mâu thuẫn trong số liệu" not in operator.get(f"{HERE}/{number}/sign").text
    fields = REASON | {"token": "t-clean", "send": "no"}
    assert number_of(operator.post(f"{HERE}/{number}/sign", fields)) == number
    assert deeds(stage, "the-operator")[:2] == ["report sign-off reason", "report signed"]
    assert "chờ ghi nhận kênh khác" in operator.get(f"{HERE}/{number}").text


def test_another_channel_counts_from_when_it_went(stage: Stage, operator: Caller) -> None:
    """A time ahead is turned away on the same form; then the report went, as a document."""
    number = draft(stage, period=month(5))
    sign(stage, number, send=False)
    path = f"{HERE}/{number}/elsewhere"
    fields = REASON | {"channel": "document"}
    for at in ("2199-01-01T08:00", "hôm qua"):
        answer = operator.post(path, fields | {"at": at})
        assert answer.status == 422, at
        assert "nằm sau lúc này" in answer.text
    went = f"{month(5).cut_off:%Y-%m-%d}T09:00"
    assert number_of(operator.post(path, fields | {"at": went})) == number
    text = operator.get(f"{HERE}/{number}").text
    assert "bằng văn bản" in text
    assert "gửi đúng hạn" in text


def test_a_signature_is_taken_back_before_the_report_went(stage: Stage, operator: Caller) -> None:
    """It is a draft again, and who did that stands beside it."""
    number = draft(stage, period=month(6))
    sign(stage, number, send=False)
    assert "trở lại bản nháp" in operator.get(f"{HERE}/{number}/reopen").text
    assert operator.post(f"{HERE}/{number}/reopen", {}).status == 422
    assert number_of(operator.post(f"{HERE}/{number}/reopen", REASON)) == number
    text = operator.get(f"{HERE}/{number}").text
    assert "rút chữ ký" in text
    assert state(stage, number) == "draft"


def test_a_returned_report_says_what_was_asked_and_what_to_do(stage: Stage, operator: Caller) -> None:
    """The far side's own words, and the correction at hand."""
    assert stage.reporting is not None
    code = f"06a/H44.17/{month().label}"
    stage.reporting.trouble(f'{{"return_codes": ["{code}"]}}'.encode())
    number = draft(stage, "H44.17")
    sign(stage, number)
    comes_to(stage, number, "returned")
    text = operator.get(f"{HERE}/{number}").text
    assert "national-reporting yêu cầu sửa:" in text
    assert f"{number}/correct" in text
    assert operator.get(f"{HERE}?state=returned").text.count(f'href="{HERE}/{number}"') >= 1
    fresh = correct(stage, number)
    assert f'href="{HERE}/{fresh}"' in operator.get(f"{HERE}/{number}").text


# --- lists ------------------------------------------------------------------------------------------------


def test_what_is_due_comes_first_and_filters_say_what_they_found(
    stage: Stage, operator: Caller, drafted: int
) -> None:
    """Overdue with the day that was missed; one filter at a time; a filter without result says so."""
    assert drafted
    draft(stage, period=month(3))
    counted(stage)
    page = operator.get(f"{HERE}?due=all").text
    assert page.index("Đến hạn và quá hạn") < page.index("Sổ báo cáo</h2>")
    assert "hạn gửi" in page
    label = month(3).label
    for query, there in (
        ({"agency": AGENCY, "period": label}, True), ({"agency": "H45"}, False), ({"regime": "votes"}, False),
        ({"regime": "KSTT", "state": "draft"}, True), ({"overdue": "1"}, True), ({"code": "none"}, False),
    ):  # fmt: skip
        text = operator.get(f"{HERE}?{urlencode(query)}").text
        assert ("Không có báo cáo nào khớp bộ lọc" not in text) == there, query
    assert "đang lập" in operator.get(f"{HERE}/part?state=draft").text
    assert operator.get(f"{HERE}?before=1").text.count("Không còn báo cáo nào cũ hơn") == 1


# --- words --------------------------------------------------------------------------------------------------


def test_every_state_standing_and_deed_has_a_look() -> None:
    """What the book may say is said in words."""
    assert set(STATES) == set(KNOWN_STATES)
    assert set(STANDINGS) == {one.value for one in Standing}
    assert {"drawn up", "signed", "reopened", "correcting", "sent elsewhere", "received"} <= set(DEEDS)


def test_a_report_that_its_system_cannot_bring_is_not_signed(
    stage: Stage, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which system is missing, and that one may sign without sending."""
    number = draft(stage, "H44.19")
    monkeypatch.delitem(stage.province.platform.gateway.counterparts, "reporting")
    answer = operator.post(f"{HERE}/{number}/sign", REASON | {"token": "t", "agree": "yes"})
    assert answer.status == 422
    assert "Hệ thống reporting chưa được khai báo" in answer.text
    assert state(stage, number) == "draft"
