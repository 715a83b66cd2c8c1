"""How a question walks: nobody is asked without a reason, nobody is asked twice, and nobody waits too long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lgsp.enquiry import Ending, NoAnswer
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import Finding, Message
from lgsp.questioning import Ask
from tests.lookups.far_side import ANSWER, QUESTION, Counter, settled

OTHER = QUESTION | {"identity_number": "001099000002"}


async def test_an_answer_comes_back_with_its_trace() -> None:
    """Who asked, for whom, for what, about whom: entered before the far side is asked; what it took behind.

    Whom the answer names beside, too.
    """
    desk = Counter()
    said = ANSWER | {"old_identity_number": "012345678"}
    desk.adapter.tell = lambda _: said
    reply = await desk.put()
    assert (reply.system, reply.type, reply.data) == ("population-db", "citizen.v1", said)
    (begun,) = desk.book.begun
    assert (begun.source, begun.system, begun.who, begun.purpose) == (
        "one-stop", "population-db", "Trần Thị B", "check",
    )  # fmt: skip
    assert begun.basis == "căn cứ"
    assert begun.about == ["001099000001"]
    (ended,) = desk.book.ended
    assert (ended.ending, ended.age, ended.about) == (Ending.ANSWERED, None, ["012345678"])
    assert reply.ask == begun.uid


async def test_what_was_tolerated_in_an_answer_stands_with_its_question() -> None:
    """Code and place, each once, twenty at most; never a value, nor what the question named as a place."""
    desk = Counter()
    desk.adapter.odd = [
        Finding("damaged-line-ends", "", "u000a"), Finding("unknown-field", "Que", "Hà Nội"),
        Finding("unknown-field", "Que", "Huế"), Finding("unknown-field", "So/001099000009"),
        Finding("unknown-field", "Nguyễn Văn Mẫu"), *(Finding("unknown-field", f"f{n}") for n in range(30)),
    ]  # fmt: skip
    await desk.put()
    found = desk.book.ended[0].found
    assert found[:2] == (("damaged-line-ends", ""), ("unknown-field", "Que"))
    assert len(found) == 20
    for word in ("u000a", "Hà Nội", "Huế", "001099000009", "Mẫu"):
        assert word not in str(found), word


async def test_all_who_share_an_answer_share_what_was_odd_in_it_and_memory_does_not_repeat_it() -> None:
    """It is the far side's answer of that moment; one without anything odd says so."""
    desk = Counter(Ask(cache={"citizen.query.v1": "10m"}))
    desk.adapter.odd = [Finding("unknown-field", "Que")]
    desk.adapter.open.clear()
    tasks = [desk.put(), desk.put()]
    await settled()
    desk.adapter.open.set()
    await asyncio.gather(*tasks, return_exceptions=False)
    await desk.put()
    desk.adapter.odd = []
    await desk.put(data=OTHER)
    assert [(one.age is None, len(one.found)) for one in desk.book.ended] == [
        (True, 1), (True, 1), (False, 0), (True, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "place", "code"),
    [
        ({"purpose": ""}, "/purpose", "missing"),
        ({"purpose": "curiosity"}, "/purpose", "not-one-of"),
        ({"purpose": "other"}, "/purpose", "not-one-of"),
        ({"purpose": "dossier"}, "/dossier", "missing"),
        ({"who": "  "}, "/who", "missing"),
        ({"type": "citizen.v1"}, "/type", "not-one-of"),
        ({"type": "dossier.v1"}, "/type", "not-one-of"),
        ({"data": QUESTION | {"identity_number": "12"}}, "/data/identity_number", "bad-format"),
        ({"data": {"name": "A"}}, "/data/birth", "missing"),
    ],
)
async def test_no_question_goes_out_without_its_reason(more: dict[str, Any], place: str, code: str) -> None:
    """Purpose, person and body are checked; what is rejected is in the journal, and nobody was asked."""
    desk = Counter()
    fault = await desk.refused(**more)
    assert (fault.problems[0].place, fault.problems[0].code) == (place, code)
    assert fault.ending is Ending.REJECTED
    assert desk.adapter.asked == []
    assert desk.book.endings == [(Ending.REJECTED, code)]


async def test_nobody_may_be_there_to_answer() -> None:
    """A type that no route takes anywhere is rejected like any other fault of the question."""
    desk = Counter()
    desk.asking.sources = type(desk.asking.sources)(
        desk.asking.sources.questions, desk.asking.sources.purposes, lambda *_: None, desk
    )
    assert (await desk.refused()).problems[0].code == "nobody-answers"


@pytest.mark.parametrize(
    ("fault", "ending", "cause"),
    [
        (Refused("not-found"), Ending.ABSENT, "not-found"),
        (Refused("officer-not-allowed"), Ending.REFUSED, "officer-not-allowed"),
        (Refused("field-rejected", fields=["HoVaTen"]), Ending.REFUSED, "field-rejected"),
        (Unavailable("unreachable", scope=Scope.SYSTEM), Ending.FAILED, "unreachable"),
        (KeyError("a bug"), Ending.FAILED, "adapter-bug"),
    ],
)
async def test_what_the_far_side_says_is_told_apart(fault: Exception, ending: Ending, cause: str) -> None:
    """Known not to exist, refused, wrong, away, a bug of ours: each is another answer to the caller."""
    desk = Counter()

    def raising(_: Message) -> dict[str, Any]:
        raise fault

    desk.adapter.tell = raising
    told = await desk.refused()
    assert (told.ending, told.cause) == (ending, cause)
    assert desk.book.endings == [(ending, cause)]
    if isinstance(fault, Refused) and fault.fields:
        assert told.problems[0].place == "HoVaTen"


