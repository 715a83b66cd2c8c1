"""Content is erased when it is old and nothing needs it; the proof stays, and nothing breaks."""

from __future__ import annotations

from uuid import UUID

import orjson

from lgsp.journal import acting, checks, correcting, disclosures, erasing, erasures, walking
from lgsp.journal.checks import Put
from lgsp.journal.disclosures import Asked
from lgsp.journal.erasing import Told
from lgsp.journal.erasures import Counts, Run
from lgsp.journal.states import State
from lgsp.testing.making import dossier, progress, unrouted
from lgsp.testing.rules.disclosing import look
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

_DAY = 86_400_000_000
_KEPT = 100
_NUMBER = "079201001234"


def _by_type(one: Told) -> tuple[int | None, str]:
    """Keep dossiers and their progress for a hundred days, the rest for ever."""
    return (_KEPT * _DAY, "by type") if one.type.startswith("dossier.") else (None, "")


async def _erase(scene: Scene) -> Counts:
    """Run retention to its end and return what it erased."""
    run = await scene.act(lambda tx: erasures.begin(tx, "retention", "", {"types": {}}))
    while True:
        on, last = await _page(scene, run)
        if last:
            await scene.act(lambda tx, r=on: erasures.end(tx, r))  # type: ignore[misc]
            return on.counts
        run = on


async def _page(scene: Scene, run: Run) -> tuple[Run, bool]:
    page = await scene.journal.read(lambda tx: erasing.look(tx, _by_type, run.place, run.upto))
    on = await scene.act(lambda tx: erasing.step(tx, run, _by_type, page))
    assert on is not None
    return on, page.last is None


async def _kept(scene: Scene) -> int:
    return int((await scene.rows("SELECT count(*) FROM bodies"))[0][0])


