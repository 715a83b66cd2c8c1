"""Taking over: adopting what the far side holds, and bringing to life what an older connection did not tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from lgsp.adapter import Arrival
from lgsp.adopting import Adoption
from lgsp.cut_over import CutOver
from lgsp.errors import Invalid, Problem, Rejected, Unavailable
from lgsp.journal import gaps, handovers
from lgsp.journal.contract import Part, WrongStateError
from lgsp.journal.handovers import Order, StalePartError
from lgsp.message import Message, Raw
from lgsp.testing.making import DOSSIER, PAPER, PROGRESS, SYSTEM
from tests.core.beside import Beside, beside
from tests.core.rig import DESK, dossier, fact, progress


def order(what: str, **more: str) -> Order:
    """Return an order of a test."""
    wanted = {"source": DESK} if what == "items" else {} if what == "cut-over" else {"type": DOSSIER}
    return Order(**({"token": what, "what": what, "system": SYSTEM, "who": "operator", "reason": "test"} | more),
                 wanted=wanted, rate=1000)  # type: ignore[arg-type]  # fmt: skip


async def begun(one: Beside, what: str, **more: str) -> int:
    """Begin a handover and return its number."""
    found, _ = await one.journal.write(lambda tx: handovers.ask(tx, order(what, **more)))
    return int(found["id"])


async def shown(one: Beside, number: int) -> dict[str, Any]:
    """Return a handover as people see it."""
    return await one.journal.read(lambda tx: handovers.find(tx, number))


async def carried_out(one: Beside, number: int, held: Any = lambda _: True) -> dict[str, Any]:
    """Carry out what the gateway carries out, to its end or to where it stays."""
    ticks = iter(range(10**6))
    runner = CutOver(one.gateway, held, lambda: float(next(ticks)))
    for _ in range(8):
        await runner.step()
    await one.run()
    return await shown(one, number)


async def cut_over(one: Beside, token: str = "cut-over") -> dict[str, Any]:
    """Cut over, and deliver what comes to life."""
    return await carried_out(one, await begun(one, "cut-over", token=token))


# --- cutting over ---------------------------------------------------------------------------------------


async def test_a_cut_over_tells_what_the_older_connection_did_not(tmp_path: Path) -> None:
    """What is there stays; of what is absent the newest snapshot goes, and then its events, in order, once."""
    async with beside(tmp_path) as one:
        await one.both(dossier("K1", "A"), progress("K1", 1))
        await one.ours(dossier("K2", "A"), progress("K2", 1), dossier("K2", "B"), progress("K2", 2))
        one.switch()
        told = await cut_over(one)
        assert told["state"] == "done"
        assert told["counts"] == {"brought": 1, "deliveries": 3, "there": 1}
        assert (one.portal.of("K1"), one.portal.of("K2")) == (["A", 1], ["B", 1, 2])
        assert await one.presence() == [(DOSSIER, "adopted"), (DOSSIER, "delivered")]
        again = await cut_over(one, "again")
        assert (again["state"], again["counts"]) == ("done", {})
        assert one.portal.of("K2") == ["B", 1, 2]


async def test_what_came_to_life_is_one_and_the_same_delivery(tmp_path: Path) -> None:
    """Row 179: a message has one delivery to a system, which was shadowed and is delivered now."""
    async with beside(tmp_path) as one:
        (receipt,) = await one.ours(dossier("K2", "A"))
        before = await one.delivery(receipt)
        one.switch()
        await cut_over(one)
        after = await one.delivery(receipt)
        assert (before["id"], before["state"]) == (after["id"], "shadowed")
        assert (after["state"], after["attempt"]) == ("delivered", 2)


async def test_a_line_whose_turn_it_is_judges_itself(tmp_path: Path) -> None:
    """Row 178: a verdict from before a live delivery does not count beside it."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"), progress("K2", 1))
        one.switch()
        page, _ = await one.journal.read(lambda tx: gaps.unjudged(tx, SYSTEM, b"", 10))
        await one.told(dossier("K2", "B"))
        verdict = await one.journal.write(lambda tx: gaps.judge(tx, page[0], there=False, who="x"))
        assert verdict == (gaps.Verdict.BUSY, 0)
        await one.run()
        verdict = await one.journal.write(lambda tx: gaps.judge(tx, page[0], there=False, who="x"))
        assert verdict == (gaps.Verdict.JUDGED, 0)
        assert one.portal.of("K2") == ["B", 1]


