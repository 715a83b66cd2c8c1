"""The documents of a demonstration: what is written, and that the judge sees whatever goes wrong with them."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from lgsp.adapters.document_axis import DocumentAxis

from lgsp.adapter import Arrival, Receipt
from lgsp.demo.correspondence import LENIENT, NOBODY, OURS, REFUSER, REPLIER, STRICT, Act, correspondence
from lgsp.demo.exchange import clumsy
from lgsp.demo.gathering import Gathered
from lgsp.demo.plan import Plan
from lgsp.demo.play import drained
from lgsp.demo.stage import Stage, stage
from lgsp.demo.threads import Item, Kind, Passage
from lgsp.demo.verdict import settle_documents, wrongs
from lgsp.demo.watch import Watch
from lgsp.errors import Unavailable, Uncertain
from lgsp.message import Message
from lgsp.sandbox.axis.faults import AxisFaults
from lgsp.sandbox.axis.post import Delivery

SHORT = Plan(seconds=1, rate=10, patience=20)


@asynccontextmanager
async def played(plan: Plan) -> AsyncIterator[Stage]:
    """Play a demonstration, and leave the stage as it is when all has drained."""
    async with stage(plan) as setting:
        async with Watch(setting) as watch:
            await drained(setting, watch)
        yield setting


def lose_a_document(setting: Stage) -> str:
    """Let the axis never have had a document of ours."""
    post = setting.exchange.axis.world.post
    docid, one = _single(setting)
    del post._deliveries[docid]
    return f"{one.sending.subject} {one.sending.sender} → {one.receiver}: lost: new"


def lose_a_status(setting: Stage) -> str:
    """Let our office never have heard that a document is finished."""
    heard = next(codes for codes in _heard(setting) if codes[-1] == "06")
    heard.pop()
    return "lost: 06"


def turn_statuses_round(setting: Stage) -> str:
    """Let our office hear of a document's end before its beginning."""
    next(codes for codes in _heard(setting) if len(codes) > 3).reverse()
    return "is out of order"


def recall_before_its_document(setting: Stage) -> str:
    """Let a recall come first."""
    received = setting.exchange.clerk.tally.received
    records = [record for office in received.values() for record in office.values()]
    next(record for record in records if record.what == ["new", "recall"]).what.reverse()
    return "recall is out of order: recall new of new recall"


def double_a_document(setting: Stage) -> str:
    """Let a peer have a document twice, of which nothing was ever in doubt."""
    _, one = _single(setting)
    setting.exchange.axis.world.post._deliveries["again"] = replace(one, docid="again")
    return "1 came again without any doubt: new new"


def tell_what_nobody_told(setting: Stage) -> str:
    """Let our office hear a status that no peer ever told."""
    next(codes for codes in _heard(setting) if "16" not in codes).append("16")
    return "16 is out of order"


def _heard(setting: Stage) -> list[list[str]]:
    return [codes for tellers in setting.exchange.clerk.tally.told.values() for codes in tellers.values()]


def _single(setting: Stage) -> tuple[str, Delivery]:
    """Return a new document of ours that went over the axis and that nothing followed."""
    went = setting.exchange.axis.world.post._deliveries
    about = Counter(
        (one.sending.subject, one.receiver) for one in went.values() if one.sending.kind == "edoc"
    )
    return next(
        (docid, one)
        for docid, one in went.items()
        if one.sending.sender.startswith("H44")
        and one.sending.what == "new"
        and about[one.sending.subject, one.receiver] == 1
    )


MEDDLINGS: list[Callable[[Stage], str]] = [
    lose_a_document,
    lose_a_status,
    turn_statuses_round,
    recall_before_its_document,
    double_a_document,
    tell_what_nobody_told,
]


@pytest.mark.slow
async def test_every_planted_violation_is_found() -> None:
    """Of one sound exchange, whoever loses, turns round, doubles or invents anything is seen, one by one."""
    async with played(SHORT) as setting:
        sound = await settle_documents(setting)
        assert (list(sound.differences), sound.figures["matches"]) == ([], True)
        clerk, post = setting.exchange.clerk, setting.exchange.axis.world.post
        for meddle in MEDDLINGS:
            tally, held = copy.deepcopy(clerk.tally), dict(post._deliveries)
            expected = meddle(setting)
            verdict = await settle_documents(setting)
            assert any(expected in line for line in verdict.differences), (
                meddle.__name__,
                verdict.differences,
            )
            assert verdict.figures["matches"] is False
            clerk.tally, post._deliveries = tally, held


@pytest.mark.slow
async def test_whole_lives_are_played_without_faults() -> None:
    """Each kind of document comes, each status is heard, and all of it is delivered, once."""
    async with played(SHORT) as setting:
        told = (await settle_documents(setting)).figures
        post = setting.exchange.axis.world.post
        kinds = {one.sending.what for one in post.sent("edoc", lambda _: True)}
        replies = [one for one in setting.exchange.clerk.tally.written if one.answers]
    assert told["wanted"] == told["delivered"] >= 22
    assert told["statuses"]["wanted"] == told["statuses"]["delivered"] > 60
    assert {"01", "02", "03", "04", "05", "06", "13"} <= set(told["heard"])
    assert told["heard"].get("15", 0) + told["heard"].get("16", 0) > 5
    assert (told["duplicates"], told["turned_away"], told["repeated_requests"]) == (0, 0, 0)
    assert {"new", "recall", "update", "replace"} <= kinds
    assert replies


