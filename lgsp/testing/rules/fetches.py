"""Rules of jobs that fetch: who may begin a run, what commits with a page, and who takes over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from lgsp.adapter import Accepted
from lgsp.domain.agencies.facts import Fact
from lgsp.errors import Invalid, Problem, Rejected
from lgsp.journal import acting, job_orders, job_runs, leasing
from lgsp.journal.contract import CursorAt, JournalError, Offer, StaleRoutesError, WrongStateError
from lgsp.journal.job_runs import CUT_SHORT, DONE, FAILED, Begun, End, Process, StaleRunError, Tally
from lgsp.schedules import Job
from lgsp.testing.making import SOURCE, arrival, broken, dossier, paper
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

NAME = "papers"
MINUTELY = Job.model_validate({"every": "1m"})
NIGHTLY = Job.model_validate({"at": "02:30"})
WHO = "operator"


async def begun(scene: Scene, job: Job = MINUTELY, process: Process | None = None) -> Begun | None:
    """Ask for a run as a process does that thinks it is the job's turn."""
    who = process or Process(scene.worker)
    return await scene.act(lambda tx: job_runs.begin(tx, SOURCE, NAME, job, who))


async def begin(scene: Scene, job: Job = MINUTELY, process: Process | None = None) -> Begun:
    """Begin a run that may begin."""
    run = await begun(scene, job, process)
    assert run is not None
    return run


async def bring(
    scene: Scene, run: Begun, cursor: Any, *offers: Offer, rejected: Sequence[tuple[int, Rejected]] = ()
) -> list[Accepted | Rejected]:
    """Bring a page of a run, and the cursor behind it."""
    page = arrival(*offers, rejected=rejected)
    page.page = CursorAt(run.system, run.job, run.run, str(cursor))
    taken = await scene.journal.accept(page)
    scene.frames += taken.frames
    return taken.results


async def finish(scene: Scene, run: Begun, state: str = DONE, job: Job = MINUTELY, **more: Any) -> bool:
    """End a run."""
    return await scene.act(lambda tx: job_runs.finish(tx, run, End(state, **more), job))


async def shown(scene: Scene, job: Job = MINUTELY) -> dict[str, Any]:
    """Return the job as people see it."""
    return await scene.journal.read(lambda tx: job_orders.shown(tx, SOURCE, NAME, job))


async def runs(scene: Scene, **page: int) -> list[dict[str, Any]]:
    """Return its runs as people see them, newest first."""
    return list((await scene.journal.read(lambda tx: job_orders.history(tx, SOURCE, NAME, **page)))["runs"])


async def order(scene: Scene, what: str) -> None:
    """Give a person's order."""
    acts = {
        "run": lambda tx: job_orders.ask(tx, SOURCE, NAME, WHO),
        "pause": lambda tx: job_orders.pause(tx, SOURCE, NAME, WHO),
        "resume": lambda tx: job_orders.resume(tx, SOURCE, NAME, WHO, MINUTELY),
    }
    await scene.act(acts[what])


async def another(scene: Scene) -> Process:
    """Let another process enlist."""
    return Process(await scene.act(lambda tx: acting.enlist(tx, "another")))


async def die(scene: Scene) -> None:
    """Let the first process be taken for dead, as whoever sweeps does."""
    await scene.act(lambda tx: leasing.leave(tx, scene.worker))


