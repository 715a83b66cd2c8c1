"""Attacks on questions: a trace that is missing, an answer that is somebody else's, a wait without end.

Numbers are those of `docs/interleavings.md`.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from lgsp.enquiry import Ending, NoAnswer
from lgsp.errors import Problem, Refused, Scope, Unavailable
from lgsp.journal.contract import JournalError
from lgsp.lookups.walking import Answering
from lgsp.message import Message
from lgsp.questioning import Ask
from tests.lookups.far_side import ANSWER, QUESTION, Counter, request, settled

OTHER = QUESTION | {"identity_number": "001099000002"}


class _Text(str):
    """A library's own kind of text."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("shared", "asked"),
    [({}, 3), ({"citizen.query.v1": "system"}, 2), ({"citizen.query.v1": "everybody"}, 1)],
)
async def test_an_answer_belongs_to_whom_it_was_given(shared: dict[str, str], asked: int) -> None:
    """(310) A far side may answer one officer and not the next: what is shared, and with whom, the home says."""
    desk = Counter(Ask.model_validate({"cache": {"citizen.query.v1": "5m"}, "shared": shared}))
    for who, source in (("B", "one-stop"), ("C", "one-stop"), ("B", "dms"), ("B", "one-stop")):
        await desk.put(who=who, source=source)
    assert len(desk.adapter.asked) == asked
    assert len(desk.book.begun) == len(desk.book.ended) == 4


async def test_a_refusal_of_one_officer_is_not_told_to_another() -> None:
    """(310) Neither is the answer of one who may ask given to one who may not, while both wait."""
    desk = Counter()
    desk.adapter.open.clear()

    def tell(question: Message) -> dict[str, Any]:
        if question.asker == "B":
            raise Refused("officer-not-allowed")
        return ANSWER

    desk.adapter.tell = tell
    refused, answered = desk.put(who="B"), desk.put(who="C")
    await settled()
    desk.adapter.open.set()
    assert (await answered).data == ANSWER
    with pytest.raises(NoAnswer) as told:
        await refused
    assert told.value.cause == "officer-not-allowed"


async def test_what_one_connection_answered_is_not_said_of_the_next() -> None:
    """(311) Published anew a system may be another one: neither memory nor flights reach across."""
    desk = Counter(Ask.model_validate({"cache": {"citizen.query.v1": "5m"}}))
    await desk.put()
    desk.adapter.open.clear()
    early = desk.put(data=OTHER)
    await settled()
    new = type(desk.adapter)()
    desk.to = Answering("population-db", new, desk.care)
    new.tell = lambda _: {"name": "NGƯỜI KHÁC"}
    assert (await desk.put()).data == {"name": "NGƯỜI KHÁC"}
    assert (await desk.put(data=OTHER)).data == {"name": "NGƯỜI KHÁC"}
    desk.adapter.open.set()
    assert (await early).data == ANSWER


async def test_each_gets_a_copy() -> None:
    """(312) Who changes the answer that it got changes no other one's, and not what is remembered."""
    desk = Counter(Ask.model_validate({"cache": {"citizen.query.v1": "5m"}}))
    desk.adapter.open.clear()
    tasks = [desk.put() for _ in range(2)]
    await settled()
    desk.adapter.open.set()
    one, other = await asyncio.gather(*tasks)
    dict.update(one.data, name="đã sửa")  # type: ignore[arg-type]
    assert other.data == ANSWER
    assert (await desk.put()).data == ANSWER


@pytest.mark.parametrize(
    "said", [{"n": float("nan")}, {"name": "nửa \ud800 chữ"}, {"n": {1, 2}}, {"name": UUID(int=1)}]
)
async def test_what_json_cannot_say_is_no_question(said: dict[str, Any]) -> None:
    """(313) It would equal another one, or fail after it was entered: it is rejected, with its trace."""
    desk = Counter()
    fault = await desk.refused(data=QUESTION | said)
    assert [(one.place, one.code) for one in fault.problems] == [("/data", "bad-format")]
    assert desk.book.endings == [(Ending.REJECTED, "bad-format")]


