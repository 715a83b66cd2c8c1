"""Asking a far side, and runs at work: bounds, a far side that is away, other processes, lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from lgsp.adapter import Arrival, Holding, Listing
from lgsp.domain.reconciling.sides import Answer
from lgsp.errors import Scope, Unavailable
from lgsp.health import Standing
from lgsp.journal import reconciliations as journalled
from lgsp.journal.reconciliations import LISTING, TURNED_AWAY
from lgsp.message import Message
from lgsp.reconciling.asking import Asking
from tests.core.rig import DESK, Desk, Rig, rig
from tests.reconciling.far import TYPE, found, runs, shown, start, through, told


async def test_so_many_questions_at_once_and_no_more(one: Rig) -> None:
    """However many there are to ask."""
    one.portal.delay = 0.005
    answers = await Asking(one.to, TYPE, concurrency=3).ask({f"K{n}": f"K{n}" for n in range(20)})
    assert {theirs.answer for theirs in answers.values()} == {Answer.ABSENT}
    assert one.portal.most_asking == 3
    assert one.to.health.slots == one.to.spec.deliver.concurrency if hasattr(one.to.health, "slots") else True


async def test_a_rate_spreads_the_questions(one: Rig) -> None:
    """So many a second at most."""
    began = asyncio.get_running_loop().time()
    await Asking(one.to, TYPE, concurrency=9, rate=100).ask({f"K{n}": f"K{n}" for n in range(11)})
    assert asyncio.get_running_loop().time() - began >= 0.09


async def test_a_question_that_fails_is_asked_again(one: Rig) -> None:
    """A call in twenty that fails leaves nothing unverifiable."""
    one.portal.failing = 3
    answers = await Asking(one.to, TYPE, pause=0.001).ask({"K1": "K1"})
    assert (answers["K1"].answer, len(one.portal.asked)) == (Answer.ABSENT, 4)


async def test_what_is_never_answered_is_unknown_and_says_why(one: Rig) -> None:
    """By the cause of the last try; a bug in an adapter is no answer either."""
    one.portal.failing = 99
    answers = await Asking(one.to, TYPE, pause=0.001).ask({"K1": "K1"})
    assert (answers["K1"].answer, answers["K1"].cause) == (Answer.UNKNOWN, "timed-out")
    one.portal.cause = ValueError("a bug")
    assert (await Asking(one.to, TYPE, pause=0.001).ask({"K1": "K1"}))["K1"].answer is Answer.UNKNOWN


async def test_an_adapter_that_only_probes_is_asked_so(tmp_path: Path) -> None:
    """A probe without a body says whether some version is there."""
    async with rig(tmp_path) as plain:
        plain.portal.says.extend([Arrival.ARRIVED, Arrival.ABSENT, Arrival.UNKNOWN])
        answers = await Asking(plain.to, TYPE, concurrency=1).ask({f"K{n}": f"K{n}" for n in range(3)})
        assert [theirs.answer for theirs in answers.values()] == [Answer.THERE, Answer.ABSENT, Answer.UNKNOWN]
        assert all(isinstance(asked, Message) and not asked.data for asked in plain.portal.probed)


# --- runs -----------------------------------------------------------------------------------------------


async def test_a_run_goes_through_all_and_finds_what_is_missing(one: Rig) -> None:
    """From what was turned away to its end, by steps that each stand in the journal."""
    keys = await told(one, 30)
    one.portal.lose(*keys[:4])
    number = await start(one)
    await through(runs(one))
    assert (await shown(one, number))["state"] == "done"
    assert await found(one, number) == dict.fromkeys(keys[:4], "missing-there")


async def test_it_waits_until_the_register_was_filled(one: Rig) -> None:
    """After an upgrade the register knows nothing yet: that is no reason to find everything missing."""
    number = await start(one)
    await through(runs(one))
    assert (await shown(one, number))["state"] == "running"
    await told(one, 1)
    await through(runs(one))
    assert (await shown(one, number))["counts"]["compared"] == 1


async def test_another_process_goes_on_where_one_stopped(one: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compared is not compared again."""
    monkeypatch.setattr("lgsp.reconciling.running.PAGE", 5)
    keys = await told(one, 20)
    one.portal.lose(keys[0], keys[-1])
    number = await start(one)
    first = runs(one)
    for _ in range(3):
        await first.step()
    await through(runs(one))
    assert await found(one, number) == dict.fromkeys((keys[0], keys[-1]), "missing-there")
    assert sorted(one.portal.asked) == keys


