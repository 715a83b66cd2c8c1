"""What a process does for questions beside answering them: its share, those that nobody ended, its façades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from lgsp.allowances import Limits, Taken
from lgsp.api.errand import BoundEnquirer, Errand
from lgsp.api.gate import Gate
from lgsp.bounds import ASK, READ, Warrant
from lgsp.callers import Bounds, Caller, Subtree, calling
from lgsp.domain.agencies.known import built_in
from lgsp.enquiring import Enquiries
from lgsp.enquiry import Ending, Question, Reply
from lgsp.errors import Forbidden, Problem, Throttled
from lgsp.following import Follower
from lgsp.journal import asks
from lgsp.journal.asks import Begun, Ended
from lgsp.journal.people import Role
from lgsp.leases import JOBS, ProcessLease
from lgsp.quotas import Quotas
from tests.core.crew import crew
from tests.core.rig import rig

QUESTION = Question("nobody", "citizen.query.v1", {"identity_number": "001099000001"}, "check", "Lê Văn B")


class Shares:
    """Enquiries that only remember which share they were given."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int | None]] = []

    def share(self, processes: int, place: int | None = None) -> None:
        """Remember it."""
        self.told.append((processes, place))


async def test_what_a_system_may_be_asked_is_shared_among_those_who_ask(tmp_path: Path) -> None:
    """Each knows how many there are and which of them it is; who only does jobs asks nobody."""
    async with crew(tmp_path) as found:
        shares = [Shares(), Shares()]
        for member, one in zip(found.members, shares, strict=True):
            enquiries = cast("Enquiries", one)
            await Follower(member.gateway, member.standings, member._load, enquiries).look()
        assert [one.told for one in shares] == [[(2, 0)], [(2, 1)]]
        idle = ProcessLease(found.members[0].journal, "host:jobs", {JOBS})
        await idle.enter()
        first, enquiries = found.members[0], cast("Enquiries", shares[0])
        await Follower(first.gateway, first.standings, first._load, enquiries).look()
        assert shares[0].told[-1] == (2, 0)


async def test_a_question_that_nobody_ended_is_given_up(tmp_path: Path) -> None:
    """Its process died: five minutes later the journal says so; one that may still be answered stays open."""
    async with crew(tmp_path) as found:
        here = found.members[0]
        (old,) = await here.journal.write(lambda tx: asks.begin(tx, [_begun(1)]))
        await found.pass_time(250, *found.members)
        (young,) = await here.journal.write(lambda tx: asks.begin(tx, [_begun(2)]))
        await found.pass_time(60, *found.members)
        await here.sweeper._find_the_lost()
        ended = await here.journal.read(lambda tx: dict(tx.rows("SELECT id, outcome FROM asks", ())))
        assert ended == {old: Ending.FAILED, young: Ending.OPEN}
        await here.journal.write(lambda tx: asks.end(tx, [Ended(young, Ending.ANSWERED, 5)]))


def _begun(number: int) -> Begun:
    uid = UUID(int=number)
    return Begun(uid, "one-stop", "population", "citizen.query.v1", "Lê Văn B", "check", "theo luật")


# --- in a façade's name ---------------------------------------------------------------------------------


class Asked:
    """Answers every question, and remembers it."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.denied: list[str] = []

    async def ask(self, question: Question) -> Reply:
        """Answer."""
        self.questions.append(question)
        return Reply(UUID(int=1), "citizen.v1", "population", b"{}")

    async def deny(self, question: Question, problems: Sequence[Problem]) -> None:
        """Remember why one was not put."""
        self.denied += [one.code for one in problems]


@pytest.fixture
def caller() -> Iterator[Any]:
    """Sets who calls."""
    before = calling.set(None)
    yield lambda **bounds: calling.set(Caller("key", system="desk", bounds=Bounds(**bounds)))
    calling.reset(before)


def _enquirer(asked: Asked, gate: Gate | None = None) -> BoundEnquirer:
    return BoundEnquirer("desk", asked, Errand("desk", gate or Gate()))


async def test_a_facade_asks_in_its_systems_name(caller: Any) -> None:
    """Whatever the question says of who asks."""
    caller()
    asked = Asked()
    await _enquirer(asked).ask(QUESTION)
    assert [one.source for one in asked.questions] == ["desk"]


@pytest.mark.parametrize(
    ("bounds", "fault"),
    [
        ({"acts": frozenset({READ})}, "act-not-granted"),
        ({"types": frozenset({"business.query.v1"})}, "type-not-granted"),
    ],
)
async def test_only_what_was_granted_is_asked(caller: Any, bounds: dict[str, Any], fault: str) -> None:
    """Nobody is asked for a credential that was not granted to ask, or not this."""
    caller(**bounds)
    asked = Asked()
    with pytest.raises(Forbidden) as told:
        await _enquirer(asked).ask(QUESTION)
    assert (told.value.problems[0].code, asked.questions, asked.denied) == (fault, [], [fault])


async def test_what_was_granted_is_asked(caller: Any) -> None:
    """The act and the type that the credential names."""
    caller(acts=frozenset({ASK}), types=frozenset({QUESTION.type}))
    asked = Asked()
    await _enquirer(asked).ask(QUESTION)
    assert len(asked.questions) == 1


async def test_nobody_is_asked_for_another_agencys_dossier(caller: Any) -> None:
    """The door of the API and of all façades; who is bound to none, and a person, asks for any."""
    asked, gate = (
        Asked(),
        Gate(warrant=lambda _, bounds: None if bounds is None else Warrant(bounds, (), built_in())),
    )
    foreign, own = (
        replace(QUESTION, dossier="H44.12-260131-0001"),
        replace(QUESTION, dossier="H44.11-260131-0001"),
    )
    caller(agencies=(Subtree("H44.11"),))
    with pytest.raises(Forbidden) as told:
        await _enquirer(asked, gate).ask(foreign)
    assert (told.value.problems[0].code, asked.questions) == ("agency-not-granted", [])
    await _enquirer(asked, gate).ask(own)
    caller()
    await _enquirer(asked, gate).ask(foreign)
    calling.set(Caller("Lan", role=Role.OPERATOR))
    await _enquirer(asked, gate).ask(foreign)
    assert [one.dossier[:6] for one in asked.questions] == ["H44.11", "H44.12", "H44.12"]


async def test_the_callers_own_quota_counts_questions(tmp_path: Path, caller: Any) -> None:
    """Of two a day the third is not asked, and is told when to come again."""
    caller()
    asked = Asked()
    limits = Limits.model_validate({"asks": {"per_day": 2}})
    async with rig(tmp_path) as one:
        gate = Gate(Quotas(one.journal), of_system=lambda _: limits)
        for _ in range(2):
            await _enquirer(asked, gate).ask(QUESTION)
        with pytest.raises(Throttled):
            await _enquirer(asked, gate).ask(QUESTION)
        await gate.close()
    assert (len(asked.questions), Taken.ASKS) == (2, "asks")