@pytest.mark.parametrize(
    ("more", "place", "code"),
    [
        ({"who": "Trần\x00 Thị B"}, "/who", "bad-format"),
        ({"dossier": "H44\ud800"}, "/dossier", "bad-format"),
        ({"who": "B" * 201}, "/who", "too-long"),
        ({"dossier": "1" * 101}, "/dossier", "too-long"),
        ({"who": "\u200b"}, "/who", "missing"),
        ({"who": " -. "}, "/who", "missing"),
        ({"purpose": "dossier", "dossier": "\u2060"}, "/dossier", "missing"),
        ({"purpose": "001099000001"}, "/purpose", "not-one-of"),
        ({"type": "001099000001"}, "/type", "not-one-of"),
    ],
)
async def test_one_question_harms_no_other(more: dict[str, Any], place: str, code: str) -> None:
    """(314) What a journal cannot hold is rejected before; what is in no list is not written down as it came."""
    desk = Counter()
    fault = await desk.refused(**more)
    assert (place, code) in [(one.place, one.code) for one in fault.problems]
    (begun,) = desk.book.begun
    told = f"{begun.who} {begun.dossier} {begun.purpose} {begun.type}"
    assert "\x00" not in told
    assert "\ud800" not in told
    assert "001099000001" not in told
    assert len(begun.who) <= 200
    assert len(begun.dossier) <= 100


async def test_an_answer_of_another_type_is_none() -> None:
    """(315) An adapter that answers something else is not believed, and what is not JSON harms nobody."""
    desk = Counter(Ask.model_validate({"cache": {"citizen.query.v1": "5m"}}))
    desk.adapter.type = "citizen.verified.v1"
    assert (await desk.refused()).cause == "answer-broken"
    desk.adapter.type = "citizen.v1"
    odd = ({"extra": {"at": object()}}, {"name": UUID(int=1)}, {"name": _Text("A")}, {1: "A"}, None)
    for said in odd:
        desk.adapter.tell = lambda _, it=said: it  # type: ignore[misc]
        assert (await desk.refused()).cause == "answer-broken"
    assert desk.book.endings == [(Ending.FAILED, "answer-broken")] * (1 + len(odd))


async def test_an_adapter_that_cancels_itself_cancels_nobody() -> None:
    """(316) Its callers get an answer, if a sorry one; none of them was gone."""
    desk = Counter()

    def cancelling(_: Message) -> dict[str, Any]:
        raise asyncio.CancelledError

    desk.adapter.tell = cancelling
    assert (await desk.refused()).cause == "adapter-bug"
    assert desk.book.endings == [(Ending.FAILED, "adapter-bug")]


async def test_a_journal_that_cannot_count_ends_the_question() -> None:
    """(317) The share of a quota cannot be taken: nobody is asked, and the question does not stay open."""
    desk = Counter(wait=JournalError("drawing: away"))
    with pytest.raises(JournalError):
        await desk.asking.ask(request())
    assert desk.adapter.asked == []
    assert desk.book.endings == [(Ending.FAILED, "journal-unavailable")]


async def test_a_slow_journal_keeps_nobody() -> None:
    """(318) The deadline runs from the first moment; who waited for the book has waited."""
    desk = Counter()
    desk.book.open.clear()
    fault = await desk.refused(within=0.05)
    assert (fault.ending, fault.cause) == (Ending.LATE, "deadline-passed")
    assert fault.ask == desk.book.begun[0].uid
    assert (desk.adapter.asked, desk.book.ended) == ([], [])


async def test_a_slow_journal_keeps_nobody_who_may_not_ask() -> None:
    """(318) Who was not granted it is told so once it is entered, or else that its time is over."""
    desk = Counter()
    desk.book.open.clear()
    with pytest.raises(NoAnswer) as late:
        await desk.asking.deny(request(within=0.05), [Problem("/type", "type-not-granted")])
    assert (late.value.ending, late.value.ask) == (Ending.LATE, desk.book.begun[0].uid)


