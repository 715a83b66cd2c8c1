"""A request pays once, whatever its façade does on its behalf; two requests pay twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest

from lgsp.allowances import Limits, Rate, Taken
from lgsp.api.door import arriving
from lgsp.api.errand import BoundEnquirer, Errand
from lgsp.api.gate import Gate, bounds_of
from lgsp.api.tollgate import PAID
from lgsp.bounds import COLLECT, READ
from lgsp.callers import Bounds, Caller, calling
from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.errors import Forbidden, Throttled
from lgsp.journal.contract import JournalError
from lgsp.journal.people import Role
from lgsp.quotas import Portion, Quotas

LIMITS = Limits.model_validate({"per_minute": 10, "items": {"per_minute": 10}})


class Counting:
    """Quotas that count what is taken, and say no where they are told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, int]] = []
        self.no: str = ""
        self.fault: BaseException | None = None
        self.one = Portion()

    async def take(self, subject: str, kind: str, _: Rate, count: int = 1) -> float | None:
        """Take, or say no."""
        if subject == self.no:
            if self.fault is not None:
                raise self.fault
            return 7.0
        self.taken.append((subject, kind, count))
        return None

    def portion(self, subject: str, kind: str, _: Rate) -> Portion:
        """Return the one that there is."""
        return self.one

    def give_back(self, subject: str, kind: str, _: Rate, count: int, taken: Portion) -> None:
        """Take back what was taken last."""
        assert taken is self.one
        self.taken.remove((subject, kind, count))


@pytest.fixture
def quotas() -> Counting:
    """What counts."""
    return Counting()


@pytest.fixture
def gate(quotas: Counting) -> Gate:
    """A gate whose system `desk` has limits."""
    return Gate(cast("Quotas", quotas), of_system=lambda name: LIMITS if name == "desk" else Limits())


@pytest.fixture
def scope() -> Iterator[dict[str, Any]]:
    """A request that shows no credential of ours."""
    told: dict[str, Any] = {"headers": [], "path": "/systems/desk"}
    before, who = arriving.set(told), calling.set(None)
    yield told
    calling.reset(who)
    arriving.reset(before)


async def test_a_request_pays_once(gate: Gate, quotas: Counting, scope: dict[str, Any]) -> None:
    """However often its façade reads, collects and brings; items are counted each time they are brought."""
    errand = Errand("desk", gate)
    for act in (READ, COLLECT):
        await errand.begin(act)
    await errand.pay(3)
    await errand.pay(2)
    assert quotas.taken == [
        ("system desk", "requests", 1),
        ("system desk", "items", 3),
        ("system desk", "items", 2),
    ]
    scope.clear()
    await errand.begin(READ)
    assert quotas.taken[-1] == ("system desk", "requests", 1)


async def test_a_credential_and_its_system_pay_both_or_neither(gate: Gate, quotas: Counting) -> None:
    """What the system's quota does not allow is not taken from the credential's."""
    caller = Caller("desk", system="desk", credential="c1", limits=LIMITS)
    await gate.pay(caller, Taken.REQUESTS)
    assert quotas.taken == [("credential c1", "requests", 1), ("system desk", "requests", 1)]
    quotas.no = "system desk"
    with pytest.raises(Throttled) as no:
        await gate.pay(caller, Taken.REQUESTS)
    assert no.value.after == 7
    assert len(quotas.taken) == 2


@pytest.mark.parametrize("fault", [JournalError("drawing: away"), asyncio.CancelledError()])
async def test_what_cannot_be_taken_of_both_is_taken_of_neither(
    gate: Gate, quotas: Counting, fault: BaseException
) -> None:
    """Also where the journal is away for the second one, or whoever pays waits no more."""
    quotas.no, quotas.fault = "system desk", fault
    with pytest.raises(type(fault)):
        await gate.pay(Caller("desk", system="desk", credential="c1", limits=LIMITS), Taken.REQUESTS)
    assert quotas.taken == []


