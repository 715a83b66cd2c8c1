"""Systems that put questions at another one's façade ask in their own names, within what they were granted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest

from lgsp.api.door import Door, arriving
from lgsp.api.errand import AdmittedVisitors
from lgsp.api.gate import Gate
from lgsp.bounds import ASK, COLLECT
from lgsp.callers import Bounds, Caller, calling
from lgsp.enquiry import Question, Reply
from lgsp.errors import Forbidden, Problem, Throttled
from lgsp.throttling import Throttle

TOKEN, OPERATOR = "token-of-the-desk", "token-of-the-operator"
QUERY = Question("whoever", "citizen.query.v1", {}, "dossier", "B")


class Enquirer:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.denied: list[tuple[Question, list[str]]] = []

    async def deny(self, question: Question, problems: Sequence[Problem]) -> None:
        """Keep it, and why."""
        self.denied.append((question, [one.code for one in problems]))

    async def ask(self, question: Question) -> Reply:
        """Answer nothing much."""
        self.asked.append(question)
        return Reply(uuid4(), "citizen.v1", "population-db", b"{}")


@pytest.fixture
def scope() -> Iterator[dict[str, Any]]:
    """A request to the façade of another system."""
    told: dict[str, Any] = {
        "type": "http", "headers": [], "path": "/systems/population-db/citizens", "client": ("127.0.0.9", 1),
    }  # fmt: skip
    before, who = arriving.set(told), calling.set(None)
    yield told
    calling.reset(who)
    arriving.reset(before)


@pytest.fixture
def enquirer() -> Enquirer:
    """Whoever is asked."""
    return Enquirer()


def visitors(enquirer: Enquirer, throttle: Throttle | None = None) -> AdmittedVisitors:
    """Return those who come, with one system and an operator on record."""
    door = Door({"desk": TOKEN}, OPERATOR)
    return AdmittedVisitors(door, enquirer, Gate(throttle=throttle or Throttle()))


@pytest.mark.parametrize("shown", [True, False])
async def test_a_visitor_asks_in_its_own_name(scope: dict[str, Any], enquirer: Enquirer, shown: bool) -> None:
    """Whether the request shows its credential, or the façade read it; whatever the question says."""
    if shown:
        scope["headers"] = [(b"authorization", f"Bearer {TOKEN}".encode())]
    come = visitors(enquirer)
    assert come.admit("" if shown else TOKEN) == "desk"
    await come.ask(QUERY)
    (asked,) = enquirer.asked
    assert asked.source == "desk"
    assert asked.purpose == "dossier"


@pytest.mark.parametrize("credential", ["", "wrong", OPERATOR])
async def test_nobody_else_asks(scope: dict[str, Any], enquirer: Enquirer, credential: str) -> None:
    """No credential, one of nobody, and a person's: the door is for systems."""
    come = visitors(enquirer)
    assert come.admit(credential) == ""
    with pytest.raises(Forbidden):
        await come.ask(QUERY)
    assert enquirer.asked == []


async def test_without_being_admitted_nobody_asks(scope: dict[str, Any], enquirer: Enquirer) -> None:
    """A façade that forgot to look asks nothing."""
    with pytest.raises(Forbidden):
        await visitors(enquirer).ask(QUERY)


async def test_a_wrong_credential_ends_what_a_good_one_began(
    scope: dict[str, Any], enquirer: Enquirer
) -> None:
    """Of two that were looked at the last one counts."""
    come = visitors(enquirer)
    assert come.admit(TOKEN) == "desk"
    assert come.admit("wrong") == ""
    with pytest.raises(Forbidden):
        await come.ask(QUERY)


@pytest.mark.parametrize(
    "bounds", [Bounds(acts=frozenset({COLLECT})), Bounds(types=frozenset({"business.query.v1"}))]
)
async def test_a_visitor_asks_what_its_credential_was_granted(
    scope: dict[str, Any], enquirer: Enquirer, bounds: Bounds
) -> None:
    """Neither another act nor another type of question; that it tried is told, in its own name."""
    calling.set(Caller("desk", system="desk", credential="c", bounds=bounds))
    with pytest.raises(Forbidden) as no:
        await visitors(enquirer).ask(QUERY)
    assert enquirer.asked == []
    ((denied, codes),) = enquirer.denied
    assert (denied.source, codes) == ("desk", [one.code for one in no.value.problems])


async def test_who_was_granted_this_question_asks_it(scope: dict[str, Any], enquirer: Enquirer) -> None:
    """Bounds that name it let it through."""
    granted = Bounds(acts=frozenset({ASK}), types=frozenset({QUERY.type}))
    calling.set(Caller("desk", system="desk", credential="c", bounds=granted))
    await visitors(enquirer).ask(QUERY)
    assert enquirer.asked[0].source == "desk"


async def test_who_guesses_has_to_wait(scope: dict[str, Any], enquirer: Enquirer) -> None:
    """An address that showed too many wrong ones is not listened to, though it read them from a place of its own."""
    throttle = Throttle(per_second=0.001, burst=2)
    come = visitors(enquirer, throttle)
    throttle.count("127.0.0.9")
    throttle.count("127.0.0.9")
    throttle.count("127.0.0.9")
    with pytest.raises(Throttled):
        come.admit("wrong")
    assert come.admit(TOKEN) == "desk"