@pytest.mark.slow
async def test_documents_in_doubt_are_held_and_nothing_passes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can say whether a document arrived it is held for a person, what follows waits, all is sound."""

    async def nobody_knows(*_: Any) -> Arrival:
        return Arrival.UNKNOWN

    send, sendings = DocumentAxis.send, count()

    async def forgotten(self: DocumentAxis, message: Message) -> Receipt:
        receipt = await send(self, message)
        if message.type == "document.v1" and next(sendings) % 4 == 1:
            raise Uncertain("timed-out", "the answer was lost")
        return receipt

    monkeypatch.setattr(DocumentAxis, "send", forgotten)
    monkeypatch.setattr(DocumentAxis, "probe", nobody_knows)
    async with played(replace(SHORT, patience=40)) as setting:
        verdict = await settle_documents(setting)
    told = verdict.figures
    assert list(verdict.differences) == []
    assert told["held"] > 0
    assert told["reasons"]["uncertain"] == told["held"]
    assert told["wanted"] == told["delivered"] + told["held"] + told["behind"]


@pytest.mark.slow
async def test_an_axis_that_is_away_leaves_documents_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What never arrives is a difference, however long one waits: the demonstration says so and ends."""
    monkeypatch.setattr(Plan, "axis_faults", lambda _: AxisFaults(http_503=1))
    async with played(replace(SHORT, patience=2)) as setting:
        verdict = await settle_documents(setting)
    assert verdict.figures["waiting"] > 0
    assert any("it ends as" in line for line in verdict.differences)


# --- what stands in no thread's order ---------------------------------------------------------------------


def test_only_letters_to_nobody_may_be_refused() -> None:
    """A refusal of what was for somebody who exists is a difference, though its reason is a good one."""
    found = Gathered()
    for receiver in ("G22", NOBODY):
        passage = Passage("new", "document-axis", "refused", cause="axis-receiver-unknown")
        thread = found.thread(Kind.DOCUMENTS, "H44.11", receiver, "H44.11,2026/03/05,1/VP")
        thread.told, thread.passed = [Item("new")], [passage]
    (line,) = wrongs(found, damaged=False)
    assert "G22: new was refused for axis-receiver-unknown, which was not planned" in line


def test_strangers_and_sound_packets_turned_away_are_found() -> None:
    """A message that nobody wrote is a difference; so is a packet in quarantine, unless packets are damaged."""
    found = Gathered(strangers={"m-1"}, rejected=frozenset({"d-1"}), amiss=["it goes nowhere"])
    assert wrongs(found, damaged=True) == ["it goes nowhere", "m-1: nobody wrote it"]
    assert "d-1: a sound packet of the axis was turned away" in wrongs(found, damaged=False)


# --- what is written --------------------------------------------------------------------------------------


def test_a_dozen_has_something_of_everything() -> None:
    """However short the play: near and far, lenient and strict, to many, of every act, a refuser, a replier."""
    errands = correspondence(1, seed=4)
    assert len(errands) >= 12
    ours = {member.code for member in OURS}
    assert {errand.act for errand in errands} == set(Act)
    to = {code for errand in errands for code in errand.to}
    assert {REFUSER.code, REPLIER.code} <= to
    assert to & set(LENIENT)
    assert to & set(STRICT)
    assert any(set(errand.to) <= ours and errand.sender in ours for errand in errands)
    assert any(
        set(errand.to) & ours and set(errand.to) - ours and errand.sender in ours for errand in errands
    )
    assert any(errand.sender not in ours for errand in errands)


@pytest.mark.parametrize(("steps", "least", "most"), [(1, 12, 14), (600, 60, 74), (100_000, 200, 214)])
def test_one_document_goes_with_ten_steps(steps: int, least: int, most: int) -> None:
    """About one for ten, at least a dozen, and no more than a bound, whatever the rate."""
    assert least <= len(correspondence(steps, seed=1)) <= most


def test_what_is_about_a_document_goes_to_its_receivers() -> None:
    """A recall, an update, a replacement, a wish: each follows an earlier one, of the same sender, to the same."""
    errands = correspondence(600, seed=2)
    assert [errand.number for errand in errands] == list(range(len(errands)))
    for errand in errands:
        if errand.about is not None:
            about = errands[errand.about]
            assert about.number < errand.number
            assert (about.sender, about.to) == (errand.sender, errand.to)


def test_only_faults_write_to_nobody() -> None:
    """A letter to a code that nobody bears is among them with faults only; the same seed is the same plan."""
    plain, troubled = (correspondence(100, seed=3, faults=faults) for faults in (False, True))
    assert not any(NOBODY in errand.to for errand in plain)
    assert any(NOBODY in errand.to for errand in troubled)
    assert plain == correspondence(100, seed=3)


async def test_a_clumsy_system_asks_twice_and_loses_answers() -> None:
    """Requests are doubled, answers lost; never that of getEdoc, and what is done is done all the same."""
    asked: Counter[str] = Counter()

    async def ask(operation: str, headers: dict[str, str], body: bytes) -> bytes:
        asked[operation] += 1
        return b"{}"

    lost: Counter[str] = Counter()
    careless = clumsy(ask, 0.5, seed=1)
    for operation in ("getEdoc", "sendEdoc") * 100:
        try:
            await careless(operation, {}, b"")
        except Unavailable:
            lost[operation] += 1
    assert asked["getEdoc"] > 120
    assert asked["sendEdoc"] > 120
    assert lost["getEdoc"] == 0
    assert lost["sendEdoc"] > 20
