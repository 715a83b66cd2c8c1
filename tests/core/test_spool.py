"""Outcomes that the journal cannot take are kept on disk, and applied once, when it can."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lgsp.jobs import Keeper
from lgsp.journal.contract import JournalError
from lgsp.journal.states import State
from lgsp.journal.turns import Apart, Outcome
from lgsp.keys import DataKeys
from lgsp.spool import Spool, packed, unpacked
from lgsp.testing.making import SYSTEM, outcome
from tests.core.rig import Rig, dossier, doubt, rig


class Outage:
    """A journal that takes no outcomes while it is down; with `lossy`, it writes them and its answer is lost."""

    def __init__(self, one: Rig, *, lossy: bool = False) -> None:
        self.down = True
        self._settle, self._read = one.journal.settle, one.journal.read
        self._lossy = lossy
        one.journal.settle = self.settle
        one.journal.read = self.read

    async def settle(self, outcome: Outcome) -> Any:
        """Settle, or fail."""
        if self.down:
            if self._lossy:
                await self._settle(outcome)
            raise JournalError("writing to the journal: away")
        return await self._settle(outcome)

    async def read(self, query: Any) -> Any:
        """Read, or fail."""
        if self.down:
            raise JournalError("reading the journal: away")
        return await self._read(query)


async def claimed(one: Rig, *messages: Any) -> list[Any]:
    """Tell messages and claim their deliveries."""
    await one.tell(*messages)
    return await one.journal.claim(await one.broker.take(SYSTEM, len(messages)), one.gateway.worker)


async def sent_into_an_outage(one: Rig, folder: Path, *, lossy: bool = False) -> Outage:
    """Send one delivery; its outcome cannot be written and lies in the spool."""
    (claim,) = await claimed(one, dossier())
    one.gateway.spool = Spool.open(folder / "spool")
    outage = Outage(one, lossy=lossy)
    with pytest.raises(JournalError):
        await one.send(claim)
    return outage


async def drained(one: Rig) -> int:
    """Drain the spool of a gateway."""
    assert one.gateway.spool is not None
    return await one.gateway.spool.drain(one.journal, one.gateway.apply)


async def test_an_outcome_outlives_an_outage_of_the_journal(tmp_path: Path) -> None:
    """Row 47: the far side took it; when the journal is back it is delivered, in one attempt and no doubt."""
    async with rig(tmp_path) as one:
        outage = await sent_into_an_outage(one, tmp_path)
        with pytest.raises(JournalError):
            await drained(one)
        outage.down = False
        assert await drained(one) == 1
        assert await drained(one) == 0
        assert await one.counted() == {"delivered": 1}
        (kept,) = await one.journal.read(
            lambda tx: tx.rows("SELECT attempt, exchanges IS NULL FROM attempts")
        )
        assert kept == (1, True)
        assert (len(one.portal.log), one.gateway.spool.holding()) == (1, frozenset())  # type: ignore[union-attr]


async def test_an_outcome_whose_answer_was_lost_is_applied_once(tmp_path: Path) -> None:
    """Row 49: the commit succeeded and its answer never came; bringing it again is no late landing."""
    async with rig(tmp_path) as one:
        outage = await sent_into_an_outage(one, tmp_path, lossy=True)
        outage.down = False
        assert await drained(one) == 0
        assert await one.counted() == {"delivered": 1}
        whats = await one.journal.read(lambda tx: tx.rows("SELECT what FROM entries"))
        assert ("late outcome",) not in whats


async def test_an_outcome_that_lapsed_meanwhile_is_evidence(tmp_path: Path) -> None:
    """Row 7: (delivery, attempt) is not current any more: it is kept, and changes nothing."""
    async with rig(tmp_path) as one:
        outage = await sent_into_an_outage(one, tmp_path)
        await one.journal.write(lambda tx: tx.run("UPDATE deliveries SET attempt = attempt + 1", [()]))
        outage.down = False
        await drained(one)
        assert await one.counted() == {"sending": 1}
        assert ("late outcome",) in await one.journal.read(lambda tx: tx.rows("SELECT what FROM entries"))


async def test_what_lies_in_the_spool_is_not_taken_for_abandoned(tmp_path: Path) -> None:
    """Row 47: a long outage must not end in a lapse of what this process itself knows the outcome of."""
    now = [1_700_000_000_000_000]
    async with rig(tmp_path, clock=lambda: now[0]) as one:
        outage = await sent_into_an_outage(one, tmp_path)
        now[0] += 60_000_000
        await Keeper(one.gateway, {SYSTEM: one.lane}).look()
        outage.down = False
        await drained(one)
        assert await one.counted() == {"delivered": 1}


async def test_the_spool_brings_everything_by_itself(tmp_path: Path) -> None:
    """Left alone it tries again until the journal is back; what waits behind in the lines goes on."""
    async with rig(tmp_path) as one:
        claims = await claimed(one, *(dossier(f"K{n}") for n in range(5)))
        await one.tell(dossier("K0", "B"))
        spool = one.gateway.spool = Spool.open(tmp_path / "spool")
        outage = Outage(one)
        answers = await asyncio.gather(*map(one.send, claims), return_exceptions=True)
        assert {type(answer) for answer in answers} == {JournalError}
        bringing = asyncio.create_task(spool.run(one.journal, one.gateway.apply))
        await asyncio.sleep(0.1)
        assert len(spool.holding()) == 5
        outage.down = False
        async with one.working():
            await one.rest("delivered")
        async with asyncio.timeout(30):
            while (tmp_path / "spool" / "outcomes-0.jsonl").read_bytes():  # noqa: ASYNC110 - a file
                await asyncio.sleep(0.01)
        bringing.cancel()
        await asyncio.gather(bringing, return_exceptions=True)
        assert one.portal.held["dossier.v1", "K0"]["body"] == "B"


async def test_a_line_that_a_crash_cut_short_is_skipped(tmp_path: Path) -> None:
    """Row 48: what is whole is applied; the torn line lapses, as if it had never been written."""
    async with rig(tmp_path) as one:
        outage = await sent_into_an_outage(one, tmp_path)
        one.gateway.spool.close()  # type: ignore[union-attr]
        file = tmp_path / "spool" / "outcomes-0.jsonl"
        whole = file.read_bytes()
        file.write_bytes(whole + b"\xff\n[1]\n{}\n" + whole[: len(whole) // 2])
        outage.down = False
        one.gateway.spool = Spool.open(tmp_path / "spool")
        assert await drained(one) == 1
        assert await one.counted() == {"delivered": 1}


async def test_two_processes_have_spools_of_their_own(tmp_path: Path) -> None:
    """One host, several processes: each has a file; a newcomer takes over what the dead left, not the living's."""
    async with rig(tmp_path) as one:
        outage = await sent_into_an_outage(one, tmp_path)
        first = one.gateway.spool
        second = Spool.open(tmp_path / "spool")
        assert second.holding() == frozenset()
        assert first is not None
        first.close()
        third = Spool.open(tmp_path / "spool")
        assert len(third.holding()) == 1
        third.close()
        second.close()
        fourth = one.gateway.spool = Spool.open(tmp_path / "spool")
        assert len(fourth.holding()) == 1
        assert [path.name for path in (tmp_path / "spool").iterdir()] == ["outcomes-0.jsonl"]
        outage.down = False
        assert await drained(one) == 1


