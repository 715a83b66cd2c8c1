"""Rules of what takes its time: bulk replays, a page at a time, and systems that are drained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from lgsp.adapter import Accepted
from lgsp.journal import acting, replaying
from lgsp.journal.contract import WrongStateError
from lgsp.journal.replaying import Order, Selection, TokenTakenError
from lgsp.journal.states import State
from lgsp.testing.making import OTHER, PATIENCE, SYSTEM, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

ALL = Selection(SYSTEM)
WHO = "operator"


def order(click: str = "one", rate: int = 20) -> Order:
    """Return the terms of a replay."""
    return Order(click, WHO, "the portal mended its list", rate)


async def start(scene: Scene, selection: Selection = ALL, click: str = "one") -> int:
    """Start a replay and return its number."""
    replay, _ = await scene.act(lambda tx: replaying.ask(tx, selection, order(click)))
    return int(replay["id"])


async def steps(scene: Scene, number: int, room: int = 100) -> list[int]:
    """Let a replay go on until it is over or waits; return how many each step revived."""
    revived = []
    for _ in range(50):
        step = await scene.act(lambda tx: replaying.step(tx, number, room))
        if step.state != replaying.RUNNING or step.waits:
            break
        revived.append(step.revived)
    return revived


async def shown(scene: Scene, number: int) -> dict[str, Any]:
    """Return a replay as people see it."""
    found = await scene.journal.read(lambda tx: replaying.find(tx, number))
    assert found is not None
    return found


async def dead(scene: Scene, count: int, cause: str = "field-rejected", first: int = 0) -> list[Accepted]:
    """Tell dossiers of different keys and see each refused."""
    return [await scene.kill(dossier(f"K{n}"), cause) for n in range(first, first + count)]


async def states(scene: Scene, receipts: Sequence[Accepted]) -> list[str]:
    """Return the states of messages' deliveries."""
    return [await scene.state(one) for one in receipts]