class FetchRules(JournalRules):
    """One run at a time, a page whole or not at all, and a cursor that never moves back."""

    async def test_a_page_and_the_cursor_behind_it_commit_together(self, scene: Scene) -> None:
        """Row 121: what the page brought, what was turned away, and where the job stands."""
        run = await begin(scene)
        assert (run.cursor, run.who) == (None, "schedule")
        reason = Invalid([Problem("/code", "required")], subject="K9")
        await bring(scene, run, 7, dossier("K1"), dossier("K2"), rejected=[(2, reason)])
        (one,) = await runs(scene)
        assert (one["state"], one["pages"], one["new"], one["known"], one["rejected"]) == (
            "running", 1, 2, 0, 1,
        )  # fmt: skip
        assert await finish(scene, run)
        scene.clock.move(61)
        assert (await begin(scene)).cursor == 7

    async def test_a_page_that_cannot_be_written_leaves_the_cursor(self, scene: Scene) -> None:
        """Row 121: no cursor without its messages."""
        run = await begin(scene)
        await bring(scene, run, 1, dossier("K1"))
        with pytest.raises(JournalError):
            await bring(scene, run, 2, dossier("K2"), broken())
        assert [tuple(row) for row in await scene.rows("SELECT cursor FROM cursors")] == [("1",)]
        assert len(await scene.rows("SELECT id FROM messages ORDER BY id DESC LIMIT 5")) == 1
        assert (await runs(scene))[0]["pages"] == 1

    async def test_a_page_that_comes_again_is_known_and_moves_the_cursor(self, scene: Scene) -> None:
        """Row 122: the process died before the far side was told; nothing is doubled, and it goes on."""
        run = await begin(scene)
        (first,) = await bring(scene, run, 1, paper("L", "P1"))
        (again,) = await bring(scene, run, 2, paper("L", "P1"))
        assert isinstance(first, Accepted)
        assert isinstance(again, Accepted)
        assert (again.id, again.known) == (first.id, True)
        (one,) = await runs(scene)
        assert (one["pages"], one["new"], one["known"]) == (2, 1, 1)

    async def test_who_lost_a_run_takes_nothing_on_and_moves_nothing_back(self, scene: Scene) -> None:
        """Row 124: a process that was stopped wakes up with a page of a run that another one took over."""
        old = await begin(scene)
        await bring(scene, old, 5, dossier("K1"))
        heir = await another(scene)
        await die(scene)
        assert await begun(scene, process=heir) is None
        scene.clock.move(61)
        new = await begin(scene, process=heir)
        assert new.cursor == 5
        await bring(scene, new, 9, dossier("K2"))
        with pytest.raises(StaleRunError):
            await bring(scene, old, 6, dossier("K3"))
        with pytest.raises(StaleRunError):
            await scene.act(lambda tx: job_runs.keep(tx, CursorAt(SOURCE, NAME, old.run, "6"), Tally()))
        assert [tuple(row) for row in await scene.rows("SELECT cursor FROM cursors")] == [("9",)]
        assert len(await scene.rows("SELECT id FROM messages ORDER BY id DESC LIMIT 5")) == 2

    async def test_of_a_batch_only_the_page_of_a_lost_run_is_refused(self, scene: Scene) -> None:
        """Row 124: requests that arrive in the same instant are taken on all the same."""
        old = await begin(scene)
        await finish(scene, old)
        page = arrival(dossier("K1"))
        page.page = CursorAt(SOURCE, NAME, old.run, "6")
        good, bad = scene.journal.accept(arrival(dossier("K2"))), scene.journal.accept(page)
        with pytest.raises(StaleRunError):
            await bad
        assert not isinstance((await good).results[0], Rejected)
        found = await scene.rows("SELECT subject FROM messages ORDER BY id DESC LIMIT 5")
        assert [tuple(row) for row in found] == [("K2",)]

    async def test_a_job_is_run_by_one(self, scene: Scene) -> None:
        """Row 125: who comes second, or asks again himself, gets nothing while it runs, however overdue."""
        run = await begin(scene)
        scene.clock.move(3600)
        assert await begun(scene, process=await another(scene)) is None
        assert await begun(scene, process=Process(scene.worker, (run.run,))) is None
        assert len(await runs(scene)) == 1

    async def test_it_runs_when_its_turn_comes_and_not_before(self, scene: Scene) -> None:
        """The schedule counts from the beginning of a run, by the journal's clock."""
        run = await begin(scene)
        scene.clock.move(20)
        await finish(scene, run)
        scene.clock.move(39)
        assert await begun(scene) is None
        scene.clock.move(2)
        assert await begin(scene)

    async def test_a_nightly_job_waits_for_its_hour(self, scene: Scene) -> None:
        """It does not begin because it is new; a night on which nobody was there is made up for."""
        assert await begun(scene, NIGHTLY) is None
        scene.clock.move(3 * 86400)
        run = await begin(scene, NIGHTLY)
        await finish(scene, run, job=NIGHTLY)
        assert await begun(scene, NIGHTLY) is None
        assert (await shown(scene, NIGHTLY))["next_at"].endswith("T02:30:00.000+07:00")

    async def test_asked_for_twice_it_runs_once(self, scene: Scene) -> None:
        """Row 126: a double click is one run, and while it runs another one is refused."""
        await finish(scene, await begin(scene))
        await order(scene, "run")
        await order(scene, "run")
        assert (await shown(scene))["state"] == "asked for"
        run = await begin(scene)
        assert run.who == WHO
        with pytest.raises(WrongStateError, match="running"):
            await order(scene, "run")
        await finish(scene, run)
        assert await begun(scene) is None
        found = await scene.rows(
            "SELECT who FROM entries WHERE what = 'job asked for' ORDER BY id DESC LIMIT 5"
        )
        assert [tuple(row) for row in found] == [(WHO,)]

    async def test_a_run_whose_process_died_is_cut_short_and_gets_its_pause(self, scene: Scene) -> None:
        """Row 127: it does not look running for ever, and what kills a process does not do so at once."""
        old = await begin(scene)
        heir = await another(scene)
        assert await begun(scene, process=heir) is None
        await die(scene)
        assert await begun(scene, process=heir) is None
        told = await shown(scene)
        assert (told["state"], told["failures"], told["run"]["state"]) == ("waiting", 1, CUT_SHORT)
        assert (told["run"]["cause"], told["run"]["id"]) == ("lost", old.run)
        scene.clock.move(61)
        assert await begin(scene, process=heir)

    async def test_a_run_that_its_own_process_does_not_know_is_lost(self, scene: Scene) -> None:
        """Row 127: the answer to the beginning, or the word of the end, never came."""
        await begin(scene)
        assert await begun(scene) is None
        assert [one["state"] for one in await runs(scene)] == [CUT_SHORT]

    async def test_alone_on_a_journal_what_an_earlier_process_ran_is_lost(self, scene: Scene) -> None:
        """Row 127: nobody waits for a lease where nobody else can be there."""
        await begin(scene)
        me = await another(scene)
        assert await begun(scene, process=me._replace(alone=True)) is None
        assert [one["state"] for one in await runs(scene)] == [CUT_SHORT]

    async def test_the_end_of_a_run_that_was_cut_short_changes_nothing(self, scene: Scene) -> None:
        """Row 133: the heir's run goes on, and so does the count of failures."""
        old, heir = await begin(scene), await another(scene)
        await die(scene)
        await begun(scene, process=heir)
        scene.clock.move(61)
        new = await begin(scene, process=heir)
        assert not await finish(scene, old)
        assert [(one["id"], one["state"]) for one in await runs(scene)] == [
            (new.run, "running"), (old.run, CUT_SHORT),
        ]  # fmt: skip
        assert (await shown(scene))["failures"] == 1

    async def test_a_run_that_was_stopped_goes_on_at_once(self, scene: Scene) -> None:
        """Row 128: where it stood, and not as a failure."""
        run = await begin(scene)
        await bring(scene, run, 3, dossier("K1"))
        await finish(scene, run, CUT_SHORT, cause="stopped")
        again = await begin(scene)
        assert (again.cursor, (await shown(scene))["failures"]) == (3, 0)

    async def test_failures_in_a_row_wait_longer_and_longer(self, scene: Scene) -> None:
        """Row 132: and a success ends that; the cursor stays where it was."""
        await bring(scene, await begin(scene), 4, dossier("K1"))
        await die(scene)
        worker = (await another(scene)).worker
        waits = []
        for _ in range(4):
            run, waited = None, 0
            while run is None:
                run = await begun(scene, process=Process(worker))
                scene.clock.move(0 if run else 10.01)
                waited += 0 if run else 10
            assert run.cursor == 4
            await finish(scene, run, FAILED, cause="http-503")
            waits.append(waited)
        assert waits == [60, 120, 240, 480]
        scene.clock.move(3600)
        await finish(scene, await begin(scene, process=Process(worker)))
        assert (await shown(scene))["failures"] == 0

    async def test_the_far_side_is_not_asked_before_it_wants_to_be(self, scene: Scene) -> None:
        """Row 132: `Retry-After` counts, if it is longer than the pause of our own."""
        await finish(scene, await begin(scene), FAILED, cause="http-503", after=600.0)
        scene.clock.move(599)
        assert await begun(scene) is None
        scene.clock.move(2)
        assert await begin(scene)

    async def test_a_paused_job_rests_but_runs_when_a_person_asks(self, scene: Scene) -> None:
        """Row 135: once; its schedule goes on when it is resumed."""
        await order(scene, "pause")
        with pytest.raises(WrongStateError):
            await order(scene, "pause")
        assert await begun(scene) is None
        assert ((await shown(scene))["state"], (await shown(scene))["next_at"]) == ("paused", None)
        await order(scene, "run")
        await finish(scene, await begin(scene))
        scene.clock.move(600)
        assert await begun(scene) is None
        await order(scene, "resume")
        with pytest.raises(WrongStateError):
            await order(scene, "resume")
        assert await begin(scene)

    async def test_a_page_by_old_routes_is_routed_anew_and_moves_nothing(self, scene: Scene) -> None:
        """Row 131: its transaction sees the newer version and refuses all of it."""
        run = await begin(scene)
        await scene.act(lambda tx: acting.publish(tx, "the routes", "test"))
        page = arrival(dossier("K1"), published=41)
        page.page = CursorAt(SOURCE, NAME, run.run, "1")
        with pytest.raises(StaleRoutesError):
            await scene.journal.accept(page)
        assert await scene.rows("SELECT cursor FROM cursors") == []

    async def test_a_fetched_document_with_another_body_is_a_flagged_version(self, scene: Scene) -> None:
        """Nobody can be turned away who was asked; told at the door the same is a conflict."""
        run = await begin(scene)
        await bring(scene, run, 1, paper("L", "P1", "A"))
        (changed,) = await bring(scene, run, 2, paper("L", "P1", "B"))
        assert isinstance(changed, Accepted)
        assert (changed.revision, [one.code for one in changed.findings]) == (2, ["another-body"])
        (again,) = await bring(scene, run, 3, paper("L", "P1", "A"))
        assert isinstance(again, Accepted)
        assert again.known
        (told,) = await scene.tell(paper("L", "P1", "C"))
        assert isinstance(told, Rejected)

    async def test_only_a_whole_list_tells_what_is_gone(self, scene: Scene) -> None:
        """Row 134: a run that began in the middle, or ended there, closes nothing."""
        agencies = [Fact(f"H44.{n}", f"Phòng {n}", source="the axis") for n in range(1, 41)]
        plans = [(None, DONE, 40), (None, FAILED, 39), ("5", DONE, 39), (None, DONE, 39)]
        gone = []
        for at, state, count in plans:
            text = at or "null"
            await scene.act(lambda tx, t=text: tx.run("UPDATE cursors SET cursor = ?", [(t,)]))  # type: ignore[misc]
            run = await begin(scene)
            behind = CursorAt(SOURCE, NAME, run.run, "null", agencies[:count])
            await scene.act(lambda tx, b=behind: job_runs.keep(tx, b, Tally()))  # type: ignore[misc]
            await finish(scene, run, state, listed=True)
            gone.append((await runs(scene))[0]["facts"]["gone"])
            scene.clock.move(3600)
        assert gone == [0, 0, 0, 1]
        assert (await runs(scene))[3]["facts"] == {"new": 40, "changed": 0, "gone": 0}

    async def test_runs_that_brought_nothing_are_soon_forgotten(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A job of every half minute does not fill the register; what brought something is kept."""
        monkeypatch.setattr(job_runs, "_SELDOM", 1)
        first = await begin(scene)
        await bring(scene, first, 1, dossier("K1"))
        await finish(scene, first)
        for _ in range(3):
            scene.clock.move(50_000)
            last = await begin(scene)
            await finish(scene, last)
        numbers = [one["id"] for one in await runs(scene)]
        assert (len(numbers), numbers[0], numbers[-1]) == (3, last.run, first.run)
        page = await scene.journal.read(lambda tx: job_orders.history(tx, SOURCE, NAME, limit=2))
        assert [one["id"] for one in await runs(scene, after=page["next"])] == [first.run]