async def test_a_process_that_is_not_the_one_does_nothing(one: Rig) -> None:
    """It asks nobody and writes nothing."""
    await told(one, 2)
    number = await start(one)
    assert not await runs(one, held=lambda _: False).step()
    assert (one.portal.asked, (await shown(one, number))["phase"]) == ([], TURNED_AWAY)


async def test_it_waits_for_a_system_that_rests(one: Rig) -> None:
    """Nothing is asked of a system that is paused or down; it goes on by itself."""
    await told(one, 2)
    number = await start(one)
    one.to.health.pause(0.0)
    await through(runs(one))
    assert (one.portal.asked, (await shown(one, number))["state"]) == ([], "running")
    one.to.health.resume(0.0)
    assert one.to.health.standing is Standing.RUNNING
    await through(runs(one))
    assert (await shown(one, number))["state"] == "done"


async def test_a_system_that_comes_back_is_asked_again(one: Rig) -> None:
    """A page that nobody answered is not taken for unverifiable at once."""
    keys = await told(one, 12)
    one.portal.failing = 12 * 6 * 3
    one.portal.checks.extend([Unavailable("not-reachable", scope=Scope.SYSTEM)] * 9)
    number = await start(one)
    await through(runs(one, again=(0.01,) * 9))
    assert (await found(one, number), len(set(one.portal.asked))) == ({}, len(keys))


async def test_a_system_that_never_answers_leaves_all_unverifiable(one: Rig) -> None:
    """The run ends all the same, and says of each that nobody answered."""
    keys = await told(one, 12)
    one.portal.failing = 10_000
    number = await start(one)
    await through(runs(one))
    assert await found(one, number) == dict.fromkeys(keys, "unverifiable")
    assert (await shown(one, number))["counts"]["unanswered"] == 12


class Listing_(Desk):  # noqa: N801 - a desk that lists
    """A source that can list what it has; it breaks off as often as it is told to."""

    lists = True

    def __init__(self, rows: Sequence[str], breaks: int = 0) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]
        self.rows, self.breaks = rows, breaks

    async def holdings(self, _: Listing) -> AsyncIterator[Sequence[Holding]]:
        """Yield all, two at a time."""
        for at in range(0, len(self.rows), 2):
            if self.breaks and at:
                self.breaks -= 1
                raise Unavailable("timed-out")
            yield [Holding(row) for row in self.rows[at : at + 2]]


CODES = [f"H44.11-260131-{n:04d}" for n in range(1, 8)]


async def test_a_source_that_lists_is_asked_for_its_list(one: Rig) -> None:
    """What it has and never told is missing here."""
    await told(one, 0)
    object.__setattr__(one.systems[DESK], "adapter", Listing_(CODES))
    number = await start(one, LISTING)
    await through(runs(one))
    assert await found(one, number) == dict.fromkeys(CODES, "missing-here")
    assert await one.journal.read(lambda tx: tx.rows("SELECT * FROM holdings")) == []


async def test_a_list_that_breaks_off_fails_the_run_and_begins_anew(one: Rig) -> None:
    """What it brought before does not count twice when it is resumed."""
    await told(one, 0)
    object.__setattr__(one.systems[DESK], "adapter", Listing_(CODES, breaks=1))
    number = await start(one, LISTING)
    await through(runs(one))
    failed = await shown(one, number)
    assert (failed["state"], failed["said"]) == (
        "failed",
        f"asking {DESK} for its list: being put off: timed-out",
    )
    await one.journal.write(lambda tx: journalled.move(tx, number, "resume", "operator"))
    await through(runs(one))
    assert await found(one, number) == dict.fromkeys(CODES, "missing-here")
