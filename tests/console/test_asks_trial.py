"""Test questions from a system's page: about nobody, declared, traced, and masked."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import orjson
import pytest

from lgsp.console.asks_trial import invented
from lgsp.errors import Refused, Unavailable
from lgsp.journal import asks_shown
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.people import Role
from lgsp.personal_classes import leaves
from lgsp.questions import Questions
from lgsp.routes import Routes
from tests.api.province import ONE_STOP, PORTAL
from tests.console.calling import Answer, Caller
from tests.console.moments import until
from tests.console.views_asks import (
    ANSWER,
    NUMBER,
    PURPOSES,
    QUERY,
    QUESTION,
    STAGED,
    TRIAL,
    VERIFICATION,
    AskStage,
)

Calling = Callable[[Role], Caller]
WHY = {"purpose": "fault", "reason": "thử lại sau sự cố"}
__all__ = ["STAGED"]


@pytest.fixture
def asked(stage: AskStage) -> Iterator[AskStage]:
    """Lend a far side that answers, and has forgotten what it was asked."""
    stage.answers()
    stage.far.asked.clear()
    yield stage
    stage.answers()
    stage.ended()


def _try(caller: Caller, data: Any = None, **more: str) -> Answer:
    text = orjson.dumps(QUESTION if data is None else data).decode()
    return caller.post(TRIAL, {"type": QUERY, "data": text} | more)


def _plain(page: str) -> str:
    return html.unescape(re.sub(r"</?span[^>]*>", "", page))


def _newest(stage: AskStage) -> dict[str, Any]:
    journal = stage.province.platform.gateway.journal
    (found,) = stage.run(journal.read(lambda tx: asks_shown.found(tx, Wanted(source="console", limit=1))))
    return dict(found)


@pytest.mark.parametrize("name", Questions().asked)
def test_an_invented_question_is_a_good_one_about_nobody(name: str) -> None:
    """Of every type of question that comes with us: its schema takes it, and each number of a person is zeros."""
    kind = Questions()[name]
    made = invented(kind)
    assert kind.problems(made) == []
    numbers = [one.value for one in leaves(made, kind.schema) if one.personal == "identity"]
    assert [one for one in numbers if isinstance(one, str) and one.strip("0").isdecimal()] == []


def test_the_form_asks_about_nobody(asked: AskStage, caller: Calling) -> None:
    """What stands in it can be sent as it is, and the far side is asked in the operator's name."""
    operator = caller(Role.OPERATOR)
    page = operator.get(TRIAL).text
    text = html.unescape(re.findall(r'name="data"[^>]*>(.*?)</textarea>', page, re.DOTALL)[0])
    assert orjson.loads(text)["identity_number"] == "0" * 12
    asked.answers(Refused("not-found"))
    answer = operator.post(TRIAL, {"type": QUERY, "data": text})
    assert (answer.status, "Đường hỏi thông từ đầu đến cuối" in answer.text) == (200, True)
    (question,) = asked.far.asked
    assert (question.source, question.asker) == ("console", "the-operator")
    asked.ended()
    trace = _newest(asked)
    assert (trace["purpose"], trace["who"], trace["ending"]) == ("test", "the-operator", "absent")
    done = caller(Role.ADMINISTRATOR).get("/console/people/the-operator").text
    assert "hỏi thử cơ sở dữ liệu" in done


def test_the_answer_is_masked_until_a_purpose_is_stated(asked: AskStage, caller: Calling) -> None:
    """Who sees it whole stands in the report of the citizen, beside the question itself."""
    operator, number = caller(Role.OPERATOR), "001099000055"
    data = QUESTION | {"identity_number": number}
    masked = _plain(_try(operator, data).text)
    assert (ANSWER["name"] in masked, "N.V.M›" in masked) == (False, True)
    whole = _plain(_try(operator, data, **WHY).text)
    assert (ANSWER["name"] in whole, "N.V.M›" in whole) == (True, False)
    asked.ended()
    report = caller(Role.AUDITOR).post("/console/personal", {"number": number}).text
    assert (report.count("/console/asks/"), "thử lại sau sự cố" in report) == (3, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"data": "{"}, "không phải là một đối tượng JSON"),
        ({"data": "[1]"}, "không phải là một đối tượng JSON"),
        ({"data": '"' + "x" * 30_000 + '"'}, "không phải là một đối tượng JSON"),
        ({"purpose": "fault", "reason": ""}, "Muốn xem đầy đủ thì chọn mục đích"),
        ({"purpose": "curiosity", "reason": "muốn biết"}, "Muốn xem đầy đủ thì chọn mục đích"),
    ],
)
def test_a_form_that_says_too_little_asks_nobody(
    asked: AskStage, caller: Calling, given: dict[str, str], said: str
) -> None:
    """It is shown again with what was typed, and what is wrong."""
    form = {"type": QUERY, "data": orjson.dumps(QUESTION).decode()} | given
    answer = caller(Role.OPERATOR).post(TRIAL, form)
    assert (answer.status, said in answer.text, asked.far.asked) == (422, True, [])


