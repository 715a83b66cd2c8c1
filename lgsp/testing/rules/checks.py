"""Rules of checks: who asks, what was found, what it holds, and who lets it go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from lgsp.adapter import Accepted
from lgsp.journal import acting, checks
from lgsp.journal.checks import Evidence, Put, Result
from lgsp.journal.contract import WrongStateError
from lgsp.journal.promoting import let_settle
from lgsp.journal.rows import CHECK
from lgsp.journal.states import State
from lgsp.journal.turns import Claim
from lgsp.message import Finding
from lgsp.testing.making import SECOND, dossier, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

NUMBER = "001099000001"
RULE, BY = "owner-identity", "citizens"
PUT = Put("K1", f'{RULE}\x1f{BY}\x1f{{"identity_number":"{NUMBER}"}}', "owner", RULE, BY)
LACKING = Put("K1", f"{RULE}\x1f{BY}\x1f[]", "owner", RULE, BY, Result.INCOMPLETE)
ODD = Finding("check-differs", "/applicant/name", "owner: citizens")
LEASE = 15 * SECOND


class CheckRules(JournalRules):
    """What other systems are asked about a subject before its messages are sent."""

    async def check_known(self, scene: Scene, put: Put = PUT) -> Evidence:
        """Return what is known of a question."""
        found = await scene.journal.read(lambda tx: checks.found(tx, [put]))
        return found[put.asked]

    async def check_wanted(self, scene: Scene, put: Put = PUT) -> None:
        """Begin to wait for an answer."""
        await scene.act(lambda tx: checks.want(tx, [put], {}))

    async def check_taken(self, scene: Scene) -> int | None:
        """Take it upon oneself to ask."""
        return await scene.act(lambda tx: checks.take(tx, PUT, LEASE))

    async def check_told(
        self, scene: Scene, result: Result = Result.DIFFERS, ask: int = 7, *fields: str
    ) -> None:
        """Write down what was found."""
        await scene.act(lambda tx: checks.tell(tx, PUT, result, "", fields, UUID(int=ask)))

    async def check_held(self, scene: Scene, key: str = "K1", body: Any = "A") -> tuple[Accepted, Claim]:
        """Tell a dossier and hold it for what was found of it."""
        receipt = await scene.told(dossier(key, body))
        claim = await scene.one()
        await self.check_wanted(scene)
        await self.check_told(scene)
        uid = receipt.id
        await scene.act(lambda tx: checks.note(tx, [PUT], [PUT], claim.delivery, uid, [ODD]))
        claim.checked = '{"checks":[]}'
        await scene.settle(claim, State.HELD, cause="check-differs", scope=CHECK)
        return receipt, claim

    # --- questions --------------------------------------------------------------------------------------

    async def test_nothing_is_known_of_what_was_never_asked(self, scene: Scene) -> None:
        """Neither before anything was, nor of another question or another subject."""
        assert await scene.journal.read(lambda tx: checks.found(tx, [PUT])) == {}
        await self.check_wanted(scene)
        others = [replace(PUT, asked="other"), PUT]
        assert list(await scene.journal.read(lambda tx: checks.found(tx, others))) == [PUT.asked]
        elsewhere = replace(PUT, subject="K2")
        assert await scene.journal.read(lambda tx: checks.found(tx, [elsewhere])) == {}

    async def test_of_a_question_nothing_is_written_down_but_a_keyed_digest(self, scene: Scene) -> None:
        """A number of a citizen stands nowhere in what is kept of a check."""
        await self.check_wanted(scene)
        await self.check_told(scene, Result.DIFFERS, 7, "/applicant/name")
        rows = await scene.rows("SELECT * FROM checks WHERE subject = ?", "K1")
        assert NUMBER not in repr([tuple(row) for row in rows])
        assert all(NUMBER.encode() not in bytes(one) for row in rows for one in row if isinstance(one, bytes))

    async def test_who_asks_takes_it_and_nobody_else_does_meanwhile(self, scene: Scene) -> None:
        """Row 347: two processes; the second takes it once the first must be dead."""
        await self.check_wanted(scene)
        until = await self.check_taken(scene)
        assert until is not None
        assert 0 <= until - LEASE - scene.clock.now < SECOND
        assert await self.check_taken(scene) is None
        scene.clock.move(15.1)
        assert await self.check_taken(scene) is not None

    async def test_what_is_answered_is_not_taken(self, scene: Scene) -> None:
        """The answer stands for whoever wanted it."""
        await self.check_wanted(scene)
        await self.check_told(scene, Result.MATCHES)
        assert await self.check_taken(scene) is None
        known = await self.check_known(scene)
        assert (known.result, known.ask) == (Result.MATCHES, UUID(int=7))
        assert 0 <= (known.told_at or 0) - scene.clock.now < SECOND

    async def test_the_first_answer_stands(self, scene: Scene) -> None:
        """Row 348: who was taken for dead answers too, and later: nothing changes."""
        await self.check_wanted(scene)
        await self.check_told(scene, Result.MATCHES, 7)
        await self.check_told(scene, Result.DIFFERS, 8)
        assert (await self.check_known(scene)).ask == UUID(int=7)

    async def test_a_late_failure_does_not_disturb_who_asks_now(self, scene: Scene) -> None:
        """Row 348: it lets go of what is its own alone."""
        await self.check_wanted(scene)
        first = await self.check_taken(scene)
        scene.clock.move(15.1)
        second = await self.check_taken(scene)
        await scene.act(lambda tx: checks.let_be(tx, PUT, first or 0, "timed-out", None))
        assert await self.check_taken(scene) is None
        await scene.act(lambda tx: checks.let_be(tx, PUT, second or 0, "timed-out", UUID(int=9)))
        known = await self.check_known(scene)
        assert (known.busy_until, known.cause, known.result) == (None, "timed-out", Result.OPEN)
        assert await self.check_taken(scene) is not None

    async def test_wanting_again_changes_nothing_and_wanting_anew_what_was_seen_alone(
        self, scene: Scene
    ) -> None:
        """Two look at one old answer: the second does not throw away what the first got for it."""
        await self.check_wanted(scene)
        waited = await self.check_known(scene)
        await self.check_told(scene, Result.MATCHES, 7)
        seen = await self.check_known(scene)
        await scene.act(lambda tx: checks.want(tx, [PUT], {PUT.asked: waited}))
        await self.check_wanted(scene)
        assert await self.check_known(scene) == seen
        scene.clock.move(60)
        await scene.act(lambda tx: checks.want(tx, [PUT], {PUT.asked: seen}))
        anew = await self.check_known(scene)
        assert (anew.result, anew.began_at, anew.told_at) == (Result.OPEN, scene.clock.now, None)
        await self.check_told(scene, Result.DIFFERS, 8)
        await scene.act(lambda tx: checks.want(tx, [PUT], {PUT.asked: seen}))
        assert (await self.check_known(scene)).ask == UUID(int=8)

    async def test_what_cannot_be_asked_is_known_at_once(self, scene: Scene) -> None:
        """A body that says too little leaves a row that can be waived."""
        await self.check_wanted(scene, LACKING)
        assert (await self.check_known(scene, LACKING)).result is Result.INCOMPLETE

    async def test_all_that_was_asked_about_a_subject_is_found_the_newest_first(self, scene: Scene) -> None:
        """For its page: by names and fields, without a value."""
        await self.check_wanted(scene)
        await self.check_told(scene, Result.DIFFERS, 7, "/applicant/name")
        scene.clock.move(5)
        await self.check_wanted(scene, replace(PUT, asked="later", name="other"))
        found = await scene.journal.read(lambda tx: checks.of(tx, "K1"))
        assert [(one.name, one.result) for one in found] == [
            ("other", Result.OPEN),
            ("owner", Result.DIFFERS),
        ]
        told = found[1].as_dict()
        assert (told["fields"], told["ask"], told["against"]) == (
            ["/applicant/name"],
            str(UUID(int=7)),
            "citizens",
        )

    # --- who waits --------------------------------------------------------------------------------------

    async def check_waits(self, scene: Scene) -> tuple[Accepted, Claim]:
        """Tell a dossier and put it off until it is answered."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        await scene.settle(claim, State.PUT_OFF, cause="checking", wait=60 * SECOND)
        return receipt, claim

    async def check_woken(self, scene: Scene, waiting: dict[int, int]) -> dict[int, int]:
        """Wake deliveries; return those that are to be woken later."""
        frames, early = await scene.act(lambda tx: checks.wake(tx, waiting))
        scene.frames += frames
        return early

    async def test_who_waits_is_woken_before_its_time(self, scene: Scene) -> None:
        """It is claimed again at once, with all of its patience."""
        _, claim = await self.check_waits(scene)
        assert await self.check_woken(scene, {claim.delivery: claim.attempt}) == {}
        again = await scene.one()
        assert (again.attempt, again.patience, again.uncertain) == (2, 0, False)

    async def test_an_answer_before_the_put_off_is_written_wakes_later(self, scene: Scene) -> None:
        """Row 341: what is being sent is left alone, and named as one to come back to."""
        await scene.told(dossier())
        claim = await scene.one()
        waiting = {claim.delivery: claim.attempt}
        assert (await self.check_woken(scene, waiting), scene.frames) == (waiting, [])

    async def test_only_the_attempt_that_began_to_wait_is_woken(self, scene: Scene) -> None:
        """Row 342: a later attempt waits for reasons of its own; a lapse lets the line settle."""
        _, claim = await self.check_waits(scene)
        assert await self.check_woken(scene, {claim.delivery: claim.attempt - 1}) == {}
        assert scene.frames == []
        await self.check_woken(scene, {claim.delivery: claim.attempt})
        second = await scene.one()
        await scene.lapse(second)
        assert await self.check_woken(scene, {second.delivery: second.attempt}) == {}
        assert scene.frames == []

    async def test_who_waits_in_a_line_that_settles_is_not_woken(self, scene: Scene) -> None:
        """Row 342: an older attempt may still land; it falls due by itself."""
        _, claim = await self.check_waits(scene)
        await scene.act(lambda tx: let_settle(tx, [(claim.line, tx.now + 5 * SECOND)]))
        assert await self.check_woken(scene, {claim.delivery: claim.attempt}) == {}
        assert scene.frames == []

    async def test_what_ended_meanwhile_is_not_woken(self, scene: Scene) -> None:
        """A person called it off."""
        _, claim = await self.check_waits(scene)
        await scene.act(lambda tx: acting.cancel(tx, claim.delivery, "operator", "x"))
        assert await self.check_woken(scene, {claim.delivery: claim.attempt}) == {}
        assert scene.frames == []

    # --- what is held -----------------------------------------------------------------------------------

    async def test_what_is_found_odd_stands_on_the_message_once(self, scene: Scene) -> None:
        """Beside what was odd before; told twice it stands there once."""
        receipt, claim = await self.check_held(scene)
        uid = receipt.id
        other = Finding("check-incomplete", "/applicant/name", "owner: citizens")
        await scene.act(lambda tx: checks.note(tx, [PUT], [], claim.delivery, uid, [ODD, other]))
        assert (await scene.walk(receipt))["findings"] == [ODD.as_dict(), other.as_dict()]

    async def test_what_was_asked_is_an_entry_of_its_delivery(self, scene: Scene) -> None:
        """With the outcome, in one transaction; an attempt that only waited leaves none."""
        receipt, _ = await self.check_held(scene)
        entries = (await scene.walk(receipt))["entries"]
        assert [one["details"] for one in entries if one["what"] == "checked"] == [{"checks": []}]
        waiting, claim = await self._check_waiting_with_evidence(scene)
        assert "checked" not in [one["what"] for one in (await scene.walk(waiting))["entries"]]
        assert claim.checked

    async def _check_waiting_with_evidence(self, scene: Scene) -> tuple[Accepted, Claim]:
        receipt = await scene.told(dossier("K2"))
        claim = await scene.one()
        claim.checked = '{"checks":[]}'
        await scene.settle(claim, State.PUT_OFF, cause="timed-out")
        return receipt, claim

    async def test_a_newer_snapshot_takes_the_place_of_one_that_is_held(self, scene: Scene) -> None:
        """Row 343: the source mended it: nobody has to release the old one."""
        old, _ = await self.check_held(scene)
        new = await scene.told(dossier(body="B"))
        assert (await scene.state(old), await scene.state(new)) == ("superseded", "ready")
        assert await scene.run() == [{"body": "B"}]

    async def test_a_newer_snapshot_that_came_meanwhile_goes_at_once(self, scene: Scene) -> None:
        """Row 343: it stood behind the one that is held by its outcome."""
        old = await scene.told(dossier(body="A"))
        claim = await scene.one()
        await scene.told(dossier(body="B"))
        await scene.settle(claim, State.HELD, cause="check-differs", scope=CHECK)
        assert await scene.state(old) == "superseded"
        assert await scene.run() == [{"body": "B"}]

    async def test_what_a_person_holds_holds_newer_ones_too(self, scene: Scene) -> None:
        """That somebody wants it to stop is not mended by a newer snapshot."""
        old = await scene.told(dossier())
        number = (await scene.delivery(old))["id"]
        await scene.act(lambda tx: acting.hold(tx, number, "operator", "stop"))
        new = await scene.told(dossier(body="B"))
        assert (await scene.state(old), await scene.state(new)) == ("held", "waiting")

    async def test_what_a_person_holds_behind_a_check_is_a_person_s(self, scene: Scene) -> None:
        """Released, and held again by a person before it went: a newer one waits behind it."""
        old, claim = await self.check_held(scene)
        scene.frames += await scene.act(lambda tx: acting.release(tx, claim.delivery, "operator", "seen"))
        await scene.act(lambda tx: acting.hold(tx, claim.delivery, "operator", "stop"))
        new = await scene.told(dossier(body="B"))
        assert (await scene.state(old), await scene.state(new)) == ("held", "waiting")

    async def test_an_event_behind_one_that_is_held_waits_its_turn(self, scene: Scene) -> None:
        """Only what takes its place sets it aside."""
        await scene.deliver(dossier(body="0"))
        old, _ = await self.check_held(scene)
        step = await scene.told(progress())
        assert (await scene.state(old), await scene.state(step)) == ("held", "waiting")

    # --- what people do ---------------------------------------------------------------------------------

    async def test_who_releases_it_is_written_on_what_was_found(self, scene: Scene) -> None:
        """Row 346: it goes, and stands for every newer message that asks the same."""
        receipt, claim = await self.check_held(scene)
        scene.frames += await scene.act(
            lambda tx: acting.release(tx, claim.delivery, "operator", "papers seen")
        )
        assert await scene.state(receipt) == "ready"
        known = await self.check_known(scene)
        assert (known.waived_by, known.waived_why) == ("operator", "papers seen")
        assert 0 <= (known.waived_at or 0) - scene.clock.now < SECOND
        assert known.result is Result.DIFFERS

    async def test_a_replay_has_it_asked_anew(self, scene: Scene) -> None:
        """Row 346: what was found is forgotten, and nobody has waived it."""
        receipt, claim = await self.check_held(scene)
        scene.clock.move(60)
        scene.frames += await scene.act(lambda tx: acting.replay(tx, claim.delivery, "operator", "mended"))
        assert await scene.state(receipt) == "ready"
        known = await self.check_known(scene)
        assert (known.result, known.began_at, known.waived_at) == (Result.OPEN, scene.clock.now, None)
        entries = (await scene.walk(receipt))["entries"]
        assert [(one["what"], one["who"], one["cause"]) for one in entries][-1] == (
            "replayed",
            "operator",
            "mended",
        )

    async def test_what_a_person_holds_is_not_replayed(self, scene: Scene) -> None:
        """A replay is for what a check holds; who held it releases it."""
        receipt = await scene.told(dossier())
        number = (await scene.delivery(receipt))["id"]
        await scene.act(lambda tx: acting.hold(tx, number, "operator", "stop"))
        try:
            await scene.act(lambda tx: acting.replay(tx, number, "operator", ""))
        except WrongStateError:
            pass
        else:
            raise AssertionError("replayed")
        assert await scene.state(receipt) == "held"

    async def test_a_release_of_another_delivery_waives_nothing(self, scene: Scene) -> None:
        """What keeps one back is known by its delivery."""
        await self.check_held(scene)
        other = await scene.told(dossier("K2"))
        claim = await scene.one()
        await scene.settle(claim, State.HELD, cause="check-differs", scope=CHECK)
        scene.frames += await scene.act(lambda tx: acting.release(tx, claim.delivery, "operator", ""))
        assert (await scene.state(other), (await self.check_known(scene)).waived_at) == ("ready", None)