async def test_what_a_dead_neighbour_left_is_safe_before_its_file_goes(tmp_path: Path) -> None:
    """Taken over, it stands in the file of the one that took it: a crash right then loses nothing."""
    async with rig(tmp_path) as one:
        await sent_into_an_outage(one, tmp_path)
        (file,) = (tmp_path / "spool").iterdir()
        one.gateway.spool.close()  # type: ignore[union-attr]
        file.rename(file.with_name("outcomes-1.jsonl"))
        (tmp_path / "spool" / "outcomes-0.jsonl").touch()
        Spool.open(tmp_path / "spool").close()  # and it crashes
        again = Spool.open(tmp_path / "spool")
        assert len(again.holding()) == 1
        again.close()


async def test_an_outcome_that_no_journal_takes_ends(tmp_path: Path) -> None:
    """The journal writes other things and turns this one down, again and again: it lapses like a lost one."""
    async with rig(tmp_path) as one:
        outage = await sent_into_an_outage(one, tmp_path)
        spool = one.gateway.spool
        assert spool is not None
        one.journal.read = outage._read
        for _ in range(5):
            assert len(spool.holding()) == 1
            await drained(one)
        assert spool.holding() == frozenset()


async def test_a_long_outage_costs_no_outcome(tmp_path: Path) -> None:
    """Row 47: while nothing at all can be written, no outcome counts as turned down, however often it is tried."""
    async with rig(tmp_path) as one:
        outage = await sent_into_an_outage(one, tmp_path)
        one.journal.read, write = outage._read, one.journal.write
        one.journal.write = one.journal.settle  # it fails likewise
        for _ in range(10):
            with pytest.raises(JournalError):
                await drained(one)
        one.journal.write, outage.down = write, False
        assert await drained(one) == 1