async def test_a_broken_answer_is_no_answer() -> None:
    """What does not fit the answer's type is not handed on, and not remembered."""
    desk = Counter(Ask.model_validate({"cache": {"citizen.query.v1": "5m"}}))
    desk.adapter.tell = lambda _: {"identity_number": 12}
    assert (await desk.refused()).cause == "answer-broken"
    desk.adapter.tell = lambda _: ANSWER
    assert not (await desk.put()).remembered


async def test_equal_questions_share_one_flight() -> None:
    """Of a hundred equal questions at once one goes out; each of the others has a trace of its own."""
    desk = Counter()
    desk.adapter.open.clear()
    tasks = [desk.put() for _ in range(100)] + [desk.put(data=OTHER)]
    await settled()
    desk.adapter.open.set()
    replies = await asyncio.gather(*tasks)
    assert len(desk.adapter.asked) == 2
    assert len({reply.ask for reply in replies}) == len(desk.book.begun) == len(desk.book.ended) == 101


async def test_a_shared_failure_is_told_to_each_with_its_own_question() -> None:
    """Who waits beside others hears the reason, and the number of its own question."""
    desk = Counter()
    desk.adapter.open.clear()

    def refusing(_: Message) -> dict[str, Any]:
        raise Refused("not-found")

    desk.adapter.tell = refusing
    tasks = [desk.put() for _ in range(3)]
    await settled()
    desk.adapter.open.set()
    faults = await asyncio.gather(*tasks, return_exceptions=True)
    asked = {fault.ask for fault in faults if isinstance(fault, NoAnswer)}
    assert asked == {one.uid for one in desk.book.begun}
    assert len(asked) == 3


async def test_an_answer_is_given_again_while_it_is_fresh() -> None:
    """With its age; when its time is over the far side is asked anew."""
    desk = Counter(Ask.model_validate({"cache": {"citizen.query.v1": "60s"}}))
    assert (await desk.put()).age == 0
    desk.now = 42.0
    again = await desk.put()
    assert (again.remembered, again.age) == (True, 42.0)
    assert desk.book.ended[-1].age == 42_000_000
    desk.now = 60.0
    assert not (await desk.put()).remembered
    assert len(desk.adapter.asked) == 2


async def test_a_caller_waits_no_longer_than_it_said() -> None:
    """The deadline is the caller's, bounded by the home's; the far side is told of it, and let go."""
    desk = Counter()
    desk.adapter.open.clear()
    fault = await desk.refused(within=0.05)
    assert (fault.ending, fault.cause) == (Ending.LATE, "deadline-passed")
    assert desk.adapter.asked[0].expirytime is not None
    await settled()
    assert desk.adapter.at_once == 0


async def test_who_has_more_patience_than_the_first_asks_again() -> None:
    """The flight that it joined ends with the patience of who began it; that is not the end for the other."""
    desk = Counter()
    desk.adapter.open.clear()
    short, long = desk.put(within=0.05), desk.put(within=5.0)
    with pytest.raises(NoAnswer):
        await short
    desk.adapter.open.set()
    assert (await long).data == ANSWER
    assert [ending for ending, _ in desk.book.endings] == [Ending.LATE, Ending.ANSWERED]


async def test_who_hangs_up_lets_the_far_side_go() -> None:
    """A caller that went away leaves a trace; the far side is let go when nobody else waits."""
    desk = Counter()
    desk.adapter.open.clear()
    one, other = desk.put(), desk.put()
    await settled()
    one.cancel()
    await settled()
    assert desk.adapter.at_once == 1
    other.cancel()
    await settled()
    assert desk.adapter.at_once == 0
    assert desk.book.endings == [(Ending.FAILED, "caller-gone")] * 2


async def test_a_used_up_quota_turns_away_without_asking() -> None:
    """With the time after which there is a share again."""
    desk = Counter(wait=17.0)
    fault = await desk.refused()
    assert (fault.cause, fault.after) == ("quota-used-up", 17.0)
    assert desk.adapter.asked == []


async def test_nothing_of_the_body_stands_in_a_reason() -> None:
    """Neither numbers nor names: reasons are written down and told."""
    desk = Counter()
    fault = await desk.refused(data=QUESTION | {"identity_number": "00109900000X"})
    assert "00109900000X" not in repr(fault) + str(fault) + repr(fault.problems)
    assert "Nguyễn" not in repr(fault.problems)


@pytest.mark.parametrize(
    ("keep", "hashed", "kept"), [("nothing", False, False), ("digest", True, False), ("answer", True, True)]
)
async def test_what_is_kept_of_an_answer_is_a_policy(keep: str, hashed: bool, kept: bool) -> None:
    """By default nothing; a salted hash; or the body."""
    desk = Counter(Ask.model_validate({"keep": {"citizen.query.v1": keep}}))
    await desk.put()
    (ended,) = desk.book.ended
    assert (ended.kept is not None, ended.body is not None) == (hashed, kept)


async def test_what_was_wrong_stands_with_the_question() -> None:
    """Each code with its place, for whoever helps the vendor; a field that nobody knows is not named."""
    desk = Counter()
    data = QUESTION | {"identity_number": "12", "Nguyễn Văn A": "x"}
    await desk.refused(purpose="", data=data)
    (ended,) = desk.book.ended
    assert set(ended.found) == {
        ("missing", "/purpose"),
        ("bad-format", "/data/identity_number"),
        ("unknown-field", "/data"),
    }
