"""The journal on PostgreSQL holds the rules of every journal, and those of processes beside one another."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from lgsp.allowances import Rate, Taken
from lgsp.journal import acting, checks, reading, reporting, sweeping
from lgsp.journal.contract import Journal, JournalError, Transaction
from lgsp.journal.migrating import migrate
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.rows import rows_of
from lgsp.journal.speaking import PostgresTransaction
from lgsp.journal.states import HEADS, State
from lgsp.journal.turns import Frame, Outcome
from lgsp.message import Finding
from lgsp.quotas import Quotas
from lgsp.testing.journal import JournalContract
from lgsp.testing.making import POLICIES, arrival, dossier, outcome, paper, progress
from lgsp.testing.scene import Clock, Opener, Scene
from lgsp.testing.servers.postgres import PostgresServer


class TestPostgresJournal(JournalContract):
    """All the rules, on PostgreSQL."""

    @pytest.fixture
    def opener(self, emptied: str) -> Opener:
        """Open the journal in a database of the test's own."""

        async def opened(clock: Clock) -> Journal:
            return await PostgresJournal.open(emptied, clock)

        return opened

    async def test_no_line_can_have_two_heads(self, scene: Scene) -> None:
        """Whoever would give a line a second head fails in the database instead of reordering a dossier."""
        await scene.tell(dossier(body="A"), dossier(body="B"))
        with pytest.raises(JournalError, match="deliveries_head"):
            await scene.act(lambda tx: tx.run("UPDATE deliveries SET state = 2", [()]))


@dataclass(slots=True)
class Floor:
    """Several processes on one journal, and what a far side would see of them."""

    journals: list[PostgresJournal]
    workers: list[int]
    frames: list[Frame] = field(default_factory=list)
    sending: dict[bytes, int] = field(default_factory=dict)
    overlaps: int = 0
    last: dict[bytes, int] = field(default_factory=dict)
    swaps: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    async def accept(self, n: int, body: int) -> None:
        """Tell of a key through one of the processes: a snapshot or an event."""
        journal = self.chance.choice(self.journals)
        offer = dossier(f"K{n}", body) if body % 2 else progress(f"K{n}", body)
        taken = await journal.accept(arrival(offer))
        self.frames += [*taken.frames, *taken.frames]  # each frame twice: a broker may double them

    async def work(self, which: int) -> None:
        """Claim, send and settle until nothing has come for a while."""
        journal, worker, idle = self.journals[which], self.workers[which], 0
        while idle < 20:
            frames, self.frames = self.frames[:5], self.frames[5:]
            claims = await journal.claim(frames, worker) if frames else []
            idle = 0 if frames else idle + 1
            await asyncio.gather(*(self._walk(journal, worker, claim) for claim in claims))
            await asyncio.sleep(0.002)

    async def _walk(self, journal: PostgresJournal, worker: int, claim: Any) -> None:
        run = [claim]
        while run:
            many = self.chance.randint(1, len(run))
            ones = [await self._sent(one, worker) for one in run[:many]]
            ones[0].then, ones[0].rest = ones[1:], [one.delivery for one in run[many:]]
            ones[0].go_on = self.chance.random() < 0.7
            settled = await journal.settle(ones[0])
            self.frames += settled.frames
            given = [settled.next, *settled.behind] if settled.next else []
            run = run[many:] if settled.carried_on else given

    async def _sent(self, claim: Any, worker: int) -> Outcome:
        self._begin(claim)
        await asyncio.sleep(self.chance.random() * 0.004)
        self.sending.pop(claim.line)
        return outcome(claim, worker=worker)

    def _begin(self, claim: Any) -> None:
        self.overlaps += claim.line in self.sending
        self.sending[claim.line] = claim.delivery
        self.swaps += self.last.get(claim.line, 0) > claim.delivery
        self.last[claim.line] = claim.delivery

    async def stuck(self) -> int:
        """Return how many lines hold somebody who waits, and nobody whose turn it is."""
        heads = ", ".join(str(int(state)) for state in HEADS)
        sql = (
            "SELECT line FROM deliveries GROUP BY line"
            f" HAVING sum(CASE WHEN state IN ({heads}) THEN 1 ELSE 0 END) = 0"
        )
        return len(await self.journals[0].read(lambda tx: tx.rows(sql)))

    async def left(self) -> int:
        """Return how many deliveries are open."""
        rows = await self.journals[0].read(lambda tx: tx.rows("SELECT count(*) FROM deliveries"))
        return int(rows[0][0])


@pytest.fixture
async def floor(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Floor]:
    """Lend three processes' journals on one database; each uses all its connections and claims in runs, however little there is."""
    monkeypatch.setattr("lgsp.journal.hands._ENOUGH", 1)
    monkeypatch.setattr("lgsp.journal.runs._WORTH", 1)
    async with AsyncExitStack() as opened:
        journals = []
        for _ in range(3):
            journal = await PostgresJournal.open(database)
            opened.push_async_callback(journal.close)
            journals.append(journal)
        workers = [await j.write(lambda tx: acting.enlist(tx, "floor")) for j in journals]
        yield Floor(journals, workers)


