"""Rules of reconciliation: what a run compares, keeps, and sets against the one before."""

from __future__ import annotations

import pytest

from lgsp.domain.causes import CAUSES
from lgsp.domain.reconciling.sides import Way
from lgsp.errors import Invalid, Problem
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_comparing as comparing
from lgsp.journal import reconciliations_counted as counted
from lgsp.journal import reconciliations_differences as differences
from lgsp.journal import reconciliations_holdings as holdings
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reconciliations import TURNED_AWAY, Order, Scope, TokenTakenError
from lgsp.journal.reconciliations_counted import Counted
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_holdings import Named
from lgsp.journal.states import State
from lgsp.testing.making import OTHER, SOURCE, SYSTEM, arrival, unrouted
from lgsp.testing.reconciled import (
    ABSENT,
    CODES,
    DAY,
    HOUR,
    ONE,
    THERE,
    THREE,
    TWO,
    WHO,
    begun,
    compared,
    current,
    found,
    registered,
    side,
    told,
    whole,
)
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class ReconciliationRules(JournalRules):
    """What differs is found once, kept, comparable from day to day, and sent at most once at a time."""

    # --- our side ---------------------------------------------------------------------------------------

    async def test_our_side_is_the_newest_snapshot_and_its_delivery(self, scene: Scene) -> None:
        """Delivered, refused, on its way, called off, unrouted: each is told as it stands."""
        await scene.deliver(told(ONE))
        await scene.kill(told(TWO), "portal-field-missing")
        await scene.told(told(THREE))
        await scene.told(unrouted(told(CODES[3])))
        assert (await side(scene, ONE)).ours is not None
        ways = [(await side(scene, key)).ours for key in CODES[:4]]
        assert [one.way for one in ways if one] == [Way.DELIVERED, Way.REFUSED, Way.UNDER_WAY, Way.NONE]
        assert ways[1] is not None
        assert ways[1].cause == "portal-field-missing"
        assert (await side(scene, CODES[9])).ours is None

    async def test_an_earlier_version_that_got_there_is_known(self, scene: Scene) -> None:
        """So what is there is an older one, and the newest may be sent over it."""
        await scene.deliver(told(ONE))
        await scene.kill(told(ONE, "processing"), "portal-field-missing")
        now = (await side(scene)).ours
        assert now is not None
        assert (now.way, now.before) == (Way.REFUSED, True)

    async def test_what_an_older_connection_told_is_no_receipt_of_ours(self, scene: Scene) -> None:
        """Adopted or left to it: the dossier may be there, and by which version nobody can say."""
        for key, state in ((ONE, State.ADOPTED), (TWO, State.SHADOWED)):
            await scene.deliver(told(key))
            (number,) = (await scene.rows("SELECT max(id) FROM history"))[0]
            values = (int(state), number)
            await scene.act(lambda tx, v=values: tx.run("UPDATE history SET state = ? WHERE id = ?", [v]))  # type: ignore[misc]
        there, absent = await whole(scene, THERE), await whole(scene, ABSENT, "two")
        assert await found(scene, there) == dict.fromkeys((ONE, TWO), ("unverifiable", "version-not-shown"))
        assert await found(scene, absent) == {
            ONE: ("missing-there", "adopted-yet-absent"),
            TWO: ("missing-there", "left-to-old-connection"),
        }

    async def test_the_state_is_that_of_the_register(self, scene: Scene) -> None:
        """What the register does not know yet of the newest is not compared, and is not guessed."""
        await scene.deliver(told(ONE))
        await registered(scene)
        await scene.deliver(told(ONE, "processing"))
        behind = (await side(scene)).ours
        await registered(scene)
        now = (await side(scene)).ours
        assert (behind and behind.status, now and now.status) == ("", "processing")

    async def test_two_sources_of_one_dossier_are_seen(self, scene: Scene) -> None:
        """Each tells of it, and both are counted."""
        await scene.deliver(told(ONE))
        other = told(ONE)
        other.message.source = "second"
        await scene.tell(other, source="second")
        await registered(scene)
        now = (await side(scene)).ours
        assert now is not None
        assert now.sources == 2

    # --- runs -------------------------------------------------------------------------------------------

    async def test_a_run_finds_what_is_missing_there_and_nothing_else(self, scene: Scene) -> None:
        """Two that were delivered, of which one is not there."""
        await scene.deliver(told(ONE))
        await scene.deliver(told(TWO))
        run = await whole(scene, {TWO: ABSENT})
        assert await found(scene, run) == {TWO: ("missing-there", "taken-yet-absent")}
        assert run.counts["compared"] == 2
        assert (run.counts["there"], run.counts["absent"], run.counts["receipt"]) == (1, 1, 1)

    async def test_counts_of_the_far_side_are_kept_beside_a_run(self, scene: Scene) -> None:
        """Page by page, each dossier for its agency and those above it, by when it was received."""
        for key in CODES[:5]:
            await scene.deliver(told(key))
        run = await begun(scene)
        day = run.asked_at - 30 * DAY
        set_ = "UPDATE dossiers SET received = ? WHERE key = ?"
        await scene.act(lambda tx: tx.run(set_, [(day, key) for key in CODES[:5]]))
        laid = [Counted("H44", 9), Counted("H44.11", 5, day, day + DAY), Counted("H44.11", 1, day + DAY)]
        await scene.act(lambda tx: counted.lay(tx, run.id, laid))
        for limit in (2, 3):
            page = await scene.journal.read(lambda tx, n=limit: comparing.page(tx, run, n))  # type: ignore[misc]
            seen = await scene.journal.read(lambda tx: counted.places(tx, run.id))
            answers = dict.fromkeys(page.sides, THERE) | {CODES[0]: ABSENT}
            more = counted.tally(seen, page, answers)
            await scene.act(lambda tx, m=more: counted.add(tx, run.id, m))  # type: ignore[misc]
        shown = await scene.journal.read(lambda tx: counted.shown(tx, run.id))
        assert [(one["count"], one["there"], one["held"]) for one in shown] == [
            (9, 3, 5),
            (5, 3, 5),
            (1, 0, 0),
        ]

    async def test_pages_leave_nothing_out(self, scene: Scene) -> None:
        """Whatever the size of a page, register and list are gone through together, each key once."""
        for key in CODES[:20:2]:
            await scene.deliver(told(key))
        listed = [Named(key, key, "received") for key in CODES[:20]]
        run = await begun(scene, "one", *listed)
        run = await compared(scene, run, THERE, limit=3)
        assert run.counts["compared"] == 20
        assert await found(scene, run) == dict.fromkeys(CODES[1:20:2], ("missing-here", "went-around"))

    async def test_a_scope_leaves_the_rest_out(self, scene: Scene) -> None:
        """Of another agency, or received at another time: not compared."""
        await scene.deliver(told(ONE))
        for scope in ({"agency": "H45"}, {"since": 4 * 10**15}, {"procedure": "1.000001"}):
            run = await whole(scene, ABSENT, str(scope), **scope)
            assert run.counts["compared"] == 0, scope
        run = await whole(scene, ABSENT, "all", agency="H44")
        assert run.counts["compared"] == 1

    async def test_what_our_door_turned_away_is_unsendable(self, scene: Scene) -> None:
        """By the first problem's cause, with the fields; unless a good version came after it."""
        bad = Invalid([Problem("/status", "missing")], subject=TWO, type="dossier.v1")
        await scene.journal.accept(arrival(rejected=[(0, bad)]))
        run = await whole(scene, ABSENT)
        assert await found(scene, run) == {TWO: ("unsendable", "missing")}
        (row,) = await scene.journal.read(lambda tx: differences.listing(tx, run.id, Filter()))
        assert row["details"]["fields"] == ["/status"]
        scene.clock.move(1)
        await scene.deliver(told(TWO))
        assert await found(scene, await whole(scene, THERE, "two")) == {}

    async def test_a_step_is_taken_once(self, scene: Scene) -> None:
        """Two processes compare the same page: the second one's findings are dropped."""
        await scene.deliver(told(ONE))
        run = await begun(scene)
        page = await scene.journal.read(lambda tx: comparing.page(tx, run, 10))
        found_, counts = comparing.judged(page, {ONE: ABSENT}, CAUSES.get)
        assert await scene.act(lambda tx: comparing.keep(tx, run, page, found_, counts))
        assert not await scene.act(lambda tx: comparing.keep(tx, run, page, found_, counts))
        assert (await current(scene, run.id)).counts["compared"] == 1

    async def test_what_moved_while_it_was_asked_for_is_not_a_difference(self, scene: Scene) -> None:
        """The answer was about what stood there before: a newer version is on its way by now."""
        await scene.deliver(told(ONE))
        run = await begun(scene)
        page = await scene.journal.read(lambda tx: comparing.page(tx, run, 10))
        found_, counts = comparing.judged(page, {ONE: ABSENT}, CAUSES.get)
        await scene.told(told(ONE, "processing"))
        await scene.act(lambda tx: comparing.keep(tx, run, page, found_, counts))
        assert await found(scene, run) == {}
        assert (await current(scene, run.id)).counts["under_way"] == 1

    async def test_a_paused_run_takes_no_step(self, scene: Scene) -> None:
        """It stands still until it is resumed; called off, it is over."""
        await scene.deliver(told(ONE))
        run = await begun(scene)
        page = await scene.journal.read(lambda tx: comparing.page(tx, run, 10))
        await scene.act(lambda tx: runs.move(tx, run.id, "pause", WHO))
        assert not await scene.act(lambda tx: comparing.keep(tx, run, page, [], {}))
        assert await scene.journal.read(runs.running) == []
        await scene.act(lambda tx: runs.move(tx, run.id, "resume", WHO))
        assert [one.id for one in await scene.journal.read(runs.running)] == [run.id]
        await scene.act(lambda tx: runs.move(tx, run.id, "cancel", WHO))
        with pytest.raises(WrongStateError, match="cancelled"):
            await scene.act(lambda tx: runs.move(tx, run.id, "pause", WHO))

    async def test_a_double_click_is_one_run(self, scene: Scene) -> None:
        """The same token brings what was started, and stands for one scope; two alike do not run at once."""
        scope, order = Scope(SOURCE, SYSTEM), Order("click", WHO, "", TURNED_AWAY)
        first, new = await scene.act(lambda tx: runs.ask(tx, scope, order))
        again, renewed = await scene.act(lambda tx: runs.ask(tx, scope, order))
        assert (new, renewed, first["id"]) == (True, False, again["id"])
        with pytest.raises(TokenTakenError):
            await scene.act(lambda tx: runs.ask(tx, Scope(SOURCE, OTHER), order))
        with pytest.raises(WrongStateError, match="under way"):
            await scene.act(lambda tx: runs.ask(tx, scope, Order("another", WHO, "", TURNED_AWAY)))

    async def test_runs_compare_from_day_to_day(self, scene: Scene) -> None:
        """What is new, what is still there since when, and what is solved."""
        for key in (ONE, TWO):
            await scene.deliver(told(key))
        first = await whole(scene, {ONE: ABSENT, TWO: ABSENT})
        scene.clock.move(24 * HOUR)
        await scene.deliver(told(THREE))
        second = await whole(scene, {ONE: ABSENT, THREE: ABSENT}, "two")
        assert second.previous == first.id
        assert {name: second.counts[name] for name in ("new", "still", "solved")} == {
            "new": 1, "still": 1, "solved": 1,
        }  # fmt: skip
        assert set(await found(scene, second, Filter(change="new"))) == {THREE}
        assert set(await found(scene, second, Filter(change="still"))) == {ONE}
        assert set(await found(scene, second, Filter(change="solved"))) == {TWO}
        rows = await scene.journal.read(lambda tx: differences.listing(tx, second.id, Filter()))
        assert [one["since"] for one in rows] == [first.id, second.id]

    async def test_each_side_of_a_filter_narrows_it(self, scene: Scene) -> None:
        """Bucket, owner, cause, repair and agency; and a page goes on behind a key."""
        await scene.deliver(told(ONE))
        await scene.kill(told(TWO), "portal-field-missing")
        run = await whole(scene, ABSENT)
        for wanted, keys in (
            (Filter(), {ONE, TWO}), (Filter(["refused"]), {TWO}), (Filter(owner="ministry"), {ONE}),
            (Filter(cause="portal-field-missing"), {TWO}), (Filter(repair="resend"), {ONE}),
            (Filter(agency="H44"), {ONE, TWO}), (Filter(agency="H4"), set()),
        ):  # fmt: skip
            assert set(await found(scene, run, wanted)) == keys, wanted
        rest = await scene.journal.read(lambda tx: differences.listing(tx, run.id, Filter(), after=ONE))
        assert [one["key"] for one in rest] == [TWO]

    async def test_a_list_is_laid_once_and_taken_away(self, scene: Scene) -> None:
        """A dossier that is named twice counts twice; at the end nothing of the list is left."""
        await scene.deliver(told(ONE))
        named = Named(ONE, ONE, "received")
        run = await begun(scene, "one", named, named)
        run = await compared(scene, run)
        assert await found(scene, run) == {ONE: ("duplicate", "source-lists-twice")}
        while not await scene.act(lambda tx: holdings.drop(tx, run.id, 1)):
            pass
        assert await scene.rows("SELECT * FROM holdings") == []

    async def test_old_findings_are_let_go_and_what_was_counted_stays(self, scene: Scene) -> None:
        """A few at a time; the run itself is kept."""
        for key in CODES[:3]:
            await scene.deliver(told(key))
        run = await whole(scene, ABSENT)
        assert await scene.journal.read(lambda tx: runs.forgettable(tx, tx.now + DAY)) == [run.id]
        steps = [await scene.act(lambda tx: runs.forget(tx, run.id, 2)) for _ in range(2)]
        assert steps == [False, True]
        assert await found(scene, run) == {}
        assert (await current(scene, run.id)).counts["absent"] == 3
        assert await scene.journal.read(lambda tx: runs.forgettable(tx, tx.now + DAY)) == []