def test_a_wrong_question_is_told_place_by_place(asked: AskStage, caller: Calling) -> None:
    """As any system is told; it is in the journal too."""
    page = _try(caller(Role.OPERATOR), {"name": "Nguyễn Văn Mẫu", "identity_number": "12"}).text
    assert ("/data/identity_number" in page, "/data/birth" in page, asked.far.asked) == (True, True, [])
    asked.ended()
    assert _newest(asked)["ending"] == "rejected"


def test_a_far_side_that_fails_is_said_to(asked: AskStage, caller: Calling) -> None:
    """With the cause, and no trace of a program."""
    asked.answers(Unavailable("http-503"))
    page = _try(caller(Role.OPERATOR)).text
    assert ("lỗi, không có trả lời" in page, "http-503" in page) == (True, True)


def test_a_test_question_is_not_answered_from_memory(asked: AskStage, caller: Calling) -> None:
    """It tries the far side; nor is its answer remembered for others."""
    asked.ask(type=VERIFICATION)
    assert asked.ask(type=VERIFICATION)["remembered"]
    before = len(asked.far.asked)
    _try(caller(Role.OPERATOR), type=VERIFICATION)
    assert len(asked.far.asked) == before + 1
    _try(caller(Role.OPERATOR), QUESTION | {"name": "Cao Văn Mẫu"}, type=VERIFICATION)
    assert not asked.ask(type=VERIFICATION, data=QUESTION | {"name": "Cao Văn Mẫu"})["remembered"]


def test_without_the_declared_purpose_nothing_is_tried(
    asked: AskStage, caller: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what to declare, and the question is rejected like any without a purpose."""
    routes = asked.province.platform.gateway.routes
    monkeypatch.setattr(asked.province.platform.gateway, "routes", _without_test(routes))
    page = caller(Role.OPERATOR).get(TRIAL).text
    assert ("chưa khai mục đích test" in page, "<textarea" in page) == (True, False)
    answer = _try(caller(Role.OPERATOR)).text
    assert ("/purpose" in answer, asked.far.asked) == (True, [])


def _without_test(routes: Routes) -> Routes:
    return replace(routes, purposes=[one for one in PURPOSES if one.code != "test"])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_may_not_act_asks_nothing(asked: AskStage, caller: Calling, role: Role) -> None:
    """Neither the form nor the question; the systems' page offers it to nobody else."""
    one = caller(role)
    assert (one.get(TRIAL).status, _try(one).status, asked.far.asked) == (403, 403, [])
    page = one.get(f"/console/systems/{PORTAL}").text
    assert (TRIAL in page, f"/console/asks?system={PORTAL}" in page) == (False, True)


def test_only_systems_that_answer_are_tried(asked: AskStage, caller: Calling) -> None:
    """Another one has no such page, and no such button."""
    operator = caller(Role.OPERATOR)
    assert TRIAL in operator.get(f"/console/systems/{PORTAL}").text
    assert "/console/asks" not in operator.get(f"/console/systems/{ONE_STOP}").text.partition("<main")[2]
    for path in (f"/console/asks/test/{ONE_STOP}", f"{TRIAL}?type=business.query.v1"):
        assert operator.get(path).status == 404


def test_one_is_asked_at_a_time(asked: AskStage, caller: Calling) -> None:
    """Whoever presses twice does not press the far side."""
    operator = caller(Role.OPERATOR)
    operator.token()
    asked.far.open.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(_try, operator)
        until(lambda: bool(asked.far.asked))
        second = _try(caller(Role.ADMINISTRATOR))
        asked.answers()
        assert first.result(30).status == 200
    assert (second.status, "Đang có một câu hỏi thử" in second.text) == (422, True)
    assert NUMBER not in second.headers.as_string()
