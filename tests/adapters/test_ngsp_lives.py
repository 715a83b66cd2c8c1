"""Questions to the integration platform as a clerk puts them: through the gateway's asking, and nobody asked twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.lookups.asking import Asking
from lgsp.lookups.care import Care
from lgsp.lookups.walking import Answering, Sources
from lgsp.questioning import Ask
from lgsp.sandbox import ngsp_book as book
from lgsp.sandbox.ngsp import Ngsp as Stand
from lgsp.sandbox.ngsp_faults import NgspFaults
from tests.lookups.far_side import PURPOSES, Trace
from tests.ngsp_side import TYPES, speaking

BUSINESS, INSURANCE = "business.query.v1", "insurance.query.v1"
CODE, NUMBER = book.enterprise_code(7), book.insurance_number(2)


@dataclass
class Desk:
    """A desk at which the platform is asked."""

    asking: Asking
    trace: Trace

    async def ask(self, type_: str, data: Mapping[str, Any], within: float = 5.0) -> Reply:
        """Put a question."""
        return await self.asking.ask(
            Question("one-stop", type_, data, "check", "Trần Thị B", "H44.11-260131-0001", within)
        )

    async def refused(self, type_: str, data: Mapping[str, Any], within: float = 5.0) -> NoAnswer:
        """Put a question that gets no answer; return why."""
        with pytest.raises(NoAnswer) as fault:
            await self.ask(type_, data, within)
        return fault.value


class _Free:
    """Lets everybody ask."""

    async def take(self, *_: Any) -> None:
        """Take nothing."""

    def none_left(self, *_: Any) -> None:
        """Tell of nothing."""


@asynccontextmanager
async def desk(far: Stand, ask: Mapping[str, Any] | None = None, **config: Any) -> AsyncIterator[Desk]:
    """A desk in front of the stand-in."""
    async with speaking(far, **config) as adapter:
        to = Answering("ngsp", adapter, Care(Ask.model_validate(ask or {})))
        trace = Trace()
        sources = Sources(TYPES, PURPOSES, lambda _, type_: to if type_ in adapter.answers else None, _Free())
        yield Desk(Asking(trace, sources), trace)


def stand(**faults: Any) -> Stand:
    """Return a stand-in with faults."""
    return Stand(NgspFaults.model_validate(faults))


async def test_a_clerk_gets_the_answer_and_a_trace() -> None:
    """Each type of question, whole; whom it was about is in the trace, whom the answer names beside, too."""
    somebody = {"name": "Lê Văn Nghiệm", "birth": {"date": "1952-03-03"}, "gender": "male"}
    async with desk(stand()) as here:
        assert (await here.ask(BUSINESS, {"code": CODE})).data["code"] == CODE
        found = await here.ask(INSURANCE, somebody)
        assert found.data["insurance_number"] == NUMBER
        status = await here.ask("civil-status.query.v1", {"agency": "1", "dossier": "H44-0"})
        assert status.data["status"] == "done"
        rows = await here.ask("catalogue.query.v1", {"catalogue": "madantoc"})
        assert len(rows.data["entries"]) == 3
    assert [list(one.about) for one in here.trace.begun] == [[CODE], [], ["H44-0"], []]
    assert [list(one.about) for one in here.trace.ended] == [[], [NUMBER], [], []]


async def test_each_way_to_get_no_answer_ends_in_its_own_way() -> None:
    """Known not to exist, wrong, not ours to ask, away, late: the caller hears which."""
    async with desk(stand(not_subscribed=["insurance"]), timeout=0.3) as here:
        gone = await here.refused(BUSINESS, {"code": "0199999999"})
        wrong = await here.refused("civil-status.query.v1", {"agency": "9", "dossier": "H44-0"})
        ours = await here.refused(INSURANCE, {"insurance_number": NUMBER})
        empty = await here.refused(INSURANCE, {"name": "A", "birth": {}, "gender": "male"})
    assert (gone.ending, gone.cause) == (Ending.ABSENT, "not-found")
    assert (wrong.ending, wrong.problems[0].place) == (Ending.REFUSED, "/data/agency")
    assert (ours.ending, ours.cause, ours.problems) == (Ending.REFUSED, "ngsp-not-subscribed", ())
    assert (empty.ending, empty.problems[0].place) == (Ending.REJECTED, "/data/birth")
    async with desk(stand(latency_ms=60_000)) as here:
        late = await here.refused(BUSINESS, {"code": CODE}, within=0.1)
    assert late.ending is Ending.LATE
    async with desk(stand(throttle=1, throttle_code="900803", retry_after=9)) as here:
        wait = await here.refused(BUSINESS, {"code": CODE})
        next_ = await here.refused(BUSINESS, {"code": CODE})
    assert (wait.ending, wait.cause, wait.after) == (Ending.FAILED, "ngsp-throttled", 9)
    assert (next_.ending, next_.cause) == (Ending.TURNED_AWAY, "suspended")


async def test_a_service_that_is_away_does_not_close_the_others() -> None:
    """Clerks who ask for enterprises go on, however often the insurance fund fails between."""
    async with desk(stand(service_down=["insurance"]), {"suspend_after": 2}) as here:
        for n in range(4):
            data = {"insurance_number": book.insurance_number(n)}
            assert (await here.refused(INSURANCE, data)).cause == "ngsp-service-away"
            assert (await here.ask(BUSINESS, {"code": book.enterprise_code(n)})).data


async def test_wrong_credentials_rest_the_platform_until_they_are_mended() -> None:
    """One question finds it out; the next are not put, and hear when to come again."""
    far = stand()
    async with desk(far, client_secret="wrong") as here:
        first = await here.refused(BUSINESS, {"code": CODE})
        second = await here.refused(BUSINESS, {"code": CODE})
    assert (first.cause, second.cause) == ("ngsp-credentials", "suspended")
    assert second.after is not None
    assert far.calls == {"token": 1}


async def test_what_is_cached_and_what_flies_together_is_asked_once() -> None:
    """A catalogue that was told today, and the same enterprise for fifty clerks at once."""
    far = stand(latency_ms=20)
    async with desk(far, {"cache": {"catalogue.query.v1": "12h"}, "queue": 100}) as here:
        for _ in range(3):
            told = await here.ask("catalogue.query.v1", {"catalogue": "madantoc"})
        assert told.remembered
        await asyncio.gather(*(here.ask(BUSINESS, {"code": CODE}) for _ in range(50)))
    assert far.calls == {"token": 1, "entries": 1, "business": 1}


@pytest.mark.parametrize(
    "faults", [{}, {"xml": True, "data_fault": ["insurance"]}, {"html": 1}, {"http_500": 1}]
)
async def test_a_canary_is_in_no_log_and_in_no_error(faults: dict[str, Any]) -> None:
    """The number of the question, whatever becomes of it."""
    said = ""
    with structlog.testing.capture_logs() as logs:
        async with desk(stand(**faults), timeout=0.3) as here:
            try:
                await here.ask(INSURANCE, {"insurance_number": NUMBER})
            except NoAnswer as fault:
                said = f"{fault} {fault.said} {fault.cause} {fault.problems}"
    assert NUMBER not in f"{said} {logs!r}"