async def test_who_speaks_for_a_system_is_bound_by_its_own_credential(scope: dict[str, Any]) -> None:
    """Nobody's, or another system's, gives no more than the system itself has; a person's act is its own."""
    narrow = Bounds(acts=frozenset({"send"}))
    assert bounds_of("desk") == Bounds()
    assert bounds_of("desk") is bounds_of("post"), "what they are good for is judged once, not each time"
    calling.set(Caller("desk", system="desk", credential="c1", bounds=narrow))
    assert bounds_of("desk") is narrow
    assert bounds_of("post") == Bounds()
    with pytest.raises(Forbidden):
        await Errand("desk", Gate()).begin(READ)
    calling.set(Caller("lan", role=Role.OPERATOR))
    assert bounds_of("desk") is None


async def test_without_quotas_nobody_is_limited(gate: Gate, scope: dict[str, Any]) -> None:
    """A gate without quotas lets everybody through, and one with them whoever has no limits."""
    await Errand("desk", Gate()).pay(5)
    await Errand("post", gate).pay(5)
    assert gate.quotas is not None
    assert cast("Counting", gate.quotas).taken == []


# --- questions ------------------------------------------------------------------------------------------------


class Asked:
    """An enquirer that notes what it is asked."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    async def ask(self, question: Question) -> Reply:
        """Answer."""
        self.questions.append(question)
        return Reply(UUID(int=1), "citizen.v1", "population-db", b"{}")

    async def deny(self, *_: Any) -> None:
        """Note nothing."""


async def test_waiting_for_a_quota_is_waiting_too(
    gate: Gate, quotas: Counting, scope: dict[str, Any]
) -> None:
    """The deadline runs from the first moment: a journal that is slow to count keeps no caller longer."""
    asked, opened = Asked(), asyncio.Event()
    take = quotas.take

    async def slowly(*said: Any, **more: Any) -> float | None:
        await opened.wait()
        return await take(*said, **more)

    quotas.take = slowly  # type: ignore[method-assign]
    enquirer = BoundEnquirer("desk", asked, Errand("desk", gate))
    question = Question("desk", "citizen.query.v1", {}, "check", "B", within=0.02)
    with pytest.raises(NoAnswer) as late:
        await enquirer.ask(question)
    assert (late.value.ending, late.value.cause) == (Ending.LATE, "deadline-passed")
    assert asked.questions == []
    asyncio.get_running_loop().call_later(0.02, opened.set)
    await enquirer.ask(replace(question, within=60.0))
    await enquirer.ask(replace(question, within=None))
    first, second = asked.questions
    assert first.within is not None
    assert 0 < first.within < 60.0
    assert second.within is None


async def test_what_owes_nothing_is_put_as_it_is(quotas: Counting, scope: dict[str, Any]) -> None:
    """Its request has paid, and nobody counts questions: there is nothing to wait for, so no time is lost."""
    limits = {"asks": Limits.model_validate({"asks": {"per_day": 9}})}
    gate = Gate(cast("Quotas", quotas), of_system=lambda name: limits.get(name, LIMITS))
    question = Question("desk", "citizen.query.v1", {}, "check", "B", within=5.0)
    asked, scope[PAID] = Asked(), True
    await BoundEnquirer("desk", asked, Errand("desk", gate)).ask(question)
    assert quotas.taken == []
    await BoundEnquirer("asks", asked, Errand("asks", gate)).ask(question)
    assert quotas.taken == [("system asks", "asks", 1)]
    scope.clear()
    await BoundEnquirer("desk", asked, Errand("desk", gate)).ask(question)
    assert quotas.taken[1:] == [("system desk", "requests", 1)]
    same, counted, late = asked.questions
    assert same is question
    assert counted.source == "asks"
    assert all(one.within is not None and 4.0 < one.within < 5.0 for one in (counted, late))