async def test_who_dies_between_verdict_and_answer_leaves_no_gap(tmp_path: Path) -> None:
    """Row 182: our own create landed; asked again it is there, and what nobody told still goes."""
    from lgsp.jobs import policies
    from lgsp.journal import sweeping
    from lgsp.journal.rows import rows_of

    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"), progress("K2", 1))
        one.switch()
        await one.told(dossier("K2", "B"))
        (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
        await one.gateway.deliver(claim)
        assert one.portal.of("K2") == ["B"]
        await one.journal.write(
            lambda tx: sweeping.lapse(tx, list(rows_of(tx, [claim.delivery]).values()), policies(one.systems))
        )
        import asyncio

        await asyncio.sleep(0.05)
        one.broker.publish(await one.journal.write(lambda tx: sweeping.due(tx, [SYSTEM])))
        await one.run()
        assert one.portal.of("K2") == ["B", 1]


async def test_what_nobody_can_tell_of_is_left_to_a_person(tmp_path: Path) -> None:
    """Unknown is neither there nor absent: it is listed, and a person says what is so."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"))
        one.switch()
        one.portal.honest = False
        told = await cut_over(one)
        assert (told["state"], told["counts"]) == ("done", {"unknown": 1})
        (line,), _ = await one.journal.read(lambda tx: gaps.unjudged(tx, SYSTEM, b"", 10))
        assert line.subject == "K2"
        await one.journal.write(lambda tx: gaps.judge(tx, line, there=False, who="binh", reason="looked"))
        one.to.window.look_again()
        await one.run()
        assert one.portal.of("K2") == ["A"]


async def test_a_line_that_is_still_in_the_shadow_is_left_alone(tmp_path: Path) -> None:
    """Row 186: while the older connection tells it nothing is judged."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"))
        assert (await cut_over(one))["counts"] == {"still_shadow": 1}
        assert await one.presence() == [(DOSSIER, "shadowed")]


async def test_a_system_that_does_not_answer_is_asked_again(tmp_path: Path) -> None:
    """Row 185: a page that could not be asked for comes again; nothing is guessed."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"))
        one.switch()
        asked = one.portal.probe

        async def away(_: Message) -> Arrival:
            one.portal.probe = asked  # type: ignore[method-assign]
            raise Unavailable("away")

        one.portal.probe = away  # type: ignore[method-assign]
        assert (await cut_over(one))["counts"] == {"brought": 1, "deliveries": 1}


async def test_only_who_holds_the_duty_judges(tmp_path: Path) -> None:
    """Row 185: of several processes one carries a handover out."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"))
        one.switch()
        number = await begun(one, "cut-over")
        assert (await carried_out(one, number, lambda _: False))["state"] == "running"
        assert one.portal.probed_keys == []
        assert (await carried_out(one, number))["state"] == "done"


# --- adopting -------------------------------------------------------------------------------------------


async def test_codes_that_are_there_are_updated_and_not_created(tmp_path: Path) -> None:
    """An adopted dossier is there: parked progress goes, and the first fact of ours is an update."""
    async with beside(tmp_path, live=True) as one:
        step = await one.told(progress("K1", 1))
        one.portal.told(dossier("K1", "old"))
        number = await begun(one, "codes")
        adopted = await Adoption(one.gateway, SYSTEM).codes(
            DOSSIER, [(1, "K1"), (2, ""), (4, "K9")], Part(number, 0, 4)
        )
        assert dict(adopted.counts) == {"adopted": 2, "known": 0, "unreadable": 1}
        assert [(bad.place, bad.said) for bad in adopted.unreadable] == [(2, "")]
        await one.ours(dossier("K1", "A"))
        assert await one.states(step) == ["delivered"]
        assert one.portal.of("K1") == ["old", 1, "A"]
        assert [m.there for m in one.portal.landed if m.data.get("body") == "A"] == [True]
        assert (await shown(one, number))["counts"] == {"adopted": 2, "unreadable": 1}


async def test_a_part_counts_once_and_only_where_it_begins(tmp_path: Path) -> None:
    """Row 187: told again, or too early, it changes nothing and says where the adoption stands."""
    async with beside(tmp_path) as one:
        number, adoption = await begun(one, "codes"), Adoption(one.gateway, SYSTEM)
        await adoption.codes(DOSSIER, [(1, "K1")], Part(number, 0, 1))
        for begins in (0, 7):
            with pytest.raises(StalePartError) as stale:
                await adoption.codes(DOSSIER, [(1, "K1")], Part(number, begins, begins + 1))
            assert stale.value.place == 1
        assert (await shown(one, number))["counts"] == {"adopted": 1}
        await one.journal.write(lambda tx: handovers.move(tx, number, "cancel", "x"))
        with pytest.raises(WrongStateError):
            await adoption.codes(DOSSIER, [(2, "K2")], Part(number, 1, 2))