async def test_a_full_disk_keeps_it_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The spool cannot be written either: the outcome is applied all the same, as long as this process lives."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    async with rig(tmp_path) as one:
        monkeypatch.setattr(Spool, "_append", full)
        outage = await sent_into_an_outage(one, tmp_path)
        outage.down = False
        assert await drained(one) == 1
        assert await one.counted() == {"delivered": 1}


async def test_an_outcome_is_kept_whole_and_without_the_body(tmp_path: Path) -> None:
    """Everything that settling needs comes back; the citizen's data stay in the journal alone."""
    async with rig(tmp_path) as one:
        one.portal.script.append(doubt())
        (claim,) = await claimed(one, dossier(body="Nguyễn Văn A"))
        outcome = await one.gateway.deliver(claim)
        outcome.exchanges, outcome.fields = b"exchange", ("MaHoSo",)
        outcome.then, outcome.rest = (replace(outcome, state=State.PUT_OFF),), (7, 8)
        outcome.recipients = ("G22",)
        outcome.apart = (Apart(("G09", "G12"), State.REFUSED, "unknown-receiver", "18", ("To",), 5, 1),)
        kept = packed(outcome)
        assert "Nguyễn" not in repr(kept)
        back = unpacked(packed(outcome))
        for kept_one in back.each():
            kept_one.claim, kept_one.fields, kept_one.go_on = outcome.claim, ("MaHoSo",), outcome.go_on
        assert back == outcome
        for name in ("delivery", "system", "attempt", "line", "kind", "patience", "lapses"):
            assert getattr(back.claim, name) == getattr(claim, name)
        assert (back.claim.message.id, back.claim.message.type) == (claim.message.id, claim.message.type)
        outcome.exchanges = b"x" * 65 * 1024
        assert unpacked(packed(outcome)).exchanges is None


async def test_what_the_journal_cannot_take_of_an_answer_harms_no_other(tmp_path: Path) -> None:
    """Row 90: before an outcome is given up it is told without what the far side wrote."""
    async with rig(tmp_path) as one:
        (claim,) = await claimed(one, dossier())
        one.gateway.spool = Spool.open(tmp_path / "spool")
        plain = one.journal.settle

        async def settle(outcome: Outcome) -> Any:
            if outcome.said:
                raise JournalError("writing to the journal: it holds what no text holds")
            return await plain(outcome)

        one.journal.settle = settle
        with pytest.raises(JournalError):
            await one.send(claim)
        assert [await drained(one) for _ in range(5)] == [0, 0, 0, 0, 1]
        assert await one.counted() == {"delivered": 1}


async def test_what_the_far_side_said_does_not_lie_in_the_clear(tmp_path: Path) -> None:
    """A line is sealed as the journal's bodies are, and applied by the next process that knows the key."""
    async with rig(tmp_path) as one:
        keys = one.journal.keys
        keys.learn(1, b"k" * 32)
        keys.current = 1
        (claim,) = await claimed(one, dossier())
        spool = Spool.open(tmp_path / "spool", keys)
        said = outcome(claim, said="Nguyễn Thị Canary")
        await spool.keep(said)
        spool.close()
        assert b"Canary" not in (tmp_path / "spool" / "outcomes-0.jsonl").read_bytes()
        again = Spool.open(tmp_path / "spool", keys)
        assert again.holding() == {claim.delivery}
        again.close()


async def test_a_line_whose_key_is_lost_lapses_and_the_others_are_applied(tmp_path: Path) -> None:
    """As after putting back an older journal: what is plain, or of a known key, is still told."""
    async with rig(tmp_path) as one:
        first, second = await claimed(one, dossier("K1"), dossier("K2"))
        lost = DataKeys()
        lost.learn(9, b"9" * 32)
        lost.current = 9
        for keys, claim in ((lost, first), (one.journal.keys, second)):
            spool = Spool.open(tmp_path / "spool", keys)
            await spool.keep(outcome(claim))
            spool.close()
        left = Spool.open(tmp_path / "spool", one.journal.keys)
        assert left.holding() == {second.delivery}
        left.close()