class ReplayRules(JournalRules):
    """What an operator asks for in bulk is what comes back, at most once, and nothing else."""

    async def test_a_preview_says_what_would_come_back_and_changes_nothing(self, scene: Scene) -> None:
        """How many, of what they died, how old the oldest is, and what would be left out."""
        await dead(scene, 3)
        scene.clock.move(1)
        await dead(scene, 2, "code-unknown", first=3)
        before = await scene.rows("SELECT count(*) FROM entries")
        told = await scene.act(lambda tx: replaying.preview(tx, ALL))
        assert (told["total"], told["replayable"]) == (5, 5)
        assert told["causes"] == [
            {"name": "field-rejected", "count": 3},
            {"name": "code-unknown", "count": 2},
        ]
        assert told["states"] == [{"name": "refused", "count": 5}]
        assert told["oldest"] < told["newest"]
        assert await scene.rows("SELECT count(*) FROM entries") == before

    async def test_an_empty_preview_is_an_answer_too(self, scene: Scene) -> None:
        """Nobody is dead: nothing would come back."""
        told = await scene.act(lambda tx: replaying.preview(tx, ALL))
        assert (told["total"], told["replayable"], told["oldest"], told["causes"]) == (0, 0, None, [])

    async def test_each_side_of_a_filter_narrows_it(self, scene: Scene) -> None:
        """System, cause, type, agency with those under it, state, and when it died."""
        first = dossier("K1")
        first.message.agency = "H44.11"
        await scene.kill(first)
        scene.clock.move(10)
        between = scene.clock.now
        other = dossier("K2", "A", OTHER)
        other.message.agency = "H44.11"
        await scene.kill(other, "code-unknown")
        scene.clock.move(10)
        late = paper("K3")
        late.message.agency = "H440"
        await scene.told(late)
        await scene.settle(await scene.one(), State.EXHAUSTED, cause="odd")
        expected = {
            ALL: 2,
            Selection(OTHER): 1,
            Selection(SYSTEM, cause="odd"): 1,
            Selection(SYSTEM, cause="code-unknown"): 0,
            Selection(SYSTEM, type="document.v1"): 1,
            Selection(SYSTEM, agency="H44"): 1,
            Selection(SYSTEM, agency="H44.11"): 1,
            Selection(SYSTEM, states=("refused", "expired")): 1,
            Selection(SYSTEM, since=between): 1,
            Selection(SYSTEM, until=between): 1,
        }
        for selection, count in expected.items():
            told = await scene.act(lambda tx, s=selection: replaying.preview(tx, s))  # type: ignore[misc]
            assert told["total"] == count, selection

    async def test_it_brings_back_in_journal_order_as_much_as_there_is_room_for(self, scene: Scene) -> None:
        """A page at a time; the dispatcher takes them; it ends when there are no more."""
        receipts = await dead(scene, 5)
        number = await start(scene)
        assert await steps(scene, number, 2) == [2, 2, 1]
        assert scene.frames == []
        await scene.refill()
        assert [claim.message.subject for claim in await scene.claim()] == [f"K{n}" for n in range(5)]
        told = await shown(scene, number)
        assert (told["state"], told["total"], told["done"], told["skipped"]) == ("done", 5, 5, 0)
        assert told["left"] == 0
        assert await states(scene, receipts) == ["sending"] * 5

    async def test_live_traffic_goes_before_what_is_replayed(self, scene: Scene) -> None:
        """What people wait for now is not queued behind what failed last month."""
        await dead(scene, 3)
        await steps(scene, await start(scene))
        await scene.told(dossier("K-live", direct=False))
        await scene.refill()
        assert [claim.message.subject for claim in await scene.claim()] == ["K-live", "K0", "K1", "K2"]

    async def test_who_replayed_and_by_what_stands_on_each(self, scene: Scene) -> None:
        """The walk of a message names the replay and the person; the replay itself names the reason."""
        (receipt,) = await dead(scene, 1)
        number = await start(scene)
        await steps(scene, number)
        entries = (await scene.walk(receipt))["entries"]
        assert [(e["who"], e["cause"]) for e in entries if e["what"] == "replayed"] == [
            (WHO, f"replay {number}")
        ]
        asked = await scene.rows("SELECT who, cause, details FROM entries WHERE what = 'replay asked'")
        assert [tuple(row) for row in asked] == [
            (WHO, "the portal mended its list", f'{{"replay":{number}}}')
        ]

    async def test_a_double_click_is_one_replay(self, scene: Scene) -> None:
        """Row 71: the same token brings what was started, however far it is by then."""
        await dead(scene, 3)
        first, new = await scene.act(lambda tx: replaying.ask(tx, ALL, order()))
        await steps(scene, first["id"])
        again, renewed = await scene.act(lambda tx: replaying.ask(tx, ALL, order()))
        assert (new, renewed, again["id"], again["state"]) == (True, False, first["id"], "done")
        assert len(await scene.rows("SELECT id FROM replays")) == 1

    async def test_a_token_stands_for_one_filter(self, scene: Scene) -> None:
        """Another filter under a token that was used is a mix-up, and nothing is started."""
        await start(scene)
        with pytest.raises(TokenTakenError):
            await start(scene, Selection(SYSTEM, cause="odd"))
        assert len(await scene.rows("SELECT id FROM replays")) == 1

    async def test_what_dies_later_is_not_meant(self, scene: Scene) -> None:
        """Row 72: neither what was accepted after it was asked, nor what was alive then and died since."""
        alive = await scene.told(dossier("K-alive"))
        claim = await scene.one()
        await dead(scene, 2)
        number = await start(scene)
        await scene.settle(claim, State.REFUSED, cause="field-rejected")
        (later,) = await dead(scene, 1, first=8)
        assert await steps(scene, number) == [2]
        assert (await shown(scene, number))["skipped"] == 0
        assert await states(scene, [alive, later]) == ["refused", "refused"]

    async def test_what_dies_of_it_again_is_not_brought_back_again(self, scene: Scene) -> None:
        """Row 72: each is tried once by a replay, whatever comes of it; the next replay may mean it."""
        await dead(scene, 4)
        number = await start(scene)
        assert (await scene.act(lambda tx: replaying.step(tx, number, 2))).revived == 2
        await scene.refill()
        for claim in await scene.claim():
            await scene.settle(claim, State.REFUSED, cause="field-rejected")
        assert await steps(scene, number) == [2]
        assert await steps(scene, await start(scene, click="two")) == [2]

    async def test_it_goes_on_where_a_process_left_it(self, scene: Scene) -> None:
        """Row 73: what was committed is not done again, and nothing is left out."""
        await dead(scene, 5)
        number = await start(scene)
        await scene.act(lambda tx: replaying.step(tx, number, 2))
        await scene.restart()
        assert [row[0] for row in await scene.act(replaying.running)] == [number]
        assert await steps(scene, number) == [3]
        assert sorted(data.message.subject for data in await scene.claim()) == ["K0", "K1"]

    async def test_a_pause_a_resume_and_a_cancel(self, scene: Scene) -> None:
        """Paused it stands still, resumed it goes on, called off the rest stays dead."""
        receipts = await dead(scene, 4)
        number = await start(scene)
        await scene.act(lambda tx: replaying.step(tx, number, 1))
        await scene.act(lambda tx: replaying.move(tx, number, "pause", WHO))
        assert (await steps(scene, number), await scene.act(replaying.running)) == ([], [])
        await scene.act(lambda tx: replaying.move(tx, number, "resume", WHO))
        await scene.act(lambda tx: replaying.step(tx, number, 1))
        told = await scene.act(lambda tx: replaying.move(tx, number, "cancel", "another"))
        assert told is not None
        assert (told["state"], told["done"], told["left"]) == ("cancelled", 2, 0)
        assert await steps(scene, number) == []
        assert await states(scene, receipts) == ["ready", "ready", "refused", "refused"]

    @pytest.mark.parametrize("act", ["pause", "resume", "cancel"])
    async def test_what_is_over_stays_over(self, scene: Scene, act: str) -> None:
        """A replay that has ended is neither paused nor begun again; one that is not there is not found."""
        number = await start(scene)
        await steps(scene, number)
        with pytest.raises(WrongStateError, match="done"):
            await scene.act(lambda tx: replaying.move(tx, number, act, WHO))
        assert await scene.act(lambda tx: replaying.move(tx, 999, act, WHO)) is None

    async def test_what_a_newer_snapshot_overtook_is_left_out(self, scene: Scene) -> None:
        """Row 16: an old dossier is never sent over a newer one, one by one or in bulk."""
        old, kept = await scene.kill(dossier("K1", "A")), await scene.kill(dossier("K2", "A"))
        newer = dossier("K1", "B", OTHER)
        await scene.deliver(newer)
        told = await scene.act(lambda tx: replaying.preview(tx, ALL))
        assert (told["total"], told["replayable"], told["skipped"]["overtaken"]) == (2, 1, 1)
        number = await start(scene)
        assert await steps(scene, number) == [1]
        assert (await shown(scene, number))["skipped"] == 1
        assert await states(scene, [old, kept]) == ["refused", "ready"]

    async def test_what_ran_out_of_time_is_left_out(self, scene: Scene) -> None:
        """A message that says until when it is worth sending is not sent after it."""
        offer = dossier("K1")
        await scene.kill(offer)
        await scene.act(lambda tx: tx.run("UPDATE deliveries SET expires_at = ?", [(scene.clock.now + 5,)]))
        scene.clock.move(10)
        told = await scene.act(lambda tx: replaying.preview(tx, ALL))
        assert (told["replayable"], told["skipped"]["outlived"]) == (0, 1)
        assert await steps(scene, await start(scene)) == [0]

    async def test_what_is_resolved_meanwhile_is_not_sent_twice(self, scene: Scene) -> None:
        """Told again, or replayed by hand, while the replay was on its way to it."""
        receipts = await dead(scene, 2)
        scene.clock.move(PATIENCE + 1)
        number = await start(scene)
        await scene.deliver(dossier("K0"))
        assert await steps(scene, number) == [1]
        assert await states(scene, receipts) == ["delivered", "ready"]

    async def test_progress_whose_dossier_is_not_there_is_parked_again(self, scene: Scene) -> None:
        """Row 35: a replay in bulk cannot send progress before its dossier either."""
        dossier_ = await scene.told(dossier())
        waiting = await scene.told(progress())
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected")
        await scene.act(lambda tx: tx.run("UPDATE deliveries SET state = 13 WHERE state = 0", [()]))
        assert await steps(scene, await start(scene)) == [2]
        assert await states(scene, [dossier_, waiting]) == ["ready", "parked"]
        await scene.refill()
        assert [len(body) for body in await scene.run()] == [1, 2]

    async def test_the_dead_of_one_line_come_back_in_their_order(self, scene: Scene) -> None:
        """Documents are strict: the first again first, then those that were held behind it."""
        first = await scene.kill(paper("K1", "P1"))
        second = await scene.told(paper("K1", "P2"))
        await scene.kill(dossier("K9"))
        assert await steps(scene, await start(scene), 1) == [1, 1]
        await scene.refill()
        assert [body.get("name") for body in await scene.run()] == ["P1", None, "P2"]
        assert await states(scene, [first, second]) == ["delivered", "delivered"]
        assert await scene.wedged() == []

    @pytest.mark.parametrize("standing", ["suspended", "paused", "draining"])
    async def test_it_waits_for_a_system_that_does_not_run(self, scene: Scene, standing: str) -> None:
        """Row 74: the dead are not poured onto a system that is down, or that a person brings to rest."""
        await dead(scene, 2)
        number = await start(scene)
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, standing, None, WHO))
        assert (await scene.act(lambda tx: replaying.step(tx, number, 9))).waits == standing
        assert (await shown(scene, number))["waits"] == standing
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "running", None, WHO))
        assert await steps(scene, number) == [2]

    async def test_it_waits_for_its_like_to_be_dispatched(self, scene: Scene) -> None:
        """Row 74: at most some hundreds are revived ahead of the dispatcher; the rest can be called off."""
        await scene.tell(*(dossier(f"K{n}") for n in range(250)))
        claims = await scene.claim()
        for claim in claims:
            await scene.settle(claim, State.REFUSED, cause="field-rejected")
        number = await start(scene)
        assert await steps(scene, number) == [100, 100]
        assert (await scene.act(lambda tx: replaying.step(tx, number, 9))).waits == "backlog"
        await scene.refill()
        assert await steps(scene, number) == [50]

    async def test_replays_are_listed_newest_first(self, scene: Scene) -> None:
        """A page at a time."""
        numbers = [await start(scene, click=str(n)) for n in range(3)]
        page = await scene.journal.read(lambda tx: replaying.listed(tx, limit=2))
        rest = await scene.journal.read(lambda tx: replaying.listed(tx, after=page["next"], limit=2))
        assert [one["id"] for one in (*page["replays"], *rest["replays"])] == numbers[::-1]
        assert rest["next"] is None

    # --- drains -----------------------------------------------------------------------------------------

    async def test_a_drain_ends_when_nothing_is_on_its_way(self, scene: Scene) -> None:
        """Row 75: neither a frame on the broker nor an attempt under way; what waits in the journal stays."""
        await scene.told(dossier("K1"))
        await scene.told(dossier("K2", direct=False))
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "draining", None, WHO))
        assert not await scene.act(lambda tx: acting.drained(tx, SYSTEM, "gateway"))
        claim = await scene.one()
        assert not await scene.act(lambda tx: acting.drained(tx, SYSTEM, "gateway"))
        await scene.settle(claim)
        assert await scene.act(lambda tx: acting.drained(tx, SYSTEM, "gateway"))
        standings = await scene.rows("SELECT state, cause FROM systems WHERE name = ?", SYSTEM)
        assert [tuple(row) for row in standings] == [("paused", "drained")]

    async def test_only_a_drain_ends_as_one(self, scene: Scene) -> None:
        """A system that runs, and has nothing to do, is not paused by anybody."""
        assert not await scene.act(lambda tx: acting.drained(tx, SYSTEM, "gateway"))
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "running", None, WHO))
        assert not await scene.act(lambda tx: acting.drained(tx, SYSTEM, "gateway"))

    async def test_a_standing_is_written_when_it_changes(self, scene: Scene) -> None:
        """Who ordered it stays beside it, though every process notes what it sees."""
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "paused", "paused", WHO))
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "paused", "paused", "gateway"))
        assert [tuple(row) for row in await scene.rows("SELECT who FROM systems")] == [(WHO,)]
        assert len(await scene.rows("SELECT id FROM entries WHERE what = 'paused'")) == 1