async def test_the_same_token_is_the_same_adoption(tmp_path: Path) -> None:
    """Who begins a file again goes on where it stood; for something else the token is refused."""
    async with beside(tmp_path) as one:
        first, again = await begun(one, "codes"), await begun(one, "codes")
        assert first == again
        with pytest.raises(WrongStateError):
            await begun(one, "items", token="codes")


def readable(one: Beside) -> None:
    """Let the desk's adapter read arrays of messages."""

    async def read(raw: Raw) -> list[Message | Rejected]:
        return [_read(item) for item in orjson.loads(raw.read())]

    one.systems[DESK].adapter.read = read  # type: ignore[method-assign]


def _read(item: Any) -> Message | Rejected:
    if "key" not in item:
        return Invalid([Problem("/key", "missing")], subject="?")
    kind = PROGRESS if "step" in item else PAPER if "name" in item else DOSSIER
    return fact(kind, item["key"], **{name: value for name, value in item.items() if name != "key"})


async def adopt(one: Beside, *items: dict[str, Any], begins: int = 0) -> dict[str, int]:
    """Adopt native items of the desk."""
    number = await begun(one, "items")
    part = Part(number, begins, begins + len(items))
    adopted = await Adoption(one.gateway, SYSTEM).items(DESK, orjson.dumps(items), part, begins)
    return {name: count for name, count in adopted.counts.items() if count}


async def test_adopted_items_are_known_and_a_changed_one_is_an_update(tmp_path: Path) -> None:
    """Row 190: the same fact told again goes nowhere; a changed one is revision 2, and an update there."""
    async with beside(tmp_path, live=True) as one:
        readable(one)
        items = [{"key": "K1", "body": "A"}, {"key": "K1", "step": 1}, {"body": "no key"}]
        assert await adopt(one, *items) == {"adopted": 2, "unreadable": 1}
        same, step = await one.ours(dossier("K1", "A"), progress("K1", 1))
        assert (same.known, step.known, list(same.systems)) == (True, True, [SYSTEM])
        assert await one.states(same, step) == ["adopted", "adopted"]
        assert one.portal.landed == []
        (changed,) = await one.ours(dossier("K1", "B"))
        assert (changed.revision, one.portal.of("K1")) == (2, ["B"])
        assert [m.there for m in one.portal.landed] == [True]


async def test_nothing_is_adopted_over_what_the_journal_knows(tmp_path: Path) -> None:
    """Row 188: the baseline is older than what its source told; its presence alone is taken."""
    async with beside(tmp_path) as one:
        readable(one)
        (newer,) = await one.ours(dossier("K1", "B"))
        assert await adopt(one, {"key": "K1", "body": "A"}) == {"otherwise": 1}
        assert await one.presence() == [(DOSSIER, "adopted")]
        (again,) = await one.ours(dossier("K1", "B"))
        assert (again.known, again.id) == (True, newer.id)


async def test_an_adopted_part_told_twice_is_refused_whole(tmp_path: Path) -> None:
    """Row 187: the cursor commits with the messages."""
    async with beside(tmp_path) as one:
        readable(one)
        await adopt(one, {"key": "K1", "body": "A"})
        with pytest.raises(StalePartError):
            await adopt(one, {"key": "K2", "body": "A"})
        rows = await one.journal.read(lambda tx: tx.rows("SELECT count(*) FROM messages"))
        assert rows == [(1,)]


async def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    """Who only looks leaves no trace."""
    async with beside(tmp_path) as one:
        readable(one)
        adoption = Adoption(one.gateway, SYSTEM)
        codes = await adoption.codes(DOSSIER, [(1, "K1")], None)
        items = await adoption.items(DESK, orjson.dumps([{"key": "K1", "body": "A"}]), None)
        assert (codes.counts["adopted"], items.counts["adopted"]) == (1, 1)
        for table in ("messages", "presence", "history", "handovers"):
            assert await one.journal.read(lambda tx, t=table: tx.rows(f"SELECT 1 FROM {t}")) == []


async def test_a_system_can_be_asked_for_what_the_journal_knows(tmp_path: Path) -> None:
    """`--query`: what it holds is adopted; what it has not is no gap while the older connection works."""
    async with beside(tmp_path) as one:
        await one.both(dossier("K1", "A"))
        await one.ours(dossier("K2", "A"))
        told = await carried_out(one, await begun(one, "query"))
        assert (told["state"], told["counts"]) == ("done", {"absent": 1, "adopted": 1})
        assert await one.presence() == [(DOSSIER, "adopted"), (DOSSIER, "shadowed")]
