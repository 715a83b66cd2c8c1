"""Whatever the population database does wrong is what it is: never an answer, never somebody who is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from lgsp.errors import Refused, Scope, Unavailable
from lgsp.sandbox.population_book import whole_name
from tests.population_side import ASKER, LINE, WAYS, about, exact, question, refused, speaking, stand_in


@pytest.fixture(scope="module", autouse=True)
def line() -> Iterator[None]:
    """One server serves all tests here."""
    with LINE.open():
        yield


# --- what the far side does wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("faults", "cause", "scope"),
    [
        ({"http_500": 1.0}, "http-500", Scope.MESSAGE),
        ({"http_503": 1.0, "retry_after": 7}, "http-503", Scope.SYSTEM),
        ({"html": 1.0}, "soap-answer-unreadable", Scope.MESSAGE),
        ({"server_fault": 1.0}, "soap-server-fault", Scope.MESSAGE),
        ({"broken_body": 1.0}, "soap-answer-unreadable", Scope.MESSAGE),
        ({"doctype": 1.0}, "soap-answer-unreadable", Scope.MESSAGE),
        ({"error_text": "Hệ thống đang bảo trì"}, "population-away", Scope.SYSTEM),
        ({"error_text": "Có gì đó lạ"}, "uncatalogued", Scope.MESSAGE),
        ({"error_code": "77"}, "uncatalogued", Scope.MESSAGE),
    ],
)
async def test_a_fault_of_the_far_side_is_what_it_is(
    faults: dict[str, Any], cause: str, scope: Scope
) -> None:
    """Each is an outage of the one or the other, never an answer, and never somebody who is not there."""
    told = await refused(stand_in(**faults), timeout=1.0)
    assert isinstance(told, Unavailable)
    assert (told.cause, told.scope) == (cause, scope)
    assert told.after == (7.0 if "retry_after" in faults else None)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("faults", "cause"),
    [
        ({"unlicensed": [""]}, "population-procedure-unlicensed"),
        ({"strangers": [ASKER]}, "population-officer-refused"),
        ({"several": 1.0}, "population-several-citizens"),
        ({"error_text": "Không tìm thấy thông tin công dân"}, "not-found"),
    ],
)
async def test_what_the_far_side_refuses_has_its_cause(way: str, faults: dict[str, Any], cause: str) -> None:
    """The codes 004 and 005, too many citizens, and words instead of an answer, by each way in."""
    told = await refused(stand_in(**faults), way)
    assert isinstance(told, Refused)
    assert told.cause == cause


async def test_a_fault_that_blames_the_question_is_a_refusal() -> None:
    """What is wrong with an envelope will be wrong again."""
    told = await refused(stand_in(client_fault=1.0))
    assert isinstance(told, Refused)
    assert told.cause == "soap-client-fault"


async def test_somebody_else_is_nobody() -> None:
    """An answer about another person than was asked for is not handed on."""
    stand = stand_in(another=1.0)
    person = next(
        one for one in stand.book.first(50)[3:] if len(one["NgayThangNamSinh"]["NgayThangNam"]) == 8
    )
    async with speaking(stand) as adapter:
        with pytest.raises(Refused) as raised:
            await adapter.ask(question(about(person)))
    assert raised.value.cause == "population-another-citizen"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", ["body", "nested"])
async def test_damaged_line_ends_are_read_and_found(way: str, form: str) -> None:
    """In either shape of answers, through a proxy or not: the answer is right, and the oddity is told."""
    stand = stand_in(damaged_line_ends=1.0, form=form)
    person = exact(stand)
    async with speaking(stand, way) as adapter:
        answer = await adapter.ask(question(about(person)))
    assert answer.data["name"] == whole_name(person)
    assert [one.code for one in answer.findings] == ["damaged-line-ends"]


async def test_a_proxy_s_page_is_in_nobody_s_catalogue() -> None:
    """The JSON form has neither envelope nor fault: what is no JSON is put off."""
    told = await refused(stand_in(broken_body=1.0), "json")
    assert isinstance(told, Unavailable)
    assert told.cause == "uncatalogued"


async def test_a_deadline_is_passed_on() -> None:
    """A caller that waits a moment holds no connection for longer."""
    stand = stand_in(latency_ms=900)
    async with speaking(stand) as adapter:
        with pytest.raises(Unavailable) as raised:
            await adapter.ask(question(about(exact(stand)), within=0.2))
    assert raised.value.cause == "timed-out"


async def test_a_question_that_cannot_be_said_never_goes_out() -> None:
    """Missing numbers, names and days are told with their places, and the service hears of none."""
    stand = stand_in()
    told = about(exact(stand))
    async with speaking(stand) as adapter:
        for changed, cause in (
            ({"identity_number": ""}, "population-number-missing"),
            ({"name": "李"}, "population-name-unusable"),
            ({"birth": {"date": "1999-02-29"}}, "population-birth-unusable"),
            ({"procedure": "1.\x029"}, "population-question-refused"),
            ({"procedure": '{"TonTai": true}'}, "population-question-refused"),
            ({"procedure": " <CongDan/>"}, "population-question-refused"),
        ):
            with pytest.raises(Refused) as raised:
                await adapter.ask(question(told | changed))
            assert raised.value.cause == cause
            assert raised.value.fields[0].startswith("/data/")
    assert not stand.calls


@pytest.mark.parametrize("way", WAYS)
async def test_the_check_tells_whether_somebody_is_there(way: str) -> None:
    """An address that answers is there, whatever it answers to a question that is none; another is not."""
    async with speaking(stand_in(), way) as adapter:
        await adapter.check()
    async with AsyncExitStack() as stack:
        gone = await stack.enter_async_context(speaking(stand_in(http_503=1.0), way, timeout=0.2))
        with pytest.raises(Unavailable):
            await gone.check()