async def _run_empty(floor: Floor, keys: int, rounds: int) -> None:
    """Tell of few keys again and again, so that their lines run empty while somebody joins them."""

    async def tell(n: int) -> None:
        for body in range(1, rounds + 1):
            await floor.accept(n, body)
            await asyncio.sleep(floor.chance.random() * 0.01)

    await asyncio.gather(*(tell(n) for n in range(keys)), *(floor.work(w) for w in range(3)))
    while floor.frames:
        await floor.work(0)


async def test_processes_beside_one_another_neither_wedge_nor_overlap_nor_reorder(floor: Floor) -> None:
    """Row 1: whoever joins a line and whoever leaves it do so one behind the other."""
    await _run_empty(floor, 8, 60)
    assert (await floor.stuck(), floor.overlaps, floor.swaps, await floor.left()) == (0, 0, 0, 0)


async def test_without_its_locks_the_journal_would_wedge(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race above is one: without the locks of lines it goes wrong within a few times the same rounds."""
    monkeypatch.setattr("lgsp.journal.hands._lines", lambda _jobs: [])
    monkeypatch.setattr(PostgresTransaction, "lock", lambda _tx, _lines: None)
    for _ in range(5):
        await _run_empty(floor, 8, 60)
        if (await floor.stuck(), floor.overlaps, floor.swaps, await floor.left()) != (0, 0, 0, 0):
            return
    pytest.fail("nothing went wrong: the race above proves nothing")


async def test_a_delivery_is_claimed_by_one_of_many(floor: Floor) -> None:
    """Row 4: the same frames in every process's hands claim each delivery once."""
    for n in range(200):
        taken = await floor.journals[0].accept(arrival(dossier(f"K{n}")))
        floor.frames += taken.frames
    claims = await asyncio.gather(
        *(j.claim(floor.frames, w) for j, w in zip(floor.journals, floor.workers, strict=True))
    )
    won = [claim.delivery for some in claims for claim in some]
    assert len(won) == len(set(won)) == 200


async def test_the_same_fact_told_to_two_processes_is_one_message(floor: Floor) -> None:
    """Row 2: also where no route wants it, and so no line is locked."""
    for goes in (["portal"], []):
        offers = [dossier(f"same-{len(goes)}") for _ in floor.journals]
        for offer in offers:
            offer.wanted = offer.wanted if goes else []
        taken = await asyncio.gather(
            *(j.accept(arrival(offer)) for j, offer in zip(floor.journals, offers, strict=True))
        )
        assert len({one.results[0].id for one in taken}) == 1  # type: ignore[union-attr]
        assert sorted(one.results[0].known for one in taken) == [False, True, True]  # type: ignore[union-attr]


async def test_what_two_processes_note_of_one_message_is_noted_both(floor: Floor) -> None:
    """A message goes to two systems, each after a check of its own: neither note overwrites the other."""
    for n in range(40):
        taken = await floor.journals[0].accept(arrival(dossier(f"K{n}")))
        uid, delivery = taken.results[0].id, taken.frames[0].delivery  # type: ignore[union-attr]
        odd = [Finding("check-differs", "", f"check-{m}") for m in range(3)]
        acts = (
            j.write(lambda tx, d=delivery, u=uid, f=one: checks.note(tx, [], [], d, u, [f]))  # type: ignore[misc]
            for j, one in zip(floor.journals, odd, strict=True)
        )
        await asyncio.gather(*acts)
        shown = await floor.journals[0].read(lambda tx, u=uid: reading.walk(tx, u))  # type: ignore[misc]
        assert {one["read"] for one in shown["findings"]} == {one.read for one in odd}


async def test_a_cancel_and_a_claim_of_one_delivery_do_not_both_win(floor: Floor) -> None:
    """An operator's act holds the row: what was claimed keeps the wish, what was cancelled is not claimed."""
    for n in range(60):
        taken = await floor.journals[0].accept(arrival(dossier(f"K{n}")))
        delivery = taken.frames[0].delivery
        claimed, _ = await asyncio.gather(
            floor.journals[1].claim(taken.frames, floor.workers[1]),
            floor.journals[2].write(lambda tx, d=delivery: acting.cancel(tx, d, "x", "y")),  # type: ignore[misc]
            return_exceptions=True,
        )
        rows = await floor.journals[0].read(
            lambda tx, d=delivery: tx.rows("SELECT state, wish FROM deliveries WHERE id = ?", (d,))  # type: ignore[misc]
        )
        assert not isinstance(claimed, BaseException)
        if claimed:
            assert rows[0][0] == State.SENDING
        else:
            assert rows == []


async def test_what_is_reported_in_order_is_never_overtaken(floor: Floor, database: str) -> None:
    """A reader with a cursor sees the outcome of a slow transaction too, although later ones committed first."""
    first = await floor.journals[0].accept(arrival(dossier("slow")))
    second = await floor.journals[0].accept(arrival(dossier("quick")))
    (slow,) = await floor.journals[0].claim(first.frames, floor.workers[0])
    (quick,) = await floor.journals[0].claim(second.frames, floor.workers[0])
    blocker = await asyncpg.connect(database)
    await blocker.execute("BEGIN")
    await blocker.execute("SELECT * FROM deliveries WHERE id = $1 FOR UPDATE", slow.delivery)
    waiting = asyncio.create_task(floor.journals[1].settle(outcome(slow, worker=floor.workers[0])))
    await asyncio.sleep(0.1)  # its transaction has begun, and its entry is not committed
    await floor.journals[2].settle(outcome(quick, worker=floor.workers[0]))
    seen, cursor = await _reported(floor, 0)
    await blocker.execute("ROLLBACK")
    await blocker.close()
    await waiting
    seen += (await _reported(floor, cursor))[0]
    assert sorted(seen) == ["quick", "slow"]


async def _reported(floor: Floor, cursor: int) -> tuple[list[str], int]:
    found = await floor.journals[0].read(lambda tx: reporting.reports(tx, "desk", since=cursor))
    return [report.subject for report in found], found[-1].cursor if found else cursor


async def test_documents_stay_in_their_order_across_processes(floor: Floor) -> None:
    """The place in a line is drawn under its lock: whoever is answered first stands first."""
    for n in range(40):
        first = await floor.journals[n % 3].accept(arrival(paper("L", f"P{n}")))
        floor.frames += first.frames
    await asyncio.gather(*(floor.work(w) for w in range(3)))
    assert (floor.swaps, await floor.left()) == (0, 0)


async def test_the_server_killed_under_load_loses_nothing_that_has_a_receipt() -> None:
    """The journal finds its way back to a server that was killed and started again."""
    async with AsyncExitStack() as stack:
        server = stack.enter_context(PostgresServer())
        migrate_in = server.create("killed")
        await asyncio.to_thread(migrate, migrate_in)
        journal = await PostgresJournal.open(migrate_in)
        stack.push_async_callback(journal.close)
        receipts = 0

        async def tell(key: int) -> None:
            nonlocal receipts
            for n in range(60):
                try:
                    await journal.accept(arrival(dossier(f"K{key}-{n}")))
                    receipts += 1
                except JournalError:
                    await asyncio.sleep(0.1)

        telling = [asyncio.create_task(tell(key)) for key in range(8)]
        await asyncio.sleep(0.15)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        await asyncio.gather(*telling)
        kept = await journal.read(lambda tx: tx.rows("SELECT count(*) FROM messages"))
        assert receipts <= kept[0][0] <= 480
        assert receipts > 100


async def test_a_lapse_and_an_outcome_of_one_attempt_do_not_both_count(floor: Floor) -> None:
    """Row 7: the sweeper and the worker meet at the same row; one of them comes too late."""

    def lapsed(tx: Transaction, delivery: int) -> None:
        sweeping.lapse(tx, list(rows_of(tx, [delivery]).values()), POLICIES)

    for n in range(40):
        taken = await floor.journals[0].accept(arrival(dossier(f"K{n}")))
        (claim,) = await floor.journals[0].claim(taken.frames, floor.workers[0])
        settled, _ = await asyncio.gather(
            floor.journals[1].settle(outcome(claim, worker=floor.workers[0])),
            floor.journals[2].write(lambda tx, d=claim.delivery: lapsed(tx, d)),  # type: ignore[misc]
        )
        open_ = await floor.journals[0].read(
            lambda tx, d=claim.delivery: tx.rows("SELECT state FROM deliveries WHERE id = ?", (d,))  # type: ignore[misc]
        )
        assert open_ == ([(int(State.PUT_OFF),)] if settled.late else [])


async def test_processes_share_a_quota_to_the_last_one(floor: Floor) -> None:
    """Row 290: three that draw, spend, give back and stop at once let through what one may, and not one more."""
    rate = Rate(per_day=900)
    processes = [Quotas(journal) for journal in floor.journals]

    async def ask(quotas: Quotas) -> int:
        answers = [await quotas.take("system desk", Taken.REQUESTS, rate) for _ in range(400)]
        return answers.count(None)

    let = sum(await asyncio.gather(*(ask(quotas) for quotas in processes)))
    assert let > 900 - 3 * 2 * (900 // 50)
    await asyncio.gather(*(quotas.close() for quotas in processes))
    rest = Quotas(floor.journals[0])
    assert let + await ask(rest) == 900
