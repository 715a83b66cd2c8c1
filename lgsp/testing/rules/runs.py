"""Rules of runs: what is claimed together is sent in order, and what was not sent is let go."""

from __future__ import annotations

from random import randbytes
from typing import Any

import pytest

from lgsp.journal import acting, sweeping
from lgsp.journal.contract import WrongStateError
from lgsp.journal.runs import MOST
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Settled
from lgsp.testing.making import SECOND, dossier, outcome, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_UNRECORDED = (
    "SELECT h.id FROM history h WHERE attempt > (SELECT count(*) FROM attempts a WHERE a.delivery_id = h.id)"
)
_SPOKEN_FOR_AT_ALL = "SELECT 1 FROM deliveries WHERE state = 1 AND (worker IS NOT NULL)"
_NO_BODY = "DELETE FROM bodies WHERE message_id = (SELECT min(message_id) FROM deliveries WHERE state = 1)"
_SPOKEN_FOR = "SELECT 1 FROM deliveries WHERE state = 1 AND (worker IS NOT NULL OR uncertain = 0)"


class RunRules(JournalRules):
    """A long line is sent in runs: fewer words with the journal, and the same promises."""

    async def begun(self, scene: Scene, count: int = 12) -> tuple[Claim, list[Claim]]:
        """Let a line of so many wait behind one that is delivered; return the next, and what goes with it."""
        await scene.tell(dossier(body=0))
        first = await scene.one()
        await scene.tell(*(dossier(body=n + 1) for n in range(count)))
        settled = await scene.settle(first, go_on=True)
        assert settled.next is not None
        return settled.next, list(settled.behind)

    async def told(self, scene: Scene, *claims: Claim, **more: Any) -> Settled:
        """Tell that these were delivered one after the other, the last of them as `more` has it."""
        last = outcome(claims[-1], worker=scene.worker, **more)
        ones = [*(outcome(claim, worker=scene.worker) for claim in claims[:-1]), last]
        ones[0].then, ones[0].go_on, ones[0].rest = ones[1:], last.go_on, last.rest
        settled = await scene.journal.settle(ones[0])
        scene.frames += settled.frames
        return settled

    async def test_a_long_line_is_claimed_in_a_run(self, scene: Scene) -> None:
        """The next is being sent, those behind it wait and are spoken for; in order, each a first attempt."""
        head, behind = await self.begun(scene)
        assert [claim.message.data["body"] for claim in (head, *behind)] == list(range(1, 13))
        assert {claim.attempt for claim in (head, *behind)} == {1}
        assert (await scene.count(State.SENDING), await scene.count(State.WAITING)) == (1, 11)

    async def test_a_run_has_its_bound(self, scene: Scene) -> None:
        """However long the line, a run is no longer than that, and the next one goes on behind it."""
        head, behind = await self.begun(scene, MOST + 20)
        assert len(behind) == MOST - 1
        settled = await self.told(scene, head, *behind, go_on=True)
        assert settled.next is not None
        assert settled.next.message.data == {"body": MOST + 1}

    async def test_large_bodies_make_short_runs(self, scene: Scene) -> None:
        """What is held for a run has a bound in bytes; a head goes however large it is."""
        await scene.told(dossier(body=0))
        first = await scene.one()
        await scene.tell(*(dossier(body=randbytes(200_000).hex()) for _ in range(12)))
        settled = await scene.settle(first, go_on=True)
        assert settled.next is not None
        assert 0 < len(settled.behind) < 6

    async def test_a_short_line_is_sent_one_by_one(self, scene: Scene) -> None:
        """Where it saves little nothing more is claimed than is sent."""
        _, behind = await self.begun(scene, 8)
        assert behind == []

    async def test_what_follows_a_snapshot_knows_that_it_is_there(self, scene: Scene) -> None:
        """A dossier's second version goes as an update, though its first is only just being sent."""
        await scene.tell(progress("K1"))
        await scene.tell(dossier("K2", 0))
        claims = {claim.message.partitionkey: claim for claim in await scene.claim()}
        await scene.settle(claims["K2"], State.REFUSED, cause="field-rejected")
        await scene.tell(*(dossier("K2", n) for n in range(1, 12)))
        first = await scene.one()
        assert first.message.there is False
        settled = await scene.settle(first, State.REFUSED, cause="field-rejected", go_on=True)
        assert settled.next is not None
        assert [c.message.there for c in (settled.next, *settled.behind)] == [False, *[True] * 9]

    async def test_a_run_that_was_sent_is_settled_at_once(self, scene: Scene) -> None:
        """One commit closes all of it; nothing is left and no frame goes out."""
        head, behind = await self.begun(scene)
        settled = await self.told(scene, head, *behind)
        assert (settled.late, settled.state, settled.next) == (False, State.DELIVERED, None)
        assert await scene.count(State.DELIVERED) == 13
        assert not scene.frames

    async def test_a_worker_that_goes_on_keeps_its_run(self, scene: Scene) -> None:
        """Row 83: what was told is closed, the next of the run is being sent, and nothing is claimed anew."""
        head, behind = await self.begun(scene)
        rest = [claim.delivery for claim in behind[2:]]
        settled = await self.told(scene, head, *behind[:2], go_on=True, rest=rest)
        assert (settled.carried_on, settled.next) == (True, None)
        assert (await scene.count(State.SENDING), await scene.count(State.WAITING)) == (1, 8)
        await self.told(scene, *behind[2:])
        assert await scene.count(State.DELIVERED) == 13

    async def test_what_failed_in_the_middle_is_put_off_and_the_rest_let_go(self, scene: Scene) -> None:
        """Row 84: it waits its time at the head of its line; the rest comes behind it, in no doubt."""
        await scene.tell(progress("K1"))
        await scene.told(dossier("K1", 0))
        first = await scene.one()
        await scene.tell(*(progress("K1", n) for n in range(2, 14)))
        settled = await scene.settle(first, go_on=True)
        assert settled.next is not None
        head, behind = settled.next, list(settled.behind)
        failed, rest = behind[1], behind[2:]
        ones = [outcome(one, worker=scene.worker) for one in (head, behind[0])]
        bad = outcome(failed, State.PUT_OFF, worker=scene.worker, cause="odd", wait=10 * SECOND)
        ones[0].then, ones[0].rest = [ones[1], bad], [claim.delivery for claim in rest]
        settled = await scene.journal.settle(ones[0])
        assert (settled.state, settled.carried_on, settled.next) == (State.PUT_OFF, False, None)
        assert await scene.run() == []
        await scene.due(11)
        again = await scene.one()
        assert (again.delivery, again.attempt, again.uncertain) == (failed.delivery, 2, False)
        await scene.settle(again)
        assert [body["step"] for body in await scene.run()] == [c.message.data["step"] for c in rest]

    async def test_what_was_refused_in_the_middle_lets_the_next_go(self, scene: Scene) -> None:
        """Row 84: a dead snapshot blocks nobody; whoever is next gets a frame, as nobody goes on."""
        head, behind = await self.begun(scene)
        bad = outcome(behind[0], State.REFUSED, worker=scene.worker, cause="field-rejected")
        one = outcome(head, worker=scene.worker, then=[bad], rest=[c.delivery for c in behind[1:]])
        scene.frames += (await scene.journal.settle(one)).frames
        assert [body["body"] for body in await scene.run()] == list(range(3, 13))
        assert await scene.rows(_UNRECORDED) == []

    async def test_all_of_a_run_is_in_doubt_when_its_worker_dies(self, scene: Scene) -> None:
        """Row 85: nobody knows how far it came; each of it is asked about before it is sent again."""
        head, behind = await self.begun(scene)
        await scene.lapse(head)
        assert (await scene.count(State.PUT_OFF), await scene.count(State.WAITING)) == (1, 11)
        await scene.due(60)
        doubts = []
        for _ in range(12):
            claim = await scene.one()
            doubts.append(claim.uncertain)
            await scene.settle(claim)
        assert doubts == [True] * 12
        assert {
            (await scene.rows("SELECT lapses FROM history WHERE id = ?", c.delivery))[0][0] for c in behind
        } == {1}

    async def test_a_run_starts_again_when_a_process_starts(self, scene: Scene) -> None:
        """Row 85: the embedded profile finds at its start what the process before was sending."""
        await self.begun(scene)
        assert await scene.restart() == 1
        await scene.due(60)
        assert (await scene.one()).uncertain
        assert (
            await scene.rows(
                "SELECT 1 FROM deliveries WHERE state = 1 AND (worker IS NOT NULL OR uncertain = 0)"
            )
            == []
        )

    async def test_a_run_told_after_it_lapsed_changes_nothing(self, scene: Scene) -> None:
        """Row 86: its outcomes are evidence, as any late one is; those that wait stay in doubt."""
        head, behind = await self.begun(scene)
        await scene.lapse(head)
        settled = await self.told(scene, head, *behind, go_on=True)
        assert settled.late
        assert (await scene.count(State.DELIVERED), await scene.count(State.WAITING)) == (1, 11)
        assert len(await scene.rows("SELECT 1 FROM entries WHERE what = 'late outcome'")) == 12

    async def test_what_is_in_doubt_goes_alone(self, scene: Scene) -> None:
        """Row 87: after a death nothing of it goes in a run, so that a body that kills workers is found."""
        head, _ = await self.begun(scene)
        await scene.lapse(head)
        await scene.due(60)
        settled = await scene.settle(await scene.one(), go_on=True)
        assert settled.next is not None
        assert not settled.behind

    async def test_documents_go_one_by_one(self, scene: Scene) -> None:
        """Row 88: a person may have to decide about each before the next may go."""
        await scene.tell(*(paper(name=f"P{n}") for n in range(12)))
        settled = await scene.settle(await scene.one(), go_on=True)
        assert settled.next is not None
        assert not settled.behind

    async def test_nobody_calls_off_what_may_be_sent_this_moment(self, scene: Scene) -> None:
        """Row 89: one behind a head in its run may be on the wire; it does not expire there either."""
        head, behind = await self.begun(scene)
        with pytest.raises(WrongStateError, match="this moment"):
            await scene.act(lambda tx: acting.cancel(tx, behind[0].delivery, "operator", "x"))
        await scene.act(lambda tx: tx.run("UPDATE deliveries SET expires_at = 1 WHERE state = 1", [()]))
        await scene.act(lambda tx: sweeping.expire(tx, {}))
        settled = await self.told(scene, head, *behind)
        assert (settled.late, await scene.count(State.DELIVERED)) == (False, 13)

    async def test_who_was_let_go_can_be_called_off(self, scene: Scene) -> None:
        """Row 89: it waits as if it had never been claimed."""
        head, behind = await self.begun(scene)
        await self.told(scene, head, rest=[claim.delivery for claim in behind])
        await scene.act(lambda tx: acting.cancel(tx, behind[-1].delivery, "operator", "x"))
        assert [body["body"] for body in await scene.run()] == list(range(2, 12))

    async def test_a_run_whose_worker_is_not_the_one_that_tells_is_let_go(self, scene: Scene) -> None:
        """Row 86: who was taken for dead and enlisted anew holds nothing that it claimed before."""
        head, behind = await self.begun(scene)
        one = outcome(head, worker=scene.worker + 1, go_on=True, rest=[c.delivery for c in behind])
        settled = await scene.journal.settle(one)
        assert not settled.carried_on
        assert settled.next is not None
        assert settled.next.message.data == {"body": 2}

    async def test_what_is_on_the_wire_goes_on_while_those_before_it_are_told(self, scene: Scene) -> None:
        """Row 91: a slow answer keeps nobody waiting; the one that is sent already is the head."""
        head, behind = await self.begun(scene)
        one = outcome(head, worker=scene.worker, go_on=True)
        one.flying, one.rest = [behind[0].delivery], [claim.delivery for claim in behind[1:]]
        settled = await scene.journal.settle(one)
        assert (settled.carried_on, settled.next) == (True, None)
        await scene.lapse(behind[0])
        assert (await scene.count(State.PUT_OFF), await scene.count(State.WAITING)) == (1, 10)
        doubt = await scene.rows("SELECT uncertain FROM deliveries WHERE id = ?", behind[0].delivery)
        assert [tuple(row) for row in doubt] == [(1,)]

    async def test_what_is_on_the_wire_is_never_let_go(self, scene: Scene) -> None:
        """Row 91: also when nobody goes on; what was not begun is let go behind it."""
        head, behind = await self.begun(scene)
        one = outcome(head, worker=scene.worker)
        one.flying, one.rest = [behind[0].delivery], [claim.delivery for claim in behind[1:]]
        scene.frames += (await scene.journal.settle(one)).frames
        assert (await scene.count(State.SENDING), await scene.claim()) == (1, [])
        await scene.settle(behind[0])
        assert [body["body"] for body in await scene.run()] == list(range(3, 13))

    async def test_one_that_is_gone_undoes_nothing_behind_it(self, scene: Scene) -> None:
        """Row 92: those behind it are delivered; only the newest goes again, as after any late landing."""
        head, behind = await self.begun(scene)
        gone = behind[1].delivery
        await scene.act(lambda tx: tx.run("UPDATE deliveries SET state = 13 WHERE id = ?", [(gone,)]))
        settled = await self.told(scene, head, *behind)
        assert (settled.late, await scene.count(State.DELIVERED)) == (False, 12)
        scene.frames += settled.frames
        assert await scene.run() == [{"body": 12}]

    async def test_who_was_left_behind_is_asked_about_in_its_turn(self, scene: Scene) -> None:
        """Row 92: an older version lets only the head of a run go on; nobody is overtaken for that."""
        head, _ = await self.begun(scene)
        await scene.settle(head, State.PUT_OFF, cause="odd")
        await scene.tell(*(dossier(body=n) for n in range(13, 30)))
        await scene.due(60)
        claim: Claim | None = await scene.one()
        went = []
        while claim is not None:
            went.append((claim.message.data["body"], claim.uncertain))
            settled = await scene.settle(claim, go_on=True)
            claim = settled.next
            assert not (settled.behind and len(went) < 11)
            if settled.behind:
                went += [(one.message.data["body"], one.uncertain) for one in (claim, *settled.behind) if one]
                break
        assert went == [*((n, True) for n in range(2, 13)), *((n, False) for n in range(13, 30))]

    async def test_what_is_void_after_a_time_goes_alone(self, scene: Scene) -> None:
        """Row 93: its time is looked at when it is claimed, which in a run may be long before it is sent."""
        await scene.told(dossier(body=0))
        first = await scene.one()
        await scene.tell(*(dossier(body=n) for n in range(1, 13)))
        await scene.act(lambda tx: tx.run("UPDATE deliveries SET expires_at = 1 << 60 WHERE state = 1", [()]))
        settled = await scene.settle(first, go_on=True)
        assert (settled.next is not None, list(settled.behind)) == (True, [])

    async def test_where_answers_are_slow_runs_are_short(self, scene: Scene) -> None:
        """Row 85: no more is in doubt, when its worker dies, than was on its way in a moment."""
        await scene.told(dossier(body=0))
        first = await scene.one()
        await scene.tell(*(dossier(body=n) for n in range(1, 13)))
        one = outcome(first, worker=scene.worker, go_on=True)
        one.ended_at = one.started_at + SECOND // 30
        settled = await scene.journal.settle(one)
        assert [claim.message.data["body"] for claim in settled.behind] == [2, 3]

    async def test_a_head_without_its_body_takes_nobody_along(self, scene: Scene) -> None:
        """Row 94: damaged data stop their line, and nothing behind them is sent."""
        await scene.told(dossier(body=0))
        first = await scene.one()
        await scene.tell(*(dossier(body=n) for n in range(1, 13)))
        await scene.act(lambda tx: tx.run(_NO_BODY, [()]))
        settled = await scene.settle(first, go_on=True)
        assert (settled.next, list(settled.behind)) == (None, [])
        assert not await scene.rows(_SPOKEN_FOR_AT_ALL)