@pytest.mark.parametrize(("most", "within", "late"), [("60ms", None, True), ("60s", 0.05, False)])
async def test_a_hasty_caller_says_nothing_of_the_far_side(
    most: str, within: float | None, late: bool
) -> None:
    """(319) A silence counts where it was long enough by the home: who gives up lets its flight go."""
    desk = Counter(Ask.model_validate({"timeout": most, "suspend_after": 2}))
    desk.adapter.open.clear()
    for data in (QUESTION, OTHER):
        assert (await desk.refused(data=data, within=within)).ending is Ending.LATE
        await settled()
    assert desk.care.health.running is not late


async def test_an_adapter_that_keeps_the_deadline_itself_is_late_too() -> None:
    """(319) Its own time-out, a moment before ours, is no failure of another kind."""
    desk = Counter()

    def failing(question: Message) -> dict[str, Any]:
        assert question.expirytime is not None
        raise Unavailable("timed-out")

    def away(_: Message) -> dict[str, Any]:
        raise Unavailable("unreachable", scope=Scope.SYSTEM)

    desk.adapter.tell = failing
    assert (await desk.refused()).ending is Ending.FAILED
    assert (await desk.refused(within=0.05)).ending is Ending.LATE
    desk.adapter.tell = away
    assert (await desk.refused(within=0.05)).ending is Ending.FAILED
    assert not desk.care.health.running


async def test_who_joins_in_the_queue_is_asked_for_with_its_own_patience() -> None:
    """(320) The first one gave up while both waited for a place: the flight goes on, and goes out once."""
    desk = Counter(Ask(concurrency=1))
    desk.adapter.open.clear()
    inside = desk.put(data=OTHER)
    await settled()
    hasty, patient = desk.put(within=0.05), desk.put(within=5.0)
    with pytest.raises(NoAnswer):
        await hasty
    desk.adapter.open.set()
    assert (await patient).data == ANSWER
    await inside
    assert len(desk.adapter.asked) == 2


async def test_nobody_hears_what_the_question_named() -> None:
    """(321) A far side repeats numbers and names in its texts; they reach no caller's error."""
    desk = Counter()

    def refusing(_: Message) -> dict[str, Any]:
        raise Refused("no-permission", "Không cho tra cứu 001099000001, NGUYỄN VĂN MẪU, 012345678")

    desk.adapter.tell = refusing
    fault = await desk.refused(data=QUESTION | {"old_identity_number": "012345678"})
    assert fault.said == "Không cho tra cứu •••, •••, •••"


async def test_a_cause_is_a_word() -> None:
    """(314) What an adapter took for one out of an answer, and nothing could hold, is none."""
    desk = Counter()
    causes = iter(["a\x00b", "x" * 101, ""])

    def refusing(_: Message) -> dict[str, Any]:
        raise Refused(next(causes))

    desk.adapter.tell = refusing
    assert [(await desk.refused()).cause for _ in range(3)] == ["uncatalogued"] * 3


async def test_a_number_is_not_cut_out_of_sight() -> None:
    """(321) What is too long is shortened once nothing is left in it that names somebody: half a number is one."""
    desk = Counter()

    def refusing(_: Message) -> dict[str, Any]:
        raise Refused("no-permission", f"{'x' * 488} 001099000001")

    desk.adapter.tell = refusing
    assert "0010990" not in (await desk.refused()).said


@pytest.mark.parametrize(
    ("said", "told"), [(1e12, 3600.0), (float("inf"), 3600.0), (float("nan"), 0.0), (-5.0, 0.0)]
)
async def test_nobody_is_sent_away_for_ever(said: float, told: float) -> None:
    """A far side may say what it likes of when to come again: we come within the hour, and so do callers."""
    desk = Counter()

    def busy(_: Message) -> dict[str, Any]:
        raise Unavailable("http-429", after=said)

    desk.adapter.tell = busy
    assert (await desk.refused()).after == told
