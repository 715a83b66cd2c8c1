"""One question with its trace and what is kept of its answer; and who asked about a citizen."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lgsp.errors import Refused
from lgsp.journal.people import Role
from lgsp.message import Finding
from tests.api.province import ONE_STOP, PORTAL
from tests.console.calling import Caller
from tests.console.views_asks import (
    ANSWER,
    HERE,
    NUMBER,
    OFFICER,
    QUESTION,
    STAGED,
    VERIFICATION,
    AskStage,
    rows_of,
    text_of,
)

Calling = Callable[[Role], Caller]
WHY = {"purpose": "fault", "reason": "hồ sơ vướng"}
__all__ = ["STAGED"]


@pytest.fixture
def asked(stage: AskStage) -> Iterator[AskStage]:
    """Lend a far side that answers."""
    stage.answers()
    yield stage
    stage.answers()
    stage.ended()


# --- one question ---------------------------------------------------------------------------------------


def _one(caller: Caller, told: dict[str, Any]) -> str:
    answer = caller.get(f"{HERE}/{told['ask']}")
    assert answer.status == 200
    return html.unescape(re.sub(r"</?span[^>]*>", "", answer.text))


def test_one_question_is_traced(asked: AskStage, caller: Calling) -> None:
    """The entry before it was asked, why it may be asked, what became of it, and others of the same dossier."""
    code = {"dossier": "H44.11-260305-0001"}
    asked.ask(type=VERIFICATION, **code)
    told = asked.refused(Refused("not-found"), purpose="dossier", **code)
    asked.ended()
    page = _one(caller(Role.AUDITOR), told)
    for word in (
        OFFICER,
        "Giải quyết hồ sơ",
        "Điều 5",
        "nơi trả lời không có dữ liệu này",
        "/console/audit/proof/",
    ):
        assert word in page
    assert ("Câu hỏi khác của hồ sơ này" in page, len(rows_of(page)), NUMBER in page) == (True, 1, False)
    assert "/console/audit/proof/" not in _one(caller(Role.OPERATOR), told)


def test_what_was_odd_in_an_answer_is_told(asked: AskStage, caller: Calling) -> None:
    """In words, with code and place; the page of another answer says nothing of it. The API has the same."""
    asked.far.odd = [Finding("unknown-field", "QueQuanMoi", "Hà Nội"), Finding("damaged-line-ends", "")]
    told = asked.ask()
    asked.far.odd = []
    plain = asked.ask()
    asked.ended()
    page = _one(caller(Role.VIEWER), told)
    for word in ("Chỗ lạ trong câu trả lời", "QueQuanMoi", "damaged-line-ends", "unknown-field"):
        assert word in page, word
    assert "Hà Nội" not in page
    assert "Chỗ lạ trong câu trả lời" not in _one(caller(Role.VIEWER), plain)
    found = asked.run(asked.province.operator.get(f"/v1/asks/{told['ask']}")).json()
    assert found["findings"] == [
        {"code": "unknown-field", "place": "QueQuanMoi"}, {"code": "damaged-line-ends", "place": ""},
    ]  # fmt: skip


def test_why_there_is_no_answer_is_explained(asked: AskStage, caller: Calling) -> None:
    """With what can be done."""
    told = asked.late()
    asked.ended()
    page = _one(caller(Role.VIEWER), told)
    assert ("quá thời gian chờ" in page, "deadline-passed" in page) == (True, True)


def test_no_question_no_page(caller: Calling) -> None:
    """Neither to look at nor to disclose."""
    nobody = f"{HERE}/00000000-0000-0000-0000-000000000001"
    assert caller(Role.VIEWER).get(nobody).status == 404
    assert caller(Role.OPERATOR).post(f"{nobody}/disclose", WHY).status == 404


def test_what_is_kept_of_an_answer_is_said(asked: AskStage, caller: Calling) -> None:
    """Of a verification nothing, unless the home says otherwise: then nobody can see it again."""
    told = asked.ask(type=VERIFICATION, data=QUESTION | {"name": "Lý Văn Mẫu"})
    asked.ended()
    page = _one(caller(Role.OPERATOR), told)
    assert ("trả xong là quên" in page, "Xem đầy đủ" in page) == (True, False)
    assert caller(Role.OPERATOR).post(f"{HERE}/{told['ask']}/disclose", WHY).status == 404


def test_a_kept_answer_is_masked_until_a_purpose_is_stated(asked: AskStage, caller: Calling) -> None:
    """Then it is whole on that one page; who looked stands in the report, and auditors read no content."""
    told = asked.ask(dossier="H44.11-260306-0001")
    asked.ended()
    operator, here = caller(Role.OPERATOR), f"{HERE}/{told['ask']}"
    before = _one(operator, told)
    assert (ANSWER["name"] in before, NUMBER in before, "N.V.M›" in before) == (False, False, True)
    assert operator.post(f"{here}/disclose", WHY | {"reason": ""}).to == here
    whole = operator.post(f"{here}/disclose", WHY)
    assert (whole.status, ANSWER["name"] in whole.text, NUMBER in whole.text) == (200, True, True)
    assert ANSWER["name"] not in _one(operator, told)
    hidden = _one(caller(Role.AUDITOR), told)
    assert ("N.V.M›" in hidden, "vai trò này không xem nội dung" in hidden) == (False, True)
    for role in (Role.VIEWER, Role.AUDITOR):
        assert caller(role).post(f"{here}/disclose", WHY).status == 403
    report = caller(Role.AUDITOR).post("/console/personal", {"who": "the-operator"}).text
    assert f"/console/asks/{told['ask']}" in report


# --- who asked about a citizen --------------------------------------------------------------------------


def _report(caller: Caller, **by: str) -> list[str]:
    answer = caller.post("/console/personal", by)
    assert answer.status == 200
    body = answer.text.partition('id="seen"')[2]
    return [" ".join(text_of(row).split()) for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)[1:]]


def test_the_report_of_a_citizen_holds_questions_and_looks(asked: AskStage, caller: Calling) -> None:
    """Systems and people in one report, newest first: who asked for whom, by which right, with what ending."""
    number = "001099000077"
    who = {"data": QUESTION | {"identity_number": number}, "dossier": "H44.11-260307-0001"}
    told = asked.ask(purpose="dossier", **who)
    asked.refused(Refused("not-found"), who="Đỗ Văn Em", **who)
    asked.ended()
    rows = _report(caller(Role.AUDITOR), number=number)
    assert len(rows) == 2
    assert ("Đỗ Văn Em" in rows[0], "không có dữ liệu này" in rows[0]) == (True, True)
    for word in (
        ONE_STOP,
        OFFICER,
        PORTAL,
        "tra cứu cơ sở dữ liệu",
        "Giải quyết hồ sơ",
        "Điều 5",
        "có trả lời",
    ):
        assert word in rows[1]
    by_code = caller(Role.AUDITOR).post("/console/personal", {"code": "H44.11-260307-0001"}).text
    assert f"/console/asks/{told['ask']}" in by_code
    assert _report(caller(Role.AUDITOR), number="001099000078") == []


def test_the_report_is_taken_along_with_the_questions(asked: AskStage, caller: Calling) -> None:
    """And names no number."""
    number = "001099000066"
    asked.ask(data=QUESTION | {"identity_number": number})
    asked.ended()
    table = caller(Role.AUDITOR).post("/console/personal", {"number": number, "csv": "1"}).text
    assert (OFFICER in table, ONE_STOP in table, number in table) == (True, True, False)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_only_auditors_ask_who_asked(caller: Calling, role: Role) -> None:
    """Whoever works with dossiers does not look up who asked about a citizen."""
    assert caller(role).post("/console/personal", {"number": NUMBER}).status == 403