class ErasingRules(JournalRules):
    """See the module."""

    async def test_what_is_old_and_closed_is_erased_and_its_proof_stays(self, scene: Scene) -> None:
        """Body, raw and exchanges go; the message, its entries and the salted hash stay, and it says when."""
        receipt = await scene.told(dossier("K1"))
        await scene.settle(await scene.one(), exchanges=b"[]\n")
        before = await scene.walk(receipt)
        scene.clock.move((_KEPT + 1) * 86_400)
        counts = await _erase(scene)
        after = await scene.walk(receipt)
        assert [(row["type"], row["count"]) for row in counts.rows()] == [("dossier.v1", 1)]
        assert (after["data"], after["raw"]["text"], after["raw"]["blob"]) == (None, None, None)
        assert after["entries"] == before["entries"]
        assert after["deliveries"] == before["deliveries"]
        assert await scene.rows("SELECT count(*) FROM attempts WHERE exchanges IS NOT NULL") == [(0,)]
        number = after["seq"]
        when = await scene.journal.read(lambda tx: erasing.erased_at(tx, [number]))
        assert list(when) == [number]

    async def test_what_is_younger_stays(self, scene: Scene) -> None:
        """A day before its time nothing is erased, and of a type without an age nothing ever."""
        await scene.deliver(dossier("K1"))
        scene.clock.move((_KEPT - 1) * 86_400)
        assert (await _erase(scene)).rows() == []
        assert await _kept(scene) == 1

    async def test_what_is_open_or_dead_is_never_erased(self, scene: Scene) -> None:
        """Ready, put off, or refused and not resolved: whoever replays it needs its body."""
        refused = await scene.kill(dossier("K1"))
        await scene.told(dossier("K2"))
        scene.clock.move((_KEPT + 500) * 86_400)
        assert (await _erase(scene)).rows() == []
        number = (await scene.delivery(refused))["id"]
        scene.frames += await scene.act(lambda tx: acting.replay(tx, number, "an operator"))
        assert len(await scene.run()) == 2

    async def test_what_is_unrouted_is_never_erased(self, scene: Scene) -> None:
        """A route that is published later finds it whole."""
        await scene.told(unrouted(dossier("K1")))
        scene.clock.move((_KEPT + 500) * 86_400)
        assert (await _erase(scene)).rows() == []

    async def test_the_newest_snapshot_lives_as_long_as_its_line(self, scene: Scene) -> None:
        """An older revision goes; the newest stays while anything of its dossier is young or open."""
        await scene.deliver(dossier("K1", "A"))
        await scene.deliver(dossier("K1", "B"))
        scene.clock.move((_KEPT - 10) * 86_400)
        await scene.deliver(progress("K1", 1))
        scene.clock.move(20 * 86_400)
        assert [row["count"] for row in (await _erase(scene)).rows()] == [1]
        assert await _kept(scene) == 2

    async def test_a_line_in_which_anything_is_open_keeps_all_of_its_content(self, scene: Scene) -> None:
        """A newer snapshot was refused: the older one, which the far side has, may be needed again."""
        await scene.deliver(dossier("K1", "A"))
        await scene.kill(dossier("K1", "B"))
        scene.clock.move((_KEPT + 500) * 86_400)
        assert (await _erase(scene)).rows() == []

    async def test_what_came_together_is_erased_together(self, scene: Scene) -> None:
        """The raw request stays until the content of all that it brought may go."""
        await scene.tell(dossier("K1"), dossier("K2"))
        first, second = await scene.claim()
        await scene.settle(first)
        await scene.settle(second, State.REFUSED, cause="field-rejected")
        scene.clock.move((_KEPT + 1) * 86_400)
        assert [row["count"] for row in (await _erase(scene)).rows()] == [1]
        assert await scene.rows("SELECT count(*) FROM raws WHERE body IS NOT NULL") == [(1,)]
        await scene.act(lambda tx: acting.cancel(tx, second.delivery, "an operator", "gone"))
        await _erase(scene)
        assert await scene.rows("SELECT count(*) FROM raws WHERE body IS NOT NULL") == [(0,)]

    async def test_what_checks_found_goes_with_the_last_content_of_its_subject(self, scene: Scene) -> None:
        """An older snapshot goes and evidence stays; with the newest one it goes, and that of nobody else."""
        await scene.deliver(dossier("K1", "A"))
        await scene.deliver(dossier("K1", "B"))
        await scene.deliver(dossier("K2", "A"))
        puts = [Put(key, "asked", "owner", "owner-identity", "citizens") for key in ("K1", "K2")]
        for put in puts:
            await scene.act(lambda tx, one=put: checks.note(tx, [one], [one], 9, UUID(int=9), []))  # type: ignore[misc]
        scene.clock.move((_KEPT - 10) * 86_400)
        await scene.deliver(progress("K1", 1))
        scene.clock.move(20 * 86_400)
        await _erase(scene)
        assert await self._checked(scene) == [["K1"], ["K1"]]
        scene.clock.move((_KEPT + 20) * 86_400)
        await _erase(scene)
        assert await self._checked(scene) == [[], []]

    async def _checked(self, scene: Scene) -> list[list[str]]:
        """Return whose evidence is kept, and of whom anything is held."""
        sql = "SELECT subject FROM {} WHERE subject = ?"
        return [
            [key for key in ("K1", "K2") if await scene.rows(sql.format(table), key)]
            for table in ("checks", "checks_held")
        ]

    async def test_a_line_that_comes_to_life_between_the_look_and_the_act_keeps_its_content(
        self, scene: Scene
    ) -> None:
        """Due is looked at again under the locks: what was told meanwhile is not erased from under it."""
        receipt = await scene.deliver(dossier("K1", "A"))
        scene.clock.move((_KEPT + 1) * 86_400)
        run = await scene.act(lambda tx: erasures.begin(tx, "retention", "", {}))
        page = await scene.journal.read(lambda tx: erasing.look(tx, _by_type, 0, run.upto))
        assert len(page.due) == 1
        await scene.told(dossier("K1", "B"))
        after = await scene.act(lambda tx: erasing.step(tx, run, _by_type, page))
        assert after is not None
        assert after.counts.rows() == []
        assert (await scene.walk(receipt))["data"] is not None

    async def test_two_processes_take_one_run_further_only_once(self, scene: Scene) -> None:
        """Who comes second with the same page does nothing; a paused run goes no further."""
        run = await scene.act(lambda tx: erasures.begin(tx, "retention", "", {}))
        page = await scene.journal.read(lambda tx: erasing.look(tx, _by_type, 0, run.upto))
        await scene.deliver(dossier("K1"))
        scene.clock.move((_KEPT + 1) * 86_400)
        late = await scene.journal.read(lambda tx: erasing.look(tx, _by_type, 0, 2**62))
        first = await scene.act(lambda tx: erasing.step(tx, run, _by_type, late))
        assert first is not None
        assert await scene.act(lambda tx: erasing.step(tx, run, _by_type, page)) is None
        await scene.act(lambda tx: erasures.pause(tx, "an administrator", "audit", yes=True))
        assert await scene.act(lambda tx: erasing.step(tx, first, _by_type, late)) is None

    async def test_what_was_erased_is_not_corrected_and_breaks_no_page(self, scene: Scene) -> None:
        """Its walk is shown, edit and resend finds no body."""
        receipt = await scene.deliver(dossier("K1"))
        scene.clock.move((_KEPT + 1) * 86_400)
        await _erase(scene)
        shown = await scene.journal.read(lambda tx: walking.told(tx, receipt.id))
        assert shown is not None
        number = shown["seq"]
        body, raw = await scene.journal.read(lambda tx: (walking.body(tx, number), walking.raw(tx, number)))
        assert (body, raw and raw["body"]) == (None, None)
        old = await scene.journal.read(lambda tx: correcting.original(tx, receipt.id))
        assert old is not None
        assert old.data is None

    async def test_each_run_is_an_entry_with_its_counts(self, scene: Scene) -> None:
        """Who reads the journal sees what was erased, by which rules, and nothing of whose it was."""
        await scene.deliver(dossier("K1"))
        scene.clock.move((_KEPT + 1) * 86_400)
        await _erase(scene)
        rows = await scene.rows("SELECT what, who, details FROM entries WHERE what LIKE '%eras%' ORDER BY id")
        assert [row[:2] for row in rows] == [("erasing begun", "retention"), ("content erased", "retention")]
        assert orjson.loads(rows[1][2])["erased"][0]["count"] == 1

    async def test_what_was_turned_away_is_erased_by_its_own_age(self, scene: Scene) -> None:
        """Of a request of which something was taken on the raw stays with that."""
        await scene.deliver(dossier("K1"))
        before = scene.clock.now + 1
        assert await scene.act(lambda tx: erasing.erase_rejected(tx, before)) == (0, None)

    async def test_with_the_content_goes_whose_it_was(self, scene: Scene) -> None:
        """That somebody looked stays on record; by the citizen's number it is found no more."""
        receipt = await scene.deliver(dossier("K1"))
        await scene.act(lambda tx: disclosures.disclose(tx, look(receipt), [_NUMBER]))
        scene.clock.move((_KEPT + 1) * 86_400)
        await _erase(scene)
        assert await scene.journal.read(lambda tx: disclosures.report(tx, Asked([_NUMBER]))) == ([], None)
        rows, _ = await scene.journal.read(lambda tx: disclosures.report(tx, Asked(keys=["K1"])))
        assert len(rows) == 1
